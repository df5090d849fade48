"""YAML as text with places, read by libyaml and by PyYAML's own parser with the same result."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from cases_matter import CASES
from digest import yamltext
from digest.yamltext import Mapping, Node, Scalar, Sequence, Unreadable, read

BOTH = pytest.mark.parametrize("pure", [False, True] if yaml.__with_libyaml__ else [True], ids=["c", "pure"][:2])


def plain(node: Node | None) -> object:
    """A tree as lists, dicts and texts; ``...`` for what can't be read."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(one) for one in node.items]
        case Mapping():
            return {key.value: plain(value) for key, value in node.pairs}
        case Unreadable():
            return ...
    return None


def content(text: str, *, pure: bool = False) -> object:
    return plain(read(text, path="a.yaml", pure=pure)[0])


def faults(text: str, *, pure: bool = False) -> list[str]:
    return [f"{one.code} {one.line}:{one.column}" for one in read(text, path="a.yaml", pure=pure)[1]]


@BOTH
def test_every_scalar_stays_text(pure: bool) -> None:
    text = "a: No\nb: 012\nc: 1e3\nd: 2025-05-11\ne: ~\nf:\ng: 'x'\nh: [yes, 1.0]\n"
    assert content(text, pure=pure) == {
        "a": "No",
        "b": "012",
        "c": "1e3",
        "d": "2025-05-11",
        "e": "~",
        "f": "",
        "g": "x",
        "h": ["yes", "1.0"],
    }


@BOTH
def test_places_count_from_the_top_of_the_file(pure: bool) -> None:
    root, problems = read('title: "A"\ntopics: [b]\n', path="a.md", first_line=2, pure=pure)
    assert problems == ()
    assert isinstance(root, Mapping)
    (_, title), (key, topics) = root.pairs
    assert (title.line, title.column) == (2, 8)
    assert (key.line, key.column, key.width) == (3, 1, 6)
    assert isinstance(topics, Sequence)
    assert (topics.items[0].line, topics.items[0].column) == (3, 10)


def test_a_scalar_knows_how_it_was_written() -> None:
    root, _ = read("a: x\nb: 'x'\nc: |\n  x\n", path="a.yaml")
    assert isinstance(root, Mapping)
    styles = [(one.plain, one.block) for _, one in root.pairs if isinstance(one, Scalar)]
    assert styles == [(True, False), (False, False), (False, True)]


@BOTH
def test_an_empty_text_has_no_content_and_no_problem(pure: bool) -> None:
    assert read("", path="a.yaml", pure=pure) == (None, ())
    assert read("# only words\n", path="a.yaml", pure=pure) == (None, ())


@BOTH
def test_mistakes_of_a_whole_file_are_named_in_one_reading(pure: bool) -> None:
    text = 'title: A: b\ndate: "2025\nz: [a\nk: v\nk: w\n'
    assert faults(text, pure=pure) == [
        "yaml-syntax 1:9",
        "yaml-syntax 2:7",
        "yaml-syntax 3:4",
        "yaml-duplicate-key 5:1",
    ]
    assert content(text, pure=pure) == {"title": ..., "date": ..., "z": ..., "k": "v"}


@BOTH
def test_a_mistake_in_one_element_leaves_the_others(pure: bool) -> None:
    text = 'items:\n  - title: A: b\n    url: x\n  - title: ok\n  - title: "x\n    url: y\n  - title: z\nend: 1\n'
    assert content(text, pure=pure) == {"items": [..., {"title": "ok"}, ..., {"title": "z"}], "end": "1"}
    assert faults(text, pure=pure) == ["yaml-syntax 2:13", "yaml-syntax 5:12"]


@BOTH
@pytest.mark.parametrize(
    "text", ["[" * 50_000, "{a: " * 50_000, "- " * 50_000, "? " * 20_000, "[" * 32 + "[a]" + "]" * 32], ids=len
)
def test_deep_nesting_ends_at_the_limit(text: str, pure: bool) -> None:
    root, problems = read(text, path="a.yaml", pure=pure)
    assert root is None
    assert [one.code for one in problems] == ["yaml-depth"]


