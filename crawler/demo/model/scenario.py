"""The demo forum itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from crawler.demo.model.article import HEADLINE, article
from crawler.demo.model.boards import boards
from crawler.demo.model.chatter import START, Talk
from crawler.demo.model.forum import Board, Forum, Thread
from crawler.demo.model.parts import Moderation, Poll, Site
from crawler.demo.model.people import Cast, cast
from crawler.demo.model.showcase import showcase
from crawler.demo.model.threads import side_threads


def build(seed: int = 1, *, threads_per_page: int = 25) -> Forum:
    """The demo forum: a news thread of three pages with everything a thread can hold, and ten short threads."""
    rng = Random(seed)  # noqa: S311 - made-up talk, no secret
    people, places = cast(), boards()
    sides = side_threads(rng, people, places)
    main = _main_thread(rng, people, places.news)
    talk = Talk(rng, main, people, START)
    opening = talk.say(*article(), author=people.desk)
    opening.reactions = {"Like": 12, "Sad": 3}
    fill_gap = showcase(talk, elsewhere=sides[0].posts[1])
    main.recommended = [main.posts[1]]
    forum = Forum(
        Site("Port Aster Forums", "Talk about the town, the river and the sea."),
        places.all,
        people.members,
        [main, *sides],
        threads_per_page=threads_per_page,
    )
    forum.number_posts(4001, _steps(rng))
    fill_gap(_unused_number(forum, main))
    return forum


def _main_thread(rng: Random, people: Cast, board: Board) -> Thread:
    thread = Thread(101, HEADLINE, board, tags=["tide gates", "tolls", "ท่าเรือ"], pinned=True)
    thread.n_views = rng.randint(8000, 9900)
    thread.poll = Poll(
        "Should small boats pay?",
        [
            ("Would you pay two crowns a passage?", [("Yes", 14), ("No", 31), ("Only in winter", 9)]),
            ("Who ought to pay for the gates?", [("The ships", 40), ("Everybody <equally>", 12), ("Nobody", 2)]),
        ],
    )
    thread.log = [Moderation(START + timedelta(minutes=1), people.moderator, "pinned this topic")]
    return thread


def _steps(rng: Random) -> Iterator[int]:
    """Gaps in the numbering: of posts in places that guests cannot see."""
    while True:
        yield rng.choice((1, 1, 1, 2, 3, 5))


def _unused_number(forum: Forum, thread: Thread) -> int:
    """A number that no post bears, between the second and the last post of the thread."""
    used = {post.post_id for post in forum.posts}
    low, high = thread.posts[1].post_id, thread.posts[-1].post_id
    return next(number for number in range(low, high) if number not in used)
