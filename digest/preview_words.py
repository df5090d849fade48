"""What the preview says: one line on the terminal for each build, and what browsers are told of problems."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from digest.preview_builds import Built
from digest.problems import Problem, errors
from digest.watching import Change

SHOWN = 500
"""Problems that a browser is told at most."""

REASONS = 3
"""Reasons that the terminal is told at most of one page."""


def told_problems(problems: Sequence[Problem], editor: str, site: PurePath) -> list[dict[str, object]]:
    """Problems as browsers are told them, errors first, each with the address that opens its place in an editor."""
    ordered = sorted(problems, key=lambda one: one.warning)
    return [
        {
            "path": one.path, "line": one.line, "column": one.column, "severity": one.severity, "code": one.code,
            "text": one.text, "hint": one.hint, "excerpt": one.excerpt, "caret": one.caret, "width": one.width,
            "editor": editor_url(editor, site, one),
        }
        for one in ordered[:SHOWN]
    ]  # fmt: skip


def editor_url(pattern: str, site: PurePath, one: Problem) -> str:
    """The address that opens a problem's place in an editor; empty without a pattern."""
    if not pattern:
        return ""
    path = quote(str(site / one.path), safe="/:")
    return (
        pattern.replace("{path}", path)
        .replace("{line}", str(max(1, one.line)))
        .replace("{column}", str(max(1, one.column)))
    )


def line(start: str, change: Change, built: Built, seconds: float) -> str:
    """One line for the terminal: what changed, what that meant and why, how long it took."""
    what = start or _what(change)
    took = f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
    if not built.done:
        count = len(errors(built.problems))
        return f"{what}: {count:,} error{'' if count == 1 else 's'}, the last good site stays up, {took}"
    if not built.written and not built.removed:
        return f"{what}: no page changed, {took}"
    counts = [f"{len(built.written):,} of {built.total:,} files written"] if built.written else []
    counts += [f"{len(built.removed):,} removed"] if built.removed else []
    return f"{what}: {', '.join(counts)}{_why(built)}, {took}"


def _why(built: Built) -> str:
    """The reasons for up to two pages, in brackets; a page of its own before lists and feeds."""
    told = {f"/{path.removesuffix('index.html')}": built.reasons.get(path, "") for path in built.written}
    if not any(told.values()) or len(told) == built.total:
        return ""
    first = sorted(told, key=lambda path: (not path.endswith("/"), -path.count("/"), path))[:2]
    words = [f"{path} {_first(told[path])}" for path in first if told[path]]
    return f" ({'; '.join(words)}{'; …' if len(told) > len(words) else ''})" if words else ""


def _first(reasons: str) -> str:
    """The first of a page's reasons: a new base path has a dozen."""
    parts = reasons.split(", ")
    return reasons if len(parts) <= REASONS else ", ".join([*parts[:REASONS], "…"])


def _what(change: Change) -> str:
    kinds = [("new", change.added), ("changed", change.changed), ("removed", change.removed)]
    if len(change.paths) == 1:
        return next(f"{change.paths[0]} {kind}" for kind, paths in kinds if paths)
    return ", ".join(f"{len(paths):,} files {kind}" for kind, paths in kinds if paths) or "again"


def together(changes: Sequence[Change]) -> Change:
    """Several changes as one. A file that came and went between two builds counts as changed."""
    last: dict[str, str] = {}
    for change in changes:
        for kind, paths in zip(("added", "changed", "removed"), change, strict=True):
            for path in paths:
                last[path] = "changed" if last.get(path, kind) != kind else kind
    return Change(
        *(tuple(sorted(path for path in last if last[path] == kind)) for kind in ("added", "changed", "removed"))
    )
