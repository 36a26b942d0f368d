"""Members of the invented forum; some bear names that trip up careless readers."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.demo.model.blocks import Break, Link, Paragraph, Text
from crawler.demo.model.parts import Guest, Member


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the forum by the part that they play."""

    desk: Member
    moderator: Member
    hostile: Member
    numeric: Member
    thai: Member
    russian: Member
    signed: Member
    crowd: tuple[Member, ...]
    guest: Guest

    @property
    def members(self) -> list[Member]:
        """Everybody with an account."""
        named = [self.desk, self.moderator, self.hostile, self.numeric, self.thai, self.russian, self.signed]
        return [*named, *self.crowd]


def cast() -> Cast:
    """The people, always the same."""
    signature = Paragraph(
        (
            Text("Sent from the lighthouse."),
            Break(),
            Link("https://lamp.example/", "My page of lamps and lenses"),
        )
    )
    crowd = ("Marlow", "tidewatcher", "Quayside Kate", "Ines B.", "oldsalt", "Peter, Paul & Co", "said", "Ropewalk")
    return Cast(
        desk=Member(3, "newsdesk", "News desk", "#0a58ca", 4123),
        moderator=Member(1, "Harbourmaster", "Administrators", "#c00000", 981, is_moderator=True),
        hostile=Member(17, 'O\'Neil "x" <b>', n_posts=77),
        numeric=Member(24, "13.", n_posts=1313),
        thai=Member(31, "สมชาย ใจดี", n_posts=208),
        russian=Member(36, "Боцман", n_posts=55),
        signed=Member(42, "Lamplighter", "Keepers", "#7a5c00", 640, signature=(signature,)),
        crowd=tuple(Member(50 + 7 * i, name, n_posts=12 + 31 * i) for i, name in enumerate(crowd)),
        guest=Guest("Passing Trawler"),
    )
