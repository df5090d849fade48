"""What the planning of every kind of page shares: the site, its trails, its words, and how a page is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from digest import feeds, metadata, urls
from digest.catalogue import Issue
from digest.models import Edition
from digest.pages import FeedLink, Head, PageValue, Planned, SitemapAddress, Trail
from digest.site import Listed, Site
from digest.trails import Trails

Related = Mapping[str, Sequence[tuple[str, str]]]
"""For an article's address: the addresses of its related entries, best first, each with the reasons in words."""


_ENCODER = msgspec.msgpack.Encoder()


class Wanted(NamedTuple):
    """The pages to plan, of kinds of which there are many: by their addresses, or those of their lists."""

    articles: Set[str]
    feeds: Set[str]
    editions: Set[str] = frozenset()
    leaves: Mapping[str, Set[int]] = {}
    """The numbers of the pages of each list."""


class Outline:
    """The site as it is being planned, and as the values of its pages are made later.

    Without ``wanted`` all of it is. A ``site`` that holds no more entries than the wanted pages show is told which
    feeds the whole one has ``announced``, and of its ``issues``.
    """

    def __init__(
        self, site: Site, related: Related, announced: tuple[FeedLink, ...] = (), wanted: Wanted | None = None,
        issues: Sequence[Issue] | None = None,
    ) -> None:  # fmt: skip
        self.site = site
        self.related = related
        self.wanted = wanted
        self.settings = site.settings
        self.wording = site.settings.words
        self.urls = urls.Urls(site.settings.url)
        self.trails = Trails(site, self.urls)
        self.by_address = {one.address: one for one in site.entries}
        made = [Issue.of(one, site.settings) for one in site.editions]
        self.edition_titles = {one.id: one.title for one in made}
        self.issues = made if issues is None else issues
        self.feeds = announced or tuple(self._announced())
        shared = (site.settings, dict(site.topics), dict(site.tags), site.registry, self.feeds)
        self._shared = blake2b(_ENCODER.encode(shared), digest_size=16).digest()

    def _announced(self) -> Iterator[FeedLink]:
        """The feeds that every page announces."""
        yield feeds.link(self.trails, self.settings.title, "/")
        if self.site.editions:
            yield feeds.link(self.trails, feeds.editions_title(self.settings), "/editions/")

    @cached_property
    def _stamps(self) -> dict[str, bytes]:
        """What stands for each entry, by its address."""
        return {one.address: self._stamp(one) for one in self.site.entries}

    def basis(self, words: Sequence[object], addresses: Iterable[str] = ()) -> bytes:
        """The hash of all that a value is made from: what all pages share, some words and numbers, some entries."""
        own = _ENCODER.encode((words, list(map(self._stamps.__getitem__, addresses))))
        return blake2b(self._shared + own, digest_size=16).digest()

    def _stamp(self, entry: Listed) -> bytes:
        """What stands for all that any page can show of an entry: its file's bytes, its address, its badge."""
        return self.version(entry) + f"{entry.address}\0{self.site.badges.get(entry.id, '')}".encode()

    def version(self, one: Listed | Edition) -> bytes:
        """What stands for the file of an entry or edition; the entry itself where nobody said what was read."""
        return self.site.versions.get(one.path) or blake2b(_ENCODER.encode(one), digest_size=16).digest()

    def listed(self, address: str, modified: datetime | None = None) -> SitemapAddress:
        """A page as the sitemap names it."""
        return SitemapAddress(self.urls.absolute(address), modified)

    def sections(self) -> list[str]:
        """The topics of the navigation and of the front: by their order, the fullest first among equals."""
        site = self.site
        ranked = sorted(site.topics, key=lambda slug: (site.topics[slug].order, -len(site.by_topic[slug]), slug))
        chosen = set(ranked[: self.settings.front.modules])
        return [slug for slug in site.topics if slug in chosen]


def planned(
    address: str, kind: str, template: str, basis: bytes, make: Callable[[], PageValue],
    listed: SitemapAddress | None = None,
) -> Planned:  # fmt: skip
    """The page of this kind at ``address``, whose value can wait."""
    return Planned(urls.output_path(address), kind, template, basis, make, listed)


def page(address: str, kind: str, template: str, value: PageValue, listed: SitemapAddress | None = None) -> Planned:
    """The page of this kind at ``address``, of which there are few: it has its value from the beginning."""
    return planned(address, kind, template, b"", _Value(value), listed)


class _Value:
    """Gives the value it was made with."""

    def __init__(self, value: PageValue) -> None:
        self._value = value

    def __call__(self) -> PageValue:
        return self._value


def head(made: Outline, *title: str, address: str, description: str = "", noindex: bool = False) -> Head:
    """The head of a page that is no article; it announces the site's feeds."""
    return metadata.page_head(
        made.trails, *title, address=address, description=description, feeds=made.feeds, noindex=noindex
    )


def listed(made: Outline, entries: Sequence[Listed]) -> tuple[Trail, ...]:
    """The trails of some entries."""
    return tuple(made.trails.of(one) for one in entries)
