"""The place of a reading among the runs."""

from __future__ import annotations

from pathlib import Path

from pages_made import DAY, T0, end_run, opened, post, ref, run, topic

from crawler.items import FORUM_POST
from crawler.items.history import ThreadKey
from crawler.store import Reader
from crawler.store.sequence import Sequence
from pipelines.derive import derive


def test_a_reading_has_the_place_of_its_run() -> None:
    places = Sequence([(1, 100), (2, 900), (3, 200)])
    assert [places.place(1, 150), places.place(2, 950), places.place(3, 250)] == [1, 2, 3]


def test_what_an_archive_holds_has_the_place_of_its_own_time() -> None:
    places = Sequence([(1, 100), (2, 200), (3, 300)])
    assert [places.place(3, 250), places.place(3, 199), places.place(3, 50), places.place(9, 5)] == [2, 1, 0, 9]


def test_a_run_whose_clock_was_ahead_does_not_outrank_the_next(tmp_path: Path) -> None:
    with opened(tmp_path, at=T0 + 4000 * DAY) as store:
        store.commit(topic(1, [post(1, "old")], at=T0 + 4000 * DAY))
        second = run(T0)
        store.begin_run(second)
        store.frontier.add_seeds([ref(1)])
        store.commit(topic(1, [post(1, "new"), post(2)], at=T0))
        end_run(store, second)
        reader = Reader(store.db)
        rows = derive(reader.history(ThreadKey("forum.example", FORUM_POST, 1)), reader.find_post).tables
    assert [row.text for row in rows["posts"]] == ["new", "words"]
    (event,) = rows["events"]
    assert (event.event, event.changed_before, event.changed_after) == ("silently_edited", T0, None)
