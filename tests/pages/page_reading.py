"""Reading bodies and pages in tests."""

from __future__ import annotations

from lxml import etree
from page_markup import HOST, URL

from crawler.items import Body, ErrorPage, ForumPage, TopicPage, Wall
from crawler.pages import parse, read_body


def content(markup: str) -> etree._Element:
    """The element that holds a body of this markup."""
    page = f"<html><body><div data-role='commentContent'>{markup}</div></body></html>"
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    found = etree.fromstring(page.encode("utf-8", "surrogatepass"), parser).find("body/div")
    assert found is not None
    return found


def body(markup: str) -> Body:
    """A body of this markup."""
    return read_body(content(markup), f"{HOST}/topic/7-boats/")


def topic_page(page: bytes, url: str = URL, **more: object) -> TopicPage:
    """The page, which must be one of a thread."""
    found = parse(page, url, **more)  # type: ignore[arg-type]
    assert isinstance(found, TopicPage), found
    return found


def forum_page(page: bytes, url: str) -> ForumPage:
    """The page, which must be a listing."""
    found = parse(page, url)
    assert isinstance(found, ForumPage), found
    return found


def error(page: bytes, url: str = URL, **more: object) -> ErrorPage:
    """The page, which must be an error."""
    found = parse(page, url, **more)  # type: ignore[arg-type]
    assert isinstance(found, ErrorPage), found
    return found


def wall(page: bytes, url: str = URL, **more: object) -> Wall:
    """The page, which must be a wall."""
    found = parse(page, url, **more)  # type: ignore[arg-type]
    assert isinstance(found, Wall), found
    return found


def texts(page: TopicPage) -> dict[int, str | None]:
    """Own words by post."""
    return {post.post_id: post.body.text for post in page.posts}
