"""What is remembered of files: on the sheet of its folder, each has a row of a stamp and a few hashes.

An archive has a hundred thousand files, and a build finds nearly all of them as they were. A sheet is compared with
its folder as a whole; only where the two differ is there an object for each file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

import msgspec

from digest.stamps import HASH, STAMP


class Remembered(NamedTuple):
    """A content file as it was last read: ``key`` says from which bytes, under which settings.

    ``surface`` is the hash of all that was read but the text of articles, ``frame`` of what of it decides where an
    article stands and how it is found; where summaries stand takes a look at them. A static file has neither.
    """

    stamp: bytes
    hash: bytes
    key: bytes
    surface: bytes
    frame: bytes


KEY, SURFACE, FRAME = 1, 2, 3
"""Where they stand among the hashes of a ``Remembered``."""


class Rendered(NamedTuple):
    """An output file as it was last written: its stamp, the hash of its bytes, its page's fingerprint and basis."""

    stamp: bytes
    hash: bytes
    fingerprint: bytes
    basis: bytes


Row = TypeVar("Row", bound="tuple[bytes, ...]")
"""A ``Remembered`` or ``Rendered``."""


class Sheet(msgspec.Struct, frozen=True, array_like=True):
    """The rows of a folder's files by column; ``names`` are sorted. A column holds one value after the other."""

    names: tuple[str, ...]
    stamps: bytes
    hashes: tuple[bytes, ...]

    @classmethod
    def of(cls, rows: Mapping[str, Row]) -> Sheet:
        """The sheet with these rows, by file name."""
        names = tuple(sorted(rows))
        stamps, *hashes = (b"".join(column) for column in zip(*map(rows.__getitem__, names), strict=True))
        return cls(names, stamps, tuple(hashes))

    def holds(self, names: Iterable[str], stamps: Iterable[bytes]) -> bool:
        """Whether these are the names and stamps on the sheet, in the same order."""
        return self.names == tuple(names) and self.stamps == b"".join(stamps)

    def row(self, number: int) -> tuple[bytes, ...]:
        """The stamp and the hashes of the file with this number."""
        start, size = number * HASH, STAMP
        return self.stamps[number * size : number * size + size], *[one[start : start + HASH] for one in self.hashes]

    def rows(self) -> Iterator[tuple[bytes, ...]]:
        """All rows in the order of ``names``."""
        return map(self.row, range(len(self.names)))


class Sheets(Mapping[str, Row], Generic[Row]):
    """The rows of many files by path, on the sheets of their folders; ``kind`` makes a row of its values.

    The last ``parts`` of a path are a name on a sheet, what stands before them is its folder.
    """

    def __init__(self, kind: Callable[[Iterable[bytes]], Row], parts: int, by_folder: Mapping[str, Sheet]) -> None:
        self._kind = kind
        self._parts = parts
        self.by_folder = by_folder

    def __getitem__(self, path: str) -> Row:
        folder, name = self.split(path)
        names = self.by_folder[folder].names
        number = bisect_left(names, name)
        if number == len(names) or names[number] != name:
            raise KeyError(path)
        return self._kind(self.by_folder[folder].row(number))

    def __iter__(self) -> Iterator[str]:
        return (f"{folder}/{name}" if folder else name for folder, one in self.by_folder.items() for name in one.names)

    def __len__(self) -> int:
        return sum(len(sheet.names) for sheet in self.by_folder.values())

    def split(self, path: str) -> tuple[str, str]:
        """The folder on whose sheet the file at ``path`` stands, and the name that it has there."""
        above, *below = path.rsplit("/", self._parts)
        return (above, "/".join(below)) if len(below) == self._parts else ("", path)

    def rows(self, folder: str) -> dict[str, Row]:
        """The rows on the sheet of a folder, by name."""
        sheet = self.by_folder.get(folder)
        return dict(zip(sheet.names, map(self._kind, sheet.rows()), strict=True)) if sheet else {}

    def column(self, number: int) -> dict[str, bytes]:
        """One of the hashes of every file."""
        hashes = (
            sheet.hashes[number][start : start + HASH]
            for sheet in self.by_folder.values()
            for start in range(0, HASH * len(sheet.names), HASH)
        )
        return dict(zip(self, hashes, strict=True))

    def whole(self) -> dict[str, Row]:
        """Every row at once."""
        rows = (row for sheet in self.by_folder.values() for row in sheet.rows())
        return dict(zip(self, map(self._kind, rows), strict=True))

    def changed(self, rows: Mapping[str, Row], gone: Iterable[str] = ()) -> dict[str, Sheet | None]:
        """The sheets, by folder, that differ once ``rows`` are there and those of the paths ``gone`` aren't.

        There is none for a folder whose files are all gone.
        """
        new: defaultdict[str, dict[str, Row | None]] = defaultdict(dict)
        for path, row in (*((path, None) for path in gone), *rows.items()):
            folder, name = self.split(path)
            new[folder][name] = row
        made: dict[str, Sheet | None] = {}
        for folder, some in new.items():
            left = {name: row for name, row in {**self.rows(folder), **some}.items() if row is not None}
            made[folder] = Sheet.of(left) if left else None
        return made


def records(by_folder: Mapping[str, Sheet]) -> Sheets[Remembered]:
    """What is remembered of content files."""
    return Sheets(Remembered._make, 1, by_folder)


def renderings(by_folder: Mapping[str, Sheet]) -> Sheets[Rendered]:
    """What is remembered of output files. Most pages have a folder of their own: a sheet is for the one above it."""
    return Sheets(Rendered._make, 2, by_folder)
