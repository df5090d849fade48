"""Quotes, dashes and ellipses: which way they turn, and what they leave alone."""

from __future__ import annotations

import pytest

from digest import typography
from test_markup import printed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\"a\" 'b' -- c --- d... it's", "“a” ‘b’ – c — d… it’s"),
        ('*"a"* and "*b*"', "<em>“a”</em> and “<em>b</em>”"),
        ('*a*" "*b*', "<em>a</em>” “<em>b</em>"),
        ("the '80s, rock 'n' roll", "the ’80s, rock ‘n’ roll"),
        ('("a") [“x”] "\'b\' c"', "(“a”) [“x”] “‘b’ c”"),
        ('`"a" -- b`', '<code>"a" -- b</code>'),
        ('he said "`x`"', "he said “<code>x</code>”"),
        ('6\\" pipe', '6" pipe'),
        ("a - b -----", "a - b -----"),
        ("<https://x.example/a--b>", '<a href="https://x.example/a--b">https://x.example/a--b</a>'),
    ],
)
def test_typography(text: str, wanted: str) -> None:
    assert printed(text) == f"<p>{wanted}</p>"
    assert "“" not in printed(text.replace("“", "").replace("”", ""), typography=False)


@pytest.mark.parametrize(
    ("text", "before", "after", "wanted"),
    [
        ('"', "", "a", "“"),
        ('"', "a", "", "”"),
        ('"', " ", "a", "“"),
        ('"', "a", "b", "“"),
        ('"', "", "", "“"),
        ("'", "a", "s ", "’"),
        ("'", "a", "", "’"),
        ("'", "(", "a", "‘"),
        ("'", "", "80s", "’"),
        ("'", "5", "6", "‘"),
        ("\"'", "", "a", "“‘"),
        ("'\"", "a", "", "’”"),
        ('a\x0242\x03"', "", "", "a\x0242\x03”"),
        ('a\x02wzxhzdk:1\x03"', "", "", "a\x02wzxhzdk:1\x03”"),
        ('a:\x02wzxhzdk:1\x03"b', "", "", "a:\x02wzxhzdk:1\x03“b"),
        ("-----", "", "", "-----"),
        ("....", "", "", "...."),
        ("nothing here", "", "", "nothing here"),
    ],
)
def test_what_stands_around_decides(text: str, before: str, after: str, wanted: str) -> None:
    assert typography.curled(text, before, after) == wanted


def test_a_quick_look_tells_whether_there_is_anything_to_do() -> None:
    assert not typography.has_marks("a - b, c. d")
    assert all(typography.has_marks(sign) for sign in ('"', "'", "a--b", "a..."))
