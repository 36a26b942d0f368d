"""A profile: which columns a pack has, and what becomes of the values in them. Pure: a batch in, a batch out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import Column, Table
from crawler.items.arrow import arrow_schema
from output.pack.names import Names
from output.pack.pseudonyms import Pseudonyms
from output.pack.roles import IDS, TEXTS, pack_tables, role
from output.pack.scrub import Scrubber

ProfileName: TypeAlias = Literal["pseudonymised", "full"]
PROFILES: Final[tuple[ProfileName, ...]] = ("pseudonymised", "full")

_ID_OF: Final = {
    ("threads", "author_name"): "author_id",
    ("posts", "author_name"): "author_id",
    ("quotes", "cited_author_name"): "cited_author_id",
    ("authors", "author_name"): "author_id",
    ("authors", "known_names"): "author_id",
}
"""Where a name's owner is told by a number beside it."""

_WITHHELD: Final = frozenset({"own", "html"})
_PROFILE_URL: Final = r"(?i)/profile/|/user/|showuser="


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a pack holds. Articles' bodies and texts recovered from quotes are left out unless they are asked for."""

    profile: ProfileName = "pseudonymised"
    article_bodies: bool = False
    recovered_text: bool = False
    names_in_prose: Literal["keep", "replace"] = "replace"

    def tables(self) -> list[Table]:
        """The tables of such a pack."""
        drop = {"article_spans"} if self.profile == "pseudonymised" or not self.article_bodies else set()
        return [table for table in pack_tables() if table.name not in drop]  # spans count in a text that is another

    def columns(self, table: Table) -> tuple[Column, ...]:
        """The columns of a table in such a pack. Raises :class:`PackError` for a column that has no role."""
        dropped = {"html", "url", "look"} if self.profile == "pseudonymised" else {"look"}
        return tuple(column for column in table.columns if role(table, column) not in dropped)

    def schema(self, table: Table) -> pa.Schema:
        """Its Arrow schema."""
        return arrow_schema(table, self.columns(table))


@dataclass(slots=True)
class ArticlePosts:
    """By site: posts that hold an article, and posts that quote one; their words are another's."""

    held: dict[str, pa.Array] = field(default_factory=dict)
    quoting: dict[str, pa.Array] = field(default_factory=dict)


