"""The forum's own words in four languages. What members write, and every machine value, is the same in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crawler.demo.render.words import fr, ru, th

Lang = Literal["en", "fr", "ru", "th"]

_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Words:
    """A language pack.

    ``texts`` maps the English text to this language's; the texts are HTML, so that they stand in attributes too.
    ``year_offset`` is what the calendar adds to the year: 543 for the Buddhist one.
    """

    lang: Lang
    tag: str
    texts: Mapping[str, str]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    date_form: str
    short_form: str
    stamp_form: str
    year_offset: int = 0

    def say(self, text: str, **values: object) -> str:
        """A text of the forum, given in English, with the values in their places."""
        found = self.texts[text]
        return found.format(**values) if values else found

    def date(self, when: datetime) -> str:
        """A day as shown."""
        return self._form(self.date_form, self.months, when)

    def short(self, when: datetime, now: datetime) -> str:
        """A day in few letters: how long ago where that is more than a year."""
        years = (now - when).days // 365
        return self.say("{n} yr", n=years) if years else self._form(self.short_form, self.short_months, when)

    def stamp(self, when: datetime) -> str:
        """Day and hour in numbers, as a tooltip shows them."""
        return self._form(self.stamp_form, self.months, when)

    def group(self, name: str) -> str:
        """A member group as shown: those that every forum has are translated, a forum's own are not."""
        return self.texts.get(name, name) if name in GROUPS else name

    def _form(self, form: str, months: tuple[str, ...], when: datetime) -> str:
        year = when.year + self.year_offset
        return form.format(
            month=months[when.month - 1],
            m=when.month,
            d=when.day,
            y=year,
            yy=year % 100,
            hh=when.hour,
            h=when.hour % 12 or 12,
            mm=when.minute,
            half="AM" if when.hour < 12 else "PM",
        )


GROUPS = frozenset({"Members", "Guests", "Administrators"})
"""Groups whose names come with the software."""

WORDS: Mapping[Lang, Words] = {
    "en": Words(
        "en",
        "en-US",
        {text: text for text in fr.TEXTS},
        tuple(_MONTHS),
        tuple(month[:3] for month in _MONTHS),
        "{month} {d}, {y}",
        "{month} {d}",
        "{m:02}/{d:02}/{yy:02} {h:02}:{mm:02}  {half}",
    ),
    "fr": Words(
        "fr",
        "fr-FR",
        fr.TEXTS,
        fr.MONTHS,
        fr.SHORT_MONTHS,
        "{d} {month} {y}",
        "{d} {month}",
        "{d:02}/{m:02}/{y} {hh:02}:{mm:02}",
    ),
    "ru": Words(
        "ru",
        "ru-RU",
        ru.TEXTS,
        ru.MONTHS,
        ru.SHORT_MONTHS,
        "{d} {month}, {y}",
        "{d} {month}",
        "{d:02}.{m:02}.{y} {hh:02}:{mm:02}",
    ),
    "th": Words(
        "th",
        "th-TH",
        th.TEXTS,
        th.MONTHS,
        th.SHORT_MONTHS,
        "{d} {month} {y}",
        "{d} {month}",
        "{d:02}/{m:02}/{y} {hh:02}:{mm:02}",
        543,
    ),
}
"""The language packs by their code."""
