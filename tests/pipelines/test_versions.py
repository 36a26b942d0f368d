"""The states of a post, and the edits between them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from histories import history, reading, tables
from pages_made import DAY, T0, body, post

from pipelines.versions import gather, spoken

S = timedelta(seconds=1)
MARK = T0 + timedelta(hours=3)


def seen(*states: Any) -> dict[str, list[Any]]:
    """A post that day by day reads so: its words, or words and the time of the edit mark."""
    pages = []
    for day, state in enumerate(states):
        text, mark = state if isinstance(state, tuple) else (state, None)
        by = {"edited_by": "Mod", "edit_reason": "why"} if mark else {}
        pages.append(reading([post(11, text, edited_at=mark, **by)], day))
    return tables(*pages)


def versions(rows: dict[str, list[Any]]) -> list[tuple[int, str, bool]]:
    return [(row.version, row.text, row.is_current) for row in rows["versions"]]


def events(rows: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    return [(row.event, row.from_version, row.to_version, row.evidence) for row in rows["events"]]


def test_what_does_not_change_is_one_version() -> None:
    rows = seen("A", "A", "A")
    assert versions(rows) == [(1, "A", True)]
    assert rows["events"] == []
    (version,) = rows["versions"]
    assert (version.observed_from, version.observed_to) == (T0 + S, T0 + 2 * DAY + S)


def test_a_state_that_comes_back_is_the_version_that_it_was() -> None:
    rows = seen("A", "B", "A")
    assert versions(rows) == [(1, "A", True), (2, "B", False)]
    assert events(rows) == [("silently_edited", 1, 2, "text"), ("silently_edited", 2, 1, "text")]
    assert (rows["posts"][0].n_versions, rows["posts"][0].text) == (2, "A")
    assert rows["versions"][0].observed_to == T0 + 2 * DAY + S


def test_a_mark_tells_the_time_of_an_edit() -> None:
    rows = seen("A", ("B", MARK))
    assert events(rows) == [("edited", 1, 2, "stamp")]
    (event,) = rows["events"]
    assert (event.changed_after, event.changed_before) == (MARK, MARK)
    assert (event.actor_name, event.reason, event.run_id) == ("Mod", "why", 1)
    assert [row.edited_at for row in rows["versions"]] == [None, MARK]


def test_a_mark_on_what_was_never_seen_otherwise() -> None:
    assert events(seen(("B", MARK), ("B", MARK))) == [("edited", None, 1, "stamp")]


def test_a_mark_without_a_change_of_words() -> None:
    rows = seen("A", ("A", MARK))
    assert versions(rows) == [(1, "A", True)]
    assert events(rows) == [("edited", 1, 1, "stamp")]
    assert rows["versions"][0].edited_at == MARK


def test_a_change_without_a_new_mark_is_silent_and_bounded() -> None:
    for rows in (seen("A", "A", "B"), seen(("A", MARK), ("A", MARK), ("B", MARK))):
        event = rows["events"][-1]
        assert (event.event, event.from_version, event.to_version) == ("silently_edited", 1, 2)
        assert (event.changed_after, event.changed_before) == (T0 + DAY + S, T0 + 2 * DAY + S)
        assert event.run_id == 2


def test_the_same_words_in_other_markup_are_no_version() -> None:
    plain, skin = body("A"), body("A", html="<p class='skin'>A</p>", parser_version=2)
    rows = tables(reading([post(11, body=plain)]), reading([post(11, body=skin)], 1))
    (version,) = rows["versions"]
    assert (version.html, version.parser_version) == ("<p class='skin'>A</p>", 2)
    assert rows["events"] == []


def test_the_current_version_is_the_post() -> None:
    skin = body("A", html="<p class='skin'>A</p>")
    rows = tables(reading([post(11, "A")]), reading([post(11, "B")], 1), reading([post(11, body=skin)], 2))
    current = next(row for row in rows["versions"] if row.is_current)
    (row,) = rows["posts"]
    assert (current.text, current.html, current.full_text) == (row.text, row.html, row.full_text)


def test_what_a_post_said_in_another_thread_belongs_to_its_history() -> None:
    before = reading([post(11, "A")])
    before.thread.thread_id = 9
    rows = tables(reading([post(11, "B"), post(12)], 1), earlier=[before])
    assert versions(rows)[:2] == [(1, "A", False), (2, "B", True)]
    assert rows["posts"][0].first_seen_at == T0 + S
    assert rows["threads"][0].first_seen_at == T0 + DAY + S


def test_when_a_post_may_have_said_what() -> None:
    pages = [
        reading([post(11, text, edited_at=mark)], day)
        for day, (text, mark) in enumerate([("A", None), ("A", None), ("B", None), ("A", MARK), ("A", MARK)])
    ]
    (found,) = gather(history(*pages))
    assert list(spoken(found)) == [(1, "A", None), (2, "B", T0 + DAY + S), (1, "A", MARK)]
