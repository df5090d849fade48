"""One file being read: its problems, the places of its fields, and the words for a value of the wrong shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from digest.problems import Notes
from digest.scalars import BadTextError
from digest.yamllines import quoted, straight
from digest.yamltext import Mapping, Node, Scalar, Sequence, Unreadable

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_WORDS_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+)\)")
_TOUCHING = re.compile(r"([a-z_]+):(\S.*)", re.DOTALL)
_NOTHING = frozenset({"null", "~", "none", "nil", "false"})
"""Words for nothing. To YAML as it is read here, they are texts like any other."""

_PICTURE = re.compile(r"[^/:]+(?:/[^/:]+)*\.[A-Za-z]{3,4}")


class Reading(Notes):
    """One file being read: its problems, the zone of its dates, and where each field stands.

    ``unread`` names the fields whose values can't be used, because of a problem that is noted. ``below`` says on which
    lines of a body fields stand that were meant for the front matter.
    """

    __slots__ = ("below", "places", "unread", "zone")

    def __init__(self, path: str, source: str, zone: ZoneInfo) -> None:
        super().__init__(path, source)
        self.zone = zone
        self.below: dict[str, int] = {}
        self.begin()

    def begin(self) -> None:
        """Begin another entry of the file: no field of it was read yet."""
        self.places: dict[str, tuple[int, int]] = {}
        self.unread: set[str] = set()

    def fault(self, code: str, where: Node, text: str, hint: str = "") -> None:
        """Note a problem with the value ``where``."""
        self.add(code, where.line, where.column, text, hint, width=getattr(where, "width", 1) or 1)


def parsed(parse: Callable[[str], object], text: str, given: Scalar, reading: Reading) -> object | None:
    """What ``parse`` makes of a text; a ``BadTextError`` becomes a problem."""
    try:
        return parse(text)
    except BadTextError as bad:
        plain = straight(text.strip())
        hint = bad.hint if plain == text.strip() else f"take the curly quotes away: {plain[:100]}"
        reading.fault(bad.code, given, bad.fault, hint)
        return None


def not_text(given: Node, name: str, reading: Reading, wanted: str) -> object | None:
    """Note that a list or mapping stands where a text is meant."""
    if isinstance(given, Sequence | Mapping):
        found = "a list" if isinstance(given, Sequence) else "a mapping"
        hint = f"write: {_labelled(name, _as_text(given))}"
        if isinstance(given, Mapping):
            hint += " (quotes keep { } and colons in a text)"
        reading.fault("wrong-type", given, f"{said(name)} is {found}, where {wanted} is meant", hint)
    return None


def _as_text(given: Sequence | Mapping) -> str:
    """A list or mapping as the text that was probably meant."""
    if isinstance(given, Mapping):
        key, value = given.pairs[0] if len(given.pairs) == 1 else (None, None)
        if key and isinstance(value, Scalar) and not value.value:
            return quoted(f"{{{key.value}}}"[:100])
        return quoted(f"{key.value}: {value.value}"[:100]) if key and isinstance(value, Scalar) else '"…"'
    texts = [one.value for one in given.items if isinstance(one, Scalar)]
    return in_list(texts[0]) if len(texts) == 1 else quoted(", ".join(texts)[:100]) if texts else '"…"'


def not_list(given: Node, name: str, reading: Reading, fields: tuple[str, ...] = ()) -> object | None:
    """Note that something else stands where a list is meant, and show one; its elements have the ``fields``."""
    if isinstance(given, Scalar) and given.value.lower() in _NOTHING:
        told, hint = f"{said(name)} is a text, where a list is meant", "to leave it empty, remove the line"
        reading.fault("wrong-type", given, told, hint)
    elif isinstance(given, Scalar) and re.match(r"-\w", given.value) and given.plain:
        hint = f"write: - {given.value.split(' ')[0][1:]}"
        reading.fault("wrong-type", given, "there is no space after the hyphen, so this is no list", hint)
    elif isinstance(given, Scalar) and not fields:
        hint = f"write: {as_list(given.value, _label(name))}"
        reading.fault("wrong-type", given, f"{said(name)} is a text, where a list is meant", hint)
    elif isinstance(given, Scalar | Mapping):
        found = "a text" if isinstance(given, Scalar) else "a mapping"
        hint = 'start each element on a line with "- "' + (f": - {fields[0]}: …" if fields else "")
        reading.fault("wrong-type", given, f"{said(name)} is {found}, where a list is meant", hint)
    return None


def as_list(text: str, name: str) -> str:
    """``text`` as the list that was probably meant: ``tags: [a, b]``; words without a comma may be one or several."""
    words = [part.strip() for part in re.split("[,;]", text) if part.strip()]
    shown = f"{name}: [{', '.join(map(in_list, words))}]"
    several = text.split()
    if len(words) == 1 and 1 < len(several) < 6 and re.fullmatch(r"[a-z0-9 -]+", text):
        shown += f", or, if these are several, {name}: [{', '.join(map(in_list, several))}]"
    return shown


def not_mapping(given: Node, name: str, reading: Reading, fields: tuple[str, ...]) -> object | None:
    """Note that something else stands where a mapping is meant, and show one with the needed ``fields``."""
    if isinstance(given, Scalar) and not given.value.strip():
        reading.fault("empty-field", given, f"{said(name)} is empty", "fill it in, or remove it")
    elif isinstance(given, Scalar) and (found := _TOUCHING.fullmatch(given.value)) and not found[2].startswith("//"):
        hint = f"write: {found[1]}: {in_list(found[2].split(' ')[0])}"
        reading.fault("wrong-type", given, "there is no space after the colon", hint)
    elif not isinstance(given, Unreadable):
        found_ = "a list" if isinstance(given, Sequence) else "a text"
        hint = f"write: {_labelled(name, as_mapping(given, fields))}"
        if isinstance(given, Scalar) and given.value.lower() in _NOTHING:
            hint = "to leave it empty, remove the line"
        reading.fault("wrong-type", given, f"{said(name)} is {found_}, where a mapping is meant", hint)
    return None


def as_mapping(given: Node, fields: tuple[str, ...]) -> str:
    """A text as the mapping that was probably meant: it goes to the field that it fits, the others stay open."""
    values = dict.fromkeys(fields, "…")
    text = given.value.strip() if isinstance(given, Scalar) else ""
    link = _WORDS_LINK.fullmatch(text)
    if link and "url" in values:
        values |= {fields[0]: in_list(link[1]), "url": link[2]}
    elif "url" in values and _ADDRESS.fullmatch(text):
        values["url"] = text
    elif text and text.lower() not in {"true", "false", "yes", "no"}:
        values[fields[0]] = f"/{text}" if fields[0] == "src" and _PICTURE.fullmatch(text) else in_list(text)
    return "{" + ", ".join(f"{field}: {value}" for field, value in values.items()) + "}"


def said(name: str) -> str:
    """A field as a message names it: ``image.src``, or "this element of tags"."""
    parts = [part for part in name.split(".") if not part.isdigit()]
    return f"this element of {'.'.join(parts)}" if name.rsplit(".", 1)[-1].isdigit() else ".".join(parts)


def _label(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _labelled(name: str, value: str) -> str:
    """``field: value`` as a hint shows it; an element of a list has no name of its own."""
    last = _label(name)
    return value if last.isdigit() or " " in name else f"{last}: {value}"


def in_list(text: str) -> str:
    """``text`` as an element of ``[…]``: in quotes where it needs them."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
    plain_url = re.fullmatch(r"https?://[^\s,\[\]{}#\"'\\]+|/[^\s,:\[\]{}#\"'\\]*", shown)
    return shown if plain_url else quoted(shown) if re.search(r"^[^\w(]|[,:\[\]{}#\"'\\]", shown) else shown


def short(text: str) -> str:
    """A quoted text as a message shows it."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:61])
    return f'"{shown[:60]}…"' if len(text) > 60 else f'"{shown}"'
