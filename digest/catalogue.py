"""The catalogue of a site: what of each entry decides on which pages it stands, without what it says.

An archive is long, and what an edit changes of it is short. With the catalogue a build finds the few pages that an
entry stands on, and reads only the entries that these show.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import NamedTuple

import msgspec

from digest import text, urls
from digest.lists import leaves, pagination
from digest.metadata import DESCRIPTION
from digest.models import AnyEntry, Article, Edition, StandalonePage, Summary, Unplaced
from digest.settings import Settings
from digest.site import Listed, Site
from digest.trails import edition_title


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An entry that is published: its identity, its moment in seconds since 1970, and the lists that it stands in.

    Topics, tags and sources are slugs; ``month`` is the list of the archive. Of a summary, ``url`` is where its story
    is, and ``relations`` what an author said of them; of articles the latter is in the frame of their file.
    """

    address: str
    path: str
    id: str
    slug: str
    moment: float
    month: tuple[int, int]
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    sources: tuple[str, ...]
    lead: bool
    article: bool
    url: str
    relations: tuple[str, ...]

    @classmethod
    def of(cls, one: Listed) -> Row:
        """The row of an entry as the site has it."""
        return cls(
            one.address, one.path, one.id, one.slug, one.date.timestamp(), (one.date.year, one.date.month), one.topics,
            tuple(dict.fromkeys(filter(None, map(text.slug, one.tags)))),
            tuple(dict.fromkeys(source.slug for source in one.sources)),
            isinstance(one, Article) and one.lead, isinstance(one, Article),
            one.url.partition("#")[0].rstrip("/") if isinstance(one, Summary) else "",
            (one.lang, one.story, *one.related, "", *one.unrelated) if isinstance(one, Summary) else (),
        )  # fmt: skip

    @property
    def age(self) -> tuple[float, str]:
        """By which rows are sorted: the newest first, then by address."""
        return -self.moment, self.address

    @property
    def lists(self) -> Iterator[str]:
        """The addresses of the lists that it stands in."""
        yield from map(urls.topic_address, self.topics)
        yield from map(urls.tag_address, self.tags)
        yield from map(urls.source_address, self.sources)
        yield urls.month_address(*self.month)


