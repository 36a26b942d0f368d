from __future__ import annotations

from output.errors import OutputError, visible


def test_reason_and_fix_are_one_visible_line():
    error = OutputError("a\nb\x1b", "c\u2028d é")
    assert (error.reason, error.fix) == ("a\\nb\\x1b", "c\\u2028d é")
    assert str(error) == "a\\nb\\x1b; c\\u2028d é"


def test_visible_shows_lone_surrogates():
    assert visible("\ud800") == "\\ud800"
