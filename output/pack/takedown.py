"""Takedown lists: what is left out of a pack on request, one entry a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from output.pack.errors import TakedownError

_FIX: Final = "write `post SITE ID`, `author SITE NAME`, `author-id SITE ID`, `thread SITE ID` or `site NAME`"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,18}")
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``number`` is that of a post, thread or member; ``name`` that of an author."""

    line: int
    kind: str
    site: str
    number: int = 0
    name: str = ""


def read_takedown(path: Path) -> list[Entry]:
    """The entries of a file. Empty lines and those that begin with ``#`` are passed over.

    Raises :class:`TakedownError`: not there, no UTF-8, without an entry, or with a line that is none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise TakedownError(f"{path} cannot be read: {error.strerror}", "give another file with --takedown") from None
    except UnicodeDecodeError:
        raise TakedownError(f"{path} is no text in UTF-8", "save it as UTF-8") from None
    found = [
        _entry(path, number, text.strip())
        for number, text in enumerate(lines, 1)
        if text.strip() and not text.lstrip().startswith("#")
    ]
    if not found:
        raise TakedownError(f"{path} names nothing", f"{_FIX}, or leave --takedown out")
    return found


def _entry(path: Path, number: int, text: str) -> Entry:
    kind, _, rest = text.partition(" ")
    site, _, value = rest.strip().partition(" ")
    if kind not in _VALUES or not site or bool(value.strip()) is (kind == "site"):
        raise TakedownError(f"{path}, line {number}: it is no entry", _FIX)
    try:
        return Entry(number, kind, site.lower(), **_VALUES[kind](value.strip()))
    except ValueError:
        raise TakedownError(f"{path}, line {number}: {value.strip()!r} is no number", _FIX) from None


def _numbered(value: str) -> dict[str, Any]:
    if not _NUMBER.fullmatch(value) or int(value) > _LARGEST:
        raise ValueError(value)
    return {"number": int(value)}


_VALUES: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "post": _numbered,
    "thread": _numbered,
    "author-id": _numbered,
    "author": lambda value: {"name": value},
    "site": lambda _value: {},
}


def sentence(pack: dict[str, Any]) -> str:
    """What a card says of what was taken out: counts only. Empty where nothing was."""
    told = []
    if gone := pack.get("takedown"):
        told.append(f"Left out of this pack on request: {_counted(gone)}; {gone['quotes']} quotes of it were emptied.")
    if gone := pack.get("forgotten"):
        told.append(f"Erased from the crawls before, with what quoted it: {_counted(gone)}.")
    return "\n".join(told)


def _counted(gone: dict[str, Any]) -> str:
    return ", ".join(f"{gone[name]} {name}" for name in ("posts", "authors", "threads", "sites"))


def unmatched(path: Path, entries: Sequence[Entry]) -> TakedownError:
    """The error for entries that match nothing in the folders."""
    first = entries[0]
    what = {"author": first.name, "site": ""}.get(first.kind, str(first.number))
    more = f" (and {len(entries) - 1} more lines)" if len(entries) > 1 else ""
    return TakedownError(
        f"{path}, line {first.line}: `{' '.join(filter(None, (first.kind, first.site, what)))}` matches nothing{more}",
        "correct it, or give --takedown-unmatched ok for a list that serves several packs",
    )
