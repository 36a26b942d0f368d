"""WARC files of other tools and saved pages."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from crawl_help import Result, Tool, by_id, facts, rows, truth
from extract_help import boards, extract, missing
from mock_forum import MockForum
from records_made import foreign

from crawler.demo import Forum, render

WHERE = "https://forum.example"


@pytest.fixture
def page(forum: Forum) -> bytes:
    """The first page of a thread of one page."""
    return render.topic_page(forum, forum.thread(88), 1, WHERE)


def address(forum: Forum) -> str:
    return WHERE + forum.thread(88).path


def check_thread(there: Tool, forum: Forum) -> None:
    found = by_id(rows(there.folder, "posts"))
    assert {post: facts(row) for post, row in found.items()} == {
        post.post_id: truth(post) for post in forum.thread(88).posts
    }
    assert there("verify", there.folder).code == 0


def wget(mock: MockForum, folder: Path, *args: str) -> Path:
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    command = ["wget", "-q", "-r", "-l", "4", "-nd", "--delete-after", "-e", "robots=off", "-R", "*do=*", *args]
    subprocess.run([*command, "--warc-file=got", *boards(mock)], cwd=folder, timeout=120, check=False)
    (path,) = folder.glob("got.warc*")
    return path


@pytest.mark.parametrize("args", [("--compression=auto",), ("--no-warc-compression",)])
def test_what_wget_saved(tool: Tool, mock: MockForum, tmp_path: Path, args: tuple[str, ...]) -> None:
    path = wget(mock, tmp_path, *args)
    asked = len(mock.log)
    done, there = extract(tool, path)
    assert len(mock.log) == asked
    assert done.code == 0, done.out + done.err
    assert "other things passed over" in done.out
    assert there("verify", there.folder).code == 0
    assert tool.grab(*boards(mock)).code == 0
    crawled, read = by_id(rows(tool.folder, "posts")), by_id(rows(there.folder, "posts"))
    assert {post: facts(row) for post, row in read.items()} == {post: facts(row) for post, row in crawled.items()}
    tables, again = tool.canonical(), there.canonical()
    for name in [*(name for name in tables if "forums" in name), "manifest.json"]:  # wget met the forum above too
        del tables[name], again[name]
    assert again == tables


def chunked(body: bytes) -> bytes:
    parts = [body[start : start + 777] for start in range(0, len(body), 777)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_encodings(tool: Tool, forum: Forum, page: bytes, encoding: str, is_chunked: bool) -> None:
    body = {"identity": bytes, "gzip": gzip.compress, "br": brotli.compress}[encoding](page)
    headers = [("Content-Encoding", encoding)]
    if is_chunked:
        body, headers = chunked(body), [*headers, ("Transfer-Encoding", "chunked")]
    path = tool.folder.with_name("given.warc")
    path.write_bytes(foreign(body, *headers, where=address(forum), packed=is_chunked))
    done, there = extract(tool, path)
    assert done.code == 0, done.out + done.err
    check_thread(there, forum)
    assert rows(there.folder, "posts")[0]["first_seen_at"] == "2024-05-06T07:08:09Z"


def test_things_beside_the_pages_are_passed_over(tool: Tool, forum: Forum, page: bytes) -> None:
    url = address(forum)
    form = b"<html><body><form>Share this</form></body></html>"
    beside = [
        foreign(form, where=f"{url}?do=email"),
        foreign(form, where=f"{WHERE}/forum/4-news/?sortby=title"),
        foreign(b"<rss></rss>", ("Content-Type", "text/xml"), where=f"{WHERE}/forum/4-news.xml/"),
        foreign(b"GIF89a", ("Content-Type", "image/gif"), where=f"{WHERE}/uploads/1.gif"),
        foreign(b"a {}", ("Content-Type", "text/css"), where=f"{url}style.css"),
        foreign(form, where=f"{WHERE}/profile/5-x/"),
    ]
    path = tool.folder.with_name("given.warc.gz")
    path.write_bytes(beside[0] + foreign(page, where=url) + b"".join(beside[1:]))
    done, there = extract(tool, path)
    assert done.code == 0, done.out + done.err
    assert "1 page read, 6 other things passed over, 0 damaged" in done.out
    check_thread(there, forum)


def test_damaged_records_are_named_and_the_others_read(tool: Tool, forum: Forum, page: bytes) -> None:
    bomb = foreign(gzip.compress(b"\x00" * 40_000_000), ("Content-Encoding", "gzip"), where=f"{WHERE}/topic/7-x/")
    lost = foreign(b"", kind="revisit", where=f"{WHERE}/topic/8-x/")
    whole = foreign(page, where=address(forum))
    path = tool.folder.with_name("given.warc.gz")
    path.write_bytes(bomb + lost + whole + whole[:-90])
    done, there = extract(tool, path)
    assert done.code == 3
    first, second, third = len(bomb), len(bomb + lost), len(bomb + lost + whole)
    assert "given.warc.gz at byte 0: it is larger than 32 MB once it is decompressed" in done.out
    assert f"given.warc.gz at byte {first}: the record that it refers to is in none of the files" in done.out
    assert f"given.warc.gz at byte {third}: it is cut off" in done.out
    assert second
    assert [gap["kind"] for gap in missing(there)] == ["damaged"] * 3
    check_thread(there, forum)


def test_a_saved_page(tool: Tool, forum: Forum, page: bytes) -> None:
    path = tool.folder.with_name("Some thread.html")
    path.write_bytes(page)
    at = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))
    done, there = extract(tool, path)
    assert done.code == 0, done.out + done.err
    check_thread(there, forum)
    assert rows(there.folder, "posts")[0]["first_seen_at"] == "2024-05-06T07:08:09Z"
    assert {row["site"] for row in rows(there.folder, "posts")} == {"forum.example"}


def without_address(page: bytes) -> bytes:
    return page.replace(b'rel="canonical"', b'rel="x"').replace(b"og:url", b"og:x")


def test_a_saved_page_that_does_not_say_where_it_is_from(tool: Tool, forum: Forum, page: bytes) -> None:
    path = tool.folder.with_name("page.html")
    path.write_bytes(without_address(page))
    done, there = extract(tool, path)
    assert done.code == 3
    assert "page.html: it does not say the address that it was saved from; give its address with --url" in done.error
    assert not there.folder.exists()
    done = there("extract", path, "--out", there.folder, "--url", address(forum), "--site", "elsewhere.example")
    assert done.code == 0, done.out + done.err
    check_thread(there, forum)
    assert {row["site"] for row in rows(there.folder, "posts")} == {"elsewhere.example"}


def test_what_the_browser_noted(tool: Tool, forum: Forum, page: bytes) -> None:
    url = address(forum)
    note = f"<!DOCTYPE html>\n<!-- saved from url=({len(url):04d}){url} -->\n".encode()
    path = tool.folder.with_name("page.htm")
    path.write_bytes(note + without_address(page).split(b">", 1)[1])
    done, there = extract(tool, path)
    assert done.code == 0, done.out + done.err
    check_thread(there, forum)


def test_folders(tool: Tool, forum: Forum, page: bytes) -> None:
    folder = tool.folder.with_name("given")
    (folder / "page_files").mkdir(parents=True)
    (folder / "page.html").write_bytes(page)
    (folder / "page_files" / "style.css").write_text("a {}")
    (folder / "page_files" / "more.warc").write_bytes(foreign(page, where=address(forum), packed=False))
    done, there = extract(tool, folder)
    assert done.code == 0
    assert "2 pages read" in done.out
    check_thread(there, forum)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.warc.gz", b"not at all", "it is no WARC file"),
        ("x.html", b"\x89PNG", "it is no WARC file"),
        ("x.warc", foreign(b"hello", where="https://forum.example/"), "no page of a thread or forum"),
    ],
)
def test_what_cannot_be_read(tool: Tool, name: str, content: bytes, reason: str) -> None:
    path = tool.folder.with_name(name)
    path.write_bytes(content)
    done, there = extract(tool, path)
    assert done.code == 2
    assert reason in done.error
    assert not there.folder.exists()


def test_wrong_usage(tool: Tool, forum: Forum, page: bytes) -> None:
    path = tool.folder.with_name("page.html")
    path.write_bytes(page)

    def refused(*args: object, out: Path = tool.folder) -> Result:
        done = tool("extract", *args, "--out", out)
        assert done.code == 2
        return done

    other = tool.folder.with_name("other.html")
    other.write_bytes(page)
    assert "cannot be read" in refused(path.with_name("nothing.warc")).error
    assert "names no thread" in refused(path, "--url", "https://forum.example/").error
    assert "one saved page" in refused(path, other, "--url", address(forum)).error
    assert "no name of a site" in refused(path, "--site", "../x").error
    empty = tool.folder.with_name("empty")
    empty.mkdir()
    assert "no thread as text in it" in refused(empty).error
    assert extract(tool, path, out=tool.folder)[0].code == 0
    assert "holds a dataset already" in refused(path).error
    check_thread(tool, forum)


def test_a_crawl_is_never_added_to(tool: Tool, mock: MockForum, page: bytes) -> None:
    path = tool.folder.with_name("page.html")
    path.write_bytes(page)
    tool.grab(*boards(mock))
    (tool.folder / "manifest.json").unlink()
    done = tool("extract", path, "--out", tool.folder)
    assert done.code == 2
    assert "a crawl is at home in it" in done.error


def test_hostile_names_lead_nowhere(tool: Tool, forum: Forum, page: bytes, tmp_path: Path) -> None:
    info = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Filename: ../../evil.warc\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    where = f"{WHERE}/topic/88-..%2f..%2fevil/"
    path = tmp_path / "given.warc"
    path.write_bytes(info + foreign(page, where=where, packed=False))
    before = set(tmp_path.parent.rglob("*evil*"))
    done, there = extract(tool, path)
    assert done.code == 0
    check_thread(there, forum)
    assert set(tmp_path.parent.rglob("*evil*")) == before


def test_many_pages_on_several_cores_give_the_same(tool: Tool, forum: Forum, tmp_path: Path) -> None:
    path = tmp_path / "given.warc.gz"
    thread = max(forum.threads, key=lambda one: len(one.posts))
    made = render.topic_page(forum, thread, 1, WHERE)
    with path.open("wb") as file:
        for number in range(60):
            other = made.replace(str(thread.thread_id).encode(), str(thread.thread_id * 1000 + number).encode())
            file.write(foreign(other, where=f"{WHERE}/topic/{thread.thread_id * 1000 + number}-x/"))
            if number == 30:
                file.write(b"garbage" * 20)
    one, first = extract(tool, path, out=tmp_path / "one")
    two, second = extract(tool, path, out=tmp_path / "two", workers=2)
    assert one.code == two.code == 3
    assert "60 pages read" in two.out
    for table in ("posts", "threads", "quotes", "fetches", "runs"):
        assert rows(second.folder, table) == rows(first.folder, table)
