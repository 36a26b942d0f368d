"""Posts that mean harm stay inert; and the policy of a page holds even where something got past the cleaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_help import DESK, HOSTILE, PHONE


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_they_do_nothing(show: Any, hostile: Path, size: dict[str, int]) -> None:
    shown = show(hostile, "#thread-1", size=size)
    page = shown.page
    title = page.title()
    assert page.locator(".post").count() == len(HOSTILE)
    for rank in range(len(HOSTILE)):
        page.locator(f"#post-{10 + rank} header").hover()
        assert page.locator(f"#post-{10 + rank} .nr").first.is_visible()
    for element in page.locator(".body b, .body p, .body td").all()[:20]:
        element.dispatch_event("click")
        element.dispatch_event("mouseover")
    assert page.title() == title
    assert page.url.startswith(hostile.as_uri())
    own = "form, input, button, select"
    assert (
        page.locator(
            f".post :is({own}, script, style, iframe, object, embed, video, svg, img, base, meta, link)"
        ).count()
        == 0
    )
    assert page.locator(".post [style], .post [onclick], .post [class*=skip], .post .body [id]").count() == 0


def test_links_lead_to_web_addresses_alone(show: Any, hostile: Path) -> None:
    page = show(hostile, "#thread-1").page
    links = page.evaluate("Array.from(document.querySelectorAll('.thread a'), a => a.getAttribute('href') || '#')")
    assert [link for link in links if not link.startswith(("#", "https://"))] == []


def test_nothing_stands_over_the_rest(show: Any, hostile: Path) -> None:
    shown = show(hostile, "#post-18")
    assert shown.page.locator(".thread .find").is_visible()
    shown.page.locator(".thread .find").click()
    assert shown.evaluate("getComputedStyle(document.querySelector('#post-18 .body div div')).position") == "static"
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert shown.evaluate("document.querySelectorAll('#main').length") == 1


def test_a_name_cannot_turn_what_stands_beside_it(show: Any, hostile: Path) -> None:
    shown = show(hostile, "#thread-1")
    isolated = "Array.from(document.querySelectorAll('.post .by > *'), e => getComputedStyle(e).unicodeBidi)"
    assert set(shown.evaluate(isolated)) == {"isolate"}


def test_the_policy_stops_what_gets_past_the_cleaning(browser: Any, hostile: Path, tmp_path: Path) -> None:
    from browser_help import Shown

    attack = (
        "<script>document.title = 'taken'</script><img src='https://evil.example/x.png' onerror='document.title = 1'>"
        "<style>h1 { display: none }</style><iframe src='https://evil.example'></iframe><base href='https://evil.example/'>"
        "<p id='styled' style='position: fixed'>x</p>"
        "<form action='https://evil.example'><button id='send'>x</button></form>"
    )
    page = tmp_path / "broken.html"
    page.write_text(
        hostile.read_text("utf-8").replace('<div class="posts">', f'<div class="posts">{attack}', 1), "utf-8"
    )
    shown = Shown(browser)
    shown.open(page, "#thread-1")
    shown.evaluate("document.querySelector('#send').click()")
    assert shown.page.title() != "taken"
    assert shown.page.locator(".thread h1").is_visible()
    assert shown.evaluate("getComputedStyle(document.querySelector('#styled')).position") == "static"
    assert shown.page.url.startswith(page.as_uri())
    shown.close()
    assert len(shown.complaints) > 4
    asked = [url for url in shown.requests if not url.startswith("file:")]
    assert [url for url in asked if url not in shown.blocked] == []
