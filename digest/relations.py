"""Related posts for a site, worked out again only from the oldest entry that changed.

What a build decided is kept in the cache: who the entries were (``Basis``), the lists in words, and the state of
``related``.  Entries stand in order of age; those before the first that differs keep what they chose, and only what
follows is read and compared.  A cache without these values, or with damaged ones, costs one full run and changes
nothing in the result.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from digest import content
from digest.cache import FEW, Cache
from digest.features import Features
from digest.related import Candidate, State, in_words
from digest.site import Listed, Site
from digest.stamps import digest_of
from digest.ticks import Tick, told, untold

Lists = dict[str, list[tuple[str, str]]]
"""For an address: the addresses of its related entries, best first, each with the reasons in words."""

ARTICLES = "content/articles/"
"""Where the entries stand that have pages with lists."""

SPARE = 64
"""Entries that are weighed again in each build before the state is written anew: less than writing it costs."""

_ENCODER = msgspec.msgpack.Encoder()

_Lists = dict[str, Raw]
"""``Lists`` as they are kept: each list encoded, since most are only handed on."""

_LISTS = msgspec.msgpack.Decoder(_Lists)
_LIST = msgspec.msgpack.Decoder(list[tuple[str, str]])


class _Name(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Which entry this is: what stands first in an ``Identity``."""

    day: int
    second: int
    address: str
    path: str


class Identity(_Name, frozen=True, array_like=True, order=True):
    """All that an entry's relations can depend on; ``about`` stands for its features.

    Identities sort by age: by day and time, then by address.
    """

    id: str
    lang: str
    pinned: tuple[str, ...]
    excluded: tuple[str, ...]
    story: str
    about: bytes


_IDENTITY = msgspec.msgpack.Decoder(Identity)


class Basis(msgspec.Struct, array_like=True):
    """What the kept lists were made from: the settings, and the identities of entries, encoded, in order of age."""

    count: int
    reasons: bool
    entries: list[Raw]

    def identities(self, start: int = 0, end: int | None = None) -> list[Identity]:
        """The identities from one on, up to another."""
        return list(map(_IDENTITY.decode, self.entries[start:end]))


def _age(one: _Name) -> tuple[int, int, str]:
    return one.day, one.second, one.address


class _Names(msgspec.Struct, array_like=True):
    """The same, of which only the names of entries are read."""

    count: int
    reasons: bool
    entries: list[_Name]


_BASES = msgspec.msgpack.Decoder(Basis)
_NAMES = msgspec.msgpack.Decoder(_Names)


def identities(site: Site, about: Mapping[str, bytes]) -> list[Identity]:
    """The entries of ``site`` in order of age; ``about`` holds the hash of what each file's entries are about."""
    language = site.settings.language
    by_address = {one.address: one for one in site.entries}
    found = [
        Identity(
            one.date.toordinal(), _second(one.date), one.address, one.path, one.id, one.lang or language,
            _addresses(site, by_address, one, one.related), _addresses(site, by_address, one, one.unrelated), one.story,
            about[one.path],
        )
        for one in site.entries
        if one.path in about
    ]  # fmt: skip
    first: dict[str, Identity] = {}
    for identity in sorted(found):
        first.setdefault(identity.address, identity)  # two at one address are a problem of which the site tells
    return list(first.values())


def candidates(entries: Iterable[Identity], features: Mapping[str, Features]) -> Iterable[Candidate]:
    """The entries as ``related`` weighs them; ``features`` by id."""
    for one in entries:
        if one.id in features:
            yield Candidate(
                one.address,
                one.day,
                one.lang,
                features[one.id],
                one.pinned,
                one.excluded,
                one.story or None,
                one.second,
            )


def _second(moment: datetime) -> int:
    """The time of the day."""
    return (moment.hour * 60 + moment.minute) * 60 + moment.second


def _addresses(site: Site, by_address: Mapping[str, Listed], one: Listed, names: Iterable[str]) -> tuple[str, ...]:
    """The addresses of the entries that an author named by slug or address, as far as they are published."""
    found: dict[str, None] = {}
    for name in names:
        match = site.by_slug.get(name) or by_address.get(name)
        if match is not None and match.address != one.address:
            found[match.address] = None
    return tuple(found)


def related(site: Site, features: Mapping[str, Features]) -> Lists:
    """For each article's address, the addresses of its related entries, best first, with reasons where they are shown.

    ``features`` by id.
    """
    basis = basis_of(site, dict.fromkeys([one.path for one in site.entries], b""))
    state = State(candidates(basis.identities(), features))
    return _of_articles(site, _lists(basis, state, {}, 0, features, untold))


