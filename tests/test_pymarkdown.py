"""python-markdown as it is used here: our faster inline stage prints what the stock one prints."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import pymarkdown
from test_markup import LETTERS, WORDS, printed, rendered

SAMPLES = [
    "a *b **c** d* _e_ __f__ a_b_c **g*h**",
    "`a` ``b ` c`` \\* \\` \\\\`",
    "[a](b) [a](<b c> 'd') [a][b] [b] ![a](b) ![a][b] ![b]\n\n[b]: c",
    "a  \nb <b>c</b> <!-- d --> &amp; &#38; & <https://x.example/> <a@b.example>",
    "| a | `b|c` |\n|---|:-:|\n| *d* | [e](f) |",
    "a[^1] [^2]\n\n[^1]: *b*\n[^2]: c\n\n    d",
    "a\n: b\n\n*[HTML]: c\n\nHTML *HTML*",
    "- a\n\n    b\n- *c*\n    1. d\n\n> e\n> - f",
    "~~a *b*~~ ~~ c ~~ ~~~d~~~",
    "# a *b*\n\nc `d`\n===\n\n* * *",
    "```py\na\n```\n\n    b\n\n<div>\n*a*\n</div>",
    "\"a\" 'b' -- c...",
]


@pytest.mark.parametrize("typographic", [True, False])
@pytest.mark.parametrize("text", SAMPLES)
def test_fast_and_stock_agree_on_samples(text: str, typographic: bool) -> None:
    fast = pymarkdown.stock(typographic=typographic, short=False, fast=True)
    stock = pymarkdown.stock(typographic=typographic, short=False)
    assert fast.convert(text) == stock.convert(text)
    assert fast.reset().convert(text) == stock.reset().convert(text)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(LETTERS, WORDS), max_size=40).map("".join), st.booleans())
def test_the_fast_inline_stage_prints_what_the_stock_one_prints(text: str, typographic: bool) -> None:
    fast = pymarkdown.stock(typographic=typographic, short=False, fast=True)
    stock = pymarkdown.stock(typographic=typographic, short=False, fast=False)
    assert fast.convert(text) == stock.convert(text)


def test_texts_leave_nothing_behind_for_the_next() -> None:
    rendered("a[^1] [b]\n\n[^1]: c\n\n[b]: /d/\n\n*[E]: f")
    assert printed("a[^1] [b] E") == "<p>a[^1] [b] E</p>"


def test_each_thread_has_its_engine() -> None:
    done: list[str] = []
    threads = [
        threading.Thread(target=lambda: done.extend(printed("*a* [^1]\n\n[^1]: b") for _ in range(20)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 80
    assert len(set(done)) == 1
