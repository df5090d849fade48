"""Entries in order of date, as the ledger of related posts knows them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from digest.stored import Bytes, Piece

TOGETHER = 64
"""Entries that are saved as one piece."""

Pick = tuple[float, int]
"""Score and place in the order of dates."""


class Entry(msgspec.Struct, array_like=True):
    """An entry once it has its place in the order of dates: what later ones compare themselves with, and its list.

    `rarity` tells how rare each of its terms was then, `headline` the same of the words of its title (see ``signals``);
    `row` is the best of its picks and of the offers it took.
    """

    place: int
    key: str
    day: int
    lang: str
    title: tuple[str, ...]
    headline: bytes
    heavy: tuple[str, ...]
    marks: tuple[str, ...]
    pinned: tuple[str, ...]
    excluded: tuple[str, ...]
    rarity: bytes
    picks: tuple[Pick, ...] = ()
    offers: list[Pick] = []
    adopted: int = -1
    row: tuple[Pick, ...] = ()


_DECODER = msgspec.msgpack.Decoder(Entry)
_SAVED = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.msgpack.Encoder()


class Entries(list[Entry | msgspec.Raw | None]):
    """Entries by place. Those of a saved ledger are read, and each is decoded, when somebody asks for them."""

    piece: Piece

    @classmethod
    def saved(cls, count: int, piece: Piece) -> Entries:
        """So many, none of which anybody has asked for yet."""
        made = cls([None] * count)
        made.piece = piece
        return made

    def at(self, place: int) -> Entry:
        """The entry at ``place``."""
        entry = self[place]
        return entry if type(entry) is Entry else self._decoded(place)

    def _decoded(self, place: int) -> Entry:
        if self[place] is None:
            self._read(place - place % TOGETHER)
        saved = self[place]
        if not isinstance(saved, msgspec.Raw):
            raise ValueError("the entries are damaged")  # noqa: TRY004 - it is the file that is wrong
        entry = self[place] = _DECODER.decode(saved)
        return entry

    def whole(self) -> None:
        """Read all of them."""
        for start in range(0, len(self), TOGETHER):
            if None in self[start : start + TOGETHER]:
                self._read(start)

    def pieces(self) -> Iterator[tuple[str, Bytes]]:
        """All of them, to be saved."""
        self.whole()
        for start in range(0, len(self), TOGETHER):
            yield f"entries {start}", _ENCODER.encode(self[start : start + TOGETHER])

    def _read(self, start: int) -> None:
        """Read the entries that are saved together from ``start`` on, as far as nobody did. Later ones may be gone."""
        saved = _SAVED.decode(self.piece(f"entries {start}"))
        for place, entry in zip(range(start, min(start + TOGETHER, len(self))), saved, strict=False):
            if self[place] is None:
                self[place] = entry
