"""The manifest of an output folder as text: the files that digest published there, one a line.

A part of a site says on its second line which part it is (``Record``).
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Annotated, NamedTuple

import msgspec

from digest.parts import MOST, Part

MANIFEST = ".digest-manifest"
STAGING = ".digest-staging"
_HEADER = "The files that digest published here, one a line. It never removes any other. Do not edit."


_PLAIN = re.compile(r'"[^"\\\x00-\x1f]*"')
"""A line of nearly every path: a JSON string without escapes, which need not be parsed."""

_NO_NAMES = frozenset({"", ".", ".."})
_Number = Annotated[int, msgspec.Meta(ge=1, le=MOST)]


class Record(msgspec.Struct, frozen=True):
    """What a part says of itself: which it is, of which build, and the hash of its files.

    ``build`` is the same for all parts of one build, and differs for parts that don't go together.
    """

    part: _Number
    of: _Number
    build: str
    files: str

    def __post_init__(self) -> None:
        if self.part > self.of:
            raise ValueError(f"part {self.part} of {self.of}")

    def __str__(self) -> str:
        return str(Part(self.part, self.of))


class Manifest(NamedTuple):
    """What is published in a folder: output paths, and the record of a part; ``None`` for a whole site."""

    paths: frozenset[str] = frozenset()
    record: Record | None = None


def encode(manifest: Manifest) -> bytes:
    """The manifest as it is written: JSON lines, paths sorted."""
    lines = [json.dumps(_HEADER)]
    if manifest.record is not None:
        lines.append(msgspec.json.encode(manifest.record).decode())
    for one in sorted(manifest.paths):
        plain = f'"{one}"'
        lines.append(plain if _PLAIN.fullmatch(plain) else json.dumps(one, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def decode(text: str) -> Manifest:
    """The manifest in a file's ``text``. Lines that could lead out of the folder, or mean nothing, are passed over."""
    paths, record = set(), None
    for line in text.split("\n")[1:]:
        if _PLAIN.fullmatch(line):
            if may_be_ours(line[1:-1]):
                paths.add(line[1:-1])
            continue
        with suppress(ValueError, RecursionError):
            found = json.loads(line)
            if isinstance(found, str) and may_be_ours(found):
                paths.add(found)
            elif isinstance(found, dict):
                record = msgspec.convert(found, Record)
    return Manifest(frozenset(paths), record)


def may_be_ours(path: str) -> bool:
    """Whether a page may have this output path: it stays in the folder and leaves our own two names alone."""
    parts = path.split("/")
    return parts[0] not in (MANIFEST, STAGING) and "\0" not in path and _NO_NAMES.isdisjoint(parts)


def parents(path: str) -> list[str]:
    """The folders of an output path, outer ones first: ``a`` and ``a/b`` for ``a/b/c``."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
