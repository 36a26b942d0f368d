"""Makes a pack: one or several crawl folders in, one folder that can be handed over out; all of it or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from crawler.items import Table
from output.errors import ManifestError
from output.manifest import MANIFEST, FileEntry, Manifest, read_manifest
from output.pack.check_changes import leaks_of_changes
from output.pack.documents import Facts, form, write_documents
from output.pack.errors import LeakError, PackError
from output.pack.figures import figures
from output.pack.files import SHARD_BYTES, CsvShard, JsonlShard, Shard, ZstdJsonlShard, write_copies, write_table
from output.pack.finder import Finder
from output.pack.key import key_id, read_or_make_key
from output.pack.leaks import LEAK_FIX, LeakTest
from output.pack.members import members
from output.pack.names import Names
from output.pack.profile import Profile, Rules
from output.pack.pseudonyms import Pseudonyms
from output.pack.read_back import read_back
from output.pack.record import collected
from output.pack.release import Earlier, Release, compare, earlier_pack, first_release
from output.pack.relink import Relinker
from output.pack.removal import Removal
from output.pack.scrub import Addresses, Scrubber, place_signs
from output.pack.select import Selection, Where, select
from output.pack.sorter import BUCKET_BYTES, in_order
from output.pack.sources import Source, articles_of, hosts_of, names_of
from output.pack.statement import Statement
from output.pack.takedown import read_takedown, unmatched
from output.pack.taken import Taken, forgotten
from output.swap import Swap, sha256_of, write_synced

FORMATS = ("parquet", "jsonl", "csv", "convokit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a pack is to be. Parquet is always among the formats; ``key`` is the file of the key (pseudonymised).

    ``takedown`` lists what is left out (`output.pack.takedown`); with ``unmatched_ok`` entries may match nothing.
    """

    rules: Rules = field(default_factory=Rules)
    statement: Statement
    key: Path | None = None
    formats: Sequence[str] = ("parquet", "jsonl")
    compress: bool = False
    where: Where = field(default_factory=Where)
    since: Path | None = None
    sample: int | None = None
    seed: int = 0
    allow_authenticated: bool = False
    takedown: Path | None = None
    unmatched_ok: bool = False
    shard_bytes: int = SHARD_BYTES
    bucket_bytes: int = BUCKET_BYTES

    @property
    def shielded(self) -> bool:
        """Whether names and numbers are pseudonyms, which needs a key."""
        return self.rules.profile == "pseudonymised"

    def shards(self) -> list[type[Shard]]:
        """The kinds of table files beside Parquet."""
        kinds: list[type[Shard]] = []
        if "jsonl" in self.formats:
            kinds.append(ZstdJsonlShard if self.compress else JsonlShard)
        return [*kinds, CsvShard] if "csv" in self.formats else kinds


@dataclass(frozen=True, slots=True)
class Packed:
    """What was made; ``key_made`` where a new key was."""

    folder: Path
    manifest: Manifest
    key_made: Path | None


def pack(folders: Sequence[Path], target: Path, options: Options) -> Packed:
    """Make a pack of crawl folders in ``target``. One at a time: the caller holds the folder's lock.

    Raises :class:`OutputError`; whatever was in the folder before is untouched then. The same folders, key and options
    give the same bytes (with the same Arrow library).
    """
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise PackError("a folder is named twice", "give each folder once")
    old = _before(target)
    entries = read_takedown(options.takedown) if options.takedown is not None else []
    sources = [Source(folder) for folder in folders]
    if any(source.authenticated for source in sources) and not options.allow_authenticated:
        names = ", ".join(str(source.path) for source in sources if source.authenticated)
        raise PackError(
            f"{names} was crawled with a login, so it may hold what guests do not see",
            "ask the site's owner, then give --allow-authenticated",
        )
    taken = Taken(sources, entries) if options.takedown is not None and entries else None
    if taken is not None and options.takedown is not None and not options.unmatched_ok and taken.unmatched():
        raise unmatched(options.takedown, taken.unmatched())
    earlier = None
    if options.since is not None:
        earlier = earlier_pack(options.since, options.rules, options.key if options.shielded else None, target)
    made = not target.exists()
    try:
        with _swapping(target) as swap:
            removal = Removal(taken) if taken is not None else None
            return _Work(sources, options, swap, old=old, earlier=earlier, removal=removal).run()
    finally:
        if made:
            with contextlib.suppress(OSError):
                target.rmdir()  # only when nothing came of it


