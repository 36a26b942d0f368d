"""Runs the terminal sessions that the documentation shows, and puts in what they print: `make docs`.

A session is a code block below the line ``<!-- as it runs -->``. Its lines that begin with ``$`` are run in a new
folder, the made-up forum answering at the address of ``threadset demo --serve``; what they print takes the place of the
lines below.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from crawler.demo import DemoServer

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted(Path(__file__).parent.glob("*.md")))
SHOWN = "http://127.0.0.1:8470"  # where `threadset demo --serve` serves

_KEY = re.compile(r"(?<=under the key )[0-9a-f]{16}")
_A_KEY = "3b4514f659c56ce4"  # keys are made at random: this was one

_SESSION = re.compile(r"(<!-- as it runs -->\n+```\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)


def has_sessions(page: Path) -> bool:
    """Whether a page shows any."""
    return _SESSION.search(page.read_text("utf-8")) is not None


def in_a_process(words: list[str], folder: Path) -> str:
    """What the program prints in a folder, errors below the rest."""
    program = Path(sys.executable).with_name("threadset")
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout + done.stderr


def as_it_runs(page: Path, run_in: Callable[[list[str], Path], str] = in_a_process) -> str:
    """The page, with what its sessions print now, each command run by ``run_in``."""
    with tempfile.TemporaryDirectory() as folder, DemoServer() as forum:

        def run(found: re.Match[str]) -> str:
            commands = [line for line in found[2].splitlines() if line.startswith("$ ")]
            return found[1] + "".join(f"{line}\n{said(line[2:])}" for line in commands) + found[3]

        def said(line: str) -> str:
            words = shlex.split(line.replace(SHOWN, forum.url), comments=True)
            if words[0] != "threadset":
                raise ValueError(f"only threadset is run, not {line}")
            return _KEY.sub(_A_KEY, run_in(words[1:], Path(folder)).replace(forum.url, SHOWN))

        return _SESSION.sub(run, page.read_text("utf-8"))


if __name__ == "__main__":
    for path in PAGES:
        if has_sessions(path):
            path.write_text(as_it_runs(path), "utf-8")
