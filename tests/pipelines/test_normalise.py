from __future__ import annotations

import random
import time

import pytest

from pipelines.normalise import alike, normalise, same_name, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ""), ("", ""), (" A\u00a0b\u200b\n C\u00ad", "abc"), ("“ﬁne”", '"fine"'), ("it’s — so", "it's-so"),
        ("STRASSE straße", "strassestrasse"), ("เก็บ ค่า", normalise("เก็บค่า")),
    ],
)  # fmt: skip
def test_normalise(text: str | None, expected: str) -> None:
    assert normalise(text) == expected


def test_long_texts_are_normalised_too() -> None:
    assert normalise("A b " * 10_000) == "ab" * 10_000


def test_words() -> None:
    assert words("The Gates, late!") == ["the", "gates", "late"]
    assert words(None) == words("") == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Ann", "ann ", True), ("Ann", "Bob", False), (None, None, False), ("", "", False), ("Ann", None, False)],
)
def test_names(one: str | None, other: str | None, same: bool) -> None:
    assert same_name(one, other) is same


SENTENCES = [f"sentence number {n} tells of the harbour and of matter {n * n}" for n in range(200)]


@pytest.mark.parametrize("length", [1, 40])
def test_changed_words_are_alike_and_others_are_not(length: int) -> None:
    whole = normalise(" ".join(SENTENCES))
    changed = normalise(" ".join(SENTENCES[50 : 50 + length]).replace("tells", "speaks"))
    assert changed not in whole
    assert alike(changed, whole)
    assert not alike(normalise("completely different words about lamps and lenses " * length), whole)
    assert not alike("short", "another")
    assert not alike("something long", "")


def test_no_pair_of_texts_takes_long() -> None:
    chance = random.Random(1)
    one, other = ("".join(chance.choice("abcdefghij") for _ in range(20_000)) for _ in range(2))
    started = time.process_time()
    for length in (64, 499, 500, 501, 20_000):
        assert not alike(one[:length], other)
    assert time.process_time() - started < 5, "CPU seconds"
