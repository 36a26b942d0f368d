"""The rows of `reposts`, out of the store: what says the same in several threads."""

from __future__ import annotations

from crawler.items import Repost
from crawler.store import Store
from crawler.store.texts import NewestText, newest_texts, text_of, titles
from pipelines.article import read_article
from pipelines.reposts import SHORTEST, RepostIndex, Words


def repost_rows(store: Store) -> tuple[list[Repost], dict[str, object]]:
    """The rows, and what the manifest says of them: how they were looked for.

    Of a news article its body is compared, so that another poster's caption or credit makes no difference.
    """
    index = RepostIndex(lambda content: text_of(store.db, content))
    named = titles(store.db)
    for post in newest_texts(store.db, SHORTEST):
        title = named.get((post.key.site, post.key.content_class, post.thread_id))
        start, end = _compared(post, title)
        index.add(Words(post.key, post.thread_id, post.created_at, post.content, start, end), post.text)
    rows = index.rows()
    methods = ["exact", "near"] if index.near else ["exact"]
    return rows, {"posts": len(rows), "clusters": len({row.cluster_id for row in rows}), "methods": methods}


def _compared(post: NewestText, title: str | None) -> tuple[int, int]:
    """The part of a post's text that is compared: an article from the first word of its body to the last."""
    found = read_article(post.text, title, written=post.created_at) if post.is_first_post else None
    body = [(start, end) for column, _index, start, end, _sure in found.spans if column == "body_text"] if found else []
    return (body[0][0], body[-1][1]) if body else (0, len(post.text))
