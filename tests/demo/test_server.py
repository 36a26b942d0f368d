import gzip
import threading
import time

import pytest
from demo_client import Client

from crawler.demo import DemoServer, Forum, build


def test_pages_are_served(server: DemoServer, client: Client, forum: Forum) -> None:
    for thread in forum.threads:
        assert client.get(thread.path).status == 200
    for board in forum.boards:
        assert client.get(board.path).status == 200
    assert client.get("/").status == 200
    assert server.violations == []


def test_robots(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"Disallow: /*?do=\n" in answer.body
    assert b"Disallow: /profile/\n" in answer.body


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("/topic/88-wrong/", "/topic/88-ferry-strike-called-off/"),
        ("/topic/88/", "/topic/88-ferry-strike-called-off/"),
        ("/topic/88-ferry-strike-called-off", "/topic/88-ferry-strike-called-off/"),
        ("/topic/88-ferry-strike-called-off/page/9/", "/topic/88-ferry-strike-called-off/"),
        ("/index.php?/topic/88-ferry-strike-called-off/", "/topic/88-ferry-strike-called-off/"),
        ("/forum/4-news/?page=2", "/forum/4-news/page/2/"),
        ("/forum/4-news/page/1/", "/forum/4-news/"),
        ("/forum/4-old-name/page/2/", "/forum/4-news/page/2/"),
        ("/index.php?/forum/4-news/&page=2", "/forum/4-news/page/2/"),
    ],
)
def test_redirects(server: DemoServer, client: Client, asked: str, right: str) -> None:
    answer = client.get(asked)
    assert (answer.status, answer.location) == (301, server.url + right)
    assert client.get(right).status == 200


@pytest.mark.parametrize("path", ["/topic/999-x/", "/forum/999-x/", "/nothing", "/topic/x/"])
def test_not_found(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 404
    assert b"Error code:" in answer.body


@pytest.mark.parametrize(
    "path",
    ["/topic/88-x/?do=findComment&comment=1", "/topic/88-x/?tab=comments", "/profile/3-newsdesk/", "/search/?q=x"],
)
def test_what_robots_may_not_ask_is_a_violation(server: DemoServer, client: Client, path: str) -> None:
    assert client.get(path).status == 403
    assert [entry.path for entry in server.violations] == [path]


def test_log(server: DemoServer, client: Client) -> None:
    client.get("/robots.txt")
    client.get("/topic/88-x/")
    first, second = server.log
    assert (first.path, first.status, first.user_agent, first.in_flight) == ("/robots.txt", 200, "tester/1", 1)
    assert (second.method, second.status) == ("GET", 301)
    assert first.ended is not None
    assert first.started <= first.ended <= second.started
    assert server.counts() == {"/robots.txt": 1, "/topic/88-x/": 1}
    server.clear_log()
    assert server.log == []


def test_log_counts_requests_in_flight(forum: Forum) -> None:
    with DemoServer(forum, delay=0.2) as server:
        threads = [threading.Thread(target=_ask, args=(server,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert max(entry.in_flight for entry in server.log) == 3


def _ask(server: DemoServer) -> None:
    client = Client(server)
    client.get("/")
    client.close()


def test_body_is_compressed_on_request(client: Client) -> None:
    plain = client.get("/forum/4-news/")
    packed = client.get("/forum/4-news/", **{"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_pages_change_with_the_model_after_refresh() -> None:
    with DemoServer(build()) as server:
        client, thread = Client(server), server.forum.thread(88)
        before = client.get(thread.path).body
        gone = thread.posts.pop()
        assert client.get(thread.path).body == before
        server.refresh()
        assert f"elComment_{gone.post_id}".encode() not in client.get(thread.path).body
        client.close()


def test_other_hosts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only"):
        DemoServer(build(), host="0.0.0.0")


def test_end_does_not_wait_for_open_connections(forum: Forum) -> None:
    with DemoServer(forum) as server:
        client = Client(server)
        client.get("/")
        began = time.monotonic()
    assert time.monotonic() - began < 60, "the client keeps its connection for ever"
    client.close()
