"""Versions that only a quote knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from histories import reading, tables
from pages_made import HOUR, T0, post, quote

OLD = "The toll was set at five crowns by the old council, which met behind closed doors in the spring."
NOW = "I take it all back, and leave the matter to those who know more of it than I do."
MARK = T0 + 5 * HOUR
EARLY, LATE = T0 + HOUR, MARK + HOUR


def evidence(quoted: str, at: Any = EARLY, *more: Any, target: Any = None, **cited: Any) -> list[Any]:
    """What a quote of post 10 by post 11 proves."""
    named = {"cited_author_id": 7, "cited_author_name": "Ann"} | cited
    reply = post(11, "reply", [quote(10, quoted, **named)], author_id=8, author_name="Bob", created_at=at)
    rows = tables(reading([target or post(10, NOW, edited_at=MARK), reply, *more]))
    return [row for row in rows["versions"] if row.source == "quote"]


def test_words_from_before_an_edit() -> None:
    (row,) = evidence(OLD)
    assert (row.post_id, row.version, row.text, row.full_text) == (10, 2, OLD, OLD)
    assert (row.is_current, row.html, row.edited_at) == (False, None, None)


def test_posts_know_nothing_of_it() -> None:
    named = {"cited_author_id": 7, "cited_author_name": "Ann"}
    reply = post(11, "x", [quote(10, OLD, **named)], created_at=EARLY)
    rows = tables(reading([post(10, NOW, edited_at=MARK), reply]))
    first = rows["posts"][0]
    assert (first.text, first.n_versions) == (NOW, 1)
    assert [(row.version, row.is_current, row.source) for row in rows["versions"] if row.post_id == 10] == [
        (1, True, "page"), (2, False, "quote"),
    ]  # fmt: skip
    (link,) = rows["quotes"]
    assert (link.target_post_id, link.target_version, link.id_check) == (10, 2, "text_conflict")


@pytest.mark.parametrize(
    ("quoted", "at", "given"),
    [
        (OLD, LATE, {}),  # the post read so when it was quoted
        (OLD, MARK, {}),
        (OLD, None, {}),
        (OLD, T0 - HOUR, {}),  # quoted before it was written
        (NOW[:40], EARLY, {}),  # trimmed
        (NOW.replace("matter", "business"), EARLY, {}),  # a word put in place of another
        ("No, never, not me.", EARLY, {}),  # too little
        (OLD.replace("five crowns", "[…]"), EARLY, {}),  # cut by the quoter
        (OLD, EARLY, {"cited_author_id": 9}),  # forged
        (OLD, EARLY, {"cited_author_id": None, "cited_author_name": None}),  # nobody says whose it is
        (OLD, EARLY, {"target": post(10, NOW)}),  # never edited
    ],
)
def test_no_evidence(quoted: str, at: Any, given: dict[str, Any]) -> None:
    assert evidence(quoted, at, **given) == []


def test_a_quote_without_a_number_proves_nothing() -> None:
    reply = post(11, "x", [quote(None, OLD, cited_author_name="Ann")], created_at=EARLY)
    rows = tables(reading([post(10, NOW, edited_at=MARK), reply]))
    assert {row.source for row in rows["versions"]} == {"page"}


def test_an_old_state_that_was_read_needs_no_evidence() -> None:
    reply = post(11, "x", [quote(10, NOW + " " + OLD, cited_author_id=7)], created_at=EARLY)
    rows = tables(reading([post(10, OLD)]), reading([post(10, NOW, edited_at=MARK), reply], 1))
    assert {row.source for row in rows["versions"]} == {"page"}


def test_an_edited_quoting_post_may_have_quoted_later() -> None:
    cited = quote(10, OLD, cited_author_id=7)
    reply = post(11, "x", [cited], created_at=EARLY, edited_at=LATE, author_id=8)
    rows = tables(reading([post(10, NOW, edited_at=MARK), reply]))
    assert {row.source for row in rows["versions"]} == {"page"}


def test_one_changed_word_that_two_members_quote() -> None:
    old = NOW.replace("matter", "business")
    cited = quote(10, old, cited_author_id=7)
    second = [post(12, "x", [cited], author_id=number, created_at=EARLY + timedelta(minutes=1)) for number in (8, 9)]
    assert evidence(old, EARLY, second[0]) == []  # twice by one member
    assert [row.text for row in evidence(old, EARLY, second[1])] == [old]


def test_of_several_quotes_the_longest() -> None:
    other = "Nobody asked the pilots, and nobody will ask them next year either, mark my words."
    more = [
        post(12 + rank, "x", [quote(10, words, cited_author_id=7)], created_at=EARLY)
        for rank, words in enumerate((OLD[:60], other))
    ]
    assert [(row.version, row.text) for row in evidence(OLD, EARLY, *more)] == [(2, OLD), (3, other)]


def test_a_post_that_is_gone() -> None:
    reply = post(11, "x", [quote(10, OLD, cited_author_id=7)], created_at=EARLY)
    rows = tables(reading([post(10, NOW, edited_at=MARK), reply]), reading([reply], 1))
    assert [row.text for row in rows["versions"] if row.source == "quote"] == [OLD]
    assert rows["quotes"][0].target_state == "missing"
