"""The catalogue says of entries on which lists they stand, and which pages of these change when one comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.catalogue import Catalogue, Issue, Row, Shelves, catalogue, claims, touched
from digest.lists import leaves, pagination
from digest.models import AnyEntry, Article, Edition, Section, Source, StandalonePage, Summary, Unplaced
from digest.pages import Pagination
from digest.settings import Settings
from digest.site import Registry, assemble
from digest.urls import Urls

DAY = datetime(2025, 5, 1, tzinfo=UTC)
SIZE = 5


def article(number: int, **more: object) -> Article:
    values = {
        "path": f"content/articles/{number}.md", "title": f"Story {number}", "date": DAY + timedelta(days=number),
        "slug": f"story-{number}", "id": f"tag:{number}", "address": f"/story-{number}/", "topics": ("world",), **more,
    }  # fmt: skip
    return Article(**values)  # type: ignore[arg-type]


def row(number: int, **more: object) -> Row:
    return Row.of(article(number, **more))


def test_a_row_names_the_lists_in_which_its_entry_stands() -> None:
    one = row(3, topics=("world", "arts"), tags=("The EU", "the eu"), sources=(Source("echo", "The Echo"),))
    assert list(one.lists) == [
        "/topics/world/",
        "/topics/arts/",
        "/tags/the-eu/",
        "/sources/echo/",
        "/archive/2025/05/",
    ]


def test_it_knows_what_is_taken_by_what_is_not_published() -> None:
    item = Summary(
        path="e.yaml", title="I", date=DAY, slug="i", id="tag:i", address="/e/#i", url="https://far.example/"
    )
    entries: list[AnyEntry] = [
        article(1, lead=True, related=("story-9",), unrelated=("story-1",)),
        article(2, draft=True, lead=True, aliases=("/Old/",)),
        Edition(path="e.yaml", id="e", title="E", date=DAY, address="/e/", sections=(Section("", (item,)),)),
        StandalonePage("about.md", "About", "about", "/about/"),
        Unplaced("broken.md", ("broken",)),
    ]
    site, _ = assemble(
        entries, Settings(title="T", url="https://t.example"), Registry(None, None), as_of=DAY + timedelta(30)
    )
    made = catalogue(site, claims(entries, site))
    assert [one.id for one in made.rows] == ["tag:1", "tag:i"]
    assert {"tag:2", "story-2/index.html", "old/index.html"} <= made.unseen
    assert made.unseen.isdisjoint({"tag:1", "tag:i", "story-1/index.html"})
    assert made.leads == (article(1).date.timestamp(), article(2).date.timestamp())
    assert made.named == {"story-1", "story-9"}


@pytest.mark.parametrize(
    ("changed", "admitted"),
    [
        ({}, True),
        ({"id": "tag:1"}, False),
        ({"slug": "story-1"}, True),
        ({"slug": "named"}, False),
        ({"id": "tag:hidden"}, False),
        ({"lead": True, "date": DAY}, False),
        ({"lead": True}, True),
        ({"date": DAY + timedelta(days=40)}, True),
        ({"date": DAY + timedelta(days=400)}, False),
    ],
)
def test_it_admits_what_takes_nothing_from_others(changed: dict[str, object], admitted: bool) -> None:
    made = Catalogue(
        (row(2), row(1)), (), frozenset({"tag:hidden"}), (DAY.timestamp(),), frozenset({"named"}), gathers=True
    )
    assert made.admits(row(9, **changed)) is admitted


def test_a_new_row_has_its_place_by_age_then_by_address() -> None:
    made = Catalogue((row(3), row(1)), (issue(2), issue(1)), frozenset(), (), frozenset(), gathers=True)
    new = [row(2, lead=True), row(4), row(5, date=article(1).date, address="/a/")]
    after = made.having(new, [issue(3), issue(1, title="Named")])
    assert [(one.id, one.title) for one in after.issues] == [("3", ""), ("2", ""), ("1", "Named")]
    assert [one.slug for one in after.rows] == ["story-4", "story-3", "story-2", "story-5", "story-1"]
    assert after.leads == (article(2).date.timestamp(),)


def issue(number: int, title: str = "") -> Issue:
    day = DAY + timedelta(days=number)
    return Issue(f"/editions/{number}/", str(number), f"{number}.yaml", day.timestamp(), day.year, title, 1, "")


def test_lone_summaries_name_the_files_of_their_edition() -> None:
    rows = [
        Row.of(Summary(path=path, title="I", date=DAY, slug="i", id=path, address=address, url="https://far.example/"))
        for path, address in (("a.yaml", "/editions/1/#a"), ("b.yaml", "/editions/1/#b"), ("2.yaml", "/editions/2/#c"))
    ]
    made = Catalogue((row(3), *rows), (issue(2), issue(1)), frozenset(), (), frozenset(), gathers=True)
    assert made.files() == {"/editions/1/": {"1.yaml", "a.yaml", "b.yaml"}, "/editions/2/": {"2.yaml"}}


def test_a_hidden_summary_may_have_others_gathered_otherwise() -> None:
    lone = Summary(
        path="i.yaml", title="I", date=DAY, slug="i", id="tag:i", address="/#i", url="https://far.example/i/"
    )
    for draft in (False, True):
        entries: list[AnyEntry] = [article(1), msgspec.structs.replace(lone, draft=draft)]
        settings = Settings(title="T", url="https://t.example")
        site, _ = assemble(entries, settings, Registry(None, None), as_of=DAY + timedelta(30))
        assert claims(entries, site).gathers is not draft
        assert ("https://far.example/i" in claims(entries, site).unseen) is draft


ROWS = st.lists(st.integers(0, 40), unique=True, min_size=1, max_size=40)


@given(ROWS, st.data())
def test_the_pages_that_change_are_those_that_differ(numbers: list[int], data: st.DataObject) -> None:
    """Every page of a list is named that shows something else, or is new; none but these and those of what changed."""
    new = {f"/story-{one}/" for one in data.draw(st.sets(st.sampled_from(numbers)))}
    edited = {f"/story-{one}/" for one in data.draw(st.sets(st.sampled_from(numbers)))}
    rows = sorted(map(row, numbers), key=lambda one: one.age)
    shelf = Shelves.of(rows).topics["world"]
    changed = [one for one in rows if one.address in new | edited]
    found = {
        one.number: one for one in touched(Shelves.of(rows), changed, new, SIZE) if one.address == "/topics/world/"
    }

    old = [one for one in shelf if one.address not in new]
    after, before = _pages(shelf), _pages(old) if old else {}
    for number, page in after.items():
        holds = any(one.address in new | edited for one in page[0])
        assert (number in found) is ((before.get(number) != page or holds) and bool(changed))
        if number in found:
            assert found[number].rows == page[0]
            assert found[number].there is (number in before)


def _pages(rows: Sequence[Row]) -> dict[int, tuple[Sequence[Row], Pagination]]:
    """The pages of a list by their number: what they show, and their neighbours."""
    cut = leaves(rows, SIZE)
    return {one.number: (one.entries, pagination("/", one.number, len(cut) - 1, Urls(""))) for one in cut}
