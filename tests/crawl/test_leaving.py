"""What a job no longer names: it is kept as it was last seen, not asked for, and nothing is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, manifest, rows
from job_help import HEAD, site, write_job
from mock_forum import MockForum

from crawler import clock
from crawler.demo import build, build_many
from crawler.demo.model import Paragraph, ops

REGIONAL, WORKSHOP, TABLE = 7, 5, 9
BY_FORUM, NAMED, EXCLUDED = 64, 109, 33
UNREAD = {61, 21}  # of the forum, and excluded
LEFT = {BY_FORUM, NAMED, EXCLUDED, *UNREAD}


@pytest.fixture
def sites() -> Iterator[tuple[MockForum, MockForum]]:
    """Two forums that go on between the runs."""
    with MockForum(build(threads_per_page=5)) as one, MockForum(build_many(1, 7, posts_per_page=4)) as two:
        yield one, two


@pytest.mark.parametrize("recheck", ["age", pytest.param("off", marks=pytest.mark.slow)])
def test_what_leaves_a_job(
    tool: Tool, sites: tuple[MockForum, MockForum], monkeypatch: pytest.MonkeyPatch, recheck: str
) -> None:
    """A site, a forum, a thread that was named, threads by a pattern; of each something could not be read."""
    one, two = sites
    start = clock._START
    monkeypatch.setattr("crawler.recheck.SHARE", 1)  # all that is due is read

    def crawl(days: int, *parts: str, policy: str = recheck) -> int:
        monkeypatch.setattr(clock, "_START", start + timedelta(days=days))
        one.clear_log()
        two.clear_log()
        return tool("crawl", write_job(folder.parent, *parts, head=HEAD.replace('"all"', f'"{policy}"'))).code

    folder = tool.folder
    forums = {number: one.url + one.forum_path(number) for number in (REGIONAL, WORKSHOP, TABLE)}
    other = site("two.example", threads=[two.url + two.path(1)])
    whole = site("one.example", forums=list(forums.values()), threads=[one.url + one.path(NAMED)]), other
    less = site("one.example", forums=[forums[REGIONAL], forums[TABLE]], excludes=["/topic/33-*", "/topic/21-*"])
    for number in UNREAD:
        one.override(one.path(number), "server_error")
    two.override(two.path(1, 2), "server_error")
    assert crawl(-4000, *whole) == 3
    before = {name: left(folder, name) for name in ("threads", "posts", "versions")}
    assert {row["thread_id"] for row in before["posts"]} == {BY_FORUM, NAMED, EXCLUDED, 1}

    marks = rows(folder, "events")
    missed, reworded = go_on(one)
    one.restore()
    two.restore()
    for days in (-2000, 0):
        assert crawl(days, less) == 0
        asked = [entry.path for entry in one.log]
        assert two.log == []
        assert not {number for number in LEFT if any(f"/topic/{number}-" in path for path in asked)}
        assert one.forum_path(WORKSHOP) not in asked
        assert (recheck == "off") == (not any("/topic/" in path for path in asked)), "others are read again"
    assert {name: left(folder, name) for name in before} == before
    assert rows(folder, "events") == marks, "edit marks"
    assert manifest(folder)["completeness"] == {"complete": True, "problems": []}
    pages = tool("status", folder, "--json").json["pages"]
    assert (pages["queued"], pages["failed"], pages["left"]) == (0, 0, len(UNREAD) + 1)
    assert tool("verify", folder).code == 0

    assert crawl(100, *whole, policy="all") == 3, "a thread is newly found to be gone"
    events = {
        (row["event"], row["thread_id"], row["post_id"]): row
        for row in rows(folder, "events")
        if row["event"] != "edited"
    }
    assert events.keys() == {
        ("missing", BY_FORUM, missed), ("silently_edited", NAMED, reworded), ("missing", EXCLUDED, None),
        *(("missing", EXCLUDED, row["post_id"]) for row in before["posts"] if row["thread_id"] == EXCLUDED),
    }  # fmt: skip
    seen = {row["post_id"]: row["last_seen_at"] for row in before["posts"]}
    assert events["missing", BY_FORUM, missed]["changed_after"] == seen[missed], "nobody looked in between"
    assert {row["thread_id"] for row in left(folder, "posts")} == LEFT | {1}


def go_on(one: MockForum) -> tuple[int, int]:
    """A post goes, one is reworded, a thread is hidden; the numbers of the posts."""
    forum = one.forum
    gone, said = forum.thread(BY_FORUM).posts[1], forum.thread(NAMED).posts[1]
    ops.remove(forum, gone, forum.now)
    ops.edit(said, (Paragraph.of("I never said so."),), forum.now, None)
    ops.hide(forum, forum.thread(EXCLUDED), forum.now)
    one.refresh()
    return gone.post_id, said.post_id


def left(folder: Path, table: str) -> list[dict[str, Any]]:
    """The rows of what has left the job."""
    posts = {row["post_id"] for row in rows(folder, "posts") if row["thread_id"] in LEFT}
    return [
        row for row in rows(folder, table)
        if row["site"] == "two.example" or row.get("thread_id") in LEFT or row.get("post_id") in posts
    ]  # fmt: skip
