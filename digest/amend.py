"""Shell: a build after which the last plan stands, but for the pages that show what changed.

A plan is a pure function of what was read and of the as-of. While all that was read is as it was, but for a few
entries, and the as-of lies between the same two moments at which anything on the site changes, the plan is the last one
but for the pages that show these entries. Only they are planned again (``replan``), from the few entries they show.
In any doubt there is no such plan, and a build makes all of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from digest import plan, relations, urls
from digest.cache import Cache
from digest.catalogue import Claims, catalogue
from digest.content import Looked
from digest.lastplan import Last, Span, Texts, edits
from digest.pages import Chrome, Planned, StaticFile
from digest.press import template_folders
from digest.problems import Problem
from digest.publish import ASSETS, LAST_PLAN, Note
from digest.relations import Held
from digest.replan import CATALOGUE, Again, Replan
from digest.request import Request
from digest.sheets import Rendered, Sheets
from digest.site import Site
from digest.stamps import digest_of
from digest.ticks import Tick


class Amended(NamedTuple):
    """The plan that stands, what of it has to be looked at again, and what to note of it, if that has changed.

    ``known`` are the renderings that it left.
    """

    last: Last
    known: Sheets[Rendered]
    pages: tuple[Planned, ...] = ()
    note: Note | None = None


_OF_THE_WHOLE = frozenset(
    """dead-anchor dead-link hidden-related missing-image no-content repeated-value same-address same-id several-leads
    shadowed-alias unknown-related unknown-source unknown-topic""".split()
)
"""The codes of problems in one entry that another may bring or take away."""

_LAST = msgspec.msgpack.Decoder(Last)
_ENCODER = msgspec.msgpack.Encoder()


def basis(request: Request, looked: Looked, files: Sequence[StaticFile]) -> bytes:
    """What stands for all that a plan and its pages are made from, but for entries and the as-of.

    Empty where that isn't known: of a part of a site, and of a folder that has problems of its own.
    """
    templates = list(_templates(request))
    if request.part is not None or looked.problems or looked.settings is None or not all(templates):
        return b""
    published = [(one.path, one.hash) for one in files]
    asked = (request.base_url, request.drafts, request.strict)
    said = (looked.settings, looked.topics, looked.sources)
    return digest_of(_ENCODER.encode((asked, said, published, templates)))


def _templates(request: Request) -> Iterator[tuple[str, bytes] | None]:
    """Every template with the hash of its bytes; ``None`` for a linked folder, of which nobody knows what is in it."""
    for top in template_folders(request.site):
        for folder, folders, names in os.walk(top):
            if folder == str(top) and ASSETS in folders:
                folders.remove(ASSETS)  # static files, which are told otherwise
            yield from (None for name in folders if Path(folder, name).is_symlink())
            folders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                yield file.relative_to(top).as_posix(), digest_of(file.read_bytes())


def _texts(looked: Looked) -> dict[str, Texts]:
    return {folder: Texts.of(sheet) for folder, sheet in looked.texts.by_folder.items()}


class Planning(NamedTuple):
    """What a build knows of a site that it planned: see ``Last``."""

    site: Site
    chrome: Chrome
    span: Span
    problems: tuple[Problem, ...]
    claims: Claims


def noted(
    request: Request, made: bytes, looked: Looked, files: Sequence[StaticFile], planned: Planning, cache: Cache,
    kinds: Mapping[str, int], manifest: bytes,
) -> Mapping[str, bytes]:  # fmt: skip
    """A plan that was published, for the cache. Nothing if ``made``, its basis, is, or templates changed meanwhile.

    ``kinds`` counts it, and ``manifest`` is the mark of the manifest that it left.
    """
    if not made or basis(request, looked, files) != made:
        return {LAST_PLAN: b"", CATALOGUE: b""}
    site = planned.site
    carried = {one.address: tuple({entry.path for entry in one.newest}) for one in plan.entry_feeds(site)}
    own = urls.Urls(site.settings.url).absolute("/")
    plain = _OF_THE_WHOLE.isdisjoint(one.code for one in planned.problems)
    plain = plain and not any(one.canonical.startswith(own) for one in site.articles)
    rows = _ENCODER.encode(catalogue(site, planned.claims)) if plain else b""
    last = Last(
        made, planned.span, _texts(looked), relations.mark(cache), dict(kinds), manifest, planned.problems,
        planned.chrome, tuple(site.topics.values()), tuple(site.tags.values()), tuple(site.sources.values()), carried,
        digest_of(rows),
    )  # fmt: skip
    return {LAST_PLAN: _ENCODER.encode(last), CATALOGUE: rows}


def amended(
    made: bytes, looked: Looked, request: Request, as_of: datetime, cache: Cache, held: Held, tick: Tick
) -> Amended | None:
    """The last plan brought up to what was ``looked`` at; ``made`` is its basis. ``None`` where it doesn't stand."""
    kept = cache.get(LAST_PLAN)
    last = _LAST.decode(kept) if kept else None
    if last is None or last.basis != made or not last.span.since <= as_of.timestamp() < last.span.until:
        return None
    texts = _texts(looked)
    changed = edits(last.texts, texts)
    if relations.mark(cache) != last.related or changed is None or looked.settings is None:
        return None
    known = cache.rendered()
    if not changed.every:
        return Amended(last, known)
    if not changed.every.isdisjoint(one.path for one in last.problems):
        return None  # their places and excerpts may not be what they were
    again = Replan(last, looked, looked.settings, request, as_of, cache, held, tick)
    only_texts = not changed.shown and not changed.new
    try:
        found = again.of_texts(changed.every) if only_texts else again.of_entries(changed, frozenset(known))
    except msgspec.DecodeError:  # what is remembered of related posts is damaged; a whole plan does without
        return None
    if found is None:
        return None
    return Amended(last, known, found.pages, partial(_noted_again, found, texts, cache))


def _noted_again(
    found: Again, texts: dict[str, Texts], cache: Cache, kinds: Mapping[str, int], manifest: bytes
) -> Mapping[str, bytes]:
    """An amended plan for the cache; its catalogue only where that isn't the last one."""
    rows = {} if found.catalogue is None else {CATALOGUE: _ENCODER.encode(found.catalogue)}
    mark = digest_of(rows[CATALOGUE]) if rows else found.last.catalogue
    last = replace(
        found.last, texts=texts, related=relations.mark(cache), kinds=dict(kinds), manifest=manifest, catalogue=mark
    )
    return {LAST_PLAN: _ENCODER.encode(last), **rows}
