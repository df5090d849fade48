"""YAML as plain text with places.

Every scalar stays the text that the author wrote (``title: No`` is "No"); a field's type reads it later. Every
part knows its line and column. What YAML offers beyond lists, mappings and text (anchors, aliases, merge keys,
tags, several documents) is a problem: it surprises authors, and some of it is a known attack ("billion laughs").

The events of PyYAML's parser are walked in one loop, without recursion, so that 50,000 opening brackets, which
kill libyaml's own loader, stop at ``DEPTH``. After a syntax error the block it stands in is taken out and the
rest is read again, so that one run names the mistakes of the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Row
from typing import Any, TypeAlias

import msgspec
import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

from digest import yamlfaults, yamllines
from digest.characters import any_strange, strange, without_strange
from digest.problems import Notes, Problem

DEPTH = 32
"""How deep lists and mappings may nest."""

FRONT_MATTER_LIMIT = 64 * 1024
"""Bytes (UTF-8) of front matter."""

DATA_LIMIT = 4 * 1024 * 1024
"""Bytes (UTF-8) of a data file."""

REPAIRS = 12
"""How many blocks with syntax errors are taken out of one file before the rest is given up."""

REPAIRS_OF_A_BIG_FILE = 2
"""The same for a file beyond ``FRONT_MATTER_LIMIT``, where reading again takes noticeable time."""


_FIELD = re.compile(r"\s*[\w-]+:\s")
_BLOCK = frozenset("|>")


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A text. ``plain`` is false for quoted and block texts; ``width`` counts the characters to underline.

    ``block`` is true for ``|`` and ``>``, whose text starts on the line below.
    """

    value: str
    line: int
    column: int
    plain: bool = True
    width: int = 1
    block: bool = False


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


