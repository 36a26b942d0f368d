r"""Finds names in whole columns: one pass of an automaton (Aho-Corasick) over the bytes of all texts at once.

By its form alone, the same in every release, a name is looked for

- as it is spelled, as a whole word: always;
- as it is spelled, inside a longer word too (`Annikas`): a member's, unless it has fewer than six letters, all of them
  small, or is a number: ``king`` is part of too many words;
- in another case, as a whole word: a member's that is no plain word (`anna_vale`, `ann vale` for `Ann Vale`), and one
  of six letters or more that begins with a capital (`BOBOLINK`), for ``bobolink`` is a word;
- written as in addresses (``%D0%90``), in HTML (``&#39;``) and in JSON (``\u0410``): wherever that differs.

All with accents in one character with the letter or apart (NFC, NFD). Names of fewer than four characters are not
looked for. Anything else, such as ``mark`` where a member is called Mark, is a word like any other.
"""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

import ahocorasick_rs
import pyarrow as pa
import pyarrow.compute as pc

from output.pack.names import SHORTEST, Names, fold, forms, joins

_LONG = 6  # letters from which on a plain word is taken for a name inside words, and in capitals
_DFA_BYTES = 1_000_000  # of patterns: an automaton with a table a state takes about a hundred times as much memory
_CODE_SIGNS = (b"%", b"+", b"&", b"\\")
"""One of them is in every name that is written as in an address, HTML or JSON."""
_SIMPLE = re.compile(r"[A-Za-z0-9_.~ -]*")  # of these, only a space is written otherwise, and in addresses only
_OURS = re.compile(rb"user-\d{3}(?:-\d{3}){4}|\[link\]")
_MARKS = (b"user-", b"[link]")
_MARK = 24  # bytes of a label
_WORDLY = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_BETWEEN = frozenset(byte for byte in range(0x80) if not joins(chr(byte)))  # never part of a word


class Hit(NamedTuple):
    """A name in a text: bytes of its UTF-8 from ``start`` to ``end``, and the name as the crawl spells it."""

    start: int
    end: int
    name: str


@dataclass(slots=True)
class Findings:
    """What a column holds, by row.

    ``names`` are to be replaced: sorted, none overlaps another. ``signs`` are rows that hold a sign. ``words`` are
    names that stand as whole words in a case in which they may be words, and are left.
    """

    names: dict[int, list[Hit]] = field(default_factory=dict)
    signs: set[int] = field(default_factory=set)
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Pattern:
    name: str = ""
    sign: bool = False
    coded: bool = False  # as in an address, HTML or JSON
    inside: bool = False
    any_case: bool = False
    capitals: bool = False
    words_only: bool = False  # counts as a whole word only, and begins and ends with a letter or digit


