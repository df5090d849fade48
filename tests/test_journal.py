"""A commit that was written down can be done in full, or undone from any point, as often as it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digest.journal import DONE, JOURNAL, Journal, Step, apply, heal, is_unfinished, prune, undo
from digest.manifest import STAGING
from digest.ticks import untold
from sites import tree

OLD = {"index.html": "front", "a/index.html": "a", "b/c/index.html": "c"}
NEW = {"index.html": "new front", "d/e/index.html": "e"}
STEPS = Journal(
    [
        Step("d/e/index.html", "1", stood=False),
        Step("index.html", "0", stood=True),
        Step("a/index.html", "", stood=True),
        Step("b/c/index.html", "", stood=True),
    ],
    ["d", "d/e"],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder with what is published, and what is staged."""
    for name, text in {**OLD, f"{STAGING}/0": NEW["index.html"], f"{STAGING}/1": NEW["d/e/index.html"]}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def published(folder: Path) -> dict[str, str]:
    return {path: data.decode() for path, data in tree(folder).items() if not path.startswith(STAGING)}


def test_a_journal_is_done_and_leaves_no_empty_folder(folder: Path) -> None:
    apply(folder, STEPS, untold)
    prune(folder, STEPS)
    assert published(folder) == NEW
    assert not (folder / "a").exists()
    assert not (folder / "b").exists()


@pytest.mark.parametrize("done", range(len(STEPS.steps) + 1))
@pytest.mark.parametrize("times", [1, 2])
def test_it_is_undone_from_any_step_however_often(folder: Path, done: int, times: int) -> None:
    apply(folder, STEPS._replace(steps=STEPS.steps[:done]), untold)
    for _ in range(times):
        undo(folder, STEPS)
    assert published(folder) == OLD
    assert not (folder / "d").exists()


@pytest.mark.parametrize(("name", "left"), [(JOURNAL, OLD), (DONE, NEW)])
def test_what_a_killed_build_left_is_undone_unless_it_counted(folder: Path, name: str, left: dict[str, str]) -> None:
    apply(folder, STEPS, untold)
    (folder / STAGING / name).write_text(json.dumps(STEPS), encoding="utf-8")
    assert is_unfinished(folder) == (name == JOURNAL)
    heal(folder)
    assert published(folder) == left
    assert not (folder / STAGING).exists()
    assert (folder / "b").exists() == (name == JOURNAL)
