"""Shell: a commit of the output folder as it is written down: done step by step, undone, or finished after a kill.

What stood in the place of a new file is kept in the staging folder until the commit counts, which it does once its
journal has another name. Until then the same few lines undo it, in the build that failed or in the next one.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from digest.manifest import MANIFEST, STAGING, may_be_ours, parents
from digest.ticks import Tick, told

JOURNAL, DONE = "journal", "done"


class Step(NamedTuple):
    """One change: the file staged as ``name`` comes to ``path``; without a name, what stands at ``path`` goes.

    ``stood`` says whether something stands at ``path`` before.
    """

    path: str
    name: str
    stood: bool


class Journal(NamedTuple):
    """A commit as written down: its steps in order, and the folders that it has to make, outer ones first."""

    steps: list[Step]
    folders: list[str]


def apply(folder: Path, journal: Journal, tick: Tick) -> None:
    """Do every step, and keep what stood in its place in the staging folder."""
    there: set[str] = set()
    for number, step in enumerate(told(journal.steps, tick, "Publishing", len(journal.steps))):
        if step.stood:
            _keep(folder / step.path, folder / STAGING / f"old-{number}", stays=bool(step.name))
        else:
            _make_folders(folder, step.path, there)
        if step.name:
            os.replace(f"{folder}/{STAGING}/{step.name}", f"{folder}/{step.path}")


def _make_folders(folder: Path, path: str, there: set[str]) -> None:
    """Make the folders above ``path`` but those that are ``there``, which grows."""
    for name in parents(path):
        if name in there:
            continue
        try:
            os.mkdir(f"{folder}/{name}")
        except FileExistsError:
            if not (folder / name).is_dir():
                raise
        there.add(name)


def _keep(target: Path, kept: Path, *, stays: bool) -> None:
    """Keep ``target`` as ``kept``. A file that ``stays`` does so until the new one is renamed over it."""
    if not stays or is_folder(target):
        target.rename(kept)
        return
    try:
        os.link(target, kept, follow_symlinks=False)
    except OSError:  # not all file systems know hard links; a copy must be whole before it has the name
        part = kept.with_suffix(".part")
        shutil.copy2(target, part, follow_symlinks=False)
        part.rename(kept)


def undo(folder: Path, journal: Journal) -> None:
    """Put everything back as it was, however far the commit came. May be repeated, also after half of it."""
    staging = folder / STAGING
    for step in journal.steps:
        if not step.stood and os.path.lexists(folder / step.path) and not (staging / step.name).exists():
            (folder / step.path).rename(staging / step.name)
    for name in reversed(journal.folders):
        with suppress(OSError):
            (folder / name).rmdir()
    for number, step in reversed(list(enumerate(journal.steps))):
        kept, target = staging / f"old-{number}", folder / step.path
        if is_folder(kept) and os.path.lexists(target):
            target.unlink()
        if os.path.lexists(kept):
            target.parent.mkdir(parents=True, exist_ok=True)
            kept.replace(target)
    (staging / JOURNAL).unlink(missing_ok=True)


def prune(folder: Path, journal: Journal) -> None:
    """Remove the folders that a commit left empty. May be repeated, also after half of it."""
    for step in journal.steps:
        for above in () if step.name else parents(step.path)[::-1]:
            try:
                (folder / above).rmdir()
            except FileNotFoundError:  # gone before the build was killed
                continue
            except OSError:  # the first that isn't empty
                break


def is_folder(file: Path) -> bool:
    """Whether this is a folder, and not just a link to one."""
    return file.is_dir() and not file.is_symlink()


def is_unfinished(folder: Path) -> bool:
    """Whether a build of ``folder`` was killed in the middle of its commit, and waits to be healed."""
    return (folder / STAGING / JOURNAL).exists()


def heal(folder: Path) -> None:
    """Undo the commit of a build that was killed, or finish one that counted already; drop what was staged."""
    staging = folder / STAGING
    if staging.is_symlink() or staging.is_file():
        staging.unlink()
    if journal := _read_journal(staging / JOURNAL):
        undo(folder, journal)
    elif done := _read_journal(staging / DONE):
        prune(folder, done)
    if staging.exists():
        shutil.rmtree(staging)


def _read_journal(file: Path) -> Journal | None:
    """The journal in ``file``; nothing where there is none, or one that no build can have written."""
    try:
        steps, folders = json.loads(file.read_text(encoding="utf-8"))
        journal = Journal([Step(*one) for one in steps], folders)
        paths = [*folders, *(step.path for step in journal.steps if step.path != MANIFEST)]
        names = [step.name for step in journal.steps]
    except (FileNotFoundError, ValueError, TypeError, RecursionError):
        return None
    whole = all(isinstance(one, str) for one in (*paths, *names)) and not any("/" in name for name in names)
    return journal if whole and all(map(may_be_ours, paths)) else None
