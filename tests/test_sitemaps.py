"""What search engines are given: sitemaps of all pages and of the news, and robots.txt."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import sites
from digest import sitemaps
from digest.pages import NewsAddress, NewsSitemapPage, Planned, RobotsPage, SitemapAddress, SitemapPage
from digest.plan import plan
from values import AS_OF, Read, about, article, day, edition, site, summary

HOME = "https://courier.example/paper"


def pages(*read: Read, **more: Any) -> dict[str, Planned]:
    return {page.path: page for page in plan(site(*read, **more), {})}


def addresses(found: dict[str, Planned], path: str = "sitemap.xml") -> list[SitemapAddress]:
    value = found[path].value
    assert isinstance(value, SitemapPage)
    return list(value.addresses)


def news(found: dict[str, Planned], path: str = "news-sitemap.xml") -> list[NewsAddress]:
    value = found[path].value
    assert isinstance(value, NewsSitemapPage)
    return list(value.addresses)


def test_the_sitemap_names_every_page_for_people_and_no_other() -> None:
    read = (
        article(aliases=("/old/",), updated=day(13)),
        article("elsewhere", canonical="https://first.example/story"),
        article("plan", draft=True),
        about(),
    )
    found = addresses(pages(*read, drafts=True))
    assert {one.url for one in found} >= {f"{HOME}/", f"{HOME}/vote/", f"{HOME}/about/", f"{HOME}/topics/"}
    assert [one for one in found if not one.url.startswith(f"{HOME}/")] == []
    assert {one.url for one in found} & {
        f"{HOME}/old/",
        f"{HOME}/plan/",
        f"{HOME}/404.html",
        f"{HOME}/feed.xml",
        f"{HOME}/news-sitemap.xml",
    } == set()
    assert SitemapAddress(f"{HOME}/vote/", day(13)) in found


def test_past_the_limit_there_is_an_index_of_several_sitemaps(monkeypatch: pytest.MonkeyPatch) -> None:
    read = [article(f"n{number}") for number in range(5)]
    whole = addresses(pages(*read))
    monkeypatch.setattr(sitemaps, "LIMIT", 4)
    found = pages(*read)
    parts = sorted(path for path in found if path.startswith("sitemap-"))
    assert found["sitemap.xml"].template == "sitemap-index.xml"
    assert [one.url for one in addresses(found)] == [f"{HOME}/{path}" for path in parts]
    assert [one for path in parts for one in addresses(found, path)] == whole
    assert len(parts) == 3


# --- The news ----------------------------------------------------------------------------------------------


def test_an_article_is_news_for_two_days() -> None:
    ages = {"now": timedelta(), "day": timedelta(days=1), "last": timedelta(days=2, seconds=-1), "old": timedelta(2)}
    found = news(pages(*(article(name, date=AS_OF - age) for name, age in ages.items())))
    assert [one.title for one in found] == ["Now", "Day", "Last"]
    assert found[1] == NewsAddress(f"{HOME}/day/", "Day", "en", AS_OF - timedelta(days=1))


def test_only_articles_that_first_appeared_here_are_news() -> None:
    found = pages(
        article(date=AS_OF),
        article("elsewhere", date=AS_OF, canonical="https://first.example/story"),
        edition("12", summary("story", date=AS_OF), date=AS_OF),
    )
    assert [one.title for one in news(found)] == ["Vote"]


def test_what_only_a_preview_shows_is_no_news() -> None:
    read = (
        article("draft", draft=True, date=AS_OF),
        article("withheld", date=AS_OF + timedelta(hours=1)),
        article("expired", date=AS_OF - timedelta(hours=2), expires=AS_OF - timedelta(hours=1)),
    )
    found = pages(*read, drafts=True)
    assert "draft/index.html" in found
    assert news(found) == []


def test_a_site_without_news_keeps_its_news_sitemap() -> None:
    assert news(pages(article())) == []
    assert news(pages(about(), article())) == []


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"), ("fr", "fr"), ("pt-BR", "pt"), ("zh", "zh-cn"), ("zh-Hans-HK", "zh-cn"), ("zh-Hant", "zh-tw"),
        ("zh-TW", "zh-tw"), ("zh-CN", "zh-cn"),
    ],
)  # fmt: skip
def test_news_says_its_language_as_news_search_wants_it(tag: str, language: str) -> None:
    assert news(pages(article(date=AS_OF), language=tag))[0].language == language
    assert news(pages(article(date=AS_OF, lang=tag)))[0].language == language


def test_past_its_limit_the_news_sitemap_is_an_index_too(monkeypatch: pytest.MonkeyPatch) -> None:
    read = [article(f"n{number}", date=AS_OF) for number in range(5)]
    whole = news(pages(*read))
    monkeypatch.setattr(sitemaps, "NEWS_LIMIT", 2)
    found = pages(*read)
    parts = sorted(path for path in found if path.startswith("news-sitemap-"))
    assert found["news-sitemap.xml"].template == "sitemap-index.xml"
    assert [one.url for one in addresses(found, "news-sitemap.xml")] == [f"{HOME}/{path}" for path in parts]
    assert [found[path].template for path in parts] == ["news-sitemap.xml"] * 3
    assert [one for path in parts for one in news(found, path)] == whole


# --- As published ------------------------------------------------------------------------------------------


def test_robots_txt_names_both_sitemaps_and_both_are_there(tmp_path: Path) -> None:
    output = sites.built(sites.write(tmp_path, {"content/articles/a.md": sites.article("A", "2025-06-09")}))
    assert output["robots.txt"].decode().splitlines() == [
        "User-agent: *",
        "Allow: /",
        "Sitemap: https://courier.example/sitemap.xml",
        "Sitemap: https://courier.example/news-sitemap.xml",
    ]
    value = pages(article())["robots.txt"].value
    assert value == RobotsPage((f"{HOME}/sitemap.xml", f"{HOME}/news-sitemap.xml"))


def test_news_is_well_formed_whatever_its_headline(tmp_path: Path) -> None:
    text = sites.article("Votes & <views> ]]>", "2025-06-09 18:30", lang="fr")
    output = sites.built(sites.write(tmp_path, {"content/articles/a.md": text}))
    names = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
    root = ElementTree.fromstring(output["news-sitemap.xml"])
    found = [
        root.findtext(f"url/{path}", namespaces=names)
        for path in ("loc", *(f"n:news/n:{one}" for one in (
            "publication/n:name", "publication/n:language", "publication_date", "title",
        )))
    ]  # fmt: skip
    assert found == [
        "https://courier.example/2025/06/a/", "The Courier", "fr", "2025-06-09T18:30:00+00:00", "Votes & <views> ]]>",
    ]  # fmt: skip


def test_news_is_gone_from_the_next_build_but_one_day_later(tmp_path: Path) -> None:
    folder = sites.write(tmp_path, {"content/articles/a.md": sites.article("A", "2025-06-09")})
    assert b"<loc>" in sites.built(folder)["news-sitemap.xml"]
    later = sites.run(folder, as_of=sites.AS_OF + timedelta(days=2))
    assert later.published is not None
    assert later.published.written == ("news-sitemap.xml",)
    assert b"<loc>" not in sites.tree(folder / "output")["news-sitemap.xml"]
