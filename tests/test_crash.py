"""Nothing is ever torn: builds that are killed, and builds that the disk fails, at every call that changes a disk.

A site goes to and fro between two forms. Each build from one to the other is watched by strace, which kills it at its
n-th call of one kind, or lets that call fail. What stands in the output then, what the build said, and what the next
build makes of it are the matter here.

The usual run takes every tenth call of a small site. ``DIGEST_CRASHES=all`` takes every call of a site of 200 changed
articles; it needs about half an hour of one core for the kills and two hours for the faults.
"""

from __future__ import annotations

import ctypes
import errno
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from digest import cli
from digest.build import build
from digest.manifest import MANIFEST, STAGING
from digest.problems import as_text
from digest.publish import Warm
from digest.request import Request
from sites import AS_OF, article, tree, write

WHOLE = os.environ.get("DIGEST_CRASHES") == "all"
ARTICLES = int(os.environ.get("DIGEST_CRASH_ARTICLES", "200" if WHOLE else "20"))
EVERY = 1 if WHOLE else 10

MUTATING = (
    """chmod copy_file_range creat fallocate fchmod fdatasync fsync ftruncate link linkat mkdir mkdirat openat pwrite64
    rename renameat renameat2 rmdir sendfile symlink symlinkat sync truncate unlink unlinkat utimensat write"""
).split()
"""The calls that change a disk; of ``openat`` only those that may."""

ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE")

WARM = Warm.begin()
"""The templates' code, kept for all builds of this process."""

STRACE = shutil.which("strace")


class Ended(NamedTuple):
    """How a build ended: its exit status (negative: the signal that killed it) and what it said."""

    status: int
    said: str


class Point(NamedTuple):
    """The ``number``-th call ``name`` of a build."""

    name: str
    number: int


# --- Watching a build ---------------------------------------------------------------------------------------