def weighed(site: Site, features: Mapping[str, Features]) -> list[Candidate]:
    """The entries of ``site`` as ``related`` weighs them, in order of age."""
    return list(candidates(identities(site, dict.fromkeys([one.path for one in site.entries], b"")), features))


class Held:
    """What a process keeps that builds ``again``: the entries of its last build, their lists, and the state.

    Any other gives the memory back: the state is the largest thing of a build.
    """

    def __init__(self, *, again: bool = True) -> None:
        self.again = again
        self.basis: Basis | None = None
        self.lists: _Lists = {}
        self.state = State()

    def keep(self, basis: Basis, lists: _Lists) -> None:
        """Take note of what a build made, together with the state, if there will be another."""
        if self.again:
            self.basis, self.lists = basis, lists
        else:
            self.lists, self.state = {}, State()


def renewed(site: Site, basis: Basis, cache: Cache, held: Held, tick: Tick = untold) -> Lists:
    """What ``related`` gives for the site of a ``basis``, with as little work as the last build left to do."""
    if not site.settings.related.count:
        return {}
    tick("Relating", 0, len(site.entries))
    return _of_articles(site, _of_basis(basis, cache, held, tick))


def _of_basis(basis: Basis, cache: Cache, held: Held, tick: Tick) -> _Lists:
    if held.basis == basis:
        return held.lists
    if cache.get("related basis") == _ENCODER.encode(basis) and (lists := cache.get("related lists")):
        return _LISTS.decode(lists)
    return _renew(basis, cache, held, tick)


class Amended(NamedTuple):
    """Lists brought up to date, the addresses of articles for which they ``changed``, and each entry's file."""

    lists: _Lists
    changed: tuple[str, ...]
    paths: Mapping[str, str]

    def of(self, addresses: Iterable[str]) -> Lists:
        """The lists of some entries, as far as they have one."""
        return {address: _LIST.decode(self.lists[address]) for address in addresses if address in self.lists}

    def naming(self, addresses: Iterable[str]) -> Iterator[str]:
        """The articles whose lists name one of some entries."""
        named = set(addresses)
        pages = {address.partition("#")[0].encode() for address in named}
        for one, encoded in self.lists.items():
            text = bytes(encoded)
            likely = any(page in text for page in pages) and self.paths[one].startswith(ARTICLES)
            if likely and not dict(_LIST.decode(encoded)).keys().isdisjoint(named):
                yield one


def mark(cache: Cache) -> bytes:
    """What stands for the lists that were made last."""
    return digest_of(cache.get("related basis"))


def amended(
    count: int, about: Mapping[str, bytes], new: Iterable[Identity], cache: Cache, held: Held, tick: Tick = untold
) -> Amended:
    """The lists that were made last, after what the entries of some files are ``about`` changed, and ``new`` ones came.

    ``count`` is that of the settings: a site that relates nothing may still have lists from when it did.
    """
    last, lists = cache.get("related basis"), cache.get("related lists")
    if not count or not last or not lists:
        return Amended({}, (), {})
    tick("Relating", 0, len(about))
    basis, before = _BASES.decode(last), _LISTS.decode(lists)
    names = _NAMES.decode(last).entries
    for one in new:
        place = bisect(names, _age(one), key=_age)
        names.insert(place, one)
        basis.entries.insert(place, _encoded(one))
    paths = {one.address: one.path for one in names}
    for place, path in enumerate(paths.values()):
        if path in about:
            basis.entries[place] = _encoded(replace(_IDENTITY.decode(basis.entries[place]), about=about[path]))
    after = _of_basis(basis, cache, held, tick)
    changed = [one for one, of_it in after.items() if of_it != before.get(one) and paths[one].startswith(ARTICLES)]
    return Amended(after, tuple(changed), paths)


def _encoded(value: object) -> Raw:
    return Raw(_ENCODER.encode(value))


def basis_of(site: Site, about: Mapping[str, bytes]) -> Basis:
    """What the lists of a site are made from; for ``about`` see ``identities``."""
    settings = site.settings.related
    return Basis(settings.count, settings.reasons, list(map(_encoded, identities(site, about))))


def _of_articles(site: Site, lists: _Lists) -> Lists:
    """Only articles have pages with lists."""
    if not site.settings.related.count:
        return {}
    return {one.address: _LIST.decode(lists[one.address]) for one in site.articles if one.address in lists}


