"""The preview's HTTP answers: exactly what a static host would send for the files that were built, and nothing else.

``answer`` is a function from a request's words to a status, headers and bytes. Only what the manifest names is ever
read: a path is looked up in a set, never joined to a folder first, so there is nothing to climb out of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from mimetypes import MimeTypes
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from digest.stamps import digest_of

OWN = "/.digest/"
"""Under this address lie the preview's own files; no page of a site can have it."""

_TYPES = MimeTypes(filenames=())  # what Python knows by itself, not what this machine's /etc says
_MORE = {
    ".atom": "application/atom+xml", ".avif": "image/avif", ".ico": "image/x-icon", ".jsonld": "application/ld+json",
    ".js": "text/javascript", ".md": "text/markdown", ".mjs": "text/javascript", ".opml": "text/x-opml",
    ".rss": "application/rss+xml", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
    ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2", ".xml": "application/xml",
}  # fmt: skip
_WORDED = ("text/", "application/json", "application/ld+json", "application/manifest+json")
"""Media types whose charset is said; XML says its own, and images have none."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


class Hosted(NamedTuple):
    """What is served: the output folder, the paths of its manifest, the base path of the site ("" or "/some/path").

    ``fresh`` holds newer bytes for some paths, of pages that were rendered ahead of the whole site. ``copied`` maps
    the beginnings of paths to the folders from which files were published as they are.
    """

    folder: Path
    files: frozenset[str] = frozenset()
    base: str = ""
    fresh: Mapping[str, bytes] = {}
    copied: Mapping[str, Path] = {}


class Asked(NamedTuple):
    """A request, as far as files are concerned: the method, the path as sent, the query, headers in lower case."""

    method: str
    path: bytes
    query: bytes = b""
    headers: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What is sent back. The body of an answer to HEAD is left out by whoever sends it, its length is not."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


class Dressing(NamedTuple):
    """What is added before the end of a page on its way out, with a place for the hash of the page: ``{hash}``."""

    markup: str = ""


def answer(hosted: Hosted, asked: Asked, dressing: Dressing) -> Answer:
    """What a static host would answer to a request."""
    if asked.method not in ("GET", "HEAD"):
        return plain(405, "This server only shows pages.", {"Allow": "GET, HEAD"})
    path = decoded(asked.path)
    if path is None:
        return plain(400, "This is no address.")
    if path == "/" and hosted.base:
        return _moved(302, hosted.base + "/", b"")
    inside = path.removeprefix(hosted.base) if path.startswith(hosted.base + "/") else None
    if inside is None:
        return _moved(301, path + "/", asked.query) if path == hosted.base else _missing(hosted, asked, dressing)
    name = inside[1:] + ("index.html" if inside.endswith("/") else "")
    if name in hosted.files:
        return _file(hosted, name, asked, dressing)
    if f"{name}/index.html" in hosted.files:
        return _moved(301, path + "/", asked.query)
    return _missing(hosted, asked, dressing)


def decoded(raw: bytes) -> str | None:
    """The path that a request names; ``None`` for one that no page of a site can have."""
    if not raw.startswith(b"/") or re.search(rb"%(?![0-9A-Fa-f]{2})", raw):
        return None
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(char < " " or char in "\\\x7f" for char in path) or {".", ".."}.intersection(path.split("/")):
        return None
    return path


def bytes_of(hosted: Hosted, name: str) -> bytes | None:
    """The bytes published at an output path; ``None`` where there is no such regular file."""
    if name in hosted.fresh:
        return hosted.fresh[name]
    file = hosted.folder / name
    if name not in hosted.files or file.is_symlink():
        return None
    try:
        return file.read_bytes()
    except OSError:
        return None


def mark(hosted: Hosted, url: str) -> str:
    """The hash of what is answered at a url, without anything added; empty where that is no page of the site."""
    path = decoded(url.partition("#")[0].partition("?")[0].encode())
    if path is None:
        return ""
    name = path[len(hosted.base) + 1 :] if path.startswith(hosted.base + "/") else "404.html"
    name = f"{name}index.html" if not name or name.endswith("/") else name
    data = bytes_of(hosted, name)
    data = bytes_of(hosted, "404.html") if data is None else data
    return digest_of(data).hex() if data is not None else ""


def media_type(name: str) -> str:
    """The Content-Type of a file, by its name alone, the same on every machine."""
    suffix = PurePosixPath(name).suffix.lower()
    found = _MORE.get(suffix) or _TYPES.guess_type(f"x{suffix}")[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith(_WORDED) else found


def plain(status: int, words: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A short answer in plain text."""
    told = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return Answer(status, told, f"{words}\n".encode())


