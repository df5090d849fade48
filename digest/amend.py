"""Shell: a build after which the last plan stands, but for the pages on which a changed text stands.

A plan is a pure function of what was read and of the as-of. While all that was read is as it was, but for the texts of
articles, and the as-of lies between the same two moments at which anything on the site changes, the plan is the last
one. Only the pages of those articles, the feeds that carry them and the articles whose related posts they changed are
planned again, from the few entries that these show. In any doubt there is no such plan, and a build makes all of it.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from digest import content, doubts, feeds, plan, relations, sitemaps, urls
from digest.cache import Cache
from digest.content import Looked
from digest.models import AnyEntry, Article, Edition, StandalonePage, Summary, Topic, Unplaced
from digest.pages import Chrome, Planned, StaticFile
from digest.press import template_folders
from digest.problems import Problem
from digest.publish import ASSETS, LAST_PLAN
from digest.relations import Held
from digest.request import Request
from digest.sheets import KEY, SURFACE
from digest.site import Registry, Site, Tag, assemble
from digest.stamps import HASH, digest_of
from digest.ticks import Tick

_AFTER = (timedelta(0), sitemaps.NEWS, -doubts.DAY, -doubts.FAR)
"""How long after each of its dates an entry changes anything: when it appears or expires, is no longer news, and when
a date that is yet to come is no longer doubted."""


class Span(msgspec.Struct, frozen=True):
    """The time in which a site stays as it is, in seconds since 1970: from ``since`` to just before ``until``."""

    since: float
    until: float


class Last(msgspec.Struct, frozen=True):
    """A plan as it is remembered.

    ``basis`` stands for all it was made from but texts and as-of, ``versions`` for the files with their texts, in their
    order, ``related`` for the related posts, ``manifest`` for the published manifest. ``feeds`` names the files of the
    entries that each feed carries.
    """

    basis: bytes
    span: Span
    versions: bytes
    related: bytes
    kinds: dict[str, int]
    manifest: bytes
    problems: tuple[Problem, ...]
    chrome: Chrome
    topics: tuple[Topic, ...]
    tags: tuple[Tag, ...]
    feeds: dict[str, tuple[str, ...]]


class Amended(NamedTuple):
    """The plan that stands, what of it has to be looked at again, and what to note of it, if that has changed."""

    last: Last
    pages: tuple[Planned, ...] = ()
    note: bytes | None = None


_LAST = msgspec.msgpack.Decoder(Last)
_ENCODER = msgspec.msgpack.Encoder()


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


def basis(request: Request, looked: Looked, files: Sequence[StaticFile]) -> bytes:
    """What stands for all that a plan and its pages are made from, but for the texts of articles and the as-of.

    Empty where that isn't known: of a part of a site, and of a folder that has problems of its own.
    """
    templates = list(_templates(request))
    if request.part is not None or looked.problems or looked.settings is None or not all(templates):
        return b""
    published = [(one.path, one.hash) for one in files]
    asked = (request.base_url, request.drafts, request.strict)
    said = (looked.settings, looked.topics, looked.sources)
    shown = [(folder, one.names, one.hashes[SURFACE]) for folder, one in looked.texts.by_folder.items()]
    return digest_of(_ENCODER.encode((asked, said, shown, published, templates)))


def _templates(request: Request) -> Iterator[tuple[str, bytes] | None]:
    """Every template with the hash of its bytes; ``None`` for a linked folder, of which nobody knows what is in it."""
    for top in template_folders(request.site):
        for folder, folders, names in os.walk(top):
            if folder == str(top) and ASSETS in folders:
                folders.remove(ASSETS)  # static files, which are told otherwise
            yield from (None for name in folders if Path(folder, name).is_symlink())
            folders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                yield file.relative_to(top).as_posix(), digest_of(file.read_bytes())


def _versions(looked: Looked) -> bytes:
    return b"".join([one.hashes[KEY] for one in looked.texts.by_folder.values()])


def noted(
    request: Request, made: bytes, looked: Looked, files: Sequence[StaticFile], site: Site, chrome: Chrome, time: Span,
    problems: tuple[Problem, ...], cache: Cache, kinds: Mapping[str, int], manifest: bytes,
) -> bytes:  # fmt: skip
    """A plan that was published, for the cache. Empty if ``made``, its basis, is, or templates changed meanwhile.

    ``kinds`` counts it, and ``manifest`` is the mark of the manifest that it left.
    """
    if not made or basis(request, looked, files) != made:
        return b""
    carried = {one.address: tuple({entry.path for entry in one.newest}) for one in plan.entry_feeds(site)}
    return _ENCODER.encode(
        Last(
            made, time, _versions(looked), relations.mark(cache), dict(kinds), manifest, problems, chrome,
            tuple(site.topics.values()), tuple(site.tags.values()), carried,
        )
    )  # fmt: skip


def amended(
    made: bytes, looked: Looked, request: Request, as_of: datetime, cache: Cache, held: Held, tick: Tick
) -> Amended | None:
    """The last plan brought up to what was ``looked`` at; ``made`` is its basis. ``None`` where it doesn't stand."""
    kept = cache.get(LAST_PLAN)
    last = _LAST.decode(kept) if kept else None
    if last is None or last.basis != made or not last.span.since <= as_of.timestamp() < last.span.until:
        return None
    if relations.mark(cache) != last.related:
        return None
    versions = _versions(looked)
    if versions == last.versions:
        return Amended(last)
    changed = {
        path for path, start in zip(looked.texts, range(0, len(versions), HASH), strict=True)
        if versions[start : start + HASH] != last.versions[start : start + HASH]
    }  # fmt: skip
    if not changed.isdisjoint(one.path for one in last.problems):
        return None  # their places and excerpts may not be what they were
    pages = _Pages(last, looked, request, as_of, cache).planned(changed, held, tick)
    if pages is None:
        return None
    note = _ENCODER.encode(replace(last, versions=versions, related=relations.mark(cache)))
    return Amended(last, pages, note)


