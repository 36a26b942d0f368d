"""A forum that moves to another host in the middle of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from crawl_help import Tool, manifest, port_of, rows
from growing_forum import say
from job_help import forum_url, site, write_job
from mock_forum import Answer, MockForum, redirect

from crawler.demo import Forum, build_many

NAME = "forum.example"


@pytest.fixture
def forum() -> Forum:
    return build_many(4, 12, posts_per_page=5, threads_per_page=2)


@pytest.fixture
def hosts(forum: Forum) -> Iterator[tuple[MockForum, MockForum]]:
    with MockForum(forum) as old, MockForum(forum) as new:
        yield old, new


def leads(old: MockForum, new: MockForum, after: int = 0) -> None:
    """After so many requests every address of the old host leads to the new one."""

    def answer(forum: MockForum, path: str) -> Answer:
        return redirect(new.url + path)(forum, path) if len(forum.log) > after else forum.honest(path)

    old.override("/*", answer)


def place(server: MockForum) -> str:
    return f"127.0.0.1:{port_of(server.url)}"


def at(exported: dict[str, bytes], *hosts: MockForum) -> dict[str, bytes]:
    """JSONL of a canonical export with one name in the place of those of these hosts."""
    names = re.compile("|".join(map(place, hosts)).encode())
    return {name: names.sub(b"HOST", content) for name, content in exported.items() if name.endswith(".jsonl")}


@pytest.mark.parametrize("after", [7, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2, 3, 12, 14))])
def test_to_one_that_the_job_names(tool: Tool, hosts: tuple[MockForum, MockForum], after: int) -> None:
    """Everything is found once, under its numbers; the next run, which asks the new host, finds nothing changed."""
    old, new = hosts
    home = tool.folder.parent
    leads(old, new, after)
    both = {"aliases": [place(old), place(new)]}
    assert tool("crawl", write_job(home, site(NAME, forums=[forum_url(old)], **both))).code == 0
    assert new.log
    check(tool, hosts)
    moved = tool.canonical()
    assert tool("crawl", write_job(home, site(NAME, forums=[forum_url(new)], **both))).code == 0
    check(tool, hosts)
    assert at(tool.canonical(), *hosts) == at(moved, *hosts)
    assert all(entry.in_flight == 1 for server in hosts for entry in server.log)


def check(tool: Tool, hosts: tuple[MockForum, MockForum]) -> None:
    """What a crawl of the new host alone gives, but for the names of the hosts; nothing happened to anything."""
    folder, new = tool.folder, hosts[1]
    reference = Tool(folder.with_name("whole"), tool._capsys)
    if not reference.folder.exists():
        job = write_job(folder.parent, site(NAME, forums=[forum_url(new)]))
        job.write_text(job.read_text().replace('out = "out"', 'out = "whole"'))
        log = list(new.log)
        assert tool("crawl", job).code == 0
        new.log[:] = log
    assert at(tool.canonical(), *hosts) == at(reference.canonical(), *hosts)
    assert rows(folder, "events") == []
    assert {row["n_versions"] for row in rows(folder, "posts")} == {1}
    assert len(rows(folder, "threads")) == 4
    assert tool("verify", folder).code == 0


def test_to_one_that_nobody_named(tool: Tool, hosts: tuple[MockForum, MockForum]) -> None:
    """It is named, never asked, and nothing that was read is lost; once the job names it, all goes on."""
    old, new = hosts
    home = tool.folder.parent
    job = write_job(home, site(NAME, forums=[forum_url(old)]))
    leads(old, new, after=6)
    result = tool("crawl", job)
    assert result.code == 3, result.err
    known = rows(tool.folder, "posts")
    assert known
    problems = manifest(tool.folder)["completeness"]["problems"]
    assert {problem["kind"] for problem in problems} == {"offsite"}
    assert all(f"(to {place(new)})" in problem["reason"] and "`aliases`" in problem["fix"] for problem in problems)

    leads(old, new)  # also what the job names itself
    result = tool("crawl", job)
    assert (result.code, f"(it redirects to {place(new)})" in result.error) == (4, True), "not even robots.txt is there"
    assert "`aliases`" in result.error
    assert rows(tool.folder, "posts") == known
    assert (new.log, rows(tool.folder, "events")) == ([], [])

    say(old.forum, old.forum.thread(2))
    for server in hosts:
        server.refresh()
    aliases = [place(old), place(new)]
    assert tool("crawl", write_job(home, site(NAME, forums=[forum_url(old)], aliases=aliases))).code == 0
    check(tool, hosts)
