"""Thread pages that survive as flattened text, and what they become."""

from __future__ import annotations

from pathlib import Path

import pytest
from crawl_help import Tool, manifest, rows
from inscriptis import get_text

from crawler.demo import Forum, render
from crawler.demo.model.article import truth
from pipelines.reposts import has_minhash

SEED = Path(__file__).parents[3] / "shared" / "seed" / "thread.txt"
WHERE = "https://forum.example"


def flattened(forum: Forum, thread_id: int, page: int = 1) -> str:
    return get_text(render.topic_page(forum, forum.thread(thread_id), page, WHERE).decode())


def test_a_page(tool: Tool, forum: Forum, tmp_path: Path) -> None:
    path, out = tmp_path / "page.txt", tmp_path / "out"
    path.write_text(flattened(forum, 88), "utf-8")
    done = tool("extract", path, "--out", out, "--site", "forum.example")
    assert (done.code, done.err) == (0, "")
    assert tool("verify", out).code == 0
    (thread,), posts = rows(out, "threads"), rows(out, "posts")
    assert (thread["site"], thread["content_class"], thread["title"]) == (
        "forum.example", "text", forum.thread(88).title
    )  # fmt: skip
    assert (thread["complete"], thread["n_posts_declared"]) == (True, None)
    said = forum.thread(88).posts
    assert [(post["position"], post["text"], post["author_name"]) for post in posts] == [
        (rank, post.text, post.author.name) for rank, post in enumerate(said, 1)
    ]
    assert {(post["created_at"], post["author_id"], post["author_is_guest"]) for post in posts} == {(None, None, False)}
    quotes = rows(out, "quotes")
    assert quotes
    assert all(quote["method"] and quote["confidence"] < 1 for quote in quotes if quote["target_state"] != "seen")
    assert manifest(out)["completeness"]["complete"]


def test_an_article_and_pages_that_are_not_there(tool: Tool, forum: Forum, tmp_path: Path) -> None:
    path, out = tmp_path / "page.txt", tmp_path / "out"
    path.write_text(flattened(forum, 101), "utf-8")
    done = tool("extract", path, "--out", out)
    assert done.code == 3  # the pager names three pages
    assert tool("verify", out).code == 0
    (article,) = rows(out, "articles")
    wanted = truth()
    assert {name: article[name] for name in ("headline", "byline", "agency", "captions", "reporting", "body_text")} == {
        name: getattr(wanted, name) for name in ("headline", "byline", "agency", "captions", "reporting", "body_text")
    }
    assert {post["site"] for post in rows(out, "posts")} == {"text"}
    assert {span["field"] for span in rows(out, "article_spans")} >= {"headline", "byline", "body_text"}


@pytest.mark.skipif(not has_minhash(), reason="the extra [reposts] is not installed")
def test_reposts_of_two_dumps(tool: Tool, forum: Forum, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in (("a", flattened(forum, 88)), ("b", flattened(forum, 88).replace("Ferry", "Boat"))):
        (tmp_path / "in" / f"{name}.txt").write_text(text, "utf-8")
    (tmp_path / "in" / "notes.txt").write_text("Nothing but notes.", "utf-8")
    out = tmp_path / "out"
    assert tool("extract", tmp_path / "in", "--out", out).code == 0
    assert tool("verify", out).code == 0
    long = [post for post in rows(out, "posts") if len(post["text"] or "") > 120]
    labelled = {row["post_id"] for row in rows(out, "reposts")}
    assert long
    assert labelled >= {post["post_id"] for post in long}
    assert manifest(out)["reposts"]["posts"] == len(labelled)


def test_a_text_that_is_no_thread(tool: Tool, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Nothing but notes.\n", "utf-8")
    done = tool("extract", path, "--out", tmp_path / "out")
    assert done.code == 2
    assert "no thread as text" in done.err


@pytest.mark.skipif(not SEED.is_file(), reason=f"the example is not there: {SEED}")
def test_the_example(tool: Tool, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = tool("extract", SEED, "--out", out)
    assert (done.code, done.err) == (0, "")
    assert tool("verify", out).code == 0
    first, *replies = sorted(rows(out, "posts"), key=lambda post: post["position"])
    assert (first["author_name"], first["is_first_post"], len(replies)) == ("webfact", True, 4)
    assert {reply["author_name"] for reply in replies} == {None}
    assert [reply["edited_by"] for reply in replies] == [None, "Thaidream", None, "craigt3365"]
    assert {post["edited_at"] for post in (first, *replies)} == {None}
    (article,) = rows(out, "articles")
    assert article["post_id"] == first["post_id"]
    assert article["headline"] == rows(out, "threads")[0]["title"]
    assert [len(article[name]) for name in ("byline", "captions", "section_headings", "reporting", "editing")] == [
        2, 1, 1, 3, 2
    ]  # fmt: skip
    assert "REUTERS/" in article["captions"][0]
    assert article["reporting"][:2] == article["byline"]
    assert (article["dateline_place"], article["agency"], article["published_on"]) == (
        "WASHINGTON", "Reuters", "2017-11-01"
    )  # fmt: skip
    assert article["copyright_line"].endswith("Copyright Reuters 2017-11-01")
    quotes = rows(out, "quotes")
    assert [(q["post_id"], q["cited_author_name"], q["target_state"], q["method"]) for q in quotes] == [
        (replies[3]["post_id"], name, "unresolved", "layout") for name in ("baboon", None)
    ]
    assert all(0 < quote["confidence"] < 1 for quote in quotes)
