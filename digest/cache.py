"""The cache: an SQLite file that remembers what was read and what was rendered.

It only ever saves work. Each row carries a checksum; a file that is damaged, older, foreign or half-written is
thrown away and built anew, and deleting it is always safe. Nothing in it depends on the machine or the folder:
file times are a hint (``stamps.Stamp``), and a hint that doesn't match costs one look at the bytes.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from digest.sheets import Remembered, Rendered, Sheet, Sheets, records, renderings

APPLICATION = 0x64696773
"""Marks the file as ours in SQLite's header (``application_id``): "digs"."""

PATIENCE = 60
"""Seconds that a worker waits for its parent to write: milliseconds on any disk, but the slowest."""

FEW = 1000
"""Rows that are asked for one by one; more are found by reading all."""

# What every build reads stands apart from what few do: a table is read as a whole, row by row.
_TABLES = """
create table meta (name text primary key, value blob, crc int);
create table sheets (kind text, folder text, sheet blob, crc int, primary key (kind, folder));
create table readings (path text primary key, entries blob, crc int);
create table features (path text primary key, features blob, crc int);
create table bodies (key text primary key, path text, html text, crc int);
create index bodies_path on bodies (path);
create table page_values (path text primary key, value blob, crc int);
"""


_ENCODER = msgspec.msgpack.Encoder()
_SHEET = msgspec.msgpack.Decoder(Sheet)


class Reread(NamedTuple):
    """A content file as it is to be remembered: its entries, what they are about, the HTML of bodies by hash."""

    path: str
    entries: bytes
    features: bytes
    bodies: tuple[tuple[str, str], ...]


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
            name = f"{file.absolute().as_uri()}?mode=ro"
            made._db = sqlite3.connect(name, timeout=PATIENCE, uri=True, isolation_level=None)
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

    def remembered(self) -> Sheets[Remembered]:
        """How every content file was last read, by path; a damaged sheet is left out."""
        return records(self._sheets("records"))

    def keep_records(self, sheets: Mapping[str, Sheet | None]) -> None:
        """Keep some sheets of ``remembered``, by folder, in the place of the last ones; ``None`` for one that goes."""
        self._keep_sheets("records", sheets)

    def entries(self, paths: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
        """What was read from some content files, or from all, with the path of each. Raises ``DamagedError``."""
        return self._blobs("select path, entries, crc from readings", paths)

    def remember(self, some: Collection[Reread]) -> None:
        """Keep the readings of some content files instead of their last ones."""
        readings = [(one.path, one.entries, _crc(one.path, (one.entries,))) for one in some]
        features = [(one.path, one.features, _crc(one.path, (one.features,))) for one in some]
        bodies = [(key, one.path, html, _crc_of_text(key, html)) for one in some for key, html in one.bodies]
        self._many("delete from bodies where path = ?", [(one.path,) for one in some])
        self._many("insert or replace into readings values (?, ?, ?)", readings)
        self._many("insert or replace into features values (?, ?, ?)", features)
        self._many("insert or replace into bodies values (?, ?, ?, ?)", bodies)

    def forget(self, paths: Iterable[str]) -> None:
        """Drop the readings of content files that are gone."""
        gone = [(path,) for path in paths]
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

    def rendered(self) -> Sheets[Rendered]:
        """Every output file's last rendering, by path; a damaged sheet is left out."""
        return renderings(self._sheets("pages"))

    def keep_pages(self, sheets: Mapping[str, Sheet | None]) -> None:
        """Keep some sheets of ``rendered``, as ``keep_records`` does."""
        self._keep_sheets("pages", sheets)

    def page_value(self, path: str) -> bytes:
        """The encoded value from which the output file at ``path`` was last rendered; empty where it is lost."""
        value, crc = self._row("select value, crc from page_values where path = ?", path)
        return value if isinstance(value, bytes) and _crc(path, (value,)) == crc else b""

    def keep_values(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Remember what some output files were rendered from: (path, encoded value)."""
        values = ((path, value, _crc(path, (value,))) for path, value in rows)
        self._many("insert or replace into page_values values (?, ?, ?)", values)

    def keep_early(self, rows: Collection[tuple[str, bytes]]) -> None:
        """The same, by themselves. It waits for workers that read, which is a matter of milliseconds."""
        if rows:
            self.begin()
            self.keep_values(rows)
            self.commit()

    def forget_values(self, paths: Iterable[str]) -> None:
        """Drop the values of output files that are gone."""
        self._many("delete from page_values where path = ?", [(path,) for path in paths])

    # Sheets of files.

    def _sheets(self, kind: str) -> dict[str, Sheet]:
        """The sheets of one kind in the order of their folders."""
        rows = self._rows("select folder, sheet, crc from sheets where kind = ? order by folder", kind)
        return {
            folder: _SHEET.decode(sheet) for folder, sheet, crc in rows if _crc(f"{kind} {folder}", (sheet,)) == crc
        }

    def _keep_sheets(self, kind: str, sheets: Mapping[str, Sheet | None]) -> None:
        encoded = [(folder, _ENCODER.encode(sheet)) for folder, sheet in sheets.items() if sheet]
        rows = [(kind, folder, sheet, _crc(f"{kind} {folder}", (sheet,))) for folder, sheet in encoded]
        gone = [(kind, folder) for folder, sheet in sheets.items() if sheet is None]
        self._many("insert or replace into sheets values (?, ?, ?, ?)", rows)
        self._many("delete from sheets where kind = ? and folder = ?", gone)

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
