"""Reading again what one fetch brought, out of the archive of its dataset."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.content import BodyError, content
from crawler.archive.files import FOLDER
from crawler.archive.reading import Record, record_at
from crawler.extract.reading import read_saved
from crawler.extract.saved import Saved
from crawler.items import Fetch, ForumPage, PageItem, Redirect, TopicPage
from crawler.store.settle import page_kind

_PLACE = "SELECT warc_file, warc_offset, body_sha256, site FROM fetches WHERE fetch_id = ?"
_SAME_BODY = (
    "SELECT warc_file, warc_offset FROM fetches WHERE body_sha256 = ? AND warc_file IS NOT NULL ORDER BY fetch_id"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A record as it was fetched, and the page in it; null for what is no page of a thread or forum."""

    record: Record
    body: bytes
    sha256: str
    page: PageItem | None


class Archived:
    """The pages in the archive of a dataset, by the number of their fetch. ``db`` is its store."""

    def __init__(self, home: Path, db: sqlite3.Connection) -> None:
        self._home, self._db = home, db

    def page(self, fetch_id: int) -> TopicPage | ForumPage | None:
        """What a fetch brought, as it is read today; ``None`` where its body is not there, or is another."""
        found = self._find(fetch_id, checked=True)
        page = found.page if found is not None else None
        return page if isinstance(page, TopicPage | ForumPage) else None

    def row(self, fetch_id: int) -> Fetch | None:
        """The row of a fetch, as far as its record tells; the run is that of the fetch before."""
        found = self._find(fetch_id, checked=False)
        place = self._db.execute(_PLACE, (fetch_id,)).fetchone()
        runs = "SELECT coalesce((SELECT run_id FROM fetches WHERE fetch_id < ? ORDER BY fetch_id DESC LIMIT 1), 1)"
        if found is None or found.record.site is None:
            return None
        record, page = found.record, found.page
        topic = page.thread if isinstance(page, TopicPage) else None
        ref = page.ref if page is not None else None
        on_topic = ref is not None and ref.kind == "topic"
        return Fetch(
            fetch_id=fetch_id,
            run_id=self._db.execute(runs, (fetch_id,)).fetchone()[0],
            site=record.site or "",
            url=record.url,
            final_url=record.url,
            fetched_at=record.date,
            status=record.status,
            bytes=len(found.body),
            elapsed_ms=None,
            page_kind=page_kind(page) if page is not None else "robots",
            layout=page.layout if page is not None else None,
            thread_id=topic.thread_id if topic else ref.item_id if ref and on_topic else None,
            page=topic.page if topic else ref.page if ref else None,
            n_posts=len(page.posts) if isinstance(page, TopicPage) else None,
            outcome=_outcome(page, unsent=record.kind == "revisit" and record.status == 304),
            error=None,
            body_sha256=found.sha256,
            warc_file=place[0],
            warc_offset=place[1],
        )

    def _find(self, fetch_id: int, *, checked: bool) -> _Found | None:
        """``checked``: the fetch says what the hash of its body is."""
        place = self._db.execute(_PLACE, (fetch_id,)).fetchone()
        record = self._record(*place[:2]) if place is not None else None
        if record is None:
            return None
        whole = self._with_body(record, place[2])
        if whole is None:
            return None
        try:
            body = content(whole.payload, whole.headers)
        except BodyError:
            return None
        sha256 = hashlib.sha256(body).hexdigest()
        if checked and sha256 != place[2]:
            return None
        saved = Saved(
            kind="warc", file=place[0], offset=place[1], url=record.url, at=record.date, payload=whole.payload,
            status=whole.status, headers=whole.headers, site=record.site or place[3], is_ours=True, stale=record.stale,
        )  # fmt: skip
        return _Found(record, body, sha256, read_saved(saved).page)

    def _with_body(self, record: Record, sha256: str | None) -> Record | None:
        """The record itself, or the one with the body that it refers to."""
        if record.kind != "revisit":
            return record
        places = self._db.execute(_SAME_BODY, (sha256,)).fetchall()
        records = (self._record(*place) for place in places)
        return next((one for one in records if one is not None and one.kind != "revisit"), None)

    def _record(self, file: str | None, offset: int | None) -> Record | None:
        if file is None or offset is None or not file.startswith(f"{FOLDER}/") or ".." in file:
            return None
        return record_at(self._home / file, offset)


def _outcome(page: PageItem | None, *, unsent: bool) -> str:
    if page is None or isinstance(page, TopicPage | ForumPage):
        return "not_modified" if unsent else "ok"
    return "moved" if isinstance(page, Redirect) else str(getattr(page, "kind", "error"))
