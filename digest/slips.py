"""Slips of the pen in Markdown that no engine objects to: it prints them, and readers see the signs.

A second, much smaller reading looks for them in the text with its code blanked out (see ``places``), and most of them
only count where the words of the finished page show them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from digest.places import Scan, masked

_BROKEN_LINK = re.compile(r"\](?:[ \t]+\((?:https?://|/)[^\s()]*\)|\((?:https?://|/)[^()\n]*$)", re.MULTILINE)
_PRINTED_LINK = re.compile(r"\] ?\((?:https?:/)?/")
_LEFTOVER = re.compile(
    r"\{\{[<%-][^{}\n]*\}\}|\{%-?\s*(?!end)[a-z/][^{}\n]*%\}|\{\{\s*(?:site|page|post)\.\w[^{}\n]*\}\}|"
    r"\[(?:caption|gallery|embed)\b[^\[\]]*\](?!\()|\{\{[<%-]|\{%-?\s*(?!end)[a-z/]|"
    r"\{\{\s*\w+\([^{}\n]*\)\s*\}\}|!?\[\[[^\[\]\n]+\]\](?!\()|^\{:[^{}\n]*\}|^:::+[ \t]*\w+|^\[toc\]$",
    re.IGNORECASE | re.MULTILINE,
)
"""Commands of other generators. The one that ends a command is told of with the one that begins it."""

_IN_ADDRESS = re.compile(r"\]\([^()\n]*$")
_ROWS = re.compile(r"(?:^ {0,3}\|[^\n]*\|[ \t]*(?:\n|\Z)){2,}", re.MULTILINE)
_PRINTED_ROWS = re.compile(r"\|[^\n|]*\|\s*\|")
_RULE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*\|", re.MULTILINE)
_FOOTNOTE = re.compile(r"^[ \t>]*\[\^([^\]\n]+)\]:", re.MULTILINE)
_EMPTY_HEADING = re.compile(r"^#{1,6}[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(?![^\n]*`)[^\n]*$", re.MULTILINE)


class Slip(NamedTuple):
    """One slip: where it starts in the text, and what to say of it."""

    offset: int
    code: str
    shown: str
    hint: str
    width: int = 1


def slips(scan: Scan, words: str) -> Iterator[Slip]:
    """The slips in a text, whose finished page shows ``words``."""
    text = scan.text
    printed_link = _PRINTED_LINK.search(words)
    leftover = any(sign in words for sign in ("{", "[", ":::")) and _LEFTOVER.search(words)
    footnotes = "[^" in text
    empty = _EMPTY_HEADING.search(text)
    fenced = "```" in text or "~~~" in text
    if fenced:
        yield from _unclosed(text)
    rows = "|" in words and _PRINTED_ROWS.search(words)
    if not (printed_link or leftover or footnotes or empty or rows):
        return
    plain = masked(text)
    if rows:
        yield from _tables(plain)
    if footnotes:
        yield from _unused(scan, plain)
    for match in _BROKEN_LINK.finditer(plain) if printed_link else ():
        start = max(0, text.rfind("[", 0, match.start()))
        if match[0].endswith(")"):
            shown, hint = "there is a space between ] and (, so this is no link", "take the space away"
        else:
            shown, hint = "the address of this link has no end", "write ) behind it"
        yield Slip(start, "broken-link", shown, hint, match.end() - start)
    for match in _LEFTOVER.finditer(plain) if leftover else ():
        if _IN_ADDRESS.search(plain, plain.rfind("\n", 0, match.start()) + 1, match.start()):
            continue  # it is told of as a dead link
        shown = f"{match[0].strip()[:60]} is printed as it stands: digest knows no such commands in a text"
        hint = "write it in Markdown or HTML, or put it in `backticks` to show it"
        yield Slip(match.start(), "leftover-command", shown, hint, len(match[0]))
    for match in _EMPTY_HEADING.finditer(plain) if empty else ():
        sign = match[0].strip()
        shown = "this heading has no words, and is left out"
        yield Slip(match.start(), "empty-heading", shown, f"write them behind {sign}, or take the line out", len(sign))


def _tables(plain: str) -> Iterator[Slip]:
    """Rows of a table without the line of hyphens below its head."""
    for match in _ROWS.finditer(plain):
        if not _RULE.search(match[0]):
            start = match.start() + match[0].index("|")
            head = match[0].partition("\n")[0].strip()
            hint = f"write below the first of them: |{'---|' * (head.count('|') - 1)}"
            yield Slip(start, "broken-table", "these lines make no table, and their | are printed", hint, len(head))


def _unused(scan: Scan, plain: str) -> Iterator[Slip]:
    """Footnotes that no word of the text leads to."""
    used = {use.word for use in scan.uses if use.kind == "footnote"}
    for match in _FOOTNOTE.finditer(plain):
        if match[1] not in used:
            start = plain.index("[^", match.start())
            hint = f"write [^{match[1]}] where it belongs, or remove it"
            yield Slip(start, "unused-footnote", f'nothing leads to the footnote "{match[1]}"', hint, len(match[1]) + 3)


def _unclosed(text: str) -> Iterator[Slip]:
    """A fence that opens a block of code which nothing closes. Only fences that are not indented are looked at."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[1][0] == opened[1][0] and len(match[1]) >= len(opened[1]) and match[0].strip() == match[1]:
            opened = None
    if opened is not None:
        start = opened.start(1)
        hint = f"write a line {opened[1]} behind the code"
        yield Slip(start, "unclosed-fence", "the block of code opened here is not closed", hint, len(opened[1]))
