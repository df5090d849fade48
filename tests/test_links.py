"""Links in bodies lead somewhere, and nothing that is published stands in the way of another."""

from __future__ import annotations

from typing import Any

import pytest

from digest.links import check
from digest.models import BodyLink
from digest.outline import page
from digest.pages import RobotsPage, StaticFile
from digest.plan import plan
from digest.problems import Problem
from values import Read, about, article, assembled, day, edition, site, summary


def problems(*read: Read, static: tuple[str, ...] = (), **more: Any) -> list[Problem]:
    """What is said of the site of these entries with these static files (of the theme, where they have no folder)."""
    made = site(*read, **more)
    return list(check(made, plan(made, {}), [_static(path) for path in static]))


def _static(path: str) -> StaticFile:
    if path.startswith("assets/"):
        return StaticFile(path, f"/theme/{path}", "00")
    return StaticFile(path.removeprefix("own/"), f"/site/content/static/{path.removeprefix('own/')}", "00")


def link(target: str, **more: Any) -> tuple[BodyLink, ...]:
    return (BodyLink(target, 7, 3, **more),)


@pytest.mark.parametrize(
    "target",
    [
        "/zebra/",
        "/zebra",
        "/zebra/#part",
        "/zebra/?from=here",
        "/zebra/?from=here#part",
        "/caf%C3%A9/",
        "/",
        "/feed.xml",
        "/topics/world/",
        "/archive/2025/05/",
        "/old/",
        "/images/map.svg",
        "/editions/12/#story",
        "/about/#contact",
    ],
)
def test_a_link_to_what_is_published_is_sound(target: str) -> None:
    found = problems(
        article("vote", links=link(target)),
        article("zebra", anchors=("part",), aliases=("/old/",)),
        article("café"),
        edition("12", summary("story")),
        about(anchors=("contact",)),
        static=("images/map.svg",),
    )
    assert found == []


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("/zebras/", "did you mean /zebra/?"),
        ("/Zebra/", "the address is written /zebra/"),
        ("/articles/zebra.md", "did you mean /zebra/?"),
        ("/nowhere/at/all/", "mend the address, or take the link out"),
        ("/x", "mend the address, or take the link out"),
    ],
)
def test_a_dead_link_is_named_with_what_was_meant(target: str, hint: str) -> None:
    (found,) = problems(article("vote", links=link(target)), article("zebra"))
    assert (found.path, found.line, found.column) == ("content/articles/vote.md", 7, 3)
    assert (found.code, found.text, found.hint) == ("dead-link", f"there is no page at {target}", hint)


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("/imagse/map.svg", "did you mean /images/map.svg?"),
        ("/pictures/of-a-cat.png", "put the file at content/static/pictures/of-a-cat.png"),
    ],
)
def test_a_missing_image_is_named_with_what_was_meant(target: str, hint: str) -> None:
    (found,) = problems(article("vote", links=link(target, image=True)), static=("images/map.svg",))
    assert (found.code, found.text, found.hint) == ("missing-image", f"there is no image at {target}", hint)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (article("zebra", draft=True), "/zebra/ is a draft, so this link leads nowhere"),
        (article("zebra", date=day(1, month=7)), "/zebra/ is dated later than the as-of, so this link leads nowhere"),
        (article("zebra", expires=day(1, month=6)), "/zebra/ has expired, so this link leads nowhere"),
    ],
)
def test_a_link_to_what_is_not_published_says_why(other: Read, why: str) -> None:
    (found,) = problems(article("vote", links=link("/zebra/")), other)
    assert (found.code, found.text, found.hint) == ("dead-link", why, "publish it, or take the link out")


@pytest.mark.parametrize(
    ("fragment", "hint"),
    [("kontact-us", "did you mean contact-us?"), ("zzzzz", "link the page without its #…")],
)
def test_a_link_to_a_part_that_is_not_there_is_named(fragment: str, hint: str) -> None:
    (found,) = problems(article("vote", links=link(f"/about/#{fragment}")), about(anchors=("contact-us",)))
    assert (found.code, found.hint, found.warning) == ("dead-anchor", hint, True)
    assert found.text == f'the page /about/ has no part called "#{fragment}"'