class _Pages:
    """The pages on which some bodies stand, planned from as few entries as they show."""

    def __init__(self, last: Last, looked: Looked, request: Request, as_of: datetime, cache: Cache) -> None:
        self._last, self._looked, self._request, self._as_of, self._cache = last, looked, request, as_of, cache

    def planned(self, changed: Set[str], held: Held, tick: Tick) -> tuple[Planned, ...] | None:
        """Those for the texts in the files ``changed``; ``None`` where an entry's address hangs on others."""
        readings = content.some(self._looked, self._cache, changed)
        about = {path: one.about for path, one in readings.items()}
        count = self._looked.settings.related.count if self._looked.settings else 0
        related = relations.amended(count, about, self._cache, held, tick)
        own = [entry.address for one in readings.values() for entry in one.entries if isinstance(entry, Article)]
        articles = dict.fromkeys([*own, *related.changed])
        carried = {feed: paths for feed, paths in self._last.feeds.items() if not changed.isdisjoint(paths)}
        lists = related.of(articles)
        shown = {other for named in lists.values() for other, _ in named}.union(related.changed)
        needed: set[str] = {*changed, *chain.from_iterable(carried.values()), *map(related.paths.__getitem__, shown)}
        site = self._site(needed)
        if site is None:
            return None
        wanted = {urls.output_path(address) for address in articles}
        wanted |= {urls.output_path(feed + name) for feed in carried for name in feeds.FORMATS}
        found = plan.with_bodies(site, lists, self._last.chrome.feeds)
        return tuple(sorted((one for one in found if one.path in wanted), key=lambda one: one.path))

    def _site(self, paths: Set[str]) -> Site | None:
        """A site of the entries in some files, with the topics and tags of the whole one."""
        readings = content.some(self._looked, self._cache, paths)
        entries = [entry for path in sorted(readings) for entry in readings[path].entries]
        looked, last = self._looked, self._last
        if looked.settings is None or any(isinstance(one, Summary) for one in entries):
            return None  # lone summaries are gathered into editions, where they get their addresses
        versions = {path: looked.texts[path].key for path in paths}
        registry = Registry(looked.topics, looked.sources)
        site, _ = assemble(
            entries, looked.settings, registry, as_of=self._as_of, drafts=self._request.drafts, versions=versions
        )
        return site._replace(topics={one.slug: one for one in last.topics}, tags={one.slug: one for one in last.tags})
