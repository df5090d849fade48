"""Many entries taken into ``postings`` at once: answers and state are as one by one, in a fraction of the time.

A build that has thousands of entries to relate spends its time in ``postings``, on some hundreds of terms an entry
that are looked up, counted and weighed one by one.  Here the terms of some hundred entries stand in one row of numbers
and are sorted by term; the earlier uses of a term are then the numbers to its left: a few that were known before,
followed by those of the entries themselves.

Whatever is summed is whole, so that the order of a sum doesn't matter.  numpy takes 0.1 s to import, about what 100
entries take one by one (measured); a build with less to do goes without.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, count, repeat
from sys import intern
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from digest.features import Features
from digest.postings import (
    ABSENT,
    BUDGET,
    LOAD,
    MOST,
    PAIR_BUDGET,
    PAIR_REACH,
    PAIR_WORTH,
    REACH,
    RERANKED,
    SCALE,
    TOP_TERMS,
    UNIT,
    Entered,
    Pairs,
    Postings,
    Rarity,
    stepped,
)

CHAINED = 1 << 17
"""Uses of pairs that find their places at once: all of a large archive would take more memory than the state."""

Numbers = npt.NDArray[np.int64]
Row = tuple[int, Mapping[str, int], Features]
"""The place of an entry, its words and marks with their weights, its features: what ``Postings.enter`` takes."""

_PLACE, _PRODUCT, _SUM = 22, 20, 30
"""Bits of a place, of the product of two weights, and of the sum of as many as one entry has."""


class _Terms(NamedTuple):
    """The terms of all rows one after the other: the row of each, its weight, where each row starts, a key a term."""

    rows: Numbers
    weights: Numbers
    starts: Numbers
    keys: Numbers

    @classmethod
    def of(cls, weights: Sequence[bytes], keys: Numbers) -> _Terms:
        """Terms with these weights, a byte each; equal terms have equal keys."""
        sizes = np.fromiter(map(len, weights), np.int64, len(weights))
        rows = np.repeat(np.arange(len(weights)), sizes)
        return cls(rows, np.frombuffer(b"".join(weights), np.uint8).astype(np.int64), np.cumsum(sizes) - sizes, keys)


class _Uses(NamedTuple):
    """All uses that matter to the terms of some rows, term by term, oldest first.

    For each term ``known`` is the number of its earlier uses, ``ends`` where they end in ``stock``, and ``own`` where
    its own use stands there.  ``first`` and ``last`` enclose the uses by rows of each group of equal terms.
    """

    stock: Numbers
    known: Numbers
    ends: Numbers
    own: Numbers
    first: Numbers
    last: Numbers


def enter(postings: Postings, rows: Sequence[Row]) -> list[Entered]:
    """What ``postings.enter`` gives for one row after the other, of which there are one to `BATCH`."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    named = map(numbers.__getitem__, chain.from_iterable([own for _, own, _ in rows]))
    words = _Terms.of([bytes(own.values()) for _, own, _ in rows], np.fromiter(named, np.int64))
    names = list(numbers)
    pairs = _Terms.of([features.pair_weights for _, _, features in rows], _codes(rows, words, names))
    places = np.fromiter([place for place, _, _ in rows], np.int64)
    rarities = _rarities(postings, len(rows))

    postings.whole()
    known = list(map(postings.words.get, names, repeat(ABSENT)))
    uses, pair_uses = _word_uses(words, known), _pair_uses(pairs, postings.pairs)
    raw, fifths = _rarity(words, uses.known, rarities)
    raw *= words.weights
    length = np.sqrt(np.bincount(words.rows, (raw * raw).astype(np.float64), len(rows)))
    length[length == 0] = 1.0
    frozen = (raw * (SCALE / length)[words.rows]).astype(np.int64)
    pair_raw = pairs.weights * _rarity(pairs, pair_uses.known, rarities)[0]
    pair_frozen = np.minimum(SCALE, (pair_raw * (SCALE * PAIR_WORTH / length)[pairs.rows]).astype(np.int64))
    uses.stock[uses.own] = places[words.rows] << 10 | frozen
    pair_uses.stock[pair_uses.own] = places[pairs.rows] << 10 | pair_frozen

    order = _heaviest_first(words, frozen)
    shared = _shared(words, order, uses, frozen, REACH, BUDGET)
    shared_pairs = _shared(pairs, np.arange(len(pairs.keys)), pair_uses, pair_frozen, PAIR_REACH, PAIR_BUDGET)
    near = _nearest(np.concatenate((shared, shared_pairs)), len(rows))
    _learn_words(postings, names, known, uses)
    _learn_pairs(postings.pairs, pairs, pair_uses)
    postings.entries += len(rows)
    found = []
    for start, end, nearest in zip(words.starts, np.append(words.starts[1:], len(order)), near, strict=True):
        heavy = words.keys[order[start : min(end, start + TOP_TERMS)]].tolist()
        found.append(Entered(fifths[start:end].tobytes(), tuple([intern(names[key]) for key in heavy]), nearest))
    return found


