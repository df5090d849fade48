"""The manual of problems: a section for every code, what it says of severity, and every example run by a real build."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import digest
from digest.build import Report
from digest.codes import CODES
from digest.merge import merge
from digest.parts import Part
from digest.problems import JSON_VERSION, Place, as_json, as_text, problem
from sites import article, codes, run, write

MANUAL = Path(digest.__file__).with_name("problems.md")

_BLOCK = re.compile(r"^(`{3,})(\w+)(?: (\S+))?\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,2}) (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, the file that it names, its text."""

    language: str
    path: str
    text: str


class Section(NamedTuple):
    """What the manual says of one code."""

    words: str
    examples: tuple[Block, ...]


def sections() -> dict[str, Section]:
    """The sections of the manual by code; headings within examples are not taken for headings."""
    text = MANUAL.read_text(encoding="utf-8")
    plain = _BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    heads = [*_HEADING.finditer(plain)]
    found: dict[str, Section] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if head[1] == "##" and not head[2].startswith("The "):
            end = following.start() if following else len(text)
            blocks = [Block(one[2], one[3] or "", one[4]) for one in _BLOCK.finditer(text, head.end(), end)]
            assert head[2] not in found, head[2]
            found[head[2]] = Section(" ".join(plain[head.end() : end].split()), tuple(blocks))
    return found


SECTIONS = sections()
SEVERITIES = {
    "An error.": (False, True),
    "An error that a site may lower.": (False, False),
    "A warning.": (True, False),
}


def test_every_code_has_its_section_and_every_section_its_code() -> None:
    assert sorted(SECTIONS) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_section_says_how_grave_the_problem_is(code: str) -> None:
    words = SECTIONS[code].words
    (said,) = [severity for ending, severity in SEVERITIES.items() if words.endswith(f" {ending}")]
    assert said == (CODES[code].warning, CODES[code].fixed)
    assert len(words) > 60


@contextmanager
def _another_build(folder: Path) -> Iterator[dict[str, Any]]:
    """A build that is still at work: it holds the lock in the cache's folder."""
    (folder / ".digest").mkdir()
    with (folder / ".digest" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield {}


@contextmanager
def _forbidden_output(folder: Path) -> Iterator[dict[str, Any]]:
    yield {"output": folder / "content" / "public"}


@contextmanager
def _one_part_of_two(folder: Path) -> Iterator[dict[str, Any]]:
    yield {"output": folder / "part-1", "part": Part(1, 2)}


RECIPES = {"busy": _another_build, "bad-output": _forbidden_output, "bad-part": _one_part_of_two}
"""Examples that are command lines: what makes the situation here."""


def _merged(built: Report, folder: Path) -> Report:
    """What a merge says of the only part that was built."""
    assert built.published is not None
    return merge([folder / "part-1"], folder / "output")


@contextmanager
def _example(code: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The example of a code put on a good site; yields what the request needs."""
    write(folder, {"content/articles/2025-05-11-good.md": article("Good")})
    examples = SECTIONS[code].examples
    assert examples, "a section has an example"
    if code in RECIPES:
        with RECIPES[code](folder) as request:
            yield request
        return
    for block in examples:
        if block.language == "sh":
            subprocess.run(["bash", "-euo", "pipefail", "-c", block.text], cwd=folder, check=True, timeout=300)
        else:
            assert block.path, "an example names its file"
            write(folder, {block.path: block.text})
    yield {}


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_code_gives_it_and_no_other(code: str, tmp_path: Path) -> None:
    with _example(code, tmp_path) as request:
        report = run(tmp_path, jobs=1, **request)
        if code == "bad-part":
            report = _merged(report, tmp_path)
    assert set(codes(report)) == {code}, as_text(report.problems)
    assert all(one.text and one.hint for one in report.problems)
    assert (report.published is not None) == CODES[code].warning


def test_the_json_that_the_manual_shows_is_what_programs_get() -> None:
    (shown,) = [block for block in _BLOCK.finditer(MANUAL.read_text(encoding="utf-8")) if block[2] == "json"]
    (text,) = [block for block in _BLOCK.finditer(MANUAL.read_text(encoding="utf-8")) if block[2] == "text"]
    place = Place("content/articles/2025-05-11-x.md", 3, 7)
    source = "---\ntitle: A\ndate: 2025-13-01\n"
    one = problem(place, "bad-date", "there is no month 13", "did you mean 2025-01-13?", source=source, width=10)
    assert shown[4] == as_json([one])
    assert text[4] == as_text([one])
    assert json.loads(shown[4])["version"] == JSON_VERSION


def test_the_fields_of_the_json_form_are_named() -> None:
    head = MANUAL.read_text(encoding="utf-8").partition("\n## not-utf8")[0]
    one = problem(Place("a", 1, 1), "bad-date", "a", "b")
    (row,) = json.loads(as_json([one]))["problems"]
    assert [name for name in [*row, "version", "problems"] if f"`{name}`" not in head] == []
