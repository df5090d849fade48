"""Shell: read what changed in ``content/``, hand on typed entries and problems.

A file is read again only if its bytes, its path or a setting that reading depends on changed; file times are a
hint (see ``stamps.Stamp``), because a fresh checkout resets them.
"""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from digest import datafiles, parallel
from digest.cache import Cache, DamagedError, Reread
from digest.features import Features
from digest.memory import Kept
from digest.models import AnyEntry, Article, Edition, Prose, Source, StandalonePage, Summary, Topic, Unplaced
from digest.pages import StaticFile
from digest.problems import Problem, with_excerpt
from digest.settings import Settings
from digest.sheets import KEY, Remembered, Sheet, Sheets, records
from digest.stamps import NONE, digest_of
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


class Looked(NamedTuple):
    """What stands in content/ once all that changed was read. ``settings`` are as in ``Content``.

    ``texts`` says of each file that can be read how it was read. ``reread`` counts the files that were read now, and
    ``unread`` says of some what kept them from being read after all. ``problems`` are those of the folder and of the
    data files.
    """

    settings: Settings | None
    topics: tuple[Topic, ...] | None
    sources: tuple[Source, ...] | None
    texts: Sheets[Remembered]
    reread: int
    unread: Mapping[str, bytes]
    static: tuple[StaticFile, ...]
    problems: tuple[Problem, ...]


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
    """Read everything under ``site``/content. ``base_url`` replaces the ``url`` of site.yaml."""
    return recall(look(site, cache, base_url=base_url, jobs=jobs, tick=tick), cache, tick, kept)


def look(site: Path, cache: Cache, *, base_url: str | None, jobs: int, tick: Tick) -> Looked:
    """Read what changed under ``site``/content, and remember it.

    Time zones are those of the package tzdata, whose version the cache knows, and never this computer's own.
    """
    began = time.time_ns()
    zoneinfo.reset_tzpath(to=())
    folders, problems = walk(site, tick)
    given, topics, sources = datafiles.read(site, cache, problems)
    settings = given or _STAND_IN
    if base_url is not None:
        settings = replace(settings, url=base_url.rstrip("/"))
    known, options = cache.remembered(), msgspec.msgpack.encode(settings.of_reading())
    seen = _seen(site, folders, known, options, problems, current=cache.get(_OPTIONS) == options)
    cache.begin()
    rows, unread = _read_stale(site, seen, settings, cache, options, jobs, began, tick)
    rows |= {one.path: seen.rows[one.path]._replace(stamp=one.stamp.encode(began)) for one in seen.moved}
    sheets = _kept(cache, known, seen, {**seen.rows, **rows}, unread.keys(), options)
    cache.commit()
    texts = {folder: sheet for folder, sheet in sheets.items() if not _is_static(folder)}
    copied = records({folder: sheets[folder] for folder in sheets.keys() - texts.keys()})
    static = [StaticFile(path.split("/", 2)[2], str(site / path), row.hash.hex()) for path, row in copied.items()]
    static.sort(key=lambda one: one.path)
    reread = sum(one.kind != "static" for one in seen.stale)
    found = given and settings
    return Looked(found, topics, sources, records(texts), reread, unread, tuple(static), tuple(problems))


def recall(looked: Looked, cache: Cache, tick: Tick, kept: Kept[bytes, Reading] = _NOTHING) -> Content:
    """All entries of what was ``looked`` at. Raises ``DamagedError``."""
    versions = dict(sorted(looked.texts.column(KEY).items()))
    found = some(looked, cache, kept.missing(versions))
    entries, about, problems = list[AnyEntry](), dict[str, bytes](), list(looked.problems)
    for path, version in told(versions.items(), tick, "Recalling", len(versions)):
        reading = kept.get(path, version, partial(found.__getitem__, path))
        entries.extend(reading.entries)
        about[path] = reading.about
        problems.extend(reading.problems)
    return Content(
        looked.settings, looked.topics, looked.sources, tuple(entries), looked.static, tuple(problems), looked.reread,
        versions, about,
    )  # fmt: skip


_OPTIONS = "reading options"
"""Under which the cache keeps the settings that all its readings were made with."""

AT_ONCE = 64
"""Readings that are remembered together."""

