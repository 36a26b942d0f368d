from __future__ import annotations

import enum
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import TABLES, Column, Post
from output.errors import RowError
from output.records import Recorder, repair

POSTS = TABLES["posts"]
ANY_TEXT = st.text(st.characters(codec=None))


class Word(enum.StrEnum):
    ACTIVE = "active"


class Number(enum.IntEnum):
    TWO = 2


def value(recorder, record, name):
    return record[recorder.names.index(name)]


@given(text=ANY_TEXT)
def test_repair_leaves_text_that_can_be_encoded(text):
    repaired, count = repair(text)
    repaired.encode()
    if count == 0 and not any("\ud800" <= char <= "\udfff" for char in text):
        assert repaired == text
    assert repaired.count("\ufffd") - text.count("\ufffd") == count


def test_a_pair_becomes_its_character():
    assert repair("a\ud83d\ude00b\ud83d") == ("a\U0001f600b\ufffd", 1)


def test_surrogates_are_repaired_and_counted_in_texts_and_lists(make):
    recorder = Recorder(TABLES["threads"])
    rows = [
        make.thread(1, title="\ud800x"),
        make.thread(2, title="ok"),
        make.thread(3, forum_path=["a", "\udc00\udc01"]),
    ]
    records = recorder.records(rows)
    assert value(recorder, records[0], "title") == "\ufffdx"
    assert value(recorder, records[2], "forum_path") == ["a", "\ufffd\ufffd"]
    assert value(recorder, records[1], "tags") == ["a", "b"]
    assert recorder.repaired == 3


@pytest.mark.parametrize(
    ("name", "bad", "why"),
    [
        ("post_id", None, "null"),
        ("site", None, "null"),
        ("n_quotes", True, "bool"),
        ("n_quotes", 1.5, "float"),
        ("n_quotes", 2**63, "64 bits"),
        ("author_id", -(2**63) - 1, "64 bits"),
        ("text", b"bytes", "bytes"),
        ("text", 5, "int"),
        ("is_first_post", 1, "int"),
        ("reply_confidence", float("nan"), "finite"),
        ("reply_confidence", "0.5", "str"),
        ("reply_confidence", True, "bool"),
        ("created_at", datetime(2026, 1, 1), "time zone"),  # noqa: DTZ001  what is refused
        ("created_at", "2026-01-01T00:00:00Z", "str"),
        ("created_at", datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), "calendar"),
    ],
)
def test_a_bad_value_is_named(make, name, bad, why):
    rows = [make.post(1), make.post(2, **{name: bad} if name != "post_id" else {}), make.post(3)]
    if name == "post_id":
        rows[1].post_id = bad
    with pytest.raises(RowError) as caught:
        Recorder(POSTS).records(rows)
    assert f"posts.{name} of (site=" in caught.value.reason
    assert why in caught.value.reason
    assert name == "post_id" or "post_id=2" in caught.value.reason


@pytest.mark.parametrize(
    ("bad", "why"), [(["a", None], "null inside"), (["a", 3], "int"), ("abc", "str"), (None, "null")]
)
def test_a_bad_list_is_named_by_its_row(make, bad, why):
    rows = [make.thread(1), make.thread(2, forum_path=[])]
    rows.append(make.row("threads", thread_id=3, status="active", tags=bad))
    with pytest.raises(RowError, match=r"threads\.tags of .*thread_id=3") as caught:
        Recorder(TABLES["threads"]).records(rows)
    assert why in caught.value.reason


def test_kin_of_the_types_become_plain(make):
    recorder = Recorder(POSTS)
    paris = timezone(timedelta(hours=1))
    row = make.post(
        1, status=Word.ACTIVE, page=Number.TWO, reply_confidence=1, created_at=datetime(2026, 1, 1, 1, tzinfo=paris)
    )
    (record,) = recorder.records([row])
    plain = [value(recorder, record, name) for name in ("status", "page", "reply_confidence", "created_at")]
    assert plain == ["active", 2, 1.0, datetime(2026, 1, 1, tzinfo=UTC)]
    assert [type(item) for item in plain] == [str, int, float, datetime]
    assert plain[3].tzinfo is UTC


def test_lists_of_numbers_and_tuples():
    column = Column("numbers", "list<int64>", nullable=False, key=False, observation=False, description="")
    recorder = Recorder(POSTS)
    assert recorder._column(column, [[1, 2], [], [3]]) is None
    assert recorder._column(column, [(1, 2), [Number.TWO]]) == [[1, 2], [2]]


def test_rows_of_another_table_are_refused(make):
    with pytest.raises(RowError, match="a row is Thread, not Post"):
        Recorder(POSTS).records([make.post(1), make.thread(1)])


def test_page_text_in_an_error_is_one_visible_line(make):
    row = make.row("reactions", post_id=1, reaction="a\n\x1b[31m\u202e" + "x" * 90, count=None)
    with pytest.raises(RowError) as caught:
        Recorder(TABLES["reactions"]).records([row])
    assert "a\\n\\x1b[31m\\u202exx" in str(caught.value)
    assert str(caught.value).isprintable()


def test_facts_only(make):
    recorder = Recorder(POSTS, POSTS.facts)
    assert "first_seen_at" not in recorder.names
    assert isinstance(make.post(1), Post)
    assert len(recorder.records([make.post(1)])[0]) == len(POSTS.facts)
