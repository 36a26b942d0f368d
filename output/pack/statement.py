"""What the user states of a pack; the program asserts none of it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from output.pack.errors import PackError

_SPDX = re.compile(r"(?:LicenseRef-)?[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) (?:LicenseRef-)?[A-Za-z0-9.+-]+)*")
_MOST_ABOUT = 100_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Licence of the compilation (SPDX), and who made it; what is not stated is None. ``date`` is YYYY-MM-DD."""

    license: str
    title: str
    creators: tuple[str, ...] = ()
    url: str | None = None
    contact: str | None = None
    date: str | None = None
    about: str | None = None
    """Markdown of their own for the card: why it was made, ethics, legal basis."""

    def __post_init__(self) -> None:
        if not _SPDX.fullmatch(self.license):
            raise PackError(
                f"--license {self.license!r} is no SPDX expression",
                "write for instance CC-BY-4.0, CC-BY-NC-4.0 or LicenseRef-Agreement; see https://spdx.org/licenses",
            )
        if self.date is not None and not _DATE.fullmatch(self.date):
            raise PackError(f"--date {self.date!r} is no date", "write YYYY-MM-DD")
        for value in (self.title, *self.creators, self.url or "", self.contact or ""):
            if not value.isprintable():
                raise PackError("a title, name or address has control characters", "write it on one line")

    @property
    def license_url(self) -> str:
        """Where the licence is explained; an own or combined one names itself."""
        if " " in self.license or self.license.startswith("LicenseRef-"):
            return self.license
        return f"https://spdx.org/licenses/{self.license}.html"

    def as_json(self) -> dict[str, Any]:
        """For the manifest; what they say of it at length stands in the card."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "about"}


def read_about(path: Path) -> str:
    """The makers' own words for the card, out of a file. Raises :class:`PackError`: not there, no text, too long."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig").strip()
    except OSError as error:
        raise PackError(f"--about {path} cannot be read: {error.strerror}", "give another file") from None
    except UnicodeDecodeError:
        raise PackError(f"--about {path} is no text in UTF-8", "save it as UTF-8") from None
    if not text or len(content) > _MOST_ABOUT:
        raise PackError(f"--about {path} has {len(content)} bytes", f"write some words, at most {_MOST_ABOUT} bytes")
    return "\n".join(text.splitlines())
