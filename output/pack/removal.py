"""Rows of crawls without what a takedown list names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import TABLES
from output.pack.record import Record
from output.pack.roles import TEXTS, role
from output.pack.taken import Taken, ThreadIn, among, never

MARK: Final = "[removed]"
"""Stands in prose for a name that was taken out."""

_SHORTEST_NAME = 4  # characters: shorter ones stand in prose as words
_QUOTED: Final = re.compile(r"(?:> )+")
_EMPTIED: Final = (
    "quoted_text cited_author_name cited_author_id cited_at cited_post_id cited_thread_id cited_class target_post_id "
    "target_thread_id target_version method confidence candidate_post_id n_candidates is_truncated is_altered"
).split()
_OF_THREADS: Final = frozenset({"threads", "posts", "events", "articles", "polls"})


class Removal:
    """Drops the rows of what was taken (``keep``), and takes out of others what tells of it (``edit``): the words of
    quotes, names, numbers. ``quotes`` counts those that were emptied.
    """

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self.quotes = 0
        self._patterns = {site: _pattern(names) for site, names in taken.names.items()}

    def as_json(self) -> dict[str, int]:
        """Counts, for the manifest."""
        return {**self._taken.as_json(), "quotes": self.quotes}

    # Dropping --------------------------------------------------------------------------------------------------------

    def keep(self, table: str, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The rows that are not of what was taken."""
        gone: Any = never(rows)
        if self._taken.sites:
            gone = pc.is_in(rows.column("site"), value_set=pa.array(sorted(self._taken.sites)))
        if table in _OF_THREADS:
            gone = pc.or_(gone, among(rows, "thread_id", self._taken.threads))
        if table == "polls":
            gone = pc.or_(gone, among(rows, "thread_id", self._taken.begun))
        if table == "authors":
            gone = pc.or_(gone, among(rows, "author_id", self._taken.members))
        if "post_id" in rows.schema.names:
            gone = pc.or_(gone, among(rows, "post_id", self._taken.posts))
        return rows.filter(pc.invert(gone))

    # Editing ---------------------------------------------------------------------------------------------------------

    def edit(self, table: str, rows: pa.RecordBatch, folder: int) -> pa.RecordBatch:
        """The rows, of the folder in that place, without what tells of what was taken.

        They have all columns of the table.
        """
        columns = {name: rows.column(name) for name in rows.schema.names}
        self._unnamed(table, rows, columns)
        if table == "threads":
            self._threads(columns, _threads_in(folder, rows))
        if table == "posts":
            self._posts(rows, columns, _threads_in(folder, rows))
        edits = {"versions": self._shown, "quotes": self._quotes, "links": self._links}
        if table in edits:
            edits[table](rows, columns)
        self._prose(table, rows, columns)
        return pa.record_batch(list(columns.values()), rows.schema)

    def _unnamed(self, table: str, rows: pa.RecordBatch, columns: dict[str, Any]) -> None:
        """Names and numbers that stand in columns of their own."""
        for name in ("edited_by", "actor_name"):
            if name in columns:
                _empty(columns, (name,), self._taken.called(rows, name))
        for name in ("moved_to_thread_id", "other_thread_id"):
            if name in columns:
                _empty(columns, (name,), among(rows, name, self._taken.threads))
        if table == "threads":
            his = pc.or_(among(rows, "author_id", self._taken.members), self._taken.called(rows, "author_name"))
            _empty(columns, ("author_id", "author_name"), his)

    def _posts(self, rows: pa.RecordBatch, columns: dict[str, Any], threads: Sequence[ThreadIn]) -> None:
        replies = among(rows, "reply_to_post_id", self._taken.posts)
        _empty(columns, ("reply_to_post_id", "reply_method", "reply_confidence"), replies)
        self._shown(rows, columns)
        places = rows.column("position").to_pylist()
        if self._taken.ranks:
            ranks = [
                None if place is None else place - bisect_left(self._taken.ranks.get(key, ()), place)
                for key, place in zip(threads, places, strict=True)
            ]
            columns["position"] = pa.array(ranks, pa.int64())

    def _shown(self, rows: pa.RecordBatch, columns: dict[str, Any]) -> None:
        """Words in quotes, in the post as shown; where there are any, the HTML goes as a whole."""
        marked = pc.fill_null(pc.match_substring_regex(rows.column("full_text"), "(?m)^> "), fill_value=False)
        keys = _keys(rows, "post_id")
        texts, html = rows.column("full_text").to_pylist(), columns["html"].to_pylist()
        for place, (key, quotes) in enumerate(zip(keys, marked.to_pylist(), strict=True)):
            cited, said = self._taken.quoting.get(key, set()), self._taken.lines.get(key[0], set())
            if key in self._taken.quoting:
                html[place] = None
            if quotes and (cited or said):
                lines = texts[place].split("\n")
                kept = [line for line in lines if not _is_quote_of(line, cited) and not _is_quote_of(line, said)]
                if len(kept) < texts[place].count("\n") + 1:
                    texts[place], html[place] = "\n".join(kept) or None, None
        columns["full_text"] = pa.array(texts, pa.string())
        leading = [self._leads(site, text) for site, text in zip(rows.column("site").to_pylist(), html, strict=True)]
        columns["html"] = pc.if_else(
            pa.array(leading, pa.bool_()), pa.scalar(None, pa.string()), pa.array(html, pa.string())
        )

    def _leads(self, site: str, text: str | None) -> bool:
        """True for an address, or HTML, that names what was taken by its number."""
        if not text:
            return False
        for pattern, wanted in (
            (_TOPIC, self._taken.threads),
            (_COMMENT, self._taken.posts),
            (_PROFILE, self._taken.members),
        ):
            numbers = wanted.get(site)
            if numbers and any(int(found) in numbers for found in pattern.findall(text)):
                return True
        return False

    def _quotes(self, rows: pa.RecordBatch, columns: dict[str, Any]) -> None:
        theirs = self._taken.quotes_of(rows)
        self.quotes += pc.sum(theirs).as_py() or 0
        _empty(columns, _EMPTIED, theirs)
        columns["target_state"] = pc.if_else(theirs, "unresolved", columns["target_state"])
        columns["id_check"] = pc.if_else(theirs, "unchecked", columns["id_check"])
        hints = among(rows, "candidate_post_id", self._taken.posts)
        _empty(columns, ("candidate_post_id", "n_candidates"), hints)

    def _links(self, rows: pa.RecordBatch, columns: dict[str, Any]) -> None:
        sites, urls, texts = (rows.column(name).to_pylist() for name in ("site", "url", "text"))
        his = among(rows, "mentioned_author_id", self._taken.members)
        leads = [self._leads(site, url) for site, url in zip(sites, urls, strict=True)]
        named = [
            bool(text) and text.removeprefix("@").casefold() in self._taken.folded.get(site, ())
            for site, text in zip(sites, texts, strict=True)
        ]
        gone = pc.or_(his, pc.or_(pa.array(leads, pa.bool_()), pa.array(named, pa.bool_())))
        _empty(columns, ("url", "text", "domain", "attachment_id", "mentioned_author_id"), gone)

    def _threads(self, columns: dict[str, Any], threads: Sequence[ThreadIn]) -> None:
        fewer = pa.array([self._taken.active.get(key, 0) for key in threads], pa.int64())
        columns["n_posts_seen"] = pc.subtract(columns["n_posts_seen"], fewer)

    def _prose(self, table: str, rows: pa.RecordBatch, columns: dict[str, Any]) -> None:
        """Names of four characters or more that stand as words in what others wrote."""
        for column in TABLES[table].columns:
            if column.kind != "string" or role(TABLES[table], column) not in {*TEXTS, "html", "url"}:
                continue
            for site, pattern in self._patterns.items():
                if pattern is None:
                    continue
                values = columns[column.name]
                due = pc.and_(pc.equal(rows.column("site"), site), values.is_valid())
                texts = values.filter(due).to_pylist()
                if any(pattern.search(text) for text in texts):
                    fresh = pa.array([pattern.sub(MARK, text) for text in texts], pa.string())
                    columns[column.name] = pc.replace_with_mask(values, due, fresh)

    # The record ------------------------------------------------------------------------------------------------------

    def clean(self, record: Record) -> None:
        """Take the sites out of the collection record."""
        record.sites = [site for site in record.sites if site not in self._taken.sites]
        record.linking = {site: made for site, made in record.linking.items() if site not in self._taken.sites}
        for run in record.runs:
            run["sites"] = [site for site in run["sites"] if site not in self._taken.sites]

    def is_gap_of(self, what: str | None, site: str | None, number: int | None) -> bool:
        """True for a gap that names what was taken."""
        return site in self._taken.sites or (
            what in {"thread", "page"} and number in self._taken.threads.get(site or "", ())
        )


