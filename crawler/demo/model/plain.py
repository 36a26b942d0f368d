"""Blocks as plain text, by the rules of the tables `posts` and `quotes`."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.demo.model.blocks import (
    Abbreviation,
    Attachment,
    Block,
    Break,
    Code,
    Emoji,
    Emoticon,
    Heading,
    Inline,
    Link,
    ListBlock,
    Mention,
    Paragraph,
    Quote,
    Spoiler,
    Strong,
    Text,
)


def own_text(blocks: Iterable[Block]) -> str | None:
    """The words without those of quotes; none where there are no words."""
    return _joined(_lines(blocks, with_quotes=False))


def full_text(blocks: Iterable[Block]) -> str | None:
    """The words with quotes in place, each quoted line behind `> ` a level; none where there are no words."""
    return _joined(_lines(blocks, with_quotes=True))


def inline_text(inlines: Iterable[Inline]) -> str:
    """Inline pieces as text; a line break is a new line."""
    return "".join(_piece(inline) for inline in inlines)


def _joined(lines: list[str]) -> str | None:
    return "\n".join(lines) or None


def _lines(blocks: Iterable[Block], *, with_quotes: bool) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += _block_lines(block, with_quotes=with_quotes)
    return lines


def _block_lines(block: Block, *, with_quotes: bool) -> list[str]:  # noqa: PLR0911 - one case a kind
    match block:
        case Paragraph(inlines):
            return [line for line in inline_text(inlines).split("\n") if line]
        case Heading(text) | Attachment(_, text):
            return [text]
        case ListBlock(items):
            return [f"- {inline_text(item)}" for item in items]
        case Code(code):
            return code.split("\n")
        case Spoiler(_, inner):
            return _lines(inner, with_quotes=with_quotes)
        case Quote(inner):
            return [f"> {line}" for line in _lines(inner, with_quotes=True)] if with_quotes else []
        case _:
            return []


def _piece(inline: Inline) -> str:
    match inline:
        case Text(text) | Strong(text) | Link(_, text):
            return text
        case Emoji(char):
            return char
        case Emoticon(alt):
            return alt
        case Mention():
            return inline.words
        case Abbreviation(before, marked, after):
            return before + marked + after
        case Break():
            return "\n"
