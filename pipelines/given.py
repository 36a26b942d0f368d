"""Posts that somebody hands over, as lines of a posts JSONL, in the form in which a thread's history is derived from.

Only the number of the post and of its thread are needed. What else is missing is counted, so that it can be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from crawler.items import FORUM_POST, TABLES, Body, PostSeen, QuoteSeen, ThreadSeen
from crawler.items.history import PageReading, PostKey, ThreadHistory, ThreadKey

NESTED = "quotes"
"""The name under which a line holds the quotes of its post."""

_USED = ("site", "author_name", "created_at", "text", NESTED)
_POST = {column.name: column for column in TABLES["posts"].columns}
_QUOTE = {column.name: column for column in TABLES["quotes"].columns}
_PYTHON: dict[str, tuple[type, ...]] = {"int64": (int,), "string": (str,), "bool": (bool,), "double": (int, float)}


class GivenError(ValueError):
    """A line that is no post; the message says why."""


@dataclass(slots=True)
class Given:
    """What was handed over.

    ``histories`` are its threads, ``columns`` the valid columns of each post, ``missing`` counts the lines that lack a
    column which linking uses, ``unknown`` are names that are no column.
    """

    histories: dict[ThreadKey, ThreadHistory] = field(default_factory=dict)
    columns: dict[PostKey, dict[str, Any]] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)
    places: dict[PostKey, ThreadKey] = field(default_factory=dict)
    pages: dict[tuple[ThreadKey, int], PageReading] = field(default_factory=dict)

    def find_post(self, key: PostKey) -> ThreadHistory | None:
        """The thread that a post stands in."""
        return self.histories[self.places[key]] if key in self.places else None


def take(lines: Iterable[Mapping[str, Any]], site: str, seen_at: datetime) -> Given:
    """The threads of these lines. ``site`` is that of lines that name none, ``seen_at`` when the lines were there.

    Raises :class:`GivenError`, with the number of the line.
    """
    given = Given()
    for number, line in enumerate(lines, 1):
        try:
            _take(given, line, site, seen_at)
        except GivenError as error:
            raise GivenError(f"line {number}: {error}") from None
    return given


def _take(given: Given, line: Mapping[str, Any], site: str, seen_at: datetime) -> None:
    values = {name: _value(line.get(name), column.kind, name) for name, column in _POST.items()}
    for name in ("post_id", "thread_id"):
        if values[name] is None:
            raise GivenError(f"{name} is missing")
    values["site"] = values["site"] or site
    values["content_class"] = values["content_class"] or FORUM_POST
    key = ThreadKey(values["site"], values["content_class"], values["thread_id"])
    post_key = PostKey(key.site, key.content_class, values["post_id"])
    if post_key in given.places:
        raise GivenError(f"post {post_key.post_id} is there twice")
    given.missing.update(name for name in _USED if line.get(name) is None)
    given.unknown.update(str(name) for name in line.keys() - _POST.keys() - {NESTED})
    given.places[post_key], given.columns[post_key] = key, values
    page = _page(given, key, values["page"] or 1, seen_at)
    page.posts.append(_post(values, _quotes(line.get(NESTED))))


def _page(given: Given, key: ThreadKey, number: int, seen_at: datetime) -> PageReading:
    if (page := given.pages.get((key, number))) is not None:
        return page
    thread = ThreadSeen(content_class=key.content_class, thread_id=key.thread_id, page=number, n_pages=None)
    page = PageReading(fetch_id=number, run_id=0, fetched_at=seen_at, thread=thread, posts=[])
    given.pages[key, number] = page
    given.histories.setdefault(key, ThreadHistory(key=key, outcome="ok")).pages.append(page)
    return page


def _post(values: Mapping[str, Any], quotes: list[QuoteSeen]) -> PostSeen:
    text, full_text = values["text"], values["full_text"]
    digest = blake2b((full_text or text or "").encode("utf-8", "replace"), digest_size=16)
    for quote in quotes:
        digest.update(f"\0q{quote.parent_quote_index},{quote.cited_post_id}".encode())
    return PostSeen(
        post_id=values["post_id"],
        is_first_post=bool(values["is_first_post"]),
        author_id=values["author_id"],
        author_name=values["author_name"],
        author_group=values["author_group"],
        created_at=values["created_at"],
        edited_at=values["edited_at"],
        edited_by=values["edited_by"],
        edit_reason=values["edit_reason"],
        n_reactions=values["n_reactions"],
        body=Body(
            html=values["html"],
            text=text,
            full_text=full_text if full_text is not None else text,
            text_hash=digest.digest(),
            parser_version=0,
            quotes=quotes,
        ),
    )


def _quotes(rows: Any) -> list[QuoteSeen]:
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise GivenError(f"{NESTED} is no list")
    quotes: list[QuoteSeen] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise GivenError(f"quote {index} is no object")
        values = {name: _value(row.get(name), column.kind, f"quotes.{name}") for name, column in _QUOTE.items()}
        parent = values["parent_quote_index"]
        if values["quote_index"] not in {None, index} or (parent is not None and not 0 <= parent < index):
            raise GivenError(f"quote {index} is out of order")
        depth = quotes[parent].depth + 1 if parent is not None else 0
        cited = {name: values[name] for name in _QUOTE if name.startswith("cited_")}
        quotes.append(
            QuoteSeen(
                quote_index=index,
                parent_quote_index=parent,
                depth=depth,
                quoted_text=values["quoted_text"],
                **cited,
            )
        )
    return quotes


def _value(value: Any, kind: str, name: str) -> Any:
    """A value as its column has it. Raises :class:`GivenError`."""
    if value is None or value == "":
        return None
    if kind == "timestamp":
        return _time(value, name)
    allowed = _PYTHON.get(kind)
    if allowed is not None and (not isinstance(value, allowed) or (isinstance(value, bool) and kind != "bool")):
        raise GivenError(f"{name} is no {kind}")
    return value


def _time(value: Any, name: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GivenError(f"{name} is no ISO 8601 time") from None
    if time.tzinfo is None:
        raise GivenError(f"{name} has no time zone")
    return time.astimezone(UTC)
