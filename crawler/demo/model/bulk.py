"""A plain forum of any size, for runs that need many requests."""

from __future__ import annotations

from datetime import timedelta
from itertools import repeat
from random import Random

from crawler.demo.model.chatter import START, Talk
from crawler.demo.model.forum import Board, Forum, Thread
from crawler.demo.model.parts import Site
from crawler.demo.model.people import cast


def build_many(
    n_threads: int, posts_per_thread: int, *, seed: int = 1, posts_per_page: int = 25, threads_per_page: int = 25
) -> Forum:
    """One board with that many threads of that many posts each, made-up talk and quotes only."""
    rng = Random(seed)  # noqa: S311 - made-up talk, no secret
    people, board = cast(), Board(2, "Everything", "One board for all.")
    threads: list[Thread] = []
    for number in range(1, n_threads + 1):
        thread = Thread(number, f"Topic number {number}", board, n_views=number)
        Talk(rng, thread, people, START + timedelta(hours=number)).chat(posts_per_thread)
        threads.append(thread)
    site = Site("Port Aster Forums", "Talk about the town, the river and the sea.")
    forum = Forum(site, [board], people.members, threads, posts_per_page, threads_per_page)
    forum.number_posts(1, repeat(1))
    return forum
