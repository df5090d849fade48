"""Entries that changed leave all others as they are, or a whole plan has to be made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from digest.catalogue import Catalogue, catalogue, claims
from digest.content import Reading
from digest.fresh import Fresh, entries
from digest.lastplan import Last, Span
from digest.models import AnyEntry, Article, BodyLink, Edition, Section, Source, Summary
from digest.pages import Chrome
from digest.settings import Settings
from digest.site import Registry, Site, assemble

DAY = datetime(2025, 5, 1, tzinfo=UTC)
AS_OF = DAY + timedelta(days=20)
SETTINGS = Settings(title="T", url="https://t.example")


def article(name: str, **more: object) -> Article:
    values = {
        "path": f"{name}.md", "title": name, "date": DAY, "slug": name, "id": f"tag:{name}", "address": f"/{name}/",
        "topics": ("World",), "tags": ("The EU",), "sources": (Source("", "The Echo", "https://echo.example/"),),
        **more,
    }  # fmt: skip
    return Article(**values)  # type: ignore[arg-type]


def item(name: str, path: str = "9.yaml", **more: object) -> Summary:
    values = {
        "path": path, "title": name, "date": DAY, "slug": name, "id": f"tag:{name}", "topics": ("World",),
        "address": f"/editions/9/#{name}", "url": f"https://far.example/{name}", "edition": "9", "anchor": name, **more,
    }  # fmt: skip
    return Summary(**values)  # type: ignore[arg-type]


def edition(*items: Summary, name: str = "9", day: int = 0) -> Edition:
    date = DAY + timedelta(days=day)
    path, address, sections = f"{name}.yaml", f"/editions/{name}/", (Section("", items),)
    return Edition(path=path, id=name, title="", date=date, address=address, sections=sections)


def assembled(*read: AnyEntry) -> Site:
    return assemble(read, SETTINGS, Registry(None, None), as_of=AS_OF)[0]


STOOD = (article("one", related=("two",)), article("two"), edition(item("a"), item("b")), edition(name="8", day=-1))


def before() -> tuple[Catalogue, Last]:
    site = assembled(*STOOD)
    last = Last(
        b"", Span(0, 1), {}, b"", {}, b"", (), Chrome("T", "", "en", "ltr", "UTC", "", "", "/", "2025"),
        tuple(site.topics.values()), tuple(site.tags.values()), tuple(site.sources.values()), {}, b"",
    )  # fmt: skip
    return catalogue(site, claims(STOOD, site)), last


def fresh(*read: AnyEntry) -> Fresh:
    return Fresh({one.path: Reading((one,)) for one in read}, assembled(*read), before()[0])


@pytest.mark.parametrize(
    "read",
    [
        article("three"),
        article("one", title="Another headline", summary=replace(article("one").summary, text="Short.")),
        edition(item("a", title="Reworded"), item("b"), item("c")),
        edition(item("d", address="/editions/7/#d", path="7.yaml"), name="7", day=-2),
    ],
)
def test_one_more_changes_nothing_of_others(read: AnyEntry) -> None:
    assert fresh(read).are_among_others(before()[1], listed=False)


@pytest.mark.parametrize(
    "read",
    [
        article("three", topics=("Arts",)),
        article("three", topics=("world",)),
        article("three", tags=("the EU",)),
        article("three", sources=(Source("", "The Echo", "https://other.example/"),)),
        article("three", related=("one",)),
        article("three", aliases=("/old/",)),
        article("three", canonical="https://far.example/"),
        article("three", slug="two"),
        article("three", draft=True),
        article("one", address="/moved/"),
        article("one", date=DAY + timedelta(days=1)),
        edition(item("a")),
        edition(item("a"), item("b", lang="de")),
        edition(item("a"), item("b"), item("c", url="https://far.example/a#part")),
        edition(item("a"), item("b"), day=-2),
    ],
)
def test_what_may_change_others_is_not_among_them(read: AnyEntry) -> None:
    assert not fresh(read).are_among_others(before()[1], listed=False)


def test_listed_topics_may_be_written_as_anybody_likes() -> None:
    assert fresh(article("three", topics=("world",))).are_among_others(before()[1], listed=True)


def test_it_names_what_came_and_where_it_stands() -> None:
    made = fresh(edition(item("a"), item("b"), item("c")), article("one", title="Another headline"))
    assert [one.address for one in made.new] == ["/editions/9/#c"]
    assert {row.slug for row in made.rows} == {"a", "b", "c", "one"}
    assert (made.issues, made.files["/editions/9/"]) == ({"/editions/9/"}, {"9.yaml"})
    assert [one.address for one in made.identities()] == ["/editions/9/#c"]


def test_all_links_in_it_are_found() -> None:
    one, two, three = (BodyLink(f"/{name}/", 1, 1) for name in "abc")
    made = replace(edition(item("a", links=(two,)), item("b")), links=(one,))
    assert {*fresh(made, article("one", links=(three,))).links()} == {one, two, three}
    assert [one.slug for one in entries([made, article("one")])] == ["a", "b", "one"]
