"""The demo forum with named misbehaviours.

    with MockForum(faults={"/topic/88-ferry-strike-called-off/": "hidden"}) as forum:
        forum.override(forum.path(90), "rate_limit")
        forum.override(forum.path(101, 2), fail_then_ok(2))
        forum.override(forum.path(103) + "*", "endless_next")  # every address that begins so
        forum.override("/robots.txt", Answer(404))

A fault is a function of the server and the path asked for. Paths are compared with the percent encoding undone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from crawler.demo import DemoServer, Forum, build, render
from crawler.demo.answer import Answer
from crawler.demo.render.pager import page_url, pager

Fault: TypeAlias = Callable[["MockForum", str], Answer]

DEPTH = 2050
HUGE = 999_999_999
_CONTENT = b"data-controller='core.front.core.lightboxedImages'>\n"
_ARTICLE = re.compile(rb'<a id="comment-\d+"></a>\n<article .*?</article>\n', re.DOTALL)
_NEXT = re.compile(rb'\t\t<link rel="next" href="[^"]*">\n')


class MockForum(DemoServer):
    """A demo server that misbehaves at chosen addresses."""

    def __init__(
        self,
        forum: Forum | None = None,
        faults: Mapping[str, Answer | Fault | str] | None = None,
        *,
        delay: float = 0.0,
    ) -> None:
        super().__init__(forum or build(threads_per_page=5), delay=delay)
        self._overrides: dict[str, Fault] = {}
        for path, what in (faults or {}).items():
            self.override(path, what)

    def override(self, path: str, what: Answer | Fault | str) -> None:
        """Answer a path (query included) with an answer, a fault, or a fault's name; `*` at its end is a wildcard."""
        self._overrides[unquote(path)] = _fault(what)

    def restore(self, path: str | None = None) -> None:
        """Behave again: at one path, or everywhere."""
        if path is None:
            self._overrides.clear()
        else:
            self._overrides.pop(unquote(path), None)

    def path(self, thread_id: int, page: int = 1) -> str:
        """Path of a thread's page."""
        return page_url(self.forum.thread(thread_id).path, page)

    def forum_path(self, forum_id: int, page: int = 1) -> str:
        """Path of a listing page."""
        return page_url(self.forum.board(forum_id).path, page)

    def count(self, path: str) -> int:
        """Requests of a path so far."""
        return sum(n for asked, n in self.counts().items() if unquote(asked) == unquote(path))

    def answer(self, path: str) -> Answer:
        fault = self._override_of(unquote(path))
        return fault(self, path) if fault else super().answer(path)

    def honest(self, path: str) -> Answer:
        """What would have been answered without the override."""
        return super().answer(path)

    def _override_of(self, path: str) -> Fault | None:
        if path in self._overrides:
            return self._overrides[path]
        wild = [key for key in self._overrides if key.endswith("*") and path.startswith(key[:-1])]
        return self._overrides[max(wild, key=len)] if wild else None


def _fault(what: Answer | Fault | str) -> Fault:
    if isinstance(what, Answer):
        return lambda forum, path: what
    return FAULTS[what] if isinstance(what, str) else what


# Errors and walls


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Fault:
    """The forum's error page with that status and code."""

    def fault(forum: MockForum, path: str) -> Answer:
        return Answer(status, headers or {}, forum.error(status, code).body)

    return fault


def wall(page: Callable[[Forum, str], bytes], status: int, headers: dict[str, str] | None = None) -> Fault:
    """A page of `crawler.demo.render` that stands before the content."""

    def fault(forum: MockForum, path: str) -> Answer:
        return Answer(status, headers or {}, page(forum.forum, forum.url))

    return fault


def challenge(status: int) -> Fault:
    """What a content delivery network answers when it wants to see a browser."""

    def fault(forum: MockForum, path: str) -> Answer:
        return Answer(status, {"cf-mitigated": "challenge", "Server": "cloudflare"}, render.challenge("127.0.0.1"))

    return fault


