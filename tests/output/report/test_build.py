"""Whole reports: what is missing is told where it is missing, and every link of a large one leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dataset_made import T0, Make
from lxml import html

from output.report import build as building
from output.report import thread as threading
from output.report import write_report
from output.report.places import Places
from pipelines.diff import word_diff

Publish = Callable[..., Path]


LATER = T0 + timedelta(days=1)


def holed(make: Make) -> dict[str, list[Any]]:
    """A thread of which page 2 was not read, with a post that went and one that was edited; and one never read."""
    events = [
        make.row("events", thread_id=1, post_id=13, event="missing", changed_after=T0, changed_before=LATER),
        make.row("events", thread_id=1, post_id=None, event="retitled", from_value="Old", to_value="New"),
    ]  # fmt: skip
    return {
        "threads": [
            make.thread(1, 3, n_posts_declared=9, n_pages=3, title="With holes", complete=False),
            make.thread(9, 0, title="Never read"),
        ],
        "posts": [
            make.post(10, position=1, page=1, html="<p>First words.</p>", is_first_post=True),
            make.post(11, position=2, page=1, html="<blockquote><p>First</p></blockquote>", n_quotes=1, n_versions=2),
            make.post(13, page=1, status="removed", html="<p>Gone words</p>"),
            make.post(14, page=3, html="<blockquote>Gone</blockquote><blockquote>x</blockquote>", n_quotes=2),
        ],
        "versions": [make.version(11, 1, is_current=False, text="old words"), make.version(11, 2, text="new words")],
        "quotes": [
            make.quote(11, target_post_id=10, target_state="seen", method="author_exact", target_thread_id=1),
            make.quote(14, target_post_id=13, target_state="missing", method="explicit_id", target_thread_id=1),
            make.quote(14, 1, id_check="text_conflict", cited_author_name="Zed"),
        ],
        "events": events,
    }  # fmt: skip


@pytest.fixture
def page(tmp_path: Path, make: Make, publish: Publish) -> Any:
    """The report of that, as a tree."""
    publish(tmp_path, holed(make))
    manifest = tmp_path / "manifest.json"
    gap = '{"kind": "x", "site": "forum.example", "what": "thread_page", "id": 1, "page": 2, "reason": "no answer"}'
    text = re.sub(
        r'"completeness":\s*null', f'"completeness": {{"complete": false, "problems": [{gap}]}}', manifest.read_text()
    )
    manifest.write_text(text)
    return html.document_fromstring(write_report(tmp_path, diff=word_diff).read_text("utf-8"))


def said(page: Any, path: str) -> str:
    return " ".join("".join(found.text_content() for found in page.xpath(path)).split())


def test_what_a_thread_lacks_is_told_at_its_head(page: Any) -> None:
    told = said(page, "//section[@id='thread-1']/header//div[@role='note']")
    assert told == "This thread is not complete. 3 of 9 posts were read. Page 2: no answer."


def test_unread_pages_have_a_line_in_their_place(page: Any) -> None:
    gap = page.xpath("//p[@class='gap']")
    assert len(gap) == 1
    assert gap[0].text == "Page 2 of the thread was not read: no answer."
    assert gap[0].getnext().get("id") == "post-14"


def test_a_post_that_went_is_shown_as_such(page: Any) -> None:
    told = said(page, "//article[@id='post-13']//p[@class='notice']")
    assert told.startswith("Removed. It stood here until 1 Mar 2026, 12:00, and was gone at 2 Mar 2026, 12:00.")
    assert said(page, "//article[@id='post-13']//div[@class='body']") == "Gone words"


def test_quotes_tell_what_is_known_of_them(page: Any) -> None:
    assert said(page, "//article[@id='post-11']//div[@class='cite']") == "Ann #1 found by author and words"
    lines = [" ".join(x.text_content().split()) for x in page.xpath("//article[@id='post-14']//div[@class='cite']")]
    assert lines == ["Ann 1 Mar 2026 no longer on the forum", "Zed words that post does not have"]
    assert said(page, "//article[@id='post-10']//p[@class='quoted-by']") == "Quoted by Ann #2"


def test_an_edit_without_a_mark_is_told_and_shown(page: Any) -> None:
    edits = "//article[@id='post-11']//details[@class='edits']"
    assert said(page, f"{edits}/summary").startswith("Changed without an edit mark")
    assert (said(page, f"{edits}//del"), said(page, f"{edits}//ins")) == ("old", "new")


def test_what_happened_to_a_thread_is_listed(page: Any) -> None:
    assert "retitled: Old → New" in said(page, "//details[@class='happened']")


def test_a_thread_that_was_never_read_is_listed_without_a_link(page: Any) -> None:
    line = page.xpath("//ul[@class='threads']/li[contains(., 'Never read')]")[0]
    assert line.xpath(".//a") == []
    assert "incomplete" in line.text_content()


def links(folder: Path) -> list[str]:
    """Links of a report that lead nowhere."""
    pages = {path.resolve(): html.document_fromstring(path.read_text("utf-8")) for path in folder.rglob("*.html")}
    marks = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    lost = []
    for path, page in pages.items():
        for href in page.xpath("//a/@href"):
            name, _, mark = href.partition("#")
            target = (path.parent / name).resolve() if name else path
            if not href.startswith("https:") and (target not in marks or (mark and mark not in marks[target])):
                lost.append(f"{path.name}: {href}")
    return lost


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large begins early."""
    monkeypatch.setattr(building, "ONE_FILE_POSTS", 0)
    monkeypatch.setattr(building, "LISTED", 2)
    for module in (threading, __import__("output.report.places", fromlist=["places"])):
        monkeypatch.setattr(module, "POSTS_A_FILE", 2)


