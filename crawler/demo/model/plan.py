"""The threads of a large forum before anybody has posted: titles, boards, lengths, marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from crawler.demo.model.boards import boards
from crawler.demo.model.decks import Deck
from crawler.demo.model.forum import Board, Thread
from crawler.demo.model.parts import Guest, Member, Poll
from crawler.demo.model.people import cast
from crawler.demo.model.words import sentence

Fate = Literal["stays", "moves", "merges", "is hidden", "is closed"]

BEGIN = datetime(2019, 1, 7, 6, 30, 11, tzinfo=UTC)

SIZES: dict[int, int] = {2: 2, 4: 3, 7: 4, 12: 3, 20: 2, 30: 2, 45: 2, 70: 1, 120: 1}
"""Posts, of 20 threads."""

FATES: dict[Fate, int] = {"stays": 16, "moves": 1, "merges": 1, "is hidden": 1, "is closed": 1}
"""What becomes of threads, of 20."""

MARKS: dict[str, int] = {"": 9, "tags": 4, "pinned": 1, "locked": 2, "solved": 2, "poll": 1, "recommended": 1}
"""What is special about them, of 20."""

_TAGS = ("tide gates", "tolls", "ferry", "ท่าเรือ", "лодки", "c++")
_TITLES = (
    "ใครเคยไปประภาคารเก่าบ้าง",
    "Клей для деревянной лодки",
    "Où trouver du bon cordage ?",
    'Council: "no comment" <again>',
)
_NAMES = (
    "Aldo Fisk",
    "bowline",
    "Captain’s Table",
    "Dredger99",
    "Эльза",
    "Finn & Sons",
    "gullwing",
    "Hester",
    "ไอริส",
    "Jib",
    "Kelp",
    "Luff, Leech",
    "mudlark",
    "Nell said",
    "Oakum",
    "Pilot No. 7",
)
_OLD_NAMES = {"gullwing": "seagull_84", "Hester": "Hester P.", "Kelp": "Kelp!", "Oakum": "Пакля"}
_GUESTS = ("Passing Trawler", "Anonymous", "visitor 12", "นักท่องเที่ยว")


@dataclass(frozen=True, slots=True)
class Crew:
    """Who posts. ``renamed`` get the name that goes with theirs when all is posted."""

    desk: Member
    moderator: Member
    crowd: tuple[Member, ...]
    renamed: dict[Member, str]
    guests: tuple[Guest, ...]

    @property
    def members(self) -> list[Member]:
        """Everybody with an account."""
        return [self.desk, self.moderator, *self.crowd, *self.renamed]


@dataclass(frozen=True, slots=True)
class Planned:
    """A thread to be, when its posts are made, and what becomes of it."""

    thread: Thread
    times: list[datetime]
    fate: Fate
    mark: str


def crew() -> Crew:
    """The people, always the same."""
    people = cast()
    others = [Member(200 + 3 * i, name, n_posts=17 * i + 5) for i, name in enumerate(_NAMES)]
    renamed = {other: other.name for other in others if other.name in _OLD_NAMES}
    for member, name in renamed.items():
        member.name = _OLD_NAMES[name]
    known = [people.hostile, people.numeric, people.thai, people.russian, people.signed, *people.crowd]
    crowd = (*known, *(other for other in others if other not in renamed))
    return Crew(people.desk, people.moderator, crowd, renamed, tuple(Guest(name) for name in _GUESTS))


def places() -> tuple[list[Board], list[Board]]:
    """Open boards that hold threads, and all boards, those for members included."""
    known = boards()
    closed = [
        Board(11, "Members' Lounge", "For members.", known.square, "members"),
        Board(12, "Keyholders", "With a password.", known.square, "password"),
        Board(13, "Crew", "For those who have signed in.", known.square, "login"),
    ]
    return known.all[1:], [*known.all, *closed]


def plans(rng: Random, n_threads: int, open_boards: list[Board], closed_boards: list[Board]) -> Iterator[Planned]:
    """The threads, in the order of their beginning."""
    sizes, fates, marks = Deck(rng, SIZES), Deck(rng, FATES), Deck(rng, MARKS)
    starts = sorted(BEGIN + timedelta(minutes=rng.randrange(60 * 24 * 540)) for _ in range(n_threads))
    number = 20
    for i, start in enumerate(starts):
        number += rng.choice((1, 1, 2, 5))
        fate = fates.draw()
        board = rng.choice(closed_boards if fate == "is closed" else open_boards)
        title = rng.choice(_TITLES) if i % 15 == 7 else sentence(rng)[:-1]
        thread = Thread(number, title, board, n_views=rng.randint(20, 9000))
        mark = marks.draw()
        _mark(rng, thread, mark)
        yield Planned(thread, _times(rng, start, sizes.draw()), fate, mark)


def _mark(rng: Random, thread: Thread, mark: str) -> None:
    match mark:
        case "tags":
            thread.tags = rng.sample(_TAGS, rng.randint(1, 3))
        case "pinned":
            thread.pinned = True
        case "locked":
            thread.locked = thread.locked_badge = True
        case "poll":
            votes = [("Yes", rng.randint(0, 99)), ("No <never>", rng.randint(0, 99)), ("Perhaps", rng.randint(0, 9))]
            thread.poll = Poll("What do you think?", [("Is it so?", votes)])


def _times(rng: Random, start: datetime, n: int) -> list[datetime]:
    """When posts are made: close together, with silences between."""
    times = [start]
    for _ in range(n - 1):
        long = rng.random() < 0.04
        gap = timedelta(days=rng.randint(10, 120)) if long else timedelta(minutes=rng.randint(2, 900))
        times.append(times[-1] + gap + timedelta(seconds=rng.randint(0, 59)))
    return times
