"""Every byte of a pack as somebody reads it who looks for names: unpacked, and with what stands beside the rows."""

from __future__ import annotations

import html
import json
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pyarrow.parquet as pq


def pages(folder: Path) -> dict[str, str]:
    """By file, what is in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            if path.suffix == ".parquet":
                found[name] = _parquet(path)
            elif path.suffix == ".zst":
                with pa.input_stream(str(path), compression="zstd") as stream:
                    found[name] = stream.read().decode()
            else:
                found[name] = path.read_bytes().decode()
    return found


def _parquet(path: Path) -> str:
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(rank) for rank in range(file.metadata.num_row_groups)]
        columns = [group.column(rank) for group in groups for rank in range(group.num_columns)]
        parts = [
            json.dumps(file.read().to_pylist(), default=str, ensure_ascii=False),
            str([column.statistics.to_dict() for column in columns if column.is_stats_set]),
            str([(field.name, field.metadata) for field in file.schema_arrow]),
            str(file.metadata.metadata),
        ]
    # What no reader shows: pages of dictionaries with words that no row has, and whatever was left in between.
    plain = path.with_name("plain.tmp")
    try:
        with pq.ParquetFile(path) as file:
            pq.write_table(file.read(), plain, compression="none", use_dictionary=False, column_encoding=None)
        parts.append(plain.read_bytes().decode("utf-8", errors="replace"))
    finally:
        plain.unlink(missing_ok=True)
    return "\n".join(parts)


def spellings(name: str) -> set[str]:
    """A name in each way that files write one."""
    found = set()
    for form in (name, normalize("NFC", name), normalize("NFD", name)):
        found |= {form, quote(form), quote(form, safe=""), quote_plus(form), html.escape(form)}
        found |= {json.dumps(form)[1:-1], "".join(c if c.isascii() else f"&#{ord(c)};" for c in form)}
    return found


def known_names(crawl: Path) -> set[str]:
    """The names of four characters or more that a crawl tells, of members and guests, in all its columns of names."""
    places = {
        "authors": ["author_name", "known_names"], "threads": ["author_name"], "posts": ["author_name", "edited_by"],
        "quotes": ["cited_author_name"], "versions": ["edited_by"], "events": ["actor_name"],
    }  # fmt: skip
    found: set[str] = set()
    for table, columns in places.items():
        for path in (crawl / "parquet").glob(f"{table}*"):
            for row in pq.read_table(path, columns=columns).to_pylist():
                for value in row.values():
                    found.update(value if isinstance(value, list) else [value] if value else [])
    return {name for name in found if len(name) >= 4}
