"""The short way prints what the engine prints, or says that it can't tell."""

from __future__ import annotations

import itertools
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import dialect, pymarkdown, shortway

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
SPECIFICATION = ROOT / ".tools" / "node_modules" / "commonmark-spec" / "spec.txt"

EVERY = int(os.environ.get("DIGEST_EVERY", "10"))
"""``DIGEST_EVERY=1 pytest tests/test_shortway.py`` reads all real texts, not a tenth of them."""

STOCK = {
    (typographic, short): pymarkdown.stock(typographic=typographic, short=short)
    for typographic, short in itertools.product((True, False), repeat=2)
}


def by_the_engine(text: str, *, typographic: bool = True, short: bool = False) -> str:
    return str(STOCK[typographic, short].reset().convert(text))


def by_us(text: str, *, typographic: bool = True, short: bool = False) -> str:
    return dialect.to_html(text, engine="markdown", typographic=typographic, short=short)


def share(text: str) -> float:
    """How much of a text the short way prints itself."""
    hard: list[str] = []

    def long_way(part: str) -> str:
        hard.append(part)
        return ""

    done = shortway.to_html(text, typographic=True, short=False, long_way=long_way)
    return 0.0 if done is None else 1 - sum(map(len, hard)) / max(1, len(text))


ORDINARY = [
    "Plain words, and more of them.",
    '"Quoted" words -- it\'s all here...',
    "One line\nand another\n\nA second paragraph.",
    "# One\n\n## Two ##\n\n### C# and *em*\ntext behind it",
    "a *b* **c** _d_ __e__ snake_case",
    'a `code` and `more < & "x"`, "`quoted`"',
    '[text](https://x.example/a_b_(c)?d=e&f=g) and [b *c*](/d/ "A title, isn\'t it").',
    "![an image](/a.png) ![another](b.png \"with 'title'\")",
    "[sic] is no link, nor is [^1].",
    'Fish &amp; chips & more &mdash; "&ldquo;" &#8217;s',
    "broken  \nline, *em*  \n**strong**",
    "- a\n- b\n  goes on\n* c\n\n- d\n- *e* f\n\n1. one\n2. two",
    "3. three\n4. four\n\nText.\n\n10. ten",
    "> quoted\n> on\nlazy\n\n> still\n>\n> - a\n> - b\n\nText.\n\n> > deep",
    "a\n\n---\n\nb\n\n* * *\n\nc",
    "a > b < c",
    "***a*** **a *b* c** *__d__*, _e **f**_",
    "  - a\n  - b\n\n   text",
]
"""All of these are printed without the engine."""

HARD = [
    "a \\* b", "<b>a</b>", "[a][b]\n\n[b]: c", "a[^1]\n\n[^1]: b", "|a|b|\n|-|-|\n|c|d|", "```\na\n```", "a\n: b",
    "    code", "- a\n    - b", "a\n===", "a\n***",
    "    a\n\n\n  \n    b", "a\n\n    \xa0", "        \n\n    a",
    "5 *em**em*[a](b)...", "``a`b``", "~~a~~", "***a b** c*", "*a **b** _c_*", "[a [b](c) d](e)",
    "[a](b c)", "[a](<b>)", "<https://x.example/>", "<!-- a -->", "*[HTML]: a\n\nHTML", "&#38 a", "a\x02b",
]  # fmt: skip
"""None of these is."""


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_needs_no_engine(text: str) -> None:
    assert share(text) == 1.0
    for typographic, short in STOCK:
        wanted = by_the_engine(text, typographic=typographic, short=short)
        assert by_us(text, typographic=typographic, short=short) == wanted


@pytest.mark.parametrize("text", HARD)
def test_what_is_not_certain_is_the_engines(text: str) -> None:
    assert share(text) < 1.0
    assert by_us(text) == by_the_engine(text)


