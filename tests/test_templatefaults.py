"""Jinja's errors in plain words: what is missing of what, which block is open, where to look."""

from __future__ import annotations

import pytest
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, UndefinedError

from digest.pages import Chrome
from digest.problems import Place, problem
from digest.templatefaults import COMPARE, Fault, pointed, syntax, undefined

CHROME = Chrome("T", "", "en", "ltr", "UTC", "https://s.example", "", "/", "2025")


def told(template: str) -> Fault:
    """What is said of a template that fails while it is read or rendered."""
    try:
        Environment(undefined=StrictUndefined, autoescape=True).from_string(template).render(site=CHROME)
    except TemplateSyntaxError as error:
        return syntax(error)
    except UndefinedError as error:
        return undefined(error)
    pytest.fail("the template is well")


@pytest.mark.parametrize(
    ("template", "text", "hint"),
    [
        ("{{ site.titel }}", 'there is no "titel" in site', 'did you mean "title"?'),
        ("{{ site.xyz }}", 'there is no "xyz" in site', ""),
        ("{{ pgae }}", 'there is no value "pgae"', 'did you mean "page"?'),
        ("{{ site.notice.text }}", '"text" is asked of something that is not there on this page', ""),
        ("{{ [1][2].a }}", "", ""),
        ("{% for x in y %}", "the block {% for … %} is not closed", "write {% endfor %} where it ends"),
        ("{% endif %}", "{% endif %} closes nothing here", ""),
        ("{% fro %}", "there is no tag {% fro %}", "did you mean {% for … %}?"),
        ("{% weather %}", "there is no tag {% weather %}", COMPARE),
        ("{{ 1|upcase }}", 'there is no filter "upcase"', ""),
        ("{{ 1 is nothing }}", 'there is no test "nothing"', ""),
        ("{{ 1 ", "", "write }} where a {{ ends, and %} where a {% ends"),
        ("{{ 1 }", "", "write }} where a {{ ends, and %} where a {% ends"),
        ("{% if 1 %}{% else if 2 %}{% endif %}", "", "write {% elif … %}"),
        ("{% if x = 1 %}{% endif %}", "", "write == to compare"),
        ("{{ x y }}", "", "write one value between {{ and }}; several are joined with ~"),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "", "give one of the two blocks another name"),
    ],
)
def test_a_fault_in_words(template: str, text: str, hint: str) -> None:
    said = told(template)
    assert said.text
    assert said.hint
    assert text in said.text
    assert hint in said.hint
    assert "object" not in said.text or "[1]" in template


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a\n{% for x in y %}\nb", 2),
        ("{% for x in y %}\n{% endfor %}\n{% for x in y %}\n", 3),
        ("{# {% for x in y %} #}\n{% for x in y %}\n", 2),
        ("{% if a %}\n{% for x in y %}\n{% endfor %}\n", 1),
    ],
)
def test_an_open_block_is_told_where_it_opens(template: str, line: int) -> None:
    assert told(template).line == line


def test_the_caret_stands_under_the_word() -> None:
    place = Place("templates/a.html", 1, 1)
    one = pointed(problem(place, "template-undefined", 'there is no "b" in site', source="{{ a.b }}"))
    assert (one.column, one.caret, one.width) == (6, 5, 1)
    bare = problem(place, "template-undefined", 'there is no "c" in site', source="{{ a.b }}")
    assert pointed(bare) == bare
    elsewhere = problem(place, "bad-value", 'no "b"', source="a b")
    assert pointed(elsewhere) == elsewhere
