"""All rows of one thread out of all that was observed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from crawler.items import Event
from crawler.items.history import ThreadHistory
from pipelines.article import article_rows
from pipelines.dumps import mark_guesses
from pipelines.events import distinct_events, edit_events, presence_events
from pipelines.events_thread import thread_events
from pipelines.evidence import quoted_versions
from pipelines.posts import link_replies, link_rows, one_first_post, post_row, reaction_rows
from pipelines.presence import (
    WholeReading,
    by_time,
    gone_in,
    missed,
    pages_known,
    positions,
    states_of,
    whole_readings,
)
from pipelines.quotes import CONFIDENCE, FindPost, join_elsewhere, link_history
from pipelines.rereading import Rereading, rereading
from pipelines.threads import poll_rows, thread_row
from pipelines.versions import PostHistory, gather, known_names, track_versions


@dataclass(slots=True)
class ThreadRows:
    """Rows by table, and what is to be put together with that of other threads.

    The names under which each member was seen, how many posts each run found to be gone, and how many it read again.
    """

    tables: dict[str, list[Any]]
    names: dict[int, set[str]] = field(default_factory=dict)
    gone: Counter[int] = field(default_factory=Counter)
    rereading: Rereading = field(default_factory=Rereading)


def derive(
    history: ThreadHistory,
    find: FindPost | None = None,
    confidence: Mapping[str, float] = CONFIDENCE,
    *,
    without: Collection[int] = (),
) -> ThreadRows:
    """The rows of one thread. Deterministic: neither clock nor settings, nor the order of fetching, has a say.

    ``find`` looks up posts of other threads, for quotes that reach across; without it they stay ``unseen``.
    ``confidence`` is what `pipelines.calibration` measured on the site.
    ``without`` names runs whose pages are not to be believed (`Rereading.implausible`).
    """
    key = history.key
    history = replace(
        history,
        pages=[page for page in by_time(history.pages) if page.run_id not in without],
        earlier=[page for page in history.earlier if page.run_id not in without],
        listings=sorted(history.listings, key=attrgetter("moment")),
        refusals=sorted(history.refusals),
        departures=sorted(history.departures, key=attrgetter("left_at", "post_id")),
    )
    posts = gather(history)
    for post in posts:
        post.versions = track_versions(post, key)
    readings = whole_readings(history)
    states = states_of(posts, readings)
    ranks = positions(posts, states, pages_known(history))
    quotes = link_history(key, posts, states, confidence)
    proved = quoted_versions(posts, quotes, key)
    if find is not None:
        written = {post.post_id: post.current.created_at for post in posts}
        join_elsewhere(quotes, find, written, confidence)
    mark_guesses(quotes)
    thread = thread_row(history, posts, states)
    rows = [
        post_row(
            key,
            post,
            thread_url=thread.url,
            status=states[post.post_id],
            position=ranks.get(post.post_id),
            n_quotes=len(post.current.body.quotes),
        )
        for post in posts
    ]
    one_first_post(rows, ranks)
    link_replies(rows, quotes)
    links = {post.post_id: post.current.body.links for post in posts}
    articles, spans = article_rows(key, rows, thread.title, links)
    return ThreadRows(
        tables={
            "threads": [thread],
            "posts": rows,
            "versions": [*(version for post in posts for version in post.versions), *proved],
            "quotes": quotes,
            "events": _events(history, posts, readings),
            "links": [link for post in posts if post.current.body.links for link in link_rows(key, post)],
            "reactions": [r for post in posts if post.current.reactions for r in reaction_rows(key, post)],
            "polls": poll_rows(history),
            "articles": articles,
            "article_spans": spans,
        },
        names=known_names(posts),
        gone=gone_in(posts, readings),
        rereading=rereading(posts),
    )


def _events(history: ThreadHistory, posts: Sequence[PostHistory], readings: Sequence[WholeReading]) -> list[Event]:
    gone = {post.post_id for post in missed(posts, readings)}
    seen = [post for post in posts if len(post.sightings) > 1 or post.post_id in gone]  # most: once, and still there
    found = [event for post in posts for event in edit_events(post, history.key)]
    found += [event for post in seen for event in presence_events(post, history.key, readings)]
    found += thread_events(history, readings)
    return distinct_events(found)
