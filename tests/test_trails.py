"""An entry on another page: where its headline leads, what stands around it, what an edition is called."""

from __future__ import annotations

import pytest

from digest.models import Image, Link, Prose, Source
from digest.pages import Picture
from digest.trails import TRAIL_SUMMARY, edition_title, picture_of
from values import article, edition, outline, settings, summary


def test_an_articles_headline_leads_to_its_page_and_a_summarys_to_the_story() -> None:
    made = outline(article("vote"), edition("12", summary("story", sources=(Source("bbc", "BBC"),))))
    trails = {one.title: made.trails.of(one) for one in made.site.entries}
    here, away = trails["Vote"], trails["Story"]
    assert (here.url, here.permalink, here.external) == ("/paper/vote/", "/paper/vote/", False)
    assert (away.url, away.permalink, away.external) == (
        "https://elsewhere.example/story",
        "/paper/editions/12/#story",
        True,
    )
    assert (here.source, away.source) == ("", "BBC")
    assert here.kicker == away.kicker == Link("world", "/paper/topics/world/")


def test_a_trail_is_made_once() -> None:
    made = outline(article())
    (entry,) = made.site.entries
    assert made.trails.of(entry) is made.trails.of(entry)


def test_a_long_summary_is_cut() -> None:
    made = outline(article(summary=Prose("", "word " * 100)))
    shown = made.trails.of(made.site.entries[0]).summary
    assert shown.endswith("word…")
    assert TRAIL_SUMMARY - 5 <= len(shown) <= TRAIL_SUMMARY


def test_an_entry_without_topics_has_no_kicker() -> None:
    made = outline(article(topics=()))
    assert made.trails.of(made.site.entries[0]).kicker is None


def test_topics_and_tags_are_links_each_once() -> None:
    made = outline(article(topics=("World", "Sport"), tags=("Canada", "canada", "…", "EU")))
    (entry,) = made.site.entries
    assert made.trails.topics(entry) == (Link("World", "/paper/topics/world/"), Link("Sport", "/paper/topics/sport/"))
    assert made.trails.tags(entry) == (Link("Canada", "/paper/tags/canada/"), Link("EU", "/paper/tags/eu/"))


def test_a_source_without_address_leads_to_its_page_here() -> None:
    made = outline(article(sources=(Source("bbc", "BBC", "https://bbc.example/"), Source("", "Le Monde"))))
    assert made.trails.sources(made.site.entries[0]) == (
        Link("BBC", "https://bbc.example/"),
        Link("Le Monde", "/paper/sources/le-monde/"),
    )


def test_a_picture_of_this_site_is_found_under_the_base_path() -> None:
    made = outline(article())
    own = Image("/images/a map.svg", "A map", Prose("<em>Where</em>", "Where"), "Jane Doe")
    assert made.trails.picture(own) == Picture("/paper/images/a%20map.svg", "A map", "<em>Where</em>", "Jane Doe")
    assert made.trails.picture(Image("https://elsewhere.example/a.png")) == Picture("https://elsewhere.example/a.png")
    assert made.trails.picture(None) is None


def test_only_an_articles_image_stands_for_it() -> None:
    image = Image("/a.png")
    assert picture_of(article(image=image)) == image
    assert picture_of(summary(image=image)) is None


@pytest.mark.parametrize(
    ("site", "entry", "told"),
    [
        ("en", "", ("", "")),
        ("en", "en", ("", "")),
        ("en", "fr", ("fr", "")),
        ("en", "ar", ("ar", "rtl")),
        ("ar", "fa", ("fa", "")),
        ("he", "en", ("en", "ltr")),
    ],
)
def test_language_and_direction_are_told_where_they_differ_from_the_sites(
    site: str, entry: str, told: tuple[str, str]
) -> None:
    made = outline(article(lang=entry), language=site)
    trail = made.trails.of(made.site.entries[0])
    assert (trail.lang, trail.dir) == told


def test_a_draft_in_the_preview_wears_its_badge() -> None:
    made = outline(article(draft=True), drafts=True)
    assert made.trails.of(made.site.entries[0]).badge == "draft"


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"title": "Two elections", "number": "12"}, "Two elections"),
        ({"number": "12"}, "Edition 12"),
        ({}, "Edition of May 12, 2025"),
    ],
)
def test_an_edition_is_called_by_its_title_number_or_date(given: dict[str, str], title: str) -> None:
    assert edition_title(edition("12", **given), "en", settings().words) == title


def test_an_editions_title_is_in_the_sites_words() -> None:
    words = settings(wording={"edition_of": "Ausgabe vom"}).words
    assert edition_title(edition("12"), "de", words) == "Ausgabe vom 12. Mai 2025"