_STAND_IN = Settings(title="", url="https://site.invalid")
"""With these, entries are read where site.yaml can't be used, so that their problems are shown in the same run."""


_ENCODER = msgspec.msgpack.Encoder()
_FEATURES = msgspec.msgpack.Decoder(tuple[tuple[str, Features], ...])


class _Seen(NamedTuple):
    """The folders of which nothing changed, by their sheets; of the other files those that can be read.

    ``rows`` are their last rows, where they have one. Among them are ``stale`` ones, which must be read, and those that
    were only ``moved``: their stamp is not the remembered one. ``hashes`` holds the hash of the bytes of files that had
    to be looked at; none for one that nobody knows and that will be read in any case: whoever reads it hashes it.
    """

    same: dict[str, Sheet]
    rows: dict[str, Remembered]
    stale: list[File]
    moved: list[File]
    hashes: dict[str, bytes]


def _seen(
    site: Path, folders: Mapping[str, Sequence[File]], known: Sheets[Remembered], options: bytes,
    problems: list[Problem], *, current: bool,
) -> _Seen:  # fmt: skip
    """Hold every file against what is remembered of it, which is ``current`` if it was read with these ``options``."""
    seen = _Seen({}, {}, [], [], {})
    for folder, files in folders.items():
        sheet, start = known.by_folder.get(folder) if current else None, len(folder) + 1
        names, stamps = [one.path[start:] for one in files], [one.stamp.packed() for one in files]
        if sheet and sheet.holds(names, stamps):
            seen.same[folder] = sheet
        else:
            rows = known.rows(folder)
            for name, one in zip(names, files, strict=True):
                _see(site, one, rows.get(name), options, seen, problems)
    return seen


def _see(site: Path, one: File, last: Remembered | None, options: bytes, seen: _Seen, problems: list[Problem]) -> None:
    """Hold one file against its last row."""
    moved = last is None or not one.stamp.matches(last.stamp)
    hash_ = NONE if last is None else last.hash
    if moved and (last is not None or one.kind == "static"):
        try:
            hash_ = digest_of((site / one.path).read_bytes())
        except OSError as error:
            problems.append(unreadable(one.path, error))
            return
    if moved:
        seen.hashes[one.path] = hash_
    if last is not None:
        seen.rows[one.path] = last
    if last is None or last.key != _key(one, hash_, options):
        seen.stale.append(one)
    elif moved:
        seen.moved.append(one)


def _key(one: File, hash_: bytes, options: bytes) -> bytes:
    """What the reading of a file depends on: its bytes, its path, the settings that reading uses."""
    return hash_ if one.kind == "static" else digest_of(b"\0".join((one.path.encode(), hash_, options)))


def _read_stale(
    site: Path, seen: _Seen, settings: Settings, cache: Cache, options: bytes, jobs: int, began: int, tick: Tick
) -> tuple[dict[str, Remembered], dict[str, bytes]]:
    """Read the files that changed, on several cores where there are many; their new rows.

    Readings go into the cache, from which the rest of the build takes those of all files alike. The second value holds,
    encoded, the few that aren't remembered: a file that can't be read now is tried again.
    """
    stale, rows, unread = seen.stale, dict[str, Remembered](), dict[str, bytes]()
    tick("Reading", 0, len(stale))
    if not stale:
        return rows, unread
    _readers()  # once, before other processes begin with what this one has
    by_path = {one.path: one for one in stale}
    dealt = [(str(site), settings, part) for part in parallel.shards(stale, jobs)]
    reread: list[Reread] = []
    for done, (path, got) in enumerate(parallel.stream(_read_shard, dealt), 1):
        one = by_path[path]
        hash_ = got.hash or seen.hashes.get(path) or seen.rows[path].hash
        rows[path] = Remembered(one.stamp.encode(began), hash_, _key(one, hash_, options), got.surface, got.frame)
        if got.hash or one.kind == "static":
            reread.append(Reread(path, got.reading, got.features, got.bodies))
        else:
            unread[path] = got.reading
        if len(reread) == AT_ONCE or done == len(stale):
            cache.remember(reread)
            reread = []
        tick("Reading", done, len(stale))
    return rows, unread


