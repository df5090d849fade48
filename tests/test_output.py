"""The output folder holds whole files of one build, and everything in it that is not ours stays."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.manifest import MANIFEST, STAGING
from digest.output import Output, opened
from digest.sheets import Rendered
from digest.stamps import NEVER, NONE, RACY, digest_of
from sites import everything as tree

HEADER = '"The files that digest published here, one a line. It never removes any other. Do not edit."\n'


def publish(folder: Path, pages: dict[str, str]) -> list[str]:
    """Publish exactly ``pages``, as a build does: stage what differs, refuse what is in the way, commit."""
    with opened(folder) as output:
        staged = {}
        for number, (path, text) in enumerate(pages.items()):
            if output.hash(path) != digest_of(text.encode()):
                output.stage(str(number), text.encode())
                staged[path] = str(number)
        if found := output.in_the_way(staged):
            raise FileExistsError(errno.EEXIST, "in the way", *found)
        return output.commit(staged, frozenset(pages))


def manifest(*paths: str) -> str:
    return HEADER + "".join(f'"{path}"\n' for path in paths)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder with three published pages and a stranger's file."""
    folder = tmp_path / "output"
    publish(folder, {"index.html": "front", "a/index.html": "a", "b/c/index.html": "c"})
    (folder / "CNAME").write_text("courier.example", encoding="utf-8")
    return folder


# --- A commit -----------------------------------------------------------------------------------------------


def test_a_first_build_makes_the_folder_and_names_its_files(tmp_path: Path) -> None:
    assert publish(tmp_path / "new" / "output", {"index.html": "front", "é/a.xml": "a"}) == []
    assert tree(tmp_path / "new" / "output") == {
        MANIFEST: manifest("index.html", "é/a.xml"), "index.html": "front", "é": "", "é/a.xml": "a",
    }  # fmt: skip


def test_a_build_writes_replaces_removes_and_prunes(folder: Path) -> None:
    assert publish(folder, {"index.html": "new front", "a/index.html": "a", "d/index.html": "d"}) == ["b/c/index.html"]
    assert tree(folder) == {
        MANIFEST: manifest("a/index.html", "d/index.html", "index.html"),
        "CNAME": "courier.example", "index.html": "new front",
        "a": "", "a/index.html": "a", "d": "", "d/index.html": "d",
    }  # fmt: skip


def test_a_build_that_changes_nothing_touches_nothing(folder: Path) -> None:
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
    assert publish(folder, {"index.html": "front", "a/index.html": "a", "b/c/index.html": "c"}) == []
    assert {path: path.lstat().st_mtime_ns for path in folder.rglob("*")} == before


def test_only_the_file_that_differs_is_replaced_and_never_written_in_place(folder: Path) -> None:
    with (folder / "index.html").open(encoding="utf-8") as reader:
        inode = (folder / "a/index.html").stat().st_ino
        publish(folder, {"index.html": "new front", "a/index.html": "a", "b/c/index.html": "c"})
        assert reader.read() == "front"
    assert (folder / "a/index.html").stat().st_ino == inode


def test_a_durable_build_does_the_same(folder: Path) -> None:
    with opened(folder) as output:
        output.stage("0", b"new")
        output.commit({"index.html": "0"}, frozenset({"index.html"}), durable=True)
    assert (folder / "index.html").read_text(encoding="utf-8") == "new"


