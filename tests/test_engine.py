"""The mark of a generator changes with everything that can change what it makes, and with nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digest import engine

HERE = Path(engine.__file__).parent


def mark_of(package: Path) -> str:
    """What a copy of the package says of itself, asked in a process of its own."""
    code = "from digest.engine import engine_version; print(engine_version().hex())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=package.parent, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    copy = tmp_path / "first" / "digest"
    copy.mkdir(parents=True)
    for name in ("__init__.py", "engine.py"):
        shutil.copyfile(HERE / name, copy / name)
    return copy


def test_a_copy_elsewhere_has_the_same_mark(package: Path, tmp_path: Path) -> None:
    shutil.copytree(package.parent, tmp_path / "second")
    assert mark_of(package) == mark_of(tmp_path / "second" / "digest")


def test_an_edited_module_has_another_mark(package: Path) -> None:
    before = mark_of(package)
    with (package / "engine.py").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert mark_of(package) != before


def test_a_new_module_has_another_mark(package: Path) -> None:
    before = mark_of(package)
    (package / "more.py").write_text("", encoding="utf-8")
    assert mark_of(package) != before


def test_a_dependency_counts_whether_it_is_installed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = {engine.engine_version()}
    for names in ((), ("no-such-package",), ("jinja2",)):
        monkeypatch.setattr(engine, "DEPENDENCIES", names)
        marks.add(engine.engine_version())
    assert len(marks) == 4


def test_a_machine_that_holds_numbers_the_other_way_round_has_another_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine.engine_version()
    monkeypatch.setattr(sys, "byteorder", {"little": "big", "big": "little"}[sys.byteorder])
    assert engine.engine_version() != before


def test_asking_twice_gives_the_same_mark() -> None:
    assert engine.engine_version() == engine.engine_version()


def test_a_checkout_has_its_theme_at_the_top() -> None:
    assert engine.theme_folder() == HERE.parent / "templates"
    assert (engine.theme_folder() / "base.html").is_file()


def test_an_installed_package_brings_its_theme(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "__file__", str(package / "engine.py"))
    assert engine.theme_folder() == package.parent / "templates"
    (package / "theme").mkdir()
    assert engine.theme_folder() == package / "theme"
