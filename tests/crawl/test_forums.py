"""Forums: every listing page and every thread, and nothing of another forum."""

from __future__ import annotations

from pathlib import Path

from crawl_help import Tool, by_id, facts, manifest, polite, rows, truth
from mock_forum import MockForum

from crawler.demo.model import Board


def _threads_of(mock: MockForum, *boards: Board) -> set[int]:
    return {thread.thread_id for board in boards for thread in mock.forum.listed(board)}


def test_all_listing_pages_and_threads(tool: Tool, mock: MockForum, data: Path) -> None:
    board = max(mock.forum.boards, key=lambda board: len(mock.forum.listed(board)))
    assert mock.forum.n_listing_pages(board) > 1
    assert tool.grab(mock.url + board.path).code == 0
    paths = polite(mock)
    assert len(paths) == len(set(paths))
    wanted = [post for thread in mock.forum.listed(board) for post in thread.posts]
    got = by_id(rows(data, "posts"))
    assert {number: facts(row) for number, row in got.items()} == {post.post_id: truth(post) for post in wanted}
    assert all(row["complete"] for row in rows(data, "threads") if row["first_seen_at"])
    [forum] = [row for row in rows(data, "forums") if row["forum_id"] == board.forum_id]
    assert forum["complete"]
    assert forum["n_threads_seen"] == len(mock.forum.listed(board))


def test_another_page_of_the_listing_means_the_whole(tool: Tool, mock: MockForum, data: Path) -> None:
    assert tool.grab(mock.url + mock.forum_path(4, 2)).code == 0
    assert {row["thread_id"] for row in rows(data, "posts")} == _threads_of(mock, mock.forum.board(4))


def test_subforums_only_on_request(tool: Tool, mock: MockForum, data: Path) -> None:
    above = next(
        b for b in mock.forum.boards if mock.forum.children(b) and mock.forum.listed(mock.forum.children(b)[0])
    )
    below = mock.forum.children(above)
    assert tool.grab(mock.url + above.path).code == 0
    assert all(mock.count(board.path) == 0 for board in below)
    assert tool.grab(mock.url + above.path, "--subforums").code == 0
    assert all(mock.count(board.path) == 1 for board in below)
    assert {row["thread_id"] for row in rows(data, "posts")} >= _threads_of(mock, above, *below)


def test_a_second_grab_changes_no_fact(tool: Tool, mock: MockForum, data: Path) -> None:
    url = mock.url + mock.forum_path(4)
    tool.grab(url)
    before = tool.canonical()
    assert tool.grab(url).code == 0
    assert tool.canonical() == before
    by_id(rows(data, "posts"))


def test_forum_and_threads_together_do_not_ask_twice(tool: Tool, mock: MockForum, data: Path) -> None:
    assert tool.grab(mock.url + mock.forum_path(4), mock.url + mock.path(101), mock.url + mock.path(88)).code == 0
    assert set(mock.counts().values()) == {1}


def test_runs_that_end_early_come_to_the_same(tool: Tool, mock: MockForum, data: Path) -> None:
    url = mock.url + mock.forum_path(4)
    assert Tool(data.with_name("whole"), tool._capsys).grab(url).code == 0
    whole = Tool(data.with_name("whole"), tool._capsys).canonical()
    mock.clear_log()
    first = tool.grab(url, "--max-pages", 3)
    assert first.code == 0
    assert "not fetched yet" in first.out
    backlog = manifest(data)["completeness"]
    assert backlog["complete"] is False
    assert {problem["kind"] for problem in backlog["problems"]} == {"waiting"}
    for _ in range(10):
        if manifest(data)["completeness"]["complete"]:
            break
        assert tool.grab(url, "--max-pages", 3).code == 0
    assert set(mock.counts().values()) - {mock.count("/robots.txt")} == {1}, "no page is read twice"
    assert tool.canonical() == whole


def test_one_thread_for_members_only(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "forbidden")
    first = tool.grab(mock.url + mock.forum_path(4))
    assert first.code == 3
    assert "thread 88: the forum does not show it to guests (2F173/H)" in first.out
    assert {row["thread_id"]: row["status"] for row in rows(data, "threads")}[88] == "forbidden"
    second = tool.grab(mock.url + mock.forum_path(4))
    assert second.code == 0, "it is known now"
    assert "nothing but 1 thread known to be gone: the forum does not show it to guests (1)" in second.out


def test_one_thread_behind_a_sign_in_page(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "login_wall")
    assert tool.grab(mock.url + mock.forum_path(4)).code == 3
    assert tool.grab(mock.url + mock.forum_path(4)).code == 3, "nobody knows whether it stays so"


def test_a_listing_page_that_fails(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.forum_path(4, 2), "server_error")
    result = tool.grab(mock.url + mock.forum_path(4))
    assert result.code == 3
    assert "forum 4 page 2" in result.out
    mock.restore()
    assert tool.grab(mock.url + mock.forum_path(4)).code == 0
    assert {row["thread_id"] for row in rows(data, "posts")} == _threads_of(mock, mock.forum.board(4))


def test_a_count_that_does_not_add_up_is_not_hidden_by_a_forum_of_the_same_number(
    tool: Tool, mock: MockForum, data: Path
) -> None:
    """Threads and forums are numbered apart."""
    from mock_forum import edited

    mock.override(mock.forum_path(4, 2), "server_error")
    mock.override("/topic/4-x/", edited(lambda *_: mock.honest(mock.path(88)).body.replace(b"/topic/88-", b"/topic/4-")
                                        .replace(b'userInteractionCount": 3', b'userInteractionCount": 7')
                                        .replace(b'userInteractionCount":3', b'userInteractionCount":7')))  # fmt: skip
    tool.grab(mock.url + mock.forum_path(4), mock.url + "/topic/4-x/")
    kinds = {(problem["what"], problem["id"]) for problem in manifest(data)["completeness"]["problems"]}
    assert ("listing_page", 4) in kinds
