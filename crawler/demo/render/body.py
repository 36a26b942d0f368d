"""A post's blocks as the editor of 4.1-4.7 writes them; other layouts change what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote as percent

from crawler.demo.model import (
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
    Text,
    attributes,
)
from crawler.demo.render.markup import attr, esc
from crawler.demo.render.parts import Part

_SPACER = "/applications/core/interface/js/spacer.png"
_FRAME = "/applications/core/interface/index.html"
_TOKENS = re.compile(r"(?P<com>#.*)|(?P<kwd>\b(?:def|if|return|print)\b)|(?P<lit>\d+)|(?P<pun>[^\w\s#]+)|[^\W\d]+|\s+")


class Bodies(Part):
    """Blocks to HTML."""

    def html(self, blocks: Iterable[Block]) -> str:
        """The blocks, one after the other."""
        return "\n\n".join(self.block(block) for block in blocks)

    def inline(self, inlines: Iterable[Inline]) -> str:
        """Inline pieces."""
        return "".join(self.piece(inline) for inline in inlines)

    def block(self, block: Block) -> str:  # noqa: PLR0911 - one case a kind
        """One block."""
        match block:
            case Paragraph(inlines):
                return f"<p>\n\t{self.inline(inlines)}\n</p>"
            case Blank():
                return "<p>\n\t&nbsp;\n</p>"
            case Heading(text):
                return f"<h2>\n\t{esc(text)}\n</h2>"
            case ListBlock(items, ordered):
                tag = "ol" if ordered else "ul"
                rows = "\n\t".join(f"<li>\n\t\t{self.inline(item)}\n\t</li>" for item in items)
                return f"<{tag}>\n\t{rows}\n</{tag}>"
            case Code(code, lang):
                return f'<pre class="ipsCode prettyprint lang-{lang} prettyprinted">{highlighted(code)}</pre>'
            case Spoiler(label, inner):
                return self.spoiler(label, inner)
            case Image():
                return self.image(block)
            case Attachment(file_id, name):
                url = f"{self.base}/applications/core/interface/file/attachment.php?id={file_id}&amp;key=5e0c"
                extension = name.rpartition(".")[2]
                return (
                    f'<p>\n\t<a class="ipsAttachLink" data-fileext="{extension}" data-fileid="{file_id}" '
                    f'href="{url}" rel="">{esc(name)}</a>\n</p>'
                )
            case Embed(url):
                return self.embed(url)
            case Quote():
                return self.quote(block)

    def piece(self, inline: Inline) -> str:  # noqa: PLR0911 - one case a kind
        """One inline piece."""
        match inline:
            case Text(text):
                return esc(text)
            case Strong(text):
                return f"<strong>{esc(text)}</strong>"
            case Link(url, text):
                return f'<a href="{attr(url)}" rel="external nofollow">{esc(text)}</a>'
            case Emoji(char, as_image):
                code = "-".join(f"{ord(part):x}" for part in char)
                image = f'<img alt="{char}" class="ipsEmoji" src="{self.base}/uploads/twemoji/72x72/{code}.png">'
                return image if as_image else f'<span class="ipsEmoji">{char}</span>'
            case Emoticon(alt, file):
                return (
                    f'<img alt="{attr(alt)}" data-emoticon="" height="20" src="{self.base}{_SPACER}" '
                    f'title="{attr(alt)}" '
                    f'width="20" data-src="{self.base}/uploads/emoticons/{file}.png">'
                )
            case Mention(member):
                url = self.base + member.path
                return (
                    f'<a contenteditable="false" data-ipshover="" data-ipshover-target="{url}?do=hovercard" '
                    f'data-mentionid="{member.member_id}" href="{url}" rel="">{esc(inline.words)}</a>'
                )
            case Abbreviation(before, marked, after, title):
                return f"{esc(before)}<abbr title='{attr(title)}'>{esc(marked)}</abbr>{esc(after)}"
            case Break():
                return "<br>\n\t"

    def spoiler(self, label: str, blocks: Iterable[Block]) -> str:
        """Blocks behind a label; the usual label is the forum's word."""
        return (
            '<div class="ipsSpoiler" data-ipsspoiler="">\n\t<div class="ipsSpoiler_header">\n\t\t'
            f'<span>{self.label(label)}</span>\n\t</div>\n\n\t<div class="ipsSpoiler_contents ipsClearfix">\n\t\t'
            f"{self.html(blocks)}\n\t</div>\n</div>"
        )

    def label(self, label: str) -> str:
        """The label of a spoiler."""
        return self.say("Spoiler") if label == "Spoiler" else esc(label)

    def image(self, image: Image) -> str:
        """An attached image."""
        stem, _, extension = percent(image.name).rpartition(".")
        folder = f"{self.base}/uploads/monthly_2024_03/{stem}"
        thumb = f"{folder}.thumb.{extension}.0b1c2d3e4f.{extension}"
        source = f'src="{self.base}{_SPACER}" data-src="{thumb}"' if image.lazy else f'src="{thumb}"'
        return (
            '<p style="text-align: center;">\n\t<a class="ipsAttachLink ipsAttachLink_image" '
            f'href="{folder}.{extension}.5a6b7c8d9e.{extension}" data-fileid="{image.file_id}" '
            f'data-fileext="{extension}" rel=""><img class="ipsImage ipsImage_thumbnailed" '
            f'data-fileid="{image.file_id}" data-ratio="66.70" width="900" alt="{attr(image.name)}" {source}></a>\n</p>'
        )

    def embed(self, url: str) -> str:
        """Something shown in a frame."""
        if url.startswith("/"):  # a thread of the forum itself: its card is loaded by a `?do=` request
            return (
                '<iframe allowfullscreen="" class="ipsEmbed_finishedLoading" data-embedauthorid="3" '
                'data-embedcontent="" '
                f'data-embedid="embed5601" src="{self.base}{_FRAME}" style="height:220px;max-width:502px;" '
                f'data-embed-src="{self.base}{url}?do=embed"></iframe>'
            )
        return (
            '<div class="ipsEmbeddedVideo" contenteditable="false">\n\t<div>\n\t\t<iframe allowfullscreen="true" '
            f'frameborder="0" height="270" src="{self.base}{_FRAME}" width="480" data-embed-src="{attr(url)}"></iframe>'
            "\n\t</div>\n</div>"
        )

    def quote(self, quote: Quote) -> str:
        """A quote, in the markup of its age."""
        inner, cited = self.html(quote.blocks), attributes(quote)
        if quote.style == "ips3" and cited:
            return self.quote_of_3(cited, inner)
        if quote.style == "bare":
            return f'<blockquote class="ipsQuote" data-ipsquote="">\n\t<div>\n\t\t{inner}\n\t</div>\n</blockquote>'
        if cited and quote.style != "native":
            return f"<blockquote {self.cited(cited)}><div>\n\t\t{inner}\n\t</div></blockquote>"
        return self.editor_quote(cited, inner)

    def editor_quote(self, cited: Citation | None, inner: str) -> str:
        """A quote as the forum's own editor makes it."""
        cites = self.cited(cited) if cited else 'class="ipsQuote" data-ipsquote=""'
        return (
            f'<blockquote {cites}>\n\t<div class="ipsQuote_citation">\n\t\t{self.citation(cited)}\n\t</div>\n\n\t'
            f'<div class="ipsQuote_contents ipsClearfix" data-gramm="false">\n\t\t{inner}\n\t</div>\n</blockquote>'
        )

    def quote_of_3(self, cited: Citation, inner: str) -> str:
        """A quote as 3.x wrote it; unconfirmed: that the citation stands before it in imported posts."""
        name = attr(cited.author_name)
        return (
            f'<p class="citation">{self.say("{name} said:", name=esc(cited.author_name))}</p>\n'
            f'<blockquote class="ipsBlockquote" data-author="{name}" data-cid="{cited.post_id}" '
            f'data-time="{cited.timestamp}">\n\t{inner}\n</blockquote>'
        )

    def citation(self, cited: Citation | None) -> str:
        """The line above a quote: relative to the moment of quoting, and never to be read."""
        if cited is None:
            return self.say("Quote")
        return self.say("8 hours ago, {name} said:", name=esc(cited.author_name))

    def cited(self, cited: Citation) -> str:
        """The attributes of a quote."""
        parts: dict[str, object] = {}
        if cited.post_id is not None:
            parts |= {"contentapp": "forums", "contentclass": "forums_Topic", "contentcommentid": cited.post_id}
            parts |= {"contentid": cited.thread_id, "contenttype": "forums"}
        parts |= {"timestamp": cited.timestamp, "userid": cited.author_id, "username": cited.author_name}
        pairs = " ".join(
            f'data-ipsquote-{name}="{attr(str(value))}"' for name, value in parts.items() if value is not None
        )
        cite = "" if cited.author_id is not None else f' data-cite="{attr(cited.author_name)}"'
        return f'class="ipsQuote" data-gramm="false" data-ipsquote="" {pairs}{cite}'


def highlighted(code: str) -> str:
    """Code cut into coloured spans, as the highlighter leaves it in saved posts; the text is unchanged."""
    return "".join(
        f'<span class="{token.lastgroup or "pln"}">{esc(token[0])}</span>' for token in _TOKENS.finditer(code)
    )
