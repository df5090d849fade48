"""Characters that no text of a site may hold, and where they stand in a file.

XML 1.0 (section 2.2) forbids most controls, HTML calls all of them errors, and an editor can't see any of them.
C1 controls (U+0080 to U+009F) nearly always are Windows-1252 quotes and dashes that were converted wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST = 100
"""How many strange characters of one file are reported."""

_STRANGE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
"""Also the noncharacters that Unicode keeps for programs (chapter 23.7), and a byte order mark inside a text."""

_RUN = re.compile(f"{_STRANGE.pattern}+")

_SEPARATORS = "\x85\u2028\u2029"
"""Line ends to YAML 1.1, and to no editor."""

_NAMES = {
    "\0": "a NUL character",
    "\x0b": "a vertical tab",
    "\x0c": "a form feed",
    "\x1b": "an escape character",
    "\x7f": "a delete character",
    "\x85": "a next-line character",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\ufeff": "a byte order mark",
}


class Strange(NamedTuple):
    """One character that may not stand there; ``line`` and ``column`` count from 0."""

    line: int
    column: int
    letter: str
    text: str
    hint: str

    @property
    def separator(self) -> bool:
        """Whether YAML ends a line here."""
        return self.letter in _SEPARATORS


def strange(text: str, start: int = 0) -> Iterator[Strange]:
    """The characters of ``text`` from ``start`` on that may not stand in it: the first ``MOST`` of them."""
    line, counted = 0, 0
    for number, found in enumerate(_STRANGE.finditer(text, start)):
        if number == MOST:
            return
        line += text.count("\n", counted, found.start())
        counted = found.start()
        yield Strange(line, counted - text.rfind("\n", 0, counted) - 1, found[0], *described(found[0]))


def any_strange(text: str) -> bool:
    """Whether ``text`` holds such a character; much cheaper than looking for all of them."""
    plain = text.replace("\n", " ").replace("\t", " ").replace("\xa0", " ")
    return not plain.isprintable() and _STRANGE.search(text) is not None


def without_strange(text: str) -> str:
    """``text`` with a space in place of each such character, so that places stay as they are."""
    return _RUN.sub(lambda found: " " * len(found[0]), text)


def described(letter: str) -> tuple[str, str]:
    """What ``letter`` is, in words, and how to mend a text that holds it."""
    code = f"U+{ord(letter):04X}"
    name = _NAMES.get(letter, "a control character" if letter < "\xa0" else "a code point that is no character")
    if "\x80" <= letter <= "\x9f" and letter != "\x85":
        meant = letter.encode("latin-1").decode("cp1252", "replace")
        hint = f"in Windows-1252 it is {meant}: write that character" if meant != "\ufffd" else "delete it"
        return f"there is {name} here ({code})", hint
    return f"there is {name} here ({code}), which no editor shows", "delete it, or write a space in its place"
