"""Shell: the output folder. Staged, atomic, pruned writes by manifest.

Everything is rendered into a staging folder beside the pages, on the same file system, before anything changes. The
commit then only renames. What it is going to do is written down first (the journal), and what stood in a place is
kept until all is done. So a commit that fails is undone at once, and one that was killed is undone by the next build:
the same few lines do both. Once the journal is renamed the commit counts, and only empty folders are left to remove.

The manifest names the files that digest published here, and only those are ever removed. It stays with the output, so
it is true wherever the output goes.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from digest.manifest import MANIFEST, STAGING, Manifest, Record, decode, encode, may_be_ours, parents
from digest.sheets import Rendered
from digest.stamps import Stamp, digest_of
from digest.ticks import Tick, told, untold

_JOURNAL, _DONE = "journal", "done"


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


class Output:
    """An output folder that is open for one build. Use ``opened``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staging = folder / STAGING
        self._top = os.fspath(folder)
        self._safe: set[str] = set()
        self._staged = False
        self._certain: frozenset[str] | None = None

    def mark(self) -> bytes:
        """What stands for the bytes of the manifest; nothing does where there is none."""
        try:
            return digest_of((self.folder / MANIFEST).read_bytes())
        except (FileNotFoundError, IsADirectoryError):
            return b""

    def holds(self, paths: frozenset[str], mark: bytes) -> bool:
        """Whether the manifest names ``paths``, for which ``mark`` stands. A long one takes a while to read."""
        if not mark or self.mark() != mark:
            return False
        self.manifest, self.record, self._certain = paths, None, paths
        return True

    @cached_property
    def _known(self) -> Manifest:
        """The manifest as it lies in the folder; a worker that only stages files never reads it."""
        return _read_manifest(self.folder)

    @cached_property
    def manifest(self) -> frozenset[str]:
        """The paths that digest published here."""
        return self._known.paths

    @cached_property
    def record(self) -> Record | None:
        """Which part of a build this folder holds, if not a whole one."""
        return self._known.record

    def intact(self, path: str, last: Rendered) -> bool | None:
        """Whether the file still holds what was written: ``None`` says yes, but its stamp must be renewed."""
        try:
            stamp = Stamp.of(os.lstat(f"{self._top}/{path}"))
        except (FileNotFoundError, NotADirectoryError):
            return False
        if stamp.matches(last.stamp):
            return True
        return None if self.hash(path) == last.hash else False

    def hash(self, path: str) -> bytes | None:
        """The hash of an output file's bytes; ``None`` where there is no such regular file."""
        return digest_of((self.folder / path).read_bytes()) if S_ISREG(self._mode(path)) else None

    def stamp(self, path: str) -> Stamp:
        """The stamp of an output file."""
        return Stamp.of(os.lstat(f"{self._top}/{path}"))

    def _mode(self, path: str) -> int:
        """What stands at ``path``, as ``os.lstat`` has it; 0 for nothing."""
        try:
            return os.lstat(f"{self._top}/{path}").st_mode
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def stage(self, name: str, data: bytes) -> Stamp:
        """Write ``data`` to the staging folder under ``name``. Safe from several processes with different names."""
        if not self._staged:  # only now: a build that changes nothing leaves the folder's time too
            self.staging.mkdir(exist_ok=True)
            self._staged = True
        with (self.staging / name).open("wb", buffering=0) as file:
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            return Stamp.of(os.fstat(file.fileno()))

    def stage_copy(self, name: str, origin: Path) -> tuple[bytes, Stamp]:
        """Stage a copy of the file ``origin``; the hash of its bytes as they are now, and the stamp of the copy."""
        data = origin.read_bytes()
        return digest_of(data), self.stage(name, data)

    @cached_property
    def clock(self) -> int:
        """The time, in nanoseconds, at which the file system stamped what changed when somebody first asked."""
        return self.stage("clock", b"").changed

    def in_the_way(self, paths: Iterable[str]) -> list[str]:
        """Those of ``paths`` at which stands something that digest did not publish, or whose folder is a link."""
        found = []
        for path in paths:
            if not may_be_ours(path):
                found.append(path)
            elif S_ISDIR(mode := self._mode(path)):
                found.extend([path] if self._is_foreign(path) else [])
            elif mode and path not in self.manifest:
                found.append(path)
            else:
                found.extend(self._blocked_folder(path))
        return found

    def _is_foreign(self, folder: str) -> bool:
        """Whether the folder holds anything that is neither published nor a folder of published files."""
        known = {one for path in self.manifest for one in (path, *parents(path))}
        below = (one.relative_to(self.folder).as_posix() for one in (self.folder / folder).rglob("*"))
        return not known.issuperset({folder, *below})

    def _blocked_folder(self, path: str) -> list[str]:
        """The nearest folder above ``path`` that is a link or something foreign and no folder, if any."""
        for name in parents(path):
            if name in self._safe:
                continue
            above = self.folder / name
            if above.is_symlink() or (name not in self.manifest and above.exists() and not above.is_dir()):
                return [name]
            self._safe.add(name)
        return []

    def foreign(self, paths: frozenset[str]) -> list[str]:
        """The files in the output folder that are neither in ``paths`` nor in the manifest, sorted."""
        known = self.manifest | paths | {MANIFEST}
        found = []
        for folder, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if name != STAGING or folder != str(self.folder)]
            below = Path(folder).relative_to(self.folder)
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            found += [path for name in (*files, *links) if (path := (below / name).as_posix()) not in known]
        return sorted(found)

    def commit(
        self, staged: Mapping[str, str], paths: frozenset[str], *, record: Record | None = None, durable: bool = False,
        tick: Tick = untold,
    ) -> list[str]:  # fmt: skip
        """Make the staged files (output path to staged name) and ``paths``, all there is to be, the published ones.

        A part of a site leaves its ``record`` in the manifest. Returns what was removed. Raises ``OSError`` after
        undoing everything. ``durable`` waits for the disk once, before the first change, so that a power failure finds
        the new bytes and the journal there.
        """
        if not staged and self._is_published(Manifest(paths, record)):
            return []
        gone = sorted(path for path in self.manifest - paths if self._removable(path))
        journal = self._planned(staged, Manifest(paths, record), gone)
        if not journal.steps:
            return []
        self.stage("journal.part", json.dumps(journal).encode())
        if durable:
            os.sync()
        (self.staging / "journal.part").rename(self.staging / _JOURNAL)
        try:
            _apply(self.folder, journal, tick)
            (self.staging / _JOURNAL).rename(self.staging / _DONE)
        except BaseException:
            with suppress(OSError):  # what can't be put back now is put back by the next build, from the journal
                _undo(self.folder, journal)
            raise
        _prune(self.folder, journal)
        self.manifest, self.record = paths, record
        return gone

    def _is_published(self, wanted: Manifest) -> bool:
        """Whether the manifest in the folder says just this. Most builds find so, and needn't read it line by line."""
        certain = self._certain is not None and wanted == Manifest(self._certain)
        return certain or self.mark() == digest_of(encode(wanted))

    def _removable(self, path: str) -> bool:
        """Whether a published file still is where it was, and not in a folder that a link took the place of."""
        file = self.folder / path
        return os.path.lexists(file) and not _is_folder(file) and not self._blocked_folder(path)

    def _planned(self, staged: Mapping[str, str], wanted: Manifest, gone: list[str]) -> Journal:
        """The steps of a commit. New pages come before those that lead to them; old ones go last.

        An old file goes first where a new one needs its name for a folder; an old folder goes as a whole where a
        new file needs its name. In between, the manifest names both old and new files.
        """
        modes = {path: self._mode(path) for path in staged}
        swapped = {path for path, mode in modes.items() if S_ISDIR(mode)}
        lost = next((one for one in sorted(wanted.paths) if swapped.intersection(parents(one))), "") if swapped else ""
        if lost:
            raise IsADirectoryError(errno.EISDIR, "two pages need this name, one as a file, one as a folder", lost)
        folders = {one for path in staged for one in parents(path)}
        going = [Step(path, "", stood=True) for path in gone if not swapped.intersection(parents(path))]
        coming = [Step(path, name, stood=modes[path] != 0) for path, name in staged.items()]
        steps = [one for one in going if one.path in folders]
        steps += sorted(coming, key=lambda one: one.stood)
        steps += [one for one in going if one.path not in folders]
        stood = os.path.lexists(self.folder / MANIFEST)
        every = Manifest(self.manifest | wanted.paths, self.record if stood else wanted.record)
        if every != (self.manifest, self.record):
            self.stage("manifest.first", encode(every))
            steps.insert(0, Step(MANIFEST, "manifest.first", stood))
        if every != wanted:
            self.stage("manifest.last", encode(wanted))
            steps.append(Step(MANIFEST, "manifest.last", stood=True))
        return Journal(steps, sorted(one for one in folders if not S_ISDIR(self._mode(one))))