def rate_limit(retry_after: str | None = "1", status: int = 429) -> Fault:
    """Too many requests."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}

    def fault(forum: MockForum, path: str) -> Answer:
        return Answer(status, headers, b"<html><head><title>Too many requests</title></head><body></body></html>")

    return fault


def not_ips(forum: MockForum, path: str) -> Answer:
    """A page of some other program."""
    return Answer(body=render.not_ips(forum.url))


def empty_thread(forum: MockForum, path: str) -> Answer:
    """A thread's page without posts."""
    number = re.search(r"/topic/(\d+)", path)
    thread = forum.forum.thread(int(number[1])) if number else forum.forum.threads[0]
    return Answer(body=render.empty_thread(forum.forum, thread, forum.url))


# Broken connections


def truncated(forum: MockForum, path: str, cut: int | None = None) -> Answer:
    """Less than the declared length."""
    return Answer(body=forum.honest(path).body, ending="short", cut=cut)


def closed_early(forum: MockForum, path: str, cut: int | None = None) -> Answer:
    """HTTP/1.0, no length, closed in the middle: the client cannot tell."""
    return Answer(body=forum.honest(path).body, ending="early", cut=cut)


def closed_at(cut: int) -> Fault:
    """`closed_early` after that many bytes."""
    return lambda forum, path: closed_early(forum, path, cut)


def reset(forum: MockForum, path: str) -> Answer:
    """The connection is reset in the middle of the body."""
    return Answer(body=forum.honest(path).body, ending="reset")


def broken_chunks(forum: MockForum, path: str) -> Answer:
    """A chunked body whose end never comes."""
    return Answer(body=forum.honest(path).body, ending="chunks")


def drip(forum: MockForum, path: str) -> Answer:
    """A byte a second."""
    return Answer(body=forum.honest(path).body, ending="drip")


def packed(encoding: str, pack: Callable[[bytes], bytes], body: bytes | None = None) -> Fault:
    """The honest page, or another, with a content encoding."""

    def fault(forum: MockForum, path: str) -> Answer:
        content = forum.honest(path).body if body is None else body
        return Answer(headers={"Content-Encoding": encoding}, body=pack(content))

    return fault


def fail_then_ok(times: int, fault: Fault | str = "server_error") -> Fault:
    """That many failures, then all is well."""
    left = [times]  # decremented by the server's threads one request at a time; a race would only fail too often

    def answer(forum: MockForum, path: str) -> Answer:
        left[0] -= 1
        return _fault(fault)(forum, path) if left[0] >= 0 else forum.honest(path)

    return answer


def slow(seconds: float) -> Fault:
    """The honest answer after a while."""

    def fault(forum: MockForum, path: str) -> Answer:
        answer = forum.honest(path)
        answer.delay = seconds
        return answer

    return fault


def lying_304(forum: MockForum, path: str) -> Answer:
    """Whoever asks whether the page has changed is told that it has not; needs ``etags``."""
    answer = forum.honest(path)
    answer.lies = True
    return answer


# Pages with something wrong in them


def edited(change: Callable[[bytes, MockForum, str], bytes]) -> Fault:
    """The honest page, changed."""

    def fault(forum: MockForum, path: str) -> Answer:
        return Answer(body=change(forum.honest(path).body, forum, path))

    return fault


def in_post(markup: bytes, index: int = 1) -> Fault:
    """The honest page with markup put at the start of the body of the post of that rank."""

    def change(body: bytes, forum: MockForum, path: str) -> bytes:
        parts = body.split(_CONTENT)
        parts[index + 1] = markup + parts[index + 1]
        return _CONTENT.join(parts)

    return edited(change)


def _forged(forum: MockForum, path: str) -> Answer:
    page = forum.honest(path).body
    article = _ARTICLE.search(page)
    assert article, "the path must be that of a thread"
    number = re.search(rb"elComment_(\d+)", article[0])
    assert number
    return in_post(article[0].replace(number[1], b"999"))(forum, path)


def _duplicated(body: bytes, forum: MockForum, path: str) -> bytes:
    return _ARTICLE.sub(lambda match: match[0] * 2, body, count=1)


def _next_is(body: bytes, url: str) -> bytes:
    link = f'\t\t<link rel="next" href="{url}">\n'.encode()
    body = _NEXT.sub(b"", body).replace(b"\t</head>", link + b"\t</head>", 1)
    return re.sub(rb'(<li class="ipsPagination_next[^>]*><a href=")[^"]*', rb"\g<1>" + url.encode(), body)


