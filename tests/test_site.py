"""The site as it stands at the as-of: who is seen, what topics and sources are called, who is in whose way."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.models import Correction, Prose, Section, Source, Topic
from digest.settings import Editions
from values import AS_OF, Read, about, article, assembled, day, edition, site, summary

TOPICS = (Topic("world", "World"), Topic("sport", "Sport & Games", order=1))
SOURCES = (Source("who", "World Health Organization", "https://www.who.int/"), Source("bbc", "BBC"))


def codes(*read: Read, **more: Any) -> list[str]:
    return [one.code for one in assembled(*read, **more)[1]]


# --- Who is seen -------------------------------------------------------------------------------------------


def test_a_draft_leaves_no_trace_but_in_what_a_link_to_it_is_told() -> None:
    made = site(article("vote"), article("secret", draft=True, topics=("plans",), tags=("plan",)))
    assert [one.slug for one in made.entries] == ["vote"]
    assert list(made.topics) == ["world"]
    assert not made.tags
    assert made.hidden == {"/secret/": "draft"}


@pytest.mark.parametrize(("late", "seen"), [(0, True), (1, False)])
def test_an_entry_appears_at_the_very_instant_of_its_date(late: int, seen: bool) -> None:
    made, _ = assembled(article("vote", date=AS_OF + timedelta(microseconds=late)))
    assert bool(made.entries) is seen
    assert made.hidden == ({} if seen else {"/vote/": "withheld"})


@pytest.mark.parametrize(("late", "seen"), [(0, False), (1, True)])
def test_an_entry_is_withdrawn_at_the_very_instant_it_expires(late: int, seen: bool) -> None:
    made, _ = assembled(article("offer", expires=AS_OF + timedelta(microseconds=late)))
    assert bool(made.entries) is seen
    assert made.hidden == ({} if seen else {"/offer/": "expired"})


def test_the_preview_shows_everything_each_with_its_badge() -> None:
    made = site(
        article("vote"),
        article("idea", draft=True),
        article("plan", date=day(11, month=7)),
        article("offer", expires=day(1, month=6)),
        about("imprint", draft=True),
        about(),
        edition("12", summary("story"), date=day(1, month=7)),
        drafts=True,
    )
    assert len(made.entries) == 5
    assert made.badges == {
        "id-idea": "draft",
        "id-plan": "withheld",
        "id-offer": "expired",
        "/imprint/": "draft",
        "/editions/12/": "withheld",
    }
    assert not made.hidden


def test_a_draft_page_is_kept_back() -> None:
    made = site(article(), about("imprint", draft=True), about())
    assert [one.slug for one in made.pages] == ["about"]
    assert made.hidden == {"/imprint/": "draft"}


def test_a_withheld_edition_keeps_its_items_back_with_it() -> None:
    made = site(article(), edition("12", summary("story", date=day(1)), date=day(1, month=7)))
    assert not made.editions
    assert [one.slug for one in made.entries] == ["vote"]
    assert made.hidden == {"/editions/12/": "withheld"}


def test_an_edition_is_shown_without_its_expired_items() -> None:
    made = site(edition("12", summary("old", expires=day(1, month=6)), summary("new")))
    assert [one.slug for one in made.editions[0].sections[0].items] == ["new"]
    assert [one.slug for one in made.entries] == ["new"]


def test_an_edition_of_expired_items_stays_but_a_gathered_one_goes() -> None:
    gone = summary("old", expires=day(1, month=6))
    made = site(article(), edition("12", gone), summary("lone", expires=day(1, month=6)))
    assert [(one.id, one.sections) for one in made.editions] == [("12", ())]


def test_a_site_without_entries_says_so() -> None:
    assert codes(about()) == ["no-content"]
    assert codes(article(topics=("wrld",)), as_of=day(1), topics=TOPICS) == ["unknown-topic"]


# --- Lists -------------------------------------------------------------------------------------------------


def test_entries_are_sorted_by_date_then_by_address_whatever_order_they_were_read_in() -> None:
    read: list[Read] = [
        article("b"),
        article("a"),
        article("c", date=day(12)),
        about("z"),
        about("y"),
        edition("1"),
        edition("2"),
    ]
    made = site(*read)
    assert [one.slug for one in made.entries] == ["c", "a", "b"]
    assert made._replace(hidden={}) == site(*reversed(read))._replace(hidden={})
    assert [one.slug for one in made.pages] == ["y", "z"]
    assert [one.id for one in made.editions] == ["1", "2"]


def test_an_entry_is_counted_in_the_month_of_the_sites_zone() -> None:
    late = datetime(2025, 5, 31, 23, 30, tzinfo=UTC)
    corrected = (Correction(late, Prose("a", "a")),)
    made = site(article("vote", date=late, updated=late, corrections=corrected), timezone="Europe/Berlin")
    assert list(made.by_month) == [(2025, 6)]
    (found,) = made.articles
    assert found.date.isoformat() == "2025-06-01T01:30:00+02:00"
    assert found.updated is not None
    assert found.updated.isoformat() == found.corrections[0].date.isoformat() == "2025-06-01T01:30:00+02:00"


def test_items_of_an_edition_stand_in_the_sites_zone_too() -> None:
    late = datetime(2025, 5, 31, 23, 30, tzinfo=UTC)
    made = site(edition("12", summary("story", date=late), date=late), timezone="Europe/Berlin")
    assert made.editions[0].date.day == made.editions[0].sections[0].items[0].date.day == 1


def test_an_entry_is_listed_once_under_a_tag_and_a_source_that_it_names_twice() -> None:
    told = (Source("bbc", "BBC", "https://bbc.example/1"), Source("bbc", "BBC", "https://bbc.example/2"))
    made = site(article("vote", tags=("Canada", "canada", "…"), sources=told))
    assert [len(found) for found in made.by_tag.values()] == [1]
    assert [len(found) for found in made.by_source.values()] == [1]


def test_a_tag_is_spelled_as_most_entries_spell_it() -> None:
    made = site(article("a", tags=("ELECTIONS",)), article("b", tags=("Elections",)), article("c", tags=("Elections",)))
    assert {slug: one.title for slug, one in made.tags.items()} == {"elections": "Elections"}


def test_of_two_spellings_used_alike_the_first_in_the_alphabet_counts() -> None:
    assert site(article("a", tags=("b c",)), article("b", tags=("B C",))).tags["b-c"].title == "B C"


# --- Topics and sources ------------------------------------------------------------------------------------


def test_without_a_registry_two_spellings_are_one_topic() -> None:
    made = site(
        article("a", topics=("World News",)),
        article("b", topics=("world news",)),
        article("c", topics=("World News",)),
    )
    assert {slug: one.title for slug, one in made.topics.items()} == {"world-news": "World News"}
    assert len(made.by_topic["world-news"]) == 3
    assert made.by_slug["c"].topics == ("world-news",)


def test_a_topic_named_twice_counts_once() -> None:
    made, _ = assembled(article("vote", topics=("World", "world")))
    assert made.articles[0].topics == ("world",)
    assert len(made.by_topic["world"]) == 1


def test_the_spelling_of_a_draft_does_not_count() -> None:
    drafts = [article(name, topics=("WORLD",), draft=True) for name in "abc"]
    assert site(article("vote", topics=("World",)), *drafts).topics["world"].title == "World"


def test_a_registered_topic_is_found_by_slug_or_title_and_listed_in_its_order() -> None:
    made = site(article("a", topics=("world", "SPORT & games")), topics=TOPICS)
    assert list(made.topics) == ["sport", "world"]
    assert made.articles[0].topics == ("world", "sport")


def test_a_topic_without_entries_has_no_place() -> None:
    assert list(site(article("a"), topics=TOPICS).topics) == ["world"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("wrold", 'did you mean "world"?'),
        ("Sport & Game", 'did you mean "Sport & Games"?'),
        ("zzz", "add it to content/topics.yaml, or use one of: world, sport"),
    ],
)
def test_an_unknown_topic_is_named_at_its_place_with_what_was_meant(name: str, hint: str) -> None:
    _, (found,) = assembled(article("vote", topics=("world", name), places={"topics.1": (4, 17)}), topics=TOPICS)
    assert (found.path, found.line, found.column) == ("content/articles/vote.md", 4, 17)
    assert (found.code, found.text, found.hint) == ("unknown-topic", f'there is no topic "{name}"', hint)
    assert found.width == len(name)


def test_an_unknown_topic_of_an_item_is_named_too() -> None:
    assert codes(edition("12", summary("story", topics=("wrld",))), topics=TOPICS) == ["unknown-topic"]


def test_a_source_is_found_by_its_key() -> None:
    made = site(article("vote", sources=(Source("", "who"),)), sources=SOURCES)
    assert made.articles[0].sources == (SOURCES[0],)
    assert made.sources == {"who": SOURCES[0]}


def test_a_source_written_out_keeps_the_address_of_the_very_story() -> None:
    told = Source("bbc", "BBC", "https://bbc.example/story")
    assert site(article("vote", sources=(told,)), sources=SOURCES).articles[0].sources == (told,)


def test_a_source_written_out_needs_no_registry_entry() -> None:
    told = (Source("le-monde", "Le Monde"),)
    assert site(article("vote", sources=told), sources=SOURCES).articles[0].sources == told


def test_names_that_give_no_address_have_no_list() -> None:
    told = (Source("", "…", "https://dots.example/"),)
    made, _ = assembled(article("vote", topics=("world", "…"), sources=told))
    assert (made.articles[0].topics, made.articles[0].sources) == (("world",), ())


def test_without_a_registry_any_name_is_a_source() -> None:
    made = site(article("a", sources=(Source("", "Le Monde"),)), article("b", sources=(Source("", "afp"),)))
    assert [(one.slug, one.name) for one in made.sources.values()] == [("afp", "afp"), ("le-monde", "Le Monde")]


@pytest.mark.parametrize(
    ("key", "hint"),
    [("whoo", 'did you mean "who"?'), ("zzz", 'add it to content/sources.yaml, or write {name: "…", url: "…"}')],
)
def test_an_unknown_source_is_named_with_what_was_meant(key: str, hint: str) -> None:
    one = article("vote", sources=(Source("", key),), places={"source": (5, 9)})
    made, (found,) = assembled(one, sources=SOURCES)
    assert (found.line, found.column, found.code) == (5, 9, "unknown-source")
    assert (found.text, found.hint) == (f'there is no source "{key}"', hint)
    assert made.articles[0].sources == ()


# --- Gathering ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gather", "ids"),
    [
        ("day", ["2025-06-01", "2025-05-12", "2025-05-11"]),
        ("week", ["2025-w22", "2025-w20", "2025-w19"]),
        ("month", ["2025-06", "2025-05"]),
    ],
)
def test_lone_summaries_are_gathered_by_period(gather: str, ids: list[str]) -> None:
    lone = [summary("a", date=day(11)), summary("b", date=day(12)), summary("c", date=day(1, month=6))]
    made = site(*lone, editions=Editions(gather))
    assert [one.id for one in made.editions] == ids
    assert all(one.gathered and one.address == f"/editions/{one.id}/" for one in made.editions)
    assert {one.address for one in made.entries} == {
        f"{found.address}#{item.anchor}" for found in made.editions for item in found.sections[0].items
    }


def test_the_week_of_new_year_belongs_to_the_year_that_the_standard_says() -> None:
    made = site(summary("a", date=datetime(2024, 12, 31, tzinfo=UTC)), editions=Editions("week", "{year} week {week}"))
    assert [(one.id, one.title) for one in made.editions] == [("2025-w01", "2025 week 01")]


def test_gathered_items_stand_oldest_first_under_anchors_of_their_own() -> None:
    lone = [summary(f"n{index}", anchor="story", date=day(12, hour=3 - index)) for index in range(3)]
    (found,) = site(*lone).editions
    items = found.sections[0].items
    assert [(one.slug, one.anchor, one.edition) for one in items] == [
        ("n2", "story", "2025-w20"),
        ("n1", "story-2", "2025-w20"),
        ("n0", "story-3", "2025-w20"),
    ]
    assert found.date == day(12, hour=3)


def test_a_later_summary_leaves_the_anchors_of_earlier_ones_alone() -> None:
    before = site(summary("a", anchor="story", date=day(12)))
    after = site(summary("a", anchor="story", date=day(12)), summary("b", anchor="story", date=day(13)))
    assert before.editions[0].sections[0].items[0] == after.editions[0].sections[0].items[0]


def test_a_gathered_edition_is_as_old_as_its_newest_visible_item() -> None:
    made = site(summary("a", date=day(12)), summary("b", date=day(14), draft=True))
    assert made.editions[0].date == day(12)
    assert "draft" in site(summary("b", draft=True), drafts=True).badges.values()


def test_a_file_and_a_gathered_edition_at_one_address_are_a_problem() -> None:
    assert codes(edition("2025-w20", summary("a")), summary("b", date=day(12))) == ["same-address"]


# --- One address, one page, one identity -------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    ["/vote/", "/VOTE/", "/Vote/", "/vote/index.html"],
)
def test_two_entries_at_one_address_are_a_problem_that_names_both_files(other: str) -> None:
    _, (found,) = assembled(article("vote"), article("zebra", address=other, places={"slug": (6, 7)}))
    assert (found.code, found.path, found.line, found.column) == ("same-address", "content/articles/zebra.md", 6, 7)
    assert found.text == f"{other} is the address of content/articles/vote.md too"
    assert found.hint == "give one of the two another slug (slug: …), or rename zebra.md"


def test_addresses_are_compared_after_normalisation() -> None:
    composed, decomposed = "/café/", unicodedata.normalize("NFD", "/café/")
    assert codes(article("a", address=composed), article("b", address=decomposed)) == ["same-address"]


def test_a_page_and_a_draft_can_not_have_one_address_either() -> None:
    assert codes(article("about", draft=True), article("vote"), about()) == ["same-address"]


def test_two_entries_with_one_id_are_a_problem() -> None:
    _, (found,) = assembled(article("a", id="x"), edition("12", summary("b", id="x", places={"title": (3, 5)})))
    assert found.code == "same-id"
    assert found.text == 'the id "x" is that of content/articles/a.md too'
    assert (found.path, found.line, found.column) == ("content/summaries/b.yaml", 3, 5)


@pytest.mark.parametrize(
    ("alias", "told"),
    [
        ("/zebra/", "the old address /zebra/ is the address of content/articles/zebra.md"),
        ("/ZEBRA/", "the old address /ZEBRA/ is the address of content/articles/zebra.md"),
        ("/Vote/", "the old address /Vote/ is the address of content/articles/vote.md"),
        ("/vote/index.html", "the old address /vote/index.html is the address of content/articles/vote.md"),
    ],
)
def test_an_alias_in_the_way_of_a_page_is_a_problem(alias: str, told: str) -> None:
    one = article("vote", aliases=("/old/", alias), places={"aliases.1": (8, 5)})
    _, (found,) = assembled(one, article("zebra"))
    assert (found.code, found.text, found.line, found.column) == ("shadowed-alias", told, 8, 5)
    assert found.hint == "remove the alias, or move the other page"


def test_two_entries_with_one_alias_are_a_problem() -> None:
    assert codes(article("a", aliases=("/old/",)), about(aliases=("/old/",))) == ["shadowed-alias"]


def test_one_alias_written_in_two_cases_is_a_problem() -> None:
    assert codes(article("a", aliases=("/old/", "/Old/"))) == ["shadowed-alias"]


# --- Relations ---------------------------------------------------------------------------------------------


def test_relations_name_entries_by_slug_or_address_also_those_not_yet_published() -> None:
    assert not codes(
        article("a", related=("b", "/c/", "story"), unrelated=("/editions/12/#story",)),
        article("b"),
        article("c", draft=True),
        edition("12", summary("story")),
    )


@pytest.mark.parametrize("field", ["related", "unrelated"])
def test_a_relation_to_nobody_is_a_problem(field: str) -> None:
    given: dict[str, Any] = {field: ("vote", "vots", "qqqqqqqq"), "places": {f"{field}.1": (9, 12)}}
    _, (near, far) = assembled(article("vote", **given))
    assert (near.code, near.text, near.hint) == (
        "unknown-related",
        'no entry has the slug "vots"',
        'did you mean "vote"?',
    )
    assert (near.line, near.column, near.width) == (9, 12, 4)
    assert far.hint == "write the slug of an article: its file name without the date"
    assert (far.line, far.column) == (1, 1)


def test_sections_without_visible_items_are_left_out() -> None:
    parts = (Section("Empty"), Section("Full", (summary("a", address="/editions/12/#a"),)))
    assert [one.title for one in site(edition("12", sections=parts)).editions[0].sections] == ["Full"]
