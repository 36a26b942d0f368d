"""What a takedown list means for the rows of crawls: which of them go, and what goes out of the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from output.pack.sources import Source
from output.pack.takedown import Entry

_LONGEST_COMMON = 12  # characters: shorter lines are said by many, and tell nothing of whose they are

Numbers = dict[str, set[int]]
PostKey = tuple[str, str, int]
ThreadIn = tuple[int, str, str, int]
"""A thread, as the folder in that place has it."""


class Taken:
    """The posts, members, threads and sites that a list names, found in the crawls.

    ``posts``, ``threads`` and ``members`` are numbers by site, ``own`` the posts by key, ``names`` all that the members
    are called (``folded``: in one case), ``lines`` what the posts ever said. By quoting post, ``quoting`` has the lines
    of its quotes of them. By thread of a folder, ``ranks`` are the positions of its posts among these, sorted, and
    ``active`` the number of those that are there; ``begun`` are threads that lose their first post. All of it is held
    in memory.
    """

    def __init__(self, sources: Sequence[Source], entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._sources = sources
        self._matched: set[int] = set()
        self._guests: set[int] = set()
        self._by_value: defaultdict[tuple[str, str, object], set[int]] = defaultdict(set)
        for entry in entries:
            self._by_value[entry.kind, entry.site, entry.number or entry.name.casefold()].add(entry.line)
        self.sites = {entry.site for entry in entries if entry.kind == "site"}
        self.threads = self._named("thread")
        self.members = self._named("author-id")
        self.posts = self._named("post")
        self.own: set[PostKey] = set()
        self.names: defaultdict[str, set[str]] = defaultdict(set)
        self.lines: defaultdict[str, set[str]] = defaultdict(set)
        self.quoting: defaultdict[PostKey, set[str]] = defaultdict(set)
        self.ranks: defaultdict[ThreadIn, list[int]] = defaultdict(list)
        self.active: defaultdict[ThreadIn, int] = defaultdict(int)
        self.begun: defaultdict[str, set[int]] = defaultdict(set)
        self._look()

    def unmatched(self) -> list[Entry]:
        """The entries that nothing in the crawls answers to."""
        return [entry for entry in self._entries if entry.line not in self._matched]

    def as_json(self) -> dict[str, int]:
        """Counts, for the manifest."""
        found = Counter(entry.kind for entry in self._entries if entry.line in self._matched)
        missed = sum(entry.kind == "author-id" for entry in self.unmatched())
        authors = sum(map(len, self.members.values())) - missed + len(self._guests)
        return {
            "entries": len(self._entries), "unmatched": len(self.unmatched()), "posts": len(self.own),
            "authors": authors, "threads": found["thread"], "sites": found["site"],
        }  # fmt: skip

    # Looking ---------------------------------------------------------------------------------------------------------

    def _named(self, kind: str) -> Numbers:
        found: defaultdict[str, set[int]] = defaultdict(set)
        for entry in self._entries:
            if entry.kind == kind:
                found[entry.site].add(entry.number)
        return found

    def _look(self) -> None:
        for source in self._sources:
            self._see_sites(source)
        self._see_members()
        for place, source in enumerate(self._sources):
            self._see_posts(source, place)
        for source in self._sources:
            self._see_words(source)
            self._see_quotes(source)

    def _match(self, kind: str, site: str, value: object = "") -> set[int]:
        """Note that there is something of that kind; the lines that name it."""
        lines = self._by_value.get((kind, site, value), set())
        self._matched |= lines
        return lines

    def _see_sites(self, source: Source) -> None:
        for site, thread in source.values("threads", "site", "thread_id"):
            if thread in self.threads.get(site, ()):
                self._match("thread", site, thread)
            if site in self.sites:
                self._match("site", site)
        for table in ("forums", "authors"):
            for (site,) in source.values(table, "site"):
                if site in self.sites:
                    self._match("site", site)

    def _see_members(self) -> None:
        """Members by name; all names of a member are taken that no other member has."""
        wanted = {(entry.site, entry.name.casefold()) for entry in self._entries if entry.kind == "author"}
        others: set[tuple[str, str]] = set()
        known: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        for source in self._sources:
            for site, number, name, names in source.values(
                "authors", "site", "author_id", "author_name", "known_names"
            ):
                known[site, number] |= {one for one in (name, *names) if one}
        for (site, number), names in known.items():
            called = {(site, name.casefold()) for name in names}
            for _, name in called & wanted:
                self.members[site].add(number)
                self._match("author", site, name)
            if number in self.members.get(site, ()):
                self._match("author-id", site, number)
            else:
                others |= called
        for site, numbers in self.members.items():
            names = {name for number in numbers for name in known.get((site, number), ())}
            self.names[site] |= {name for name in names if (site, name.casefold()) not in others}
        for entry in self._entries:
            if entry.kind == "author":
                self.names[entry.site].add(entry.name)
        self.folded = {site: {name.casefold() for name in names} for site, names in self.names.items()}

    def _see_posts(self, source: Source, folder: int) -> None:
        columns = "site content_class thread_id post_id author_id author_name is_first_post position status".split()
        for site, kind, thread, post, author, name, first, position, status in source.values("posts", *columns):
            if author in self.members.get(site, ()):
                self._match("author-id", site, author)
            elif author is None and name and (lines := self._match("author", site, name.casefold())):
                self._guests |= lines
            elif post in self.posts.get(site, ()):
                self._match("post", site, post)
            elif thread not in self.threads.get(site, ()) and site not in self.sites:
                continue
            if post in self.posts.get(site, ()):
                self._match("post", site, post)
            self.own.add((site, kind, post))
            self.posts[site].add(post)
            if position is not None:
                self.ranks[folder, site, kind, thread].append(position)
            self.active[folder, site, kind, thread] += status == "active"
            if first:
                self.begun[site].add(thread)
        for ranks in self.ranks.values():
            ranks.sort()

    def _see_words(self, source: Source) -> None:
        """The lines that the posts ever had; one of them in another post's quote is one of theirs."""
        for batch in source.batches("versions", ["site", "content_class", "post_id", "text"]):
            for row in batch.filter(among(batch, "post_id", self.posts)).to_pylist():
                if (row["site"], row["content_class"], row["post_id"]) in self.own and row["text"]:
                    lines = map(str.strip, row["text"].split("\n"))
                    self.lines[row["site"]].update(line for line in lines if len(line) >= _LONGEST_COMMON)

    def _see_quotes(self, source: Source) -> None:
        columns = "site content_class post_id quoted_text target_post_id cited_post_id cited_author_name".split()
        for batch in source.batches("quotes", [*columns, "cited_author_id", "cited_thread_id", "target_thread_id"]):
            for row in batch.filter(self.quotes_of(batch)).to_pylist():
                site = row["site"]
                for number in (row["target_post_id"], row["cited_post_id"]):
                    self._match("post", site, number or 0)
                self._match("author-id", site, row["cited_author_id"] or 0)
                self._match("author", site, (row["cited_author_name"] or "").casefold())
                lines = map(str.strip, (row["quoted_text"] or "").split("\n"))
                self.quoting[site, row["content_class"], row["post_id"]].update(filter(None, lines))

    def quotes_of(self, quotes: pa.RecordBatch) -> Any:
        """Which rows of `quotes` quote what was taken."""
        mask = among(quotes, "target_post_id", self.posts)
        for column, wanted in (
            ("cited_post_id", self.posts), ("cited_author_id", self.members),
            ("cited_thread_id", self.threads), ("target_thread_id", self.threads),
        ):  # fmt: skip
            mask = pc.or_(mask, among(quotes, column, wanted))
        mask = pc.or_(mask, self.called(quotes, "cited_author_name"))
        if any(self.lines.values()):
            pairs = zip(quotes.column("site").to_pylist(), quotes.column("quoted_text").to_pylist(), strict=True)
            mask = pc.or_(mask, pa.array([self._is_theirs(site, text) for site, text in pairs], pa.bool_()))
        return mask

    def _is_theirs(self, site: str, text: str | None) -> bool:
        known = self.lines.get(site)
        return known is not None and text is not None and any(line.strip() in known for line in text.split("\n"))

    def called(self, rows: pa.RecordBatch, column: str) -> Any:
        """Which rows have one of the names in a column."""
        wanted = {site: names for site, names in self.folded.items() if names}
        if not wanted:
            return never(rows)
        pairs = zip(rows.column("site").to_pylist(), rows.column(column).to_pylist(), strict=True)
        return pa.array([bool(name) and name.casefold() in wanted.get(site, ()) for site, name in pairs], pa.bool_())


def among(rows: pa.RecordBatch, column: str, wanted: Mapping[str, set[int]]) -> Any:
    """Which rows have one of the numbers of their site in a column; false for null."""
    mask: Any = never(rows)
    for site, numbers in wanted.items():
        if numbers:
            here = pc.is_in(rows.column(column), value_set=pa.array(sorted(numbers), pa.int64()))
            mask = pc.or_(mask, pc.and_(pc.equal(rows.column("site"), site), here))
    return mask


def never(rows: pa.RecordBatch) -> pa.Array:
    """None of the rows."""
    return pa.repeat(pa.scalar(value=False), rows.num_rows)


def forgotten(sources: Sequence[Source]) -> dict[str, int] | None:
    """What was erased from the crawls, as their manifests tell; ``None`` where nothing was."""
    told = [source.manifest.sections.get("forgotten") for source in sources]
    counts: Iterator[Mapping[str, Any]] = (one for one in told if isinstance(one, dict))
    found: dict[str, int] = {}
    for one in counts:
        for name in ("posts", "authors", "threads", "sites"):
            found[name] = found.get(name, 0) + int(one.get(name, 0))
    return found or None
