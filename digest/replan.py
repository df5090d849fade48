"""Shell: some pages of the last plan planned again, from as few entries as they show.

The site is put together from these entries alone. In its lists the others are stood in for by their rows in the
catalogue, which say all that the cutting of lists and the choice of what goes on the front ask for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import datetime
from itertools import chain, takewhile
from operator import attrgetter
from typing import NamedTuple, TypeVar, cast
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from digest import content, doubts, plan, relations, sitemaps, urls
from digest.cache import Cache
from digest.catalogue import Catalogue, Row, Shelves, Touched, touched
from digest.content import Looked, Reading
from digest.lastplan import Edits, Last, Span, span
from digest.manifest import parents
from digest.models import Article, BodyLink, Summary
from digest.outline import Outline, Wanted
from digest.pages import Planned, SitemapAddress, SitemapPage
from digest.problems import Problem
from digest.relations import Amended as Related
from digest.relations import Held, Identity, Lists
from digest.request import Request
from digest.settings import Settings
from digest.site import Listed, Registry, Site, assemble
from digest.stamps import digest_of
from digest.ticks import Tick

CATALOGUE = "catalogue"
"""Under which the cache keeps it."""

_CATALOGUE = msgspec.msgpack.Decoder(Catalogue)


class _Sitemap(msgspec.Struct):
    """A sitemap's page as it was rendered last, as far as it is asked for here."""

    value: SitemapPage


_SITEMAP = msgspec.msgpack.Decoder(_Sitemap)
_path = attrgetter("path")

Key = TypeVar("Key", str, tuple[int, int])


class Again(NamedTuple):
    """Pages that may have changed, the plan that they belong to, and its catalogue where that isn't the last one."""

    pages: tuple[Planned, ...]
    last: Last
    catalogue: Catalogue | None = None


