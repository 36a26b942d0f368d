"""The card says what is so, and obeys nothing that stands in a dataset."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from pack_made import crawl

from crawler.items import TABLES
from output.manifest import Completeness, Gap, read_manifest
from output.pack import LeakError, PackError, Rules, Statement, read_about, verify_pack
from output.pack.dictionary import dictionary
from output.pack.markdown import many, own, plain

Packed = Callable[..., Path]


def section(folder: Path, title: str) -> str:
    return (folder / "README.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_what_is_in_it(packed: Packed, tmp_path: Path, make: Any, publish: Any, crawled: Path) -> None:
    folder = packed("both", crawled, crawl(make, publish, tmp_path / "other", site="second.example"))
    told = section(folder, "What is in it")
    assert "| forum.example | 2 | 5 | 2 | 2026-03-01 12:10 | 2026-03-01 12:50 |" in told
    assert "| second.example | 2 | 5 | 2 |" in told
    assert "Posts: 10 in 2026. By status: 8 active, 2 missing." in told
    assert "guests: 2. The median thread has 3 posts, the longest 3." in told


def test_languages_stand_in_card_head_and_catalogues(
    packed: Packed, tmp_path: Path, make: Any, publish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make.dataset()
    for post in (*rows["posts"], *rows["versions"]):
        post.text = "I think that the last update has broken the search, does anybody know what to do?"
    source = publish(tmp_path / "english", rows)
    folder = packed("one", source)
    assert "Languages: en 100.0 %. Told by py3langid" in section(folder, "What is in it")
    assert '\nlanguage:\n  - "en"\n' in (folder / "README.md").read_text().split("---")[1]
    assert orjson.loads((folder / "croissant.json").read_bytes())["inLanguage"] == ["en"]
    assert orjson.loads((folder / "manifest.json").read_bytes())["pack"]["languages"]["posts"] == {
        "en": 4
    }  # the article is left out
    monkeypatch.setitem(sys.modules, "py3langid", None)
    other = packed("other", source)
    assert "Scripts (the language was not determined): Latin 100.0 %." in section(other, "What is in it")
    assert "language:" not in (other / "README.md").read_text().split("---")[1]
    assert verify_pack(other) == []


def test_of_two_folders_with_a_site_the_better_calibration(
    packed: Packed, tmp_path: Path, make: Any, publish: Any
) -> None:
    folders = []
    for quotes in (4, 48, 9):
        made = {"explicit_quotes": quotes, "methods": {"author_exact": {"answered": quotes, "precision": 1.0}}}
        facts = {"linking": {"calibration": {"forum.example": made}}}
        folders.append(publish(tmp_path / str(quotes), make.dataset(), facts=facts))
    told = read_manifest(packed("p", *folders)).linking["calibration"]
    assert told["forum.example"]["explicit_quotes"] == 48


def test_gaps_and_calibration_are_told(packed: Packed, tmp_path: Path, make: Any, publish: Any) -> None:
    gaps = [Gap(kind="failed", site="forum.example", what="page", id=1, page=n, reason="timed out") for n in (2, 3)]
    rate = {"precision": 0.9876, "recall": 0.5, "answered": 41, "right": 40}
    facts = {
        "completeness": Completeness(complete=False, problems=gaps),
        "linking": {"calibration": {"forum.example": {"explicit_quotes": 82, "methods": {"author_exact": rate}}}},
    }
    folder = packed("pack", publish(tmp_path / "gaps", make.dataset(), facts=facts))
    told = section(folder, "Completeness and known gaps")
    assert "**It is not complete.**" in told
    assert "| page | timed out | 2 |" in told
    assert "| forum.example | `author_exact` | 0.988 | 0.500 | 41 | 82 |" in section(folder, "How quotes were linked")


def test_the_makers_own_words(packed: Packed, tmp_path: Path) -> None:
    about = tmp_path / "about.md"
    about.write_text("For a **study** of how news are discussed.\r\n\r\nBoard: approved.\r\n")
    statement = Statement(license="CC-BY-4.0", title="T", about=read_about(about))
    folder = packed("told", statement=statement)
    assert section(folder, "Why it was made") == "\nFor a **study** of how news are discussed.\n\nBoard: approved.\n"
    assert "Not stated by its makers" in section(packed("untold"), "Why it was made")
    assert verify_pack(folder) == []


def test_a_name_in_the_makers_own_words_stops_the_publication(packed: Packed) -> None:
    statement = Statement(license="CC-BY-4.0", title="T", about="Bobolink's posts are in it.")
    with pytest.raises(LeakError, match=r"README.md, line \d+: holds a name"):
        packed(statement=statement)


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", b"x" * 100_001, None])
def test_words_that_cannot_be_used(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "about.md").write_bytes(content)
    with pytest.raises(PackError, match="--about"):
        read_about(tmp_path / "about.md")


@pytest.mark.parametrize("rules", [Rules(), Rules(profile="full", article_bodies=True)])
def test_the_dictionary_has_every_column_once(rules: Rules) -> None:
    told = dictionary(rules)
    assert told.count("### `") == len(rules.tables())
    for table in rules.tables():
        part = told.split(f"### `{table.name}`\n")[1].split("\n### ")[0]
        for column in rules.columns(table):
            assert part.count(f"\n| `{column.name}` | `{column.kind}` |") == 1
            assert own(column.description) in part
    posts = told.split("### `posts`\n")[1]
    row = next(line for line in posts.splitlines() if line.startswith("| `post_id` |"))
    assert ("| pseudonym |" in row) == (rules.profile == "pseudonymised")
    assert "| `last_seen_at` | `timestamp` | no | observation |" in posts
    assert set(TABLES["posts"].names) >= {"post_id"}


def test_markdown_is_not_obeyed_and_code_stays() -> None:
    assert plain("a|b <script> [x](y) \x1b&") == "a\\|b &lt;script&gt; \\[x\\](y) &amp;"
    assert own("shown as `> ` or `[a|b]`, <b>") == "shown as `> ` or `[a\\|b]`, &lt;b&gt;"
    assert [many(0, "post"), many(1, "post"), many(2, "post")] == ["0 posts", "1 post", "2 posts"]
