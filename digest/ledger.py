"""Every entry in order of date, with what it chose among its elders: the ledger behind related posts.

The ledger grows and is cut back at its end only.  What an entry chose is never looked at again when a younger one
comes; what the younger one thinks of it stands with the younger one, as an offer.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from sys import intern

import msgspec

from digest import signals
from digest.entries import Entries, Entry, Pick
from digest.features import Features
from digest.postings import BATCH, MOST, ONE, Entered, Postings
from digest.signals import Candidate, Parts
from digest.stored import Bytes, Piece

OFFERS = 5
"""Older entries a new one is offered to; with its own list and one adoption at most 7 lists change."""
ADOPTED_AT = 60
"""Age, in entries of the site, at which one that no list names gets a place in its best elder's list."""
PICKS = 5
SHORTEST = 3
"""Every list has this many relations wherever the site has as many other entries, and an offer must get among them:
a page that has stood for a year isn't written again for its last line."""
WEAK = 0.15
TAIL = 0.2
"""Beyond the shortest length a relation must have this share of the first one's score, and this score: of the fourth
and fifth places without it, an editor who read 30 lists called three in five poor."""
NAMED_MOST = 10
"""Lists of younger entries that may name an entry.  With the `PICKS` elders that may: at most 15 in all."""
NAMED_FREE = 5
NAMED_COST = 0.03
FALLBACK = 32
TWIN_TITLES = 0.6
TWIN_TERMS = 0.6
SETS_KEPT, TWINS_KEPT = 2000, 20_000
WORTH_NUMPY = 200
"""Entries that are taken in faster together, although numpy must be imported for them (measured)."""


class _Saved(msgspec.Struct, array_like=True):
    """What a saved ledger says of itself; entries and postings are pieces of their own."""

    keys: list[str]
    named: bytes
    loose: list[int]
    languages: list[str]


_SAVED = msgspec.msgpack.Decoder(_Saved)
_ENCODER = msgspec.msgpack.Encoder()


