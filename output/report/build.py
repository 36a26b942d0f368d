"""Puts a report together: the front page, the list of threads, and each thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from output.read import Dataset, read_dataset
from output.records import batches
from output.report.body import Bodies
from output.report.errors import ReportError
from output.report.files import Files, files_for
from output.report.graph import graph_html
from output.report.history import Diff
from output.report.overview import overview_html
from output.report.page import Pages, time_of
from output.report.places import Places, ThreadKey, post_mark, thread_mark
from output.report.shelf import Row, Shelf
from output.report.thread import Reader

ONE_FILE_POSTS = 1_500
"""Posts up to which a report is one file."""

ONE_FILE_BYTES = 10_000_000
"""Bytes of the table of posts up to which it is."""

LISTED = 500
"""Threads on one page of the list."""


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written: the file to open, how many files it has, and their bytes."""

    path: Path
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A thread in the list; without ``href`` nothing of it was read."""

    row: Row
    href: str | None
    created: datetime | None
    last: datetime | None

    @property
    def note(self) -> str | None:
        """What is the matter with it."""
        status = self.row["status"]
        if status != "active":
            return str(status)
        return None if self.row["complete"] else "incomplete"


def build(folder: Path, to: Path, *, diff: Diff, media: bool = False) -> Written:
    """Write the report of a dataset to ``to``. See `output.report.write_report`."""
    dataset = read_dataset(folder)
    for name in dataset.tables:
        for entry in dataset.files(name):
            dataset.file(entry)  # before long work: is all of it there?
    try:
        with files_for(to) as files, Shelf() as shelf:
            shelf.fill(dataset)
            _Building(dataset, shelf, files, to, media=media).build(diff)
            files.place()
    except sqlite3.Error as error:
        raise ReportError(f"no room for what a report looks up ({error})", "make room where TMPDIR points") from error
    return Written(to, len(files.names), files.bytes)


class _Building:
    """One report on its way."""

    def __init__(self, dataset: Dataset, shelf: Shelf, files: Files, to: Path, *, media: bool) -> None:
        self._dataset, self._shelf, self._files = dataset, shelf, files
        self._places = Places(to.stem, alone=_is_small(dataset, shelf))
        self._pages = Pages(media=media)
        self._common = {"title": _title(dataset, shelf), "made": _day_of(dataset.manifest.created_at)}

    def build(self, diff: Diff) -> None:
        """Write all files."""
        told = self._dataset.manifest.completeness
        bodies = Bodies(media=self._pages.media)
        reader = Reader(self._shelf, self._places, bodies, diff, told.problems if told is not None else [])
        threads = Markup("").join(self._threads(reader))
        n_lists = max(1, -(-self._shelf.n_listed // LISTED))
        lists = batches(self._shelf.threads(), LISTED) if self._shelf.n_listed else iter([[]])
        for number, rows in enumerate(lists):
            at = self._places.listing(number)
            values = self._common | {
                "entries": [self._entry(row, n_posts, at) for row, n_posts in rows],
                "lists": [self._places.link(at, self._places.listing(n), "threads") for n in range(n_lists)],
                "number": number,
                "n_threads": self._shelf.n_listed,
                "front": self._places.link(at, self._places.front),
            }
            if number == 0:
                values |= {
                    "overview": overview_html(self._dataset),
                    "graph": graph_html(self._dataset, self._href),
                    "threads": threads,
                }
            self._files.write(at, self._pages.render("threads.html" if number else "report.html", **values))

    def _threads(self, reader: Reader) -> Iterator[Markup]:
        """The threads of a report in one file; those of a large one are written, and nothing is given."""
        rows = self._dataset.rows("posts")
        for key, posts in groupby(rows, lambda post: ThreadKey(post.site, post.content_class, post.thread_id)):
            for view in reader.views(key, list(posts)):
                front = self._places.link(view.at, self._places.front)
                if self._places.alone:
                    yield Markup(self._pages.render("_thread.html", thread=view, front=front))  # noqa: S704  escaped
                else:
                    self._files.write(
                        view.at, self._pages.render("thread.html", thread=view, front=front, **self._common)
                    )

    def _entry(self, row: Row, n_posts: int, at: str) -> Entry:
        key = ThreadKey(row["site"], row["content_class"], row["thread_id"])
        href = self._places.link(at, self._places.file(key), thread_mark(key.thread_id)) if n_posts else None
        return Entry(row, href, time_of(row["created_at"]), time_of(row["last_post_at"]))

    def _href(self, site: str, content_class: str, post_id: int) -> str | None:
        """Where the front page finds a post; None where it was not read."""
        known = self._shelf.post(site, content_class, post_id)
        if known is None:
            return None
        file = self._places.file(known.thread, known.rank)
        return self._places.link(self._places.front, file, post_mark(post_id))


def _title(dataset: Dataset, shelf: Shelf) -> str:
    """The title of the only thread; else the name of the folder."""
    only = next(shelf.threads())[0]["title"] if shelf.n_listed == 1 else None
    return only or dataset.path.resolve().name


def _is_small(dataset: Dataset, shelf: Shelf) -> bool:
    """Whether all of it fits one file; with several sites, numbers of posts may be the same."""
    size = sum(entry.bytes for entry in dataset.files("posts"))
    return shelf.n_posts <= ONE_FILE_POSTS and size <= ONE_FILE_BYTES and len(shelf.kinds) <= 1


def _day_of(text: str | None) -> datetime | None:
    return time_of(text.replace("Z", "+00:00")) if text else None