class Issue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An edition as its index and its neighbours show it; ``count`` is that of its items."""

    address: str
    id: str
    path: str
    moment: float
    year: int
    title: str
    count: int
    description: str

    @classmethod
    def of(cls, one: Edition, settings: Settings) -> Issue:
        """The issue of an edition as the site has it."""
        return cls(
            one.address, one.id, one.path, one.date.timestamp(), one.date.year,
            edition_title(one, settings.language, settings.words), sum(len(section.items) for section in one.sections),
            text.cut(one.intro.text, DESCRIPTION),
        )  # fmt: skip

    @property
    def age(self) -> tuple[float, str]:
        """By which issues are sorted, as rows are."""
        return -self.moment, self.address


class Catalogue(msgspec.Struct, frozen=True, array_like=True):
    """The rows and issues of a site, newest first, and what is taken by entries that are not published.

    ``unseen`` holds their ids, the urls of their stories, and as folded output paths their addresses, old and new.
    ``leads`` are the moments of all leads, ``named`` the slugs and addresses by which authors related entries.
    ``gathers`` says whether all lone summaries are published: then the rows tell which of them are gathered together.
    """

    rows: tuple[Row, ...]
    issues: tuple[Issue, ...]
    unseen: frozenset[str]
    leads: tuple[float, ...]
    named: frozenset[str]
    gathers: bool

    def admits(self, *new: Row) -> bool:
        """Whether ``new`` entries take nothing from others: id, story, a named slug, the lead of a moment.

        There also must be an archive of their years.
        """
        ids, stories = {one.id for one in self.rows} | self.unseen, {one.url for one in self.rows} - {""} | self.unseen
        years, leads = {one.month[0] for one in self.rows}, {*self.leads}
        return all(
            row.id not in ids and row.url not in stories and row.slug not in self.named
            and not (row.lead and row.moment in leads) and row.month[0] in years
            for row in new
        )  # fmt: skip

    def having(self, new: Iterable[Row], issues: Iterable[Issue]) -> Catalogue:
        """The catalogue once some rows are added, and some ``issues`` came or changed."""
        rows, leads = list(self.rows), list(self.leads)
        for row in new:
            insort(rows, row, key=lambda one: one.age)
            leads += [row.moment] if row.lead else []
        every = {one.address: one for one in self.issues} | {one.address: one for one in issues}
        ordered = tuple(sorted(every.values(), key=lambda one: one.age))
        return Catalogue(tuple(rows), ordered, self.unseen, tuple(leads), self.named, self.gathers)

    def files(self) -> dict[str, set[str]]:
        """For the address of each issue, the files in which its items stand."""
        found = {one.address: {one.path} for one in self.issues}
        for row in self.rows:
            if not row.article:
                found[row.address.partition("#")[0]].add(row.path)
        return found


def catalogue(site: Site, claimed: Claims) -> Catalogue:
    """The catalogue of a ``site`` that was made of entries with some claims."""
    rows = tuple(map(Row.of, site.entries))
    issues = tuple(Issue.of(one, site.settings) for one in site.editions)
    return Catalogue(rows, issues, *claimed)


class Claims(NamedTuple):
    """What entries claim for themselves: see ``Catalogue``."""

    unseen: frozenset[str]
    leads: tuple[float, ...]
    named: frozenset[str]
    gathers: bool


def claims(entries: Iterable[AnyEntry], site: Site) -> Claims:
    """The claims of entries as they were read, of which the ``site`` shows some."""
    ids, addresses = (
        {one.id for one in site.entries},
        {one.address for some in (site.editions, site.pages) for one in some},
    )
    unseen, leads, named, gathers = set[str](), list[float](), set[str](), True
    for one in entries:
        if isinstance(one, Unplaced):
            continue
        listed = [one] if isinstance(one, Article | Summary) else _items(one)
        named.update(name for item in listed for name in (*item.related, *item.unrelated))
        if isinstance(one, Article) and one.lead:
            leads.append(one.date.timestamp())
        hidden = [item for item in listed if item.id not in ids]
        unseen.update(item.id for item in hidden)
        unseen.update(Row.of(item).url for item in hidden if isinstance(item, Summary))
        if isinstance(one, Summary):
            gathers &= not hidden
        elif hidden if isinstance(one, Article) else one.address not in addresses:
            old = getattr(one, "aliases", ())
            unseen.update(urls.folded(urls.output_path(address)) for address in (one.address, *old))
    return Claims(frozenset(unseen), tuple(leads), frozenset(named), gathers)


def _items(one: Edition | StandalonePage) -> list[Summary]:
    return [item for section in one.sections for item in section.items] if isinstance(one, Edition) else []


class Shelves(NamedTuple):
    """The rows of each list, newest first, by what the list is of."""

    topics: Mapping[str, Sequence[Row]]
    tags: Mapping[str, Sequence[Row]]
    sources: Mapping[str, Sequence[Row]]
    months: Mapping[tuple[int, int], Sequence[Row]]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Shelves:
        """The lists of ``rows``, in their order."""
        topics, tags, sources = (defaultdict[str, list[Row]](list) for _ in range(3))
        months = defaultdict[tuple[int, int], list[Row]](list)
        for row in rows:
            for key in row.topics:
                topics[key].append(row)
            for key in row.tags:
                tags[key].append(row)
            for key in row.sources:
                sources[key].append(row)
            months[row.month].append(row)
        return cls(topics, tags, sources, months)

    def holding(self, row: Row) -> Iterator[tuple[str, Sequence[Row]]]:
        """The lists in which ``row`` stands, each with its address."""
        keys = chain(
            ((self.topics, key) for key in row.topics), ((self.tags, key) for key in row.tags),
            ((self.sources, key) for key in row.sources),
        )  # fmt: skip
        found = [*(shelf.get(key, ()) for shelf, key in keys), self.months.get(row.month, ())]
        return zip(row.lists, found, strict=True)


class Touched(NamedTuple):
    """A page of a list that changes: the address of the list, its number (0 for the head), the rows on it.

    One that was not ``there`` before is new.
    """

    address: str
    number: int
    rows: Sequence[Row]
    there: bool


def touched(shelves: Shelves, changed: Iterable[Row], new: Set[str], size: int) -> Iterator[Touched]:
    """The pages of lists that change with some rows, of which those at the addresses ``new`` were not there before."""
    rows = list(changed)
    addresses, site = {row.address for row in rows}, urls.Urls("")
    lists = {address: shelf for row in rows for address, shelf in shelves.holding(row)}
    for address, shelf in lists.items():
        old = [row for row in shelf if row.address not in new]
        cut, last = leaves(shelf, size), leaves(old, size) if old else []
        before = {one.number: (pagination(address, one.number, len(last) - 1, site), one.entries) for one in last}
        for number, shown in cut:
            same = before.get(number) == (pagination(address, number, len(cut) - 1, site), shown)
            if not same or not addresses.isdisjoint(row.address for row in shown):
                yield Touched(address, number, shown, there=number in before)
