"""What the overview says and shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree, html
from report_made import HOSTILE, T0, Made, post, quote

from output.manifest import Completeness, Gap, Manifest
from output.report.charts import clean
from output.report.overview import overview_html

THREAD = {"thread_id": 1, "n_posts_seen": 4, "complete": True}


def shown(made: Made) -> Any:
    return html.fragment_fromstring(str(overview_html(made)))


def said(element: Any) -> str:
    return " ".join(element.text_content().split())


def figure(root: Any, heading: str) -> Any:
    (found,) = root.xpath(".//section[h3=$heading]", heading=heading)
    return found


def table(section: Any, caption: str) -> list[list[str]]:
    (found,) = section.xpath(".//table[caption=$caption]", caption=caption)
    return [[said(cell) for cell in row] for row in found.xpath("./tbody/tr")]


def small(**given: Any) -> Made:
    rows = {"threads": [THREAD], "posts": [post(number) for number in range(1, 5)], **given}
    return Made(**rows)


def large(**given: Any) -> Made:
    posts = [post(n, n % 7, created_at=T0 + timedelta(hours=31 * n), n_quotes=n % 4) for n in range(300)]
    threads = [{"thread_id": n, "n_posts_seen": 1 + n * n, "complete": True} for n in range(9)]
    return Made(**{"posts": posts, "threads": threads, **given})


def test_one_thread_of_four_posts_is_told_in_words() -> None:
    root = shown(small())
    assert not root.xpath(".//svg[@role='img']")
    assert said(figure(root, "Posts a thread")) == "Posts a thread One thread, of 4 posts."
    assert "4 posts from 1 March 2024, 13:00 to 16:00 UTC." in said(figure(root, "Posts over time"))
    assert said(figure(root, "Quotes a post")) == "Quotes a post No post quotes another."
    assert [said(tile) for tile in root.xpath(".//ul[@class='tiles']/li")] == [
        "1 thread", "4 posts", "1 member", "1 day 1 March 2024",
    ]  # fmt: skip


def test_nothing_at_all() -> None:
    text = said(shown(Made()))
    assert "0 threads" in text
    assert "No post tells when it was written." in text
    assert "There is no quote in this dataset." in text


def test_many_posts_are_drawn_and_counted() -> None:
    root = shown(large())
    section = figure(root, "Posts over time")
    assert [box.get("class") for box in section.xpath("./div")] == ["chart wide", "chart narrow"]
    rows = table(section, "The numbers")
    assert sum(int(number) for _, number in rows) == 300
    titles = section.xpath("./div[1]//title/text()")
    assert titles == [f"{name}: {number} posts" for name, number in rows]
    assert len(figure(root, "Hours of the week").xpath("./div[1]//title")) == 7 * 24
    assert table(figure(root, "Quotes a post"), "The numbers") == [["0", "75"], ["1", "75"], ["2", "75"], ["3", "75"]]


def test_charts_hold_shapes_alone() -> None:
    root = shown(large())
    drawings = root.xpath(".//svg[@role='img']")
    assert len(drawings) == 6
    for drawing in drawings:
        assert drawing.get("aria-label")
        for element in drawing.iter():
            assert element.tag in {"svg", "g", "path", "rect", "line", "text", "circle", "title"}
            assert not {"style", "class", "href", "font-family"} & set(element.attrib)
            colors = {element.get("fill"), element.get("stroke")} - {None, "none", "transparent"}
            assert all(color.startswith("var(--") for color in colors)


def test_equal_datasets_give_equal_bytes() -> None:
    assert overview_html(large()) == overview_html(large())


def test_what_a_drawing_may_not_hold_is_taken_out() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="x()" style="a">'
        '<script>alert(1)</script><style>a{}</style><image xlink:href="https://x.example/a.png"/><foreignObject/>'
        '<a xlink:href="javascript:x()"><text>in</text></a><path d="M0" fill="red" aria-label="a &lt;b&gt;"/></svg>'
    )
    root = etree.fromstring(clean(svg, "name <b>"))
    assert [etree.QName(element).localname for element in root.iter()] == ["svg", "path", "title"]
    assert dict(root.attrib) == {"role": "img", "aria-label": "name <b>"}
    assert root[0][0].text == "a <b>"


def test_what_is_missing_and_what_to_do() -> None:
    gaps = [
        Gap(kind="login", what="thread", id=n, page=1, site="f.example", url=f"https://f.example/{n}",
            reason="a sign-in page stands before it (2F173/H)", fix="use --cookies")
        for n in range(60)
    ]  # fmt: skip
    gaps.append(Gap(kind="x", what="posts", id=3, url="javascript:alert(1)", reason=HOSTILE, fix=HOSTILE))
    root = shown(small(manifest=Manifest(completeness=Completeness(complete=False, problems=gaps))))
    section = figure(root, "Not complete")
    assert "61 things are missing. The thread was read in whole." in said(section)
    assert "60 threads: a sign-in page stands before it. What to do: use --cookies." in said(section)
    assert "thread 7 of f.example (2F173/H)" in said(section)
    assert "10 more are in manifest.json." in said(section)
    assert len(section.xpath(".//a")) == 50
    assert not section.xpath(".//a[not(starts-with(@href, 'https://f.example/'))]")


@pytest.mark.parametrize(
    ("completeness", "words"),
    [
        (None, "The manifest does not say whether this is complete."),
        (Completeness(complete=True), "Everything that was asked for is there."),
        (Completeness(complete=True, problems=[Gap(kind="gone", what="thread", id=1)]), "no longer gives"),
    ],
)
def test_whether_it_is_complete(completeness: Completeness | None, words: str) -> None:
    assert words in said(shown(small(manifest=Manifest(completeness=completeness))))


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ([], "No thread has posts here."),
        ([True], "The thread was read in whole."),
        ([False], "The thread was not read in whole."),
        ([True, True], "All 2 threads that have posts here were read in whole."),
        ([True, False, True], "Of the 3 threads that have posts here, 2 were read in whole."),
    ],
)
def test_threads_that_were_read_in_whole(whole: list[bool], words: str) -> None:
    threads = [{"thread_id": n, "n_posts_seen": 4, "complete": one} for n, one in enumerate(whole)]
    threads.append({"thread_id": 99, "n_posts_seen": 0, "complete": True})
    manifest = Manifest(completeness=Completeness(complete=True))
    assert f"Everything that was asked for is there. {words}" in said(shown(Made(threads=threads, manifest=manifest)))


CALIBRATION = {
    "explicit_quotes": 48,
    "methods": {
        "author_exact": {"answered": 46, "right": 45, "precision": 0.9783, "recall": 0.9375, "false_links": 0.0},
        "author_partial": {"answered": 0, "right": 0},
    },
}


@pytest.mark.parametrize("calibration", [None, 3, {"a": 3}, {"a": {"methods": 3}}, {"a": {"methods": {"x": 1}}}])
def test_a_calibration_of_another_form_is_left_out(calibration: object) -> None:
    made = small(quotes=[quote(1, 2)], manifest=Manifest(linking={"calibration": calibration}))
    assert "How right the rules are here" not in said(shown(made))


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([None], "1 quote not linked to a post"),
        ([1], "1 quote linked to its post"),
        ([None, None], "2 quotes none linked to their post"),
        ([1, 1], "2 quotes all linked to their post"),
        ([1, None], "2 quotes 50.0 % linked to their post"),
    ],
)
def test_the_tile_of_quotes(targets: list[int | None], words: str) -> None:
    root = shown(small(quotes=[quote(2, target, quote_index=n) for n, target in enumerate(targets)]))
    assert said(root.xpath(".//ul[@class='tiles']/li[4]")[0]) == words


def test_linking() -> None:
    quotes = [quote(1, 2), quote(2, 1, method="author_exact", confidence=0.9), quote(3, None)]
    made = small(quotes=quotes, manifest=Manifest(linking={"calibration": {"f.example": CALIBRATION}}))
    section = figure(shown(made), "How quotes were linked")
    assert "3 quotes: 2 to a post that is in the dataset and 1 not linked." in said(section)
    assert table(section, "Quotes by method")[1][1:] == ["1", "33.3 %", "1.00"]
    assert table(section, "Links by confidence") == [["1.00", "1", "50.0 %"], ["0.90", "1", "50.0 %"]]
    assert table(section, "How right the rules are here") == [
        ["author_exact", "48", "46", "45", "97.8 %", "93.8 %", "0.0 %", "default"]
    ]


def events(number: int) -> list[Mapping[str, Any]]:
    kinds = ["edited", "silently_edited", "missing", "removed", "restored", "moved", "retitled"]
    return [{"event": kinds[n % 7], "changed_before": T0 + timedelta(days=n), "thread_id": n} for n in range(number)]


def test_events() -> None:
    few, many = (figure(shown(small(events=events(number))), "Edits and removals") for number in (2, 70))
    assert said(few) == "Edits and removals 1 edit and 1 edit without a mark."
    assert [said(key) for key in many.xpath("./ul/li")] == [
        "edited", "edited without a mark", "missing or removed", "restored", "moved, merged or split",
        "retitled or renamed",
    ]  # fmt: skip
    rows = table(many, "The numbers")
    assert sum(int(number) for row in rows for number in row[1:]) == 70


def runs(number: int) -> dict[str, list[dict[str, Any]]]:
    return {
        "runs": [
            {"run_id": n, "started_at": T0 + timedelta(days=n), "finished_at": T0 + timedelta(days=n, minutes=5),
             "outcome": "complete", "n_requests": 2, "n_new": n}
            for n in range(number)
        ],
        "fetches": [
            {"fetch_id": n, "run_id": n // 2, "outcome": ("ok", "server_error")[n % 2], "bytes": 1000}
            for n in range(2 * number)
        ],
    }  # fmt: skip


def test_runs() -> None:
    one, many = (figure(shown(small(**runs(number))), "Runs and requests") for number in (1, 40))
    assert "One run, on 1 March 2024, 12:00 UTC, took 5 min: complete. 2 requests brought 2.0 kB." in said(one)
    assert not one.xpath(".//svg[@role='img']")
    assert table(many, "Requests by what came of them") == [["read", "40", "50.0 %"], ["server error", "40", "50.0 %"]]
    last = table(many, "The last 30 runs")
    assert [row[-3] for row in last] == [str(number) for number in range(39, 9, -1)]
    assert "10 older runs are in the table runs." in said(many)
    assert len(many.xpath("./div[@class='chart wide']")) == 1


def test_articles() -> None:
    assert not shown(small()).xpath(".//section[h3='Articles']")
    rows = [{"agency": name, "byline": ["Ann"]} for name in ("A", "A", HOSTILE)]
    root = shown(small(articles=rows))
    assert not root.xpath("//script")
    assert table(figure(root, "Articles"), "Articles by agency") == [
        ["A", "2", "66.7 %"], [HOSTILE, "1", "33.3 %"],
    ]  # fmt: skip
    lone = figure(shown(small(articles=rows[2:])), "Articles")
    assert "1 first post was read as a news article, which names its authors." in said(lone)


def test_sites_of_a_dataset_of_several() -> None:
    posts = [post(number, site=f"{name}.example") for number, name in enumerate("aab")]
    assert table(figure(shown(small(posts=posts)), "Sites"), "Posts by site") == [
        ["a.example", "2", "66.7 %"], ["b.example", "1", "33.3 %"],
    ]  # fmt: skip
