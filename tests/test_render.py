"""Pages to bytes: what a template receives, what its faults are called, and what a fingerprint hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, UndefinedError
from msgspec.structs import replace

from digest.marks import PAGE, SITE
from digest.pages import Chrome, ErrorPage, FeedEntry, FeedPage, Head, ListPage, Page, RobotsPage, TextPage, Trail
from digest.render import Fingerprints, Templates, decode, encode, environment, fingerprint, render, template_problem
from values import day

CHROME = Chrome("The Courier", "", "en", "ltr", "UTC", "https://courier.example/paper", "/paper", "/paper/", "2025")
TRAIL = Trail("Vote", "/vote/", "/vote/", day(11))


def folder(top: Path, templates: Mapping[str, str | bytes]) -> Path:
    """A folder of templates; its name is the one that templates have in a site."""
    for name, text in templates.items():
        path = top / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return top / "templates"


def page(title: str = "About", template: str = "page.html", path: str = "about/index.html") -> Page:
    return Page(path, "page", template, TextPage(Head(), title, standfirst=f"<b>{SITE}/x/{PAGE}#y</b>", body="key"))


def bodies(key: str) -> str:
    return {"key": f'<p><a href="{SITE}/a/">a</a></p>'}[key]


def printed(top: Path, text: str, page_: Page | None = None) -> str:
    made = environment([folder(top, {"page.html": text, "robots.txt": text})], CHROME, bodies)
    return render(made, page_ or page(), CHROME).decode()


# --- What templates receive --------------------------------------------------------------------------------


def test_text_is_escaped_whatever_the_template_is_called(tmp_path: Path) -> None:
    assert printed(tmp_path, "{{ page.title }}", page("<b> & 'c'")) == "&lt;b&gt; &amp; &#39;c&#39;"
    hostile = Page("robots.txt", "robots", "robots.txt", RobotsPage(("<x>",)))
    assert printed(tmp_path, "{{ page.sitemaps[0] }}", hostile) == "&lt;x&gt;"


def test_safe_html_is_printed_with_addresses_under_the_base_path(tmp_path: Path) -> None:
    assert printed(tmp_path, "{{ page.standfirst|html }}") == "<b>/paper/x/#y</b>"
    assert printed(tmp_path, "{{ page.body|body }}") == '<p><a href="/paper/a/">a</a></p>'


def test_feeds_print_it_with_absolute_addresses(tmp_path: Path) -> None:
    here = "https://courier.example/paper/about/"
    entry = FeedEntry("id", "t", here, day(11), day(11), permalink=here, body="key", html=f"{SITE}/x/ {PAGE}#y")
    feed = Page("feed.xml", "feed", "page.html", FeedPage("t", here, "", "en", entries=(entry,)))
    text = "{{ page.entries[0].html|feed_html(page.entries[0]) }} {{ page.entries[0].body|feed_body(page.entries[0]) }}"
    assert printed(tmp_path, text, feed) == (
        f"https://courier.example/paper/x/ {here}#y "
        "&lt;p&gt;&lt;a href=&#34;https://courier.example/paper/a/&#34;&gt;a&lt;/a&gt;&lt;/p&gt;"
    )


def test_a_template_receives_the_page_and_the_site_and_nothing_else(tmp_path: Path) -> None:
    assert printed(tmp_path, "{{ site.title }}{% for n in range(2) %}{{ n }}{% endfor %}") == "The Courier01"
    for name in ("dict", "lipsum", "cycler", "joiner", "namespace"):
        with pytest.raises(UndefinedError):
            printed(tmp_path, f"{{{{ {name}() }}}}")


def test_what_is_printed_once_is_printed_for_equal_values_and_no_others(tmp_path: Path) -> None:
    trails = (TRAIL, replace(TRAIL, date=day(12)), replace(TRAIL, title="Votes"), TRAIL)
    text = (
        "{% macro row(one, site, sign='-', end='.') %}"
        "{{ one.title }} {{ one.date|iso_day }}{{ sign }}{{ end }} {% endmacro %}"
        "{% for one in page.trails %}{{ once(row, one, site) }}{% endfor %}"
        "{% set one = page.trails[0] %}{{ once(row, one, site, sign=1) }}{{ once(row, one, site, end=1) }}"
        "{{ once(row, one, site, sign=true) }}"
    )
    listed = Page("x/index.html", "topic", "page.html", ListPage(Head(), "All", trails=trails))
    expected = (
        "Vote 2025-05-11-. Vote 2025-05-12-. Votes 2025-05-11-. Vote 2025-05-11-. "
        "Vote 2025-05-111. Vote 2025-05-11-1 Vote 2025-05-11True. "
    )
    assert printed(tmp_path, text, listed) == expected


def test_what_is_printed_once_is_worked_out_once(tmp_path: Path) -> None:
    listed = Page("x/index.html", "topic", "page.html", ListPage(Head(), "All", trails=(TRAIL, TRAIL, TRAIL)))
    text = "{% for one in page.trails %}{{ once(row, one, site) }}{% endfor %}"
    made = environment([folder(tmp_path, {"page.html": text})], CHROME, bodies)
    seen: list[str] = []

    def row(one: Trail, site: Chrome) -> str:
        seen.append(site.title)
        return f"<{one.title}>"

    made.globals["row"] = row
    assert render(made, listed, CHROME) == b"&lt;Vote&gt;" * 3
    assert seen == ["The Courier"]


def test_a_sites_template_replaces_the_themes_and_may_build_on_it(tmp_path: Path) -> None:
    own = folder(tmp_path / "own", {"page.html": '{% extends "base.html" %}{% block main %}mine{% endblock %}'})
    theme = folder(
        tmp_path / "theme", {"page.html": "theirs", "base.html": "<{% block main %}{% endblock %}>", "404.html": "none"}
    )
    made = environment([own, theme], CHROME, bodies)
    assert render(made, page(), CHROME) == b"<mine>"
    assert render(made, Page("404.html", "page", "404.html", ErrorPage(Head())), CHROME) == b"none"


def test_xml_loses_what_xml_forbids_and_html_keeps_it(tmp_path: Path) -> None:
    text = "a\x0bb\ufffec"
    assert printed(tmp_path, "{{ page.title }}", page(text, path="feed.xml")) == "abc"
    assert printed(tmp_path, "{{ page.title }}", page(text)) == text


def test_a_page_comes_back_from_its_encoded_form() -> None:
    for one in (page(), Page("robots.txt", "robots", "robots.txt", RobotsPage(("x",)))):
        assert decode(encode(one)) == one


# --- Fingerprints ------------------------------------------------------------------------------------------

BASE = {"page.html": '{% include "part.html" %}', "part.html": "a", "other.html": "b", "404.html": "c"}


def print_of(
    top: Path,
    changed: Mapping[str, str] = {},
    *,
    one: Page | None = None,
    chrome: Chrome = CHROME,
    engine: bytes = b"1",
) -> bytes:
    folders = [folder(top, {**BASE, **changed})]
    one = one or page()
    prints = Fingerprints(environment(folders, chrome, bodies), folders, chrome, engine)
    found = fingerprint(prints.around(one), encode(one))
    assert prints.problems == []
    return found


def test_a_fingerprint_is_the_same_for_the_same_page(tmp_path: Path) -> None:
    assert print_of(tmp_path / "a") == print_of(tmp_path / "b")


def test_a_fingerprint_changes_with_all_that_the_page_depends_on(tmp_path: Path) -> None:
    first = print_of(tmp_path / "a")
    assert print_of(tmp_path / "b", one=page("Other")) != first
    assert print_of(tmp_path / "c", chrome=replace(CHROME, title="The Messenger")) != first
    assert print_of(tmp_path / "d", engine=b"2") != first
    assert print_of(tmp_path / "e", {"page.html": 'x{% include "part.html" %}'}) != first
    assert print_of(tmp_path / "f", {"part.html": "x"}) != first


def test_a_fingerprint_bears_changes_of_what_the_page_can_not_reach(tmp_path: Path) -> None:
    assert print_of(tmp_path / "a", {"other.html": "x"}) == print_of(tmp_path / "b")


def test_a_template_named_while_rendering_may_be_any(tmp_path: Path) -> None:
    text = {"page.html": "{% include page.title %}"}
    assert print_of(tmp_path / "a", {**text, "other.html": "x"}) != print_of(tmp_path / "b", text)


def test_a_template_that_may_come_one_day_counts_when_it_comes(tmp_path: Path) -> None:
    text = {"page.html": '{% include "later.html" ignore missing %}'}
    assert print_of(tmp_path / "a", {**text, "later.html": "x"}) != print_of(tmp_path / "b", text)


def test_the_sources_that_pages_needed_are_known_by_name(tmp_path: Path) -> None:
    folders = [folder(tmp_path, BASE)]
    prints = Fingerprints(environment(folders, CHROME, bodies), folders, CHROME, b"1")
    prints.around(page())
    assert list(prints.sources()) == ["page.html", "part.html"]


def test_what_templates_name_need_not_be_parsed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders, kept = [folder(tmp_path, BASE)], Templates()
    first = Fingerprints(environment(folders, CHROME, bodies, kept), folders, CHROME, b"1").around(page())
    other = Templates()
    other.recall(kept.save())
    other.recall(b"")
    monkeypatch.delattr(Environment, "parse")
    assert Fingerprints(environment(folders, CHROME, bodies, other), folders, CHROME, b"1").around(page()) == first


def test_a_fault_of_a_template_is_told_once_however_many_pages_need_it(tmp_path: Path) -> None:
    folders = [folder(tmp_path, {"page.html": "{% if %}"})]
    prints = Fingerprints(environment(folders, CHROME, bodies), folders, CHROME, b"1")
    for title in ("a", "b", "c"):
        prints.around(page(title))
    (found,) = prints.problems
    assert (found.code, found.path, found.line) == ("template-syntax", "templates/page.html", 1)


def test_a_template_in_another_encoding_is_told(tmp_path: Path) -> None:
    folders = [folder(tmp_path, {"page.html": '{% include "part.html" %}', "part.html": "caf\xe9".encode("latin-1")})]
    prints = Fingerprints(environment(folders, CHROME, bodies), folders, CHROME, b"1")
    prints.around(page())
    (found,) = prints.problems
    assert (found.code, found.path) == ("not-utf8", "templates/part.html")


# --- What is kept between builds ---------------------------------------------------------------------------


def test_code_is_kept_from_one_environment_to_the_next_until_the_source_changes(tmp_path: Path) -> None:
    kept = Templates()
    top = folder(tmp_path, {"page.html": "old"})
    for text in ("old", "old", "new"):
        (top / "page.html").write_text(text, encoding="utf-8")
        assert render(environment([top], CHROME, bodies, kept), page(), CHROME) == text.encode()


def test_code_is_kept_for_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top, kept, other = folder(tmp_path, {"page.html": "{{ page.title }}"}), Templates(), Templates()
    assert render(environment([top], CHROME, bodies, kept), page(), CHROME) == b"About"
    assert kept.grown
    other.recall(kept.save())
    monkeypatch.delattr(Environment, "compile")
    assert render(environment([top], CHROME, bodies, other), page(), CHROME) == b"About"
    assert [kept.grown, other.grown] == [False, False]


def test_what_a_filter_made_of_a_constant_is_not_kept_for_another_site(tmp_path: Path) -> None:
    top, kept = folder(tmp_path, {"page.html": f'{{{{ "{SITE}/a/"|html }}}}'}), Templates()
    for base in ("", "/paper", "/other"):
        chrome = replace(CHROME, base=base)
        assert render(environment([top], chrome, bodies, kept), page(), chrome).decode() == f"{base}/a/"


# --- Faults ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "told"),
    [
        ("a\nb\n{{ page.titel }}", "template-undefined", 3, 'there is no "titel" in page'),
        ("a\n{{ 1 / 0 }}", "template-error", 2, "ZeroDivisionError: division by zero"),
        ("a\n\n{{ page.title|json|int(base=99) + none }}", "template-error", 3, ""),
        ('a\n{% include "missing.html" %}', "template-missing", 2, 'there is no template "missing.html"'),
    ],
)
def test_a_fault_while_rendering_is_told_at_its_line(
    tmp_path: Path, text: str, code: str, line: int, told: str
) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - a template may raise anything
        printed(tmp_path, text)
    found = template_problem(raised.value, "page.html")
    assert (found.code, found.path, found.line) == (code, "templates/page.html", line)
    assert told in found.text
    assert found.hint


def test_a_fault_in_an_included_template_is_told_there(tmp_path: Path) -> None:
    top = folder(tmp_path, {"page.html": '{% include "parts/a.html" %}', "parts/a.html": "\n{{ nothing.at.all }}"})
    with pytest.raises(UndefinedError) as raised:
        render(environment([top], CHROME, bodies), page(), CHROME)
    found = template_problem(raised.value, "page.html")
    assert (found.path, found.line) == ("templates/parts/a.html", 2)


def test_a_fault_without_a_line_is_told_at_the_template() -> None:
    found = template_problem(ValueError("odd"), "page.html")
    assert (found.path, found.line, found.text) == ("templates/page.html", 1, "ValueError: odd")


def test_syntax_is_told_at_the_template_that_has_the_fault() -> None:
    found = template_problem(TemplateSyntaxError("unexpected  'end'.", 4, "parts/a.html"), "page.html")
    assert (found.code, found.path, found.line, found.text) == (
        "template-syntax", "templates/parts/a.html", 4, "unexpected 'end'",
    )  # fmt: skip
    assert template_problem(TemplateSyntaxError("odd", 4), "page.html").path == "templates/page.html"
    assert template_problem(TemplateNotFound("x.html"), "page.html").text == 'there is no template "x.html"'
