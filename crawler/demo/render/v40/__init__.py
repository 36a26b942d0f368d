"""The layout of 4.0-4.3: that of 4.7 with less in it, and pages named by a query.

Unconfirmed: that its pages carry the JSON-LD of 4.4; 4.0 and 4.1 had microdata in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from crawler.demo.model import Block, Citation, Forum, Post
from crawler.demo.render.body import Bodies
from crawler.demo.render.skin import Layout
from crawler.demo.render.v47 import Skin47
from crawler.demo.render.v47.post import Posts47
from crawler.demo.render.words import Words

_ARTICLE = (
    "cPost ipsBox  ipsComment  ipsComment_parent ipsClearfix ipsClear ipsColumns ipsColumns_noSpacing "
    "ipsColumns_collapsePhone"
)


class Bodies40(Bodies):
    """Blocks as the editor of 4.0-4.3 wrote them."""

    def spoiler(self, label: str, blocks: Iterable[Block]) -> str:
        """A spoiler is a kind of quote; unconfirmed: that it has the header of later ones."""
        return (
            '<blockquote class="ipsStyle_spoiler" data-ipsspoiler="" tabindex="0">\n\t<div class="ipsSpoiler_header">'
            f'\n\t\t<span>{self.label(label)}</span>\n\t</div>\n\n\t<div class="ipsSpoiler_contents">\n\t\t'
            f"{self.html(blocks)}\n\t</div>\n</blockquote>"
        )

    def editor_quote(self, cited: Citation | None, inner: str) -> str:
        """A quote of 4.1: the words are in a plain element, without the mark of a browser's plug-in."""
        cites = self.cited(cited) if cited else 'class="ipsQuote" data-ipsquote=""'
        return (
            f'<blockquote {cites}>\n\t<div class="ipsQuote_citation">{self.citation(cited)}</div>\n\n\t'
            f'<div class="ipsQuote_contents ipsClearfix">\n\t\t{inner}\n\t</div>\n</blockquote>'
        )


class Posts40(Posts47):
    """Posts of 4.0-4.3: one author pane, no anchor before the post, no sharing of texts."""

    def html(self, post: Post) -> str:
        """The post."""
        solved = " ipsComment_solved" if post.is_solution else ""
        return (
            f"<article itemscope id='elComment_{post.post_id}' class='{_ARTICLE}{solved}'>\n{self.pane(post)}"
            f"\t<div class='ipsColumn ipsColumn_fluid'>\n{self.wrap(post)}\t</div>\n</article>\n"
        )

    def content_attributes(self) -> str:
        """Attributes of the body."""
        return "class='ipsType_normal ipsType_richText ipsContained' data-controller='core.front.core.lightboxedImages'"

    def web_share(self, _post: Post, /) -> str:
        """Later versions repeat the whole post here."""
        return ""


class Skin40(Skin47):
    """Pages as 4.0-4.3 made them."""

    layout: ClassVar[Layout] = "4.0"
    old_paging: ClassVar[bool] = True

    def __init__(self, forum: Forum, base: str, words: Words) -> None:
        super().__init__(forum, base, words)
        self.body = Bodies40(self)
        self.post = Posts40(self)
