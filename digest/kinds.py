"""Kinds of values that are one text: a headline, a date, a number, one word of a few.

A kind says what a field's value is: it reads a YAML node to a typed value, or notes a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from digest import scalars
from digest.problems import suggestion
from digest.reading import Reading, not_text, parsed, said, short
from digest.yamltext import Node, Scalar

LONG_TITLE = 300
"""Characters. Longer headlines are cut by every feed reader and search page; most are a lost paragraph."""

_BREAKS = re.compile(r"[ \t\n]+")


class Kind(msgspec.Struct, frozen=True):
    """What a value may be. ``read`` gives the value, or ``None`` after it noted why there is none.

    ``shape`` is the YAML shape that fits: "text", "list" or "mapping".
    """

    shape = "text"

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The value of the field ``name`` from what is ``given``."""
        raise NotImplementedError


class Text(Kind, frozen=True):
    """A text on one line; line ends in it become spaces. ``parse`` refuses what isn't one of its kind.

    ``longest`` counts characters; a longer text is a warning.
    """

    called: str = "text"
    parse: Callable[[str], object] = str
    longest: int = 0
    format: str = ""
    pattern: str = ""
    lines: bool = False

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The text, or what ``parse`` makes of it."""
        if type(given) is not Scalar:
            return not_text(given, name, reading, _with_article(self.called))
        text = given.value
        if not self.lines and ("\n" in text or "  " in text or "\t" in text):
            text = _BREAKS.sub(" ", text)
        text = text.strip()
        if self.longest and len(text) > self.longest:
            fault = f"{said(name)} has {len(text):,} characters; more than {self.longest} are cut wherever it is shown"
            reading.fault("long-field", given, fault, "shorten it")
        return text if self.parse is str else parsed(self.parse, text, given, reading)


class Prose(Text, frozen=True, kw_only=True):
    """Markdown; read to the ``Scalar`` itself, because links in it have places. ``markup`` renders it."""

    called: str = "Markdown"

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The scalar as it stands."""
        if type(given) is not Scalar:
            return not_text(given, name, reading, self.called)
        return given


class Instant(Kind, frozen=True):
    """A date, or a date and a time."""

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The moment, with a fixed offset."""
        if type(given) is not Scalar:
            return not_text(given, name, reading, "a date")
        return parsed(lambda text: scalars.instant(text.strip(), reading.zone), given.value, given, reading)


class Flag(Kind, frozen=True):
    """True or false."""

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The flag."""
        if type(given) is not Scalar:
            return not_text(given, name, reading, "true or false")
        return parsed(scalars.flag, given.value, given, reading)


class Whole(Kind, frozen=True):
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The number."""
        if type(given) is not Scalar:
            return not_text(given, name, reading, "a number")
        return parsed(lambda text: scalars.whole(text, self.low, self.high), given.value, given, reading)


class Choice(Kind, frozen=True):
    """One of a few words."""

    choices: tuple[str, ...]

    def read(self, given: Node, name: str, reading: Reading) -> object | None:
        """The word."""
        if type(given) is not Scalar:
            return not_text(given, name, reading, "one of " + ", ".join(self.choices))
        word = given.value.strip()
        if word in self.choices:
            return word
        hint = suggestion(word, self.choices) or f"write one of: {', '.join(self.choices)}"
        reading.fault("bad-value", given, f"{said(name)} can't be {short(word)}", hint)
        return None


def _with_article(called: str) -> str:
    """``a slug``, ``an id``, but ``text``."""
    if called in {"text", "Markdown"}:
        return called
    return f"an {called}" if called[0] in "aei" else f"a {called}"
