"""Lines of YAML as an editor sees them: what is a field, how far is it indented, how is a text put in quotes.

Shared by the rules that explain YAML's errors and by all who show a mended line. Lines and columns count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

KEY = re.compile(r"""\s*(?:-\s+)*("[^"]*"|'[^']*'|[^\s:#'"\[{-][^:#]*?)\s*:(?=\s|$)""")
"""The field that a line begins with."""

ELEMENT = re.compile(r"(\s*)-(?:\s|$)")
"""The hyphen of an element that a line begins with."""

_TOUCHING = re.compile(r"(\s*(?:- +)?)([\w-]+):(\S.*)")
_EQUALS = re.compile(r"(\s*(?:- +)?[A-Za-z_]+) ?= ?(\S.*)")
_CURLED = "\u2018\u201a-\u201f\xab\xbb"
CURLY = re.compile(f"[{_CURLED}\u2019]([^{_CURLED}]*)[{_CURLED}\u2019]")
"""A text between two quotes as a word processor makes them."""


def quoted(text: str) -> str:
    """``text`` in quotes that YAML reads back as it is; double ones unless the text holds them."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def straight(text: str) -> str:
    """``text`` without the curly quotes around it: to YAML they are letters."""
    found = CURLY.fullmatch(text)
    return found[1].strip() if found else text


class Slip(NamedTuple):
    """A line that is nearly a field: where it is mended, what is wrong with it, and the line as it was meant."""

    column: int
    told: str
    mended: str


def without_colon(text: str) -> Slip | None:
    """What keeps a line from being a field: ``title:A`` lacks a space, ``title = A`` a colon."""
    if (found := _TOUCHING.fullmatch(text.rstrip())) and not found[3].startswith("//"):
        return Slip(found.end(2), "there is no space after the colon", f"{found[1]}{found[2]}: {found[3]}")
    if found := _EQUALS.fullmatch(text.rstrip()):
        return Slip(found.end(1), "there is an = where a colon is meant", f"{found[1]}: {found[2]}")
    return None


def indent(text: str) -> int:
    """The spaces in front of a line."""
    return len(text) - len(text.lstrip(" "))


def shown(text: str) -> str:
    """A line as a hint shows it: without its indentation, and not longer than a hint should be."""
    line = text.strip()
    return line if len(line) <= 120 else line[:80] + " … " + line[-20:]


def without_block(lines: Sequence[str], line: int, blanked: set[int]) -> list[str] | None:
    """``lines`` without the smallest block around ``line`` that was not taken out yet; none if all were.

    A stub stays in its place (``title:`` or ``-``), so that the rest keeps its meaning and its line numbers; the
    stub's line joins ``blanked``.
    """
    for start, end, stub in _blocks(lines, line):
        if start not in blanked:
            blanked.add(start)
            return [*lines[:start], stub, *[""] * (end - start - 1), *lines[end:]]
    return None


def _blocks(lines: Sequence[str], line: int) -> Iterator[tuple[int, int, str]]:
    """The blocks around ``line``, smallest first: the element of a list, then the whole field of the file."""
    first = next((one for one in lines if one.strip() and not one.startswith(("#", "---"))), "")
    is_top = re.compile(r"-(?:\s|$)" if first.startswith("- ") else r"[^\s#\]}-]").match
    for start in range(line, -1, -1):
        element = ELEMENT.match(lines[start])
        if element and (start == line or len(element[1]) < indent(lines[line]) or not lines[line].strip()):
            depth = len(element[1])
            end = first_fitting(lines, line + 1, re.compile(rf" {{0,{depth}}}[^ ]").match)
            yield start, end, " " * depth + "-"
            break
        if is_top(lines[start]):
            break
    top = next((n for n in range(line, -1, -1) if is_top(lines[n])), 0)
    key = KEY.match(lines[top])
    stub = "-" if first.startswith("- ") else f"{key[1]}:" if key else f"unread-{top}:"
    yield top, first_fitting(lines, line + 1, is_top), stub


def first_fitting(lines: Sequence[str], start: int, fits: Callable[[str], object]) -> int:
    """The first line from ``start`` on that fits, or the end."""
    return next((n for n in range(start, len(lines)) if fits(lines[n])), len(lines))
