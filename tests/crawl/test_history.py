"""Five epochs, everything read each time: what is there now is what a first crawl finds; each change is an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum

from crawler import clock
from crawler.demo import Forum, TrueEvent, advance, build_whole
from crawler.demo.model import Member
from crawler.demo.model.ops import hide

EPOCHS = 5
QUICK = 2
RARE = {"restored", "removed"}
"""Not every seed has these."""

APART = timedelta(days=2)

HISTORY = {
    "threads": {"first_seen_at", "last_seen_at", "n_views"},
    "posts": {"n_versions", "first_seen_at", "last_seen_at", "reply_to_post_id", "reply_method", "reply_confidence"},
    "versions": {"version", "observed_from", "observed_to"},
    # an older text of the quoted post is known, or a post that is gone by now
    "quotes": {"target_version", "target_state", "id_check", "is_truncated", "is_altered", "method", "confidence"}
    | {"target_post_id", "target_thread_id", "candidate_post_id", "n_candidates"},
    "links": set(),
    "reactions": set(),
    "polls": set(),
    "forums": {"last_seen_at"},
    "authors": {"known_names", "first_post_at", "last_post_at"},
}
"""The tables of what is there now, and the columns that may differ where more of the past is known."""


@dataclass(slots=True)
class Run:
    """A crawl of an epoch: when it was, and what had happened since the one before."""

    began: datetime
    ended: datetime
    forum: Forum
    events: list[TrueEvent]


@pytest.fixture(
    scope="module", params=[2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12) if seed != 2)]
)
def epochs(request: pytest.FixtureRequest) -> list[tuple[Forum, list[TrueEvent]]]:
    forum = build_whole(request.param, threads=24, posts_per_page=5, threads_per_page=9)
    found: list[tuple[Forum, list[TrueEvent]]] = [(forum, [])]
    for seed in range(EPOCHS):
        forum, events = advance(forum, request.param + seed)
        if seed in {0, 2}:  # so small a forum hides none by itself
            named = {event.thread_id for event in events} | {event.other_thread_id for event in events}
            quiet = next(thread for thread in forum.threads if thread.thread_id not in named)
            events = [*events, hide(forum, quiet, forum.now)]
        found.append((forum, events))
    return found


@pytest.fixture
def runs(tool: Tool, epochs: list[tuple[Forum, list[TrueEvent]]], monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    found, start = [], clock._START
    with MockForum(epochs[0][0]) as site:
        for number, (forum, events) in enumerate(epochs):
            monkeypatch.setattr(clock, "_START", start - (EPOCHS - number) * APART)
            site.show(forum)
            began = clock.now()
            grab(tool, site, "--refresh")
            found.append(Run(began, clock.now(), forum, events))
        tool.folder = tool.folder.with_name("fresh")
        grab(tool, site)
        tool.folder = tool.folder.with_name("out")
    return found


def grab(tool: Tool, site: MockForum, *options: str) -> None:
    boards = [site.url + board.path for board in site.forum.boards if board.access == "open"]
    result = tool.grab(*boards, *options)
    assert result.code in {0, 3}, result.err  # 3: threads that are newly found to be gone


def test_five_epochs(tool: Tool, runs: list[Run], request: pytest.FixtureRequest) -> None:
    now, fresh = current(tool.folder), current(tool.folder.with_name("fresh"))
    for name in HISTORY:
        assert differing(now[name], fresh[name]) == [], name
    check_events(tool.folder, runs)
    check_versions(tool.folder, runs)
    if request.node.callspec.params["epochs"] == QUICK:
        assert {event[0] for event in happened(runs)[0]} >= RARE
    assert tool("verify", tool.folder).code == 0


def differing(now: list[dict[str, Any]], fresh: list[dict[str, Any]]) -> list[Any]:
    assert len(now) == len(fresh)
    return [
        (column, one[column], other[column], one)
        for one, other in zip(now, fresh, strict=True)
        for column in one
        if one[column] != other[column]
    ]


def current(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of what is there now, by table, without the columns that know of the past."""
    threads = {row["thread_id"] for row in rows(folder, "threads") if row["status"] == "active"}
    posts = {
        row["post_id"] for row in rows(folder, "posts") if row["status"] == "active" and row["thread_id"] in threads
    }
    found = {}
    for name, past in HISTORY.items():
        kept = [row for row in rows(folder, name) if row.get("thread_id", next(iter(threads))) in threads]
        kept = [row for row in kept if row.get("post_id", next(iter(posts))) in posts]
        if name == "versions":
            kept = [row for row in kept if row["is_current"]]
        if name == "authors":
            kept = [row for row in kept if row["n_posts_seen"]]
        found[name] = [
            {key: value for key, value in row.items() if key not in past and key != "quotes"} for row in kept
        ]
    return found


def check_events(folder: Path, runs: list[Run]) -> None:
    """The events are those that happened, no less and no more, and happened within their bounds."""
    found = {told(row, runs) for row in rows(folder, "events")}
    assert len(found) == len(rows(folder, "events"))
    expected, unknown = happened(runs)
    assert {event for event in found - expected if event[1] not in unknown} == set()
    assert {event for event in expected - found if event[1] not in unknown} == set()
    kinds = "edited silently_edited missing moved merged split retitled renamed_author".split()
    assert {event[0] for event in expected} >= {*kinds, "thread missing"}