def _apply(folder: Path, journal: Journal, tick: Tick) -> None:
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
    if not stays or _is_folder(target):
        target.rename(kept)
        return
    try:
        os.link(target, kept, follow_symlinks=False)
    except OSError:  # not all file systems know hard links; a copy must be whole before it has the name
        part = kept.with_suffix(".part")
        shutil.copy2(target, part, follow_symlinks=False)
        part.rename(kept)


def _undo(folder: Path, journal: Journal) -> None:
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
        if _is_folder(kept) and os.path.lexists(target):
            target.unlink()
        if os.path.lexists(kept):
            target.parent.mkdir(parents=True, exist_ok=True)
            kept.replace(target)
    (staging / _JOURNAL).unlink(missing_ok=True)


def _prune(folder: Path, journal: Journal) -> None:
    """Remove the folders that a commit left empty. May be repeated, also after half of it."""
    for step in journal.steps:
        for above in () if step.name else parents(step.path)[::-1]:
            try:
                (folder / above).rmdir()
            except FileNotFoundError:  # gone before the build was killed
                continue
            except OSError:  # the first that isn't empty
                break


def _is_folder(file: Path) -> bool:
    """Whether this is a folder, and not just a link to one."""
    return file.is_dir() and not file.is_symlink()


def _read_manifest(folder: Path) -> Manifest:
    """The manifest of ``folder``; an empty one where there is none, or none that can be read."""
    try:
        return decode((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return Manifest()


def is_unfinished(folder: Path) -> bool:
    """Whether a build of ``folder`` was killed in the middle of its commit, and waits to be healed."""
    return (folder / STAGING / _JOURNAL).exists()


@contextmanager
def opened(folder: Path) -> Iterator[Output]:
    """Open an output folder for one build: undo what a killed build left half done, and keep others out.

    Raises ``BlockingIOError`` where another build is at work in the folder. Leaves no staging folder behind, and no
    output folder that was not there before and stayed empty.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            _heal(folder)
            output = Output(folder)
            try:
                yield output
            finally:
                if not (output.staging / _JOURNAL).exists():
                    shutil.rmtree(output.staging, ignore_errors=True)
    except BlockingIOError:
        made.clear()  # the other build made them
        raise
    finally:
        for one in made:
            with suppress(OSError):
                one.rmdir()


@contextmanager
def locked(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold the folder for this process and its children; the lock goes with the last of them.

    To hold it with other readers, say ``fcntl.LOCK_SH``. Raises ``BlockingIOError`` where a build holds it.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _heal(folder: Path) -> None:
    """Undo the commit of a build that was killed, or finish one that counted already; drop what was staged."""
    staging = folder / STAGING
    if staging.is_symlink() or staging.is_file():
        staging.unlink()
    if journal := _read_journal(staging / _JOURNAL):
        _undo(folder, journal)
    elif done := _read_journal(staging / _DONE):
        _prune(folder, done)
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
