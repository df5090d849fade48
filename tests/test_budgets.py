"""What is refused before it is read, where that is, and what is let through."""

from __future__ import annotations

import pytest

from digest import budgets


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" * 2_000_001, "2,000,001 characters"),
        (">" * 40 + " a", "nested"),
        ("> " * 40 + "a", "nested"),
        ("- " * 40 + "a", "nested"),
        ("1. " * 40 + "a", "nested"),
        ("> - " * 20 + "a", "nested"),
        ("    " * 40 + "- a", "nested"),
        ("\t" * 40 + "- a", "nested"),
        ("*[A]: x\n" * 501, "501 abbreviations"),
        ("[" * 4_001, "4,001 signs"),
        ("<b" * 4_001, "4,001 signs"),
    ],
)
def test_excess_and_its_place(text: str, words: str) -> None:
    over = budgets.excess(f"fine\n\n{text}")
    assert over is not None
    assert words in over.what.replace("2,000,007", "2,000,001")
    assert over.offset in {0, 6}


@pytest.mark.parametrize(
    "text",
    [
        "- " * 60,
        "*[A]: x\n" * 500,
        "* * *\n" * 100,
        "- [a](b)\n" * 5_000,
        "> a\n" * 5_000,
        "a. b) c - d: " * 500,
        "    " * 20 + "- a",
        "1 < 2 " * 5_000,
        "->" * 100,
    ],
)
def test_what_people_write_is_no_excess(text: str) -> None:
    assert budgets.excess(text) is None


@pytest.mark.parametrize(
    ("markup", "depth"),
    [
        ("<div>" * 300, 300),
        ("<b></b>" * 300, 1),
        ("<p>a" * 300, 300),
        ("<li>" * 300, 0),
        ("<br>" * 300, 0),
        ("</b>" * 300, 0),
        ("<b></i>" * 300, 300),
    ],
)
def test_depth_counts_what_stays_open(markup: str, depth: int) -> None:
    assert budgets.tag_depth(markup) == (depth if "<p>" not in markup else 0)


def test_a_tag_may_not_have_endless_attributes() -> None:
    assert budgets.has_endless_tag("<p " + "a=1 " * 50_000 + ">")
    assert budgets.has_endless_tag("<p/" + "a/" * 50_000)
    assert not budgets.has_endless_tag("<p>" + "a b " * 50_000 + "</p>")
    assert not budgets.has_endless_tag('<img alt="' + "a" * 90_000 + '">')


def test_the_densest_paragraph_is_named() -> None:
    text = "a\n\n\n*b* [c](d)\n\ne *f*"
    assert text[budgets.densest(text) :].startswith("*b*")
