"""The last plan as it is remembered, how long it stands, and what changed since it was made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

import msgspec

from digest import doubts, sitemaps
from digest.models import AnyEntry, Article, Edition, Source, StandalonePage, Topic, Unplaced
from digest.pages import Chrome
from digest.problems import Problem
from digest.sheets import FRAME, KEY, SURFACE, Sheet
from digest.site import Tag
from digest.stamps import HASH

_AFTER = (timedelta(0), sitemaps.NEWS, -doubts.DAY, -doubts.FAR)
"""How long after each of its dates an entry changes anything: when it appears or expires, is no longer news, and when
a date that is yet to come is no longer doubted."""


class Span(msgspec.Struct, frozen=True):
    """The time in which a site stays as it is, in seconds since 1970: from ``since`` to just before ``until``."""

    since: float
    until: float


class Texts(msgspec.Struct, frozen=True, array_like=True):
    """The files of entries in one folder; for ``keys``, ``surfaces`` and ``frames`` see ``sheets.Remembered``."""

    names: tuple[str, ...]
    keys: bytes
    surfaces: bytes
    frames: bytes

    @classmethod
    def of(cls, sheet: Sheet) -> Texts:
        """The files on a sheet."""
        return cls(sheet.names, sheet.hashes[KEY], sheet.hashes[SURFACE], sheet.hashes[FRAME])

    def rows(self) -> dict[str, tuple[bytes, ...]]:
        """The three hashes of each file, by its name."""
        columns = (self.keys, self.surfaces, self.frames)
        return {
            name: tuple(column[start : start + HASH] for column in columns)
            for name, start in zip(self.names, range(0, len(self.keys), HASH), strict=True)
        }


class Last(msgspec.Struct, frozen=True):
    """A plan as it is remembered.

    ``basis`` stands for all it was made from but entries and as-of, ``texts`` for the files of entries, ``related`` for
    the related posts, ``manifest`` for the published manifest, ``catalogue`` for that of the site, if there is one.
    ``feeds`` names the files of the entries that each feed carries.
    """

    basis: bytes
    span: Span
    texts: dict[str, Texts]
    related: bytes
    kinds: dict[str, int]
    manifest: bytes
    problems: tuple[Problem, ...]
    chrome: Chrome
    topics: tuple[Topic, ...]
    tags: tuple[Tag, ...]
    sources: tuple[Source, ...]
    feeds: dict[str, tuple[str, ...]]
    catalogue: bytes


class Edits(NamedTuple):
    """The files that changed, by what of them did: only texts, also what other pages show of them, all of them."""

    texts: frozenset[str]
    shown: frozenset[str]
    new: frozenset[str]

    @property
    def every(self) -> frozenset[str]:
        """All of them."""
        return self.texts | self.shown | self.new


def edits(last: Mapping[str, Texts], now: Mapping[str, Texts]) -> Edits | None:
    """What changed in the files of each folder; ``None`` where one is gone, or its frame isn't what it was."""
    texts, shown, new = set[str](), set[str](), set[str]()
    if last.keys() - now.keys():
        return None
    for folder, files in now.items():
        if files == last.get(folder):
            continue
        before = last[folder].rows() if folder in last else {}
        after = files.rows()
        if before.keys() - after.keys():
            return None
        for name, (key, surface, frame) in after.items():
            was, path = before.get(name), f"{folder}/{name}"
            if was is None:
                new.add(path)
            elif was[2] != frame:
                return None
            elif was[1] != surface:
                shown.add(path)
            elif was[0] != key:
                texts.add(path)
    return Edits(frozenset(texts), frozenset(shown), frozenset(new))


def span(entries: Iterable[AnyEntry], as_of: datetime) -> Span:
    """The time around ``as_of`` in which none of ``entries`` appears, expires or grows too old for anything."""
    moments = sorted({moment.timestamp() for one in entries for moment in _moments(one)})
    now, since, until = as_of.timestamp(), float("-inf"), float("inf")
    for after in (one.total_seconds() for one in _AFTER):
        place = bisect_right(moments, now - after)
        since = max([since, *(moment + after for moment in moments[max(0, place - 1) : place])])
        until = min([until, *(moment + after for moment in moments[place : place + 1])])
    return Span(since, until)


def _moments(one: AnyEntry) -> Iterator[datetime]:
    """Every date of an entry."""
    if isinstance(one, Edition):
        yield one.date
        for section in one.sections:
            yield from chain.from_iterable(map(_moments, section.items))
    elif not isinstance(one, StandalonePage | Unplaced):
        notes = [note.date for note in one.corrections] if isinstance(one, Article) else []
        yield from filter(None, (one.date, one.updated, one.expires, *notes))
