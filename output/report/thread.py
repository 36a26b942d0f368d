"""A thread as its page shows it: posts in order, what they quote and are quoted by, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from markupsafe import Markup

from crawler.items import Post
from output.manifest import Gap
from output.report.article import Article, article_of
from output.report.body import Bodies, Cited, plain, web_address
from output.report.history import Diff, History, history_of
from output.report.outline import outline
from output.report.page import day, time_of
from output.report.places import POSTS_A_FILE, Places, ThreadKey, post_mark, thread_mark
from output.report.quotes import Link, Linker
from output.report.shelf import Row, Shelf

_OPENING = 140  # characters of a post in the outline
_GONE = ("missing", "removed")


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as it is shown. ``gap`` says what is missing before it; ``gone`` when it went, where it has."""

    row: Post
    mark: str
    label: str
    author: str
    url: str | None
    body: Markup
    article: Article | None
    history: History | None
    quoted_by: list[Link]
    reactions: list[Row]
    gap: str | None
    gone: tuple[datetime | None, datetime | None] | None
    opening: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the outline."""

    post: PostView
    depth: int
    answers: Link | None


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread as it is shown, or one file of a long one: ``part`` of ``parts``, from 1."""

    at: str
    title: str
    mark: str
    row: Row
    url: str | None
    posts: list[PostView]
    lines: list[Line]
    polls: list[tuple[str, list[Row]]]
    gaps: list[str]
    events: list[Row]
    n_posts: int
    n_authors: int
    part: int
    parts: list[str]

    @property
    def article(self) -> Article | None:
        """The article that it is about."""
        return next((post.article for post in self.posts if post.article is not None), None)

    @property
    def authors(self) -> list[tuple[str, int]]:
        """Who wrote on this page, and how many posts: the busiest first."""
        counts: dict[str, int] = {}
        for post in self.posts:
            counts[post.author] = counts.get(post.author, 0) + 1
        return sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold()))


class Reader:
    """Makes the views of a dataset's threads. ``gaps`` are those that the manifest tells of."""

    def __init__(self, shelf: Shelf, places: Places, bodies: Bodies, diff: Diff, gaps: Sequence[Gap]) -> None:
        self._shelf, self._places, self._bodies, self._diff = shelf, places, bodies, diff
        self._gaps: dict[tuple[str | None, int | None], list[Gap]] = {}
        for gap in gaps:
            if gap.what != "listing_page":
                self._gaps.setdefault((gap.site, gap.id), []).append(gap)

    def views(self, key: ThreadKey, posts: Sequence[Post]) -> Iterator[ThreadView]:
        """The thread, a file after the other."""
        rows = self._shelf.of("threads", key, key.thread_id)
        thread = rows[0] if rows else {}
        gaps = self._gaps.get((key.site, key.thread_id), [])
        events = self._shelf.of("events", key, key.thread_id)
        files = [self._places.file(key, rank) for rank in range(0, len(posts), POSTS_A_FILE)]
        holes = _holes(posts, thread, gaps)
        for part, at in enumerate(files):
            chosen = posts[part * POSTS_A_FILE : (part + 1) * POSTS_A_FILE]
            linker = Linker(self._shelf, self._places, at, key)
            made = [self._post(post, linker, events, holes.get(post.post_id)) for post in chosen]
            yield ThreadView(
                at=at,
                title=thread.get("title") or f"Thread {key.thread_id}",
                mark=thread_mark(key.thread_id),
                row=thread,
                url=web_address(thread.get("url")),
                posts=made,
                lines=_lines(made, linker),
                polls=_polls(self._shelf.of("polls", key, key.thread_id)) if part == 0 else [],
                gaps=_said(gaps, thread, posts),
                events=[event for event in events if event["post_id"] is None],
                n_posts=len(posts),
                n_authors=len({post.author_id or post.author_name for post in posts}),
                part=part + 1,
                parts=[self._places.link(at, file) for file in files],
            )

    def _post(self, post: Post, linker: Linker, events: Sequence[Row], gap: str | None) -> PostView:
        key = linker.thread
        own = {
            name: self._shelf.of(name, key, post.post_id) for name in ("quotes", "articles", "versions", "reactions")
        }
        quotes = {row["quote_index"]: row for row in own["quotes"]}
        spans = self._shelf.of("article_spans", key, post.post_id) if own["articles"] else []
        images = self._bodies.images(post.html, post.url) if own["articles"] else []
        return PostView(
            row=post,
            mark=post_mark(post.post_id),
            label=f"#{post.position}" if post.position is not None else day(post.created_at) or "?",
            author=post.author_name or "Guest",
            url=web_address(post.url),
            body=self._body(post, quotes, linker),
            article=article_of(own["articles"], spans, post.text, images),
            history=history_of(own["versions"], self._diff),
            quoted_by=linker.quoting(post.post_id),
            reactions=own["reactions"],
            gap=gap,
            gone=_gone(post, events),
            opening=" ".join((post.text or post.full_text or "")[: 4 * _OPENING].split())[:_OPENING],
        )

    def _body(self, post: Post, quotes: dict[int, Row], linker: Linker) -> Markup:
        cited = [Cited(index, row["cited_post_id"]) for index, row in quotes.items()]
        body = self._bodies.body(post.html, post.url, cited, lambda index: linker.cite(quotes[index]))
        return body if body is not None else plain(post.full_text)


