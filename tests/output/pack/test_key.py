"""The key, and what is made with it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.pack.errors import KeyFileError
from output.pack.key import key_id, read_or_make_key
from output.pack.pseudonyms import FIRST, LAST, Pseudonyms

KEYS = Pseudonyms(b"k" * 32)


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "the.key"
    key, made = read_or_make_key(path, outside=tmp_path / "pack")
    assert made
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_make_key(path, outside=tmp_path / "pack") == (key, False)
    assert key.hex() not in key_id(key)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, key: Path, mode: int) -> None:
    key.chmod(mode)
    with pytest.raises(KeyFileError, match="others can read") as refused:
        read_or_make_key(key, outside=tmp_path / "pack")
    assert "chmod 600" in refused.value.fix


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "ab" * 33, "\xff"])
def test_what_is_no_key_is_refused(tmp_path: Path, key: Path, content: str) -> None:
    key.write_text(content, "latin-1")
    with pytest.raises(KeyFileError, match="holds no key"):
        read_or_make_key(key, outside=tmp_path / "pack")


def test_a_key_in_the_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="handed over with it"):
        read_or_make_key(tmp_path / "pack" / "the.key", outside=tmp_path / "pack")


@given(st.integers(-(2**63), 2**63 - 1), st.text(max_size=20))
def test_numbers_are_exact_as_doubles_and_depend_on_key_site_and_kind(value: int, site: str) -> None:
    found = KEYS.number(site, "post_id", value)
    assert FIRST <= found <= LAST < 2**53
    assert found == Pseudonyms(b"k" * 32).number(site, "post_id", value)
    others = {
        Pseudonyms(b"j" * 32).number(site, "post_id", value),
        KEYS.number(site + "x", "post_id", value),
        KEYS.number(site, "author_id", value),
    }
    assert found not in others


def test_labels() -> None:
    label = KEYS.of_member("forum.example", 7)
    assert len(label) == len("user-000-000-000-000-000")
    assert label != KEYS.of_name("forum.example", "7")
