"""The command line as a program, started by a test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """What a program said and how it ended; seconds are written as S."""

    code: int
    out: str
    err: str


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a test, at a fixed moment; the package is found wherever the program is started."""
    root = str(Path(__file__).parents[1])
    return {**os.environ, "SOURCE_DATE_EPOCH": "1749513600", "PYTHONPATH": root, **more}


def digest(*words: str, cwd: Path, env: Mapping[str, str] = {}) -> Run:
    command = [sys.executable, "-m", "digest", *words]
    done = subprocess.run(command, cwd=cwd, env=environment(env), capture_output=True, text=True, check=False)
    return Run(done.returncode, done.stdout, re.sub(r"\d+\.\d s\b", "S s", done.stderr))
