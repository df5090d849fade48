"""Reading content/: what comes of each kind of file, and what a warm build reads again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import sites
from digest import content
from digest.cache import Cache
from digest.content import Content
from digest.models import Article, Edition, StandalonePage, Summary
from digest.problems import Place, problem
from digest.ticks import untold

FILES: dict[str, str | bytes | None] = {
    "content/topics.yaml": "- {slug: world, title: World}\n",
    "content/sources.yaml": "- {key: bbc, name: BBC}\n",
    "content/articles/2025/2025-05-11-vote.md": sites.article("Vote"),
    "content/summaries/2025-05-12.yaml": (
        "date: 2025-05-12\nitems:\n- {title: Story, url: 'https://e.example/', topics: [world]}\n"
    ),
    "content/summaries/lone.yml": "{title: Lone, date: 2025-05-13, url: 'https://e.example/2', topics: [world]}\n",
    "content/pages/about.md": "---\ntitle: About\n---\n\nUs.\n",
    "content/static/deep/er/a.txt": "a",
}


def read(site: Path, *, jobs: int = 1, base_url: str | None = None, engine: bytes = b"1") -> Content:
    cache = Cache(site / "cache.sqlite", engine)
    try:
        return content.read(site, cache, base_url=base_url, jobs=jobs, tick=untold)
    finally:
        cache.close()


def told(found: Content) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in found.problems]


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    found = read(sites.write(tmp_path, FILES))
    assert told(found) == []
    assert [(type(one), one.path) for one in found.entries] == [
        (Article, "content/articles/2025/2025-05-11-vote.md"),
        (StandalonePage, "content/pages/about.md"),
        (Edition, "content/summaries/2025-05-12.yaml"),
        (Summary, "content/summaries/lone.yml"),
    ]
    assert [(one.path, one.origin) for one in found.static] == [
        ("deep/er/a.txt", str(tmp_path / "content/static/deep/er/a.txt"))
    ]
    assert found.topics is not None
    assert found.sources is not None
    assert (found.topics[0].title, found.sources[0].name) == ("World", "BBC")
    assert found.settings is not None
    assert found.settings.url == "https://courier.example"


def test_another_base_url_replaces_the_sites_own(tmp_path: Path) -> None:
    found = read(sites.write(tmp_path, FILES), base_url="https://other.example/path/")
    assert found.settings is not None
    assert found.settings.url == "https://other.example/path"


def test_without_registries_there_are_none(tmp_path: Path) -> None:
    found = read(sites.write(tmp_path, {"content/articles/vote.md": sites.article("Vote")}))
    assert (found.topics, found.sources) == (None, None)


def test_several_processes_read_the_same(tmp_path: Path) -> None:
    many: dict[str, str | bytes | None] = {
        f"content/articles/n{number}.md": sites.article(f"N{number}") for number in range(80)
    }
    sites.write(tmp_path, {**FILES, **many})
    alone = read(tmp_path)
    (tmp_path / "cache.sqlite").unlink()
    assert read(tmp_path, jobs=2) == alone


# --- Reading again -----------------------------------------------------------------------------------------


def aged(site: Path, seconds: int = 100) -> Path:
    """The site with files so old that their times can be trusted."""
    for path in site.rglob("content/**/*"):
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - seconds * 10**9))
    return site


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    first, second = read(tmp_path), read(tmp_path)
    assert (first.reread, second.reread) == (4, 0)
    assert second._replace(reread=4) == first
    sites.write(tmp_path, {"content/articles/2025/2025-05-11-vote.md": sites.article("Vote again")})
    third = read(tmp_path)
    assert third.reread == 1
    assert "Vote again" in [getattr(one, "title", "") for one in third.entries]


def test_a_fresh_checkout_is_not_read_again(tmp_path: Path) -> None:
    first = read(aged(sites.write(tmp_path, FILES)))
    found = read(aged(tmp_path, 1000))
    assert (found.reread, found.entries) == (0, first.entries)


def test_a_setting_that_reading_depends_on_makes_everything_read_again(tmp_path: Path) -> None:
    read(sites.write(tmp_path, FILES))
    assert read(sites.write(tmp_path, {"content/site.yaml": sites.SITE_YAML + "description: x\n"})).reread == 0
    assert read(sites.write(tmp_path, {"content/site.yaml": sites.SITE_YAML + "timezone: Asia/Tokyo\n"})).reread == 4


def test_a_renamed_file_is_read_again_and_the_old_one_forgotten(tmp_path: Path) -> None:
    read(sites.write(tmp_path, FILES))
    (tmp_path / "content/pages/about.md").rename(tmp_path / "content/pages/imprint.md")
    found = read(tmp_path)
    assert found.reread == 1
    assert [one.address for one in found.entries if isinstance(one, StandalonePage)] == ["/imprint/"]


def test_problems_of_a_file_that_was_not_read_again_are_still_told(tmp_path: Path) -> None:
    sites.write(tmp_path, {**FILES, "content/pages/about.md": "---\ntitel: About\n---\n"})
    first, second = read(tmp_path), read(tmp_path)
    assert second.reread == 0
    assert second.problems == first.problems != ()


def test_features_come_by_the_ids_of_entries(tmp_path: Path) -> None:
    found = read(sites.write(tmp_path, FILES))
    cache = Cache(tmp_path / "cache.sqlite", b"1")
    known = content.features(cache)
    cache.close()
    ids = {one.id for one in found.entries if isinstance(one, Article | Summary)}
    ids |= {
        item.id for one in found.entries if isinstance(one, Edition) for part in one.sections for item in part.items
    }
    assert known.keys() == ids


# --- Around reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("since", "lenient"), [("2025-05-12", 1), ("2025-05-11", 0), ("2026-01-01", 3)])
def test_files_of_old_entries_are_held_to_the_lenient_rule(tmp_path: Path, since: str, lenient: int) -> None:
    found = read(sites.write(tmp_path, {**FILES, "content/site.yaml": f"{sites.SITE_YAML}problems_since: {since}\n"}))
    assert len(content.lenient_files(found)) == lenient


def test_without_a_date_no_file_is_lenient(tmp_path: Path) -> None:
    assert content.lenient_files(read(sites.write(tmp_path, FILES))) == frozenset()
    assert content.lenient_files(Content(None, None, None, (), (), (), 0)) == frozenset()


def test_an_excerpt_is_read_where_there_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\ntwo\n", encoding="utf-8")
    places: list[Any] = [Place("a.md", 2, 1), Place("gone.md", 1, 1), Place("a.md"), Place("a.md", 1, 1)]
    found = content.with_excerpts(tmp_path, [problem(place, "dead-link", "x") for place in places])
    assert [one.excerpt for one in found] == ["two", "", "", "one"]
