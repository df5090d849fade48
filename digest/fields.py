"""Fields: one table says what a mapping may hold, and reading, hints, JSON Schema and manual come from it.

A kind says what a field's value is: it reads a YAML node to a typed value, or notes a problem. Readers collect: a
file's problems are all noted in one reading, and a field that can't be read is left out of the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Pairs
from functools import cached_property
from types import MappingProxyType
from typing import Any

import msgspec

from digest import scalars
from digest.kinds import Flag, Instant, Kind
from digest.problems import nearest, suggestion
from digest.reading import (
    Reading,
    as_list,
    as_mapping,
    in_list,
    not_list,
    not_mapping,
    said,
    short,
)
from digest.yamllines import straight
from digest.yamltext import Mapping, Node, Scalar, Sequence, Unreadable

NEAR = 0.7
"""How like a field's name a key must be (``difflib``) to be taken for it: "tagz" is (0.75), "status" is not (0.6)."""


class Many(Kind, frozen=True):
    """A list. An element that stands in it twice is a warning and read once, if ``unique``."""

    kind: Kind
    unique: bool = True
    shape = "list"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that each element needs, where the elements are mappings."""
        return self.kind.needed if isinstance(self.kind, Group) else ()

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The values of those elements that can be read."""
        if type(given) is not Sequence:
            return not_list(given, name, reading, self.fields)
        values: list[object] = []
        for number, element in enumerate(given.items):
            place = f"{name}.{number}"
            reading.places[place] = (element.line, element.column)
            if type(element) is Scalar and not element.value.strip():
                reading.fault("empty-field", element, f"{said(place)} is empty", "remove it, or fill it in")
                continue
            value = self.kind.read(element, place, reading)
            if value is not None and self.unique and value in values:
                reading.fault("repeated-value", element, f"{said(name)} names this twice", "remove one of the two")
            elif value is not None:
                _check_signs(element, value, reading)
                values.append(value)
            else:
                reading.unread.add(name)
        return tuple(values)


def _check_signs(given: Node, value: object, reading: Reading) -> None:
    """Warn of an element with signs around it that were hardly meant to be shown: curly quotes, a comma."""
    if isinstance(value, str) and isinstance(given, Scalar) and given.plain:
        plain = straight(value.rstrip(",;").strip())
        if plain != value:
            told = f"the signs around {short(plain)} are a part of this text to YAML"
            reading.fault("odd-text", given, told, f"write: {in_list(plain)}")


class Rows(Many, frozen=True):
    """A list whose elements the caller reads, because each has places of its own; read to its nodes."""

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The elements as they stand."""
        return given.items if type(given) is Sequence else not_list(given, name, reading, self.fields)


class Either(Kind, frozen=True):
    """One of several kinds, told apart by their shape: a key, or a mapping with name and url."""

    kinds: tuple[Kind, ...]

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """What the kind of the fitting shape reads."""
        shape = "text" if type(given) is Scalar else "list" if type(given) is Sequence else "mapping"
        fitting = next((kind for kind in self.kinds if kind.shape == shape), self.kinds[0])
        known = len(reading.found)
        value = fitting.read(given, name, reading)
        group = next((kind for kind in self.kinds if isinstance(kind, Group)), None)
        if value is None and group and isinstance(given, Scalar) and len(reading.found) > known:
            hint = f"write: {name.rsplit('.', 1)[-1]}: {as_mapping(given, group.table.pair)}"
            reading.found[-1] = msgspec.structs.replace(reading.found[-1], hint=hint)
        return value


class Field(msgspec.Struct, frozen=True):
    """One key of a mapping. ``aka`` are names that other generators use for it; they become hints."""

    name: str
    kind: Kind
    description: str
    example: str = ""
    required: bool = False
    aka: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True, dict=True):
    """What a mapping may hold. ``title`` says in a message what the mapping is: "an article"."""

    title: str
    fields: tuple[Field, ...]
    unknown: str = "unknown-key"
    dropped: Pairs[str, str] = MappingProxyType({})
    """Keys that other generators know and this one has no use for, with a hint each."""

    pair: tuple[str, ...] = ()
    """The fields that a hint shows where ``key: value`` or a mere text stands for the whole mapping."""

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by their key."""
        return {field.name: field for field in self.fields}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """The fields that must be there."""
        return tuple(field for field in self.fields if field.required)

    def named(self, key: str) -> Field | None:
        """The field that ``key`` names in other letters, in the plural, or as another generator does."""
        folded = re.sub("[- ]", "_", key.strip().lower())
        found = (one for one in self.fields if folded in one.aka or folded == one.name)
        return next(found, None) or next(
            (one for one in self.fields if folded.rstrip("s") == one.name.rstrip("s")), None
        )

    def meant(self, key: str) -> Field | None:
        """The field that the unknown ``key`` was probably meant to be."""
        if key in self.dropped:
            return None
        return self.named(key) or self.by_name.get(nearest(key, self.by_name, NEAR))

    def hint(self, key: str, value: Node) -> str:
        """What to do about the unknown ``key``."""
        if key in self.dropped:
            return self.dropped[key]
        field = self.meant(key)
        if field:
            mended = _mended(field, value)
            return f'did you mean "{field.name}"?' + (f" write: {mended}" if mended else "")
        if " " in key.strip():
            return "if this line goes on with the text above, indent it by two spaces, and put that text in quotes"
        return f"known here: {', '.join(self.by_name)}"


