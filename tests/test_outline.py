"""What the planning of all pages shares: the feeds, the sections of the navigation."""

from __future__ import annotations

from digest.models import Topic
from digest.outline import head, listed, page
from digest.pages import ErrorPage, Head
from digest.settings import Front
from values import article, edition, outline, summary


def test_a_site_with_editions_announces_two_feeds() -> None:
    alone = outline(article())
    both = outline(article(), edition("12", summary()))
    assert [(one.title, one.url) for one in alone.feeds] == [("The Courier", "/paper/feed.xml")]
    assert [(one.title, one.url) for one in both.feeds] == [
        ("The Courier", "/paper/feed.xml"),
        ("The Courier: Editions", "/paper/editions/feed.xml"),
    ]


def test_the_fullest_topics_are_the_sections_but_keep_their_order() -> None:
    names = ["a", "b", "b", "c", "c"]
    read = [article(f"n{index}", topics=(name,)) for index, name in enumerate(names)]
    assert outline(*read, front=Front(modules=2)).sections() == ["b", "c"]
    assert outline(*read).sections() == ["a", "b", "c"]


def test_the_order_of_the_registry_counts_more_than_the_number_of_entries() -> None:
    read = [article("n1", topics=("a",)), article("n2", topics=("a",)), article("n3", topics=("b",))]
    topics = (Topic("a", "A", order=2), Topic("b", "B", order=1))
    assert outline(*read, topics=topics, front=Front(modules=1)).sections() == ["b"]


def test_the_head_of_a_page_announces_the_feeds_and_its_own_address() -> None:
    made = outline(article())
    found = head(made, "Topics", address="/topics/", description="All of them.", noindex=True)
    assert found == Head(
        ("Topics",), "All of them.", "https://courier.example/paper/topics/", feeds=made.feeds, noindex=True
    )


def test_a_page_stands_in_the_file_of_its_address() -> None:
    value = ErrorPage(Head())
    assert page("/a/b/", "page", "404.html", value).path == "a/b/index.html"
    assert page("/404.html", "page", "404.html", value).path == "404.html"


def test_listed_entries_are_trails_in_their_order() -> None:
    made = outline(article("a"), article("b"))
    assert [one.title for one in listed(made, made.site.entries)] == ["A", "B"]
