"""YAML's syntax errors in words that an editor can act on.

The parsers of PyYAML say "did not find expected key"; what they mean is nearly always one of a dozen slips. Each
slip has a rule here, which looks at the error and at the lines around it, and gives the place where a hand must
mend it (a quote that is never closed is mended where it opens, not at the end of the file), and the mended line.

Both parsers, libyaml and the one in Python, must lead to the same words, so rules rely on wording that they share.
Lines and columns count from 0 here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import yaml

from digest.yamllines import KEY, first_fitting, indent, quoted, shown, straight, without_colon

CUT = re.compile(r"([ \t]+)#[\w\"'“‘(].*")
"""A comment whose text touches its ``#``: most likely a part of the text in front (``Win #3``)."""

_OPENED = re.compile(r"""(?:\s*(?:-\s+)*[^\s:#'"][^:#'"]*:[ \t]+|\s*(?:-\s+)+)(["'])""")
_START_FAULTS = (
    "cannot start any token", "expected node content", "expected the node content", "entries are not allowed",
    "mapping keys are not allowed", "undefined tag handle",
)  # fmt: skip
_START_CONTEXTS = ("an alias", "an anchor", "a block scalar", "a tag", "a directive")
_TABBED = re.compile(r" *\t[ \t]*(?=\S)")
_ODD = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_ODD_SPACE = re.compile(rf" *(?:- *)*(?:[\w-]+:)?[{_ODD}]")
_WORDS_LINK = re.compile(r"\s*(?:-\s+)*(?:[\w-]+:\s+)?\[([^\[\]]+)\]\((\S+)\)")
_DASHES = re.compile(r"^\s*(?:-\s+)*")
_WIDE_COLON = re.compile(r"(\s*(?:- +)?[\w-]+)\s?[\uff1a\ufe55\ua789\u2236]\s*")
_BLOCK_OPENED = re.compile(r".*(?::|-)\s+[|>][-+0-9]*\s*$")
_HALF = re.compile(r"\\[uU](?:0000)?[dD][89a-fA-F][0-9a-fA-F]{2}")
_BRACES = re.compile(r"\{(\s*[\w-]+:\s+)([^\s\"'{\[,][^\"',]*\{[^\"',]*\}[^\"',]*)\}")
_FAR = 200
"""How many lines above an error its cause is looked for."""

_WIDE = 300
"""Characters of a line that are looked at where looking takes more than one go: no hand writes more there."""

_NEAR = 3
"""The same for a cause that makes itself felt at once."""


class Fault(NamedTuple):
    """A syntax error explained: where, what, how to mend it, how many characters to underline.

    ``mended`` holds lines as they were meant, by number, where that is beyond doubt: the text is then read on with
    them, so that one slip of the hand costs no more than its own message.
    """

    line: int
    column: int
    text: str
    hint: str
    width: int = 1
    mended: Mapping[int, str] = MappingProxyType({})


class _Seen(NamedTuple):
    """An error as the rules see it. ``opened`` is where the part began that could not be finished, if known."""

    problem: str
    context: str
    line: int
    column: int
    opened: tuple[int, int] | None
    lines: Sequence[str]

    @property
    def text(self) -> str:
        return self.lines[self.line]

    @property
    def letter(self) -> str:
        return self.text[self.column : self.column + 1]