def host_allowed(host: str | None, allowed: frozenset[str], port: int) -> bool:
    """Whether a Host header names this server: a page elsewhere may make its own name lead here (DNS rebinding)."""
    found = _HOST.fullmatch((host or "").lower())
    return found is not None and found["name"] in allowed and int(found["port"] or 80) == port


def origin_allowed(origin: str | None, host: str | None) -> bool:
    """Whether a request comes from a page of this server. One that doesn't say where it comes from does not."""
    return bool(host) and origin == f"http://{host}"


def own_address(url: str) -> str:
    """A path as a Location may say it: escaped, and never taken for another host."""
    return quote("/" + url.lstrip("/"), safe="/~!$&'()*+,;=:@-._")


def _moved(status: int, path: str, query: bytes) -> Answer:
    tail = "?" + quote(query.decode("latin-1"), safe="%/~!$&'()*+,;=:@-._?") if query else ""
    return plain(status, "The page is elsewhere.", {"Location": own_address(path) + tail})


def _missing(hosted: Hosted, asked: Asked, dressing: Dressing) -> Answer:
    """The site's own page for an address without one; static hosts send it with the status 404."""
    page = bytes_of(hosted, "404.html")
    if page is None:
        return plain(404, "There is no page at this address.")
    made = _file(hosted, "404.html", asked._replace(headers={}), dressing)
    return made._replace(status=404)


def _file(hosted: Hosted, name: str, asked: Asked, dressing: Dressing) -> Answer:
    """A published file with its validators, as a whole, in part, or as a word that it is still the same.

    One that a build has just removed is missing already: a page in its place must hear of what comes next.
    """
    data = bytes_of(hosted, name)
    if data is None:
        return _missing(hosted, asked, dressing)
    if name.endswith(".html") and dressing.markup and not _is_copy(hosted, name):
        data = dressed(data, dressing)
    etag = f'"{digest_of(data).hex()}"'
    headers = {
        "Content-Type": media_type(name),
        "ETag": etag,
        "Cache-Control": "no-cache",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    modified = None if name in hosted.fresh else _modified(hosted.folder / name)
    if modified is not None:
        headers["Last-Modified"] = formatdate(modified, usegmt=True)
    if _unchanged(asked.headers, etag, modified):
        return Answer(304, {key: headers[key] for key in headers if key not in ("Content-Type", "Accept-Ranges")})
    return _in_part(Answer(200, headers, data), asked, etag, modified)


def _is_copy(hosted: Hosted, name: str) -> bool:
    """Whether an author made the file at an output path, and no template."""
    origins = (top / name[len(start) :] for start, top in hosted.copied.items() if name.startswith(start))
    return any(origin.is_file() for origin in origins)


def dressed(page: bytes, dressing: Dressing) -> bytes:
    """A page with the preview's markup before its end; the page on the disk stays as it is."""
    added = dressing.markup.replace("{hash}", digest_of(page).hex()).encode()
    at = page.lower().rfind(b"</body>")
    return page + added if at < 0 else page[:at] + added + page[at:]


def _modified(file: Path) -> int | None:
    try:
        return int(file.stat().st_mtime)
    except OSError:
        return None


def _unchanged(headers: Mapping[str, str], etag: str, modified: int | None) -> bool:
    """Whether the browser has the file already (RFC 9110, section 13.2.2: tags first, then dates)."""
    if "if-none-match" in headers:
        known = [one.strip().removeprefix("W/") for one in headers["if-none-match"].split(",")]
        return etag in known or "*" in known
    since = _instant(headers.get("if-modified-since", ""))
    return since is not None and modified is not None and modified <= since


def _in_part(whole: Answer, asked: Asked, etag: str, modified: int | None) -> Answer:
    """One range of the file, where one was asked for (RFC 9110, section 14); several ranges get the whole file."""
    found = _RANGE.fullmatch(asked.headers.get("range", "").strip()) if asked.method == "GET" else None
    if found is None or not any(found.groups()) or not _same_file(asked.headers.get("if-range"), etag, modified):
        return whole
    size = len(whole.body)
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if found[1] and found[2] and int(found[2]) < first:
        return whole
    if first >= size or (not found[1] and not int(found[2])):
        return plain(416, "There is no such part.", {"Content-Range": f"bytes */{size}"})
    headers = {**whole.headers, "Content-Range": f"bytes {first}-{last}/{size}"}
    return Answer(206, headers, whole.body[first : last + 1])


def _same_file(condition: str | None, etag: str, modified: int | None) -> bool:
    return condition is None or condition == etag or (modified is not None and _instant(condition) == modified)


def _instant(header: str) -> int | None:
    """A date of a header as seconds since 1970; ``None`` for anything else."""
    try:
        return int(parsedate_to_datetime(header).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None