def test_links_of_pages_editions_and_items_are_held_to_it_too() -> None:
    found = problems(
        article(),
        about(links=link("/a/")),
        edition("12", summary("story", links=link("/b/")), links=link("/c/"), path="content/summaries/12.yaml"),
    )
    assert sorted((one.path, one.text) for one in found) == [
        ("content/pages/about.md", "there is no page at /a/"),
        ("content/summaries/12.yaml", "there is no page at /c/"),
        ("content/summaries/story.yaml", "there is no page at /b/"),
    ]


@pytest.mark.parametrize(
    ("entry", "code", "told", "hint"),
    [
        (
            article("vote", address="/topics/", places={"permalink": (5, 12)}),
            "same-address",
            "/topics/index.html is also the address of an index page (of topics, editions, sources or the archive)",
            "give the entry another slug or permalink, or rename the file",
        ),
        (
            article("vote", address="/Feed.XML", places={"title": (5, 12)}),
            "same-address",
            "/feed.xml is also the address of a feed",
            "give the entry another slug or permalink, or rename the file",
        ),
        (
            article("vote", aliases=("/archive/",), places={"aliases.0": (5, 12)}),
            "shadowed-alias",
            "/archive/index.html is also the address of an index page (of topics, editions, sources or the archive)",
            "remove the alias",
        ),
    ],
)
def test_an_entry_in_the_way_of_a_generated_page_is_a_problem_at_its_place(
    entry: Read, code: str, told: str, hint: str
) -> None:
    (found,) = problems(entry)
    assert (found.path, found.line, found.column) == ("content/articles/vote.md", 5, 12)
    assert (found.code, found.text, found.hint) == (code, told, hint)


@pytest.mark.parametrize(
    ("static", "place", "told"),
    [
        ("About/index.html", "content/pages/about.md", "also the address of content/static/About/index.html"),
        ("feed.xml", "content/static/feed.xml", "also the address of a feed"),
        ("own/assets/style.css", "content/static/assets/style.css", "also the address of templates/assets/style.css"),
    ],
)
def test_a_static_file_in_the_way_is_a_problem(static: str, place: str, told: str) -> None:
    (found,) = problems(article(), about(), static=(static, "assets/style.css"))
    assert (found.code, found.path) == ("same-address", place)
    assert found.text.endswith(told)


def test_whoever_copies_a_file_of_the_theme_into_static_is_told_where_it_belongs() -> None:
    (found,) = problems(article(), static=("own/assets/style.css", "assets/style.css"))
    assert found.hint == "to replace the theme's file, move yours to templates/assets/style.css"


def test_two_static_files_that_differ_in_case_are_a_problem() -> None:
    (found,) = problems(article(), static=("a/Map.svg", "a/map.svg"))
    assert (found.path, found.code) == ("content/static/a/Map.svg", "same-address")
    assert found.text == "/a/map.svg is also the address of content/static/a/map.svg"


def test_a_file_where_another_page_needs_a_folder_is_a_problem() -> None:
    (found,) = problems(article("vote", address="/news.html"), article("zebra", address="/news.html/zebra/"))
    assert (found.path, found.code) == ("content/articles/vote.md", "same-address")
    assert found.text == "/news.html would have to be a file and a folder because of content/articles/zebra.md"


def test_two_generated_pages_at_one_address_are_a_problem_too() -> None:
    value = RobotsPage(("https://courier.example/",))
    twice = [page(address, "robots", "robots.txt", value) for address in ("/robots.txt", "/Robots.txt")]
    (found,) = check(site(article()), twice, [])
    assert (found.path, found.code) == ("content", "same-address")


def test_two_entries_at_one_address_are_left_to_the_site() -> None:
    made, told = assembled(article("a", address="/x/"), article("b", address="/X/"), article("c", aliases=("/x/",)))
    assert [one.code for one in told] == ["same-address", "shadowed-alias"]
    assert list(check(made, plan(made, {}), [])) == []


def test_a_link_to_an_item_that_its_edition_has_not_is_named() -> None:
    (found,) = problems(article(links=link("/editions/12/#stroy")), edition("12", summary("story")))
    assert (found.code, found.path) == ("dead-anchor", "content/articles/vote.md")
