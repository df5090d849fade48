"""Lists by topic, tag, source and month, editions, and the index of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from digest import indexes
from digest.models import Link, Prose, Section, Source, Topic
from digest.outline import Outline
from digest.pages import EditionPage, IndexPage, IndexRow, ListPage, Planned
from values import Read, article, assembled, day, edition, outline, summary

Planner = Callable[[Outline], Iterator[Planned]]


def made(plan: Planner, *read: Read, **more: Any) -> dict[str, Planned]:
    return {page.path: page for page in plan(outline(*read, **more))}


def list_at(pages: dict[str, Planned], path: str) -> ListPage:
    value = pages[path].value
    assert isinstance(value, ListPage)
    return value


def rows_at(pages: dict[str, Planned], path: str) -> list[tuple[str, list[IndexRow]]]:
    value = pages[path].value
    assert isinstance(value, IndexPage)
    return [(group.title, list(group.rows)) for group in value.groups]


def edition_at(pages: dict[str, Planned], path: str) -> EditionPage:
    value = pages[path].value
    assert isinstance(value, EditionPage)
    return value


def titles(page: ListPage) -> list[str]:
    return [trail.title for trail in page.trails]


@pytest.mark.parametrize("plan", [indexes.topics, indexes.tags, indexes.sources, indexes.editions])
def test_what_nobody_uses_has_no_page(plan: Planner) -> None:
    assert made(plan, article(topics=())) == {}


def test_a_topic_has_a_list_with_its_own_feed_and_a_row_in_the_index() -> None:
    topics = (Topic("world", "World", "What crosses borders."),)
    pages = made(indexes.topics, article(), article("zebra", topics=("world",), date=day(13)), topics=topics)
    assert list(pages) == ["topics/world/index.html", "topics/index.html"]
    page = list_at(pages, "topics/world/index.html")
    assert (page.title, page.description, titles(page)) == ("World", "What crosses borders.", ["Zebra", "Vote"])
    assert page.kicker == Link("Topics", "/paper/topics/")
    assert page.feed is not None
    assert (page.feed.title, page.feed.url) == ("The Courier: World", "/paper/topics/world/feed.xml")
    assert page.head.feeds[0] == page.feed
    assert page.head.canonical == "https://courier.example/paper/topics/world/"
    assert rows_at(pages, "topics/index.html") == [
        ("", [IndexRow("World", "/paper/topics/world/", 2, "What crosses borders.")])
    ]


def test_a_long_list_has_numbered_pages_that_are_named_in_their_titles() -> None:
    read = [article(f"n{number:02}", date=day(number)) for number in range(1, 12)]
    pages = made(indexes.topics, *read, page_size=5)
    assert [titles(list_at(pages, path)) for path in ("topics/world/index.html", "topics/world/page/1/index.html")] == [
        [f"N{number:02}" for number in range(11, 5, -1)],
        [f"N{number:02}" for number in range(5, 0, -1)],
    ]
    first = list_at(pages, "topics/world/page/1/index.html")
    assert first.head.title == ("world, page 1",)
    assert first.head.canonical == "https://courier.example/paper/topics/world/page/1/"
    assert (first.pagination.number, first.pagination.newer, first.pagination.older) == (1, "/paper/topics/world/", "")
    assert list_at(pages, "topics/world/index.html").pagination.older == "/paper/topics/world/page/1/"


def test_a_tag_has_a_list_but_tags_have_no_index() -> None:
    pages = made(indexes.tags, article(tags=("Canada",)))
    assert list(pages) == ["tags/canada/index.html"]
    page = list_at(pages, "tags/canada/index.html")
    assert (page.title, page.kicker, page.feed) == ("Canada", Link("Tag", ""), None)


def test_sources_are_listed_by_name() -> None:
    sources = [Source("", name) for name in ("Zeit", "afp")]
    pages = made(indexes.sources, article(sources=tuple(sources)))
    assert [row.title for row in rows_at(pages, "sources/index.html")[0][1]] == ["afp", "Zeit"]
    assert titles(list_at(pages, "sources/zeit/index.html")) == ["Vote"]
    assert list_at(pages, "sources/zeit/index.html").kicker == Link("Sources", "/paper/sources/")


def test_the_archive_goes_by_month_newest_first() -> None:
    dates = [datetime(2024, 12, 31, tzinfo=UTC), day(3), day(1, month=6)]
    pages = made(indexes.archive, *[article(f"n{index}", date=date) for index, date in enumerate(dates)])
    assert list(pages) == [
        "archive/2025/06/index.html",
        "archive/2025/05/index.html",
        "archive/2024/12/index.html",
        "archive/2025/index.html",
        "archive/2024/index.html",
        "archive/index.html",
    ]
    assert rows_at(pages, "archive/index.html") == [
        (
            "2025",
            [IndexRow("June 2025", "/paper/archive/2025/06/", 1), IndexRow("May 2025", "/paper/archive/2025/05/", 1)],
        ),
        ("2024", [IndexRow("December 2024", "/paper/archive/2024/12/", 1)]),
    ]
    assert pages["archive/2024/index.html"].value.head.title == ("Archive 2024",)  # type: ignore[union-attr]
    assert made(indexes.archive, *[article(draft=True)], drafts=True).keys() >= {"archive/index.html"}


def test_a_site_without_entries_has_no_archive() -> None:
    assert list(indexes.archive(Outline(assembled()[0], {}))) == []


def test_an_edition_shows_its_items_in_full() -> None:
    story = summary(
        "story", sources=(Source("bbc", "BBC", "https://bbc.example/"),), authors=("Jane Doe",), tags=("Canada",),
        via=Link("Hacker News", "https://news.example/1"), discussion="https://talk.example/", lang="ar",
    )  # fmt: skip
    pages = made(indexes.editions, edition("12", story, number="12", intro=Prose("<em>Hi</em>", "Hi")))
    page = edition_at(pages, "editions/12/index.html")
    assert (page.title, page.number, page.intro, page.head.description) == ("Edition 12", "12", "<em>Hi</em>", "Hi")
    (item,) = page.sections[0].items
    assert (item.title, item.url, item.anchor) == ("Story", "https://elsewhere.example/story", "story")
    assert (item.html, item.authors, item.lang, item.dir) == ("<b>story</b>", ("Jane Doe",), "ar", "rtl")
    assert item.sources == (Link("BBC", "https://bbc.example/"),)
    assert item.tags == (Link("Canada", "/paper/tags/canada/"),)
    assert item.via == Link("Hacker News", "https://news.example/1")
    assert item.discussion == "https://talk.example/"


def test_editions_lead_to_their_neighbours_and_stand_in_an_index_by_year() -> None:
    def at(*dates: datetime) -> Iterable[Read]:
        return [
            edition(str(date.date()), summary(f"s{date:%Y}", date=date), title=f"{date:%Y}", date=date)
            for date in dates
        ]

    pages = made(indexes.editions, *at(*(datetime(year, 1, 8, tzinfo=UTC) for year in (2023, 2024, 2025))))
    middle = edition_at(pages, "editions/2024-01-08/index.html")
    assert middle.newer == Link("2025", "/paper/editions/2025-01-08/")
    assert middle.older == Link("2023", "/paper/editions/2023-01-08/")
    assert edition_at(pages, "editions/2025-01-08/index.html").newer is None
    assert edition_at(pages, "editions/2023-01-08/index.html").older is None
    assert [title for title, _ in rows_at(pages, "editions/index.html")] == ["2025", "2024", "2023"]


def test_an_edition_without_intro_is_described_by_its_headlines() -> None:
    parts = tuple(Section(name, (summary(name, address=f"/editions/12/#{name}"),)) for name in ("one", "two"))
    pages = made(indexes.editions, edition("12", sections=parts))
    page = edition_at(pages, "editions/12/index.html")
    assert page.head.description == "One · Two"
    assert [section.title for section in page.sections] == ["one", "two"]
    assert rows_at(pages, "editions/index.html") == [
        ("2025", [IndexRow("Edition of May 12, 2025", "/paper/editions/12/", 2)])
    ]


def test_a_withheld_edition_in_the_preview_says_so_and_stays_out_of_search_engines() -> None:
    pages = made(indexes.editions, edition("12", summary("story"), date=day(1, month=7)), drafts=True)
    page = edition_at(pages, "editions/12/index.html")
    assert (page.badge, page.head.noindex) == ("withheld", True)
