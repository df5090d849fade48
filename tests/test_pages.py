"""What templates receive, as values: each kind of page is told from the others and comes back as it was."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from digest import pages
from digest.models import Image, Value
from digest.pages import Page, PageValue
from digest.plan import plan
from values import about, article, day, edition, site, summary


def planned() -> tuple[Page, ...]:
    read = (article(aliases=("/old/",), tags=("a",), image=Image("/a.png")), edition("12", summary()), about())
    return tuple(one.page() for one in plan(site(*read), {}))


@pytest.mark.parametrize("page", planned(), ids=lambda page: page.path)
def test_a_page_comes_back_from_the_cache_as_what_it_was(page: Page) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(page), type=Page) == page


def test_a_small_site_has_every_kind_of_page() -> None:
    assert {type(page.value) for page in planned()} == set(get_args(PageValue))


def test_every_value_is_frozen_so_that_its_bytes_speak_for_it() -> None:
    kinds = [one for one in vars(pages).values() if isinstance(one, type) and issubclass(one, Value)]
    assert kinds
    assert all(kind.__struct_config__.frozen for kind in kinds)


def test_a_list_is_at_its_head_and_a_feed_is_rss_unless_it_says_otherwise() -> None:
    assert pages.Pagination() == pages.Pagination(0, "", "")
    assert pages.FeedLink("The Courier", "/feed.xml").type == "application/rss+xml"
    assert pages.Trail("a", "/a/", "/a/", day(1)).external is False