@contextlib.contextmanager
def _swapping(target: Path) -> Iterator[Swap]:
    swap = Swap(target)
    swap.begin()
    try:
        yield swap
    except (OSError, pa.ArrowException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PackError(
            f"{target} could not be written: {reason}",
            "make room or choose another folder; what was there before is untouched",
        ) from error
    finally:
        swap.end()


def _before(target: Path) -> Manifest | None:
    """The pack that the folder holds. Raises :class:`PackError` where it holds anything else."""
    if target.exists() and not target.is_dir():
        raise PackError(f"{target} is a file", "give a folder with --to")
    there = [path.name for path in target.iterdir() if not path.name.startswith(".")] if target.exists() else []
    if not there:
        return None
    with contextlib.suppress(ManifestError):
        manifest = read_manifest(target)
        if "pack" in manifest.sections:
            return manifest
    raise PackError(f"{target} holds something that is no pack", "give a new folder with --to")


class _Work:
    def __init__(
        self,
        sources: Sequence[Source],
        options: Options,
        swap: Swap,
        *,
        old: Manifest | None,
        earlier: Earlier | None,
        removal: Removal | None,
    ) -> None:
        self._sources, self._options, self._swap = sources, options, swap
        self._old, self._earlier, self._removal = old, earlier, removal
        self._rules = options.rules
        self._key: bytes | None = None
        self._key_made: Path | None = None
        self._shielded = options.shielded
        self._test: LeakTest | None = None

    def run(self) -> Packed:
        options, folder = self._options, self._swap.new
        self._take_key()
        selections, strata = select(self._sources, options.where, options.sample, options.seed)
        for selection in selections:
            selection.removal = self._removal
        self._relinker = Relinker(self._sources, selections)
        names, addresses = names_of(self._sources), Addresses(hosts_of(self._sources))
        finder = Finder(names, place_signs(addresses)) if self._shielded else None
        profile = self._profile(names, addresses, finder)
        if finder is not None:
            strict = self._rules.names_in_prose == "replace"
            self._test = LeakTest(addresses, names, finder=finder, strict=strict)
        files = [entry for table in self._rules.tables() for entry in self._table(table, selections, profile)]
        facts = self._facts(files, strata)
        facts.pack["tables"] = {
            table.name: [c.name for c in self._rules.columns(table)] for table in self._rules.tables()
        }
        release = self._release(files)
        facts.release, facts.pack["release"] = release, release.as_json()
        found = figures(folder, files)
        facts.pack["languages"] = found.languages
        if self._test is not None:
            self._require_clean_changes(release, self._test)
            facts.pack["names_in_prose"] = self._test.as_json(profile.replaced)  # the form tells of them, too
            self._test.learn_form(form(facts))
            facts.pack["names_in_prose"] = self._test.as_json(profile.replaced)
        documents = write_documents(folder, facts, found, convokit="convokit" in options.formats)
        return self._publish(facts, files, documents, [entry.path for entry in release.files])

    def _release(self, files: Sequence[FileEntry]) -> Release:
        if self._earlier is None:
            return first_release(self._rules.tables())
        work = self._swap.spill / "since"
        return compare(self._earlier, self._swap.new, files, self._rules, work, self._options.bucket_bytes)

    def _take_key(self) -> None:
        if not self._shielded:
            return
        if self._options.key is None:
            raise PackError(
                "a pseudonymised pack needs a key", "name its file with --key; it is made when it is not there"
            )
        self._key, made = read_or_make_key(self._options.key, outside=self._swap.directory)
        self._key_made = self._options.key if made else None

    def _profile(self, names: Names, addresses: Addresses, finder: Finder | None) -> Profile:
        keys = Pseudonyms(self._key) if self._key is not None else None
        if self._rules.names_in_prose == "keep":
            finder = Finder(Names(), place_signs(addresses))
        scrubber = Scrubber(names, keys, addresses, finder) if keys is not None and finder is not None else None
        return Profile(self._rules, articles_of(self._sources), names, keys, scrubber)

    def _table(self, table: Table, selections: Sequence[Selection], profile: Profile) -> list[FileEntry]:
        columns, schema = self._rules.columns(table), self._rules.schema(table)
        batches = (made for batch in self._rows(table, selections) for made in profile.apply(table, batch))
        rows = sum(source.manifest.tables.get(table.name, 0) for source in self._sources) if self._shielded else None
        bucket = self._options.bucket_bytes
        chunks = in_order(table, schema, batches, self._swap.spill, bucket=bucket, scattered=rows)
        files = write_table(self._swap.new, table, columns, chunks, shard_bytes=self._options.shard_bytes)
        copies = [self._copies(table, entry) for entry in files]
        return [*files, *(entry for entries in copies for entry in entries)]

    def _copies(self, table: Table, entry: FileEntry) -> list[FileEntry]:
        """The same rows in other formats: made of what was read back from the finished file, and found clean."""
        folder, columns = self._swap.new, self._rules.columns(table)
        if self._test is not None:
            batches = self._test.clean_rows(folder, entry, table)
        else:
            batches = read_back(folder / entry.path, table, entry.format)
        return write_copies(folder, entry, table, columns, batches, self._options.shards())

    def _rows(self, table: Table, selections: Sequence[Selection]) -> Iterable[pa.RecordBatch]:
        partial = self._removal is not None or any(selection.threads is not None for selection in selections)
        if table.name == "authors" and partial:
            yield from members(self._sources, selections)
            return
        for source, selection in zip(self._sources, selections, strict=True):
            for batch in source.batches(table.name, self._needed(table)):
                rows = selection.filter(table.name, batch)
                if table.name == "quotes":
                    rows = self._relinker.apply(rows)
                if rows.num_rows:
                    yield rows if self._removal is None else self._removal.edit(table.name, rows)

    def _needed(self, table: Table) -> list[str] | None:
        """The columns to read: HTML takes as long to unpack as the rest. Addresses of links tell whose name it is."""
        if self._removal is not None:
            return None
        kept = {column.name for column in self._rules.columns(table)} | ({"url"} if table.name == "links" else set())
        return [name for name in table.names if name in kept]

    def _require_clean_changes(self, release: Release, test: LeakTest) -> None:
        paths = [entry.path for entry in release.files]
        for path, row, what in leaks_of_changes(test, self._swap.new, paths, self._rules):
            raise LeakError(f"{path}, row {row}: {what}", LEAK_FIX)

    def _facts(self, files: Sequence[FileEntry], strata: Mapping[str, Any] | None) -> Facts:
        options, rules = self._options, self._rules
        about: dict[str, Any] = {
            "profile": rules.profile,
            "key_id": key_id(self._key) if self._key is not None else None,
            "article_bodies": rules.article_bodies,
            "recovered_text": rules.recovered_text,
            "names_in_prose_rule": rules.names_in_prose if self._shielded else None,
            "authenticated": any(source.authenticated for source in self._sources),
            "formats": [name for name in FORMATS if name == "parquet" or name in options.formats],
            "statement": options.statement.as_json(),
        }
        if not options.where.everything or strata is not None:
            about["selection"] = {"where": options.where.as_json(), "sample": strata, "seed": options.seed}
        if (gone := forgotten(self._sources)) is not None:
            about["forgotten"] = gone
        if self._removal is None:
            return Facts(about, collected(self._sources, self._key), list(files), options.statement, rules)
        about["takedown"] = self._removal.as_json()
        record = collected(self._sources, self._key, self._removal.is_gap_of)
        self._removal.clean(record)
        return Facts(about, record, list(files), options.statement, rules)

    def _publish(
        self, facts: Facts, files: list[FileEntry], documents: Sequence[str], changes: Sequence[str]
    ) -> Packed:
        new = self._swap.new
        facts.pack["documents"] = [
            {"path": name, "bytes": (new / name).stat().st_size, "sha256": sha256_of(new / name)}
            for name in [*documents, *changes]
        ]
        manifest = facts.manifest()
        content = manifest.to_json()
        if self._test is not None:
            for name in documents:
                self._test.require_clean(name, new / name)
            self._test.require_clean(MANIFEST, content)
        write_synced(new / MANIFEST, content)
        names = [*(entry.path for entry in files), *documents, *changes]
        self._swap.commit(names, sorted(_listed(self._old) - set(names)))
        return Packed(self._swap.directory, manifest, self._key_made)


def _listed(manifest: Manifest | None) -> set[str]:
    if manifest is None:
        return set()
    documents = manifest.sections["pack"].get("documents", [])
    return {entry.path for entry in manifest.files} | {
        entry["path"] for entry in documents if _is_inside(entry["path"])
    }


def _is_inside(path: str) -> bool:
    """Whether a path of a manifest, which anybody may have written, stays in the folder."""
    return not Path(path).is_absolute() and ".." not in Path(path).parts
