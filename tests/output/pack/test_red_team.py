"""Names, profiles and posts of a crawl, sought in every byte of a pack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pack_bytes import pages, spellings
from pack_made import crawl

from output.pack import LeakError, Rules, verify_pack
from output.pack.profile import Profile

Packed = Callable[..., Path]
ALL = ("parquet", "jsonl", "csv", "convokit")
HARD = ["Zoë Brown", "O'Neil & <b>", "Наталья К", "anna_77", "Quill;=x", "BobOLink", "Straßer", "山田太郎だ"]
WORDS = ["post", "author", "text", "active", "user", "link", "said", "forum", "license", "parquet", "edited", "null"]


@pytest.fixture
def hostile(tmp_path: Path, make: Any, publish: Any) -> Path:
    """Every text of the crawl tells of members in every way to write a name."""
    rows = make.dataset()
    ways = sorted({way for name in HARD for form in (name, name.upper()) for way in spellings(form)})
    told = " | ".join([*ways, *(f"x{name}s" for name in HARD), *(f"@{name}, {name} wrote:\n" for name in HARD)])
    for table in rows.values():
        for row in table:
            for column in (
                "text",
                "full_text",
                "quoted_text",
                "title",
                "headline",
                "edit_reason",
                "reason",
                "question",
            ):
                if hasattr(row, column):
                    setattr(row, column, f"{told} {column}")
    for link in rows["links"]:
        link.domain, link.text = f"{HARD[3]}.example", told
    for thread in rows["threads"]:
        thread.tags, thread.forum_path = [HARD[0], "news"], ["Home", told]
    rows["reactions"][0].reaction = HARD[3]
    rows["articles"][0].byline = [HARD[2]]
    rows["authors"] += [
        make.row("authors", author_id=100 + rank, author_name=name, known_names=[name], n_posts_seen=0)
        for rank, name in enumerate(HARD)
    ]
    return publish(tmp_path / "hostile", rows)


def test_no_byte_holds_a_name_however_it_is_written(packed: Packed, hostile: Path) -> None:
    for to, options in (("plain", {}), ("zst", {"compress": True})):
        folder = packed(to, hostile, formats=ALL, **options)
        found = pages(folder)
        assert len(found) > 40
        for page, content in found.items():
            folded = normalize("NFC", content).lower()
            for name in HARD:
                assert not [way for way in spellings(name) if way in content], (page, name)
                assert normalize("NFC", name).lower() not in folded, (page, name)
        assert verify_pack(folder) == []


def test_members_that_are_called_as_columns_are(packed: Packed, tmp_path: Path, make: Any, publish: Any) -> None:
    rows = make.dataset()
    rows["authors"] += [
        make.row("authors", author_id=200 + rank, author_name=name, known_names=[name], n_posts_seen=0)
        for rank, name in enumerate(WORDS)
    ]
    rows["posts"][1].text = rows["versions"][2].text = f"I think {', '.join(WORDS)} and posts."
    folder = packed("words", publish(tmp_path / "called", rows), formats=ALL)
    assert verify_pack(folder) == []
    text = next(
        text
        for text in pq.read_table(folder / "parquet/posts-00000.parquet")["text"].to_pylist()
        if "I think" in (text or "")
    )
    assert text.endswith(" and posts.")
    assert text.count("user-") == len(WORDS)
    told = orjson.loads((folder / "manifest.json").read_bytes())["pack"]["names_in_prose"]
    assert told["words_of_the_form"] >= 10


@pytest.mark.parametrize("name", ["Annika Vale", "ANNIKA VALE", "Annika+Vale"])
def test_a_name_that_slips_through_stops_the_publication(
    packed: Packed, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = contents(packed())
    column = Profile._prose

    def slips(self: Profile, site: str, values: pa.Array) -> pa.Array:
        made = column(self, site, values)
        return pa.array([None if one is None else f"as {name} knows" for one in made.to_pylist()], made.type) if (
            pa.types.is_string(made.type)
        ) else made  # fmt: skip

    monkeypatch.setattr(Profile, "_prose", slips)
    with pytest.raises(LeakError, match=r"parquet/\w+-00000.parquet.*name holds a name"):
        packed(formats=ALL)
    assert contents(tmp_path / "pack") == before


@pytest.mark.parametrize("place", ["manifest.json", "README.md", "croissant.json"])
def test_a_name_in_a_document_stops_the_publication(
    packed: Packed, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    from output.pack import documents
    from output.pack.documents import Facts

    before = contents(packed())
    if place == "manifest.json":
        told = Facts.manifest

        def manifest(self: Facts) -> Any:
            made = told(self)
            if self.record.runs:
                made.sections["note"] = "from Bobolink, and https://forum.example/topic/1-x/"
            return made

        monkeypatch.setattr(Facts, "manifest", manifest)
    else:
        name = {"README.md": "card", "croissant.json": "croissant"}[place]
        plain = getattr(documents, name)

        def written(facts: Any, *more: Any) -> Any:
            made = plain(facts, *more)
            if not facts.record.runs:
                return made
            return made + "\nBobolink\n" if isinstance(made, str) else {**made, "by": "Bobolink"}

        monkeypatch.setattr(documents, name, written)
    with pytest.raises(LeakError, match=place):
        packed()
    assert contents(tmp_path / "pack") == before


def test_kept_names_are_still_found_where_their_place_shows_them(packed: Packed) -> None:
    folder = packed(rules=Rules(names_in_prose="keep"), formats=ALL)
    assert verify_pack(folder) == []
    for page, content in pages(folder).items():
        for secret in ("Bobolink, thanks", "Annika Vale wrote", "by Bobolink", "/profile/", "comment-1"):
            assert secret.lower() not in content.lower(), (page, secret)


def test_the_small_crawl_has_traps(tmp_path: Path, make: Any, publish: Any, packed: Packed) -> None:
    source = crawl(make, publish, tmp_path / "traps")
    names = {
        name for names in pq.read_table(source / "parquet/authors.parquet")["known_names"].to_pylist() for name in names
    }
    for page, content in pages(packed("p", source, formats=ALL)).items():
        assert not {name for name in names if name.lower() in content.lower()}, page
