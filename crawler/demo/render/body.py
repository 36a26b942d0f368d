"""A post's blocks as the editor of 4.7 writes them."""

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

_SPACER = "/applications/core/interface/js/spacer.png"
_FRAME = "/applications/core/interface/index.html"
_TOKENS = re.compile(r"(?P<com>#.*)|(?P<kwd>\b(?:def|if|return|print)\b)|(?P<lit>\d+)|(?P<pun>[^\w\s#]+)|[^\W\d]+|\s+")


def blocks_html(blocks: Iterable[Block], base: str) -> str:
    """The blocks, one after the other."""
    return "\n\n".join(_block(block, base) for block in blocks)


def inline_html(inlines: Iterable[Inline], base: str) -> str:
    """Inline pieces."""
    return "".join(_inline(inline, base) for inline in inlines)


def _block(block: Block, base: str) -> str:  # noqa: PLR0911 - one case a kind
    match block:
        case Paragraph(inlines):
            return f"<p>\n\t{inline_html(inlines, base)}\n</p>"
        case Blank():
            return "<p>\n\t&nbsp;\n</p>"
        case Heading(text):
            return f"<h2>\n\t{esc(text)}\n</h2>"
        case ListBlock(items, ordered):
            tag = "ol" if ordered else "ul"
            rows = "\n\t".join(f"<li>\n\t\t{inline_html(item, base)}\n\t</li>" for item in items)
            return f"<{tag}>\n\t{rows}\n</{tag}>"
        case Code(code, lang):
            return f'<pre class="ipsCode prettyprint lang-{lang} prettyprinted">{highlighted(code)}</pre>'
        case Spoiler(label, inner):
            return _spoiler(label, inner, base)
        case Image():
            return _image(block, base)
        case Attachment(file_id, name):
            url = f"{base}/applications/core/interface/file/attachment.php?id={file_id}&amp;key=5e0c"
            extension = name.rpartition(".")[2]
            return (
                f'<p>\n\t<a class="ipsAttachLink" data-fileext="{extension}" data-fileid="{file_id}" '
                f'href="{url}" rel="">{esc(name)}</a>\n</p>'
            )
        case Embed(url):
            return _embed(url, base)
        case Quote():
            return _quote(block, base)


def _inline(inline: Inline, base: str) -> str:  # noqa: PLR0911 - one case a kind
    match inline:
        case Text(text):
            return esc(text)
        case Strong(text):
            return f"<strong>{esc(text)}</strong>"
        case Link(url, text):
            return f'<a href="{attr(url)}" rel="external nofollow">{esc(text)}</a>'
        case Emoji(char, as_image):
            code = "-".join(f"{ord(part):x}" for part in char)
            image = f'<img alt="{char}" class="ipsEmoji" src="{base}/uploads/twemoji/72x72/{code}.png">'
            return image if as_image else f'<span class="ipsEmoji">{char}</span>'
        case Emoticon(alt, file):
            return (
                f'<img alt="{attr(alt)}" data-emoticon="" height="20" src="{base}{_SPACER}" title="{attr(alt)}" '
                f'width="20" data-src="{base}/uploads/emoticons/{file}.png">'
            )
        case Mention(member):
            url = base + member.path
            return (
                f'<a contenteditable="false" data-ipshover="" data-ipshover-target="{url}?do=hovercard" '
                f'data-mentionid="{member.member_id}" href="{url}" rel="">@{esc(member.name)}</a>'
            )
        case Abbreviation(before, marked, after, title):
            return f"{esc(before)}<abbr title='{attr(title)}'>{esc(marked)}</abbr>{esc(after)}"
        case Break():
            return "<br>\n\t"


def highlighted(code: str) -> str:
    """Code cut into coloured spans, as the highlighter leaves it in saved posts; the text is unchanged."""
    return "".join(
        f'<span class="{token.lastgroup or "pln"}">{esc(token[0])}</span>' for token in _TOKENS.finditer(code)
    )


