"""The plan: every page with all that it shows, before anything renders."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

import sites
from digest.models import Correction, Image, Link, Notice, Prose, Source, Topic
from digest.pages import (
    ArticlePage,
    Chrome,
    ErrorPage,
    FeedPage,
    FeedsPage,
    FrontPage,
    PageValue,
    Planned,
    RedirectPage,
    TextPage,
)
from digest.plan import chrome, plan
from digest.settings import Front, Related
from digest.stamps import digest_of
from values import AS_OF, Read, about, article, assembled, day, edition, settings, site, summary

Kind = TypeVar("Kind", bound=PageValue)
Pairs = dict[str, list[tuple[str, str]]]


def pages(*read: Read, related: Pairs | None = None, **more: Any) -> dict[str, Planned]:
    return {page.path: page for page in plan(site(*read, **more), related or {})}


def at(found: dict[str, Planned], path: str, kind: type[Kind]) -> Kind:
    value = found[path].value
    assert isinstance(value, kind)
    return value


def front(*read: Read, **more: Any) -> FrontPage:
    return at(pages(*read, **more), "index.html", FrontPage)


def titles(trails: Any) -> list[str]:
    return [one.title for one in trails]


# --- The front ---------------------------------------------------------------------------------------------


def test_the_newest_article_marked_as_lead_leads() -> None:
    found = front(article("a", lead=True), article("b", lead=True, date=day(12)), article("c", date=day(13)))
    assert found.lead is not None
    assert found.lead.title == "B"


def test_without_a_mark_the_newest_article_leads_even_where_a_summary_is_newer() -> None:
    found = front(article("a"), article("b", image=Image("/b.png", "B")), edition("12", summary("story", date=day(20))))
    assert found.lead is not None
    assert found.lead.title == "A"
    assert found.picture is None


def test_the_lead_brings_its_picture() -> None:
    found = front(article(image=Image("/map.png", "A map")))
    assert found.picture is not None
    assert found.picture.src == "/paper/map.png"


def test_a_digest_of_summaries_alone_has_a_front_without_lead() -> None:
    found = front(edition("12", *[summary(f"n{number}") for number in range(6)]))
    assert (found.lead, found.picture) == (None, None)
    assert found.edition is not None
    assert titles(found.edition.trails) == ["N0", "N1", "N2", "N3"]
    assert titles(found.trails) == ["N4", "N5"]


def shown(found: FrontPage) -> list[str]:
    """Everything on a front, in the order of the page."""
    trails = [*([found.lead] if found.lead else []), *found.trails, *(found.edition.trails if found.edition else ())]
    return [one.permalink for one in [*trails, *(one for module in found.modules for one in module.trails)]]


def test_an_entry_stands_on_the_front_once() -> None:
    read = [article(f"n{number:02}", date=day(number), topics=("world", "sport")) for number in range(1, 13)]
    items = [summary(f"s{number}", date=day(20 + number), topics=("sport",)) for number in range(8)]
    older = edition("11", *[summary(f"o{number}", date=day(15)) for number in range(6)], date=day(15))
    found = front(*read, edition("12", *items, date=day(28)), older)
    assert len(shown(found)) == len(set(shown(found)))
    assert found.edition is not None
    assert titles(found.edition.trails) == ["S0", "S1", "S2", "S3"]
    assert titles(found.trails) == ["S7", "S6", "S5", "S4"]
    assert [module.title for module in found.modules] == ["world"]


def test_the_newest_edition_is_the_one_on_the_front() -> None:
    found = front(
        article(), edition("11", summary("old"), date=day(1)), edition("12", summary("new"), date=day(3), title="Late")
    )
    assert found.edition is not None
    assert (found.edition.title, found.edition.url, titles(found.edition.trails)) == (
        "Late", "/paper/editions/12/", ["New"],
    )  # fmt: skip
    assert front(article()).edition is None


def test_a_topic_module_shows_entries_of_its_section_and_an_empty_one_is_left_out() -> None:
    read = [article(f"n{number}", date=day(number), topics=("world", "sport")) for number in range(1, 10)]
    found = front(*read, article("z", date=day(1), topics=("sport",)), front=Front(trails=1, module=2))
    assert [(module.title, titles(module.trails)) for module in found.modules] == [
        ("sport", ["Z"]), ("world", ["N7", "N6"]),
    ]  # fmt: skip


def test_an_error_page_is_planned_that_search_engines_pass_over() -> None:
    missing = at(pages(article()), "404.html", ErrorPage)
    assert missing.head.noindex
    assert missing.head.title == ("Page not found",)


# --- Articles and pages ------------------------------------------------------------------------------------


def test_related_posts_lead_to_the_entrys_own_place_here() -> None:
    related = {"/vote/": [("/editions/12/#story", "both name Canada"), ("/zebra/", "")]}
    read = (article("vote"), article("zebra"), edition("12", summary("story")))
    page = at(pages(*read, related=related), "vote/index.html", ArticlePage)
    assert [(one.url, one.external, one.reasons) for one in page.related] == [
        ("/paper/editions/12/#story", False, ""),
        ("/paper/zebra/", False, ""),
    ]
    assert at(pages(*read), "vote/index.html", ArticlePage).related == ()


def test_the_page_says_why_a_related_entry_was_chosen_where_the_site_wants_it() -> None:
    made = site(article("vote"), article("zebra"))
    made = made._replace(settings=settings(related=Related(reasons=True)))
    found = {page.path: page for page in plan(made, {"/vote/": [("/zebra/", "both name Canada")]})}
    assert at(found, "vote/index.html", ArticlePage).related[0].reasons == "both name Canada"


def test_an_article_shows_its_corrections_and_its_badge() -> None:
    corrected = (Correction(day(12), Prose("<em>Sorry</em>", "Sorry")),)
    page = at(pages(article(corrections=corrected, draft=True), drafts=True), "vote/index.html", ArticlePage)
    assert [(one.date, one.html) for one in page.corrections] == [(day(12), "<em>Sorry</em>")]
    assert page.badge == "draft"


def test_a_standalone_page_is_planned_with_its_standfirst() -> None:
    found = pages(article(), about(summary=Prose("<em>We</em>", "We"), body="b" * 32, lang="ar"))
    page = at(found, "about/index.html", TextPage)
    assert (page.title, page.standfirst, page.body, page.lang, page.dir) == (
        "About", "<em>We</em>", "b" * 32, "ar", "rtl",
    )  # fmt: skip


def test_old_addresses_of_articles_and_pages_lead_on() -> None:
    found = pages(article(aliases=("/old/", "/older.html")), about(aliases=("/us/",)))
    assert at(found, "old/index.html", RedirectPage) == RedirectPage(
        "/paper/vote/", "https://courier.example/paper/vote/"
    )
    assert at(found, "older.html", RedirectPage).url == "/paper/vote/"
    assert at(found, "us/index.html", RedirectPage).url == "/paper/about/"


# --- What machines read ------------------------------------------------------------------------------------


def test_every_list_with_a_feed_has_it_in_three_formats_and_in_the_list_of_feeds() -> None:
    found = pages(article(topics=("World",)), edition("12", summary("story", topics=("World",))))
    feeds = sorted(path for path, page in found.items() if isinstance(page.value, FeedPage))
    assert feeds == sorted(
        f"{folder}{name}"
        for folder in ("", "editions/", "topics/world/")
        for name in ("feed.xml", "atom.xml", "feed.json")
    )
    assert [(one.title, one.url) for one in at(found, "feeds.opml", FeedsPage).feeds] == [
        ("The Courier", "https://courier.example/paper/feed.xml"),
        ("The Courier: Editions", "https://courier.example/paper/editions/feed.xml"),
        ("The Courier: World", "https://courier.example/paper/topics/world/feed.xml"),
    ]
    assert (
        at(found, "topics/world/atom.xml", FeedPage).self_url == "https://courier.example/paper/topics/world/atom.xml"
    )


def test_a_feed_is_described_by_the_topic_the_site_or_at_least_its_title() -> None:
    def description(path: str, **more: Any) -> str:
        return at(pages(article(), **more), path, FeedPage).description

    topics = (Topic("world", "World", "What crosses borders."),)
    assert description("feed.xml") == "The Courier"
    assert description("feed.xml", description="All news.") == "All news."
    assert description("topics/world/feed.xml", description="All news.") == "All news."
    assert description("topics/world/feed.xml", topics=topics) == "What crosses borders."


# --- The whole plan ----------------------------------------------------------------------------------------


def test_the_plan_is_sorted_and_says_each_path_once() -> None:
    paths = [page.path for page in plan(site(article(tags=("a",)), about(), edition("12", summary("story"))), {})]
    assert paths == sorted(set(paths))


def test_the_chrome_holds_what_every_page_shares() -> None:
    topics = (Topic("sport", "Sport"), Topic("world", "World"))
    found = chrome(site(article(), about(), topics=topics, copyright="The Press", language="ar"))
    assert (found.title, found.base, found.home, found.url) == (
        "The Courier", "/paper", "/paper/", "https://courier.example/paper",
    )  # fmt: skip
    assert (found.year, found.copyright, found.direction) == ("2025", "The Press", "rtl")
    assert found.topics == (Link("World", "/paper/topics/world/"),)
    assert found.pages == (Link("About", "/paper/about/"),)
    assert [one.title for one in found.sections] == ["Topics", "Archive"]


def test_the_notice_leads_to_a_page_under_the_base_path() -> None:
    def leads_to(url: str) -> str:
        found = chrome(site(article(), notice=Notice(Prose("a", "a"), "OK", "More", url))).notice
        assert found is not None
        return found.url

    assert leads_to("/cookies/") == "/paper/cookies/"
    assert leads_to("https://law.example/") == "https://law.example/"
    assert leads_to("") == ""


def test_the_chrome_of_an_empty_site_has_no_year_and_leads_nowhere() -> None:
    found: Chrome = chrome(assembled()[0])
    assert (found.year, found.sections, found.topics) == ("", (), ())


# --- Permanent pages, as published -------------------------------------------------------------------------


def test_one_more_article_of_many_touches_its_own_page_the_fronts_and_nothing_behind_them(tmp_path: Path) -> None:
    def entry(number: int) -> tuple[str, str]:
        date = day(1, month=2) + timedelta(days=number)
        text = sites.article(f"Story number {number}", f"{date:%Y-%m-%d}", body=f"Plain words, all alike, {number}.")
        return f"content/articles/{date:%Y-%m-%d}-n{number:02}.md", text

    files: dict[str, str | bytes | None] = dict(map(entry, range(65)))
    site_yaml = sites.SITE_YAML + "page_size: 10\nrelated: {count: 0}\n"
    sites.built(sites.write(tmp_path, {"content/site.yaml": site_yaml, **files}))
    before = sites.tree(tmp_path / "output")
    report = sites.run(sites.write(tmp_path, dict([entry(65)])))
    assert report.published is not None
    assert report.published.removed == ()
    assert set(report.published.written) == {
        "2025/04/n65/index.html", "index.html", "topics/world/index.html", "topics/index.html",
        "archive/2025/04/index.html", "archive/2025/index.html", "archive/index.html",
        "feed.xml", "atom.xml", "feed.json",
        "topics/world/feed.xml", "topics/world/atom.xml", "topics/world/feed.json", "sitemap.xml",
    }  # fmt: skip
    after = sites.tree(tmp_path / "output")
    numbered = [path for path in before if "/page/" in path]
    assert numbered
    assert [path for path in numbered if before[path] != after[path]] == []


# --- What a page is made from ------------------------------------------------------------------------------

TOPICS = (Topic("world", "World"), Topic("city", "City", order=1))
topic_lists = st.sampled_from([None, None, TOPICS, (Topic("world", "The world"), TOPICS[1])])
source_lists = st.sampled_from([None, (Source("wire", "The Wire", "https://wire.example/"),)])
articles = st.builds(
    lambda name, number, hour, **more: article(name, date=day(number, hour=hour), **more),
    st.sampled_from("abcdefgh"),
    st.integers(1, 3),
    st.integers(0, 2),
    title=st.sampled_from(["One", "Two"]),
    body=st.sampled_from(["", "b1", "b2"]),
    summary=st.sampled_from([Prose(), Prose("<b>x</b>", "x")]),
    topics=st.sampled_from([(), ("world",), ("World",), ("city", "world")]),
    tags=st.sampled_from([(), ("NATO",), ("nato", "a")]),
    sources=st.sampled_from([(), (Source("", "wire"),), (Source("", "The Wire", "https://w.example/"),)]),
    draft=st.booleans(),
    updated=st.sampled_from([None, day(20)]),
    lang=st.sampled_from(["", "de"]),
)
items = st.builds(
    lambda name, number, **more: summary(name, date=day(number), **more),
    st.sampled_from("xyz"),
    st.integers(1, 3),
    title=st.sampled_from(["One", "Two"]),
    draft=st.booleans(),
    anchor=st.sampled_from(["one", "two", "three"]),
    topics=st.sampled_from([("world",), ("city",)]),
)
editions = st.builds(
    lambda name, some, **more: edition(name, *some, **more),
    st.sampled_from(["12", "13"]),
    st.lists(items, max_size=3, unique_by=(lambda one: one.slug, lambda one: one.anchor)),
    intro=st.sampled_from([Prose(), Prose("Hello", "Hello")]),
    title=st.sampled_from(["", "Good news"]),
)
contents = st.tuples(
    st.lists(articles, max_size=8, unique_by=lambda one: one.slug),
    st.lists(items, max_size=3, unique_by=lambda one: one.slug),
    st.lists(editions, max_size=2, unique_by=lambda one: one.id),
    topic_lists,
    source_lists,
    st.booleans(),
    st.sampled_from([day(2), AS_OF]),
    st.permutations("abcdefgh"),
)


def valued(content: Any) -> dict[tuple[str, str, bytes], PageValue]:
    """The values of all pages that have a basis, by path, template and basis."""
    some, lone, whole, topics, sources, drafts, as_of, order = content
    made, _ = assembled(*some, *lone, *whole, topics=topics, sources=sources, drafts=drafts, as_of=as_of, page_size=2)
    read = (*some, *lone, *whole)
    made = made._replace(versions={one.path: digest_of(msgspec.msgpack.encode(one)) for one in read})
    named = [one.address for letter in order for one in made.articles if one.slug == letter]
    related = {address: [(other, "") for other in named[:3] if other != address] for address in named}
    return {(one.path, one.template, one.basis): one.value for one in plan(made, related) if one.basis}


@given(contents, contents, st.sampled_from((0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7)))
@settings_of(max_examples=300)
def test_pages_with_an_equal_basis_are_equal_whatever_changed(first: Any, other: Any, part: int) -> None:
    second = list(first)
    second[part] = other[part]
    if part == 0:  # of the articles at most one changes or comes
        second[0] = list({one.slug: one for one in (*first[0], *other[0][:1])}.values())
    one, two = valued(first), valued(second)
    for key in one.keys() & two.keys():
        assert one[key] == two[key], key[0]


def test_only_a_page_that_shows_an_entry_rests_on_it() -> None:
    read = [article(name, date=day(number), topics=("ab"[number % 2],)) for number, name in enumerate("abcdef", 1)]
    before = pages(*read, page_size=2)
    after = pages(*read[:-1], article("f", date=day(6), topics=("a",), body="new"), page_size=2)
    changed = {path for path, one in before.items() if after[path].basis != one.basis}
    assert changed == {
        "f/index.html", "topics/a/index.html", "archive/2025/05/index.html",
        *(f"{folder}{name}" for folder in ("", "topics/a/") for name in ("feed.xml", "atom.xml", "feed.json")),
    }  # fmt: skip


def test_a_page_can_be_made_in_another_process() -> None:
    read = (article(tags=("a",), aliases=("/old/",)), edition("12", summary("story")), summary("lone"), about())
    made = plan(site(*read)._replace(versions={}), {})
    assert [one.page() for one in pickle.loads(pickle.dumps(made))] == [one.page() for one in made]
