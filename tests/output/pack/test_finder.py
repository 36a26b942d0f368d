"""Names in columns of texts: in each way to write them, and only where they are names."""

from __future__ import annotations

from unicodedata import normalize

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_bytes import spellings

from output.pack.finder import Finder, Findings, _apart
from output.pack.names import Names
from output.pack.pseudonyms import Pseudonyms
from output.pack.scrub import Addresses, Scrubber, place_signs

SITE = "forum.example"
MEMBERS = [
    "Annika", "king", "anna_77", "Zoë Brown", "Наталья", "O'Neil & <b>", "2024", "BobOLink", "İstanbul42", "山田太郎だ",
    "Straße", "hunters", "user", "Mark", 'quo"te\\d',
]  # fmt: skip


@pytest.fixture(scope="module")
def names() -> Names:
    names = Names()
    for number, name in enumerate(MEMBERS):
        names.add(SITE, name, number)
    names.add(SITE, "Passerby", guest=True)
    return names


@pytest.fixture(scope="module")
def finder(names: Names) -> Finder:
    return Finder(names, place_signs(Addresses([SITE])))


@pytest.fixture(scope="module")
def scrubber(names: Names, finder: Finder) -> Scrubber:
    return Scrubber(names, Pseudonyms(b"k" * 32), Addresses([SITE]), finder)


def label(name: str) -> str:
    return Pseudonyms(b"k" * 32).of_member(SITE, MEMBERS.index(name))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("so Annika.", "Annika", "so {}."),
        ("ANNIKA, annika", "Annika", "{}, annika"),
        ("Annikas Auto, Hannika", "Annika", "{}s Auto, Hannika"),
        ("the king, The King, looking, kings", "king", "the {}, The King, looking, kings"),
        ("Anna_77 and xanna_77x", "anna_77", "{} and x{}x"),
        ("zoë brown", "Zoë Brown", "{}"),
        ("Zoë Brown", "Zoë Brown", "{}"),
        ("see ?by=Zo%C3%AB%20Brown&x", "Zoë Brown", "see ?by={}&x"),
        ("see ?by=zo%c3%ab+brown&x", "Zoë Brown", "see ?by={}&x"),
        ("Zo&#235; Brown", "Zoë Brown", "{}"),
        ('{"by":"Zo\\u00eb Brown"}', "Zoë Brown", '{{"by":"{}"}}'),
        ("и Наталья, и Натальями, НАТАЛЬЯ, наталья", "Наталья", "и {}, и {}ми, {}, наталья"),
        ("«Наталья»😀Наталья", "Наталья", "«{}»😀{}"),
        ("O&#x27;Neil &amp; &lt;b&gt;!", "O'Neil & <b>", "{}!"),
        ("in 2024, 12024", "2024", "in {}, 12024"),
        ("boboLINK", "BobOLink", "{}"),
        ("Ⱥ İstanbul42 K İSTANBUL42", "İstanbul42", "Ⱥ {} K {}"),
        ("これは山田太郎だよ", "山田太郎だ", "これは{}よ"),
        ("STRASSE, STRAßE", "Straße", "STRASSE, {}"),
        ("headhunters hunters", "hunters", "head{} {}"),
        ("the user is user-1", "user", "the {} is {}-1"),
        ('a quo"te\\d b quo\\"te\\\\d', 'quo"te\\d', "a {} b {}"),
        ("Mark the mark, Markt", "Mark", "{} the mark, {}t"),
        ("the Passerbys, Passerby, PASSERBY", "Passerby", "the Passerbys, {}, PASSERBY"),
    ],
)
def test_ways_to_write_a_name(scrubber: Scrubber, text: str, name: str, expected: str) -> None:
    guest = Pseudonyms(b"k" * 32).of_name(SITE, name)
    expected = expected.replace("{}", label(name) if name in MEMBERS else guest).replace("{{", "{").replace("}}", "}")
    # In a column the automaton sees the neighbours, too, and rows are cut out of longer ones.
    column = pa.array(["Ann", "x", text, None, "ika king", text, ""]).slice(1)
    assert scrubber.column(SITE, column).to_pylist() == ["x", expected, None, column[3].as_py().replace(
        "king", label("king")
    ), expected, ""]  # fmt: skip
    assert scrubber.column(SITE, pa.array([expected])).to_pylist() == [expected]


pieces = st.sampled_from(
    [*MEMBERS, *(normalize("NFD", name) for name in MEMBERS), *(s for name in MEMBERS for s in sorted(spellings(name)))]
)
between = st.text(alphabet=' .-_aAzşİÅK1é́\n"\\&%😀ⱥȺ', max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(pieces, between), max_size=12))
def test_no_name_is_left_as_it_is_spelled(scrubber: Scrubber, parts: list[str]) -> None:
    text = "".join(parts)
    once = scrubber.column(SITE, pa.array([text])).to_pylist()[0]
    assert scrubber.column(SITE, pa.array([once])).to_pylist() == [once]
    for name in MEMBERS:
        if name not in {"king", "2024", "user"}:  # parts of words, numbers and labels
            assert not [way for way in spellings(name) if way in once], (name, text, once)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), st.lists(st.one_of(pieces, between), max_size=6).map("".join)), max_size=6))
def test_a_column_is_looked_into_as_each_of_its_texts_is(finder: Finder, texts: list[str | None]) -> None:
    found = finder.search(pa.array(["%", *texts], pa.string()).slice(1))
    alone = [finder.search(pa.array([text], pa.string())) for text in texts]
    assert found.names == {row: one.names[0] for row, one in enumerate(alone) if one.names}
    assert found.signs == {row for row, one in enumerate(alone) if one.signs}
    assert sorted(found.words) == sorted(word for one in alone for word in one.words)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(pieces, between), max_size=6).map("".join))
def test_places_in_bytes_are_those_in_characters(finder: Finder, text: str) -> None:
    slowly = Findings()
    finder._slowly(slowly, 0, text)
    found = finder.search(pa.array([text], pa.string()))
    assert found.names.get(0, []) == _apart(slowly.names.get(0, []))
    assert sorted(found.words) == sorted(slowly.words)
