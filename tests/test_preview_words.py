"""One line says what changed, what that meant, why, and how long it took."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from digest.preview_builds import Built
from digest.preview_words import SHOWN, editor_url, line, together, told_problems
from digest.problems import Problem
from digest.watching import Change

ONE = Change(changed=("content/articles/a.md",))
REASONS = {
    "2025/05/a/index.html": "text changed",
    "feed.xml": "text of “A” changed",
    "topics/x/index.html": "list changed",
}
WRONG = Problem("content/articles/a b.md", 3, 7, "bad-date", "no date")


@pytest.mark.parametrize(
    ("start", "change", "built", "said"),
    [
        (
            "", ONE, Built(True, (), ("2025/05/a/index.html",), (), 90, REASONS),
            "content/articles/a.md changed: 1 of 90 files written (/2025/05/a/ text changed), 42 ms",
        ),
        (
            "", Change(("a.md",)), Built(True, (), tuple(sorted(REASONS)), (), 90, REASONS),
            "a.md new: 3 of 90 files written (/2025/05/a/ text changed; /topics/x/ list changed; …), 42 ms",
        ),
        ("", ONE, Built(True, total=90), "content/articles/a.md changed: no page changed, 42 ms"),
        (
            "", Change(("b",), (), ("c", "d")), Built(True, (), (), ("c/index.html",), 90),
            "1 files new, 2 files removed: 1 removed, 42 ms",
        ),
        (
            "", ONE, Built(False, (WRONG, WRONG)),
            "content/articles/a.md changed: 2 errors, the last good site stays up, 42 ms",
        ),
        ("started", Change(), Built(True, (), ("a", "b"), (), 2), "started: 2 of 2 files written, 42 ms"),
    ],
)  # fmt: skip
def test_a_line(start: str, change: Change, built: Built, said: str) -> None:
    assert line(start, change, built, 0.042) == said


def test_seconds_are_said_in_seconds() -> None:
    assert line("started", Change(), Built(True), 3.14).endswith(", 3.1 s")


def test_a_page_with_many_reasons_is_told_by_its_first() -> None:
    many = Built(
        True, (), ("a/index.html",), (), 90, {"a/index.html": "url changed, topics changed, tags changed, x, y"}
    )
    assert "(/a/ url changed, topics changed, tags changed, …), " in line("settings", Change(), many, 0.1)


def test_changes_come_together() -> None:
    assert together([Change(("a",)), Change((), ("a", "b")), Change((), (), ("c",))]) == Change((), ("a", "b"), ("c",))
    assert together([]) == Change()


def test_an_editor_is_opened_at_the_place() -> None:
    site = PurePosixPath("/home/me/my site")
    pattern = "vscode://file{path}:{line}:{column}"
    assert editor_url(pattern, site, WRONG) == "vscode://file/home/me/my%20site/content/articles/a%20b.md:3:7"
    assert editor_url("", site, WRONG) == ""
    assert editor_url("x:{path}:{line}", site, Problem("{line}", 0, 0, "c", "t")) == "x:/home/me/my%20site/%7Bline%7D:1"


def test_errors_are_told_first_and_not_without_end() -> None:
    warning = Problem("a", 1, 1, "missing-alt", "w", warning=True)
    told = told_problems([warning, *[WRONG] * SHOWN], "", PurePosixPath("/s"))
    assert len(told) == SHOWN
    assert {one["severity"] for one in told} == {"error"}
