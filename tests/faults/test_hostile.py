"""What a site may send to mislead or burden us: encodings, addresses, words, pages of absurd size."""

from __future__ import annotations

import csv
import gzip
import json
import logging
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawl_help import Tool, by_id, facts, manifest, polite, rows, truth
from mock_forum import Answer, MockForum, edited, in_post, packed

from crawler.logformatter import JsonLines, PlainLines

ROOT = Path(__file__).parents[2]
MAIN, OTHER = 101, 88


def whole(data: Path, mock: MockForum, thread_id: int = MAIN) -> None:
    got = by_id([row for row in rows(data, "posts") if row["thread_id"] == thread_id])
    assert [facts(row) for row in got.values()] == [truth(post) for post in mock.forum.thread(thread_id).posts]


HTML = "text/html"


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8-sig", f"{HTML}; charset=iso-8859-1"),
        ("utf-16", HTML),
        ("utf-16", f"{HTML}; charset=utf-7"),
        ("utf-8", f"{HTML}; charset=utf-7"),
        ("utf-8", f"{HTML}; charset=utf-16"),
        ("utf-8", "text/plain"),
        ("utf-8", "application/octet-stream"),
        ("utf-8", "image/png"),
        ("utf-8", ""),
    ],
)
def test_pages_whose_header_is_wrong(tool: Tool, mock: MockForum, data: Path, encoding: str, content_type: str) -> None:
    def answer(forum: MockForum, path: str) -> Answer:
        return Answer(200, {"Content-Type": content_type}, forum.honest(path).body.decode().encode(encoding))

    mock.override(mock.path(MAIN) + "*", answer)
    result = tool.grab(mock.url + mock.path(MAIN))
    assert result.code == 0, result.err
    whole(data, mock)


def test_words_in_an_old_thai_encoding(tool: Tool, mock: MockForum, data: Path) -> None:
    thai = "ค่าผ่านทาง"

    def answer(forum: MockForum, path: str) -> Answer:
        page = in_post(f"<p>{thai}</p>".encode())(forum, path).body.decode()
        return Answer(200, {"Content-Type": f"{HTML}; charset=TIS-620"}, page.encode("cp874", "xmlcharrefreplace"))

    mock.override(mock.path(OTHER), answer)
    assert tool.grab(mock.url + mock.path(OTHER)).code == 0
    expected = [post.text for post in mock.forum.thread(OTHER).posts]
    expected[1] = f"{thai}\n{expected[1]}" if expected[1] else thai
    assert [row["text"] for row in rows(data, "posts")] == expected


def zstd(body: bytes) -> bytes:
    return pytest.importorskip("backports.zstd").compress(body)


def nested(body: bytes) -> bytes:
    return gzip.compress(zstd(body))


@pytest.mark.parametrize(("encoding", "pack"), [("zstd", zstd), ("zstd, gzip", nested)])
def test_an_encoding_that_nobody_asked_for(
    tool: Tool, mock: MockForum, data: Path, encoding: str, pack: object
) -> None:
    """Read where the library for it is there; in any case no rubbish is stored, and what is small stays small."""
    mock.override(mock.path(MAIN, 2), packed(encoding, pack))  # type: ignore[arg-type]
    code = tool.grab(mock.url + mock.path(MAIN)).code
    assert code in {0, 3, 5}
    if code == 0:
        whole(data, mock)
    else:
        assert {row["page"] for row in rows(data, "posts")} == {1, 3}
        assert [found["page"] for found in manifest(data)["completeness"]["problems"]] == [2]
    mock.override(mock.path(MAIN, 2), Answer(headers={"Content-Encoding": encoding}, body=pack(bytes(2**26))))  # type: ignore[operator]
    assert tool.grab(mock.url + mock.path(MAIN), "--refresh").code in {3, 5}