def test_a_copied_file_is_staged_like_a_page(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    with opened(folder) as output:
        output.stage_copy("0", tmp_path / "picture.png")
        output.commit({"picture.png": "0"}, output.manifest | {"picture.png"})
        assert output.manifest == {"a/index.html", "b/c/index.html", "index.html", "picture.png"}
    assert (folder / "picture.png").read_bytes() == b"\x89PNG"


def test_a_folder_with_a_strangers_file_stays(folder: Path) -> None:
    (folder / "b/notes.txt").write_text("mine", encoding="utf-8")
    publish(folder, {"index.html": "front"})
    assert tree(folder / "b") == {"notes.txt": "mine"}


def test_strangers_files_survive_many_builds(folder: Path) -> None:
    (folder / ".git/refs").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref", encoding="utf-8")
    (folder / "a/picture.png").write_text("png", encoding="utf-8")
    for number in range(20):
        publish(folder, {f"{number % 3}/index.html": str(number), f"a/{number % 2}.html": str(number)})
    left = tree(folder)
    assert (left["CNAME"], left[".git/HEAD"], left["a/picture.png"]) == ("courier.example", "ref", "png")
    assert ".git/refs" in left
    publish(folder, {})
    assert tree(folder).keys() == {MANIFEST, "CNAME", ".git", ".git/HEAD", ".git/refs", "a", "a/picture.png"}


def test_strangers_files_are_listed(folder: Path, tmp_path: Path) -> None:
    (folder / "b/mine.txt").write_text("", encoding="utf-8")
    (folder / "b" / STAGING).mkdir()
    (folder / "b" / STAGING / "x").write_text("", encoding="utf-8")
    (folder / "link").symlink_to(tmp_path)
    (folder / "new.html").write_text("", encoding="utf-8")
    with opened(folder) as output:
        output.stage("0", b"")
        assert output.foreign(frozenset({"new.html"})) == ["CNAME", f"b/{STAGING}/x", "b/mine.txt", "link"]


def test_a_file_becomes_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    output = tmp_path / "output"
    file, in_folder = {"a": "file", "index.html": "x"}, {"a/b/index.html": "page", "a/c.html": "c", "index.html": "x"}
    for _ in range(2):
        publish(output, file)
        assert tree(output) == {MANIFEST: manifest("a", "index.html"), **file}
        assert publish(output, in_folder) == ["a"]
        assert tree(output) == {
            MANIFEST: manifest("a/b/index.html", "a/c.html", "index.html"), "a": "", "a/b": "", **in_folder,
        }  # fmt: skip


def test_two_pages_that_need_one_name_are_refused_before_any_change(folder: Path) -> None:
    before = tree(folder)
    with pytest.raises(IsADirectoryError, match=r"a/index\.html"):
        publish(folder, {"a": "file", "a/index.html": "a"})
    assert tree(folder) == before


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a//b", "./a", "a\0b", MANIFEST, STAGING, f"{STAGING}/journal"]
)
def test_a_page_cannot_leave_the_folder_or_take_our_own_names(folder: Path, path: str) -> None:
    with opened(folder) as output:
        assert output.in_the_way([path, "fine.html"]) == [path]


def test_what_a_stranger_put_in_the_way_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "b/mine.txt").write_text("", encoding="utf-8")
    (folder / "empty").mkdir()
    os.mkfifo(folder / "pipe")
    ways = {
        "CNAME": ["CNAME"],
        "CNAME/index.html": ["CNAME"],
        "pipe/index.html": ["pipe"],
        "link/index.html": ["link"],
        "link": ["link"],
        "dangling": ["dangling"],
        "b": ["b"],
        "empty": ["empty"],
        "empty/index.html": [],
        "a": [],
        "a/index.html": [],
        "a/index.html/more.html": [],
    }
    with opened(folder) as output:
        assert {path: output.in_the_way([path]) for path in ways} == ways


def test_a_folder_that_became_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """The publisher moved a folder away and linked to it: what is behind the link is theirs."""
    (folder / "a").rename(tmp_path / "theirs")
    (folder / "a").symlink_to(tmp_path / "theirs")
    with pytest.raises(FileExistsError, match="'a'"):
        publish(folder, {"index.html": "front", "a/index.html": "new"})
    assert publish(folder, {"index.html": "front"}) == ["b/c/index.html"]
    assert (tmp_path / "theirs/index.html").read_text(encoding="utf-8") == "a"
    assert (folder / "a").is_symlink()


