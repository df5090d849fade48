"""What a user installs is whole: the wheel brings the theme, and builds a site on its own."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import digest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

PACKAGED = {"templates": "digest/theme"}
"""The folders of this repository that the wheel holds under another name."""


def run(*command: str | Path, cwd: Path) -> str:
    """What a program says when it succeeds, started as by a user who has none of our settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def build(kind: str, source: Path, target: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target, cwd=source)
    (made,) = target.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `digest` command in an environment of its own, which needs no network.

    Other packages are found where the tests found them. That path is added by a `.pth` file, whose own `.pth`
    files are not read; so an editable install of this repository stays out of sight.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    scheme = sysconfig.get_preferred_scheme("prefix") if os.name == "nt" else "venv"
    paths = sysconfig.get_paths(scheme, vars={"base": str(folder), "platbase": str(folder)})
    python = Path(paths["scripts"]) / "python"
    options = ("install", "--quiet", "--no-deps", "--no-index", wheel)
    run(sys.executable, "-m", "pip", "--python", python, *options, cwd=folder)
    others = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(paths["purelib"]) / "others.pth").write_text("\n".join(sorted(others)), encoding="utf-8")
    return Path(paths["scripts"]) / "digest"


def files_of(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def in_repository() -> Iterator[tuple[str, bytes]]:
    """Each file of the theme, under the name it has in the wheel."""
    for folder, name in PACKAGED.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{name}/{path.relative_to(ROOT / folder).as_posix()}", path.read_bytes()


@pytest.mark.parametrize("folder", PACKAGED)
def test_the_wheel_holds_the_theme(folder: str, wheel: Path) -> None:
    prefix = PACKAGED[folder] + "/"
    expected = {name: data for name, data in in_repository() if name.startswith(prefix)}
    found = {name: data for name, data in files_of(wheel).items() if name.startswith(prefix)}
    assert expected, f"{folder}/ is empty"
    assert found == expected


def test_the_wheel_holds_nothing_else_than_the_package(wheel: Path) -> None:
    strange = [name for name in files_of(wheel) if not name.startswith(("digest/", "digest_news-"))]
    assert strange == []


def test_a_wheel_made_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    archive = build("sdist", ROOT, tmp_path / "archive")
    run(sys.executable, "-m", "tarfile", "-e", archive, tmp_path, cwd=tmp_path)
    again = build("wheel", tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path / "wheel")
    assert files_of(again) == files_of(wheel)


@pytest.mark.slow
def test_an_installed_digest_starts_and_builds_a_site(installed: Path, tmp_path: Path) -> None:
    assert digest.__version__ in run(installed, "--version", cwd=tmp_path)
    run(installed, "init", "mysite", cwd=tmp_path)
    run(installed, "build", "mysite", cwd=tmp_path)
    front = (tmp_path / "mysite" / "output" / "index.html").read_text(encoding="utf-8")
    assert front.lower().startswith("<!doctype html>")


@pytest.mark.slow
def test_an_installed_digest_runs_as_a_module(installed: Path, tmp_path: Path) -> None:
    python = installed.with_name("python")
    place = run(python, "-c", "import digest; print(digest.__file__)", cwd=tmp_path)
    assert Path(place.strip()).is_relative_to(installed.parents[1])
    assert "build" in run(python, "-m", "digest", "--help", cwd=tmp_path)


def imports_of(path: Path) -> Iterator[str]:
    """The top-level name of everything a module imports, lazily or not."""
    for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(part, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.ImportFrom) and part.module and not part.level:
            yield part.module.partition(".")[0]


def test_every_import_is_a_declared_dependency() -> None:
    """An import that only works because a tool of ours brings the package fails at a user's."""
    project = PROJECT["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["commonmark"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    names = {name for path in (ROOT / "digest").glob("*.py") for name in imports_of(path)}
    brought_by = packages_distributions()
    undeclared = sorted(
        name
        for name in names - sys.stdlib_module_names - {"digest"}
        if not declared & {canonicalize_name(one) for one in brought_by.get(name, [])}
    )
    assert undeclared == [], "add what brings these to `dependencies` in pyproject.toml, then lock again"


def test_the_lock_file_fits_what_the_project_asks_for() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE):
        pinned.setdefault(canonicalize_name(name), set()).add(version)
    asked = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["commonmark"],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
    unfit = [
        str(one)
        for one in map(Requirement, asked)
        if not any(one.specifier.contains(version) for version in pinned.get(canonicalize_name(one.name), ()))
    ]
    assert unfit == [], "lock again; CONTRIBUTING.md says how"
