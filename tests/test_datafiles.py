"""The three data files: what they say, what is wrong with them, and that the cache says the same."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

import sites
from digest import config, datafiles
from digest.cache import Cache
from digest.datafiles import DataFiles
from digest.problems import Problem

FILES: dict[str, str | bytes | None] = {
    "content/site.yaml": (
        "title: The Courier\nurl: https://courier.example\ntimezone: Asia/Tokyo\nproblems_since: 2025-05-11\n"
        "wording: {related: More}\nnotice: {text: 'We use [cookies](/about/).', accept: Fine}\n"
    ),
    "content/topics.yaml": "- {slug: world, title: World}\n",
    "content/sources.yaml": "- {key: bbc, name: BBC}\n",
}


def read(site: Path) -> tuple[DataFiles, list[Problem]]:
    cache, problems = Cache(site / "cache.sqlite", b"1"), list[Problem]()
    try:
        return datafiles.read(site, cache, problems), problems
    finally:
        cache.close()


def told(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in problems]


def test_what_is_remembered_is_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(sites.write(tmp_path, FILES))
    assert first[0].settings is not None
    assert first[0].settings.links
    monkeypatch.delattr(config, "read_site")  # nobody may ask for it again
    assert read(tmp_path) == first


def test_a_change_is_seen_and_a_problem_told_every_time(tmp_path: Path) -> None:
    read(sites.write(tmp_path, FILES))
    for _ in range(2):
        _, problems = read(sites.write(tmp_path, {"content/topics.yaml": "- {slug: world}\n"}))
        assert told(problems) == [("missing-field", "content/topics.yaml")]
    found, problems = read(sites.write(tmp_path, {"content/topics.yaml": "- {slug: city, title: City}\n"}))
    assert problems == []
    assert found.topics is not None
    assert [one.title for one in found.topics] == ["City"]


@pytest.mark.parametrize("name", ["topics", "sources"])
def test_a_list_without_rows_is_told_and_forbids_nothing(tmp_path: Path, name: str) -> None:
    found, problems = read(sites.write(tmp_path, {**FILES, f"content/{name}.yaml": "[]\n"}))
    assert told(problems) == [("empty-file", f"content/{name}.yaml")]
    assert getattr(found, name) is None


def test_a_site_without_settings_is_told_what_they_need(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    (tmp_path / "content/site.yaml").unlink()
    found, problems = read(tmp_path)
    assert (told(problems), found.settings) == ([("no-site", "content/site.yaml")], None)
    assert "title: …" in problems[0].hint


@pytest.mark.parametrize("name", ["site.yaml", "topics.yaml", "sources.yaml"])
def test_a_data_file_in_another_encoding_is_told(tmp_path: Path, name: str) -> None:
    _, problems = read(sites.write(tmp_path, {**FILES, f"content/{name}": b"title: caf\xe9\n"}))
    assert ("not-utf8", f"content/{name}") in told(problems)


def test_a_folder_called_as_a_data_file_is_told(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    (tmp_path / "content/topics.yaml").unlink()
    (tmp_path / "content/topics.yaml").mkdir()
    found, problems = read(tmp_path)
    assert ("unreadable", "content/topics.yaml") in told(problems)
    assert found.topics is None
