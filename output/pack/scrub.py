"""Takes names and addresses out of what people wrote, where their place shows that they are such."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain

from output.pack.names import Found, Names
from output.pack.pseudonyms import Pseudonyms

LINK = "[link]"
"""Stands for an address that leads to the live site."""

_CITES = (
    "said wrote writes posted schrieb sagte geschrieben écrit dit escribió dijo escrito scritto disse escreveu schreef "
    "skrev napisał написал написала сказал пишет"
).split()
_EDITED = "edited bearbeitet geändert modifié édité editado modificato bewerkt redigerad edytowane изменено".split()
_ADDRESS = r"[^\s<>\"\[\]]"
_PLACES = (
    r"(?:/profile/\d|/topic/\d|/user/\d|showtopic=|showuser=|#comment-\d|#entry\d|findComment|findPost|/lofiversion/)"
)
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
        words = chain(("@", "://", "profile/", "topic/"), sorted(hosts), _CITES, _EDITED)
        self.hint = "(?i)" + "|".join(re.escape(word) for word in words)

    def find(self, text: str) -> str | None:
        """The first such address in a text."""
        return next((found[0] for pattern in self.patterns if (found := pattern.search(text))), None)

    def replace(self, text: str) -> str:
        """The text with a mark in the place of each."""
        for pattern in self.patterns:
            text = pattern.sub(LINK, text)
        return text


class Scrubber:
    """Gives a text with labels in the place of names, and a mark in the place of live addresses.

    Names are replaced behind an ``@``, in lines that cite (`Ann wrote:`) and in edit marks left as text; with
    ``everywhere``, also where they stand as whole words in prose, if they have four characters or more.
    """

    def __init__(self, names: Names, pseudonyms: Pseudonyms, addresses: Addresses, *, everywhere: bool = False) -> None:
        self._names = names
        self._pseudonyms = pseudonyms
        self.addresses = addresses
        self._everywhere = everywhere

    @property
    def hint(self) -> str | None:
        """A regular expression (RE2) that every text with something to replace matches; None where all may have."""
        if self._everywhere:
            return None
        return self.addresses.hint

    def label(self, site: str, name: str) -> str:
        """The label for a name."""
        owner = self._names.owner(site, name)
        return self._pseudonyms.of_name(site, name) if owner is None else self._pseudonyms.of_member(site, owner)

    def text(self, site: str, text: str) -> str:
        """The text without what leads to somebody."""
        text = self.addresses.replace(text)
        if "@" in text:
            text = self._put(site, text, [found for at in _places(text, "@") if (found := self._names.at(text, at))])
        text = _CITATION.sub(lambda line: self._line(site, line[0]), text)
        marks = [found for mark in _EDIT_MARK.finditer(text) if (found := self._names.at(text, mark.end()))]
        text = self._put(site, text, marks)
        return self._put(site, text, list(self._names.find(text))) if self._everywhere else text

    def _line(self, site: str, line: str) -> str:
        return self._put(site, line, list(self._names.find(line, shortest=1, exact=False)))

    def _put(self, site: str, text: str, found: list[Found]) -> str:
        if not found:
            return text
        pieces, end = [], 0
        for one in found:
            if one.start >= end:
                pieces += [text[end : one.start], self.label(site, one.name)]
                end = one.end
        return "".join([*pieces, text[end:]])


def named_places(names: Names, text: str) -> str | None:
    """A name of four characters or more in a place that shows that it is one: behind ``@``, citing, an edit mark."""
    lines = (found for line in _CITATION.finditer(text) for found in names.find(line[0], exact=False))
    marks = (names.at(text, mark.end()) for mark in _EDIT_MARK.finditer(text))
    at = (names.at(text, place) for place in _places(text, "@"))
    return next((found.name for found in chain(at, lines, marks) if found is not None and len(found.name) > 3), None)


def _places(text: str, mark: str) -> list[int]:
    """Behind each mark."""
    return [place.end() for place in re.finditer(re.escape(mark), text)]
