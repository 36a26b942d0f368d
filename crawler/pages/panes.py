"""What stands in a post before its body, cut down to what is read of it.

Before the body of a post stand its author's panes, badges and menus: half of a page, of which only the machine data, a
time and a group are ever read, unless machine data are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(rb"<([a-z]+)[\s>]")
_MACHINE = b"data-quote"
_NUMBER = b"data-comment"
_GROUPS = (b'data-role="', b"data-role='", b"ipsEntry__")


@dataclass(frozen=True, slots=True)
class Pane:
    """What stands in a post before its body: the bytes, and where in them the tag with the machine data stands."""

    chrome: bytes
    start: int
    end: int

    @property
    def wrap(self) -> bytes:
        """That tag."""
        return self.chrome[self.start : self.end]

    def depths(self) -> tuple[int, int]:
        """How many ``div`` it leaves open before that tag, and behind it."""
        before, behind = self.chrome[: self.start], self.chrome[self.end :]
        return before.count(b"<div") - before.count(b"</div"), behind.count(b"<div") - behind.count(b"</div")


def pane_of(chrome: bytes) -> Pane | None:
    """With the last tag that has machine data; ``None`` where there is none."""
    machine = chrome.rfind(_MACHINE)
    value = chrome.find(b"=", machine) + 1
    quote = chrome[value : value + 1]
    if machine < 0 or quote not in {b'"', b"'"} or (b"!" in chrome and b"<!" in chrome):
        return None
    start, end = chrome.rfind(b"<", 0, machine), chrome.find(b">", chrome.find(quote, value + 1)) + 1
    return Pane(chrome, start, end) if chrome.startswith(b"<div", start) and chrome.rfind(_NUMBER) < end else None


def needed_of(pane: Pane) -> bytes | None:
    """The time, and the group in the author's pane; ``None`` where they are not plain to see."""
    chrome = pane.chrome
    time = chrome.find(b"<time ")
    tag = chrome[time : chrome.find(b">", time) + 1]
    if b" datetime=" not in tag:
        return None
    end = chrome.rfind(b"</aside", 0, pane.start)
    start = chrome.rfind(b"<aside", 0, end) if end >= 0 else -1
    if start < 0:
        start, end = -1, len(chrome)
    groups = list(_groups(chrome, max(start, 0), end))
    if not groups:
        return tag + (b"</time><aside></aside>" if start >= 0 else b"</time>")
    opening = chrome.rfind(b"<", 0, groups[0])
    name = _NAME.match(chrome, opening)
    closing = chrome.find(b"</%b>" % name[1], groups[0], end) if name is not None else -1
    if start < 0 or len(groups) > 1 or name is None or closing < 0:
        return None
    group = chrome[opening:closing]
    return None if group.count(b"<" + name[1]) > 1 else b"%b</time><aside>%b</%b></aside>" % (tag, group, name[1])


def _groups(chrome: bytes, start: int, end: int) -> Iterator[int]:
    """Where a role or class says that an element is the author's group."""
    place = chrome.find(b"group", start, end)
    while place >= 0:
        if chrome.startswith((b'"', b"'", b" "), place + 5) and chrome.endswith(_GROUPS, start, place):
            yield place
        place = chrome.find(b"group", place + 5, end)
