"""What each signal adds to shared words."""

from __future__ import annotations

from digest.features import extract
from digest.signals import PLAIN, SILENT, Candidate, Parts, alike, closeness, headline, marks, terms, told, weights


def candidate(title: str, story: str | None = None) -> Candidate:
    features = extract(
        title, "", "", topics=("world",), tags=("talks",), authors=(), links=(), source="Reuters", lang="en"
    )
    return Candidate("/a/", 0, "en", features, story=story)


def test_metadata_stand_among_the_words_and_a_story_first() -> None:
    assert marks(candidate("Bridge")) == ("#world", "+talks", "&reuters")
    assert marks(candidate("Bridge", "floods")) == ("~floods", "#world", "+talks", "&reuters")
    found = terms(candidate("Bridge", "floods"))
    assert found["~floods"] > found["#world"] > found["+talks"] > found["&reuters"] > 0


def test_news_of_one_week_are_closer_than_of_one_season_and_of_one_year() -> None:
    assert closeness(0) > closeness(7) > closeness(60) > closeness(700) > 1


def test_words_of_a_headline_that_say_something_are_kept_with_their_rarity() -> None:
    title = ("the", "bridge", "zyx")
    kept = headline(title, {"bridge": 9, "river": 3, "zyx": 4}, bytes((40, 20, 255)))
    assert kept == bytes((SILENT, 40, SILENT - 1))
    assert weights(title, kept) == {"the": 0.0, "bridge": 8 ** (2 / 3), "zyx": 50.8 ** (2 / 3)}


def test_a_headline_of_rare_words_that_are_told_counts_more_than_one_of_common_words() -> None:
    own = {"airbase": 9, "issue": 9}
    rare, plain = weights(["airbase"], b"\x28"), weights(["issue"], b"\x01")
    of_rare, of_plain = sum(rare.values()) + PLAIN, sum(plain.values()) + PLAIN
    most = told(["airbase"], b"\x28", own, rare, of_rare)
    assert most > told(["issue"], b"\x01", own, plain, of_plain) > 0
    assert told(["airbase", "the"], bytes((40, SILENT)), own, rare, of_rare) == most
    assert told(["senate"], b"\x28", own, rare, of_rare) == 0


def test_sets_are_compared_by_what_they_share() -> None:
    assert alike(frozenset("abc"), frozenset("bcd"), 0.5)
    assert not alike(frozenset("abc"), frozenset("bcd"), 0.51)
    assert not alike(frozenset("abc"), frozenset("xyz"), 0.0)
    assert not alike(frozenset(), frozenset(), 0.6)


def test_a_score_is_the_product_of_its_parts_rounded() -> None:
    assert Parts(0.5, 2.0, 1.0, 1 / 3).score() == 0.333333
