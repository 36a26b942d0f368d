"""`threadset crawl`: jobs against forums on this machine."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Result, Tool, manifest, polite, port_of, rows
from job_help import HEAD, forum_url, site, write_job
from mock_forum import MockForum, edited, redirect

from crawler.demo import Forum
from crawler.store import STATE_FILE
from output import read_dataset


@pytest.fixture
def second(forum: Forum) -> Iterator[MockForum]:
    with MockForum(forum) as running:
        yield running


@pytest.fixture
def home(data: Path) -> Path:
    """Where the job file lies; the dataset is `data`."""
    return data.parent


def run_json(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_bytes())


def tells(home: Path, name: str) -> list[str]:
    """A hook that writes its environment to a file."""
    code = (
        f"import json, os; json.dump({{k: v for k, v in os.environ.items() if k.startswith('THREADSET')}}, "
        f"open({str(home / name)!r}, 'w'))"
    )
    return [sys.executable, "-c", code]


class TestTwoSites:
    @pytest.fixture
    def job(self, home: Path, mock: MockForum, second: MockForum) -> Path:
        return write_job(
            home,
            site("one.example", forums=[forum_url(mock)]),
            site("two.example", threads=[second.url + second.path(101)]),
        )

    def test_both_are_read_under_their_names(
        self, tool: Tool, job: Path, data: Path, mock: MockForum, second: MockForum
    ) -> None:
        assert tool("crawl", job).code == 0
        board = max(mock.forum.boards, key=lambda board: len(mock.forum.listed(board)))
        keys = {(row["site"], row["thread_id"]) for row in rows(data, "posts")}
        assert keys == {("one.example", thread.thread_id) for thread in mock.forum.listed(board)} | {
            ("two.example", 101)
        }
        assert {row["site"] for row in rows(data, "fetches")} == {"one.example", "two.example"}
        assert rows(data, "runs")[0]["sites"] == ["one.example", "two.example"]
        polite(mock)
        assert all("topic/101-" in path or path == "/robots.txt" for path in polite(second))
        assert tool("verify", data).code == 0

    def test_a_second_run_works(self, tool: Tool, job: Path, data: Path) -> None:
        tool("crawl", job)
        before = tool.canonical()
        assert tool("crawl", job).code == 0
        assert tool.canonical() == before
        assert [row["outcome"] for row in rows(data, "runs")] == ["complete", "complete"]

    def test_files_for_monitors(self, tool: Tool, job: Path, data: Path) -> None:
        assert tool("crawl", job, "-q") == Result(0, "", "")
        facts = run_json(data)
        n_requests = len(rows(data, "fetches"))
        assert (facts["exit_code"], facts["outcome"], facts["run_id"]) == (0, "complete", 1)
        assert facts["n_requests"] == n_requests == sum(one["n_requests"] for one in facts["sites"].values())
        assert facts["n_new"] == len(rows(data, "posts"))
        assert facts["requests_per_new_post"] == round(n_requests / facts["n_new"], 3)
        assert f'threadset_run_requests{{job="nightly"}} {float(n_requests)}' in (data / "metrics.prom").read_text()
        assert facts["n_bytes_a_year"] is None
        tool("crawl", job, "-q")
        assert run_json(data)["n_bytes_a_year"] is None, "two runs in a row tell nothing of a year"
        assert manifest(data)["job"] == "nightly"
        assert tool("export", data, "--canonical", "-q").code == 0
        assert "job" not in manifest(data / "canonical"), "the same facts may have been found by another job"

    def test_check_sends_and_writes_nothing(
        self, tool: Tool, job: Path, data: Path, mock: MockForum, second: MockForum
    ) -> None:
        result = tool("crawl", "--check", job)
        assert result.code == 0
        assert "first run" in result.out
        assert (mock.log, second.log, data.exists()) == ([], [], False)
        tool("crawl", job)
        mock.clear_log()
        before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
        job.write_text(job.read_text().replace("delay = 0.0", "delay = 2.0"))
        known = tool("crawl", "--check", job, "--json").json
        pages = sum(row["n_pages"] for row in rows(data, "threads") if row["site"] == "one.example")
        listed = sum(row["page_kind"] == "forum" for row in rows(data, "fetches"))
        assert known["sites"][0]["requests"] == pages + listed + 1
        assert known["expected_seconds"] == 2.0 * (pages + listed + 1)
        assert "every page that is known" in tool("crawl", "--check", job).out
        assert mock.log == []
        assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


def test_tables_in_parts(tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
    head = "\n".join(line for line in HEAD.splitlines() if "partition" not in line)
    job = write_job(home, site(forums=[forum_url(mock)]), head=head)
    assert tool("crawl", job).code == 0
    parts = list((data / "parquet" / "posts").glob("part-*.parquet"))
    assert parts
    assert tool("crawl", job).code == 0
    assert len(list(read_dataset(data).rows("posts"))) == len(rows_of_forum(mock))
    assert tool("verify", data).code == 0


def test_grab_says_how_long_what_was_left_will_take(tool: Tool, mock: MockForum) -> None:
    assert "wait from an earlier run" not in tool.grab(mock.url + mock.path(101), "--max-pages", 1).out
    assert "2 pages wait from an earlier run, at least 0 s" in tool.grab(mock.url + mock.path(101)).out


def rows_of_forum(mock: MockForum) -> list[int]:
    board = max(mock.forum.boards, key=lambda board: len(mock.forum.listed(board)))
    return [post.post_id for thread in mock.forum.listed(board) for post in thread.posts]


class TestChangedJobs:
    def test_a_site_that_was_taken_out_is_kept_and_left_alone(
        self, tool: Tool, home: Path, data: Path, mock: MockForum, second: MockForum
    ) -> None:
        one, two = (
            site("one.example", forums=[forum_url(mock)]),
            site("two.example", threads=[second.url + second.path(101)]),
        )
        second.override(second.path(101, 2), "server_error")
        assert tool("crawl", write_job(home, one, two)).code == 3
        seen = [row for row in rows(data, "posts") if row["site"] == "two.example"]
        assert seen
        second.clear_log()
        assert tool("crawl", write_job(home, one)).code == 0, "what is missing at the other site is no concern any more"
        assert second.log == []
        assert [row for row in rows(data, "posts") if row["site"] == "two.example"] == seen
        second.restore()
        assert tool("crawl", write_job(home, one, two)).code == 0
        assert len([row for row in rows(data, "posts") if row["site"] == "two.example"]) > len(seen)

    def test_what_waits_of_a_forum_that_was_taken_out_is_not_asked_for(
        self, tool: Tool, home: Path, data: Path, mock: MockForum
    ) -> None:
        budget = "[budget]\npages = 2\n"
        assert tool("crawl", write_job(home, site(forums=[forum_url(mock)]), budget)).code == 0
        assert manifest(data)["completeness"]["complete"] is False
        mock.clear_log()
        assert tool("crawl", write_job(home, site(threads=[mock.url + mock.path(112)]))).code == 0
        assert {path.split("/")[2].split("-")[0] for path in polite(mock) if path != "/robots.txt"} == {"112"}
        status = tool("status", data, "--json").json
        assert (status["pages"]["queued"], status["pages"]["failed"]) == (0, 0)

    def test_excludes(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        board = max(mock.forum.boards, key=lambda board: len(mock.forum.listed(board)))
        first, *others = [thread.thread_id for thread in mock.forum.listed(board)]
        job = write_job(home, site(forums=[forum_url(mock)], excludes=[f"/topic/{first}"]))
        assert tool("crawl", job).code in {0, 3}
        assert {row["thread_id"] for row in rows(data, "posts")} == set(others)
        assert not any(f"/topic/{first}-" in path for path in polite(mock))

    def test_includes(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        job = write_job(home, site(forums=[forum_url(mock)], includes=["/topic/88-*", "/topic/*-port-*"]))
        assert tool("crawl", job).code in {0, 3}
        wanted = {thread.thread_id for thread in mock.forum.threads if "-port-" in thread.path} | {88}
        assert {row["thread_id"] for row in rows(data, "posts")} == wanted

    def test_subforums(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        parent = next(board for board in mock.forum.boards if any(b.parent is board for b in mock.forum.boards))
        assert tool("crawl", write_job(home, site(forums=[mock.url + parent.path], subforums=True))).code == 0
        below = {row["forum_id"] for row in rows(data, "forums")}
        assert len(below) > 1
        mock.clear_log()
        assert tool("crawl", write_job(home, site(forums=[mock.url + parent.path]))).code in {0, 3}
        asked = {path.split("/")[2].split("-")[0] for path in polite(mock) if path.startswith("/forum/")}
        assert asked == {str(parent.forum_id)}


class TestAliases:
    def test_a_forum_that_moved_keeps_its_ids(
        self, tool: Tool, home: Path, data: Path, mock: MockForum, second: MockForum
    ) -> None:
        """The old host redirects to the new one; posts, versions and threads go on under the same name."""
        old, new = f"127.0.0.1:{port_of(mock.url)}", f"127.0.0.1:{port_of(second.url)}"
        assert tool("crawl", write_job(home, site("forum.example", threads=[mock.url + mock.path(101)]))).code == 0
        posts = rows(data, "posts")
        mock.override("/topic/*", lambda forum, path: redirect(second.url + path)(forum, path))
        moved = site("forum.example", threads=[mock.url + mock.path(101)], aliases=[old, new])
        assert tool("crawl", write_job(home, moved)).code == 0
        assert second.count(second.path(101)) == 1
        again = rows(data, "posts")
        assert [(row["site"], row["post_id"]) for row in again] == [("forum.example", row["post_id"]) for row in posts]
        assert {row["n_versions"] for row in again} == {row["n_versions"] for row in posts}

    def test_elsewhere_is_not_followed(
        self, tool: Tool, home: Path, data: Path, mock: MockForum, second: MockForum
    ) -> None:
        mock.override("/topic/*", lambda forum, path: redirect(second.url + path)(forum, path))
        job = write_job(home, site("forum.example", threads=[mock.url + mock.path(101)]))
        assert tool("crawl", job).code == 1
        assert second.log == []

    def test_a_name_that_would_part_the_history_is_refused(
        self, tool: Tool, home: Path, data: Path, mock: MockForum
    ) -> None:
        thread = mock.url + mock.path(88)
        assert tool("crawl", write_job(home, site(threads=[thread]))).code == 0
        mock.clear_log()
        result = tool("crawl", write_job(home, site("forum.example", threads=[thread], aliases=["127.0.0.1"])))
        assert result.code == 2
        assert 'name = "127.0.0.1"' in result.err
        assert mock.log == []


class TestEnds:
    def test_exit_codes_and_hooks(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        hooks = (
            f"[hooks]\non_success = {json.dumps(tells(home, 'good'))}\non_failure = {json.dumps(tells(home, 'bad'))}\n"
        )
        job = write_job(home, site(threads=[mock.url + mock.path(88)]), hooks)
        assert tool("crawl", job).code == 0
        told = json.loads((home / "good").read_text())
        assert told["THREADSET_EXIT"] == "0"
        assert told["THREADSET_RESULT"] == "success"
        assert Path(told["THREADSET_RUN_JSON"]) == data / "run.json"
        assert run_json(data)["hook"]["problem"] is None
        mock.override(mock.path(88), "challenge")
        assert tool("crawl", job).code == 4
        assert json.loads((home / "bad").read_text())["THREADSET_EXIT"] == "4"
        assert run_json(data)["exit_code"] == 4

    def test_codes_that_count_as_success(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        mock.override(mock.path(88), "not_found")
        hooks = f"[hooks]\nsuccess_codes = [0, 3]\non_success = {json.dumps(tells(home, 'good'))}\n"
        job = write_job(home, site(threads=[mock.url + mock.path(88), mock.url + mock.path(90)]), hooks)
        assert tool("crawl", job).code == 3
        assert json.loads((home / "good").read_text())["THREADSET_EXIT"] == "3"

    def test_a_hook_that_fails_changes_nothing(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        hooks = '[hooks]\non_success = ["no-such-program", "SECRET"]\n'
        result = tool("crawl", write_job(home, site(threads=[mock.url + mock.path(88)]), hooks))
        assert result.code == 0
        assert "hook no-such-program: it cannot be run" in result.error
        assert "cannot be run" in run_json(data)["hook"]["problem"]
        assert 'threadset_hook_failed{job="nightly"} 1.0' in (data / "metrics.prom").read_text()
        assert "SECRET" not in (data / "manifest.json").read_text() + json.dumps(rows(data, "runs"))

    def test_a_run_that_fails_tells_it_too(
        self, tool: Tool, home: Path, data: Path, mock: MockForum, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = write_job(
            home, site(threads=[mock.url + mock.path(88)]), f"[hooks]\non_failure = {json.dumps(tells(home, 'bad'))}\n"
        )

        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("no such thing")

        monkeypatch.setattr("crawler.commands._run.publish", broken)
        assert tool("crawl", job).code == 1
        facts = run_json(data)
        assert facts["exit_code"] == 1
        assert "RuntimeError" in facts["error"]
        assert json.loads((home / "bad").read_text())["THREADSET_EXIT"] == "1"
        monkeypatch.undo()

    def test_a_locked_folder_keeps_its_files(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        from filelock import FileLock

        job = write_job(
            home, site(threads=[mock.url + mock.path(88)]), f"[hooks]\non_failure = {json.dumps(tells(home, 'bad'))}\n"
        )
        tool("crawl", job)
        before = (data / "run.json").read_bytes()
        with FileLock(data / ".lock"):
            assert tool("crawl", job).code == 6
        assert (data / "run.json").read_bytes() == before
        told = json.loads((home / "bad").read_text())
        assert told["THREADSET_EXIT"] == "6"
        assert "THREADSET_RUN_JSON" not in told

    def test_a_page_budget(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        job = write_job(home, site(forums=[forum_url(mock)]), "[budget]\npages = 3\n")
        assert tool("crawl", job).code == 0
        assert run_json(data)["stopped"] == "budget"
        assert "what the last run left" in tool("crawl", "--check", job).out
        for _ in range(20):
            assert tool("crawl", job, "-q").code == 0
            if run_json(data)["frontier"]["todo"] == 0:
                break
        assert run_json(data)["stopped"] is None or run_json(data)["frontier"]["todo"] == 0
        assert manifest(data)["completeness"]["complete"] is True
        assert sum(row["page_kind"] != "robots" for row in rows(data, "fetches")) == len(set(polite(mock))) - 1

    def test_a_time_budget(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        mock.delay = 0.2
        job = write_job(home, site(forums=[forum_url(mock)]), "[budget]\nminutes = 0.01\n")
        assert tool("crawl", job).code == 0
        assert run_json(data)["stopped"] == "budget"
        assert run_json(data)["frontier"]["todo"] > 0

    def test_another_place_for_metrics(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        (home / "textfiles").mkdir()
        head = HEAD + 'metrics = "textfiles/news.prom"\n'
        assert tool("crawl", write_job(home, site(threads=[mock.url + mock.path(88)]), head=head)).code == 0
        assert (home / "textfiles" / "news.prom").read_text().startswith("# HELP threadset_")
        assert not (data / "metrics.prom").exists()

    def test_metrics_that_cannot_be_written_are_told(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        head = HEAD + 'metrics = "nowhere/news.prom"\n'
        result = tool("crawl", write_job(home, site(threads=[mock.url + mock.path(88)]), head=head))
        assert result.code == 0
        assert f"{home / 'nowhere/news.prom'}: the report cannot be written (No such file" in result.error

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ('metrics = "nowhere/news.prom"', "metrics: there is no folder"),
            ('hooks = { on_failure = ["/nowhere/tell-me"] }', "hooks.on_failure: there is no program /nowhere/tell-me"),
            ('hooks = { on_success = ["./job.toml"] }', "hooks.on_success: there is no program ./job.toml"),
        ],
    )
    def test_check_misses_what_the_job_names_on_this_machine(
        self, tool: Tool, home: Path, mock: MockForum, lines: str, words: str
    ) -> None:
        result = tool("crawl", "--check", write_job(home, site(threads=[mock.url + mock.path(88)]), head=HEAD + lines))
        assert result.code == 2
        assert words in result.error

    def test_check_misses_a_folder(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        job = write_job(home, site(threads=[mock.url + mock.path(88)]), head=HEAD + 'hooks.on_success = ["true"]\n')
        assert tool("crawl", "--check", job).code == 0
        data.write_text("not a folder")
        assert "is a file" in tool("crawl", "--check", job).error

    def test_events_as_json(self, tool: Tool, home: Path, data: Path, mock: MockForum) -> None:
        mock.override(mock.path(90), "login_wall")
        job = write_job(
            home, site(threads=[mock.url + mock.path(88), mock.url + mock.path(90)]), head=HEAD + "log_json = true\n"
        )
        result = tool("crawl", job, "-q")
        assert result.code == 4
        events = [json.loads(line) for line in result.err.splitlines()]
        assert [event["event"] for event in events] == ["run_started", "error", "run_finished"]
        assert events[-1]["exit_code"] == 4

    def test_a_wrong_job_says_where(self, tool: Tool, home: Path, data: Path) -> None:
        job = write_job(home, site(forums=["https://forum.example/forum/2-x/"]), head=HEAD.replace("delay", "dely"))
        result = tool("crawl", job)
        assert result.code == 2
        assert f"{job}:5: dely: there is no such key; did you mean `delay`?" in result.error
        assert not data.exists()

    def test_cookies_that_are_not_there(self, tool: Tool, home: Path, data: Path) -> None:
        head = HEAD + 'cookies = "nowhere.txt"\n'
        job = write_job(home, site(forums=["https://forum.example/forum/2-x/"]), head=head)
        assert tool("crawl", job).code == 2
        assert not data.exists()


def without_author_ids(body: bytes, *_: object) -> bytes:
    return body.replace(b"/profile/", b"/member/").replace(b"&quot;userid&quot;:", b"&quot;uid&quot;:")


def without_posts(body: bytes, *_: object) -> bytes:
    return body.replace(b'id="elComment_', b'id="elEntry_')


def with_other_words(body: bytes, *_: object) -> bytes:
    """A line of the skin's got into every body."""
    mark = b"data-controller='core.front.core.lightboxedImages'>\n"
    assert mark in body
    return body.replace(mark, mark + b"<p>Like this? Share it.</p>")


