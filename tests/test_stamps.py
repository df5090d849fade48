"""A stamp tells whether a file is the one that was looked at, and in doubt says that it isn't."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from digest.stamps import NEVER, RACY, TICK, Stamp, digest_of


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("one", encoding="utf-8")
    return path


def stamp(path: Path) -> Stamp:
    return Stamp.of(path.lstat())


def test_a_stamp_matches_the_file_it_was_taken_of(page: Path) -> None:
    one = stamp(page)
    stored = one.encode(max(one.modified, one.changed) + RACY)
    assert stamp(page).matches(stored)
    page.write_text("other", encoding="utf-8")
    assert not stamp(page).matches(stored)


def test_a_stamp_of_a_file_that_was_just_changed_matches_nothing(page: Path) -> None:
    one = stamp(page)
    stored = one.encode(max(one.modified, one.changed) + RACY - 1)
    assert not stamp(page).matches(stored)


def test_setting_the_time_back_does_not_deceive(page: Path) -> None:
    one = stamp(page)
    stored = one.encode(one.changed + 2 * RACY)
    page.write_text("two", encoding="utf-8")
    os.utime(page, ns=(one.modified, one.modified))
    assert not stamp(page).matches(stored)


def moved(path: Path) -> tuple[Stamp, Stamp]:
    """The stamps of a file before and after it was renamed."""
    before = stamp(path)
    path.rename(path.with_name("moved"))
    return before, stamp(path.with_name("moved"))


def test_a_file_that_was_only_renamed_is_trusted_a_tick_later(page: Path) -> None:
    before, after = moved(page)
    after = after._replace(changed=after.changed // 1_000_000 * 1_000_000 + 1)
    latest = max(after.modified, after.changed)
    assert after.matches(after.encode_moved(before, latest + TICK + 1))
    assert after.encode_moved(before, latest + TICK - 1_000_001) == NEVER
    assert after.encode_moved(before._replace(inode=0), latest + TICK + 1) == NEVER
    assert after.encode_moved(before._replace(modified=before.modified - 1), latest + TICK + 1) == NEVER


def test_where_times_are_coarse_a_tick_is_two_seconds(page: Path) -> None:
    before, after = moved(page)
    after = after._replace(changed=(after.changed // 1_000_000_000 + 1) * 1_000_000_000)
    assert after.encode_moved(before, after.changed + RACY - 1) == NEVER
    assert after.matches(after.encode_moved(before, after.changed + RACY))


def test_bytes_are_compared_by_a_short_hash_that_does_not_change() -> None:
    assert digest_of(b"").hex() == "cae66941d9efbd404e4d88758ea67670"
    assert zlib.crc32(digest_of(b"a")) != zlib.crc32(digest_of(b"b"))


def test_times_before_1970_and_after_2262_are_stored_too() -> None:
    odd = Stamp(1, -5, 1 << 63, (1 << 64) + 7)
    assert odd.matches(odd.packed())
    assert not odd._replace(modified=-6).matches(odd.packed())