def _renew(basis: Basis, cache: Cache, held: Held, tick: Tick) -> _Lists:
    """Bring ``held`` and the cache to ``basis``, starting from what either of them has.

    The state is large. It is written only when more than ``SPARE`` entries have come or changed since it was, together
    with the entries and lists that belong to it; until then a build starts from these.
    """
    if held.basis is None:
        _recall(cache, held)
    try:
        fresh, lists = _brought_up(basis, cache, held, tick)
    except (msgspec.DecodeError, ValueError):  # a piece of the state is damaged, which shows when it is needed
        held.basis, held.lists, held.state = None, {}, State()
        fresh, lists = _brought_up(basis, cache, held, tick)
    held.state.settle()
    anew = fresh > SPARE or fresh == len(basis.entries)
    cache.begin()
    for what, value in (("basis", basis), ("lists", lists)):
        encoded = _ENCODER.encode(value)
        for name in ("related", "state") if anew else ("related",):
            cache.put(f"{name} {what}", encoded)
        del encoded  # the state is about to be encoded too
    for name, piece in held.state.save() if anew else ():
        cache.put(f"state: {name}", piece)
    cache.commit()
    held.keep(basis, lists)
    return lists


def _brought_up(basis: Basis, cache: Cache, held: Held, tick: Tick) -> tuple[int, _Lists]:
    """Bring the state of ``held`` to ``basis``; how many entries it took, and the lists."""
    last, held.basis = held.basis, None  # whoever interrupts this finds nothing half done
    kept = _alike(last.entries, basis.entries) if last else 0
    fresh = len(basis.entries) - kept
    held.state.keep(kept)
    for done, some in _few_at_once(basis, kept, cache):
        held.state.extend(some)
        tick("Relating", done, fresh)
    features = content.features(cache, {one.path for one in basis.identities()}) if basis.reasons else {}
    known = held.lists if last and (last.count, last.reasons) == (basis.count, basis.reasons) else {}
    return fresh, _lists(basis, held.state, known, kept, features, tick)


def _few_at_once(basis: Basis, kept: int, cache: Cache) -> Iterator[tuple[int, Iterable[Candidate]]]:
    """The entries after the ``kept`` ones as ``related`` weighs them, some at a time, with the count so far.

    All features fill a memory.
    """
    for start in range(kept, len(basis.entries), FEW - 1):
        some = basis.identities(start, start + FEW - 1)
        yield start + len(some) - kept, candidates(some, content.features(cache, {one.path for one in some}))


def _recall(cache: Cache, held: Held) -> None:
    """The last state that was written, where it can be read, with its entries and lists."""
    held.lists, held.state = {}, State()
    with suppress(msgspec.DecodeError, ValueError):
        basis, lists = _BASES.decode(cache.get("state basis")), _LISTS.decode(cache.get("state lists"))
        state = State.load(lambda name: cache.get(f"state: {name}"))
        if held.again:  # later builds have another connection to the cache
            state.whole()
        if len(state) == len(basis.entries):
            held.basis, held.lists, held.state = basis, lists, state


def _alike(last: Sequence[Raw], entries: Sequence[Raw]) -> int:
    """How many entries at the beginning are as they were."""
    pairs = enumerate(zip(last, entries, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(last), len(entries)))


def _lists(
    basis: Basis, state: State, known: _Lists, kept: int, features: Mapping[str, Features], tick: Tick
) -> _Lists:
    """The lists with their reasons. ``known`` are those before: right where nothing touched them.

    The reasons of two entries that are among the ``kept`` are the same as before in any case.
    """
    by_key = {one.address: features[one.id] for one in basis.identities() if one.id in features} if features else {}
    keys = list(state)
    old = set(keys[:kept]) if basis.reasons else set()
    lists = dict(islice(known.items(), kept)) if list(islice(known, kept)) == keys[:kept] else {}
    loose = state.unsettled()
    anew = [key for key in keys if key in loose or key not in lists]
    for key in told(anew, tick, "Listing", len(anew)):
        before = dict(_LIST.decode(known[key])) if key in old and key in known else {}
        lists[key] = _encoded([
            (other, before[other] if other in old and other in before else in_words(state.why(key, other, by_key)))
            if basis.reasons else (other, "")
            for other, _ in state.row(key, basis.count)
        ])  # fmt: skip
    return lists