def test_nesting_up_to_the_limit_is_read() -> None:
    assert faults("[" * yamltext.DEPTH + "]" * yamltext.DEPTH) == []


def test_too_large_a_text_is_not_read() -> None:
    root, problems = read("a: " + "é" * 40_000, path="a.md", first_line=2, limit=yamltext.FRONT_MATTER_LIMIT)
    assert root is None
    assert [(one.code, one.line, one.text) for one in problems] == [
        ("too-large", 2, "there are more than 64 kB of front matter here")
    ]
    assert faults("a: " + "x" * yamltext.DATA_LIMIT) == ["too-large 1:1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b # words\n", []),
        ("a: b  #\n", []),
        ("# c\na: b\n# c\n", []),
        ("a: # c\n  - b # c\n", []),
        ("a: 2025-05-11 # sunday\n", []),
        ("a: b #3\n", ["yaml-comment-cut 1:6"]),
        ("- b #3\n", ["yaml-comment-cut 1:5"]),
        ("a: #3\n", ["yaml-comment-cut 1:4"]),
        ('a: "b" #3\n', []),
        ("a: 'b #3'\n", []),
        ("a: |\n  b #3\n", []),
        ("a: b#3\n", []),
        ("a: b\t#3\n", ["yaml-comment-cut 1:6"]),
    ],
)
def test_only_a_comment_that_touches_its_sign_is_taken_for_lost_text(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


def test_a_warning_shows_the_quoted_text() -> None:
    (one,) = read("title: Win #3\n", path="a.yaml")[1]
    assert (one.warning, one.hint, one.width) == (True, 'to keep it, put the text in quotes: "Win #3"', 2)


@BOTH
def test_tabs_between_words_are_read(pure: bool) -> None:
    assert content("a:\tb\nc: d\te\nf:\t[g,\th]\t\n", pure=pure) == {"a": "b", "c": "d\te", "f": ["g", "h"]}


@BOTH
@pytest.mark.parametrize("text", ["a: b\n---\nc: d\n", "a: b\n--- c\n"])
def test_a_second_document_is_a_problem(text: str, pure: bool) -> None:
    assert faults(text, pure=pure) == ["yaml-syntax 2:1"]
    assert content(text, pure=pure) == {"a": "b"}


SHORT = [text for text, _ in CASES if len(text) < 1000]


@pytest.mark.parametrize("text", SHORT, ids=range(len(SHORT)))
def test_both_parsers_agree(text: str) -> None:
    if not yaml.__with_libyaml__:
        pytest.skip("libyaml is not here")
    one, other = read(text, path="a.md"), read(text, path="a.md", pure=True)
    assert plain(one[0]) == plain(other[0])
    assert [(p.line, p.code, p.text, p.hint) for p in one[1]] == [(p.line, p.code, p.text, p.hint) for p in other[1]]


ALPHABET = "ab:-?[]{},#&*!|>'\"%@` \n\t.\\~\u2028\u0085\x00é\ud800"


@BOTH
@given(text=some.text(some.sampled_from(ALPHABET), max_size=60))
def test_whatever_the_text_there_is_content_or_a_problem(text: str, pure: bool) -> None:
    root, problems = read(text, path="a.yaml", pure=pure)
    lines = text.count("\n") + 2
    assert all(1 <= one.line <= lines and one.column >= 1 and one.text for one in problems)
    assert root is not None or problems or not text.strip(" \t\n") or text.lstrip()[0] in "#-."


@given(
    value=some.recursive(
        some.text(some.characters(min_codepoint=32, max_codepoint=126), max_size=20),
        lambda inner: (
            some.lists(inner, max_size=3) | some.dictionaries(some.text("abc", min_size=1), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_what_a_yaml_writer_wrote_is_read_back(value: object) -> None:
    assert content(yaml.safe_dump({"a": value}, default_style='"')) == {"a": value}
