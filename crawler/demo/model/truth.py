"""What is to be read of a quote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.demo.model.blocks import Block, Citation, Quote, Spoiler, Style
from crawler.demo.model.plain import own_text

if TYPE_CHECKING:
    from crawler.demo.model.forum import Post

SHORT = 20
"""Characters below which a quote is too short to be found by its words."""


@dataclass(frozen=True, slots=True)
class QuoteTruth:
    """What is to be read of a quote; the fields are those of the table `quotes`.

    ``target_post_id`` is the post that was really quoted, cited or not; none where it is not in the forum.
    ``source_post_id`` names it even where it is gone, and ``source_version`` tells which of its texts was quoted
    (from 1). ``markup`` is the kind of markup; the flags tell what was done to the words that were taken.
    """

    quote_index: int
    parent_quote_index: int | None
    depth: int
    quoted_text: str | None
    cited_author_name: str | None
    cited_author_id: int | None
    cited_at: datetime | None
    cited_post_id: int | None
    cited_thread_id: int | None
    cited_class: str | None
    target_post_id: int | None
    target_thread_id: int | None = None
    source_post_id: int | None = None
    source_version: int | None = None
    markup: Style = "native"
    is_trimmed: bool = False
    is_altered: bool = False
    is_short: bool = False


def attributes(quote: Quote) -> Citation | None:
    """What the markup of a quote cites: less, the older the markup is."""
    named = quote.frozen or (quote.source if isinstance(quote.source, Citation) else None)
    if quote.style.startswith("bare") or (named is None and quote.source is None):
        return None
    if named is None:
        assert quote.source is not None
        assert not isinstance(quote.source, Citation)
        named = cite(quote.source)
    match quote.style:
        case "named":
            return Citation(named.author_name)
        case "dated":
            return Citation(named.author_name, timestamp=named.timestamp)
        case "ips3":
            return Citation(named.author_name, timestamp=named.timestamp, post_id=named.post_id)
        case "import":
            return replace(named, author_id=None)
    return named


def cite(post: Post) -> Citation:
    """All that a quote of a post can say of it now."""
    return Citation(post.author.name, post.author_id, post.timestamp, post.post_id, post.thread.thread_id)


def walk_quotes(body: Iterable[Block]) -> list[tuple[int, int | None, int, Quote]]:
    """The quotes in document pre-order, those in spoilers included: index, index of the parent, depth, quote."""
    found: list[tuple[int, int | None, int, Quote]] = []

    def walk(blocks: Iterable[Block], parent: int | None, depth: int) -> None:
        for block in blocks:
            if isinstance(block, Spoiler):
                walk(block.blocks, parent, depth)
            if isinstance(block, Quote):
                index = len(found)
                found.append((index, parent, depth, block))
                walk(block.blocks, index, depth + 1)

    walk(body, None, 0)
    return found


def truths(body: Iterable[Block]) -> list[QuoteTruth]:
    """The truth of each quote of a body."""
    return [_truth(*numbered) for numbered in walk_quotes(body)]


def _truth(index: int, parent: int | None, depth: int, quote: Quote) -> QuoteTruth:
    cited = attributes(quote)
    text = own_text(quote.blocks)
    source = None if isinstance(quote.source, Citation) else quote.source
    target = source if source is not None and source.is_shown else None
    return QuoteTruth(
        quote_index=index,
        parent_quote_index=parent,
        depth=depth,
        quoted_text=text,
        cited_author_name=cited.author_name if cited else None,
        cited_author_id=cited.author_id if cited else None,
        cited_at=datetime.fromtimestamp(cited.timestamp, UTC) if cited and cited.timestamp is not None else None,
        cited_post_id=cited.post_id if cited else None,
        cited_thread_id=cited.thread_id if cited else None,
        cited_class="forums_Topic" if cited and cited.thread_id is not None else None,
        target_post_id=target.post_id if target else None,
        target_thread_id=target.thread.thread_id if target else None,
        source_post_id=source.post_id if source else None,
        source_version=quote.version if source else None,
        markup=quote.style,
        is_trimmed=quote.is_trimmed,
        is_altered=quote.is_altered,
        is_short=len(text or "") < SHORT,
    )