def _lines(posts: Sequence[PostView], linker: Linker) -> list[Line]:
    by_id = {post.row.post_id: post for post in posts}
    parents = {number: post.row.reply_to_post_id for number, post in by_id.items()}
    return [
        Line(by_id[number], depth, None if depth else linker.post(parents[number]))
        for number, depth in outline(parents, list(by_id))
    ]


def _gone(post: Post, events: Sequence[Row]) -> tuple[datetime | None, datetime | None] | None:
    """The bounds between which a post went; None for one that is there."""
    if post.status not in _GONE:
        return None
    first = next((e for e in events if e["post_id"] == post.post_id and e["event"] == "missing"), None)
    if first is None:
        return (post.last_seen_at, None)
    return (time_of(first["changed_after"]), time_of(first["changed_before"]))


def _holes(posts: Sequence[Post], thread: Row, gaps: Sequence[Gap]) -> dict[int, str]:
    """Which posts have unread pages before them, and why these were not read."""
    reasons = {gap.page: gap.reason for gap in gaps if gap.page is not None}
    there = {post.page for post in posts if post.page is not None}
    found: dict[int, str] = {}
    read = 0
    for post in posts:
        if post.page is None or post.status in _GONE or post.page <= read:
            continue
        lost = [page for page in range(read + 1, post.page) if page not in there]
        if lost and post.page <= (thread.get("n_pages") or post.page):
            reason = next((reasons[page] for page in lost if reasons.get(page)), None)
            pages = f"Page {lost[0]}" if len(lost) == 1 else f"Pages {lost[0]} to {lost[-1]}"
            found[post.post_id] = f"{pages} of the thread {'was' if len(lost) == 1 else 'were'} not read" + (
                f": {reason}" if reason else ""
            )
        read = post.page
    return found


def _said(gaps: Sequence[Gap], thread: Row, posts: Sequence[Post]) -> list[str]:
    """What the thread lacks, in sentences."""
    said = [f"Page {gap.page}: {gap.reason}" if gap.page is not None else str(gap.reason) for gap in gaps if gap.reason]
    declared, seen = thread.get("n_posts_declared"), sum(post.status == "active" for post in posts)
    if declared is not None and seen < declared:
        said.insert(0, f"{seen:,} of {declared:,} posts were read")
    return said


def _polls(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    groups = groupby(rows, lambda row: (row["question_index"], row["question"]))
    return [(question or "Poll", list(options)) for (_, question), options in groups]
