"""What is done to the tables of a pack, a job at a time, in this process or another one: dealt, put in order, written.

A job is a method of :class:`Workshop`. Jobs of one table know nothing of each other, so that they may be done anywhere
and in any order; which jobs there are depends on the crawl and the options, and never on how many processes do them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from crawler.items import TABLES, Table
from output.manifest import FileEntry
from output.pack.check_changes import leaks_of_changes
from output.pack.errors import LeakError
from output.pack.figures import Figures, count
from output.pack.files import Shard, write_copies, write_shard
from output.pack.finder import Finder
from output.pack.leaks import LEAK_FIX, LeakTest
from output.pack.members import members
from output.pack.names import Names
from output.pack.profile import ArticlePosts, Profile, Rules
from output.pack.pseudonyms import Pseudonyms
from output.pack.read_back import read_back
from output.pack.release import Changes, Earlier, changes_of
from output.pack.relink import Relinker
from output.pack.removal import Removal
from output.pack.roles import IDS, role
from output.pack.scrub import Addresses, Scrubber, place_signs
from output.pack.select import Selection
from output.pack.sorter import Dealer, Key, Slice, cuts_of, gathered, in_order, lead, sampled
from output.pack.sources import Piece, Source


@dataclass(slots=True, kw_only=True)
class Recipe:
    """All that must be known to make the tables of a pack in ``folder``.

    ``key`` is None for the profile ``full``; ``spill`` is a folder for what does not fit into memory; ``earlier`` is
    the pack against which changes are told.
    """

    sources: Sequence[Source]
    selections: Sequence[Selection]
    removal: Removal | None
    relinker: Relinker
    rules: Rules
    key: bytes | None
    names: Names
    hosts: set[str]
    articles: ArticlePosts
    folder: Path
    spill: Path
    kinds: Sequence[type[Shard]]
    bucket_bytes: int
    shard_bytes: int
    earlier: Earlier | None

    @property
    def partial(self) -> bool:
        """Whether there are posts of the crawls that do not go into the pack."""
        return self.removal is not None or any(selection.threads is not None for selection in self.selections)

    def needed(self, table: Table) -> list[str]:
        """The columns to read: HTML takes as long to unpack as the rest. Addresses of links tell whose name it is."""
        if self.removal is not None:
            return list(table.names)
        kept = {column.name for column in self.rules.columns(table)} | ({"url"} if table.name == "links" else set())
        return [name for name in table.names if name in kept]


@dataclass(slots=True)
class Tally:
    """What was counted on the way: names replaced in prose, quotes emptied, and what the leak test counted."""

    replaced: int = 0
    quotes: int = 0
    residual: Counter[str] = field(default_factory=Counter)
    mentioned: set[str] = field(default_factory=set)
    form: set[str] = field(default_factory=set)

    def add(self, other: Tally) -> None:
        """Take in what was counted elsewhere."""
        self.replaced += other.replaced
        self.quotes += other.quotes
        self.residual.update(other.residual)
        self.mentioned |= other.mentioned
        self.form |= other.form


class Workshop:
    """Does the jobs."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    # Jobs ------------------------------------------------------------------------------------------------------------

    def cuts(self, name: str, parts: int) -> list[Key]:
        """Keys at which a table falls into so many parts of about the same size."""
        return cuts_of(self._sample(TABLES[name]), parts)

    def deal(
        self, name: str, place: int, piece: Piece | None, cuts: Sequence[Key], path: Path
    ) -> tuple[list[Slice], Tally]:
        """Make a piece of a table (see :meth:`_rows`) and deal it into a file."""
        before, table = self._counted(), TABLES[name]
        with Dealer(table, self.recipe.rules.schema(table), cuts, path) as dealer:
            for batch in self._made(table, place, piece):
                dealer.add(batch)
        return dealer.slices, self._since(before)

    def shard(self, name: str, number: int, buckets: Sequence[Sequence[Slice]]) -> tuple[list[FileEntry], Tally]:
        """Write the rows of some buckets: a file of each format."""
        table = TABLES[name]
        return self._written(table, number, (gathered(table, slices) for slices in buckets))

    def small(self, name: str, pieces: Sequence[tuple[int, Piece | None]]) -> tuple[list[FileEntry], Tally]:
        """Make a table that fits into one bucket."""
        before, table = self._counted(), TABLES[name]
        batches = [batch for place, piece in pieces for batch in self._made(table, place, piece)]
        rows = in_order(table, pa.Table.from_batches(batches, self.recipe.rules.schema(table)))
        del batches
        entries, tally = self._written(table, 0, [rows])
        tally.add(self._since(before))
        return entries, tally

    def figures(self, name: str, files: Sequence[FileEntry]) -> Figures:
        """Count in a finished table."""
        return count(name, self.recipe.folder, files)

    def changes(self, name: str, files: Sequence[FileEntry]) -> tuple[Changes, Tally]:
        """What a finished table has against the earlier pack. Raises :class:`LeakError`."""
        recipe = self.recipe
        assert recipe.earlier is not None
        work = recipe.spill / f"{name}-since"
        found = changes_of(recipe.earlier, recipe.folder, files, recipe.rules, name, work, recipe.bucket_bytes)
        if self.test is not None:
            paths = [entry.path for entry in found[1]]
            for path, row, what in leaks_of_changes(self.test, recipe.folder, paths, recipe.rules):
                raise LeakError(f"{path}, row {row}: {what}", LEAK_FIX)
        return found, self._tested()

    # Reading ---------------------------------------------------------------------------------------------------------

    def _made(self, table: Table, place: int, piece: Piece | None) -> Iterator[pa.RecordBatch]:
        for batch in self._rows(table, place, piece):
            yield from self.profile.apply(table, batch)

    def _rows(self, table: Table, place: int, piece: Piece | None) -> Iterator[pa.RecordBatch]:
        """The rows of a piece of the folder in that place; without one, the members of all folders, counted anew."""
        recipe = self.recipe
        if piece is None:
            yield from members(recipe.sources, recipe.selections)
            return
        for batch in recipe.sources[place].read(table, piece, recipe.needed(table)):
            rows = recipe.selections[place].filter(table.name, batch)
            if table.name == "quotes":
                rows = recipe.relinker.apply(rows)
            if rows.num_rows:
                yield rows if recipe.removal is None else recipe.removal.edit(table.name, rows, place)

    def _sample(self, table: Table) -> Iterator[Key]:
        """Keys of some rows of all folders, whether these go into the pack or not."""
        sources = self.recipe.sources
        batches = (batch for source in sources for batch in source.batches(table.name, lead(table)))
        return map(self._pseudonym(table), sampled(batches))

    def _pseudonym(self, table: Table) -> Callable[[Key], Key]:
        """What becomes of the key of a row."""
        kind = role(table, table.column(lead(table)[-1]))
        keys = self._keys
        if keys is None or kind not in IDS:
            return lambda key: key
        return lambda key: (*key[:-1], keys.number(key[0], kind, key[-1]))

    # Writing ---------------------------------------------------------------------------------------------------------

    def _written(self, table: Table, number: int, chunks: Iterable[pa.Table]) -> tuple[list[FileEntry], Tally]:
        """The copies are made of what was read back from the finished Parquet file, and found clean."""
        recipe, columns = self.recipe, self.recipe.rules.columns(table)
        entry = write_shard(recipe.folder, table, columns, chunks, number)
        if self.test is not None:
            batches = self.test.clean_rows(recipe.folder, entry, table)
        else:
            batches = read_back(recipe.folder / entry.path, table, entry.format)
        copies = write_copies(recipe.folder, entry, table, columns, batches, recipe.kinds)
        return [entry, *copies], self._tested()

    # Counting --------------------------------------------------------------------------------------------------------

    def _counted(self) -> tuple[int, int]:
        removal = self.recipe.removal
        return self.profile.replaced, removal.quotes if removal is not None else 0

    def _since(self, before: tuple[int, int]) -> Tally:
        replaced, quotes = self._counted()
        return Tally(replaced - before[0], quotes - before[1])

    def _tested(self) -> Tally:
        if self.test is None:
            return Tally()
        found = Tally(residual=self.test.residual, mentioned=set(self.test.mentioned), form=set(self.test.form))
        self.test.residual = Counter()
        return found

    # Tools -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _addresses(self) -> Addresses:
        return Addresses(self.recipe.hosts)

    @cached_property
    def _keys(self) -> Pseudonyms | None:
        return Pseudonyms(self.recipe.key) if self.recipe.key is not None else None

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self.recipe.names, place_signs(self._addresses))

    @cached_property
    def profile(self) -> Profile:
        """What makes the values of a pack."""
        recipe, scrubber = self.recipe, None
        if self._keys is not None:
            keep = recipe.rules.names_in_prose == "keep"
            finder = Finder(Names(), place_signs(self._addresses)) if keep else self._finder
            scrubber = Scrubber(recipe.names, self._keys, self._addresses, finder)
        return Profile(recipe.rules, recipe.articles, recipe.names, self._keys, scrubber)

    @cached_property
    def test(self) -> LeakTest | None:
        """The leak test; none for the profile `full`."""
        if self._keys is None:
            return None
        strict = self.recipe.rules.names_in_prose == "replace"
        return LeakTest(self._addresses, self.recipe.names, finder=self._finder, strict=strict)
