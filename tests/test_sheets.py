"""Sheets say of files what a table of rows would: whatever is added, changed or removed, in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sheets import Remembered, Rendered, Sheet, Sheets
from digest.stamps import NONE, digest_of

EMPTY = Sheets(Remembered._make, 1, {})
PAGES = Sheets(Rendered._make, 2, {})


def row(word: str) -> Remembered:
    """A row like no other."""
    mark = digest_of(word.encode())
    return Remembered(mark + mark, mark, digest_of(mark), NONE, NONE)


def after(sheets: Sheets[Remembered], changed: dict[str, Sheet | None]) -> Sheets[Remembered]:
    """The sheets once some have changed."""
    found = {**sheets.by_folder, **changed}
    return Sheets(Remembered._make, 1, {folder: sheet for folder, sheet in found.items() if sheet is not None})


paths = st.sampled_from(["a.md", "b.md", "x/a.md", "x/b.md", "x/y/a.md", "x-y/a.md"])
steps = st.lists(st.tuples(st.dictionaries(paths, st.builds(row, st.text(max_size=3))), st.sets(paths)), max_size=5)


@given(steps)
def test_they_say_what_a_dictionary_would(steps: list[tuple[dict[str, Remembered], set[str]]]) -> None:
    sheets, told = EMPTY, dict[str, Remembered]()
    for rows, gone in steps:
        sheets = after(sheets, sheets.changed(rows, gone - rows.keys()))
        told = {path: one for path, one in told.items() if path not in gone} | rows
        assert sheets.whole() == dict(sheets.items()) == told
        assert sheets.column(1) == {path: one.key for path, one in told.items()}
        assert len(sheets) == len(told)


def test_only_the_sheets_of_what_changes_are_made_anew() -> None:
    sheets = after(EMPTY, EMPTY.changed({"x/a.md": row("1"), "x/b.md": row("2"), "y/a.md": row("3")}))
    changed = sheets.changed({"x/a.md": row("4")}, ["y/a.md"])
    assert changed == {"x": Sheet.of({"a.md": row("4"), "b.md": row("2")}), "y": None}


def test_a_path_without_a_row_is_missing() -> None:
    sheets = after(EMPTY, EMPTY.changed({"x/b.md": row("1")}))
    for path in ("x/a.md", "x/c.md", "y/b.md", "b.md"):
        with pytest.raises(KeyError):
            sheets[path]


def test_pages_stand_on_the_sheet_of_the_folder_above_their_own() -> None:
    named = ["index.html", "404.html", "world/index.html", "2025/05/vote/index.html", "2025/05/rain/index.html"]
    changed = PAGES.changed({path: Rendered(*row(path)[:4]) for path in named})
    assert {folder: sheet.names for folder, sheet in changed.items() if sheet} == {
        "": ("404.html", "index.html", "world/index.html"),
        "2025/05": ("rain/index.html", "vote/index.html"),
    }
    found = {folder: sheet for folder, sheet in changed.items() if sheet}
    assert sorted(Sheets(Rendered._make, 2, found)) == sorted(named)


def test_a_sheet_holds_the_names_and_stamps_that_stand_on_it_and_no_others() -> None:
    sheet = Sheet.of({"b.md": row("b"), "a.md": row("a")})
    stamps = [row("a").stamp, row("b").stamp]
    assert sheet.holds(["a.md", "b.md"], stamps)
    assert not sheet.holds(["a.md", "c.md"], stamps)
    assert not sheet.holds(["a.md"], stamps[:1])
    assert not sheet.holds(["a.md", "b.md"], stamps[::-1])
