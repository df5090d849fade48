"""Where a link leads, and how its mark gives way to an address."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import marks, markup
from test_markup import rendered

SITE, PAGE = marks.SITE, marks.PAGE


@pytest.mark.parametrize(
    ("href", "printed", "address"),
    [
        ("/a/", f"{SITE}/a/", "/a/"),
        ("/a/#b", f"{SITE}/a/#b", "/a/#b"),
        ("/a/?b=c d", f"{SITE}/a/?b=c%20d", "/a/?b=c d"),
        ("b", f"{SITE}/x/b", "/x/b"),
        ("./b/", f"{SITE}/x/b/", "/x/b/"),
        ("../b/", f"{SITE}/b/", "/b/"),
        ("../../../b/", f"{SITE}/b/", "/b/"),
        ("/a/../b/./c", f"{SITE}/b/c", "/b/c"),
        ("/a//b", f"{SITE}/a/b", "/a/b"),
        ("?q", f"{SITE}/x/?q", "/x/?q"),
        ("#p", f"{PAGE}#p", "/x/#p"),
        ("#", f"{PAGE}#", ""),
        ("/é/", f"{SITE}/%C3%A9/", "/é/"),
        ("/e\u0301/", f"{SITE}/%C3%A9/", "/é/"),
        ("/%C3%A9/", f"{SITE}/%C3%A9/", "/é/"),
        ("/100%/", f"{SITE}/100%25/", "/100%/"),
        ('/a"b<c/', f"{SITE}/a%22b%3Cc/", '/a"b<c/'),
        (" /a/\n", f"{SITE}/a/", "/a/"),
        ("https://h.example/n", f"{SITE}/", "/"),
        ("https://h.example/n/a/", f"{SITE}/a/", "/a/"),
        ("HTTP://H.example/n/a/", f"{SITE}/a/", "/a/"),
        ("//h.example/n/a/", f"{SITE}/a/", "/a/"),
        ("https://h.example/n?q", f"{SITE}/?q", "/?q"),
        ("https://h.example/n/../a", "https://h.example/a", ""),
        ("https://h.example/na", "https://h.example/na", ""),
        ("https://h.example.org/n/", "https://h.example.org/n/", ""),
        ("https://h.example@e.example/n/", "https://h.example@e.example/n/", ""),
        ("mailto:a@b.example", "mailto:a@b.example", ""),
        ("/\\e.example/a", "//e.example/a", ""),
        ("\\\\e.example", "//e.example", ""),
        ("https:\\\\e.example\\a", "https://e.example/a", ""),
        ("https://e.example/a b|c", "https://e.example/a%20b%7Cc", ""),
        ("", "", ""),
        (" \t", "", ""),
        ("http://", "", ""),
        ("https:a", "", ""),
    ],
)
def test_resolve(href: str, printed: str, address: str) -> None:
    target = marks.resolve(href, "/x/", "https://h.example/n")
    assert (target.printed, target.address) == (printed, address)


@given(st.text(max_size=30))
def test_any_link_is_resolved_to_printable_signs(href: str) -> None:
    target = marks.resolve(href, "/x/", "https://h.example")
    assert not re.search(r'[\s"<>]', target.printed.replace("\ufdd0", "").replace("\ufdd1", ""), re.ASCII)
    assert (target.printed[:1] == SITE) <= target.address.startswith("/")


def test_marks_give_way_to_addresses() -> None:
    html = rendered("## B\n\n[a](/c/?x=1) [d](#b) ![e](/f.png)").html
    assert 'href="https://h.example/n/c/?x=1"' in markup.absolutise(
        html, "https://h.example/n", "https://h.example/n/p/"
    )
    assert 'href="https://h.example/n/p/#s-b"' in markup.absolutise(
        html, "https://h.example/n", "https://h.example/n/p/"
    )
    assert 'href="/n/p/#s-b"' in markup.anchored(html, "/n", "/n/p/")
    for done in (markup.localise(html, ""), markup.absolutise(html, "", ""), markup.anchored(html, "", "")):
        assert not re.search("[\ufdd0-\ufdef]", done)
