"""Tables of fields and what they read."""

from zoneinfo import ZoneInfo

import pytest

from digest import scalars
from digest.fields import Either, Field, Group, Many, MapOf, Rows, Table, read_fields
from digest.kinds import Choice, Flag, Instant, Prose, Text, Whole
from digest.reading import Reading
from digest.yamltext import Mapping, Scalar, read

INNER = Table("an inner", (Field("name", Text(), "", "N", required=True), Field("size", Whole(1, 9), "")))
TABLE = Table(
    "a thing",
    (
        Field("title", Text(longest=5), "", "A title", required=True, aka=("headline",)),
        Field("note", Text(), ""),
        Field("when", Instant(), "", "2025-05-11"),
        Field("on", Flag(), "", "true"),
        Field("size", Whole(1, 9), ""),
        Field("mode", Choice(("fast", "slow")), ""),
        Field("link", Text(called="url", parse=scalars.url), ""),
        Field("words", Many(Text()), "", "[a]"),
        Field("inner", Group(INNER), ""),
        Field("rows", Rows(Group(INNER)), ""),
        Field("either", Either((Text(), Group(INNER))), ""),
        Field("map", MapOf(("a", "b"), Whole(1, 9)), ""),
        Field("prose", Prose(), ""),
    ),
)


def reading(text: str) -> tuple[dict[str, object], Reading]:
    notes = Reading("a.yaml", text, ZoneInfo("UTC"))
    root, problems = read(text, path="a.yaml")
    assert isinstance(root, Mapping)
    notes.found.extend(problems)
    return read_fields(root, TABLE, notes), notes


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("note: No", "note", "No"),
        ("note: |\n  two\n  lines", "note", "two lines"),
        ("note: '  spaced   out '", "note", "spaced out"),
        ("note: a\u00a0b", "note", "a\u00a0b"),
        ("note: <b>", "note", "<b>"),
        ("on: Yes", "on", True),
        ("on: off", "on", False),
        ("size: 9", "size", 9),
        ("mode: slow", "mode", "slow"),
        ("link: https://a.example/", "link", "https://a.example/"),
        ("words: []", "words", ()),
        ("words: [No, 1, 2025-01-01]", "words", ("No", "1", "2025-01-01")),
        ("inner: {name: A}", "inner", {"name": "A"}),
        ("either: A", "either", "A"),
        ("either: {name: A, size: 3}", "either", {"name": "A", "size": 3}),
        ("map: {a: 1}", "map", {"a": 1}),
    ],
)
def test_a_value(text: str, name: str, value: object) -> None:
    values, notes = reading(f"title: T\n{text}\n")
    assert notes.found == []
    assert values[name] == value


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("titel: x", "unknown-key", 'did you mean "title"?'),
        ("headline: x", "unknown-key", 'did you mean "title"?'),
        ("word: x", "unknown-key", 'did you mean "words"? write: words: [x]'),
        ("note: [a]", "wrong-type", "write: note: a"),
        ("note: [a, b]", "wrong-type", 'write: note: "a, b"'),
        ("words: a, b", "wrong-type", "write: words: [a, b]"),
        ("words: 'a: b'", "wrong-type", 'write: words: ["a: b"]'),
        ("words: [[a]]", "wrong-type", "write: a"),
        ("words: [a, '']", "empty-field", "remove it, or fill it in"),
        ("words: [a, a]", "repeated-value", "remove one of the two"),
        ("inner: A", "wrong-type", "write: inner: {name: A}"),
        ("inner: [A]", "wrong-type", "write: inner: {name: …}"),
        ("inner: {size: 1}", "missing-field", "add a line: name: N"),
        ("rows: A", "wrong-type", 'start each element on a line with "- ": - name: …'),
        ("on: maybe", "bad-value", "write true or false"),
        ("on:", "empty-field", "write: on: true"),
        ("size: 10", "bad-value", "write a number from 1 to 9"),
        ("mode: fats", "bad-value", 'did you mean "fast"?'),
        ("mode: x", "bad-value", "write one of: fast, slow"),
        ("map: {c: 1}", "unknown-setting", ""),
        ("map: {a: x}", "bad-value", "write a number from 1 to 9"),
        ("when: 2025-02-30", "bad-date", "its days go from 01 to 28"),
    ],
)
def test_a_fault_and_its_hint(text: str, code: str, hint: str) -> None:
    _, notes = reading(f"title: T\n{text}\n")
    assert [(one.code, one.hint) for one in notes.found] == [(code, hint)]
    assert all(one.line == 2 for one in notes.found)


@pytest.mark.parametrize("text", ["note:", "words:", "when:", "inner:", "size:", "link:"])
def test_an_optional_field_without_a_value_counts_as_left_out(text: str) -> None:
    values, notes = reading(f"title: T\n{text}\n")
    assert (values, notes.found) == ({"title": "T"}, [])


def test_all_faults_of_a_mapping_are_noted() -> None:
    _, notes = reading("titel: x\nsize: x\nmode: x\n")
    assert sorted(one.code for one in notes.found) == ["bad-value", "bad-value", "unknown-key"]


def test_nothing_is_missing_where_a_part_could_not_be_read() -> None:
    _, notes = reading("note: a: b\n")
    assert [one.code for one in notes.found] == ["yaml-syntax"]


def test_a_long_text_is_a_warning_and_stays() -> None:
    values, notes = reading("title: longer than five\n")
    assert values["title"] == "longer than five"
    assert [(one.code, one.warning) for one in notes.found] == [("long-field", True)]


def test_places_are_kept_of_fields_elements_and_inner_fields() -> None:
    _, notes = reading("title: T\nwords: [a, b]\ninner: {name: A}\n")
    assert notes.places == {
        "title": (1, 8),
        "words": (2, 8),
        "words.0": (2, 9),
        "words.1": (2, 12),
        "inner": (3, 8),
        "inner.name": (3, 15),
    }


def test_prose_is_handed_on_with_its_place() -> None:
    values, _ = reading("title: T\nprose: A *word*\n")
    prose = values["prose"]
    assert isinstance(prose, Scalar)
    assert (prose.value, prose.line, prose.column) == ("A *word*", 2, 8)