def _self_next(body: bytes, forum: MockForum, path: str) -> bytes:
    return _next_is(body, forum.url + path)


def endless_next(forum: MockForum, path: str) -> Answer:
    """Any page shows the posts of the first and names a next one; override with a wildcard."""
    first, _, rest = urlsplit(path).path.partition("page/")
    page = int(rest.strip("/") or 1)
    body = forum.honest(first).body
    own, after = forum.url + page_url(first, page), forum.url + page_url(first, page + 1)
    body = re.sub(rb'(<link rel="canonical" href=")[^"]*', rb"\g<1>" + own.encode(), body)
    bar = pager(forum.url + first, page, page + 1, per_page=25, anchor="#comments").encode()
    return Answer(body=_with_pager(_next_is(body, after), bar))


def _huge_pages(body: bytes, forum: MockForum, path: str) -> bytes:
    first, _, rest = urlsplit(path).path.partition("page/")
    bar = pager(forum.url + first, int(rest.strip("/") or 1), HUGE, per_page=25, anchor="#comments").encode()
    return _with_pager(body, bar)


def _with_pager(body: bytes, bar: bytes) -> bytes:
    body = re.sub(rb'<ul class="ipsPagination".*?</ul></form>.*?</ul>', b"", body, flags=re.DOTALL)
    return body.replace(b'<div id="elPostFeed"', bar + b'<div id="elPostFeed"', 1)


# Redirects


def redirect(location: str, status: int = 301) -> Fault:
    """A redirect; a location that begins with `/` is on the forum."""

    def fault(forum: MockForum, path: str) -> Answer:
        return Answer(status, {"Location": forum.url + location if location.startswith("/") else location})

    return fault


def moved(forum: MockForum, path: str) -> Answer:
    """The thread answers under another number: that of the forum's last other thread."""
    other = next(thread for thread in reversed(forum.forum.threads) if f"/{thread.thread_id}-" not in path)
    return redirect(other.path)(forum, path)


def _loop(forum: MockForum, path: str) -> Answer:
    return redirect(path)(forum, path)


def _text(status: int, body: bytes) -> Fault:
    return lambda forum, path: Answer(status, {"Content-Type": "text/plain"}, body)


FAULTS: dict[str, Fault] = {
    "not_found": error(404, "2F173/1"),
    "gone": error(410, "2F173/1"),
    "hidden": error(404, "2F173/O"),
    "forbidden": error(403, "2F173/H"),
    "login_wall": wall(render.login_wall, 200),
    "login_wall_403": wall(render.login_wall, 403),
    "age_gate": wall(render.age_gate, 200),
    "offline": wall(render.offline, 503),
    "offline_200": wall(render.offline, 200),
    "ban": wall(render.ban, 403),
    "challenge": challenge(403),
    "challenge_503": challenge(503),
    "rate_limit": rate_limit(),
    "busy": rate_limit("1", 503),
    "server_error": error(500, "EX0"),
    "empty_thread": empty_thread,
    "not_ips": not_ips,
    "truncated": truncated,
    "closed_early": closed_early,
    "reset": reset,
    "broken_chunks": broken_chunks,
    "drip": drip,
    "lying_304": lying_304,
    "depth_bomb": in_post(b"<blockquote>" * DEPTH + b"deep" + b"</blockquote>" * DEPTH),
    "forged_post": _forged,
    "duplicate_post": edited(_duplicated),
    "self_next": edited(_self_next),
    "endless_next": endless_next,
    "huge_pages": edited(_huge_pages),
    "moved": moved,
    "redirect_loop": _loop,
    "offsite_redirect": redirect("http://offsite.invalid/topic/1-elsewhere/"),
    "robots_500": _text(500, b"User-agent: *\nDisallow:\n"),
    "robots_deny": _text(200, b"User-agent: *\nDisallow: /\n"),
}
"""Misbehaviours by name. More come from `rate_limit`, `fail_then_ok`, `slow`, `redirect`, `error`, `in_post`."""
