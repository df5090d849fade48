"""Links into the site, kept in rendered HTML as marks until it is known where the site is published.

A body is rendered once and kept; the base path, the feed's absolute addresses and the page it is shown on come
later. So a link into the site is written as a mark and its root-relative address, and a link within the page as
another mark and its fragment. The marks are noncharacters (Unicode, section 23.7), which no input holds: content
with them is refused, and ``markup`` drops them besides.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

SITE = "\ufdd0"
"""Stands before a root-relative address within this site; gives way to the base path."""

PAGE = "\ufdd1"
"""Stands before the fragment of a link within the same page; gives way to nothing, or to the page's address."""

_PATH_SAFE = "/~!$&'()*+,;=:@-._%"
_QUERY_SAFE = _PATH_SAFE + "?"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_EXTERNAL_UNSAFE = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f]')
_IGNORED = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_WEB = re.compile(r"(?:https?:)?//[^/?#\s\\]+", re.IGNORECASE)
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|//")


class Target(NamedTuple):
    """Where a link leads: ``printed`` goes into the HTML; ``address`` is set where it leads into this site.

    ``address`` is root-relative, not escaped, and keeps query and fragment. ``external`` is true for other sites.
    """

    printed: str
    address: str = ""
    external: bool = False


def localise(markup: str, base_path: str) -> str:
    """``markup`` for a page of a site published under ``base_path`` (``""`` or ``/news``)."""
    return markup.replace(SITE, base_path).replace(PAGE, "")


def absolutise(markup: str, origin_with_base: str, page_url: str) -> str:
    """``markup`` for a feed: links into the site get ``origin_with_base``, those within the page its url."""
    return markup.replace(SITE, origin_with_base).replace(PAGE, page_url)


def anchored(markup: str, base_path: str, page_url_path: str) -> str:
    """``markup`` for another page than its own: links within it lead to ``page_url_path``, base path included."""
    return markup.replace(SITE, base_path).replace(PAGE, page_url_path)


def resolve(href: str, address: str, site_url: str) -> Target:
    """Where ``href`` leads from the page at ``address`` of the site at ``site_url``, as a browser would read it.

    An empty ``printed`` means nowhere: the address is empty or incomplete.
    """
    href = _IGNORED.sub("", href.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r ")).replace("\ufdd0", "")
    if not href:
        return Target("")
    if href[0] == "#":
        return Target(PAGE + escaped(href), address + unquote(href) if len(href) > 1 else "")
    if _SCHEME.match(href) or href.startswith(("//", "/\\", "\\")):
        return _with_host(href, site_url)
    if href[0] != "/" or _DOTS.search(href):
        href = _joined(address, href)
    return _into_site(href)


def _with_host(href: str, site_url: str) -> Target:
    """The target of an address that names a scheme or a host."""
    if not href.lower().startswith(("http:", "https:", "/", "\\")):
        return Target(_EXTERNAL_UNSAFE.sub(_encoded, href), external=True)
    path, mark, rest = href.partition("?")
    href = path.replace("\\", "/") + mark + rest
    found = _WEB.match(href)
    if not found:
        return Target("")
    if _DOTS.search(href, found.end()):
        href = found[0] + _joined("/", href[found.end() :])
    within = _within(href, site_url)
    if within is not None:
        return _into_site(within)
    return Target(_BARE_PERCENT.sub("%25", _EXTERNAL_UNSAFE.sub(_encoded, href)), external=True)


def _within(href: str, site_url: str) -> str | None:
    """The part of an absolute ``href`` behind ``site_url``, or None where it leads elsewhere; schemes don't count."""
    site = site_url.rstrip("/").partition("//")[2]
    rest = href.partition("//")[2]
    host, slash, path = site.partition("/")
    if not host or rest[: len(host)].lower() != host.lower() or not rest[len(host) :].startswith(slash + path):
        return None
    tail = rest[len(site) :]
    if tail and tail[0] not in "/?#":
        return None
    return tail if tail.startswith("/") else "/" + tail


def is_within(href: str, site_url: str) -> bool:
    """Whether an absolute ``href`` leads into the site at ``site_url``."""
    return _within(href, site_url) is not None


def _joined(address: str, href: str) -> str:
    """``href`` relative to ``address``, without dot segments; what climbs above the root stays at the root."""
    path, hash_, fragment = href.replace("\\", "/").partition("#")
    joined = urlsplit(urljoin("http://site" + quote(address, safe=_PATH_SAFE), re.sub("/{2,}", "/", path)))
    clean = re.sub(r"^(?:/\.\.(?=/|$))+", "", joined.path) or "/"
    return clean + (f"?{joined.query}" if joined.query else "") + hash_ + fragment


def _into_site(href: str) -> Target:
    """The target of a root-relative ``href``."""
    if not href.isascii():
        href = unicodedata.normalize("NFC", href)
    return Target(SITE + escaped(href), unquote(href))


def escaped(href: str) -> str:
    """``href`` percent-encoded where RFC 3986 asks for it; escapes that are there already stay."""
    href = _BARE_PERCENT.sub("%25", href)
    path, hash_, fragment = href.partition("#")
    path, mark, query = path.partition("?")
    return (
        quote(path, safe=_PATH_SAFE) + mark + quote(query, safe=_QUERY_SAFE) + hash_ + quote(fragment, safe=_QUERY_SAFE)
    )


def _encoded(match: re.Match[str]) -> str:
    return quote(match[0], safe="")
