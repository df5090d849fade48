"""The cache only ever saves work: whatever happens to its file, what it says is true or it says nothing."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cache import (
    APPLICATION,
    Cache,
    DamagedError,
    Reread,
)
from digest.sheets import Remembered, Rendered
from digest.stamps import digest_of

VERSION = b"one"
BODY = "<p>Some text, \N{SNOWMAN}.</p>"
RECORD = Remembered(bytes(range(32)), digest_of(b"hash"), digest_of(b"key"), digest_of(b"surface"), digest_of(b"frame"))
PAGE = Rendered(bytes(range(1, 33)), digest_of(b"page"), digest_of(b"fingerprint"), digest_of(b"basis"))


def filled(file: Path) -> Path:
    """A cache file that remembers one content file, one body, one page and one value."""
    cache = Cache(file, VERSION)
    cache.begin()
    cache.remember([Reread("a.md", b"entries", b"features", (("body", BODY),))])
    cache.keep_records(cache.remembered().changed({"a.md": RECORD}))
    cache.keep_pages(cache.rendered().changed({"a/index.html": PAGE}))
    cache.keep_values([("a/index.html", b"value")])
    cache.put("name", b"small")
    cache.commit()
    cache.close()
    return file


def told(cache: Cache) -> dict[str, object]:
    """All that a cache says of itself."""
    return {
        "records": cache.remembered().whole(),
        "entries": list(cache.entries()),
        "features": list(cache.features()),
        "body": cache.body("body"),
        "pages": cache.rendered().whole(),
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
    again = RECORD._replace(hash=digest_of(b"hash 2"), key=digest_of(b"key 2"))
    cache.remember([Reread("a.md", b"entries 2", b"features 2", (("second", BODY),))])
    cache.keep_records(cache.remembered().changed({"a.md": again}))
    assert cache.remembered().whole() == {"a.md": again}
    assert list(cache.entries()) == [("a.md", b"entries 2")]
    assert list(cache.features()) == [b"features 2"]
    assert cache.body("second") == BODY
    with pytest.raises(DamagedError):
        cache.body("body")
    cache.close()


def test_what_is_gone_is_forgotten(file: Path) -> None:
    cache = Cache(file, VERSION)
    cache.forget(["a.md", "never.md"])
    cache.keep_records(cache.remembered().changed({}, ["a.md", "never.md"]))
    cache.forget_values(path for path in ["a/index.html"])
    cache.keep_pages(cache.rendered().changed({}, ["a/index.html"]))
    assert (list(cache.remembered()), list(cache.entries()), list(cache.features())) == ([], [], [])
    assert not cache.rendered()
    assert cache.page_value("a/index.html") == b""
    with pytest.raises(DamagedError):
        cache.body("body")
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
    ("update sheets set sheet = x'00' where kind = 'records'", "records", {}),
    ("update sheets set sheet = 7 where kind = 'records'", "records", {}),
    ("update sheets set folder = 'b' where kind = 'records'", "records", {}),
    ("update or replace sheets set kind = 'records' where kind = 'pages'", "records", {}),
    ("update sheets set kind = 'other' where kind = 'records'", "records", {}),
    ("update sheets set sheet = 'text' where kind = 'pages'", "pages", {}),
    ("update sheets set folder = 'b' where kind = 'pages'", "pages", {}),
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
    said = {"records": cache.remembered().whole(), "pages": cache.rendered().whole(), "name": cache.get("name")}
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
