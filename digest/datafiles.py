"""Shell: the three data files of a site: ``site.yaml``, ``topics.yaml`` and ``sources.yaml``.

What they say is kept in the cache under the hash of their bytes, so that a build after which nothing changed needs
neither YAML nor Markdown. A file with a problem is read anew every time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from digest.cache import Cache
from digest.decoding import decode
from digest.models import Source, Topic
from digest.problems import Place, Problem, problem
from digest.settings import Settings
from digest.stamps import digest_of
from digest.walk import DATA_FILES, FOLDER, unreadable

_DECODERS: dict[str, msgspec.msgpack.Decoder[Any]] = {
    "site.yaml": msgspec.msgpack.Decoder(Settings),
    "topics.yaml": msgspec.msgpack.Decoder(tuple[Topic, ...]),
    "sources.yaml": msgspec.msgpack.Decoder(tuple[Source, ...]),
}


class DataFiles(NamedTuple):
    """What they say. ``settings`` is ``None`` where site.yaml can't be used, the others also where there is no file."""

    settings: Settings | None
    topics: tuple[Topic, ...] | None
    sources: tuple[Source, ...] | None


def read(site: Path, cache: Cache, problems: list[Problem]) -> DataFiles:
    """Read the three files; the last two may be missing."""
    return DataFiles(*[_said(site, name, cache, problems) for name in DATA_FILES])


def _said(site: Path, name: str, cache: Cache, problems: list[Problem]) -> Any:  # noqa: ANN401 - one type a file
    """What one file says; ``None`` where it says nothing that can be used."""
    path = f"{FOLDER}/{name}"
    try:
        data = (site / path).read_bytes()
    except FileNotFoundError:
        if name == "site.yaml" and (site / FOLDER).is_dir():
            hint = 'a site needs at least two lines there: "title: …" and "url: https://…"'
            problems.append(problem(Place(path), "no-site", "there is no site.yaml", hint))
        return None
    except OSError as error:
        problems.append(unreadable(path, error))
        return None
    mark = digest_of(data)
    kept = cache.get(path)
    if kept.startswith(mark):
        return _DECODERS[name].decode(kept[len(mark) :])
    value, faults = _read(name, data, path)
    problems.extend(faults)
    if value == () and not faults:
        problems.append(_without_rows(name))
        return None
    if value is not None and not faults:
        cache.put(path, mark + msgspec.msgpack.encode(value))
    return value


def _read(name: str, data: bytes, path: str) -> tuple[Any, tuple[Problem, ...]]:
    from digest import config

    text, faults = decode(data, path)
    if text is None:
        return None, faults
    read = {"site.yaml": config.read_site, "topics.yaml": config.read_topics, "sources.yaml": config.read_sources}
    value, more = read[name](text, path)
    return value, (*faults, *more)


def _without_rows(name: str) -> Problem:
    """The problem with a list that forbids all topics or sources because it names none."""
    what = name.removesuffix(".yaml")
    hint = f"list the {what} in it, or remove it: then entries may name any"
    return problem(Place(f"{FOLDER}/{name}", 1, 1), "empty-file", f"the file names no {what}", hint)
