"""Shell: which folders must never be an output folder (law 3), asked before anything is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from digest.manifest import MANIFEST
from digest.problems import Place, Problem, problem


def refusal(output: Path, site: Path | None, *, preview: bool = False, parts: Sequence[Path] = ()) -> Problem | None:
    """Why ``output`` must not be written to (law 3), checked before any write. A ``preview`` may lie in .digest/.

    ``parts`` are folders that are read, and so must not be written to either.
    """
    try:
        told = _danger(_real(output), _real(site) if site else None, preview=preview)
        one = next((one for one in parts if _holds(_real(one), _real(output)) or _holds(_real(output), _real(one))), "")
        told = told or (f"it is, holds or lies in {one}, which is read" if one else "")
    except (OSError, ValueError) as error:  # a ValueError tells of a NUL character
        told = f"it can't be reached ({getattr(error, 'strerror', error)})"
    if not told:
        return None
    return problem(
        Place(str(output)), "bad-output", f"this can't be the output folder: {told}", "name another: --output DIR"
    )


def _danger(output: Path, site: Path | None, *, preview: bool) -> str:
    """What makes ``output`` a dangerous place, in words. Both paths are real ones: no links, no dots."""
    own = [_real(site / name) for name in ("content", "templates", ".digest")] if site else []
    if site and preview and output.parent == own[-1] == site / ".digest":
        own.pop()
    told = ""
    if output == Path(output.anchor):
        told = "it is the root of the file system"
    elif (home := _home()) and _holds(output, home):
        told = "it is a home folder, or holds one"
    elif site and _holds(output, site):
        told = "it is the site's own folder, or holds it"
    elif any(_holds(one, output) or _holds(output, one) for one in own):
        told = "it holds or lies in content/, templates/ or .digest/"
    elif ".git" in output.parts:
        told = "it lies in .git, where Git keeps its own files"
    elif (output / "content" / "site.yaml").exists():
        told = "it is a site of its own (it holds content/site.yaml)"
    elif (output / ".git").exists() and not (output / MANIFEST).is_file() and (output / "content").is_dir():
        told = "it is a project of its own (it holds .git and content/)"
    elif os.path.lexists(output) and not output.is_dir():
        told = "it is not a folder"
    return told


def _real(path: Path) -> Path:
    """``path`` without links and dots; unlike ``Path.resolve`` it bears links that lead in a ring."""
    return Path(os.path.realpath(path))


def _home() -> Path | None:
    """The user's home folder, where the system can name one (in a container it may not)."""
    try:
        return _real(Path.home())
    except RuntimeError:
        return None


def _holds(outer: Path, inner: Path) -> bool:
    """Whether ``inner`` is ``outer`` or lies in it, also where one folder has two names (another case, a mount)."""
    if inner.is_relative_to(outer):
        return True
    return outer.exists() and any(one.exists() and one.samefile(outer) for one in (inner, *inner.parents))
