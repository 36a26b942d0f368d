"""Thread stage: what text dumps leave to guess is marked as such."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.items import TEXT_DUMP, Quote

LAYOUT = "layout"
CONFIDENCE = 0.5
"""That a quote ends where the layout says. Not measured: of a dump nobody knows where its quotes ended."""


def mark_guesses(quotes: Iterable[Quote]) -> None:
    """Say of each quote of a text dump that no rule has linked, in place, that its extent is a guess."""
    for quote in quotes:
        if quote.content_class == TEXT_DUMP and quote.method is None:
            quote.method, quote.confidence = LAYOUT, CONFIDENCE
