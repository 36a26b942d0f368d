"""The parts that a page is put together from: outline, history, places, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.report.article import article_of
from output.report.errors import ReportError
from output.report.files import files_for
from output.report.history import history_of
from output.report.outline import outline
from output.report.places import Places, ThreadKey, post_mark
from pipelines.diff import word_diff

NUMBERS = st.lists(st.integers(1, 30), unique=True)


@given(NUMBERS, st.dictionaries(st.integers(1, 30), st.integers(1, 40)))
def test_an_outline_has_every_post_once(order: list[int], answers: dict[int, int]) -> None:
    parents = {number: answers.get(number) for number in order}
    lines = outline(parents, order)
    assert sorted(number for number, _ in lines) == sorted(order)
    depths = dict(lines)
    for number, depth in lines:
        parent = parents[number]
        assert depth == 0 or (parent is not None and depth == depths[parent] + 1)


def test_a_long_chain_of_replies_is_no_recursion() -> None:
    order = list(range(20_000))
    lines = outline({number: number - 1 if number else None for number in order}, order)
    assert lines[-1] == (19_999, 19_999)


def version(number: int, text: str, **given: Any) -> dict[str, Any]:
    facts = {"version": number, "text": text, "full_text": text, "source": "page", "edited_at": None, "edited_by": None}
    return facts | {"edit_reason": None, "observed_from": None, "observed_to": None} | given


def test_a_history_tells_words_and_who() -> None:
    rows = [
        version(1, "The gates are late."),
        version(2, "The gates were late.", edited_at="2026-03-01T12:00:00+00:00", edited_by="Ann"),
    ]
    made = history_of(rows, word_diff)
    assert made is not None
    (step,) = made.steps
    assert (step.version, step.by) == (2, "Ann")
    assert step.changes == [("same", "The gates "), ("removed", "are"), ("added", "were"), ("same", " late.")]


def test_what_stays_the_same_for_long_is_cut() -> None:
    filler = "word " * 200
    made = history_of([version(1, f"a {filler}x"), version(2, f"b {filler}y")], word_diff)
    assert made is not None
    assert sum(len(text) for _, text in made.steps[0].changes) < 250
    assert [kind for kind, _ in made.steps[0].changes] == ["removed", "added", "same", "removed", "added"]


def test_words_known_from_quotes_are_no_step() -> None:
    made = history_of([version(1, "now"), version(2, "before", source="quote")], word_diff)
    assert made is not None
    assert (made.steps, made.recovered) == ([], ["before"])


def test_a_single_state_is_no_history() -> None:
    assert history_of([version(1, "now")], word_diff) is None


def test_an_article_is_in_the_order_of_the_post() -> None:
    text = "Head\nBy A\nCAPTION\nFirst words.\nPART TWO\nSecond words."
    spans = [
        {"field": field, "index": 0, "start": text.index(words), "end": text.index(words) + len(words)}
        for field, words in (
            ("captions", "CAPTION"), ("section_headings", "PART TWO"), ("body_text", "Second words."),
            ("body_text", "First words."), ("headline", "Head"),
        )
    ]  # fmt: skip
    row = {
        "headline": "Head", "byline": ["A"], "dateline_place": "PORT", "agency": "News", "published_on": None,
        "captions": ["CAPTION"], "body_text": "First words.\nSecond words.", "reporting": ["A", "B", "C"],
        "editing": [], "copyright_line": None, "source_url": "javascript:alert(1)",
    }  # fmt: skip
    made = article_of([row], spans, text)
    assert made is not None
    assert [words for _, words in made.pieces] == ["CAPTION", "First words.", "PART TWO", "Second words."]
    assert (made.lead, made.dateline, made.credits, made.source_url) == (
        1,
        "PORT (News)",
        ["Reporting by A, B and C"],
        None,
    )
    without = article_of([row], [], None)
    assert without is not None
    assert [words for _, words in without.pieces] == ["CAPTION", "First words.", "Second words."]


KEY = ThreadKey("forum.example", "forums_Topic", 12)


def test_places_lead_to_each_other() -> None:
    many = Places("report", alone=False)
    file = many.file(KEY, 2_500)
    assert file.endswith("-12-3.html")
    assert many.file(KEY, 999) == many.file(KEY)
    assert many.link("report.html", file, post_mark(7)) == f"{file}#post-7"
    assert many.link(file, "report.html") == "../report.html"
    assert many.link(many.file(KEY), file, "x") == f"{file.removeprefix('report/')}#x"
    assert many.link(file, file, "x") == "#x"
    assert Places("report", alone=True).link("report.html", Places("report", alone=True).file(KEY), "x") == "#x"


def test_two_sites_never_share_a_file() -> None:
    places = Places("report", alone=False)
    assert places.file(KEY) != places.file(ThreadKey("other.example", "forums_Topic", 12))


def test_old_threads_go_and_strangers_stay(tmp_path: Path) -> None:
    to = tmp_path / "report.html"
    old = Places("report", alone=False).file(KEY)
    for names in ((old, "report.html"), ("report/threads-2.html", "report.html")):
        with files_for(to) as files:
            for name in names:
                files.write(name, "x")
            files.place()
        (tmp_path / "report" / "mine.txt").write_text("mine")
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["mine.txt", "threads-2.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "report.html"]


def test_nothing_is_left_of_one_that_fails(tmp_path: Path) -> None:
    to = tmp_path / "report.html"
    to.write_text("before")

    def fail() -> None:
        with files_for(to) as files:
            files.write("report.html", "after")
            raise OSError(28, "No space left on device")

    with pytest.raises(ReportError, match="No space left"):
        fail()
    assert to.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
