"""What beginners are given: a small site that builds, and files ready to be filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import sites
from digest.starter import LONGEST_NAME, RefusedError, new_file, start

NOW = datetime(2025, 6, 10, 2, 30, tzinfo=UTC)


def test_a_new_site_builds_without_a_problem(tmp_path: Path) -> None:
    made = start(tmp_path / "my-paper", NOW)
    assert all(path.is_file() for path in made)
    report = sites.run(tmp_path / "my-paper")
    assert report.problems == ()
    assert report.published is not None
    assert b"My paper" in (tmp_path / "my-paper/output/index.html").read_bytes()


def test_every_new_site_has_an_identity_of_its_own(tmp_path: Path) -> None:
    texts = {(start(tmp_path / name, NOW)[0]).read_text(encoding="utf-8").replace(name, "") for name in ("one", "two")}
    assert len(texts) == 2


@pytest.mark.parametrize("name", ["", 'Tom\'s "paper": no. 1', "1984", "yes", "日報"])
def test_a_new_site_may_be_called_anything(tmp_path: Path, name: str) -> None:
    start(tmp_path / name, NOW)
    assert sites.run(tmp_path / name).problems == ()


def test_a_new_site_starts_in_a_new_or_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "file").write_text("a", encoding="utf-8")
    for name in ("full", "file"):
        with pytest.raises(RefusedError, match="is there already; name a new folder, or an empty one"):
            start(tmp_path / name, NOW)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["a.txt"]
    (tmp_path / "empty").mkdir()
    assert start(tmp_path / "empty", NOW)


def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a", encoding="utf-8")
    with pytest.raises(RefusedError, match=r"site\.yaml can't be written: Not a directory"):
        start(tmp_path / "file/below", NOW)


@pytest.mark.parametrize("what", ["article", "summary", "edition"])
@pytest.mark.parametrize("title", ["Council votes", 'A "bridge": #1 & <b>', "- list\\", "{slug}", "日本の橋", "1"])
def test_a_new_file_is_read_with_its_title_as_it_was_given(tmp_path: Path, what: str, title: str) -> None:
    start(tmp_path, NOW)
    path = new_file(tmp_path, what, title, NOW)
    report = sites.run(tmp_path, drafts=True)
    assert report.published is not None, report.problems
    assert [one for one in report.problems if one.path == path.relative_to(tmp_path).as_posix()] == []
    folder = "editions" if what != "article" else "2025"
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "output" / folder).rglob("*.html")]
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    assert any(escaped in page for page in pages)


def test_a_new_article_begins_as_a_draft(tmp_path: Path) -> None:
    start(tmp_path, NOW)
    assert "\ndraft: true\n" in new_file(tmp_path, "article", "Council votes", NOW).read_text(encoding="utf-8")


def test_a_new_file_has_the_time_of_the_sites_zone_so_that_it_appears_at_once(tmp_path: Path) -> None:
    sites.write(tmp_path, {"content/site.yaml": f"{sites.SITE_YAML}timezone: America/New_York\n"})
    path = new_file(tmp_path, "edition", "Week 24", NOW)
    assert path.name == "2025-06-09-week-24.yaml"
    assert "date: 2025-06-09 22:30\n" in path.read_text(encoding="utf-8")
    assert sites.run(tmp_path, as_of=NOW).published is not None
    assert (tmp_path / "output/editions/2025-06-09-week-24/index.html").is_file()


@pytest.mark.parametrize(
    ("topics", "first"),
    [
        ("- {title: World, slug: world}\n- {title: Sport, slug: sport}\n", "world"),
        ("- title: Local news\n  slug: local\n", "local"),
        ("", "news"),
        ("no list\n", "news"),
        (b"\xff", "news"),
    ],
)
def test_a_new_file_begins_with_the_sites_first_topic(tmp_path: Path, topics: str | bytes, first: str) -> None:
    sites.write(tmp_path, {"content/topics.yaml": topics})
    assert f"topics: [{first}]" in new_file(tmp_path, "article", "Vote", NOW).read_text(encoding="utf-8")


def test_without_topics_or_settings_a_plain_word_and_utc_will_do(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    text = new_file(tmp_path, "summary", "Vote", NOW).read_text(encoding="utf-8")
    assert "topics: [news]\n" in text
    assert "date: 2025-06-10 02:30\n" in text


def test_a_long_title_makes_a_name_of_readable_length(tmp_path: Path) -> None:
    path = new_file(sites.write(tmp_path, {}), "article", "word " * 100, NOW)
    assert len(path.stem) <= len("2025-06-10-") + LONGEST_NAME
    assert path.stem.endswith("word")


@pytest.mark.parametrize(
    ("title", "told"),
    [("…", '"…" has no letter or digit to make a file name of'), ("Vote", "is there already; choose another title")],
)
def test_what_can_not_be_written_is_refused(tmp_path: Path, title: str, told: str) -> None:
    sites.write(tmp_path, {})
    new_file(tmp_path, "summary", "Vote", NOW)
    with pytest.raises(RefusedError, match=told):
        new_file(tmp_path, "summary", title, NOW)


def test_a_folder_that_is_no_site_gets_no_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="there is no content/ in"):
        new_file(tmp_path, "article", "Vote", NOW)
    assert list(tmp_path.iterdir()) == []
