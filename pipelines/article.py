"""Thread stage: the news article that a first post is, if it is one.

The rules look at the lines of the post's own words: what marks a line (`article_marks`), what a dateline says
(`article_dateline`), and where it stands. A post counts as an article when it names who publishes news and the marks
together weigh enough; words in the first person weigh against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.items import Article, ArticleSpan, LinkSeen, Post
from crawler.items.history import ThreadKey
from pipelines.article_body import Parts, take_apart
from pipelines.article_dates import FoundDate
from pipelines.article_head import is_update
from pipelines.article_lines import Line, lines_of
from pipelines.article_names import Piece, is_news_host
from pipelines.normalise import normalise

_LEAST_CHARS = 200  # of body: less is a note or a link, whatever stands around it
_ENOUGH = 3  # points, see `article_marks`
_ENOUGH_SIGNED = 4  # where nobody who publishes news is named, but who wrote it is, below the thread's title
_VOICE = 4  # points that words in the first person cost
_LONGEST = 400_000  # characters of a post that are read
_PEOPLE = ("byline", "reporting", "editing")
_WHERE_FROM = frozenset({"source", "head", "signature"})
_ORDER = ("dateline", "head", "place", "credits", "copyright", "signature", "source", "closing")
_SINGLE = frozenset({"dateline_place", "agency", "copyright_line"})
_CONFIDENCE = {
    "headline": 0.95,
    "byline": 0.95,
    "dateline_place": 0.97,
    "agency": 0.95,
    "published_on": 0.95,
    "captions": 0.9,
    "section_headings": 0.85,
    "reporting": 0.97,
    "editing": 0.97,
    "copyright_line": 0.97,
    "source_url": 0.9,
    "body_text": 0.95,
}
_GUESSED = 0.8  # a date without its year, a headline that is not the thread's title


@dataclass(slots=True)
class Found:
    """An article as read: values by column, and their places (column, rank, start, end, confidence)."""

    values: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    spans: list[tuple[str, int, int, int, float]] = field(default_factory=list)

    def one(self, column: str, piece: Piece | None, value: str | None = None, confidence: float | None = None) -> None:
        """A single value, the first that is given; ``value`` where it is not the words themselves."""
        if piece is not None and piece.text and column not in self.values:
            self.values[column] = piece.text if value is None else value
            self.spans.append((column, 0, piece.start, piece.end, confidence or _CONFIDENCE[column]))

    def many(self, column: str, pieces: Iterable[Piece], *, squeezed: bool = False) -> None:
        """All values of a list; those that come again are left out. ``squeezed``: on one line each."""
        known = self.lists.setdefault(column, [])
        for piece in pieces:
            value = " ".join(piece.text.split()) if squeezed else piece.text
            if value and value not in known:
                self.spans.append((column, len(known), piece.start, piece.end, _CONFIDENCE[column]))
                known.append(value)

    def drop(self, column: str, value: str) -> None:
        """Take a value out of a list again."""
        values = self.lists.get(column, [])
        if value in values:
            index = values.index(value)
            values.remove(value)
            kept = [span for span in self.spans if span[:2] != (column, index)]
            self.spans = [
                (name, rank - (name == column and rank > index), start, end, sure)
                for name, rank, start, end, sure in kept
            ]


def article_rows(
    key: ThreadKey, posts: Iterable[Post], title: str | None, links: Mapping[int, Sequence[LinkSeen]]
) -> tuple[list[Article], list[ArticleSpan]]:
    """The row of a thread's article and those of its spans; none where the first post is no article.

    ``links`` are those of each post's newest version.
    """
    first = next((post for post in posts if post.is_first_post), None)
    if first is None:
        return [], []
    found = read_article(first.text, title, links.get(first.post_id, ()), first.created_at)
    if found is None:
        return [], []
    values, lists = found.values, found.lists
    article = Article(
        site=key.site,
        content_class=key.content_class,
        post_id=first.post_id,
        thread_id=key.thread_id,
        headline=values.get("headline"),
        byline=lists.get("byline", []),
        dateline_place=values.get("dateline_place"),
        agency=values.get("agency"),
        published_on=values.get("published_on"),
        captions=lists.get("captions", []),
        section_headings=lists.get("section_headings", []),
        reporting=lists.get("reporting", []),
        editing=lists.get("editing", []),
        copyright_line=values.get("copyright_line"),
        source_url=values.get("source_url"),
        body_text=values.get("body_text"),
    )
    spans = [
        ArticleSpan(
            site=key.site,
            content_class=key.content_class,
            post_id=first.post_id,
            field=column,
            index=index,
            start=start,
            end=end,
            confidence=confidence,
        )
        for column, index, start, end, confidence in sorted(found.spans)
    ]
    return [article], spans


def read_article(
    text: str | None, title: str | None, links: Sequence[LinkSeen] = (), written: datetime | None = None
) -> Found | None:
    """The article that a post's own words are; ``None`` for a post that is none.

    ``title`` is the thread's. ``written`` tells the year of dates that have none. Time grows with the length of the
    text, of which the first 400,000 characters are read.
    """
    if not text or len(text) < _LEAST_CHARS:
        return None
    day = written.date() if written is not None else None
    parts = take_apart(list(lines_of(text[:_LONGEST])), title, day)
    if parts is None:
        return None
    source = _source(parts, links)
    if not _is_article(parts, source):
        return None
    found = Found()
    if source is not None:
        if source.start >= 0:
            found.one("source_url", source)
        else:
            found.values["source_url"] = source.text
    _fill(found, parts, title)
    _body(found, text, parts)
    return found


def _is_article(parts: Parts, source: Piece | None) -> bool:
    if sum(len(piece.text) for piece in parts.body) < _LEAST_CHARS or not any(line.is_prose for line in parts.prose):
        return False
    points = sum(parts.points.values()) + (2 if parts.headline_is_title else 0)
    placed = "dateline" in parts.points and not parts.points.keys().isdisjoint({"copyright", "source", "head"})
    by_agency = (
        parts.by_agency or placed or (bool(parts.unknown) and "head" in parts.points and "source" in parts.points)
    )
    if source is not None and is_news_host(_host(source.text)):
        points, by_agency = points + 1, True
    signed = parts.headline_is_title and any(mark.pieces("byline") for mark, _line in parts.of("head"))
    enough = _ENOUGH if by_agency else _ENOUGH_SIGNED
    if not (by_agency or signed) or points < enough:
        return False
    return points - _VOICE >= enough or not parts.has_voice


def _host(url: str) -> str:
    return url.split("//", 1)[-1].split("/", 1)[0].split(":", 1)[0]


def _source(parts: Parts, links: Sequence[LinkSeen]) -> Piece | None:
    """The address of the original: one that is written out, else that of a link in a line that says where it is from.

    A link's address stands nowhere in the text: its place is -1.
    """
    for mark, line in parts.of("source"):
        for piece in mark.pieces("source_url"):
            return Piece(piece.text, line.start + piece.start)
    lines = [line.text for mark, line in parts.marks if mark.kind in _WHERE_FROM]
    for link in links:
        words = link.text if link.kind == "link" and not link.in_quote else None
        if link.url and words and any(words in line for line in lines):
            return Piece(link.url, -1)
    return None


def _fill(found: Found, parts: Parts, title: str | None) -> None:
    """The marks' values into their columns: of several datelines or dates the first counts."""
    head = parts.headline
    if head is not None:
        found.one("headline", Piece(head.text, head.start), confidence=None if parts.headline_is_title else _GUESSED)
    elif title:
        found.values["headline"] = title
    for kind in _ORDER:
        for mark, line in parts.of(kind):
            placed = [(column, Piece(p.text, line.start + p.start)) for column, p in mark.found]
            for column in _PEOPLE:
                found.many(column, [piece for name, piece in placed if name == column])
            for name, piece in placed:
                if name in _SINGLE:
                    found.one(name, piece)
    if not found.lists.get("byline"):
        for mark, line in parts.of("credits"):
            found.many("byline", [Piece(p.text, line.start + p.start) for p in mark.pieces("byline?")])
    found.many("section_headings", [Piece(line.text, line.start) for line in parts.headings])
    _publisher(found, parts)
    _date(found, parts)


