"""The demo, and what the README shows of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import types
from pathlib import Path
from urllib.request import urlopen

import pytest
from crawl_help import Tool

import crawler.commands
from crawler.commands import demo as demo_module  # noqa: F401  the command takes the module's name
from crawler.commands import main

ROOT = Path(__file__).parents[2]


def shown() -> str:
    """The block of the README that shows what `make demo` prints."""
    found = re.search(r"```\n\$ threadset demo\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.reports
def test_readme_shows_the_real_output(tool: Tool, data: Path) -> None:
    result = tool("demo")
    assert result.code == 0
    assert result.out == shown()


def test_a_second_demo_changes_no_fact(tool: Tool, data: Path) -> None:
    assert tool("demo", "--out", data).code == 0
    assert tool("export", data, "--canonical", "-q").code == 0
    before = {path.name: path.read_bytes() for path in (data / "canonical/jsonl").iterdir()}
    assert tool("demo", "--out", data).code == 0
    assert tool("export", data, "--canonical", "-q").code == 0
    after = {path.name: path.read_bytes() for path in (data / "canonical/jsonl").iterdir()}
    port = re.compile(rb"127\.0\.0\.1:\d+")  # another demo may hold the usual port
    assert {n: port.sub(b"", b) for n, b in after.items()} == {n: port.sub(b"", b) for n, b in before.items()}


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_it_can_be_left_running(tmp_path: Path) -> None:
    # what a shell runs in the background is deaf to SIGINT, and so is what that starts
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heard}; from crawler.commands import main; main(['demo', '--serve'])"
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    with running:
        assert running.stdout is not None
        home = running.stdout.readline().split(": ")[0]
        forum = running.stdout.readline().split()[0]
        assert forum.startswith(home)
        with urlopen(forum, timeout=10) as answer:
            assert b"<html" in answer.read()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
    assert list(tmp_path.iterdir()) == []


def test_packages_of_others_are_not_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = types.ModuleType("output")
    stranger.__file__ = "/somewhere/else/output/__init__.py"
    monkeypatch.setattr(crawler.commands, "output", stranger)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "output" in said
    assert "environment of its own" in said