class Finder:
    """Looks for names, and for ``signs``: strings (in small letters) that call for a closer look at a text."""

    def __init__(self, names: Names, signs: Iterable[str] = ()) -> None:
        self._patterns: dict[bytes, _Pattern] = {}
        self._spelled: set[bytes] = set()
        spelled = [(name, member) for name, member in sorted(names.spelled.items()) if len(name) >= SHORTEST]
        spellings = [sorted(forms(name)) for name, _ in spelled]
        # Arrow makes small letters of the texts: of some characters, others than Python does.
        lower = iter(pc.utf8_lower(pa.array(list(chain(*spellings)), pa.string())).to_pylist())
        for (name, member), ways in zip(spelled, spellings, strict=True):
            self._add(name, ways, {way for one in ways for way in (fold(one), next(lower))}, member=member)
        for sign in signs:
            self._patterns.setdefault(sign.encode(), _Pattern()).sign = True
        for content, kind in self._patterns.items():
            ends = content[:1] + content[-1:]
            kind.words_only = not (kind.sign or kind.coded or kind.inside) and bool(kind.name) and ends.isalnum()
        plain = {content: kind for content, kind in self._patterns.items() if not kind.coded}
        coded = {content: kind for content, kind in self._patterns.items() if kind.coded}
        self._plain = _Automaton(plain, fast=sum(map(len, plain)) < _DFA_BYTES)
        self._coded = _Automaton(coded, fast=False)  # twice as long, for a few texts

    def _add(self, name: str, spellings: Sequence[str], folded: Iterable[str], *, member: bool) -> None:
        long, word = len(name) >= _LONG, _is_plain(name)
        inside = member and not name.isdecimal() and (long or not (word and name.islower()))
        self._spelled.update(one.encode() for one in spellings)
        for one in folded:
            known = self._patterns.setdefault(one.encode(), _Pattern(name))
            known.name = known.name or name
            known.inside |= inside
            known.any_case |= member and not word
            known.capitals |= member and long
        for one in sorted({coded for spelling in spellings for coded in _coded(spelling)}):
            self._patterns.setdefault(one.encode(), _Pattern(name, coded=True))

    def search(self, texts: pa.Array) -> Findings:
        """What is in the texts of a column (strings, null allowed)."""
        found = Findings()
        ends, low = parts(pc.utf8_lower(texts))
        raw_ends, raw = parts(texts)
        folded = bytes(low)
        marked = any(mark in folded for mark in _MARKS)
        odd: set[int] = set()
        for kind, start, end in self._hits(folded, ends):
            row = bisect_right(ends, start) - 1
            if end > ends[row + 1]:
                continue  # half of it is the next text
            if kind.sign:
                found.signs.add(row)
            if not kind.name or row in odd:
                continue
            shift = raw_ends[row] - ends[row]
            there = bytes(raw[start + shift : end + shift])
            if there in self._spelled or fold(there.decode(errors="replace")).encode() == folded[start:end]:
                place, text = (start + shift, end + shift), (raw_ends[row], raw_ends[row + 1])
                self._judge(found, row, kind, raw, place, text, marked=marked)
            else:
                odd.add(row)  # small letters of another length: its places are others
        for row in odd:
            found.names.pop(row, None)
            self._slowly(found, row, texts[row].as_py())
        found.names = {row: _apart(hits) for row, hits in found.names.items()}
        return found

    def _hits(self, folded: bytes, ends: memoryview) -> Iterator[tuple[_Pattern, int, int]]:
        """What the automata find, but for parts of words where only whole ones count."""
        edges = set(ends)
        for kind, start, end in self._plain.find(folded):
            # Nearly all hits are such parts: told without a closer look.
            if kind.words_only and (
                (folded[start - 1] in _WORDLY and start not in edges) or (end not in edges and folded[end] in _WORDLY)
            ):
                continue
            yield kind, start, end
        for row in _rows_with(_CODE_SIGNS, folded, ends):
            first = ends[row]
            for kind, start, end in self._coded.find(folded[first : ends[row + 1]]):
                yield kind, first + start, first + end

    def _judge(  # noqa: PLR0917
        self,
        found: Findings,
        row: int,
        kind: _Pattern,
        raw: memoryview,
        place: tuple[int, int],
        text: tuple[int, int],
        *,
        marked: bool,
    ) -> None:
        (start, end), (first, last) = place, text
        if not kind.coded:
            exact = bytes(raw[start:end]) in self._spelled
            if not (exact and kind.inside):
                if not _whole(raw, start, end, first, last):
                    return
                if not exact and not (kind.any_case or (kind.capitals and _at(raw, start).isupper())):
                    found.words.append(kind.name)
                    return
        if not marked or not _is_ours(raw, start, end, first, last):
            found.names.setdefault(row, []).append(Hit(start - first, end - first, kind.name))

    def _slowly(self, found: Findings, row: int, text: str) -> None:
        """The same by characters, for a text whose small letters take other numbers of bytes."""
        raw, folded = memoryview(text.encode()), fold(text).encode()
        for kind, start, end in chain(self._plain.find(folded), self._coded.find(folded)):
            if kind.name:
                place = [len(text[: len(folded[:at].decode())].encode()) for at in (start, end)]
                self._judge(found, row, kind, raw, (place[0], place[1]), (0, len(raw)), marked=True)


