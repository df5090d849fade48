"""Walking content/: what is there to read, what is passed over, what is a problem."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import sites
from digest.problems import Problem
from digest.ticks import untold
from digest.walk import missing, walk

FILES: dict[str, str | bytes | None] = {
    "content/articles/2025/2025-05-11-vote.md": "x",
    "content/articles/Vote Two.md": "x",
    "content/pages/about.md": "x",
    "content/site.yaml": "x",
    "content/static/deep/er/a.txt": "x",
    "content/summaries/2025-05-12.yaml": "x",
    "content/summaries/lone.yml": "x",
    "content/topics.yaml": "x",
}


READ = sorted(path for path in FILES if path.count("/") > 1)
"""What is an entry's or is published as it is: the data files are nobody's to find."""


class Walked(NamedTuple):
    paths: list[str]
    problems: list[Problem]

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(one.code, one.path) for one in self.problems]


def walked(site: Path) -> Walked:
    folders, problems = walk(site, untold)
    assert all([one.path for one in files] == sorted(one.path for one in files) for files in folders.values())
    assert all(one.path.rpartition("/")[0] == folder for folder, files in folders.items() for one in files)
    files = [one for some in folders.values() for one in some]
    assert all(one.stamp.size == (site / one.path).stat().st_size for one in files)
    assert all(one.kind == one.path.split("/")[1] for one in files)
    return Walked(sorted(one.path for one in files), problems)


def test_every_file_is_found_in_its_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    found = walked(sites.write(tmp_path, FILES))
    assert (found.paths, found.problems) == (READ, [])


def test_files_of_editors_and_systems_are_passed_over(tmp_path: Path) -> None:
    names = ["articles/.vote.md.swp", "articles/vote.md~", "static/.DS_Store", ".obsidian/a.md", "articles/.well-known"]
    found = walked(sites.write(tmp_path, {**FILES, **{f"content/{name}": "x" for name in names}}))
    assert found.told == []
    assert found.paths == READ


def test_files_with_a_dot_that_hosts_read_are_published(tmp_path: Path) -> None:
    names = [".nojekyll", ".htaccess", ".well-known/security.txt"]
    found = walked(sites.write(tmp_path, {**FILES, **{f"content/static/{name}": "x" for name in names}}))
    assert found.paths == sorted([*READ, *(f"content/static/{name}" for name in names)])


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("articles/map.png", "unknown-file", "pictures and other files belong in content/static/"),
        ("README.md", "unknown-file", "pictures and other files belong in content/static/"),
        ("vote.md", "misplaced-file", "articles belong in content/articles/, pages in content/pages/"),
        ("articles/vote.yaml", "misplaced-file", "editions and summaries belong in content/summaries/"),
        ("articles/vote.markdown", "misplaced-file", "rename it to content/articles/vote.md"),
        ("Topics.yml", "misplaced-file", "rename it to content/topics.yaml"),
    ],
)
def test_a_file_that_nothing_reads_is_told(tmp_path: Path, name: str, code: str, hint: str) -> None:
    found = walked(sites.write(tmp_path, {**FILES, f"content/{name}": "x"}))
    assert found.told == [(code, f"content/{name}")]
    assert found.problems[0].hint.startswith(hint)


def pipe(place: Path) -> None:
    os.mkfifo(place)


def linked(to: str) -> Callable[[Path], None]:
    return lambda place: place.symlink_to(to)


@pytest.mark.parametrize(
    ("name", "make", "code", "words"),
    [
        ("articles/pipe.md", pipe, "not-a-file", "this is a pipe, socket or device, where a file is meant"),
        ("articles/folder.md", Path.mkdir, "not-a-file", "this is a folder, where a file is meant"),
        ("articles/out.md", linked("/etc/hostname"), "outside-link", "this link leads out of the site's folder"),
        ("static/all", linked("/etc"), "outside-link", "this link leads out of the site's folder"),
        ("articles/up", linked(".."), "outside-link", "this link leads back to a folder above it"),
        ("articles/gone.md", linked("nowhere"), "unreadable", "this can't be read: No such file or directory"),
        ("articles/ring.md", linked("ring.md"), "unreadable", "this can't be read: Too many levels of symbolic links"),
    ],
)
def test_what_is_no_file_is_told_and_not_read(
    tmp_path: Path, name: str, make: Callable[[Path], None], code: str, words: str
) -> None:
    sites.write(tmp_path, FILES)
    make(tmp_path / "content" / name)
    found = walked(tmp_path)
    assert found.told == [(code, f"content/{name}")]
    assert found.problems[0].text == words


def test_a_link_that_stays_in_the_site_is_followed(tmp_path: Path) -> None:
    sites.write(tmp_path, {**FILES, "photos/a.jpg": "jpg"})
    (tmp_path / "content/static/photos").symlink_to("../../photos")
    assert "content/static/photos/a.jpg" in walked(tmp_path).paths


def test_names_that_other_systems_can_not_hold_are_told(tmp_path: Path) -> None:
    sites.write(tmp_path, {**FILES, "content/static/aux.txt": "x", "content/static/what?.txt": "x"})
    (tmp_path / os.fsdecode(b"content/static/caf\xe9.txt")).write_bytes(b"x")
    found = walked(tmp_path)
    assert [(one.code, one.text) for one in found.problems] == [
        ("bad-file-name", "'aux.txt' is a device on Windows"),
        ("bad-file-name", "the file's name is not UTF-8"),
        ("bad-file-name", "the name holds '?'"),
    ]
    assert found.problems[1].path == "content/static/caf\\udce9.txt"
    assert {"content/static/aux.txt", "content/static/what?.txt"} < set(found.paths)


def test_a_folder_without_content_is_no_site(tmp_path: Path) -> None:
    found = missing(tmp_path)
    assert found is not None
    assert (found.code, found.text) == ("no-site", f"there is no folder content/ in {tmp_path}")
    assert missing(sites.write(tmp_path, {})) is None
