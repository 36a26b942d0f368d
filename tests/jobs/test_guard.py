"""Signs that a run was not read rightly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.jobs.guard import Example, FieldYield, PageYield, SiteYield, judge_yield

HERE = Example(101, 2, "https://forum.example/topic/101-x/page/2/")


def page(before: int, now: int | None, why: str | None = None) -> PageYield:
    return PageYield(HERE, before, now, why)


def signs(found: SiteYield) -> list[str]:
    return [str(sign) for sign in judge_yield({"forum.example": found})]


def test_nothing_read() -> None:
    assert judge_yield({}) == []
    assert signs(SiteYield()) == []


@pytest.mark.parametrize(
    ("n_empty", "n_all", "told"),
    [(1, 1, True), (1, 2, True), (1, 3, False), (2, 9, False), (3, 10, True), (3, 15, False), (30, 100, True)],
)
def test_pages_without_posts(n_empty: int, n_all: int, told: bool) -> None:
    pages = [page(25, None, "no_posts")] * n_empty + [page(25, 25)] * (n_all - n_empty)
    found = signs(SiteYield(pages=pages))
    assert bool(found) is told
    if told:
        assert f"posts: {n_empty} of {n_all} pages" in found[0]
        assert "no_posts" in found[0]
        assert HERE.url in found[0]


@pytest.mark.parametrize(
    ("before", "now", "told"), [(25, 12, True), (25, 13, False), (25, 25, False), (19, 1, False), (20, 9, True)]
)
def test_half_the_posts(before: int, now: int, told: bool) -> None:
    assert bool(signs(SiteYield(pages=[page(before, now)]))) is told


def test_half_the_posts_on_new_pages() -> None:
    assert signs(SiteYield(full=[12, 12, 12], full_before=[25] * 9, full_example=HERE))
    assert not signs(SiteYield(full=[12, 12], full_before=[25] * 9, full_example=HERE))
    assert not signs(SiteYield(full=[13, 20, 20], full_before=[25] * 9, full_example=HERE))


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (FieldYield(reread=10, lost=3, example=HERE), True),
        (FieldYield(reread=10, lost=2, example=HERE), False),
        (FieldYield(reread=4, lost=4, example=HERE), False),
        (FieldYield(fresh=20, lacking=11, usual=0.0, example=HERE), True),
        (FieldYield(fresh=20, lacking=10, usual=0.0, example=HERE), False),
        (FieldYield(fresh=20, lacking=20, usual=0.2, example=HERE), False),
        (FieldYield(fresh=20, lacking=20, usual=None, example=HERE), False),
        (FieldYield(fresh=4, lacking=4, usual=0.0, example=HERE), False),
    ],
)
def test_fields_that_got_lost(field: FieldYield, told: bool) -> None:
    found = signs(SiteYield(fields={"author_id": field}))
    assert bool(found) is told
    if told:
        assert found[0].startswith("forum.example: author_id: missing on")
        assert "thread 101 page 2" in found[0]


@pytest.mark.parametrize(("unstamped", "reworded", "told"), [(100, 21, True), (100, 20, False), (24, 24, False)])
def test_many_silent_edits_are_the_layout(unstamped: int, reworded: int, told: bool) -> None:
    assert bool(signs(SiteYield(unstamped=unstamped, reworded=reworded, reworded_example=HERE))) is told


@given(st.lists(st.integers(0, 500), max_size=60), st.integers(0, 1000))
def test_the_same_again_is_never_a_sign(counts: list[int], n_posts: int) -> None:
    fields = {"author_id": FieldYield(reread=n_posts)}
    assert not signs(
        SiteYield(
            pages=[page(count, count) for count in counts if count],
            full=counts,
            full_before=counts,
            fields=fields,
            unstamped=n_posts,
        )
    )