def without_manifest(tool: Tool) -> dict[str, bytes]:
    """The tables that would be made of the store; that pages wait is no matter here."""
    return {name: held for name, held in tool.canonical().items() if name != "manifest.json"}


class TestYield:
    """The site changes its markup between two runs."""

    @pytest.fixture
    def job(self, tool: Tool, home: Path, mock: MockForum) -> Path:
        job = write_job(home, site("forum.example", forums=[forum_url(mock)]))
        assert tool("crawl", job).code == 0
        return job

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            (without_author_ids, "author_id: missing on"),
            (without_posts, "posts: "),
            (with_other_words, "text: "),
        ],
    )
    def test_a_field_that_broke(
        self, tool: Tool, job: Path, data: Path, mock: MockForum, *, change: Any, field: str
    ) -> None:
        before = tool.canonical()
        published = (data / "manifest.json").read_bytes()
        mock.override("/topic/*", edited(change))
        result = tool("crawl", job)
        assert result.code == 5
        assert "implausible" in result.error
        assert f"forum.example: {field}" in result.error
        assert "as on thread " in result.error
        assert f"{mock.url}/topic/" in result.error
        assert (data / "manifest.json").read_bytes() == published, "the tables are those of the last good run"
        facts = run_json(data)
        assert (facts["exit_code"], facts["outcome"]) == (5, "implausible")
        assert field in facts["implausible"][0]
        assert tool("verify", data).code == 0
        assert tool("status", data, "--json").json["last_good_run"]["run_id"] == 1
        assert tool("crawl", job).code == 5, "it does not get used to it"
        assert without_manifest(tool) == {name: held for name, held in before.items() if name != "manifest.json"}
        mock.restore()
        assert tool("crawl", job).code == 0
        assert tool.canonical() == before
        outcomes = [row["outcome"] for row in rows(data, "runs")]
        assert outcomes == ["complete", "implausible", "implausible", "complete"]

    def test_where_threads_led_on_such_a_day_is_forgotten(
        self, tool: Tool, job: Path, data: Path, mock: MockForum
    ) -> None:
        before = tool.canonical()
        mock.override(mock.path(88), redirect(mock.path(101)))
        mock.override("/topic/1*", edited(without_author_ids))
        assert tool("crawl", job).code == 5
        assert [entry.status for entry in mock.log if entry.path == mock.path(88)][-1] == 301
        with closing(sqlite3.connect(data / STATE_FILE)) as db:
            assert db.execute("SELECT count(*) FROM aliases WHERE old_id = 88").fetchone() == (0,)
        mock.restore()
        assert tool("crawl", job).code == 0
        assert tool.canonical() == before

    def test_it_can_be_accepted(self, tool: Tool, job: Path, data: Path, mock: MockForum) -> None:
        mock.override("/topic/*", edited(without_author_ids))
        assert tool("crawl", job).code == 5
        assert tool("crawl", job, "--accept-yield").code == 0
        assert {row["author_id"] for row in rows(data, "posts")} == {None}
        assert tool("crawl", job).code == 0

    def test_a_killed_run_is_judged_with_the_next(self, tool: Tool, job: Path, data: Path, mock: MockForum) -> None:
        before = tool.canonical()
        mock.override("/topic/*", edited(without_author_ids))
        monkey = pytest.MonkeyPatch()
        monkey.setattr("crawler.commands._run._guard", lambda folder: (_ for _ in ()).throw(KeyboardInterrupt))
        with monkey.context():
            tool("crawl", job)
        monkey.undo()
        with sqlite3.connect(data / STATE_FILE) as db:
            assert db.execute("SELECT outcome FROM runs ORDER BY run_id").fetchall() == [("complete",), (None,)]
        db.close()
        mock.restore()
        assert tool("crawl", job).code == 5, "half of what it would publish is from the run that nobody judged"
        assert tool("crawl", job).code == 0
        assert tool.canonical() == before

    def test_grab_has_it_too(self, tool: Tool, data: Path, mock: MockForum) -> None:
        assert tool.grab(mock.url + mock.path(101)).code == 0
        before = rows(data, "posts")
        mock.override("/topic/*", edited(without_author_ids))
        result = tool.grab(mock.url + mock.path(101))
        assert result.code == 5
        assert re.search(r"author_id: missing on \d\d of 63 posts", result.error)
        assert rows(data, "posts") == before
        assert tool.grab(mock.url + mock.path(101), "--accept-yield").code == 0

    def test_what_a_forum_does_every_day_is_no_sign(self, tool: Tool, job: Path, mock: MockForum) -> None:
        from crawler.demo import advance

        forum = mock.forum
        for seed in range(3):
            mock.show(advance(mock.forum, seed).forum)
            assert tool("crawl", job).code in {0, 3}
        mock.show(forum, layout="5.0", lang="ru")
        assert tool("crawl", job).code in {0, 3}, "another skin or language is none either"
