"""The cache only ever saves work: whatever happens to its file, what it says is true or it says nothing."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cache import (
    APPLICATION,
    RACY,
    TICK,
    Cache,
    DamagedError,
    Remembered,
    Rendered,
    Reread,
    Stamp,
    digest_of,
)

VERSION = b"one"
BODY = "<p>Some text, \N{SNOWMAN}.</p>"
RECORD = Remembered("10 20 30 40", b"hash", b"key", b"surface")
PAGE = Rendered("11 21 31 41", b"page hash", b"fingerprint", b"basis")


def filled(file: Path) -> Path:
    """A cache file that remembers one content file, one body, one page and one value."""
    cache = Cache(file, VERSION)
    cache.begin()
    cache.remember([Reread("a.md", RECORD, b"entries", b"features", (("body", BODY),))])
    cache.keep_pages([("a/index.html", PAGE, b"value")])
    cache.put("name", b"small")
    cache.commit()
    cache.close()
    return file


def told(cache: Cache) -> dict[str, object]:
    """All that a cache says of itself."""
    return {
        "records": cache.remembered(),
        "entries": list(cache.entries()),
        "features": list(cache.features()),
        "body": cache.body("body"),
        "pages": cache.rendered(),
        "value": cache.page_value("a/index.html"),
        "name": cache.get("name"),
    }


ALL = {
    "records": {"a.md": RECORD},
    "entries": [("a.md", b"entries")],
    "features": [b"features"],
    "body": BODY,
    "pages": {"a/index.html": PAGE},
    "value": b"value",
    "name": b"small",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return filled(tmp_path / "cache.sqlite")


def is_empty(file: Path, version: bytes = VERSION) -> bool:
    """Whether a cache opens at ``file``, works, and remembers nothing."""
    cache = Cache(file, version)
    try:
        empty = not cache.remembered() and not cache.rendered() and not cache.get("name") and not [*cache.features()]
        cache.put("name", b"new")
        return empty and cache.get("name") == b"new"
    finally:
        cache.close()


# --- What it remembers --------------------------------------------------------------------------------------


def test_what_was_remembered_is_there_the_next_time(file: Path) -> None:
    cache = Cache(file, VERSION)
    assert told(cache) == ALL
    cache.close()


def test_a_worker_reads_beside_the_open_cache(file: Path) -> None:
    cache, reader = Cache(file, VERSION), Cache.reading(file)
    assert told(reader) == ALL
    with pytest.raises(OSError, match="Read-only"):
        reader.put("name", b"other")
    reader.close()
    cache.close()


def test_a_cache_that_moves_stays_warm(file: Path, tmp_path: Path) -> None:
    (tmp_path / "other machine").mkdir()
    moved = file.rename(tmp_path / "other machine" / "copy.sqlite")
    cache = Cache(moved, VERSION)
    assert told(cache) == ALL
    cache.close()


def test_a_new_reading_replaces_the_last_one_and_its_bodies(file: Path) -> None:
    cache = Cache(file, VERSION)
    again = Remembered("1 2 3 4", b"hash 2", b"key 2", b"surface 2")
    cache.remember([Reread("a.md", again, b"entries 2", b"features 2", (("second", BODY),))])
    assert cache.remembered() == {"a.md": again}
    assert list(cache.entries()) == [("a.md", b"entries 2")]
    assert list(cache.features()) == [b"features 2"]
    assert cache.body("second") == BODY
    with pytest.raises(DamagedError):
        cache.body("body")
    cache.close()


def test_what_is_gone_is_forgotten(file: Path) -> None:
    cache = Cache(file, VERSION)
    cache.forget(["a.md", "never.md"])
    cache.forget_pages(path for path in ["a/index.html"])
    assert (cache.remembered(), list(cache.entries()), list(cache.features()), cache.rendered()) == ({}, [], [], {})
    assert cache.page_value("a/index.html") == b""
    with pytest.raises(DamagedError):
        cache.body("body")
    cache.close()


def test_stamps_are_renewed_alone(file: Path) -> None:
    cache = Cache(file, VERSION)
    cache.restamp([("new", "a.md")])
    cache.confirm_pages([("a/index.html", PAGE._replace(stamp="newer"))])
    assert told(cache) == ALL | {
        "records": {"a.md": RECORD._replace(stamp="new")},
        "pages": {"a/index.html": PAGE._replace(stamp="newer")},
    }
    cache.close()


def test_an_empty_body_needs_no_row_and_an_unknown_one_is_damage(file: Path) -> None:
    cache = Cache(file, VERSION)
    assert cache.body("") == ""
    with pytest.raises(DamagedError, match="unknown"):
        cache.body("unknown")
    cache.close()


def test_a_group_of_changes_that_is_not_committed_never_was(file: Path) -> None:
    cache = Cache(file, VERSION)
    cache.begin()
    cache.forget(["a.md"])
    cache.put("name", b"other")
    cache.close()
    cache = Cache(file, VERSION)
    assert told(cache) == ALL
    cache.close()


# --- Files that are no cache of this generator --------------------------------------------------------------


def test_another_version_remembers_nothing(file: Path) -> None:
    assert is_empty(file, b"two")
    assert is_empty(file, VERSION)


@pytest.mark.parametrize("data", [b"", b"title: not a database\n", b"SQLite format 3\0", os.urandom(9000)])
def test_a_file_that_is_no_database_is_replaced(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_bytes(data)
    assert is_empty(tmp_path / "cache.sqlite")


@pytest.mark.parametrize(
    "script",
    [
        "create table photos (name text)",
        "create table meta (one int); create table pages (two int)",
        f"pragma application_id = {APPLICATION}; create table meta (name text)",
        "pragma journal_mode = wal; create table meta (name text primary key, value blob, crc int)",
    ],
)
def test_another_programs_database_is_replaced(script: str, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "cache.sqlite")
    database.executescript(script)
    database.close()
    assert is_empty(tmp_path / "cache.sqlite")


def test_a_cache_that_lost_a_table_is_noticed(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("drop table bodies")
    database.close()
    cache = Cache(file, VERSION)
    with pytest.raises(DamagedError, match="no such table"):
        cache.body("body")
    with pytest.raises(DamagedError, match="no such table"):
        cache.forget(["a.md"])
    cache.close()


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").mkdir()
    with pytest.raises(OSError, match=r"cache\.sqlite"):
        Cache(tmp_path / "cache.sqlite", VERSION)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match=r"cache\.sqlite"):
        Cache(tmp_path / "missing" / "cache.sqlite", VERSION)
    with pytest.raises(PermissionError, match=r"cache\.sqlite"):
        Cache.reading(tmp_path / "missing" / "cache.sqlite")


@pytest.mark.slow  # SQLite waits five seconds for the other
def test_a_file_that_another_program_holds_is_left_alone(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(BlockingIOError):
        Cache(file, VERSION)
    other.execute("commit")
    other.close()
    cache = Cache(file, VERSION)
    assert told(cache) == ALL
    cache.close()


def test_a_full_disk_is_named_as_such(file: Path) -> None:
    cache = Cache(file, VERSION)
    cache._db.execute("pragma max_page_count = 1").fetchone()
    with pytest.raises(OSError, match=r"cache\.sqlite") as caught:
        cache.put("large", bytes(1_000_000))
    assert caught.value.errno == errno.ENOSPC
    cache.close()


# --- Damage -------------------------------------------------------------------------------------------------


def true_or_silent(file: Path) -> None:
    """Whatever the file holds, a cache says what was remembered, or less, or that it is damaged."""
    cache = Cache(file, VERSION)
    try:
        said = told(cache)
    except DamagedError:
        return
    finally:
        cache.close()
    records, pages = said["records"], said["pages"]
    assert isinstance(records, dict)
    assert isinstance(pages, dict)
    # A stamp is a hint without a checksum: one that is damaged matches no file.
    assert {key: one._replace(stamp=RECORD.stamp) for key, one in records.items()}.items() <= {"a.md": RECORD}.items()
    assert {key: one._replace(stamp=PAGE.stamp) for key, one in pages.items()}.items() <= {"a/index.html": PAGE}.items()
    assert said["features"] in ([], [b"features"])
    assert said["body"] == BODY
    assert said["value"] in (b"", b"value")
    assert said["name"] in (b"", b"small")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("cache") / "cache.sqlite")


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 7)), min_size=1, max_size=3))
@settings(max_examples=200)
def test_flipped_bits_are_never_believed(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    damaged = bytearray(whole.read_bytes())
    used = [place for place, byte in enumerate(damaged) if byte]
    for number, bit in flips:
        damaged[used[number % len(used)]] ^= 1 << bit
    file = tmp_path_factory.mktemp("flipped") / "cache.sqlite"
    file.write_bytes(damaged)
    true_or_silent(file)


@given(st.integers(0, 40_000))
@settings(max_examples=40)
def test_a_truncated_file_is_never_believed(whole: Path, tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    file = tmp_path_factory.mktemp("short") / "cache.sqlite"
    data = whole.read_bytes()
    file.write_bytes(data[: length % len(data)])
    true_or_silent(file)


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm"])
def test_rubbish_beside_the_file_is_never_believed(file: Path, suffix: str) -> None:
    Path(f"{file}{suffix}").write_bytes(os.urandom(5000))
    true_or_silent(file)


COLUMNS = [
    ("update records set surface = x'00'", "records", {}),
    ("update records set hash = x'00'", "records", {}),
    ("update records set key = 7", "records", {}),
    ("update records set path = 'b.md'", "records", {}),
    ("update pages set fingerprint = x'00'", "pages", {}),
    ("update pages set hash = 'text'", "pages", {}),
    ("update pages set path = 'b'", "pages", {}),
    ("update pages set basis = 7", "pages", {}),
    ("update page_values set value = x'00'", "value", b""),
    ("update meta set value = x'00' where name = 'name'", "name", b""),
]


@pytest.mark.parametrize(("change", "what", "left"), COLUMNS)
def test_a_damaged_row_counts_as_missing(file: Path, change: str, what: str, left: object) -> None:
    database = sqlite3.connect(file)
    database.execute(change)
    database.commit()
    database.close()
    cache = Cache(file, VERSION)
    said = {"records": cache.remembered(), "pages": cache.rendered(), "name": cache.get("name")}
    assert ({"value": cache.page_value("a/index.html")} | said)[what] == left
    cache.close()


@pytest.mark.parametrize(
    "change", ["update features set features = x'00'", "update bodies set html = cast(x'ff' as text)"]
)
def test_a_damaged_row_that_must_be_there_is_said_to_be_damaged(file: Path, change: str) -> None:
    database = sqlite3.connect(file)
    database.execute(change)
    database.commit()
    database.close()
    cache = Cache(file, VERSION)
    with pytest.raises(DamagedError):
        told(cache)
    cache.close()


def test_a_killed_build_leaves_what_was_committed_before(file: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom digest.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1]), b'one')\ncache._db.execute('pragma cache_size = 1')\ncache.begin()\n"
        "for n in range(500):\n    cache.put('name' + str(n % 7), os.urandom(9000))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, file], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert Path(f"{file}-journal").stat().st_size
    cache = Cache(file, VERSION)
    assert told(cache) == ALL
    assert cache.get("name1") == b""
    cache.close()


# --- Stamps -------------------------------------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("one", encoding="utf-8")
    return path


def stamp(path: Path) -> Stamp:
    return Stamp.of(path.lstat())


def test_a_stamp_matches_the_file_it_was_taken_of(page: Path) -> None:
    one = stamp(page)
    stored = one.encode(max(one.modified, one.changed) + RACY)
    assert stamp(page).matches(stored)
    page.write_text("other", encoding="utf-8")
    assert not stamp(page).matches(stored)


def test_a_stamp_of_a_file_that_was_just_changed_matches_nothing(page: Path) -> None:
    one = stamp(page)
    stored = one.encode(max(one.modified, one.changed) + RACY - 1)
    assert not stamp(page).matches(stored)


def test_setting_the_time_back_does_not_deceive(page: Path) -> None:
    one = stamp(page)
    stored = one.encode(one.changed + 2 * RACY)
    page.write_text("two", encoding="utf-8")
    os.utime(page, ns=(one.modified, one.modified))
    assert not stamp(page).matches(stored)


def moved(path: Path) -> tuple[Stamp, Stamp]:
    """The stamps of a file before and after it was renamed."""
    before = stamp(path)
    path.rename(path.with_name("moved"))
    return before, stamp(path.with_name("moved"))


def test_a_file_that_was_only_renamed_is_trusted_a_tick_later(page: Path) -> None:
    before, after = moved(page)
    after = after._replace(changed=after.changed // 1_000_000 * 1_000_000 + 1)
    latest = max(after.modified, after.changed)
    assert after.matches(after.encode_moved(before, latest + TICK + 1))
    assert after.encode_moved(before, latest + TICK - 1_000_001) == ""
    assert after.encode_moved(before._replace(inode=0), latest + TICK + 1) == ""
    assert after.encode_moved(before._replace(modified=before.modified - 1), latest + TICK + 1) == ""


def test_where_times_are_coarse_a_tick_is_two_seconds(page: Path) -> None:
    before, after = moved(page)
    after = after._replace(changed=(after.changed // 1_000_000_000 + 1) * 1_000_000_000)
    assert after.encode_moved(before, after.changed + RACY - 1) == ""
    assert after.matches(after.encode_moved(before, after.changed + RACY))


def test_bytes_are_compared_by_a_short_hash_that_does_not_change() -> None:
    assert digest_of(b"").hex() == "cae66941d9efbd404e4d88758ea67670"
    assert zlib.crc32(digest_of(b"a")) != zlib.crc32(digest_of(b"b"))
