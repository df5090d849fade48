"""What a person sees: the bar on a terminal, colours, and where the time went."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import sites
from digest.terminal import Profile
from programs import digest, environment

FILES: dict[str, str | bytes | None] = {
    "content/articles/2025-05-11-vote.md": sites.article("Council votes"),
    "content/articles/2025-05-10-zebra.md": sites.article("A zebra", "2025-05-10"),
}
DEAD: dict[str, str | bytes | None] = {
    "content/articles/2025-05-11-vote.md": sites.article("Council votes", body="See [it](/zebra/).")
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder that holds a small site called ``site``."""
    sites.write(tmp_path / "site", FILES)
    return tmp_path


# --- Where the time went ----------------------------------------------------------------------------------

PROFILE = """
Phase          seconds      pieces
Starting          S.SS
Scanning          S.SS           2
Reading           S.SS           2
Recalling         S.SS           2
Assembling        S.SS           2
Relating          S.SS           2
Listing           S.SS           2
Planning          S.SS          16
Checking          S.SS          19
Comparing         S.SS          22
Rendering         S.SS          22
Publishing        S.SS          23
Remembering       S.SS          22
In all            S.SS
"""

PROFILE_OF_NOTHING = """
Phase          seconds      pieces
Starting          S.SS
Scanning          S.SS           2
Reading           S.SS
Comparing         S.SS          22
Remembering       S.SS
In all            S.SS
"""


def told(*words: str, cwd: Path) -> str:
    """What a build says after its report, with seconds written as S.SS."""
    found = digest("build", "site", "--profile", *words, cwd=cwd)
    return re.sub(r"[ \d]{4}\d\.\d\d\b", "    S.SS", found.err)


def test_a_profile_tells_each_phase_after_the_report(site: Path) -> None:
    assert told(cwd=site).partition("The site is in site/output\n")[2] == PROFILE
    assert told("--quiet", cwd=site) == PROFILE_OF_NOTHING


def test_a_profile_tells_how_far_a_build_came_that_found_errors(site: Path) -> None:
    sites.write(site / "site", DEAD)
    found = told(cwd=site)
    assert "1 error. Nothing was published.\n\nPhase " in found
    assert found.endswith("Checking          S.SS          19\nIn all            S.SS\n")


def test_a_profile_gives_each_phase_its_own_time_and_all_of_it_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([7.0, 10.0, 11.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    heard: list[tuple[str, int, int]] = []
    profile = Profile(lambda *tick: heard.append(tick), began=2.0)
    ticks = [("Reading", 0, 2), ("Reading", 2, 2), ("Planning", 0, 0), ("Planning", 30, 0)]
    for tick in ticks:
        profile(*tick)
    assert profile.rows() == [("Starting", 5.0, 0), ("Reading", 3.0, 2), ("Planning", 1.0, 30)]
    assert heard == ticks


# --- On a terminal -----------------------------------------------------------------------------------------

AT_ONCE = "from digest import cli, terminal\nterminal.Progress.PATIENCE = 0.0\ncli.main()\n"
"""The program, with a progress bar from the first instant, so that a small site shows it too."""


def on_a_terminal(*words: str, cwd: Path, env: Mapping[str, str]) -> str:
    """What a terminal receives of the program's standard error."""
    reading, writing = pty.openpty()
    command = [sys.executable, "-c", AT_ONCE, *words]
    program = subprocess.Popen(command, cwd=cwd, env=environment(env), stdout=subprocess.DEVNULL, stderr=writing)
    os.close(writing)
    received = b""
    while True:
        try:
            part = os.read(reading, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        received += part
    os.close(reading)
    program.wait()
    return received.decode()


COLOUR = {"NO_COLOR": "", "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}


def test_a_terminal_sees_progress_and_a_pipe_does_not(site: Path) -> None:
    seen = on_a_terminal("build", "site", cwd=site, env=COLOUR)
    assert "Reading" in seen
    assert "Rendering" in seen
    plain = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", seen)
    assert re.search(r"Rendering .* 22/22 .*[1-9][\d,]*/s", plain)
    assert "Relating" in seen
    assert "Planning" in seen
    assert "The site is in site/output" in seen
    (site / "site/.digest/cache.sqlite").unlink()
    command = [sys.executable, "-c", AT_ONCE, "build", "site"]
    piped = subprocess.run(command, cwd=site, env=environment(COLOUR), capture_output=True, text=True, check=True)
    assert "Reading" not in piped.stderr
    assert "\x1b" not in piped.stderr


def test_quiet_shows_no_progress_on_a_terminal_either(site: Path) -> None:
    assert on_a_terminal("build", "site", "--quiet", cwd=site, env=COLOUR) == ""


def test_a_terminal_sees_colours_unless_they_are_not_wanted(site: Path) -> None:
    sites.write(site / "site", {**DEAD, "content/articles/map.png": b"png"})
    seen = on_a_terminal("build", "site", "--quiet", cwd=site, env=COLOUR)
    assert "\x1b[31m\x1b[1m: error: \x1b[0m" in seen
    assert "\x1b[33m\x1b[1m: warning: \x1b[0m" in seen
    assert "\x1b[2m    7 | See [it](/zebra/).\x1b[0m" in seen
    plain = on_a_terminal("build", "site", "--quiet", cwd=site, env={**COLOUR, "NO_COLOR": "1"})
    assert "\x1b" not in plain
    assert re.sub("\x1b\\[[0-9;]*m", "", seen) == plain
