"""Dates as news texts write them, in the languages that papers of these forums use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipelines.article_words import MONTHS

_MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}
_TOKEN = re.compile(
    r"\d+|[\u0e01-\u0e4e]{1,3}\.[\u0e01-\u0e4e]{1,2}\.|[^\W\d_]+[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\w]*|\S"
)
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "º", "ª"})
_BETWEEN = frozenset({".", ",", "de", "del", "of"})
_LOOKED_AT = 300  # characters: a date line is short, and so is a dateline
_BUDDHIST = 543  # years that the Thai calendar is ahead


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day and where it stands. ``year_known`` is false where the text leaves the year out."""

    day: date
    start: int
    end: int
    year_known: bool = True

    @property
    def iso(self) -> str:
        """YYYY-MM-DD."""
        return self.day.isoformat()


def find_date(text: str, written: date | None = None, *, day_first: bool = False) -> FoundDate | None:
    """The first date of a text, of which 300 characters are looked at.

    A date without a year is read where ``written``, the day of the post, is given: it is the last such day that is not
    more than a day after it. ``None`` where there is none, and for days and months between strokes that cannot be told
    apart, unless ``day_first`` says which is which.
    """
    tokens = [(match[0].casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text[:_LOOKED_AT])]
    for i in range(len(tokens)):
        found = _numeric(tokens, i, day_first=day_first) or _named(tokens, i, written)
        if found is not None:
            return found
    return None


_Tokens = list[tuple[str, int, int]]


def _numeric(tokens: _Tokens, i: int, *, day_first: bool) -> FoundDate | None:
    """2018-01-05, 2018/1/5, 2018年1月5日, 05.01.2018; 25/01/2018 where no month has that number."""
    if i + 5 > len(tokens) or not all(tokens[i + k][0].isdecimal() for k in (0, 2, 4)):
        return None
    first, sep, second, other, third = (token[0] for token in tokens[i : i + 5])
    start, end = tokens[i][1], tokens[i + 4][2]
    if len(first) == 4 and ((sep == other and sep in "-/.") or (sep, other) == ("年", "月")):
        if i + 5 < len(tokens) and tokens[i + 5][0] == "日":
            end = tokens[i + 5][2]
        return _day(int(first), int(second), int(third), start, end)
    if len(third) == 4 and sep == other and sep in "./-" and len(first) <= 2:
        day, month = int(first), int(second)
        if sep in ".-" or day > 12 or day_first:
            return _day(int(third), month, day, start, end)
        if month > 12:
            return _day(int(third), day, month, start, end)
    return None


def _named(tokens: _Tokens, i: int, written: date | None) -> FoundDate | None:
    """5 January 2018, 5. Januar 2018, 5 de enero de 2018, January 5, 2018, Jan. 5th; without the year as well."""
    word = tokens[i][0]
    if word.isdecimal() and len(word) <= 2:
        k = _skip(tokens, i + 1, _ORDINALS | _BETWEEN)
        if k >= len(tokens) or (month := _MONTH.get(tokens[k][0])) is None:
            return None
        day, end = int(word), k + 1
    elif (month := _MONTH.get(word)) is not None:
        k = _skip(tokens, i + 1, frozenset({"."}))
        if k >= len(tokens) or not tokens[k][0].isdecimal() or len(tokens[k][0]) > 2:
            return None
        day, end = int(tokens[k][0]), k + 1
        end = _skip(tokens, end, _ORDINALS) if end < len(tokens) and tokens[end][0] in _ORDINALS else end
    else:
        return None
    year_at = _skip(tokens, end, _BETWEEN)
    if year_at < len(tokens) and tokens[year_at][0].isdecimal() and len(tokens[year_at][0]) == 4:
        year = int(tokens[year_at][0])
        return _day(year - _BUDDHIST if year > 2400 else year, month, day, tokens[i][1], tokens[year_at][2])
    return _without_year(month, day, written, tokens[i][1], tokens[end - 1][2])


def _skip(tokens: _Tokens, i: int, what: frozenset[str]) -> int:
    limit = min(len(tokens), i + 2)
    while i < limit and tokens[i][0] in what:
        i += 1
    return i


def _day(year: int, month: int, day: int, start: int, end: int) -> FoundDate | None:
    if not 1850 <= year <= 2100:
        return None
    try:
        return FoundDate(date(year, month, day), start, end)
    except ValueError:
        return None


def _without_year(month: int, day: int, written: date | None, start: int, end: int) -> FoundDate | None:
    if written is None:
        return None
    for year in (written.year + 1, written.year, written.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if (found - written).days <= 1:
            return FoundDate(found, start, end, year_known=False)
    return None
