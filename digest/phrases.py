"""What stands inside a block of ordinary Markdown: emphasis, links, images, code, breaks, typographic quotes.

The other half of ``shortway``. A text is read in the order in which the engine's patterns would take it: code, links
and images, breaks, entities, emphasis. What is done gives way to a sign that, like the engine's placeholder, is
neither a letter nor a space. A text of which another reading is thinkable is a ``HardError``: it is for the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from digest import typography

_SIGNS = re.compile(r"[`\\\[\]<>&*_]")
_ANGLE = re.compile(r"<(?! )")
_DONE, _LINE_BREAK = "\x02", "\x03"
"""Stand for an element that is read already, and for the end of a line that breaks it."""

_BRACKETS = re.compile(
    r"""\[([^\[\]]*)\](?:\(((?:[^\s()\[\]<>"'\x02]|\([^\s()\[\]<>"'\x02]*\))+)(?: +"([^"()\[\]\x02<>]+)")?\))?"""
)
"""A pair of brackets with none inside, and an address behind it: text, address, title. An image has ``!`` before it."""

_TOKEN = re.compile(r"[\x02\x03]|\*\**|__*|&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z0-9]+);")
_AMPERSAND = re.compile(r"&(?!(?:\#[0-9]+|\#x[0-9a-f]+|[0-9a-z]+);)", re.IGNORECASE)
"""An ampersand that the engine escapes; others it takes for entities."""

_ENTITY = re.compile("\x02wzxhzdk:([0-9]+)\x03")
"""Stands for an entity while quotes are curled. It has the engine's form, because curling looks at its letters."""

_TAGS = MappingProxyType({1: ("<em>", "</em>"), 2: ("<strong>", "</strong>"), 3: ("<strong><em>", "</em></strong>")})


class HardError(Exception):
    """This text is for the engine."""


class _Piece(NamedTuple):
    """A piece of HTML: markup as it is printed, or words. The words of code are printed as they are too."""

    markup: str = ""
    words: str = ""
    code: bool = False


def html(text: str, *, typographic: bool) -> str:
    """The HTML of the ``text`` of a block, which starts with no space and holds no control characters.

    Raises ``HardError``.
    """
    if "~~" in text or "\\" in text:
        raise HardError
    if "  \n" not in text and not _SIGNS.search(text):
        return typography.curled(text) if typographic else text
    if "<" in text and _ANGLE.search(text):
        raise HardError
    entities: list[str] = []
    pieces = _linked(*_without_code(text), entities)
    words = _curled(pieces) if typographic else [piece.words for piece in pieces]
    printed = "".join(
        piece.markup or (word if piece.code else _escaped(word)) for piece, word in zip(pieces, words, strict=True)
    )
    return _ENTITY.sub(lambda match: entities[int(match[1])], printed) if entities else printed


def _without_code(text: str) -> tuple[str, list[list[_Piece]]]:
    """The text with a sign for each span of code, and the spans."""
    if "`" not in text:
        return text, []
    parts = text.split("`")
    spans = [span.strip() for span in parts[1::2]]
    if len(parts) % 2 == 0 or "``" in text or not all(spans):
        raise HardError
    codes = []
    for span in spans:
        code = span.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        codes.append([_Piece("<code>"), _Piece(words=code, code=True), _Piece("</code>")])
    return _DONE.join(parts[::2]), codes


def _linked(text: str, codes: list[list[_Piece]], entities: list[str]) -> list[_Piece]:
    """The pieces of a text in which only code is read."""
    if "[" not in text and "]" not in text:
        return _pieces(text, iter(codes), entities)
    left = iter(codes)
    outer: list[str] = []
    elements: list[list[_Piece]] = []
    done = 0
    for match in _BRACKETS.finditer(text):
        words, address, title = match.groups()
        before = text[done : match.start()]
        if "[" in before or "]" in before or (address is None and text[match.end() : match.end() + 1] == "("):
            raise HardError
        if address is None:
            before += match[0]
        image = address is not None and before[-1:] == "!"
        elements.extend(islice(left, before.count(_DONE)))
        outer.append(before[:-1] if image else before)
        if address is not None:
            inner = list(islice(left, words.count(_DONE)))
            elements.append(_element(image, words, address, title, inner, entities))
            outer.append(_DONE)
        done = match.end()
    if "[" in text[done:] or "]" in text[done:]:
        raise HardError
    elements.extend(left)
    return _pieces("".join(outer) + text[done:], iter(elements), entities)


def _element(
    image: bool, words: str, address: str, title: str | None, codes: Sequence[list[_Piece]], entities: list[str]
) -> list[_Piece]:
    """A link or an image. Attributes stand in the order of the alphabet."""
    more = ""
    if title is not None:
        title = re.sub(r"\s", " ", title.strip())
        if not title or title[0] == "'":
            raise HardError
        more = f' title="{_escaped(title)}"'
    if image:
        if codes:
            raise HardError
        alt = _escaped(words).replace('"', "&quot;")
        return [_Piece(f'<img alt="{alt}" src="{_escaped(address)}"{more}>')]
    if not words.strip():
        raise HardError
    inner = _pieces(words, iter(codes), entities)
    return [_Piece(f'<a href="{_escaped(address)}"{more}>'), *inner, _Piece("</a>")]


def _pieces(text: str, elements: Iterator[list[_Piece]], entities: list[str]) -> list[_Piece]:
    """The pieces of a text in which everything but breaks, entities and emphasis is read."""
    if "  \n" in text:
        text = text.replace("  \n", _LINE_BREAK)
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return [_Piece(words=text)]
    tags = _emphasis(text, tokens) if "*" in text or "_" in text else {}
    pieces: list[_Piece] = []
    words, done, broken = "", 0, False
    for index, match in enumerate(tokens):
        sign = match[0]
        if sign[0] in "*_" and index not in tags:
            continue
        words += text[done : match.start()]
        done = match.end()
        if sign[0] == "&":
            words += f"\x02wzxhzdk:{len(entities)}\x03"
            entities.append(sign)
            continue
        pieces += _between(words, broken)
        words, broken = "", sign == _LINE_BREAK
        pieces += next(elements) if sign == _DONE else [_Piece("<br>" if broken else tags[index])]
    return pieces + _between(words + text[done:], broken)


def _between(words: str, broken: bool) -> list[_Piece]:
    """The words between two elements. Behind a break they start on a new line."""
    if broken:
        words = f"\n{words}" if words.strip() else "\n"
    return [_Piece(words=words)] if words else []


def _emphasis(text: str, tokens: list[re.Match[str]]) -> dict[int, str]:
    """The tags that runs of ``*`` and ``_`` stand for, by their number among ``tokens``.

    Pairs are read that stand one behind the other, and such a pair with one other in it. But for a ``_`` inside a
    word, a run without its partner is hard: what releases of the engine make of one differs.
    """
    tags: dict[int, str] = {}
    opened: list[tuple[int, str]] = []
    holds = False
    for index, match in enumerate(tokens):
        run = match[0]
        if run[0] not in "*_" or (run == "_" and _is_inside_a_word(text, match)):
            continue
        starts, ends = _sides(text, match)
        if opened and ends and run == opened[-1][1] and len(run) in _TAGS:
            tags[opened.pop()[0]], tags[index] = _TAGS[len(run)]
            holds = bool(opened)
        elif starts and not holds and (not opened or _is_inner(run, [sign for _, sign in opened], ends=ends)):
            opened.append((index, run))
        else:
            raise HardError
    if opened:
        raise HardError
    return tags


def _is_inside_a_word(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()].isalnum() and text[match.end() : match.end() + 1].isalnum()


def _is_inner(run: str, opened: list[str], *, ends: bool) -> bool:
    """Whether a run that may start emphasis surely does so inside the one that is opened."""
    if len(opened) > 1 or len(run) > 2 or len(opened[0]) > 2:
        return False
    return run[0] != opened[0][0] or (len(run) != len(opened[0]) and not ends)


def _sides(text: str, match: re.Match[str]) -> tuple[bool, bool]:
    """Whether a run may start and whether it may end emphasis, by what stands on both sides of it."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    starts, ends = bool(after) and not after.isspace(), bool(before) and not before.isspace()
    if match[0][0] == "_":
        starts, ends = starts and not before.isalnum(), ends and not after.isalnum()
    return starts, ends


def _curled(pieces: list[_Piece]) -> list[str]:
    """The words of all pieces with typographic signs."""
    words = [piece.words for piece in pieces]
    if not any(map(typography.has_marks, words)):
        return words
    said = [index for index, word in enumerate(words) if word]
    before = ""
    for index, following in zip(said, [*said[1:], -1], strict=True):
        word = words[index]
        if not pieces[index].code:
            after = pieces[following].words[:3] if following >= 0 else ""
            words[index] = typography.curled(word, before, after)
        before = word[-1:]
    return words


def _escaped(text: str) -> str:
    """``text`` as the engine prints it; entities in it stay."""
    if "&" in text:
        text = _AMPERSAND.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text
