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
from digest.fresh import Fresh
from digest.lastplan import Edits, Last, Span, span
from digest.manifest import parents
from digest.models import Article, BodyLink, Edition, Summary
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

_EDITIONS = "/editions/"
"""The list that the feed of editions follows."""

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
        site, _ = self._site({*changed, *chain.from_iterable(carried.values()), *_named(related, lists)})
        if any(one.gathered for one in site.editions):
            return None  # their other summaries may be missing, and with them the addresses of these
        made = Outline(self._whole(site), lists, self.last.chrome.feeds, wanted)
        return Again(tuple(sorted(plan.with_bodies(made), key=_path)), self.last)

    def of_entries(self, changed: Edits, paths: Set[str]) -> Again | None:
        """The pages that change with what others show of some entries, and with new ones; ``paths`` are published.

        ``None`` where more than that may change: a list, a section or a year that comes or goes, a fault.
        """
        fresh = self._fresh(changed)
        if fresh is None:
            return None
        related = self._related(fresh.readings, fresh.identities())
        shown = self._shown(fresh, Shelves.of(fresh.after.rows))
        edited = [row.address for row in fresh.rows]
        articles = {*(row.address for row in fresh.rows if row.article), *related.changed, *related.naming(edited)}
        wanted = Wanted(articles, shown.feeds.keys(), shown.editions, shown.numbers)
        lists = related.of(articles)
        carried = {feed: tuple(row.path for row in rows) for feed, rows in shown.feeds.items() if feed != _EDITIONS}
        needed = {*shown.paths, *chain.from_iterable(carried.values()), *_named(related, lists)}
        needed = fresh.with_companions(needed)
        site, _ = self._site(needed)
        if not _is_complete(site, needed, fresh.after):
            return None
        issues = fresh.after.issues
        made = Outline(self._whole(site, shown.shelves), lists, self.last.chrome.feeds, wanted, issues)
        pages = self._pages(made) if self._has_same_chrome(made, fresh) else None
        if pages is None or not self._have_room(fresh, shown, pages, paths):
            return None
        dated = span(fresh.read, self.as_of)
        time = Span(max(self.last.span.since, dated.since), min(self.last.span.until, dated.until))
        last = replace(self.last, span=time, feeds=self.last.feeds | carried)
        return Again(pages, last, fresh.after if fresh.after != fresh.before else None)

    def _fresh(self, changed: Edits) -> Fresh | None:
        """What is new of some files; ``None`` where that is more than entries among others."""
        found = self.cache.get(CATALOGUE)
        readings = content.some(self.looked, self.cache, changed.every)
        read = [entry for one in readings.values() for entry in one.entries]
        plain = all(isinstance(one, Article | Edition | Summary) for one in read)
        if not plain or any(one.problems for one in readings.values()):
            return None
        if not found or digest_of(found) != self.last.catalogue:
            return None
        before = _CATALOGUE.decode(found)
        if any(True for _ in doubts.check(read, self.as_of, own=lambda _: False)):
            return None
        files = before.files()
        newest = [files[one.address] for one in before.issues[:1]]
        first, _ = self._site(changed.every)  # says into which editions summaries are gathered
        gathered = [files.get(one.address, ()) for one in first.editions if one.gathered]
        site, faults = self._site(changed.every.union(*newest, *gathered))
        if any(one.code != "unknown-related" for one in faults):
            return None  # those that an author named aren't here to be found; no edit of this kind makes them others
        fresh = Fresh(readings, site, before)
        return fresh if fresh.are_among_others(self.last, listed=self.looked.topics is not None) else None

    def _shown(self, fresh: Fresh, shelves: Shelves) -> _Shown:
        """The pages of lists, the editions and the feeds that change, and whose files stand on any page that may."""
        rows, count = fresh.after.rows, self.settings.feeds.items
        paths = set(self._on_front(fresh, shelves))
        leaves = tuple(touched(shelves, fresh.rows, {one.address for one in fresh.new}, self.settings.page_size))
        paths.update(row.path for one in leaves for row in one.rows)
        heads = {"/": rows[:count]}
        for slug in {slug for row in fresh.rows for slug in row.topics}:
            heads[urls.topic_address(slug)] = tuple(shelves.topics[slug][:count])
        edited, issues = fresh.readings.keys(), fresh.after.issues
        feeds = {address: some for address, some in heads.items() if any(row.path in edited for row in some)}
        news = (self.as_of - sitemaps.NEWS).timestamp()
        paths.update(row.path for row in takewhile(lambda row: row.moment >= news, rows))
        places = [place for place, one in enumerate(issues) if one.address in fresh.issues]
        near = {one.address for place in places for one in issues[max(0, place - 1) : place + 2]}
        if places and places[0] < count:
            feeds[_EDITIONS] = ()
            paths.update(*(fresh.files[one.address] for one in issues[:count]))
        paths.update(*map(fresh.files.__getitem__, near))
        return _Shown(shelves, leaves, near, feeds, paths | edited)

    def _on_front(self, fresh: Fresh, shelves: Shelves) -> Iterator[str]:
        """The files of what the front shows."""
        for issue in fresh.after.issues[:1]:
            yield from fresh.files[issue.address]
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

    def _has_same_chrome(self, made: Outline, fresh: Fresh) -> bool:
        """Whether the sections of the navigation and the year are those of the last plan, and editions no news."""
        chrome, after = self.last.chrome, fresh.after
        sections = tuple(made.trails.topic(slug) for slug in made.sections())
        year = str(after.rows[0].month[0])
        return sections == chrome.topics and year == chrome.year and bool(after.issues) is bool(fresh.before.issues)

    def _have_room(self, fresh: Fresh, shown: _Shown, pages: Sequence[Planned], paths: Set[str]) -> bool:
        """Whether all new pages stand where nothing else does, and every link of the entries leads to a page."""
        found = {one.path for one in pages}
        parts = sum(one.kind == "sitemap" for one in pages) - self.last.kinds["sitemap"]
        came = sum(isinstance(one, Article) for one in fresh.new) + sum(not one.there for one in shown.leaves)
        came += len(fresh.after.issues) - len(fresh.before.issues) + parts
        return (
            len(found - paths) == came
            and _are_free(found - paths, paths, fresh.before.unseen)
            and all(_leads_somewhere(link, paths | found) for link in fresh.links())
        )

    def _related(self, readings: Mapping[str, Reading], new: Sequence[Identity]) -> Related:
        about = {path: one.about for path, one in readings.items()}
        return relations.amended(self.settings.related.count, about, new, self.cache, self.held, self.tick)

    def _site(self, paths: Set[str]) -> tuple[Site, tuple[Problem, ...]]:
        """A site of the entries in some files."""
        readings = content.some(self.looked, self.cache, paths)
        entries = [entry for path in sorted(readings) for entry in readings[path].entries]
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


class _Shown(NamedTuple):
    """The lists, which pages of them change, the editions and feeds that do, and the files of what all these show."""

    shelves: Shelves
    leaves: Sequence[Touched]
    editions: Set[str]
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


def _is_complete(site: Site, paths: Set[str], after: Catalogue) -> bool:
    """Whether a site of the entries in some files has them where the catalogue says.

    Summaries are not where others are gathered with them that nobody sees.
    """
    addresses = {one.address for one in site.entries}
    whole = all(row.address in addresses for row in after.rows if row.path in paths)
    return whole and (after.gathers or not any(one.gathered for one in site.editions))


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
