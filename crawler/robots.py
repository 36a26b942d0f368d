"""What a robots.txt allows, as RFC 9309 reads it: where it cannot be had for the server's fault, nothing is crawled.

Protego knows the rules; what an answer, or none, means is here. Scrapy's own policy allows everything in that case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from protego import Protego

from crawler.pages.obstacles import retry_after

LARGEST = 512_000
"""Bytes that are read; section 2.5 asks for at least 500 KiB."""

MAX_REDIRECTS = 5
"""Redirects that are followed (section 2.3.1.2 asks for at least five)."""

LONGEST_DELAY = 60.0
"""Seconds between two requests that a ``Crawl-delay`` may ask for; what asks for more is taken for this."""

LIFETIME = 86_400.0
"""Seconds that a copy is used at the most (section 2.4)."""

SHORTEST_LIFETIME = 60.0
"""Seconds that a copy is used at the least, whatever ``Cache-Control`` says: every page would cost two requests."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host's robots.txt comes to.

    ``parser`` is ``None`` where nothing is forbidden; ``readable`` false where everything is. ``body`` is the text as
    it came, ``None`` where there is none. ``wait`` is set where another try may help: the seconds that the server asks
    for. ``cause`` is set where not even the host could be reached, ``detail`` where there is more to say of what is not
    readable. ``lifetime``: seconds until it is asked again.
    """

    readable: bool
    parser: Protego | None = None
    body: bytes | None = None
    wait: float | None = None
    cause: Exception | None = None
    lifetime: float = LIFETIME
    detail: str | None = None

    @property
    def sha256(self) -> str | None:
        """Hash of the text."""
        return None if self.body is None else hashlib.sha256(self.body).hexdigest()

    def allows(self, url: str, user_agent: str) -> bool:
        """True where the address may be asked for."""
        return self.readable and (self.parser is None or self.parser.can_fetch(url, user_agent))

    def delay(self, user_agent: str) -> float:
        """Seconds between two requests that it asks us to keep: the longer of ``Crawl-delay`` and ``Request-rate``."""
        if self.parser is None:
            return 0.0
        asked = float(self.parser.crawl_delay(user_agent) or 0.0)
        rate = self.parser.request_rate(user_agent)
        if rate is not None and rate.requests > 0:
            asked = max(asked, rate.seconds / rate.requests)
        return min(max(asked, 0.0), LONGEST_DELAY)


def read_rules(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> Rules:
    """What an answer to ``/robots.txt`` means; ``headers`` with names in lower case, no redirect.

    5xx and 429 are the server's fault: nothing is allowed until it answers. Any other 4xx: there are no rules.
    """
    if status >= 500 or status == 429:
        return Rules(readable=False, wait=retry_after(headers, now) or 0.0)
    if status >= 400:
        return Rules(readable=True, lifetime=_lifetime(headers))
    body = body[:LARGEST]
    text = body.decode("utf-8-sig", "replace")
    return Rules(readable=True, parser=Protego.parse(text), body=body, lifetime=_lifetime(headers))


def _lifetime(headers: Mapping[str, str]) -> float:
    control = headers.get("cache-control", "").lower()
    if "no-store" in control or "no-cache" in control:
        return SHORTEST_LIFETIME
    found = _MAX_AGE.search(control)
    return LIFETIME if found is None else min(LIFETIME, max(SHORTEST_LIFETIME, float(found[1])))