def watched(options: Sequence[str], words: Sequence[str]) -> Ended:
    """Run the command line with ``words`` in a child of this process, under strace with ``options``.

    The child has all modules and templates already, so that a build takes a moment. It waits until strace is there.
    """
    assert STRACE is not None
    start, begin = os.pipe()
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            os._exit(_run(start, told.fileno(), words))
        tracer = subprocess.Popen(
            [STRACE, "-q", "-f", "-p", str(child), *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        while not _is_traced(child) and tracer.poll() is None:
            time.sleep(0.002)
        os.write(begin, b"!")
        _, status = os.waitpid(child, 0)
        said_by_strace = tracer.communicate()[1].decode()
        for handle in (start, begin):
            os.close(handle)
        if "attach" in said_by_strace:
            pytest.skip(f"strace may not watch other processes here: {said_by_strace.strip()}")
        told.seek(0)
        return Ended(os.waitstatus_to_exitcode(status), told.read().decode())


def injected(calls: str, what: str) -> list[str]:
    """The options by which strace does ``what`` to ``calls``."""
    return ["-o", os.devnull, "-e", f"trace={calls}", "-e", f"inject={calls}:{what}"]


def _run(start: int, told: int, words: Sequence[str]) -> int:
    """The life of the child: it lets itself be traced, waits, runs the command line, and hands back its status."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(0x59616D61, -1)  # PR_SET_PTRACER: any
    sys.argv = ["digest", *words]
    sys.stdout = sys.stderr = io.TextIOWrapper(os.fdopen(told, "wb", 0), write_through=True, encoding="utf-8")
    Warm.begin = lambda **_: WARM  # type: ignore[method-assign]  # in this child only
    os.read(start, 1)
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except BaseException as error:  # noqa: BLE001 - the child must never return into the tests
        with suppress(OSError):
            sys.stderr.write(f"Traceback: {error!r}")
        return 99
    return 0


def _is_traced(process: int) -> bool:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return "TracerPid:\t0\n" not in status


# --- A site that goes to and fro -----------------------------------------------------------------------------

TEMPLATES = {
    "article.html": "{{ page.title }}: {{ page.body|body }}\n",
    "list.html": "{{ page.title }}: {% for one in page.trails %}{{ one.title }} {% endfor %}\n",
}
"""Small ones: what is tested here is not their rendering."""


class Swing:
    """A site in one of two forms, its output, and what a clean build gives of each form."""

    def __init__(self, room: Path, count: int) -> None:
        self.room = room
        self.site = room / "site"
        self.output = self.site / "output"
        self.count = count
        self.form = 1
        write(self.site, {"content/site.yaml": "title: C\nurl: https://c.example\nrelated: {count: 0}\n"})
        write(self.site, {f"templates/{name}": text for name, text in TEMPLATES.items()})
        self.clean = {form: self._clean(form) for form in (1, 0)}
        self.build()
        self.standing = self._standing()

    def swing(self) -> None:
        """Edit the site into its other form: every article changes, some come, some go, a file becomes a folder."""
        self.form = 1 - self.form
        text = ("It rained on day {}.", "It was dry on day {}.")[self.form]
        files: dict[str, str | bytes | None] = {
            f"content/articles/a{number}.md": article(
                f"A{number}", f"2025-05-{number % 28 + 1:02}", body=text.format(number)
            )
            for number in range(self.count)
        }
        for number in range(3):
            mine, other = (
                f"content/articles/{'xy'[self.form]}{number}.md",
                f"content/articles/{'yx'[self.form]}{number}.md",
            )
            files[mine] = article(f"X{number}", "2025-04-01", aliases=f"[/{'xy'[self.form]}/{number}/]")
            if (self.site / other).exists():
                files[other] = None
        name = "content/static/thing" + ("", "/inner.txt")[self.form]
        if (self.site / "content/static/thing").is_dir():
            shutil.rmtree(self.site / "content/static/thing")
        elif self.form:
            (self.site / "content/static/thing").unlink(missing_ok=True)
        write(self.site, {**files, name: text})

    def _clean(self, form: int) -> dict[str, bytes]:
        while self.form != form:
            self.swing()
        if not (self.site / "content/articles").exists():
            self.swing()
            self.swing()
        folder = self.room / f"clean-{form}"
        report = build(Request(self.site, folder, AS_OF, use_cache=False), warm=WARM)
        assert report.published is not None, as_text(report.problems)
        return tree(folder)

    def build(self) -> None:
        """Build the site as anybody would; it must go through, be right, and leave nothing behind."""
        report = build(Request(self.site, self.output, AS_OF), warm=WARM)
        assert report.published is not None, as_text(report.problems)
        assert tree(self.output) == self.clean[self.form]
        assert not (self.output / STAGING).exists()

    def _standing(self) -> set[str]:
        """What stands in the site's folder, without its content and without what is published."""
        return {
            path.relative_to(self.site).as_posix()
            for path in self.site.rglob("*")
            if not path.is_relative_to(self.site / "content") and not path.is_relative_to(self.output)
        }

    def words(self, jobs: int = 1) -> list[str]:
        return ["build", str(self.site), "--as-of", "2025-06-10T00:00Z", "--jobs", str(jobs)]

    def published(self) -> dict[str, bytes]:
        """What stands in the output now, without what a build keeps there while it works."""
        return {path: data for path, data in tree(self.output).items() if not path.startswith(STAGING)}

    def check_whole(self) -> None:
        """Every published file holds its whole old or its whole new bytes."""
        before, after = self.clean[1 - self.form], self.clean[self.form]
        for path, data in self.published().items():
            assert data in {before.get(path), after.get(path)}, f"{path} is torn"

    def check_healed(self) -> None:
        """The next build is right, and nothing that the bad one made is left."""
        self.build()
        known = {".digest/cache.sqlite-journal", ".digest/cache.sqlite", ".digest/lock", ".digest/.gitignore"}
        assert self._standing() - known == self.standing - known
        lines = (self.output / MANIFEST).read_text(encoding="utf-8").splitlines()[1:]
        assert len(lines) == len(self.clean[self.form])


@pytest.fixture(scope="module")
def swing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swing]:
    """The site that all builds here have a go at."""
    if STRACE is None:
        pytest.skip("strace is not installed: apt-get install strace")
    made = Swing(tmp_path_factory.mktemp("swing"), ARTICLES)
    yield made
    shutil.rmtree(made.room)


@pytest.fixture(scope="module")
def points(swing: Swing) -> list[Point]:
    """Every call of a build from one form to the other that changes a disk, as strace saw it."""
    found: set[Point] = set()
    for _ in range(2):
        swing.swing()
        log = swing.room / "calls"
        assert watched(["-y", "-o", str(log), "-e", f"trace={','.join(MUTATING)}"], swing.words()).status == 0
        counted: Counter[str] = Counter()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if call := re.match(r"(?:\d+ +)?(\w+)\((.*)", line):
                counted[call[1]] += 1
                if call[1] == "write" and str(swing.room) not in line:
                    continue  # what is said to the terminal
                if call[1] != "openat" or "O_CREAT" in call[2] or "O_WRONLY" in call[2] or "O_RDWR" in call[2]:
                    found.add(Point(call[1], counted[call[1]]))
        swing.build()
    assert {"rename", "mkdir", "openat", "write"} <= {one.name for one in found}
    return sorted(found)


# --- Kills ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_build_that_is_killed_anywhere_leaves_whole_files_and_the_next_heals_it(
    swing: Swing, points: list[Point], record_property: Callable[[str, object], None]
) -> None:
    ends: Counter[str] = Counter()
    for point in points[::EVERY]:
        swing.swing()
        ended = watched(injected(point.name, f"signal=KILL:when={point.number}"), swing.words())
        assert ended.status in {-9, 0}, (point, ended)
        ends["killed" if ended.status else "came through"] += 1
        swing.check_whole()
        swing.check_healed()
    for name, count in ends.items():
        record_property(name, count)
    assert ends["killed"] > 0.9 * sum(ends.values())


