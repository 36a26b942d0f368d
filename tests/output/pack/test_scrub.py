"""Names and addresses in what people wrote."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from output.pack.finder import Finder
from output.pack.names import Names
from output.pack.pseudonyms import Pseudonyms
from output.pack.scrub import Addresses, Scrubber, named_places, place_signs, spliced

SITE = "forum.example"


@pytest.fixture(scope="module")
def names() -> Names:
    made = Names()
    for number, name in enumerate(["Ann", "Ann Vale", "Bobolink", 'O\'Neil "x" <b>', "Straße", "İstanbul", "C++"]):
        made.add(SITE, name, number)
    made.add(SITE, "Somebody", guest=True)
    return made


@pytest.fixture(scope="module")
def scrubber(names: Names) -> Scrubber:
    addresses = Addresses([SITE])
    return Scrubber(names, Pseudonyms(b"k" * 32), addresses, Finder(Names(), place_signs(addresses)))


def alone(scrubber: Scrubber, text: str) -> str:
    return scrubber.column(SITE, pa.array([text])).to_pylist()[0]


def label(number: int) -> str:
    return Pseudonyms(b"k" * 32).of_member(SITE, number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi @Ann Vale, and @ann", f"hi @{label(1)}, and @{label(0)}"),
        ('@O\'Neil "x" <b> is here', f"@{label(3)} is here"),
        ("mail a@Annex.example", "mail a@Annex.example"),
        ("Bobolink wrote:\nyes", f"{label(2)} wrote:\nyes"),
        ("> On 3 May, bobolink said:\n> no", f"> On 3 May, {label(2)} said:\n> no"),
        ("Bobolink schrieb am 3. Mai:\nja", f"{label(2)} schrieb am 3. Mai:\nja"),
        ("Edited 3 May by Straße", f"Edited 3 May by {label(4)}"),
        ("Bobolink likes rain", "Bobolink likes rain"),
        ("see https://www.forum.example/topic/1-x/#comment-2 there", "see [link] there"),
        ("see forum.example:8080/profile/7-ann/", "see [link]"),
        ("https://other.example/topic/12-y/", "[link]"),
        ("https://other.example/index.php?showuser=4", "[link]"),
        ("profile/12-ann", "[link]"),
        ("https://news.example/story/1", "https://news.example/story/1"),
        ("notforum.example/x and forum.example", "notforum.example/x and forum.example"),
    ],
)
def test_places(scrubber: Scrubber, names: Names, text: str, expected: str) -> None:
    found = alone(scrubber, text)
    assert found == expected
    assert named_places(names, found) is None
    assert scrubber.addresses.find(found) is None


def test_prose_is_replaced_by_its_rules(names: Names) -> None:
    addresses = Addresses([SITE])
    everywhere = Scrubber(names, Pseudonyms(b"k" * 32), addresses, Finder(names, place_signs(addresses)))
    text = "Bobolink and bobolink, BOBOLINK, Bobolinks, Ann, ann vale, Straße, Somebody, Somebodys"
    bob = label(2)
    somebody = Pseudonyms(b"k" * 32).of_name(SITE, "Somebody")
    expected = f"{bob} and bobolink, {bob}, {bob}s, Ann, {label(1)}, {label(4)}, {somebody}, Somebodys"
    assert alone(everywhere, text) == expected
    assert everywhere.column(SITE, pa.array([text, None, ""])).to_pylist() == [expected, None, ""]
    assert alone(everywhere, expected) == expected


def test_somebody_is_called_as_a_label_begins() -> None:
    names, bob = Names(), label(2)
    for number, name in enumerate(["user", "Link", "Bobolink", bob[5:8]], 1):
        names.add(SITE, name, number if name != "Bobolink" else 2)
    addresses = Addresses([SITE])
    scrubber = Scrubber(names, Pseudonyms(b"k" * 32), addresses, Finder(names, place_signs(addresses)))
    texts = ["@Bobolink, @https://forum.example/x", "@Bobolink wrote:\nyes", "Edited by @Bobolink", "@user and @link"]
    found = scrubber.column(SITE, pa.array(texts)).to_pylist()
    assert found == [f"@{bob}, @[link]", f"@{bob} wrote:\nyes", f"Edited by @{bob}", f"@{label(1)} and @{label(2)}"]
    assert [named_places(names, text) for text in found] == [None] * 4


def test_a_name_of_two_members_is_nobodys() -> None:
    names = Names()
    names.add(SITE, "Twin", 1)
    names.add(SITE, "twin", 2)
    assert names.owner(SITE, "Twin") is None
    assert "TWIN" in names


@given(st.text(alphabet="@ aAnVle\nBoiıİßs:/#.-wrote", max_size=80))
def test_what_is_scrubbed_is_clean_and_stays_so(scrubber: Scrubber, names: Names, text: str) -> None:
    once = alone(scrubber, text)
    assert named_places(names, once) is None
    assert alone(scrubber, once) == once


@settings(deadline=None)
@given(st.data(), st.lists(st.none() | st.text(max_size=6), max_size=8), st.integers(0, 3))
def test_words_are_put_into_some_rows_and_the_others_stay(
    data: st.DataObject, texts: list[str | None], cut: int
) -> None:
    column, rows = pa.array(texts, pa.string()).slice(cut), texts[cut:]
    edits, expected = {}, []
    for row, text in enumerate(rows):
        content = (text or "").encode()
        edges = sorted(data.draw(st.sets(st.sampled_from(range(len(content) + 1)), max_size=4))) if text else []
        words = [data.draw(st.text(max_size=4)).encode() for _ in edges[1::2]]
        pieces, done = b"", 0
        for start, end, new in zip(edges[::2], edges[1::2], words, strict=False):
            pieces, done = pieces + content[done:start] + new, end
        if words:
            edits[row] = list(zip(edges[::2], edges[1::2], words, strict=False))
        expected.append(None if text is None else pieces + content[done:])
    found = spliced(column.cast(pa.string()), edits)
    found.cast(pa.binary()).validate(full=True)
    assert found.cast(pa.binary()).to_pylist() == expected


def test_a_row_is_replaced_as_a_whole() -> None:
    found = spliced(pa.array(["a", "bcd", None, "e"]), {1: [(0, None, b"long words")]})
    assert found.to_pylist() == ["a", "long words", None, "e"]
    found.validate(full=True)


address = st.sampled_from(
    "forum.example www. https:// HTTP:// // /topic/12-x/ /profile/7-ann profile/7-a topic/ showuser=4 #comment-7 x . -"
    ' / :80 [ ] < \u2003 \x1c é " Forum.Example/ [link]'.split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(address | st.sampled_from([" ", "\n"]), max_size=14).map("".join))
def test_addresses_are_found_word_by_word_as_in_the_whole(text: str) -> None:
    addresses = Addresses([SITE, "b.example"])
    whole = text
    for pattern in addresses.patterns:
        whole = pattern.sub("[link]", whole)
    assert addresses.replace(text) == whole
    assert (addresses.find(text) is None) == (not any(pattern.search(text) for pattern in addresses.patterns))
