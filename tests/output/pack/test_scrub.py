"""Names and addresses in what people wrote."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.pack.finder import Finder
from output.pack.names import Names
from output.pack.pseudonyms import Pseudonyms
from output.pack.scrub import Addresses, Scrubber, named_places, place_signs

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
    found = scrubber.text(SITE, text)
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
    assert everywhere.text(SITE, text) == expected
    assert everywhere.column(SITE, pa.array([text, None, ""])).to_pylist() == [expected, None, ""]
    assert everywhere.text(SITE, expected) == expected


def test_a_name_of_two_members_is_nobodys() -> None:
    names = Names()
    names.add(SITE, "Twin", 1)
    names.add(SITE, "twin", 2)
    assert names.owner(SITE, "Twin") is None
    assert "TWIN" in names


@given(st.text(alphabet="@ aAnVle\nBoiıİßs:/#.-wrote", max_size=80))
def test_what_is_scrubbed_is_clean_and_stays_so(scrubber: Scrubber, names: Names, text: str) -> None:
    once = scrubber.text(SITE, text)
    assert named_places(names, once) is None
    assert scrubber.text(SITE, once) == once
