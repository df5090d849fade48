"""A small reading of Markdown that knows where things stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import places
from test_markup import LETTERS, WORDS


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](b)", [("link", "b", 0)]),
        ("![a](b 'c')", [("image", "b", 0)]),
        ("[a](<b c>)", [("link", "b c", 0)]),
        ("[a](b(c)d)", [("link", "b(c)d", 0)]),
        ("[![a](b)](c)", [("image", "b", 1), ("link", "c", 0)]),
        ("[a][b]\n\n[b]: c", [("link", "c", 0)]),
        ("[a] [b]\n\n[b]: c", [("link", "c", 0)]),
        ("[a][]", [("reference", "a", 0)]),
        ("[A  b]\n\n[a B]: c", [("link", "c", 0)]),
        ("[a][b]", [("reference", "b", 0)]),
        ("[a]", []),
        ("[^1] [^1]: a", [("footnote", "1", 0), ("footnote", "1", 5)]),
        ("[^1]: a", []),
        ("\\[a](b)", []),
        ("`[a](b)`", []),
        ("``[a](b)` c``", []),
        ("` [a](b)", [("link", "b", 2)]),
        ("`a\n\n[b](c)`", [("link", "c", 4)]),
        ("~~~\n[a](b)\n~~~", []),
        ("- ```\n  [a](b)\n  ```", []),
        ("```\n[a](b)", [("link", "b", 4)]),
        ("<https://x.example/>", [("link", "https://x.example/", 0)]),
        ('<a href="b">', [("tag", "a", 0), ("link", "b", 0)]),
        ("<img src=b>", [("tag", "img", 0), ("image", "b", 0)]),
        ("</b>", []),
        ("1 < 2 > 3", []),
    ],
)
def test_uses(text: str, wanted: list[tuple[str, str, int]]) -> None:
    assert [(one.kind, one.word, one.start) for one in places.Scan(text).uses] == wanted


def test_lines_and_columns_count_from_one() -> None:
    scan = places.Scan("a\nbc\n\nd")
    assert [scan.place(offset) for offset in (0, 1, 2, 4, 5, 6)] == [(1, 1), (1, 2), (2, 1), (2, 3), (3, 1), (4, 1)]
    assert [scan.line(offset) for offset in (0, 3, 6)] == ["a", "bc", "d"]


def test_the_same_target_is_found_in_turn() -> None:
    scan = places.Scan("[a](x) [b](x) `[c](x)` [d](x)")
    assert [scan.find("link", "x", nth) for nth in range(4)] == [0, 7, 23, 23]
    assert scan.find("link", "nowhere") == 0


def test_tags_are_found_outside_code_and_by_attribute() -> None:
    scan = places.Scan('`<b>` <b> <b id="x"> <B>')
    assert scan.tag("b") == 6
    assert scan.tag("b", "id") == 10
    assert scan.tag("i") == 0


@given(st.lists(st.one_of(LETTERS, WORDS), max_size=60).map("".join))
def test_masking_keeps_length_and_lines(text: str) -> None:
    masked = places.masked(text)
    assert len(masked) == len(text)
    assert [i for i, letter in enumerate(masked) if letter == "\n"] == [
        i for i, letter in enumerate(text) if letter == "\n"
    ]
    assert all(0 <= one.start < len(text) for one in places.Scan(text).uses)
