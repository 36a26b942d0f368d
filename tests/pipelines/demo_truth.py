"""The rows that a forum's model calls for, after it was read once and whole. Made from the model alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.demo.model import (
    Attachment,
    Block,
    Embed,
    Forum,
    Image,
    Link,
    ListBlock,
    Member,
    Mention,
    Paragraph,
    Post,
    Quote,
    QuoteTruth,
    Spoiler,
    Thread,
)
from crawler.items import FORUM_POST

Rows = dict[tuple[Any, ...], dict[str, Any]]

NOT_TOLD: dict[str, set[str]] = {
    "posts": {"html", "author_group"},  # they differ by skin and language
    "versions": {"html", "text_hash"},  # the hash is no fact of the model; that it is the same everywhere is tested
    "authors": {"author_group"},
    "quotes": {"confidence", "candidate_post_id", "n_candidates"},  # the linker's own figures
}
"""Columns that the model has no say in."""

LINKER = {"target_post_id", "target_thread_id", "target_version", "target_state", "method", "id_check"}
LINKER |= {"is_truncated", "is_altered"}
"""Columns of quotes that are known beforehand only where the markup names the post."""


class Truth:
    """Rows by table and key, without the key's columns."""

    def __init__(self, forum: Forum, base: str, site: str) -> None:
        self.forum, self.base, self.site = forum, base, site
        self.shown = {post.post_id: post for post in forum.posts}

    def tables(self) -> dict[str, Rows]:
        posts = list(self.forum.posts)
        return {
            "forums": {(self.site, board.forum_id): row for board, row in self._forums()},
            "threads": {(self.site, FORUM_POST, number): row for number, row in self._threads()},
            "posts": {self._key(post): self._post(post, rank) for post, rank in self._ranked()},
            "versions": {(*self._key(post), 1): self._version(post) for post in posts},
            "quotes": {(*self._key(post), t.quote_index): self._quote(post, t) for post in posts for t in post.quotes},
            "events": dict(self._events(posts)),
            "links": {
                (*self._key(p), i): row for p in posts for i, row in enumerate(self._links(p.body, quoted=False))
            },
            "reactions": {(*self._key(p), name): {"count": n} for p in posts for name, n in p.reactions.items()},
            "polls": dict(self._polls()),
            "authors": dict(self._authors(posts)),
        }

    def _key(self, post: Post) -> tuple[Any, ...]:
        return self.site, FORUM_POST, post.post_id

    def _forums(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        for board in (board for board in self.forum.boards if board.access == "open"):
            n = self.forum.n_listed(board)
            yield (
                board,
                {
                    "parent_forum_id": board.parent.forum_id if board.parent else None,
                    "name": board.name,
                    "url": self.base + board.path,
                    "n_threads_declared": n or None,
                    "n_threads_seen": n,
                    "complete": True,
                },
            )

    def _threads(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for thread in self.forum.threads:
            yield (
                thread.thread_id,
                self._thread(thread)
                | {
                    "last_post_at": thread.posts[-1].created_at,
                    "n_posts_declared": thread.n_posts,
                    "n_posts_seen": thread.n_posts,
                    "n_pages": self.forum.n_pages(thread),
                    "tags": thread.tags,
                    "is_pinned": thread.pinned,
                    "is_locked": thread.locked or thread.locked_badge,
                    "is_solved": thread.solved,
                    "has_poll": thread.poll is not None,
                    "status": "active",
                    "moved_to_thread_id": None,
                    "complete": True,
                },
            )
        for stub in self.forum.stubs:
            yield (
                stub.thread_id,
                dict.fromkeys(self._thread(stub.thread))
                | {
                    "title": stub.thread.title,
                    "url": self.base + stub.thread.path,
                    "forum_id": stub.board.forum_id,
                    "created_at": None,
                    "last_post_at": None,
                    "n_posts_declared": None,
                    "n_posts_seen": 0,
                    "n_pages": None,
                    "tags": [],
                    "is_pinned": False,
                    "is_locked": False,
                    "is_solved": None,
                    "has_poll": None,
                    "status": "moved",
                    "moved_to_thread_id": stub.thread.thread_id,
                    "complete": False,
                },
            )

    def _thread(self, thread: Thread) -> dict[str, Any]:
        first = thread.posts[0]
        return {
            "forum_id": thread.board.forum_id,
            "forum_path": [board.name for board in thread.board.trail],
            "title": thread.title,
            "url": self.base + thread.path,
            "author_id": first.author_id,
            "author_name": first.author.name,
            "created_at": first.created_at,
        }

    def _ranked(self) -> Iterator[tuple[Post, int]]:
        for thread in self.forum.threads:
            yield from ((post, rank) for rank, post in enumerate(thread.posts, 1))

    def _post(self, post: Post, rank: int) -> dict[str, Any]:
        page, edit, quotes = self.forum.page_of(post), post.edit, post.quotes
        answered = next((t for t in quotes if t.depth == 0 and self._named(t) in set(post.thread.posts)), None)
        tail = f"page/{page}/" if page > 1 else ""
        return {
            "thread_id": post.thread.thread_id,
            "position": rank,
            "page": page,
            "is_first_post": rank == 1,
            "status": "active",
            "author_id": post.author_id,
            "author_name": post.author.name,
            "author_is_guest": post.author_id is None,
            "created_at": post.created_at,
            "edited_at": edit.at if edit else None,
            "edited_by": edit.by if edit else None,
            "edit_reason": edit.reason if edit else None,
            "n_versions": 1,
            "text": post.text,
            "full_text": post.full_text,
            **({} if self._unnamed(quotes, answered) else {"reply_to_post_id": self._answers(answered)}),
            "n_quotes": len(quotes),
            "n_reactions": sum(post.reactions.values()),
            "is_quote_only": post.text is None and bool(quotes),
            "url": f"{self.base}{post.thread.path}{tail}#comment-{post.post_id}",
        }

    def _answers(self, answered: QuoteTruth | None) -> int | None:
        return answered.cited_post_id if answered else None

    def _unnamed(self, quotes: Sequence[QuoteTruth], answered: QuoteTruth | None) -> bool:
        """Whether a quote that names no post stands before the first that does: the linker may find its post."""
        before = quotes if answered is None else quotes[: answered.quote_index]
        return any(truth.cited_post_id is None and truth.depth == 0 for truth in before)

    def _named(self, truth: QuoteTruth) -> Post | None:
        return self.shown.get(truth.cited_post_id or 0)

    def _version(self, post: Post) -> dict[str, Any]:
        row = self._post(post, 1)
        return {"is_current": True, "source": "page"} | {
            name: row[name] for name in ("text", "full_text", "edited_at", "edited_by", "edit_reason")
        }

    def _quote(self, post: Post, truth: QuoteTruth) -> dict[str, Any]:
        names = "parent_quote_index depth quoted_text cited_author_name cited_author_id cited_at cited_post_id".split()
        row = {name: getattr(truth, name) for name in [*names, "cited_thread_id", "cited_class"]}
        target = self._named(truth)
        if truth.cited_post_id is None:
            return row
        if target is None:
            gone = {"target_post_id": truth.cited_post_id, "target_thread_id": truth.cited_thread_id}
            return row | gone | {"target_state": "unseen", "method": "explicit_id_unseen"}
        return row | {
            "target_post_id": target.post_id,
            "target_thread_id": target.thread.thread_id,
            "target_state": "seen",
            "method": "explicit_id",
        }

    def _events(self, posts: Iterable[Post]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        for post in (post for post in posts if post.edit):
            assert post.edit
            key = (self.site, FORUM_POST, post.thread.thread_id, post.post_id, "edited", post.edit.at)
            blank: dict[str, Any] = dict.fromkeys("from_value to_value other_thread_id from_version".split())
            yield (
                key,
                blank
                | {
                    "changed_after": post.edit.at,
                    "actor_name": post.edit.by,
                    "reason": post.edit.reason,
                    "to_version": 1,
                    "evidence": "stamp",
                },
            )

    def _links(self, blocks: Iterable[Block], *, quoted: bool) -> Iterator[dict[str, Any]]:
        for block in blocks:
            match block:
                case Paragraph(inlines):
                    yield from (self._row(*found, quoted=quoted) for one in inlines if (found := self._inline(one)))
                case ListBlock(items):
                    inlines = tuple(one for item in items for one in item)
                    yield from (self._row(*found, quoted=quoted) for one in inlines if (found := self._inline(one)))
                case Spoiler(_, inner):
                    yield from self._links(inner, quoted=quoted)
                case Quote(inner):
                    yield from self._links(inner, quoted=True)
                case Image(number, name) | Attachment(number, name):
                    yield self._row("attachment", None, name, number, quoted=quoted)
                case Embed(url):
                    yield self._row("embed", f"{self.base}{url}?do=embed" if url[0] == "/" else url, quoted=quoted)

    def _inline(self, inline: Any) -> tuple[Any, ...] | None:
        match inline:
            case Link(url, text):
                return "link", url, text
            case Mention(member):
                return "mention", self.base + member.path, inline.words, None, member.member_id
        return None

    def _row(
        self, kind: str, url: str | None, text: str | None = None, file: int | None = None, who: int | None = None,
        *, quoted: bool,
    ) -> dict[str, Any]:  # fmt: skip
        row = {"kind": kind, "text": text, "in_quote": quoted, "attachment_id": file, "mentioned_author_id": who}
        host = urlsplit(url or self.base).hostname
        return row | {"domain": host} | ({"url": url} if url else {})  # where files lie is the skin's affair

    def _polls(self) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        for thread in self.forum.threads:
            for q, (question, options) in enumerate(thread.poll.questions if thread.poll else []):
                for o, (option, votes) in enumerate(options):
                    key = (self.site, thread.thread_id, q, o)
                    yield key, {"question": question, "option": option, "votes": votes}

    def _authors(self, posts: Iterable[Post]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        times: dict[Member, list[datetime]] = {}
        for post in posts:
            if isinstance(post.author, Member):
                times.setdefault(post.author, []).append(post.created_at)
        for member, at in times.items():
            yield (
                (self.site, member.member_id),
                {
                    "author_name": member.name,
                    "known_names": [member.name],
                    "n_posts_seen": len(at),
                    "first_post_at": min(at),
                    "last_post_at": max(at),
                },
            )
