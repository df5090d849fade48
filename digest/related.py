"""Related posts, chosen from the text: a pure function of the candidates, and cheap to keep up to date.

Entries are taken in order of date.  Each is weighed with the statistics of what came before it (how many earlier
entries use a word), and its weights are then frozen.  Therefore nothing that comes later changes what an entry
thought of its elders: a new entry makes its own list and offers itself to at most `OFFERS` older ones, and no
other list can change but the one that `ADOPTED_AT` allows.  It costs the same at the end of a long archive as at
its beginning, since it reads at most `BUDGET` earlier uses of its heaviest words.

Signals: words (tf-idf, Spärck Jones 1972) and word pairs, how much of one's headline the other speaks of, topics,
tags, authors, sources and links (all as terms, so that a topic on half the entries says little), closeness in time
on three scales, and a penalty for entries that many lists name already.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from digest.entries import Entry, Pick
from digest.features import Features
from digest.ledger import NAMED_MOST, Ledger, age, barred
from digest.signals import Candidate, Parts
from digest.stored import Bytes, Piece

__all__ = ["Candidate", "Explained", "Parts", "Reason", "Relation", "State", "age", "explain", "in_words", "relate"]

WORDS_NAMED = 3
_KINDS = {"~": "story", "#": "topic", "+": "tag", "@": "author", "&": "source", "!": "link"}


class Reason(msgspec.Struct, frozen=True):
    """One ground of a relation: what kind, which words or names are shared, how many days lie between.

    `kind` is `pinned`, `words`, `story`, `topic`, `tag`, `author`, `source`, `link` or `days`.
    """

    kind: str
    words: tuple[str, ...] = ()
    days: int = 0


class Relation(msgspec.Struct, frozen=True):
    """One place in a list: whom it names, how strongly (mostly 0 to 3; near-copies more), and why."""

    key: str
    score: float
    reasons: tuple[Reason, ...] = ()


class State:
    """The lists of entries in order of age, kept up to date at the end of that order.

    `keep` and `extend` give what `relate` of the whole would give.  An addition to the end costs one entry; a
    change to an old one what followed it, since the statistics and choices of the younger rest on it.
    """

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self._ledger = Ledger()
        self.extend(candidates)

    def __len__(self) -> int:
        return len(self._ledger.entries)

    def keep(self, count: int) -> None:
        """Forget all but the oldest ``count`` entries."""
        self._ledger.cut(count)

    def extend(self, candidates: Iterable[Candidate]) -> None:
        """Take in entries, all younger than those that are there."""
        self._ledger.extend(sorted(candidates, key=age))

    def __iter__(self) -> Iterator[str]:
        """The keys of all entries, oldest first."""
        return iter(self._ledger.places)

    def row(self, key: str, count: int = 5) -> list[tuple[str, float]]:
        """The list of one entry: keys with scores, best first."""
        ledger = self._ledger
        entry = ledger.entries.at(ledger.places[key])
        return [(ledger.entries.at(place).key, score) for score, place in ledger.shown(entry, count)]

    def why(self, key: str, other: str, features: Mapping[str, Features]) -> tuple[Reason, ...]:
        """What two entries share."""
        ledger = self._ledger
        return _why(ledger.entries.at(ledger.places[key]), ledger.entries.at(ledger.places[other]), features)

    def unsettled(self) -> set[str]:
        """The keys of entries whose lists may not be as they were when the state was read, or last called settled."""
        keys, ledger = list(self), self._ledger
        return {keys[place] for place in ledger.touched | ledger.loose}

    def settle(self) -> None:
        """Call all lists settled."""
        self._ledger.touched.clear()

    def whole(self) -> None:
        """Read all of a state that was loaded."""
        self._ledger.whole()

    def save(self) -> Iterator[tuple[str, Bytes]]:
        """The state for a cache of this machine, in pieces that each have a name: all at once are as large as it is."""
        return self._ledger.save()

    @classmethod
    def load(cls, piece: Piece) -> State:
        """The state that `save` gave; ``piece`` finds a piece by its name, now and when it is needed.

        Raises msgspec.DecodeError or ValueError for anything else, now or then.
        """
        state = cls()
        state._ledger = Ledger.load(piece)
        return state


def relate(candidates: Iterable[Candidate], count: int = 5, reasons: bool = True) -> dict[str, tuple[Relation, ...]]:
    """The list of every candidate, by key.  The same set gives the same lists in whatever order it comes."""
    listed = sorted(candidates, key=age)
    features = {one.key: one.features for one in listed}
    state = State(listed)
    return {
        key: tuple(
            Relation(other, score, state.why(key, other, features) if reasons else ())
            for other, score in state.row(key, count)
        )
        for key in state
    }


def _why(one: Entry, other: Entry, features: Mapping[str, Features]) -> tuple[Reason, ...]:
    """What two entries share: words, then metadata, then days; the same from either side but for pins.

    Reasons are worked out on demand: the choice itself needs none of the strings.  They rest on the two entries and
    on how rare each word was when the younger came, so the reasons on an old page don't change with the archive.
    """
    found = [Reason("pinned")] if other.key in one.pinned else []
    elder, younger = (one, other) if one.place < other.place else (other, one)
    about = _about(features[younger.key], features[elder.key], younger.rarity)
    if about:
        found.append(Reason("words", about))
    kinds: dict[str, list[str]] = {}
    for mark in one.marks:
        if mark in other.marks:
            kinds.setdefault(_KINDS[mark[0]], []).append(mark[1:])
    shared = [Reason(kind, tuple(names[:WORDS_NAMED])) for kind, names in kinds.items()]
    return (*found, *shared, Reason("days", days=abs(one.day - other.day)))


def _about(younger: Features, elder: Features, rarity: bytes) -> tuple[str, ...]:
    """The shared words and pairs that say most: used much in both, rare elsewhere; no word twice."""
    rare = dict(zip(younger.words.split(" "), rarity, strict=False)) if younger.words else {}
    mine, theirs = younger.terms(), elder.terms()
    worth = {word: min(weight, theirs[word]) * rare[word] for word, weight in mine.items() if word in theirs}
    pairs = younger.pair_terms()
    for pair, weight in elder.pair_terms().items():
        if pair in pairs:
            worth[" ".join(pair)] = min(weight, pairs[pair]) * (rare[pair[0]] + rare[pair[1]])
    named: list[str] = []
    for term in sorted(worth, key=lambda term: (-worth[term], term)):
        said = {word for other in named for word in other.split(" ")}
        if len(named) < WORDS_NAMED and said.isdisjoint(term.split(" ")):
            named.append(term)
    return tuple(named)


_PHRASES = {
    "pinned": "chosen by the editor",
    "words": "both about: {0}",
    "story": "same story",
    "topic": "same topic",
    "tag": "same tags: {0}",
    "author": "same author",
    "source": "same source",
    "link": "same link",
    "days": "{1}",
}
_SPANS = ((730, 365, "years"), (60, 30, "months"), (14, 7, "weeks"), (2, 1, "days"))


def in_words(reasons: Iterable[Reason]) -> str:
    """Reasons for people: "both about: airbase, drone attack · same topic · 3 weeks apart"."""
    return " · ".join([_PHRASES[one.kind].format(", ".join(one.words), _span(one.days)) for one in reasons])


def _span(days: int) -> str:
    """A number of days as people say it."""
    for least, length, name in _SPANS:
        if days >= least:
            return f"{days // length} {name} apart"
    return "1 day apart" if days else "same day"


class Explained(msgspec.Struct, frozen=True):
    """One relation or near miss of an entry: its score by signal, its reasons, and why it is in no list, if so."""

    key: str
    score: float
    parts: Parts | None
    reasons: tuple[Reason, ...]
    lost: str = ""


def explain(candidates: Iterable[Candidate], key: str, count: int = 5, misses: int = 5) -> tuple[Explained, ...]:
    """The list of one entry and the nearest that aren't in it.  Raises KeyError for an unknown key."""
    listed = sorted(candidates, key=age)
    features = {one.key: one.features for one in listed}
    ledger = Ledger(key)
    ledger.extend(listed)
    entry = ledger.entries.at(ledger.places[key])
    row = ledger.shown(entry, count)
    return tuple(
        Explained(other.key, score, ledger.seen.get(other.key), _why(entry, other, features), lost)
        for score, other, lost in _compared(ledger, entry, row, misses)
    )