def test_every_link_of_a_large_report_leads_somewhere(
    tmp_path: Path, make: Make, publish: Publish, small: None
) -> None:
    rows = make.dataset()
    rows["threads"] += [make.thread(number, 0) for number in (20, 21, 22)]
    write_report(publish(tmp_path, rows), diff=word_diff)
    names = sorted(path.name for path in (tmp_path / "report").iterdir())
    site = Places("report", alone=False).file(building.ThreadKey("forum.example", "forums_Topic", 1)).split("-")[1]
    assert names == [
        f"thread-{site}-1-2.html",
        f"thread-{site}-1.html",
        f"thread-{site}-5.html",
        "threads-2.html",
        "threads-3.html",
    ]
    assert links(tmp_path) == []
    first = (tmp_path / "report" / f"thread-{site}-1.html").read_text("utf-8")
    assert f'href="thread-{site}-1-2.html#post-12"' in first


def test_sites_with_the_same_numbers_are_kept_apart(tmp_path: Path, make: Make, publish: Publish) -> None:
    rows: dict[str, list[Any]] = {
        "threads": [make.thread(1, 1, site=site) for site in ("a.example", "b.example")],
        "posts": [make.post(10, site=site, html=f"<p>{site}</p>") for site in ("a.example", "b.example")],
    }
    write_report(publish(tmp_path, rows), diff=word_diff)
    assert len(list((tmp_path / "report").iterdir())) == 2
    assert links(tmp_path) == []


def test_the_same_dataset_gives_the_same_report(tmp_path: Path, make: Make, publish: Publish) -> None:
    publish(tmp_path, holed(make))
    first = write_report(tmp_path, diff=word_diff).read_bytes()
    assert write_report(tmp_path, diff=word_diff).read_bytes() == first


@pytest.mark.parametrize("large", [False, True])
def test_a_report_of_one_thread_bears_its_title(
    tmp_path: Path, make: Make, publish: Publish, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    """As text, whatever it is; that of several, or of one without a title, bears the name of the folder."""
    if large:
        monkeypatch.setattr(building, "ONE_FILE_POSTS", 0)
    words = "Ferry </title><script>x</script>"
    for title, more, expected in ((words, [], words), (words, [make.thread(9, 0)], "out"), (None, [], "out")):
        rows = {"threads": [make.thread(1, 1, title=title), *more], "posts": [make.post(10, position=1, page=1)]}
        written = write_report(publish(tmp_path / "out", rows), diff=word_diff)
        page = html.parse(str(written)).getroot()
        assert page.findtext(".//title") == expected
        assert page.find(".//h1/bdi").text == expected
        assert page.find_class("name")[0].text_content() == expected
