"""Why a page was rendered again, in the words of an editor."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from digest.explain import changed_page, changed_surroundings
from digest.models import Link
from digest.pages import (
    ArticlePage,
    Chrome,
    EditionPage,
    FeedEntry,
    FeedPage,
    Head,
    IndexGroup,
    IndexPage,
    IndexRow,
    Item,
    ItemSection,
    ListPage,
    Page,
    PageValue,
    Pagination,
    Trail,
)

DAY = datetime(2025, 5, 11, tzinfo=UTC)
CHROME = Chrome("The Courier", "", "en", "ltr", "UTC", "https://courier.example", "", "/", "2025")


def page(value: PageValue, template: str = "list.html", kind: str = "topic") -> Page:
    return Page("a/index.html", kind, template, value)


def trail(title: str, permalink: str = "", summary: str = "") -> Trail:
    return Trail(title, f"/{permalink or title}/", f"/{permalink or title}/", DAY, summary=summary)


def listed(*trails: Trail) -> Page:
    return page(ListPage(Head(), "World", trails=trails))


A, B, C, D = (trail(name) for name in "ABCD")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (listed(A), listed(B, A), "“B” added"),
        (listed(A, B), listed(A), "“B” removed"),
        (listed(A), listed(trail("A*", "A")), "headline of “A*” changed"),
        (listed(A), listed(trail("A", summary="New.")), "summary of “A” changed"),
        (listed(A, B), listed(B, A), "list changed"),
        (listed(), listed(A), "list changed"),
        (listed(A), listed(B), "“B” added, “A” removed"),
        (listed(A), listed(B, C, D), "“B” added, “C” added, “D” added, 1 more"),
        (listed(A), listed(A), ""),
    ],
)
def test_a_list_says_which_entries_came_went_or_changed(old: Page, new: Page, words: str) -> None:
    assert changed_page(old, new) == words


def test_an_entry_that_changed_in_two_ways_is_named_by_the_first() -> None:
    new = msgspec.structs.replace(A, title="A*", summary="New.")
    assert changed_page(listed(A), listed(new)) == "headline of “A*” changed"


def test_items_and_feed_entries_are_known_by_what_stays() -> None:
    item = Item("One", "https://elsewhere.example/", "one", DAY, html="<p>Old</p>")
    new_item = msgspec.structs.replace(item, html="<p>New</p>")
    old, new = (page(EditionPage(Head(), "1", DAY, sections=(ItemSection("", (one,)),))) for one in (item, new_item))
    assert changed_page(old, new) == "items changed"
    entry = FeedEntry("tag:1", "One", "https://courier.example/1/", DAY, DAY, body="old")
    new_entry = msgspec.structs.replace(entry, body="new")
    feeds = [page(FeedPage("T", "u", "s", "", "en", entries=(one,))) for one in (entry, new_entry)]
    assert changed_page(*feeds) == "text of “One” changed"


def test_items_of_one_section_are_compared_one_by_one() -> None:
    class Holder(msgspec.Struct, frozen=True):
        items: tuple[Item, ...]

    item = Item("One", "https://elsewhere.example/", "one", DAY)
    old = msgspec.structs.replace(page(ListPage(Head(), "")), value=Holder((item,)))
    new = msgspec.structs.replace(old, value=Holder((msgspec.structs.replace(item, title="Two"),)))
    assert changed_page(old, new) == "headline of “Two” changed"


def test_other_fields_are_named_as_an_editor_would() -> None:
    article = ArticlePage(Head(), "One", "/one/", DAY)
    new = msgspec.structs.replace(article, title="Two", standfirst="New.", body="new", lang="de")
    assert changed_page(page(article), page(new)) == "headline changed, summary changed, text changed, lang changed"


def test_rows_and_neighbours_are_named_as_a_whole() -> None:
    old = page(IndexPage(Head(), "Topics", (IndexGroup("", (IndexRow("World", "/w/", 1),)),)))
    new = page(IndexPage(Head(), "Topics", (IndexGroup("", (IndexRow("World", "/w/", 2),)),)))
    assert changed_page(old, new) == "rows changed"
    first, second = (page(ListPage(Head(), "World", pagination=Pagination(1, newer))) for newer in ("/a/", "/b/"))
    assert changed_page(first, second) == "neighbouring pages changed"
    issues = [page(EditionPage(Head(), "1", DAY, newer=Link(title, "/2/"))) for title in ("2", "II")]
    assert changed_page(*issues) == "next edition changed"


def test_metadata_is_named_only_where_nothing_else_changed() -> None:
    old = page(ListPage(Head(("World",)), "World"))
    assert changed_page(old, page(ListPage(Head(("The world",)), "World"))) == "metadata changed"
    assert changed_page(old, page(ListPage(Head(("The world",)), "The world"))) == "headline changed"


def test_a_page_that_was_not_there_is_new() -> None:
    assert changed_page(None, listed(A)) == "new page"


def test_a_page_that_was_of_another_kind_or_template_says_so() -> None:
    article = page(ArticlePage(Head(), "One", "/one/", DAY), "article.html", "article")
    assert changed_page(article, listed(A)) == "its kind was article"
    other = msgspec.structs.replace(listed(A), template="wide.html")
    assert changed_page(other, listed(A)) == "its template was wide.html"


def test_what_all_pages_share_is_named_once() -> None:
    new = msgspec.structs.replace(CHROME, title="The Herald", year="2026")
    before, after = {"a": b"1", "b": b"1", "c": b"1"}, {"a": b"1", "b": b"2", "d": b"1"}
    assert changed_surroundings(CHROME, new, before, before) == "the site’s title, year changed"
    assert changed_surroundings(CHROME, CHROME, before, after) == "template b, c, d changed"
    assert (
        changed_surroundings(CHROME, new, before, after) == "the site’s title, year changed, template b, c, d changed"
    )
    assert changed_surroundings(CHROME, CHROME, before, before) == ""
    assert changed_surroundings(None, CHROME, {}, after) == "nothing was remembered"
