"""The overview: what is in a dataset, what is not, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from output.report.activity import activity
from output.report.blocks import Cell, Figure, Table, counted, render
from output.report.figures import Figures, Source, figures
from output.report.missing import missing
from output.report.provenance import changes, crawling, linking
from output.report.words import count, day, share


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that tells the size of a dataset, what it is of, and a line that says more."""

    value: str
    name: str
    more: str = ""


def overview_html(dataset: Source) -> Markup:
    """The section of the overview, as HTML. Raises :class:`output.DatasetError`."""
    found = figures(dataset)
    manifest = dataset.manifest
    calibration = manifest.linking.get("calibration")
    shown = [
        *activity(found),
        linking(found.links, calibration if isinstance(calibration, dict) else {}),
        changes(found.events),
        crawling(found.runs, canonical=manifest.canonical),
    ]
    return render(
        "overview.html",
        tiles=tiles(found),
        missing=missing(manifest.completeness, found.threads),
        sites=_sites(found),
        groups=_pairs(shown),
    )


def tiles(found: Figures) -> list[Tile]:
    """The numbers at the top."""
    posts, links = found.posts, found.links
    known = found.threads.by_status.total()
    guests = f"and {count(posts.by_guests, 'post')} by guests" if posts.by_guests else ""
    gone = posts.total - posts.by_status["active"]
    made = [
        Tile(f"{found.threads.read:,}", _one(found.threads.read, "thread"), _more(known - found.threads.read)),
        Tile(f"{posts.total:,}", _one(posts.total, "post"), f"{gone:,} of them gone since" if gone else ""),
        Tile(f"{len(posts.members):,}", _one(len(posts.members), "member"), guests),
    ]
    linked = links.states["seen"] + links.states["missing"]
    if links.total:
        made.append(Tile(f"{links.total:,}", _one(links.total, "quote"), _linked(linked, links.total)))
    if posts.first_at and posts.last_at:
        days = (posts.last_at - posts.first_at).days
        first, last = day(posts.first_at), day(posts.last_at)
        made.append(Tile(_length(days), "", first if first == last else f"{first} to {last}"))
    return made


def _sites(found: Figures) -> Figure | None:
    """Posts by site, where there are several."""
    by_site = found.posts.by_site
    if len(by_site) < 2:
        return None
    total = by_site.total()
    rows = [
        [Cell(site), *counted(number, total)]
        for site, number in sorted(by_site.items(), key=lambda one: (-one[1], one[0]))
    ]
    return Figure("Sites", tables=[Table("Posts by site", ["site", "posts", "share"], rows, open=True)])


def _pairs(shown: Sequence[Figure]) -> list[list[Figure]]:
    """Figures in rows: two halves that follow each other stand beside each other."""
    rows: list[list[Figure]] = []
    for one in shown:
        if one.half and rows and len(rows[-1]) == 1 and rows[-1][0].half:
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


def _one(number: int, noun: str) -> str:
    return noun if number == 1 else noun + "s"


def _more(number: int) -> str:
    return f"{number:,} more known, without posts" if number else ""


def _linked(number: int, total: int) -> str:
    if total == 1:
        return "linked to its post" if number else "not linked to a post"
    part = "all" if number == total else share(number, total) if number else "none"
    return f"{part} linked to their post"


def _length(days: int) -> str:
    if days < 100:
        return count(max(days, 1), "day")
    return f"{days / 30.44:.0f} months" if days < 1000 else f"{days / 365.25:.1f} years"
