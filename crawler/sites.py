"""The sites of a crawl: which hosts are one forum, and which of the things found there are wanted.

Without a job every host is a site of its own name and everything found is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from crawler.items import PageRef
from crawler.pages import site_of

_DEFAULT_PORTS = {None, 80, 443}


def place_of(url: str) -> str | None:
    """Host of an address, as in the column ``site``, with its port where that is not the scheme's own.

    ``None`` where there is no host.
    """
    site = site_of(url)
    if site is None:
        return None
    try:
        port = urlsplit(url).port
    except ValueError:
        return None
    host = f"[{site}]" if ":" in site else site
    return host if port in _DEFAULT_PORTS else f"{host}:{port}"


@dataclass(frozen=True, slots=True)
class Site:
    """A forum of a job: its name (the column ``site``), its places and what is wanted of it.

    ``includes`` and ``excludes`` are patterns of `matches`.
    """

    name: str
    places: tuple[str, ...] = ()
    subforums: bool | None = None
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def wants(self, ref: PageRef) -> bool:
        """True for what is to be fetched where it is found.

        An include speaks of its own kind only: one of threads does not keep forums out.
        """
        if any(matches(pattern, ref) for pattern in self.excludes):
            return False
        own = [pattern for pattern in self.includes if pattern.startswith(f"/{ref.kind}/")]
        return not own or any(matches(pattern, ref) for pattern in own)


def matches(pattern: str, ref: PageRef) -> bool:
    """True where a pattern names a page's thread or forum.

    A pattern is ``/topic/<number>-<slug>`` or ``/forum/<number>-<slug>`` with ``*`` for anything:
    ``/topic/123-*`` is the thread 123, ``/topic/*-weekly-*`` any thread with these words in its address.
    """
    return fnmatchcase(f"/{ref.kind}/{ref.item_id}-{_slug(ref)}", pattern)


def _slug(ref: PageRef) -> str:
    _, found, rest = ref.url.partition(f"/{ref.kind}/{ref.item_id}-")
    end = min((rest.index(mark) for mark in "/?&#" if mark in rest), default=len(rest))
    return unquote(rest[:end]).lower() if found else ""


class Sites:
    """All sites of a crawl."""

    def __init__(self, sites: Iterable[Site] = ()) -> None:
        self._sites = {site.name: site for site in sites}
        self._names = {place: site.name for site in self._sites.values() for place in site.places}

    @classmethod
    def from_setting(cls, value: Mapping[str, Mapping[str, Any]]) -> Self:
        """Out of the setting ``SITES``: the fields of `Site` by name."""
        return cls(
            Site(
                name,
                tuple(facts.get("places", ())),
                facts.get("subforums"),
                tuple(facts.get("includes", ())),
                tuple(facts.get("excludes", ())),
            )
            for name, facts in value.items()
        )

    def name_of(self, url: str) -> str | None:
        """The site of an address: the name that the job gives to its place, else its host."""
        return self._names.get(place_of(url) or "", site_of(url))

    def same_place(self, address: str, asked: str) -> bool:
        """True where an address is of the site that was asked, and at its port or that of its scheme.

        Another port of the same host is another server, which nobody named; another name of the same forum is one that
        the job names.
        """
        place, own = place_of(address), place_of(asked)
        if place is None or own is None:
            return False
        named = self._names.get(place)
        return named == self._names.get(own) if named is not None else self._at_own_scheme(address, asked)

    @staticmethod
    def _at_own_scheme(address: str, asked: str) -> bool:
        port, own = urlsplit(address).port, urlsplit(asked).port
        return site_of(address) == site_of(asked) and port in _DEFAULT_PORTS | {own}

    def wants(self, ref: PageRef) -> bool:
        """True for what is to be fetched where it is found."""
        site = self._sites.get(ref.site)
        return site is None or site.wants(ref)

    def subforums(self, name: str, *, default: bool) -> bool:
        """True where the forums below a forum are taken too."""
        site = self._sites.get(name)
        return default if site is None or site.subforums is None else site.subforums
