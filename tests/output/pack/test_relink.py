"""Links between folders: what one did not read and another did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from output.pack import Rules, Where, verify_pack

Packed = Callable[..., Path]
FULL = {"rules": Rules(profile="full"), "key": None}


@pytest.fixture
def quoting(tmp_path: Path, make: Any, publish: Any) -> Callable[..., Path]:
    """A folder with one thread whose post 900 quotes posts of the other folder, and one that nobody read."""

    def do(name: str = "quoting", **cited: Any) -> Path:
        rows: dict[str, list[Any]] = {table: [] for table in make.dataset()}
        rows["runs"] = make.dataset()["runs"]
        rows["threads"] = [make.thread(9, 2, forum_id=None)]
        rows["posts"] = [make.post(899, 9, position=1, author_id=None), make.post(900, 9, position=2, author_id=None)]
        rows["posts"][1].n_quotes = 4
        rows["versions"] = [make.version(899), make.version(900)]
        named = {"target_state": "unseen", "method": "explicit_id_unseen", "confidence": 0.99}
        rows["quotes"] = [
            make.quote(900, rank, cited_post_id=post, target_post_id=post, **(named | cited))
            for rank, post in enumerate((11, 13, 4711))
        ]
        rows["quotes"].append(make.quote(900, 3))
        made: Path = publish(tmp_path / name, rows)
        return made

    return do


def quotes(folder: Path, post: int = 900) -> list[dict[str, Any]]:
    rows = pq.read_table(folder / "parquet/quotes-00000.parquet").to_pylist()
    return [row for row in rows if row["post_id"] == post]


def test_a_quote_finds_its_post_in_another_folder(packed: Packed, crawled: Path, quoting: Any) -> None:
    alone, both = packed("alone", quoting(), **FULL), packed("both", quoting("q2"), crawled, **FULL)
    assert {row["target_state"] for row in quotes(alone)} == {"unseen", "unresolved"}
    seen, missing, unseen, unresolved = quotes(both)
    assert (seen["target_state"], seen["target_thread_id"], seen["method"]) == ("seen", 1, "explicit_id")
    assert (seen["id_check"], seen["confidence"], seen["target_version"]) == ("unchecked", 0.99, None)
    assert (missing["target_state"], missing["target_thread_id"]) == ("missing", 1)
    assert (unseen["target_state"], unseen["method"]) == ("unseen", "explicit_id_unseen")
    assert unresolved["target_state"] == "unresolved"
    assert verify_pack(both) == []


def test_pseudonyms_lead_to_the_same_posts(packed: Packed, crawled: Path, quoting: Any) -> None:
    folder = packed("both", quoting(), crawled)
    posts = {row["post_id"]: row for row in pq.read_table(folder / "parquet/posts-00000.parquet").to_pylist()}
    found = [
        row for row in pq.read_table(folder / "parquet/quotes-00000.parquet").to_pylist()
        if row["target_state"] == "seen" and row["id_check"] == "unchecked" and row["target_version"] is None
        and posts[row["post_id"]]["author_id"] is None
    ]  # fmt: skip
    assert len(found) == 1
    assert posts[found[0]["target_post_id"]]["thread_id"] == found[0]["target_thread_id"]
    assert verify_pack(folder) == []


@pytest.mark.parametrize(("author", "check", "confidence"), [(7, "unchecked", 0.99), (8, "author_conflict", 0.5)])
def test_the_author_is_checked(  # noqa: PLR0917
    packed: Packed, crawled: Path, quoting: Any, author: int, check: str, confidence: float
) -> None:
    found = quotes(packed("both", quoting(cited_author_id=author), crawled, **FULL))[0]
    assert (found["target_state"], found["id_check"], found["confidence"]) == ("seen", check, confidence)


def test_another_kind_of_content_is_another_post(packed: Packed, crawled: Path, quoting: Any) -> None:
    kind = packed("kind", quoting(cited_class="blogs_Entry"), crawled, **FULL)
    assert {row["target_state"] for row in quotes(kind)} == {"unseen", "unresolved"}


def test_what_stays_behind_is_not_found(packed: Packed, crawled: Path, quoting: Any) -> None:
    folder = packed("part", quoting(), crawled, where=Where.parse(["thread=5,9"]), **FULL)
    assert {row["target_state"] for row in quotes(folder)} == {"unseen", "unresolved"}
    assert verify_pack(folder) == []


def test_a_link_between_threads_that_are_taken_from_two_folders_stays(
    packed: Packed, crawled: Path, tmp_path: Path, make: Any, publish: Any
) -> None:
    """Folder one read both threads and joined them; folder two read the quoted one later."""
    rows = make.dataset()
    post = next(row for row in rows["posts"] if row.post_id == 50)
    post.n_quotes = 1
    link = {"target_state": "seen", "target_post_id": 10, "target_thread_id": 1, "target_version": 1}
    rows["quotes"].append(make.quote(50, 0, method="explicit_id", confidence=1.0, **{**link, "id_check": "verified"}))
    for row in rows["threads"]:
        row.last_seen_at = make.t0.replace(year=2020 if row.thread_id == 1 else 2027)
    folder = packed("both", publish(tmp_path / "one", rows), crawled, **FULL)
    found = quotes(folder, 50)[0]
    assert (found["target_state"], found["id_check"], found["target_version"]) == ("seen", "verified", None)
    assert verify_pack(folder) == []