def _spoiler(label: str, blocks: Iterable[Block], base: str) -> str:
    return (
        '<div class="ipsSpoiler" data-ipsspoiler="">\n\t<div class="ipsSpoiler_header">\n\t\t'
        f'<span>{esc(label)}</span>\n\t</div>\n\n\t<div class="ipsSpoiler_contents ipsClearfix">\n\t\t'
        f"{blocks_html(blocks, base)}\n\t</div>\n</div>"
    )


def _image(image: Image, base: str) -> str:
    stem, _, extension = percent(image.name).rpartition(".")
    folder = f"{base}/uploads/monthly_2024_03/{stem}"
    thumb = f"{folder}.thumb.{extension}.0b1c2d3e4f.{extension}"
    source = f'src="{base}{_SPACER}" data-src="{thumb}"' if image.lazy else f'src="{thumb}"'
    return (
        f'<p style="text-align: center;">\n\t<a class="ipsAttachLink ipsAttachLink_image" '
        f'href="{folder}.{extension}.5a6b7c8d9e.{extension}" data-fileid="{image.file_id}" '
        f'data-fileext="{extension}" rel=""><img class="ipsImage ipsImage_thumbnailed" '
        f'data-fileid="{image.file_id}" data-ratio="66.70" width="900" alt="{attr(image.name)}" {source}></a>\n</p>'
    )


def _embed(url: str, base: str) -> str:
    if url.startswith("/"):  # a thread of the forum itself: its card is loaded by a `?do=` request
        return (
            f'<iframe allowfullscreen="" class="ipsEmbed_finishedLoading" data-embedauthorid="3" data-embedcontent="" '
            f'data-embedid="embed5601" src="{base}{_FRAME}" style="height:220px;max-width:502px;" '
            f'data-embed-src="{base}{url}?do=embed"></iframe>'
        )
    return (
        '<div class="ipsEmbeddedVideo" contenteditable="false">\n\t<div>\n\t\t<iframe allowfullscreen="true" '
        f'frameborder="0" height="270" src="{base}{_FRAME}" width="480" data-embed-src="{attr(url)}"></iframe>'
        "\n\t</div>\n</div>"
    )


def _quote(quote: Quote, base: str) -> str:
    inner = blocks_html(quote.blocks, base)
    cited = attributes(quote)
    if quote.style == "bare":
        return f'<blockquote class="ipsQuote" data-ipsquote="">\n\t<div>\n\t\t{inner}\n\t</div>\n</blockquote>'
    if cited and quote.style == "import":
        return f"<blockquote {_cited(cited)}><div>\n\t\t{inner}\n\t</div></blockquote>"
    attributes_, label = ('class="ipsQuote" data-ipsquote=""', "Quote")
    if cited:
        attributes_, label = _cited(cited), f"8 hours ago, {cited.author_name} said:"
    return (
        f'<blockquote {attributes_}>\n\t<div class="ipsQuote_citation">\n\t\t{esc(label)}\n\t</div>\n\n\t'
        f'<div class="ipsQuote_contents ipsClearfix" data-gramm="false">\n\t\t{inner}\n\t</div>\n</blockquote>'
    )


def _cited(cited: Citation) -> str:
    parts = {
        "contentapp": "forums",
        "contentclass": "forums_Topic",
        "contentcommentid": str(cited.post_id),
        "contentid": str(cited.thread_id),
        "contenttype": "forums",
        "timestamp": str(cited.timestamp),
    }
    if cited.author_id is not None:
        parts["userid"] = str(cited.author_id)
    parts["username"] = cited.author_name
    pairs = " ".join(f'data-ipsquote-{name}="{attr(value)}"' for name, value in parts.items())
    cite = "" if cited.author_id is not None else f' data-cite="{attr(cited.author_name)}"'
    return f'class="ipsQuote" data-gramm="false" data-ipsquote="" {pairs}{cite}'
