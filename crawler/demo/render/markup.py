"""Small pieces that all pages share: escaping and machine values."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""When the pages claim to have been made: they must not depend on the clock."""


def esc(text: str) -> str:
    """Text between tags."""
    return html.escape(text, quote=False)


def attr(text: str) -> str:
    """Text in an attribute, whatever quotes it stands in."""
    return html.escape(text, quote=True)


def data(value: Any) -> str:
    """JSON in an attribute, in the spelling of PHP: ASCII only, slashes escaped."""
    return attr(json.dumps(value, separators=(",", ":")).replace("/", "\\/"))


def script(value: Any) -> str:
    """JSON-LD in a script element; a closing tag within a text cannot end it."""
    body = json.dumps(value, indent=4).replace("</", "<\\/")
    return f"<script type='application/ld+json'>\n{body}\t\n</script>\n"


def iso(when: datetime) -> str:
    """The machine value of a time."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def abbreviated(number: int) -> str:
    """A count as listings show it: 8,812 is `8.8k`."""
    return str(number) if number < 1000 else f"{number / 1000:.1f}k".replace(".0k", "k")
