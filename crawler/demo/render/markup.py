"""Small pieces that all pages share: escaping, times, people."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from crawler.demo.model import Guest, Member

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


def time(when: datetime) -> str:
    """A time element: machine value, and words in the forum's language."""
    years = (NOW - when).days // 365
    short = f"{years} yr" if years else f"{when:%b} {when.day}"
    title = f"{when:%m/%d/%y %I:%M  %p}"
    return f"<time datetime='{iso(when)}' title='{title}' data-short='{short}'>{when:%B} {when.day}, {when.year}</time>"


def person(who: Member | Guest, base: str, *, colored: bool = False) -> str:
    """The name: a link to the profile for a member, bare for a guest."""
    name = esc(who.name)
    if isinstance(who, Guest):
        return name
    if colored and who.color:
        name = f"<span style='color:{who.color}'>{name}</span>"
    url = base + who.path
    referrer = quote(quote(base + "/", safe=""), safe="")
    return (
        f'<a href=\'{url}\' rel="nofollow" data-ipsHover data-ipsHover-width="370" '
        f"data-ipsHover-target='{url}?do=hovercard&amp;referrer={referrer}' "
        f'title="Go to {attr(who.name)}\'s profile" class="ipsType_break">{name}</a>'
    )


def avatar(who: Member | Guest, base: str, size: str) -> str:
    """The picture: the first letter of the name in an inline image."""
    drawing = f"<svg viewBox='0 0 9 9'><text y='8'>{who.name[0]}</text></svg>"
    image = f"<img src='data:image/svg+xml,{quote(drawing)}' alt='{attr(who.name)}' loading=\"lazy\">"
    if isinstance(who, Guest):
        return f'<span class="ipsUserPhoto ipsUserPhoto_{size} ">{image}</span>'
    url = base + who.path
    return (
        f'<a href="{url}" rel="nofollow" data-ipsHover data-ipsHover-width="370" '
        f'data-ipsHover-target="{url}?do=hovercard" class="ipsUserPhoto ipsUserPhoto_{size}" '
        f'title="Go to {attr(who.name)}\'s profile">\n\t{image}\n</a>'
    )


def abbreviated(number: int) -> str:
    """A count as listings show it: 8,812 is `8.8k`."""
    return str(number) if number < 1000 else f"{number / 1000:.1f}k".replace(".0k", "k")
