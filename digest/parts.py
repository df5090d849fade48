"""Parts of a site: which pages and files are whose.

A part is what ``digest build --shard I/N`` makes. Pages and files are dealt out by a hash of their output path: so the
parts are about equal, and a page that comes or goes moves no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

MOST = 1000
"""Parts of one site at most."""


class Part(NamedTuple):
    """The part with this number, from 1, of so many."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"part {self.number} of {self.of}"

    def holds(self, path: str) -> bool:
        """Whether the page or file at the output path ``path`` belongs to this part."""
        mark = blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(mark, "big") % self.of == self.number - 1


def part_of(text: str) -> Part:
    """The part that ``I/N`` names. Raises ``ValueError``, in words."""
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    hint = "write I/N, such as 2/4 for the second of four"
    if not found:
        raise ValueError(f'"{text}" is no part of a site; {hint}')
    number, count = int(found[1]), int(found[2])
    if not 1 <= count <= MOST:
        raise ValueError(f"a site has 1 to {MOST:,} parts, not {count:,}; {hint}")
    if not 1 <= number <= count:
        raise ValueError(f"there is no part {number:,} of {count:,}; {hint}")
    return Part(number, count)


def mark_of(hashes: Iterable[tuple[str, bytes]]) -> str:
    """One hash for many paths with a hash each, in whatever order they come."""
    mark = blake2b(digest_size=16)
    for path, hash_ in sorted(hashes):
        name = path.encode("utf-8", "surrogatepass")
        mark.update(len(name).to_bytes(4, "big") + name + len(hash_).to_bytes(1, "big") + hash_)
    return mark.hexdigest()
