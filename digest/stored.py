"""A large state in many small pieces, of which only those that are asked for are read.

A warm build relates a handful of entries. Of the millions of numbers that an archive has gathered they touch some
thousands, so that reading all of it would be most of the work. Numbers stand in pages, words in buckets by their
checksum. Pieces that are missing or damaged raise ``ValueError`` or ``msgspec.DecodeError`` when they are asked for.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from zlib import crc32

import msgspec

PAGE = 1024
"""Numbers in a page."""

IN_A_BUCKET = 256
"""Words in a bucket, about."""

Bytes = bytes | memoryview
Piece = Callable[[str], bytes]
"""Finds a piece by its name."""

_ENCODER = msgspec.msgpack.Encoder()
_BUCKETS = msgspec.msgpack.Decoder(dict[str, bytes])


class Numbers:
    """Numbers of a saved state, which grow and shrink at their end as an ``array`` does.

    ``read`` is asked for the page that begins at a place, and brings it with ``take``.
    """

    def __init__(self, code: str, length: int, read: Callable[[int], None]) -> None:
        self._code, self._ask = code, read
        self._saved = self._length = length
        self._pages: dict[int, array[int]] = {}

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> int:
        return self._page(number)[number % PAGE]

    def __setitem__(self, number: int, value: int) -> None:
        self._page(number)[number % PAGE] = value

    def append(self, value: int) -> None:
        """Add a number at the end."""
        if self._length % PAGE == 0:
            self._pages[self._length // PAGE] = array(self._code)
        self._page(self._length).append(value)
        self._length += 1

    def extend(self, values: Iterable[int]) -> None:
        """Add numbers at the end."""
        for value in values:
            self.append(value)

    def shorten(self, length: int) -> None:
        """Keep the first ``length`` numbers."""
        for place in range(-(-length // PAGE), -(-self._length // PAGE)):
            self._pages.pop(place, None)
        if length % PAGE:
            del self._page(length)[length % PAGE :]
        self._length = length

    def read(self) -> array[int]:
        """All of them; nothing is left here."""
        made = array(self._code)
        for start in range(0, self._length, PAGE):
            made.extend(self._page(start))
            del self._pages[start // PAGE]
        return made

    def take(self, start: int, data: memoryview) -> memoryview:
        """A page as it was saved, at the head of ``data``; returns what follows it."""
        page = array(self._code)
        size = page.itemsize * min(PAGE, self._saved - start)
        if len(data) < size:
            raise ValueError("numbers are missing")
        page.frombytes(data[:size])
        self._pages.setdefault(start // PAGE, page)
        return data[size:]

    def _page(self, number: int) -> array[int]:
        """The page on which the number at this place stands."""
        page = self._pages.get(number // PAGE)
        if page is None:
            self._ask(number - number % PAGE)
            page = self._pages[number // PAGE]
        return page


def columns(name: str, codes: str, length: int, piece: Piece) -> list[Numbers]:
    """Saved numbers of these types, as many of each. Pages with the same place are saved, and read, as one piece."""

    def read(start: int) -> None:
        left = memoryview(piece(f"{name} {start}"))
        for one in made:
            left = one.take(start, left)
        if left:
            raise ValueError(f"there are too many {name}")

    made = [Numbers(code, length, read) for code in codes]
    return made


def columns_saved(name: str, *numbers: array[int]) -> Iterator[tuple[str, Bytes]]:
    """The pieces of ``columns``, without a copy of them all: there may be a hundred million."""
    for start in range(0, len(numbers[0]), PAGE):
        yield f"{name} {start}", b"".join([memoryview(one)[start : start + PAGE] for one in numbers])


def whole(numbers: array[int] | Numbers) -> array[int]:
    """All of some numbers, in memory."""
    return numbers if isinstance(numbers, array) else numbers.read()


def shorten(numbers: array[int] | Numbers, length: int) -> None:
    """Keep the first ``length`` of some numbers."""
    if isinstance(numbers, array):
        del numbers[length:]
    else:
        numbers.shorten(length)


class Words:
    """Numbers by word, of a saved state."""

    def __init__(self, name: str, count: int, piece: Piece) -> None:
        self._name, self._count, self._piece = name, count, piece
        self._buckets: dict[int, dict[str, bytes]] = {}

    def get(self, word: str) -> array[int]:
        """The numbers of a word; none if it isn't there."""
        return array("I", self._bucket(_number(word, self._count)).get(word, b""))

    def __iter__(self) -> Iterator[str]:
        """All words."""
        for number in range(self._count):
            yield from self._bucket(number)

    def _bucket(self, number: int) -> dict[str, bytes]:
        found = self._buckets.get(number)
        if found is None:
            found = self._buckets[number] = _BUCKETS.decode(self._piece(f"{self._name} {number}"))
        return found


def words_saved(name: str, count: int, words: Mapping[str, array[int]]) -> Iterator[tuple[str, Bytes]]:
    """The pieces of ``Words``."""
    buckets: list[list[str]] = [[] for _ in range(count)]
    for word in words:
        buckets[_number(word, count)].append(word)
    for number, some in enumerate(buckets):
        yield f"{name} {number}", _ENCODER.encode({word: words[word].tobytes() for word in some})


def buckets_for(words: int) -> int:
    """How many buckets so many words need."""
    return 1 << (words // IN_A_BUCKET).bit_length()


def _number(word: str, count: int) -> int:
    """The number of the bucket in which a word stands."""
    return crc32(word.encode("utf-8", "surrogatepass")) % count
