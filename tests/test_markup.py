"""Markdown bodies and short texts: what they become, where their faults stand, and what no text can do."""

from __future__ import annotations

import re
from typing import TypedDict, Unpack

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import markup
from digest.models import Prose
from digest.settings import Markdown
from test_sanitise import PAYLOADS, faults


class Options(TypedDict, total=False):
    engine: str
    typography: bool
    elements: tuple[str, ...]


ENGINES = ("markdown", "commonmark")


def rendered(text: str, *, line: int = 1, **options: Unpack[Options]) -> markup.Rendered:
    return markup.render(
        text, path="a.md", first_line=line, address="/2025/05/slug/", options=Markdown(**options),
        site_url="https://site.example/news", source="\n" * (line - 1) + text,
    )  # fmt: skip


def printed(text: str, **options: Unpack[Options]) -> str:
    return markup.localise(rendered(text, **options).html, "/news")


def short(text: str, **options: Unpack[Options]) -> str:
    return markup.prose(
        text, path="a.yaml", line=1, column=1, address="/x/", options=Markdown(**options),
        site_url="https://site.example", source=None,
    )[0].html  # fmt: skip


def found(text: str, *, line: int = 1, **options: Unpack[Options]) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in rendered(text, line=line, **options).problems]


# --- What Markdown becomes ---------------------------------------------------------------------------------

BOTH = [
    ("a *b* **c** `d`", "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>"),
    ("a ~~b~~ c", "<p>a <del>b</del> c</p>"),
    ("# A\n\n## B\n\ntext", '<h2 id="s-a">A</h2>\n<h3 id="s-b">B</h3>\n<p>text</p>'),
    ("## A\n\n## A", '<h2 id="s-a">A</h2>\n<h2 id="s-a-2">A</h2>'),
    ("## Кафе & co", '<h2 id="s-кафе-co">Кафе &amp; co</h2>'),
    ("## !!!", '<h2 id="s-section">!!!</h2>'),
    ("###### A\n\n# B", '<h2 id="s-a">A</h2>\n<h2 id="s-b">B</h2>'),
    ("[a](/b/)", '<p><a href="/news/b/">a</a></p>'),
    ("[a](../b/)", '<p><a href="/news/2025/05/b/">a</a></p>'),
    ("[a](b.pdf)", '<p><a href="/news/2025/05/slug/b.pdf">a</a></p>'),
    ("[a](../../../../../b/)", '<p><a href="/news/b/">a</a></p>'),
    ("[a](https://site.example/news/b/)", '<p><a href="/news/b/">a</a></p>'),
    ("[a](http://SITE.example/news)", '<p><a href="/news/">a</a></p>'),
    ("[a](https://site.example/newsletter)", '<p><a href="https://site.example/newsletter">a</a></p>'),
    ("[a](https://site.example.org/news/)", '<p><a href="https://site.example.org/news/">a</a></p>'),
    ("[a](//other.example/b)", '<p><a href="https://other.example/b">a</a></p>'),
    ("[a](https://x.example/?b=1&c=%22)", '<p><a href="https://x.example/?b=1&amp;c=%22">a</a></p>'),
    ("[a](/кафе/)", '<p><a href="/news/%D0%BA%D0%B0%D1%84%D0%B5/">a</a></p>'),
    ("[a](/b%20c/?q=1#d)", '<p><a href="/news/b%20c/?q=1#d">a</a></p>'),
    ("[a](?q=1)", '<p><a href="/news/2025/05/slug/?q=1">a</a></p>'),
    ("[a](mailto:a@b.example)", '<p><a href="mailto:a@b.example">a</a></p>'),
    ("## B\n\n[a](#b)", '<h2 id="s-b">B</h2>\n<p><a href="#s-b">a</a></p>'),
    ("[a](#related)", '<p><a href="#related">a</a></p>'),
    ("[a][b]\n\n[b]: /c/", '<p><a href="/news/c/">a</a></p>'),
    ("<https://x.example/>", '<p><a href="https://x.example/">https://x.example/</a></p>'),
    ("![a](b.png)", '<p><img ALT src="/news/2025/05/slug/b.png" loading="lazy"></p>'),
    ('![a](/b.png "Cap & \'tion\'")',
     '<figure><img ALT src="/news/b.png" loading="lazy"><figcaption>Cap &amp; ‘tion’</figcaption></figure>'),
    ("> a\n>\n> — B", "<blockquote>\n<p>a</p>\n<footer>— B</footer>\n</blockquote>"),
    ("> a\n> — *B*, c", "<blockquote>\n<p>a</p>\n<footer>— <em>B</em>, c</footer>\n</blockquote>"),
    ("> *a\n> — b*", "<blockquote>\n<p><em>a\n— b</em></p>\n</blockquote>"),
    ("```py\na < b\n```", '<pre><code class="language-py">a &lt; b\n</code></pre>'),
    ("<span lang=ru class=x>a</span>", '<p><span lang="ru">a</span></p>'),
    ("<a name=b></a>", '<p><a id="s-b"></a></p>'),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("text", "wanted"), BOTH)
