"""The verdict on every kind of page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pages_made import SITE, T0, error, lease, listing, opened, post, redirect, ref, topic, wall

from crawler.items import PageItem
from crawler.outcome import REASONS
from crawler.store.db import micros
from crawler.store.frontier import LONGEST_WAIT
from crawler.store.settle import BLOCKS, MAX_HOPS, NOT_UNDERSTOOD, PASSING, SETTLED, WALLS, settle

KINDS = SETTLED | PASSING | NOT_UNDERSTOOD | {"too_large", "offsite"}


def verdict(page: PageItem, attempts: int = 0, hops: int = 0) -> tuple[str, str, bool]:
    found = settle(page, attempts=attempts, hops=hops, max_attempts=3)
    return found.state, found.outcome, found.again


def test_pages_with_content_are_done() -> None:
    assert verdict(topic(1, [post(1)]), attempts=2, hops=9) == ("done", "ok", False)
    assert verdict(listing(1, [])) == ("done", "ok", False)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_errors(kind: str) -> None:
    page = error(kind, ref(1), code="2F173/1", detail="why")
    if kind in SETTLED:
        expected = [("done", kind, False)] * 3
    elif kind in PASSING:
        expected = [("todo", kind, True), ("todo", kind, True), ("failed", kind, False)]
    else:
        expected = [("failed", kind, False)] * 3
    assert [verdict(page, attempts) for attempts in range(3)] == expected
    assert settle(page, attempts=0, hops=0, max_attempts=3).error == "2F173/1"
    page.code = None
    assert settle(page, attempts=0, hops=0, max_attempts=3).error == "why"


@pytest.mark.parametrize("kind", sorted(WALLS))
def test_walls(kind: str) -> None:
    expected = ("todo", kind, True) if kind in PASSING else ("failed", kind, False)
    assert verdict(wall(kind, ref(1))) == expected
    assert verdict(wall(kind, ref(1)), attempts=2) == ("failed", kind, False)


def test_redirects() -> None:
    same = ref(1, url=f"https://{SITE}/topic/1-new-slug/")
    assert verdict(redirect(ref(1), same)) == ("todo", "redirect", True)
    assert verdict(redirect(ref(1), same), hops=MAX_HOPS) == ("failed", "redirect_loop", False)
    assert verdict(redirect(ref(1), ref(2))) == ("done", "moved", False)
    assert verdict(redirect(ref(1, 3), ref(1, 2))) == ("done", "moved", False)
    assert verdict(redirect(ref(1), None)) == ("failed", "redirected_away", False)


def test_something_that_is_no_page() -> None:
    with pytest.raises(TypeError):
        settle(PageItem(url="x"), attempts=0, hops=0, max_attempts=3)


def test_every_outcome_has_its_reason() -> None:
    assert set(REASONS) >= KINDS | WALLS | BLOCKS


@pytest.mark.parametrize(
    ("attempts", "asked", "seconds"),
    [(0, None, 2), (1, None, 4), (0, 30.5, 30.5), (0, 0.5, 2), (0, -5.0, 2), (0, 1e9, 3600), (0, float("inf"), 3600)],
)
def test_when_a_page_is_tried_again(tmp_path: Path, attempts: int, asked: float | None, seconds: float) -> None:
    with opened(tmp_path, seeds=[ref(1)]) as store:
        store.db.execute("UPDATE frontier SET attempts = ?", (attempts,))
        lease(store)
        store.commit(error("server_error", ref(1), retry_after=asked))
        assert store.frontier.next_due(SITE) == micros(T0 + timedelta(seconds=seconds))
        assert lease(store, T0) is None
        assert lease(store, T0 + timedelta(seconds=seconds)) == ref(1, seed=True)
        assert micros(T0) + LONGEST_WAIT >= micros(T0 + timedelta(seconds=seconds))
