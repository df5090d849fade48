"""Kinds of single texts: what each reads, and what it says of a text that is none of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from digest.kinds import LONG_TITLE, Choice, Flag, Instant, Kind, Text, Whole
from digest.reading import Reading
from digest.yamltext import Mapping, Node, Scalar, Sequence


def read(kind: Kind, given: Node) -> tuple[object | None, list[str]]:
    """What a kind reads, and what it notes."""
    reading = Reading("a.md", "", ZoneInfo("UTC"))
    value = kind.read(given, "field", reading)
    return value, [f"{one.text}; {one.hint}" for one in reading.found]


def text(value: str) -> Scalar:
    return Scalar(value, 1, 1)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (Text(), " a \n b ", "a b"),
        (Text(lines=True), "a\nb", "a\nb"),
        (Flag(), "Yes", True),
        (Whole(1, 5), " 3 ", 3),
        (Choice(("day", "week")), "week", "week"),
    ],
)
def test_a_text_that_fits(kind: Kind, given: str, value: object) -> None:
    assert read(kind, text(given)) == (value, [])


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (Flag(), "maybe", '"maybe" is neither true nor false; write true or false'),
        (Flag(), "\u201ctrue\u201d", '"\u201ctrue\u201d" is neither true nor false; take the curly quotes away: true'),
        (Whole(1, 5), "9", "9 is not between 1 and 5; write a number from 1 to 5"),
        (Choice(("day", "week")), "weekly", 'field can\'t be "weekly"; did you mean "week"?'),
        (Choice(("day", "week")), "x", 'field can\'t be "x"; write one of: day, week'),
        (
            Instant(),
            "\u201c2025-05-11\u201d",
            '"\u201c2025-05-11\u201d" is no date; take the curly quotes away: 2025-05-11',
        ),
    ],
)
def test_a_text_that_does_not_fit(kind: Kind, given: str, said: str) -> None:
    assert read(kind, text(given)) == (None, [said])


@pytest.mark.parametrize("kind", [Text(), Flag(), Whole(1, 5), Choice(("a",)), Instant()])
@pytest.mark.parametrize("given", [Sequence((), 1, 1), Mapping((), 1, 1)])
def test_no_kind_of_text_takes_a_list_or_a_mapping(kind: Kind, given: Node) -> None:
    value, (said,) = read(kind, given)
    assert value is None
    assert "where " in said
    assert " is meant; write: field: " in said


def test_a_headline_that_is_a_paragraph() -> None:
    value, (said,) = read(Text(longest=LONG_TITLE), text("x" * 301))
    assert value == "x" * 301
    assert said == "field has 301 characters; more than 300 are cut wherever it is shown; shorten it"
