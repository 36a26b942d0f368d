"""Pages of the demo forum: pure functions from the model to bytes, in three layouts and four languages."""

from __future__ import annotations

from crawler.demo.model import Board, Forum, Thread
from crawler.demo.render.skin import Layout, Skin
from crawler.demo.render.strangers import challenge, not_ips
from crawler.demo.render.v40 import Skin40
from crawler.demo.render.v47 import Skin47
from crawler.demo.render.v50 import Skin50
from crawler.demo.render.words import WORDS, Lang

__all__ = [
    "LANGS",
    "LAYOUTS",
    "MESSAGES",
    "Lang",
    "Layout",
    "Skin",
    "age_gate",
    "ban",
    "challenge",
    "empty_thread",
    "error_page",
    "forum_page",
    "group_name",
    "index_page",
    "login_wall",
    "not_ips",
    "offline",
    "password_wall",
    "skin",
    "topic_page",
]

_SKINS: dict[Layout, type[Skin]] = {"4.0": Skin40, "4.7": Skin47, "5.0": Skin50}
LAYOUTS: tuple[Layout, ...] = tuple(_SKINS)
LANGS: tuple[Lang, ...] = tuple(WORDS)

MESSAGES = {
    "2F173/1": "We could not locate the item you are trying to view.",
    "2F173/O": "Sorry, we could not find that!",
    "2F173/H": "Sorry, you do not have permission for that!",
    "2S136/C": "The page you requested does not exist",
}
"""What the forum says for its own error codes."""


def skin(forum: Forum, base: str, layout: Layout = "4.7", lang: Lang = "en") -> Skin:
    """What makes the pages of a forum; links point below ``base``, which has no slash at its end."""
    return _SKINS[layout](forum, base, WORDS[lang])


def topic_page(
    forum: Forum, thread: Thread, page: int, base: str, *, layout: Layout = "4.7", lang: Lang = "en"
) -> bytes:
    """The page of a thread of that number, from 1."""
    return skin(forum, base, layout, lang).topic_page(thread, page)


def forum_page(forum: Forum, board: Board, page: int, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """The listing page of a board of that number, from 1."""
    return skin(forum, base, layout, lang).forum_page(board, page)


def index_page(forum: Forum, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """The front page: the categories with their boards."""
    return skin(forum, base, layout, lang).index_page()


def error_page(forum: Forum, base: str, code: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """The forum's error page; the code is part of the text, and the body names the controller that was asked."""
    made = skin(forum, base, layout, lang)
    words = made.words.say(MESSAGES.get(code, "Something went wrong. Please try again."))
    return made.plain_page(words, made.notices.error(words, code))


def login_wall(forum: Forum, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """The sign-in form in the place of the content."""
    made = skin(forum, base, layout, lang)
    return made.plain_page(made.words.say("Sign In"), made.notices.login(), "login")


def age_gate(forum: Forum, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """Unconfirmed markup: the question for the reader's age; the cookie `ips4_hasAcceptedAge` keeps the answer."""
    made = skin(forum, base, layout, lang)
    return made.plain_page(made.words.say("Age confirmation"), made.notices.age_gate())


def password_wall(forum: Forum, board: Board, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """Unconfirmed markup: the question for the password of a board, in the place of its listing."""
    made = skin(forum, base, layout, lang)
    return made.plain_page(board.name, made.notices.password(board), "forums")


def offline(forum: Forum, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """Unconfirmed markup: the board is closed for work; a page of its own, without header."""
    return skin(forum, base, layout, lang).notices.offline()


def ban(forum: Forum, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """The forum refuses this reader for good; unconfirmed: that the page bears no error code."""
    made = skin(forum, base, layout, lang)
    return made.plain_page(made.words.say("Banned"), made.notices.ban())


def empty_thread(forum: Forum, thread: Thread, base: str, *, layout: Layout = "4.7", lang: Lang = "en") -> bytes:
    """A page with everything that a thread's page has, except posts."""
    return skin(forum, base, layout, lang).topic_page(thread, 1, ())


def group_name(group: str, lang: Lang) -> str:
    """A member group as pages in a language show it."""
    return WORDS[lang].group(group)
