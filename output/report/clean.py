"""What of a page's HTML is let into a report."""

from __future__ import annotations

ALLOWED = frozenset(
    "a abbr b bdi bdo big blockquote br caption center cite code dd del details dfn div dl dt em figcaption figure h3 "
    "h4 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small strike strong sub summary sup table tbody td "
    "tfoot th thead tr tt u ul var wbr".split()
)
"""Elements that are kept. Of all others the words stay, but for those in `DROPPED`."""

DROPPED = frozenset(
    "script style template noscript svg math canvas object iframe video audio textarea select button title head "
    "noembed noframes xmp plaintext".split()
)
"""Elements that go with all that is in them."""

ROLES = {
    "a": ("href", "data-part"),
    "abbr": ("title",),
    "img": ("src", "alt", "loading", "referrerpolicy"),
    "ol": ("start", "reversed"),
    "small": ("data-part",),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
}
"""Attributes that are kept: none that styles, names or runs anything."""

_SPAN = 50  # columns and rows of one cell


def allowed_attribute(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute that is kept, or None."""
    if name == "dir":
        return value.lower() if value.lower() in {"ltr", "rtl", "auto"} else None
    if name in {"colspan", "rowspan", "start"}:
        return value if value.isascii() and value.isdigit() and int(value[:6]) <= _SPAN else None
    if name == "data-part":
        return value if value == "media" else None
    if tag == "img" and name == "src":
        return value if value.startswith("https:") else None
    return value
