"""The tables of what authors may write."""

import pytest

from digest import config, tables
from digest.fields import Field, Table
from digest.kinds import Flag
from digest.matter import read_article
from digest.settings import Settings
from digest.yamltext import Unreadable

WRITTEN = (tables.ARTICLE, tables.PAGE, tables.SUMMARY, tables.ITEM, tables.EDITION, tables.SECTION)
INNER = (tables.CITED, tables.IMAGE, tables.CORRECTION, tables.VIA, config.NOTICE, config.MARKDOWN, config.FEEDS)
ALL = [*WRITTEN, *INNER, config.SITE, config.TOPIC, config.SOURCE]
FIELDS = [(table, field) for table in ALL for field in table.fields]


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=[f"{table.title}.{field.name}" for table, field in FIELDS])
def test_a_field_is_described(table: Table, field: Field) -> None:
    assert field.description.endswith(".")
    assert field.example or not (field.required or isinstance(field.kind, Flag)) or field.name == "items"
    assert not set(field.aka) & set(table.by_name), "a name that the table has is no other name for something"


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.title)
def test_names_are_unique(table: Table) -> None:
    assert len(table.by_name) == len(table.fields)
    others = [name for field in table.fields for name in field.aka]
    assert len(others) == len(set(others))


@pytest.mark.parametrize(
    "field", [field for field in tables.ARTICLE.fields if field.example], ids=lambda field: field.name
)
def test_the_example_of_an_article_field_is_good(field: Field) -> None:
    rest = [f"{one.name}: {one.example}" for one in tables.ARTICLE.fields if one.name in {"title", "date", "topics"}]
    lines = [line for line in rest if not line.startswith(f"{field.name}:")]
    text = "\n".join(["---", *lines, f"{field.name}: {field.example}", "---", "Text.", ""])
    record = read_article("content/articles/a.md", text.encode(), Settings(title="S", url="https://s.example"))
    assert record.problems == ()


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("category", 'did you mean "topics"?'),
        ("Author", 'did you mean "authors"?'),
        ("lastmod", 'did you mean "updated"?'),
        ("redirect_from", 'did you mean "aliases"?'),
        ("last-modified", 'did you mean "updated"?'),
        ("tagz", 'did you mean "tags"?'),
        ("layout", "remove it: the kind of page follows from the folder"),
    ],
)
def test_keys_of_other_generators_are_known(key: str, hint: str) -> None:
    assert tables.ARTICLE.hint(key, Unreadable(1, 1)) == hint
