"""Takes names and addresses out of what people wrote, where their place shows that they are such."""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from output.pack.finder import Finder, Hit, parts
from output.pack.names import Found, Names, fold
from output.pack.pseudonyms import Pseudonyms

LINK = "[link]"
"""Stands for an address that leads to the live site."""

Edit: TypeAlias = tuple[int, int | None, bytes]
"""Words in the place of those from one byte of a text to another (None: to its end)."""

_LABELS = 1 << 16  # that are kept: a name that stands in one text stands in others
_OURS = re.compile(rf"user-\d{{3}}(?:-\d{{3}}){{4}}|{re.escape(LINK)}")

_CITES = (
    "said wrote writes posted schrieb sagte geschrieben écrit dit escribió dijo escrito scritto disse escreveu schreef "
    "skrev napisał написал написала сказал пишет"
).split()
_EDITED = "edited bearbeitet geändert modifié édité editado modificato bewerkt redigerad edytowane изменено".split()
_SPACE = re.compile(r"\s")
_ADDRESS = r"[^\s<>\"\[\]]"
_PLACES = (
    r"(?:/profile/\d|/topic/\d|/user/\d|showtopic=|showuser=|#comment-\d|#entry\d|findComment|findPost|/lofiversion/)"
)
_PLACE_SIGNS = (
    "/profile/", "/topic/", "/user/", "showtopic=", "showuser=", "#comment-", "#entry", "findcomment", "findpost",
    "/lofiversion/", "profile/", "topic/",
)  # fmt: skip
CITING = r":[ \t]*(?:\n|$)"
"""What every text with a line that cites matches (Python's and RE2)."""
_CITING = re.compile(CITING)
_CITATION = re.compile(
    rf"^[^\n]{{1,300}}?\b(?:{'|'.join(_CITES)})\b[^\n]{{0,60}}:[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_EDIT_MARK = re.compile(
    rf"\b(?:{'|'.join(_EDITED)})\b[^\n]{{0,60}}?\b(?:by|von|par|por|da|door|av|przez|пользователем)[ \t]+",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(
    rf"https?://{_ADDRESS}*{_PLACES}{_ADDRESS}*|(?<!\S)/?(?:profile|topic)/\d+-{_ADDRESS}+", re.IGNORECASE
)


class Addresses:
    """Finds addresses of the live sites: any page of ``hosts``, and what looks like a post or profile anywhere."""

    def __init__(self, hosts: Collection[str]) -> None:
        names = "|".join(re.escape(host) for host in sorted(hosts, key=lambda host: (-len(host), host)))
        own = rf"(?:https?://|//)?(?<![\w.-])(?:www\.)?(?:{names})(?::\d+)?/{_ADDRESS}+"
        self.patterns = (*((re.compile(own, re.IGNORECASE),) if hosts else ()), _ANYWHERE)
        self.signs = frozenset({*(fold(host) for host in hosts), *_PLACE_SIGNS})
        """Strings in small letters, one of which is in every text with such an address."""

        self._sign = re.compile("|".join(map(re.escape, sorted(self.signs))))

    def _words(self, text: str) -> Iterator[tuple[int, int]]:
        """From where to where the words go that may be such an address: those with a sign; no address has a space."""
        end = 0
        for sign in self._sign.finditer(fold(text)):
            if sign.start() < end:
                continue
            before = text[end : sign.start()]
            begun = len(before.rsplit(None, 1)[-1]) if before and not before[-1].isspace() else 0
            space = _SPACE.search(text, sign.end())
            end = len(text) if space is None else space.start()
            yield sign.start() - begun, end

    def find(self, text: str) -> str | None:
        """The first such address in a text."""
        words = (text[start:end] for start, end in self._words(text))
        return next((found[0] for word in words for one in self.patterns if (found := one.search(word))), None)

    def replace(self, text: str) -> str:
        """The text with a mark in the place of each."""
        pieces, done = [], 0
        for start, end in self._words(text):
            word = text[start:end]
            for pattern in self.patterns:
                word = pattern.sub(LINK, word)
            pieces += [text[done:start], word]
            done = end
        return "".join([*pieces, text[done:]])


class Scrubber:
    """Gives texts with labels in the place of names, and a mark in the place of live addresses.

    Names of any length are replaced behind an ``@``, in lines that cite (`Ann wrote:`) and in edit marks left as text;
    in prose, where the ``finder`` finds them, which also knows the signs of the other places (:func:`place_signs`).
    ``replaced`` counts names in prose.
    """

    def __init__(self, names: Names, pseudonyms: Pseudonyms, addresses: Addresses, finder: Finder) -> None:
        self._names = names
        self._pseudonyms = pseudonyms
        self.addresses = addresses
        self._finder = finder
        self._labels = lru_cache(_LABELS)(self._label_of)
        self.replaced = 0

    def label(self, site: str, name: str) -> str:
        """The label for a name."""
        return self._labels(site, name)

    def _label_of(self, site: str, name: str) -> str:
        owner = self._names.owner(site, name)
        return self._pseudonyms.of_name(site, name) if owner is None else self._pseudonyms.of_member(site, owner)

    def column(self, site: str, texts: pa.Array) -> pa.Array:
        """The texts without what leads to somebody."""
        found = self._finder.search(texts)
        citing = pc.fill_null(pc.match_substring_regex(texts, CITING), fill_value=False)
        due = found.signs | set(pc.indices_nonzero(citing).to_pylist())
        edits = {row: self._edits(site, hits) for row, hits in found.names.items() if row not in due}
        if due:
            marked = pa.array([self._marked(site, texts[row].as_py()) for row in sorted(due)], pa.string())
            inside = self._finder.search(marked).names
            marked = spliced(marked, {row: self._edits(site, hits) for row, hits in inside.items()})
            edits |= {
                row: [(0, None, text.encode())] for row, text in zip(sorted(due), marked.to_pylist(), strict=True)
            }
        return spliced(texts, edits)

    def _marked(self, site: str, text: str) -> str:
        """A text without addresses and without names in places that show that they are such."""
        text = self.addresses.replace(text)
        if "@" in text:
            text = self._put(site, text, [found for at in _places(text, "@") if (found := self._names.at(text, at))])
        if _CITING.search(text):
            text = _CITATION.sub(lambda line: self._line(site, line[0]), text)
        marks = [found for mark in _edit_marks(text) if (found := self._names.at(text, mark.end()))]
        return self._put(site, text, marks)

    def _edits(self, site: str, hits: Sequence[Hit]) -> list[Edit]:
        self.replaced += len(hits)
        return [(hit.start, hit.end, self.label(site, hit.name).encode()) for hit in hits]

    def _line(self, site: str, line: str) -> str:
        return self._put(site, line, list(self._names.find(line, shortest=1)))

    def _put(self, site: str, text: str, found: list[Found]) -> str:
        if not found:
            return text
        pieces, end = [], 0
        for one in _theirs(text, found):
            if one.start >= end:
                pieces += [text[end : one.start], self.label(site, one.name)]
                end = one.end
        return "".join([*pieces, text[end:]])


def place_signs(addresses: Addresses) -> frozenset[str]:
    """Strings in small letters, one of which is in every text with an address, an ``@`` or an edit mark."""
    return addresses.signs | {"@", *(fold(word) for word in _EDITED)}


def spliced(texts: pa.Array, edits: Mapping[int, Sequence[Edit]]) -> pa.Array:
    """The column with other words in some rows (none of them null); the edits of a row go from left to right."""
    if not edits:
        return texts
    ends, content = parts(texts)
    grown = array("i", bytes(4 * len(ends)))
    pieces, done = list[memoryview | bytes](), ends[0]
    for row in sorted(edits):
        first = ends[row]
        for start, end, words in edits[row]:
            last = ends[row + 1] if end is None else first + end
            pieces += (content[done : first + start], words)
            grown[row + 1] += len(words) - (last - first - start)
            done = last
    pieces.append(content[done : ends[-1]])
    moved = pc.cumulative_sum(pa.Array.from_buffers(pa.int32(), len(grown), [None, pa.py_buffer(grown)]))
    starts = pa.Array.from_buffers(pa.int32(), len(ends), [None, texts.buffers()[1]], offset=texts.offset)
    starts = pc.add_checked(pc.subtract(starts, pa.scalar(ends[0], pa.int32())), moved)
    fresh = pa.StringArray.from_buffers(len(texts), starts.buffers()[1], pa.py_buffer(b"".join(pieces)))
    return pc.if_else(texts.is_valid(), fresh, pa.scalar(None, pa.string())) if texts.null_count else fresh


def named_places(names: Names, text: str) -> str | None:
    """A name of four characters or more in a place that shows that it is one: behind ``@``, citing, an edit mark."""
    citing = _CITATION.finditer(text) if _CITING.search(text) else ()
    lines = (found for line in citing for found in _theirs(line[0], names.find(line[0])))
    behind = chain(_places(text, "@"), (mark.end() for mark in _edit_marks(text)))
    at = _theirs(text, filter(None, (names.at(text, place) for place in behind)))
    return next((found.name for found in chain(at, lines) if len(found.name) > 3), None)


def _theirs(text: str, found: Iterable[Found]) -> Iterator[Found]:
    """The names that are in no label or mark that was put there: somebody may be called `user`, or `482`."""
    ours = [mark.span() for mark in _OURS.finditer(text)]
    return (one for one in found if all(one.end <= start or one.start >= end for start, end in ours))


def _edit_marks(text: str) -> Iterator[re.Match[str]]:
    folded = fold(text)
    return _EDIT_MARK.finditer(text) if any(word in folded for word in _EDITED) else iter(())


def _places(text: str, mark: str) -> list[int]:
    """Behind each mark."""
    return [place.end() for place in re.finditer(re.escape(mark), text)]
