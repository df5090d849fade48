"""Lists are cut into pages that stay as they are: the head changes, the numbered pages don't."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.lists import leaves, pagination
from digest.models import Article
from digest.urls import Urls, numbered

SITE = Urls("https://courier.example/news")

counts = st.integers(0, 200)
sizes = st.integers(1, 30)


def articles(count: int) -> list[Article]:
    """That many articles, newest first."""
    first = datetime(2020, 1, 1, tzinfo=UTC)
    return [
        Article(path=f"{n}.md", title=str(n), date=first + timedelta(days=n), slug=str(n), id=str(n), address=f"/{n}/")
        for n in reversed(range(count))
    ]


def pages(count: int, size: int) -> dict[int, Sequence[str]]:
    """The pages of a list by their number, each as the titles on it."""
    return {leaf.number: [one.title for one in leaf.entries] for leaf in leaves(articles(count), size)}


@given(counts, sizes)
def test_every_entry_is_on_one_page_and_newest_first_through_the_pages(count: int, size: int) -> None:
    found = pages(count, size)
    numbers = [0, *sorted(found.keys() - {0}, reverse=True)]
    assert [title for number in numbers for title in found[number]] == [one.title for one in articles(count)]


@given(counts, sizes)
def test_numbered_pages_are_full_and_numbered_from_the_oldest(count: int, size: int) -> None:
    found = pages(count, size)
    assert sorted(found) == list(range(len(found)))
    assert all(len(titles) == size for number, titles in found.items() if number)
    if len(found) > 1:
        assert found[1][-1] == "0"


@given(counts, sizes)
def test_the_head_holds_at_least_a_page_and_less_than_two(count: int, size: int) -> None:
    assert min(count, size) <= len(pages(count, size)[0]) <= 2 * size - 1


@given(counts, st.integers(0, 100), sizes)
def test_newer_entries_leave_numbered_pages_as_they_are(count: int, more: int, size: int) -> None:
    before, after = pages(count, size), pages(count + more, size)
    assert {number: titles for number, titles in before.items() if number}.items() <= after.items()


@given(counts, sizes)
def test_one_new_entry_touches_the_head_one_new_page_and_the_link_of_the_page_before_it(count: int, size: int) -> None:
    def shown(count: int) -> dict[int, object]:
        found = pages(count, size)
        return {number: (found[number], pagination("/topics/a/", number, len(found) - 1, SITE)) for number in found}

    before, after = shown(count), shown(count + 1)
    newest = max(before)
    touched = {number for number in after if after[number] != before.get(number)}
    assert touched <= {0, newest, newest + 1}
    if newest + 1 not in after:
        assert touched <= {0}


@given(st.integers(0, 20))
def test_neighbours_form_one_chain_from_the_head_to_the_oldest_page_and_back(last: int) -> None:
    by_url = {SITE.url(numbered("/a/", number)): pagination("/a/", number, last, SITE) for number in range(last + 1)}
    url, walked = SITE.url("/a/"), []
    assert by_url[url].newer == ""
    while url:
        walked.append(by_url[url].number)
        older = by_url[url].older
        if older:
            assert by_url[older].newer == url
        url = older
    assert walked == [0, *range(last, 0, -1)]


@pytest.mark.parametrize(
    ("number", "last", "newer", "older"),
    [
        (0, 0, "", ""),
        (0, 2, "", "/news/a/page/2/"),
        (2, 2, "/news/a/", "/news/a/page/1/"),
        (1, 2, "/news/a/page/2/", ""),
    ],
)
def test_neighbours_are_urls_ready_to_print(number: int, last: int, newer: str, older: str) -> None:
    made = pagination("/a/", number, last, SITE)
    assert (made.number, made.newer, made.older) == (number, newer, older)


def test_an_empty_list_still_has_a_head() -> None:
    assert pages(0, 10) == {0: []}