class _Read(NamedTuple):
    """What came of reading a file, and the hash of the very bytes that were read; nothing for a static file."""

    hash: bytes = b""
    surface: bytes = NONE
    frame: bytes = NONE
    reading: bytes = b""
    features: bytes = b""
    bodies: tuple[tuple[str, str], ...] = ()


def _read_shard(shard: tuple[str, Settings, Sequence[File]]) -> Iterator[tuple[str, _Read]]:
    """Read some files; runs in a worker process."""
    site, settings, files = shard
    readers = _readers()
    zoneinfo.reset_tzpath(to=())
    for one in files:
        if one.kind == "static":
            yield one.path, _Read()
            continue
        try:
            data = (Path(site) / one.path).read_bytes()
        except OSError as error:
            yield one.path, _Read(reading=_ENCODER.encode(Reading(problems=(unreadable(one.path, error),))))
            continue
        record = readers[one.kind](one.path, data, settings)
        features = _ENCODER.encode(record.features)
        reading = Reading(record.entries, record.problems, digest_of(features))
        surface, frame = _sides(reading)
        yield one.path, _Read(digest_of(data), surface, frame, _ENCODER.encode(reading), features, record.bodies)


def _sides(reading: Reading) -> tuple[bytes, bytes]:
    """The surface of a file and its frame, as ``sheets.Remembered`` has them.

    Links count by where they lead, not by where they stand: only problems tell of their places.
    """
    bare = [
        replace(one, body="", words=0, outlinks=(), links=()) if isinstance(one, Article) else one
        for one in reading.entries
    ]
    links = [(link.target, link.image) for one in reading.entries if isinstance(one, Article) for link in one.links]
    frames = [
        replace(one, title="", summary=Prose(), image=None, authors=(), updated=None, corrections=(), places={})
        if isinstance(one, Article) else one.path if isinstance(one, Edition | Summary) else one
        for one in bare
    ]  # fmt: skip
    return digest_of(_ENCODER.encode((bare, links, reading.problems))), digest_of(_ENCODER.encode(frames))


def _readers() -> Mapping[str, Callable[[str, bytes, Settings], Record]]:
    """The reader of each kind of file. They bring YAML and Markdown, which a build without edits does without."""
    from digest import matter

    return {"articles": matter.read_article, "summaries": matter.read_summaries, "pages": matter.read_page}


def _kept(
    cache: Cache, known: Sheets[Remembered], seen: _Seen, rows: Mapping[str, Remembered], unread: Set[str],
    options: bytes,
) -> dict[str, Sheet]:  # fmt: skip
    """The sheets of all folders as they are now, in their order; ``rows`` are those of files in changed folders.

    They are remembered, but for the ``unread``, which are forgotten as files are that are gone.
    """
    read = {path: row for path, row in rows.items() if path not in unread}
    changed = known.by_folder.keys() - seen.same.keys()
    new = records({}).changed(read)
    cache.forget({f"{folder}/{name}" for folder in changed for name in known.by_folder[folder].names} - read.keys())
    cache.keep_records({**dict.fromkeys(changed), **new})
    if rows:
        cache.put(_OPTIONS, options)
    if unread:
        new = records({}).changed(rows)
    return dict(sorted({**seen.same, **{folder: sheet for folder, sheet in new.items() if sheet}}.items()))


def _is_static(folder: str) -> bool:
    return folder.split("/")[1] == "static"


def features(cache: Cache, paths: Collection[str] | None = None) -> dict[str, Features]:
    """The features of every entry, or of those in some files, by id."""
    return {id_: one for blob in cache.features(paths) if blob for id_, one in _FEATURES.decode(blob)}


def some(looked: Looked, cache: Cache, paths: Set[str]) -> dict[str, Reading]:
    """The readings of some files that were ``looked`` at. Raises ``DamagedError``."""
    unread = [(path, looked.unread[path]) for path in looked.unread.keys() & paths]
    return {path: _DECODER.decode(one) for path, one in chain(unread, cache.entries(paths - looked.unread.keys()))}


def recalled(cache: Cache, path: str) -> Reading:
    """The last reading of one content file; an empty one where none is remembered."""
    try:
        return next(_DECODER.decode(encoded) for _, encoded in cache.entries({path}))
    except DamagedError:
        return Reading()


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
