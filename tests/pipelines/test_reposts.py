"""Posts that say the same in several threads."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from crawler.items import Repost
from crawler.items.history import PostKey
from pipelines.normalise import normalise
from pipelines.reposts import SIMILAR, RepostIndex, Words, has_minhash

START = datetime(2024, 3, 1, tzinfo=UTC)
BASE = (
    "The port authority is preparing a toll on boats of less than twelve metres, two officials said on Tuesday, "
    "despite a public pledge by the mayor that nobody would pay for the new tide gates but the ships that need them."
)
OTHER = (
    "A pair of storks has ignored the nest that the town put up for them and has settled on the roof of the town hall, "
    "right above the office of the treasurer who had signed the order."
)

needs_minhash = pytest.mark.skipif(not has_minhash(), reason="the extra [reposts] is not installed")
Said = tuple[int, int, str]  # number, thread, words


def rows(posts: list[Said], *, near: bool | None = None) -> list[Repost]:
    texts = {str(number).encode(): text for number, _thread, text in posts}
    index = RepostIndex(texts.__getitem__, near=near)
    for number, thread, text in posts:
        key = PostKey("forum.example", "forums_Topic", number)
        at = START + timedelta(minutes=number)
        index.add(Words(key, thread, at, str(number).encode(), 0, len(text)), text)
    return index.rows()


def found(posts: list[Said], *, near: bool | None = None) -> list[tuple[int, str]]:
    return [(row.post_id, row.method) for row in rows(posts, near=near)]


def test_equal_posts_of_two_threads() -> None:
    posts = [(1, 10, BASE), (2, 11, BASE.upper().replace(" ", "  ")), (3, 12, OTHER)]
    for near in (False, has_minhash()):
        assert found(posts, near=near) == [(1, "exact"), (2, "exact")]
    one, two = rows(posts)
    assert (one.similarity, two.similarity, one.cluster_id) == (1.0, 1.0, two.cluster_id)
    assert 0 < one.cluster_id < 2**53


def test_what_is_said_twice_in_one_thread_is_no_repost() -> None:
    assert found([(1, 10, BASE), (2, 10, BASE)]) == []


def test_short_posts_are_left_out() -> None:
    assert found([(1, 10, "Thank you, that was helpful."), (2, 11, "Thank you, that was helpful.")]) == []


def test_only_a_part_may_be_compared() -> None:
    index = RepostIndex({b"1": BASE, b"2": f"Look: {BASE}"}.__getitem__)
    index.add(Words(PostKey("a", "b", 1), 10, None, b"1", 0, len(BASE)), BASE)
    index.add(Words(PostKey("a", "b", 2), 11, None, b"2", 6, 6 + len(BASE)), f"Look: {BASE}")
    assert [row.method for row in index.rows()] == ["exact", "exact"]


def test_without_the_extra_only_equal_posts_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.reposts.find_spec", lambda _name: None)
    assert not has_minhash()
    assert found([(1, 10, BASE), (2, 11, BASE), (3, 12, BASE.replace("Tuesday", "Wednesday"))]) == [
        (1, "exact"), (2, "exact")
    ]  # fmt: skip


@needs_minhash
def test_near_posts_and_the_oldest() -> None:
    changed = BASE.replace("Tuesday", "Wednesday")
    posts = [(1, 10, BASE), (2, 11, changed), (3, 12, OTHER), (4, 13, BASE)]
    assert found(posts) == [(1, "exact"), (2, "near"), (4, "exact")]
    assert found(posts, near=False) == [(1, "exact"), (4, "exact")]
    (near,) = (row for row in rows(posts) if row.method == "near")
    assert near.similarity == round(jaccard(BASE, changed), 4)


@needs_minhash
def test_all_near_pairs_of_many_are_found_and_no_other() -> None:
    rng = random.Random(7)
    words = sorted({*BASE.split(), *OTHER.split()})
    posts: list[Said] = []
    for thread in range(60):
        text = " ".join(rng.choice(words) for _ in range(60))
        for _copy in range(rng.randint(1, 3)):
            parts = text.split(" ")
            for _change in range(rng.choice((0, 1, 2, 6, 20))):
                parts[rng.randrange(len(parts))] = rng.choice(words)
            posts.append((len(posts) + 1, thread * 10 + len(posts), " ".join(parts)))
    clusters: dict[int, int] = {number: number for number, _thread, _text in posts}
    for (one, _, text), (other, _, again) in combinations(posts, 2):
        if jaccard(text, again) >= SIMILAR:
            old, new = clusters[other], clusters[one]
            clusters = {number: new if cluster == old else cluster for number, cluster in clusters.items()}
    sizes = list(clusters.values())
    assert {row.post_id for row in rows(posts)} == {n for n, cluster in clusters.items() if sizes.count(cluster) > 1}


@pytest.mark.parametrize("seed", range(5))
def test_the_order_makes_no_difference(seed: int) -> None:
    posts = [(n, n, BASE if n % 3 else OTHER) for n in range(1, 20)]
    posts += [(n, n, BASE.replace("toll", f"toll of {n}")) for n in range(20, 40)]
    mixed = random.Random(seed).sample(posts, len(posts))
    assert rows(mixed) == rows(posts)


def jaccard(one: str, other: str) -> float:
    """As the columns' description says."""
    ours, theirs = ({own[i : i + 6] for i in range(len(own) - 5)} for own in (normalise(one), normalise(other)))
    return len(ours & theirs) / len(ours | theirs)
