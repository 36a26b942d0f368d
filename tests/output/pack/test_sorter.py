"""Order in bounded memory."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pyarrow as pa
import pytest

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.pack import sorter
from output.pack.errors import PackError
from output.pack.sorter import Dealer, by_bucket, cuts_of, gathered, lead, sampled, sorted_again


def rows(make: object, count: int) -> list[dict]:
    made = [
        make.post(n, n % 7, created_at=None if n % 5 == 0 else make.t0, site=f"s{n % 2}.example") for n in range(count)
    ]
    names = TABLES["posts"].names
    return [{name: getattr(row, name) for name in names} for row in made]


def dealt(folder: Path, given: list[dict], parts: int) -> pa.Table:
    """The rows dealt from two files into so many buckets, and put in order."""
    table, schema = TABLES["posts"], arrow_schema(TABLES["posts"])
    batches = pa.Table.from_pylist(given, schema).to_batches(max_chunksize=100)
    cuts = cuts_of(sampled(batch.select(lead(table)) for batch in batches), parts)
    slices = []
    for number, some in enumerate((batches[::2], batches[1::2])):
        with Dealer(table, schema, cuts, folder / str(number)) as dealer:
            for batch in some:
                dealer.add(batch)
        slices += dealer.slices
    assert len(by_bucket(slices)) == min(parts, 14)
    return pa.concat_tables(gathered(table, bucket) for bucket in by_bucket(slices))


@pytest.mark.parametrize("parts", [1, 3, 1000])
def test_the_order_is_that_of_the_table_however_it_is_dealt(
    make: object, tmp_path: Path, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorter, "_RUN_BYTES", 50_000)
    given = rows(make, 2000)
    random.Random(1).shuffle(given)
    found = dealt(tmp_path, given, parts).to_pylist()

    expected = sorted(given, key=lambda r: (r["site"], r["thread_id"], r["created_at"] is not None, r["post_id"]))
    assert [row["post_id"] for row in found] == [row["post_id"] for row in expected]


@pytest.mark.parametrize("parts", [1, 5])
def test_two_rows_of_one_key_are_refused(make: object, tmp_path: Path, parts: int) -> None:
    with pytest.raises(PackError, match="have a key that another row has"):
        dealt(tmp_path, [*rows(make, 500), rows(make, 1)[0]], parts)


def test_the_sample_is_even_and_small() -> None:
    batches = (pa.record_batch([pa.array(range(start, start + 1000))], names=["n"]) for start in range(0, 10**6, 1000))
    keys = [key for (key,) in sampled(batches)]
    assert 4_000 < len(keys) <= 16_384
    assert keys == list(range(0, 10**6, keys[1]))
    assert cuts_of([], 4) == cuts_of([(1,)], 4) == []
    assert cuts_of([(3,), (1,), (1,), (2,)], 2) == [(2,)]
    assert cuts_of([(1,), (2,), (3,)], 10**9) == [(2,), (3,)]


def test_a_table_sorted_again_leaves_no_file(make: object, tmp_path: Path) -> None:
    table = dataclasses.replace(TABLES["posts"], sort=TABLES["posts"].key)
    schema = arrow_schema(TABLES["posts"])
    batches = pa.Table.from_pylist(rows(make, 300), schema).to_batches(max_chunksize=70)
    found = list(sorted_again(table, schema, batches, [("s0.example", "forums_Topic", 100)], tmp_path / "x"))
    assert len(found) == 2
    assert [row["post_id"] for rows in found for row in rows.to_pylist()] == [*range(0, 300, 2), *range(1, 300, 2)]
    assert list(tmp_path.iterdir()) == []
