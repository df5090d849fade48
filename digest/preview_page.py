"""A glance at what was just saved: its page, rendered from that one file before the whole site is built again.

In a large archive the build after a save takes seconds, but its author looks at one page. What that page owes to
other files (related posts, names of topics, the feeds it announces) is taken from how it was last rendered. The
build that follows has the last word (see ``ahead``).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from digest import config, content, matter, urls
from digest.build import cache_file
from digest.cache import Cache, DamagedError
from digest.decoding import decode as decode_text
from digest.making import Record
from digest.models import Article, Edition, Link, StandalonePage
from digest.pages import ArticlePage, Chrome, Page, PageValue, TextPage
from digest.plan import chrome as chrome_for
from digest.plan import plan
from digest.press import template_folders
from digest.problems import Problem, errors
from digest.publish import ASSETS, Surroundings, Warm
from digest.render import decode, environment, render
from digest.request import Request
from digest.settings import Settings
from digest.site import Registry, assemble
from digest.text import zone

Own = Article | StandalonePage | Edition

FIRST = 60
"""Files of a kind that are read for the first pages: more than a front shows."""

SMALL = 1_000_000
"""Bytes. Larger static files are left to the build."""


class Glance(NamedTuple):
    """``pages`` maps files to the output paths of their pages, ``rendered`` output paths to new bytes.

    ``problems`` are those of the files themselves; only a build finds the others.
    """

    pages: Mapping[str, str] = {}
    rendered: Mapping[str, bytes] = {}
    problems: tuple[Problem, ...] = ()


class First(NamedTuple):
    """The first pages of a large site: bytes by output path, and the base path under which they are meant."""

    rendered: Mapping[str, bytes] = {}
    base: str = ""


class Read(NamedTuple):
    """A changed file: its entry, where it has one with a page, its bodies and its problems."""

    entry: Own | None = None
    bodies: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()


def glance(request: Request, paths: Iterable[str], shown: Iterable[str], warm: Warm | None) -> Glance:
    """Look at the files ``paths``. With ``warm``, also render their pages, and ``shown`` where a template changed."""
    paths = tuple(paths)
    settings = _settings(request)
    if settings is None:
        return Glance()
    read = {path: _read(request.site, path, settings) for path in paths}
    pages = {path: urls.output_path(one.entry.address) for path, one in read.items() if one.entry is not None}
    pages.update({path: place for path in paths if (place := _copied_to(path))})
    problems = tuple(sorted({one for file in read.values() for one in file.problems}))
    if warm is None or "content/site.yaml" in paths or errors(problems):
        return Glance(pages, problems=problems)
    try:
        with closing(Cache.reading(cache_file(request))) as cache:
            rendered = _rendered(request, cache, read, paths, tuple(shown), settings, warm)
    except (DamagedError, OSError, ValueError, msgspec.MsgspecError):
        return Glance(pages, problems=problems)
    return Glance(pages, rendered, problems)


def first(request: Request, warm: Warm) -> First:
    """The front and the newest articles of a site that was never built, made from the newest files alone.

    Newest by their names, which begin with a date where ``digest new`` made them. Entries with errors are left out,
    and so are lists and feeds, which would be cut short; the build that goes on meanwhile shows all of it.
    """
    settings = _settings(request)
    if settings is None:
        return First()
    found = [_newest(request.site, f"content/{kind}") for kind in ("articles", "summaries", "pages")]
    read = [
        one for paths in found for path in paths if not errors((one := _record(request.site, path, settings)).problems)
    ]
    site, _ = assemble(
        [entry for one in read for entry in one.entries], settings, _registry(request.site),
        as_of=_as_of(request, settings), drafts=request.drafts,
    )  # fmt: skip
    bodies = {key: body for one in read for key, body in one.bodies}
    chrome = chrome_for(site)
    made = environment(template_folders(request.site), chrome, lambda key: bodies.get(key, ""), warm.templates)
    rendered = _static(request.site)
    for page in plan(site, {}):
        if page.path == "index.html" or page.template in ("article.html", "page.html"):
            with suppress(Exception):  # a template may raise anything; the build names the line
                rendered[page.path] = render(made, page, chrome)
    return First(rendered, chrome.base)


def _newest(site: Path, folder: str) -> list[str]:
    """The paths of the newest files below a folder."""
    paths = [path for path in (site / folder).rglob("*") if path.suffix in (".md", ".yaml", ".yml")]
    newest = heapq.nlargest(FIRST, paths, key=lambda path: (path.name, path))
    return [path.relative_to(site).as_posix() for path in newest if path.is_file()]


def _static(site: Path) -> dict[str, bytes]:
    """The theme's assets and the first of a site's own small static files, by output path."""
    tops = [(top, top / ASSETS) for top in reversed(template_folders(site))]
    tops += [(site / "content" / "static", site / "content" / "static")]
    return {
        file.relative_to(top).as_posix(): file.read_bytes()
        for top, folder in tops
        for file in islice(folder.rglob("*"), FIRST)
        if file.is_file() and not file.is_symlink() and file.stat().st_size < SMALL
    }


def chrome_of(cache: Cache) -> Chrome | None:
    """What all pages shared when the site was last built."""
    stored = cache.get("surroundings")
    return msgspec.msgpack.decode(stored, type=Surroundings).chrome if stored else None


def _rendered(
    request: Request, cache: Cache, read: Mapping[str, Read], paths: tuple[str, ...], shown: tuple[str, ...],
    settings: Settings, warm: Warm,
) -> dict[str, bytes]:  # fmt: skip
    chrome = chrome_of(cache)
    if chrome is None:
        return {}
    bodies = {key: body for one in read.values() for key, body in one.bodies.items()}
    folders = template_folders(request.site)
    made = environment(folders, chrome, lambda key: bodies.get(key) or cache.body(key), warm.templates)
    found = {place: (request.site / path).read_bytes() for path in paths if (place := _copied_to(path))}
    pages = [page for one in read.values() if (page := _page(request, cache, one, settings))]
    if any(path.startswith("templates/") for path in paths):
        stored = [cache.page_value(path) for path in shown]
        pages += [decode(value) for value in stored if value]
    for page in pages:
        try:
            found[page.path] = render(made, page, chrome)
        except Exception:  # noqa: BLE001, S112 - a template may raise anything; the build names the line
            continue
    return found


def _page(request: Request, cache: Cache, read: Read, settings: Settings) -> Page | None:
    """The page of a file's entry, as far as the file itself says it, and for the rest as it was."""
    entry = read.entry
    if not isinstance(entry, Article | StandalonePage):
        return None
    path = urls.output_path(entry.address)
    if entry.address not in [getattr(one, "address", "") for one in content.recalled(cache, entry.path).entries]:
        return None  # what stands there is the page of another file
    stored = cache.page_value(path)
    as_of = _as_of(request, settings)
    site, _ = assemble([entry], settings, _registry(request.site), as_of=as_of, drafts=request.drafts)
    new = next((page.page() for page in plan(site, {}) if page.path == path), None)
    if not stored or new is None:
        return None
    value = _with_others(new.value, decode(stored).value)
    return msgspec.structs.replace(new, value=value) if value is not None else None


