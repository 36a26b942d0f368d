"""A site that answers whether a page has changed is asked only that, and believed as far as it can be checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from crawl_help import Tool, fast, manifest, rows
from growing_forum import edit, listing, say, thread_pages
from mock_forum import Fault, MockForum

from crawler import clock
from crawler.commands._crawl import RUNNERS
from crawler.conditional import MOST_UNCHANGED
from crawler.demo import build_many
from crawler.demo.answer import Answer
from crawler.pages import body as bodies

N_THREADS, N_PAGES, PER_PAGE = 12, 4, 5
PAGES = N_THREADS * N_PAGES


@pytest.fixture
def site() -> Any:
    with MockForum(build_many(N_THREADS, 17, seed=4, posts_per_page=PER_PAGE, threads_per_page=3)) as running:
        running.etags = True
        yield running


Run = Callable[..., Counter[int | None]]


@pytest.fixture
def run(site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run with that policy; the answers by their status, robots.txt apart."""

    def crawl(recheck: str = "all", *options: object, into: Tool = tool, **settings: object) -> Counter[int | None]:
        monkeypatch.setitem(RUNNERS, "default", fast(RECHECK=recheck, **settings))
        site.refresh()
        site.clear_log()
        result = into.grab(site.url + site.forum.boards[0].path, *options)
        assert result.code in {0, 3}, result.err
        return Counter(entry.status for entry in site.log if entry.path != "/robots.txt")

    return crawl


def test_an_unchanged_forum_costs_few_bytes(run: Run, site: MockForum, tool: Tool) -> None:
    assert set(run()) == {200}
    whole, listings = size(site), size(site, "/forum/")
    before = tool.canonical()
    assert run() == {200: 4, 304: PAGES}
    assert size(site) - size(site, "/robots.txt") == listings
    assert listings < whole / 10
    assert {entry.path for entry in site.log if "if-none-match" in entry.headers} == {
        entry.path for entry in site.log if "/topic/" in entry.path
    }
    assert tool.canonical() == before
    fetches = [row for row in rows(tool.folder, "fetches") if row["status"] == 304]
    assert {(row["outcome"], row["bytes"], row["layout"]) for row in fetches} == {("not_modified", 0, "ips4")}
    last = rows(tool.folder, "runs")[-1]
    assert (last["n_requests"], last["n_pages"], last["n_new"]) == (PAGES + 5, PAGES + 4, 0)
    assert {row["last_seen_at"] >= last["started_at"] for row in rows(tool.folder, "posts")} == {True}
    assert tool("verify", tool.folder).code == 0
    assert tool("status", tool.folder).code == 0


def size(site: MockForum, part: str = "") -> int:
    return sum(entry.n_bytes for entry in site.log if part in entry.path)