@pytest.mark.parametrize(("hard", "easy"), list(itertools.product(HARD, ORDINARY)))
def test_hard_and_ordinary_blocks_stand_beside_each_other(hard: str, easy: str) -> None:
    for text in (f"{hard}\n\n{easy}", f"{easy}\n\n{hard}", f"{easy}\n\n{hard}\n\n{easy}", f"{easy}\n{hard}"):
        assert by_us(text) == by_the_engine(text)


def test_only_the_hard_part_of_a_text_is_left_to_the_engine() -> None:
    words = "Words of a paragraph. " * 20
    assert share(f"{words}\n\n## Heading\n\n| a | b |\n|---|---|\n| c | d |\n\n{words}") > 0.9


# --- Everything that is short ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signs", "length"),
    [
        ("a *_", 6),
        ("a`*\n", 5),
        ("[]()a!", 5),
        ("a\n->#", 5),
        ("a '\"-.", 4),
        ("- a\n1.", 5),
        ("&a;#1<", 4),
        ("* \n_a", 5),
    ],
)
def test_every_short_text_of_a_few_signs(signs: str, length: int) -> None:
    for letters in itertools.product(signs, repeat=length):
        text = "".join(letters)
        assert by_us(text) == by_the_engine(text), text


# --- Whatever authors type ---------------------------------------------------------------------------------

WORDS = st.sampled_from('word it\'s "so" a_b 5 A. é \u0661 -- ... & &amp; ! \xa0'.split(" "))
SIGNS = st.sampled_from([*"* ** _ __ ` [ ] ( ) ' \" < > ~~ \\ | :".split(), "  \n"])
SPANS = st.sampled_from(
    '*em*|**strong**|`code`|[a](b)|[a](/b/ "c")|![a](b)|[a *b*](c)|**[a](b) `c`**|[a]|[a][b]|<i>d</i>'.split("|")
)
STARTS = st.sampled_from("- |* |+ |1. |2. |> |# |## |    |  |  - |> - |---|* * *|===|: |[b]: c|- - |||-|".split("|"))
ENDS = st.sampled_from(["\n", "\n\n", "\n\n", "\n\n\n", "\n \n", " \n", "  \n"])
LINES = st.tuples(
    STARTS, st.lists(st.one_of(WORDS, WORDS, SPANS, SIGNS, st.just(" "), st.just(" ")), max_size=7).map("".join), ENDS
).map("".join)
TEXTS = st.lists(LINES, min_size=1, max_size=6).map("".join)


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.booleans(), st.booleans())
def test_both_ways_print_the_same(text: str, typographic: bool, short: bool) -> None:
    wanted = by_the_engine(text, typographic=typographic, short=short)
    assert by_us(text, typographic=typographic, short=short) == wanted


# --- What others wrote -------------------------------------------------------------------------------------


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason=f"the CommonMark examples are not at {SPECIFICATION}")
def test_the_examples_of_commonmark() -> None:
    found = re.findall(
        r"^`{32} example\n(.*?)^\.\n", SPECIFICATION.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(found) > 600
    for example in found:
        text = example.replace("\u2192", "\t")
        assert by_us(text) == by_the_engine(text)


def bodies(name: str) -> Iterator[str]:
    """The Markdown texts of a corpus."""
    with tarfile.open(CORPORA / f"{name}.tar.gz") as packed:
        for member in packed:
            file = packed.extractfile(member)
            if file is None:
                continue
            text = file.read().decode("utf-8-sig")
            if member.name.endswith(".md"):
                yield text.split("\n---\n", 1)[-1]
            elif member.name.endswith(".yaml"):
                yield from (str(item.get("summary", "")) for item in yaml.load(text, yaml.CSafeLoader)["items"])


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the corpora of real publications are not at {CORPORA}")
@pytest.mark.parametrize("name", ["digitalgov", "haskellweekly-yaml", "optech", "lwkd", "rtl-smoke"])
def test_real_publications(name: str) -> None:
    short = name == "haskellweekly-yaml"
    for text in itertools.islice(bodies(name), 0, None, EVERY):
        assert by_us(text, short=short) == by_the_engine(text, short=short)
