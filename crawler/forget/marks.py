"""Where a page or a body names threads, posts and members by number, and names in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from crawler.forget.forgotten import Forgotten
from crawler.forget.words import places

MARK = "[forgotten]"
"""Stands where a name or an address was."""

_THREAD = re.compile(
    r"(?:/topic/|showtopic=|quote-contentid\W{1,8}|[\"']contentid[\"']\W{1,4})(\d{1,18})(?!\d)", re.IGNORECASE
)
_POST = re.compile(
    r"(?:comment(?:id)?s?|entry|post(?:id)?|findpost|cid)[=_#/:\"'\\\s-]{0,6}(\d{1,18})(?!\d)", re.IGNORECASE
)
_MEMBER = re.compile(
    r"(?:/profile/|showuser=|mentionid\W{1,4}|userid\W{1,6}|author_?id\W{1,6}|member_?id\W{1,6})(\d{1,18})(?!\d)",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?:)?//[^\s<>\"]+|(?<!\S)/?(?:topic|profile)/\d[^\s<>\"]*", re.IGNORECASE)
_AT = re.compile(r"@(\w+(?:[^\w\n]{1,2}\w+){0,3})")


def names_number(forgotten: Forgotten, site: str, text: str) -> bool:
    """True for text (an address, an attribute, a page) that names something forgotten by its number.

    An address may stand within another one, as where somebody is asked to share it.
    """
    entries = forgotten.entries
    if "%" in text:
        text = f"{text} {unquote(unquote(text))}"
    return (
        (bool(entries["thread"]) and any(forgotten.thread(site, int(n)) for n in set(_THREAD.findall(text))))
        or (bool(entries["post"]) and any(forgotten.post(site, int(n)) for n in set(_POST.findall(text))))
        or (bool(entries["author"]) and any(forgotten.author(site, int(n)) for n in set(_MEMBER.findall(text))))
    )


def names_somebody(forgotten: Forgotten, site: str, text: str) -> bool:
    """True for text in which the name of somebody forgotten stands as a name can stand in prose."""
    return next(_names(forgotten, site, text), None) is not None


def without_names(forgotten: Forgotten, site: str, text: str) -> str:
    """The text with a mark in the place of names of somebody forgotten, and of addresses of what is forgotten."""
    if "/" in text:
        text = _URL.sub(lambda url: MARK if names_number(forgotten, site, url[0]) else url[0], text)
    pieces, done = [], 0
    for start, end in sorted(_names(forgotten, site, text), key=lambda place: (place[0], -place[1])):
        if start >= done:
            pieces += [text[done:start], MARK]
            done = end
    return "".join([*pieces, text[done:]])


def _names(forgotten: Forgotten, site: str, text: str) -> Iterator[tuple[int, int]]:
    """Names as they are spelled; behind an ``@`` in any spelling, however short."""
    for width in forgotten.lengths["spelled"]:
        for start, end, run in places(text, width):
            if forgotten.spelled(site, run):
                yield start, end
    if "@" in text and forgotten.entries["name"]:
        for found in _AT.finditer(text):
            for end in _ends(found[1]):
                if forgotten.name(site, found[1][:end]):
                    yield found.start(), found.start(1) + end
                    break


def _ends(words: str) -> list[int]:
    """Where the name behind an ``@`` may end, the longest first."""
    return [word.end() for word in re.finditer(r"\w+", words)][::-1]