def _mended(field: Field, value: Node) -> str:
    """``field: value`` in the shape that the field has, where a text is given and another shape is meant."""
    if not isinstance(value, Scalar) or not value.value.strip() or field.kind.shape == "text":
        return ""
    if isinstance(field.kind, Group):
        return f"{field.name}: {as_mapping(value, field.kind.needed)}"
    return as_list(value.value, field.name) if isinstance(field.kind, Many) and not field.kind.fields else ""


class Group(Kind, frozen=True):
    """A mapping with its own table; read to a dict of what was given."""

    table: Table
    shape = "mapping"

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the fields that a mapping is shown with."""
        return self.table.pair or tuple(field.name for field in self.table.required or self.table.fields[:1])

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The values by field name, unless a required one is missing."""
        if type(given) is not Mapping:
            return not_mapping(given, name, reading, self.needed)
        known = len(reading.found)
        values = read_fields(given, self.table, reading, prefix=f"{name}.")
        broken = any(not one.warning for one in reading.found[known:])
        return None if broken and any(field.name not in values for field in self.table.required) else values


class MapOf(Kind, frozen=True):
    """A mapping from known words to values of one kind. ``refused`` are words that may not be set, with the reason."""

    known: tuple[str, ...]
    kind: Kind
    refused: Pairs[str, str] = MappingProxyType({})
    shape = "mapping"

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The values by word."""
        if type(given) is not Mapping:
            return not_mapping(given, name, reading, self.known[:1])
        values: dict[str, object] = {}
        for key, node in given.pairs:
            word = key.value
            reading.places[f"{name}.{word}"] = (node.line, node.column)
            if word in self.refused:
                reading.fault("bad-value", key, f"{name} can't set {short(word)}: {self.refused[word]}", "remove it")
            elif word not in self.known:
                hint = suggestion(word, self.known)
                reading.fault("unknown-setting", key, f"{name} has no entry {short(word)}", hint)
            elif (value := self.kind.read(node, f"{name}.{word}", reading)) is not None:
                values[word] = value
        return values


def read_fields(given: Mapping, table: Table, reading: Reading, *, prefix: str = "") -> dict[str, Any]:
    """The values of a mapping by field name; problems go to ``reading``. What can't be read is left out.

    An optional field without a value (``summary:`` in a template that was not filled in) counts as left out.
    """
    if len(given.pairs) == 1 and table.pair and _is_pair(*given.pairs[0], table, reading):
        return {}
    values: dict[str, Any] = {}
    fields, places = table.by_name, reading.places
    unread, given_names = False, set()
    above: Field | None = None
    for key, value in given.pairs:
        field = fields.get(key.value)
        if type(value) is Unreadable:
            unread = True
            reading.unread.add(prefix + key.value)
        elif field is None:
            meant = _unknown(key, value, above, table, reading)
            given_names.add(meant)
            reading.unread.add(prefix + meant)
            continue
        else:
            name = field.name
            given_names.add(name)
            places[prefix + name] = (value.line, value.column)
            if type(value) is Scalar and not value.value.strip() and (value.plain or field.required):
                _empty(field, key, value, reading)
                above = field
                continue
            if (read := field.kind.read(value, prefix + name, reading)) is not None:
                values[name] = read
            else:
                reading.unread.add(prefix + name)
        above = None
    if not unread and len(given_names) < len(fields):
        for field in table.required:
            if field.name not in given_names:
                _missing(field, given, table, reading)
    return values


def _is_pair(key: Scalar, value: Node, table: Table, reading: Reading) -> bool:
    """Note that ``world: World`` stands for a mapping of two fields, and show it: ``{slug: world, title: World}``."""
    if key.value in table.by_name or key.value in table.dropped or table.named(key.value) or len(table.required) == 0:
        return False
    second = in_list(value.value) if isinstance(value, Scalar) and value.value.strip() else "…"
    hint = f"write: {{{table.pair[0]}: {in_list(key.value)}, {table.pair[1]}: {second}}}"
    reading.fault(table.unknown, key, f"{table.title} has no field {short(key.value)}", hint)
    return True


def _unknown(key: Scalar, value: Node, above: Field | None, table: Table, reading: Reading) -> str:
    """Note an unknown key; the name of the field that it was probably meant to be."""
    kind = above.kind if above else None
    if above and isinstance(kind, Group) and key.value in kind.table.by_name:
        hint = f"if it belongs to {above.name}:, indent it by two spaces"
    else:
        hint = table.hint(key.value, value)
    reading.fault(table.unknown, key, f"{table.title} has no field {short(key.value)}", hint)
    meant = table.meant(key.value)
    return meant.name if meant else ""


def _empty(field: Field, key: Scalar, value: Scalar, reading: Reading) -> None:
    if field.required or isinstance(field.kind, Flag):
        hint = f"write: {field.name}: {field.example}" if field.example else "fill it in"
        reading.fault("empty-field", value if value.width else key, f"{field.name} is empty", hint)


def _missing(field: Field, given: Mapping, table: Table, reading: Reading) -> None:
    stem = reading.path.rpartition("/")[2]
    example = (scalars.date_of_file(stem) if isinstance(field.kind, Instant) else "") or field.example
    hint = f"add a line: {field.name}: {example}" if example else f"add {field.name}:"
    if field.name in reading.below:
        hint = f"line {reading.below[field.name]} has it, below the line --- that ends the front matter: move that down"
    reading.fault("missing-field", given, f"{field.name} is missing, and {table.title} needs it", hint)
