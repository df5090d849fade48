"""Feeds: what they hold, that readers of feeds understand them, that an entry stays the same entry."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from lxml.html import fragment_fromstring

import sites
from digest import feeds
from digest.models import Link, Prose, Section, Source
from digest.outline import Outline
from digest.pages import FeedPage
from digest.settings import Feeds
from values import article, day, edition, outline, summary

# --- The values --------------------------------------------------------------------------------------------


def entries_feed(made: Outline) -> FeedPage:
    newest = made.site.entries[: made.settings.feeds.items]
    return feeds.entries_feed(made.trails, newest, "The Courier", "News.", "/")


def editions_feed(made: Outline) -> FeedPage:
    return feeds.editions_feed(made.trails, made.site.editions[: made.settings.feeds.items], made.edition_titles)


def test_a_feed_holds_the_newest_entries_and_is_as_old_as_its_last_change() -> None:
    read = [article(f"n{number:02}", date=day(number)) for number in range(1, 26)]
    made = outline(*read, article("new", date=day(26), updated=day(30)))
    feed = entries_feed(made)
    assert len(feed.entries) == 20
    assert feed.entries[0].title == "New"
    assert feed.updated == feed.entries[0].updated == day(30)
    assert entries_feed(outline(*read, feeds=Feeds(items=3))).entries[-1].title == "N23"


def test_an_entry_updated_before_its_date_counts_from_its_date() -> None:
    assert entries_feed(outline(article(updated=day(1)))).updated == day(11)


def test_an_article_brings_its_body_and_a_summary_leads_to_the_story() -> None:
    told = (Source("bbc", "BBC", "https://bbc.example/"), Source("afp", "AFP", "https://afp.example/"))
    made = outline(
        article(body="b" * 32, sources=told, authors=("Jane Doe",), topics=("World", "Sport"), lang="fr"),
        edition("12", summary("story", sources=(Source("le-monde", "Le Monde"),))),
    )
    there, here = entries_feed(made).entries
    assert (here.body, here.html, here.url) == ("b" * 32, "", "https://courier.example/paper/vote/")
    assert (here.source, here.categories, here.authors, here.lang) == (
        Link("BBC", "https://bbc.example/"), ("World", "Sport"), ("Jane Doe",), "fr",
    )  # fmt: skip
    assert (there.body, there.html, there.url) == ("", "<b>story</b>", "https://elsewhere.example/story")
    assert there.permalink == "https://courier.example/paper/editions/12/#story"
    assert there.source is None


def test_a_feed_of_summaries_only_brings_no_bodies() -> None:
    made = outline(article(body="b" * 32, summary=Prose("<p>Short</p>", "Short")), feeds=Feeds(full=False))
    (entry,) = entries_feed(made).entries
    assert (entry.body, entry.html) == ("", "<p>Short</p>")


def test_the_feed_of_editions_brings_each_edition_whole() -> None:
    parts = (
        Section("World & co", (summary("a", address="/editions/12/#a", updated=day(20), title="<A>"),)),
        Section("", (summary("b", address="/editions/12/#b", summary=Prose(), sources=(Source("", "B&B"),)),)),
    )
    made = outline(edition("12", sections=parts, intro=Prose("Hello", "Hello")))
    (entry,) = editions_feed(made).entries
    assert (entry.title, entry.summary, entry.updated) == ("Edition of May 12, 2025", "Hello", day(20))
    assert entry.html == (
        "<p>Hello</p><h2>World &amp; co</h2>"
        '<h3><a href="https://elsewhere.example/a">&lt;A&gt;</a></h3><div><b>a</b></div>'
        '<h3><a href="https://elsewhere.example/b">B</a> (B&amp;B)</h3>'
    )


def test_an_edition_without_intro_is_told_by_its_headlines_and_one_of_blocks_is_not_wrapped() -> None:
    (plain,) = editions_feed(outline(edition("12", summary("a"), summary("b")))).entries
    assert plain.summary == "A · B"
    blocks = edition("12", summary("a"), intro=Prose("<p>One</p><p>Two</p>", "One Two"))
    assert editions_feed(outline(blocks)).entries[0].html.startswith("<p>One</p><p>Two</p><h3>")


def test_an_empty_feed_has_no_date() -> None:
    made = outline(article())
    assert feeds.entries_feed(made.trails, (), title="", description="", address="/").updated is None
    assert editions_feed(made).updated is None


# --- As published ------------------------------------------------------------------------------------------

EDITION = """\
date: 2025-05-12
title: "Two elections & <one> cup"
intro: See [what we said](/2025/05/vote/) and [this page](#ballot).
items:
  - title: Ballot
    url: https://elections.example/?a=1&b=2
    topics: [politics]
    summary: "*Counted* [here](/feed.xml)."
"""


def newspaper(folder: Path, **more: str) -> Path:
    body = "See [the map](/map.svg), [the other](../zebra/), [below](#end).\n\n![map](/map.svg)\n\n## End\n\n\u2028 ]]>"
    return sites.write(
        folder,
        {
            "content/site.yaml": "title: The Courier\nurl: https://host.example/some/path/\n",
            "content/articles/2025-05-11-vote.md": sites.article("Vote <b> & more", body=body, **more),
            "content/articles/2025-05-10-zebra.md": sites.article("Zebra", "2025-05-10", authors="[Jane Doe]"),
            "content/summaries/2025-05-12.yaml": EDITION,
            "content/static/map.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
        },
    )


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return sites.built(newspaper(tmp_path_factory.mktemp("feeds")))


def test_a_feed_reader_understands_every_feed(output: dict[str, bytes]) -> None:
    names = [name for name in output if name.endswith(("feed.xml", "atom.xml"))]
    assert len(names) == 8
    for name in names:
        found = feedparser.parse(output[name])
        assert found.bozo == 0, (name, found.get("bozo_exception"))
        assert found.entries, name
        assert all(one.id and one.title and one.link.startswith("https://") for one in found.entries), name


def test_every_feed_in_json_is_a_json_feed(output: dict[str, bytes]) -> None:
    names = [name for name in output if name.endswith("feed.json")]
    assert len(names) == 4
    for name in names:
        found = json.loads(output[name])
        assert found["version"] == "https://jsonfeed.org/version/1.1"
        assert found["feed_url"] == f"https://host.example/some/path/{name}"
        assert found["home_page_url"] == f"https://host.example/some/path/{name.removesuffix('feed.json')}"
        for one in found["items"]:
            assert {"id", "url", "title", "date_published", "content_html"} <= one.keys(), name


def test_every_address_in_a_feed_is_absolute(output: dict[str, bytes]) -> None:
    for name in (name for name in output if name.endswith(("feed.xml", "atom.xml"))):
        for one in feedparser.parse(output[name], sanitize_html=False, resolve_relative_uris=False).entries:
            for content in one.get("content", []):
                targets = re.findall(r'(?:href|src)="([^"]*)"', content.value)
                assert all(target.startswith("https://") for target in targets), (name, targets)
    (found,) = [one for one in json.loads(output["feed.json"])["items"] if one["title"].startswith("Vote")]
    home = "https://host.example/some/path"
    assert re.findall(r'(?:href|src)="([^"]*)"', found["content_html"]) == [
        f"{home}/map.svg", f"{home}/2025/05/zebra/", f"{home}/2025/05/vote/#s-end", f"{home}/map.svg",
    ]  # fmt: skip


def test_all_three_formats_hold_the_same_entries(output: dict[str, bytes]) -> None:
    rss, atom = (feedparser.parse(output[name]).entries for name in ("feed.xml", "atom.xml"))
    told = [one["id"] for one in json.loads(output["feed.json"])["items"]]
    assert [one.id for one in rss] == [one.id for one in atom] == told
    assert len(told) == 3


def test_whole_editions_and_single_entries_are_two_feeds(output: dict[str, bytes]) -> None:
    entries = [one.title for one in feedparser.parse(output["feed.xml"]).entries]
    editions = [one.title for one in feedparser.parse(output["editions/feed.xml"]).entries]
    assert entries == ["Ballot", "Vote <b> & more", "Zebra"]
    assert editions == ["Two elections & <one> cup"]


def test_a_feed_names_itself_its_authors_and_its_sources(output: dict[str, bytes]) -> None:
    root = etree.fromstring(output["topics/world/feed.xml"])
    (own,) = root.findall(".//{http://www.w3.org/2005/Atom}link")
    assert dict(own.attrib) == {
        "rel": "self", "type": "application/rss+xml", "href": "https://host.example/some/path/topics/world/feed.xml",
    }  # fmt: skip
    assert [one.text for one in root.findall(".//{http://purl.org/dc/elements/1.1/}creator")] == ["Jane Doe"]


def test_signs_in_a_summary_stay_signs_in_every_reader(tmp_path: Path) -> None:
    summary = "'The `<script>alert(1)</script>` of A & B'"
    output = sites.built(sites.write(tmp_path, {"content/articles/a.md": sites.article("A", summary=summary)}))
    words = "The <script>alert(1)</script> of A & B"
    item = etree.fromstring(output["feed.xml"]).find(".//item")
    assert item is not None
    assert fragment_fromstring(item.findtext("description") or "", create_parent=True).text == words
    assert [one.summary for one in feedparser.parse(output["atom.xml"]).entries] == [words]
    assert json.loads(output["feed.json"])["items"][0]["summary"] == words


def test_an_article_without_text_has_no_blank_content(tmp_path: Path) -> None:
    output = sites.built(
        sites.write(tmp_path, {"content/articles/a.md": sites.article("A", body="", summary="Alone.")})
    )
    assert b"<content" not in output["feed.xml"]
    assert b"<content" not in output["atom.xml"]
    assert feedparser.parse(output["atom.xml"]).entries[0].summary == "Alone."


def ids(output: dict[str, bytes]) -> dict[str, list[Any]]:
    names = ("feed.xml", "editions/feed.xml", "editions/atom.xml", "topics/world/atom.xml")
    found = {name: [one.id for one in feedparser.parse(output[name]).entries] for name in names}
    return {**found, "json": [one["id"] for one in json.loads(output["feed.json"])["items"]]}


def test_no_reader_shows_an_entry_twice_after_a_new_headline_or_a_new_host(
    output: dict[str, bytes], tmp_path: Path
) -> None:
    moved = newspaper(tmp_path)
    site = "title: The Messenger\nurl: https://other.example/\ntimezone: UTC\n"
    files: dict[str, str | bytes | None] = {
        "content/site.yaml": site,
        "content/articles/2025-05-11-vote.md": sites.article("Another headline", "2025-05-11 09:30"),
        "content/summaries/2025-05-12.yaml": EDITION.replace("Two elections", "Three elections"),
    }
    assert ids(sites.built(sites.write(moved, files))) == ids(output)
