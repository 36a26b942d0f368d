"""What each column of each table may give away; the profiles go by this.

A column without a role stops the packing: what nobody thought about is never published by accident.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from crawler.items import TABLES, Column, Table
from output.pack.errors import PackError

Role: TypeAlias = Literal[
    "keep",  # a fact that leads to nobody by itself: counts, times, states, indices
    "site",  # the site's name
    "post_id",
    "thread_id",
    "forum_id",
    "author_id",
    "attachment_id",
    "cluster_id",  # numbers of the live site, or made of them
    "name",  # a member's name, and nothing else
    "prose",  # words that somebody wrote
    "own",  # a post's own words: prose that may be an article's, or recovered from quotes
    "quoted",  # the words of a quote
    "value",  # a title or a name, by the kind of event
    "label",  # the text of a link: words, or the name in a mention
    "article",  # words of an article, which are another's
    "hash",  # made of words or numbers
    "html",
    "url",
    "look",  # tells of our own looking: numbers that mean something within one crawl folder only
]
ROLES: Final = frozenset(get_args(Role))
IDS: Final = frozenset({"post_id", "thread_id", "forum_id", "author_id", "attachment_id", "cluster_id"})
TEXTS: Final = frozenset({"prose", "own", "quoted", "value", "label", "article"})
"""Roles in which somebody's words stand."""

LEFT_OUT: Final = frozenset({"fetches", "runs"})
"""Tables that no pack has: they are a log, of addresses. What counts in them is in the manifest and the card."""

CHANGE: Final = "change"
"""The column that tables of changes have beside those of the table: our own word for what happened."""

_POST: Final[dict[str, Role]] = {"site": "site", "content_class": "keep", "post_id": "post_id"}
_WORDS: Final[dict[str, Role]] = {"text": "own", "full_text": "own", "html": "html"}
_EDIT: Final[dict[str, Role]] = {"edited_at": "keep", "edited_by": "name", "edit_reason": "prose"}


def _all(role: Role, names: str) -> dict[str, Role]:
    return dict.fromkeys(names.split(), role)


ROLE: Final[dict[str, dict[str, Role]]] = {
    "forums": {
        "site": "site",
        **_all("forum_id", "forum_id parent_forum_id"),
        "name": "prose",
        "url": "url",
        **_all("keep", "n_threads_declared n_threads_seen complete last_seen_at"),
    },
    "threads": {
        **_all("site", "site"),
        **_all("thread_id", "thread_id moved_to_thread_id"),
        "forum_id": "forum_id",
        **_all("prose", "forum_path title tags"),
        "url": "url",
        "author_id": "author_id",
        "author_name": "name",
        **_all("keep", "content_class created_at last_post_at n_posts_declared n_posts_seen n_pages n_views is_pinned"),
        **_all("keep", "is_locked is_solved has_poll status complete first_seen_at last_seen_at"),
    },
    "posts": {
        **_POST,
        "thread_id": "thread_id",
        "author_id": "author_id",
        "author_name": "name",
        "author_group": "prose",
        **_EDIT,
        **_WORDS,
        "reply_to_post_id": "post_id",
        "url": "url",
        **_all("keep", "position page is_first_post status author_is_guest created_at n_versions reply_method"),
        **_all("keep", "reply_confidence n_quotes n_reactions is_quote_only first_seen_at last_seen_at"),
    },
    "versions": {
        **_POST,
        **_WORDS,
        **_EDIT,
        "text_hash": "hash",
        **_all("keep", "version is_current source parser_version observed_from observed_to"),
    },
    "quotes": {
        **_POST,
        **_all("post_id", "cited_post_id target_post_id candidate_post_id"),
        **_all("thread_id", "cited_thread_id target_thread_id"),
        "cited_author_id": "author_id",
        "cited_author_name": "name",
        "quoted_text": "quoted",
        **_all("keep", "quote_index parent_quote_index depth cited_at cited_class target_version target_state method"),
        **_all("keep", "confidence n_candidates id_check is_truncated is_altered linker_version"),
    },
    "events": {
        **_POST,
        **_all("thread_id", "thread_id other_thread_id"),
        "actor_name": "name",
        "reason": "prose",
        **_all("value", "from_value to_value"),
        **_all("keep", "event changed_before changed_after from_version to_version evidence"),
        "run_id": "look",
    },
    "articles": {
        **_POST,
        "thread_id": "thread_id",
        **_all("prose", "headline byline dateline_place agency reporting editing copyright_line"),
        **_all("article", "captions section_headings body_text"),
        "source_url": "url",
        "published_on": "keep",
    },
    "article_spans": {**_POST, **_all("keep", "field index start end confidence")},
    "links": {
        **_POST,
        "url": "url",
        "text": "label",
        "attachment_id": "attachment_id",
        "mentioned_author_id": "author_id",
        "domain": "prose",
        **_all("keep", "link_index kind in_quote"),
    },
    "authors": {
        "site": "site",
        "author_id": "author_id",
        **_all("name", "author_name known_names"),
        "author_group": "prose",
        **_all("keep", "n_posts_seen first_post_at last_post_at"),
    },
    "reactions": {**_POST, "reaction": "prose", "count": "keep"},
    "polls": {
        "site": "site",
        "thread_id": "thread_id",
        **_all("keep", "question_index option_index votes"),
        **_all("prose", "question option"),
    },
    "reposts": {**_POST, "cluster_id": "cluster_id", **_all("keep", "similarity method")},
}


def role(table: Table, column: Column) -> Role:
    """The role of a column. Raises :class:`PackError` for one that was given none."""
    if column.name == CHANGE:
        return "keep"
    try:
        return ROLE[table.name][column.name]
    except KeyError:
        raise PackError(
            f"{table.name}.{column.name} has no role, so nobody has said whether it may be handed over",
            "give it one in output/pack/roles.py",
        ) from None


def pack_tables() -> list[Table]:
    """The tables that a pack may have, in the order of the documentation."""
    return [table for name, table in TABLES.items() if name not in LEFT_OUT]
