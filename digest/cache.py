"""The cache: an SQLite file that remembers what was read and what was rendered.

It only ever saves work. Each row carries a checksum; a file that is damaged, older, foreign or half-written is
thrown away and built anew, and deleting it is always safe. Nothing in it depends on the machine or the folder:
file times are a hint (``Stamp``), and a hint that doesn't match costs one look at the bytes.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

APPLICATION = 0x64696773
"""Marks the file as ours in SQLite's header (``application_id``): "digs"."""

RACY = 2_000_000_000
"""Nanoseconds. A file changed so shortly before it was looked at may change again within one tick of its time."""

TICK = 20_000_000
"""Nanoseconds. Twice the coarsest tick of Linux's clock (100 a second), by which it stamps files."""

FEW = 1000
"""Rows that are asked for one by one; more are found by reading all."""

# What every build reads stands apart from what few do: a table is read as a whole, row by row.
_TABLES = """
create table meta (name text primary key, value blob, crc int);
create table records (path text primary key, stamp text, hash blob, key blob, surface blob, crc int);
create table readings (path text primary key, entries blob, crc int);
create table features (path text primary key, features blob, crc int);
create table bodies (key text primary key, path text, html text, crc int);
create index bodies_path on bodies (path);
create table pages (path text primary key, stamp text, hash blob, fingerprint blob, basis blob, crc int);
create table page_values (path text primary key, value blob, crc int);
"""


class Stamp(NamedTuple):
    """What a file looks like from outside: size in bytes, times in ns, inode.

    Equal stamps mean equal bytes, but see ``RACY``.
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file from its ``os.stat``."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def encode(self, now: int) -> str:
        """As stored. A stamp taken within ``RACY`` of the file's change is stored as one that never matches."""
        return "" if now - max(self.modified, self.changed) < RACY else self._text()

    def matches(self, stored: str) -> bool:
        """Whether ``stored`` was made from an equal stamp."""
        return stored == self._text()

    def encode_moved(self, before: Stamp, clock: int) -> str:
        """As stored, of a file that had the stamp ``before`` when it was written and was only renamed since then.

        ``clock`` is the time at which its file system stamps files now. A file that it stamped a tick ago or more gets
        another stamp if it changes again. Whole milliseconds tell of a system that keeps no finer times.
        """
        moved = self._replace(changed=before.changed) == before
        tick = TICK if self.changed % 1_000_000 and clock % 1_000_000 else RACY
        return self._text() if moved and clock - max(self.modified, self.changed) >= tick else ""

    def _text(self) -> str:
        return f"{self.size} {self.modified} {self.changed} {self.inode}"


class Remembered(NamedTuple):
    """A content file as it was last read: ``key`` says from which bytes, under which settings.

    ``surface`` is the hash of all that was read but the text of articles.
    """

    stamp: str
    hash: bytes
    key: bytes
    surface: bytes


class Reread(NamedTuple):
    """A content file as it is to be remembered: its entries, what they are about, the HTML of bodies by hash."""

    path: str
    last: Remembered
    entries: bytes
    features: bytes
    bodies: tuple[tuple[str, str], ...]


class Rendered(NamedTuple):
    """An output file as it was last written: its stamp, the hash of its bytes, its page's fingerprint and basis."""

    stamp: str
    hash: bytes
    fingerprint: bytes
    basis: bytes


def digest_of(data: bytes) -> bytes:
    """The hash by which bytes are compared: BLAKE2b, 128 bits."""
    return blake2b(data, digest_size=16).digest()


class DamagedError(Exception):
    """A row that must be there is missing or damaged. The cache file must be made anew, and the build repeated."""


_OF_THE_DISK = {
    sqlite3.SQLITE_BUSY: errno.EAGAIN,
    sqlite3.SQLITE_LOCKED: errno.EAGAIN,
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}
"""SQLite's primary result codes that tell of the disk or of another process; all others tell of a damaged file."""


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn SQLite's errors into ``OSError``, where the disk is at fault, or ``DamagedError``."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # a message may quote the damaged bytes
        number = _OF_THE_DISK.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        raise OSError(number, os.strerror(number), str(file)) if number else DamagedError(str(error)) from error


