"""The worked example of a new theme: looked at, mended, looked at again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from crawl_help import Tool

from docs.examples import ROOT, blocks

PAGE = ROOT / "docs" / "examples" / "new-theme" / "page.html"
PATCH = PAGE.with_name("layout.patch")


def explained(home: Path) -> list[str]:
    """What `threadset explain` says with the code in a folder; white space made plain."""
    done = subprocess.run(
        [sys.executable, "-c", f"from crawler.commands import main; main(['explain', {str(PAGE)!r}])"],
        cwd=home,
        env=os.environ | {"PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def shown() -> list[list[str]]:
    """The sessions that the page shows, without the command."""
    found = []
    for block in blocks("docs/new-layout.md", ""):
        command, *lines = block.splitlines()
        assert command == f"$ threadset explain {PAGE.relative_to(ROOT)}"
        found.append([" ".join(line.split()) for line in lines])
    return found


@pytest.mark.skipif(shutil.which("git") is None, reason="git, which applies the patch, is not installed")
def test_before_and_after(tool: Tool, tmp_path: Path) -> None:
    before, after = shown()
    said = tool("explain", PAGE)
    assert set(before) <= {" ".join(line.split()) for line in said.out.splitlines()}
    home = tmp_path / "code"
    for package in ("crawler", "pipelines", "output"):
        shutil.copytree(ROOT / package, home / package, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "apply", str(PATCH)], cwd=home, check=True)
    assert set(after) <= set(explained(home))


def test_the_page_shows_the_patch() -> None:
    (block,) = blocks("docs/new-layout.md", "diff")

    def changes(text: str) -> list[str]:
        return [line for line in text.splitlines() if re.match(r"[+-](?![+-])|[+-]$", line)]

    assert changes(block) == changes(PATCH.read_text("utf-8"))
    assert len(changes(block)) == 11
