"""Who reported and who edited, as the foot of a news text says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.article_lines import Line
from pipelines.article_mark import Mark
from pipelines.article_names import cut, is_agency, names
from pipelines.article_words import CONTRIBUTED, EDITING, REPORTING, WRITING

_CREDITS = {"reporting": REPORTING, "editing": EDITING, "writing": WRITING}
_LABELS = tuple(label for labels in _CREDITS.values() for label in labels)
_BETWEEN = re.compile(r"; ?|\. (?=[A-Z])| / | – | \| ")

_WRITER = re.compile(
    r"^[(—– ]{0,3}(?:the )?(?P<agency>[\w.]{1,20}(?: \w{1,20})?)(?: \w{1,20})?"
    r" (?:writer|journalist|reporter|correspondent|producer)s? (?!in )",
    re.IGNORECASE,
)


def read_credits(line: Line) -> Mark | None:
    """``(Reporting by A; Editing by B and C)``, ``Associated Press writer A in B contributed to this report.``"""
    if len(line.text) > 600:
        return None
    start, end = inside(line.text)
    mark = Mark("credits")
    low = line.text.casefold()
    if any(word in low for word in CONTRIBUTED) or (len(low) < 160 and low.rstrip(" .)").endswith(" contributed")):
        stop = min(at for word in (*CONTRIBUTED, "contributed") if (at := low.find(word)) >= 0)
        writer = _WRITER.match(line.text)
        mark.found += [("reporting", p) for p in names(line.text, writer.end() if writer else start, stop, least=1)]
        mark.points = 2
        if writer is not None and is_agency(writer["agency"]):
            mark.found.append(("agency", cut(line.text, *writer.span("agency"))))
            mark.by_agency = True
        return mark if mark.found else None
    for begin, stop in clauses(_BETWEEN, line.text, start, end):
        _credit_clause(line.text, begin, stop, mark)
    if not mark.points and low[start : start + 12].startswith(
        ("with inputs", "with agency", "with agencies", "agencies")
    ):
        return Mark("junk")
    return mark if mark.points else None


def inside(text: str) -> tuple[int, int]:
    """Where the words begin and end between dashes and brackets."""
    start, end = 0, len(text)
    while start < end and text[start] in "([—–-=* ":
        start += 1
    while end > start and text[end - 1] in ")]. *":
        end -= 1
    return start, end


def clauses(between: re.Pattern[str], text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """Where what stands between the matches of a pattern begins and ends."""
    found, place = [], start
    for match in between.finditer(text[:end]):
        if match.start() >= place:
            found.append((place, match.start()))
            place = match.end()
    return [*found, (place, end)]


def _credit_clause(text: str, start: int, end: int, mark: Mark) -> None:
    piece = cut(text, start, end)
    low = piece.text.casefold()
    if not low.startswith(_LABELS):
        return
    for column, labels in _CREDITS.items():
        label = next((word for word in labels if low.startswith(word)), None)
        if label is None:
            continue
        found = list(names(text, piece.start + len(label), piece.end, least=1))
        rest = cut(text, piece.start + len(label), piece.end)
        if not found and label.endswith(":") and rest.text.isalpha() and len(rest.text) <= 30:
            found = [rest]  # some sign with a word in small letters
        split = _second_label(low, len(label))
        if split is not None:  # Reporting by A, editing by B
            found = list(names(text, piece.start + len(label), piece.start + split, least=1))
        mark.found += [("byline?" if column == "writing" else column, name) for name in found]
        if found:
            mark.points = max(mark.points, 4 if " by" in label else 2)
        if split is not None:
            _credit_clause(text, piece.start + split, end, mark)
        return


def _second_label(low: str, start: int) -> int | None:
    found = [at for labels in _CREDITS.values() for word in labels if (at := low.find(word, start)) > 0]
    return min(found, default=None)
