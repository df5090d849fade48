"""Shell: the output folder. Staged, atomic, pruned writes by manifest.

Everything is rendered into a staging folder beside the pages, on the same file system, before anything changes. The
commit then only renames. What it is going to do is written down first (see ``journal``): a commit that fails is undone
at once, and one that was killed by the next build.

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

from digest.journal import DONE, JOURNAL, Journal, Step, apply, heal, is_folder, prune, undo
from digest.manifest import MANIFEST, STAGING, Manifest, Record, decode, encode, may_be_ours, parents
from digest.sheets import Rendered
from digest.stamps import Stamp, digest_of
from digest.ticks import Tick, untold


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
        found, left = [], [""]
        while left:
            above = left.pop()
            with suppress(OSError), os.scandir(f"{self._top}/{above}") as entries:
                for one in entries:
                    path = above + one.name
                    if not one.is_dir(follow_symlinks=False):
                        found += [path] if path not in known else []
                    elif path != STAGING:
                        left.append(f"{path}/")
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
        (self.staging / "journal.part").rename(self.staging / JOURNAL)
        try:
            apply(self.folder, journal, tick)
            (self.staging / JOURNAL).rename(self.staging / DONE)
        except BaseException:
            with suppress(OSError):  # what can't be put back now is put back by the next build, from the journal
                undo(self.folder, journal)
            raise
        prune(self.folder, journal)
        self.manifest, self.record = paths, record
        return gone

    def _is_published(self, wanted: Manifest) -> bool:
        """Whether the manifest in the folder says just this. Most builds find so, and needn't read it line by line."""
        certain = self._certain is not None and wanted == Manifest(self._certain)
        return certain or self.mark() == digest_of(encode(wanted))

    def _removable(self, path: str) -> bool:
        """Whether a published file still is where it was, and not in a folder that a link took the place of."""
        file = self.folder / path
        return os.path.lexists(file) and not is_folder(file) and not self._blocked_folder(path)

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


def _read_manifest(folder: Path) -> Manifest:
    """The manifest of ``folder``; an empty one where there is none, or none that can be read."""
    try:
        return decode((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return Manifest()


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
            heal(folder)
            output = Output(folder)
            try:
                yield output
            finally:
                if not (output.staging / JOURNAL).exists():
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
