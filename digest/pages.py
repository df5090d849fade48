"""What each page shows and each template receives, as frozen types.

A template receives one ``…Page`` value as ``page`` and the ``Chrome`` as ``site``, and nothing else. Both are plain
values, so their encoded bytes say all that the page depends on. Every ``url`` here is ready to print: it carries the
base path. Last come ``Page`` (an output path, a template, a value), ``Planned``, which is a page whose value isn't made
yet, and ``StaticFile``: of these two the plan is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, Union

from digest.models import Link, Notice, Value


class FeedLink(Value):
    """A feed a page announces: its title, address and media type."""

    title: str
    url: str
    type: str = "application/rss+xml"


class Chrome(Value):
    """What every page of a site shares; templates receive it as ``site``.

    ``url`` is the base URL without a final slash, ``base`` its path ("" or "/some/path"). ``year`` is the year
    of the newest entry (the © year never comes from the clock). ``wording`` maps names to the site's words.
    """

    title: str
    description: str
    language: str
    direction: str
    timezone: str
    url: str
    base: str
    home: str
    year: str
    copyright: str = ""
    topics: tuple[Link, ...] = ()
    pages: tuple[Link, ...] = ()
    sections: tuple[Link, ...] = ()
    """Links to the indexes that exist: editions, topics, archive, sources."""
    feeds: tuple[FeedLink, ...] = ()
    notice: Notice | None = None
    wording: Mapping[str, str] = {}


class Head(Value):
    """What stands in ``<head>``: plain text, except ``jsonld``, which is a finished JSON-LD document or empty.

    ``title`` is the browser title's parts without the site's name, such as ("Headline", "World"); ``canonical`` and
    ``image`` are absolute.
    """

    title: tuple[str, ...] = ()
    description: str = ""
    canonical: str = ""
    type: str = "website"
    image: str = ""
    image_alt: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    noindex: bool = False
    feeds: tuple[FeedLink, ...] = ()
    jsonld: str = ""


class Trail(Value):
    """An entry as a list on another page shows it.

    ``url`` is where the headline leads: an article's page, or for a summary the story elsewhere (``external``).
    ``permalink`` is the entry's own address here. ``badge`` is empty except in a preview ("draft", "withheld").
    """

    title: str
    url: str
    permalink: str
    date: datetime
    kicker: Link | None = None
    source: str = ""
    summary: str = ""
    external: bool = False
    lang: str = ""
    dir: str = ""
    badge: str = ""
    reasons: str = ""


class Pagination(Value):
    """The neighbours of a page of a list, and its number; 0 is the head of the list, which shows the newest."""

    number: int = 0
    newer: str = ""
    older: str = ""


class Picture(Value):
    """An image ready to print; ``caption`` is marked safe HTML."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


class DatedText(Value):
    """A correction as the page shows it; ``html`` is marked safe HTML."""

    date: datetime
    html: str


class ArticlePage(Value, tag=True):
    """Template ``article.html``. ``body`` is a hash: print it with the filter ``body``."""

    head: Head
    title: str
    url: str
    date: datetime
    updated: datetime | None = None
    topics: tuple[Link, ...] = ()
    tags: tuple[Link, ...] = ()
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    sources: tuple[Link, ...] = ()
    image: Picture | None = None
    body: str = ""
    corrections: tuple[DatedText, ...] = ()
    related: tuple[Trail, ...] = ()
    lang: str = ""
    dir: str = ""
    badge: str = ""


class Module(Value):
    """A topic's part of the front."""

    title: str
    url: str
    trails: tuple[Trail, ...] = ()


class FrontPage(Value, tag=True):
    """Template ``front.html``: one lead, a few trails beside it, a module for each topic, the latest edition."""

    head: Head
    lead: Trail | None = None
    picture: Picture | None = None
    trails: tuple[Trail, ...] = ()
    modules: tuple[Module, ...] = ()
    edition: Module | None = None


class ListPage(Value, tag=True):
    """Template ``list.html``: a topic, tag, source or month. ``kicker`` says which kind of list it is."""

    head: Head
    title: str
    kicker: Link | None = None
    description: str = ""
    trails: tuple[Trail, ...] = ()
    pagination: Pagination = Pagination()
    feed: FeedLink | None = None


class IndexRow(Value):
    """A line of an index: what it leads to, how many entries are there, a few words on it."""

    title: str
    url: str
    count: int = 0
    description: str = ""


class IndexGroup(Value):
    """Rows of an index under one heading (a year of the archive); the title may be empty."""

    title: str = ""
    rows: tuple[IndexRow, ...] = ()


class IndexPage(Value, tag=True):
    """Template ``index.html``: the list of all topics, sources, editions or months."""

    head: Head
    title: str
    groups: tuple[IndexGroup, ...] = ()


