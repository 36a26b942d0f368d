"""What a command and all processes that come of it take: seconds on the clock, processor time, memory together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.05
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LOOK = 1.0  # seconds after which shared memory is divided up again: that takes the kernel some milliseconds


@dataclass(slots=True)
class Cost:
    """``wall`` and ``cpu`` in seconds; ``memory`` of all processes at its peak, what they share counted once, and the
    ``largest`` that one of them ever had, both in MB (10^6 bytes)."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    largest: float = 0.0
    output: str = ""
    _spent: dict[int, float] = field(default_factory=dict)
    _resident: float = 0.0
    _looked: float = 0.0

    def look(self, leader: int) -> None:
        """Look at the process and its descendants as they are now. Linux only: elsewhere nothing is seen."""
        there = _family(leader)
        for pid, (spent, _) in there.items():
            self._spent[pid] = spent
        resident = sum(size for _, size in there.values())
        now = time.monotonic()
        if resident > 1.01 * self._resident or now > self._looked + _LOOK:
            self._resident, self._looked = max(resident, self._resident), now
            self.memory = max(self.memory, sum(_share(pid) for pid in there))
            self.largest = max([self.largest, *(_peak(pid) for pid in there)])

    def end(self, leader: int, spent: float, largest: float) -> None:
        """The system says what the first process took, and those that it waited for."""
        self.cpu = spent + sum(cpu for pid, cpu in self._spent.items() if pid != leader)
        self.largest = max(self.largest, largest)
        self.memory = max(self.memory, self.largest)


def measured(command: Sequence[str]) -> Cost:
    """Run it. Raises ``CalledProcessError`` where it fails."""
    cost, start = Cost(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(cost, process.pid, ended))
    watch.start()
    assert process.stdout is not None
    cost.output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    cost.wall = time.perf_counter() - start
    ended.set()
    watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    cost.end(process.pid, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)
    return cost


def _watch(cost: Cost, leader: int, ended: threading.Event) -> None:
    while not ended.wait(_EVERY):
        cost.look(leader)


def _family(leader: int) -> dict[int, tuple[float, float]]:
    """Seconds of processor time and bytes in memory of a process and its descendants, by number."""
    parents, found = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        parents[pid] = int(values[1])
        found[pid] = ((int(values[11]) + int(values[12])) / _TICK, float(int(values[21]) * _PAGE))
    family = {leader}
    for _ in range(4):  # the one that begins processes is between us and them
        family |= {pid for pid, parent in parents.items() if parent in family}
    return {pid: found[pid] for pid in family if pid in found}


def _share(pid: int) -> float:
    """MB of a process, of what it shares its part."""
    return _told(pid, "smaps_rollup", "Pss:")


def _peak(pid: int) -> float:
    return _told(pid, "status", "VmHWM:")


def _told(pid: int, name: str, label: str) -> float:
    try:
        lines = (Path("/proc") / str(pid) / name).read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(label)) * 1024 / 1e6
