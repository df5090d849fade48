"""Bytes decide what changed; events, and the lack of them, only decide when somebody looks."""

from __future__ import annotations

import mmap
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.watching import Change, Folders, Pace, Watch, watches_held

pytestmark = pytest.mark.flaky(reruns=1)

QUICK = Pace(sweep=0.3, poll=0.1)
PATIENT = Pace(sweep=1000, patience=60)
"""For a machine so busy that half a second passes between two lines of a test."""
ARTICLE = "content/articles/a.md"


def site(folder: Path, count: int = 1) -> Path:
    for name in ("content/articles", "content/static", "templates/parts"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        (folder / f"content/articles/{chr(97 + number)}.md").write_text("one")
    (folder / "content/site.yaml").write_text("title: x")
    settle(folder)
    return folder


def settle(folder: Path) -> None:
    """Make all files look old: a stamp of the last two seconds is not relied on."""
    for path in folder.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


def changed(folders: Folders) -> Change:
    return folders.accept(folders.look())


# --- Looking -------------------------------------------------------------------------------------------------


def test_nothing_changed_is_no_change(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path))
    assert changed(folders) == Change()


def test_new_changed_and_removed_files_are_told_apart(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path, 2))
    (tmp_path / ARTICLE).write_text("two")
    (tmp_path / "content/articles/b.md").unlink()
    (tmp_path / "templates/parts/new.html").write_text("x")
    assert changed(folders) == Change(("templates/parts/new.html",), (ARTICLE,), ("content/articles/b.md",))
    assert changed(folders) == Change()


def test_a_touched_file_is_no_change_once_its_bytes_are_known(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path))
    folders.remember()
    os.utime(tmp_path / ARTICLE)
    assert changed(folders) == Change()


def test_a_file_that_is_written_again_with_the_same_bytes_is_no_change(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path))
    folders.remember()
    (tmp_path / "new").write_text("one")
    (tmp_path / "new").replace(tmp_path / ARTICLE)
    assert changed(folders) == Change()


def test_a_change_that_keeps_size_and_time_is_seen_while_the_file_is_young(tmp_path: Path) -> None:
    site(tmp_path)
    (tmp_path / ARTICLE).write_text("one")
    folders = Folders(tmp_path)
    times = (tmp_path / ARTICLE).stat()
    (tmp_path / ARTICLE).write_text("two")
    os.utime(tmp_path / ARTICLE, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert changed(folders).changed == (ARTICLE,)


@pytest.mark.parametrize("name", [".a.md.swp", "a.md~", "#a.md#", ".#a.md", "4913.tmp", ".git/index"])
def test_what_editors_leave_beside_a_file_is_passed_over(tmp_path: Path, name: str) -> None:
    folders = Folders(site(tmp_path))
    path = tmp_path / "content/articles" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert changed(folders) == Change()


def test_a_folder_comes_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path))
    (tmp_path / "content/articles/2025/05").mkdir(parents=True)
    (tmp_path / "content/articles/2025/05/x.md").write_text("x")
    assert folders.accept(folders.look(["content/articles/2025"])).added == ("content/articles/2025/05/x.md",)
    shutil.rmtree(tmp_path / "content/articles/2025")
    assert folders.accept(folders.look(["content/articles"])).removed == ("content/articles/2025/05/x.md",)


def test_the_whole_content_may_go_and_come_back(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path))
    (tmp_path / "content").rename(tmp_path / "away")
    assert changed(folders).removed == (ARTICLE, "content/site.yaml")
    (tmp_path / "away").rename(tmp_path / "content")
    assert changed(folders).added == (ARTICLE, "content/site.yaml")


def test_links_that_lead_nowhere_or_in_a_ring_are_no_trouble(tmp_path: Path) -> None:
    folders = Folders(site(tmp_path))
    (tmp_path / "content/articles/ring").symlink_to(tmp_path / "content")
    (tmp_path / "content/articles/gone.md").symlink_to("nowhere")
    os.mkfifo(tmp_path / "content/articles/pipe.md")
    assert changed(folders) == Change()


# --- Watching ------------------------------------------------------------------------------------------------


class Told:
    """What a watch hands on, in the order in which it does."""

    def __init__(self) -> None:
        self.changes: queue.Queue[Change] = queue.Queue()
        self.words: queue.Queue[str] = queue.Queue()

    def next(self) -> Change:
        return self.changes.get(timeout=120)

    def until(self, done: Callable[[set[str]], bool]) -> list[Change]:
        """The changes up to that with which the paths of all of them are enough."""
        found: list[Change] = []
        while not done({path for one in found for path in one.paths}):
            found.append(self.next())
        return found


@contextmanager
def watching(folder: Path, pace: Pace = PATIENT) -> Iterator[tuple[Told, Watch]]:
    """A watch that has begun. Its pace is one at which only events can hasten it, unless a test says otherwise."""
    told = Told()
    watch = Watch(folder, told.changes.put, told.words.put, pace)
    watch.start()
    until = time.monotonic() + 120
    while not watch.listens and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield told, watch
    finally:
        watch.stop()


