"""Quotes and what they quote: rules 1 and 2, and what the check of an explicit id finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from histories import KEY, history, reading, tables
from pages_made import DAY, SITE, T0, post, quote

from crawler.items import Quote
from crawler.items.history import PostKey, ThreadHistory, ThreadKey

OWN = "The gates are late, and the money is gone.\nNobody knows who signed it, or why.\nAsk the harbourmaster."


def one(text: str | None, own: str | None = OWN, author: Any = None, **cited: Any) -> Quote:
    """The row of one quote of post 10 by post 11."""
    target = post(10, own, **(author or {}))
    values = {"cited_author_id": 7, "cited_author_name": "Ann"} | cited
    rows = tables(reading([target, post(11, "reply", [quote(10, text, **values)])]))
    return rows["quotes"][0]


def check(row: Quote) -> tuple[str, bool | None, bool | None]:
    return row.id_check, row.is_truncated, row.is_altered


def test_a_whole_quote() -> None:
    row = one(OWN)
    assert (row.target_post_id, row.target_thread_id, row.target_version) == (10, 1, 1)
    assert (row.target_state, row.method, row.confidence) == ("seen", "explicit_id", 1.0)
    assert (row.n_candidates, row.candidate_post_id) == (None, None)
    assert check(row) == ("verified", False, False)


LINES = OWN.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(LINES[1:]), "\n".join(LINES[:2]), LINES[1], "\n".join([LINES[0], LINES[2]]),
        "late, and the money", "The gates are late. Nobody knows who signed it", "the MONEY  is gone", "- " + LINES[0],
    ],
)  # fmt: skip
def test_a_trimmed_quote(text: str) -> None:
    row = one(text)
    assert (*check(row), row.target_version) == ("verified", True, False, 1)


def test_a_quote_in_other_typography_is_not_altered() -> None:
    own = "\u201cFree passage\u201d \u2013 they said it\u2019s done…"
    assert check(one('"Free passage" - they said it\'s done...', own)) == ("verified", False, False)


@pytest.mark.parametrize(
    "text", [OWN.replace("late", "early"), OWN + "\nSo there.", "The gates are late, and the boats are sunk."]
)
def test_an_altered_quote(text: str) -> None:
    row = one(text)
    assert (*check(row), row.target_version) == ("verified", None, True, None)


def test_words_of_somebody_else() -> None:
    row = one("Сначала пристань, потом шлюз, а теперь и вёсла.")
    assert (*check(row), row.target_version) == ("text_conflict", None, True, None)
    assert (row.target_post_id, row.confidence) == (10, 0.9)


def test_a_few_words_scattered_in_the_post_are_not_its_words() -> None:
    assert one("gates signed why").id_check == "text_conflict"


@pytest.mark.parametrize(
    ("cited", "author", "expected"),
    [
        ({}, {"author_id": 8}, "author_conflict"),
        ({"cited_author_name": "Old Ann"}, {}, "verified"),  # renamed: the number decides
        ({"cited_author_id": None}, {}, "verified"),
        ({"cited_author_id": None, "cited_author_name": "ANN "}, {}, "verified"),
        ({"cited_author_id": None, "cited_author_name": "Bob"}, {}, "author_conflict"),
        ({}, {"author_id": None}, "verified"),  # the account is gone, the name is left
        ({}, {"author_id": None, "author_name": "Bob"}, "author_conflict"),
        ({"cited_author_id": None, "cited_author_name": None}, {}, "verified"),  # by the text
    ],
)
def test_the_author_is_compared(cited: dict[str, Any], author: dict[str, Any], expected: str) -> None:
    row = one(OWN, author=author, **cited)
    assert row.id_check == expected
    assert row.target_post_id == 10


def test_nothing_to_compare() -> None:
    row = one(None, cited_author_id=None, cited_author_name=None)
    assert (*check(row), row.confidence) == ("unchecked", None, None, 0.99)
    assert check(one("words", own=None)) == ("verified", None, None)
    assert one("words", own=None, cited_author_id=None, cited_author_name=None).id_check == "unchecked"


def test_a_name_that_the_member_had_on_another_post() -> None:
    cited = quote(10, "words", cited_author_name="Annie")
    rows = tables(reading([post(9, author_name="Annie"), post(10), post(11, "x", [cited])]))
    assert rows["quotes"][0].id_check == "verified"


def test_a_quote_without_a_number_stays_an_unresolved_row() -> None:
    rows = tables(reading([post(10), post(11, "x", [quote(None, "other", cited_author_name="Ann")])]))
    (row,) = rows["quotes"]
    assert (row.target_state, row.target_post_id, row.method, row.confidence) == ("unresolved", None, None, None)
    assert rows["posts"][1].reply_to_post_id is None


def test_a_post_that_was_never_seen() -> None:
    cited = quote(99, "words", cited_thread_id=5)
    (row,) = tables(reading([post(11, "x", [cited])]))["quotes"]
    assert (row.target_post_id, row.target_thread_id, row.target_state) == (99, 5, "unseen")
    assert (row.method, row.id_check, row.target_version) == ("explicit_id_unseen", "unchecked", None)


def test_a_post_that_is_gone_is_still_a_target() -> None:
    reply = post(11, "x", [quote(10, "words")])
    (row,) = tables(reading([post(10), reply]), reading([reply], 1))["quotes"]
    assert (row.target_state, row.target_post_id, row.target_version) == ("missing", 10, 1)


def test_another_kind_of_content_is_another_post() -> None:
    asked: list[PostKey] = []

    def find(key: PostKey) -> None:
        asked.append(key)

    cited = quote(10, "words", cited_class="cms_Records1")
    (row,) = tables(reading([post(10), post(11, "x", [cited])]), find=find)["quotes"]
    assert row.target_state == "unseen"
    assert asked == [PostKey(SITE, "cms_Records1", 10)]


MARK = T0 + timedelta(hours=5)


@pytest.mark.parametrize(
    ("text", "written", "version"),
    [
        ("the old end", T0, 1), ("the new end", MARK + DAY, 2), ("A beginning", MARK - timedelta(hours=1), 1),
        ("A beginning", MARK + timedelta(hours=1), 2), ("A beginning", None, 2), ("the new end", T0, 2),
        ("an end that was not", T0, None),
    ],
)  # fmt: skip
def test_a_quote_of_an_edited_post_picks_the_version_that_was_there(
    text: str, written: Any, version: int | None
) -> None:
    reply = post(11, "x", [quote(10, text)], created_at=written)
    rows = tables(
        reading([post(10, "A beginning, and the old end")]),
        reading([post(10, "A beginning, and the new end", edited_at=MARK), reply], 9),
    )
    assert rows["quotes"][0].target_version == version


def test_a_quote_of_a_post_whose_edit_was_undone() -> None:
    def version(hours: float) -> int | None:
        reply = post(11, "x", [quote(10, "same words")], created_at=MARK + timedelta(hours=hours))
        rows = tables(
            reading([post(10, "same words, first")]),
            reading([post(10, "same words, second", edited_at=MARK)], 1),
            reading([post(10, "same words, first", edited_at=MARK + timedelta(hours=10)), reply], 2),
        )
        return rows["quotes"][0].target_version

    assert [version(-1), version(1), version(11)] == [1, 2, 1]


def test_a_quote_from_before_a_silent_edit() -> None:
    reply = post(11, "x", [quote(10, "same words")], created_at=T0)
    rows = tables(reading([post(10, "same words, first")]), reading([post(10, "same words, second"), reply], 1))
    assert rows["quotes"][0].target_version == 1


ELSEWHERE = ThreadKey(SITE, KEY.content_class, 2)


def found_in(*pages: Any) -> Any:
    def find(key: PostKey) -> ThreadHistory | None:
        seen = {one.post_id for page in pages for one in page.posts}
        return ThreadHistory(key=ELSEWHERE, pages=list(pages)) if key.post_id in seen else None

    return find


def test_a_post_of_another_thread_is_joined_by_its_number() -> None:
    cited = [quote(50, "words", cited_author_id=7, cited_thread_id=2), quote(51, "x", 1, cited_thread_id=2)]
    pages = [reading([post(50, "words, old")]), reading([post(50, "words, new")], 1)]
    rows = tables(reading([post(11, "x", cited, created_at=T0 - DAY)]), find=found_in(*pages))
    row, other = rows["quotes"]
    assert (row.target_post_id, row.target_thread_id, row.target_state) == (50, 2, "seen")
    assert (row.method, row.id_check, row.target_version) == ("explicit_id", "verified", 1)
    assert other.target_state == "unseen"
    assert rows["posts"][0].reply_to_post_id is None


def test_a_post_that_is_gone_from_another_thread() -> None:
    pages = [reading([post(50), post(52)]), reading([post(52)], 1)]
    (row,) = tables(reading([post(11, "x", [quote(50, "words")])]), find=found_in(*pages))["quotes"]
    assert (row.target_state, row.target_thread_id) == ("missing", 2)


def test_unseen_then_seen_in_a_later_run() -> None:
    reply = post(11, "x", [quote(10, "words", cited_author_id=7)])
    (before,) = tables(reading([reply], page=2, n_pages=2))["quotes"]
    assert before.target_state == "unseen"
    rows = tables(reading([reply], page=2, n_pages=2), reading([post(10)], 1, n_pages=2))
    assert (rows["quotes"][0].target_state, rows["quotes"][0].id_check) == ("seen", "verified")
    assert rows["posts"][1].reply_to_post_id == 10


def test_a_reply_answers_the_first_top_level_quote_that_has_a_target_in_this_thread() -> None:
    quotes = [
        quote(None, "lost", 0),
        quote(50, "elsewhere", 1),
        quote(99, "never seen", 2),
        quote(None, None, 3),
        quote(9, "nested", 4, depth=1, parent_quote_index=3),
        quote(10, "words", 5, cited_author_id=8),
        quote(9, "words", 6),
    ]
    rows = tables(reading([post(9), post(10), post(11, "x", quotes)]), find=found_in(reading([post(50)])))
    row = rows["posts"][2]
    assert (row.reply_to_post_id, row.reply_method, row.reply_confidence) == (10, "explicit_id", 0.5)
    assert row.n_quotes == 7


def test_quotes_are_those_of_the_newest_version() -> None:
    rows = tables(reading([post(10), post(11, "x", [quote(10, "words")])]), reading([post(10), post(11, "x")], 1))
    assert rows["quotes"] == []
    assert rows["posts"][1].n_quotes == 0


def test_a_post_of_quotes_only() -> None:
    rows = tables(reading([post(10), post(11, None, [quote(10, "words")]), post(12, None)]))
    assert [row.is_quote_only for row in rows["posts"]] == [False, True, False]


def test_history_is_not_changed_by_looking() -> None:
    import copy

    made = history(reading([post(10), post(11, "x", [quote(10, "words")])]), reading([post(10, "b")], 1))
    before = copy.deepcopy(made)
    from pipelines.derive import derive

    derive(made)
    assert made == before
