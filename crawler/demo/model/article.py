"""The invented agency report that opens the main thread."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.demo.model.blocks import Blank, Block, Image, Paragraph, Strong

HEADLINE = "Exclusive - Port Aster weighs tolls on small boats despite mayor's pledge"
"""Title of the thread and first line of its first post."""

BYLINE = "By Mira Halloran and Josef Tandy"
CAPTION = (
    "FILE PHOTO - A pilot cutter passes the unfinished tide gates at the mouth of the Aster river, Port Aster, "
    "February 2, 2024. NORTHWIND NEWS/Lena Orsk/File Photo"
)
DATELINE = "PORT ASTER (Northwind News) - "
SECTION = "TIDES AND TOLLS"
CREDITS = "(Reporting by Mira Halloran and Josef Tandy; additional reporting by Ruth Vane; Editing by Owen Castle)"
COPYRIGHT = "-- © Copyright Northwind News 2024-03-12"

LEAD = (
    "The port authority is quietly preparing a toll on boats of less than twelve metres, two officials said on "
    "Tuesday, despite a public pledge by the mayor that nobody would pay for the new tide gates but the ships that "
    "need them."
)
_BEFORE = (
    (
        "The charge, which could be as little as two crowns a passage, would be collected from the autumn if the gates "
        "are finished in time, said one of the officials, who asked not to be named because the talks are private."
    ),
    '"It has never been a question of whether, only of how much," the official said.',
    "A spokeswoman for the mayor said that there was no plan and that there had never been one.",
)
_AFTER = (
    (
        "The estuary has flooded four times in six years, and insurers have warned the town that they will not cover "
        "the lower streets for another winter without the gates."
    ),
    (
        "Fishermen say that they were promised free passage when the old lock was taken down. Their association counts "
        "312 boats, most of which go out before the ferry and come home after it."
    ),
    'The official said, however, that the authority "has a lot more room to go" before anybody would have to pay.',
)


def article() -> tuple[Block, ...]:
    """The article's blocks: headline, byline, photo with caption, dateline and text, section, credits, copyright."""
    head: list[Block] = [
        Paragraph((Strong(HEADLINE),)),
        Paragraph.of(BYLINE),
        Blank(),
        Image(701, "tide-gates.jpg", lazy=False),
        Paragraph.of(CAPTION),
        Blank(),
        Paragraph.of(DATELINE + LEAD),
    ]
    for text in _BEFORE:
        head += [Blank(), Paragraph.of(text)]
    head += [Blank(), Paragraph((Strong(SECTION),))]
    for text in _AFTER:
        head += [Blank(), Paragraph.of(text)]
    head += [Blank(), Paragraph.of(CREDITS), Blank()]
    return (*head, Image(702, "northwind_logo.jpg"), Paragraph.of(COPYRIGHT))


@dataclass(frozen=True, slots=True)
class ArticleTruth:
    """What is to be read of the article; the fields are those of the table `articles`."""

    headline: str
    byline: list[str]
    dateline_place: str
    agency: str
    published_on: str
    captions: list[str]
    section_headings: list[str]
    reporting: list[str]
    editing: list[str]
    copyright_line: str
    source_url: str | None
    body_text: str


def truth() -> ArticleTruth:
    """The truth of `article`."""
    writers = ["Mira Halloran", "Josef Tandy"]
    return ArticleTruth(
        headline=HEADLINE,
        byline=writers,
        dateline_place="PORT ASTER",
        agency="Northwind News",
        published_on="2024-03-12",
        captions=[CAPTION],
        section_headings=[SECTION],
        reporting=[*writers, "Ruth Vane"],
        editing=["Owen Castle"],
        copyright_line=COPYRIGHT,
        source_url=None,
        body_text="\n".join((LEAD, *_BEFORE, *_AFTER)),
    )
