"""What of a plan must be made again, and from which folders its templates come."""

from __future__ import annotations

from pathlib import Path

from digest.pages import Planned, RobotsPage, StaticFile
from digest.press import Made, Work, template_folders


def test_the_theme_stands_behind_a_sites_own_templates(tmp_path: Path, repository: Path) -> None:
    theme = repository / "templates"
    assert template_folders(tmp_path) == [theme]
    assert template_folders(repository) == [theme]
    (tmp_path / "templates").mkdir()
    assert template_folders(tmp_path) == [tmp_path / "templates", theme]


def test_a_file_that_changed_while_it_was_copied_is_not_as_planned() -> None:
    planned = StaticFile("a.txt", "/a.txt", b"old".hex())
    work = Work(0, planned, b"old", None)
    assert work.is_as_planned(Made(0, b"old"))
    assert not work.is_as_planned(Made(0, b"new"))
    page = Planned("robots.txt", "robots", "robots.txt", b"", lambda: RobotsPage(()))
    assert Work(0, page, b"around", None).is_as_planned(Made(0, b"any"))
