"""Order in bounded memory."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.pack.errors import PackError
from output.pack.sorter import in_order


def rows(make: object, count: int) -> list[dict]:
    made = [
        make.post(n, n % 7, created_at=None if n % 5 == 0 else make.t0, site=f"s{n % 2}.example") for n in range(count)
    ]
    names = TABLES["posts"].names
    return [{name: getattr(row, name) for name in names} for row in made]


@pytest.mark.parametrize("bucket", [10**9, 200_000, 20_000])
def test_the_order_is_that_of_the_table_however_little_fits(make: object, tmp_path: Path, bucket: int) -> None:
    table, schema = TABLES["posts"], arrow_schema(TABLES["posts"])
    given = rows(make, 2000)
    random.Random(1).shuffle(given)
    batches = pa.Table.from_pylist(given, schema).to_batches(max_chunksize=100)
    found = pa.concat_tables(in_order(table, schema, batches, tmp_path, bucket=bucket)).to_pylist()

    expected = sorted(given, key=lambda r: (r["site"], r["thread_id"], r["created_at"] is not None, r["post_id"]))
    assert [row["post_id"] for row in found] == [row["post_id"] for row in expected]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("bucket", [10**9, 20_000])
def test_two_rows_of_one_key_are_refused(make: object, tmp_path: Path, bucket: int) -> None:
    table, schema = TABLES["posts"], arrow_schema(TABLES["posts"])
    given = [*rows(make, 500), rows(make, 1)[0]]
    with pytest.raises(PackError, match="have a key that another row has"):
        list(
            in_order(
                table,
                schema,
                pa.Table.from_pylist(given, schema).to_batches(max_chunksize=100),
                tmp_path,
                bucket=bucket,
            )
        )
