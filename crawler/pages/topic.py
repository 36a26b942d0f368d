"""A page of a thread."""

from __future__ import annotations

from crawler.items import FORUM_POST, ErrorPage, PostSeen, TopicPage
from crawler.pages.document import Document
from crawler.pages.feed import Feed, read_feed
from crawler.pages.fields import fallbacks
from crawler.pages.layout import Layout, layout_of
from crawler.pages.loss import loss
from crawler.pages.pager import current_page, paging_style
from crawler.pages.post import SOURCES, PostContext, content_class_of, read_post
from crawler.pages.thread import FIELDS, OTHERS, THREAD_ID, read_thread
from crawler.pages.tree import with_attribute
from crawler.pages.urls import item_of, on_host_of, pages_url

_FIRST = {field.name: field.sources[0][0] for field in FIELDS} | {
    name: names[0] for name, names in (OTHERS | SOURCES).items()
}
_OPTIONAL = frozenset({"thread.tags", "post.edited_at", "post.edited_by", "post.n_reactions"}) | OTHERS.keys()
"""Fields that many pages rightly lack: their absence is no fallback."""


def is_topic(document: Document) -> bool:
    """True for a page with the markers of a thread, whether or not it has posts."""
    if document.page_data.get("controller") == "topic":
        return True
    if document.containers:
        return True
    feeds = with_attribute(document.root, "data-feedid", None, "div", "section", "main")
    return any((feed.get("data-feedid") or "").startswith("topic-") for feed in feeds)


def read_topic(document: Document, status: int) -> TopicPage | ErrorPage:
    """All that the page says, or an `ErrorPage`: ``no_posts``, ``lost_posts``, ``unreadable``."""
    layout = layout_of(document)
    page = _read(document, layout)
    if isinstance(page, TopicPage):
        return page
    kind, detail = page
    return ErrorPage(
        url=document.url, layout=layout.name, repairs=document.repairs, kind=kind, status=status, detail=detail
    )


def _read(document: Document, layout: Layout) -> TopicPage | tuple[str, str]:
    """The page, or kind and cause of an error."""
    lost = loss(document)
    if lost is not None:
        return "lost_posts", lost
    asked = item_of(document.url)
    page = current_page(document, asked[2] if asked else 1, "thread")
    context = PostContext(document, layout, THREAD_ID.read(document), page)
    feed = read_feed(document, layout, context.thread_id)
    if feed.doubtful:
        return "lost_posts", f"posts inside another post: {feed.doubtful[:9]}"
    posts = _posts(feed, context)
    odd = document.repairs.keys() & {"forged_post", "contradictory_post"}
    lost = loss(document, exact=True) if odd else None
    if lost is not None:
        return "lost_posts", lost
    if not posts:
        return "unreadable" if feed.posts else "no_posts", "topic markers and no post"
    if context.thread_id is None:
        return "unreadable", "nothing on the page tells the thread's number"
    content_class = content_class_of(document, feed.posts) or FORUM_POST
    thread = read_thread(document, context.thread_id, content_class, page, len(posts))
    is_unread = thread.has_poll and not thread.polls
    optional = _OPTIONAL - {"thread.polls"} if is_unread else _OPTIONAL
    return TopicPage(
        url=document.url,
        layout=layout.name,
        fallbacks=fallbacks(document.answers, _FIRST | dict(layout.first), optional),
        repairs=document.repairs,
        pages_url=pages_url(on_host_of(document.url, thread.url or document.url), paging_style(document)),
        thread=thread,
        posts=_distinct(posts, document),
    )


def _posts(feed: Feed, context: PostContext) -> list[PostSeen]:
    context.document.repair("forged_post", feed.n_forged)
    read = (read_post(container, i, context) for i, container in enumerate(feed.posts))
    return [post for post in read if post is not None]


def _distinct(posts: list[PostSeen], document: Document) -> list[PostSeen]:
    """Each post once: the first of several containers with one number is the post."""
    kept: dict[int, PostSeen] = {}
    for post in posts:
        if post.post_id in kept:
            document.repair("duplicate_post")
        else:
            kept[post.post_id] = post
    return list(kept.values())
