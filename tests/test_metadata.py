"""What machines read on a page: the head of an article and of other pages, and JSON-LD that no text can leave."""

from __future__ import annotations

import json
from typing import Any

import pytest

from digest.metadata import DESCRIPTION, article_head, json_for_html, page_head, standalone_head
from digest.models import Image, Prose
from digest.pages import Head
from values import about, article, day, outline


def head(**more: Any) -> Head:
    made = outline(article(**more), drafts=True)
    return article_head(made.site.articles[0], made.trails, made.feeds)


def document(found: Head) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(found.jsonld)
    return read


def test_the_browser_title_is_the_headline_and_its_section() -> None:
    found = head(topics=("World", "Sport"))
    assert (found.title, found.section) == (("Vote", "World"), "World")
    assert head(topics=()).title == ("Vote",)
    assert head(topics=()).section == ""


def test_an_article_says_when_it_appeared_and_changed() -> None:
    assert (head().published, head().modified) == (day(11), day(11))
    assert (head(updated=day(13)).published, head(updated=day(13)).modified) == (day(11), day(13))
    assert document(head(updated=day(13)))["dateModified"] == "2025-05-13T00:00:00+00:00"


def test_an_article_that_first_appeared_elsewhere_says_where() -> None:
    assert head().canonical == "https://courier.example/paper/vote/"
    found = head(canonical="https://first.example/vote")
    assert found.canonical == document(found)["url"] == "https://first.example/vote"


@pytest.mark.parametrize(
    ("src", "url"),
    [
        ("/map.png", "https://courier.example/paper/map.png"),
        ("https://elsewhere.example/map.png", "https://elsewhere.example/map.png"),
    ],
)
def test_an_image_is_absolute_for_machines(src: str, url: str) -> None:
    found = head(image=Image(src, "A map"))
    assert (found.image, found.image_alt) == (url, "A map")
    assert document(found)["image"] == [url]
    assert "image" not in document(head())


def test_an_article_without_author_is_the_publishers() -> None:
    publisher = {"@type": "Organization", "name": "The Courier", "url": "https://courier.example/paper/"}
    assert document(head())["author"] == [publisher]
    assert document(head(authors=("Jane Doe",)))["author"] == [{"@type": "Person", "name": "Jane Doe"}]


def test_what_an_article_has_not_is_not_told() -> None:
    bare = document(head(topics=()))
    full = document(head(tags=("Canada",), summary=Prose("Short", "Short"), lang="fr"))
    assert not {"description", "articleSection", "keywords"} & bare.keys()
    assert bare["inLanguage"] == "en"
    assert (full["description"], full["articleSection"], full["keywords"]) == ("Short", "world", ["Canada"])
    assert full["inLanguage"] == "fr"


def test_a_draft_stays_out_of_search_engines() -> None:
    assert head(draft=True).noindex
    assert not head().noindex


@pytest.mark.parametrize("text", ["</script><script>", "<!--", "a & b", "\u2028\u2029", "]]>", '"\\"'])
def test_no_text_leaves_the_script_element(text: str) -> None:
    written = json_for_html({"headline": text})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {"headline": text}


def test_a_description_is_cut() -> None:
    made = outline(article())
    found = page_head(made.trails, "Topics", address="/topics/", description="word " * 100)
    assert len(found.description) <= DESCRIPTION
    assert found.description.endswith("…")
    assert (found.title, found.canonical, found.type) == (
        ("Topics",), "https://courier.example/paper/topics/", "website",
    )  # fmt: skip


def test_a_standalone_page_tells_its_summary() -> None:
    made = outline(article(), about(summary=Prose("Who we are", "Who we are")), about("plan", draft=True), drafts=True)
    known, draft = (standalone_head(one, made.trails, made.feeds) for one in made.site.pages)
    assert (known.title, known.description, known.noindex) == (("About",), "Who we are", False)
    assert draft.noindex
