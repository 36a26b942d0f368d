"""How right the links are where the truth is known: the same figures as in docs/linking.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import linked
from crawler.demo import build, build_whole, render

QUOTES = Path(__file__).parents[3] / "shared" / "quotes"
needs_quotes = pytest.mark.skipif(not QUOTES.is_dir(), reason=f"the collected quotes are not there: {QUOTES}")


@needs_quotes
def test_quotes_whose_posts_their_forum_recorded() -> None:
    score = linked.gold(QUOTES / "gold_dev")
    assert score.asked > 1000
    assert score.precision >= 0.995
    assert score.recall >= 0.985
    for method in score.right:
        n_links = score.right[method] + score.wrong[method]
        assert score.claimed[method] / n_links == pytest.approx(score.right[method] / n_links, abs=0.01)


@needs_quotes
def test_false_links_where_the_quoted_posts_are_gone() -> None:
    score = linked.gold(QUOTES / "gold_dev", "posts_gone")
    assert score.asked > 100
    assert score.linked / score.asked <= 0.008


@needs_quotes
def test_real_quotes_with_their_numbers_hidden() -> None:
    score = linked.real(QUOTES / "real_posts.jsonl")
    assert (score.asked, score.wrong.total()) == (73, 0)
    assert score.right.total() >= 71


@pytest.mark.parametrize("layout", render.LAYOUTS)
def test_the_demo_forum_without_numbers(layout: str) -> None:
    score = linked.demo(build(), layout)
    assert score.lost == 0
    assert score.findable.asked > 40
    assert (score.findable.precision, score.findable.recall) == (1.0, 1.0)
    assert score.others.wrong.total() == 0


def test_what_only_quotes_know_was_once_said() -> None:
    score = linked.evidence(build_whole(1))
    assert (score.true, score.false) == (5, 0)


def test_a_whole_forum_without_numbers() -> None:
    score = linked.demo(build_whole(threads=30))
    assert score.lost == 0
    assert score.findable.asked > 150
    assert score.findable.precision >= 0.995
    assert score.findable.recall >= 0.985
