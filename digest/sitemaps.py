"""What search engines are given to find everything: sitemaps of all pages and of the news, and robots.txt."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import TypeVar
from urllib.parse import unquote

from digest import urls
from digest.models import Article
from digest.outline import Outline, page
from digest.pages import (
    NewsAddress,
    NewsSitemapPage,
    PageValue,
    Planned,
    RobotsPage,
    SitemapAddress,
    SitemapPage,
)

LIMIT = 50_000
"""Addresses in one sitemap file (sitemaps.org, "Sitemap file limits")."""

NEWS_LIMIT = 1_000
"""Addresses in one news sitemap file (Google, "News sitemaps")."""

NEWS = timedelta(days=2)
"""How long an article is news (the same)."""

Listing = TypeVar("Listing", SitemapAddress, NewsAddress)

_path = attrgetter("path")


def listed(made: Outline, pages: Iterable[Planned]) -> list[SitemapAddress]:
    """The addresses that a sitemap of ``pages`` names, in the order of their paths.

    It may only name addresses of its own site: an article that first appeared elsewhere is not in it.
    """
    own = made.urls.absolute("/")
    found = [one.listed for one in sorted(pages, key=_path)]
    return [one for one in found if one is not None and one.url.startswith(own)]


def relisted(made: Outline, before: Iterable[SitemapAddress], pages: Iterable[Planned]) -> list[SitemapAddress]:
    """What ``listed`` gives for the pages that gave it ``before``, once some of them changed or came."""
    own = len(made.urls.absolute("/")) - 1
    new = listed(made, pages)
    changed = {one.url for one in new}
    found = [one for one in before if one.url not in changed]
    for one in new:
        insort(found, one, key=lambda other: urls.output_path(unquote(other.url[own:])))
    return found


def planned(made: Outline, addresses: Sequence[SitemapAddress]) -> Iterator[Planned]:
    """sitemap.xml with every page for people, news-sitemap.xml with the newest articles; robots.txt names both.

    A news sitemap without news is empty and stays where it is, so that what search engines were told goes on being
    true.
    """
    yield from _in_parts(made, "sitemap", addresses, LIMIT, SitemapPage)
    news = [_news(made, one) for one in made.site.articles if _is_news(made, one)]
    yield from _in_parts(made, "news-sitemap", news, NEWS_LIMIT, NewsSitemapPage)
    names = ("/sitemap.xml", "/news-sitemap.xml")
    yield page("/robots.txt", "robots", "robots.txt", RobotsPage(tuple(map(made.urls.absolute, names))))


def _in_parts(
    made: Outline,
    name: str,
    addresses: Sequence[Listing],
    limit: int,
    value: Callable[[tuple[Listing, ...]], PageValue],
) -> Iterator[Planned]:
    """One file of ``addresses`` called ``name``, or an index of several past the limit."""
    parts = [tuple(addresses[start : start + limit]) for start in range(0, len(addresses), limit)]
    template = f"{name}.xml"
    if len(parts) <= 1:
        yield page(f"/{name}.xml", "sitemap", template, value(tuple(addresses)))
        return
    files = [f"/{name}-{number}.xml" for number in range(1, len(parts) + 1)]
    index = SitemapPage(tuple(SitemapAddress(made.urls.absolute(file)) for file in files))
    yield page(f"/{name}.xml", "sitemap", "sitemap-index.xml", index)
    for file, part in zip(files, parts, strict=True):
        yield page(file, "sitemap", template, value(part))


def _is_news(made: Outline, one: Article) -> bool:
    """Whether an article first appeared here and within the last two days; what only a preview shows is no news."""
    site = made.site
    return site.as_of - NEWS < one.date <= site.as_of and not one.canonical and one.id not in site.badges


def _news(made: Outline, one: Article) -> NewsAddress:
    language = _news_language(one.lang or made.settings.language)
    return NewsAddress(made.urls.absolute(one.address), one.title, language, one.date)


def _news_language(tag: str) -> str:
    """A BCP 47 tag as news sitemaps want it: ISO 639 alone, but ``zh-cn`` or ``zh-tw`` for Chinese (Google)."""
    first, *rest = tag.lower().split("-")
    if first != "zh":
        return first
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(rest) and "hans" not in rest else "zh-cn"