class _Automaton:
    """Finds all of some patterns in bytes (Aho-Corasick), those that overlap too."""

    def __init__(self, patterns: Mapping[bytes, _Pattern], *, fast: bool) -> None:
        self._kinds = list(patterns.values())
        kinds = ahocorasick_rs.Implementation
        self._find: Any = ahocorasick_rs.BytesAhoCorasick(
            list(patterns), ahocorasick_rs.MatchKind.Standard, kinds.DFA if fast else kinds.ContiguousNFA
        ).find_matches_as_indexes

    def find(self, content: bytes) -> Iterator[tuple[_Pattern, int, int]]:
        """Each with the bytes from which and to which it goes."""
        kinds = self._kinds
        return ((kinds[number], start, end) for number, start, end in self._find(content, overlapping=True))


def _rows_with(signs: Iterable[bytes], content: bytes, ends: memoryview) -> list[int]:
    """Of texts that lie in `content` one behind the other: those that hold a sign."""
    rows = set()
    for sign in signs:
        at = content.find(sign)
        while at >= 0:
            row = bisect_right(ends, at) - 1
            rows.add(row)
            at = content.find(sign, ends[row + 1])
    return sorted(rows)


def _is_plain(name: str) -> bool:
    """Whether a name may be a word: letters, of which the first one alone may be a capital."""
    return name.isalpha() and name[1:] == fold(name[1:])


def _coded(name: str) -> set[str]:
    """Other ways to write a name, in small letters, where they differ from it."""
    if _SIMPLE.fullmatch(name):
        return {fold(name).replace(" ", space) for space in ("%20", "+") if " " in name}
    written = {
        quote(name, safe=""),
        quote_plus(name),
        html.escape(name),
        html.escape(name).replace("&#x27;", "&#39;"),
        "".join(char if char.isascii() else f"&#{ord(char)};" for char in name),
        "".join(char if char.isascii() else f"&#x{ord(char):x};" for char in name),
        json.dumps(name)[1:-1],
    }
    return {fold(one) for one in written if one != name}


def parts(texts: pa.Array) -> tuple[memoryview, memoryview]:
    """Where each text begins in the bytes of all, with the end of the last; and these bytes."""
    buffers = texts.buffers()
    ends = memoryview(buffers[1]).cast("B").cast("i")[texts.offset : texts.offset + len(texts) + 1]
    content = memoryview(buffers[2] if buffers[2] is not None else b"").cast("B")
    return ends, content


def _whole(raw: memoryview, start: int, end: int, first: int, last: int) -> bool:
    """Whether what stands there is no part of a longer word."""
    # Between ASCII neighbours, as nearly everywhere, their bytes tell.
    if start > first and raw[start - 1] not in _BETWEEN and joins(_before(raw, start)) and joins(_at(raw, start)):
        return False
    return not (end < last and raw[end] not in _BETWEEN and joins(_at(raw, end)) and joins(_before(raw, end)))


def _is_ours(raw: memoryview, start: int, end: int, first: int, last: int) -> bool:
    """Whether it is in a label or mark that was put there: somebody may be called `user` or `link`."""
    begin = max(first, start - _MARK)
    around = bytes(raw[begin : min(last, end + _MARK)])
    if not any(mark in around for mark in _MARKS):
        return False
    return any(mark.start() < end - begin and mark.end() > start - begin for mark in _OURS.finditer(around))


def _at(raw: memoryview, place: int) -> str:
    byte = raw[place]
    if byte < 0x80:
        return chr(byte)
    size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
    return bytes(raw[place : place + size]).decode(errors="replace")


def _before(raw: memoryview, place: int) -> str:
    place -= 1
    while 0x80 <= raw[place] < 0xC0:
        place -= 1
    return _at(raw, place)


def _apart(hits: Collection[Hit]) -> list[Hit]:
    """From left to right, the longest at each place."""
    if len(hits) == 1:
        return list(hits)
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end, one.name)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept
