"""The demo forum over HTTP, on loopback only."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.demo.answer import Answer
from crawler.demo.http import LOOPBACK, Http
from crawler.demo.model import Board, Forum, Thread, build
from crawler.demo.render import Lang, Layout, error_page, login_wall, password_wall, skin
from crawler.demo.rules import FORBIDDEN, robots_txt

_PLACE = re.compile(r"^/(topic|forum)/(\d+)(?:-[^/]*)?(?:/page/(\d+))?/?$")


@dataclass(slots=True)
class Entry:
    """A line of the server's log; times are those of `time.monotonic`.

    ``ended`` is when the answer began to be sent. ``in_flight`` counts the requests being answered at its start,
    itself included. ``headers`` are those of the request by lower-case name, ``n_bytes`` the length of the answer's
    body before compression.
    """

    method: str
    path: str
    user_agent: str
    started: float
    in_flight: int
    ended: float | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    n_bytes: int = 0


class DemoServer:
    """Serves a forum on 127.0.0.1 while its context lasts.

    The pages are rendered once; call `refresh` after a change of the model, `show` for another forum, layout or
    language at the same address. ``violations`` are the requests that the rules of 4.7 for robots forbid: they are
    answered 403. ``delay`` is the time that every answer takes. With ``etags`` pages have an ETag, and who knows it is
    told that a page has not changed.
    """

    def __init__(
        self,
        forum: Forum | None = None,
        *,
        port: int = 0,
        host: str = LOOPBACK,
        delay: float = 0.0,
        layout: Layout = "4.7",
        lang: Lang = "en",
    ) -> None:
        if host != LOOPBACK:
            raise ValueError(f"the demo forum serves {LOOPBACK} only, not {host!r}")
        self.forum = forum or build(threads_per_page=5)
        self.log: list[Entry] = []
        self.violations: list[Entry] = []
        self.delay = delay
        self.layout: Layout = layout
        self.lang: Lang = lang
        self.etags = False
        self._lock = threading.Lock()
        self._in_flight = 0
        self._pages: dict[tuple[str, int, int], bytes] = {}
        self._http = Http(self, port)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Address of the forum, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and free the port."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def show(self, forum: Forum | None = None, *, layout: Layout | None = None, lang: Lang | None = None) -> None:
        """Serve from now on another forum (the next epoch, say), layout or language; what is not given stays."""
        with self._lock:
            self.forum = forum or self.forum
            self.layout = layout or self.layout
            self.lang = lang or self.lang
            self._pages = {}

    def refresh(self) -> None:
        """Forget the rendered pages: the model was changed."""
        with self._lock:
            self._pages = {}

    def counts(self) -> Counter[str]:
        """Requests a path, query included."""
        with self._lock:
            return Counter(entry.path for entry in self.log)

    def clear_log(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self.log.clear()
            self.violations.clear()

    def answer(self, path: str) -> Answer:
        """The answer to a request for a path with its query."""
        if FORBIDDEN.search(path):
            return self.error(403, "2F173/H")
        parts = urlsplit(path)
        if parts.path == "/robots.txt":
            return Answer(200, {"Content-Type": "text/plain;charset=UTF-8"}, robots_txt(self.url, self.layout))
        if parts.query.startswith("/"):  # index.php?/topic/12-slug/, which stands for the same address
            place, _, query = parts.query.partition("&")
            return self._numbered(unquote(place), query, unwritten=True)
        if parts.path in ("/", "/index.php"):
            return Answer(body=self.page("index", 0, 1))
        return self._numbered(unquote(parts.path), parts.query)

    def error(self, status: int, code: str) -> Answer:
        """An error page of the forum."""
        return Answer(status, body=error_page(self.forum, self.url, code, layout=self.layout, lang=self.lang))

    def page(self, kind: str, number: int, page: int) -> bytes:
        """The page of a `topic` or `forum`, or the `index`, rendered once."""
        key = (kind, number, page)
        with self._lock:
            pages = self._pages
            if key in pages:
                return pages[key]
            made = skin(self.forum, self.url, self.layout, self.lang)
        if kind == "topic":
            body = made.topic_page(made.forum.thread(number), page)
        elif kind == "forum":
            body = made.forum_page(made.forum.board(number), page)
        else:
            body = made.index_page()
        with self._lock:
            if pages is self._pages:  # else another forum is shown by now
                pages[key] = body
        return body

    def began(self, method: str, path: str, user_agent: str) -> Entry:
        """Enter a request into the log."""
        with self._lock:
            self._in_flight += 1
            entry = Entry(method, path, user_agent, time.monotonic(), self._in_flight)
            self.log.append(entry)
            if FORBIDDEN.search(path):
                self.violations.append(entry)
        return entry

    def done(self, entry: Entry, status: int | None) -> None:
        """Complete an entry of the log."""
        with self._lock:
            self._in_flight -= 1
            entry.status, entry.ended = status, time.monotonic()

    def _numbered(self, place: str, query: str, *, unwritten: bool = False) -> Answer:
        match = _PLACE.match(place)
        if match is None:
            return self.error(404, "2S136/C")
        kind, number, in_path = match.groups()
        item = self._item(kind, int(number))
        if item is None:
            return self._missing(kind, int(number))
        if isinstance(item, Board) and item.access != "open":
            return self._wall(item)
        in_query = parse_qs(query).get("page", [""])[0]
        wanted = int(in_path or (in_query if in_query.isdecimal() else 1))
        n_pages = self.forum.n_pages(item) if isinstance(item, Thread) else self.forum.n_listing_pages(item)
        # Unconfirmed: that a page beyond the last leads to the last page rather than to an error.
        page = min(max(wanted, 1), n_pages)
        right = skin(self.forum, self.url, self.layout, self.lang).page_url(item.path, page)
        asked = f"{place}?page={in_query}" if in_query else place
        if unwritten or unquote(right) != asked:
            return Answer(301, {"Location": self.url + right})
        return Answer(body=self.page(kind, int(number), page))

    def _missing(self, kind: str, number: int) -> Answer:
        """What is said of a thread or board that is not to be seen: moved, hidden, closed, or never there."""
        forum = self.forum
        if kind != "topic":
            return self.error(404, "2F176/1")
        number = forum.merged.get(number, number)
        stub = next((stub for stub in forum.stubs if stub.thread_id == number), None)
        item = stub.thread if stub else self._item(kind, number)
        if isinstance(item, Thread):  # unconfirmed: that old numbers of moved and merged threads lead to the thread
            return Answer(301, {"Location": self.url + item.path})
        if any(thread.thread_id == number for thread in forum.hidden):
            return self.error(404, "2F173/O")
        closed = next((thread for thread in forum.closed if thread.thread_id == number), None)
        return self._wall(closed.board) if closed else self.error(404, "2F173/1")

    def _wall(self, board: Board) -> Answer:
        """What a guest gets of a board that is not for everybody, and of its threads."""
        match board.access:
            case "password":
                skinned = password_wall(self.forum, board, self.url, layout=self.layout, lang=self.lang)
                return Answer(200, body=skinned)
            case "login":
                return Answer(403, body=login_wall(self.forum, self.url, layout=self.layout, lang=self.lang))
        return self.error(403, "2F173/H")

    def _item(self, kind: str, number: int) -> Thread | Board | None:
        try:
            return self.forum.thread(number) if kind == "topic" else self.forum.board(number)
        except KeyError:
            return None
