"""A pack of a real forum, from saved pages; skipped where they are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawl_help import Tool, rows

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
    assert tool("pack", data, "--to", to, "--license", "CC-BY-4.0", "--format", "jsonl,convokit").code == 0
    assert tool("verify", to).code == 0
    names = {name for row in rows(data, "authors") for name in row["known_names"] if len(name) >= 4}
    assert names
    for path in to.rglob("*.*"):
        text = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text()
        assert not {name for name in names if name in text}, path.name
        assert "/profile/" not in text
