import http.client
import json
import re
from collections.abc import Iterator

import pytest
from demo_client import Client
from lxml import html
from mock_forum import DEPTH, FAULTS, HUGE, Answer, MockForum, fail_then_ok, rate_limit

from crawler.demo import Forum

STATUS = {
    "not_found": 404,
    "gone": 410,
    "hidden": 404,
    "forbidden": 403,
    "login_wall": 200,
    "login_wall_403": 403,
    "age_gate": 200,
    "offline": 503,
    "offline_200": 200,
    "ban": 403,
    "challenge": 403,
    "challenge_503": 503,
    "rate_limit": 429,
    "busy": 503,
    "server_error": 500,
    "empty_thread": 200,
    "not_ips": 200,
    "moved": 301,
    "redirect_loop": 301,
    "offsite_redirect": 301,
    "robots_500": 500,
    "robots_deny": 200,
}


@pytest.fixture
def mock(forum: Forum) -> Iterator[MockForum]:
    with MockForum(forum) as running:
        yield running


@pytest.fixture
def ask(mock: MockForum) -> Iterator[Client]:
    client = Client(mock)
    yield client
    client.close()


def _ids(body: bytes) -> list[str]:
    tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    return tree.xpath("//article[starts-with(@id, 'elComment_')]/@id")


@pytest.mark.parametrize("name", STATUS)
def test_status(mock: MockForum, ask: Client, name: str) -> None:
    path = mock.path(88)
    mock.override(path, name)
    answer = ask.get(path)
    assert answer.status == STATUS[name]
    assert b"elComment_" not in answer.body
    assert mock.count(path) == 1


@pytest.mark.parametrize("name", ["truncated", "reset"])
def test_broken_connections_are_noticed(mock: MockForum, ask: Client, name: str) -> None:
    mock.override(mock.path(88), name)
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        ask.get(mock.path(88))


def test_early_close_is_not_noticed(mock: MockForum, ask: Client) -> None:
    whole = ask.get(mock.path(88)).body
    mock.override(mock.path(88), "closed_early")
    assert ask.get(mock.path(88)).body == whole[: len(whole) // 2]


def test_headers(mock: MockForum, ask: Client) -> None:
    mock.override(mock.path(88), "challenge")
    mock.override(mock.path(90), rate_limit("120"))
    assert ask.get(mock.path(88)).headers["cf-mitigated"] == "challenge"
    assert ask.get(mock.path(90)).headers["retry-after"] == "120"


def test_fail_then_ok(mock: MockForum, ask: Client) -> None:
    mock.override(mock.path(88), fail_then_ok(2, "rate_limit"))
    assert [ask.get(mock.path(88)).status for _ in range(4)] == [429, 429, 200, 200]


def test_depth_bomb(mock: MockForum, ask: Client) -> None:
    honest = ask.get(mock.path(88)).body
    mock.override(mock.path(88), "depth_bomb")
    body = ask.get(mock.path(88)).body
    assert body.count(b"<blockquote>") == DEPTH
    assert body.count(b'id="elComment_') == honest.count(b'id="elComment_')
    assert len(_ids(body)) < len(_ids(honest))  # the parser loses posts without a word


def test_forged_post(mock: MockForum, ask: Client) -> None:
    honest = _ids(ask.get(mock.path(88)).body)
    mock.override(mock.path(88), "forged_post")
    body = ask.get(mock.path(88)).body
    assert sorted(set(_ids(body)) - set(honest)) == ["elComment_999"]
    tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    (forged,) = tree.xpath("//article[@id='elComment_999']")
    assert forged.xpath("ancestor::*[@data-role='commentContent']")
    assert json.loads(forged.xpath(".//@data-quotedata")[0])["contentcommentid"] == 999


def test_duplicate_post(mock: MockForum, ask: Client) -> None:
    honest = _ids(ask.get(mock.path(88)).body)
    mock.override(mock.path(88), "duplicate_post")
    assert _ids(ask.get(mock.path(88)).body) == [honest[0], *honest]


@pytest.mark.parametrize(("thread_id", "page"), [(88, 1), (101, 2), (101, 3)])
def test_self_next(mock: MockForum, ask: Client, thread_id: int, page: int) -> None:
    path = mock.path(thread_id, page)
    mock.override(path, "self_next")
    assert _next(ask.get(path).body) == mock.url + path


def test_endless_next(mock: MockForum, ask: Client) -> None:
    mock.override(mock.path(101) + "*", "endless_next")
    posts = _ids(ask.get(mock.path(101)).body)
    for page in (1, 2, 77):
        path = mock.path(101) if page == 1 else f"{mock.path(101)}page/{page}/"
        body = ask.get(path).body
        assert _next(body) == f"{mock.url}{mock.path(101)}page/{page + 1}/"
        assert _ids(body) == posts
        assert set(re.findall(rb' data-pages="(\d+)"', body)) == {str(page + 1).encode()}


def test_huge_pages(mock: MockForum, ask: Client) -> None:
    for thread_id in (88, 101):
        mock.override(mock.path(thread_id), "huge_pages")
        body = ask.get(mock.path(thread_id)).body
        assert set(re.findall(rb' data-pages="(\d+)"', body)) == {str(HUGE).encode()}
        assert len(_ids(body)) == len(mock.forum.page_posts(mock.forum.thread(thread_id), 1))


def test_overrides_come_and_go(mock: MockForum, ask: Client) -> None:
    mock.override("/robots.txt", Answer(404))
    assert ask.get("/robots.txt").status == 404
    mock.restore("/robots.txt")
    assert ask.get("/robots.txt").status == 200
    thai = mock.path(95)
    mock.override(thai, "gone")
    assert ask.get(thai).status == 410
    mock.restore()
    assert ask.get(thai).status == 200


def test_every_fault_answers(mock: MockForum) -> None:
    for fault in FAULTS.values():
        assert fault(mock, mock.path(101)).status


def _next(body: bytes) -> str:
    tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    (link,) = tree.xpath("//link[@rel='next']/@href")
    return str(link)
