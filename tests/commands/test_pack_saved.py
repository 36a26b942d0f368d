"""A pack of a real forum, from saved pages; skipped where they are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from crawl_help import Tool, rows
from pack_bytes import known_names, pages, spellings

SERVE = Path(__file__).parents[3] / "shared" / "forums" / "serve.py"
pytestmark = pytest.mark.skipif(not SERVE.is_file(), reason=f"the saved forum is not there: {SERVE}")


def test_no_name_of_the_forum_is_in_it(tool: Tool, data: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(SERVE), "gopiratia", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        base = server.stdout.readline().split()[1]
        assert tool.grab(f"{base}/topic/9-x/").code == 0
        server.terminate()
    to = tmp_path / "pack"
    formats = "parquet,jsonl,csv,convokit"
    assert tool("pack", data, "--to", to, "--license", "CC-BY-4.0", "--format", formats).code == 0
    assert tool("verify", to).code == 0
    names = known_names(data)
    assert names
    urls = {row["url"] for table in ("posts", "threads", "forums") for row in rows(data, table) if row["url"]}
    for page, content in pages(to).items():
        assert not {way for name in names for way in spellings(name) if way in content}, page
        assert not {url for url in urls if url in content}, page
        assert "/profile/" not in content