def check_versions(folder: Path, runs: list[Run]) -> None:
    """An edit leads from the version that was read last to the one that was read next, and these say what was said."""
    texts = {(row["post_id"], row["version"]): row["text"] for row in rows(folder, "versions")}
    said: dict[int, list[tuple[int, str | None, datetime | None]]] = {}  # number, words and mark, at each reading
    found: dict[tuple[int, datetime | None, str], tuple[int | None, int]] = {}
    for run in runs:
        for post in run.forum.posts:
            before = said.setdefault(post.post_id, [])
            known = {words: number for number, words, _mark in reversed(before)}
            number = known.get(post.text, len(known) + 1)
            mark = post.edit.at if post.edit else None
            if mark is not None and mark not in {one[2] for one in before}:
                found[post.post_id, mark, "edited"] = (before[-1][0] if before else None, number)
            elif before and before[-1][0] != number:
                found[post.post_id, run.began, "silently_edited"] = (before[-1][0], number)
            before.append((number, post.text, mark))
            assert texts[post.post_id, number] == post.text
    told = [row for row in rows(folder, "events") if row["event"] in {"edited", "silently_edited"}]
    assert len(told) == len(found)
    for (post_id, at, kind), versions in found.items():
        assert at is not None
        same = [row for row in told if (row["post_id"], row["event"]) == (post_id, kind)]
        row = min(same, key=lambda row: abs(datetime.fromisoformat(row["changed_before"]) - at))
        assert (row["from_version"], row["to_version"]) == versions, row
    others = [row for row in rows(folder, "events") if row["event"] not in {"edited", "silently_edited"}]
    assert {(row["from_version"], row["to_version"]) for row in others} == {(None, None)}


def told(row: dict[str, Any], runs: list[Run]) -> tuple[Any, ...]:
    """What an event says, and the run before which it happened; none where its bounds are wrong."""
    if row["event"] == "edited":
        assert row["changed_after"] == row["changed_before"]
        return "edited", row["post_id"], row["changed_before"], row["actor_name"], row["reason"]
    after, before = (datetime.fromisoformat(row[name]) for name in ("changed_after", "changed_before"))
    step = next((i for i, run in enumerate(runs) if run.began <= before <= run.ended), None)
    if not step or not runs[step - 1].began <= after <= runs[step - 1].ended:
        step = None
    name, post, thread = row["event"], row["post_id"], row["thread_id"]
    values = row["from_value"], row["to_value"], row["other_thread_id"]
    if name == "renamed_author":
        return name, *values[:2], step
    if post is None:
        return f"thread {name}" if name == "missing" else name, thread, *values, step
    return name, post, step, *((thread, values[2]) if name == "moved" else ())


def happened(runs: list[Run]) -> tuple[set[tuple[Any, ...]], set[int]]:
    """What is to be told, as `told` tells it; and posts of which nobody can know.

    These were gone when their thread went, and come back in another one: whether they were missing before or moved at
    once is not to be seen.
    """
    found: set[tuple[Any, ...]] = set()
    homes: dict[int, int] = {}
    unknown: set[int] = set()
    shown = [{post.post_id: post for post in run.forum.posts} for run in runs]
    for post in (post for posts in shown for post in posts.values() if post.edit):
        assert post.edit
        at = post.edit.at.isoformat().replace("+00:00", "Z")
        found.add(("edited", post.post_id, at, post.edit.by, post.edit.reason))
    for i, run in enumerate(runs):
        threads = {thread.thread_id for thread in run.forum.threads}
        before = shown[i - 1] if i else {}
        for number in before.keys() - shown[i].keys():
            found.add(("missing", number, i))
            later = i + 1 < len(runs) and number not in shown[i + 1]
            if later and homes[number] in threads:
                found.add(("removed", number, i))
        for number, post in shown[i].items():
            thread = post.thread.thread_id
            if number in homes and number not in before:
                found.add(("restored", number, i))
                unknown |= {number} if homes[number] != thread else set()
            elif number in homes and homes[number] != thread:
                found.add(("moved", number, i, homes[number], thread))
            homes[number] = thread
        if i:
            found |= {told for event in run.events if (told := _threads_and_names(event, i, runs))}
            found |= {
                ("silently_edited", event.post_id, i)
                for event in run.events
                if event.event == "silently_edited" and event.post_id in before.keys() & shown[i].keys()
            }
    return found, unknown


def _threads_and_names(event: TrueEvent, i: int, runs: list[Run]) -> tuple[Any, ...] | None:
    old, new = runs[i - 1].forum, runs[i].forum
    there = {thread.thread_id for thread in old.threads}
    still = {thread.thread_id for thread in new.threads}
    values = event.from_value, event.to_value, event.other_thread_id
    if event.event == "renamed author":
        names = [{p.author_id for p in forum.posts if isinstance(p.author, Member)} for forum in (old, new)]
        return ("renamed_author", *values[:2], i) if event.author_id in names[0] & names[1] else None
    if event.post_id is not None or event.thread_id not in there:
        return None
    if event.event == "hidden":
        return "thread missing", event.thread_id, None, None, None, i
    if event.event in {"merged", "split"} or event.thread_id in still:
        return event.event, event.thread_id, *values, i
    return None