def test_both_engines_print(engine: str, text: str, wanted: str) -> None:
    html = printed(text, engine=engine)
    if "ALT" in wanted:  # the engines write the attributes of images in different orders
        html = re.sub(r'<img (src="[^"]*") alt="a"', r"<img ALT \1", html.replace('<img alt="a"', "<img ALT"))
    assert html == wanted


def test_tables_have_classes_for_alignment_and_a_frame_when_wide() -> None:
    narrow = printed("|a|b|\n|:-|-:|\n|1|2|")
    assert '<th class="left">a</th>' in narrow
    assert '<td class="right">2</td>' in narrow
    assert "wide" not in narrow
    wide = printed("|a|b|c|d|e|\n|-|-|-|-|-|\n|1|2|3|4|5|")
    assert wide.startswith('<div class="wide" tabindex="0"><table>')
    assert wide.endswith("</table></div>")


def test_footnotes_definitions_and_abbreviations() -> None:
    html = printed("a[^n] b[^n]\n\n[^n]: WHO note\n\nx\n: y\n\n*[WHO]: World Health Organization")
    assert 'a<sup id="s-fnref:n"><a class="footnote-ref" href="#s-fn:n">1</a></sup>' in html
    assert '<li id="s-fn:n">' in html
    assert 'href="#s-fnref:n"' in html
    assert 'href="#s-fnref2:n"' in html
    assert "<dl>\n<dt>x</dt>\n<dd>y</dd>\n</dl>" in html
    assert '<abbr title="World Health Organization">WHO</abbr>' in html


def test_text_words_and_outlinks() -> None:
    one = rendered("## A\n\nb [c](https://x.example/) [d](https://x.example/) e[^1] [f](/g/)\n\n[^1]: note")
    assert one.text == "A b c d e f note"
    assert one.words == 7
    assert one.outlinks == ("https://x.example/",)
    assert one.anchors == ("s-fnref:1", "s-fn:1", "s-a")
    assert rendered("日本語の新聞").words == 4


def test_what_xml_forbids_never_comes_out_however_it_is_spelt() -> None:
    assert printed("a&#1;&#xb;&#xfffe;&#xfdd1;b \x0c\ufffec") == "<p>a\ufffd\ufffd\ufffd\ufffdb c</p>"


def test_a_mark_in_the_input_is_dropped() -> None:
    assert printed("\ufdd0a [b](\ufdd0/c/) &#xfdd0;").count("/news") == 1


# --- Short texts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Plain 'words' & more", "Plain ‘words’ &amp; more"),
        ("a *b*", "a <em>b</em>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("# 1 of 2", "# 1 of 2"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("AT&amp;T", "AT&amp;T"),
        ("<h1>a</h1>", "a"),
        ("<p id=x>a</p>", "a"),
        ("<video src=x></video>a", "a"),
        ("1 < 2", "1 &lt; 2"),
        ("", ""),
    ],
)
def test_prose(text: str, wanted: str) -> None:
    assert short(text, elements=("video",)) == wanted


def test_the_short_way_prints_what_the_long_way_prints() -> None:
    text = "He said 'no' -- twice... \"Why?\" (1.5 %)"
    assert short(text) == short(text + "\n")
    assert short(f"*a* {text}").removeprefix("<em>a</em> ") == short(text)


def test_prose_finds_its_place_in_folded_yaml() -> None:
    source = "title: a\nsummary: >\n  one two\n  three [x](/y/) four\n"
    done, links, _ = markup.prose(
        "one two three [x](/y/) four", path="a.md", line=2, column=10, address="/a/", options=Markdown(),
        site_url="https://s.example", source=source,
    )  # fmt: skip
    assert done == Prose('one two three <a href="\ufdd0/y/">x</a> four', "one two three x four")
    assert [(one.target, one.line, one.column) for one in links] == [("/y/", 4, 9)]


