"""Pages of absurd size: read within bounds of memory and time, or told as an error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mock_forum import MockForum

from crawler.settings import DOWNLOAD_MAXSIZE

ROOT = Path(__file__).parents[2]
OTHER = 88


def grown(data: Path, page: Path, expect: int | None) -> int:
    """Reads a saved page in a process of its own; the most memory that it took, in megabytes."""
    script = (
        "import resource, sys, time\nfrom crawler.pages import parse\nbody = open(sys.argv[1], 'rb').read()\n"
        "page = parse(body, 'http://forum.example/topic/1-x/', status=200, headers={})\n"
        "print(len(getattr(page, 'posts', ())), int(time.process_time()))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(page)], cwd=data.parent, env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    posts, seconds, megabytes = map(int, done.stdout.split())
    assert posts == expect or (expect is None and posts in {0, 200_000}), "all or told as an error"
    assert seconds < 200, "CPU seconds"
    return megabytes


@pytest.mark.parametrize("what", ["posts", "attribute", "quotes"])
def test_pages_of_absurd_size(mock: MockForum, data: Path, what: str) -> None:
    """As large as the limit of a page lets them be, or larger: all posts are read, within bounds."""
    body = mock.honest(mock.path(OTHER)).body.replace(mock.url.encode(), b"http://forum.example")
    n_posts = mock.forum.thread(OTHER).n_posts
    place = body.index(b"<p>")
    page = data.parent / "page.html"
    if what == "attribute":
        page.write_bytes(body[:place] + b'<p title="' + b"x" * 10_000_000 + b'">' + body[place + 3 :])
    elif what == "quotes":
        page.write_bytes(body[:place] + b"<blockquote class=ipsQuote>q</blockquote>" * 1_000_000 + body[place:])
    else:
        found = re.search(rb'<a id="comment-(\d+)"></a>\n<article .*?</article>\n', body, re.DOTALL)
        assert found
        article, n_more = found[0], DOWNLOAD_MAXSIZE // len(found[0])
        more = b"".join(article.replace(found[1], str(10**6 + n).encode()) for n in range(n_more))
        page.write_bytes(body[: found.end()] + more + body[found.end() :])
        n_posts += n_more
    assert grown(data, page, n_posts) < 3_000


@pytest.mark.slow
def test_two_hundred_thousand_containers(mock: MockForum, data: Path) -> None:
    """As many as fit into a page, with nothing that a post has but its number."""
    body = mock.honest(mock.path(OTHER)).body.replace(mock.url.encode(), b"http://forum.example")
    posts = list(re.finditer(rb'<a id="comment-(\d+)"></a>\n<article .*?</article>\n', body, re.DOTALL))
    start, end = posts[0].start(), posts[-1].end()
    form = b"<article id='elComment_%d' class='cPost ipsBox'><div data-role='commentContent'><p>x</p></div></article>"
    page = data.parent / "page.html"
    page.write_bytes(body[:start] + b"".join(form % n for n in range(1, 200_001)) + body[end:])
    assert page.stat().st_size < DOWNLOAD_MAXSIZE
    assert grown(data, page, None) < 3_000