@pytest.mark.slow
def test_a_build_that_is_killed_while_it_heals_is_healed_by_the_next(swing: Swing, points: list[Point]) -> None:
    """Killed in its commit, and the build after it killed while it puts things back."""
    renames = [one for one in points if one.name in {"rename", "link", "linkat"}]
    for first, second in itertools.product(renames[5 :: 12 * EVERY], range(1, len(renames), 3 * EVERY)):
        swing.swing()
        watched(injected(first.name, f"signal=KILL:when={first.number}"), swing.words())
        watched(injected("rename,unlink,unlinkat", f"signal=KILL:when={second}"), swing.words())
        swing.check_whole()
        swing.check_healed()


@pytest.mark.slow
def test_a_worker_that_is_killed_ends_the_build_and_changes_nothing(swing: Swing) -> None:
    if swing.count < 100:
        swing = Swing(swing.room / "wide", 100)
    before = swing.published()
    swing.swing()
    ended = watched(injected("write", "signal=KILL:when=30"), swing.words(jobs=2))
    assert ended.status == 1, ended
    assert "a worker process ended early" in ended.said
    assert swing.published() == before
    swing.check_healed()


@pytest.mark.slow
@pytest.mark.parametrize("durable", [True, False])
def test_a_durable_build_waits_for_the_disk_once_and_any_other_never(swing: Swing, durable: bool) -> None:
    swing.swing()
    log = swing.room / "calls"
    options = ["-o", str(log), "-e", "trace=sync,syncfs,fsync,fdatasync,sync_file_range,rename,renameat,renameat2"]
    assert watched(options, [*swing.words(), *(["--durable"] if durable else [])]).status == 0
    calls = re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    assert [one for one in calls if "sync" in one] == (["sync"] if durable else [])
    assert calls[0] == ("sync" if durable else "rename")
    swing.check_healed()


# --- Faults --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_disk_that_fails_anywhere_is_told_and_changes_nothing(
    swing: Swing, points: list[Point], record_property: Callable[[str, object], None]
) -> None:
    ends: Counter[str] = Counter()
    chosen = itertools.product(points, ERRORS) if WHOLE else zip(points[::EVERY], itertools.cycle(ERRORS), strict=False)
    for point, error in chosen:
        before = swing.published()
        swing.swing()
        ended = watched(injected(point.name, f"error={error}:when={point.number}"), swing.words())
        assert ended.status in {0, 1}, (point, error, ended)
        assert "Traceback" not in ended.said, (point, error, ended)
        assert "a fault of digest itself" not in ended.said, (point, error, ended)
        if ended.status:
            assert _names(ended.said, error), (point, error, ended)
            assert swing.published() == before, (point, error, ended)
        else:
            assert swing.published() == swing.clean[swing.form], (point, error, ended)
        ends["refused" if ended.status else "came through"] += 1
        swing.check_healed()
    for name, count in ends.items():
        record_property(name, count)
    assert ends["refused"] > 0


def _names(said: str, error: str) -> bool:
    """Whether a message names the cause; SQLite, which keeps the cache, knows kinds of faults only."""
    cause = os.strerror(getattr(errno, error))
    return cause in said or ("cache.sqlite: error:" in said and "the build could not go on: " in said)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 8 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount") or "mount"
    told = subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True, check=False)
    if told.returncode:
        pytest.skip("a file system can't be mounted here (it needs root)")
    yield disk
    subprocess.run([shutil.which("umount") or "umount", "-l", str(disk)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 4, 40, 200], ids=lambda left: f"{left} KiB left")
def test_a_full_disk_is_told_and_changes_nothing(left: int, small_disk: Path) -> None:
    swing = Swing(small_disk, 30)
    before = swing.published()
    swing.swing()
    filler = small_disk / "filler"
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    filler.write_bytes(bytes(max(0, free - left * 1024)))
    words = [sys.executable, "-m", "digest", *swing.words()]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in ended.stderr
    assert "a fault of digest itself" not in ended.stderr
    assert ended.returncode == 1
    assert "No space left on device" in ended.stderr
    assert swing.published() == before
    filler.unlink()
    swing.check_healed()
