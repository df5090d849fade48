"""The ledger: offers, adoption, and that being cut back leaves no trace."""

from __future__ import annotations

import random

import msgspec
import pytest

from digest import ledger as ledgers
from digest.entries import Entry
from digest.features import extract
from digest.ledger import ADOPTED_AT, SHORTEST, Ledger, age
from digest.postings import BATCH
from digest.signals import Candidate, Parts
from values import saved

SUBJECTS = ("drone attack airbase runway", "wheat harvest drought silo", "senate vote ballot campaign")


def candidate(key: str, text: str, day: int) -> Candidate:
    features = extract(text, "", text, topics=(), tags=(), authors=(), links=(), source="", lang="en")
    return Candidate(key, day, "en", features)


def filled(count: int) -> Ledger:
    """Three subjects in turn, with one entry in the middle that no later one speaks of."""
    ledger = Ledger()
    for day in range(count):
        text = (
            "glacier avalanche wheat" if day == 20 else f"{SUBJECTS[day % 3]} detail{day} place{day % 7} note{day % 5}"
        )
        ledger.extend([candidate(f"/{day:03}/", text, day)])
    return ledger


WHOLE = filled(ADOPTED_AT + 25)


def test_a_score_is_the_product_of_its_parts() -> None:
    assert Parts(0.5, 2.0, 1.5, 0.5).score() == 0.75


def seen(ledger: Ledger) -> list[Entry]:
    """All entries of a ledger."""
    return list(map(ledger.entries.at, range(len(ledger.entries))))


def test_age_goes_by_day_and_then_by_key() -> None:
    made = [candidate(key, "", day) for key, day in (("/b/", 2), ("/a/", 2), ("/c/", 1))]
    assert [one.key for one in sorted(made, key=age)] == ["/c/", "/a/", "/b/"]


def test_an_offer_is_taken_only_if_it_gets_among_the_first() -> None:
    offers = [(entry, pick) for entry in seen(WHOLE) for pick in entry.offers]
    assert offers
    for entry, pick in offers:
        younger = WHOLE.entries.at(pick[1])
        assert younger.place > entry.place
        assert entry.place in [place for _, place in younger.picks]


def test_an_entry_that_no_list_names_is_adopted_once_it_is_of_age() -> None:
    lonely = WHOLE.entries.at(20)
    assert 20 not in [place for entry in seen(filled(20 + ADOPTED_AT)) for _, place in entry.row[:SHORTEST]]
    (parent,) = [entry for entry in seen(WHOLE) if entry.adopted == lonely.place]
    assert parent.row[SHORTEST - 1][1] == lonely.place


@pytest.mark.parametrize("kept", [0, 1, 20, ADOPTED_AT, ADOPTED_AT + 20, ADOPTED_AT + 21, 200])
def test_a_ledger_cut_back_is_as_it_was(kept: int) -> None:
    ledger, clean = filled(len(WHOLE.entries)), filled(min(kept, len(WHOLE.entries)))
    ledger.cut(kept)
    assert ledger.entries == clean.entries
    assert (ledger.places, ledger.named) == (clean.places, clean.named)
    assert {key: saved(one) for key, one in ledger.postings.items()} == {
        key: saved(one) for key, one in clean.postings.items()
    }


def test_many_at_once_come_to_what_they_come_to_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in two languages, with the last of them alone behind a whole batch."""
    draw = random.Random(8)
    entries = [
        msgspec.structs.replace(
            candidate(f"/{day:04}/", f"{draw.choice(SUBJECTS)} note{draw.randrange(40)} detail{day}", day),
            lang=("en", "en", "de-AT")[day % 3],
        )
        for day in range(BATCH + 1)
    ]
    single, many = Ledger(), Ledger()
    monkeypatch.setattr(ledgers, "WORTH_NUMPY", 2)
    many.extend(entries)
    monkeypatch.setattr(ledgers, "WORTH_NUMPY", BATCH)
    single.extend(entries)
    assert many.entries == single.entries
    assert dict(many.save()) == dict(single.save())


@pytest.mark.parametrize("kept", range(1, 8))
def test_a_list_of_elders_that_share_no_word_is_as_it_was_too(kept: int) -> None:
    """Such elders all score nothing, and stand in the order of their nearness, not in that of their keys."""
    subjects = "apple brick cloud dune ember flint grove harbor".split()
    entries = [candidate(f"/{word}/", word, day) for day, word in enumerate(subjects)]
    ledger, clean = Ledger(), Ledger()
    ledger.extend(entries)
    clean.extend(entries[:kept])
    ledger.cut(kept)
    assert ledger.entries == clean.entries
