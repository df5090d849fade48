"""What one run of a program costs: wall time, processor time and memory, with all processes that it waited for."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from peers import environment

# A process starts with the peak of the one that starts it, so that this benchmark's own memory would be the least that
# could be measured.  A small one stands between them: about 10 MB.
_LAUNCHER = """
import json, os, sys, time
began = time.perf_counter()
process = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(process, 0)
wall = time.perf_counter() - began
told = [os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]
open(sys.argv[1], "w").write(json.dumps(told))
"""


class Cost(NamedTuple):
    """Seconds and megabytes of one run.

    ``cpu`` is user and system time of the program and of every process that it (or one of these) waited for.
    ``memory`` is the peak of the largest of these processes, not their sum: processes that were forked share pages,
    so that a sum would count these twice.
    """

    wall: float
    cpu: float
    memory: float


class FailedError(Exception):
    """A program ended with an exit code other than 0; the text is the end of what it said."""


def spend(words: Sequence[str], folder: Path) -> Cost:
    """Run a program to its end; writes of earlier runs are brought to disk first, so as not to be paid for here."""
    os.sync()
    with tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile("r", encoding="utf-8") as told:
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, told.name, *words]
        # The environment is the program's: the launcher, isolated, doesn't heed it.
        subprocess.run(
            launcher,
            cwd=folder,
            env=environment(list(words)),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=True,
        )
        code, wall, cpu, memory = json.load(told)
        if code:
            said.seek(0)
            raise FailedError(said.read()[-2000:].decode(errors="replace").strip() or f"exit code {code}")
    return Cost(wall, cpu, memory)


def typical(costs: Sequence[Cost]) -> Cost:
    """The median of the times, and the most memory."""
    return Cost(
        statistics.median(one.wall for one in costs),
        statistics.median(one.cpu for one in costs),
        max(one.memory for one in costs),
    )


def machine() -> str:
    """Processor, cores, memory, system and how busy it is: without these, seconds mean nothing."""
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = os.uname()
    return (
        f"{names[0] if names else system.machine}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
        f"{system.sysname} {system.release}; load average at the start {os.getloadavg()[0]:.1f}"
    )
