"""The invented first posts of `articles/`, and how far what is read of them is what was meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crawler.items import LinkSeen
from pipelines.article import Found, read_article

FOLDER = Path(__file__).parent / "articles"
COLUMNS = (
    "headline byline dateline_place agency published_on captions section_headings reporting editing copyright_line "
    "source_url body"
).split()
LISTS = frozenset("byline captions section_headings reporting editing".split())
WRITTEN = datetime(2022, 3, 16, 12, tzinfo=UTC)


@dataclass(slots=True)
class Sample:
    name: str
    title: str
    text: str
    wanted: dict[str, str] = field(default_factory=dict)
    links: list[LinkSeen] = field(default_factory=list)

    def read(self, written: datetime | None = None) -> Found | None:
        return read_article(self.text, self.title, self.links, written)


def samples(name: str) -> list[Sample]:
    """The posts of a file."""
    found = []
    for entry in (FOLDER / f"{name}.txt").read_text("utf-8").split("\n### ")[0:]:
        head, _, rest = entry.removeprefix("### ").partition("\n")
        text, _, wanted = rest.partition("\n---\n")
        named, _, title = head.partition(" | ")
        sample = Sample(named.strip(), title.strip(), text.strip("\n"))
        for line in wanted.strip().split("\n") if wanted.strip() else ():
            column, _, value = line.partition(": ")
            if column == "link":
                words, _, url = value.partition(" -> ")
                sample.links.append(LinkSeen(link_index=len(sample.links), kind="link", url=url, text=words))
            else:
                assert column in COLUMNS, (sample.name, line)
                sample.wanted[column] = value
        found.append(sample)
    return found


def wrong(sample: Sample, found: Found | None) -> list[str]:
    """The columns that are not as meant, each with what was read."""
    return [name for name in COLUMNS if not _right(sample, found, name)]


def _right(sample: Sample, found: Found | None, column: str) -> bool:
    wanted = sample.wanted.get(column)
    if found is None:
        return False
    if column in LISTS:
        return found.lists.get(column, []) == (wanted.split(" ; ") if wanted else [])
    if column == "body":
        starts = (wanted or "").split(" … ")
        body = (found.values["body_text"] or "").split("\n")
        return len(starts) == len(body) and all(b.startswith(s) for s, b in zip(starts, body, strict=True))
    return found.values.get(column) == wanted
