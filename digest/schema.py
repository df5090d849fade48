"""JSON Schema and manual for everything authors write, made from the tables that reading uses.

An editor program with YAML support (VS Code, for one) completes and checks front matter with these schemas. All
scalars are read as text, so a schema lets pass what YAML tools take for a number, a date or a flag where text is
meant.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from digest import config, tables
from digest.fields import Either, Field, Group, Many, MapOf, Table
from digest.kinds import Choice, Flag, Instant, Kind, Text, Whole

DIALECT = "https://json-schema.org/draft/2020-12/schema"

LOOSE_TEXT = ("string", "number", "boolean", "null")
"""What YAML tools may take a text for: ``title: No``, ``title: 2024``."""

_TABLES = MappingProxyType(
    {
        "article": (tables.ARTICLE, False, "Front matter of an article: content/articles/**/*.md"),
        "page": (tables.PAGE, False, "Front matter of a page: content/pages/*.md"),
        "summary": (tables.SUMMARY, False, "One summary in a file: content/summaries/**/*.yaml"),
        "edition": (tables.EDITION, False, "An edition: content/summaries/**/*.yaml"),
        "site": (config.SITE, False, "Settings of the site: content/site.yaml"),
        "topics": (config.TOPIC, True, "The topics: content/topics.yaml"),
        "sources": (config.SOURCE, True, "The sources: content/sources.yaml"),
    }
)
"""Table, whether the file is a list of such mappings, and what it is."""

NAMES = tuple(_TABLES)
"""The words that ``digest schema`` takes."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file; ``name`` is one of ``NAMES``."""
    table, is_list, what = _TABLES[name]
    inner = _of_table(table)
    head = {"$schema": DIALECT, "title": f"digest: {name}", "description": what}
    return head | ({"type": "array", "items": inner} if is_list else inner)


def reference(name: str) -> str:
    """A Markdown table of the fields of one kind of file; those of its inner mappings have a dot in their names."""
    rows = ["| Field | Value | Meaning |", "|---|---|---|"]
    rows.extend(_rows(_TABLES[name][0], ""))
    return "\n".join(rows) + "\n"


def _of_table(table: Table) -> dict[str, Any]:
    """The schema of a table's mapping."""
    properties = {field.name: _of_field(field) for field in table.fields}
    made: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    needed = [field.name for field in table.fields if field.required]
    return made | ({"required": needed} if needed else {})


def _of_field(field: Field) -> dict[str, Any]:
    """The schema of a field's value. An optional field may stand without a value."""
    made = _of_kind(field.kind)
    if not field.required and not isinstance(field.kind, Flag):
        made = {"anyOf": [made, {"type": "null"}]}
    example = {"examples": [field.example]} if field.example and not field.example.startswith(("[", "{")) else {}
    return {"description": _meaning(field)} | example | made


def _of_kind(kind: Kind) -> dict[str, Any]:
    """The schema of a kind of value."""
    match kind:
        case Many():
            return {"type": "array", "items": _of_kind(kind.kind)}
        case Either():
            return {"anyOf": [_of_kind(one) for one in kind.kinds]}
        case Group():
            return _of_table(kind.table)
        case MapOf():
            names = {word: _of_kind(kind.kind) for word in kind.known}
            return {"type": "object", "properties": names, "additionalProperties": False}
    return _of_text(kind)


def _of_text(kind: Kind) -> dict[str, Any]:
    """The schema of a kind that a single text gives."""
    match kind:
        case Text(pattern="", format=""):
            return {"type": list(LOOSE_TEXT)}
        case Text():
            limits = {"format": kind.format, "pattern": kind.pattern}
            return {"type": "string"} | {name: value for name, value in limits.items() if value}
        case Instant():
            return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?$"}
        case Flag():
            return {"enum": [True, False, "true", "false", "yes", "no", "on", "off"]}
        case Whole():
            return {"type": "integer", "minimum": kind.low, "maximum": kind.high}
        case Choice():
            return {"enum": [*kind.choices, False] if "off" in kind.choices else list(kind.choices)}
    raise TypeError(kind)


def _meaning(field: Field) -> str:
    return f"{field.description} Required." if field.required else field.description


def _rows(table: Table, prefix: str) -> list[str]:
    """The lines of the manual for a table's fields and for those of the mappings in them."""
    rows = []
    for field in table.fields:
        star = "*" if field.required else ""
        words = _words(field.kind).replace("|", "\\|")
        example = f" Example: `{field.example}`" if field.example else ""
        rows.append(f"| `{prefix}{field.name}`{star} | {words} | {field.description}{example} |")
        inner = _inner(field.kind)
        if inner is not None:
            dots = "[]." if isinstance(field.kind, Many) else "."
            rows.extend(_rows(inner, f"{prefix}{field.name}{dots}"))
    return rows


def _inner(kind: Kind) -> Table | None:
    """The table of the mapping that a kind allows, if any."""
    match kind:
        case Group():
            return kind.table
        case Many():
            return _inner(kind.kind)
        case Either():
            return next((table for table in map(_inner, kind.kinds) if table is not None), None)
    return None


def _words(kind: Kind) -> str:
    """A kind as the manual names it."""
    match kind:
        case Text():
            return kind.called
        case Instant():
            return "date, or date and time"
        case Flag():
            return "true or false"
        case Whole():
            return f"{kind.low:,} to {kind.high:,}"
        case Choice():
            return ", ".join(kind.choices)
        case Many():
            return f"list of {_words(kind.kind)}"
        case Either():
            return ", or ".join(_words(one) for one in kind.kinds)
        case Group():
            return "mapping"
        case MapOf():
            return f"mapping of words to {_words(kind.kind)}"
    raise TypeError(kind)
