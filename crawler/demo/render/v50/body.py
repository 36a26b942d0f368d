"""A post's blocks as the editor of 5.0 writes them."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.demo.model import Block, Citation, Inline, Mention, Paragraph
from crawler.demo.render.body import Bodies
from crawler.demo.render.markup import attr, esc


class Bodies50(Bodies):
    """Blocks of 5.0: no white space between paragraphs; quotes of older boards stay as they were imported."""

    def html(self, blocks: Iterable[Block]) -> str:
        """The blocks, one after the other."""
        return "".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        """One block."""
        if isinstance(block, Paragraph):
            return f"<p>{self.inline(block.inlines)}</p>"
        return super().block(block)

    def piece(self, inline: Inline) -> str:
        """One inline piece."""
        if not isinstance(inline, Mention):
            return super().piece(inline)
        url = self.base + inline.member.path
        return (
            f'<a href="{url}" class="ipsMention" data-mentionid="{inline.member.member_id}" data-ipshover="" '
            f'data-ipshover-target="{url}?&amp;do=hovercard" rel="">{esc(inline.words)}</a>'
        )

    def editor_quote(self, cited: Citation | None, inner: str) -> str:
        """A quote as the forum's own editor makes it, with the address of what it quotes."""
        cites = self._cites(cited) if cited else 'class="ipsQuote" data-ipsquote=""'
        return (
            f'<blockquote {cites}><header class="ipsQuote_citation">{self.citation(cited)}</header>'
            f'<div class="ipsQuote_contents" data-ipstruncate="">{inner}</div></blockquote>'
        )

    def _cites(self, cited: Citation) -> str:
        parts = {
            "timestamp": cited.timestamp,
            "userid": cited.author_id,
            "username": cited.author_name,
            "contentapp": "forums",
            "contenttype": "forums",
            "contentclass": "forums_Topic",
            "contentid": cited.thread_id,
            "contentcommentid": cited.post_id,
        }
        pairs = " ".join(
            f'data-ipsquote-{name}="{attr(str(value))}"' for name, value in parts.items() if value is not None
        )
        address = f"{self.base}/topic/{cited.thread_id}-x/#{self.skin.anchor}-{cited.post_id}"
        return f'{pairs} class="ipsQuote" cite="{address}" data-ipsquote=""'

    def spoiler(self, label: str, blocks: Iterable[Block]) -> str:
        """Blocks behind a label; unconfirmed: that the contents always have an element of their own."""
        return (
            '<details class="ipsRichTextBox ipsRichTextBox--collapsible"><summary class="ipsRichTextBox__title">'
            f"<p>{self.label(label)}</p></summary><i-richtext-box-content>{self.html(blocks)}"
            "</i-richtext-box-content></details>"
        )