def test_what_has_changed_is_found_as_without_conditions(
    run: Run, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Tool(tool.folder.with_name("plain"), tool._capsys)
    for step in range(4):
        change(site, step)
        site.etags = False
        assert 304 not in run(into=other)
        site.etags = True
        found = run()
        assert found[304] > PAGES / 2 or step == 0
    assert tool.canonical() == other.canonical()
    assert [row["event"] for row in rows(tool.folder, "events")].count("edited") == 2


def change(site: MockForum, step: int) -> None:
    forum = site.forum
    if step == 1:
        say(forum, forum.thread(3), 4)
        edit(forum, forum.thread(5).posts[2], "I have changed my mind.")
    elif step == 2:
        edit(forum, forum.thread(8).posts[7], "And so have I.")
        say(forum, forum.thread(5))
    elif step == 3:
        say(forum, forum.thread(3), 9)


@pytest.mark.parametrize("policy", ["off", "age"])
def test_other_policies_too(run: Run, site: MockForum, tool: Tool, policy: str) -> None:
    run(policy)
    assert run(policy) in ({200: 1}, {200: 1, 304: 5})
    say(site.forum, site.forum.thread(3))
    asked = run(policy)
    path = site.path(3, 4)
    assert {entry.path: entry.status for entry in site.log}[path] == 200
    assert asked[200] == 2


def test_a_lie_is_not_believed_where_the_listing_knows_better(run: Run, site: MockForum, tool: Tool) -> None:
    run()
    for number in (3, 7):
        say(site.forum, site.forum.thread(number))
    site.override("/topic/*", "lying_304")
    assert run() == {200: 4 + 2 * N_PAGES, 304: PAGES - 2 * N_PAGES}
    asked = {entry.path: entry.headers for entry in site.log}
    for page in thread_pages(site, site.forum.thread(3), 1, 2, 3, 4):
        assert "if-none-match" not in asked[page]
        assert asked[page]["cache-control"] == "no-cache"
    assert {row["n_posts_seen"] for row in rows(tool.folder, "threads") if row["thread_id"] in {3, 7}} == {18}
    assert manifest(tool.folder)["completeness"]["complete"] is True


def test_a_page_of_a_thread_that_was_never_whole_is_asked_for_in_full(run: Run, site: MockForum, tool: Tool) -> None:
    site.override(site.path(3, 2), "server_error")
    run()
    site.restore()
    site.override("/topic/*", "lying_304")
    run()  # the sweep goes on
    assert run() == {200: 4, 304: PAGES}
    assert {row["n_posts_seen"] for row in rows(tool.folder, "threads")} == {17}


def test_pages_of_a_broken_thread_are_never_asked_for_on_condition(run: Run, site: MockForum, tool: Tool) -> None:
    site.override(site.path(3, 2), "server_error")
    for _ in range(3):
        found = run()
    assert found[304] in {0, PAGES - N_PAGES}
    asked = [entry for entry in site.log if "/topic/3-" in entry.path]
    assert not [entry for entry in asked if "if-none-match" in entry.headers]


def test_an_answer_to_what_was_not_asked_is_no_page(run: Run, site: MockForum, tool: Tool) -> None:
    run()
    say(site.forum, site.forum.thread(3))
    path = site.path(3, 4)
    site.override(path, Answer(304))
    run("off")
    assert [row["status"] for row in rows(tool.folder, "fetches") if row["outcome"] == "stale"] == [304] * 3
    asked = [entry.headers.get("cache-control") for entry in site.log if entry.path == path]
    assert asked == ["no-cache"] * 3
    site.restore()
    run("off")
    assert {row["n_posts_seen"] for row in rows(tool.folder, "threads") if row["thread_id"] == 3} == {18}


def test_an_old_copy_is_asked_for_past_the_caches(run: Run, site: MockForum, tool: Tool) -> None:
    path = site.path(3, 4)
    old = site.honest(path)
    say(site.forum, site.forum.thread(3), 2)
    site.etags = False
    run()
    say(site.forum, site.forum.thread(3))
    site.override(path, lambda forum, asked: forum.honest(asked) if past_caches(forum, path) else old)
    run("off")
    assert [row["outcome"] for row in rows(tool.folder, "fetches") if row["url"].endswith(path)] == [
        "ok",
        "stale",
        "ok",
    ]
    assert {row["n_posts_seen"] for row in rows(tool.folder, "threads") if row["thread_id"] == 3} == {20}


def past_caches(forum: MockForum, path: str) -> bool:
    return [entry for entry in forum.log if entry.path == path][-1].headers.get("cache-control") == "no-cache"


def test_a_server_that_never_tells_of_a_change_is_found_out(run: Run, site: MockForum, tool: Tool) -> None:
    run()
    edit(site.forum, site.forum.thread(3).posts[1], "Never mind.")
    site.override("/topic/*", "lying_304")
    for _ in range(MOST_UNCHANGED):
        assert run()[304] == PAGES
    assert rows(tool.folder, "events") == []
    assert run()[200] == PAGES + 4
    assert [row["event"] for row in rows(tool.folder, "events")] == ["edited"]


def test_a_month_is_the_longest(run: Run, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    edit(site.forum, site.forum.thread(3).posts[1], "Never mind.")
    site.override("/topic/*", "lying_304")
    started = clock._START
    for days, answers in ((20, {200: 4, 304: PAGES}), (31, {200: 4 + PAGES}), (32, {200: 4, 304: PAGES})):
        monkeypatch.setattr(clock, "_START", started + timedelta(days=days))
        assert run() == answers, days
    assert [row["event"] for row in rows(tool.folder, "events")] == ["edited"]


def test_validators_that_stay_when_the_words_change(run: Run, site: MockForum, tool: Tool) -> None:
    """Found out on the first page that has to be asked for in full, as the listing tells of a reply."""
    site.etags = False
    site.override("/topic/*", with_etag('"always"'))
    run()
    edit(site.forum, site.forum.thread(5).posts[1], "Never mind.")
    say(site.forum, site.forum.thread(3))
    edit(site.forum, site.forum.thread(3).posts[16], "I see.")
    assert run()[304] < PAGES - N_PAGES, "what is read after it is not asked on condition any more"
    assert 304 not in run()
    assert [row["thread_id"] for row in rows(tool.folder, "events")] == [3, 5]


def with_etag(value: str) -> Fault:
    """Pages with this ETag, whatever stands on them; 304 to whoever shows it."""

    def fault(forum: MockForum, path: str) -> Answer:
        asked = [entry for entry in forum.log if entry.path == path][-1].headers
        if asked.get("if-none-match") == value:
            return Answer(304, headers={"ETag": value})
        found = forum.honest(path)
        return replace(found, headers={**found.headers, "ETag": value})

    return fault


def test_a_refresh_reads_everything(run: Run) -> None:
    run()
    assert 304 not in run("all", "--refresh")
    assert run()[304] == PAGES


def test_a_newer_parser_reads_what_has_not_changed_out_of_the_store(
    run: Run, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.commands import _refresh

    run()
    monkeypatch.setattr(_refresh, "PARSER_VERSION", bodies.PARSER_VERSION + 1)
    monkeypatch.setattr(bodies, "PARSER_VERSION", bodies.PARSER_VERSION + 1)
    assert run()[304] == PAGES
    assert {row["parser_version"] for row in rows(tool.folder, "versions")} == {bodies.PARSER_VERSION}
    assert rows(tool.folder, "events") == []
    assert run()[304] == PAGES
    assert {row["n_versions"] for row in rows(tool.folder, "posts")} == {1}


def test_a_killed_run_goes_on(run: Run, site: MockForum, tool: Tool) -> None:
    run()
    before = tool.canonical()
    total: Counter[int | None] = Counter()
    while total[304] < PAGES:
        total += run(PAGE_BUDGET=15)
    assert total[304] == PAGES
    assert tool.canonical() == before


def test_listings_are_always_asked_for_in_full(run: Run, site: MockForum) -> None:
    run()
    run()
    paths = {*listing(site, 1, 2, 3, 4)}
    assert {entry.path for entry in site.log if entry.status == 200} == {"/robots.txt", *paths}
