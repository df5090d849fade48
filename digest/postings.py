"""Which entries used a word or a word pair, newest last, for the entries of one language.

The index grows by one entry at a time and is cut back at its end.  Its answers depend on the entries before, never
on those after, which is what keeps the lists of old entries still when a new one comes.  What an entry weighs is
frozen when it enters.

A weight and a place share one whole number, so that a use costs four bytes and sums are the same in any order.
All weighing is in whole numbers but for a root and a quotient, which IEEE 754 rounds alike everywhere; so ``bulk``,
which takes many entries at once, comes to the same.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import repeat
from operator import mul
from sys import intern
from typing import NamedTuple

import msgspec

from digest.features import Features
from digest.stored import Bytes, Numbers, Piece, Words, buckets_for, columns, columns_saved, shorten, whole, words_saved

POWER = 1.5
"""Exponent of idf in a frozen weight; two weights meet in a score, so a shared word counts with its cube."""
BUDGET = 600
REACH = 30
"""Earlier uses read for one entry, and for one of its words: the bound of what an entry costs."""
PAIR_REACH = 6
"""Earlier uses read for one word pair.  A pair used more often counts as used so often."""
PAIR_BUDGET = 400
"""Earlier uses read for all word pairs of one entry."""
PAIR_WORTH = 1.0
"""Worth of a shared word pair beside that of a shared word."""
SCALE = 1023
MOST = (1 << 22) - 1
"""Most entries of a site: what a use has room for beside a weight."""
ONE = SCALE * SCALE
"""The weight of an entry that consists of one word, and the overlap of two such entries."""
UNIT = 128
"""Rarity is counted in parts of this; squares of it times a weight then sum up without loss in a float."""
RERANKED = 16
"""Elders with the largest overlap, which are worth a closer look."""
BATCH = 384
"""Most entries that are taken in at once: ``bulk`` numbers them in ten bits, and takes 0.1 MB for each."""
LOAD = 2
"""Uses of pairs for each slot, at most, by which they are found. Half as many slots are a fifteenth of the memory."""
FEW_CUT = 20_000
"""Uses of pairs that are found and forgotten one by one in a saved state; for more, all of it is read (measured)."""
TOP_TERMS = 24
"""Heaviest terms of an entry, by which near-copies are told."""

ABSENT: array[int] = array("I")
"""The uses of a term that has none yet. Nothing is ever added to it."""
_NEXT = bytes([min(PAIR_REACH, known + 1) for known in range(256)])


class Entered(NamedTuple):
    """What an entry turned out to be when it was taken in.

    ``rare`` tells how rare each of its terms was before it, in fifths; ``heavy`` are its heaviest terms; ``near`` are
    the elders that share most with it, most first, each a number made of the overlap (above 22 bits) and the place.
    """

    rare: bytes
    heavy: tuple[str, ...]
    near: list[int]


class Weighed(NamedTuple):
    """The terms of one entry as it meets those before it; all but ``length`` go by the order of its terms.

    ``frozen`` are its weights, ``order`` the numbers of its terms, heaviest first, ``uses`` their earlier uses, and
    ``rare`` how rare each was before it, in fifths.
    """

    terms: Sequence[str]
    frozen: list[int]
    order: list[int]
    uses: list[array[int]]
    length: float
    rare: bytes


class Met(NamedTuple):
    """The word pairs of one entry as they were met: their checksums, slots, earlier uses (counted), frozen weights."""

    codes: Sequence[int]
    slots: list[int]
    known: list[int]
    frozen: list[int]


class Rarity(dict[int, int]):
    """Raised idf in parts of `UNIT` by number of uses, each worked out once: most words share a few small numbers.

    ``fifths`` holds the same in fifths, as far as a byte can.
    """

    def __init__(self, entries: int) -> None:
        self.entries = entries
        self.top = entries + 1.5
        self.fifths: dict[int, int] = {}

    def __missing__(self, uses: int) -> int:
        """The halves are for a site that has just begun."""
        found: int = round(UNIT * math.log(max(1.0, self.top / (uses + 0.5))) ** POWER)
        self[uses] = found
        self.fifths[uses] = min(255, 5 * found // UNIT)
        return found


def stepped(entries: int) -> int:
    """The number of entries that rarity rests on: it grows in steps of an eighth, so that few are worked out."""
    below = max(0, entries.bit_length() - 5)
    return entries >> below << below


class Postings:
    """The words and word pairs of one language so far, with the entries that used them.

    Of a state that was loaded, ``words`` holds those that were recalled.
    """

    def __init__(self) -> None:
        self.entries = 0
        self.words: dict[str, array[int]] = {}
        self.pairs = Pairs()
        self._saved: Words | None = None
        self._until = MOST
        self._rarity = Rarity(0)

    def rarity(self, more: int = 0) -> Rarity:
        """How rare a term of so many uses is among the entries so far and some ``more``."""
        entries = stepped(self.entries + more)
        if self._rarity.entries != entries:
            self._rarity = Rarity(entries)
        return self._rarity

    def enter(self, place: int, terms: Mapping[str, int], features: Features) -> Entered:
        """Compare one entry with those before, then take it in. ``terms`` are its words and marks with weights."""
        self.recall(terms)
        weighed = self.weigh(terms)
        overlap = self.overlap(weighed)
        pairs = self.pairs.meet(overlap, features, weighed.length, self.rarity())
        self.learn(place, weighed)
        self.pairs.learn(place, pairs)
        heavy = tuple([intern(weighed.terms[number]) for number in weighed.order[:TOP_TERMS]])
        near = nlargest(RERANKED, [shared << 22 | elder for elder, shared in overlap.items()])
        return Entered(weighed.rare, heavy, near)

    def weigh(self, terms: Mapping[str, int]) -> Weighed:
        """How much each term says of an entry, beside what was said before."""
        found = list(map(self.words.get, terms, repeat(ABSENT)))
        counts = list(map(len, found))
        rarity = self.rarity()
        raw = list(map(mul, terms.values(), map(rarity.__getitem__, counts)))
        length = math.sqrt(sum(map(mul, raw, raw))) or 1.0
        scale = SCALE / length
        frozen = [int(weight * scale) for weight in raw]
        order = sorted(range(len(frozen)), key=frozen.__getitem__, reverse=True)
        return Weighed(list(terms), frozen, order, found, length, bytes(map(rarity.fifths.__getitem__, counts)))

    def overlap(self, weighed: Weighed) -> defaultdict[int, int]:
        """The cosine, in parts of `ONE`, with recent entries that share heavy words."""
        found: defaultdict[int, int] = defaultdict(int)
        left = BUDGET
        for number in weighed.order:
            uses = weighed.uses[number]
            if not uses:
                continue
            weight = weighed.frozen[number]
            for use in uses[-REACH:]:
                found[use >> 10] += weight * (use & SCALE)
            left -= min(REACH, len(uses))
            if left <= 0:
                break
        return found

    def learn(self, place: int, weighed: Weighed) -> None:
        """Take an entry in, after it has been compared."""
        words, base = self.words, place << 10
        for term, uses, weight in zip(weighed.terms, weighed.uses, weighed.frozen, strict=True):
            if uses:
                uses.append(base | weight)
            else:
                words[intern(term)] = array("I", (base | weight,))  # entries hold their heaviest words too
        self.entries += 1

    def cut(self, place: int, count: int) -> None:
        """Forget all uses by entries from ``place`` on, which are ``count`` of this language."""
        self.entries -= count
        self._until = min(self._until, place)
        for term in [term for term, uses in self.words.items() if uses[-1] >> 10 >= place]:
            uses = self.words[term]
            while uses and uses[-1] >> 10 >= place:
                uses.pop()
            if not uses:
                del self.words[term]
        self.pairs.cut(place)

    def recall(self, terms: Iterable[str]) -> None:
        """Bring to mind what a saved state says of some terms."""
        if self._saved is None:
            return
        for term in terms:
            if term not in self.words:
                uses = self._saved.get(term)
                if kept := uses[: bisect_left(uses, self._until << 10)]:
                    self.words[intern(term)] = kept

    def whole(self) -> None:
        """Bring all of a saved state to mind."""
        if self._saved is not None:
            self.recall(self._saved)
            self._saved = None
        self.pairs.whole()

    def save(self) -> Iterator[tuple[str, Bytes]]:
        """All of it in pieces, each with a name; numbers are in the byte order of the machine."""
        self.whole()
        buckets = buckets_for(len(self.words))
        heads, *rest = self.pairs.whole()
        yield "sizes", _ENCODER.encode((self.entries, buckets, len(heads), len(rest[0])))
        yield from words_saved("words", buckets, self.words)
        yield from columns_saved("heads", heads)
        yield from columns_saved("pairs", *rest)

    @classmethod
    def load(cls, piece: Piece) -> Postings:
        """What `save` gave, to be read as it is needed; for errors see ``stored``."""
        made = cls()
        made.entries, buckets, slots, pairs = _SIZES.decode(piece("sizes"))
        made._saved = Words("words", buckets, piece)
        made.pairs.load([*columns("heads", "I", slots, piece), *columns("pairs", "IIIB", pairs, piece)])
        return made


_ENCODER = msgspec.msgpack.Encoder()
_SIZES = msgspec.msgpack.Decoder(tuple[int, int, int, int])


class Arrays(NamedTuple):
    """The numbers of `Pairs`, all of them in memory."""

    heads: array[int]
    codes: array[int]
    earlier: array[int]
    uses: array[int]
    known: array[int]


class Pairs:
    """Uses of word pairs, each with a pointer to an earlier use in the same slot (as zlib finds repetitions).

    Most pairs occur once, so that a list for each would take ten times the memory of the texts.  Pairs go by a
    checksum of 32 bits: that two of them meet in an entry and in one of its neighbours is too rare to matter.
    """

    def __init__(self) -> None:
        self.heads: array[int] | Numbers = array("I", bytes(4 << 10))
        self.codes: array[int] | Numbers = array("I", (0,))
        self.earlier: array[int] | Numbers = array("I", (0,))
        self.uses: array[int] | Numbers = array("I", (0,))
        self.known: array[int] | Numbers = array("B", (0,))

    def load(self, saved: Sequence[Numbers]) -> None:
        """Take the place of pairs that were saved."""
        self.heads, self.codes, self.earlier, self.uses, self.known = saved

    def whole(self) -> Arrays:
        """All numbers, to be changed together; those of a saved state are read."""
        self.heads = whole(self.heads)  # one after the other: each goes when it has been read
        self.codes = whole(self.codes)
        self.earlier = whole(self.earlier)
        self.uses = whole(self.uses)
        self.known = whole(self.known)
        return Arrays(self.heads, self.codes, self.earlier, self.uses, self.known)

    def meet(self, found: defaultdict[int, int], features: Features, length: float, rarity: Rarity) -> Met:
        """Add to `found` what sharing word pairs is worth; return the pairs, ready for `learn`.

        Most pairs were never used before, and most of these find their slot empty: they are done with at once.
        """
        codes, weights = features.pair_codes(), features.pair_weights
        heads, last = self.heads, len(self.heads) - 1
        slots = [code & last for code in codes]
        scale = SCALE * PAIR_WORTH / length
        new = {weight: min(SCALE, int(weight * rarity[0] * scale)) for weight in set(weights)}
        met = Met(codes, slots, [0] * len(codes), list(map(new.__getitem__, weights)))
        known_codes, earlier, uses, left = self.codes, self.earlier, self.uses, PAIR_BUDGET
        for place, number in enumerate(map(heads.__getitem__, slots)):
            code = codes[place]
            while number and known_codes[number] != code:
                number = earlier[number]
            if not number:
                continue
            known = met.known[place] = self.known[number]
            met.frozen[place] = frozen = min(SCALE, int(weights[place] * rarity[known] * scale))
            if left <= 0:
                continue
            left -= known
            while number and known:
                if known_codes[number] == code:
                    known -= 1
                    use = uses[number]
                    found[use >> 10] += frozen * (use & SCALE)
                number = earlier[number]
        return met

    def learn(self, place: int, met: Met) -> None:
        """Take an entry's pairs in."""
        heads, earlier, base = self.heads, self.earlier, place << 10
        self.codes.extend(met.codes)
        self.uses.extend([base | frozen for frozen in met.frozen])
        self.known.extend(bytes(met.known).translate(_NEXT))
        for number, slot in enumerate(met.slots, len(earlier)):
            earlier.append(heads[slot])
            heads[slot] = number
        if len(self.uses) > LOAD * len(heads):
            self._grow()

    def cut(self, place: int) -> None:
        """Forget all uses by entries from ``place`` on: the last ones, since entries come in their order."""
        end, step = len(self.uses), 1
        while step < end and self.uses[end - step] >> 10 >= place:
            step *= 2
        first = bisect_left(range(end), place, max(1, end - step), key=lambda number: self.uses[number] >> 10)
        if end - first > FEW_CUT:
            self.whole()
        slots = len(self.heads) - 1
        for number in range(first, end):
            if self.earlier[number] < first:  # the first of those in its slot that go
                self.heads[self.codes[number] & slots] = self.earlier[number]
        for numbers in (self.codes, self.earlier, self.uses, self.known):
            shorten(numbers, first)

    def clear_heads(self, size: int) -> array[int]:
        """So many empty slots. The old ones go first: together they would be the most that a build holds."""
        self.heads = array("I")
        self.heads = heads = array("I", (0,)) * size
        return heads

    def _grow(self) -> None:
        """Twice the slots.  Uses keep their order, so every answer stays the same."""
        _, codes, earlier, _, _ = self.whole()
        heads = self.clear_heads(2 * len(self.heads))
        slots = len(heads) - 1
        for number in range(1, len(codes)):
            slot = codes[number] & slots
            earlier[number] = heads[slot]
            heads[slot] = number