class Cache:
    """One open cache file. ``version`` names the generator and everything its results depend on.

    Raises ``BlockingIOError`` where another program holds the file, ``OSError`` where the disk fails, and in any call
    after that ``DamagedError`` for damage that only then came to light.
    """

    def __init__(self, file: Path, version: bytes) -> None:
        self.file = file
        try:
            with _told(file):
                self._open(version)
        except BlockingIOError:
            raise
        except (DamagedError, OSError):
            self._remove()
            with _told(file):
                self._open(version)

    @classmethod
    def reading(cls, file: Path) -> Cache:
        """A second connection for a worker process, which only reads."""
        made = cls.__new__(cls)
        made.file = file
        with _told(file):
            made._db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        return made

    def _open(self, version: bytes) -> None:
        self._connect()
        try:
            if not self._is_current(version):
                self._db.close()
                self._remove()
                self._connect()
                self._create(version)
        except BaseException:
            self._db.close()
            raise

    def _connect(self) -> None:
        self._db = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)

    def _create(self, version: bytes) -> None:
        self._settle()
        self._db.executescript(f"begin; {_TABLES} pragma application_id = {APPLICATION}; commit;")
        self.put("version", version)

    def _settle(self) -> None:
        """A lost cache costs one build, so nothing waits for the disk; a killed build still leaves a whole file."""
        self._db.execute("pragma synchronous = off")
        self._db.execute("pragma journal_mode = truncate").fetchone()

    def _is_current(self, version: bytes) -> bool:
        """Whether this file is ours and of this version; an empty one is not, and a foreign one is not touched."""
        if self._db.execute("pragma application_id").fetchone() != (APPLICATION,):
            return False
        self._settle()
        return self.get("version") == version

    def _remove(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; what was not committed is forgotten."""
        self._db.close()

    def begin(self) -> None:
        """Start a group of changes that come true together."""
        self._one("begin")

    def commit(self) -> None:
        """Make the changes since ``begin`` true."""
        self._one("commit")

    def _one(self, words: str, *values: object) -> None:
        """Run a statement that changes something."""
        with _told(self.file):
            self._db.execute(words, values)

    def _many(self, words: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run a statement that changes something, once for each row."""
        with _told(self.file):
            self._db.executemany(words, rows)

    def _rows(self, words: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """What a question finds."""
        with _told(self.file):
            for row in self._db.execute(words, values):  # noqa: UP028 - it would close the cursor after the file
                yield row

    def _row(self, words: str, value: str) -> tuple[Any, Any]:
        """The two columns of the one row that a question can find; two that fit nothing where there is none."""
        with _told(self.file):
            found: tuple[Any, Any] | None = self._db.execute(words, (value,)).fetchone()
        return found or (None, None)

    # What was read.

    def remembered(self) -> dict[str, Remembered]:
        """How every content file was last read, by path; rows whose checksum is wrong are left out."""
        rows = self._rows("select path, stamp, hash, key, surface, crc from records")
        return {row[0]: Remembered._make(row[1:5]) for row in rows if _crc(row[0], row[2:5]) == row[5]}

    def entries(self, paths: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
        """What was read from some content files, or from all, with the path of each. Raises ``DamagedError``."""
        return self._blobs("select path, entries, crc from readings", paths)

    def remember(self, some: Collection[Reread]) -> None:
        """Keep the readings of some content files instead of their last ones."""
        records = [(one.path, *one.last, _crc(one.path, one.last[1:])) for one in some]
        readings = [(one.path, one.entries, _crc(one.path, (one.entries,))) for one in some]
        features = [(one.path, one.features, _crc(one.path, (one.features,))) for one in some]
        bodies = [(key, one.path, html, _crc_of_text(key, html)) for one in some for key, html in one.bodies]
        self._many("delete from bodies where path = ?", [(one.path,) for one in some])
        self._many("insert or replace into records values (?, ?, ?, ?, ?, ?)", records)
        self._many("insert or replace into readings values (?, ?, ?)", readings)
        self._many("insert or replace into features values (?, ?, ?)", features)
        self._many("insert or replace into bodies values (?, ?, ?, ?)", bodies)

    def restamp(self, stamps: Iterable[tuple[str, str]]) -> None:
        """Set the stamps of content files whose bytes turned out to be the same: (stamp, path) pairs."""
        self._many("update records set stamp = ? where path = ?", stamps)

    def forget(self, paths: Iterable[str]) -> None:
        """Drop the readings of content files that are gone."""
        gone = [(path,) for path in paths]
        self._many("delete from records where path = ?", gone)
        self._many("delete from readings where path = ?", gone)
        self._many("delete from features where path = ?", gone)
        self._many("delete from bodies where path = ?", gone)

    def features(self, paths: Collection[str] | None = None) -> Iterator[bytes]:
        """The stored features of some content files, or of all. Raises ``DamagedError``."""
        return (features for _, features in self._blobs("select path, features, crc from features", paths))

    def _blobs(self, words: str, paths: Collection[str] | None) -> Iterator[tuple[str, bytes]]:
        """Path and bytes of the rows for some content files, or of all. Raises ``DamagedError``."""
        few, missing = paths is not None and len(paths) < FEW, set(paths or ())
        rows = chain.from_iterable(self._rows(f"{words} where path = ?", one) for one in sorted(missing))
        for path, blob, crc in rows if few else self._rows(words):
            if paths is not None and path not in missing:
                continue
            if _crc(path, (blob,)) != crc:
                raise DamagedError(path)
            missing.discard(path)
            yield path, blob
        if missing:
            raise DamagedError(min(missing))

    def body(self, key: str) -> str:
        """A rendered body by its hash; the empty key is that of an empty body. Raises ``DamagedError``."""
        if not key:
            return ""
        html, crc = self._row("select html, crc from bodies where key = ?", key)
        if _crc_of_text(key, html) != crc:
            raise DamagedError(key)
        return str(html)

    # What was rendered.

    def rendered(self) -> dict[str, Rendered]:
        """Every output file's last rendering, by path; rows whose checksum is wrong are left out."""
        rows = self._rows("select path, stamp, hash, fingerprint, basis, crc from pages")
        return {row[0]: Rendered._make(row[1:5]) for row in rows if _crc(row[0], row[2:5]) == row[5]}

    def page_value(self, path: str) -> bytes:
        """The encoded value from which the output file at ``path`` was last rendered; empty where it is lost."""
        value, crc = self._row("select value, crc from page_values where path = ?", path)
        return value if isinstance(value, bytes) and _crc(path, (value,)) == crc else b""

    def keep_pages(self, rows: Collection[tuple[str, Rendered, bytes]]) -> None:
        """Remember renderings: (path, rendering, encoded value)."""
        pages = ((path, *one, _crc(path, one[1:])) for path, one, _ in rows)
        values = ((path, value, _crc(path, (value,))) for path, _, value in rows)
        self._many("insert or replace into pages values (?, ?, ?, ?, ?, ?)", pages)
        self._many("insert or replace into page_values values (?, ?, ?)", values)

    def confirm_pages(self, rows: Iterable[tuple[str, Rendered]]) -> None:
        """Set stamps and bases of output files that turned out to be right: (path, rendering)."""
        kept = ((one.stamp, one.basis, _crc(path, one[1:]), path) for path, one in rows)
        self._many("update pages set stamp = ?, basis = ?, crc = ? where path = ?", kept)

    def forget_pages(self, paths: Iterable[str]) -> None:
        """Drop the renderings of output files that are gone."""
        gone = [(path,) for path in paths]
        self._many("delete from pages where path = ?", gone)
        self._many("delete from page_values where path = ?", gone)

    # Small values.

    def get(self, name: str) -> bytes:
        """A named value, empty where there is none or it is damaged."""
        value, crc = self._row("select value, crc from meta where name = ?", name)
        return value if isinstance(value, bytes) and _crc_of_long(name, value) == crc else b""

    def put(self, name: str, value: bytes | memoryview) -> None:
        """Keep a named value."""
        self._one("insert or replace into meta values (?, ?, ?)", name, value, _crc_of_long(name, value))


def _crc_of_long(name: str, value: bytes | memoryview) -> int:
    """The checksum of a named value, without a copy of it."""
    return zlib.crc32(value, zlib.crc32(name.encode()))


def _crc(name: str, parts: tuple[Any, ...]) -> int:
    """The checksum of a row's name and bytes; -1, which no row has, where damage made them something else."""
    try:
        return zlib.crc32(b"".join(parts), zlib.crc32(name.encode("utf-8", "surrogatepass")))
    except (AttributeError, TypeError):
        return -1


def _crc_of_text(name: str, text: object) -> int:
    """The same for a row that holds a text."""
    return _crc(name, (text.encode("utf-8", "surrogatepass"),)) if isinstance(text, str) else -1
