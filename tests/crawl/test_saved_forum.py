"""A real forum, from saved pages; skipped where they are not there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl_help import Tool, manifest, rows

SERVE = Path(__file__).parents[3] / "shared" / "forums" / "serve.py"
pytestmark = pytest.mark.skipif(not SERVE.is_file(), reason=f"the saved forum is not there: {SERVE}")


@pytest.fixture
def base() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(SERVE), "gopiratia", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[1]
        server.terminate()


def test_a_thread(tool: Tool, base: str, data: Path) -> None:
    result = tool.grab(f"{base}/topic/9-x/")
    assert (result.code, result.err) == (0, "")
    posts, quotes = rows(data, "posts"), rows(data, "quotes")
    assert len(posts) == 4
    assert len(quotes) == 2
    assert all(quote["target_state"] == "seen" and quote["target_post_id"] for quote in quotes)
    assert sum(post["edited_at"] is not None for post in posts) == 1
    assert tool("verify", data).code == 0


def test_a_forum(tool: Tool, base: str, data: Path) -> None:
    """The saved listing page names 25 threads, of which 24 are saved; so is none of its second page."""
    result = tool.grab(f"{base}/forum/27-lua/")
    assert result.code == 3
    assert result.err == ""
    missing = {
        (problem["what"], problem["id"], problem["page"]) for problem in manifest(data)["completeness"]["problems"]
    }
    assert missing == {("listing_page", 27, 2), ("thread", 150, 1)}
    assert len({row["thread_id"] for row in rows(data, "posts")}) == 24
    assert tool("verify", data).code == 0
    before = tool.canonical()
    assert tool.grab(f"{base}/forum/27-lua/").code == 3
    assert tool.canonical() == before
