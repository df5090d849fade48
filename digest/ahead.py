"""Shell: pages that a preview shows, and writes, before the build that will hold them is done.

A page that is rendered ahead is right but for what other files say of it. It is served from memory, so that every
browser sees it at once, and it is written over the published file, so that whoever reads the folder does too. The
build has the last word: where it fails, the old bytes come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class Ahead:
    """What was rendered ahead into the output ``folder``. ``spare`` is a file name beside it that may be used."""

    def __init__(self, folder: Path, spare: Path) -> None:
        self._folder = folder
        self._spare = spare
        self._fresh: dict[str, tuple[int, bytes]] = {}
        self._old: dict[str, bytes] = {}

    @property
    def fresh(self) -> dict[str, bytes]:
        """The newest bytes by output path, as long as no build holds them."""
        return {path: data for path, (_, data) in self._fresh.items()}

    def put(self, rendered: Mapping[str, bytes], build: int, *, writing: bool) -> None:
        """Take pages that the build numbered ``build`` will hold; write them too, where that can't cross a build."""
        for path, data in rendered.items():
            self._fresh[path] = (build, data)
            if writing:
                self._write(path, data)

    def settle(self, build: int, *, kept: bool) -> tuple[str, ...]:
        """Let go of what the build numbered ``build`` holds. Returns the paths that were written before it.

        Where it published nothing (``kept`` is false), their old bytes are put back.
        """
        self._fresh = {path: one for path, one in self._fresh.items() if one[0] > build}
        old, self._old = self._old, {}
        for path, data in old.items() if not kept else ():
            with suppress(OSError):  # the next build finds that the file is not what it was
                self._replace(path, data)
        return tuple(sorted(old))

    def _write(self, path: str, data: bytes) -> None:
        with suppress(OSError):  # the build will write it in any case
            old = (self._folder / path).read_bytes()
            if old != data:
                self._old.setdefault(path, old)
                self._replace(path, data)

    def _replace(self, path: str, data: bytes) -> None:
        self._spare.write_bytes(data)
        self._spare.replace(self._folder / path)
