"""Pages without what is forgotten, before anything of them is stored; and answers that must not be archived."""

from __future__ import annotations

from dataclasses import replace

from crawler.archive.content import BodyError, content
from crawler.forget.bodies import redact_body
from crawler.forget.forgotten import Forgotten
from crawler.forget.marks import names_number, names_somebody, without_names
from crawler.forget.words import readings, windows
from crawler.items import ErrorPage, ForumPage, ListingRow, PageItem, PageRef, PostSeen, Received, Redirect, TopicPage
from crawler.pages import item_of
from pipelines.linking.text import tokens

FORGOTTEN = "forgotten"
"""The detail of a page in the place of which nothing is entered."""


class Redactor:
    """What the list of a folder means for pages and answers."""

    def __init__(self, forgotten: Forgotten) -> None:
        self.forgotten = forgotten
        self.is_idle = forgotten.empty

    def unwanted(self, ref: PageRef) -> bool:
        """True for a page that must not be asked for."""
        forgotten = self.forgotten
        return forgotten.site(ref.site) or (ref.kind == "topic" and forgotten.thread(ref.site, ref.item_id))

    def page(self, page: PageItem) -> tuple[PageItem, bool]:
        """The page without it, and whether there was anything of it. ``page.ref`` is set.

        A thread that is forgotten, or that leads to one that is, is an `ErrorPage` as of a thread that is gone.
        """
        ref = page.ref
        if self.is_idle or ref is None:
            return page, False
        if self._is_forgotten(page, ref):
            return _nothing(page), True
        page.found = [found for found in page.found if not self.unwanted(found)]
        if isinstance(page, TopicPage):
            return page, self._topic(page, ref.site)
        if isinstance(page, ForumPage):
            return page, self._forum(page, ref.site)
        return page, False

    def tells(self, received: Received, site: str) -> bool:
        """True for an answer that may hold something forgotten: it is not archived. Rather once too often."""
        if self.is_idle:
            return False
        headers = {name.lower(): value for name, value in received.headers}
        try:
            body = content(received.body, headers)
        except BodyError:
            return True  # what cannot be read cannot be vouched for
        return self.tells_text(site, received.url, " ".join(headers.values()), body.decode("utf-8", "replace"))

    def tells_text(self, site: str, url: str, *texts: str) -> bool:
        """The same of an address and of text, HTML or not."""
        forgotten = self.forgotten
        item = item_of(url)
        if forgotten.site(site) or (item is not None and item[0] == "topic" and forgotten.thread(site, item[1])):
            return True
        return any(self._reads(site, reading) for text in (url, *texts) for reading in readings(text))

    def _reads(self, site: str, text: str) -> bool:
        forgotten = self.forgotten
        if names_number(forgotten, site, text) or names_somebody(forgotten, site, text):
            return True
        lengths = forgotten.lengths["words"]
        words = tokens(text) if lengths else ()
        return any(forgotten.words(site, run) for length in lengths for run in windows(words, length))

    # Pages -----------------------------------------------------------------------------------------------------------

    def _is_forgotten(self, page: PageItem, ref: PageRef) -> bool:
        if self.unwanted(ref):
            return True
        if isinstance(page, TopicPage):
            return self.forgotten.thread(ref.site, page.thread.thread_id)
        return isinstance(page, Redirect) and any(self.unwanted(found) for found in page.found)

    def _topic(self, page: TopicPage, site: str) -> bool:
        thread, posts = page.thread, []
        changed = False
        for post in page.posts:
            if self.is_forgotten_post(site, post):
                page.forgotten.append(self.forgotten.token(site, post.post_id))
                if post.is_first_post:
                    thread.polls = []
            else:
                kept = self._post(site, thread.content_class, post, page.url)
                changed |= kept is not post
                posts.append(kept)
        page.posts = posts
        if self.forgotten.author(site, thread.author_id, thread.author_name):
            thread.author_id = thread.author_name = None
            changed = True
        title = self.text(site, thread.title)
        changed |= title != thread.title
        thread.title = title
        return changed or bool(page.forgotten)

    def is_forgotten_post(self, site: str, post: PostSeen) -> bool:
        """True for a post that must not be entered."""
        return self.forgotten.post(site, post.post_id) or self.forgotten.author(site, post.author_id, post.author_name)

    def _post(self, site: str, content_class: str, post: PostSeen, base: str) -> PostSeen:
        found = redact_body(self.forgotten, site, content_class, post.body, base)
        edited_by = None if self.forgotten.name(site, post.edited_by) else post.edited_by
        reason = self.text(site, post.edit_reason)
        if found is None and (edited_by, reason) == (post.edited_by, post.edit_reason):
            return post
        return replace(post, edited_by=edited_by, edit_reason=reason, body=post.body if found is None else found.body)

    def text(self, site: str, text: str | None) -> str | None:
        """Text without names of somebody forgotten."""
        return without_names(self.forgotten, site, text) if text else text

    def _forum(self, page: ForumPage, site: str) -> bool:
        rows = [self.row(site, row) for row in page.rows]
        changed = any(fresh is not row for fresh, row in zip(rows, page.rows, strict=True))
        page.rows = [row for row in rows if row is not None]
        return changed

    def row(self, site: str, row: ListingRow) -> ListingRow | None:
        """A row of a listing without it; ``None`` for one of a thread that is forgotten."""
        forgotten = self.forgotten
        if forgotten.thread(site, row.thread_id) or forgotten.thread(site, row.moved_to_thread_id):
            return None
        title = self.text(site, row.title)
        if forgotten.author(site, row.author_id, row.author_name):
            return replace(row, author_id=None, author_name=None, title=title)
        return row if title == row.title else replace(row, title=title)


def _nothing(page: PageItem) -> ErrorPage:
    if page.fetch is not None:
        page.fetch.body_sha256 = None
    return ErrorPage(
        url=page.url, kind="gone", status=page.fetch.status if page.fetch else None, detail=FORGOTTEN, ref=page.ref,
        fetch=page.fetch,
    )  # fmt: skip
