"""Quotes without a number: rules 3 to 7, hints to the author, levels, versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from histories import reading, tables
from pages_made import DAY, T0, body, post, quote

from crawler.items import Quote

GATES = "The gates of the northern lock were painted twice, and nobody at the office can say who paid for it."
TOLLS = "A toll of two crowns is too much for a rowing boat that passes once a week in summer."
ANN: dict[str, Any] = {"cited_author_name": "Ann"}
BOB: dict[str, Any] = {"author_id": 8, "author_name": "Bob"}


def linked(quoted: str | None, *posts: Any, cited: dict[str, Any] | None = None) -> Quote:
    """The row of one quote of post 50, behind the given posts."""
    reply = post(50, "reply", [quote(None, quoted, **(ANN if cited is None else cited))], author_id=9, author_name="Cy")
    return tables(reading([*posts, reply]))["quotes"][-1]


def told(row: Quote) -> tuple[int | None, str | None]:
    return row.target_post_id, row.method


def test_words_in_one_piece() -> None:
    row = linked(GATES, post(10, GATES), post(11, TOLLS), post(12, GATES, **BOB))
    assert told(row) == (10, "author_exact")
    assert (row.target_state, row.target_thread_id, row.target_version) == ("seen", 1, 1)
    assert (row.confidence, row.n_candidates, row.candidate_post_id, row.id_check) == (0.995, 1, None, "unchecked")
    assert (row.is_truncated, row.is_altered) == (False, False)


def test_a_reply_answers_a_post_found_by_its_words() -> None:
    rows = tables(reading([post(10, GATES), post(50, "x", [quote(None, GATES, **ANN)])]))
    assert (rows["posts"][1].reply_to_post_id, rows["posts"][1].reply_method) == (10, "author_exact")


@pytest.mark.parametrize("text", ["gates of the northern lock were painted", "were painted", "TWICE,  and nobody"])
def test_a_part(text: str) -> None:
    row = linked(text, post(10, GATES), post(11, TOLLS))
    assert told(row) == (10, "author_exact")
    assert (row.is_truncated, row.is_altered) == (True, False)


def test_a_word_that_is_a_part_of_a_word_is_not_said() -> None:
    assert told(linked("paint", post(10, GATES))) == (None, None)


def test_only_earlier_posts() -> None:
    rows = tables(reading([post(10, "x", [quote(None, GATES, **ANN)]), post(11, GATES)]))
    assert told(rows["quotes"][0]) == (None, None)


def test_the_post_itself_is_not_its_own_source_but_an_earlier_one_of_its_author_is() -> None:
    rows = tables(reading([post(10, GATES), post(11, GATES, [quote(None, GATES, **ANN)])]))
    assert told(rows["quotes"][0]) == (10, "author_exact")


def test_never_by_author_alone() -> None:
    row = linked("Something that was never said by anybody in here.", post(10, GATES), post(11, TOLLS))
    assert (told(row), row.candidate_post_id) == ((None, None), None)


def test_never_by_recency() -> None:
    row = linked("painted twice", post(10, GATES), post(11, GATES + " And so on."))
    assert (told(row), row.target_state) == ((None, None), "unresolved")
    assert (row.candidate_post_id, row.n_candidates) == (11, 2)


def test_of_several_the_one_that_says_nothing_else() -> None:
    row = linked(GATES, post(10, GATES), post(11, GATES + " And so on."))
    assert (told(row), row.n_candidates) == ((10, "author_exact"), 2)


def test_changed_words() -> None:
    row = linked(GATES.replace("nobody", "somebody").replace("twice", "thrice"), post(10, GATES), post(11, TOLLS))
    assert told(row) == (10, "author_shingle")
    assert (row.is_altered, row.target_version, row.confidence) == (True, None, 0.98)


def test_a_quote_into_which_more_was_copied() -> None:
    row = linked(f"Originally posted by Bob\n{TOLLS} {TOLLS.upper()} {GATES}", post(10, TOLLS, **BOB), post(11, GATES))
    assert told(row) == (11, "author_shingle")


def test_phrases_from_here_and_there_are_no_quote() -> None:
    far = " ".join(f"word{number}" for number in range(60))
    row = linked("The gates of the northern lock who paid for it", post(10, f"The gates of the {far} who paid for it."))
    assert told(row) == (None, None)


def test_a_typo_in_a_short_quote() -> None:
    row = linked("the northern lock wre painted twice", post(10, GATES), post(11, TOLLS))
    assert told(row) == (10, "author_partial")


def test_the_time_that_is_named() -> None:
    posts = [post(10, GATES), post(11, TOLLS), post(12, TOLLS, created_at=T0 + timedelta(minutes=11), **BOB)]
    row = linked("words that nobody said", *posts, cited=ANN | {"cited_at": T0 + timedelta(minutes=11)})
    assert told(row) == (11, "author_time")
    assert (row.n_candidates, row.is_altered) == (1, True)


def test_a_time_at_which_the_author_said_nothing() -> None:
    row = linked(GATES, post(10, GATES), cited=ANN | {"cited_at": T0 + DAY})
    assert told(row) == (10, "author_exact")


def test_two_posts_of_one_moment() -> None:
    at = T0 + timedelta(minutes=5)
    posts = [post(10, GATES, created_at=at), post(11, TOLLS, created_at=at)]
    assert told(linked("painted twice", *posts, cited=ANN | {"cited_at": at})) == (10, "author_time")


def test_without_an_author_words_are_a_hint_only() -> None:
    row = linked(GATES, post(10, GATES), post(11, TOLLS), cited={})
    assert (told(row), row.target_state) == ((None, None), "unresolved")
    assert (row.candidate_post_id, row.n_candidates, row.confidence) == (10, 1, None)


def test_a_few_words_without_an_author_are_no_hint() -> None:
    assert linked("for it", post(10, "for it!"), post(11, "Not for it."), cited={}).candidate_post_id is None


def test_a_name_that_nobody_bears_is_no_author() -> None:
    row = linked(GATES, post(10, GATES), cited={"cited_author_name": "Dora"})
    assert (told(row), row.candidate_post_id) == ((None, None), 10)


def test_a_guest() -> None:
    guest: dict[str, Any] = {"author_id": None, "author_name": "Passer-by"}
    row = linked(GATES, post(10, GATES, **guest), post(11, GATES), cited={"cited_author_name": "passer-by"})
    assert told(row) == (10, "author_exact")


@pytest.mark.parametrize(
    "cited", [{"cited_author_name": "Annie", "cited_author_id": 7}, {"cited_author_name": "Annie"}]
)
def test_a_member_who_had_another_name_on_another_post(cited: dict[str, Any]) -> None:
    row = linked(GATES, post(9, "x", author_name="Annie"), post(10, GATES), cited=cited)
    assert told(row) == (10, "author_exact")


def test_a_member_whose_old_name_another_quote_tells() -> None:
    other = post(20, "x", [quote(10, "painted", cited_author_name="Annie", cited_author_id=7)], **BOB)
    assert told(linked(GATES, post(10, GATES), other, cited={"cited_author_name": "Annie"})) == (10, "author_exact")


def test_an_edited_post_by_the_version_that_was_quoted() -> None:
    mark = T0 + timedelta(hours=9)
    rows = tables(
        reading([post(10, GATES)]),
        reading([post(10, TOLLS, edited_at=mark), post(50, "x", [quote(None, "were painted twice", **ANN)])], 3),
    )
    assert (told(rows["quotes"][0]), rows["quotes"][0].target_version) == ((10, "author_exact"), 1)


def test_a_later_run_that_sees_the_target() -> None:
    reply = post(50, "x", [quote(None, GATES, **ANN)])
    before = tables(reading([reply], page=2, n_pages=2))
    after = tables(reading([reply], page=2, n_pages=2), reading([post(10, GATES)], 1, n_pages=2))
    assert [told(rows["quotes"][0]) for rows in (before, after)] == [(None, None), (10, "author_exact")]


def test_a_post_that_is_gone() -> None:
    reply = post(50, "x", [quote(None, GATES, **ANN)])
    row = tables(reading([post(10, GATES), reply]), reading([reply], 1))["quotes"][0]
    assert (told(row), row.target_state) == ((10, "author_exact"), "missing")


def test_own_words_only() -> None:
    """What a post quotes is not what its author said."""
    carrier = post(11, "I do not think so.", [quote(10, GATES)], body=body("I do not think so.", [quote(10, GATES)]))
    row = linked(GATES, post(10, GATES, **BOB), carrier)
    assert told(row) == (None, None)


def nested(*levels: tuple[str | None, str | None]) -> list[Any]:
    """Quotes one in the other, the outermost first: author and words."""
    return [
        quote(None, words, depth, depth=depth, parent_quote_index=depth - 1 if depth else None, cited_author_name=name)
        for depth, (name, words) in enumerate(levels)
    ]


def test_each_level_has_its_own_author() -> None:
    middle = post(11, TOLLS, nested(("Ann", GATES)), **BOB)
    rows = tables(reading([post(10, GATES), middle, post(50, "x", nested(("Bob", TOLLS), ("Ann", GATES)))]))["quotes"]
    assert [told(row) for row in rows] == [(10, "author_exact"), (11, "author_exact"), (10, "author_exact")]


def test_a_level_that_names_nobody_is_what_the_quoted_post_quotes_there() -> None:
    middle = post(11, TOLLS, nested(("Ann", GATES)), **BOB)
    rows = tables(reading([post(10, GATES), middle, post(50, "x", nested(("Bob", TOLLS), (None, GATES)))]))["quotes"]
    assert told(rows[2]) == (10, "author_exact")


def test_what_is_quoted_in_a_quote_is_older_than_the_quoted_post() -> None:
    posts = [post(10, TOLLS), post(11, GATES, **BOB), post(12, TOLLS)]
    rows = tables(reading([*posts, post(50, "x", nested(("Bob", GATES), ("Ann", TOLLS)))]))["quotes"]
    assert told(rows[1]) == (10, "author_exact")


@pytest.mark.parametrize(
    "line",
    [
        "On 5/17/2024 at 9:35 AM, Ann said:", "Le 30/11/2022 at 19:47, Ann a dit :", "Am 3.4.2020 um 9:00 schrieb Ann:",
        "Ann сказал:", "Ann กล่าวว่า:", "Originally Posted by Ann", "Ann said:", "在 2024/5/17， Ann 说：",
    ],
)  # fmt: skip
def test_a_citation_left_as_text_hints_at_the_author(line: str) -> None:
    row = linked(f"{line}\n{GATES}", post(10, GATES), post(11, GATES, **BOB), cited={})
    assert told(row) == (10, "author_exact")
    assert (row.cited_author_name, row.cited_at, row.is_altered) == (None, None, False)


@pytest.mark.parametrize("line", ["Quote", "Citation :", "Zitat", "อ้างอิง", "引用", "Цитата"])
def test_a_label_says_nothing(line: str) -> None:
    row = linked(f"{line}\n{GATES}", post(10, GATES), cited={})
    assert (told(row), row.candidate_post_id) == ((None, None), 10)


def test_a_citation_above_the_quote() -> None:
    def reply(above: str) -> Any:
        shown = f"{above}\n> {GATES}\nreply"
        return post(50, body=body("reply", [quote(None, GATES)], full_text=shown))

    posts = [post(10, GATES), post(11, GATES, **BOB)]
    rows = [tables(reading([*posts, reply(above)]))["quotes"][0] for above in ("Bob wrote:", "As I said to Bob")]
    assert [told(row) for row in rows] == [(11, "author_exact"), (None, None)]


def test_a_hint_is_no_more_than_that() -> None:
    row = linked(f"I told Ann this:\n{GATES}", post(10, TOLLS), post(11, GATES, **BOB), cited={})
    assert told(row) == (None, None)


def test_a_forged_number_is_not_relinked_but_told_of() -> None:
    reply = post(50, "x", [quote(11, GATES, cited_author_id=7, cited_author_name="Ann")])
    row = tables(reading([post(10, GATES), post(11, TOLLS, **BOB), reply]))["quotes"][0]
    assert (told(row), row.id_check, row.confidence) == ((11, "explicit_id"), "author_conflict", 0.5)
    assert (row.candidate_post_id, row.n_candidates) == (10, 1)


def test_thai() -> None:
    own = "ประตูน้ำด้านเหนือถูกทาสีสองครั้งแล้ว และไม่มีใครที่สำนักงานรู้ว่าใครเป็นคนจ่าย"
    for text in (own[5:40], own.replace("สองครั้ง", "สามครั้ง")):
        row = linked(text, post(10, own), post(11, "เรือพายลำเล็กไม่ควรต้องจ่ายค่าผ่านทางแพงขนาดนั้นในฤดูร้อน"))
        assert row.target_post_id == 10


@pytest.mark.parametrize("text", [None, "", "…", ":)"])
def test_nothing_to_go_by(text: str | None) -> None:
    assert told(linked(text, post(10, GATES), cited={})) == (None, None)


def test_posts_without_a_time_stand_as_on_the_page() -> None:
    posts = [post(90, GATES, created_at=None), post(50, "x", [quote(None, GATES, **ANN)], created_at=None)]
    assert told(tables(reading(posts))["quotes"][0]) == (90, "author_exact")
    assert told(tables(reading(posts[::-1]))["quotes"][0]) == (None, None)
