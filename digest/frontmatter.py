"""Taking a file apart: front matter from body, with the reason and the line where that fails."""

from __future__ import annotations

import re
from typing import NamedTuple

from digest import text as texts
from digest.characters import any_strange, strange
from digest.decoding import decode
from digest.fields import Table
from digest.reading import Reading
from digest.settings import Settings
from digest.yamllines import Slip, without_colon
from digest.yamltext import FRONT_MATTER_LIMIT, Mapping, Scalar, Unreadable, read

_FENCE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_NEAR_FENCE = re.compile(r"^(?:-{2}|-{4,}|\u2013+|\u2014+|\*{3,}|={3,}|\+{3}|[ \t]+-{3})[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z_]\w*):(?:\s|$)")
_LATER_OPENING = re.compile(r"(?:[^\n]*\n){1,5}?---[ \t]*\n(?=[a-z_]+:\s)")
_FIELD_LINE = re.compile(r"\s*(?:#.*)?$|\s+\S|-\s|[\w-]+:(?:\s|$)")


class Opened(NamedTuple):
    """A Markdown file taken apart; ``body_line`` is the line on which the body starts."""

    front: Mapping
    body: str
    body_line: int
    source: str


def take_apart(path: str, data: bytes, settings: Settings, table: Table) -> tuple[Reading, Opened | None]:
    """Take a Markdown file apart, and note why it can't be."""
    text, problems = decode(data, path)
    reading = Reading(path, text or "", texts.zone(settings.timezone))
    reading.found.extend(problems)
    if text is None or not _has_front_matter(text, reading, table):
        return reading, None
    start = text.index("\n") + 1
    fence = _FENCE.search(text, start)
    if fence is None:
        _unclosed(text, reading)
        return reading, None
    given, faults = read(text[start : fence.start()], path=path, first_line=2, source=text, limit=FRONT_MATTER_LIMIT)
    if any(one.code == "yaml-syntax" for one in faults) and _runs_into_text(text[start : fence.start()]):
        _unclosed(text, reading)
        return reading, None
    reading.found.extend(faults)
    body = text[fence.end() + 1 :]
    line = text.count("\n", 0, fence.end()) + 2
    _check_characters(body, line, reading)
    if given is None and not faults:
        given = Mapping((), 1, 1)
    if not isinstance(given, Mapping):
        slips = _without_colons(text[start : fence.start()]) if isinstance(given, Scalar) else ()
        for number, slip in slips:
            reading.add("yaml-syntax", number, slip.column + 1, slip.told, f"write: {slip.mended}")
        if slips:
            return reading, None
        if given is not None and not isinstance(given, Unreadable):
            hint = "write a line for each field: title: …"
            reading.fault("wrong-type", given, "the front matter is no list of fields with their values", hint)
        return reading, None
    reading.below = _fields_below(body, line)
    return reading, Opened(given, body, line, text)


def _without_colons(front: str) -> list[tuple[int, Slip]]:
    """The lines of front matter that lack a colon or its space, if that is why nothing in it is a field."""
    lines = [(number, without_colon(one)) for number, one in enumerate(front.split("\n"), 2) if one.strip()]
    found = [(number, slip) for number, slip in lines if slip]
    return found if len(found) == len(lines) else []


def _fields_below(body: str, line: int) -> dict[str, int]:
    """The fields on the first lines of a body, if a line --- ends them: the one above them stands too early."""
    found: dict[str, int] = {}
    for number, one in enumerate(body.split("\n", 40)[:40], line):
        field = _FIELD.match(one)
        if field:
            found.setdefault(field[1], number)
        elif one.rstrip() == "---":
            return found
        elif one.strip() and not one.startswith((" ", "- ")):
            break
    return {}


def _has_front_matter(text: str, reading: Reading, table: Table) -> bool:
    first, end, _ = text.partition("\n")
    if first.rstrip() == "---" and end:
        return True
    if not text.strip():
        reading.add("empty-file", 1, 1, "the file is empty", f"write {table.title}, or remove the file")
    elif first.rstrip() == "---":
        _unclosed(text, reading)
    else:
        told = "the file has no front matter"
        reading.add("no-front-matter", 1, 1, told, _opening_hint(text, first, table), width=max(1, len(first)))
    return False


def _opening_hint(text: str, first: str, table: Table) -> str:
    """How to begin the front matter of a file that doesn't."""
    if first.startswith(("+++", "{")):
        return "write its fields as YAML (title: …) between two lines ---"
    if _NEAR_FENCE.match(first):
        return f"line 1 is {first.strip()[:20]}; write exactly three hyphens there, at the beginning of the line"
    if text.lstrip().startswith("---"):
        return "remove the empty lines above the first line ---"
    above = _LATER_OPENING.match(text)
    if above:
        return f"remove what stands above the line --- (line {above[0].count(chr(10))})"
    if _FIELD.match(first):
        end = _FENCE.search(text)
        below = "" if end else ", and one below the last"
        return f"write a line --- above the first field{below}"
    return f"{table.title} starts with a line ---, then its fields (title: …), then another line ---"


def _runs_into_text(front: str) -> bool:
    """Whether a paragraph stands in the front matter: its end is missing, and a rule of the body took its place."""
    after_gap = front.partition("\n\n")[2]
    return any(not _FIELD_LINE.match(line) for line in after_gap.split("\n"))


def _unclosed(text: str, reading: Reading) -> None:
    """Note front matter without an end, and where its end was probably meant."""
    near = _NEAR_FENCE.search(text, text.find("\n") + 1)
    if near:
        line = text.count("\n", 0, near.start()) + 1
        shown = "indented" if near[0].strip() == "---" else near[0].strip()[:20]
        hint = f"line {line} is {shown}; write exactly three hyphens there, at the beginning of the line"
    else:
        lines = text.split("\n")
        end = next((n for n, one in enumerate(lines[1:], 2) if not one or not _FIELD_LINE.match(one)), len(lines))
        hint = f"write a line --- after its last field (line {max(2, end - 1)} seems to be the last)"
    reading.add("unclosed-front-matter", 1, 1, "the front matter opened here is not closed", hint, width=3)


def _check_characters(body: str, line: int, reading: Reading) -> None:
    """Note characters that may not stand in a body. Separators and byte order marks do no harm in Markdown."""
    for one in strange(body) if any_strange(body) else ():
        if not one.separator and one.letter != "\ufeff":
            reading.add("control-character", one.line + line, one.column + 1, one.text, one.hint)