def in_place(path: Path) -> None:
    path.write_text("new")


def by_rename(path: Path) -> None:
    """As kate does, and all programs that use Qt's ``QSaveFile``."""
    part = path.with_name(f"{path.name}.Xq12Zb")
    part.write_text("new")
    part.replace(path)


def like_jetbrains(path: Path) -> None:
    """Their "safe write"."""
    part, old = path.with_name(f"{path.name}___jb_tmp___"), path.with_name(f"{path.name}___jb_old___")
    part.write_text("new")
    path.rename(old)
    part.rename(path)
    old.unlink()


def like_vim(path: Path) -> None:
    """``backupcopy=no``: the old file becomes a backup, a new one is written, the backup goes."""
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text("new")
    backup.unlink()


def by_link(path: Path) -> None:
    part = path.with_name(".new")
    part.write_text("new")
    path.unlink()
    path.hardlink_to(part)
    part.unlink()


def half_first(path: Path) -> None:
    """Empties the file, and fills it a moment later."""
    with path.open("w") as file:
        time.sleep(0.1)
        file.write("new")


SAVES = [in_place, by_rename, like_jetbrains, like_vim, by_link, half_first]


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_each_way_to_save_is_one_change(tmp_path: Path, save: Callable[[Path], None]) -> None:
    with watching(site(tmp_path)) as (told, _):
        for _ in range(3):
            save(tmp_path / ARTICLE)
            assert told.next() == Change(changed=(ARTICLE,))
            (tmp_path / ARTICLE).write_text("old")
            assert told.next() == Change(changed=(ARTICLE,))
        assert told.changes.empty()


@pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim on this machine")
@pytest.mark.parametrize("way", ["yes", "no", "auto", "auto,breaksymlink"])
def test_vim_itself_saves_once(tmp_path: Path, way: str) -> None:
    with watching(site(tmp_path)) as (told, _):
        for number in range(3):
            options = ["-c", f"set backupcopy={way} writebackup swapfile", "-c", f"%s/.*/vim {number}/", "-c", "wq"]
            subprocess.run(["vim", "-Nu", "NONE", "-es", *options, str(tmp_path / ARTICLE)], check=True, timeout=300)
            assert (tmp_path / ARTICLE).read_text() == f"vim {number}\n"
            assert told.next() == Change(changed=(ARTICLE,))
        assert told.changes.empty()


