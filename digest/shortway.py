"""Ordinary Markdown straight to HTML, without a tree: most of what a news article is made of.

python-markdown asks sixteen processors about each block and as many patterns about each piece of text. Paragraphs,
headings, simple lists and quotations need none of that. This module prints for them, byte for byte, what the engine
would, and leaves to the engine whatever it isn't certain of: a whole text where one part of it may reach into another
(raw HTML, fences, definitions), else the blocks in question and those beside them that they may join.

Each condition here is wider than the pattern of the engine that it stands for, so that a doubt never changes the
output. What stands inside a block is ``phrases``' part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from digest import phrases
from digest.phrases import HardError

_TAG = re.compile(
    r"""<(?!/?(?:a|b|br|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u)"""
    r"""(?: [a-z-]+="[^"<>`\n]*")* ?/?>)[a-zA-Z/!?]"""
)
"""Raw HTML that the engine may take for a block. Other tags stay in their paragraph."""

_REFERENCE = re.compile(r"&#(?!(?:[0-9]+|[xX][0-9a-fA-F]+);)")
_DEFINITION = re.compile(r"\n *:")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_FIRST = re.compile(r":| +\n")
"""A first line that would be read differently further down."""

_BLANK = re.compile(r"\n +(?=\n)")
_START = re.compile(
    r"(?P<rule>[-*_][-*_ ]*\Z)|(?P<heading>#)|(?P<quote>>)|(?P<ul>[*+-] )|(?P<ol>\d+\. )"
    r"|(?P<hard>[\s:]|[-*_=][-*_= ]*\n)"
)
"""What a block is, by how it starts. A block that nothing here matches is a paragraph."""

_BREAK = re.compile(r"\n *(?:[#>:]|[-*_=][-*_= ]*(?:\n|\Z))")
"""A later line that may make something else of a block: a heading, a quotation, a definition, a rule."""

_QUOTE_BREAK = re.compile(r"\n *(?:[#:]|[-*_=][-*_= ]*(?:\n|\Z))")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}|\* \* \*|- - -|_ _ _")
_HEADING = re.compile(r"(#{1,6})([^#\\\n][^\\\n]*)(?:\n|\Z)")
_ITEM = {"ul": re.compile(r" {0,3}([*+-]) +(.*)"), "ol": re.compile(r" {0,3}(\d+)\. +(.*)")}
_NESTED = re.compile(r" {4,7}(?:\d+\.|[*+-]) ")
_QUOTED = re.compile(r" {0,3}> ?(.*)")
_DEEPEST = 8
"""Quotations in quotations; deeper ones are the engine's."""


def to_html(text: str, *, typographic: bool, short: bool, long_way: Callable[[str], str]) -> str | None:
    """What the engine prints for a Markdown ``text``; None where it has to read the whole of it.

    ``long_way`` is the engine, for groups of blocks that are hard but stand by themselves. In ``short`` texts nothing
    is a heading.
    """
    if "\t" in text:
        text = text.expandtabs(4)
    if not text.strip():
        return ""
    if _reaches_far(text) or _FIRST.match(text):
        return None
    if "\n " in text:
        text = _BLANK.sub("\n", text + "\n")
    blocks = text.strip("\n").split("\n\n")
    try:
        return _Reading(typographic, short, long_way).blocks(blocks)
    except HardError:
        return None


def _reaches_far(text: str) -> bool:
    """Whether something in ``text`` may change what other blocks are: raw HTML, fences, definitions of any kind.

    So may references to characters that lack their end, which the engine mends, and control characters, which are its
    placeholders, and ours.
    """
    return (
        "```" in text
        or "~~~" in text
        or "]:" in text
        or "] :" in text
        or ("<" in text and _TAG.search(text) is not None)
        or ("&#" in text and _REFERENCE.search(text) is not None)
        or (":" in text and _DEFINITION.search(text) is not None)
        or (not text.replace("\n", "").isprintable() and _CONTROL.search(text) is not None)
    )


class _Joined(NamedTuple):
    """A list or quotation with what neighbouring blocks add to it.

    ``items`` are the texts of a list, each with whether it is a paragraph of its own; ``blocks`` is what is quoted.
    """

    kind: str
    start: str
    items: list[tuple[str, bool]]
    blocks: list[str]


class _Reading:
    """One text on its way. Without ``long_way`` (inside a quotation) anything hard is a ``HardError``."""

    def __init__(self, typographic: bool, short: bool, long_way: Callable[[str], str] | None, depth: int = 0) -> None:
        self._typographic, self._short, self._long_way, self._depth = typographic, short, long_way, depth

    def blocks(self, blocks: Iterable[str]) -> str:
        """The HTML of blocks. Those that may join their neighbours are gathered until one comes that can't."""
        parts: list[str] = []
        group: list[str] = []
        left = list(blocks)[::-1]
        while left:
            block = left.pop()
            printed, rest = self._alone(block.lstrip("\n"))
            if not printed:
                group.append(block)
                continue
            if any(group):
                parts.append(self._group(group))
            group = []
            parts.append(printed)
            if rest:
                left.append(rest)
        if any(group):
            parts.append(self._group(group))
        return "\n".join(filter(None, parts))

    def _alone(self, block: str) -> tuple[str, str]:
        """A paragraph, heading or rule, which neighbours can't change, and what is left of the block; or nothing."""
        indented = block[:1] == " "
        block = block.lstrip(" ") if not block.startswith("    ") else ""
        if not block:
            return "", ""
        found = None if block[0].isalpha() else _START.match(block)
        if "\n" in block and ("|" in block or (found is None and _BREAK.search(block)) or block[-1] == "\n"):
            return "", ""
        try:
            if found is None:
                return f"<p>{self._html(block)}</p>", ""
            if found.lastgroup == "rule":
                return ("<hr>" if _RULE.fullmatch(block) else ""), ""
            if found.lastgroup == "heading" and not indented and not self._short:
                return self._heading(block)
        except HardError:
            pass
        return "", ""

    def _heading(self, block: str) -> tuple[str, str]:
        """A heading, and the lines behind it."""
        match = _HEADING.match(block)
        words = match[2].rstrip("#").strip() if match else ""
        if not match or not words:
            return "", ""
        name = f"h{len(match[1])}"
        return f"<{name}>{self._html(words)}</{name}>", block[match.end() :]

    def _group(self, group: list[str]) -> str:
        """Blocks that may join: lists and quotations, and whatever is hard."""
        try:
            return "\n".join(map(self._printed, self._joined(group)))
        except HardError:
            text = "\n\n".join(group)
            if self._long_way is None or not text.strip():  # a text of nothing but spaces the engine doesn't read
                raise
            html = self._long_way(text)
            # A placeholder that it forgot has the number that it had in the whole text.
            if "\x02" in html or "\x03" in html or "klzzwxh" in html:
                raise
            return html

    def _joined(self, group: list[str]) -> list[_Joined]:
        """The lists and quotations of a group. A list that a blank line parts has paragraphs on both sides of it."""
        found: list[_Joined] = []
        for block in filter(None, (block.lstrip("\n") for block in group)):
            start = _START.match(block.lstrip(" ")) if not block.startswith("    ") else None
            kind = (start.lastgroup or "") if start else ""
            if kind not in {"ul", "ol", "quote"} or ("\n" in block and "|" in block):
                raise HardError
            joins = bool(found) and found[-1].kind == kind
            if not joins:
                found.append(_Joined(kind, "", [], []))
            if kind == "quote":
                found[-1].blocks.extend(_quoted(block))
                continue
            number, texts = _items(block, kind)
            items = found[-1].items
            if joins:
                items[-1] = (items[-1][0], True)
            else:
                found[-1] = found[-1]._replace(start=number)
            items.append((texts[0], joins))
            items.extend((text, False) for text in texts[1:])
        return found

    def _printed(self, one: _Joined) -> str:
        """The HTML of a list or quotation."""
        if one.kind == "quote":
            if self._depth >= _DEEPEST:
                raise HardError
            inner = _Reading(self._typographic, self._short, None, self._depth + 1).blocks(one.blocks)
            if not inner:
                raise HardError
            return f"<blockquote>\n{inner}\n</blockquote>"
        start = f' start="{one.start}"' if one.kind == "ol" and one.start != "1" else ""
        items = "\n".join(
            f"<li>\n<p>{self._html(text)}</p>\n</li>" if loose else f"<li>{self._html(text)}</li>"
            for text, loose in one.items
        )
        return f"<{one.kind}{start}>\n{items}\n</{one.kind}>"

    def _html(self, text: str) -> str:
        return phrases.html(text, typographic=self._typographic)


def _quoted(block: str) -> list[str]:
    """The blocks in a quotation, its signs taken away."""
    if "\n" in block and _QUOTE_BREAK.search(block):
        raise HardError
    lines = []
    for line in block.split("\n"):
        found = _QUOTED.match(line)
        lines.append("" if line.strip() == ">" else found[1] if found else line)
    return "\n".join(lines).split("\n\n")


def _items(block: str, kind: str) -> tuple[str, list[str]]:
    """The first number of a list and the texts of its items. A line without a sign goes on with the item above."""
    if "\n" in block and _BREAK.search(block):
        raise HardError
    first, texts = "", []
    pattern = _ITEM[kind]
    for line in block.split("\n"):
        found = pattern.match(line)
        if found:
            first = first or found[1]
            texts.append(found[2])
        elif _NESTED.match(line):
            raise HardError
        else:
            texts[-1] += f"\n{line}"
    if not all(text.strip() and not _START.match(text) for text in texts):
        raise HardError
    return first, texts
