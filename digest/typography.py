"""Typographic quotes, dashes and ellipses, in one pass over a text.

The rules are those of SmartyPants as python-markdown's ``smarty`` has them, so that a site which used it keeps its
look. ``smarty`` tries eighteen patterns one after the other on every piece of text and doubles the cost of Markdown;
here one pattern finds the characters and the two letters around each decide. It also looks across the edges of
inline elements, where ``smarty`` sees nothing and so opens a quote behind ``<em>word</em>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MARKS = re.compile(r"""["']|-(?<!--)-{1,2}(?!-)|\.(?<!\.\.)\.\.(?!\.)""")
"""Each branch starts with a plain character, which lets ``re`` run past all others."""

_PLACEHOLDER_END = re.compile("\x02([^\x02\x03]*)\x03$")
_PLACEHOLDER = re.compile("\x02([^\x02\x03]*)\x03")
_OPENING = frozenset(" \t\r\n[{(-\u2013\u2014")
"""Behind these a quote opens."""


def has_marks(text: str) -> bool:
    """Whether ``text`` holds anything that ``curled`` could change."""
    return "'" in text or '"' in text or "--" in text or "..." in text


def curled(text: str, before: str = "", after: str = "") -> str:
    """``text`` with typographic signs. ``before`` and ``after`` are what stands around it in the same paragraph."""
    return _MARKS.sub(_replacer(text, before, after), text) if has_marks(text) else text


def _replacer(text: str, before: str, after: str) -> Callable[[re.Match[str]], str]:
    """Decides on each sign in ``text`` from the letters on both of its sides."""

    def replaced(match: re.Match[str]) -> str:
        sign = match[0]
        if sign[0] == "-":
            return "\u2014" if len(sign) == 3 else "\u2013"
        if sign[0] == ".":
            return "\u2026"
        beside = text[max(0, match.start() - 1) : match.start()]
        if sign == "'":
            if beside.isalpha() and text[match.end() : match.end() + 1].isalpha():
                return "\u2019"
        elif beside.isalnum() or (beside and beside in ".,?!"):
            return "\u201d"
        right = _right(text, match.end()) or after
        left = (
            "" if sign == '"' and beside in {"", "\x03"} and _is_word(right) else _left(text, match.start()) or before
        )
        return _double(left, right) if sign == '"' else _single(left, right)

    return replaced


def _left(text: str, end: int) -> str:
    """The character in front of ``end``; placeholders count as what they stand for, if anything."""
    while end and text[end - 1] == "\x03":
        found = _PLACEHOLDER_END.search(text, max(0, text.rfind("\x02", 0, end)), end)
        if found is None:
            return ""
        if found[1].isdigit():
            return chr(int(found[1]))
        end = found.start()
    return text[end - 1] if end else ""


def _right(text: str, start: int) -> str:
    """The text behind ``start``, as far as the rules look: three characters, without placeholders."""
    found = _PLACEHOLDER.match(text, start)
    while found is not None:
        start = found.end()
        found = _PLACEHOLDER.match(text, start)
    return text[start : start + 3]


def _is_word(text: str) -> bool:
    return text[:1].isalnum() or text[:1] == "_"


def _double(left: str, right: str) -> str:
    """The double quote between ``left`` and ``right``: closing behind a letter or sign, or in front of a space."""
    inner = right[1:] if right[:1] == "'" else right
    if not left:
        closes = bool(right) and not _is_word(inner) and right[0] != "'" and not right[0].isalnum() and _bare(right)
    elif left in _OPENING or left.isspace():
        closes = right[:1].isspace()
    else:
        closes = not (left == "'" and _is_word(right))
    return "\u201d" if closes else "\u201c"


def _bare(right: str) -> bool:
    """Whether ``right`` is a sign with no word behind it: a quote in front of it can only be a closing one."""
    return right[0].isspace() or (right[0] in "!\"#$%'()*+,-./:;<=>?@[\\]^_`{|}~" and not _is_word(right[1:]))


def _single(left: str, right: str) -> str:
    """The single quote or apostrophe between ``left`` and ``right``."""
    if not _is_word(left) and right[:2].isdigit() and len(right) > 2 and right[2] == "s":
        return "\u2019"
    if right[:1].isspace() or (right[:1] == "s" and not _is_word(right[1:])):
        return "\u2019"
    if not left:
        return "\u2019" if right and _bare(right) else "\u2018"
    if left in _OPENING or left.isspace() or (left == '"' and _is_word(right)):
        return "\u2018"
    return "\u2018" if right[:1].isdigit() else "\u2019"