def explain(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Fault:
    """The fault behind a parser's error in a text of ``lines``."""
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark
    line, column = (0, 0) if mark is None else (min(mark.line, len(lines) - 1), mark.column)
    seen = _Seen(
        error.problem or "", error.context or "", line, column if mark and line == mark.line else len(lines[line]),
        None if opened is None else (min(opened.line, len(lines) - 1), opened.column), lines,
    )  # fmt: skip
    for rule in _RULES:
        fault = rule(seen)
        if fault:
            return fault
    return _unknown(seen)


def _tab(seen: _Seen) -> Fault | None:
    """Tabs that indent a line and those below it."""
    found = _TABBED.match(seen.text)
    if not found or seen.column > len(seen.text) - len(seen.text.lstrip()):
        return None
    rows = range(seen.line, first_fitting(seen.lines, seen.line, lambda text: not _TABBED.match(text)))
    mended = {row: _TABBED.sub(lambda tabs: tabs[0].replace("\t", "  "), seen.lines[row]) for row in rows}
    told = "a tab indents this line" if len(rows) == 1 else f"tabs indent this line and {_more(len(rows) - 1)} below it"
    text = f"{told}; YAML allows only spaces there"
    return Fault(seen.line, seen.text.index("\t"), text, "use spaces: two for each level", mended=mended)


def _more(count: int) -> str:
    return "the one" if count == 1 else f"the {count}"


def _odd_space(seen: _Seen) -> Fault | None:
    """A no-break or other space that YAML takes for a letter, after a colon or a hyphen or in front of a line."""
    for line in range(seen.line, max(-1, seen.line - _NEAR), -1):
        found = _ODD_SPACE.match(seen.lines[line][:_WIDE])
        if found:
            column = found.end() - 1
            name = "a no-break space" if seen.lines[line][column] == "\xa0" else "a special space"
            text = f"there is {name} here (U+{ord(seen.lines[line][column]):04X}), which YAML takes for a letter"
            mended = re.sub(r"[^\S\t\n]", " ", seen.lines[line])
            return Fault(line, column, text, "write an ordinary space in its place", mended={line: mended})
    return None


def _open_quote(seen: _Seen) -> Fault | None:
    """A quote that nothing closes down to the end."""
    if "quoted scalar" not in seen.context or "found unexpected" not in seen.problem or seen.opened is None:
        return None
    return _unclosed(seen.lines, *seen.opened)


def _unclosed(lines: Sequence[str], line: int, column: int) -> Fault:
    text = lines[line].rstrip()
    hint = f"write: {shown(text + text[column : column + 1])}"
    return Fault(line, column, "the quote opened here is not closed", hint, max(1, len(text) - column))


def _wandering_quote(seen: _Seen) -> Fault | None:
    """A quote that is not closed on its line, so that the next line's opening quote closes it."""
    if "block mapping" not in seen.context and "block collection" not in seen.context:
        return None
    for line in range(seen.line - 1, max(-1, seen.line - _FAR), -1):
        found = _OPENED.match(seen.lines[line])
        if found and found[1] in seen.text[: seen.column]:
            closed = found[1] in seen.lines[line][found.end() :]
            between = any(found[1] in text for text in seen.lines[line + 1 : seen.line])
            return None if closed or between else _unclosed(seen.lines, line, found.end() - 1)
        if found:
            return None
    return None


def _after_quote(seen: _Seen) -> Fault | None:
    """Text after a closing quote: ``'It's here'`` ends at the apostrophe."""
    found = _OPENED.match(seen.text)
    if not found or found.end() > seen.column or found[1] not in seen.text[found.end() : seen.column]:
        return None
    value = seen.text[found.end() - 1 :].rstrip()
    within = seen.text[seen.column - 1 : seen.column] == found[1] and seen.letter.isalnum()
    if value.count(found[1]) % 2 or (within and not value.endswith(found[1])):
        value = value[1:-1] if value.endswith(found[1]) else value[1:]
        value = value.replace("''", "'") if found[1] == "'" else value.replace('\\"', '"')
    hint = f"write: {shown(seen.text[: found.end() - 1] + quoted(value))}"
    return Fault(seen.line, seen.column, "the text goes on after its closing quote", hint)


def _colon(seen: _Seen) -> Fault | None:
    """``title: Apple: a story``, a key indented too far, or a line above that lacks its colon."""
    if "mapping values are not allowed" not in seen.problem:
        return None
    key = KEY.match(seen.text)
    if key and key.end() <= seen.column:
        value = straight(seen.text[key.end() :].strip())
        hint = f"put the value in quotes: {shown(seen.text[: key.end()] + ' ' + quoted(value))}"
        return Fault(
            seen.line, seen.column, "a colon with a space after it can't stand in a value without quotes", hint
        )
    above = next((n for n in range(seen.line - 1, -1, -1) if seen.lines[n].strip()), None)
    if above is None:
        return None
    if not KEY.match(seen.lines[above]) and indent(seen.lines[above]) == indent(seen.text):
        return _no_colon_on(seen.lines, above)
    hint = f"move it to column {_depth(seen.lines[above]) + 1}; if it belongs to the text above, quote that text"
    return Fault(seen.line, indent(seen.text), "this line is indented further than the field above it", hint)


def _bad_start(seen: _Seen) -> Fault | None:
    """A value that starts with a sign YAML keeps for itself."""
    at_context = any(name in seen.context for name in _START_CONTEXTS)
    if not at_context and not any(words in seen.problem for words in _START_FAULTS):
        return None
    line, column = seen.opened if at_context and seen.opened else (seen.line, seen.column)
    text = seen.lines[line]
    sign = text[column : column + 1]
    if not sign or sign.isalnum():
        return None
    value = text[column:].rstrip()
    if sign in "*+\u2022" and value[1:2] == " " and not text[:column].strip(" -"):
        rows = range(line, first_fitting(seen.lines, line, lambda one: not one.startswith(text[: column + 2])))
        mended = {row: f"{text[:column]}-{seen.lines[row][column + 1 :]}" for row in rows}
        hint = f"write: {shown('-' + value[1:])}"
        return Fault(line, column, f"in YAML, lists have hyphens, and no {sign}", hint, 1, mended)
    hint = f"put the text in quotes: {shown(text[:column] + quoted(value))}"
    return Fault(line, column, f"a text can't start with {sign} without quotes", hint, len(value))


def _flow(seen: _Seen) -> Fault | None:
    """A list in ``[ ]`` or a mapping in ``{ }`` that is not closed or lacks a comma."""
    opened = _bracket_before(seen) if "a flow node" in seen.context else seen.opened
    if "a flow" not in seen.context or opened is None:
        return None
    line, column = opened
    rest = seen.lines[line][column:]
    if cut := re.search(r"[\[{,]\s*#[^\s,\]}]", rest):
        return _hash_in_list(seen.lines[line].rstrip(), line, column + cut.end() - 2)
    pattern = _BRACES.fullmatch(rest.rstrip()) if len(rest) < _WIDE else None
    if pattern:
        whole = seen.lines[line][:column] + f"{{{pattern[1]}{quoted(pattern[2])}}}"
        text = "a text with braces can't stand between braces without quotes"
        return Fault(line, column + pattern.start(2), text, f"write: {shown(whole)}", len(pattern[2]))
    sign, closing = (rest[:1], {"[": "]", "{": "}"}.get(rest[:1], "]"))
    if closing in rest and " #" not in rest.partition(closing)[0]:
        where = (seen.line, seen.column) if seen.line == line else (line, column)
        hint = "separate its parts by commas, and put a part that holds one of , : [ ] { } # in quotes"
        return Fault(*where, f"what starts with {sign} can't be read beyond this place", hint)
    whole = seen.lines[line].rstrip()
    hint = f"write: {shown(whole.rstrip(',') + closing)}" if " #" not in rest else "put a text with # in quotes"
    return Fault(line, column, f"the {sign} opened here is not closed by a {closing}", hint, len(rest.rstrip()))


def _hash_in_list(text: str, line: int, column: int) -> Fault:
    """``[#bridge, #city]``: to YAML, all from the first ``#`` on is a comment."""
    mended = re.sub(r"(?<=[\[{,\s])#[^\s,\]}][^,\]}]*", lambda found: quoted(found[0].rstrip()), text)
    told = "a # after a bracket, a comma or a space starts a comment, so that the list has no end"
    return Fault(line, column, told, f"put such texts in quotes: {shown(mended)}", len(text) - column)


def _bracket_before(seen: _Seen) -> tuple[int, int] | None:
    """Where the innermost bracket was opened that is still open at the error."""
    closed = 0
    for line in range(seen.line, max(-1, seen.line - _FAR), -1):
        text = seen.lines[line] if line < seen.line else seen.text[: seen.column]
        for column in range(len(text) - 1, -1, -1):
            if text[column] in "]}" and " #" not in text[:column]:
                closed += 1
            elif text[column] in "[{":
                closed -= 1
            if closed < 0:
                return line, column
    return None


def _no_colon(seen: _Seen) -> Fault | None:
    if "could not find expected ':'" not in seen.problem:
        return None
    return _no_colon_on(seen.lines, seen.opened[0] if seen.opened else seen.line)


def _no_colon_on(lines: Sequence[str], line: int) -> Fault:
    """A line that is no ``key: value``."""
    text = lines[line].rstrip()
    start = indent(text)
    if slip := without_colon(text):
        return Fault(line, slip.column, slip.told, f"write: {shown(slip.mended)}", 1, {line: slip.mended})
    wide = _WIDE_COLON.match(text)
    if wide:
        mended = f"{wide[1]}: {text[wide.end() :]}"
        told = f"this is no ordinary colon (U+{ord(text[wide.end(1)]):04X})"
        return Fault(line, wide.end(1), told, f"write: {shown(mended)}", 1, {line: mended})
    above = next((n for n in range(line - 1, -1, -1) if lines[n].strip()), None)
    if above is not None and _BLOCK_OPENED.match(lines[above]):
        told = f"the text of {shown(lines[above])} must stand further right than that line"
        hint = f"indent it by {_spaces(_depth(lines[above]) + 2)}"
        return Fault(line, start, told, hint, len(text) - start)
    hint = 'write "field: value"; if this line continues the text above, indent it by two spaces'
    return Fault(line, start, "this line has no field name with a colon", hint, len(text) - start)


def _escape(seen: _Seen) -> Fault | None:
    if "escape" not in seen.problem and "hexdecimal" not in seen.problem:
        return None
    column = seen.text.rfind("\\", 0, seen.column + 1)
    if column < 0:
        return None
    half = _HALF.search(seen.text)
    if half:
        text, hint = f"{half[0]} is half of a character", "write the character itself"
        return Fault(seen.line, half.start(), text, hint, len(half[0]))
    sign = seen.text[column : column + 2]
    if sign in {"\\u", "\\U", "\\x"}:
        text = f"{sign} must be followed by the number of a character"
        return Fault(seen.line, column, text, "write the character itself", 2)
    hint = "write \\\\ for a backslash, or put the text in single quotes"
    return Fault(seen.line, column, f"{sign} means nothing between double quotes", hint, 2)


def _percent(seen: _Seen) -> Fault | None:
    """A line that starts with ``%`` is a directive to YAML."""
    for line in range(min(seen.line, len(seen.lines) - 1), -1, -1):
        if seen.lines[line].startswith("%"):
            text = "a line that starts with % is a directive to YAML, and none is needed here"
            return Fault(line, 0, text, "remove the line, or put the text in quotes", len(seen.lines[line].rstrip()))
        if line < seen.line and seen.lines[line].strip():
            return None
    return None


def _bracket(seen: _Seen) -> Fault | None:
    if seen.letter not in {"]", "}"}:
        return None
    text = f"nothing was opened that this {seen.letter} could close"
    return Fault(seen.line, seen.column, text, "remove it, or put the text in quotes")


def _indentation(seen: _Seen) -> Fault | None:
    """A line that lines up with nothing above it, or a list among fields."""
    if "block" not in seen.context and "document start" not in seen.problem:
        return None
    start = indent(seen.text)
    if seen.column > start + 2:
        return _behind_value(seen)
    width = max(1, len(seen.text.rstrip()) - start)
    touching = re.match(r"( *)-(?=[^\s-])(.*)", seen.text)
    if touching:
        mended = f"{touching[1]}- {touching[2]}"
        return Fault(seen.line, start + 1, "there is no space after the hyphen", f"write: {shown(mended)}", 1,
                     {seen.line: mended})  # fmt: skip
    if seen.text[start:].startswith("- ") and seen.opened and "mapping" in seen.context and start == seen.opened[1]:
        hint = "write the field that holds it in the line above, such as items:, or indent it like the list it goes on"
        return Fault(seen.line, start, "a list starts here without a field that holds it", hint, width)
    if seen.opened and start == seen.opened[1] and "collection" in seen.context:
        hint = 'start it with "- ", or indent it like the rest of its entry'
        return Fault(seen.line, start, "a field stands here where a list goes on", hint, width)
    text = f"this line is indented by {_spaces(start)}, which fits no line above it"
    return Fault(seen.line, start, text, f"{_move(_usual(seen, start))}, or like the lines it belongs to")


def _behind_value(seen: _Seen) -> Fault:
    """Something behind a value that has ended: ``[words](address)``, ``[a] b``."""
    link = _WORDS_LINK.fullmatch(seen.text.rstrip())
    if link:
        hint = (
            f'in Markdown, put the whole text in quotes: "[{link[1]}]({link[2]})"; '
            f"as a title with its address, write: {{title: {quoted(link[1])}, url: {quoted(link[2])}}}"
        )
        column = seen.text.index("[")
        width = len(seen.text.rstrip()) - column
        return Fault(seen.line, column, "a link in Markdown can't stand here without quotes", hint, width)
    hint = f"put the whole value in quotes, or remove {shown(seen.text[seen.column :].strip())}"
    return Fault(seen.line, seen.column, "the value ended before this", hint)


def _usual(seen: _Seen, start: int) -> int:
    """How far the line was probably to be indented: like the nearest depth of those of the lines above."""
    depths = []
    for line in range(seen.line - 1, max(-1, seen.line - _FAR), -1):
        text = seen.lines[line]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        depths += [indent(text), _depth(text)]
        if not indent(text):
            break
    if seen.text[start : start + 2] == "- ":
        lists = {indent(one) for one in seen.lines[: seen.line] if one.lstrip().startswith("- ")}
        depths = [one for one in depths if one in lists] or depths
    else:
        lists = {indent(one) for one in seen.lines[: seen.line] if one.lstrip().startswith("- ")}
        depths = [one for one in depths if one not in lists] or depths
    return min(depths, key=lambda one: (abs(one - start), -one), default=0)


def _depth(text: str) -> int:
    """At which column the fields of a line stand, behind the hyphens of its lists."""
    return len(text) - len(_DASHES.sub("", text))


def _spaces(count: int) -> str:
    return f"{count} space{'' if count == 1 else 's'}"


def _move(count: int) -> str:
    return f"indent it by {_spaces(count)}" if count else "start it at the beginning of the line"


def _unknown(seen: _Seen) -> Fault:
    hint = 'most often a text needs quotes: title: "…"'
    return Fault(seen.line, seen.column, "the YAML can't be read from here on", hint)


_RULES: tuple[Callable[[_Seen], Fault | None], ...] = (
    _tab, _odd_space, _open_quote, _escape, _percent, _wandering_quote, _after_quote, _colon, _bad_start, _flow,
    _no_colon, _bracket, _indentation,
)  # fmt: skip
"""Asked in this order; the first that knows the fault explains it."""