def test_sitemaps_and_feeds_are_never_asked_for(tool: Tool, mock: MockForum, data: Path) -> None:
    """Nothing reads XML: neither what robots.txt names, nor what a page's head links to."""
    trap = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>'
    places = ("/sitemap.php", "/sitemap.xml", "/forum/4-x.xml/", "/discover/all.xml/")
    for path in places:
        mock.override(path, Answer(200, {"Content-Type": "application/xml"}, trap.encode()))
    rules = "User-agent: *\nDisallow:\n" + "".join(f"Sitemap: {mock.url}{path}\n" for path in places)
    mock.override("/robots.txt", Answer(200, {"Content-Type": "text/plain"}, rules.encode()))
    feeds = "".join(f'<link rel="alternate" type="application/rss+xml" href="{mock.url}{path}">' for path in places)
    mock.override(mock.forum_path(4), edited(lambda body, *_: body.replace(b"</head>", feeds.encode() + b"</head>", 1)))
    assert tool.grab(mock.url + mock.forum_path(4), "--subforums").code in {0, 3}
    assert not {entry.path for entry in mock.log} & set(places)
    assert not any(word in path for path in polite(mock) for word in ("sitemap", "xml", "rss"))
    given = tool("grab", f"{mock.url}/sitemap.xml", "--out", data.with_name("x"))
    assert given.code == 2
    assert mock.count("/sitemap.xml") == 0


# Words ----------------------------------------------------------------------------------------------------------------

TORTURE = {
    "nul": ("a&#0;b", "a\ufffdb"),
    "half a pair": ("a&#xD800;b", "a\ufffdb"),
    "separators": ("a\u2028b\u2029c", "a\u2028b\u2029c"),
    "bidi": ("a\u202eb\u2066c\u2069", "a\u202eb\u2066c\u2069"),
    "no characters": ("a\ufffeb", "a\ufffeb"),
    "family": ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    "marks": ("กำ\u0e49\u0e4d" + "\u0e34" * 40, "กำ\u0e49\u0e4d" + "\u0e34" * 40),
    "formula": ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    "long": ("w" * 2**20, "w" * 2**20),
}


