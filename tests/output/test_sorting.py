from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import TABLES
from output import sorting
from output.sorting import ExternalSorter, sort_key

EVENTS = TABLES["events"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "é", "\U0001f600", "\uffff"]),
        st.just("c"),
        st.integers(0, 3),
        st.none() | st.integers(0, 3),
        st.sampled_from(["edited", "moved"]),
        st.datetimes(),
        st.integers(),
    ),
    max_size=60,
)


def by_definition(row):
    return tuple((value is not None, value) if index == 3 else value for index, value in enumerate(row[:6]))


@given(rows=ROWS, max_rows=st.integers(1, 70), fan_in=st.integers(2, 4), parts=st.integers(1, 7))
def test_equals_sorted(rows, max_rows, fan_in, parts):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "FAN_IN", fan_in)
        patch.setattr(sorting, "_SPILL_ROWS", 3)
        sorter = ExternalSorter(sort_key(EVENTS), Path(folder), max_rows=max_rows)
        for start in range(0, len(rows), parts):
            sorter.add(rows[start : start + parts])
        assert list(sorter) == sorted(rows, key=by_definition)
        assert sorter.rows == len(rows)
        assert list(Path(folder).iterdir()) == []


def test_long_texts_spill_before_the_rows_do(tmp_path):
    sorter = ExternalSorter(lambda record: record[0], tmp_path, max_chars=10)
    for number in (3, 1, 2):
        sorter.add([(number,)], chars=11)
        assert len(list(tmp_path.iterdir())) == 4 - number if number == 3 else True
    assert len(list(tmp_path.iterdir())) == 3
    assert list(sorter) == [(1,), (2,), (3,)]


def test_null_comes_first():
    key = sort_key(TABLES["posts"])
    names = TABLES["posts"].names
    record = tuple("x" if name != "created_at" else None for name in names)
    with_time = tuple("x" if name != "created_at" else 1 for name in names)
    assert key(record) < key(with_time)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_has_a_key_function_for_facts_too(table):
    columns = table.columns if table.observation else table.facts
    record = tuple(range(len(columns)))
    assert sort_key(table, columns)(record) is not None


def test_no_room_at_all_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one row"):
        ExternalSorter(lambda record: record, tmp_path, max_rows=0)