def _codes(rows: Sequence[Row], words: _Terms, names: Sequence[str]) -> Numbers:
    """The checksums of all pairs, as ``Features.pair_codes`` has them. A row's words are the first of its terms."""
    sums = np.fromiter(map(crc32, map(str.encode, names)), np.int64, len(names))[words.keys]
    pairs = [features.pairs for _, _, features in rows]
    starts = np.repeat(words.starts, np.fromiter(map(len, pairs), np.int64, len(rows)) // 4)
    numbers = np.frombuffer(b"".join(pairs), "<u4").astype(np.int64)
    return (sums[starts + (numbers >> 10)] * 31 + sums[starts + (numbers & 1023)]) & 0xFFFFFFFF


def _rarities(postings: Postings, rows: int) -> list[tuple[Rarity, int]]:
    """The rarities that the rows meet, each with the number of the first row that doesn't meet it any more."""
    steps = [stepped(postings.entries + number) for number in range(rows)]
    ends = [number for number in range(1, rows) if steps[number] != steps[number - 1]]
    return [(postings.rarity(end - 1), end) for end in (*ends, rows)]


def _rarity(
    terms: _Terms, known: Numbers, rarities: Sequence[tuple[Rarity, int]]
) -> tuple[Numbers, npt.NDArray[np.uint8]]:
    """How rare each term is where it has so many earlier uses, and the same in fifths."""
    found, fifths = np.empty(len(known), np.int64), np.empty(len(known), np.uint8)
    starts = np.append(terms.starts, len(known))
    start = 0
    for rarity, row in rarities:
        some = known[start : (end := starts[row])]
        if len(some):
            seen = np.flatnonzero(np.bincount(some))
            table = np.zeros(seen[-1] + 1, np.int64)
            table[seen] = list(map(rarity.__getitem__, seen.tolist()))
            found[start:end], fifths[start:end] = table[some], np.minimum(255, 5 * table // UNIT)[some]
        start = end
    return found, fifths


def _word_uses(words: _Terms, known: Sequence[array[int]]) -> _Uses:
    """The uses of words and marks; their keys count from 0, and go with ``known``."""
    tails = np.frombuffer(b"".join([uses[-REACH:] for uses in known]), np.uint32).astype(np.int64)
    before = np.fromiter(map(len, known), np.int64, len(known))
    return _uses(words, _grouped(words.keys), before, np.minimum(before, REACH), tails)


def _pair_uses(pairs: _Terms, known: Pairs) -> _Uses:
    """The uses of word pairs, which are found by walking through the slots of all groups at once."""
    order, firsts = _grouped(pairs.keys)
    codes = pairs.keys[order[firsts]]
    *numbers_of, known_of = known.whole()
    heads, all_codes, earlier, all_uses = (np.frombuffer(one, np.uint32) for one in numbers_of)
    all_known = np.frombuffer(known_of, np.uint8)
    numbers = heads[codes & len(heads) - 1].astype(np.int64)
    before, left = np.zeros(len(codes), np.int64), np.full(len(codes), -1)
    tails = np.zeros((len(codes), PAIR_REACH), np.int64)
    groups = np.flatnonzero(numbers)
    while len(groups):
        at = numbers[groups]
        same = all_codes[at] == codes[groups]
        hit, hits = groups[same], at[same]
        latest = left[hit] < 0
        before[hit[latest]] = left[hit[latest]] = all_known[hits[latest]]
        left[hit] -= 1
        tails[hit, left[hit]] = all_uses[hits]
        numbers[groups] = earlier[at]
        groups = groups[(numbers[groups] > 0) & (left[groups] != 0)]
    filled = tails[np.arange(PAIR_REACH) < before[:, None]]
    uses = _uses(pairs, (order, firsts), before, before, filled)
    return uses._replace(known=np.minimum(uses.known, PAIR_REACH))


def _grouped(keys: Numbers) -> tuple[Numbers, Numbers]:
    """The order of terms by key, equal ones in their order, and where in it each group of equal ones starts."""
    packed = np.sort(keys << 32 | np.arange(len(keys)))
    return packed & 0xFFFFFFFF, np.flatnonzero(_new(packed >> 32))


def _new(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Where a number differs from the one before it."""
    found = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=found[1:])
    return found


def _uses(terms: _Terms, grouped: tuple[Numbers, Numbers], before: Numbers, lengths: Numbers, tails: Numbers) -> _Uses:
    """Uses of grouped terms.  A group has so many ``before``; its length tells how many of them are in ``tails``.

    Two pairs of one entry may have one checksum: then neither is an earlier use of the other.
    """
    order, firsts = grouped
    sizes = np.diff(firsts, append=len(order))
    begins = np.cumsum(lengths + sizes) - sizes
    stock = np.empty(len(tails) + len(order), np.int64)
    stock[_ramps(begins - lengths, lengths)] = tails
    new = _new(terms.rows[order])
    new[firsts] = True
    runs = np.cumsum(new)
    group = np.repeat(np.arange(len(firsts)), sizes)
    at = _ramps(begins, sizes)
    known, ends, own = (np.empty(len(order), np.int64) for _ in range(3))
    known[order] = before[group] + runs - runs[firsts][group]
    ends[order] = np.maximum.accumulate(np.where(new, at, 0))
    own[order] = at
    return _Uses(stock, known, ends, own, begins, begins + sizes)


def _ramps(starts: Numbers, lengths: Numbers) -> Numbers:
    """Numbers that count up from each start, as many as it has length."""
    return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())


def _heaviest_first(terms: _Terms, frozen: Numbers) -> Numbers:
    """The order of terms within their rows, equal ones as they stand."""
    return np.sort(terms.rows << 42 | SCALE - frozen << 32 | np.arange(len(frozen))) & 0xFFFFFFFF


def _shared(terms: _Terms, order: Numbers, uses: _Uses, frozen: Numbers, reach: int, budget: int) -> Numbers:
    """What each row shares with elders, use by use: row, place and product of weights in one number."""
    taken = np.minimum(uses.known[order], reach)
    before = np.cumsum(taken) - taken
    within = before - before[np.minimum(terms.starts, len(order) - 1)][terms.rows] if len(order) else before
    chosen = order[(taken > 0) & (within < budget)]
    taken = np.minimum(uses.known[chosen], reach)
    use = uses.stock[_ramps(uses.ends[chosen] - taken, taken)]
    own = np.repeat(frozen[chosen], taken)
    row = np.repeat(terms.rows[chosen], taken)
    return (row << _PLACE | use >> 10) << _PRODUCT | own * (use & SCALE)


def _nearest(shared: Numbers, rows: int) -> list[list[int]]:
    """For each row the elders with which it shares most, most first, as ``Entered.near`` has them."""
    shared.sort()
    elders = shared >> _PRODUCT
    firsts = np.flatnonzero(_new(elders))
    sums = np.add.reduceat(shared & (1 << _PRODUCT) - 1, firsts) if len(firsts) else firsts
    elders = elders[firsts]
    packed = np.sort((elders >> _PLACE << _SUM | sums) << _PLACE | elders & MOST)
    ends = np.searchsorted(packed >> _SUM + _PLACE, np.arange(rows), side="right").tolist()
    packed &= (1 << _SUM + _PLACE) - 1
    return [
        packed[max(start, end - RERANKED) : end][::-1].tolist() for start, end in zip([0, *ends], ends, strict=False)
    ]


def _learn_words(postings: Postings, names: Sequence[str], known: Sequence[array[int]], uses: _Uses) -> None:
    """Take in the rows' uses of words and marks."""
    data, firsts, lasts = uses.stock.astype(np.uint32).tobytes(), (uses.first * 4).tolist(), (uses.last * 4).tolist()
    for name, earlier, first, last in zip(names, known, firsts, lasts, strict=True):
        if earlier:
            earlier.frombytes(data[first:last])
        else:
            postings.words[intern(name)] = array("I", data[first:last])


def _learn_pairs(pairs: Pairs, terms: _Terms, uses: _Uses) -> None:
    """Take in the rows' uses of pairs."""
    heads, codes, earlier, all_uses, known = pairs.whole()
    start, end, size = len(codes), len(codes) + len(terms.keys), len(heads)
    codes.frombytes(terms.keys.astype(np.uint32).tobytes())
    all_uses.frombytes(uses.stock[uses.own].astype(np.uint32).tobytes())
    known.frombytes(np.minimum(uses.known + 1, PAIR_REACH).astype(np.uint8).tobytes())
    earlier.frombytes(bytes(4 * len(terms.keys)))
    while LOAD * size < end:
        size *= 2
    if size > len(heads):
        start = 1
        del heads
        heads = pairs.clear_heads(size)
    for first in range(start, end, CHAINED):
        _chain(heads, codes, earlier, range(first, min(first + CHAINED, end)))


def _chain(all_heads: array[int], codes: array[int], all_earlier: array[int], numbers: range) -> None:
    """Let each of some uses point to the one before it in its slot, and the slot to the last."""
    first, end = numbers.start, numbers.stop
    heads, earlier = np.frombuffer(all_heads, np.uint32), np.frombuffer(all_earlier, np.uint32)
    slots = np.frombuffer(codes, np.uint32)[first:end].astype(np.int64) & len(heads) - 1
    order, firsts = _grouped(slots)
    previous = np.append(0, order[:-1] + first)
    previous[firsts] = heads[slots[order[firsts]]]
    earlier[order + first] = previous
    lasts = order[np.append(firsts[1:], len(order)) - 1]
    heads[slots[lasts]] = lasts + first
