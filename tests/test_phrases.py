"""Emphasis, links, images and code in a block: which are read here, and that others are refused."""

from __future__ import annotations

import pytest

from digest import phrases

HREF = "https://x.example/a_b_(c)"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("a > b & c < d", "a &gt; b &amp; c &lt; d"),
        ("a *b* **c**, _d_ (__e__)", "a <em>b</em> <strong>c</strong>, <em>d</em> (<strong>e</strong>)"),
        (
            "***a*** **a *b* c** *a __b__*",
            "<strong><em>a</em></strong> <strong>a <em>b</em> c</strong> <em>a <strong>b</strong></em>",
        ),
        ("snake_case_name _and_", "snake_case_name <em>and</em>"),
        ("*a `b* c` d*", "<em>a <code>b* c</code> d</em>"),
        ("`a < b & c`", "<code>a &lt; b &amp; c</code>"),
        (f"[a *b*]({HREF})", f'<a href="{HREF}">a <em>b</em></a>'),
        ('[a](/b/ "c & d")', '<a href="/b/" title="c &amp; d">a</a>'),
        ('![a "b"](/c.png "d")', '<img alt="a &quot;b&quot;" src="/c.png" title="d">'),
        ("[a] [b][c]", "[a] [b][c]"),
        ("a  \n b  \n*c*", "a<br>\n b<br>\n<em>c</em>"),
        ("&copy; &#169; &c", "&copy; &#169; &amp;c"),
        ('"a" *"b"* `"c"` "[d](e)"', '“a” <em>“b”</em> <code>"c"</code> “<a href="e">d</a>”'),
        ('&copy;"a"', "&copy;“a”"),
    ],
)
def test_what_is_read(text: str, wanted: str) -> None:
    assert phrases.html(text, typographic=True) == wanted


@pytest.mark.parametrize("text", ['"a" -- b...', "*it's*"])
def test_typography_is_a_choice(text: str) -> None:
    assert phrases.html(text, typographic=True) != phrases.html(text, typographic=False)
    assert not set("“”’–…") & set(phrases.html(text, typographic=False))


@pytest.mark.parametrize(
    "text",
    ["\\*", "~~a~~", "<b>", "a `b", "``a``", "` `", "[a", "a]", "[a [b] c](d)", "[a](b c)", "[a](", "[](a)",
     "2 * 3", "*open", "open*", "a__b",
     "![`a`](b)", "[a](b \"'c'\")", "***a b** c*", "*a **b***", "*a _b_ **c***", "*a _b*", "**a*"],
)  # fmt: skip
def test_what_is_refused(text: str) -> None:
    with pytest.raises(phrases.HardError):
        phrases.html(text, typographic=True)
