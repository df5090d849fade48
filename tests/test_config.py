"""site.yaml, topics.yaml and sources.yaml."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from digest import config
from digest.codes import CODES
from digest.models import Source, Topic
from digest.problems import Problem
from digest.settings import Settings

BASE = "title: S\nurl: https://s.example/\n"


def site(text: str, base: str = BASE) -> Settings:
    settings, problems = config.read_site(base + text, "content/site.yaml")
    assert problems == ()
    assert settings is not None
    return settings


def faults(text: str, base: str = BASE) -> list[str]:
    return [f"{one.code} {one.line}:{one.column}" for one in config.read_site(base + text, "content/site.yaml")[1]]


def test_two_lines_are_a_site() -> None:
    assert site("") == Settings(title="S", url="https://s.example")


def test_every_setting() -> None:
    settings = site(
        "id: 'tag:s.example,2025:'\ndescription: D\nlanguage: EN-gb\ntimezone: Europe/London\ncopyright: C\n"
        "page_size: 5\n"
        "permalinks: {article: '/{topic}/{slug}.html'}\neditions: {gather: month, title: 'M {month}'}\n"
        "feeds: {items: 100, full: no}\nrelated: {count: 0, reasons: yes}\nfront: {trails: 1, module: 2, modules: 3}\n"
        "markdown: {typography: off, elements: [video]}\nwording: {related: Read on}\n"
        "problems: {dead-link: off}\nproblems_since: 2025-07-01\n"
        "notice: {text: No *cookies*., accept: OK, more: More, url: /cookies/}\n"
    )
    assert (settings.id, settings.language, settings.page_size) == ("tag:s.example,2025:", "en-GB", 5)
    assert settings.permalinks.article == "/{topic}/{slug}.html"
    assert (settings.editions.gather, settings.editions.title) == ("month", "M {month}")
    assert (settings.feeds.items, settings.feeds.full) == (100, False)
    assert (settings.related.count, settings.related.reasons) == (0, True)
    assert (settings.front.trails, settings.front.module, settings.front.modules) == (1, 2, 3)
    assert (settings.markdown.typography, settings.markdown.elements) == (False, ("video",))
    assert settings.wording == {"related": "Read on"}
    assert settings.problems == {"dead-link": "off"}
    assert settings.problems_since == datetime(2025, 6, 30, 23, tzinfo=UTC)
    assert settings.problems_since.utcoffset() == timedelta(hours=1)
    assert settings.notice is not None
    assert (settings.notice.text.html, settings.notice.url) == ("No <em>cookies</em>.", "/cookies/")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("titel: A", ["unknown-setting 3:1"]),
        ("feeds: {item: 3}", ["unknown-setting 3:9"]),
        ("feeds: 20", ["wrong-type 3:8"]),
        ("feeds: {items: 0}", ["bad-value 3:16"]),
        ("feeds: {items: 101}", ["bad-value 3:16"]),
        ("feeds: {items: many}", ["bad-value 3:16"]),
        ("page_size: 4", ["bad-value 3:12"]),
        ("page_size: 201", ["bad-value 3:12"]),
        ("related: {count: 11}", ["bad-value 3:18"]),
        ("editions: {gather: year}", ["bad-value 3:20"]),
        ("editions: {title: '{slug}'}", ["bad-value 3:19"]),
        ("language: english", ["bad-value 3:11"]),
        ("timezone: Europe/Londn", ["bad-value 3:11"]),
        ("timezone: Europe", ["bad-value 3:11"]),
        ("timezone: ../../etc/passwd", ["bad-value 3:11"]),
        ("permalinks: {article: '/{year}/'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '/{slug}'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '{slug}/'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '/{slug}/{name}/'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '/{slug!r}/'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '/{slug:>99999}/'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '/{slug}/{/'}", ["bad-permalink 3:23"]),
        ("permalinks: {article: '/../{slug}/'}", ["bad-permalink 3:23"]),
        ("wording: {relatde: A}", ["unknown-setting 3:11"]),
        ("problems: {dead-link: ignore}", ["bad-value 3:23"]),
        ("problems: {missing-field: warning}", ["bad-value 3:12"]),
        ("problems: {no-such: warning}", ["unknown-setting 3:12"]),
        ("problems_since: long ago", ["bad-date 3:17"]),
        ("notice: Hello", ["wrong-type 3:9"]),
        ("notice: {text: A}", ["missing-field 3:9"]),
        ("notice: {text: A, accept: B, url: 'javascript:x'}", ["bad-url 3:35"]),
        ("markdown: {engine: rst}", ["bad-value 3:20"]),
        ("markdown: {elements: [script]}", ["bad-value 3:23"]),
        ("markdown: {elements: ['a b']}", ["bad-value 3:23"]),
        ("id: mine", ["bad-value 3:5"]),
        ("title: A", ["yaml-duplicate-key 3:1"]),
    ],
)
def test_a_bad_setting(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["empty-file 1:1"]),
        ("- a", ["wrong-type 1:1"]),
        ("words", ["wrong-type 1:1"]),
        ("title: S", ["missing-field 1:1"]),
        ("url: https://s.example", ["missing-field 1:1"]),
        ("title: S\nurl: s.example", ["bad-url 2:6"]),
        ("title: S\nurl: /", ["bad-url 2:6"]),
        ("title: S\nurl: https://s.example/?a", ["bad-url 2:6"]),
        ("title: 'S\nurl: https://s.example", ["yaml-syntax 1:8"]),
    ],
)
def test_a_site_that_cannot_be_built(text: str, expected: list[str]) -> None:
    assert faults(text, "") == expected
    assert config.read_site(text, "content/site.yaml")[0] is None


def test_a_misspelt_zone_gets_the_nearest() -> None:
    (one,) = config.read_site(f"{BASE}timezone: Europe/Londn\n", "content/site.yaml")[1]
    assert one.hint == 'did you mean "Europe/London"?'


def test_every_code_that_may_be_lowered_can_be() -> None:
    for name, code in CODES.items():
        assert bool(faults(f"problems: {{{name}: warning}}")) == code.fixed


def test_topics() -> None:
    text = "- slug: world\n  title: World\n  order: 2\n- {slug: art, title: Art, description: D}\n"
    assert config.read_topics(text, "content/topics.yaml") == (
        (Topic("world", "World", order=2), Topic("art", "Art", "D")),
        (),
    )
    assert config.read_topics("", "content/topics.yaml") == ((), ())


def test_sources() -> None:
    text = "- key: who\n  name: WHO\n  url: https://who.example/\n- {key: ap, name: AP}\n"
    assert config.read_sources(text, "content/sources.yaml") == (
        (Source("who", "WHO", "https://who.example/"), Source("ap", "AP")),
        (),
    )


Reader = Callable[[str, str], tuple[tuple[object, ...] | None, tuple[Problem, ...]]]


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (config.read_topics, "world: World\n", ["wrong-type 1:1"]),
        (config.read_topics, "- world\n", ["wrong-type 1:3"]),
        (config.read_topics, "- title: World\n", ["missing-field 1:3"]),
        (config.read_topics, "- {slug: a/b, title: A}\n", ["bad-slug 1:10"]),
        (config.read_topics, "- {slug: a, title: A, ordre: 1}\n", ["unknown-key 1:23"]),
        (config.read_topics, "- {slug: a, title: A, order: x}\n", ["bad-value 1:30"]),
        (config.read_topics, "- {slug: a, title: A}\n- {slug: A, title: B}\n", ["bad-value 2:10"]),
        (config.read_sources, "- {key: a, name: A, url: a}\n", ["bad-url 1:26"]),
        (config.read_sources, "- {key: a}\n", ["missing-field 1:3"]),
        (config.read_sources, "- [a]\n", ["wrong-type 1:3"]),
    ],
)
def test_a_bad_row(read: Reader, text: str, expected: list[str]) -> None:
    assert [f"{one.code} {one.line}:{one.column}" for one in read(text, "content/x.yaml")[1]] == expected


@given(some.text(max_size=80))
def test_any_text_is_read_or_has_a_problem(text: str) -> None:
    settings, problems = config.read_site(text, "content/site.yaml")
    assert settings is not None or problems
    for read in (config.read_topics, config.read_sources):
        rows, problems = read(text, "content/x.yaml")
        assert rows is not None or problems
