"""Settings are complete without a line in site.yaml, and a site's own words replace single ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digest.settings import DEFAULT_WORDING
from values import settings


def test_a_title_and_a_url_are_enough() -> None:
    found = settings()
    assert (found.language, found.timezone, found.page_size, found.notice) == ("en", "UTC", 20, None)
    assert (found.feeds.items, found.feeds.full, found.related.count, found.editions.gather) == (20, True, 5, "week")
    assert found.permalinks.article == "/{year}/{month}/{slug}/"


def test_a_sites_own_words_replace_single_ones() -> None:
    words = settings(wording={"related": "Mehr dazu"}).words
    assert words["related"] == "Mehr dazu"
    assert {name: word for name, word in words.items() if name != "related"} == {
        name: word for name, word in DEFAULT_WORDING.items() if name != "related"
    }
    assert settings().words == dict(DEFAULT_WORDING)


def test_the_usual_words_can_not_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        DEFAULT_WORDING["related"] = "x"  # type: ignore[index]


def test_every_word_that_a_template_prints_has_a_usual_one(repository: Path) -> None:
    texts = [path.read_text("utf-8") for path in (repository / "templates").rglob("*.*")]
    used = {name for text in texts for name in re.findall(r"wording\.([a-z_]+)", text)}
    assert used
    assert used <= DEFAULT_WORDING.keys()
