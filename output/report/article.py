"""A first post that is a news article, set as one. All of it is text: nothing of the page's markup is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from output.report.body import web_address
from output.report.page import joined
from output.report.shelf import Row

_FLOW = {"body_text": "paragraph", "section_headings": "heading", "captions": "caption"}


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it is shown. ``pieces`` are kinds and texts in the order of the post; ``images`` have captions."""

    headline: str | None
    byline: list[str]
    dateline: str | None
    published_on: str | None
    pieces: list[tuple[str, str]]
    credits: list[str]
    source_url: str | None
    images: list[Markup]

    def image(self, rank: int) -> Markup | None:
        """The image of the caption that is the piece of this rank."""
        number = sum(kind == "caption" for kind, _ in self.pieces[:rank])
        return self.images[number] if number < len(self.images) else None

    @property
    def lead(self) -> int:
        """The rank of the first paragraph among the pieces: the dateline stands before it."""
        return next((rank for rank, (kind, _) in enumerate(self.pieces) if kind == "paragraph"), -1)


def article_of(
    rows: Sequence[Row], spans: Sequence[Row], text: str | None, images: Sequence[Markup] = ()
) -> Article | None:
    """The article in a post whose words are ``text``; None where the post is none, or has nothing of it but a head.

    As many of its ``images`` are taken as there are captions: what comes after these is the paper's mark.
    """
    if not rows:
        return None
    row = rows[0]
    flow = sorted((s["start"], s["end"], _FLOW[s["field"]]) for s in spans if s["field"] in _FLOW)
    pieces = [(kind, (text or "")[start:end].strip()) for start, end, kind in flow]
    if not any(kind == "paragraph" for kind, _ in pieces):
        pieces = [("caption", caption) for caption in row["captions"]]
        pieces += [("paragraph", line) for line in (row["body_text"] or "").split("\n")]
    if not any(kind == "paragraph" and words for kind, words in pieces):
        return None  # nothing to set: the post is shown as it is
    place, agency = row["dateline_place"], row["agency"]
    return Article(
        headline=row["headline"],
        byline=row["byline"],
        dateline=" ".join(part for part in (place, f"({agency})" if agency else None) if part) or None,
        published_on=row["published_on"],
        pieces=[(kind, words) for kind, words in pieces if words],
        credits=[
            *_credit("Reporting by", row["reporting"]),
            *_credit("Editing by", row["editing"]),
            *([row["copyright_line"]] if row["copyright_line"] else []),
        ],
        source_url=web_address(row["source_url"]),
        images=list(images[: sum(kind == "caption" for kind, _ in pieces)]),
    )


def _credit(label: str, names: Sequence[str]) -> list[str]:
    return [f"{label} {joined(names)}"] if names else []
