"""Where things are in a report: which file, which mark in it, and how one file leads to another.

Names are made of numbers and hashes only. They stay the same from one report of a dataset to the next, so that a link
to a post goes on to work.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

POSTS_A_FILE = 1_000
"""Posts of a thread in one file; a longer thread goes on in the next."""


class ThreadKey(NamedTuple):
    """The key of a thread."""

    site: str
    content_class: str
    thread_id: int


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a report ``<stem>.html``; ``alone`` where all of it is in that one file."""

    stem: str
    alone: bool

    @property
    def front(self) -> str:
        """The file to open."""
        return f"{self.stem}.html"

    def file(self, thread: ThreadKey, rank: int = 0) -> str:
        """The file that holds a post of a thread, by its 0-based rank."""
        if self.alone:
            return self.front
        site = hashlib.sha256(f"{thread.site}\0{thread.content_class}".encode()).hexdigest()[:8]
        number = rank // POSTS_A_FILE
        more = f"-{number + 1}" if number else ""
        return f"{self.stem}/thread-{site}-{thread.thread_id}{more}.html"

    def listing(self, number: int) -> str:
        """The file of a page of the list of threads, from 0."""
        return f"{self.stem}/threads-{number + 1}.html" if number else self.front

    def link(self, at: str, file: str, mark: str = "") -> str:
        """The relative address of a mark in a file, for a page in the file ``at``."""
        anchor = f"#{mark}" if mark else ""
        if at == file:
            return anchor or "#main"
        inside, target = "/" in at, file
        if inside:
            target = file.removeprefix(f"{self.stem}/") if "/" in file else f"../{file}"
        return target + anchor


def post_mark(post_id: int) -> str:
    """The mark of a post in its file."""
    return f"post-{post_id}"


def thread_mark(thread_id: int) -> str:
    """The mark of a thread in its file."""
    return f"thread-{thread_id}"
