"""Taking files apart."""

import pytest

from digest.frontmatter import take_apart
from digest.problems import Problem
from digest.settings import Settings
from digest.tables import ARTICLE

SITE = Settings(title="S", url="https://s.example")


def problems(data: bytes) -> tuple[Problem, ...]:
    return tuple(take_apart("a.md", data, SITE, ARTICLE)[0].found)


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"", "empty-file", 1, 1),
        (b" \n\n", "empty-file", 1, 1),
        (b"\xef\xbb\xbf", "empty-file", 1, 1),
        (b"Only text\n", "no-front-matter", 1, 1),
        (b"\n---\ntitle: T\n---\n", "no-front-matter", 1, 1),
        (b"+++\ntitle = 1\n+++\n", "no-front-matter", 1, 1),
        (b'{"title": "T"}\n', "no-front-matter", 1, 1),
        (b"----\ntitle: T\n----\n", "no-front-matter", 1, 1),
        (b"---", "unclosed-front-matter", 1, 1),
        (b"---\ntitle: T\n", "unclosed-front-matter", 1, 1),
        (b"---\ntitle: T\n\nText\n", "unclosed-front-matter", 1, 1),
        (b"---\ntitle: T\n----\nText\n", "unclosed-front-matter", 1, 1),
        (b"---\ntitle: T\n\nText: and more\nof it\n\n---\nEnd\n", "unclosed-front-matter", 1, 1),
        (b"---\n- a\n---\n", "wrong-type", 2, 1),
        (b"---\nwords\n---\n", "wrong-type", 2, 1),
        (b"---\ntitle: \xff\n---\n", "not-utf8", 2, 8),
        (b"---\ntitle: T\n---\n\n caf\xe9\n", "not-utf8", 5, 5),
        ("---\ntitle: T\n---\n".encode("utf-16"), "not-utf8", 1, 1),
        (b"---\ntitle: T\n---\none\n\0\n", "control-character", 5, 1),
        ("---\ntitle: T\n---\none\ntwo\ufdd0\n".encode(), "control-character", 5, 4),
        ("---\ntitle: T\n---\nit\x92s\n".encode(), "control-character", 4, 3),
    ],
)
def test_a_fault_and_its_place(data: bytes, code: str, line: int, column: int) -> None:
    assert [(one.code, one.line, one.column) for one in problems(data)] == [(code, line, column)]


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"---\ntitle: T\ntags: [a]\n\nText\n", "write a line --- after its last field (line 3 seems to be the last)"),
        (b"---\ntitle: T\n----\n", "line 3 is ----; write exactly three hyphens there, at the beginning of the line"),
        (b"\n---\ntitle: T\n---\n", "remove the empty lines above the first line ---"),
        (b"+++\na = 1\n+++\n", "write its fields as YAML (title: …) between two lines ---"),
    ],
)
def test_the_hint_says_what_to_do(data: bytes, hint: str) -> None:
    assert [one.hint for one in problems(data)] == [hint]


@pytest.mark.parametrize("fence", ["---", "...", "---  "])
def test_front_matter_and_body(fence: str) -> None:
    reading, opened = take_apart("a.md", f"--- \ntitle: T\n{fence}\none\n---\ntwo\n".encode(), SITE, ARTICLE)
    assert reading.found == []
    assert opened is not None
    assert (opened.body, opened.body_line) == ("one\n---\ntwo\n", 4)


def test_front_matter_may_be_empty_and_a_body_missing() -> None:
    reading, opened = take_apart("a.md", b"---\n---", SITE, ARTICLE)
    assert reading.found == []
    assert opened is not None
    assert (opened.front.pairs, opened.body) == ((), "")


def test_separators_and_joiners_in_a_body_do_no_harm() -> None:
    assert problems("---\ntitle: T\n---\na\u2028b\ufeffc\u200dd\u00a0e\n".encode()) == ()
