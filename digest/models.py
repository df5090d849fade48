"""What authors wrote, as frozen types: articles, summaries, editions, standalone pages, topics, sources."""

from __future__ import annotations

from datetime import datetime
from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Value(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of all types here: frozen and compared by content."""


class Prose(Value):
    """A short Markdown text: its safe HTML (site links marked, see ``markup``) and the same as plain text."""

    html: str = ""
    text: str = ""


class Link(Value):
    """A text with an address."""

    title: str
    url: str


class Source(Value):
    """The outlet an entry is attributed to. ``slug`` names its page; ``url`` may be empty."""

    slug: str
    name: str
    url: str = ""


class Topic(Value):
    """One subject of the curated taxonomy. ``order`` sorts topics; equal orders sort by slug."""

    slug: str
    title: str
    description: str = ""
    order: int = 1000


class Image(Value):
    """A picture: ``src`` is root-relative within the site or an http(s) address; ``alt`` is empty for decoration."""

    src: str
    alt: str = ""
    caption: Prose = Prose()
    credit: str = ""


class Correction(Value):
    """A published correction: when it was made and what was wrong."""

    date: datetime
    text: Prose


class BodyLink(Value):
    """A link or image in a body that leads into this site, with its place, to be checked once all addresses are known.

    ``target`` is a root-relative address such as ``/2025/05/slug/#part``, without the base path.
    """

    target: str
    line: int
    column: int
    image: bool = False


class Entry(Value, kw_only=True):
    """What articles and summaries share. All dates carry a zone; ``topics`` and ``tags`` are as the author wrote them.

    ``id`` is the identity in feeds and never changes with the title; ``address`` is root-relative within the
    site, without base path, ending with the fragment for a summary. ``path`` is the file it was read from. A source
    cited by its key has that key as name and no slug until ``site`` looks it up. ``places`` holds the line and
    column of each field ("title", "topics", "topics.0"), for faults that only the whole site can show.
    """

    path: str
    title: str
    date: datetime
    slug: str
    id: str
    address: str
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    summary: Prose = Prose()
    lang: str = ""
    draft: bool = False
    updated: datetime | None = None
    expires: datetime | None = None
    image: Image | None = None
    related: tuple[str, ...] = ()
    unrelated: tuple[str, ...] = ()
    story: str = ""
    places: dict[str, tuple[int, int]] = {}


class Article(Entry, tag=True):
    """A piece published here. ``body`` is the hash under which the cache keeps its HTML and plain text."""

    body: str = ""
    words: int = 0
    anchors: tuple[str, ...] = ()
    links: tuple[BodyLink, ...] = ()
    outlinks: tuple[str, ...] = ()
    lead: bool = False
    canonical: str = ""
    aliases: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()


class Summary(Entry, tag=True, kw_only=True):
    """A short piece on a story published elsewhere at ``url``; shown in the edition ``edition`` under ``anchor``."""

    url: str
    edition: str = ""
    anchor: str = ""
    via: Link | None = None
    discussion: str = ""
    links: tuple[BodyLink, ...] = ()


class Section(Value):
    """A titled group of an edition's items; the title is empty where the edition has no sections."""

    title: str = ""
    items: tuple[Summary, ...] = ()


class Edition(Value, tag=True, kw_only=True):
    """A dated issue of the digest. ``id`` names its page; ``gathered`` ones have no file of their own."""

    path: str
    id: str
    title: str
    date: datetime
    address: str
    number: str = ""
    intro: Prose = Prose()
    lang: str = ""
    draft: bool = False
    gathered: bool = False
    sections: tuple[Section, ...] = ()
    links: tuple[BodyLink, ...] = ()
    places: dict[str, tuple[int, int]] = {}


class StandalonePage(Value, tag=True):
    """A page outside the stream of news: about, imprint, cookies."""

    path: str
    title: str
    slug: str
    address: str
    body: str = ""
    summary: Prose = Prose()
    lang: str = ""
    draft: bool = False
    anchors: tuple[str, ...] = ()
    links: tuple[BodyLink, ...] = ()
    aliases: tuple[str, ...] = ()
    places: dict[str, tuple[int, int]] = {}


class Unplaced(Value, tag=True):
    """An entry that can't be shown, because its title, date or address can't be read; the problem of that is told.

    Its links are checked all the same, and links to one of its ``names`` (slugs, addresses) don't count as dead.
    """

    path: str
    names: tuple[str, ...] = ()
    links: tuple[BodyLink, ...] = ()


AnyEntry = Article | Summary | Edition | StandalonePage | Unplaced
"""Whatever a content file gives."""


class Notice(Value):
    """The cookie notice. ``url`` is where ``more`` leads."""

    text: Prose
    accept: str
    more: str = ""
    url: str = ""