class Item(Value):
    """A summary in full, as its edition shows it; ``html`` is marked safe HTML, ``url`` leads to the story."""

    title: str
    url: str
    anchor: str
    date: datetime
    kicker: Link | None = None
    html: str = ""
    sources: tuple[Link, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[Link, ...] = ()
    via: Link | None = None
    discussion: str = ""
    lang: str = ""
    dir: str = ""
    badge: str = ""


class ItemSection(Value):
    """A titled group of items on an edition's page."""

    title: str = ""
    items: tuple[Item, ...] = ()


class EditionPage(Value, tag=True):
    """Template ``edition.html``. ``intro`` is marked safe HTML; ``newer`` and ``older`` lead to the neighbours."""

    head: Head
    title: str
    date: datetime
    number: str = ""
    intro: str = ""
    sections: tuple[ItemSection, ...] = ()
    newer: Link | None = None
    older: Link | None = None
    lang: str = ""
    dir: str = ""
    badge: str = ""


class TextPage(Value, tag=True):
    """Template ``page.html``: a standalone page. ``body`` is a hash: print it with the filter ``body``."""

    head: Head
    title: str
    standfirst: str = ""
    body: str = ""
    lang: str = ""
    dir: str = ""
    badge: str = ""


class ErrorPage(Value, tag=True):
    """Template ``404.html``, which a static host shows for an address that has no page."""

    head: Head


class RedirectPage(Value, tag=True):
    """Template ``redirect.html``: an old address that leads to ``url`` (with base path; ``absolute`` with host)."""

    url: str
    absolute: str


class FeedEntry(Value):
    """An entry in a feed. All addresses are absolute; ``html`` is marked safe HTML, or ``body`` its hash."""

    id: str
    title: str
    url: str
    date: datetime
    updated: datetime
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    source: Link | None = None
    summary: str = ""
    body: str = ""
    html: str = ""
    permalink: str = ""
    """The entry's own address here, also where ``url`` leads to the story elsewhere."""
    lang: str = ""


class FeedPage(Value, tag=True):
    """Templates ``feed.xml`` and the like. ``updated`` comes from the newest entry, never from the clock."""

    title: str
    url: str
    description: str
    language: str
    self_url: str = ""
    updated: datetime | None = None
    entries: tuple[FeedEntry, ...] = ()


class SitemapAddress(Value):
    """An absolute address and when what it shows last changed."""

    url: str
    modified: datetime | None = None


class SitemapPage(Value, tag=True):
    """Templates ``sitemap.xml`` and ``sitemap-index.xml``; at most 50,000 addresses each (sitemaps.org)."""

    addresses: tuple[SitemapAddress, ...] = ()


class NewsAddress(Value):
    """An article of the last two days: its absolute address, headline, language (ISO 639) and date."""

    url: str
    title: str
    language: str
    published: datetime


class NewsSitemapPage(Value, tag=True):
    """Template ``news-sitemap.xml``; at most 1,000 addresses, none without news."""

    addresses: tuple[NewsAddress, ...] = ()


class FeedsPage(Value, tag=True):
    """Template ``feeds.opml``: all feeds of the site, with absolute addresses."""

    feeds: tuple[FeedLink, ...] = ()


class RobotsPage(Value, tag=True):
    """Template ``robots.txt``. ``sitemaps`` are absolute addresses."""

    sitemaps: tuple[str, ...] = ()


PageValue = Union[  # noqa: UP007 - msgspec reads the alias at run time
    ArticlePage,
    FrontPage,
    ListPage,
    IndexPage,
    EditionPage,
    TextPage,
    ErrorPage,
    RedirectPage,
    FeedPage,
    FeedsPage,
    SitemapPage,
    NewsSitemapPage,
    RobotsPage,
]


class Page(Value):
    """One output file that a template renders.

    ``path`` is relative to the output folder, ``kind`` a word for the report ("article", "topic", "feed").
    """

    path: str
    kind: str
    template: str
    value: PageValue


class Planned(NamedTuple):
    """A page of the plan: where it goes, and what its value is made from, until somebody needs the value itself.

    ``basis`` is a hash of all that ``make`` makes the value from, so that an equal basis at an equal path says that the
    value is equal too; it is empty where working it out would cost as much as the value. ``listed`` is how the sitemap
    names the page, if it does.
    """

    path: str
    kind: str
    template: str
    basis: bytes
    make: Callable[[], PageValue]
    listed: SitemapAddress | None = None

    @property
    def value(self) -> PageValue:
        """What the template receives. It is made anew each time."""
        return self.make()

    def page(self) -> Page:
        """The page with its value."""
        return Page(self.path, self.kind, self.template, self.make())


class StaticFile(Value):
    """A file published as it is: output path, where it is read from, and the hash of its bytes."""

    path: str
    origin: str
    hash: str
