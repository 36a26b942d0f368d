"""The overview: what is in a dataset, and what is not."""

from __future__ import annotations

from markupsafe import Markup

from output.read import Dataset


def overview_html(dataset: Dataset) -> Markup:
    """The section of the overview, as HTML."""
    rows = [(name, dataset.manifest.tables.get(name, 0)) for name in ("threads", "posts", "quotes")]
    items = Markup("").join(Markup("<li>{} {}</li>").format(number, name) for name, number in rows)
    return Markup('<section id="overview"><h2>Overview</h2><ul>{}</ul></section>').format(items)
