"""Commands at the end of a run."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from crawler.jobs.hooks import HookResult, run_hook

WRITE = "import os, sys, pathlib; pathlib.Path('said').write_text(repr((sys.argv[1:], os.environ['THREADSET_EXIT'])))"


def test_arguments_are_not_words_of_a_shell(tmp_path: Path) -> None:
    odd = ["$(touch owned)", "; touch owned", "`touch owned`", "*", "a b"]
    result = run_hook([sys.executable, "-c", WRITE, *odd], {"THREADSET_EXIT": "5"}, folder=tmp_path, timeout=30)
    assert (result.exit_code, result.problem) == (0, None)
    assert (tmp_path / "said").read_text() == repr((odd, "5"))
    assert not (tmp_path / "owned").exists()


def test_what_fails_is_told(tmp_path: Path) -> None:
    assert run_hook([sys.executable, "-c", "raise SystemExit(7)"], {}, folder=tmp_path, timeout=30).problem == (
        "it ended with exit code 7"
    )
    missing = run_hook(["no-such-program", "secret"], {}, folder=tmp_path, timeout=30)
    assert missing == HookResult("no-such-program", None, "it cannot be run (No such file or directory)")
    killed = run_hook([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], {}, folder=tmp_path, timeout=30)
    assert killed.problem == "signal 9 ended it"


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_what_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    child = "import time, pathlib; time.sleep(1.5); pathlib.Path('late').touch()"
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    result = run_hook([sys.executable, "-c", parent], {}, folder=tmp_path, timeout=0.5)
    assert "killed" in str(result.problem)
    time.sleep(1.6)
    assert not (tmp_path / "late").exists()
