"""The short threads around the main one."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from crawler.demo.model.blocks import Paragraph
from crawler.demo.model.boards import Boards
from crawler.demo.model.chatter import START, Talk, quote
from crawler.demo.model.forum import Thread
from crawler.demo.model.parts import Edit, Moderation
from crawler.demo.model.people import Cast

_NEWS = (
    (88, "Ferry strike called off"),
    (90, "Lighthouse to be lit again after 40 years"),
    (95, "ท่าเรือเก่าจะเปิดอีกครั้ง"),
    (103, 'Council: "no comment" <again>'),
    (109, "Storm warning for the weekend"),
)


def side_threads(rng: Random, cast: Cast, boards: Boards) -> list[Thread]:
    """Ten threads; all begin before the main one."""
    made: list[Thread] = []
    when = START - timedelta(days=90)
    for number, title in _NEWS:
        made.append(_thread(rng, cast, Thread(number, title, boards.news), when, rng.randint(2, 6)))
        when += timedelta(days=rng.randint(3, 9), hours=rng.randint(1, 20))
    others = [
        Thread(112, "Floods up the coast", boards.regional, tags=["floods"]),
        Thread(61, "How do I splice a wet rope?", boards.workshop, solved=True),
        Thread(64, "Клей для деревянной лодки", boards.workshop),
        Thread(21, "Rules of the table", boards.table, pinned=True, locked=True, locked_badge=True),
        Thread(33, "Count to a hundred", boards.table, locked=True),
    ]
    made += [
        _thread(rng, cast, thread, when - timedelta(days=rng.randint(10, 200)), rng.randint(3, 7)) for thread in others
    ]
    _solve(made[6])
    for thread in made[8:]:
        _lock(thread, cast)
    return made


def _thread(rng: Random, cast: Cast, thread: Thread, start: datetime, n_replies: int) -> Thread:
    talk = Talk(rng, thread, cast, start)
    talk.say(author=cast.desk if thread.board.name == "News" else None)
    talk.say(author=cast.signed)
    talk.say(quote(thread.posts[1], last=1), Paragraph.of("Well said."))
    talk.chat(n_replies - 2)
    thread.n_views = rng.randint(90, 2400)
    return thread


def _solve(thread: Thread) -> None:
    answer = thread.posts[2]
    answer.is_solution = True
    answer.reactions = {"Thanks": 2, "Like": 1}
    answer.edit = Edit(answer.created_at + timedelta(days=1), answer.author.name, "typo")


def _lock(thread: Thread, cast: Cast) -> None:
    action = "locked and pinned this topic" if thread.pinned else "locked this topic"
    thread.log.append(Moderation(thread.posts[-1].created_at + timedelta(hours=2), cast.moderator, action))