@pytest.mark.parametrize("name", TORTURE)
def test_words_come_back_out_of_every_file(tool: Tool, mock: MockForum, data: Path, name: str) -> None:
    markup, words = TORTURE[name]
    mock.override(mock.path(OTHER), in_post(f"<p>{markup}</p>".encode(), index=1))
    assert tool.grab(mock.url + mock.path(OTHER), "--format", "parquet,jsonl,csv").code == 0
    found = rows(data, "posts")
    assert len(found) == mock.forum.thread(OTHER).n_posts, "one strange post costs no other"
    texts = [row["text"] for row in found]
    assert (texts[1] or "").split("\n")[0] == words
    assert pq.read_table(data / "parquet" / "posts.parquet")["text"].to_pylist() == texts
    csv.field_size_limit(2**22)
    with (data / "csv" / "posts.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["text"] for row in csv.DictReader(file)]
    assert cells[1] == ("'" if words.startswith("=") else "") + str(texts[1])
    assert tool("verify", data).code == 0


def test_lone_surrogates_in_machine_data(tool: Tool, mock: MockForum, data: Path) -> None:
    name = mock.forum.thread(OTHER).posts[1].author.name
    mock.override(
        mock.path(OTHER),
        edited(lambda body, *_: body.replace(json.dumps(name)[1:-1].encode(), b"N\\ud83dN")),
    )
    assert tool.grab(mock.url + mock.path(OTHER)).code == 0
    assert len(rows(data, "posts")) == mock.forum.thread(OTHER).n_posts
    assert tool("verify", data).code == 0


NASTY = "x\r\nFAKE ERROR\x1b[31m\u0085\u2028\u202e\x9b\x00"


def one_line(text: str) -> bool:
    return all(c.isprintable() for c in text)


def test_every_event_is_one_line(tool: Tool, mock: MockForum, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In the log as text and as JSON, on the terminal, in run.json and in the metrics."""
    caplog.set_level(logging.DEBUG)
    title, name = (mock.forum.thread(OTHER).title, mock.forum.thread(OTHER).posts[1].author.name)
    nasty = NASTY.replace("\x00", "").encode()
    mock.override(
        mock.path(OTHER), edited(lambda b, *_: b.replace(title.encode(), nasty).replace(name.encode(), nasty))
    )
    mock.override(mock.path(90), Answer(301, {"Location": f"/topic/7-{NASTY[12:20]}\x9b/".encode().decode("latin-1")}))
    mock.override(
        mock.path(MAIN),
        Answer(404, {}, mock.error(404, "2F173/1").body.replace(b"2F173/1", b"2F173/1\x1b[31m\xc2\x85FAKE")),
    )
    job = data.parent / "job.toml"
    urls = [mock.url + mock.path(number) for number in (OTHER, 90, MAIN)]
    job.write_text(
        f'name = "j"\nout = "out"\nuser_agent = "t (+mailto:me@example.org)"\ndelay = 0.0\n'
        f"[[site]]\nthreads = {json.dumps(urls)}\n"
    )
    result = tool("crawl", job, "-vv")
    assert result.code in {0, 1, 3}, result.err
    for line in (result.out + result.err).split("\n"):
        assert one_line(line), line
    written = [path for path in data.iterdir() if path.name in {"run.json", "metrics.prom"}]
    assert len(written) == 2
    for path in written:
        assert all(one_line(line) for line in path.read_text("utf-8").split("\n")), path.name
    plain, as_json = PlainLines(logging.Formatter("%(levelname)s %(message)s")), JsonLines()
    for record in caplog.records:
        several = "\n" in str(record.msg) or record.exc_info
        assert several or one_line(plain.format(record))
        assert "\n" not in as_json.format(record)
        assert as_json.format(record).isascii()


SLUGS = (
    "../../x", "..%2f..%2fx", "%2e%2e/%2e%2e/x", "CON", "aux.txt", "a%00b", "-rf", "x" * 4000, "Case", "cASE", "..",
    "~root", "$(id)", "`id`", "a;b", "\\\\host\\share", "C:%5Cx", "a%0d%0ab",
)  # fmt: skip


def test_slugs_name_no_file(tool: Tool, mock: MockForum, data: Path) -> None:
    """Nothing is written beside the dataset, and no name in it comes from a page."""
    data.parent.joinpath("precious").write_text("kept")
    threads = mock.forum.listed(mock.forum.board(4))

    def change(body: bytes, *_: object) -> bytes:
        for thread, slug in zip(threads, SLUGS * 9, strict=False):
            body = body.replace(thread.path.encode(), f"/topic/{thread.thread_id}-{slug}/".encode())
        return body

    mock.override(mock.forum_path(4) + "*", edited(change))
    title = mock.forum.thread(OTHER).title.encode()
    mock.override(mock.path(OTHER), edited(lambda body, *_: body.replace(title, b"../../" + b"t" * 300)))
    urls = [f"{mock.url}/topic/{OTHER}-{slug}/" for slug in SLUGS]
    job = data.parent / "job.toml"
    job.write_text('name = "j"\n')
    before = {path for path in data.parent.rglob("*") if data not in path.parents and path != data}
    for addresses in (urls[:1], urls, [mock.url + mock.forum_path(4)]):
        tool.grab(*addresses, "--refresh")
    after = {path for path in data.parent.rglob("*") if data not in path.parents and path != data}
    assert after == before
    assert data.parent.joinpath("precious").read_text() == "kept"
    assert rows(data, "posts")
    plain = re.compile(r"[a-z0-9_.-]+")
    for path in data.rglob("*"):
        assert plain.fullmatch(path.name), path
        assert not set(path.name.split(".")) & {"con", "aux", "nul", "prn"}
