"""Thread stage: the rows of posts, links and reactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crawler.items import TEXT_DUMP, Link, Post, Quote, Reaction
from crawler.items.history import ThreadKey
from pipelines.versions import PostHistory


def post_row(
    key: ThreadKey, post: PostHistory, *, thread_url: str | None, status: str, position: int | None, n_quotes: int
) -> Post:
    """The row of one post, in its newest version; reply columns are filled by `link_replies`."""
    seen, last = post.current, post.last
    body = seen.body
    return Post(
        site=key.site,
        content_class=key.content_class,
        post_id=post.post_id,
        thread_id=key.thread_id,
        position=position,
        page=last.page,
        is_first_post=seen.is_first_post,
        status=status,
        author_id=seen.author_id,
        author_name=seen.author_name,
        author_group=seen.author_group,
        author_is_guest=seen.author_id is None and key.content_class != TEXT_DUMP,
        created_at=seen.created_at,
        edited_at=seen.edited_at,
        edited_by=seen.edited_by,
        edit_reason=seen.edit_reason,
        n_versions=len(post.versions),
        text=body.text,
        full_text=body.full_text,
        html=body.html,
        reply_to_post_id=None,
        reply_method=None,
        reply_confidence=None,
        n_quotes=n_quotes,
        n_reactions=seen.n_reactions,
        is_quote_only=n_quotes > 0 and body.text is None,
        url=post_url(thread_url, last.page, post.post_id),
        first_seen_at=min(post.sightings[0].fetched_at, last.fetched_at),  # a clock may have been wrong
        last_seen_at=last.fetched_at,
    )


def post_url(thread_url: str | None, page: int, post_id: int) -> str:
    """The address of a post: its page and an anchor, as a reader can open it without any ``?do=`` request."""
    where = (thread_url or "").rstrip("/")
    return f"{where}/page/{page}/#comment-{post_id}" if page > 1 else f"{where}/#comment-{post_id}"


def link_replies(posts: Sequence[Post], quotes: Sequence[Quote]) -> None:
    """Fill the reply columns, in place: the first top-level quote that has a target in the same thread."""
    by_number = {post.post_id: post for post in posts}
    for quote in quotes:
        post = by_number[quote.post_id]
        inside = quote.target_state in {"seen", "missing"} and quote.target_thread_id == post.thread_id
        if quote.depth == 0 and inside and quote.target_post_id in by_number and post.reply_to_post_id is None:
            post.reply_to_post_id = quote.target_post_id
            post.reply_method, post.reply_confidence = quote.method, quote.confidence


def link_rows(key: ThreadKey, post: PostHistory) -> list[Link]:
    """Links of a post's newest version."""
    return [
        Link(
            site=key.site,
            content_class=key.content_class,
            post_id=post.post_id,
            link_index=link.link_index,
            kind=link.kind,
            url=link.url,
            text=link.text,
            domain=link.domain,
            in_quote=link.in_quote,
            attachment_id=link.attachment_id,
            mentioned_author_id=link.mentioned_author_id,
        )
        for link in post.current.body.links
    ]


def reaction_rows(key: ThreadKey, post: PostHistory) -> list[Reaction]:
    """Reactions as last seen."""
    return [
        Reaction(site=key.site, content_class=key.content_class, post_id=post.post_id, reaction=name, count=count)
        for name, count in post.current.reactions
    ]


def one_first_post(posts: Sequence[Post], positions: Mapping[int, int]) -> None:
    """A thread starts once: of several first posts the foremost that is still there counts, else the one seen last."""
    firsts = [post for post in posts if post.is_first_post]
    active = [post for post in firsts if post.post_id in positions]
    if active:
        firsts.remove(min(active, key=lambda post: positions[post.post_id]))
    elif firsts:
        firsts.remove(max(firsts, key=lambda post: (post.last_seen_at, post.post_id)))
    for post in firsts:
        post.is_first_post = False
