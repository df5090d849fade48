"""Shell: the parts of a site put together to the whole, as one build would have published it.

Nothing of the parts is believed without a look: that they are all there and of one build, that none claims what is
another's, that their files are those that were built. Then the folder is changed as a build changes it: all or nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from digest.build import Report, busy_problem, disk_problem
from digest.journal import is_unfinished
from digest.manifest import MANIFEST, Record
from digest.output import Output, locked, opened
from digest.parts import Part, mark_of
from digest.problems import Place, Problem, problem
from digest.publish import Published, foreign_problem
from digest.refusal import refusal
from digest.ticks import Tick, untold

_BUILD_IT = "build it with: digest build --shard I/N --output DIR"
_NO_MANIFEST = f"this is no part of a site: it has no {MANIFEST}"
_WHOLE = "this is a whole site, or several parts copied into one folder"
_KILLED = "the build of this part was killed"
_AGAIN = "build this part again, into a folder of its own"
_SAME = "build all parts from the same content and settings, with the same options (--as-of too), by the same digest"


class _Given(NamedTuple):
    """A part as it was found, and what it says of itself."""

    files: Output
    record: Record

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.files.folder


def merge(folders: Sequence[Path], output: Path, tick: Tick = untold, *, durable: bool = False) -> Report:
    """Make ``output`` the site of which ``folders`` are the parts, or change nothing and say why."""
    refused = refusal(output, _site_around(output), parts=folders)
    if refused:
        return Report((refused,))
    try:
        with ExitStack() as held:
            for one in folders:
                held.enter_context(locked(one, fcntl.LOCK_SH))
            given, problems = _read(folders)
            problems = problems or _mismatches(given) or _missing(given)
            return Report(tuple(problems)) if problems else _merged(given, output, tick, durable=durable)
    except BlockingIOError:
        return Report((busy_problem(output),))
    except OSError as error:
        return Report((disk_problem(output, error),))


def _site_around(output: Path) -> Path | None:
    """The site in whose folder ``output`` lies, if any: its content, templates and cache are to be kept."""
    real = Path(os.path.realpath(output))
    return next((one for one in real.parents if (one / "content" / "site.yaml").exists()), None)


def _fault(folder: Path, told: str, hint: str) -> Problem:
    return problem(Place(str(folder)), "bad-part", told, hint)


def _read(folders: Sequence[Path]) -> tuple[list[_Given], list[Problem]]:
    """The parts as they were named, and the problems of those that can't be used by themselves."""
    given, problems = [], []
    for folder in folders:
        files = Output(folder)
        if not (folder / MANIFEST).is_file():
            problems.append(_fault(folder, _NO_MANIFEST, f"{_BUILD_IT}; copy its hidden files too"))
        elif is_unfinished(folder):
            problems.append(_fault(folder, _KILLED, _AGAIN))
        elif files.record is None:
            problems.append(_fault(folder, _WHOLE, _BUILD_IT))
        else:
            given.append(_Given(files, files.record))
            problems += _strange(given[-1])
    return given, problems


def _strange(one: _Given) -> list[Problem]:
    """The problem of a part that claims a path of another. Every path is one part's own, so no two claim the same."""
    part = Part(one.record.part, one.record.of)
    path = min((path for path in one.files.manifest if not part.holds(path)), default="")
    return [_fault(one.folder, f"this is {part}, and {path} is of another part", _AGAIN)] if path else []


def _mismatches(given: Sequence[_Given]) -> list[Problem]:
    """What keeps the parts from being those of one build: each is held against the first."""
    first, problems = given[0], []
    seen: dict[int, _Given] = {}
    for one in given:
        twin = seen.setdefault(one.record.part, one)
        if one.record.of != first.record.of:
            told = f"this is {one.record}, but {first.folder} is {first.record}"
            problems.append(_fault(one.folder, told, "build all parts with the same N in --shard I/N"))
        elif one.record.build != first.record.build:
            problems.append(_fault(one.folder, f"this part and {first.folder} are of different builds", _SAME))
        elif twin is not one:
            told = f"this is {one.record}, and so is {twin.folder}"
            problems.append(_fault(one.folder, told, "name each part once"))
    return problems


def _missing(given: Sequence[_Given]) -> list[Problem]:
    """The problem that some parts were not named."""
    own = given[0].record
    missing = sorted(set(range(1, own.of + 1)) - {one.record.part for one in given})
    if not missing:
        return []
    numbers = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")
    are = f"part {numbers} is" if len(missing) == 1 else f"parts {numbers} are"
    told = f"this is {own}, and {are} missing"
    return [_fault(given[0].folder, told, "name the folders of all parts")]


def _merged(given: Sequence[_Given], output: Path, tick: Tick, *, durable: bool) -> Report:
    """Stage what differs from what stands in ``output``, and commit it."""
    paths = frozenset[str]().union(*(one.files.manifest for one in given))
    with opened(output) as folder:
        foreign = () if folder.manifest else tuple(folder.foreign(paths))
        staged, problems = _stage(given, folder, len(paths), tick)
        tick("Publishing", 0, len(staged))
        problems += [foreign_problem(output, path) for path in folder.in_the_way(staged)]
        if problems:
            return Report(tuple(problems))
        removed = folder.commit(staged, paths, durable=durable, tick=tick)
    return Report((), Published({}, tuple(sorted(staged)), len(paths) - len(staged), tuple(removed), foreign))


def _stage(given: Sequence[_Given], output: Output, total: int, tick: Tick) -> tuple[dict[str, str], list[Problem]]:
    """Stage the files whose bytes are new, and hold all of them against what was built."""
    staged: dict[str, str] = {}
    problems: list[Problem] = []
    tick("Merging", 0, total)
    done = 0
    for one in given:
        hashes: list[tuple[str, bytes]] = []
        for path in sorted(one.files.manifest):
            hash_ = one.files.hash(path)
            if hash_ is not None and output.hash(path) != hash_:
                staged[path] = str(len(staged))
                hash_, _ = output.stage_copy(staged[path], one.folder / path)
            hashes.append((path, hash_ or b""))
            done += 1
            tick("Merging", done, total)
        lost = next((path for path, hash_ in hashes if not hash_), "")
        if lost:
            problems.append(_fault(one.folder, f"{lost} is missing from this part", _AGAIN))
        elif mark_of(hashes) != one.record.files:
            problems.append(_fault(one.folder, "the files of this part are not those that were built", _AGAIN))
    return staged, problems
