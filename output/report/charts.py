"""Charts as inline SVG: Vega-Lite specifications, drawn once when the report is made: no script is needed later.

Only words and numbers of our own go into a specification; what pages say stands in tables. Colours are CSS variables,
so a chart follows the page's theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert
from lxml import etree
from markupsafe import Markup

from output.report.bins import Timeline
from output.report.words import WEEKDAYS

WIDE, NARROW, HALF = 900, 350, 420
"""Widths in CSS pixels: of a chart across the page, of the same on a phone, and of one of two beside each other."""

_LETTER = 8
"""Room for a letter: the browser's font is another than the one that the drawing is measured with."""

_VERSION = "6.4"
_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = frozenset(
    "d x y x1 x2 y1 y2 width height cx cy r transform fill fill-opacity stroke stroke-width opacity viewBox "
    "text-anchor font-size".split()
)
"""Attributes that draw something; no other one gets into a page."""

_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelLimit": 200,
    },
}


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart, ``color`` from 1 to 6, and its number for each bin."""

    name: str
    color: int
    counts: Sequence[int]

    @property
    def fill(self) -> str:
        """The CSS colour."""
        return f"var(--series-{self.color})"


def over_time(line: Timeline, series: Sequence[Series], labels: Sequence[str], width: int, name: str) -> Markup:
    """Bars on an axis of time, stacked where there are several series.

    ``labels`` name the bins. Here and below, ``name`` says what the chart shows to those who do not see it.
    """
    values = []
    for rank, one in enumerate(line.bins):
        low = 0
        for part in series:
            if number := part.counts[rank]:
                bounds = {"s": _iso(one.start), "e": _iso(one.end), "low": low, "high": low + number}
                values.append({**bounds, "k": part.name, "d": f"{labels[rank]}: {number:,} {part.name}"})
                low += number
    scale = {"type": "utc", "domain": [_iso(line.bins[0].start), _iso(line.bins[-1].end)], "nice": False}
    axis = {"title": None, "grid": False, "tickCount": 8 if width == WIDE else 4, "labelOverlap": True}
    amount = {"title": None, "tickCount": 4, "tickMinStep": 1, "format": ",d", "domain": False, "ticks": False}
    colors = {"domain": [part.name for part in series], "range": [part.fill for part in series]}
    return _draw(
        {
            "data": {"values": values},
            "mark": {"type": "rect", "stroke": "var(--paper)", "strokeWidth": 1},
            "encoding": {
                "x": {"field": "s", "type": "temporal", "scale": scale, "axis": axis},
                "x2": {"field": "e"},
                "y": {"field": "low", "type": "quantitative", "axis": amount, "scale": {"nice": True}},
                "y2": {"field": "high"},
                "fill": {"field": "k", "type": "nominal", "legend": None, "scale": colors},
                "description": {"field": "d"},
            },
        },
        width,
        180,
        name,
    )


def bars(rows: Sequence[tuple[str, int]], noun: str, label: str, color: int = 1) -> Markup:
    """A bar a row, with its name before and its number behind it; ``noun`` is what is counted."""
    values = [
        {"name": name, "n": number, "text": f"{number:,}", "d": f"{name}: {number:,} {noun}"} for name, number in rows
    ]
    most = max((number for _, number in rows), default=0)
    room = 8 + _LETTER * max((len(name) for name, _ in rows), default=0)
    names = {"domain": False, "ticks": False, "labelPadding": 8, "minExtent": room, "maxExtent": room}
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": names}
    x = {"field": "n", "type": "quantitative", "axis": None, "scale": {"domain": [0, (most or 1) * 1.18]}}
    text = {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": "var(--ink)"}
    return _draw(
        {
            "data": {"values": values},
            "encoding": {"y": y, "x": x, "description": {"field": "d"}},
            "layer": [
                {"mark": {"type": "bar", "color": f"var(--series-{color})", "height": {"band": 0.72}}},
                {"mark": text, "encoding": {"text": {"field": "text"}}},
            ],
        },
        HALF,
        {"step": 22},
        label,
    )


def heat(grid: Sequence[Sequence[int]], width: int, name: str) -> Markup:
    """Weekdays by hours: the more, the fuller the colour."""
    values = [
        {"day": day[:3], "hour": hour, "n": number, "d": f"{day}, {hour:02}–{hour + 1:02} h: {number:,} posts"}
        for day, numbers in zip(WEEKDAYS, grid, strict=True)
        for hour, number in enumerate(numbers)
    ]
    most = max(max(row) for row in grid)
    hours = {"title": "hour of the day, UTC", "labelAngle": 0, "domain": False, "ticks": False,
             "labelExpr": f"datum.value % {2 if width == WIDE else 6} ? '' : datum.label"}  # fmt: skip
    days = {"title": None, "domain": False, "ticks": False}
    return _draw(
        {
            "data": {"values": values},
            "mark": {"type": "rect", "fill": "var(--series-1)", "stroke": "var(--paper)", "strokeWidth": 2},
            "encoding": {
                "x": {"field": "hour", "type": "ordinal", "axis": hours},
                "y": {"field": "day", "type": "ordinal", "sort": None, "axis": days},
                "fillOpacity": {
                    "field": "n",
                    "type": "quantitative",
                    "legend": None,
                    "scale": {"domain": [0, most or 1], "range": [0.05, 1]},
                },
                "description": {"field": "d"},
            },
        },
        width,
        7 * 26,
        name,
    )


def _draw(spec: dict[str, Any], width: int, height: int | Mapping[str, int], name: str) -> Markup:
    """The drawing. Nothing is loaded: the data stand in the specification, and no address is allowed."""
    whole = {
        "config": _CONFIG,
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
        **spec,
    }
    return clean(vl_convert.vegalite_to_svg(whole, vl_version=_VERSION, allowed_base_urls=[]), name)


def clean(svg: str, name: str) -> Markup:
    """The SVG with nothing in it but shapes: no roles, styles, scripts, fonts or links.

    What a mark says of itself becomes its title, which browsers show under the pointer. To a screen reader the drawing
    is one image with a name; the same numbers stand in a table below it.
    """
    root = etree.fromstring(svg.encode())
    for element in list(root.iter()):
        _strip(element)
    root.set("role", "img")
    root.set("aria-label", name)
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704  made of the shapes that are kept


_SHAPES = frozenset(_SVG + name for name in "svg g path rect line text circle".split())


def _strip(element: Any) -> None:
    parent = element.getparent()
    if element.tag not in _SHAPES or _draws_nothing(element):
        if parent is not None:
            parent.remove(element)
        return
    label = element.get("aria-label") if element.tag != _SVG + "g" else None
    for name in list(element.attrib):
        if name not in _KEPT:
            del element.attrib[name]
    if label is not None and element.tag in {_SVG + "path", _SVG + "rect"}:
        etree.SubElement(element, _SVG + "title").text = label


def _draws_nothing(element: Any) -> bool:
    """True for the frames without fill and line that stand round each group, and for what is not shown."""
    if element.get("display") == "none" or element.get("opacity") == "0":
        return True
    return element.tag == _SVG + "path" and not (element.get("fill") or element.get("stroke"))


def _iso(time: Any) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time.year >= 1000 else f"{time.year:04}-{time:%m-%dT%H:%M:%SZ}"
