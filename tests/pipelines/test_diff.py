"""Changes between two versions, word by word."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff import word_diff

TEXTS = st.lists(st.sampled_from([*"ab .,\n", "word", "other", "ประตู", "門", "é", "\u200b", "_", "😀"])).map("".join)


def told(old: str | None, new: str | None) -> list[tuple[str, str]]:
    return [(change.kind, change.text) for change in word_diff(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, None, []),
        ("", None, []),
        ("a b", "a b", [("same", "a b")]),
        (None, "a b", [("added", "a b")]),
        ("a b", "", [("removed", "a b")]),
        ("one two three four", "one three four", [("same", "one "), ("removed", "two "), ("same", "three four")]),
        (
            "They met the mayor at noon, again.", "They saw the clerk at noon, again.",
            [("same", "They "), ("removed", "met the mayor"), ("added", "saw the clerk"), ("same", " at noon, again.")],
        ),
        ("門が赤い", "門が青い", [("same", "門が"), ("removed", "赤"), ("added", "青"), ("same", "い")]),
    ],
)  # fmt: skip
def test_changes(old: str | None, new: str | None, expected: list[tuple[str, str]]) -> None:
    assert told(old, new) == expected


@given(TEXTS, TEXTS)
def test_both_texts_are_in_it(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert "".join(change.text for change in changes if change.kind != "added") == old
    assert "".join(change.text for change in changes if change.kind != "removed") == new
    assert all(change.text for change in changes)
    assert all(one.kind != other.kind for one, other in pairwise(changes))


def test_long_texts_are_compared_by_line_and_the_longest_as_a_whole() -> None:
    lines = [f"line {number} of a long text that goes on and on" for number in range(4000)]
    changed = [*lines[:2000], "something else", *lines[2002:3000], "more", *lines[3000:]]
    kinds = [kind for kind, _ in told("\n".join(lines), "\n".join(changed))]
    assert kinds == ["same", "removed", "added", "same", "added", "same"]
    old, new = "a b " * 100_000, "b c " * 100_000
    assert [kind for kind, _ in told("x" + old, new + "y")] == ["removed", "added"]
