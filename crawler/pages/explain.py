"""Which selectors each field has, and which one answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crawler.pages import forum, post, row, thread
from crawler.pages.layout import LAYOUTS

FIRST_CHOICE, FALLBACK, NONE = "first choice", "fallback", "none"

SOURCES: dict[str, tuple[str, ...]] = {
    **{field.name: tuple(name for name, _function in field.sources) for field in (*thread.FIELDS, *forum.FIELDS)},
    **thread.OTHERS,
    **forum.OTHERS,
    **post.SOURCES,
    **row.SOURCES,
}
"""Of each field that has one, its selectors in order of preference, those of all layouts together."""

FIRST: dict[str, frozenset[str]] = {
    name: frozenset({sources[0], *(layout.first[name] for layout in LAYOUTS if name in layout.first)})
    for name, sources in SOURCES.items()
}
"""Of each field the selectors that are the first choice of some layout. None is a fallback in another."""


_WITH = {
    "thread.forum_id": "thread.forum_path",
    "thread.forum_ids": "thread.forum_path",
    "post.edit_reason": "post.edited_by",
    "post.reactions": "post.n_reactions",
    "row.author_name": "row.author_id",
    "row.last_post_at": "row.created_at",
}
"""Fields that are read together with another."""


def choices(field: str, answers: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str]]:
    """Selectors that gave a field on a page, each with ``first choice``, ``fallback`` or ``none``.

    A field that is computed of others, or has no selector of its own, gives one pair of empty strings.
    """
    name = "post.body" if field.startswith("post.body.") else _WITH.get(field, field)
    found = answers.get(name)
    if not found:
        yield "", ""
        return
    many = sum(found.values()) > 1
    for source, count in found.items():
        times = f" ×{count}" if many else ""
        if source == NONE:
            yield f"none{times}", NONE
        else:
            yield f"{source}{times}", FIRST_CHOICE if source in FIRST.get(name, {source}) else FALLBACK
