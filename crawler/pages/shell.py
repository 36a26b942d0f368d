"""What stands on a page before and behind its thread, cut down to what is read of it.

Menus, widgets and scripts are up to half of a page. What says something of a thread is known by a few words; what
stands before the first of them, and behind the last, is left out, with the exception of JSON-LD. Elements that were
opened there and end elsewhere lose an end of theirs, which the parser forgives.

Words are looked for backwards, which is four times as fast (`find.py`).
"""

from __future__ import annotations

import re

_WORDS = (b"<h1", b"ipsPag", b"readcrumb", b".poll", b"data-pages")
"""In what is read: headings, page headers and pagers, breadcrumbs, polls."""

LINKED = b"ld+json"
"""What a script with JSON-LD has in its tag."""

RANK = "x-data-"
"""What stands before the rank of a script's JSON-LD."""

_SCRIPT_END = b"</script>"
_SCRIPT = re.compile(rb"<script\s[^<>]*ld\+json[^<>]*>")
_BODY = re.compile(rb"<body[^<>]*>")
_VERBATIM = ((b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"), (b"<textarea", b"</textarea"))
"""Where what looks like a tag is none."""


def before(body: bytes, end: int) -> bytes:
    """What stands before ``end``, without what no field is read from."""
    opened = _BODY.search(body, max(body.rfind(b"<body", 0, end), 0), end)
    if opened is None:
        return body[:end]
    start = opened.end()
    first = end
    for word in (*_WORDS, LINKED):
        while (place := body.rfind(word, start, first)) >= 0:
            first = place
    tag = body.rfind(b"<", start, first + 1)
    if tag <= start or _is_verbatim(body, start, tag):
        return body[:end]
    return body[:start] + body[tag:end]


def behind(body: bytes, start: int, post: int) -> tuple[bytes, list[bytes]]:
    """What stands from ``start`` on, without what no field is read from. The last post begins at ``post``.

    Scripts hold their rank in place of their JSON-LD, which comes beside: the tree need not carry it.
    """
    data = _linked(body, start)
    if data is None:
        return body[start:], []
    ended = _end_of_words(body, start, data)
    if ended is None or _is_verbatim(body, post, ended):
        return body[start:], []
    kept, seen = [body[start:ended]], ended
    values: list[bytes] = []
    for script, end in data:
        if script >= ended:
            if _is_verbatim(body, seen, script):  # nothing verbatim is open where the last piece ended
                return body[start:], []
            opened = body.find(b">", script) + 1
            value = body[opened : end - len(_SCRIPT_END)]
            if b"<" in value or b"\r" in value:  # what parsers make of these is theirs to say
                kept.append(body[script:end])
            else:
                kept += (body[script:opened], f"{RANK}{len(values)}".encode(), _SCRIPT_END)
                values.append(value)
            seen = end
    return b"".join(kept), values


def _end_of_words(body: bytes, start: int, data: list[tuple[int, int]]) -> int | None:
    """Where the list ends in which the last of the words stands, outside of JSON-LD; ``None`` where that is no list."""
    limits = [script for script, _end in data] + [len(body)]
    for begin, limit in reversed(list(zip([start, *(end for _script, end in data)], limits, strict=True))):
        last = max(body.rfind(word, begin, limit) for word in _WORDS)
        if last >= 0:
            closing = body.find(b"</ul>", last, limit)
            return closing + 5 if closing >= 0 else None
    return body.find(b">", start) + 1 or None


def _linked(body: bytes, start: int) -> list[tuple[int, int]] | None:
    """Where the scripts with JSON-LD begin and end; ``None`` where one of them is not plain to see."""
    found: list[tuple[int, int]] = []
    place = body.rfind(LINKED, start)
    while place >= 0:
        tag = body.rfind(b"<", start, place)
        end = body.find(_SCRIPT_END, place)
        if end < 0 or _SCRIPT.match(body, tag) is None:
            return None
        found.append((tag, end + len(_SCRIPT_END)))
        place = body.rfind(LINKED, start, tag)
    return found[::-1]


def _is_verbatim(body: bytes, start: int, end: int) -> bool:
    """True where a place may be in the midst of a script, a style or a comment that began behind ``start``."""
    return any(
        (place := body.rfind(opening, start, end)) >= 0 and body.find(closing, place, end) < 0
        for opening, closing in _VERBATIM
    )
