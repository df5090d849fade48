"""The values of feeds: what a reader in a feed reader gets. All addresses are absolute.

An article's text stands in the value as the hash of its body; the template's filter prints it with absolute
addresses. A summary brings its few sentences. An edition's text is put together here from its items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import escape

from digest import urls
from digest.models import Article, Edition, Link, Summary
from digest.pages import FeedEntry, FeedLink, FeedPage
from digest.settings import Settings
from digest.site import Listed
from digest.trails import Trails

RSS = "feed.xml"
FORMATS = (RSS, "atom.xml", "feed.json")
"""The files of one feed beside its list, each named like its template: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1."""


def topic_address(slug: str) -> str:
    """The address of the list that a topic's feed follows."""
    return urls.topic_address(slug)


def link(trails: Trails, title: str, address: str) -> FeedLink:
    """The RSS feed of the list at ``address``, as pages announce it; the other formats stand beside it."""
    return FeedLink(title, trails.urls.url(f"{address}{RSS}"))


def entries_feed(trails: Trails, newest: Sequence[Listed], title: str, description: str, address: str) -> FeedPage:
    """A feed of the ``newest`` entries of the list at ``address``; whoever publishes it sets ``self_url``."""
    return FeedPage(
        title=title,
        url=trails.urls.absolute(address),
        description=description,
        language=trails.site.settings.language,
        updated=max((_changed(one) for one in newest), default=None),
        entries=tuple(_entry(trails, one) for one in newest),
    )


def editions_title(settings: Settings) -> str:
    """The title of the feed of editions."""
    return f"{settings.title}: {settings.words['editions']}"


def editions_feed(trails: Trails, newest: Sequence[Edition], titles: Mapping[str, str]) -> FeedPage:
    """A feed of the ``newest`` editions, one entry each; ``titles`` maps an edition's id to its title."""
    settings = trails.site.settings
    return FeedPage(
        title=editions_title(settings),
        url=trails.urls.absolute("/editions/"),
        description=settings.description or settings.title,
        language=settings.language,
        updated=max((_edition_changed(one) for one in newest), default=None),
        entries=tuple(_edition(trails, one, titles[one.id]) for one in newest),
    )


def _changed(one: Listed) -> datetime:
    return max(one.date, one.updated) if one.updated else one.date


def _edition_changed(one: Edition) -> datetime:
    return max([one.date, *(_changed(item) for section in one.sections for item in section.items)])


def _entry(trails: Trails, one: Listed) -> FeedEntry:
    """An entry in a feed. A summary leads to the story, as its headline does on every page."""
    full = trails.site.settings.feeds.full
    source = one.sources[0] if one.sources else None
    absolute = trails.urls.absolute(one.address)
    body = one.body if isinstance(one, Article) and full else ""
    return FeedEntry(
        id=one.id,
        title=one.title,
        url=one.url if isinstance(one, Summary) else absolute,
        date=one.date,
        updated=_changed(one),
        authors=one.authors,
        categories=tuple(trails.site.topics[slug].title for slug in one.topics),
        source=Link(source.name, source.url) if source and source.url else None,
        summary=one.summary.text,
        body=body,
        html="" if body else one.summary.html,
        permalink=absolute,
        lang=one.lang,
    )


def _edition(trails: Trails, one: Edition, title: str) -> FeedEntry:
    items = [item for section in one.sections for item in section.items]
    return FeedEntry(
        id=trails.site.settings.entry_id(one.address),
        title=title,
        url=trails.urls.absolute(one.address),
        date=one.date,
        updated=_edition_changed(one),
        summary=one.intro.text or " · ".join(item.title for item in items[:5]),
        html=_edition_html(one),
        permalink=trails.urls.absolute(one.address),
        lang=one.lang,
    )


def _edition_html(one: Edition) -> str:
    """An edition's text as marked safe HTML: its parts come from the sanitiser, titles and addresses are escaped."""
    parts = [f"<p>{one.intro.html}</p>" if one.intro.html and not one.intro.html.startswith("<") else one.intro.html]
    for section in one.sections:
        if section.title:
            parts.append(f"<h2>{escape(section.title)}</h2>")
        for item in section.items:
            source = f" ({escape(item.sources[0].name)})" if item.sources else ""
            parts.append(f'<h3><a href="{escape(item.url)}">{escape(item.title)}</a>{source}</h3>')
            parts.append(f"<div>{item.summary.html}</div>" if item.summary.html else "")
    return "".join(parts)
