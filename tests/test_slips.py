"""Slips in Markdown: found where they are printed, and not in code."""

from __future__ import annotations

import pytest

from digest.places import Scan
from digest.slips import slips


def found(text: str, words: str | None = None) -> str:
    return "; ".join(
        f"{one.code} {one.offset}+{one.width}" for one in slips(Scan(text), text if words is None else words)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a [x] (https://a.example/) b", "broken-link 2+24"),
        ("[x](https://a.example/ and", "broken-link 0+26"),
        ("[x](https://a.example/)", ""),
        ("[x] (see a)", ""),
        ("`[x] (/a/)`", ""),
        ("{{< x >}}", "leftover-command 0+9"),
        ("| a | b |\n| c | d |", "broken-table 0+9"),
        ("a\n\n  | a |\n  | c |", "broken-table 5+5"),
        ("| a | b |\n|---|---|\n| c | d |", ""),
        ("a | b | c", ""),
        ("a {% x %}", "leftover-command 2+7"),
        ("[gallery ids=1]", "leftover-command 0+15"),
        ("[gallery](/a/)", ""),
        ("{{ x }}", ""),
        ("a\n\n[^1]: b", "unused-footnote 3+4"),
        ("a[^1]\n\n[^1]: b", ""),
        ("a\n\n## \nb", "empty-heading 3+2"),
        ("# a\n\n#b\n\n`##`\n\n    ##", ""),
        ("```\n##\n```", ""),
        ("```\na", "unclosed-fence 0+3"),
        ("```\na\n```", ""),
        ("~~~\n```\n~~~", ""),
        ("````\n```\n````", ""),
        ("```a```", ""),
    ],
)
def test_a_slip(text: str, expected: str) -> None:
    assert found(text) == expected


def test_only_what_readers_see_counts() -> None:
    assert found("[x] (https://a.example/)", "x") == ""
    assert found("{{< x >}}", "") == ""


def test_every_slip_has_words() -> None:
    for text in ("[x] (/a/)", "[x](/a/", "{{< x", "[^1]: b", "#", "~~~"):
        for one in slips(Scan(text), text):
            assert one.shown
            assert one.hint
