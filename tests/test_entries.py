"""Entries of a saved ledger come back when they are asked for, and stay as they were changed."""

from __future__ import annotations

import pytest

from digest.entries import TOGETHER, Entries, Entry


def entry(place: int) -> Entry:
    return Entry(place, f"/{place}/", place, "en", (), b"", (), (), (), (), b"")


def filled(count: int) -> Entries:
    made = Entries()
    made.extend(map(entry, range(count)))
    return made


def pieces(entries: Entries) -> dict[str, bytes]:
    return {name: bytes(piece) for name, piece in entries.pieces()}


def test_what_is_saved_comes_back_and_is_saved_the_same() -> None:
    count = 2 * TOGETHER + 5
    known = pieces(filled(count))
    assert len(known) == 3
    saved = Entries.saved(count, known.__getitem__)
    assert [saved.at(place) for place in (TOGETHER, 0, count - 1)] == list(map(entry, (TOGETHER, 0, count - 1)))
    assert pieces(saved) == known


def test_entries_that_were_cut_and_written_anew_are_not_those_that_were_saved() -> None:
    count = TOGETHER + 3
    saved = Entries.saved(count, pieces(filled(count)).__getitem__)
    del saved[2:]
    new = entry(7)
    saved.append(new)
    assert saved.at(2) is new
    assert (saved.at(1), len(saved)) == (entry(1), 3)


def test_entries_that_are_missing_are_damage() -> None:
    saved = Entries.saved(3, pieces(filled(2)).__getitem__)
    with pytest.raises(ValueError, match="damaged"):
        saved.at(2)
