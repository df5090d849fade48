"""Entries as other pages show them: trails, kickers, sources, pictures. Every url made here is ready to print."""

from __future__ import annotations

from collections.abc import Mapping

from digest import text, urls
from digest.models import Article, Edition, Image, Link, Source, Summary
from digest.pages import Picture, Trail
from digest.site import Listed, Site

TRAIL_SUMMARY = 240
"""Characters of a summary that a trail shows."""


class Trails:
    """Makes the trails of one site, each only once."""

    def __init__(self, site: Site, address: urls.Urls) -> None:
        self.site = site
        self.urls = address
        self._made: dict[str, Trail] = {}
        self._topics: dict[str, Link] = {}
        self._tags: dict[str, Link] = {}

    def of(self, entry: Listed) -> Trail:
        """The trail of an entry: a summary's headline leads to the story elsewhere, an article's to its page."""
        made = self._made.get(entry.address)
        if made is None:
            made = self._made[entry.address] = self._make(entry)
        return made

    def _make(self, entry: Listed) -> Trail:
        permalink = self.urls.url(entry.address)
        outside = isinstance(entry, Summary)
        lang, direction = self.language(entry.lang)
        return Trail(
            title=entry.title,
            url=entry.url if isinstance(entry, Summary) else permalink,
            permalink=permalink,
            date=entry.date,
            kicker=self.kicker(entry),
            source=entry.sources[0].name if entry.sources and outside else "",
            summary=text.cut(entry.summary.text, TRAIL_SUMMARY),
            external=outside,
            lang=lang,
            dir=direction,
            badge=self.site.badges.get(entry.id, ""),
        )

    def kicker(self, entry: Listed) -> Link | None:
        """The link to the entry's section: its first topic."""
        return self.topic(entry.topics[0]) if entry.topics else None

    def topic(self, slug: str) -> Link:
        """The link to a topic's page."""
        made = self._topics.get(slug)
        if made is None:
            made = self._topics[slug] = Link(self.site.topics[slug].title, self.urls.url(urls.topic_address(slug)))
        return made

    def topics(self, entry: Listed) -> tuple[Link, ...]:
        """Links to all topics of an entry, its section first."""
        return tuple(self.topic(slug) for slug in entry.topics)

    def tags(self, entry: Listed) -> tuple[Link, ...]:
        """Links to the tags of an entry, as most entries spell them."""
        slugs = dict.fromkeys(filter(None, map(text.slug, entry.tags)))
        return tuple([self._tags.get(slug) or self._tag(slug) for slug in slugs])

    def _tag(self, slug: str) -> Link:
        made = self._tags[slug] = Link(self.site.tags[slug].title, self.urls.url(urls.tag_address(slug)))
        return made

    def sources(self, entry: Listed) -> tuple[Link, ...]:
        """The sources of an entry, each with its address elsewhere, or its page here where it has none."""
        return tuple(Link(one.name, self.source_url(one)) for one in entry.sources)

    def source_url(self, source: Source) -> str:
        """Where a source's name leads: its own site, or its page here."""
        return source.url or self.urls.url(urls.source_address(source.slug))

    def picture(self, image: Image | None) -> Picture | None:
        """An image ready to print."""
        if image is None:
            return None
        return Picture(self.address(image.src), image.alt, image.caption.html, image.credit)

    def address(self, target: str) -> str:
        """A root-relative address as a url; any other as it is."""
        return self.urls.url(target) if target.startswith("/") else target

    def language(self, lang: str) -> tuple[str, str]:
        """The ``lang`` and ``dir`` that an entry's text needs on a page; empty where they are the site's."""
        site_language = self.site.settings.language
        if not lang or lang == site_language:
            return "", ""
        direction = text.direction(lang)
        return lang, direction if direction != text.direction(site_language) else ""


def picture_of(entry: Listed) -> Image | None:
    """The image that stands for an entry."""
    return entry.image if isinstance(entry, Article) else None


def edition_title(one: Edition, language: str, wording: Mapping[str, str]) -> str:
    """An edition's title: its own, or "Edition 12", or "Edition of 11 May 2025" in the site's words."""
    if one.title:
        return one.title
    if one.number:
        return f"{wording['edition']} {one.number}"
    return f"{wording['edition_of']} {text.long_date(one.date, language)}"
