"""One file being read, and the words for a value of the wrong shape."""

from zoneinfo import ZoneInfo

import pytest

from digest.problems import EXCERPTS
from digest.reading import Reading, in_list, not_list, not_mapping, not_text, short
from digest.yamltext import Mapping, Scalar, Sequence, Unreadable


def fresh(source: str = "a: b\n") -> Reading:
    return Reading("a.yaml", source, ZoneInfo("UTC"))


def test_a_fault_underlines_the_value() -> None:
    reading = fresh("title: Apple\n")
    reading.fault("bad-value", Scalar("Apple", 1, 8, width=5), "no", "yes")
    (one,) = reading.found
    assert (one.excerpt, one.caret, one.width, one.hint) == ("title: Apple", 7, 5, "yes")


def test_only_the_first_problems_of_a_file_have_an_excerpt() -> None:
    reading = fresh("x\n" * 1000)
    for line in range(1, 1001):
        reading.add("bad-value", line, 1, "no")
    assert sum(bool(one.excerpt) for one in reading.found) == EXCERPTS
    assert len(reading.found) == 1000


def test_what_could_not_be_read_gets_no_second_problem() -> None:
    reading = fresh()
    not_text(Unreadable(1, 1), "a", reading, "text")
    not_list(Unreadable(1, 1), "a", reading)
    not_mapping(Unreadable(1, 1), "a", reading, ("b",))
    assert reading.found == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a b", "a b"), ("a, b", '"a, b"'), ("it's", '"it\'s"'), ("#3", '"#3"'), ('say "x"', "'say \"x\"'"), ("é", "é")],
)
def test_an_element_of_a_list_has_quotes_where_it_needs_them(text: str, shown: str) -> None:
    assert in_list(text) == shown


def test_a_long_text_is_shown_short() -> None:
    assert short("x" * 100) == f'"{"x" * 60}…"'
    assert short("a\x07b") == '"a\ufffdb"'


def test_shapes() -> None:
    reading = fresh()
    not_text(Mapping((), 1, 1), "title", reading, "text")
    not_list(Mapping((), 1, 1), "tags", reading)
    not_mapping(Sequence((), 1, 1), "image", reading, ("src", "alt"))
    assert [one.hint for one in reading.found] == [
        'write: title: "…" (quotes keep { } and colons in a text)',
        'start each element on a line with "- "',
        "write: image: {src: …, alt: …}",
    ]
