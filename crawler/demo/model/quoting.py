"""Quoting as people do it: whole posts, parts of them, and words that nobody said quite so."""

from __future__ import annotations

import re
from random import Random
from typing import Literal

from crawler.demo.model.blocks import Block, Paragraph, Quote, Style, Text
from crawler.demo.model.decks import Deck
from crawler.demo.model.forum import Post
from crawler.demo.model.truth import SHORT, cite

Treatment = Literal["whole", "trimmed", "short", "altered"]

TREATMENTS: dict[Treatment, int] = {"whole": 7, "trimmed": 9, "short": 2, "altered": 2}
"""What is done to the words of a quoted post, of 20 quotes. A short quote is trimmed too."""

STYLES: dict[Style, int] = {
    "native": 27,
    "import": 4,
    "dated": 2,
    "named": 2,
    "ips3": 2,
    "bare": 2,
    "bare_label": 1,
}
"""Markup, of 40 quotes."""

_SENTENCE = re.compile(r"(?<=[.!?]) ")
_INSTEAD = ("supposedly", "rather", "somewhat", "certainly", "nearly", "hardly")


class Quoter:
    """Makes quotes in known proportions."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._treatments = Deck(rng, TREATMENTS)
        self._styles = Deck(rng, STYLES)
        self._nested = Deck(rng, {True: 1, False: 1})

    def quote(self, source: Post) -> Quote:
        """A quote of a post as it reads now."""
        treatment, style = self._treatments.draw(), self._styles.draw()
        text = None if treatment == "whole" else self._words(source, treatment)
        return Quote(
            self._whole(source) if text is None else (Paragraph.of(text),),
            source,
            style,
            cite(source),
            source.version,
            is_trimmed=treatment in {"trimmed", "short"},
            is_altered=treatment == "altered",
        )

    def _whole(self, source: Post) -> tuple[Block, ...]:
        """All of a post; what it quotes itself is kept or left out, as the editor of the day did."""
        if self._nested.draw():
            return source.body
        return tuple(block for block in source.body if not isinstance(block, Quote))

    def _words(self, source: Post, treatment: Treatment) -> str:
        sentences = [piece for text in plain_words(source) for piece in _SENTENCE.split(text) if len(piece) > 2 * SHORT]
        sentence = self._rng.choice(sentences)
        words = sentence.split(" ")
        match treatment:
            case "short":
                return _some(words, SHORT - 1)
            case "altered":
                place = len(words) // 2
                return " ".join([*words[:place], self._rng.choice(_INSTEAD), *words[place + 1 :]])
            case _:
                whole = len(sentences) == 1 and (source.text or "") == sentence
                return " ".join(words[: max(4, len(words) - 3)]) if whole else sentence


def can_be_quoted(post: Post) -> bool:
    """True for a post with a sentence that can be cut and altered."""
    return any(len(piece) > 2 * SHORT and " " in piece for text in plain_words(post) for piece in _SENTENCE.split(text))


def plain_words(post: Post) -> list[str]:
    """The paragraphs of a post that are words and nothing else."""
    lonely = [block.inlines[0] for block in post.body if isinstance(block, Paragraph) and len(block.inlines) == 1]
    return [inline.text for inline in lonely if isinstance(inline, Text)]


def _some(words: list[str], most: int) -> str:
    """As many words as fit; at least the beginning of the first."""
    text = words[0][:most]
    for word in words[1:]:
        if len(text) + 1 + len(word) > most:
            break
        text += f" {word}"
    return text