def _publisher(found: Found, parts: Parts) -> None:
    """Without a known one: a name in its place, which is then no byline, unless it is a person's."""
    host = normalise(_host(found.values.get("source_url") or ""))
    for piece in parts.unknown if "agency" not in found.values else ():
        in_host = any(len(word) > 3 and normalise(word) in host for word in piece.text.split())
        if in_host or piece.text not in found.lists.get("byline", []):
            found.one("agency", piece, confidence=_GUESSED)
            found.drop("byline", piece.text)


def _date(found: Found, parts: Parts) -> None:
    """The day of publication: a line that says so, else the copyright, the signature, the dateline; last, an update."""
    dated: list[tuple[FoundDate, Line]] = []
    for kind in ("head", "signature", "copyright", "source", "dateline"):
        dated += [
            (mark.day, line)
            for mark, line in parts.of(kind)
            if mark.day is not None and not (kind == "head" and is_update(line))
        ]
    dated += [(mark.day, line) for mark, line in parts.of("head") if mark.day is not None and is_update(line)]
    if dated:
        day, line = next((entry for entry in dated if entry[0].year_known), dated[0])
        piece = Piece(line.text[day.start : day.end], line.start + day.start)
        found.one("published_on", piece, day.iso, None if day.year_known else _GUESSED)


def _body(found: Found, text: str, parts: Parts) -> None:
    """Captions as they stand, and the paragraphs: a span each."""
    found.many("captions", [Piece(text[start:end], start) for start, end in parts.captions], squeezed=True)
    found.values["body_text"] = "\n".join(piece.text for piece in parts.body)
    found.spans += [
        ("body_text", index, piece.start, piece.end, _CONFIDENCE["body_text"]) for index, piece in enumerate(parts.body)
    ]
