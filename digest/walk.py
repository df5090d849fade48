"""Shell: walking ``content/``: which files there are to read, and what stands there that is none.

Nothing is opened here. A file is told by its path, its kind (the folder it stands in) and its stamp.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from digest.problems import Place, Problem, problem
from digest.stamps import Stamp
from digest.text import windows_name_fault
from digest.ticks import Tick

FOLDER = "content"
DATA_FILES = ("site.yaml", "topics.yaml", "sources.yaml")
_DOTTED = frozenset({".well-known", ".nojekyll", ".htaccess"})
"""Names with a dot that hosts read. Others are an editor's or a system's own, and are passed over."""

_TEXTS = {"md": ".md", "markdown": ".md", "mdown": ".md", "mkd": ".md", "yaml": ".yaml", "yml": ".yaml"}
"""The suffixes of texts that somebody wrote for a site, and the one to write."""

_SUFFIXES = {"articles": (".md",), "summaries": (".yaml", ".yml"), "pages": (".md",)}


_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{4,}\.(?:md|yaml|yml)")
"""Names that every system holds: Windows keeps none of more than four letters to itself."""


class File(NamedTuple):
    """A file under content/: its path relative to the site folder, its kind (the first folder), its stamp."""

    path: str
    kind: str
    stamp: Stamp


def missing(site: Path) -> Problem | None:
    """The problem of a folder that holds no content/ and so is no site."""
    if (site / FOLDER).is_dir():
        return None
    hint = "run digest in the folder that holds content/, name that folder, or start a site with: digest init DIR"
    return problem(Place(FOLDER), "no-site", f"there is no folder {FOLDER}/ in {site}", hint)


def walk(site: Path, tick: Tick) -> tuple[dict[str, list[File]], list[Problem]]:
    """The files of content/ by folder, in the order of their names, and what can't be one."""
    problems: list[Problem] = []
    folders: dict[str, list[File]] = {}
    found = 0
    tick("Scanning", 0, 0)
    for path, files in _walk_folder(site / FOLDER, FOLDER, site.resolve(), (), problems):
        folders[path] = files
        found += len(files)
        tick("Scanning", found, 0)
    return folders, problems


def _walk_folder(
    folder: Path, path: str, root: Path, above: tuple[Path, ...], problems: list[Problem]
) -> Iterator[tuple[str, list[File]]]:
    """A folder's own files, if it has any, and those of the folders in it."""
    real = folder.resolve()
    if real in above:
        problems.append(problem(Place(path), "outside-link", "this link leads back to a folder above it", "remove it"))
        return
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        problems.append(unreadable(path, error))
        return
    kind = path.split("/")[1] if "/" in path else ""
    usual = _SUFFIXES.get(kind, ("\0",))
    files: list[File] = []
    for entry in found:
        below = f"{path}/{entry.name}"
        if below.endswith(usual) and _PLAIN.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            files.append(File(below, kind, Stamp.of(entry.stat())))  # nearly every file: nothing can be wrong with it
            continue
        meant = entry.name in _DOTTED and below.split("/")[1] == "static"
        if (entry.name.startswith(".") and not meant) or entry.name.endswith("~"):
            continue
        if _fit(entry, below, root, problems):
            if entry.is_dir():
                yield from _walk_folder(Path(entry.path), below, root, (*above, real), problems)
            elif _expected(below, problems):
                files.append(File(below, below.split("/")[1], Stamp.of(entry.stat())))
    if files:
        yield path, files


def _fit(entry: os.DirEntry[str], path: str, root: Path, problems: list[Problem]) -> bool:
    """Whether a directory entry is something to read at all; says why not."""
    fault = windows_name_fault(entry.name)
    if fault:
        problems.append(problem(Place(path), "bad-file-name", f"{fault}", "rename it: other systems can't hold it"))
    try:
        entry.name.encode("utf-8")
        status = entry.stat()
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "backslashreplace").decode()
        problems.append(problem(Place(shown), "bad-file-name", "the file's name is not UTF-8", "rename it"))
        return False
    except OSError as error:
        problems.append(unreadable(path, error))
        return False
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
        text = "this link leads out of the site's folder"
        problems.append(problem(Place(path), "outside-link", text, "copy what it leads to into content/"))
        return False
    if stat.S_ISREG(status.st_mode) or (stat.S_ISDIR(status.st_mode) and not _names_a_file(path)):
        return True
    what = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
    problems.append(problem(Place(path), "not-a-file", f"this is {what}, where a file is meant", "rename or remove it"))
    return False


def _names_a_file(path: str) -> bool:
    """Whether ``path`` is named like an entry's file, so that a folder of that name is a mistake."""
    parts = path.split("/")
    return len(parts) > 2 and path.endswith(_SUFFIXES.get(parts[1], ("\0",)))


def _expected(path: str, problems: list[Problem]) -> bool:
    """Whether a file stands where its kind belongs; a stray one is named, not read."""
    parts = path.split("/")
    if len(parts) > 2 and (parts[1] == "static" or path.endswith(_SUFFIXES.get(parts[1], ("\0",)))):
        return True
    if len(parts) > 2 or parts[1] not in DATA_FILES:
        problems.append(_stray(path, parts))
    return False


def _stray(path: str, parts: Sequence[str]) -> Problem:
    """The problem with a file that stands where nothing reads it; the worse one if it holds an entry or settings."""
    name, _, suffix = parts[-1].rpartition(".")
    kind, folder = suffix.lower(), parts[1].lower() if len(parts) > 2 else ""
    if name.upper() == "README" or kind not in _TEXTS:
        hint = "pictures and other files belong in content/static/; what is no part of the site, outside content/"
        return problem(Place(path), "unknown-file", "nothing reads this file", hint)
    right = _TEXTS[kind]
    if len(parts) == 2 and f"{name.lower()}.yaml" in DATA_FILES:
        hint = f"rename it to {FOLDER}/{name.lower()}.yaml"
    elif right in _SUFFIXES.get(folder, ()):
        hint = f"rename it to {'/'.join([FOLDER, folder, *parts[2:-1], name])}{right}"
    elif right == ".md":
        hint = "articles belong in content/articles/, pages in content/pages/"
    else:
        hint = "editions and summaries belong in content/summaries/"
    return problem(Place(path), "misplaced-file", "nothing reads this file here", hint)


def unreadable(path: str, error: OSError) -> Problem:
    """The problem with a file or folder that the system does not let us read."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return problem(Place(path), "unreadable", f"this can't be read: {reason}", "mend its permissions or remove it")
