"""Site, people, and the small things that threads and posts have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote as percent

from crawler.demo.model.blocks import Block


def slug(title: str) -> str:
    """The title as it stands in an address: lower case, words joined by hyphens, other scripts kept."""
    words: list[str] = re.findall(r"[^\W_]+(?:[\u0E31\u0E34-\u0E3A\u0E47-\u0E4E]+[^\W_]*)*", title.lower())
    return percent("-".join(words)) or "-"


@dataclass(slots=True)
class Site:
    """The forum as a whole. ``author_pane``: in 5.0 authors stand beside their posts, not above them."""

    name: str
    description: str
    author_pane: bool = True


@dataclass(slots=True, eq=False)
class Member:
    """Somebody with an account. ``signature`` is shown below each post; ``former`` are names once borne."""

    member_id: int
    name: str
    group: str = "Members"
    color: str | None = None
    n_posts: int = 0
    signature: tuple[Block, ...] = ()
    is_moderator: bool = False
    former: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Address of the profile, which the default rules for robots forbid."""
        return f"/profile/{self.member_id}-{slug(self.name)}/"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who posted without an account."""

    name: str
    group: str = "Guests"


@dataclass(frozen=True, slots=True)
class Edit:
    """The edit mark of a post: only the last edit leaves one."""

    at: datetime
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text of a post, ``until`` it was changed."""

    body: tuple[Block, ...]
    until: datetime


@dataclass(slots=True)
class Poll:
    """A poll: questions with their options and votes."""

    title: str
    questions: list[tuple[str, list[tuple[str, int]]]]


@dataclass(frozen=True, slots=True)
class Moderation:
    """An action shown between the posts."""

    at: datetime
    by: Member
    action: str
