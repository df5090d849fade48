"""Whoever listens hears of a phase as it begins, and of each piece when it is done."""

from __future__ import annotations

from digest.ticks import told, untold


def test_pieces_are_handed_on_and_each_is_told_of_when_it_is_done() -> None:
    heard: list[tuple[str, int, int]] = []
    pieces = told("ab", lambda *tick: heard.append(tick), "Planning", 2)
    assert heard == []
    assert next(pieces) == "a"
    assert heard == [("Planning", 0, 2)], "the first is not done yet"
    assert list(pieces) == ["b"]
    assert heard == [("Planning", 0, 2), ("Planning", 1, 2), ("Planning", 2, 2)]


def test_a_phase_without_pieces_is_told_of_too() -> None:
    heard: list[tuple[str, int, int]] = []
    assert list(told("", lambda *tick: heard.append(tick), "Reading")) == []
    assert heard == [("Reading", 0, 0)]


def test_nobody_need_listen() -> None:
    assert list(told("abc", untold, "Reading", 3)) == ["a", "b", "c"]