class Replan(NamedTuple):
    """What pages are planned again from."""

    last: Last
    looked: Looked
    settings: Settings
    request: Request
    as_of: datetime
    cache: Cache
    held: Held
    tick: Tick

    def of_texts(self, changed: Set[str]) -> Again | None:
        """The pages that change with the texts in some files; ``None`` where an entry's address hangs on others."""
        readings = content.some(self.looked, self.cache, changed)
        related = self._related(readings, ())
        carried = {feed: paths for feed, paths in self.last.feeds.items() if not changed.isdisjoint(paths)}
        own = {one.address for one in _articles(readings)}
        wanted = Wanted(own.union(related.changed), carried.keys())
        lists = related.of(wanted.articles)
        site = self._site({*changed, *chain.from_iterable(carried.values()), *_named(related, lists)})[0]
        if site is None:
            return None
        made = Outline(self._whole(site), lists, self.last.chrome.feeds, wanted)
        return Again(tuple(sorted(plan.with_bodies(made), key=_path)), self.last)

    def of_entries(self, changed: Edits, paths: Set[str]) -> Again | None:
        """The pages that change with what others show of some articles, and with new ones; ``paths`` are published.

        ``None`` where more than that may change: a list, a section or a year that comes or goes, a fault.
        """
        fresh = self._fresh(changed)
        if fresh is None:
            return None
        related = self._related(fresh.readings, fresh.identities())
        shown = self._shown(fresh, Shelves.of(fresh.after.rows))
        edited = [row.address for row in fresh.rows]
        wanted = Wanted({*edited, *related.changed, *related.naming(edited)}, shown.feeds.keys(), shown.numbers)
        lists = related.of(wanted.articles)
        carried = {feed: tuple(row.path for row in rows) for feed, rows in shown.feeds.items()}
        site = self._site({*shown.paths, *chain.from_iterable(carried.values()), *_named(related, lists)})[0]
        if site is None:
            return None
        made = Outline(self._whole(site, shown.shelves), lists, self.last.chrome.feeds, wanted)
        pages = self._pages(made) if self._has_same_chrome(made, fresh.after) else None
        if pages is None or not self._have_room(fresh, shown, pages, paths):
            return None
        dated = span(fresh.site.articles, self.as_of)
        time = Span(max(self.last.span.since, dated.since), min(self.last.span.until, dated.until))
        last = replace(self.last, span=time, feeds=self.last.feeds | carried)
        return Again(pages, last, fresh.after if changed.new else None)

    def _fresh(self, changed: Edits) -> _Fresh | None:
        """What is new of some files; ``None`` where that is more than articles among others."""
        found = self.cache.get(CATALOGUE)
        readings = content.some(self.looked, self.cache, changed.every)
        articles = _articles(readings)
        plain = all(len(one.entries) == 1 and not one.problems for one in readings.values())
        if not plain or len(articles) != len(readings) or not found or digest_of(found) != self.last.catalogue:
            return None
        site, faults = self._site({*changed.every, *filter(None, [self.last.edition])})
        doubted = doubts.check(articles, self.as_of, own=lambda _: False)
        if site is None or any(one.code != "unknown-related" for one in faults) or any(True for _ in doubted):
            return None  # those that an author named aren't here to be found; no edit of this kind makes them others
        before = _CATALOGUE.decode(found)
        as_read = {one.address: one for one in articles if one.path in changed.new}
        new = [one for one in site.articles if one.address in as_read]
        fits = all(self._fits(one, as_read[one.address], site, before) for one in new)
        if not fits or len(new) != len(changed.new):
            return None
        return _Fresh(readings, site, before, before.having(map(Row.of, new)), changed)

    def _fits(self, one: Article, as_read: Article, site: Site, before: Catalogue) -> bool:
        """Whether a new article is one among others: nothing of it changes what other entries are."""
        last = self.last
        topics, tags = {one.slug: one.title for one in last.topics}, {one.slug: one.title for one in last.tags}
        named = self.looked.topics is not None or list(as_read.topics) == [topics.get(slug) for slug in one.topics]
        row = Row.of(one)
        return (
            named
            and before.admits(row)
            and not (one.related or one.unrelated or one.aliases or one.canonical or one.id in site.badges)
            and {tags.get(slug) for slug in row.tags} == {*one.tags}
            and {one.slug: one for one in last.sources}.items() >= {one.slug: one for one in one.sources}.items()
        )

    def _shown(self, fresh: _Fresh, shelves: Shelves) -> _Shown:
        """The pages of lists and the feeds that change, and whose files stand on any page that may."""
        rows, count = fresh.after.rows, self.settings.feeds.items
        paths = set(self._on_front(fresh, shelves))
        leaves = tuple(touched(shelves, fresh.rows, fresh.new, self.settings.page_size))
        paths.update(row.path for one in leaves for row in one.rows)
        heads = {"/": rows[:count]}
        for slug in {slug for row in fresh.rows for slug in row.topics}:
            heads[urls.topic_address(slug)] = tuple(shelves.topics[slug][:count])
        edited = fresh.changed.every
        feeds = {address: some for address, some in heads.items() if any(row.path in edited for row in some)}
        news = (self.as_of - sitemaps.NEWS).timestamp()
        paths.update(row.path for row in takewhile(lambda row: row.moment >= news, rows))
        return _Shown(shelves, leaves, feeds, paths | edited)

    def _on_front(self, fresh: _Fresh, shelves: Shelves) -> Iterator[str]:
        """The files of what the front shows."""
        yield from filter(None, [self.last.edition])
        rows = _stand_ins(fresh.after.rows)
        articles = cast("tuple[Article, ...]", _stand_ins(row for row in fresh.after.rows if row.article))
        site = self._whole(fresh.site, shelves)._replace(entries=rows, articles=articles)
        made = Outline(site, {}, self.last.chrome.feeds)
        lead, beside, sections = plan.chosen(made, plan.latest_edition(made)[1])
        yield from (one.path for one in chain(filter(None, [lead]), beside, *sections.values()))

    def _pages(self, made: Outline) -> tuple[Planned, ...] | None:
        """The wanted pages, and those of which there are few; ``None`` where the last sitemap is lost."""
        before = self._sitemap()
        if before is None:
            return None
        pages = [*plan.with_bodies(made), *plan.with_trails(made)]
        pages += sitemaps.planned(made, sitemaps.relisted(made, before, pages))
        return tuple(sorted(pages, key=_path))

    def _sitemap(self) -> list[SitemapAddress] | None:
        """The addresses in the sitemap that was published; ``None`` where they aren't remembered."""
        whole = self._addresses("sitemap.xml")
        if whole is None or not whole or not whole[0].url.endswith("/sitemap-1.xml"):
            return whole
        parts = [self._addresses(f"sitemap-{number}.xml") for number in range(1, len(whole) + 1)]
        return None if None in parts else list(chain.from_iterable(filter(None, parts)))

    def _addresses(self, path: str) -> list[SitemapAddress] | None:
        with suppress(msgspec.DecodeError):
            return list(_SITEMAP.decode(self.cache.page_value(path)).value.addresses)
        return None

    def _has_same_chrome(self, made: Outline, after: Catalogue) -> bool:
        """Whether the sections of the navigation and the year are those of the last plan."""
        chrome = self.last.chrome
        sections = tuple(made.trails.topic(slug) for slug in made.sections())
        return sections == chrome.topics and str(after.rows[0].month[0]) == chrome.year

    def _have_room(self, fresh: _Fresh, shown: _Shown, pages: Sequence[Planned], paths: Set[str]) -> bool:
        """Whether all new pages stand where nothing else does, and every link of the articles leads to a page."""
        found = {one.path for one in pages}
        parts = sum(one.kind == "sitemap" for one in pages) - self.last.kinds["sitemap"]
        came = len(fresh.changed.new) + sum(not one.there for one in shown.leaves) + parts
        links = (link for one in fresh.site.articles for link in one.links)
        return (
            len(found - paths) == came
            and _are_free(found - paths, paths, fresh.before.unseen)
            and all(_leads_somewhere(link, paths | found) for link in links)
        )

    def _related(self, readings: Mapping[str, Reading], new: Sequence[Identity]) -> Related:
        about = {path: one.about for path, one in readings.items()}
        return relations.amended(self.settings.related.count, about, new, self.cache, self.held, self.tick)

    def _site(self, paths: Set[str]) -> tuple[Site | None, tuple[Problem, ...]]:
        """A site of the entries in some files; none where lone summaries are among them.

        These are gathered into editions, where they get their addresses.
        """
        readings = content.some(self.looked, self.cache, paths)
        entries = [entry for path in sorted(readings) for entry in readings[path].entries]
        if any(isinstance(one, Summary) for one in entries):
            return None, ()
        versions = {path: self.looked.texts[path].key for path in paths}
        registry = Registry(self.looked.topics, self.looked.sources)
        return assemble(
            entries, self.settings, registry, as_of=self.as_of, drafts=self.request.drafts, versions=versions
        )

    def _whole(self, site: Site, shelves: Shelves | None = None) -> Site:
        """A site of some entries with the topics, tags and sources of the whole one, and with the lists of ``shelves``.

        Rows stand in them for the entries that it lacks.
        """
        last = self.last
        site = site._replace(
            topics={one.slug: one for one in last.topics},
            tags={one.slug: one for one in last.tags},
            sources={one.slug: one for one in last.sources},
        )
        if shelves is None:
            return site
        entries = {one.address: one for one in site.entries}

        def filled(shelf: Mapping[Key, Sequence[Row]]) -> dict[Key, tuple[Listed, ...]]:
            return {key: _stand_ins(entries.get(row.address, row) for row in rows) for key, rows in shelf.items()}

        topics, tags, sources, months = shelves
        return site._replace(
            by_topic=filled(topics), by_tag=filled(tags), by_source=filled(sources), by_month=filled(months)
        )


