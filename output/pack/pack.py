"""Makes a pack: one or several crawl folders in, one folder that can be handed over out; all of it or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from output.errors import ManifestError
from output.manifest import MANIFEST, FileEntry, Manifest, read_manifest
from output.pack.documents import Facts, form, write_documents
from output.pack.errors import CallError, PackError
from output.pack.files import SHARD_BYTES, CsvShard, JsonlShard, Shard, ZstdJsonlShard
from output.pack.key import key_id, read_or_make_key
from output.pack.leaks import LeakTest
from output.pack.making import make_tables
from output.pack.profile import Rules
from output.pack.record import collected
from output.pack.release import Earlier, earlier_pack, first_release, release_of
from output.pack.relink import Relinker
from output.pack.removal import Removal
from output.pack.select import Selection, Where, select
from output.pack.sorter import BUCKET_BYTES
from output.pack.sources import Source, articles_of, hosts_of, names_of
from output.pack.statement import Statement
from output.pack.takedown import read_takedown, unmatched
from output.pack.taken import Taken, forgotten
from output.pack.workshop import Recipe, Workshop
from output.swap import Swap, sha256_of, write_synced

FORMATS = ("parquet", "jsonl", "csv", "convokit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a pack is to be. Parquet is always among the formats; ``key`` is the file of the key (pseudonymised).

    ``takedown`` lists what is left out (`output.pack.takedown`); with ``unmatched_ok`` entries may match nothing.
    ``workers`` are the processes that make the tables (default: for large ones as many as there are cores, 3 at the
    most); the bytes are the same with any number.
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
    workers: int | None = None

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
        raise CallError("a folder is named twice", "give each folder once")
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
    """The pack that the folder holds. Raises :class:`CallError` where it holds anything else."""
    if target.exists() and not target.is_dir():
        raise CallError(f"{target} is a file", "give a folder with --to")
    there = [path.name for path in target.iterdir() if not path.name.startswith(".")] if target.exists() else []
    if not there:
        return None
    with contextlib.suppress(ManifestError):
        manifest = read_manifest(target)
        if "pack" in manifest.sections:
            return manifest
    raise CallError(f"{target} holds something that is no pack", "give a new folder with --to")


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
        recipe = self._recipe(selections)
        made = make_tables(recipe, options.workers)
        files, tally, found = made.files, made.tally, made.figures
        if self._removal is not None:
            self._removal.quotes = tally.quotes
        test = self._test = Workshop(recipe).test
        if test is not None:
            test.residual, test.mentioned, test.form = tally.residual, tally.mentioned, tally.form
        facts = self._facts(files, strata)
        facts.pack["tables"] = {
            table.name: [c.name for c in self._rules.columns(table)] for table in self._rules.tables()
        }
        release = first_release(self._rules.tables())
        if self._earlier is not None:
            release = release_of(self._earlier, self._rules, made.changes)
        facts.release, facts.pack["release"] = release, release.as_json()
        facts.pack["languages"] = found.languages
        if test is not None:
            facts.pack["names_in_prose"] = test.as_json(tally.replaced)  # the form tells of them, too
            test.learn_form(form(facts))
            facts.pack["names_in_prose"] = test.as_json(tally.replaced)
        documents = write_documents(folder, facts, found, convokit="convokit" in options.formats)
        return self._publish(facts, files, documents, [entry.path for entry in release.files])

    def _take_key(self) -> None:
        if not self._shielded:
            return
        if self._options.key is None:
            raise PackError(
                "a pseudonymised pack needs a key", "name its file with --key; it is made when it is not there"
            )
        self._key, made = read_or_make_key(self._options.key, outside=self._swap.directory)
        self._key_made = self._options.key if made else None

    def _recipe(self, selections: Sequence[Selection]) -> Recipe:
        sources, options = self._sources, self._options
        return Recipe(
            sources=sources,
            selections=selections,
            removal=self._removal,
            relinker=Relinker(sources, selections),
            rules=self._rules,
            key=self._key,
            names=names_of(sources),
            hosts=hosts_of(sources),
            articles=articles_of(sources),
            folder=self._swap.new,
            spill=self._swap.spill,
            kinds=options.shards(),
            bucket_bytes=options.bucket_bytes,
            shard_bytes=options.shard_bytes,
            earlier=self._earlier,
        )

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
