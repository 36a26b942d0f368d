"""The invented forum as data. `build` makes it; everything that its pages say can be read here."""

from crawler.demo.model.blocks import (
    Abbreviation,
    Attachment,
    Blank,
    Block,
    Break,
    Citation,
    Code,
    Embed,
    Emoji,
    Emoticon,
    Heading,
    Image,
    Inline,
    Link,
    ListBlock,
    Mention,
    Paragraph,
    Quote,
    Spoiler,
    Strong,
    Style,
    Text,
)
from crawler.demo.model.bulk import build_many
from crawler.demo.model.epoch import Epoch, advance
from crawler.demo.model.forum import Board, Forum, Post, Stub, Thread
from crawler.demo.model.ops import TrueEvent
from crawler.demo.model.parts import Edit, Guest, Member, Moderation, Poll, Site, slug
from crawler.demo.model.plain import full_text, own_text
from crawler.demo.model.scenario import build
from crawler.demo.model.truth import QuoteTruth, attributes
from crawler.demo.model.whole import build_whole

__all__ = [
    "Abbreviation",
    "Attachment",
    "Blank",
    "Block",
    "Board",
    "Break",
    "Citation",
    "Code",
    "Edit",
    "Embed",
    "Emoji",
    "Emoticon",
    "Epoch",
    "Forum",
    "Guest",
    "Heading",
    "Image",
    "Inline",
    "Link",
    "ListBlock",
    "Member",
    "Mention",
    "Moderation",
    "Paragraph",
    "Poll",
    "Post",
    "Quote",
    "QuoteTruth",
    "Site",
    "Spoiler",
    "Strong",
    "Stub",
    "Style",
    "Text",
    "Thread",
    "TrueEvent",
    "advance",
    "attributes",
    "build",
    "build_many",
    "build_whole",
    "full_text",
    "own_text",
    "slug",
]
