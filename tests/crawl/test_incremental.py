"""What a run costs that only looks for what is new: requests, counted in the server's own log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, fast, polite, rows
from growing_forum import begin, listing, say, thread_pages
from mock_forum import MockForum

from crawler import clock
from crawler.commands._crawl import RUNNERS
from crawler.demo import Forum, build_many
from crawler.demo.model import Paragraph, ops

N_THREADS, PER_PAGE, LISTED = 12, 5, 3
N_PAGES = 4  # of each thread, the last one with two posts


@pytest.fixture
def forum() -> Forum:
    return build_many(N_THREADS, 17, seed=4, posts_per_page=PER_PAGE, threads_per_page=LISTED)


@pytest.fixture
def site(forum: Forum) -> Any:
    with MockForum(forum) as running:
        yield running


@pytest.fixture
def run(tool: Tool, site: MockForum, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A run with that policy; the paths that it asked for, robots.txt apart."""

    def crawl(recheck: str = "off", **settings: object) -> list[str]:
        monkeypatch.setitem(RUNNERS, "default", fast(RECHECK=recheck, **settings))
        site.refresh()
        site.clear_log()
        result = tool.grab(site.url + site.forum.boards[0].path)
        assert result.code in {0, 3}, result.err
        paths = polite(site)
        assert paths.count("/robots.txt") == 1
        return paths[1:]

    return crawl


