import pytest

from crawler.demo import build, render
from crawler.items import ErrorPage, Redirect, Wall
from crawler.pages import parse
from crawler.welcome import LOGIN_LATER, PATIENCE, Welcome

FORUM = build()
URL = "https://forum.example"


def wall(kind: str, status: int = 403, retry_after: float | None = None) -> Wall:
    return Wall(url=URL, kind=kind, status=status, retry_after=retry_after)


def read():
    page = parse(render.topic_page(FORUM, FORUM.threads[0], 1, URL), URL + FORUM.threads[0].path)
    assert page.__class__.__name__ == "TopicPage"
    return page


@pytest.mark.parametrize(
    ("kind", "why"), [("challenge", "blocked"), ("ban", "blocked"), ("login", "login"), ("offline", "offline")]
)
def test_some_in_a_row(kind: str, why: str) -> None:
    welcome = Welcome()
    said = [welcome.see(wall(kind)) for _ in range(PATIENCE[why])]
    assert said == [None] * (PATIENCE[why] - 1) + [why]


def test_no_answer_at_all() -> None:
    welcome = Welcome()
    said = [welcome.see(ErrorPage(url=URL, kind="unreachable")) for _ in range(10)]
    assert said == [None] * 9 + ["unreachable"]


def test_a_page_that_is_read_begins_anew() -> None:
    welcome = Welcome()
    for _ in range(5):
        assert welcome.see(wall("challenge")) is None
        assert welcome.see(wall("challenge")) is None
        assert welcome.see(read()) is None


def test_threads_for_members_are_usual_where_others_can_be_read() -> None:
    welcome = Welcome()
    welcome.see(read())
    said = [welcome.see(wall("login")) for _ in range(LOGIN_LATER)]
    assert said == [None] * (LOGIN_LATER - 1) + ["login"]


def test_a_listing_that_is_open_does_not_make_its_threads_open() -> None:
    welcome = Welcome()
    listing = parse(render.forum_page(FORUM, FORUM.boards[0], 1, URL), URL + FORUM.boards[0].path)
    said = []
    for _ in range(3):
        assert welcome.see(listing) is None
        said.append(welcome.see(wall("login")))
    assert said == [None, None, "login"]


def test_what_says_nothing_either_way() -> None:
    welcome = Welcome()
    other = [
        Redirect(url=URL, status=301, target=URL),
        ErrorPage(url=URL, kind="not_found", status=404),
        wall("robots", 0),
        wall("age_gate"),
    ]
    for _ in range(2):
        assert welcome.see(wall("ban")) is None
        assert all(welcome.see(page) is None for page in other)
    assert welcome.see(wall("ban")) == "blocked"


def test_a_busy_site_rests_longer_each_time() -> None:
    welcome = Welcome()
    assert [welcome.rest(wall("rate_limit", 429), 2.0) for _ in range(3)] == [2.0, 4.0, 8.0]
    assert welcome.rest(wall("rate_limit", 429, retry_after=60.0), 2.0) == 60.0
    welcome.see(read())
    assert welcome.rest(wall("offline", 503), 2.0) == 2.0
    assert welcome.rest(wall("login", 403), 2.0) == 0.0
    assert welcome.rest(read(), 2.0) == 0.0
