"""The pipeline: content, site, related, plan, render, output. One visible function, and its report."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from digest import amend, content, doubts, links, relations
from digest.amend import Planning
from digest.cache import Cache, DamagedError
from digest.catalogue import Claims, claims
from digest.content import Content, Looked
from digest.features import Features
from digest.lastplan import Span, span
from digest.marks import is_within
from digest.pages import Planned, StaticFile
from digest.plan import chrome, plan
from digest.problems import Place, Problem, errors, problem, with_severity
from digest.publish import Published, Warm, publish, republish, static_files
from digest.refusal import refusal
from digest.request import Request
from digest.settings import Settings
from digest.site import Registry, Site, assemble
from digest.templatefaults import pointed
from digest.text import zone
from digest.ticks import Tick, untold
from digest.walk import missing

CACHE = ".digest"

Done = TypeVar("Done")
Told = TypeVar("Told")
Problems = tuple[Problem, ...]


class Report(NamedTuple):
    """What a build found and did; ``published`` is ``None`` where it stopped before it changed anything."""

    problems: tuple[Problem, ...] = ()
    published: Published | None = None


def build(request: Request, tick: Tick = untold, warm: Warm | None = None) -> Report:
    """Build the site: read what changed, plan every page, render what differs, publish all of it or nothing.

    A process that builds again and again passes the same ``warm`` every time.
    """
    warm = warm or Warm.begin()
    return _guarded(request, warm, lambda cache: _build(request, cache, tick, warm), Report)


def check(request: Request, tick: Tick = untold) -> Problems:
    """Every problem of the content, as a build would tell it. Nothing is rendered, and nothing published."""
    warm = Warm.begin()
    return _guarded(request, warm, lambda cache: _check(request, cache, tick, warm), lambda problems: problems)


def _check(request: Request, cache: Cache, tick: Tick, warm: Warm) -> Problems:
    looked = _look(request, cache, tick)
    files = static_files(request.site, looked.static)
    return _prepare(request, cache, looked, files, tick, warm, relating=False)[1]


def survey(request: Request, ask: Callable[[Site, Mapping[str, Features]], Told]) -> tuple[Told | None, Problems]:
    """Read the site and answer a question about it, as far as it can be read; publishes nothing."""
    return _guarded(
        request, Warm.begin(), lambda cache: _survey(request, cache, ask), lambda problems: (None, problems)
    )


def _guarded(request: Request, warm: Warm, work: Callable[[Cache], Done], stopped: Callable[[Problems], Done]) -> Done:
    """Do some work with the site's cache; what keeps it from being done is told as a problem."""
    refused = missing(request.site) or refusal(request.output, request.site, preview=request.preview)
    if refused:
        return stopped((refused,))
    try:
        with _cache(request, warm.engine) as cache:
            return work(cache)
    except DamagedError:
        cache_file(request).unlink(missing_ok=True)
        return _guarded(request, warm, work, stopped)
    except BlockingIOError:
        return stopped((busy_problem(request.output),))
    except OSError as error:
        return stopped((disk_problem(request.output, error),))


def _survey(
    request: Request, cache: Cache, ask: Callable[[Site, Mapping[str, Features]], Told]
) -> tuple[Told | None, Problems]:
    read = content.read(request.site, cache, base_url=request.base_url, jobs=request.jobs, tick=untold)
    if read.settings is None:
        return None, _shown(request, read, read.problems)
    site, faults = _assembled(request, read, read.settings)
    return ask(site, content.features(cache)), _shown(request, read, (*read.problems, *faults))


def _as_of(request: Request, settings: Settings) -> datetime:
    return request.as_of if request.as_of.tzinfo else request.as_of.replace(tzinfo=zone(settings.timezone))


def _assembled(request: Request, read: Content, settings: Settings) -> tuple[Site, Problems]:
    """The site as it stands at the as-of, in the site's own time zone."""
    registry = Registry(read.topics, read.sources)
    as_of = _as_of(request, settings)
    return assemble(read.entries, settings, registry, as_of=as_of, drafts=request.drafts, versions=read.versions)


class _Prepared(NamedTuple):
    """A site that is planned, the time in which its plan stays the same, and what its entries claim."""

    site: Site
    pages: tuple[Planned, ...]
    span: Span
    claims: Claims


def _look(request: Request, cache: Cache, tick: Tick) -> Looked:
    return content.look(request.site, cache, base_url=request.base_url, jobs=request.jobs, tick=tick)


