"""Addresses, urls and output paths are three spellings of one place, and each leads to the others."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import urls
from digest.urls import Urls, escape, folded, output_path, permalink

segments = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/#"), min_size=1)
addresses = st.lists(segments, max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts) + "/")
words = st.text(st.characters(exclude_categories=["Cs"]))


@given(addresses)
def test_an_escaped_address_reads_back_as_it_was(address: str) -> None:
    assert unquote(escape(address)) == address


@given(words)
def test_an_escaped_address_is_plain_ascii_that_no_attribute_can_leave(address: str) -> None:
    made = escape(address)
    assert made.isascii()
    assert not set(made) & set(' "<>\\^`{|}\n\t')


@given(addresses, words)
def test_a_fragment_stays_a_fragment(address: str, fragment: str) -> None:
    assert unquote(urlsplit(f"https://courier.example{escape(f'{address}#{fragment}')}").fragment) == fragment


@given(addresses)
def test_the_url_on_a_page_and_the_absolute_one_differ_by_the_host_alone(address: str) -> None:
    site = Urls("https://courier.example/some/path/")
    assert site.absolute(address) == f"https://courier.example{site.url(address)}"
    assert site.url(address).startswith("/some/path/")


@pytest.mark.parametrize(
    ("base_url", "url", "absolute"),
    [
        ("https://courier.example", "/caf%C3%A9/", "https://courier.example/caf%C3%A9/"),
        ("https://courier.example/", "/caf%C3%A9/", "https://courier.example/caf%C3%A9/"),
        ("https://courier.example/news", "/news/caf%C3%A9/", "https://courier.example/news/caf%C3%A9/"),
        ("http://localhost:8000/a%20b/", "/a%20b/caf%C3%A9/", "http://localhost:8000/a%20b/caf%C3%A9/"),
        ("https://courier.example/é", "/%C3%A9/caf%C3%A9/", "https://courier.example/%C3%A9/caf%C3%A9/"),
    ],
)
def test_a_site_may_live_below_a_path(base_url: str, url: str, absolute: str) -> None:
    site = Urls(base_url)
    assert (site.url("/café/"), site.absolute("/café/")) == (url, absolute)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "index.html"),
        ("/a/b/", "a/b/index.html"),
        ("/a/feed.xml", "a/feed.xml"),
        ("/a/#part", "a/index.html"),
        ("/404.html", "404.html"),
    ],
)
def test_an_address_has_one_output_file(address: str, path: str) -> None:
    assert output_path(address) == path


@given(addresses, addresses)
def test_two_addresses_share_an_output_file_only_if_a_file_system_may_take_them_for_one(a: str, b: str) -> None:
    assert (folded(output_path(a)) == folded(output_path(b))) == (folded(a) == folded(b))


@given(words)
def test_folding_ignores_how_letters_are_composed_and_is_done_once(path: str) -> None:
    made = folded(path)
    assert made == folded(made)
    assert made == folded(unicodedata.normalize("NFD", path)) == folded(unicodedata.normalize("NFC", path))


def test_folding_ignores_case() -> None:
    assert folded("STRASSE/ÉTÉ") == folded("straße/été")


def test_a_permalink_counts_days_in_the_zone_of_its_date() -> None:
    late = datetime(2025, 5, 31, 23, 30, tzinfo=UTC)
    pattern = "/{topic}/{year}/{month}/{day}/{slug}/"
    assert permalink(pattern, date=late, slug="a", topic="world") == "/world/2025/05/31/a/"
    there = late.astimezone(timezone(timedelta(hours=2)))
    assert permalink(pattern, date=there, slug="a", topic="world") == "/world/2025/06/01/a/"


def test_every_kind_of_list_has_its_address() -> None:
    assert urls.topic_address("world") == "/topics/world/"
    assert urls.tag_address("press") == "/tags/press/"
    assert urls.source_address("ap") == "/sources/ap/"
    assert urls.edition_address("12") == "/editions/12/"
    assert urls.month_address(2025, 5) == "/archive/2025/05/"
    assert urls.numbered("/topics/world/", 0) == "/topics/world/"
    assert urls.numbered("/topics/world/", 3) == "/topics/world/page/3/"