class Mapping(msgspec.Struct, frozen=True):
    """Keys with values, in the order of the file. Keys are unique."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int


class Unreadable(msgspec.Struct, frozen=True, gc=False):
    """Stands where a value could not be read; its problem is noted, so readers pass over it in silence."""

    line: int
    column: int


Node: TypeAlias = Scalar | Sequence | Mapping | Unreadable


def read(
    text: str, *, path: str, first_line: int = 1, source: str | None = None, limit: int = DATA_LIMIT,
    pure: bool = not yaml.__with_libyaml__,
) -> tuple[Node | None, tuple[Problem, ...]]:  # fmt: skip
    """The content of a YAML text and its problems; ``None`` for an empty text or one that can't be read at all.

    ``text`` starts on line ``first_line`` of the file, whose whole text is ``source`` (``text`` where not given).
    ``limit`` counts bytes. ``pure`` reads without libyaml: slower, same result.
    """
    notes = Notes(path, text if source is None else source)
    if len(text) > limit or len(text) * 4 > limit < len(text.encode("utf-8", "surrogatepass")):
        notes.add("too-large", first_line, 1, *_too_large(text, first_line, limit))
        return None, tuple(notes.found)
    if any_strange(text):
        for one in strange(text):
            code = "yaml-line-separator" if one.separator else "control-character"
            rest = text.split("\n", one.line + 1)[one.line][one.column + 1 :] if one.separator else ""
            hint = "begin a new line here, or delete it" if _FIELD.match(rest) else one.hint
            notes.add(code, one.line + first_line, one.column + 1, one.text, hint)
        text = without_strange(text)
    # libyaml and the parser in Python agree on where a text ends only if that is the end of a line.
    root = _read_repairing(text if text.endswith("\n") else f"{text}\n", notes, first_line, pure)
    return root, tuple(notes.found)


def _too_large(text: str, first_line: int, limit: int) -> tuple[str, str]:
    """That a text goes past its limit, and which line has the most of it."""
    lines = text.split("\n")
    longest = max(range(len(lines)), key=lambda number: len(lines[number]))
    where = f"; line {longest + first_line} is the longest" if len(lines[longest]) > limit // 4 else ""
    if limit < DATA_LIMIT:
        return f"there are more than {limit // 1024} kB of front matter here", f"move the text below it{where}"
    return f"there are more than {limit // 1024 // 1024} MB of YAML here", f"split the file{where}"


def _read_repairing(text: str, notes: Notes, first_line: int, pure: bool) -> Node | None:
    """Read ``text``; after a syntax error note it, mend its line or take its block out, and read again.

    A second error on a line that was mended, or of which a strange character was noted, is a consequence: it is not
    noted, and its block is taken out.
    """
    blanked: set[int] = set()
    mended = {one.line - first_line for one in notes.found if one.code == "yaml-line-separator"}
    before = (0, 0)
    repairs = REPAIRS if len(text) < FRONT_MATTER_LIMIT else REPAIRS_OF_A_BIG_FILE
    for left in range(repairs, -1, -1):
        known = len(notes.found)
        try:
            root = _Walk(text, notes, first_line).root(_parser(text, pure))
        except _TooDeepError:
            return None
        except yaml.MarkedYAMLError as error:
            del notes.found[known:]  # the same part is read, and its problems are noted, once more
            lines = text.split("\n")
            fault = yamlfaults.explain(error, lines)
            line, column = fault.line + first_line, fault.column + 1
            if (line, column) == before:
                return None
            before = line, column
            if fault.line not in mended:
                notes.add("yaml-syntax", line, column, fault.text, fault.hint, width=fault.width)
            if fault.mended and left and not mended & fault.mended.keys():
                mended |= fault.mended.keys()
                text = "\n".join(fault.mended.get(number, one) for number, one in enumerate(lines))
                continue
            repaired = yamllines.without_block(lines, fault.line, blanked) if left else None
            if repaired is None:
                return None
            text = "\n".join(repaired)
        else:
            return _marked(root, {line + first_line for line in blanked}) if blanked else root
    return None


class _TooDeepError(Exception):
    """Nesting beyond ``DEPTH``: there is no sense in reading on."""


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's parser in Python, for systems whose PyYAML was built without libyaml.

    It is mended where it reads less than libyaml does: tabs between words, and escapes beyond Unicode.
    """

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Skip tabs too, where they don't indent."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> list[str] | None:
        """Take tabs within a text as libyaml does: kept between words, dropped at the end of a line."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        white: str = self.prefix(length)
        if "\t" not in white:
            return super().scan_plain_spaces(indent, start_mark)
        self.forward(length)
        return super().scan_plain_spaces(indent, start_mark) or [white]

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
        """Refuse escapes of half a character (such as ud83d), as libyaml does."""
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
            "".join(chunks).encode("utf-8")
        except (ValueError, OverflowError):
            said = "found invalid Unicode character escape code"
            raise ScannerError("while parsing a quoted scalar", start_mark, said, self.get_mark()) from None
        return chunks


def _parser(text: str, pure: bool) -> Any:  # noqa: ANN401 -- the C parser has no type that mypy knows
    if pure:
        return _PureParser(text)
    from yaml._yaml import CParser

    return CParser(text)


class _Walk:
    """One pass over the events of a text. A value noted as a problem still stands in the tree where it can."""

    def __init__(self, text: str, notes: Notes, first_line: int) -> None:
        self.notes = notes
        self.shift = first_line
        self.lines = text.split("\n") if " #" in text or "\t#" in text else None
        self.escapes = "\\" in text
        self.tagged: set[tuple[int, int]] = set()

    def root(self, parser: Any) -> Node | None:  # noqa: ANN401
        """The document's value. The loop is hot: what is rare is left to methods."""
        next_event, shift = parser.get_event, self.shift
        careful = self.escapes or self.lines is not None
        values: list[Node] = []
        above: list[tuple[list[Node], int, int]] = []
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                start, end, style = event.start_mark, event.end_mark, event.style
                line, column = start.line, start.column
                width = end.column - column if end.line == line else len(event.value)
                value = Scalar(event.value, line + shift, column + 1, not style, width, style in _BLOCK)
                rare = careful or event.anchor or event.tag
                values.append(self.looked_at(event, value) if rare else value)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                line, column = event.start_mark.line + shift, event.start_mark.column + 1
                if event.anchor or event.tag:
                    self.properties(event, Unreadable(line, column))
                above.append((values, line, column))
                if len(above) > DEPTH:
                    self.too_deep(above[-1])
                values = []
            elif kind is SequenceEndEvent or kind is MappingEndEvent:
                outer, line, column = above.pop()
                is_list = kind is SequenceEndEvent
                node = Sequence(tuple(values), line, column) if is_list else self.mapping(values, line, column)
                outer.append(Unreadable(line, column) if (line, column) in self.tagged else node)
                values = outer
            elif kind is AliasEvent:
                values.append(self.alias(event))
            elif kind is StreamEndEvent or (kind is DocumentStartEvent and values and self.second_document(event)):
                return values[0] if values else None

    def mapping(self, values: list[Node], line: int, column: int) -> Node:
        """The mapping of a flat list of keys and values; the first of two equal keys counts."""
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(values[::2], values[1::2], strict=True):
            if type(key) is not Scalar:
                self.strange_key(key)
                return Unreadable(line, column)
            if key.value == "<<" and key.plain:
                hint = "write the fields that are meant here in its place"
                self.note("yaml-merge", key, "merge keys (<<) are not read", hint, width=2)
            elif key.value in pairs:
                if self.duplicate(key, pairs[key.value][0], next(iter(pairs.values()))[0]):
                    break
            else:
                pairs[key.value] = (key, value)
        return Mapping(tuple(pairs.values()), line, column)

    def duplicate(self, key: Scalar, before: Scalar, first: Scalar) -> bool:
        """Note that ``key`` stands in its mapping again; whether that is because a new element lacks its hyphen.

        It does where the first key of an element comes back on a line of its own.
        """
        text = f"the key {key.value!r} stands here a second time; the first is on line {before.line}"
        is_new = before is first and self.notes.line(first.line)[: first.column - 1].rstrip().endswith("-")
        is_new = is_new and key.line > before.line
        hint = f"if a new entry starts here, write: - {self.rest(key.line, key.column)}; else " if is_new else ""
        self.note("yaml-duplicate-key", key, text, f"{hint}keep one of the two", width=key.width)
        return is_new

    def note(self, code: str, where: Node, text: str, hint: str, width: int = 1) -> None:
        self.notes.add(code, where.line, where.column, text, hint, width=width)

    def strange_key(self, key: Node) -> None:
        """Note a list or mapping as a key; nearly always a template's ``{{ … }}`` or a bracket that wants quotes."""
        if not isinstance(key, Unreadable):
            column = (
                key.column - 1 if key.column > 1 and self.rest(key.line, key.column - 1)[:2] == "{{" else key.column
            )
            hint = (
                f"if the brackets belong to a text, put it in quotes: {yamllines.quoted(self.rest(key.line, column))}"
            )
            text = "a list or mapping stands where a key is meant"
            self.note("yaml-syntax", Unreadable(key.line, column), text, hint)

    def too_deep(self, where: tuple[Row[Node], int, int]) -> None:
        text = f"lists and mappings nest deeper than {DEPTH} here"
        self.notes.add("yaml-depth", where[1], where[2], text, "no field needs that; put a text in quotes")
        raise _TooDeepError

    def second_document(self, event: Any) -> bool:  # noqa: ANN401
        mark = event.start_mark
        text = "a second YAML document starts here, and it is not read"
        hint = "remove this line; a YAML file has no text below it, so put that into a field, such as intro:"
        self.notes.add("yaml-syntax", mark.line + self.shift, mark.column + 1, text, hint, width=3)
        return True

    def alias(self, event: Any) -> Node:  # noqa: ANN401
        mark = event.start_mark
        where = Unreadable(mark.line + self.shift, mark.column + 1)
        name = yamllines.shown(event.anchor)
        text = f"*{name} is a YAML alias, and aliases are not read"
        hint = f'write the value out; if the text starts with a star, put it in quotes: "*{name}"'
        self.note("yaml-alias", where, text, hint, width=len(event.anchor) + 1)
        return where

    def properties(self, event: Any, where: Node) -> None:  # noqa: ANN401
        """Note an anchor or a tag in front of a value."""
        shown = yamllines.quoted(self.rest(where.line, where.column))
        if event.anchor:
            text = f"&{yamllines.shown(event.anchor)} is a YAML anchor, and anchors are not read"
            hint = f"remove it; if the text starts with &, put it in quotes: {shown}"
            self.note("yaml-alias", where, text, hint, width=len(event.anchor) + 1)
        if event.tag:
            self.tagged.add((where.line, where.column))
            text = "a word with ! in front is a YAML tag, and tags are not read"
            self.note("yaml-tag", where, text, f"remove it; if the text starts with !, put it in quotes: {shown}")

    def rest(self, line: int, column: int) -> str:
        """The text of the file from a place to the end of its line."""
        return self.notes.line(line)[column - 1 :].strip()[:100]

    def looked_at(self, event: Any, value: Scalar) -> Node:  # noqa: ANN401
        """A scalar that needs more than a glance: with an anchor, a tag, escapes, or a comment that cuts it."""
        if event.anchor or event.tag:
            self.properties(event, value)
            if event.tag:
                return Unreadable(value.line, value.column)
        if not value.plain and self.escapes:
            for one in strange(value.value):
                self.note("control-character", value, one.text, one.hint, width=value.width)
        elif value.plain and self.lines is not None:
            self.comment(event.end_mark, value)
        return value

    def comment(self, end: yaml.Mark, value: Scalar) -> None:
        """Warn where `` #`` cut a text short: ``title: Win #3`` is "Win" to YAML.

        A comment is meant to be one if a space follows its ``#``.
        """
        assert self.lines is not None  # noqa: S101 -- the caller's test, for mypy
        lost = yamlfaults.CUT.match(self.lines[end.line] if end.line < len(self.lines) else "", end.column)
        if lost:
            whole = (value.value + lost[0]).strip()
            text = f"YAML takes {lost[0].strip()!r} for a comment and drops it"
            hint = f"to keep it, put the text in quotes: {yamllines.quoted(whole)}"
            column = lost.start() + len(lost[1]) + 1
            self.notes.add("yaml-comment-cut", end.line + self.shift, column, text, hint, width=len(lost[0].strip()))


def _marked(node: Node | None, blanked: set[int]) -> Node | None:
    """The tree with the empty values on the ``blanked`` lines, whose text was taken out, marked as unreadable."""
    match node:
        case Scalar(value="", plain=True) if node.line in blanked:
            return Unreadable(node.line, node.column)
        case Sequence():
            items = tuple(one for one in (_marked(part, blanked) for part in node.items) if one is not None)
            return Sequence(items, node.line, node.column)
        case Mapping():
            pairs = tuple((key, _marked(value, blanked) or value) for key, value in node.pairs)
            return Mapping(pairs, node.line, node.column)
    return node
