"""Overview and quote graph in a browser: to be seen on any screen, in any colours, and by keyboard."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from browser_help import DESK, PHONE
from report_made import HOSTILE, T0, circle, publish

from output.report import write_report
from output.report.graph import RING
from pipelines.diff import word_diff

LOOKS = [("ring", PHONE, True), ("ring", DESK, False), ("matrix", PHONE, False), ("matrix", DESK, True)]


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A ring and a matrix of people whose names mean harm, with events and runs enough for every chart."""
    found = {}
    for name, people in (("ring", RING), ("matrix", 24)):
        made = circle(people, HOSTILE)
        made.rows["events"] = [
            {"event": kind, "changed_before": T0 + timedelta(days=n), "thread_id": n}
            for n, kind in enumerate(["edited", "removed", "restored"] * 5)
        ]
        made.rows["runs"] = [{"run_id": n, "started_at": T0 + timedelta(days=n), "n_requests": 9} for n in range(9)]
        made.rows["fetches"] = [{"fetch_id": n, "run_id": n % 9, "outcome": "ok"} for n in range(81)]
        made.rows["articles"] = [{"post_id": 1, "agency": HOSTILE}]
        made.tables = tuple(made.rows)
        folder = tmp_path_factory.mktemp(name) / "out"
        publish(made, folder)
        found[name] = write_report(folder, diff=word_diff)
    return found


def seen(shown: Any, selector: str) -> list[Any]:
    return [one for one in shown.page.locator(selector).all() if one.is_visible()]


@pytest.mark.parametrize(("name", "size", "dark"), LOOKS)
def test_everything_is_there_and_fits(
    show: Any, reports: dict[str, Path], name: str, size: dict[str, int], dark: bool
) -> None:
    shown = show(reports[name], size=size, dark=dark)
    assert shown.evaluate("document.documentElement.scrollWidth") <= size["width"]
    drawings = seen(shown, "#overview svg[role=img]")
    assert len(drawings) >= 2
    assert all(one.bounding_box()["width"] > 300 for one in drawings)
    assert len(seen(shown, "#graph svg.ring, #graph table.matrix")) == 1
    assert shown.evaluate(SMALLEST) >= 9


SMALLEST = """Math.min(...[...document.querySelectorAll("#overview .chart text, #graph .chart text")]
  .filter(text => text.getClientRects().length)
  .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""


@pytest.mark.parametrize(("name", "size", "dark"), LOOKS)
def test_axe_finds_nothing(show: Any, reports: dict[str, Path], name: str, size: dict[str, int], dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    shown = show(reports[name], size=size, dark=dark)
    shown.evaluate("for (const each of document.querySelectorAll('#overview details')) each.open = true")
    context = {"include": [["#overview"], ["#graph"]]}
    found = Axe().run(shown.page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"][:2]] == []


def test_charts_take_the_colours_of_the_page(show: Any, reports: dict[str, Path]) -> None:
    fill = "getComputedStyle(document.querySelector('#overview .chart [fill^=\"var(--series\"]')).fill"
    light, dark = (show(reports["ring"], dark=dark).evaluate(fill) for dark in (False, True))
    assert light.startswith("rgb(")
    assert light != dark


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_names_in_the_ring_do_not_overlap(show: Any, reports: dict[str, Path], size: dict[str, int]) -> None:
    shown = show(reports["ring"], size=size)
    boxes = [one.bounding_box() for one in seen(shown, "svg.ring text")]
    assert len(boxes) == RING
    for rank, one in enumerate(boxes):
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= size["width"]
        for other in boxes[rank + 1 :]:
            apart_x = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            apart_y = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
            assert apart_x or apart_y


def test_pointing_at_somebody_shows_their_quotes_alone(show: Any, reports: dict[str, Path]) -> None:
    shown = show(reports["ring"], mark="#graph")
    first = shown.page.locator(".chart.wide .node[data-node='0']")
    first.hover()
    lit = shown.page.locator(".chart.wide .edge.on")
    assert lit.count() == RING - 1
    shown.page.mouse.move(1, 1)
    assert lit.count() == 0


def test_the_ring_by_keyboard(show: Any, reports: dict[str, Path]) -> None:
    shown = show(reports["ring"], mark="#graph")
    shown.page.locator(".chart.wide .node[data-node='0']").focus()
    shown.page.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.dataset.node") == "1"
    assert 0 < shown.page.locator(".chart.wide .edge.on").count() < RING
    shown.page.keyboard.press("Enter")
    assert shown.hash == "#member-2"
    assert shown.in_sight("#member-2")


def test_a_quoted_post_leads_to_where_it_is_read(show: Any, reports: dict[str, Path]) -> None:
    shown = show(reports["ring"], mark="#graph")
    shown.page.locator("#graph table.data a[href='#post-1']").click()
    assert shown.in_sight("#post-1")


def test_without_scripts(show: Any, reports: dict[str, Path]) -> None:
    shown = show(reports["ring"], mark="#graph", scripts=False)
    assert len(seen(shown, "svg.ring .node")) == RING
    shown.page.locator(".chart.wide .node[data-node='2']").click()
    assert shown.page.url.endswith("#member-3")


def test_numbers_stand_behind_a_chart(show: Any, reports: dict[str, Path]) -> None:
    shown = show(reports["matrix"])
    section = shown.page.locator("#overview .figure", has_text="Edits and removals").first
    assert not section.locator("table").is_visible()
    section.locator("summary").first.click()
    assert section.locator("table").is_visible()