def test_a_link_in_place_of_a_page_is_replaced_and_its_target_stays(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs", encoding="utf-8")
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(tmp_path / "theirs")
    publish(folder, {"index.html": "front"})
    assert not (folder / "index.html").is_symlink()
    assert (tmp_path / "theirs").read_text(encoding="utf-8") == "theirs"


def test_what_someone_removed_by_hand_is_put_right(folder: Path) -> None:
    shutil.rmtree(folder / "a")
    (folder / "b/c/index.html").unlink()
    (folder / "b/c/index.html").mkdir()
    assert publish(folder, {"index.html": "front", "a/index.html": "a"}) == []
    assert (folder / "a/index.html").read_text(encoding="utf-8") == "a"
    assert (folder / "b/c/index.html").is_dir()


def test_a_published_file_is_known_by_its_stamp_or_else_by_its_bytes(folder: Path) -> None:
    with opened(folder) as output:
        stamp = output.stamp("index.html")
        last = Rendered(stamp.encode(stamp.changed + RACY), digest_of(b"front"), NONE, NONE)
        assert output.intact("index.html", last) is True
        assert output.intact("index.html", last._replace(stamp=NEVER)) is None
        assert output.intact("index.html", last._replace(stamp=NEVER, hash=NONE)) is False
        assert output.intact("gone.html", last) is False
        assert output.intact("index.html/gone.html", last) is False
        assert output.intact("a", last) is False


def test_what_was_staged_keeps_its_stamp_but_for_the_time_it_was_renamed_at(tmp_path: Path) -> None:
    with opened(tmp_path) as output:
        staged = output.stage("0", b"page")
        output.commit({"a/index.html": "0"}, frozenset({"a/index.html"}))
        published = output.stamp("a/index.html")
        assert published._replace(changed=staged.changed) == staged
        assert output.clock >= published.changed


# --- The manifest -------------------------------------------------------------------------------------------


def test_a_manifest_never_leads_outside(folder: Path, tmp_path: Path) -> None:
    for name in ("victim", "output/.digest-own"):
        (tmp_path / name).write_text("keep", encoding="utf-8")
    hostile = ["../victim", str(tmp_path / "victim"), "a/../../victim", "./CNAME", "nul\0", "\ud800", "x" * 300, ""]
    lines = [*map(json.dumps, hostile), "[" * 100_000, "7", "not json", f'"{MANIFEST}"', f'"{STAGING}"', '"index.html"']
    (folder / MANIFEST).write_text(HEADER + "\n".join(lines), encoding="utf-8")
    assert publish(folder, {"new.html": "new"}) == ["index.html"]
    assert (tmp_path / "victim").read_text(encoding="utf-8") == "keep"
    assert tree(folder)["CNAME"] == "courier.example"
    assert tree(folder)[MANIFEST] == manifest("new.html")


def test_a_manifest_that_is_no_text_names_nothing(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"\xff\xfe")
    with opened(folder) as output:
        assert output.manifest == frozenset()


def test_a_folder_in_the_manifests_place_is_named_and_stays(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).mkdir()
    with pytest.raises(IsADirectoryError, match=MANIFEST):
        publish(folder, {"index.html": "new"})
    assert tree(folder)["index.html"] == "front"


@pytest.mark.parametrize("name", ["a\u2028b.html", "a\x85b.html", 'a"b\\.html', "日本.html", "\udcff.html"])
def test_a_manifest_keeps_every_name(folder: Path, name: str) -> None:
    publish(folder, {name: "text"})
    with opened(folder) as output:
        assert output.manifest == {name}
    assert publish(folder, {}) == [name]


# --- One build at a time ------------------------------------------------------------------------------------


def test_two_builds_at_once_do_not_harm_each_other(folder: Path) -> None:
    with opened(folder) as first:
        first.stage("0", b"new front")
        with pytest.raises(BlockingIOError), opened(folder):
            pytest.fail("the second build must not come in")
        first.commit({"index.html": "0"}, first.manifest)
    assert (folder / "index.html").read_text(encoding="utf-8") == "new front"
    with opened(folder):
        pass


def commit(folder: Path, staged: dict[str, str]) -> None:
    """Commit ``staged`` without asking what is in the way; a page whose text is empty is never staged."""
    with opened(folder) as output:
        for number, text in enumerate(staged.values()):
            if text:
                output.stage(str(number), text.encode())
        output.commit({path: str(number) for number, path in enumerate(staged)}, frozenset(staged))


def fail(folder: Path) -> None:
    """Stage a page and fail."""
    with opened(folder) as output:
        output.stage("0", b"page")
        raise ZeroDivisionError


def test_a_build_that_fails_leaves_no_folder_that_was_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fail(tmp_path / "new" / "deep" / "output")
    assert tree(tmp_path) == {}


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long"), opened(tmp_path / "new" / ("x" * 300)):
        pass
    assert tree(tmp_path) == {}


def test_a_build_that_fails_before_its_commit_changes_nothing(folder: Path) -> None:
    before = tree(folder)
    with pytest.raises(ZeroDivisionError):
        fail(folder)
    assert tree(folder) == before


# --- A commit that fails ------------------------------------------------------------------------------------

OLD = {"index.html": "front", "a": "file", "b/c/index.html": "c", "b/d.html": "d", "e/index.html": "e"}
NEW = {"index.html": "new front", "a/x/index.html": "x", "b": "now a file", "f/g/index.html": "g", "e/index.html": "e"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder before a commit that writes, replaces, removes, and swaps files and folders."""
    folder = tmp_path / "output"
    publish(folder, OLD)
    (folder / "CNAME").write_text("courier.example", encoding="utf-8")
    (folder / "b").chmod(0o750)
    (folder / "empty").mkdir()
    return folder


def modes(folder: Path) -> dict[str, tuple[int, int]]:
    """Mode and inode of everything in a folder."""
    return {one.relative_to(folder).as_posix(): (one.lstat().st_mode, one.lstat().st_ino) for one in folder.rglob("*")}


@pytest.mark.parametrize("bad", [f"z/{'x' * 300}/index.html", f"{'x' * 300}.html"])
def test_a_name_too_long_for_the_disk_undoes_the_commit(old: Path, bad: str) -> None:
    before, looks = tree(old), modes(old)
    with pytest.raises(OSError, match="too long"):
        commit(old, {**NEW, bad: "bad"})
    assert tree(old) == before
    assert modes(old) == looks


def test_a_page_that_was_never_staged_undoes_the_commit(old: Path) -> None:
    before = tree(old)
    with pytest.raises(FileNotFoundError):
        commit(old, {"index.html": "new front", "e/new.html": ""})
    assert tree(old) == before


def test_a_stranger_in_the_way_at_the_last_moment_undoes_the_commit(old: Path) -> None:
    (old / "f").write_text("mine", encoding="utf-8")
    before = tree(old)
    with pytest.raises((FileExistsError, NotADirectoryError)):
        commit(old, NEW)
    assert tree(old) == before


CHILD = """
import os, shutil, signal, sys
from pathlib import Path
sys.path[:0] = {path!r}
from test_output import NEW, publish
from digest.output import opened

EVENTS = {{"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "open"}}

def broken(folder, number, how):
    seen = 0
    def hook(event, details):
        nonlocal seen
        if event in EVENTS and str(folder) in str(details):
            seen += 1
            if how == "kill" and seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "fail" and seen == number or how == "fail for good" and seen >= number:
                raise OSError(28, "No space left on device", str(folder))
    sys.addaudithook(hook)
    try:
        publish(folder, NEW)
    except OSError:
        os._exit(1)
    os._exit(0 if seen >= number else 2)

pattern, how = Path(sys.argv[1]), sys.argv[2]
for number in range(1, 1000):
    folder = pattern.parent / f"{{how}} {{number}}"
    shutil.copytree(pattern, folder)
    child = os.fork()
    if not child:
        broken(folder, number, how)
    status = os.waitpid(child, 0)[1]
    (pattern.parent / f"{{how}} {{number}} status").write_text(str(status))
    if os.waitstatus_to_exitcode(status) == 2:
        break
"""


def broken_commits(old: Path, how: str) -> Iterator[tuple[Path, bool]]:
    """The folder after a commit that was broken at its first, second ... step, and whether it went through.

    A hook in the child sees each call that changes the disk before it is made.
    """
    code = CHILD.format(path=[str(Path(__file__).parent), *sys.path])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # it would be slow
    subprocess.run([sys.executable, "-c", code, old, how], env=environment, check=True, timeout=300)
    for number in range(1, 1000):
        folder = old.parent / f"{how} {number}"
        if not folder.exists():
            return
        status = (old.parent / f"{how} {number} status").read_text(encoding="utf-8")
        assert status in {"0", "256", "512", str(int(signal.SIGKILL))}
        yield folder, status in {"0", "512"}


def whole_files(folder: Path) -> None:
    """Every page holds its old or its new text, and nothing in between."""
    for path, text in tree(folder).items():
        if not path.startswith((STAGING, MANIFEST)) and text:
            assert text in {OLD.get(path), NEW.get(path), "courier.example"}, path


@pytest.mark.slow
def test_a_commit_killed_at_any_step_is_undone_by_the_next_build(old: Path) -> None:
    before = tree(old)
    publish(old.parent / "after", NEW)
    broken, undone = 0, 0
    for folder, through in broken_commits(old, "kill"):
        broken += 1
        whole_files(folder)
        with opened(folder) as output:
            found = {path: text for path, text in tree(folder).items() if path != STAGING}
            undone += found == before
            assert found == before or found[MANIFEST] == manifest(*sorted(NEW))
            assert output.manifest in (set(OLD), set(NEW))
        publish(folder, NEW)
        healed = tree(folder)
        assert (healed.pop("CNAME"), healed.pop("empty")) == ("courier.example", "")
        assert healed == tree(old.parent / "after")
        assert not through or not (folder / STAGING).exists()
    assert broken > 30
    assert undone > 30


@pytest.mark.slow
@pytest.mark.parametrize("how", ["fail", "fail for good"])
def test_a_commit_that_fails_at_any_step_is_undone(old: Path, how: str) -> None:
    before, broken = tree(old), 0
    for folder, through in broken_commits(old, how):
        broken += 1
        whole_files(folder)
        if how == "fail" and not through:
            left = tree(folder)
            assert {path: text for path, text in left.items() if not path.startswith(STAGING)} == before
        if not through:
            with opened(folder):
                assert {path: text for path, text in tree(folder).items() if path != STAGING} == before
        publish(folder, NEW)
        assert {path: text for path, text in tree(folder).items() if path in NEW} == NEW
    assert broken > 30


def test_a_killed_first_build_is_forgotten(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom digest.output import opened\n"
        "with opened(Path(sys.argv[1])) as output:\n    output.stage('0', b'page')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "output"], check=False, timeout=60)
    assert (tmp_path / "output" / STAGING / "0").exists()
    publish(tmp_path / "output", {"index.html": "front"})
    assert tree(tmp_path / "output") == {MANIFEST: manifest("index.html"), "index.html": "front"}


def test_folders_that_a_killed_build_had_no_time_to_remove_go_with_the_next(folder: Path) -> None:
    before = tree(folder)
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom digest.output import opened\n"
        "rmdir, count = Path.rmdir, iter(range(9))\n"
        "def dying(path):\n"
        "    next(count) and os.kill(os.getpid(), signal.SIGKILL)\n    rmdir(path)\n"
        "with opened(Path(sys.argv[1])) as output:\n    paths = output.manifest | {'deep/er/est/index.html'}\n"
        "    output.stage('0', b'page')\n    output.commit({'deep/er/est/index.html': '0'}, paths)\n"
        "with opened(Path(sys.argv[1])) as output:\n    Path.rmdir = dying\n"
        "    output.commit({}, paths - {'deep/er/est/index.html'})\n"
    )
    subprocess.run([sys.executable, "-c", code, folder], check=False, timeout=60)
    assert (folder / "deep/er").is_dir()
    assert not (folder / "deep/er/est").exists()
    with opened(folder):
        assert tree(folder) == before


def half_done(folder: Path, steps: list[object], folders: object = ()) -> None:
    """What a killed build left: a staging folder with a journal."""
    (folder / STAGING).mkdir()
    (folder / STAGING / "journal").write_text(json.dumps([steps, folders]), encoding="utf-8")


@pytest.mark.parametrize(
    "journal",
    [
        "", "[]", "7", "null", "[[7], []]", "[[[1, 2, 3]], []]", '[[["a"]], []]', '[[["../../x", "0", false]], []]',
        '[[["x", "../CNAME", false]], []]', '[[], ["../x"]]', "\udcff",
        "[" * 100_000,
    ],
)  # fmt: skip
def test_a_journal_that_no_build_has_written_is_dropped(folder: Path, journal: str) -> None:
    before = tree(folder)
    (folder / STAGING).mkdir()
    (folder / STAGING / "journal").write_bytes(journal.encode("utf-8", "surrogateescape"))
    with opened(folder):
        pass
    assert tree(folder) == before


def test_a_killed_commit_is_undone_also_where_someone_cleared_the_folder_since(folder: Path) -> None:
    half_done(folder, [["b/c/index.html", "", True], ["new/index.html", "0", False]], ["new"])
    (folder / "b/c/index.html").rename(folder / STAGING / "old-0")
    shutil.rmtree(folder / "b")
    with opened(folder):
        assert (folder / "b/c/index.html").read_text(encoding="utf-8") == "c"


def test_what_cannot_be_put_back_is_said_and_tried_again_by_the_next_build(folder: Path) -> None:
    half_done(folder, [["b/c/index.html", "", True]])
    (folder / "b/c/index.html").rename(folder / STAGING / "old-0")
    shutil.rmtree(folder / "b")
    (folder / "b").write_text("in the way", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(OSError, match="b"), opened(folder):
            pass
    (folder / "b").unlink()
    with opened(folder):
        assert (folder / "b/c/index.html").read_text(encoding="utf-8") == "c"


def test_a_journal_that_could_not_be_undone_outlives_its_build(folder: Path) -> None:
    with opened(folder) as output:
        output.stage("journal", b"[[], []]")
    assert tree(folder / STAGING) == {"journal": "[[], []]"}
    with opened(folder):
        pass
    assert not (folder / STAGING).exists()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_strangers_thing_in_place_of_the_staging_folder_gives_way(folder: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/journal").write_text('[[["index.html", "x", false]], []]', encoding="utf-8")
    if kind == "link":
        (folder / STAGING).symlink_to(tmp_path / "theirs")
    else:
        (folder / STAGING).write_text("", encoding="utf-8")
    publish(folder, {"index.html": "new"})
    assert (folder / "index.html").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "theirs/journal").exists()


def test_a_build_that_counts_already_is_finished_and_not_undone(folder: Path) -> None:
    (folder / "b/c/index.html").unlink()
    half_done(folder, [["b/c/index.html", "", True], ["index.html", "0", True]])
    (folder / STAGING / "journal").rename(folder / STAGING / "done")
    with opened(folder):
        assert not (folder / "b").exists()
        assert (folder / "index.html").read_text(encoding="utf-8") == "front"


@pytest.mark.slow
def test_a_disk_without_hard_links_keeps_a_copy(folder: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed, and nothing else makes a link fail")
    code = (
        "import sys\nfrom pathlib import Path\n"
        f"sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\nfrom test_output import publish\n"
        "publish(Path(sys.argv[1]), {'index.html': 'new', 'x' * int(sys.argv[2]) + '.html': 'long'})\n"
    )
    command = [strace, "-f", "-qq", "-e", "trace=linkat,link", "-e", "inject=linkat,link:error=EPERM"]
    for length, code_, text in ((300, 1, "front"), (3, 0, "new")):
        done = subprocess.run(
            [*command, sys.executable, "-c", code, folder, str(length)], capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        if "ptrace" in done.stderr:
            pytest.skip("this machine lets nobody trace a process")
        assert done.returncode == code_, done.stderr
        assert (folder / "index.html").read_text(encoding="utf-8") == text
        assert not (folder / STAGING).exists()


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A file system of a few pages of memory, where this machine lets us mount one."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets us mount no file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        publish(disk / "output", {"index.html": "front"})
        before = tree(disk)
        with pytest.raises(OSError, match="No space left") as caught:
            publish(disk / "output", {f"{n}.html": "x" * 5000 for n in range(40)})
        assert caught.value.errno == errno.ENOSPC
        assert tree(disk) == before


def held(folder: Path, ready: multiprocessing.synchronize.Event, end: multiprocessing.synchronize.Event) -> None:
    with opened(folder):
        ready.set()
        end.wait()


def test_the_lock_of_a_killed_build_goes_with_it(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    process = context.Process(target=held, args=(folder, ready, end))
    process.start()
    assert ready.wait(60)
    with pytest.raises(BlockingIOError), opened(folder):
        pass
    process.kill()
    process.join()
    with opened(folder) as output:
        assert isinstance(output, Output)
