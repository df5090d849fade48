"""A page that is shown early is on the disk early, and the build has the last word."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.ahead import Ahead


@pytest.fixture
def ahead(tmp_path: Path) -> Ahead:
    (tmp_path / "output").mkdir()
    (tmp_path / "output/a.html").write_bytes(b"old")
    return Ahead(tmp_path / "output", tmp_path / "spare")


def test_a_page_is_shown_and_written_at_once(ahead: Ahead, tmp_path: Path) -> None:
    ahead.put({"a.html": b"new"}, 1, writing=True)
    assert ahead.fresh == {"a.html": b"new"}
    assert (tmp_path / "output/a.html").read_bytes() == b"new"
    assert ahead.settle(1, kept=True) == ("a.html",)
    assert ahead.fresh == {}
    assert (tmp_path / "output/a.html").read_bytes() == b"new"
    assert not (tmp_path / "spare").exists()


def test_a_build_that_fails_brings_the_old_page_back(ahead: Ahead, tmp_path: Path) -> None:
    ahead.put({"a.html": b"new"}, 1, writing=True)
    ahead.put({"a.html": b"newer"}, 1, writing=True)
    ahead.settle(1, kept=False)
    assert (tmp_path / "output/a.html").read_bytes() == b"old"
    assert ahead.settle(2, kept=False) == ()


def test_what_a_later_build_will_hold_stays_shown(ahead: Ahead, tmp_path: Path) -> None:
    ahead.put({"a.html": b"new"}, 2, writing=False)
    assert ahead.settle(1, kept=True) == ()
    assert ahead.fresh == {"a.html": b"new"}
    assert (tmp_path / "output/a.html").read_bytes() == b"old"


def test_no_file_comes_into_being(ahead: Ahead, tmp_path: Path) -> None:
    ahead.put({"b.html": b"new"}, 1, writing=True)
    assert [path.name for path in (tmp_path / "output").iterdir()] == ["a.html"]
