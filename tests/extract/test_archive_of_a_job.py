"""Years of runs that read only what may have changed: their archive gives the tables of the job."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from crawl_help import Tool, fast, rows
from extract_help import archive, extract
from growing_forum import begin, edit, say
from mock_forum import MockForum
from records_made import check, records

from crawler import clock
from crawler.archive.record import UNCHANGED_PROFILE
from crawler.commands._crawl import RUNNERS
from crawler.demo import build_many
from crawler.demo.answer import Answer
from crawler.demo.model import ops

RUNS = 7
PAGES = 12 * 4


@pytest.fixture
def site() -> Iterator[MockForum]:
    with MockForum(build_many(12, 17, seed=4, posts_per_page=5, threads_per_page=6)) as running:
        yield running


Run = Callable[..., None]


@pytest.fixture
def run(site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> Run:
    def crawl(recheck: str = "all", *options: object) -> None:
        monkeypatch.setitem(RUNNERS, "default", fast(RECHECK=recheck))
        site.refresh()
        site.clear_log()
        result = tool.grab(site.url + site.forum.boards[0].path, *options)
        assert result.code in {0, 3}, result.err

    return crawl


def check_extracted(tool: Tool) -> Tool:
    for path in archive(tool):
        check(path)
    _done, there = extract(tool, *archive(tool))
    found, expected = there.canonical(), tool.canonical()
    for name in expected:
        assert found[name] == expected[name], name
    assert found.keys() == expected.keys()
    assert rows(there.folder, "posts") == rows(tool.folder, "posts"), "first_seen_at and last_seen_at included"
    return there


@pytest.mark.parametrize("policy", ["off", "age", "all", "age with etags"])
def test_the_same_tables(run: Run, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    policy, _, etags = policy.partition(" with ")
    site.etags = bool(etags)
    start = clock._START
    for step in range(RUNS):
        monkeypatch.setattr(clock, "_START", start - timedelta(days=60 * (RUNS - step)))
        change(site, step)
        run(policy)
    events = {row["event"] for row in rows(tool.folder, "events")}
    assert events >= {"edited", "split", "merged", "missing"}
    check_extracted(tool)


def change(site: MockForum, step: int) -> None:
    forum = site.forum
    if step == 1:
        say(forum, forum.thread(3), 4)
        begin(forum, 200)
    elif step == 2:
        edit(forum, forum.thread(5).posts[-1], "I have changed my mind.")
        say(forum, forum.thread(5), 3)
    elif step == 3:
        ops.remove(forum, forum.thread(3).posts[6], forum.now)
        say(forum, forum.thread(3))
    elif step == 4:
        ops.split(forum, forum.thread(4).posts[8:11], "Split off", forum.now)
        say(forum, forum.threads[-1])
    elif step == 5:
        ops.merge(forum, forum.thread(9), forum.thread(12), forum.now)
        say(forum, forum.thread(12))
        ops.hide(forum, forum.listed(forum.boards[0])[1], forum.now)


def test_what_has_not_changed(run: Run, site: MockForum, tool: Tool) -> None:
    site.etags = True
    for step in range(3):
        change(site, step)
        run()
    run("off")
    run("all", "--refresh")
    run()
    found = [record for path in archive(tool) for record in records(path)]
    unsent = [record for record in found if record.status == 304]
    assert len(unsent) > 2 * PAGES
    for record in unsent:
        assert (record.kind, record.payload) == ("revisit", b"")
        assert None not in record.refers_to
    raw = b"".join(gzip.decompress(path.read_bytes()) for path in archive(tool))
    assert raw.count(UNCHANGED_PROFILE.encode()) == len(unsent)
    check_extracted(tool)


def test_what_is_in_no_archive_is_asked_for_in_full(run: Run, site: MockForum) -> None:
    site.etags = True
    answers = []
    for options in (("--no-archive",), (), (), ("--no-archive",)):
        run("all", *options)
        answers.append(sum(entry.status == 304 for entry in site.log))
    assert answers == [0, 0, PAGES, PAGES]


def test_old_copies_are_no_more_believed_than_then(run: Run, site: MockForum, tool: Tool) -> None:
    path = site.path(3, 4)
    old = site.honest(path)
    say(site.forum, site.forum.thread(3), 2)
    run()
    say(site.forum, site.forum.thread(3))
    site.override(path, old)
    run("off")
    site.override(path, Answer(304))
    run("off")
    site.restore()
    run("off")
    assert [row["outcome"] for row in rows(tool.folder, "fetches")].count("stale") == 6
    check_extracted(tool)
