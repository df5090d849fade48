"""How a build tells whoever wants to know how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Piece = TypeVar("Piece")

Tick = Callable[[str, int, int], None]
"""Called with a phase's name, the pieces done and the pieces in all (0: not known beforehand).

Each phase is told of as it begins, before any piece is done; so whoever listens knows where the time goes.
"""


def untold(_phase: str, _done: int, _total: int) -> None:
    """A ``Tick`` that tells nobody."""


def told(pieces: Iterable[Piece], tick: Tick, phase: str, total: int = 0) -> Iterator[Piece]:
    """Hand on ``pieces``, and tell of each when it is done: when the next one is asked for."""
    return iter(pieces) if tick is untold else _told(pieces, tick, phase, total)


def _told(pieces: Iterable[Piece], tick: Tick, phase: str, total: int) -> Iterator[Piece]:
    tick(phase, 0, total)
    for done, piece in enumerate(pieces, 1):
        yield piece
        tick(phase, done, total)