class Ledger:
    """All entries so far in order of date.  ``watched`` names one whose comparisons are kept in ``seen``.

    ``touched`` are the places of entries whose lists may differ since the ledger was begun or loaded; ``loose`` those
    of entries whose lists rest on more than their own row: on pins, or on whoever stands in for what is missing.
    """

    def __init__(self, watched: str | None = None) -> None:
        self.entries = Entries()
        self.touched: set[int] = set()
        self.loose: set[int] = set()
        self.places: dict[str, int] = {}
        self.postings: dict[str, Postings] = {}
        self.named: list[int] = []
        self._kept_sets: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._kept_twins: dict[tuple[int, int], bool] = {}
        self.watched = watched
        self.seen: dict[str, Parts] = {}

    def extend(self, candidates: Sequence[Candidate]) -> None:
        """Take in entries, all younger than those that are there, in order of age."""
        for start in range(0, len(candidates), BATCH):
            some = candidates[start : start + BATCH]
            terms = list(map(signals.terms, some))
            for candidate, own, entered in zip(some, terms, self._entered(some, terms), strict=True):
                self._choose(candidate, own, entered)

    def _entered(self, candidates: Sequence[Candidate], terms: Sequence[dict[str, int]]) -> list[Entered]:
        """What each entry is beside its elders of the same language."""
        rows: dict[str, list[tuple[int, dict[str, int], Features]]] = {}
        for place, (candidate, own) in enumerate(zip(candidates, terms, strict=True), len(self.entries)):
            rows.setdefault(_language(candidate), []).append((place, own, candidate.features))
        found: dict[int, Entered] = {}
        for lang, some in rows.items():
            postings = self.postings.setdefault(lang, Postings())
            if len(some) < WORTH_NUMPY:
                entered = [postings.enter(*row) for row in some]
            else:
                from digest import bulk  # only now: numpy takes longer to import than a few entries to enter

                entered = bulk.enter(postings, some)
            found.update(zip([place for place, _, _ in some], entered, strict=True))
        return [found[place] for place in sorted(found)]

    def _choose(self, candidate: Candidate, terms: dict[str, int], entered: Entered) -> None:
        """Compare one entry with its elders and freeze what it found."""
        entry = _entry(len(self.entries), candidate, entered)
        entry.headline = signals.headline(entry.title, terms, entered.rare)
        ranked = self._rank(entry, terms, entered.near)
        entry.picks = entry.row = tuple(self._fill(entry, self._diverse(ranked, PICKS)))
        self._place(entry)
        for score, elder in entry.picks[:OFFERS]:
            self._offer(self.entries.at(elder), (score, entry.place))
        self._adopt(entry.place - ADOPTED_AT)

    def _place(self, entry: Entry) -> None:
        self.places[entry.key] = entry.place
        self.entries.append(entry)
        self.touched.add(entry.place)
        if entry.pinned or len(entry.picks) < SHORTEST:
            self.loose.add(entry.place)
        self.named.append(0)
        for _, place in entry.picks:
            self.named[place] += 1

    def cut(self, place: int) -> None:
        """Forget all entries from ``place`` on; then everything is as it was before they came."""
        gone = [self.entries.at(one) for one in range(place, len(self.entries))]
        if not gone:
            return
        elders = {elder for entry in gone for _, elder in entry.picks}
        for one in range(max(0, place - ADOPTED_AT), place):
            elders.update(elder for _, elder in self.entries.at(one).picks)
        for entry in gone:
            del self.places[entry.key]
            for _, elder in entry.picks:
                self.named[elder] -= 1
        del self.entries[place:], self.named[place:]
        self._kept_sets.clear()
        self._kept_twins.clear()
        for one in elders:
            if one < place:
                self._withdraw(self.entries.at(one), place)
        for kept in (self.touched, self.loose):
            kept.difference_update(range(place, place + len(gone)))
        for lang, left in Counter(entry.lang for entry in gone).items():
            self.postings[lang].cut(place, left)
            if not self.postings[lang].entries:
                del self.postings[lang]

    def _withdraw(self, elder: Entry, place: int) -> None:
        """Take back what entries from ``place`` on made of an elder's list."""
        late = elder.adopted >= max(0, place - ADOPTED_AT)
        if late or (elder.offers and elder.offers[-1][1] >= place):
            elder.adopted = -1 if late else elder.adopted
            elder.offers = [pick for pick in elder.offers if pick[1] < place]
            elder.row = self.best(elder) if elder.offers or elder.adopted >= 0 else elder.picks
            self.touched.add(elder.place)

    def whole(self) -> None:
        """Read all of a ledger that was loaded."""
        self.entries.whole()
        for one in self.postings.values():
            one.whole()

    def save(self) -> Iterator[tuple[str, Bytes]]:
        """All of it in pieces, each with a name. Entries stay encoded until they are looked at: most never are."""
        named = array("I", self.named).tobytes()
        yield "ledger", _ENCODER.encode(_Saved(list(self.places), named, sorted(self.loose), list(self.postings)))
        yield from self.entries.pieces()
        for lang, one in self.postings.items():
            for name, piece in one.save():
                yield f"{lang} {name}", piece

    @classmethod
    def load(cls, piece: Piece) -> Ledger:
        """What `save` gave, to be read as it is needed; for errors see ``stored``."""
        made = cls()
        saved = _SAVED.decode(piece("ledger"))
        made.entries = Entries.saved(len(saved.keys), piece)
        made.places = {key: place for place, key in enumerate(saved.keys)}
        made.named = array("I", saved.named).tolist()
        made.loose = set(saved.loose)
        for lang in saved.languages:
            made.postings[lang] = Postings.load(lambda name, lang=lang: piece(f"{lang} {name}"))  # type: ignore[misc]
        if not len(made.entries) == len(made.places) == len(made.named):
            raise ValueError("the ledger is damaged")
        return made

    def _rank(self, entry: Entry, terms: dict[str, int], near: Iterable[int]) -> list[Pick]:
        """The elders that share most words, scored by all signals, best first; ties by key."""
        mine = signals.weights(entry.title, entry.headline)
        whole = sum(mine.values()) + signals.PLAIN
        ranked = []
        for packed in near:
            place = packed & MOST
            other = self.entries.at(place)
            named = self.named[place]
            lost = named >= NAMED_MOST or barred(entry, other)
            if lost and self.watched is None:
                continue
            words = (packed >> 22) / ONE
            headline = 1.0 + signals.HEADLINE * signals.told(other.title, other.headline, terms, mine, whole)
            closeness = signals.closeness(entry.day - other.day)
            often = 1.0 if named <= NAMED_FREE else 1.0 / (1.0 + NAMED_COST * (named - NAMED_FREE))
            if self.watched is not None:
                self._watch(entry, other, Parts(words, headline, closeness, often))
            if not lost:
                ranked.append((signals.score(words, headline, closeness, often), place))
        return self._ordered(ranked)

    def _watch(self, entry: Entry, other: Entry, parts: Parts) -> None:
        if entry.key == self.watched:
            self.seen[other.key] = parts
        elif other.key == self.watched:
            self.seen[entry.key] = parts

    def _ordered(self, picks: Iterable[Pick]) -> list[Pick]:
        """Picks, best first; ties by key."""
        keyed = sorted([(-points, self.entries.at(place).key, place) for points, place in picks])
        return [(-points, place) for points, _, place in keyed]

    def _fill(self, entry: Entry, picks: list[Pick]) -> Iterator[Pick]:
        """The picks, brought to the shortest length with the nearest elders, same language first."""
        yield from picks
        if len(picks) >= SHORTEST:
            return
        taken = {place for _, place in picks}
        marks = set(entry.marks)
        spare = []
        for place in range(max(0, entry.place - FALLBACK), entry.place):
            other = self.entries.at(place)
            if place not in taken and not barred(entry, other) and self.named[place] < NAMED_MOST:
                spare.append((other.lang != entry.lang, -len(marks.intersection(other.marks)), -place))
        for _, _, place in sorted(spare)[: SHORTEST - len(picks)]:
            yield 0.0, -place

    def _diverse(self, ranked: Iterable[Pick], count: int, chosen: Sequence[Pick] = ()) -> list[Pick]:
        """The best that aren't near-copies of a better one: the same news twice takes the place of other news."""
        kept = list(chosen)
        for pick in ranked:
            if len(kept) >= count:
                break
            for _, other in kept:
                if pick[1] == other or self.twins(pick[1], other):
                    break
            else:
                kept.append(pick)
        return kept

    def twins(self, one: int, other: int) -> bool:
        """Near-equal headlines, or nearly the same heaviest terms."""
        pair = (one, other) if one < other else (other, one)
        found = self._kept_twins.get(pair)
        if found is None:
            title, heavy = self._sets(one)
            other_title, other_heavy = self._sets(other)
            found = signals.alike(title, other_title, TWIN_TITLES) or signals.alike(heavy, other_heavy, TWIN_TERMS)
            if len(self._kept_twins) >= TWINS_KEPT:
                self._kept_twins.clear()
            self._kept_twins[pair] = found
        return found

    def _sets(self, place: int) -> tuple[frozenset[str], frozenset[str]]:
        """The words of a headline and the heaviest terms of the entry at ``place``, as sets; the last few are kept."""
        found = self._kept_sets.get(place)
        if found is None:
            entry = self.entries.at(place)
            if len(self._kept_sets) >= SETS_KEPT:
                self._kept_sets.clear()
            found = self._kept_sets[place] = frozenset(entry.title), frozenset(entry.heavy)
        return found

    def _offer(self, elder: Entry, pick: Pick) -> None:
        """Let an elder's list name a younger entry, if that gets among its first."""
        if len(elder.row) >= SHORTEST and elder.row[SHORTEST - 1][0] > pick[0]:
            return
        elder.offers.append(pick)
        row = self.best(elder)
        if pick in row[:SHORTEST]:
            elder.row = row
            self.touched.add(elder.place)
        else:
            elder.offers.pop()

    def _adopt(self, place: int) -> None:
        """Give an entry that no list's first places name a place in the list of its best elder with room."""
        if place < 0:
            return
        near = [self.entries.at(elder) for _, elder in self.entries.at(place).picks]
        younger = range(place + 1, min(len(self.entries), place + 1 + ADOPTED_AT)) if self.named[place] else ()
        for other in chain(near, map(self.entries.at, younger)):
            for _, named in other.row[:SHORTEST]:
                if named == place:
                    return
        for (score, _), elder in zip(self.entries.at(place).picks, near, strict=True):
            if score > 0 and elder.adopted < 0:
                elder.adopted = place
                elder.row = self.best(elder)
                self.touched.add(elder.place)
                return

    def best(self, entry: Entry, count: int = PICKS, chosen: Sequence[Pick] = ()) -> tuple[Pick, ...]:
        """What a list holds: the best of the entry's picks and of the offers it took, and whom it adopts."""
        taken = {other for _, other in chosen}
        known = [pick for pick in (*entry.picks, *entry.offers) if pick[1] not in taken]
        kept = self._diverse(self._ordered(known), count, chosen)
        adopted = entry.adopted
        if adopted < 0 or adopted in [other for _, other in kept[:SHORTEST]] or adopted in taken:
            return tuple(kept)
        first = kept[: SHORTEST - 1]
        if len(chosen) >= SHORTEST or any(self.twins(adopted, other) for _, other in first):
            return tuple(kept)
        score = next(score for score, elder in self.entries.at(adopted).picks if elder == entry.place)
        return tuple(self._diverse(kept[SHORTEST - 1 :], count, (*first, (score, adopted))))

    def shown(self, entry: Entry, count: int) -> tuple[Pick, ...]:
        """The list of one entry: pins first, at least `SHORTEST` where the site has as many others."""
        pins = [self.places[key] for key in dict.fromkeys(entry.pinned) if key in self.places and key != entry.key]
        if pins or count > PICKS:
            row = self.best(entry, count, [(1.0, pin) for pin in pins][:count])
        else:
            row = entry.row[:count]
        weak = max(TAIL, WEAK * next((score for score, other in row if other not in pins), 0.0))
        row = tuple([pick for rank, pick in enumerate(row) if rank < SHORTEST or pick[0] >= weak or pick[1] in pins])
        shortest = min(SHORTEST, count)
        return row if len(row) >= shortest else (*row, *self._others(entry, row)[: shortest - len(row)])

    def _others(self, entry: Entry, chosen: Sequence[Pick]) -> list[Pick]:
        """The first entries of a site have too few elders: the next in order stand in, then any elder."""
        taken = {entry.place, *[place for _, place in chosen]}
        near = range(entry.place + 1, min(len(self.entries), entry.place + FALLBACK))
        others = [
            (0.0, place)
            for place in (*near, *reversed(range(max(0, entry.place - FALLBACK), entry.place)))
            if place not in taken and not barred(entry, self.entries.at(place))
        ]
        return sorted(others, key=lambda pick: self.entries.at(pick[1]).lang != entry.lang)


def age(candidate: Candidate) -> tuple[int, int, str]:
    """The order of entries: by day, by the time of it, and by key where that is the same."""
    return candidate.day, candidate.second, candidate.key


def _language(candidate: Candidate) -> str:
    """The language without its region."""
    return candidate.lang.partition("-")[0].lower()


def _entry(place: int, candidate: Candidate, entered: Entered) -> Entry:
    title = tuple(map(intern, dict.fromkeys(candidate.features.title.split(" "))))  # words of many headlines
    marks = tuple(map(intern, signals.marks(candidate)))
    return Entry(
        place, candidate.key, candidate.day, _language(candidate), title, b"", entered.heavy, marks,
        candidate.pinned, candidate.excluded, entered.rare,
    )  # fmt: skip


def barred(one: Entry, other: Entry) -> bool:
    """Whether either excludes the other: what an editor calls unrelated is so both ways."""
    return bool(one.excluded or other.excluded) and (other.key in one.excluded or one.key in other.excluded)
