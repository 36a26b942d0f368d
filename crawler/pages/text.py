"""Small tools for text and machine values of pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from lxml import etree

BLANK = " \t\n\r\f\xa0"
"""The white space of HTML, and the no-break space."""

_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_LATEST = 4_102_444_800  # the year 2100: a later stamp is no time of a post


def squeeze(text: str | None) -> str | None:
    """Text with each run of HTML white space (and no-break spaces) as one space; ``None`` when nothing is left."""
    if not text:
        return None
    text = text.strip(BLANK)
    if not text.isprintable() or "  " in text:  # most texts have nothing to squeeze, and these tests are quick
        text = _SPACE.sub(" ", text)
    return text or None


def inner_text(element: etree._Element) -> str | None:
    """All text of an element, squeezed; ``None`` when there is none."""
    return squeeze(all_text(element))


def all_text(element: etree._Element) -> str:
    """All text of an element as it stands."""
    if len(element) == 0:
        return element.text or ""
    return etree.tostring(element, encoding="unicode", method="text", with_tail=False)


def from_unix(value: Any) -> datetime | None:
    """A time out of seconds since 1970 (number or digits); ``None`` for what is none or lies out of range."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)


def from_iso(value: str | None) -> datetime | None:
    """A time out of ISO 8601 with a zone, as in ``datetime`` attributes and JSON-LD; ``None`` for anything else."""
    if not value or not value.isascii():
        return None
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if time.tzinfo is None or time.tzinfo is UTC:
        return None if time.tzinfo is None else time
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return None


def scrub(text: str) -> tuple[str, int]:
    """Text that every format can hold: lone surrogates become U+FFFD. Returns it and how many there were."""
    try:
        text.encode()
    except UnicodeEncodeError:
        mended = re.sub("[\ud800-\udfff]", "\ufffd", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        return mended, max(1, mended.count("\ufffd") - text.count("\ufffd"))
    return text, 0
