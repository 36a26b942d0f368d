"""The crawl folders that go into a pack: checked first, then read batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import TABLES, Table
from crawler.store.forgotten import list_id
from output.manifest import FileEntry, Manifest
from output.pack.errors import CallError, PackError
from output.pack.names import Names
from output.pack.profile import ArticlePosts
from output.pack.read_back import ROWS
from output.pack.roles import pack_tables, role
from output.pack.tables import group_sizes
from output.read import Dataset, read_dataset, read_jsonl, read_parquet
from output.swap import sha256_of

_PIECE_BYTES = 64_000_000
_AGAIN = "check it with `threadset verify`, publish it again with `threadset export`"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a folder's table that is read in one go: files, or some row groups of them.

    ``bytes`` is about what it has in memory.
    """

    parts: tuple[tuple[FileEntry, tuple[int, ...] | None], ...]
    bytes: int


class Source:
    """A crawl folder. Opening it raises :class:`OutputError` where it cannot be packed as it is."""

    def __init__(self, path: Path) -> None:
        self.data: Dataset = read_dataset(path)
        self.path = path
        self.manifest: Manifest = self.data.manifest
        if "pack" in self.manifest.sections:
            raise CallError(f"{path} is a pack already", "give the folders that were crawled")
        told = self.manifest.sections.get("forgotten")
        if (wanted := list_id(path)) is not None and (not isinstance(told, dict) or told.get("list") != wanted):
            raise PackError(
                f"{path} has forgotten something that its tables may still hold",
                "finish that: `threadset export` on the folder",
            )
        if self.manifest.canonical:
            raise CallError(f"{path} is a canonical export, which does not tell of its runs", "give the dataset itself")
        missing = [name for name in TABLES if name not in self.data.tables]
        if missing:
            raise PackError(f"{path} has no table {', '.join(missing)} in Parquet or JSONL", _AGAIN)
        self._check_bytes()
        self.runs: list[Any] = list(self.data.rows("runs"))

    def _check_bytes(self) -> None:
        for table in self.data.tables:
            for entry in self.data.files(table):
                if sha256_of(self.data.file(entry)) != entry.sha256:
                    raise PackError(f"{self.path / entry.path} is not what the manifest says (SHA-256)", _AGAIN)

    @property
    def authenticated(self) -> bool:
        """Whether a run of it carried somebody's login."""
        return any(run.authenticated for run in self.runs)

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """A table, or some columns of it."""
        return self.data.batches(table, columns)

    def pieces(self, table: Table, columns: Sequence[str]) -> list[Piece]:
        """A table in pieces of some 64 MB in memory, as far as its files have row groups."""
        found: list[Piece] = []
        parts: list[tuple[FileEntry, tuple[int, ...] | None]] = []
        size = 0
        for entry, groups, more in self._parts(table, columns):
            if parts and groups and parts[-1][0] == entry:
                parts[-1] = (entry, (*(parts[-1][1] or ()), *groups))
            else:
                parts.append((entry, groups))
            size += more
            if size >= _PIECE_BYTES:
                found.append(Piece(tuple(parts), size))
                parts, size = [], 0
        return [*found, Piece(tuple(parts), size)] if parts else found

    def _parts(self, table: Table, columns: Sequence[str]) -> Iterator[tuple[FileEntry, tuple[int, ...] | None, int]]:
        for entry in self.data.files(table.name):
            if entry.format != "parquet":
                yield entry, None, entry.bytes
                continue
            for number, size in enumerate(group_sizes(self.data.file(entry), columns)):
                yield entry, (number,), size

    def read(self, table: Table, piece: Piece, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows of a piece. Raises :class:`DatasetError`."""
        for entry, groups in piece.parts:
            if entry.format == "parquet":
                yield from read_parquet(self.data.file(entry), table, columns, groups, ROWS)
            else:
                yield from read_jsonl(self.data.file(entry), table, columns)

    def values(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The different rows of some columns, batch by batch."""
        for batch in self.batches(table, columns):
            rows = pa.Table.from_batches([batch])
            if not any(pa.types.is_list(field.type) for field in rows.schema):
                rows = rows.group_by(list(columns)).aggregate([])
            yield from zip(*(column.to_pylist() for column in rows.select(list(columns)).columns), strict=True)


def names_of(sources: Sequence[Source]) -> Names:
    """Every name that the crawls know."""
    names = Names()
    for source in sources:
        for site, number, name, known in source.values("authors", "site", "author_id", "author_name", "known_names"):
            for one in {*known, *([name] if name else [])}:
                names.add(site, one, number)
        for table in pack_tables():
            for column in table.columns:
                if role(table, column) == "name" and table.name != "authors":
                    _add(names, source, table, column.name)
        for site, event, *values in source.values("events", "site", "event", "from_value", "to_value"):
            for name in values if event == "renamed_author" else ():
                _met(names, site, name)
        for site, kind, text in source.values("links", "site", "kind", "text"):
            if kind == "mention" and text:
                _met(names, site, text.removeprefix("@"))
    return names


def _add(names: Names, source: Source, table: Table, column: str) -> None:
    number = next((name for name in ("author_id", "cited_author_id") if name in table.names), None)
    if column not in {"author_name", "cited_author_name"} or number is None:
        for site, name in source.values(table.name, "site", column):
            _met(names, site, name)
        return
    guests = {"posts", "threads"}
    for site, member, name in source.values(table.name, "site", number, column):
        if name:
            names.add(site, name, guest=member is None and table.name in guests)


def _met(names: Names, site: str, name: str | None) -> None:
    if name:
        names.add(site, name)


def hosts_of(sources: Sequence[Source]) -> set[str]:
    """The hosts of the live sites: of the addresses of threads, forums and fetched pages."""
    hosts: set[str] = set()
    for source in sources:
        for table in ("forums", "threads", "fetches"):
            for (url,) in source.values(table, "url"):
                host = _host(url)
                if host:
                    hosts.add(host)
    return hosts


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def articles_of(sources: Sequence[Source]) -> ArticlePosts:
    """The posts that hold an article, and those that quote one. Eight bytes a post are held."""
    held: defaultdict[str, set[int]] = defaultdict(set)
    quoting: defaultdict[str, set[int]] = defaultdict(set)
    for source in sources:
        for site, post in source.values("articles", "site", "post_id"):
            held[site].add(post)
    sets = {site: pa.array(sorted(posts), pa.int64()) for site, posts in held.items()}
    for source in sources if sets else ():
        for batch in source.batches("quotes", ["site", "post_id", "target_post_id", "cited_post_id"]):
            for site, posts in sets.items():
                named = [pc.is_in(batch.column(name), value_set=posts) for name in ("target_post_id", "cited_post_id")]
                mask = pc.and_(pc.equal(batch.column("site"), site), pc.or_(*named))
                quoting[site].update(batch.column("post_id").filter(mask).to_pylist())
    return ArticlePosts(sets, {site: pa.array(sorted(posts), pa.int64()) for site, posts in quoting.items() if posts})
