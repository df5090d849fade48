"""The plan: every page of the site and everything that each of them shows, before anything renders.

``plan`` is a pure function. What a page shows stands in its value, so two plans with an equal page need that page
rendered only once. The values of pages of which there are many are made when they are needed; until then a page has a
basis, which says whether it can differ from the last plan's. Each function below plans one kind of page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

from msgspec.structs import replace

from digest import feeds, indexes, metadata, sitemaps, text
from digest.models import Article, Link, StandalonePage
from digest.outline import Outline, Related, head, listed, page, planned
from digest.pages import (
    ArticlePage,
    Chrome,
    DatedText,
    ErrorPage,
    FeedLink,
    FeedPage,
    FeedsPage,
    FrontPage,
    Module,
    Planned,
    RedirectPage,
    SitemapAddress,
    TextPage,
    Trail,
)
from digest.site import Listed, Site
from digest.ticks import Tick, told, untold
from digest.trails import picture_of


def plan(site: Site, related: Related, tick: Tick = untold) -> tuple[Planned, ...]:
    """Every page of ``site``, sorted by output path."""
    made = Outline(site, related)
    found = chain(
        _front(made), _articles(made), indexes.topics(made), indexes.tags(made), indexes.sources(made),
        indexes.editions(made), indexes.archive(made), _standalone(made), _redirects(made), _feeds(made),
    )  # fmt: skip
    pages = list(told(found, tick, "Planning"))
    pages.extend(sitemaps.planned(made, sitemaps.listed(made, pages)))
    return tuple(sorted(pages, key=lambda page: page.path))


def with_bodies(made: Outline) -> Iterator[Planned]:
    """The wanted pages on which bodies stand: those of articles, and the feeds of entries."""
    yield from _articles(made)
    for one in entry_feeds(made.site):
        yield from _entry_feed(made, one)


def with_trails(made: Outline) -> Iterator[Planned]:
    """The wanted pages of lists, and those of which there are few that hang on the entries of all of them."""
    yield from chain(
        _front(made), indexes.topics(made), indexes.tags(made), indexes.sources(made), indexes.editions(made),
        indexes.archive(made), _editions_feed(made),
    )  # fmt: skip


def chrome(site: Site) -> Chrome:
    """What every page shares: title, navigation, feeds, notice, wording."""
    made = Outline(site, {})
    settings, wording = site.settings, made.wording
    found = {
        "/topics/": (wording["topics"], site.topics),
        "/editions/": (wording["editions"], site.editions),
        "/archive/": (wording["archive"], site.entries),
        "/sources/": (wording["sources"], site.sources),
    }
    newest = site.entries[0].date.year if site.entries else None
    return Chrome(
        title=settings.title,
        description=settings.description,
        language=settings.language,
        direction=text.direction(settings.language),
        timezone=settings.timezone,
        url=settings.url,
        base=made.urls.base,
        home=made.urls.url("/"),
        year=str(newest or ""),
        copyright=settings.copyright,
        topics=tuple(made.trails.topic(slug) for slug in made.sections()),
        pages=tuple(Link(one.title, made.urls.url(one.address)) for one in site.pages),
        sections=tuple(Link(title, made.urls.url(address)) for address, (title, some) in found.items() if some),
        feeds=made.feeds,
        notice=settings.notice and replace(settings.notice, url=made.trails.address(settings.notice.url)),
        wording=wording,
    )


class Chosen(NamedTuple):
    """The entries that the front shows beside its edition: the lead, those beside it, and those of each section."""

    lead: Article | None
    beside: Sequence[Listed]
    modules: Mapping[str, Sequence[Listed]]


def chosen(made: Outline, issued: Set[str]) -> Chosen:
    """What goes on the front: the newest article marked as lead (or the newest article), what is new, the sections.

    An entry stands on the front once: the newest edition keeps what it shows, the addresses ``issued``, and the rest
    goes beside the lead and into the sections.
    """
    site, front = made.site, made.settings.front
    lead = next((one for one in site.articles if one.lead), next(iter(site.articles), None))
    rest = (one for one in site.entries if one is not lead and one.address not in issued)
    beside = list(islice(rest, front.trails))
    shown = {one.address for one in (*beside, *([lead] if lead else ()))} | issued
    modules = {}
    for slug in made.sections():
        rest = (one for one in site.by_topic[slug] if one.topics[0] == slug and one.address not in shown)
        if own := list(islice(rest, front.module)):
            modules[slug] = own
    return Chosen(lead, beside, modules)


def _front(made: Outline) -> Iterator[Planned]:
    """The front, and the page of dead links."""
    edition, issued = latest_edition(made)
    lead, beside, sections = chosen(made, issued)
    modules = []
    for slug, own in sections.items():
        topic = made.trails.topic(slug)
        modules.append(Module(topic.title, topic.url, listed(made, own)))
    value = FrontPage(
        head=metadata.page_head(made.trails, address="/", description=made.settings.description, feeds=made.feeds),
        lead=made.trails.of(lead) if lead else None,
        picture=made.trails.picture(picture_of(lead)) if lead else None,
        trails=listed(made, beside),
        modules=tuple(modules),
        edition=edition,
    )
    yield page("/", "front", "front.html", value, made.listed("/"))
    missing = ErrorPage(head(made, made.wording["not_found"], address="/404.html", noindex=True))
    yield page("/404.html", "page", "404.html", missing)


def latest_edition(made: Outline) -> tuple[Module | None, frozenset[str]]:
    """The newest edition with its first items, and the addresses of those."""
    for edition in made.site.editions[:1]:
        items = [item for section in edition.sections for item in section.items][: made.settings.front.module]
        url = made.urls.url(edition.address)
        module = Module(made.edition_titles[edition.id], url, listed(made, items))
        return module, frozenset(item.address for item in items)
    return None, frozenset()


def _articles(made: Outline) -> Iterator[Planned]:
    """The pages of articles, with their related posts."""
    for one in made.site.articles:
        if made.wanted and one.address not in made.wanted.articles:
            continue
        named = made.related.get(one.address, ())
        basis = made.basis(("article", named), (one.address, *[other for other, _ in named]))
        listed = None
        if one.id not in made.site.badges:
            listed = SitemapAddress(one.canonical or made.urls.absolute(one.address), one.updated or one.date)
        yield planned(one.address, "article", "article.html", basis, partial(_article, made, one), listed)


def _article(made: Outline, one: Article) -> ArticlePage:
    lang, direction = made.trails.language(one.lang)
    return ArticlePage(
        head=metadata.article_head(one, made.trails, made.feeds),
        title=one.title,
        url=made.urls.url(one.address),
        date=one.date,
        updated=one.updated,
        topics=made.trails.topics(one),
        tags=made.trails.tags(one),
        standfirst=one.summary.html,
        authors=one.authors,
        sources=made.trails.sources(one),
        image=made.trails.picture(one.image),
        body=one.body,
        corrections=tuple(DatedText(note.date, note.text.html) for note in one.corrections),
        related=_related(made, one.address),
        lang=lang,
        dir=direction,
        badge=made.site.badges.get(one.id, ""),
    )


def _related(made: Outline, address: str) -> tuple[Trail, ...]:
    """The related posts of an article, by their address here even where a headline elsewhere leads out."""
    reasons = made.settings.related.reasons
    trails = []
    for other, why in made.related.get(address, ()):
        trail = made.trails.of(made.by_address[other])
        if trail.external or reasons:
            trail = replace(trail, url=trail.permalink, external=False, reasons=why if reasons else "")
        trails.append(trail)
    return tuple(trails)


def _standalone(made: Outline) -> Iterator[Planned]:
    for one in made.site.pages:
        lang, direction = made.trails.language(one.lang)
        value = TextPage(
            head=metadata.standalone_head(one, made.trails, made.feeds),
            title=one.title,
            standfirst=one.summary.html,
            body=one.body,
            lang=lang,
            dir=direction,
            badge=made.site.badges.get(one.address, ""),
        )
        listed = None if value.badge else made.listed(one.address)
        yield page(one.address, "page", "page.html", value, listed)


def _redirects(made: Outline) -> Iterator[Planned]:
    movable: list[Article | StandalonePage] = [*made.site.articles, *made.site.pages]
    for one in movable:
        for alias in one.aliases:
            value = RedirectPage(made.urls.url(one.address), made.urls.absolute(one.address))
            yield page(alias, "redirect", "redirect.html", value)


class EntryFeed(NamedTuple):
    """What the three formats of a feed of entries share; its address is that of the list it follows."""

    address: str
    title: str
    description: str
    newest: Sequence[Listed]


def entry_feeds(site: Site) -> list[EntryFeed]:
    """The feeds of the site and of each topic."""
    settings = site.settings
    about, count = settings.description or settings.title, settings.feeds.items
    found = [EntryFeed("/", settings.title, about, site.entries[:count])]
    for slug, topic in site.topics.items():
        title, newest = f"{settings.title}: {topic.title}", site.by_topic.get(slug, ())[:count]
        found.append(EntryFeed(feeds.topic_address(slug), title, topic.description or about, newest))
    return found


def _feeds(made: Outline) -> Iterator[Planned]:
    """The feeds of the site, of its editions and of each topic, in three formats each, and the list of them all."""
    found = entry_feeds(made.site)
    yield from _editions_feed(made)
    for one in found:
        yield from _entry_feed(made, one)
    links = [(one.title, one.address) for one in found]
    if made.issues:
        links.insert(1, (feeds.editions_title(made.settings), "/editions/"))
    rows = tuple(FeedLink(title, made.urls.absolute(f"{address}{feeds.RSS}")) for title, address in links)
    yield page("/feeds.opml", "feed", "feeds.opml", FeedsPage(rows))


def _editions_feed(made: Outline) -> Iterator[Planned]:
    if not made.issues or (made.wanted and "/editions/" not in made.wanted.feeds):
        return
    editions = made.site.editions[: made.settings.feeds.items]
    named = [(made.version(one), one.address, made.edition_titles[one.id]) for one in editions]
    items = [item.address for one in editions for section in one.sections for item in section.items]
    make = partial(feeds.editions_feed, made.trails, editions, made.edition_titles)
    yield from _formats("/editions/", made, made.basis(("editions", named), items), make)


def _entry_feed(made: Outline, one: EntryFeed) -> Iterator[Planned]:
    if made.wanted and one.address not in made.wanted.feeds:
        return
    make = partial(feeds.entries_feed, made.trails, one.newest, one.title, one.description, one.address)
    basis = made.basis(("feed", *one[:3]), [entry.address for entry in one.newest])
    yield from _formats(one.address, made, basis, make)


def _formats(address: str, made: Outline, basis: bytes, make: Callable[[], FeedPage]) -> Iterator[Planned]:
    """The files of one feed."""
    for name in feeds.FORMATS:
        own = f"{address}{name}"
        yield planned(own, "feed", name, basis, partial(_format, make, made.urls.absolute(own)))


def _format(make: Callable[[], FeedPage], url: str) -> FeedPage:
    return replace(make(), self_url=url)
