"""The layout of 4.4-4.7."""

from __future__ import annotations

from typing import ClassVar

from crawler.demo.model import Forum
from crawler.demo.render.body import Bodies
from crawler.demo.render.skin import Layout, Skin
from crawler.demo.render.v47.frame import Frame47
from crawler.demo.render.v47.listing import Listings47
from crawler.demo.render.v47.notices import Notices47
from crawler.demo.render.v47.people import People47
from crawler.demo.render.v47.post import Posts47
from crawler.demo.render.v47.topic import Topics47
from crawler.demo.render.words import Words


class Skin47(Skin):
    """Pages as 4.4-4.7 makes them."""

    layout: ClassVar[Layout] = "4.7"

    def __init__(self, forum: Forum, base: str, words: Words) -> None:
        super().__init__(forum, base, words)
        self.people = People47(self)
        self.frame = Frame47(self)
        self.body = Bodies(self)
        self.post = Posts47(self)
        self.topic = Topics47(self)
        self.listing = Listings47(self)
        self.notices = Notices47(self)
