"""A file's bytes as text, or the reason why they are none, with its line."""

from __future__ import annotations

import re

from digest.problems import Place, Problem, problem

_CONFLICT = re.compile(r"^<{7} .*(?:\n.*)*?\n={7}$(?:\n.*)*?\n>{7} ", re.MULTILINE)


def decode(data: bytes, path: str) -> tuple[str | None, tuple[Problem, ...]]:
    """The text of a file, without byte order mark and with plain line ends; ``None`` where it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (not_utf8(data, path, error.start),)
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if "<<<<<<< " in text and (found := _CONFLICT.search(text)):
        return None, (_conflict(text, path, found.start()),)
    return text, ()


def _conflict(text: str, path: str, start: int) -> Problem:
    """The problem with a file in which Git has left two versions of a part, for its user to choose from."""
    place = Place(path, text.count("\n", 0, start) + 1, 1)
    told = "Git has left two versions of this part here (<<<<<<<, =======, >>>>>>>)"
    hint = "keep one of the two and remove the three lines of signs; to show such lines, indent them"
    return problem(place, "merge-conflict", told, hint, source=text, width=7)


def not_utf8(data: bytes, path: str, start: int) -> Problem:
    """The problem with the first byte that is no UTF-8, with the line that holds it and what was likely meant."""
    before = data[:start].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    place = Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        told = "the file is UTF-16, not UTF-8"
        return problem(place, "not-utf8", told, "save it again as UTF-8", source=data.decode("utf-16", "replace"))
    byte = data[start]
    if byte == 0xED and data[start + 1 : start + 2] >= b"\xa0":
        told = f"half of a character stands at byte {start} of the file, and UTF-8 has none"
        return problem(
            place, "not-utf8", told, "write the character itself", source=data.decode("utf-8-sig", "replace")
        )
    meant = bytes([byte]).decode("cp1252", "replace")
    hint = "save the file as UTF-8" + (f"; in Windows-1252 this byte is {meant}" if meant.isprintable() else "")
    whole = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return problem(place, "not-utf8", f"byte {start} of the file (0x{byte:02X}) is no UTF-8", hint, source=whole)
