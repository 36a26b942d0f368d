"""The example of a spider of one's own, run as its page says."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

from crawl_help import Tool, polite
from mock_forum import MockForum

from docs.examples import ROOT, blocks

EXAMPLE = ROOT / "docs" / "examples" / "busy_threads.py"


def test_busy_threads(tool: Tool, mock: MockForum, data: Path) -> None:
    listed = mock.forum.listed(mock.forum.board(4))
    busy = {thread.thread_id for thread in listed if thread.n_posts - 1 >= 4}
    assert 0 < len(busy) < len(listed)
    posts = data.parent / "posts.jsonl"
    args = ["-m", "scrapy", "runspider", str(EXAMPLE), "-a", f"url={mock.url}{mock.forum_path(4)}", "-a", "least=4"]
    args += ["-s", f"STATE_DIR={data}", "-s", "DOWNLOAD_DELAY=0", "-s", "LOG_LEVEL=WARNING", "-O", str(posts)]
    done = subprocess.run(
        [sys.executable, *args],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    polite(mock)
    rows = [json.loads(line) for line in posts.read_text("utf-8").splitlines()]
    assert {row["thread_id"] for row in rows} == busy
    assert tool("export", data, "--json").json["threads_read"] == len(busy)


def test_the_page_shows_the_example() -> None:
    def code(text: str) -> str:
        """Without docstrings and types."""
        tree = ast.parse(text)
        (spider,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
        for node in ast.walk(spider):
            if isinstance(node, ast.FunctionDef):
                node.returns = None
                for arg in (*node.args.args, *filter(None, [node.args.kwarg])):
                    arg.annotation = None
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                del node.body[0]
        return ast.unparse(spider)

    (block,) = blocks("docs/spiders.md")
    assert code(block) == code(EXAMPLE.read_text("utf-8"))
