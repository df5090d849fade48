"""What a person sees of a build on the terminal: progress, problems, the report, where the time went.

All of it goes to stderr, but for the forms of problems that are meant for machines.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.ticks import Tick, untold

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from digest.problems import Problem
    from digest.publish import Published

_REDRAWN = 0.1
"""Seconds between two drawings of the bar."""


class Progress:
    """A bar on a terminal for work that takes longer than a second; nothing in a pipe. It is a ``Tick``.

    It shows one phase at a time: how much of it is done, how much of it is done in a second, and what time is left.
    """

    PATIENCE = 1.0
    """Seconds before the bar appears."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._began = self._last = self._entered = time.monotonic()
        self._phase = ""
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Tick:
        return self if self._shown else untold  # which nobody need call

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` pieces of ``phase`` are done (a ``total`` of 0 isn't known beforehand)."""
        now = time.monotonic()
        is_new = phase != self._phase
        if is_new:
            self._phase, self._entered = phase, now
        if now - self._began >= self.PATIENCE and (is_new or done == total or now - self._last >= _REDRAWN):
            self._last = now
            self._draw(done, total, now - self._entered)

    def _draw(self, done: int, total: int, seconds: float) -> None:
        if self._bar is None:
            self._bar = _new_bar()
        if self._task is None or self._bar.tasks[0].description != self._phase:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(self._phase, total=total or None, rate="")
        rate = f"{done / seconds:,.0f}/s" if done and seconds else ""
        self._bar.update(self._task, completed=done, total=total or None, rate=rate)
        self._bar.refresh()


def _new_bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:<14}"), BarColumn(20), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    bar = Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.start()
    return bar


class Profile:
    """A ``Tick`` that notes when each phase begins and how many pieces it has, and hands everything on to ``tick``.

    ``began`` is when the first phase did, by ``time.perf_counter``.
    """

    def __init__(self, tick: Tick, began: float) -> None:
        self._tick = tick
        self._entered = began
        self._phase = "Starting"
        self._seconds: dict[str, float] = {}
        self._pieces: dict[str, int] = {}

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` pieces of ``phase`` are done."""
        if phase != self._phase:
            self._enter(phase)
        self._pieces[phase] = max(done, total)
        self._tick(phase, done, total)

    def _enter(self, phase: str) -> None:
        now = time.perf_counter()
        self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._entered
        self._phase, self._entered = phase, now

    def rows(self) -> list[tuple[str, float, int]]:
        """Each phase until now, in order: its name, its seconds, its pieces."""
        self._enter(self._phase)
        return [(phase, seconds, self._pieces.get(phase, 0)) for phase, seconds in self._seconds.items()]


def print_profile(rows: Sequence[tuple[str, float, int]]) -> None:
    """Where the time went: a line for each phase, and one for all. Nothing where nothing was noted."""
    if not rows:
        return
    click.echo(f"\n{'Phase':<12}   seconds      pieces", err=True)
    for phase, seconds, pieces in rows:
        click.echo(f"{phase:<12}  {seconds:8.2f}  {f'{pieces:,}' if pieces else '':>10}".rstrip(), err=True)
    click.echo(f"{'In all':<12}  {sum(seconds for _, seconds, _ in rows):8.2f}", err=True)


def print_problems(problems: Sequence[Problem], form: str, *, publishing: bool = True) -> None:
    """All problems: text to stderr, the forms for machines to stdout. ``publishing`` says what the command is for."""
    from digest import problems as forms

    if form == "json":
        click.echo(forms.as_json(problems), nl=False)
    elif form == "github":
        click.echo(forms.as_github(problems), nl=False)
    elif problems:
        click.echo(_coloured(forms.as_text(problems)), nl=False, err=True)
    errors = len(forms.errors(problems))
    warnings = len(problems) - errors
    counts = [_count(errors, "error"), _count(warnings, "warning")]
    told = ", ".join(one for one in counts if one)
    if told:
        click.echo(f"{told}. Nothing was published." if errors and publishing else f"{told}.", err=True)


def _coloured(words: str) -> str:
    """Severities and carets in colour on a terminal; click takes colours out of a pipe, and NO_COLOR is heeded."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return words
    lines = []
    for line in words.split("\n"):
        line = line.replace(": error: ", click.style(": error: ", fg="red", bold=True), 1)
        line = line.replace(": warning: ", click.style(": warning: ", fg="yellow", bold=True), 1)
        lines.append(click.style(line, dim=True) if line.startswith("    ") and "|" in line[:12] else line)
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    plural = f"{what}es" if what.endswith("x") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}" if number else ""


_KINDS = ("article", "edition", "topic", "tag", "source", "archive", "index", "page", "redirect", "feed", "sitemap")


def print_report(published: Published, output: Path, seconds: float, what: str = "The site") -> None:
    """What was published, in three lines; ``what`` says what is in the output folder now."""
    for path, why in sorted(published.reasons.items()):
        click.echo(f"rendered  {path}: {why}", err=True)
    for path in published.removed if published.reasons or len(published.removed) <= 5 else ():
        click.echo(f"removed   {path}", err=True)
    if published.foreign:
        shown = ", ".join(published.foreign[:5]) + (", …" if len(published.foreign) > 5 else "")
        files = _count(len(published.foreign), "file")
        click.echo(f"{files} in {output} not published by digest, left alone: {shown}", err=True)
    if published.kinds:
        click.echo(_kinds(published.kinds), err=True)
    sums = f"{len(published.written):,} written, {published.unchanged:,} unchanged, {len(published.removed):,} removed"
    click.echo(f"{sums}, in {seconds:.1f} s. {what} is in {output}", err=True)


def _kinds(kinds: Mapping[str, int]) -> str:
    """The planned pages by kind: "18 articles, 5 editions, …"."""
    words = {"file": "static file"} | {kind: f"{kind} page" for kind in ("archive", "topic", "tag", "source")}
    return ", ".join(_count(kinds[kind], words.get(kind, kind)) for kind in (*_KINDS, "file") if kinds.get(kind))