def _compared(ledger: Ledger, entry: Entry, row: Sequence[Pick], misses: int) -> Iterator[tuple[float, Entry, str]]:
    """The relations of a list, then the near misses with what they lost by."""
    for score, place in row:
        yield score, ledger.entries.at(place), ""
    listed = {ledger.entries.at(place).key for _, place in row}
    near = sorted([(-parts.score(), key) for key, parts in ledger.seen.items() if key not in listed])
    for score, key in near[:misses]:
        other = ledger.entries.at(ledger.places[key])
        yield -score, other, _lost(ledger, entry, other, -score, row)


def _lost(ledger: Ledger, entry: Entry, other: Entry, score: float, row: Sequence[Pick]) -> str:
    """Why a near candidate isn't in a list, in words."""
    if barred(entry, other):
        return "excluded by the editor"
    twin = next((listed for _, listed in row if ledger.twins(other.place, listed)), None)
    if twin is not None:
        return f"near-copy of {ledger.entries.at(twin).key}"
    scores = [points for points, place in row if ledger.entries.at(place).key not in entry.pinned]
    if score <= min(scores, default=math.inf):
        return "others score higher"
    if other.place < entry.place:
        return "named by enough lists" if ledger.named[other.place] >= NAMED_MOST else "others come first"
    if entry.place not in [place for _, place in other.picks]:
        return "the younger entry prefers others"
    return "came later, and not strong enough for the first three places"
