"""Limits that keep one text from taking a build down.

Parsers of Markdown are quadratic or recursive on texts that no one writes by hand. What is cheap to see beforehand is
refused beforehand, wherever the code runs; ``timer`` stops the rest.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SECONDS = 3.0
"""Processor time for one text. A document of 58,000 words takes half a second on a busy machine."""

CHARACTERS = 2_000_000
"""Length of one text. The longest real document of 4,500 has 400,000."""

DEPTH = 40
"""Quotations and lists inside each other. Real documents stop at six."""

TAG_PARTS = 40_000
"""Attributes of one tag, counted by the spaces and slashes in it: here too the time grows with the square."""

TAG_DEPTH = 200
"""Open elements at one place. The sanitiser's time grows with the square of it; browsers stop at 512."""

BRACKETS = 4_000
"""Signs that open something in one paragraph. Each may be searched for its end through the whole of it."""

ABBREVIATIONS = 500
"""Definitions of abbreviations. Each is looked for in the whole of the text; real documents have a dozen."""

_ABBREVIATION = re.compile(r"^ {0,3}\*\[[^\]\n]*\]:", re.MULTILINE)
_MARKERS = rf"(?:[ \t]*+(?:>|(?:[-*+:]|\d{{1,9}}[.)])[ \t])){{{DEPTH}}}[^\n]*[^\s*_-]"
_FIRST_LINE, _LATER_LINE = re.compile(_MARKERS), re.compile(rf"\n{_MARKERS}")
"""In place of a search for ``^``, which would stop at every character."""

_INDENT = re.compile(rf"^(?:[ ]{{4}}|\t){{{DEPTH}}}[ \t]*+(?:[-*+]|\d{{1,9}}[.)])[ \t]", re.MULTILINE)
_OPENING = re.compile(r"\[|<(?=[a-zA-Z/!?])")
_SIGNS = re.compile(r"[\[\]<>*_`&~|:]")
_TAG_TEXT = re.compile(r"""<[a-zA-Z](?:[^"'>]|"[^"]*(?:"|$)|'[^']*(?:'|$))*+""")
_TAGS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SELF_CLOSING = frozenset(
    "area base br col colgroup dd dt embed hr img input li link meta option p param rp rt source tbody td tfoot th "
    "thead tr track wbr".split()
)


class Excess(NamedTuple):
    """What is too much, and at which offset of the text."""

    offset: int
    what: str


def excess(text: str) -> Excess | None:
    """What in ``text`` goes past a limit, or None."""
    if len(text) > CHARACTERS:
        return Excess(0, f"the text has {len(text):,} characters; the limit is {CHARACTERS:,}")
    deep = f"lists and quotations are nested more than {DEPTH} deep"
    if " " * 4 * DEPTH in text or "\t" * DEPTH in text:
        found = _INDENT.search(text)
        if found:
            return Excess(found.start(), deep)
    found = _FIRST_LINE.match(text) or _LATER_LINE.search(text)
    if found:
        return Excess(found.start() + found[0].startswith("\n"), deep)
    if text.count("*[") > ABBREVIATIONS:
        known = [match.start() for match in _ABBREVIATION.finditer(text)]
        if len(known) > ABBREVIATIONS:
            return Excess(known[0], f"the text defines {len(known):,} abbreviations; the limit is {ABBREVIATIONS}")
    return _crowded(text) if text.count("[") + text.count("<") > BRACKETS else None


def _crowded(text: str) -> Excess | None:
    """The first paragraph with more opening signs than one may have."""
    start = 0
    for block in text.split("\n\n"):
        count = len(_OPENING.findall(block))
        if count > BRACKETS and len(_OPENING.findall(max(block.split("\n"), key=len))) > BRACKETS // 4:
            start += len(block) - len(block.lstrip("\n"))
            return Excess(start, f"one paragraph has {count:,} signs that open a link or a tag")
        start += len(block) + 2
    return None


def densest(text: str) -> int:
    """The offset of the paragraph with the most signs of Markdown: the likeliest to have cost the time."""
    best, most, start = 0, -1, 0
    for block in text.split("\n\n"):
        signs = len(_SIGNS.findall(block))
        if signs > most:
            best, most = start + len(block) - len(block.lstrip("\n")), signs
        start += len(block) + 2
    return best


def has_endless_tag(markup: str) -> bool:
    """Whether a tag of ``markup`` has more attributes than the sanitiser can read in good time."""
    if markup.count(" ") + markup.count("/") + markup.count("\n") + markup.count("\t") < TAG_PARTS:
        return False
    return any(
        match.end() - match.start() > TAG_PARTS and len(re.findall(r"[\s/]+", match[0])) > TAG_PARTS
        for match in _TAG_TEXT.finditer(markup)
    )


def tag_depth(markup: str) -> int:
    """The most elements that are open at one place of ``markup``, those left aside that HTML closes by itself."""
    if markup.count("<") <= TAG_DEPTH:
        return 0
    opened: dict[str, int] = {}
    depth = deepest = 0
    for slash, tag in _TAGS.findall(markup):
        name = tag.lower()
        if name in _SELF_CLOSING:
            continue
        if not slash:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened.get(name, 0):
            opened[name] -= 1
            depth -= 1
    return deepest
