"""Syntax errors in words: place, text and the mended line."""

import pytest
import yaml

from digest.yamltext import read

SAID = [
    ("title: Apple: a story", 'put the value in quotes: title: "Apple: a story"'),
    ('title: Say "hi": now', "put the value in quotes: title: 'Say \"hi\": now'"),
    ('title: "Unclosed\ndate: 1', 'write: title: "Unclosed"'),
    ("title: 'It's here'", 'write: title: "It\'s here"'),
    ('title: "A" and "B"', 'write: title: \'"A" and "B"\''),
    ("title: @home", 'put the text in quotes: title: "@home"'),
    ("title:Apple\nb: c", "write: title: Apple"),
    ("tags: [a, b", "write: tags: [a, b]"),
    ("image: {src: a", "write: image: {src: a}"),
    ("tags:\n\t- a", "use spaces: two for each level"),
    ('title: "C:\\dir"', "write \\\\ for a backslash, or put the text in single quotes"),
    ("a: b\n  c: d", "move it to column 1; if it belongs to the text above, quote that text"),
    ("a: b\n}", "remove it, or put the text in quotes"),
]


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(("text", "hint"), SAID)
def test_a_hint_shows_the_mended_line(text: str, hint: str, pure: bool) -> None:
    if not (pure or yaml.__with_libyaml__):
        pytest.skip("libyaml is not here")
    problems = read(text, path="a.yaml", pure=pure)[1]
    assert [one.hint for one in problems] == [hint]


@pytest.mark.parametrize(("text", "hint"), [row for row in SAID if "write: " in row[1] or "quotes: " in row[1]])
def test_the_mended_line_is_good_yaml(text: str, hint: str) -> None:
    mended = hint.split(": ", 1)[1]
    lines = text.split("\n")
    assert read("\n".join([mended, *lines[1:]]), path="a.yaml")[1] == ()
