"""The layout of 5.0. Its spine is attested; where a comment says *unconfirmed*, readers must not rely on it."""

from __future__ import annotations

from typing import ClassVar

from crawler.demo.model import Forum
from crawler.demo.render.skin import Layout, Skin
from crawler.demo.render.v47.notices import Notices47
from crawler.demo.render.v50.body import Bodies50
from crawler.demo.render.v50.frame import Frame50
from crawler.demo.render.v50.listing import Listings50
from crawler.demo.render.v50.people import People50
from crawler.demo.render.v50.post import Posts50
from crawler.demo.render.v50.topic import Topics50
from crawler.demo.render.words import Words


class Skin50(Skin):
    """Pages as 5.0 makes them."""

    layout: ClassVar[Layout] = "5.0"
    anchor: ClassVar[str] = "findComment"

    def __init__(self, forum: Forum, base: str, words: Words) -> None:
        super().__init__(forum, base, words)
        self.people = People50(self)
        self.frame = Frame50(self)
        self.body = Bodies50(self)
        self.post = Posts50(self)
        self.topic = Topics50(self)
        self.listing = Listings50(self)
        self.notices = Notices47(self)  # unconfirmed: what errors and walls of 5.0 look like
