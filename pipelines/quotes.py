"""Thread stage: quotes and what they quote.

A quote is resolved by the first rule that answers: by the number that its markup names, by author and time, by author
and words (`pipelines.linking.rules`). What the check of a number finds is said, never used to relink in silence. A
quote that no rule resolves stays a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from crawler.items import FORUM_POST, PostSeen, Quote, QuoteSeen, ThreadSeen
from crawler.items.history import PageReading, PostKey, ThreadHistory, ThreadKey
from pipelines.linking.compare import Target, author_agrees, changed, find_version, target_of
from pipelines.linking.search import Search
from pipelines.linking.thread import ThreadPosts
from pipelines.presence import states_of, whole_readings
from pipelines.versions import PostHistory, gather, known_names, track_versions

LINKER_VERSION = 2
"""Raised when the same quotes give other links than before."""

CONFIDENCE = {
    "verified": 1.0,
    "unchecked": 0.99,
    "text_conflict": 0.9,
    "author_conflict": 0.5,
    "explicit_id_unseen": 0.99,
    "author_time": 0.99,
    "author_exact": 0.995,
    "author_shingle": 0.98,
    "author_partial": 0.95,
}
"""Confidence of a link by its method; of an explicit one by what its check found. Defaults, for sites that have too few
explicit quotes to measure it on (`pipelines.calibration`)."""

FindPost = Callable[[PostKey], ThreadHistory | None]
"""Looks a post up wherever it was read: the history of its thread, or as much of it as concerns the post."""


def link_thread(
    posts: Iterable[PostSeen], *, site: str = "unknown", thread_id: int = 0, content_class: str = FORUM_POST
) -> list[Quote]:
    """Link the quotes of a thread's posts, as they were read from its pages; no store is needed.

    ``posts`` are those of `TopicPage.posts`, of one page or of several; a post that comes again is a later reading of
    it. The rows are those of the table `quotes`, in the order of posts and quotes; ``site``, ``thread_id`` and
    ``content_class`` are what they say of themselves. Pure: a post that is not among ``posts`` is ``unseen``.

    >>> from crawler.pages import parse
    >>> def post(number, author, body):
    ...     data = f'{{"username": "{author}", "contentcommentid": {number}, "contentid": 7}}'
    ...     return (f"<article id='elComment_{number}'><div data-commentid='{number}' data-quotedata='{data}'>"
    ...             f"<div data-role='commentContent'>{body}</div></div></article>")
    >>> said = "<p>The gates were painted twice.</p>"
    >>> answer = f"<blockquote class='ipsQuote' data-ipsquote-username='Ann'>{said}</blockquote><p>Who paid?</p>"
    >>> html = f"<html><body>{post(1, 'Ann', said)}{post(2, 'Ben', answer)}</body></html>"
    >>> page = parse(html.encode(), "https://forum.example/topic/7-gates/")
    >>> [quote] = link_thread(page.posts, thread_id=7)
    >>> quote.post_id, quote.target_post_id, quote.method
    (2, 1, 'author_exact')
    """
    key = ThreadKey(site, content_class, thread_id)
    history = ThreadHistory(key=key, pages=list(_readings(posts, key)))
    found = gather(history)
    for post in found:
        post.versions = track_versions(post, key)
    return link_history(key, found, {})


def _readings(posts: Iterable[PostSeen], key: ThreadKey) -> Iterator[PageReading]:
    """The posts in readings of the thread, in none of which a post stands twice."""
    readings: list[dict[int, PostSeen]] = []
    for post in posts:
        reading = next((one for one in readings if post.post_id not in one), None)
        if reading is None:
            readings.append(reading := {})
        reading[post.post_id] = post
    thread = ThreadSeen(content_class=key.content_class, thread_id=key.thread_id, page=1, n_pages=None)
    for number, reading in enumerate(readings, 1):
        at = datetime.fromtimestamp(number, UTC)  # one after the other; the time itself is nowhere seen
        yield PageReading(fetch_id=number, run_id=0, fetched_at=at, thread=thread, posts=list(reading.values()))


def link_history(
    key: ThreadKey,
    posts: Sequence[PostHistory],
    states: Mapping[int, str],
    confidence: Mapping[str, float] = CONFIDENCE,
) -> list[Quote]:
    """Rows for all quotes of a thread's posts, in the order of posts and quotes.

    ``states`` gives ``missing`` for posts that are gone, ``confidence`` that of a method where it is not the default.
    Pure: a post quoted from another thread stays ``unseen`` here and is joined by `join_elsewhere`.
    """
    if not any(post.current.body.quotes for post in posts):
        return []
    return _Linker(key, posts, states, confidence).rows()


class _Linker:
    """One thread while it is linked."""

    def __init__(
        self,
        key: ThreadKey,
        posts: Sequence[PostHistory],
        states: Mapping[int, str],
        confidence: Mapping[str, float],
    ) -> None:
        self._key, self._posts, self._states = key, posts, states
        self._confidence = {**CONFIDENCE, **confidence}
        self._thread = ThreadPosts(posts)
        self._targets: dict[int, Target] = {}
        self._made: dict[int, list[Quote]] = {}

    def rows(self) -> list[Quote]:
        """All rows. Those without a number come last, and the older first: a quote within a quote leans on it."""
        for post in self._posts:
            self._made[post.post_id] = [self._explicit(post, quote) for quote in post.current.body.quotes]
        search = Search(self._thread, self._made)
        for rank, place in search.open:
            self._by_words(search, self._thread.posts[rank], place)
        return [row for post in self._posts for row in self._made[post.post_id]]

    def _explicit(self, post: PostHistory, quote: QuoteSeen) -> Quote:
        row = _row(self._key, post.post_id, quote)
        if quote.cited_post_id is None:
            return row
        here = quote.cited_class in {None, self._key.content_class} and quote.cited_post_id in self._thread.rank
        if here:
            check_explicit(row, self._target(quote.cited_post_id), post.current.created_at, self._confidence)
            return row
        row.target_post_id, row.target_thread_id = quote.cited_post_id, quote.cited_thread_id
        row.target_state, row.method = "unseen", "explicit_id_unseen"
        row.confidence = self._confidence["explicit_id_unseen"]
        return row

    def _by_words(self, search: Search, post: PostHistory, place: int) -> None:
        row = self._made[post.post_id][place]
        found = search.find(post.post_id, place)
        if found is None:
            return
        if found.rank is None or row.cited_post_id is not None:
            hint = self._thread.posts[found.hint].post_id
            row.candidate_post_id, row.n_candidates = (hint, found.n_candidates) if hint != row.target_post_id else (
                None, None
            )  # fmt: skip
            return
        target = self._target(self._thread.posts[found.rank].post_id)
        row.method, row.n_candidates = found.method, found.n_candidates
        row.confidence = self._confidence[found.method]
        _point(row, target, found.words, post.current.created_at)

    def _target(self, post_id: int) -> Target:
        if (target := self._targets.get(post_id)) is None:
            post = self._thread.posts[self._thread.rank[post_id]]
            target = target_of(post, self._key.thread_id, self._states, self._thread.names)
            self._targets[post_id] = target
        return target


def join_elsewhere(
    rows: Sequence[Quote],
    find: FindPost,
    written: Mapping[int, datetime | None],
    confidence: Mapping[str, float] = CONFIDENCE,
) -> None:
    """Resolve, in place, quotes of posts in other threads by their number.

    ``written`` gives the time of each quoting post of the thread.
    """
    found: dict[PostKey, Target | None] = {}
    for row in rows:
        if row.target_state != "unseen" or row.cited_post_id is None:
            continue
        key = PostKey(row.site, row.cited_class or row.content_class, row.cited_post_id)
        if key not in found:
            found[key] = _look_up(key, find)
        target = found[key]
        if target is not None:
            check_explicit(row, target, written.get(row.post_id), {**CONFIDENCE, **confidence})


def _look_up(key: PostKey, find: FindPost) -> Target | None:
    history = find(key)
    if history is None:
        return None
    posts = gather(history)
    post = next((post for post in posts if post.post_id == key.post_id), None)
    if post is None:
        return None
    states = states_of([post], whole_readings(history))
    return target_of(post, history.key.thread_id, states, known_names(posts))


def check_explicit(row: Quote, target: Target, written: datetime | None, confidence: Mapping[str, float]) -> None:
    """Link by number, in place, and check against author and text."""
    text_agrees = _point(row, target, row.quoted_text, written)
    row.method = "explicit_id"
    row.id_check = _verdict(author_agrees(row, target), text_agrees)
    row.confidence = confidence[row.id_check]


def _point(row: Quote, target: Target, text: str | None, written: datetime | None) -> bool | None:
    """Point a row at its target, in place; whether the words agree."""
    row.target_post_id, row.target_thread_id, row.target_state = target.post_id, target.thread_id, target.state
    row.target_version, agrees = find_version(text, target, written)
    row.is_truncated, row.is_altered = changed(text, target, row.target_version)
    return agrees


def _verdict(author_agrees: bool | None, text_agrees: bool | None) -> str:
    if author_agrees is False:
        return "author_conflict"
    if text_agrees is False:
        return "text_conflict"
    return "verified" if author_agrees or text_agrees else "unchecked"


def _row(key: ThreadKey, post_id: int, quote: QuoteSeen) -> Quote:
    return Quote(
        site=key.site,
        content_class=key.content_class,
        post_id=post_id,
        quote_index=quote.quote_index,
        parent_quote_index=quote.parent_quote_index,
        depth=quote.depth,
        quoted_text=quote.quoted_text,
        cited_author_name=quote.cited_author_name,
        cited_author_id=quote.cited_author_id,
        cited_at=quote.cited_at,
        cited_post_id=quote.cited_post_id,
        cited_thread_id=quote.cited_thread_id,
        cited_class=quote.cited_class,
        target_post_id=None,
        target_thread_id=None,
        target_version=None,
        target_state="unresolved",
        method=None,
        confidence=None,
        candidate_post_id=None,
        n_candidates=None,
        id_check="unchecked",
        is_truncated=None,
        is_altered=None,
        linker_version=LINKER_VERSION,
    )