class _Fresh(NamedTuple):
    """Articles that changed, as they are read and in a site of their own, and the catalogue before and after."""

    readings: Mapping[str, Reading]
    site: Site
    before: Catalogue
    after: Catalogue
    changed: Edits

    @property
    def rows(self) -> list[Row]:
        """Their rows."""
        paths = self.changed.every
        return [row for row in self.after.rows if row.path in paths]

    @property
    def new(self) -> frozenset[str]:
        """The addresses of those that were not there before."""
        return frozenset(one.address for one in self.site.articles if one.path in self.changed.new)

    def identities(self) -> list[Identity]:
        """Who the new ones are to related posts."""
        entries = tuple(one for one in self.site.articles if one.path in self.changed.new)
        about = {path: one.about for path, one in self.readings.items()}
        return relations.identities(self.site._replace(entries=entries), about)


class _Shown(NamedTuple):
    """The lists, which pages of them change, the feeds that change, and the files of what all of these show."""

    shelves: Shelves
    leaves: Sequence[Touched]
    feeds: Mapping[str, Sequence[Row]]
    paths: Set[str]

    @property
    def numbers(self) -> Mapping[str, Set[int]]:
        """The pages of lists by the address of their list."""
        found = defaultdict[str, set[int]](set)
        for one in self.leaves:
            found[one.address].add(one.number)
        return found


def _articles(readings: Mapping[str, Reading]) -> list[Article]:
    return [entry for one in readings.values() for entry in one.entries if isinstance(entry, Article)]


def _named(related: Related, lists: Lists) -> Iterator[str]:
    """The files of the entries whose lists are shown, and of those in them."""
    shown = {other for named in lists.values() for other, _ in named}
    return map(related.paths.__getitem__, shown.union(lists, related.changed))


def _stand_ins(rows: Iterable[Row | Listed]) -> tuple[Listed, ...]:
    """Rows for entries. Whatever asks them for more than they know fails: no page comes out wrong."""
    return cast("tuple[Listed, ...]", tuple(rows))


def _are_free(new: Set[str], paths: Set[str], unseen: Set[str]) -> bool:
    """Whether nothing is, or is kept, at some new output paths, above or below them (law 7)."""
    if not new:
        return True
    taken = {*map(urls.folded, paths), *unseen}
    folded = [urls.folded(path) for path in new]
    tops = tuple(f"{path}/" for path in folded)
    return (
        len({*folded}) == len(new)
        and taken.isdisjoint(chain.from_iterable((path, *parents(path)) for path in folded))
        and not any(path.startswith(tops) for path in chain(taken, folded))
    )


def _leads_somewhere(link: BodyLink, paths: Set[str]) -> bool:
    """Whether a link certainly leads to one of ``paths``. Of those to a part of a page that isn't asked here."""
    target = unquote(link.target)
    file = urls.output_path(target.partition("?")[0])
    return "#" not in target and (file in paths or f"{file}/index.html" in paths)
