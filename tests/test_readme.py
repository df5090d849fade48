"""README holds true: its tables are those of the code, its commands exist, its paths are there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from click.testing import CliRunner

import readme
import sites
from digest.cli import cli


def test_the_tables_are_those_of_the_code() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert readme.rewritten(text) == text, "write them anew: python tests/readme.py"


def test_every_option_of_build_is_named() -> None:
    text = readme.README.read_text(encoding="utf-8")
    options = re.findall(r"^ {2}(--[a-z-]+)", CliRunner().invoke(cli, ["build", "--help"]).output, re.MULTILINE)
    assert options
    assert [name for name in options if name not in text and name != "--help"] == []


def test_every_command_is_named() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert [name for name in cli.commands if f"digest {name}" not in text] == []


def test_the_workflow_that_builds_in_parts_makes_the_site(tmp_path: Path) -> None:
    """Its own steps are run as they are written; what is GitHub's part is done by copying."""
    text = readme.README.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text.partition("<!-- workflow -->\n```yaml\n")[2].partition("```")[0])["jobs"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/digest").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m digest "$@"\n', encoding="utf-8")
    (tmp_path / "bin/digest").chmod(0o755)

    def steps(job: str, folder: Path, part: str = "") -> None:
        for command in [step["run"] for step in jobs[job]["steps"] if step.get("run", "").startswith("digest ")]:
            subprocess.run(
                ["sh", "-euc", command.replace("${{ matrix.part }}", part)], cwd=folder, check=True,
                env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[1])},
            )  # fmt: skip

    files: dict[str, str | bytes | None] = {"content/articles/2025-05-11-vote.md": sites.article("Council votes")}
    for part in map(str, jobs["part"]["strategy"]["matrix"]["part"]):
        steps("part", sites.write(tmp_path / f"checkout-{part}", files), part)
        shutil.copytree(tmp_path / f"checkout-{part}/part", tmp_path / "merging/parts" / f"part-{part}")
    steps("site", tmp_path / "merging")
    assert sites.tree(tmp_path / "merging/output") == sites.built(tmp_path / "checkout-1")


def test_the_files_that_it_leads_to_are_there(repository: Path) -> None:
    text = readme.README.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [name for name in targets if not (repository / name).exists()] == []
