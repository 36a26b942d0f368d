"""Times and names of 5.0."""

from __future__ import annotations

from datetime import datetime

from crawler.demo.model import Guest, Member
from crawler.demo.render.markup import NOW, esc, iso
from crawler.demo.render.parts import People


class People50(People):
    """Times and names of 5.0."""

    def time(self, when: datetime) -> str:
        """A time element with a long and a short text, one of which a browser hides."""
        words = self.words
        short = words.short(when, NOW)
        return (
            f"<time datetime='{iso(when)}' title='{words.stamp(when)}' data-short='{short}' "
            f"class='ipsTime ipsTime--long'><span class='ipsTime__long'>{words.date(when)}</span>"
            f"<span class='ipsTime__short'>{short}</span></time>"
        )

    def person(self, who: Member | Guest, *, colored: bool = False) -> str:
        """The name: a link to the profile for a member, bare for a guest."""
        name = esc(who.name)
        if isinstance(who, Guest):
            return name
        if colored and who.color:
            name = f"<span style='color:{who.color}'>{name}</span>"
        url = self.base + who.path
        return (
            f'<a href="{url}" rel="nofollow" data-ipshover data-ipshover-width="370" '
            f'data-ipshover-target="{url}?&amp;do=hovercard" title="{self.profile(who)}" '
            f'class="ipsUsername" translate="no">{name}</a>'
        )

    def avatar(self, who: Member | Guest, size: str) -> str:
        """The picture: the first letter of the name in an inline image."""
        css, image = f"ipsUserPhoto ipsUserPhoto--{size}", self.letter(who)
        if isinstance(who, Guest):
            return f'<span class="{css}">{image}</span>'
        url = self.base + who.path
        return (
            f'<a href="{url}" rel="nofollow" data-ipshover data-ipshover-width="370" '
            f'data-ipshover-target="{url}?&amp;do=hovercard" class="{css}" title="{self.profile(who)}">{image}</a>'
        )
