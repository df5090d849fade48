"""Lines of YAML: texts in quotes that are read back, curly quotes, and blocks that are taken out."""

import pytest
import yaml

from digest import yamllines
from digest.yamltext import read


@pytest.mark.parametrize("text", ["plain", 'with "quotes"', "it's", "back\\slash", '"both" and it\'s', "a: b # c"])
def test_a_quoted_text_is_read_back(text: str) -> None:
    root, problems = read(f"a: {yamllines.quoted(text)}", path="a.yaml")
    assert problems == ()
    assert yaml.safe_load(f"a: {yamllines.quoted(text)}") == {"a": text}
    assert root is not None


def test_a_block_is_taken_out_with_its_lines_kept() -> None:
    lines = ["a: 1", "b: x: y", "  more", "c: 2"]
    assert yamllines.without_block(lines, 1, set()) == ["a: 1", "b:", "", "c: 2"]


def test_the_element_goes_before_the_field() -> None:
    lines = ["items:", "  - a: b: c", "    d: e", "  - f", "g: h"]
    taken: set[int] = set()
    assert yamllines.without_block(lines, 1, taken) == ["items:", "  -", "", "  - f", "g: h"]
    assert yamllines.without_block(lines, 1, taken) == ["items:", "", "", "", "g: h"]
    assert yamllines.without_block(lines, 1, taken) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\u201cA\u201d", "A"),
        ("\u2018It\u2019s\u2019", "It\u2019s"),
        ("\u201eA\u201c", "A"),
        ("\xabA\xbb", "A"),
        ("\u201cA\u201d and \u201cB\u201d", "\u201cA\u201d and \u201cB\u201d"),
        ('"A"', '"A"'),
        ("\u201cA", "\u201cA"),
    ],
)
def test_curly_quotes_around_a_text_go(text: str, plain: str) -> None:
    assert yamllines.straight(text) == plain


def test_a_long_line_is_shown_with_both_its_ends() -> None:
    line = yamllines.shown("  title: " + "a" * 300 + " end")
    assert line.startswith("title: aaa")
    assert line.endswith(" end")
    assert len(line) < 120
