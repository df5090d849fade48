"""Problems: one fault each, with its place, its code, what is wrong and how to mend it.

A problem is a value. The modules that read and plan collect problems and go on, so that one run shows an
editor all of them; only ``cli`` prints them. The text, JSON and GitHub forms are made here because all three
must say the same thing in the same order.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from digest.codes import CODES

FOLDED_AFTER = 5
"""How many problems of one code the text form shows before it folds the rest into a count."""

JSON_VERSION = 1
"""Raised whenever a field of the JSON form changes its meaning or goes away; new fields don't raise it."""

EXCERPTS = 200
"""How many problems of one file get an excerpt."""

EXCERPT_WIDTH = 100
"""Columns of the source line that an excerpt shows; longer lines are cut around the caret."""


_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What could make a terminal show something else: controls, line ends, marks of direction, broken file names."""


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a fault stands: a path relative to the site folder, and a line and column counted from 1.

    Columns count characters (code points), as editors do. Line 0 means the file as a whole.
    """

    path: str
    line: int = 0
    column: int = 0


class Problem(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """One fault. Sorts by place, then by code, so that a report reads down the files."""

    path: str
    line: int
    column: int
    code: str
    text: str
    hint: str = ""
    warning: bool = False
    excerpt: str = ""
    caret: int = 0
    width: int = 1

    @property
    def severity(self) -> str:
        """``"error"`` or ``"warning"``, the words that all three forms use."""
        return "warning" if self.warning else "error"


def problem(
    place: Place, code: str, text: str, hint: str = "", *, source: str | None = None, width: int = 1
) -> Problem:
    """Make the problem ``code`` at ``place``; its severity is the code's own (see ``codes``).

    ``source`` is the whole text of the file: the line at the place becomes the excerpt, with ``width``
    characters underlined from the column on.
    """
    excerpt, caret = ("", 0) if source is None else _excerpt(source, place)
    return Problem(
        place.path, place.line, place.column, code, text, hint, CODES[code].warning, excerpt, caret, max(1, width)
    )  # fmt: skip


def _excerpt(source: str, place: Place) -> tuple[str, int]:
    """The line at ``place``, cut to a readable width, and the offset of the caret in it."""
    if place.line < 1:
        return "", 0
    lines = source.split("\n", place.line)
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    line = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else c for c in line[:100_000])
    caret = max(0, place.column - 1)
    start = max(0, caret - EXCERPT_WIDTH // 2) if len(line) > EXCERPT_WIDTH else 0
    return line[start : start + EXCERPT_WIDTH].rstrip(), caret - start


def with_excerpt(one: Problem, source: str) -> Problem:
    """``one`` with the excerpt that ``source``, the whole text of its file, has at its place."""
    excerpt, caret = _excerpt(source, Place(one.path, one.line, one.column))
    return msgspec.structs.replace(one, excerpt=excerpt, caret=caret)


class Notes:
    """Collects the problems of one file while it is read.

    ``source`` is the file's whole text. Excerpts are made for the first ``EXCERPTS`` problems only: cutting one
    costs time in proportion to the file, and a hostile file has as many problems as lines.
    """

    __slots__ = ("_lines", "found", "path", "source")

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.source = source
        self.found: list[Problem] = []
        self._lines: list[str] | None = None

    def line(self, number: int) -> str:
        """Line ``number`` of the file, counted from 1; empty beyond its end."""
        if self._lines is None:
            self._lines = self.source.split("\n")
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def add(self, code: str, line: int, column: int, text: str, hint: str = "", *, width: int = 1) -> None:
        """Note the problem ``code`` at a line and column of the file."""
        source = self.line(line) if len(self.found) < EXCERPTS else None
        one = problem(Place(self.path, 1, column), code, text, hint, source=source, width=width)
        self.found.append(msgspec.structs.replace(one, line=line))


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint ``did you mean "…"?`` with the nearest known word, or an empty string where none is near."""
    near = nearest(word, known)
    return f'did you mean "{near}"?' if near else ""


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word nearest to ``word`` by the measure of ``difflib``, or an empty string where none is near."""
    folded = {one.casefold(): one for one in sorted(known)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else ""


def with_severity(
    problems: Iterable[Problem], lowered: Mapping[str, str], *, strict: bool, lenient: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Apply the site's ``problems`` and ``problems_since`` and ``--strict``, drop what is switched off, and sort.

    ``lowered`` maps codes to ``"error"``, ``"warning"`` or ``"off"``. ``lenient`` are the paths of files held to the
    lenient rule: their lowerable errors are warnings. Codes for faults that would lose or alter content ignore both:
    ``config`` refuses such a setting before it comes here.
    """
    kept = set()
    for one in problems:
        wanted = lowered.get(one.code, one.severity)
        if wanted == "error" and one.path in lenient and not CODES[one.code].fixed:
            wanted = "warning"
        if wanted != "off":
            kept.add(msgspec.structs.replace(one, warning=wanted == "warning" and not strict))
    return tuple(sorted(kept))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those problems that keep a site from being published."""
    return tuple(one for one in problems if not one.warning)


def as_text(problems: Sequence[Problem]) -> str:
    """The form for people: place, severity, code, text, the excerpt with its caret, the hint.

    Repeated codes are folded after ``FOLDED_AFTER``: an archive with 4,000 dead links must not bury the one
    missing date.
    """
    shown: dict[str, int] = {}
    blocks = []
    for one in problems:
        shown[one.code] = shown.get(one.code, 0) + 1
        if shown[one.code] <= FOLDED_AFTER:
            blocks.append(_block(one))
    blocks += [
        f"… and {count - FOLDED_AFTER:,} more of {code} (all of them: --format json)\n"
        for code, count in sorted(shown.items())
        if count > FOLDED_AFTER
    ]
    return "".join(blocks)


def _block(one: Problem) -> str:
    """One problem in the text form, ending with a newline."""
    where = f"{one.path}:{one.line}:{one.column}" if one.line else one.path
    lines = [f"{where}: {one.severity}: {one.text} [{one.code}]"]
    if one.excerpt:
        number = str(one.line)
        pad = "".join(
            "\u3000" if unicodedata.east_asian_width(c) in "WF" else " " * _columns(c) for c in one.excerpt[: one.caret]
        )
        under = max(1, sum(map(_columns, one.excerpt[one.caret : one.caret + one.width])))
        lines.append(f"{number} | {one.excerpt}")
        lines.append(f"{' ' * len(number)} | {pad}{'^' * under}")
    if one.hint:
        lines.append(f"→ {one.hint}")
    return "\n    ".join(_UNSEEN.sub(_escaped, line) for line in lines) + "\n"


def _columns(letter: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def as_json(problems: Sequence[Problem]) -> str:
    """The form for programs: ``{"version": 1, "problems": [{path, line, column, severity, code, …}]}``."""
    rows = [
        {
            "path": one.path, "line": one.line, "column": one.column, "severity": one.severity,
            "code": one.code, "text": one.text, "hint": one.hint,
        }
        for one in problems
    ]  # fmt: skip
    return json.dumps({"version": JSON_VERSION, "problems": rows}, ensure_ascii=False, indent=1) + "\n"


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands that GitHub shows as annotations on the lines of a pull request.

    Escaping follows the rules of the Actions toolkit: ``%``, CR and LF everywhere, ``:`` and ``,`` in properties.
    """
    rows = []
    for one in problems:
        place = f"file={_property(one.path)},line={max(1, one.line)},col={max(1, one.column)}"
        message = f"{one.text}\n{one.hint}" if one.hint else one.text
        rows.append(f"::{one.severity} {place},title={_property(one.code)}::{_data(message)}\n")
    return "".join(rows)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
