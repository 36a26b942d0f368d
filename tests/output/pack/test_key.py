"""The key, and what is made with it."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
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


numbers = st.one_of(st.none(), st.integers(0, 2**62))


@settings(deadline=None)
@given(st.sampled_from(["post_id", "author_id"]), st.lists(st.lists(numbers, max_size=9), max_size=3))
def test_columns_of_numbers_and_labels_are_as_one_by_one(kind: str, columns: list[list[int | None]]) -> None:
    keys = Pseudonyms(b"k" * 32)
    for values in columns:
        column = pa.array(values, pa.int64())
        expected = [None if value is None else KEYS.number("a.example", kind, value) for value in values]
        assert keys.numbers("a.example", kind, column).to_pylist() == expected
        labels = [None if value is None else KEYS.of_member("a.example", value) for value in values]
        assert keys.of_members("a.example", column).to_pylist() == labels


def test_numbers_below_the_first_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("output.pack.pseudonyms.FIRST", 1 << 52)  # every second one
    found = KEYS.numbers("a.example", "post_id", pa.array([1, 2, 3, 4, 5, None]))
    assert found.to_pylist() == [*(KEYS.number("a.example", "post_id", value) for value in range(1, 6)), None]
    assert all(number >= 1 << 52 for number in found.drop_null().to_pylist())


def test_more_members_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("output.pack.pseudonyms._MEMBERS", 3)
    keys = Pseudonyms(b"k" * 32)
    for values in ([1, 2], [2, 3, 4, 5], [1, 6, 2]):
        labels = [KEYS.of_member("a.example", value) for value in values]
        assert keys.of_members("a.example", pa.array(values)).to_pylist() == labels


def test_pseudonyms_stay_as_they_were() -> None:
    column = pa.array([7, None])
    assert KEYS.numbers("forum.example", "post_id", column).to_pylist() == [80023475598334, None]
    assert KEYS.of_members("forum.example", column).to_pylist() == ["user-847-130-228-712-007", None]
    assert KEYS.hashes("forum.example", pa.array(["ab12", None])).to_pylist() == ["12936234377006655187", None]
