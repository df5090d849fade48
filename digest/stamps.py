"""How files and bytes are told apart: a hash for bytes, a stamp for what a file looks like from outside."""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct
from typing import NamedTuple, Protocol

RACY = 2_000_000_000
"""Nanoseconds. A file changed so shortly before it was looked at may change again within one tick of its time."""

TICK = 20_000_000
"""Nanoseconds. Twice the coarsest tick of Linux's clock (100 a second), by which it stamps files."""

_PACKED = Struct("<4Q")
_ALL = (1 << 64) - 1

STAMP = _PACKED.size
NEVER = bytes(STAMP)
"""Stored for a stamp that no file matches."""

HASH = 16
"""Bytes of a hash, as ``STAMP`` are those of a stored stamp."""

NONE = bytes(HASH)
"""Stands for a hash that there isn't."""


def digest_of(data: bytes) -> bytes:
    """The hash by which bytes are compared: BLAKE2b, 128 bits."""
    return blake2b(data, digest_size=HASH).digest()


class Status(Protocol):
    """What ``os.stat`` says of a file, as far as it counts here."""

    @property
    def st_size(self) -> int:
        """Bytes."""

    @property
    def st_mtime_ns(self) -> int:
        """When its bytes last changed."""

    @property
    def st_ctime_ns(self) -> int:
        """When anything of it last changed."""

    @property
    def st_ino(self) -> int:
        """The number of its inode."""


class Stamp(NamedTuple):
    """What a file looks like from outside: size in bytes, times in ns, inode.

    Equal stamps mean equal bytes, but see ``RACY``.
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: Status) -> Stamp:
        """The stamp of a file from its ``os.stat``."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def packed(self) -> bytes:
        """In 32 bytes: of numbers that are negative or too large, the lowest 64 bits."""
        size, modified, changed, inode = self
        return _PACKED.pack(size & _ALL, modified & _ALL, changed & _ALL, inode & _ALL)

    def encode(self, now: int) -> bytes:
        """As stored. A stamp taken within ``RACY`` of the file's change is stored as one that never matches."""
        return NEVER if now - max(self.modified, self.changed) < RACY else self.packed()

    def matches(self, stored: bytes) -> bool:
        """Whether ``stored`` was made from an equal stamp."""
        return stored == self.packed()

    def encode_moved(self, before: Stamp, clock: int) -> bytes:
        """As stored, of a file that had the stamp ``before`` when it was written and was only renamed since then.

        ``clock`` is the time at which its file system stamps files now. A file that it stamped a tick ago or more gets
        another stamp if it changes again. Whole milliseconds tell of a system that keeps no finer times.
        """
        moved = self._replace(changed=before.changed) == before
        tick = TICK if self.changed % 1_000_000 and clock % 1_000_000 else RACY
        return self.packed() if moved and clock - max(self.modified, self.changed) >= tick else NEVER