def now(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What is there now, without what only several looks can know."""
    found: dict[str, list[dict[str, Any]]] = {}
    gone = {row["thread_id"] for row in rows(folder, "threads") if row["status"] != "active"}
    left_out = {"first_seen_at", "last_seen_at", "n_views", "n_versions", "quotes", "known_names"}
    left_out |= {"reply_to_post_id", "reply_method", "reply_confidence", "first_post_at", "last_post_at"}
    for name in ("threads", "posts", "forums", "authors"):
        kept = [row for row in rows(folder, name) if row.get("thread_id") not in gone]
        kept = [row for row in kept if row.get("status") != "missing"]
        found[name] = [{k: v for k, v in row.items() if k not in left_out} for row in kept]
    return found


def check_as_fresh(tool: Tool, site: MockForum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNNERS, "default", fast())
    fresh = Tool(tool.folder.with_name("fresh"), tool._capsys)
    assert fresh.grab(site.url + site.forum.boards[0].path).code == 0
    known, found = now(tool.folder), now(fresh.folder)
    for name, expected in found.items():
        assert known[name] == expected, name


def test_an_unchanged_forum_costs_its_first_listing_page(run: Any, site: MockForum) -> None:
    first = run()
    assert len(first) == N_THREADS * N_PAGES + N_THREADS // LISTED
    for policy in ("off", "off"):
        assert run(policy) == listing(site, 1)


def test_a_new_post_costs_the_page_that_it_stands_on(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    old = site.forum.thread(3)
    say(site.forum, old)
    assert set(run()) == {*listing(site, 1), *thread_pages(site, old, 4)}
    say(site.forum, old, 7)
    assert sorted(run()) == sorted({*listing(site, 1), *thread_pages(site, old, 4, 5)})
    assert run() == listing(site, 1)
    check_as_fresh(tool, site, monkeypatch)
    assert [row["n_new"] for row in rows(tool.folder, "runs")][1:] == [1, 7, 0]


def test_the_listing_is_read_as_far_as_it_shows_anything_new(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    for number in range(1, 4):
        say(site.forum, site.forum.thread(number))
    new = begin(site.forum, 900)
    site.forum.thread(3).pinned = True
    asked = run()
    assert [path for path in asked if path.startswith("/forum/")] == listing(site, 1, 2)
    assert set(asked) >= thread_pages(site, new, 1)
    assert len(asked) == 2 + 4 + 1  # the page with the title and marks of the pinned thread
    assert run() == listing(site, 1)
    check_as_fresh(tool, site, monkeypatch)


def test_a_full_last_page_is_read_again_to_see_that_nothing_before_it_went(run: Any, site: MockForum) -> None:
    thread = site.forum.thread(7)
    say(site.forum, thread, 3)
    run()
    say(site.forum, thread)
    assert sorted(run()) == sorted({*listing(site, 1), *thread_pages(site, thread, 4, 5)})


def test_a_removal_costs_the_pages_of_its_thread(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    newest = site.forum.listed(site.forum.boards[0])[0]
    ops.remove(site.forum, newest.posts[6], site.forum.now)
    asked = run()
    assert sorted(asked) == sorted([*listing(site, 1), *thread_pages(site, newest, 1, 2, 3, 4)])
    assert run() == listing(site, 1)
    check_as_fresh(tool, site, monkeypatch)
    assert [row["status"] for row in rows(tool.folder, "posts")].count("missing") == 1
    assert rows(tool.folder, "runs")[1]["n_missing"] == 1


def test_a_removal_behind_a_new_post_shows_in_the_posts_that_moved_up(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    old = site.forum.thread(2)
    ops.remove(site.forum, old.posts[6], site.forum.now)
    say(site.forum, old, 4)
    assert sorted(run()) == sorted([*listing(site, 1), *thread_pages(site, old, 1, 2, 3, 4)])
    check_as_fresh(tool, site, monkeypatch)


def test_a_split_and_a_merge_cost_the_pages_that_they_touch_and_one_more(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    forum = site.forum
    old, other, into = forum.thread(4), forum.thread(9), forum.thread(12)
    ops.split(forum, old.posts[8:11], "Split off", forum.now)
    split = forum.threads[-1]
    say(forum, split)
    asked = run()
    assert sorted(asked) == sorted(
        [*listing(site, 1), *thread_pages(site, split, 1), *thread_pages(site, old, 1, 2, 3)]
    )
    gone = site.path(other.thread_id)
    ops.merge(forum, other, into, forum.now)
    say(forum, into)
    asked = run()
    pages = thread_pages(site, into, *range(1, forum.n_pages(into) + 1))
    assert sorted(asked) == sorted([*listing(site, 1), *pages, gone])
    check_as_fresh(tool, site, monkeypatch)
    events = {(row["event"], row["thread_id"], row["other_thread_id"]) for row in rows(tool.folder, "events")}
    assert events >= {("split", 4, split.thread_id), ("merged", 9, 12)}


def test_a_thread_that_is_gone_costs_one_request(run: Any, site: MockForum, tool: Tool) -> None:
    run()
    newest = site.forum.listed(site.forum.boards[0])[0]
    path = site.path(newest.thread_id)
    ops.hide(site.forum, newest, site.forum.now)
    assert sorted(run()) == sorted([*listing(site, 1), path])
    assert run() == listing(site, 1)
    assert [row["status"] for row in rows(tool.folder, "threads") if row["thread_id"] == newest.thread_id] == [
        "missing"
    ]


def test_old_pages_are_read_again_for_a_tenth_of_a_full_crawl(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock._START
    monkeypatch.setattr(clock, "_START", start - timedelta(days=400))
    full = len(run("age")) + 1
    late = site.forum.listed(site.forum.boards[0])[0].posts[0]
    ops.edit(late, (Paragraph.of("Never mind."),), site.forum.now, None)
    monkeypatch.setattr(clock, "_START", start)
    read: list[str] = []
    for n in range(1, 12):
        asked = run("age")
        assert [path for path in asked if path.startswith("/forum/")] == listing(site, 1)
        assert len(asked) - 1 == min(full // 10, N_THREADS * N_PAGES - len(read))
        read += asked[1:] if asked[0].startswith("/forum/") else [path for path in asked if "/topic/" in path]
        if n == 1:
            assert run("off") == listing(site, 1)
    assert len(set(read)) == len(read) == N_THREADS * N_PAGES
    events = [(row["event"], row["post_id"]) for row in rows(tool.folder, "events")]
    assert events == [("silently_edited", late.post_id)]


def test_all_reads_everything(run: Any) -> None:
    assert sorted(run("all")) == sorted(run("all"))


def test_a_killed_run_is_finished_by_the_next(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    for number in (1, 2, 3, 4, 5):
        say(site.forum, site.forum.thread(number), 6)
    ops.remove(site.forum, site.forum.thread(3).posts[2], site.forum.now)
    asked: list[str] = []
    for _ in range(20):
        asked += run("off", PAGE_BUDGET=3)
        if asked[-1:] == listing(site, 1)[-1:] and len(asked) > 3:
            break
    check_as_fresh(tool, site, monkeypatch)


def test_an_old_copy_of_a_page_is_no_loss_of_posts(
    run: Any, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = site.forum.thread(3)
    path = site.path(3, 4)
    old = site.honest(path)
    say(site.forum, thread, 2)
    run()
    say(site.forum, thread)
    site.override(path, old)
    assert set(run()) == {*listing(site, 1), path}
    failed = [row for row in rows(tool.folder, "fetches") if row["outcome"] == "stale"]
    assert len(failed) == 3
    assert "missing" not in {row["status"] for row in rows(tool.folder, "posts")}
    site.restore()
    assert run() == [path]  # the sweep goes on
    check_as_fresh(tool, site, monkeypatch)
    assert rows(tool.folder, "events") == []
