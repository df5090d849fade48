"""What machines read on a page: the values of ``<head>``, JSON-LD (schema.org NewsArticle) and Open Graph."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from digest import text
from digest.models import Article, StandalonePage
from digest.pages import FeedLink, Head
from digest.trails import Trails

DESCRIPTION = 200
"""Characters of a description; search engines and link previews show no more."""

_ACTIVE = re.compile("[<>&\u2028\u2029]")
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def json_for_html(value: Mapping[str, object]) -> str:
    """A JSON document that can stand in ``<script>``: no text in it can end the element or start a comment.

    ``<``, ``>``, ``&`` and the two line separators are written as escapes, which a JSON parser reads back as the
    same characters (HTML Living Standard, "Restrictions for contents of script elements").
    """
    encoded = msgspec.json.encode(value).decode()
    return encoded.translate(_ESCAPES) if _ACTIVE.search(encoded) else encoded


def article_head(article: Article, trails: Trails, feeds: tuple[FeedLink, ...]) -> Head:
    """The head of an article's page."""
    section = trails.site.topics[article.topics[0]].title if article.topics else ""
    canonical = article.canonical or trails.urls.absolute(article.address)
    image = article.image.src if article.image else ""
    description = text.cut(article.summary.text, DESCRIPTION)
    return Head(
        title=(article.title, section) if section else (article.title,),
        description=description,
        canonical=canonical,
        type="article",
        image=trails.urls.absolute(image) if image.startswith("/") else image,
        image_alt=article.image.alt if article.image else "",
        published=article.date,
        modified=article.updated or article.date,
        section=section,
        noindex=article.id in trails.site.badges,
        feeds=feeds,
        jsonld=json_for_html(_news_article(article, trails, canonical, section, description)),
    )


def _news_article(
    article: Article, trails: Trails, canonical: str, section: str, description: str
) -> dict[str, object]:
    settings = trails.site.settings
    publisher = {"@type": "Organization", "name": settings.title, "url": trails.urls.absolute("/")}
    authors = [{"@type": "Person", "name": name} for name in article.authors]
    value: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "datePublished": text.iso_date(article.date),
        "dateModified": text.iso_date(article.updated or article.date),
        "inLanguage": article.lang or settings.language,
        "publisher": publisher,
        "author": authors or [publisher],
    }
    optional = {"description": description, "articleSection": section, "keywords": list(article.tags)}
    value.update({name: one for name, one in optional.items() if one})
    if article.image:
        src = article.image.src
        value["image"] = [trails.urls.absolute(src) if src.startswith("/") else src]
    return value


def page_head(
    trails: Trails,
    *title: str,
    address: str,
    description: str = "",
    feeds: tuple[FeedLink, ...] = (),
    noindex: bool = False,
) -> Head:
    """The head of any other page; ``title`` is the browser title's parts without the site's name."""
    return Head(
        title=title,
        description=text.cut(description, DESCRIPTION),
        canonical=trails.urls.absolute(address),
        feeds=feeds,
        noindex=noindex,
    )


def standalone_head(page: StandalonePage, trails: Trails, feeds: tuple[FeedLink, ...]) -> Head:
    """The head of a standalone page."""
    badge = page.address in trails.site.badges
    return page_head(
        trails, page.title, address=page.address, description=page.summary.text, feeds=feeds, noindex=badge
    )