# --- Places ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a [b](/c/)", [("/c/", 10, 3)]),
        ("a\n\n- b\n- [c](/d/) [e](/d/)", [("/d/", 13, 3), ("/d/", 13, 12)]),
        ("`[a](/b/)` [a](/b/)", [("/b/", 10, 12)]),
        ("```\n[a](/b/)\n```\n\n[a](/b/)", [("/b/", 14, 1)]),
        ("[a][x]\n\n[b][x]\n\n[x]: /c/", [("/c/", 10, 1), ("/c/", 12, 1)]),
        ("[x]\n\n[x]: /c/", [("/c/", 10, 1)]),
        ("[![a](/b.png)](/c/)", [("/c/", 10, 1), ("/b.png", 10, 2)]),
        ("> [a](/b/)", [("/b/", 10, 3)]),
        ('a <a href="/b/">c</a> <img src="/d.png" alt="">', [("/b/", 10, 3), ("/d.png", 10, 23)]),
        ("[a](/b/#c) [d](#e)", [("/b/#c", 10, 1), ("/2025/05/slug/#e", 10, 12)]),
        ("[a](/b&amp;c/)", [("/b&c/", 10, 1)]),
        ("[a](/caf%C3%A9/)", [("/café/", 10, 1)]),
        ("[a](https://x.example/)", []),
    ],
)
def test_links_into_the_site_have_their_places(engine: str, text: str, wanted: list[tuple[str, int, int]]) -> None:
    links = rendered(text, line=10, engine=engine).links
    assert [(one.target, one.line, one.column) for one in links] == wanted


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\n\nb [c][d] e", [("undefined-reference", 3, 3)]),
        ("a [b][]", [("undefined-reference", 1, 3)]),
        ("a [sic] b, [x] c, [d]", []),
        ("- [x] task\n- [ ] task", []),
        ("`a[b][c]` and\n\n```\n[b][c]\n```", []),
        ("a[^1]", [("undefined-footnote", 1, 2)]),
        ("a[^1]\n\n[^1]: b", []),
        ("`[^1]`", []),
        ("[a]()", [("empty-link", 1, 1)]),
        ("![](/a.png)", [("missing-alt", 1, 1)]),
        ("![](https://x.example/a.png)", [("missing-alt", 1, 1)]),
        ('<img src="/a.png" alt="">', []),
        ('a <img src="/a.png">', [("missing-alt", 1, 3)]),
        ("a\n\n[b](javascript:c)", [("unsafe-link", 3, 1)]),
        ("a [b](JAVA&#115;cript:c)", [("unsafe-link", 1, 3)]),
        ("[a][b]\n\n[b]: data:text/html,x", [("unsafe-link", 1, 1)]),
        ("a <a href='vbscript:x'>b</a>", [("unsafe-link", 1, 3)]),
        ("a\n\nb <font color=red>c</font>", [("removed-html", 3, 3)]),
        ("`<font>`\n\na <font>b</font>", [("removed-html", 3, 3)]),
        ('<p onclick="x">a</p>', [("removed-html", 1, 1)]),
        ("<!-- a -->\n\nb", []),
        ("a <https://x.example/> <b>c</b>", []),
    ],
)
def test_faults_have_their_places(engine: str, text: str, wanted: list[tuple[str, int, int]]) -> None:
    assert found(text, engine=engine) == wanted


def test_a_problem_shows_its_line() -> None:
    (one,) = rendered("a\n\nb [c][d] e", line=7).problems
    assert (one.line, one.excerpt, one.caret) == (9, "b [c][d] e", 2)


def test_settings_widen_bodies() -> None:
    html = printed("<video src=/a.mp4 controls></video>", elements=("video",))
    assert html == '<video src="/news/a.mp4" controls=""></video>'


# --- What no text can do -----------------------------------------------------------------------------------

