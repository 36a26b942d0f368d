"""The quote graph: who quotes whom, and the posts that are quoted most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from output.report.blocks import Cell, Figure, Table, render
from output.report.charts import NARROW, WIDE
from output.report.excerpts import Excerpt, excerpts
from output.report.figures import Source
from output.report.names import cut, isolated
from output.report.quoting import Member, Quoted, Quoting, quoting
from output.report.ring import Ring, ring
from output.report.words import count, day, share

RING = 16
"""People that a ring shows; more are shown as a matrix."""

LEAST = 3
"""Quotes between people from which on there is something to draw."""

MATRIX, SMALL_MATRIX = 20, 8
"""Rows and columns of a matrix on a wide page, and on a phone."""

PEOPLE, PAIRS, POSTS = RING, 15, 12
"""Rows of the tables."""

Href = Callable[[str, str, int], str | None]
"""Where the reader shows a post (site, content class, number); None where it shows it nowhere."""


def graph_html(dataset: Source, href: Href = lambda *_: None) -> Markup:
    """The section of the quote graph, as HTML; empty where nothing is quoted. Raises :class:`output.DatasetError`."""
    found = quoting(dataset, POSTS)
    if not found.edges and not found.most_quoted:
        return Markup("")
    people = _People(found)
    drawn = found.edges.total() >= LEAST
    rings, matrices = [], []
    if drawn and len(people.ranked) <= RING:
        rings = [_ring(people, WIDE, 260, 26), _ring(people, NARROW, 92, 11)]
    elif drawn:
        matrices = [matrix(people, most) for most in (MATRIX, SMALL_MATRIX)]
    return render(
        "graph.html",
        words=_words(found),
        rings=rings,
        matrices=matrices,
        tables=[Figure("People", tables=[_people(people)]), Figure("Who quotes whom most", tables=[_pairs(people)])]
        if drawn
        else [],
        quoted=_quoted(dataset, people, href),
    )


class _People:
    """The members who take part, by rank: the most quoted first. ``at`` gives the rank of a member of the graph."""

    def __init__(self, found: Quoting) -> None:
        self.found = found
        self.ranked = found.ranked()
        self.at = {index: rank for rank, index in enumerate(self.ranked)}
        self.edges = Counter(
            {(self.at[one], self.at[other]): n for (one, other), n in found.edges.items() if one in self.at}
        )
        self.sites = {one.who[0] for one in found.members}

    def __getitem__(self, rank: int) -> Member:
        return self.found.members[self.ranked[rank]]

    def name(self, rank: int) -> str:
        """What a person is called."""
        return self.called(self[rank])

    def called(self, one: Member) -> str:
        """What a person is called: guests together, and whoever has no name by number."""
        if one.is_guests:
            return f"guests of {one.who[0]}" if len(self.sites) > 1 else "guests"
        return one.name or f"member {one.who[1]}"


def _words(found: Quoting) -> list[str]:
    others = sum(number for (one, other), number in found.edges.items() if one != other)
    own = found.edges.total() - others
    pairs = {pair for pair in found.edges if pair[0] != pair[1]}
    between = {(min(pair), max(pair)) for pair in pairs}
    both = sum((other, one) in pairs for one, other in pairs) // 2
    words = [f"{count(others, 'quote')} {'is' if others == 1 else 'are'} of somebody else's post"]
    words[0] += f", {own:,} of the quoter's own." if own else "."
    if len(between) > 1:
        words.append(f"Of {len(between):,} pairs of people in which one quotes the other, ")
        words[-1] += f"{both:,} ({share(both, len(between))}) quote each other." if both else "none quote each other."
    left = [f"{count(found.nested, 'quote')} inside other quotes"] if found.nested else []
    left += [f"{found.unlinked:,} that could not be linked"] if found.unlinked else []
    left += [f"{found.nobody:,} whose author is not known"] if found.nobody else []
    if left:
        words.append(f"Left out: {', '.join(left)}.")
    return words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a drawing: the name in full and as room allows, what is told of them, and whether they have posts."""

    name: str
    short: str
    told: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A ring, the people in it, and a sentence for each curve."""

    ring: Ring
    people: Sequence[Person]
    told: Sequence[str]


def _ring(people: _People, width: int, names: int, room: int) -> Drawing:
    members = [people[rank] for rank in range(len(people.ranked))]
    made = ring([one.quoted for one in members], people.edges, width, names)
    shown = [
        Person(
            name=people.called(one),
            short=cut(people.called(one), room),
            told=f"{isolated(people.called(one))}: quoted {_times(one.quoted)}, quotes others {_times(one.quotes)}",
            is_known=one.posts > 0,
        )
        for one in members
    ]
    told = [
        f"{isolated(shown[curve.source].name)} quotes {isolated(shown[curve.target].name)} {_times(curve.number)}"
        for curve in made.curves
    ]
    return Drawing(made, shown, told)


def _times(number: int) -> str:
    return count(number, "time")


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell of a matrix: a number, in short where it is large, and how warm it is, 0 to 5."""

    number: int
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows quote columns. ``others`` people are the last row and column together; none where it is 0."""

    names: Sequence[str]
    others: int
    rows: Sequence[Sequence[Heat]]


def matrix(people: _People, most: int) -> Matrix:
    """The people who quote and are quoted most, and all others together."""
    order = sorted(range(len(people.ranked)), key=lambda rank: (-people[rank].quoted - people[rank].quotes, rank))
    at = {rank: row for row, rank in enumerate(order)}
    shown = min(most, len(order))
    others = len(order) - shown
    sums: Counter[tuple[int, int]] = Counter()
    for (one, other), number in people.edges.items():
        sums[min(at[one], shown), min(at[other], shown)] += number
    size = shown + (others > 0)
    top = max((n for pair, n in sums.items() if max(pair) < shown), default=1)
    rows = [
        [_heat(sums[one, other], top if max(one, other) < shown else 0) for other in range(size)] for one in range(size)
    ]
    return Matrix([people.name(rank) for rank in order[:shown]], others, rows)


def _heat(number: int, top: int) -> Heat:
    """With the number that is warmest; sums over many people, where it is 0, are not compared with those of two."""
    text = f"{number}" if number < 1000 else f"{number / 1000:.1f}k" if number < 10_000 else f"{number // 1000}k"
    level = 0 if not number or not top else min(5, 1 + int(5 * (number.bit_length() - 1) / max(1, top.bit_length())))
    return Heat(number, text, level)


def _people(people: _People) -> Table:
    shown = min(len(people.ranked), PEOPLE)
    to, by = _favourites(people)
    most = max((people[rank].quoted for rank in range(shown)), default=0)
    rows = []
    for rank in range(shown):
        one = people[rank]
        posts = count(one.posts, "post") if one.posts else "no posts here"
        site = f", {one.who[0]}" if len(people.sites) > 1 and not one.is_guests else ""
        quoted = Cell(one.quoted, part=one.quoted / most if most else 0.0, small=by.get(rank), right=True)
        rows.append([
            Cell(people.name(rank), small=posts + site, mark=f"member-{rank + 1}"),
            quoted,
            Cell(one.quotes, small=to.get(rank), right=True),
        ])  # fmt: skip
    left = len(people.ranked) - shown
    note = f"{left:,} more quote or are quoted." if left else None
    return Table("The most quoted people", ["name", "is quoted", "quotes others"], rows, open=True, note=note)


def _favourites(people: _People) -> tuple[dict[int, str], dict[int, str]]:
    """Whom each one quotes most, and by whom each one is quoted most, where it is more than once."""
    to: dict[int, str] = {}
    by: dict[int, str] = {}
    for (one, other), number in sorted(people.edges.items(), key=lambda item: (-item[1], item[0])):
        if one != other and number > 1:
            to.setdefault(one, f"mostly {isolated(cut(people.name(other), 24))} ({number:,})")
            by.setdefault(other, f"mostly by {isolated(cut(people.name(one), 24))} ({number:,})")
    return to, by


def _pairs(people: _People) -> Table:
    between = sorted(
        ((pair, number) for pair, number in people.edges.items() if pair[0] != pair[1]),
        key=lambda item: (-item[1], item[0]),
    )
    rows = [
        [
            Cell(people.name(one)),
            Cell(people.name(other)),
            Cell(number, part=number / between[0][1], right=True),
            Cell(people.edges.get((other, one), 0), right=True),
        ]
        for (one, other), number in between[:PAIRS]
    ]
    left = len(between) - len(rows)
    note = f"{count(left, 'more pair')}." if left else None
    return Table("Pairs", ["who", "quotes whom", "times", "times back"], rows, open=True, note=note)


def _quoted(dataset: Source, people: _People, href: Href) -> Figure:
    heading = "Most quoted posts"
    found = [one for one in people.found.most_quoted if one.posts > 1]
    if not found:
        return Figure(heading, ["No post is quoted in more than one other."])
    said = excerpts(dataset, found)
    rows = [
        [_post(one, said.get(one.place), people, href), Cell(one.posts, part=one.posts / found[0].posts, right=True),
         Cell(one.people, right=True)]
        for one in found
    ]  # fmt: skip
    return Figure(
        heading, tables=[Table("Posts by how many posts quote them", ["post", "posts", "people"], rows, open=True)]
    )


def _post(one: Quoted, said: Excerpt | None, people: _People, href: Href) -> Cell:
    author = isolated(people.called(people.found.members[one.author])) if one.author is not None else "somebody unknown"
    told = [f"by {author}"]
    if said is None:
        return Cell("A post that was never read", small=", ".join(told))
    if said.created_at is not None:
        told.append(f"on {day(said.created_at)}")
    if said.title:
        told.append(f"in {isolated(cut(said.title, 80))}")
    if one.status not in {None, "active"}:
        told.append(f"{one.status} since")
    return Cell(said.words or "A post without words of its own", small=", ".join(told), href=href(*one.place))