def _prepare(
    request: Request, cache: Cache, looked: Looked, files: Sequence[StaticFile], tick: Tick, warm: Warm, *,
    relating: bool,
) -> tuple[_Prepared | None, Problems]:  # fmt: skip
    """Assemble, relate, plan and check what was ``looked`` at; ``None`` where the site's settings can't be used."""
    read = content.recall(looked, cache, tick, warm.readings)
    if read.settings is None:
        return None, _shown(request, read, read.problems)
    tick("Assembling", 0, len(read.entries))
    site, faults = _assembled(request, read, read.settings)
    faults += tuple(doubts.check(read.entries, site.as_of, own=partial(is_within, site_url=read.settings.url)))
    lenient, stands = content.lenient_files(read), span(read.entries, site.as_of)
    claimed = claims(read.entries, site)
    basis = relations.basis_of(site, read.about) if relating else None
    read = read._replace(entries=(), about={})  # the site and its basis have their own by now
    related = relations.renewed(site, basis, cache, warm.related, tick) if basis else {}
    pages = plan(site, related, tick)
    tick("Checking", 0, len(pages))
    faults += tuple(links.check(site, pages, files))
    return _Prepared(site, pages, stands, claimed), _shown(request, read, (*read.problems, *faults), lenient)


def _build(request: Request, cache: Cache, tick: Tick, warm: Warm) -> Report:
    looked = _look(request, cache, tick)
    files = static_files(request.site, looked.static)
    basis = amend.basis(request, looked, files)
    if report := _amend(request, basis, looked, cache, tick, warm):
        return report
    made, problems = _prepare(request, cache, looked, files, tick, warm, relating=True)
    if made is None or errors(problems):
        return Report(problems)
    shared = chrome(made.site)
    planned = Planning(made.site, shared, made.span, problems, made.claims)
    note = partial(amend.noted, request, basis, looked, files, planned, cache)
    return _reported(request, problems, publish(request, cache, shared, made.pages, files, tick, warm, note))


def _amend(request: Request, basis: bytes, looked: Looked, cache: Cache, tick: Tick, warm: Warm) -> Report | None:
    """A build for which the last plan stands, but for a few pages; ``None`` where it takes more than that."""
    if looked.settings is None or not basis:
        return None
    made = amend.amended(basis, looked, request, _as_of(request, looked.settings), cache, warm.related, tick)
    if made is None:
        return None
    last = made.last
    published = republish(
        request, cache, last.chrome, last.kinds, last.manifest, made.known, made.pages, tick, warm, made.note
    )
    return None if published is None else _reported(request, last.problems, published)


def _reported(request: Request, problems: Problems, published: Published) -> Report:
    """The report of a build that came as far as to publish, or to find a fault in a template."""
    if published.problems:
        faults = content.with_excerpts(request.site, published.problems)
        return Report((*problems, *map(pointed, faults)))
    return Report(problems, published)


def _shown(
    request: Request, read: Content, problems: tuple[Problem, ...], lenient: frozenset[str] | None = None
) -> tuple[Problem, ...]:
    """The problems as they are to be shown: severities settled, sorted, each with its excerpt.

    ``lenient`` are the files of old entries, where ``read`` no longer holds its entries. That nothing is there to
    publish is no news where entries could not be read.
    """
    lenient = content.lenient_files(read) if lenient is None else lenient
    if errors(problems):
        problems = tuple(one for one in problems if one.code != "no-content")
    lowered = read.settings.problems if read.settings else {}
    settled = with_severity(problems, lowered, strict=request.strict, lenient=lenient)
    return content.with_excerpts(request.site, settled)


def cache_file(request: Request) -> Path:
    """Where the cache of this build is kept."""
    name = "preview.sqlite" if request.preview else "cache.sqlite"
    return request.site / CACHE / (name if request.use_cache else f"once-{os.getpid()}.sqlite")


@contextmanager
def _cache(request: Request, engine: bytes) -> Iterator[Cache]:
    """The site's cache, held by this build alone; without a cache, a new file that is removed afterwards."""
    folder = request.site / CACHE
    folder.mkdir(exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists() or not ignored.stat().st_size:
        ignored.write_text("*\n", encoding="utf-8")
    lock = os.open(folder / ("preview.lock" if request.preview else "lock"), os.O_RDWR | os.O_CREAT, 0o644)
    file = cache_file(request)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not request.preview:
            _clear(folder, "once-")  # what killed builds without a cache have left
        cache = Cache(file, engine)
        try:
            yield cache
        finally:
            cache.close()
    finally:
        if not request.use_cache:
            _clear(folder, file.name)
        os.close(lock)


def _clear(folder: Path, name: str) -> None:
    """Remove the files whose names begin with ``name``: a cache and its journal."""
    for file in folder.glob(f"{name}*"):
        with suppress(OSError):
            file.unlink()


def busy_problem(output: Path) -> Problem:
    """The problem that another build holds the site or a folder."""
    told = "another build is at work on this site or its output folder"
    return problem(Place(str(output)), "busy", told, "wait for it to end, then build again")


def disk_problem(output: Path, error: OSError) -> Problem:
    """A fault of the disk or the system in words: what was being done, to which file, why it failed."""
    name = error.filename if isinstance(error.filename, str) else str(output)
    reason = os.strerror(error.errno) if error.errno else str(error)
    hint = "the output folder is as it was; free space or mend permissions, then build again"
    return problem(Place(name), "output-write", f"the build could not go on: {reason}", hint)
