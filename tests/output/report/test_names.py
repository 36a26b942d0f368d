"""Names for drawings."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.report.names import cut, isolated, plain


@given(st.text(), st.integers(1, 30))
def test_a_cut_name_has_no_more_than_its_room(text: str, room: int) -> None:
    short = cut(text, room)
    wide = sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in short
    )
    assert wide <= room
    assert len(short) <= 3 * room
    assert short == plain(text) or short.endswith("…")


@given(st.text())
def test_what_cannot_be_seen_is_left_out(text: str) -> None:
    assert not {unicodedata.category(one) for one in plain(text)} & {"Cc", "Cf", "Cs"}
    assert len(plain(text).split("\n")) == 1


@pytest.mark.parametrize(
    ("text", "short"),
    [("Ann", "Ann"), ("Quayside Kate", "Quayside…"), ("ab\u202ecd\n e", "abcd e"), ("船長船長船長", "船長船長…"),
     ("a" + "\u0301" * 99, "a" + "\u0301" * 28 + "…")],
)  # fmt: skip
def test_examples(text: str, short: str) -> None:
    assert cut(text, 10) == short


def test_a_name_in_a_sentence_keeps_its_direction_to_itself() -> None:
    assert isolated("a\u2069\u202eb") == "\u2068ab\u2069"
