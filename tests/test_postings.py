"""The index of words and pairs: what it finds, and that cutting it back leaves no trace."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.features import Features, extract
from digest.postings import LOAD, ONE, PAIR_REACH, REACH, Postings
from values import saved


def read(text: str) -> Features:
    return extract("", "", text, topics=(), tags=(), authors=(), links=(), source="", lang="en")


def enter(postings: Postings, place: int, text: str) -> dict[int, int]:
    """Compare a text with those before, and take it in."""
    features = read(text)
    weighed = postings.weigh(features.terms())
    found = postings.overlap(weighed)
    pairs = postings.pairs.meet(found, features, weighed.length, postings.rarity())
    postings.learn(place, weighed)
    postings.pairs.learn(place, pairs)
    return found


def filled(*texts: str) -> Postings:
    postings = Postings()
    for place, text in enumerate(texts):
        enter(postings, place, text)
    return postings


NEWS = ("drone attack airbase", "wheat harvest drought", "senate vote delayed", "museum painting sold")


def test_a_text_is_found_by_its_words_and_better_with_its_pairs() -> None:
    together = enter(filled(*NEWS), 4, "another drone attack")
    apart = enter(filled(*NEWS), 4, "another attack drone")
    assert together.keys() == apart.keys() == {0}
    assert together[0] > apart[0] > 0


def test_a_rare_word_says_more_than_a_common_one() -> None:
    postings = filled("town drone", "town wheat", "town senate", "town museum")
    assert enter(postings, 4, "drone")[0] > enter(postings, 5, "town wheat")[0]


def test_a_text_that_says_the_same_overlaps_by_one_at_most_without_its_pairs() -> None:
    postings = filled(*NEWS, *(f"filler{number}" for number in range(100)))
    postings.learn(104, postings.weigh({"glacier": 100}))
    assert postings.overlap(postings.weigh({"glacier": 100})) == {104: ONE}


def test_only_the_latest_uses_are_read() -> None:
    postings = filled(*["wheat harvest"] * 5, *(f"filler{number}" for number in range(300)), *["drone attack"] * 150)
    found = enter(postings, 455, "drone attack")
    assert min(found) == 455 - REACH
    assert min(place for place in found if place >= 455 - PAIR_REACH) == 455 - PAIR_REACH


@given(
    st.lists(st.lists(st.sampled_from("drone attack wheat drought vote".split()), max_size=6).map(" ".join), max_size=9)
)
def test_what_is_cut_leaves_no_trace_and_what_is_saved_comes_back(texts: list[str]) -> None:
    whole = filled(*texts)
    assert saved(Postings.load(saved(whole).__getitem__)) == saved(whole)
    for place in range(len(texts), -1, -1):
        whole.cut(place, int(place < len(texts)))
        assert saved(whole) == saved(filled(*texts[:place]))


def test_pairs_are_found_however_many_there_are() -> None:
    postings = filled("drone attack", *(f"a{number} b{number} c{number}" for number in range(1500)))
    assert LOAD * len(postings.pairs.heads) >= len(postings.pairs.uses) > LOAD * 1024
    assert enter(postings, 1501, "drone attack")[0] > enter(postings, 1502, "attack drone")[0]
