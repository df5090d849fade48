"""JSON Schema and manual, held against what reading takes and refuses."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from digest import config, tables
from digest.fields import Table
from digest.schema import DIALECT, NAMES, reference, schema

TABLES = {
    "article": tables.ARTICLE,
    "page": tables.PAGE,
    "summary": tables.SUMMARY,
    "edition": tables.EDITION,
    "site": config.SITE,
    "topics": config.TOPIC,
    "sources": config.SOURCE,
}


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a mapping in a schema."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for inner in part.values():
            yield from objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from objects(inner)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_json_and_closed(name: str) -> None:
    made = schema(name)
    assert json.loads(json.dumps(made)) == made
    assert made["$schema"] == DIALECT
    for one in objects(made):
        assert one["additionalProperties"] is False
        assert set(one.get("required", [])) <= set(one["properties"])


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_has_the_fields_of_its_table(name: str) -> None:
    made, table = schema(name), TABLES[name]
    inner = made.get("items", made)
    assert list(inner["properties"]) == list(table.by_name)
    assert inner.get("required", []) == [field.name for field in table.required]
    assert all(one["description"] for one in inner["properties"].values())


def test_patterns_are_regular_expressions_and_fit_their_examples() -> None:
    for name in NAMES:
        made = schema(name)
        for field in made.get("items", made)["properties"].values():
            options = [field, *field.get("anyOf", [])]
            for pattern in [one["pattern"] for one in options if "pattern" in one]:
                assert all(re.search(pattern, example) for example in field.get("examples", []))


def test_a_schema_lets_pass_what_is_read_as_text() -> None:
    title = schema("article")["properties"]["title"]
    assert {"boolean", "number", "string"} <= set(title["type"])


def test_lists_of_files_are_lists() -> None:
    assert schema("topics")["type"] == schema("sources")["type"] == "array"
    assert schema("edition")["properties"]["items"]["anyOf"][0]["items"]["required"] == ["title", "url"]


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        schema("nothing")


@pytest.mark.parametrize("name", NAMES)
def test_the_manual_has_a_line_for_every_field(name: str) -> None:
    made, table = reference(name), TABLES[name]
    assert made.startswith("| Field | Value | Meaning |\n|---|---|---|\n")
    for field in table.fields:
        star = "*" if field.required else ""
        assert f"\n| `{field.name}`{star} | " in made
    assert all(line.count("|") - line.count("\\|") == 4 for line in made.splitlines())


def test_the_manual_names_inner_fields() -> None:
    assert "\n| `image.src`* | address or url | " in reference("article")
    assert "\n| `items[].url`* | url | " in reference("edition")


def test_every_table_can_be_described() -> None:
    assert all(isinstance(table, Table) for table in TABLES.values())
    assert set(TABLES) == set(NAMES)
