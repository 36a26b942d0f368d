"""Makes the tables of a pack: which pieces are dealt into which buckets, and which buckets make a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from crawler.items import Table
from output.manifest import FileEntry
from output.pack.crew import Job, crew
from output.pack.figures import COUNTED, Figures, merged
from output.pack.release import Changes
from output.pack.sorter import Slice, by_bucket
from output.pack.sources import Piece
from output.pack.workshop import Recipe, Tally

_LARGE = 100_000_000  # bytes in memory of all tables: from here on processes are worth their beginning


@dataclass(slots=True)
class Made:
    """The files of the tables, what was counted while they were made, the figures of the card; ``changes`` by table."""

    files: list[FileEntry] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    figures: Figures = field(default_factory=Figures)
    changes: dict[str, Changes] = field(default_factory=dict)


def make_tables(recipe: Recipe, workers: int | None) -> Made:
    """Make them in the folder of the recipe. The same recipe gives the same files, with one process or several."""
    tables = [_Making(recipe, table) for table in recipe.rules.tables()]
    made = Made()
    large = sum(table.bytes for table in tables) >= _LARGE
    with crew(recipe, workers, large=large) as hands:
        first = sorted(tables, key=lambda table: -table.bytes) if large else tables
        hands.do(job for table in first for job in table.jobs())
    for table in tables:
        made.files += table.files()
        made.tally.add(table.tally)
    made.figures = merged([table.figures for table in tables if table.figures is not None])
    made.changes = {table.name: table.changes for table in tables if table.changes is not None}
    return made


def shards_of(buckets: Sequence[Sequence[Slice]], shard_bytes: int, form: int = 0) -> list[list[Sequence[Slice]]]:
    """The buckets of each file: no more files than there must be, and these of about the same size.

    ``form`` are bytes that a row has beside its values.
    """
    sizes = [sum(one.bytes + one.rows * form for one in slices) for slices in buckets]
    count = max(1, -(-sum(sizes) // shard_bytes))
    shards: list[list[Sequence[Slice]]] = [[]]
    done = 0
    for slices, size in zip(buckets, sizes, strict=True):
        if shards[-1] and done * count >= sum(sizes) * len(shards):
            shards.append([])
        shards[-1].append(slices)
        done += size
    return shards


class _Making:
    """One table on its way: pieces of crawls, slices of buckets, files."""

    def __init__(self, recipe: Recipe, table: Table) -> None:
        self.name, self._columns, self._folder = table.name, recipe.rules.columns(table), recipe.spill / table.name
        self._bucket_bytes, self._shard_bytes = min(recipe.bucket_bytes, recipe.shard_bytes), recipe.shard_bytes
        self._is_release = recipe.earlier is not None
        self._pieces: list[tuple[int, Piece | None]] = [
            (place, piece)
            for place, source in enumerate(recipe.sources)
            for piece in source.pieces(table, recipe.needed(table))
        ]
        self.bytes = sum(piece.bytes for _, piece in self._pieces if piece is not None)
        if table.name == "authors" and recipe.partial:
            self._pieces = [(0, None)]
        self._slices: list[Slice] = []
        self._dealing = len(self._pieces)
        self._written: dict[int, list[FileEntry]] = {}
        self._writing = 1
        self.tally = Tally()
        self.figures: Figures | None = None
        self.changes: Changes | None = None

    def files(self) -> list[FileEntry]:
        """The files, those of Parquet first."""
        shards = [entries for _, entries in sorted(self._written.items())]
        return [entries[0] for entries in shards] + [entry for entries in shards for entry in entries[1:]]

    def jobs(self) -> Iterator[Job]:
        """What is to be done first."""
        parts = -(-self.bytes // self._bucket_bytes)
        if parts < 2 or not self._pieces:
            yield Job("small", (self.name, self._pieces), partial(self._shard_written, 0))
        else:
            yield Job("cuts", (self.name, parts), self._cut)

    def _cut(self, cuts: Any) -> Iterator[Job]:
        for number, (place, piece) in enumerate(self._pieces):
            given = (self.name, place, piece, cuts, self._folder / f"{number:05}")
            yield Job("deal", given, self._dealt)

    def _dealt(self, found: tuple[list[Slice], Tally]) -> Iterator[Job]:
        slices, tally = found
        self._slices += slices
        self.tally.add(tally)
        self._dealing -= 1
        if self._dealing:
            return
        as_json = sum(len(f'"{column.name}":,') for column in self._columns)
        shards = shards_of(by_bucket(self._slices), self._shard_bytes, as_json)
        self._slices, self._writing = [], len(shards)
        for number, buckets in enumerate(shards):
            yield Job("shard", (self.name, number, buckets), partial(self._shard_written, number))

    def _shard_written(self, number: int, found: tuple[list[FileEntry], Tally]) -> Iterator[Job]:
        entries, tally = found
        self._written[number] = entries
        self.tally.add(tally)
        if len(self._written) == self._writing:
            for path in sorted(self._folder.glob("*")):
                path.unlink()
            if self.name in COUNTED:
                yield Job("figures", (self.name, self.files()), self._counted)
            if self._is_release:
                yield Job("changes", (self.name, self.files()), self._compared)

    def _counted(self, found: Figures) -> tuple[()]:
        self.figures = found
        return ()

    def _compared(self, found: tuple[Changes, Tally]) -> tuple[()]:
        self.changes, tally = found
        self.tally.add(tally)
        return ()
