"""Times and names of 4.x."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from crawler.demo.model import Guest, Member
from crawler.demo.render.markup import NOW, esc, iso
from crawler.demo.render.parts import People


class People47(People):
    """Times and names of 4.x."""

    def time(self, when: datetime) -> str:
        """A time element: machine value, and words in the forum's language."""
        words = self.words
        return (
            f"<time datetime='{iso(when)}' title='{words.stamp(when)}' data-short='{words.short(when, NOW)}'>"
            f"{words.date(when)}</time>"
        )

    def person(self, who: Member | Guest, *, colored: bool = False) -> str:
        """The name: a link to the profile for a member, bare for a guest."""
        name = esc(who.name)
        if isinstance(who, Guest):
            return name
        if colored and who.color:
            name = f"<span style='color:{who.color}'>{name}</span>"
        url = self.base + who.path
        referrer = quote(quote(self.base + "/", safe=""), safe="")
        return (
            f'<a href=\'{url}\' rel="nofollow" data-ipsHover data-ipsHover-width="370" '
            f"data-ipsHover-target='{url}?do=hovercard&amp;referrer={referrer}' "
            f'title="{self.profile(who)}" class="ipsType_break">{name}</a>'
        )

    def avatar(self, who: Member | Guest, size: str) -> str:
        """The picture: the first letter of the name in an inline image."""
        image = self.letter(who)
        if isinstance(who, Guest):
            return f'<span class="ipsUserPhoto ipsUserPhoto_{size} ">{image}</span>'
        url = self.base + who.path
        return (
            f'<a href="{url}" rel="nofollow" data-ipsHover data-ipsHover-width="370" '
            f'data-ipsHover-target="{url}?do=hovercard" class="ipsUserPhoto ipsUserPhoto_{size}" '
            f'title="{self.profile(who)}">\n\t{image}\n</a>'
        )