class Profile:
    """Turns batches of a crawl's tables into those of a pack."""

    def __init__(
        self,
        rules: Rules,
        articles: ArticlePosts,
        names: Names,
        pseudonyms: Pseudonyms | None,
        scrubber: Scrubber | None,
    ) -> None:
        self.rules = rules
        self._articles = articles
        self._names = names
        self._keys = pseudonyms
        self._scrubber = scrubber

    @property
    def replaced(self) -> int:
        """Names in prose that were replaced."""
        return self._scrubber.replaced if self._scrubber is not None else 0

    def apply(self, table: Table, batch: pa.RecordBatch) -> Iterable[pa.RecordBatch]:
        """The rows of a batch as the pack has them, site by site.

        Of the columns that it drops, the batch need have only the addresses of links.
        """
        for site in pc.unique(batch.column("site")).to_pylist():
            rows = batch.filter(pc.equal(batch.column("site"), site))
            yield self._of_site(table, site, rows)

    def _of_site(self, table: Table, site: str, rows: pa.RecordBatch) -> pa.RecordBatch:
        columns = self.rules.columns(table)
        schema = self.rules.schema(table)
        made: dict[str, pa.Array] = {}
        for column in columns:
            values = self._shown(table, site, rows, made) if column.name == "full_text" else None
            values = self._column(table, column, site, rows) if values is None else values
            made[column.name] = values.cast(schema.field(column.name).type)
        return pa.record_batch(list(made.values()), schema)

    def _shown(self, table: Table, site: str, rows: pa.RecordBatch, made: Mapping[str, pa.Array]) -> pa.Array | None:
        """Posts as shown: most of them quote nothing, and are their own words, which are made already."""
        alike = pc.fill_null(pc.equal(rows.column("full_text"), rows.column("text")), fill_value=False)
        if not pc.any(alike).as_py():
            return None
        others = rows.filter(pc.invert(alike))
        own = made["text"]
        if not others.num_rows:
            return own
        fresh = self._column(table, table.column("full_text"), site, others)
        return pc.replace_with_mask(own, pc.invert(alike), fresh)

    def _column(self, table: Table, column: Column, site: str, rows: pa.RecordBatch) -> pa.Array:
        kind, values = role(table, column), rows.column(column.name)
        if kind in _WITHHELD or kind == "quoted":
            values = _emptied(values, self._withheld(table, column, site, rows))
        elif kind == "article" and not self.rules.article_bodies:
            values = _nothing(column, len(values))
        if self._keys is None or self._scrubber is None:
            return values
        keys = self._keys
        if kind in IDS:
            return keys.numbers(site, kind, values)
        if kind == "hash":
            return keys.hashes(site, values)
        if kind == "name":
            return self._names_of(table, column, site, rows)
        return self._words(kind, site, rows, values)

    def _words(self, kind: str, site: str, rows: pa.RecordBatch, values: pa.Array) -> pa.Array:
        assert self._scrubber is not None
        scrub = self._scrubber
        if kind == "value":
            renamed = pc.equal(rows.column("event"), "renamed_author")
            return _either(renamed, _by_value(values, lambda name: scrub.label(site, name)), self._prose(site, values))
        if kind == "label":
            return self._labels(site, rows, values)
        return self._prose(site, values) if kind in TEXTS else values

    def _withheld(self, table: Table, column: Column, site: str, rows: pa.RecordBatch) -> Any:
        """Which rows' words are left out."""
        mask: Any = pa.repeat(pa.scalar(value=False), rows.num_rows)
        if table.name == "versions" and not self.rules.recovered_text:
            mask = pc.or_(mask, pc.equal(rows.column("source"), "quote"))
        if self.rules.article_bodies:
            return mask
        held = self._articles.held.get(site)
        names = ("target_post_id", "cited_post_id") if table.name == "quotes" else ("post_id",)
        for name in names:
            if held is not None:
                mask = pc.or_(mask, pc.is_in(rows.column(name), value_set=held))
        quoting = self._articles.quoting.get(site)
        if quoting is not None and column.name in {"full_text", "html"}:
            mask = pc.or_(mask, pc.is_in(rows.column("post_id"), value_set=quoting))
        return mask

    def _names_of(self, table: Table, column: Column, site: str, rows: pa.RecordBatch) -> pa.Array:
        assert self._keys is not None
        assert self._scrubber is not None
        keys, scrub = self._keys, self._scrubber
        names = rows.column(column.name)
        other = _ID_OF.get((table.name, column.name))
        ids = rows.column(other) if other is not None else pa.nulls(rows.num_rows, pa.int64())
        labels = keys.of_members(site, ids)
        if column.kind == "list<string>":
            lists = zip(names.to_pylist(), labels.to_pylist(), strict=True)
            return pa.array([[label] if known else [] for known, label in lists], names.type)
        # Whoever wrote as a guest is no member, though a member may have that name.
        guest = table.name in {"posts", "threads"}
        alone = pc.if_else(labels.is_null(), names, pa.scalar(None, pa.string()))
        alone = _by_value(alone, lambda name: keys.of_name(site, name) if guest else scrub.label(site, name))
        return pc.if_else(names.is_valid(), pc.coalesce(labels, alone), pa.scalar(None, pa.string()))

    def _labels(self, site: str, rows: pa.RecordBatch, values: pa.Array) -> pa.Array:
        """Texts of links: a mention's is a name, and so is that of a link to a profile."""
        assert self._keys is not None
        assert self._scrubber is not None
        keys, scrub = self._keys, self._scrubber
        leads = pc.fill_null(pc.match_substring_regex(rows.column("url"), _PROFILE_URL), fill_value=False)
        is_name = pc.or_(pc.equal(rows.column("kind"), "mention"), leads)
        ids = keys.of_members(site, rows.column("mentioned_author_id"))
        alone = _by_value(values, lambda name: scrub.label(site, name.removeprefix("@")))
        names = pc.if_else(values.is_valid(), pc.coalesce(ids, alone), pa.scalar(None, pa.string()))

        words = _by_value(values, lambda text: scrub.label(site, text) if text in self._names else text)
        return _either(is_name, names, scrub.column(site, words))

    def _prose(self, site: str, values: pa.Array) -> pa.Array:
        assert self._scrubber is not None
        scrub = self._scrubber
        if pa.types.is_list(values.type):
            inner = self._prose(site, values.flatten())
            return _list_like(values, inner)
        return scrub.column(site, values)


def _by_value(values: pa.Array, change: Callable[[Any], Any]) -> pa.Array:
    """Each value changed, null left as it is; a value that occurs often is changed once."""
    coded = values.dictionary_encode()
    fresh = pa.array([change(value) for value in coded.dictionary.to_pylist()], values.type)
    return fresh.take(coded.indices)


def _either(mask: Any, one: pa.Array, other: pa.Array) -> pa.Array:
    return pc.if_else(mask, one, other)


def _emptied(values: pa.Array, mask: Any) -> pa.Array:
    return pc.if_else(mask, pa.scalar(None, values.type), values)


def _nothing(column: Column, count: int) -> pa.Array:
    if column.nullable:
        return pa.nulls(count, pa.string())
    return pa.array([[]] * count, pa.list_(pa.string()))


def _list_like(values: pa.Array, inner: pa.Array) -> pa.Array:
    """The same lists, of other items."""
    lengths = pc.list_value_length(values).to_pylist()
    offsets, at = [], 0
    for length in lengths:
        offsets.append(None if length is None else at)
        at += length or 0
    return pa.ListArray.from_arrays(pa.array([*offsets, at], pa.int32()), inner)
