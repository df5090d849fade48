"""How strongly two entries are related, signal by signal, as a score of words, headline, closeness and often.

The words themselves are weighed by ``postings``; here is what is added to them or multiplies them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from digest.features import Features

HEADLINE = 3.0
"""Worth of naming the other's headline: editors link with words near the other's headline."""
PLAIN = 3.0
"""Added to a headline's weight, in nats: one of common words, as "Issue #149", is no ground for a relation."""
CLOSENESS = ((0.5, 10.0), (0.5, 60.0), (0.3, 700.0))
"""(bonus, days): news of one week, of one season, of one era."""
MARKS = {"#": 140, "+": 80, "@": 80, "&": 25, "!": 150, "~": 255}
"""Weight of topic, tag, author, source, link and story, in 255ths of a word that fills its entry."""


SILENT = 255
"""Stands for the rarity of a word that says nothing."""

_IDF = (*((fifths / 5) ** (2 / 3) for fifths in range(SILENT)), 0.0)
"""Plain idf by what ``postings`` keeps: its power in fifths."""


class Candidate(msgspec.Struct, frozen=True):
    """An entry that may be listed and has a list.

    `key` is its permalink, `day` the ordinal of its date, `second` the time of that day; `pinned` and `excluded` are
    keys of others.
    """

    key: str
    day: int
    lang: str
    features: Features
    pinned: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    story: str | None = None
    second: int = 0


class Parts(msgspec.Struct, frozen=True):
    """A score split by signal: words * headline * closeness * often."""

    words: float
    headline: float
    closeness: float
    often: float

    def score(self) -> float:
        """All signals in one number."""
        return score(self.words, self.headline, self.closeness, self.often)


def score(words: float, headline: float, closeness: float, often: float) -> float:
    """The signals multiplied; rounded, so that the last bit of an exponential elsewhere can't change an order."""
    return round(words * headline * closeness * often, 6)


def marks(candidate: Candidate) -> tuple[str, ...]:
    """What the metadata say, with the story that an editor named."""
    if candidate.story is None:
        return candidate.features.marks
    return ("~" + candidate.story, *candidate.features.marks)


def terms(candidate: Candidate) -> dict[str, int]:
    """Words and marks in one scale."""
    return candidate.features.terms() | {mark: MARKS[mark[0]] for mark in marks(candidate)}


def headline(title: Iterable[str], own: dict[str, int], rarity: bytes) -> bytes:
    """How rare each word of a headline is, in fifths; `SILENT` for a small word, a number, a month."""
    rare = dict(zip(own, rarity, strict=True))
    return bytes([min(rare[word], SILENT - 1) if word in rare else SILENT for word in title])


def weights(title: Iterable[str], headline: bytes) -> dict[str, float]:
    """The words of a headline with their idf."""
    return {word: _IDF[rare] for word, rare in zip(title, headline, strict=True)}


@lru_cache(maxsize=4096)
def closeness(days: int) -> float:
    """More than one for news of the same time."""
    return 1.0 + sum([bonus * math.exp(-days / scale) for bonus, scale in CLOSENESS])


def told(title: Iterable[str], rare: bytes, own: dict[str, int], mine: dict[str, float], whole: float) -> float:
    """Shares of two headlines: of theirs what the younger entry speaks of, of its own what theirs says too.

    Theirs is a ``title`` with what `headline` gave for it; ``mine`` the `weights` of the younger one.
    """
    length, spoken, same = PLAIN, 0.0, 0.0
    for word, fifths in zip(title, rare, strict=True):
        weight = _IDF[fifths]
        length += weight
        if word in own:
            spoken += weight
            same += mine.get(word, 0.0)
    return spoken / length + same / whole


def alike(one: frozenset[str], other: frozenset[str], least: float) -> bool:
    """Whether two sets of words share a part of all their words that is ``least`` or more (Jaccard's index)."""
    shared = len(one & other)
    return shared > 0 and shared >= least * (len(one) + len(other) - shared)