def _with_others(new: PageValue, old: PageValue) -> PageValue | None:
    """``new`` with what other files say about the page, as ``old`` has it."""
    if isinstance(new, TextPage) and isinstance(old, TextPage):
        return msgspec.structs.replace(new, head=msgspec.structs.replace(new.head, feeds=old.head.feeds))
    if isinstance(new, ArticlePage) and isinstance(old, ArticlePage):
        return msgspec.structs.replace(
            new,
            head=msgspec.structs.replace(new.head, feeds=old.head.feeds),
            related=old.related,
            topics=_as_named(new.topics, old.topics),
            tags=_as_named(new.tags, old.tags),
            sources=_as_named(new.sources, old.sources),
        )
    return None


def _as_named(new: tuple[Link, ...], old: tuple[Link, ...]) -> tuple[Link, ...]:
    """Links under the names that the whole site gave them; one entry alone can't know how most others spell them."""
    names = {one.url: one for one in old}
    return tuple(names.get(one.url, one) for one in new)


def _read(site: Path, path: str, settings: Settings) -> Read:
    record = _record(site, path, settings)
    entry = next((one for one in record.entries if isinstance(one, Own)), None)
    return Read(entry, dict(record.bodies), record.problems)


def _record(site: Path, path: str, settings: Settings) -> Record:
    """What a content file says; nothing for a file of another kind, or one that is gone."""
    kinds = {"articles": matter.read_article, "pages": matter.read_page, "summaries": matter.read_summaries}
    parts = path.split("/")
    reader = kinds.get(parts[1]) if parts[0] == "content" and len(parts) > 2 else None
    if reader is None or not path.endswith((".md", ".yaml", ".yml")):
        return Record()
    try:
        return reader(path, (site / path).read_bytes(), settings)
    except OSError:
        return Record()


def _as_of(request: Request, settings: Settings) -> datetime:
    return request.as_of if request.as_of.tzinfo else request.as_of.replace(tzinfo=zone(settings.timezone))


def _settings(request: Request) -> Settings | None:
    text = _text(request.site, "content/site.yaml")
    settings, _ = config.read_site(text, "content/site.yaml") if text is not None else (None, ())
    if settings is None or request.base_url is None:
        return settings
    return msgspec.structs.replace(settings, url=request.base_url.rstrip("/"))


def _registry(site: Path) -> Registry:
    topics, sources = _text(site, "content/topics.yaml"), _text(site, "content/sources.yaml")
    return Registry(
        config.read_topics(topics, "content/topics.yaml")[0] if topics is not None else None,
        config.read_sources(sources, "content/sources.yaml")[0] if sources is not None else None,
    )


def _text(site: Path, path: str) -> str | None:
    try:
        return decode_text((site / path).read_bytes(), path)[0]
    except OSError:
        return None


def _copied_to(path: str) -> str:
    """The output path of a file that is published as it is; empty for any other."""
    if path.startswith("content/static/"):
        return path.removeprefix("content/static/")
    return path.removeprefix("templates/") if path.startswith("templates/assets/") else ""
