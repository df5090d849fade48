"""Folders that must not be published into are refused before any write, and all others are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.build import build
from digest.manifest import MANIFEST, Manifest, encode
from digest.refusal import refusal
from digest.request import Request
from sites import AS_OF
from sites import everything as tree

DANGEROUS = {
    "/": "root of the file system",
    "//": "root of the file system",
    "home": "home folder",
    "home/": "home folder",
    ".": "home folder",
    "home/../home/.": "home folder",
    "link to home": "home folder",
    "srv": "the site's own folder",
    "srv/site": "the site's own folder",
    "srv/site/": "the site's own folder",
    "srv/site/content": "content/",
    "srv/site/content/articles": "content/",
    "srv/site/content/new/deep": "content/",
    "srv/site/output/../content": "content/",
    "srv/site/templates": "templates/",
    "srv/site/templates/parts": "templates/",
    "srv/site/.digest": ".digest/",
    "srv/site/.digest/output": ".digest/",
    "srv/site/.git/output": "it lies in .git",
    "link to content": "content/",
    "link to site/templates": "templates/",
    "elsewhere": "content/",
    "another": "a site of its own",
    "project": "a project of its own",
    "file": "not a folder",
    "ring": "not a folder",
    "x" * 300: "can't be reached (File name too long)",
    "nul\0": "can't be reached (embedded null byte)",
}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small machine: a home, a site whose templates lie elsewhere, another site, another project."""
    for name in (
        "home", "srv/site/content/articles", "elsewhere/templates/parts", "srv/site/.git", "another/content",
        "project/content", "project/.git", "free",
    ):  # fmt: skip
        (tmp_path / name).mkdir(parents=True)
    for name in ("file", "another/content/site.yaml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "srv/site/content/site.yaml").write_text("title: C\nurl: https://c.example\n", encoding="utf-8")
    (tmp_path / "srv/site/templates").symlink_to(tmp_path / "elsewhere/templates")
    (tmp_path / "link to home").symlink_to("home")
    (tmp_path / "link to content").symlink_to(tmp_path / "srv/site/content")
    (tmp_path / "link to site").symlink_to(tmp_path / "srv/site")
    (tmp_path / "ring").symlink_to("ring")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("output", "told"), DANGEROUS.items())
@pytest.mark.parametrize("relative", [True, False])
def test_a_dangerous_folder_is_refused_before_any_write(machine: Path, output: str, told: str, relative: bool) -> None:
    before = tree(machine)
    place = Path(output) if relative else machine / output
    found = refusal(place, Path("srv/site") if relative else machine / "srv" / "site")
    assert found is not None
    assert (found.path, found.code, found.hint) == (str(place), "bad-output", "name another: --output DIR")
    assert found.text.startswith("this can't be the output folder: ")
    assert told in found.text
    report = build(Request(Path("srv/site") if relative else machine / "srv" / "site", place, AS_OF))
    assert (report.published, report.problems) == (None, (found,))
    assert tree(machine) == before


@pytest.mark.parametrize(
    "output", ["srv/site/output", "free", "home/public", "srv/out", "srv/site/public/x", "content"]
)
def test_another_folder_is_accepted(machine: Path, output: str) -> None:
    assert refusal(machine / output, machine / "srv" / "site") is None


def test_a_checkout_that_digest_published_before_is_accepted(machine: Path) -> None:
    (machine / "project" / MANIFEST).write_bytes(encode(Manifest()))
    assert refusal(machine / "project", machine / "srv" / "site") is None


def test_a_preview_may_lie_beside_the_cache_and_nowhere_else_in_the_site(machine: Path) -> None:
    site = machine / "srv" / "site"
    assert refusal(site / ".digest" / "preview", site, preview=True) is None
    for place in (site / ".digest", site / ".digest" / "preview" / "deep", site / "content"):
        assert refusal(place, site, preview=True) is not None


def test_a_folder_under_a_second_name_is_refused(machine: Path) -> None:
    """What a file system that ignores case, or a mount, makes of one folder; here the folder of the site itself."""
    (machine / "twin").symlink_to(machine / "srv/site")
    assert refusal(machine / "srv/site/content", machine / "twin") is not None


def test_a_machine_without_a_home_still_builds(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "~")
    assert refusal(machine / "home", machine / "srv" / "site") is None
