"""Many entries at once come to what they come to one by one: the same answers, the same state."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import bulk
from digest.features import Features, extract
from digest.postings import BATCH, Postings
from values import saved

WORDS = "drone attack wheat drought vote harvest senate runway museum glacier".split()
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=40)


def read(text: str) -> Features:
    return extract(text[:9], "", text, topics=("world",), tags=(), authors=(), links=(), source="", lang="en")


def rows(entries: list[Features], start: int = 0) -> list[bulk.Row]:
    return [(place, one.terms() | {"#world": 140}, one) for place, one in enumerate(entries, start)]


def one_by_one(entries: list[bulk.Row], postings: Postings) -> list[object]:
    return [postings.enter(*row) for row in entries]


def long_texts(count: int) -> list[str]:
    """Texts of some hundred words, most of them rare, so that pairs share slots and slots must grow."""
    draw = random.Random(4)
    return [" ".join(f"w{int(draw.paretovariate(0.6)) % 900}" for _ in range(200)) for _ in range(count)]


@settings(max_examples=150)
@given(TEXTS, st.integers(0, 40), st.integers(1, 40))
def test_it_doesnt_matter_how_many_come_at_once(texts: list[str], before: int, at_once: int) -> None:
    entries = rows(list(map(read, texts)))
    single, many = Postings(), Postings()
    expected = one_by_one(entries, single)
    found = one_by_one(entries[:before], many)
    for start in range(before, len(entries), at_once):
        found += bulk.enter(many, entries[start : start + at_once])
    assert found == expected
    assert saved(many) == saved(single)


@pytest.mark.parametrize("at_once", [7, 100, BATCH])
def test_it_doesnt_matter_with_long_texts_either(at_once: int) -> None:
    entries = rows(list(map(read, long_texts(300))))
    single, many = Postings(), Postings()
    expected = one_by_one(entries, single)
    found = [one for start in range(0, 300, at_once) for one in bulk.enter(many, entries[start : start + at_once])]
    assert found == expected
    assert saved(many) == saved(single)


def test_pairs_of_a_large_archive_find_their_places_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = rows(list(map(read, long_texts(60))))
    single, many = Postings(), Postings()
    expected = one_by_one(entries, single)
    monkeypatch.setattr(bulk, "CHAINED", 700)
    assert bulk.enter(many, entries) == expected
    assert saved(many) == saved(single)


def test_what_came_at_once_can_be_cut_back_and_gone_on_with_one_by_one() -> None:
    entries = rows(list(map(read, long_texts(80))))
    single, many = Postings(), Postings()
    expected = one_by_one(entries, single)
    bulk.enter(many, entries)
    many.cut(50, 30)
    assert one_by_one(entries[50:], many) == expected[50:]


def test_two_pairs_of_one_entry_with_one_checksum_are_not_related_to_each_other() -> None:
    apart = read("wheat harvest drought vote")
    alike = msgspec.structs.replace(apart, pairs=apart.pairs[:4] * (len(apart.pairs) // 4))
    entries = rows([apart, alike, apart, alike, alike])
    single, many = Postings(), Postings()
    assert bulk.enter(many, entries) == one_by_one(entries, single)
    assert saved(many) == saved(single)


def test_entries_without_words_are_taken_in() -> None:
    empty = extract("", "", "", topics=(), tags=(), authors=(), links=(), source="", lang="en")
    entries: list[bulk.Row] = [(place, {}, empty) for place in range(3)]
    single, many = Postings(), Postings()
    assert bulk.enter(many, entries) == one_by_one(entries, single)
