"""Facts as JSON in the store, and back. Times are ISO 8601 with their offset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from zlib import crc32

import orjson

from crawler.items import (
    Body,
    ForumSeen,
    LinkSeen,
    ListingRow,
    PollSeen,
    PostSeen,
    QuoteSeen,
    SubforumSeen,
    ThreadSeen,
)

_HASH_BYTES = 16


def state_bytes(post: PostSeen) -> bytes:
    """What a page says of a post apart from its body."""
    return orjson.dumps(
        {
            "is_first_post": post.is_first_post,
            "author_id": post.author_id,
            "author_name": post.author_name,
            "author_group": post.author_group,
            "created_at": post.created_at,
            "edited_at": post.edited_at,
            "edited_by": post.edited_by,
            "edit_reason": post.edit_reason,
            "n_reactions": post.n_reactions,
            "reactions": post.reactions,
        }
    )


def post_from(post_id: int, state: dict[str, Any], body: Body) -> PostSeen:
    """The post out of its decoded state and its body."""
    return PostSeen(post_id=post_id, body=body, **state)


def state_from(text: str) -> dict[str, Any]:
    """The decoded state: arguments of `PostSeen`."""
    facts = _times(orjson.loads(text), "created_at", "edited_at")
    facts["reactions"] = [(name, count) for name, count in facts["reactions"]]
    return facts


def quotes_text(quotes: list[QuoteSeen]) -> str:
    """Quotes as JSON."""
    return orjson.dumps(quotes).decode() if quotes else "[]"


def links_text(links: list[LinkSeen]) -> str:
    """Links as JSON."""
    return orjson.dumps(links).decode() if links else "[]"


def quotes_from(text: str) -> list[QuoteSeen]:
    """Quotes out of JSON."""
    return [QuoteSeen(**_times(entry, "cited_at")) for entry in orjson.loads(text)]


def links_from(text: str) -> list[LinkSeen]:
    """Links out of JSON."""
    return [LinkSeen(**entry) for entry in orjson.loads(text)]


def thread_text(thread: ThreadSeen, forgotten: Sequence[str] = ()) -> str:
    """A thread as JSON, with the tokens of posts of the page that were erased."""
    text = orjson.dumps(thread)
    return (text[:-1] + b',"forgotten":' + orjson.dumps(list(forgotten)) + b"}" if forgotten else text).decode()


def forgotten_in(text: str) -> list[str]:
    """The tokens of posts of the page that were erased, out of the JSON of its thread."""
    return list(orjson.loads(text).get("forgotten", ())) if '"forgotten":[' in text else []


def thread_from(text: str) -> ThreadSeen:
    """A thread out of JSON."""
    facts = _times(orjson.loads(text), "created_at", "last_post_at")
    facts.pop("forgotten", None)
    facts["polls"] = [PollSeen(**poll) for poll in facts["polls"]]
    return ThreadSeen(**facts)


def forum_text(forum: ForumSeen, subforums: list[SubforumSeen]) -> str:
    """A forum and the forums below it as JSON."""
    return orjson.dumps({"forum": forum, "subforums": subforums}).decode()


def forum_from(text: str) -> ForumSeen:
    """A forum out of JSON."""
    return ForumSeen(**orjson.loads(text)["forum"])


def listing_text(row: ListingRow) -> str:
    """A row of a listing as JSON."""
    return orjson.dumps(row).decode()


def listing_from(text: str) -> ListingRow:
    """A row of a listing out of JSON."""
    return ListingRow(**_times(orjson.loads(text), "created_at", "last_post_at"))


def digest(*pieces: bytes) -> bytes:
    """A 16-byte hash of pieces whose borders count."""
    joined = b"".join([part for piece in pieces for part in (len(piece).to_bytes(8, "big"), piece)])
    return blake2b(joined, digest_size=_HASH_BYTES).digest()


def content_hash(site: str, body: Body) -> bytes:
    """What a body is stored under: its site, its HTML, and where its links go.

    Relative links of the same HTML lead elsewhere on another page.
    """
    html = b"" if body.html is None else b"+" + body.html.encode()
    return digest(site.encode(), html, orjson.dumps(body.links) if body.links else b"[]")


def content_row(content: bytes, body: Body) -> tuple[Any, ...]:
    """A row of `contents`, in the order of its columns."""
    row = (
        content, body.parser_version, body.html, body.text, body.full_text, body.text_hash,
        quotes_text(body.quotes), links_text(body.links),
    )  # fmt: skip
    return (*row, checksum(row))


def checksum(row: tuple[Any, ...]) -> int:
    """CRC-32 of a row of `contents` without its last column: tells a body that the disk has changed."""
    content, parser, html, text, full_text, text_hash, quotes, links = row
    joined = "\0".join((html or "", text or "", full_text or "", quotes, links, str(parser)))
    return crc32(joined.encode("utf-8", "surrogatepass"), crc32(content + (text_hash or b"")))


def _times(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        value = facts[name]
        if value is not None:
            facts[name] = datetime.fromisoformat(value)
    return facts
