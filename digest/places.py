"""Where the links, images and tags of a Markdown text stand, for problems that an editor can go to.

No engine tells. So this is a second, much smaller reading of the text: it finds whatever looks like a link, skips
code, and is asked only for places of what the engine really printed. Where the two readings differ, a place may be
that of a like-sounding link; no problem comes or goes by it. Every step is linear in the length of the text.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_TICKS = re.compile(r"\\.|`+|\n[ \t]*\n", re.DOTALL)
_DEFINITION = re.compile(r"^[ \t>]*\[(?!\^)([^\[\]\n]+)\]:[ \t]*\n?[ \t]*<?([^\s>]+)", re.MULTILINE)
_FOOTNOTE = re.compile(r"^[ \t>]*\[\^([^\]\n]+)\]:", re.MULTILINE)
_TOKEN = re.compile(r"""\\.|\n[ \t]*\n|!\[|\[|\]|<(/?[a-zA-Z][^\s<>]*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""", re.DOTALL)
_INLINE = re.compile(r"\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*+\))*+))")
_REFERENCE = re.compile(r"[ \n]?\[([^\[\]]*)\]")
_URL_ATTRIBUTE = re.compile(r"""(?:href|src|cite|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")


class Use(NamedTuple):
    """A link, image, reference or tag in the text: where it starts, and what it says.

    ``kind`` is "link", "image", "reference" (of a definition that isn't there), "footnote" or "tag". ``bare`` is
    true for an image in Markdown without a description.
    """

    kind: str
    word: str
    start: int
    bare: bool = False


class Scan:
    """The reading of one text. It happens when first asked for: most texts have nothing to report."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """All uses, in the order of the text."""
        return tuple(_uses(masked(self.text)))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of ``offset``, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, offset: int) -> str:
        """The line of the text that ``offset`` is on."""
        start, end = self.text.rfind("\n", 0, offset) + 1, self.text.find("\n", offset)
        return self.text[start : end if end >= 0 else None]

    def begins_line(self, offset: int) -> bool:
        """Whether ``offset`` is the beginning of a line that follows an empty one."""
        return self.text[max(0, offset - 2) : offset] == "\n\n"

    @cached_property
    def _by_word(self) -> dict[tuple[str, str], list[int]]:
        places: dict[tuple[str, str], list[int]] = {}
        for use in self.uses:
            if use.kind in {"link", "image"}:
                places.setdefault((use.kind, key(use.word)), []).append(use.start)
        return places

    def find(self, kind: str, target: str, nth: int = 0) -> int:
        """The offset of the ``nth`` link or image to ``target`` as printed; 0 where it isn't found."""
        word = key(target)
        found = self._by_word.get((kind, word)) or self._by_word.get(("link", word)) or []
        if found:
            return found[min(nth, len(found) - 1)]
        if target:
            return max(0, self.text.find(target[:40]))
        return max(0, self.text.rfind("[", 0, max(0, self.text.find("]("))))

    def is_undescribed(self, offset: int) -> bool:
        """Whether the image at ``offset`` lacks words. A tag with ``alt=""`` says on purpose that it is decoration."""
        if self.text[offset : offset + 1] != "<":
            return True
        return not re.search(r"\balt\s*=", self.text[offset : self.text.find(">", offset)], re.IGNORECASE)

    def tag(self, name: str, attribute: str = "") -> int:
        """The offset of the first tag ``name``, with ``attribute`` where one is named."""
        behind = rf"[^>]*?[\s\"']{re.escape(attribute)}\b" if attribute else ""
        wanted = re.compile(rf"<{re.escape(name)}(?=[\s/>]){behind}", re.IGNORECASE)
        for use in self.uses:
            if use.kind == "tag" and use.word == name and wanted.match(self.text, use.start):
                return use.start
        found = wanted.search(self.text)
        return found.start() if found else 0


def key(target: str) -> str:
    """``target`` in the form in which links are compared: no entities, escapes or white space."""
    if "&" in target or "\\" in target or "%" in target:
        target = unquote(_BACKSLASH.sub(r"\1", html.unescape(target)))
    words = target.split()
    return words[0] if words else ""


def masked(text: str) -> str:
    """``text`` of the same length, with code blanked out. Lines stay lines."""
    text = _without_fences(text) if "```" in text or "~~~" in text else text
    return _without_spans(text) if "`" in text else text


def _blank(piece: str) -> str:
    return re.sub(r"[^\n]", " ", piece)


def _without_fences(text: str) -> str:
    """Blank out fenced blocks. An unclosed fence opens nothing, as in python-markdown."""
    pieces, done, opened = [], 0, None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[1][0] == opened[1][0] and len(match[1]) >= len(opened[1]) and match[0].strip(" \t>") == match[1]:
            pieces += [text[done : opened.start()], _blank(text[opened.start() : match.end()])]
            done, opened = match.end(), None
    return "".join([*pieces, text[done:]])


def _without_spans(text: str) -> str:
    """Blank out code spans: a run of backticks up to the next run of the same length in the paragraph."""
    runs: list[tuple[int, int, int]] = []  # paragraph, start, end
    paragraph = 0
    for match in _TICKS.finditer(text):
        if match[0][0] == "`":
            runs.append((paragraph, match.start(), match.end()))
        elif match[0][0] == "\n":
            paragraph += 1
    following: dict[tuple[int, int], int] = {}
    closing = [-1] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        run = (runs[index][0], runs[index][2] - runs[index][1])
        closing[index] = following.get(run, -1)
        following[run] = index
    pieces, done, index = [], 0, 0
    while index < len(runs):
        if closing[index] >= 0:
            start, end = runs[index][1], runs[closing[index]][2]
            pieces += [text[done:start], _blank(text[start:end])]
            done, index = end, closing[index]
        index += 1
    return "".join([*pieces, text[done:]])


def _uses(text: str) -> Iterator[Use]:
    """The uses in ``text``, whose code is blanked out."""
    found = list(_DEFINITION.finditer(text)) if "]:" in text else []
    definitions = {_folded(match[1]): match[2] for match in found}
    defined = {match.start(1) - 1 for match in found}
    if "]:" in text:
        defined |= {match.start(1) - 2 for match in _FOOTNOTE.finditer(text)}
    opened: list[int] = []
    done = 0
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if match.start() < done or sign[0] == "\\":
            continue
        if sign[0] == "\n":
            opened.clear()
        elif sign[-1] == "[":
            opened.append(match.start())
        elif sign[0] == "]" and opened:
            use, done = _closed(text, opened.pop(), match.end(), definitions, defined)
            if use is not None:
                yield use
        elif sign[0] == "<":
            yield from _tag(match)


def _closed(text: str, start: int, end: int, definitions: dict[str, str], defined: set[int]) -> tuple[Use | None, int]:
    """What the brackets from ``start`` to ``end`` are, by what follows them, and where that ends."""
    image = text[start] == "!"
    words = text[start + 1 + image : end - 1] if end - start < 1000 else ""
    if start in defined:
        return None, end
    if words[:1] == "^":
        return Use("footnote", words[1:], start), end
    kind, bare = ("image", not words.strip()) if image else ("link", False)
    if inline := _INLINE.match(text, end):
        return Use(kind, inline[1] if inline[1] is not None else inline[2], start, bare), inline.end()
    named = _REFERENCE.match(text, end)
    ref = _folded((named[1] if named else "") or words)
    if ref in definitions:
        return Use(kind, definitions[ref], start, bare), named.end() if named else end
    if named is not None and named[0][0] == "[" and words and not named[1].startswith("^"):
        return Use("reference", named[1] or words, start), named.end()
    return None, end


def _tag(match: re.Match[str]) -> Iterator[Use]:
    """An autolink, or a tag with the addresses in it."""
    name = match[1]
    if "@" in name or ":" in name:
        yield Use("link", name, match.start())
        return
    if name[0] == "/":
        return
    name = name.rstrip("/").lower()
    yield Use("tag", name, match.start())
    for url in _URL_ATTRIBUTE.finditer(match[2]):
        word = next(part for part in (*url.groups(), "") if part is not None)
        yield Use("image" if name == "img" else "link", word, match.start())


def _folded(label: str) -> str:
    """A reference label as engines compare it."""
    return " ".join(label.split()).casefold()