_TOPIC: Final = re.compile(r"(?:/topic/|showtopic=|data-ipsquote-contentid=\")(\d{1,18})")
_COMMENT: Final = re.compile(
    r"(?:comment-|comment=|findpost=|contentcommentid=\"|#entry|elComment_)(\d{1,18})", re.IGNORECASE
)
_PROFILE: Final = re.compile(r"(?:/profile/|showuser=|mentionid=\"|quote-userid=\")(\d{1,18})", re.IGNORECASE)


def _keys(rows: pa.RecordBatch, number: str) -> Iterator[tuple[str, str, int]]:
    return zip(*(rows.column(name).to_pylist() for name in ("site", "content_class", number)), strict=True)


def _threads_in(folder: int, rows: pa.RecordBatch) -> list[ThreadIn]:
    return [(folder, *key) for key in _keys(rows, "thread_id")]


def _is_quote_of(line: str, known: set[str]) -> bool:
    mark = _QUOTED.match(line)
    return mark is not None and line[mark.end() :].strip() in known


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """The names of four characters or more as whole words; shorter ones and any case behind an ``@``."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    long = [re.escape(name) for name in ordered if len(name) >= _SHORTEST_NAME]
    every = "|".join(re.escape(name) for name in ordered)
    if not ordered:
        return None
    parts = [rf"(?<=@)(?i:{every})(?!\w)", *([rf"(?<!\w)(?:{'|'.join(long)})(?!\w)"] if long else [])]
    return re.compile("|".join(parts))


def _empty(columns: dict[str, Any], names: Iterable[str], mask: Any) -> None:
    for name in names:
        if pc.any(mask).as_py():
            columns[name] = pc.if_else(mask, pa.scalar(None, columns[name].type), columns[name])
