"""Jinja's errors in words that somebody who writes a template now and then can act on."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
from jinja2 import TemplateSyntaxError, UndefinedError

from digest import models, pages
from digest.problems import Problem, nearest, suggestion

_ATTRIBUTE = re.compile(r"'(?:[\w.]*\.)?(\w+)(?: object)?' has no attribute '(\w+)'")
_NAME = re.compile(r"'(\w+)' is undefined")
_OPEN = re.compile(r"\{%[-+]?\s*(end)?(\w+)(?:[^%]|%(?!\}))*[-+]?%\}")
_UNCLOSED = re.compile(r"innermost block that needs to be closed is '(\w+)'")
_TAG = re.compile(r"Encountered unknown tag '(\w+)'")
_FILTER = re.compile(r"No (filter|test) named '([^']*)'")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_SHOWN = re.compile(r'"(\w+)"')

COMPARE = "compare it with the theme's own template"


class Fault(NamedTuple):
    """What is wrong and how to mend it; ``line`` is set where the template must be mended elsewhere than Jinja says."""

    text: str
    hint: str
    line: int = 0


def undefined(error: UndefinedError) -> Fault:
    """A value that is not there: its name, of what, and the nearest that is."""
    words = str(error.message or "")
    hint = "README lists the values that each template receives; to ask first, write: {% if value is defined %}"
    if found := _ATTRIBUTE.search(words):
        owner, name = found[1], found[2]
        if owner in {"None", "NoneType"}:
            told = f'"{name}" is asked of something that is not there on this page'
            return Fault(told, "ask first: {% if value %} … {% endif %}")
        of = "site" if owner == "Chrome" else "page" if owner.endswith("Page") else owner
        kind = getattr(pages, owner, None) or getattr(models, owner, None)
        known = kind.__struct_fields__ if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()
        held = f"{of} holds: {', '.join(known)}" if known else hint
        return Fault(f'there is no "{name}" in {of}', suggestion(name, known) or held)
    if found := _NAME.search(words):
        told = f'there is no value "{found[1]}"'
        if found[1] in {"page", "site"}:
            hint = "an imported template doesn't receive it: hand it to the macro, or write {% import … with context %}"
            return Fault(f"{told} here", hint)
        return Fault(told, suggestion(found[1], ("page", "site")) or hint)
    return Fault(_sentence(words), hint)


def syntax(error: TemplateSyntaxError) -> Fault:
    """Why a template can't be read."""
    words = str(error.message or "")
    if found := _UNCLOSED.search(words):
        return Fault(
            f"the block {{% {found[1]} … %}} is not closed",
            f"write {{% end{found[1]} %}} where it ends",
            _opened(error.source or "", found[1]),
        )
    if found := _TAG.search(words):
        if found[1].startswith("end"):
            told = f"{{% {found[1]} %}} closes nothing here"
            return Fault(told, f"remove it, or open the block with {{% {found[1][3:]} … %}}")
        near = nearest(found[1], _TAGS_OF_JINJA)
        return Fault(f"there is no tag {{% {found[1]} %}}", f"did you mean {{% {near} … %}}?" if near else COMPARE)
    if found := _FILTER.search(words):
        return Fault(f'there is no {found[1]} "{found[2]}"', "README lists those of digest; Jinja's manual, its own")
    return Fault(_sentence(words), next((hint for said, hint in _SLIPS if said in words), COMPARE))


_TAGS_OF_JINJA = ("for", "if", "elif", "else", "block", "extends", "include", "macro", "set", "call")
_SLIPS = (
    ("unexpected '}'", "write }} where a {{ ends, and %} where a {% ends"),
    ("unexpected end of template", "write }} where a {{ ends, and %} where a {% ends"),
    ("unexpected char '%'", "write }} where a {{ ends, and %} where a {% ends"),
    ("'end of statement block', got 'if'", "write {% elif … %}"),
    ("'end of statement block', got '='", "write == to compare"),
    ("'end of print statement', got", "write one value between {{ and }}; several are joined with ~"),
    ("defined twice", "give one of the two blocks another name"),
)
"""What Jinja says of an ordinary slip, and what to write instead."""


def _opened(source: str, tag: str) -> int:
    """The line of the innermost block ``tag`` that is not closed; 0 where none is found."""
    plain = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), source)
    opened: list[int] = []
    for match in _OPEN.finditer(plain):
        if match[2] == tag and match[1]:
            del opened[-1:]
        elif match[2] == tag:
            opened.append(plain.count("\n", 0, match.start()) + 1)
    return opened[-1] if opened else 0


def _sentence(words: str) -> str:
    return " ".join(words.split()).rstrip(".")


def pointed(one: Problem) -> Problem:
    """A template's problem with its caret under the word that the text names, if its line shows it."""
    named = _SHOWN.search(one.text)
    piped = r"(?:\||\bfilter\b)\s*" if one.text.startswith("there is no filter") else ""
    pattern = rf"{piped}\b({named[1]})\b" if named else ""
    found = re.search(pattern, one.excerpt) if named and one.code.startswith("template-") else None
    if one.column != 1 or named is None or found is None:
        return one
    width = len(named[1])
    return msgspec.structs.replace(one, column=found.start(1) + 1, caret=found.start(1), width=width)
