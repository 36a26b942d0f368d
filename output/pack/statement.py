"""What the user states of a pack; the program asserts none of it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from output.pack.errors import PackError

_SPDX = re.compile(r"(?:LicenseRef-)?[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) (?:LicenseRef-)?[A-Za-z0-9.+-]+)*")
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
        """For the manifest."""
        return dataclasses.asdict(self)
