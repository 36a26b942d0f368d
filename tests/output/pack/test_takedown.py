"""Takedown lists: nothing of what they name is in the pack, and what is left holds together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from test_pack import readable, rows

from output.errors import OutputError
from output.pack import Rules, verify_pack

Packed = Callable[..., Path]
SITE = "forum.example"
FULL: dict[str, Any] = {"rules": Rules(profile="full", article_bodies=True, recovered_text=True), "key": None}
PROFILES = pytest.mark.parametrize("profile", [{}, FULL], ids=["pseudonymised", "full"])


def listed(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "takedown.txt"
    path.write_text("# asked for in March\n\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def traps(tmp_path: Path, make: Any, publish: Any) -> Path:
    """A crawl that holds words, names and numbers of post 11 (by Quentin Marsh, 9) wherever it can."""
    data = make.dataset()
    secret, old = "A secret that must not be told again", "An older secret about the very same thing"
    posts = {post.post_id: post for post in data["posts"]}
    posts[11].text = posts[11].full_text = secret
    posts[11].author_id, posts[11].author_name, posts[11].html = 9, "Quentin Marsh", f"<p>{secret}</p>"
    posts[12].full_text = f"> {secret}\n> > words 10\nI doubt it, Quentin Marsh"
    posts[12].text = "I doubt it, Quentin Marsh"
    posts[12].html = f'<blockquote data-ipsquote-contentcommentid="11"><p>{secret}</p></blockquote>'
    posts[13].edited_by, posts[13].full_text = "Quentin Marsh", f"> {old}"
    for version in data["versions"]:
        version.text = posts[version.post_id].text
        version.full_text, version.html = posts[version.post_id].full_text, posts[version.post_id].html
        version.edited_by = "Quentin Marsh"
    data["versions"][1].text = data["versions"][1].full_text = old
    for quote in data["quotes"][1:2]:
        quote.quoted_text, quote.cited_author_name, quote.cited_author_id = secret, "Quentin Marsh", 9
        quote.cited_post_id = 11
    data["quotes"].append(make.quote(13, 0, quoted_text=old, cited_author_name="Somebody Else"))
    posts[13].n_quotes = 1
    data["events"][0].actor_name = "Quentin Marsh"
    data["links"] += [
        make.row("links", post_id=12, link_index=0, kind="mention", text="@Quentin Marsh", mentioned_author_id=9),
        make.row("links", post_id=12, link_index=1, kind="link", url="https://forum.example/topic/1-x/#comment-11"),
    ]
    data["authors"][0].n_posts_seen = 1
    data["authors"].append(
        make.row("authors", author_id=9, author_name="Quentin Marsh", n_posts_seen=1,
                 known_names=["Quentin Marsh", "Quizzical"])
    )  # fmt: skip
    posts[50].text = "I met quizzical people, and Quizzical"
    data["versions"][5].text = posts[50].text
    data["threads"][0].author_id, data["threads"][0].author_name = 9, "Quentin Marsh"
    return publish(tmp_path / "traps", data)


def holds(folder: Path, *words: str) -> list[tuple[str, str]]:
    return [(name, word) for name, content in readable(folder).items() for word in words if word.encode() in content]


@PROFILES
def test_a_post_goes_with_all_that_quotes_it(
    tmp_path: Path, packed: Packed, traps: Path, profile: dict[str, Any]
) -> None:
    folder = packed(
        "p", traps, takedown=listed(tmp_path, f"post {SITE} 11"), formats=("jsonl", "csv", "convokit"), **profile
    )
    assert holds(folder, "secret", "comment-11") == []
    assert verify_pack(folder) == []
    assert sorted(post["position"] for post in rows(folder, "posts") if post["position"]) == [1, 1, 2]
    assert rows(folder, "threads")[0]["n_posts_seen"] + rows(folder, "threads")[1]["n_posts_seen"] == 3
    emptied = [quote for quote in rows(folder, "quotes") if quote["target_state"] == "unresolved"]
    assert [quote["quoted_text"] for quote in emptied] == [None, None]
    assert {(quote["target_post_id"], quote["cited_post_id"]) for quote in emptied} == {(None, None)}
    said = orjson.loads((folder / "manifest.json").read_bytes())["pack"]["takedown"]
    assert said == {"entries": 1, "unmatched": 0, "posts": 1, "authors": 0, "threads": 0, "sites": 0, "quotes": 2}
    assert "Left out of this pack on request: 1 posts, 0 authors" in (folder / "README.md").read_text()
    if profile:  # a post that quotes it and others keeps the others' words
        quoting = next(post for post in rows(folder, "posts") if post["post_id"] == 12)
        assert (quoting["full_text"], quoting["reply_to_post_id"]) == ("> > words 10\nI doubt it, Quentin Marsh", None)
    phantoms = [orjson.loads(line) for line in (folder / "convokit/utterances.jsonl").read_bytes().splitlines()]
    assert not any(one["meta"]["phantom"] for one in phantoms)


@PROFILES
@pytest.mark.parametrize("entry", ["author forum.example quentin marsh", "author-id forum.example 9"])
def test_an_author_goes_with_every_name(
    tmp_path: Path, packed: Packed, traps: Path, profile: dict[str, Any], entry: str
) -> None:
    folder = packed("p", traps, takedown=listed(tmp_path, entry), formats=("jsonl", "convokit"), **profile)
    assert holds(folder, "secret", "Quentin Marsh", "Quizzical") == []
    assert verify_pack(folder) == []
    assert any("met quizzical people" in (post["text"] or "") for post in rows(folder, "posts"))  # the word is a word
    said = orjson.loads((folder / "manifest.json").read_bytes())["pack"]["takedown"]
    assert (said["authors"], said["posts"]) == (1, 1)


def test_a_guest_is_named_by_name_only(tmp_path: Path, packed: Packed, traps: Path) -> None:
    folder = packed("p", traps, takedown=listed(tmp_path, f"author {SITE} Guest"), **FULL)
    assert 50 not in {post["post_id"] for post in rows(folder, "posts")}
    assert orjson.loads((folder / "manifest.json").read_bytes())["pack"]["takedown"]["authors"] == 1


@PROFILES
def test_a_thread_goes(tmp_path: Path, packed: Packed, traps: Path, profile: dict[str, Any]) -> None:
    folder = packed("p", traps, takedown=listed(tmp_path, f"thread {SITE} 1"), **profile)
    assert holds(folder, "secret", "words 1", "Rain") == []
    assert [len(rows(folder, table)) for table in ("threads", "posts", "articles", "events")] == [1, 1, 0, 0]
    assert verify_pack(folder) == []


def test_a_site_goes(tmp_path: Path, make: Any, publish: Any, packed: Packed, traps: Path) -> None:
    data = make.dataset()
    for row in (row for table in data.values() for row in table if hasattr(row, "site")):
        row.site = "other.example"
    data["runs"][0].sites = ["other.example"]
    data["posts"][0].text = data["versions"][0].text = "Words of another place"
    other = publish(tmp_path / "other", data)
    folder = packed("p", traps, other, takedown=listed(tmp_path, "site other.example"), **FULL)
    assert holds(folder, "other.example", "another place") == []
    assert {row["site"] for row in rows(folder, "posts")} == {SITE}
    assert verify_pack(folder) == []


def test_places_are_counted_in_the_folder_that_gives_the_thread(
    tmp_path: Path, make: Any, publish: Any, packed: Packed, traps: Path
) -> None:
    """The same thread is in two folders: what both hold of it goes once."""
    later = make.dataset()
    for thread in later["threads"]:
        thread.last_seen_at = make.t0.replace(year=2027)
    later = publish(tmp_path / "later", later)
    folder = packed("p", traps, later, takedown=listed(tmp_path, f"post {SITE} 11"))
    assert verify_pack(folder) == []
    assert sorted(post["position"] for post in rows(folder, "posts") if post["position"]) == [1, 1, 2]
    assert sorted(thread["n_posts_seen"] for thread in rows(folder, "threads")) == [1, 2]


def test_the_crawl_itself_is_not_touched(tmp_path: Path, packed: Packed, traps: Path, contents: Any) -> None:
    before = contents(traps)
    packed("p", traps, takedown=listed(tmp_path, f"thread {SITE} 1"))
    assert contents(traps) == before


def test_the_same_list_gives_the_same_bytes(tmp_path: Path, packed: Packed, traps: Path, contents: Any) -> None:
    options = {"takedown": listed(tmp_path, f"author-id {SITE} 9", f"post {SITE} 50")}
    one, two = contents(packed("one", traps, **options)), contents(packed("one", traps, **options))
    assert one == two


BAD: Sequence[tuple[str, str]] = (
    ("post forum.example", "line 3: it is no entry"),
    ("post forum.example eleven", "line 3: 'eleven' is no number"),
    ("post forum.example -1", "line 3: '-1' is no number"),
    ("post forum.example 99999999999999999999", "is no number"),
    ("posts forum.example 11", "line 3: it is no entry"),
    ("site forum.example 11", "line 3: it is no entry"),
    ("", "names nothing"),
    ("post forum.example 999", "line 3: `post forum.example 999` matches nothing"),
    ("author forum.example Nobody At All", "line 3: `author forum.example Nobody At All` matches nothing"),
    ("author-id forum.example 77", "matches nothing"),
    ("thread other.example 1", "matches nothing"),
    ("site other.example", "line 3: `site other.example` matches nothing"),
    (
        "post forum.example 11\npost forum.example 998\nsite x.example",
        "`post forum.example 998` matches nothing (and 1",
    ),
)


@pytest.mark.parametrize(("line", "message"), BAD)
def test_bad_lists_are_refused_and_the_earlier_pack_stays(
    packed: Packed, traps: Path, contents: Any, line: str, message: str
) -> None:
    tmp_path = traps.parent
    before = contents(packed("p", traps))
    with pytest.raises(OutputError) as refused:
        packed("p", traps, takedown=listed(tmp_path, line))
    assert message in refused.value.reason
    assert contents(tmp_path / "p") == before


def test_a_list_that_is_not_there_or_no_text(tmp_path: Path, packed: Packed, traps: Path) -> None:
    with pytest.raises(OutputError, match="cannot be read"):
        packed("p", traps, takedown=tmp_path / "nothing")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OutputError, match="no text in UTF-8"):
        packed("p", traps, takedown=tmp_path / "binary")


def test_a_list_for_several_packs_may_name_more(tmp_path: Path, packed: Packed, traps: Path) -> None:
    lines = (f"post {SITE} 11", f"post {SITE} 999", "site other.example", "author-id x.example 5")
    folder = packed("p", traps, takedown=listed(tmp_path, *lines), unmatched_ok=True)
    said = orjson.loads((folder / "manifest.json").read_bytes())["pack"]["takedown"]
    assert (said["entries"], said["unmatched"], said["posts"], said["sites"], said["authors"]) == (4, 3, 1, 0, 0)
