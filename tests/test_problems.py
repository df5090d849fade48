"""A problem says the same to people, programs and GitHub: where, what, how to mend it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.problems import (
    EXCERPT_WIDTH,
    EXCERPTS,
    FOLDED_AFTER,
    Notes,
    Place,
    Problem,
    as_github,
    as_json,
    as_text,
    errors,
    problem,
    suggestion,
    with_excerpt,
    with_severity,
)

SOURCE = "---\ntitle: A\ndate: 2025-13-01\n---\n"
BAD_DATE = problem(
    Place("content/articles/a.md", 3, 7), "bad-date", "there is no month 13", "months go from 01 to 12", source=SOURCE,
    width=10,
)  # fmt: skip
NO_ALT = problem(Place("content/articles/b.md", 9, 1), "missing-alt", "an image has no alt text")
NO_TOPICS = problem(Place("content/topics.yaml"), "no-topics", "there are no topics")


def dead(number: int, code: str = "dead-link") -> Problem:
    return problem(Place("a.md", number, 1), code, "this leads nowhere")


def carets(source: str, column: int, width: int = 1) -> list[str]:
    """The excerpt and the line under it, as the text form shows them."""
    found = problem(Place("a.md", 1, column), "bad-value", "no", source=source, width=width)
    return as_text([found]).splitlines()[1:]


# --- The form for people ------------------------------------------------------------------------------------


def test_people_read_the_place_the_fault_the_line_and_the_mending() -> None:
    assert as_text([BAD_DATE]) == (
        "content/articles/a.md:3:7: error: there is no month 13 [bad-date]\n"
        "    3 | date: 2025-13-01\n"
        "      |       ^^^^^^^^^^\n"
        "    → months go from 01 to 12\n"
    )


def test_a_problem_without_line_or_hint_takes_one_line() -> None:
    assert as_text([NO_TOPICS]) == "content/topics.yaml: warning: there are no topics [no-topics]\n"


def test_no_problem_is_no_text() -> None:
    assert as_text([]) == as_github([]) == ""


def test_repeated_codes_are_folded_after_five_and_counted_at_the_end() -> None:
    found = [*(dead(n) for n in range(1, 1241)), NO_ALT, *(dead(n, "unknown-key") for n in range(6))]
    lines = as_text(found).splitlines()
    assert sum("[dead-link]" in line for line in lines) == FOLDED_AFTER == 5
    assert sum("[missing-alt]" in line for line in lines) == 1
    assert lines[-2:] == [
        "… and 1,235 more of dead-link (all of them: --format json)",
        "… and 1 more of unknown-key (all of them: --format json)",
    ]


def test_five_of_one_code_are_shown_in_full() -> None:
    assert "more of" not in as_text([dead(n) for n in range(5)])


@pytest.mark.parametrize(
    ("source", "column", "width", "shown"),
    [
        ("a: b", 4, 1, ["    1 | a: b", "      |    ^"]),
        ("\ta:\tb", 5, 1, ["    1 |  a: b", "      |     ^"]),
        ("日本: b", 5, 1, ["    1 | 日本: b", "      | \u3000\u3000  ^"]),
        ("a: 日本", 4, 2, ["    1 | a: 日本", "      |    ^^^^"]),
        ("e\u0301: b", 5, 1, ["    1 | e\u0301: b", "      |    ^"]),
        ("a: b\r", 4, 9, ["    1 | a: b", "      |    ^"]),
        ("a: b", 90, 3, ["    1 | a: b", "      | " + " " * 4 + "^"]),
    ],
    ids=["plain", "tabs", "wide before", "wide under", "combining", "width beyond the end", "column beyond the end"],
)
def test_the_caret_stands_under_the_fault(source: str, column: int, width: int, shown: list[str]) -> None:
    assert carets(source, column, width) == shown


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = "x" * 500 + "FAULT" + "y" * 500
    excerpt, under = carets(source, 501, 5)
    assert len(excerpt) == len("    1 | ") + EXCERPT_WIDTH
    start = under.index("^")
    assert excerpt[start : start + 5] == "FAULT"
    assert under.strip(" |") == "^^^^^"


def test_a_long_line_whose_fault_is_near_its_start_is_cut_at_its_end() -> None:
    excerpt, under = carets("title: " + "x" * 500, 8)
    assert excerpt.startswith("    1 | title: xxx")
    assert under.index("^") == excerpt.index("x")


@pytest.mark.parametrize("line", [0, 3])
def test_a_place_without_a_line_has_no_excerpt(line: int) -> None:
    found = problem(Place("a.md", line, 1), "bad-value", "no", source="one\ntwo")
    assert (found.excerpt, found.caret) == ("", 0)


@given(st.text(), st.text(), st.text(), st.integers(1, 40), st.integers(1, 10))
def test_no_text_of_an_author_reaches_the_terminal_as_a_command(
    path: str, text: str, source: str, column: int, width: int
) -> None:
    found = problem(Place(f"{path}.md", 1, column), "bad-value", text, text, source=source, width=width)
    shown = as_text([found])
    assert not set(shown) & set(map(chr, [*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x202E, 0x2028]))
    assert len(shown.splitlines()) == 1 + 2 * bool(found.excerpt) + bool(text)
    shown.encode()


def test_a_hostile_file_name_is_shown_escaped() -> None:
    found = problem(Place("a\x1b[2J\n\udcff.md", 1, 1), "bad-file-name", "no")
    assert as_text([found]) == "a\\x1b[2J\\n\\udcff.md:1:1: error: no [bad-file-name]\n"


# --- The forms for programs ---------------------------------------------------------------------------------


def test_programs_read_json() -> None:
    assert as_json([BAD_DATE, NO_TOPICS]) == (
        '{\n "version": 1,\n "problems": [\n'
        '  {\n   "path": "content/articles/a.md",\n   "line": 3,\n   "column": 7,\n   "severity": "error",\n'
        '   "code": "bad-date",\n   "text": "there is no month 13",\n   "hint": "months go from 01 to 12"\n  },\n'
        '  {\n   "path": "content/topics.yaml",\n   "line": 0,\n   "column": 0,\n   "severity": "warning",\n'
        '   "code": "no-topics",\n   "text": "there are no topics",\n   "hint": ""\n  }\n ]\n}\n'
    )


def test_json_of_no_problem_is_an_empty_list() -> None:
    assert json.loads(as_json([])) == {"version": 1, "problems": []}


def test_json_folds_nothing() -> None:
    assert len(json.loads(as_json([dead(n) for n in range(100)]))["problems"]) == 100


@given(st.text(), st.text())
def test_json_reads_back_as_it_was(path: str, text: str) -> None:
    (row,) = json.loads(as_json([problem(Place(path, 1, 1), "bad-value", text, text)]))["problems"]
    assert (row["path"], row["text"], row["hint"]) == (path, text, text)


def test_github_reads_workflow_commands() -> None:
    assert as_github([BAD_DATE, NO_TOPICS]) == (
        "::error file=content/articles/a.md,line=3,col=7,title=bad-date::"
        "there is no month 13%0Amonths go from 01 to 12\n"
        "::warning file=content/topics.yaml,line=1,col=1,title=no-topics::there are no topics\n"
    )


def test_no_text_of_an_author_reaches_github_as_a_command() -> None:
    found = problem(Place("a,b:c%\n::error ::x.md", 1, 1), "bad-value", "100 %\r\n::set-output name=a::b")
    assert as_github([found]) == (
        "::error file=a%2Cb%3Ac%25%0A%3A%3Aerror %3A%3Ax.md,line=1,col=1,title=bad-value::"
        "100 %25%0D%0A::set-output name=a::b\n"
    )


@given(st.lists(st.tuples(st.text(), st.text())))
def test_github_gets_one_line_a_problem(texts: list[tuple[str, str]]) -> None:
    found = [problem(Place(path, 1, 1), "bad-value", text) for path, text in texts]
    lines = as_github(found).split("\n")
    assert len(lines) == len(found) + 1
    assert all(line.startswith("::error file=") for line in lines[:-1])


# --- Excerpts that come later -------------------------------------------------------------------------------


def test_an_excerpt_may_come_later_and_shows_the_same() -> None:
    bare = problem(
        Place("content/articles/a.md", 3, 7), "bad-date", "there is no month 13", "months go from 01 to 12", width=10
    )
    assert as_text([with_excerpt(bare, SOURCE)]) == as_text([BAD_DATE])


def test_the_problems_of_a_file_know_its_lines() -> None:
    notes = Notes("a.md", "one\ntwo")
    notes.add("bad-value", 2, 3, "no", "write yes", width=1)
    notes.add("bad-value", 9, 1, "no")
    first, second = notes.found
    assert (first.path, first.line, first.column, first.excerpt, first.caret) == ("a.md", 2, 3, "two", 2)
    assert (second.line, second.excerpt) == (9, "")
    assert (notes.line(1), notes.line(0), notes.line(3)) == ("one", "", "")


def test_a_file_with_a_problem_on_each_line_gets_a_bounded_number_of_excerpts() -> None:
    notes = Notes("a.md", "x\n" * 1000)
    for line in range(1, 1001):
        notes.add("bad-value", line, 1, "no")
    assert len(notes.found) == 1000
    assert sum(bool(one.excerpt) for one in notes.found) == EXCERPTS


# --- Hints, severity, order ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("wrold", 'did you mean "World"?'),
        ("WORLD", 'did you mean "World"?'),
        ("scien", 'did you mean "science"?'),
        ("football", ""),
        ("", ""),
    ],
)
def test_a_mistyped_word_gets_the_nearest_known_one(word: str, hint: str) -> None:
    assert suggestion(word, ["science", "World", "culture"]) == hint


def test_a_suggestion_does_not_depend_on_the_order_of_the_known_words() -> None:
    assert suggestion("tags", ["Tag", "tag", "TAG"]) == suggestion("tags", ["TAG", "tag", "Tag"])


def test_problems_are_sorted_by_place_and_each_is_said_once() -> None:
    one, two, other = dead(10), dead(2), problem(Place("Z.md", 1, 1), "bad-date", "no")
    assert with_severity([one, two, one, other], {}, strict=False) == (other, two, one)


def test_a_site_may_lower_a_problem_to_a_warning_or_switch_it_off() -> None:
    (shown,) = with_severity([dead(1), NO_ALT], {"dead-link": "warning", "missing-alt": "off"}, strict=False)
    assert (shown.code, shown.severity) == ("dead-link", "warning")


def test_a_site_may_raise_a_warning_to_an_error() -> None:
    (shown,) = with_severity([NO_ALT], {"missing-alt": "error"}, strict=False)
    assert shown.severity == "error"


def test_a_file_held_to_the_lenient_rule_is_only_warned_where_no_content_is_lost() -> None:
    lost, strict_file = problem(Place("a.md", 1, 1), "bad-date", "no"), problem(Place("b.md", 1, 1), "dead-link", "no")
    found = with_severity([dead(2), lost, strict_file], {}, strict=False, lenient=frozenset({"a.md"}))
    assert [(one.path, one.code, one.severity) for one in found] == [
        ("a.md", "bad-date", "error"),
        ("a.md", "dead-link", "warning"),
        ("b.md", "dead-link", "error"),
    ]


def test_strict_makes_warnings_errors_but_brings_nothing_back() -> None:
    found = with_severity([dead(1), NO_ALT, NO_TOPICS], {"dead-link": "warning", "no-topics": "off"}, strict=True)
    assert [(one.code, one.severity) for one in found] == [("dead-link", "error"), ("missing-alt", "error")]


def test_only_errors_keep_a_site_from_being_published() -> None:
    assert errors([NO_ALT, BAD_DATE, NO_TOPICS]) == (BAD_DATE,)