def git(folder: Path, *words: str) -> None:
    options = ["-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "init.defaultBranch=one"]
    subprocess.run(["git", "-C", str(folder), *options, *words], check=True, capture_output=True, timeout=120)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")
def test_a_checkout_of_two_thousand_files(tmp_path: Path) -> None:
    site(tmp_path)
    paths = {f"content/articles/{number % 20}/{number}.md" for number in range(2000)}
    git(tmp_path, "init", "-q")
    for text in ("one", "two"):
        for path in paths:
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(f"{text} {path}")
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-qm", text)
        git(tmp_path, "branch", text.upper())
    with watching(tmp_path) as (told, _):
        for branch in ("ONE", "TWO"):
            git(tmp_path, "checkout", "-q", branch)
            found = told.until(lambda seen: seen >= paths)
            assert {path for one in found for path in one.changed} == paths
            assert not any(one.added or one.removed for one in found)
            assert len(found) <= len(paths) / 20  # however long git takes


def test_reading_and_touching_are_no_change(tmp_path: Path) -> None:
    with watching(site(tmp_path)) as (told, _):
        for path in tmp_path.rglob("*.*"):
            path.read_bytes()
            os.utime(path)
        (tmp_path / "content/site.yaml").write_text("title: y")
        assert told.next() == Change(changed=("content/site.yaml",))
        assert told.changes.empty()


def test_a_burst_of_files_arrives_whole(tmp_path: Path) -> None:
    with watching(site(tmp_path)) as (told, _):
        wanted = {f"content/articles/2024/{number // 100}/{number}.md" for number in range(2000)}
        for path in sorted(wanted):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(path)
        found = told.until(lambda paths: paths >= wanted)
        assert {path for one in found for path in one.added} == wanted
        assert len(found) <= len(wanted) / 20


def test_files_in_new_folders_and_moved_folders_are_watched(tmp_path: Path) -> None:
    with watching(site(tmp_path)) as (told, _):
        (tmp_path / "content/articles/2025/06").mkdir(parents=True)
        (tmp_path / "content/articles/2025/06/x.md").write_text("x")
        assert told.next().added == ("content/articles/2025/06/x.md",)
        (tmp_path / "content/articles/2025").rename(tmp_path / "content/articles/2026")
        told.until(lambda paths: paths >= {"content/articles/2025/06/x.md", "content/articles/2026/06/x.md"})
        (tmp_path / "content/articles/2026/06/x.md").write_text("y")
        assert told.next().changed == ("content/articles/2026/06/x.md",)


def test_a_templates_folder_that_comes_later_is_watched(tmp_path: Path) -> None:
    shutil.rmtree(site(tmp_path) / "templates")
    with watching(tmp_path, QUICK) as (told, _):
        (tmp_path / "templates").mkdir()
        (tmp_path / "templates/base.html").write_text("x")
        assert told.next().added == ("templates/base.html",)
        (tmp_path / "templates/base.html").write_text("y")
        assert told.next().changed == ("templates/base.html",)


def test_a_change_before_the_watch_begins_is_seen(tmp_path: Path) -> None:
    told = Told()
    watch = Watch(site(tmp_path), told.changes.put, told.words.put, QUICK)
    (tmp_path / ARTICLE).write_text("two")
    watch.start()
    try:
        assert told.next().changed == (ARTICLE,)
    finally:
        watch.stop()


def silently(path: Path, text: bytes) -> None:
    """Change a file in a way that sends no event: through memory, by a handle that stays open."""
    handle = os.open(path, os.O_RDWR)
    with mmap.mmap(handle, len(text)) as memory:
        memory[:] = text
        memory.flush()
    os.utime(handle)
    leaked.append(handle)


leaked: list[int] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while leaked:
        os.close(leaked.pop())


def test_where_events_stay_away_it_polls_and_says_so(tmp_path: Path) -> None:
    with watching(site(tmp_path, 3), QUICK) as (told, watch):
        silently(tmp_path / ARTICLE, b"two")
        assert told.next().changed == (ARTICLE,)
        assert not watch.polling
        silently(tmp_path / "content/articles/b.md", b"two")
        assert told.next().changed == ("content/articles/b.md",)
        assert "doesn't say what changes" in told.words.get(timeout=120)
        silently(tmp_path / "content/articles/c.md", b"two")
        assert told.next().changed == ("content/articles/c.md",)
        assert watch.polling


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts watches for us")
def test_every_folder_is_watched_as_the_kernel_counts(tmp_path: Path) -> None:
    with watching(site(tmp_path)) as (_, watch):
        assert watches_held() == watch.folders.folders == 5


DROWNED = """
import logging, queue, sys
from pathlib import Path
logging.getLogger("watchdog").addHandler(logging.NullHandler())  # as digest serve does
from digest.watching import Pace, Watch
changes = queue.Queue()
watch = Watch(Path(sys.argv[1]), changes.put, lambda words: print(words, file=sys.stderr))
watch.start()
while not watch.listens:
    pass
print("listens", flush=True)
seen = set()
while "content/articles/last.md" not in seen or "content/articles/a.md" not in seen:
    seen.update(changes.get(timeout=300).paths)
print("seen", flush=True)
watch.stop()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many events it keeps")
def test_events_that_are_lost_are_made_up_for(tmp_path: Path) -> None:
    """A program that can't keep up loses events: the kernel keeps so many and drops the rest."""
    site(tmp_path)
    root = Path(__file__).parents[1]
    words = [sys.executable, "-c", DROWNED, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listens\n"
        process.send_signal(signal.SIGSTOP)
        for _ in range(int(Path("/proc/sys/fs/inotify/max_queued_events").read_text()) // 4 + 1000):
            for name in ("x.md", "y.md"):
                (tmp_path / "content/articles" / name).touch()
                (tmp_path / "content/articles" / name).unlink()
        (tmp_path / "content/articles/last.md").write_text("last")
        (tmp_path / ARTICLE).write_text("two")
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=300) == ("seen\n", "")


LIMITED = """
import queue, sys
from pathlib import Path
from digest.watching import Pace, Watch
site, words, changes = Path(sys.argv[1]), queue.Queue(), queue.Queue()
watch = Watch(site, changes.put, words.put, Pace(sweep=0.3, poll=0.1))
watch.start()
print(words.get(timeout=120))
(site / "content/articles/29/a.md").write_text("two")
print(changes.get(timeout=120).changed)
(site / "content/articles/3/new.md").write_text("new")
print(changes.get(timeout=120).added)
watch.stop()
"""


@pytest.mark.parametrize("limit", [20, 1])
def test_a_limit_on_watches_is_noticed(tmp_path: Path, limit: int) -> None:
    site(tmp_path)
    for number in range(30):
        (tmp_path / f"content/articles/{number}").mkdir()
        (tmp_path / f"content/articles/{number}/a.md").write_text("one")
    settle(tmp_path)
    # /proc/sys/user holds the limits of the new namespace alone; those in /proc/sys/fs are the whole machine's.
    prepare = f'echo {limit} > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare on this machine")
    words = ["unshare", "-Ur", "sh", "-c", prepare]
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a user namespace with a limit of its own")
    run = subprocess.run(
        [*words, sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=600, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    said = run.stdout.splitlines()
    assert len(said) == 3, run.stdout + run.stderr
    assert "so all files are looked at every" in said[0]
    assert said[1:] == ["('content/articles/29/a.md',)", "('content/articles/3/new.md',)"]
    assert run.stderr == ""


def test_stopping_ends_all_threads(tmp_path: Path) -> None:
    before = threading.active_count()
    for _ in range(3):
        with watching(site(tmp_path) if not (tmp_path / "content").exists() else tmp_path):
            pass
    assert threading.active_count() == before