MARKDOWN_PAYLOADS = [
    "[a](javascript:alert(1))", "[a](<javascript:alert(1)>)", "[a](java\tscript:alert(1))", "[a]( javascript:alert(1))",
    "[a](\x01javascript:alert(1))", "[a](javascript&#58;alert(1))", "[a](&#x6a;avascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)", "[a](VBSCRIPT:x)", "![a](javascript:alert(1))", "<javascript:alert(1)>",
    "<javascript://%0aalert(1)>", "[a]: javascript:alert(1)\n\n[a]", '[a](/b "onmouseover=alert(1)")',
    '[a](/b "\\" onmouseover=alert(1) \\"")', '![a" onerror="alert(1)](x)', "![a](x\" onerror=\"alert(1))",
    "[a](/b){onclick=alert(1)}", "# a {onclick=alert(1)}", '```"><script>alert(1)</script>\na\n```',
    "```{onclick=alert(1) .x}\na\n```", "~~~ <img src=x onerror=alert(1)>\na\n~~~", "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>", "[<script>alert(1)</script>](/b)", "[a](/b'onclick='alert(1))",
    "*[<img src=x onerror=alert(1)>]: x\n\n<img src=x onerror=alert(1)>", '*[A]: " onclick="alert(1)\n\nA',
    '[^"><script>alert(1)</script>]: x\n\na[^"><script>alert(1)</script>]', "|a|\n|-|\n|<script>alert(1)</script>|",
    "> <script>\n> alert(1)\n> </script>", "- <svg onload=alert(1)>", "<div markdown=1 onclick=alert(1)>a</div>",
    "</div></main>\n\na", "&lt;script&gt;alert(1)&lt;/script&gt;", "{{ 7*191 }} {% raw %}", "\x02wzxhzdk:0\x03",
    "klzzwxh:0000", '![a](/b "<script>alert(1)</script>")', "> — <script>alert(1)</script>", "<a href=//x\\@y>b</a>",
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("payload", [*MARKDOWN_PAYLOADS, *PAYLOADS])
def test_no_payload_in_a_body_is_active(engine: str, payload: str) -> None:
    for text in (payload, f"before\n\n{payload}\n\nafter", f"before {payload} after"):
        for html in (printed(text, engine=engine), short(text, engine=engine)):
            assert [one for one in faults(html) if one != "footer"] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_ids_and_classes_of_the_page_stay_its_own(payload: str) -> None:
    tree = html5lib.parseFragment(printed(payload), treebuilder="lxml", namespaceHTMLElements=False)
    for one in (part for piece in tree if not isinstance(piece, str) for part in piece.iter()):
        assert one.get("id", "s-").startswith("s-")
        assert one.get("name") is None
        assert one.get("class", "wide") in {"wide", "footnote", "footnote-ref", "footnote-backref"}


LETTERS = st.sampled_from("[]()!<>*_`~#-+.:|\\\"'&;\n\n \t^/=abc1é漢\u00a0{}@%?")
WORDS = st.sampled_from(
    ["<b>", "</b>", "<div>", "</div>", "<p id=x>", "<script>", "[a](/b)", "![a](b 'c')", "[^1]", "[^1]: x", "\n\n",
     "\n> ", "\n- ", "\n    ", "```",
     "|a|b|\n|-|-|\n", "*[A]: b", "&lt;", "<!--", "-->", "# ", "— c", '"', "<table>", "<h1>"]
)  # fmt: skip


PRINTED_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: [^\s"=<>/]+="[^"]*")*>')
VOID = frozenset("br col hr img wbr".split())


def balanced(html: str) -> bool:
    """Whether every start tag has its end tag, in order: stricter than any parser."""
    opened: list[str] = []
    for slash, name in PRINTED_TAG.findall(html):
        if slash:
            if not opened or opened.pop() != name:
                return False
        elif name not in VOID:
            opened.append(name)
    return not opened and "<" not in PRINTED_TAG.sub("", html)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(LETTERS, WORDS, st.text(max_size=3)), max_size=40).map("".join), st.sampled_from(ENGINES))
def test_any_text_gives_balanced_harmless_html(text: str, engine: str) -> None:
    html = printed(text, engine=engine)
    assert [one for one in faults(html) if one != "footer"] == []
    assert balanced(html)
    assert rendered(text, engine=engine) == rendered(text, engine=engine)
    short(text, engine=engine)


# --- Budgets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000, "![" * 20_000, "<![CDATA[" * 5_000, "[a](b" * 5_000, "> " * 500 + "a", "- " * 500 + "a",
        "\n".join("    " * depth + "* a" for depth in range(500)), "<div>" * 5_000 + "a", "> - " * 100 + "a",
        "a" * 2_000_001, "<b>\n\n" * 1_000,
        "<p " + " ".join(f"a{number}" for number in range(50_000)) + ">",
    ],
)  # fmt: skip
def test_what_is_too_much_is_a_problem_at_its_place(text: str) -> None:
    done = rendered(f"fine\n\n{text}")
    assert done.html == ""
    assert [one.code for one in done.problems] == ["markdown-budget"]
    assert done.problems[0].line >= 1
    assert rendered("*a*").html == "<p><em>a</em></p>"


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * 5_000, "word " * 60_000, "[a](/b/) c\n" * 3_000, "* * * * * " * 10, "- " * 60, "> a\n" * 5_000,
        "\n".join("    " * depth + "* a" for depth in range(8)), "<p>a\n\n" * 1_000,
        "|a|b|\n|-|-|\n" + "|1|2|\n" * 2_000,
    ],
)  # fmt: skip
def test_what_is_merely_long_is_rendered(text: str) -> None:
    done = rendered(text)
    assert done.problems == ()
    assert done.html
