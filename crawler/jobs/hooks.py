"""Commands that a job runs at its end: never through a shell, and with nothing in their arguments but the job's own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_STDERR = 2


@dataclass(frozen=True, slots=True)
class HookResult:
    """What became of a command. ``problem`` is null when it ended with 0."""

    command: str
    exit_code: int | None
    problem: str | None


def run_hook(command: Sequence[str], facts: Mapping[str, str], *, folder: Path, timeout: float) -> HookResult:
    """Run a command in a folder, with ``facts`` in its environment, for ``timeout`` seconds at the most.

    What it prints goes to standard error. Then it is killed with all that it has started.
    """
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(  # noqa: S603  the user's own command, word by word
            list(command),
            cwd=folder,
            env=os.environ | dict(facts),
            stdin=subprocess.DEVNULL,
            stdout=_STDERR,
            stderr=_STDERR,
            start_new_session=True,
        )
    except OSError as error:
        return HookResult(name, None, f"it cannot be run ({error.strerror})")
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        _kill(process)
        return HookResult(name, None, f"it was not done after {timeout:g} s and was killed")
    if code < 0:
        return HookResult(name, code, f"signal {-code} ended it")
    return HookResult(name, code, f"it ended with exit code {code}" if code else None)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
