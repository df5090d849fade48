"""Addresses: permalinks, output paths and the base path. Nothing else in the product builds a URL.

Three spellings of one place are kept apart:

- an *address* is root-relative within the site and not escaped: ``/2025/05/café/``;
- a *url* is what a page prints: base path in front, percent-encoded (RFC 3986): ``/news/2025/05/caf%C3%A9/``;
- an *output path* is a file in the output folder: ``2025/05/café/index.html``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

_SAFE = "/~!$&'()*+,;=:@-._"
"""Characters of a path segment that stay as they are (RFC 3986, section 3.3), and the slash."""

_PLAIN = re.compile("[A-Za-z0-9/._~-]*")
"""Most addresses: nothing in them to encode."""


NOWHERE = "/unplaced/unplaced/unplaced/"
"""The address from which the relative links of an entry without an address are resolved: as deep as most are."""


class Urls:
    """Makes urls for a site published at ``base_url`` (``https://host/some/path``, with or without a final slash)."""

    def __init__(self, base_url: str) -> None:
        self.site = base_url.rstrip("/")
        self.base = quote(unquote(urlsplit(self.site).path), safe=_SAFE)
        self.origin = self.site[: len(self.site) - len(urlsplit(self.site).path)]

    def url(self, address: str) -> str:
        """The url of ``address`` for links on pages: starts with the base path."""
        return self.base + escape(address)

    def absolute(self, address: str) -> str:
        """The url of ``address`` with scheme and host, for feeds, sitemaps and metadata."""
        return self.origin + self.base + escape(address)


def escape(address: str) -> str:
    """Percent-encode an address; its fragment keeps the ``#``. An address has no query."""
    if _PLAIN.fullmatch(address):
        return address
    path, hash_, fragment = address.partition("#")
    return quote(path, safe=_SAFE) + hash_ + quote(fragment, safe=_SAFE + "?")


def output_path(address: str) -> str:
    """The file that holds the page at ``address``: ``/a/b/`` is ``a/b/index.html``, ``/a.xml`` is ``a.xml``."""
    path = address.partition("#")[0].lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def folded(path: str) -> str:
    """``path`` as a file system that ignores case and normalises Unicode would compare it (law 7)."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def permalink(pattern: str, *, date: datetime, slug: str, topic: str) -> str:
    """Fill an address pattern such as ``/{year}/{month}/{slug}/``; the date counts in its own zone."""
    parts = {"year": f"{date.year:04}", "month": f"{date.month:02}", "day": f"{date.day:02}"}
    return pattern.format(**parts, slug=slug, topic=topic)


def topic_address(slug: str) -> str:
    """``/topics/{topic}/``."""
    return f"/topics/{slug}/"


def tag_address(slug: str) -> str:
    """``/tags/{tag}/``."""
    return f"/tags/{slug}/"


def source_address(slug: str) -> str:
    """``/sources/{source}/``."""
    return f"/sources/{slug}/"


def edition_address(slug: str) -> str:
    """``/editions/{id}/``."""
    return f"/editions/{slug}/"


def month_address(year: int, month: int) -> str:
    """``/archive/{year}/{month}/``."""
    return f"/archive/{year:04}/{month:02}/"


def numbered(address: str, number: int) -> str:
    """The address of page ``number`` of the list at ``address``; 0 is the list's head."""
    return f"{address}page/{number}/" if number else address
