"""`threadset forget`: nothing is left in any byte of the folder, and nothing comes back; what was not meant stays."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote as escaped

import pytest
from crawl_help import Tool, by_id, manifest, rows
from filelock import FileLock
from forget_help import grab_demo, holding, quoted_post, signs_of
from mock_forum import MockForum, in_post, redirect

from crawler.demo.answer import Answer
from output import read_dataset

SITE = "127.0.0.1"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grab_demo(tmp_path_factory.mktemp("forget") / "data")


@pytest.fixture
def copied(master: Path, data: Path) -> Path:
    """A crawl of the whole demo forum, the site of which is not there any more."""
    return shutil.copytree(master, data)


@pytest.fixture
def crawled(tool: Tool, mock: MockForum, data: Path) -> Path:
    """A crawl of the whole demo forum, with an export in its folder."""
    assert tool.grab(*_urls(mock)).code == 0
    assert tool("export", data, "--canonical").code == 0
    return data


def _urls(mock: MockForum) -> list[str]:
    boards = [board.forum_id for board in mock.forum.boards]
    return [mock.url + mock.forum_path(number) for number in boards]


def erase(tool: Tool, folder: Path, *what: object) -> Any:
    done = tool("forget", folder, *what, "--yes", "--json")
    assert done.code == 0, done.err
    return done.json


def again(tool: Tool, mock: MockForum, folder: Path, tmp_path: Path) -> list[Path]:
    """The folder after a fresh reading of everything, a pack of it, and what an extraction of its archive gives."""
    assert tool.grab(*_urls(mock), "--refresh").code in {0, 3}
    full = ["--profile", "full", "--license", "MIT", "--article-bodies", "--recovered-text"]
    assert tool("pack", folder, "--to", tmp_path / "pack", *full).code == 0
    archives = sorted((folder / "archive").glob("*.warc.gz"))
    found = [folder, tmp_path / "pack"]
    if archives:
        assert tool("extract", *archives, "--out", tmp_path / "extracted").code in {0, 3}
        found.append(tmp_path / "extracted")
    for one in found:
        assert tool("verify", one).code == 0, tool("verify", one).err
    return found


def own_lines(posts: list[dict[str, Any]], others: list[dict[str, Any]]) -> set[str]:
    """Long lines of posts that nobody else wrote: the members of the demo forum have a way of saying the same."""
    said = "\n".join(str(post["text"]) for post in others)
    found = {line[:60] for post in posts for line in str(post["text"]).split("\n") if len(line) > 30}
    return {line for line in found if line not in said and line.isascii()}


class TestAPost:
    def test_nothing_of_it_is_left_nor_comes_back(
        self, tool: Tool, mock: MockForum, crawled: Path, tmp_path: Path
    ) -> None:
        post = quoted_post(crawled)
        words = [*signs_of(post)]
        before = by_id(rows(crawled, "posts"))
        assert {name.split("/")[0] for name, _ in holding(crawled, *words)} >= {
            "state.sqlite", "archive", "jsonl", "parquet", "canonical"
        }  # fmt: skip
        done = erase(tool, crawled, "--post", post["post_id"])
        assert (done["posts"], done["quotes"] > 0, done["records"] > 0, done["not_ours"]) == (1, True, True, [])
        assert holding(crawled, *words, str(post["post_id"])) == []
        left = by_id(rows(crawled, "posts"))
        assert before.keys() - left.keys() == {post["post_id"]}
        assert tool("verify", crawled).code == 0
        for folder in again(tool, mock, crawled, tmp_path):
            assert holding(folder, *words) == []

    def test_the_others_are_as_they_were(self, tool: Tool, copied: Path) -> None:
        post = quoted_post(copied)
        before, quotes = by_id(rows(copied, "posts")), rows(copied, "quotes")
        done = erase(tool, copied, "--post", post["post_id"])
        quoting = {q["post_id"] for q in quotes if post["post_id"] in {q["target_post_id"], q["cited_post_id"]}}
        for number, row in by_id(rows(copied, "posts")).items():
            changed = {name for name, value in row.items() if value != before[number][name]}
            allowed = {"full_text", "html", "quotes", "reply_to_post_id", "reply_method", "reply_confidence"}
            assert changed <= {"position"} | (allowed if number in quoting else set()), number
            assert row["text"] == before[number]["text"]
        emptied = [q for q in rows(copied, "quotes") if (q["quoted_text"], q["method"]) == (None, None)]
        assert len(emptied) == done["quotes"] > 0
        assert {q["post_id"] for q in emptied} == quoting
        for name in ("cited_author_name", "cited_author_id", "cited_at", "cited_post_id", "target_post_id"):
            assert {q[name] for q in emptied} == {None}

    def test_no_other_folder_brings_it_back_into_a_pack(
        self, tool: Tool, copied: Path, master: Path, tmp_path: Path
    ) -> None:
        post = quoted_post(copied)
        erase(tool, copied, "--post", post["post_id"])
        for folders in ((copied, master), (master, copied)):
            refused = tool("pack", *folders, "--to", tmp_path / "pack", "--license", "MIT")
            assert (refused.code, f"{master}: it holds 1 posts that {copied} has forgotten" in refused.error) == (
                1,
                True,
            )
        assert not (tmp_path / "pack").exists()

    def test_its_thread_is_still_complete(self, tool: Tool, mock: MockForum, crawled: Path) -> None:
        post = quoted_post(crawled)
        for _ in range(2):
            erase(tool, crawled, "--post", post["post_id"])
            thread = next(t for t in rows(crawled, "threads") if t["thread_id"] == post["thread_id"])
            assert (thread["complete"], thread["n_posts_declared"]) == (True, thread["n_posts_seen"] + 1)
            told = manifest(crawled)
            assert told["completeness"]["complete"] is True
            assert {name: told["forgotten"][name] for name in ("posts", "authors", "threads", "sites")} == {
                "posts": 1, "authors": 0, "threads": 0, "sites": 0
            }  # fmt: skip
            assert tool.grab(mock.url + mock.path(post["thread_id"]), "--refresh").code == 0

    @pytest.mark.parametrize("keeps_author", [True, False])
    def test_a_quote_without_a_number_is_known_by_its_words(
        self, tool: Tool, mock: MockForum, master: Path, data: Path, keeps_author: bool
    ) -> None:
        posts = by_id(rows(master, "posts"))
        quote = next(
            quote for quote in rows(master, "quotes")
            if quote["depth"] == 0 and len((quote["quoted_text"] or "").split()) > 9
            and posts[quote["post_id"]]["page"] == 1
            and quote["target_thread_id"] == posts[quote["post_id"]]["thread_id"]
        )  # fmt: skip
        path = mock.path(quote["target_thread_id"])
        page = re.sub(
            rb"data-ipsquote-(contentcommentid|timestamp|contentid|userid)=", rb"data-x-\1=", mock.honest(path).body
        )
        if not keeps_author:
            page = page.replace(b"data-ipsquote-username=", b"data-y=")
        page = re.sub(rb'data-[xy][-a-z]*=(["\'])[^"\']*\1', b"", page)
        mock.override(path, Answer(body=page))
        assert tool.grab(mock.url + path).code in {0, 3}
        found = next(q for q in rows(data, "quotes") if q["post_id"] == quote["post_id"])
        assert (found["cited_post_id"], bool(found["cited_author_name"])) == (None, keeps_author)
        words = max(quote["quoted_text"].split("\n"), key=len)[:40]
        erase(tool, data, "--post", quote["target_post_id"])
        assert holding(data, words) == []
        assert tool.grab(mock.url + path, "--refresh").code in {0, 3}
        assert holding(data, words) == []
        assert quote["post_id"] in by_id(rows(data, "posts"))


class TestAnAuthor:
    def test_words_and_names_go_everywhere(self, tool: Tool, mock: MockForum, crawled: Path, tmp_path: Path) -> None:
        author = next(a for a in rows(crawled, "authors") if a["author_name"] == "Lamplighter")
        written = [post for post in rows(crawled, "posts") if post["author_id"] == author["author_id"]]
        words = own_lines(written, [post for post in rows(crawled, "posts") if post not in written])
        assert len(words) > 5
        done = erase(tool, crawled, "--author", "lamplighter")
        assert done["posts"] == len(written)
        assert holding(crawled, "Lamplighter", *words) == []
        left = rows(crawled, "posts")
        assert not {author["author_id"]} & {post["author_id"] for post in left}
        assert not {author["author_id"]} & {quote["cited_author_id"] for quote in rows(crawled, "quotes")}
        for folder in again(tool, mock, crawled, tmp_path):
            assert holding(folder, "Lamplighter", *words) == []
        assert manifest(crawled)["forgotten"]["authors"] == 1

    def test_a_number_stands_for_all_names(self, tool: Tool, copied: Path) -> None:
        author = next(a for a in rows(copied, "authors") if a["author_name"] == "Lamplighter")
        erase(tool, copied, "--author-id", author["author_id"])
        assert holding(copied, "Lamplighter") == []

    def test_a_name_that_is_a_word_goes_as_a_name_only(self, tool: Tool, copied: Path) -> None:
        before = {post["post_id"]: post["text"] for post in rows(copied, "posts") if post["author_name"] != "13."}
        erase(tool, copied, "--author", "13.")
        assert {post["post_id"]: post["text"] for post in rows(copied, "posts")} == before
        assert "13." not in {author["author_name"] for author in rows(copied, "authors")}
        assert "13." not in {quote["cited_author_name"] for quote in rows(copied, "quotes")}


class TestAThread:
    def test_it_is_gone_and_never_asked_for_again(
        self, tool: Tool, mock: MockForum, crawled: Path, tmp_path: Path
    ) -> None:
        thread = max(rows(crawled, "threads"), key=lambda row: row["n_posts_seen"])
        number, slug = thread["thread_id"], thread["url"].rstrip("/").rpartition("/")[2]
        written = [post for post in rows(crawled, "posts") if post["thread_id"] == number]
        words = own_lines(written, [post for post in rows(crawled, "posts") if post not in written])
        assert len(words) > 5
        done = erase(tool, crawled, "--thread", number)
        assert done["posts"] == thread["n_posts_seen"]
        assert holding(crawled, slug, f"/topic/{number}-", *words) == []
        mock.log.clear()
        for folder in again(tool, mock, crawled, tmp_path):
            assert holding(folder, slug, f"/topic/{number}-", *words) == []
        assert not [entry.path for entry in mock.log if f"/topic/{number}-" in entry.path]
        assert number not in {row["thread_id"] for row in rows(crawled, "threads")}
        assert manifest(crawled)["completeness"]["complete"] is True

    def test_asking_for_it_by_address_is_refused(self, tool: Tool, mock: MockForum, data: Path) -> None:
        assert tool.grab(mock.url + mock.path(88), mock.url + mock.path(101)).code == 0
        slug = mock.path(88).rstrip("/").rpartition("/")[2]
        erase(tool, data, "--thread", 88)
        assert holding(data, slug) == []
        refused = tool.grab(mock.url + mock.path(88))
        assert (refused.code, "was forgotten in this folder" in refused.error) == (2, True)
        for other in (f"/topic/88-{slug.upper()}/", "/topic/88/", "/index.php?/topic/88-Another-Title/page/2/"):
            assert tool.grab(mock.url + other).code == 2
        some = tool.grab(mock.url + mock.path(88), mock.url + mock.path(101))
        assert (some.code, "1 address that was asked for is forgotten here" in some.err) == (0, True)
        assert holding(data, slug) == []

    def test_links_to_it_in_any_spelling(self, tool: Tool, mock: MockForum, data: Path) -> None:
        slug = mock.path(88).rstrip("/").rpartition("/")[2]
        shared = escaped(mock.url + mock.path(88), safe="")
        links = [
            f"{mock.url}/topic/{slug.upper()}/",
            f"{mock.url}/Topic/{slug.title()}/page/2/#comment-1",
            f"{mock.url}/index.php?/topic/{slug}/",
            f"https://share.example/?u={shared}",
            f"https://share.example/?to={escaped(shared)}",
        ]
        markup = "".join(f'<a href="{link}">look</a> {link} ' for link in links)
        mock.override(mock.path(90), in_post(markup.encode()))
        urls = [mock.url + mock.path(number) for number in (88, 90)]
        assert tool.grab(*urls).code == 0
        words = [slug, slug.upper(), slug.title(), escaped(f"topic/{slug}", safe="")]
        assert {word for _name, word in holding(data, *words)} == set(words)
        erase(tool, data, "--thread", 88)
        assert holding(data, *words) == []
        assert tool.grab(urls[1], "--refresh").code == 0
        assert holding(data, *words) == []

    def test_a_number_that_leads_to_it_later(self, tool: Tool, mock: MockForum, data: Path) -> None:
        """A thread that goes on under a forgotten number is gone; what was read of it before stays, as missing."""
        urls = [mock.url + mock.path(number) for number in (88, 90)]
        assert tool.grab(*urls).code == 0
        kept = [post["post_id"] for post in rows(data, "posts") if post["thread_id"] == 90]
        slug = mock.path(88).rstrip("/").rpartition("/")[2]
        erase(tool, data, "--thread", 88)
        mock.override(mock.path(90), redirect(mock.path(88)))
        mock.override("/topic/7-old-name/", redirect(mock.path(88)))
        mock.clear_log()
        assert tool.grab(urls[1], mock.url + "/topic/7-old-name/", "--refresh").code == 3
        assert mock.count(mock.path(88)) == 0
        assert holding(data, slug, "/topic/88-") == []
        assert {row["thread_id"]: row["status"] for row in rows(data, "threads")} == {7: "missing", 90: "missing"}
        assert {row["post_id"]: row["status"] for row in rows(data, "posts")} == dict.fromkeys(kept, "missing")
        erase(tool, data, "--thread", 90)
        assert rows(data, "posts") == []


class TestASite:
    def test_alone_nothing_is_left(self, tool: Tool, mock: MockForum, data: Path) -> None:
        assert tool.grab(mock.url + mock.path(88)).code == 0
        post = rows(data, "posts")[0]
        done = erase(tool, data, "--site", SITE)
        assert done["posts"] > 0
        assert holding(data, SITE, *signs_of(post), "ferry") == []
        assert not (data / "manifest.json").exists()
        assert list((data / "archive").iterdir()) == []
        assert tool.grab(mock.url + mock.path(88)).code == 2
        assert holding(data, SITE) == []

    def test_of_two_the_other_stays(self, tool: Tool, mock: MockForum, tmp_path: Path) -> None:
        folder, job = tmp_path / "job", tmp_path / "job.toml"
        with MockForum(mock.forum) as other:
            sites = "".join(
                f'[[site]]\nname = "{name}"\nthreads = ["{server.url}{server.path(number)}"]\n'
                for name, server, number in (("a.example", mock, 88), ("b.example", other, 101))
            )
            job.write_text(f'name = "n"\nout = "job"\nuser_agent = "me (+mailto:a@me.example)"\ndelay = 0\n{sites}')
            assert tool("crawl", job).code == 0
            before = list(read_dataset(folder).rows("posts"))
            kept = [post for post in before if post.site == "b.example"]
            assert len(before) > len(kept) > 0
            assert (folder / "run.json").exists()
            refused = tool("forget", folder, "--post", kept[0].post_id, "--site", "a.example", "--yes")
            assert (refused.code, f"there is no post {kept[0].post_id}" in refused.error) == (2, True)
            erase(tool, folder, "--site", "a.example")
            place = mock.url.split("//")[1].rstrip("/")
            for _ in range(2):
                assert holding(folder, "a.example", place) == []
                left = [(post.site, post.post_id, post.text) for post in read_dataset(folder).rows("posts")]
                assert left == [(post.site, post.post_id, post.text) for post in kept]
                assert tool("verify", folder).code == 0
                ran = tool("crawl", job)
                assert (ran.code, "1 address that was asked for is forgotten here" in ran.err) == (0, True), ran.err

    def test_superseded_parts_go_at_once(self, tool: Tool, mock: MockForum, tmp_path: Path) -> None:
        folder, job = tmp_path / "job", tmp_path / "job.toml"
        site = f'[[site]]\nthreads = ["{mock.url}{mock.path(101)}"]\n'
        job.write_text(f'name = "n"\nout = "job"\nuser_agent = "me (+mailto:a@me.example)"\ndelay = 0\n{site}')
        assert tool("crawl", job).code == 0
        post = next(post for post in read_dataset(folder).rows("posts") if len((post.text or "").split()) > 6)
        assert tool("report", folder).code == 0
        before = {path.name for path in folder.rglob("part-*")}
        erase(tool, folder, "--post", post.post_id)
        signs = signs_of({"post_id": post.post_id, "text": post.text})
        assert holding(folder, *signs) == []
        assert (folder / "report.html").exists()
        assert manifest(folder)["superseded"] == []
        assert {path.name for path in folder.rglob("part-*")} != before
        assert tool("crawl", job).code == 0
        assert holding(folder, *signs) == []


class TestBadInput:
    @pytest.fixture
    def small(self, tool: Tool, mock: MockForum, data: Path) -> Path:
        assert tool.grab(mock.url + mock.path(88)).code == 0
        return data

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            (("--post", 999_999), "there is no post 999999"),
            (("--author", "Nobody"), "there is no author called Nobody"),
            (("--author-id", 4711), "there is no member 4711"),
            (("--thread", 4711), "there is no thread 4711"),
            (("--site", "other.example"), "there is no site other.example; it has 127.0.0.1"),
            (("--post", 1, "--site", "other.example"), "there is no post 1"),
            (("--post", 1, "--thread", 1), "more than one thing is named"),
            ((), "nothing is named"),
            (("--post", 0), "0 is not in the range"),
        ],
    )
    def test_what_is_not_there(
        self, tool: Tool, small: Path, contents: dict[str, bytes], what: tuple[object, ...], said: str
    ) -> None:
        refused = tool("forget", small, *what, "--yes")
        assert (refused.code, said in refused.error) == (2, True), refused.err
        assert everything(small) == contents

    @pytest.fixture
    def contents(self, small: Path) -> dict[str, bytes]:
        return everything(small)

    def test_without_a_word_nothing_is_erased(self, tool: Tool, small: Path, contents: dict[str, bytes]) -> None:
        post = rows(small, "posts")[1]["post_id"]
        refused = tool("forget", small, "--post", post)
        assert (refused.code, "--yes" in refused.error) == (2, True)
        looked = tool("forget", small, "--post", post, "--dry-run")
        assert (looked.code, "1 post would go" in looked.out) == (0, True)
        assert everything(small) == contents

    def test_a_run_is_at_work(self, tool: Tool, small: Path, contents: dict[str, bytes]) -> None:
        with FileLock(small / ".lock"):
            assert tool("forget", small, "--thread", 88, "--yes").code == 6
        assert everything(small) == contents

    def test_no_dataset(self, tool: Tool, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        for folder in (tmp_path / "empty", tmp_path / "nothing"):
            assert tool("forget", folder, "--post", 1, "--yes").code == 2
        assert list((tmp_path / "empty").iterdir()) == []

    def test_a_torn_store(self, tool: Tool, small: Path) -> None:
        state = small / "state.sqlite"
        state.write_bytes(state.read_bytes()[:-5000])
        before = everything(small)
        refused = tool("forget", small, "--thread", 88, "--yes")
        assert (refused.code, "damaged" in refused.error) == (1, True)
        assert everything(small) == before

    def test_a_list_that_cannot_be_used(self, tool: Tool, small: Path) -> None:
        posts = [post["post_id"] for post in rows(small, "posts")]
        erase(tool, small, "--post", posts[1])
        key, kept = small / "forgotten.key", (small / "forgotten.key").read_bytes()
        key.unlink()
        assert "forgotten.key: it is gone" in tool("forget", small, "--post", posts[2], "--yes").error
        assert tool.grab("https://forum.example/topic/1-x/").code == 2
        key.write_bytes(b"ab" * 32)
        key.chmod(0o600)
        assert "it is no key of forgotten.list" in tool("export", small).error
        key.write_bytes(kept)
        key.chmod(0o644)
        assert "others can read it" in tool("export", small).error
        key.chmod(0o600)
        listed = small / "forgotten.list"
        listed.write_bytes(listed.read_bytes()[:-20])
        assert "forgotten.list: it is damaged" in tool("export", small).error


def everything(folder: Path) -> dict[str, bytes]:
    """All files but the lock, which is opened."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name != ".lock"}
