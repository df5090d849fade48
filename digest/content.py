"""Shell: read what changed in ``content/``, hand on typed entries and problems.

A file is read again only if its bytes, its path or a setting that reading depends on changed; file times are a
hint (see ``cache.Stamp``), because a fresh checkout resets them.
"""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest import datafiles, parallel
from digest.cache import Cache, Remembered, Reread, digest_of
from digest.features import Features
from digest.memory import Kept
from digest.models import AnyEntry, Source, StandalonePage, Topic, Unplaced
from digest.pages import StaticFile
from digest.problems import Problem, with_excerpt
from digest.settings import Settings
from digest.ticks import Tick, told
from digest.walk import File, unreadable, walk

if TYPE_CHECKING:
    from digest.making import Record


class Reading(msgspec.Struct, frozen=True):
    """What the cache keeps of one file: its entries, the problems found while reading it, the hash of its features."""

    entries: tuple[AnyEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    about: bytes = b""


_DECODER = msgspec.msgpack.Decoder(Reading)
_NOTHING = Kept[bytes, Reading](on=False)


class Content(NamedTuple):
    """All that stands in content/. ``settings`` is ``None`` where site.yaml can't be used; ``reread`` counts files."""

    settings: Settings | None
    topics: tuple[Topic, ...] | None
    sources: tuple[Source, ...] | None
    entries: tuple[AnyEntry, ...]
    static: tuple[StaticFile, ...]
    problems: tuple[Problem, ...]
    reread: int
    versions: Mapping[str, bytes] = {}
    """For the path of each file, the hash of all that its reading depends on."""

    about: Mapping[str, bytes] = {}
    """For the path of each file, the hash of what its entries are about: most slips that are mended don't change it."""


def read(
    site: Path, cache: Cache, *, base_url: str | None, jobs: int, tick: Tick, kept: Kept[bytes, Reading] = _NOTHING
) -> Content:
    """Read everything under ``site``/content. ``base_url`` replaces the ``url`` of site.yaml.

    Time zones are those of the package tzdata, whose version the cache knows, and never this computer's own.
    """
    began = time.time_ns()
    zoneinfo.reset_tzpath(to=())
    files, problems = walk(site, tick)
    given, topics, sources = datafiles.read(site, cache, problems)
    settings = given or _STAND_IN
    if base_url is not None:
        settings = msgspec.structs.replace(settings, url=base_url.rstrip("/"))
    known = cache.remembered()
    fresh = _hashes(site, told(files, tick, "Scanning", len(files)), known, problems)
    options = msgspec.msgpack.encode(settings.of_reading())
    versions = {one.path: _key(one, fresh[one.path], options) for one in files if one.path in fresh}
    stale = [
        one for one in files
        if one.path in versions and (one.path not in known or known[one.path].key != versions[one.path])
    ]  # fmt: skip
    readings = _read_stale(site, stale, settings, cache, fresh, options, jobs, began, tick)
    versions.update({one.path: _key(one, fresh[one.path], options) for one in stale})  # they may have changed meanwhile
    _tidy(cache, files, fresh, known, {one.path for one in stale}, began)
    entries, about, reread = list[AnyEntry](), dict[str, bytes](), len(readings)
    for one in told(files, tick, "Recalling", len(files)):
        if one.kind == "static" or one.path not in fresh:
            continue
        if encoded := readings.pop(one.path, b""):
            reading = _DECODER.decode(encoded)
        else:
            reading = kept.get(one.path, versions[one.path], partial(_DECODER.decode, known[one.path].entries))
        entries.extend(reading.entries)
        about[one.path] = reading.about
        problems.extend(reading.problems)
    copied = [one for one in files if one.kind == "static" and one.path in fresh]
    static = tuple(StaticFile(one.path.split("/", 2)[2], str(site / one.path), fresh[one.path].hex()) for one in copied)
    return Content(
        given and settings, topics, sources, tuple(entries), static, tuple(problems), reread, versions, about
    )


AT_ONCE = 64
"""Readings that are remembered together."""

_STAND_IN = Settings(title="", url="https://site.invalid")
"""With these, entries are read where site.yaml can't be used, so that their problems are shown in the same run."""


_ENCODER = msgspec.msgpack.Encoder()
_FEATURES = msgspec.msgpack.Decoder(tuple[tuple[str, Features], ...])


def _hashes(
    site: Path, files: Iterable[File], known: dict[str, Remembered], problems: list[Problem]
) -> dict[str, bytes]:
    """The hash of every file's bytes: the remembered one where the stamp matches, else of what is read.

    It is empty for a file that nobody knows and that will be read in any case: whoever reads it hashes it too.
    """
    hashes: dict[str, bytes] = {}
    for one in files:
        last = known.get(one.path)
        if last and one.stamp.matches(last.stamp):
            hashes[one.path] = last.hash
            continue
        if last is None and one.kind != "static":
            hashes[one.path] = b""
            continue
        try:
            hashes[one.path] = digest_of((site / one.path).read_bytes())
        except OSError as error:
            problems.append(unreadable(one.path, error))
    return hashes


def _key(one: File, hash_: bytes, options: bytes) -> bytes:
    """What the reading of a file depends on: its bytes, its path, the settings that reading uses."""
    return hash_ if one.kind == "static" else digest_of(b"\0".join((one.path.encode(), hash_, options)))


def _read_stale(
    site: Path, stale: Sequence[File], settings: Settings, cache: Cache, fresh: dict[str, bytes], options: bytes,
    jobs: int, began: int, tick: Tick,
) -> dict[str, bytes]:  # fmt: skip
    """Read the files that changed, on several cores where there are many, and remember them.

    Readings stay encoded, as the cache keeps them: whether an entry was just read or remembered, the rest of the
    build sees the same decoded value.
    """
    readings: dict[str, bytes] = {}
    tick("Reading", 0, len(stale))
    if not stale:
        return readings
    _readers()  # once, before other processes begin with what this one has
    by_path = {one.path: one for one in stale}
    dealt = [(str(site), settings, part) for part in parallel.shards(stale, jobs)]
    cache.begin()
    reread: list[Reread] = []
    for done, (path, hash_, reading, features, bodies) in enumerate(parallel.stream(_read_shard, dealt), 1):
        one = by_path[path]
        fresh[path] = hash_ or fresh[path]
        if one.kind != "static":
            readings[path] = reading
        if hash_ or one.kind == "static":  # what can't be read now is tried again, and not remembered
            last = Remembered(one.stamp.encode(began), fresh[path], _key(one, fresh[path], options), reading)
            reread.append(Reread(path, last, features, bodies))
        if len(reread) == AT_ONCE or done == len(stale):
            cache.remember(reread)
            reread = []
        tick("Reading", done, len(stale))
    cache.commit()
    return readings


def _read_shard(
    shard: tuple[str, Settings, Sequence[File]],
) -> Iterator[tuple[str, bytes, bytes, bytes, tuple[tuple[str, str], ...]]]:
    """Read some files; runs in a worker process. Yields the hash of the very bytes that were read."""
    site, settings, files = shard
    readers = _readers()
    zoneinfo.reset_tzpath(to=())
    for one in files:
        if one.kind == "static":
            yield one.path, b"", b"", b"", ()
            continue
        try:
            data = (Path(site) / one.path).read_bytes()
        except OSError as error:
            yield one.path, b"", _ENCODER.encode(Reading(problems=(unreadable(one.path, error),))), b"", ()
            continue
        record = readers[one.kind](one.path, data, settings)
        features = _ENCODER.encode(record.features)
        reading = _ENCODER.encode(Reading(record.entries, record.problems, digest_of(features)))
        yield one.path, digest_of(data), reading, features, record.bodies


def _readers() -> Mapping[str, Callable[[str, bytes, Settings], Record]]:
    """The reader of each kind of file. They bring YAML and Markdown, which a build without edits does without."""
    from digest import matter

    return {"articles": matter.read_article, "summaries": matter.read_summaries, "pages": matter.read_page}


def _tidy(
    cache: Cache, files: Sequence[File], fresh: dict[str, bytes], known: dict[str, Remembered], stale: set[str],
    began: int,
) -> None:  # fmt: skip
    """Forget files that are gone and refresh stamps that no longer match although the bytes do."""
    present = {one.path for one in files}
    stamps = [
        (one.stamp.encode(began), one.path) for one in files
        if one.path in fresh and one.path in known and one.path not in stale
        and not one.stamp.matches(known[one.path].stamp)
    ]  # fmt: skip
    cache.begin()
    cache.forget(path for path in known if path not in present)
    cache.restamp(stamps)
    cache.commit()


def features(cache: Cache, paths: Collection[str] | None = None) -> dict[str, Features]:
    """The features of every entry, or of those in some files, by id."""
    return {id_: one for blob in cache.features(paths) if blob for id_, one in _FEATURES.decode(blob)}


def recalled(cache: Cache, path: str) -> Reading:
    """The last reading of one content file; an empty one where none is remembered."""
    encoded = cache.entries(path)
    return _DECODER.decode(encoded) if encoded else Reading()


def lenient_files(read: Content) -> frozenset[str]:
    """The files whose entries all date from before the site's ``problems_since``."""
    since = read.settings.problems_since if read.settings else None
    dated = [one for one in read.entries if not isinstance(one, StandalonePage | Unplaced)]
    if since is None:
        return frozenset()
    return frozenset(one.path for one in dated) - {one.path for one in dated if one.date >= since}


def with_excerpts(site: Path, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Give an excerpt to problems that were found without the text at hand, by reading their files again."""
    texts: dict[str, str] = {}
    shown = []
    for one in problems:
        if one.line and not one.excerpt:
            if one.path not in texts:
                try:
                    texts[one.path] = (site / one.path).read_bytes().decode("utf-8-sig", "replace")
                except OSError:
                    texts[one.path] = ""
            one = with_excerpt(one, texts[one.path])
        shown.append(one)
    return tuple(shown)
