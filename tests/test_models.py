"""What authors wrote, as values: frozen, compared by content, small when they are kept."""

from __future__ import annotations

import inspect

import msgspec
import pytest

from digest import models
from digest.models import Value
from values import about, article, edition, summary

ENTRIES = [article(tags=("a",)), summary(), edition("12", summary()), about()]
KINDS = [kind for _, kind in inspect.getmembers(models, inspect.isclass) if issubclass(kind, Value)]


@pytest.mark.parametrize("one", ENTRIES, ids=lambda one: type(one).__name__)
def test_an_entry_comes_back_from_the_cache_as_what_it_was(one: Value) -> None:
    kinds = models.Article | models.Summary | models.Edition | models.StandalonePage
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=kinds) == one


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_value_can_be_changed(kind: type[Value]) -> None:
    assert kind.__struct_config__.frozen


def test_values_are_compared_by_content() -> None:
    assert article() == article()
    assert article() != article(title="Other")
    assert hash(models.Link("a", "b")) == hash(models.Link("a", "b"))


def test_what_was_not_given_takes_no_room() -> None:
    assert msgspec.json.encode(models.Source("bbc", "BBC")) == b'{"slug":"bbc","name":"BBC"}'
