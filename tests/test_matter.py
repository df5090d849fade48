"""From bytes to entries: what is read, and which problem each mistake gives."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cases_matter import CASES
from digest import matter
from digest.making import Record
from digest.models import Article, Edition, Link, Source, StandalonePage, Summary, Unplaced
from digest.settings import Permalinks, Settings

SITE = Settings(title="Site", url="https://site.example", timezone="Europe/London")
DEFAULTS = (("title", "title: T"), ("date", "date: 2025-05-11"), ("topics", "topics: [world]"))


def article(front: str, body: str = "Body\n", path: str = "content/articles/2025/2025-05-11-a-slug.md") -> Record:
    """The reading of an article; what ``front`` lacks is added below it."""
    missing = [line for key, line in DEFAULTS if not re.search(rf'^"?{key}\b', front, re.MULTILINE)]
    text = "---\n" + "\n".join([front, *missing]) + f"\n---\n{body}"
    return matter.read_article(path, text.encode("utf-8", "surrogatepass"), SITE)


def summaries(text: str, path: str = "content/summaries/2025-05-12.yaml") -> Record:
    return matter.read_summaries(path, text.encode(), SITE)


def codes(record: Record) -> str:
    return "; ".join(f"{one.code} {one.line}:{one.column}" for one in sorted(record.problems))


@pytest.mark.parametrize(("front", "expected"), CASES, ids=range(len(CASES)))
def test_a_mistake_in_front_matter(front: str, expected: str) -> None:
    record = article(front)
    assert codes(record) == expected
    assert all(one.text and (one.hint or one.code == "control-character") for one in record.problems)


def test_an_article_with_every_field() -> None:
    record = article(
        "title: No\n"
        "date: 2025-05-11 09:30\n"
        "topics: [World, science]\n"
        "summary: A *short* text.\n"
        "tags: [a, b]\nauthors: [Jane]\nsource: reuters\nsources: [{name: AP, url: 'https://ap.example/'}, reuters]\n"
        "slug: other\nid: 'urn:x:1'\nupdated: 2025-05-12\nexpires: 2026-01-01T00:00Z\ndraft: yes\nlead: true\n"
        "image: {src: /a.jpg, alt: A, caption: 'See [it](/about/)', credit: C}\n"
        "related: [x]\nunrelated: [y]\nstory: s\nlang: FR\ncanonical: https://o.example/\naliases: [/old]\n"
        "corrections: [{date: 2025-05-13, text: Wrong.}]"
    )
    assert record.problems == ()
    (one,) = record.entries
    assert isinstance(one, Article)
    assert (one.title, one.slug, one.address, one.id) == ("No", "other", "/2025/05/other/", "urn:x:1")
    assert one.date == datetime(2025, 5, 11, 8, 30, tzinfo=UTC)
    assert one.date.utcoffset() == timedelta(hours=1)
    assert (one.topics, one.tags, one.authors) == (("World", "science"), ("a", "b"), ("Jane",))
    assert one.summary.html == "A <em>short</em> text."
    assert one.sources == (Source("", "reuters"), Source("ap", "AP", "https://ap.example/"))
    assert one.expires == datetime(2026, 1, 1, tzinfo=UTC)
    assert (one.draft, one.lead, one.lang, one.story) == (True, True, "fr", "s")
    assert one.image is not None
    assert (one.image.src, one.image.caption.text) == ("/a.jpg", "See it")
    assert [(link.target, link.image, link.line) for link in one.links] == [
        ("/a.jpg", True, 16),
        ("/about/", False, 16),
    ]
    assert (one.canonical, one.aliases) == ("https://o.example/", ("/old/",))
    assert [note.text.text for note in one.corrections] == ["Wrong."]
    assert one.places["topics.1"] == (4, 17)
    assert [key for key, _ in record.bodies] == [one.body]
    assert [key for key, _ in record.features] == [one.id]


def test_the_slug_comes_from_the_file_and_not_from_the_title() -> None:
    (one,) = article("title: Something else").entries
    assert isinstance(one, Article)
    assert (one.slug, one.address) == ("a-slug", "/2025/05/a-slug/")


def test_the_id_stays_when_all_but_day_and_slug_change() -> None:
    def id_of(front: str, path: str = "content/articles/a.md") -> str:
        (one,) = article(front, path=path).entries
        assert isinstance(one, Article)
        return one.id

    first = id_of("title: A\ndate: 2025-05-11")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", first)
    assert id_of("title: B\ndate: 2025-05-11 14:00", "content/articles/x/2025-05-11-a.md") == first
    assert id_of("date: 2025-05-12") != first
    assert id_of("slug: b") != first


def test_a_body_is_known_by_what_it_depends_on() -> None:
    def body_of(body: str, site: Settings = SITE) -> str:
        data = f"---\ntitle: T\ndate: 2025-05-11\ntopics: [a]\n---\n{body}".encode()
        return matter.read_article("content/articles/a.md", data, site).bodies[0][0]

    assert body_of("x") == body_of("x")
    assert len(body_of("x")) == 32
    assert body_of("x") != body_of("y")
    assert body_of("x") != body_of("x", Settings(title="S", url="https://other.example", timezone="Europe/London"))


def test_a_pattern_with_a_topic_needs_one() -> None:
    site = Settings(title="S", url="https://s.example", permalinks=Permalinks("/{topic}/{slug}/"))
    data = b"---\ntitle: T\ndate: 2025-05-11\ntopics: [World News]\n---\n"
    (one,) = matter.read_article("content/articles/a.md", data, site).entries
    assert isinstance(one, Article)
    assert one.address == "/world-news/a/"
    record = matter.read_article("content/articles/a.md", b"---\ntitle: T\ndate: 2025-05-11\n---\nText\n", site)
    assert {one.code for one in record.problems} == {"missing-field", "no-topics"}


def test_an_article_with_one_bad_field_is_still_handed_on() -> None:
    record = article("tagz: [a]\nupdated: never")
    assert len(record.entries) == 1
    assert codes(record) == "unknown-key 2:1; bad-date 3:10"


@pytest.mark.parametrize("front", ["title: ''", "date: never", "slug: a/b/../c", "title: [a]", "title: A: b"])
def test_without_title_or_date_an_entry_has_no_place(front: str) -> None:
    record = article(front)
    assert record.problems
    (one,) = record.entries
    assert isinstance(one, Unplaced) is not front.startswith("slug")
    assert not isinstance(one, Unplaced) or "a-slug" in one.names
    assert bool(record.features) is front.startswith("slug")


def test_a_page() -> None:
    data = b"---\ntitle: About\nsummary: Us\n---\n# Hello\n"
    (one,) = matter.read_page("content/pages/legal/about us.md", data, SITE).entries
    assert isinstance(one, StandalonePage)
    assert (one.title, one.address, one.summary.text) == ("About", "/legal/about-us/", "Us")


def test_a_page_has_no_date() -> None:
    record = matter.read_page("content/pages/a.md", b"---\ntitle: A\ndate: 2025-05-11\n---\n", SITE)
    assert codes(record) == "unknown-key 3:1"
    assert "content/articles/" in record.problems[0].hint


EDITION = """\
title: Two elections
number: 1
date: 2025-05-12
topics: [politics]
source: reuters
lang: fr
intro: Both.
items:
  - title: One
    url: https://a.example/1
  - title: One
    url: https://a.example/2
    date: 2025-05-10
    topics: [world]
    source: {name: AP}
    via: {name: HN, url: https://hn.example/}
    discussion: https://hn.example/2
    summary: A [link](/about/).
"""


def test_an_edition_lends_its_summaries_what_they_lack() -> None:
    record = summaries(EDITION)
    assert record.problems == ()
    (edition,) = record.entries
    assert isinstance(edition, Edition)
    assert (edition.id, edition.address, edition.number) == ("2025-05-12", "/editions/2025-05-12/", "1")
    one, other = edition.sections[0].items
    assert (one.anchor, other.anchor) == ("one", "one-2")
    assert one.address == "/editions/2025-05-12/#one"
    assert (one.date.day, one.topics, one.sources[0].name, one.lang) == (12, ("politics",), "reuters", "fr")
    assert (other.date.day, other.topics, other.sources) == (10, ("world",), (Source("ap", "AP"),))
    assert (other.via, other.discussion) == (Link("HN", "https://hn.example/"), "https://hn.example/2")
    assert [link.target for link in other.links] == ["/about/"]
    assert one.id != other.id
    assert one.places["title"] == (9, 12)
    assert len(record.features) == 2


def test_sections() -> None:
    text = (
        "date: 2025-05-12\nsections:\n  - title: A\n    items: [{title: x, url: 'https://a.example'}]\n  - items: []\n"
    )
    (edition,) = summaries(text, "content/summaries/2025-05-12-special.yaml").entries
    assert isinstance(edition, Edition)
    assert edition.id == "2025-05-12-special"
    assert [(part.title, len(part.items)) for part in edition.sections] == [("A", 1), ("", 0)]


def test_a_summary_in_a_file_of_its_own() -> None:
    text = "title: A story\nurl: https://a.example/\ndate: 2025-05-12\ntopics: [a]\n"
    (one,) = summaries(text, "content/summaries/2025-05-12-a-story.yaml").entries
    assert isinstance(one, Summary)
    assert (one.slug, one.anchor, one.edition, one.address) == ("a-story", "a-story", "", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty-file 1:1"),
        ("# nothing\n", "empty-file 1:1"),
        ("- title: A\n", "wrong-type 1:1"),
        ("just words", "wrong-type 1:1"),
        ("date: 2025-05-12\nitems: A\n", "wrong-type 2:8"),
        ("date: 2025-05-12\nitems: [A]\n", "wrong-type 2:9"),
        ("items: []\n", "missing-field 1:1"),
        ("date: 2025-05-12\nitems:\n  - title: A\n", "missing-field 3:5"),
        ("date: 2025-05-12\nitems:\n  - url: https://a.example\n", "missing-field 3:5"),
        ("date: 2025-05-12\nitems:\n  - title: A\n    url: a\n    tagz: b\n", "bad-url 4:10; unknown-key 5:5"),
        ("date: 2025-05-12\nitems:\n  - title: A: b\n  - title: B\n", "yaml-syntax 3:13; missing-field 4:5"),
        ("date: 2025-05-12\nitems: []\nsections: []\n", "bad-value 2:8"),
        ("date: 2025-05-12\nsections: [A]\n", "wrong-type 2:12"),
        ("date: 2025-05-12\nsections: [{title: A}]\n", "missing-field 2:12"),
        ("title: A\nurl: https://a.example\n", "missing-field 1:1"),
        ("date: 2025-05-12\nitem: []\nintro: x\n", "unknown-key 2:1"),
        (
            "date: 2025-05-12\nitems:\n" + "  - {title: A, url: 'https://a.example', slug: a}\n" * 2,
            "bad-slug 4:48",
        ),
    ],
)
def test_a_mistake_in_a_summary_file(text: str, expected: str) -> None:
    assert codes(summaries(text)) == expected


def test_line_ends_and_byte_order_marks_change_nothing() -> None:
    text = "---\ntitle: T\ndate: 2025-05-11\ntopics: [a]\n---\nOne\n\ntwo\n"
    plain = matter.read_article("content/articles/a.md", text.encode(), SITE)
    for data in (text.replace("\n", "\r\n").encode(), text.encode("utf-8-sig"), text.replace("\n", "\r").encode()):
        assert matter.read_article("content/articles/a.md", data, SITE) == plain


PIECES = some.sampled_from(
    [
        *(b"---\n", b"title: T\n", b"date: 2025-05-11\n", b"topics: [a]\n", b"items:\n", b"  - ", b"sections:\n"),
        *(b"url: https://a.example\n", b"summary: [x](/y/)\n", b"image: {src: /a}\n"),
        *(b"\xff", b"\r", b"\0", b'"', b": ", b"#", b"\n"),
    ]
)


@given(data=some.binary(max_size=200) | some.lists(PIECES, max_size=20).map(b"".join))
def test_whatever_the_bytes_there_are_entries_or_problems(data: bytes) -> None:
    for read in (matter.read_article, matter.read_page, matter.read_summaries):
        record = read("content/x/a.md", data, SITE)
        assert record.entries or record.problems
        assert all(one.path == "content/x/a.md" and one.line >= 1 for one in record.problems)
