from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.features import extract
from digest.ledger import OFFERS
from digest.related import Candidate, Reason, Relation, State, age, explain, in_words, relate
from values import saved

WORDS = (
    "airbase drone runway pilot radar harvest wheat drought farmer silo election ballot senate vote campaign "
    "vaccine clinic fever nurse hospital glacier summit avalanche rope climber museum painting curator sculpture"
).split()


def entry(
    key: str,
    title: str,
    text: str = "",
    day: int = 0,
    *,
    lang: str = "en",
    topics: Sequence[str] = (),
    authors: Sequence[str] = (),
    links: Sequence[str] = (),
    pinned: tuple[str, ...] = (),
    excluded: tuple[str, ...] = (),
    story: str | None = None,
) -> Candidate:
    features = extract(title, "", text, topics=topics, tags=(), authors=authors, links=links, source="", lang=lang)
    return Candidate(key, day, lang, features, pinned, excluded, story)


def newsroom(size: int, seed: int = 1) -> list[Candidate]:
    """Made-up news: five subjects, each with its own words, in the order of days."""
    draw = random.Random(seed)
    made = []
    for number in range(size):
        subject = WORDS[5 * (number % 5) :][:5]
        words = [draw.choice(subject) for _ in range(12)] + [draw.choice(WORDS) for _ in range(8)]
        made.append(entry(f"/{number:04}/", " ".join(words[:4]), " ".join(words), number))
    return made


def keys(lists: dict[str, tuple[Relation, ...]], key: str) -> list[str]:
    return [relation.key for relation in lists[key]]


DRONES = [
    entry("/engels/", "Drone attack on Engels airbase", "Drones hit the airbase at Engels and burned fuel.", 1),
    entry("/wheat/", "Wheat harvest falls", "Farmers blame drought for the poor wheat harvest.", 2),
    entry("/vote/", "Senate vote delayed", "The senate put off the vote after a quarrel.", 3),
    entry("/port/", "Museum buys a painting", "The museum showed the painting to its curators.", 4),
    entry("/dyagilevo/", "Second airbase hit by drones", "A drone attack set a second airbase on fire.", 5),
    entry("/silo/", "Drought empties silos", "After the harvest farmers find their wheat silos empty.", 6),
]


def test_what_speaks_of_the_same_comes_first_in_both_lists() -> None:
    lists = relate(DRONES)
    assert keys(lists, "/dyagilevo/")[0] == "/engels/"
    assert keys(lists, "/engels/")[0] == "/dyagilevo/"
    assert keys(lists, "/silo/")[0] == "/wheat/"


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        (
            "ja",
            ["空軍基地を無人機が攻撃", "小麦の収穫が減少した", "美術館が絵画を購入", "無人機が二つ目の空軍基地を攻撃"],
        ),
        (
            "ar",
            [
                "هجوم بطائرات مسيرة على قاعدة جوية",
                "انخفاض محصول القمح",
                "المتحف يشتري لوحة",
                "طائرات مسيرة تضرب قاعدة جوية",
            ],
        ),
        (
            "ru",
            [
                "дрон атаковал аэродром",
                "урожай пшеницы снизился",
                "музей купил картину",
                "аэродром снова атаковал дрон",
            ],
        ),
    ],
)
def test_other_scripts_are_read(lang: str, texts: list[str]) -> None:
    lists = relate([entry(f"/{day}/", text, "", day, lang=lang) for day, text in enumerate(texts)])
    assert keys(lists, "/3/")[0] == "/0/"


def test_the_same_language_comes_first() -> None:
    german = [entry(f"/de/{day}/", "NATO airbase Engels", "NATO airbase Engels", day, lang="de") for day in range(3)]
    english = [entry(f"/en/{day}/", f"{WORDS[day]} {WORDS[day + 9]}", "", day, lang="en") for day in range(5)]
    lists = relate([*german, *english, entry("/en/new/", "NATO airbase Engels", "", 9, lang="en")])
    assert all(key.startswith("/en/") for key in keys(lists, "/en/new/"))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_every_entry_of_a_site_has_a_list(size: int) -> None:
    for empty in (False, True):
        made = [entry(f"/{day}/", "", "", day) for day in range(size)] if empty else newsroom(size)
        lists = relate(made)
        for key, relations in lists.items():
            named = [relation.key for relation in relations]
            assert min(3, size - 1) <= len(named) <= 5
            assert len(set(named)) == len(named)
            assert key not in named


def test_pins_come_first_and_hold_even_for_the_unlike() -> None:
    pinned = msgspec.structs.replace(DRONES[4], pinned=("/port/", "/nowhere/", "/dyagilevo/"))
    assert keys(relate([*DRONES[:4], pinned, DRONES[5]]), "/dyagilevo/")[:2] == ["/port/", "/engels/"]


def test_an_exclusion_holds_both_ways() -> None:
    excluding = msgspec.structs.replace(DRONES[4], excluded=("/engels/",))
    lists = relate([*DRONES[:4], excluding, DRONES[5]])
    assert "/engels/" not in keys(lists, "/dyagilevo/")
    assert "/dyagilevo/" not in keys(lists, "/engels/")


def test_near_copies_do_not_fill_a_list() -> None:
    copies = [
        entry(f"/copy/{day}/", "Drone attack on Engels airbase", f"Drones hit {day}.", 7 + day) for day in range(4)
    ]
    named = keys(relate([*DRONES, *copies]), "/dyagilevo/")
    assert sum(key.startswith("/copy/") or key == "/engels/" for key in named) == 1


def test_a_headline_template_makes_no_relation() -> None:
    issues = [entry(f"/{n}/", f"Issue #{n}", f"{WORDS[n % 28]} {WORDS[n * 3 % 28]}", n) for n in range(60)]
    last = [
        entry("/a/", "Not much", "glacier summit avalanche with ropes and climbers", 70),
        entry("/b/", "Issue #99", "the glacier, its summit and the avalanche", 71),
    ]
    assert keys(relate([*issues, *last]), "/b/")[0] == "/a/"


def test_a_story_and_a_shared_link_relate() -> None:
    made = newsroom(10)
    one = entry("/one/", "Uno", "something alpha", 30, story="bridge")
    two = entry("/two/", "Due", "entirely beta", 31, story="bridge")
    three = entry("/three/", "Tre", "gamma rays", 32, links=["https://a.example/report"])
    four = entry("/four/", "Quattro", "delta wing", 33, links=["https://a.example/report"])
    lists = relate([*made, one, two, three, four], reasons=True)
    assert keys(lists, "/two/")[0] == "/one/"
    assert "same story" in in_words(lists["/two/"][0].reasons)
    assert keys(lists, "/four/")[0] == "/three/"
    assert "same link" in in_words(lists["/four/"][0].reasons)


LARGE = newsroom(120)
LISTS = relate(LARGE, reasons=False)


def test_no_entry_is_named_by_many_lists() -> None:
    hub = entry("/hub/", " ".join(WORDS[:25]), " ".join(WORDS * 3), 0)
    named = Counter(relation.key for relations in relate([hub, *LARGE]).values() for relation in relations)
    assert max(named.values()) <= 15


def test_few_entries_are_named_by_none() -> None:
    named = {relation.key for relations in LISTS.values() for relation in relations[:3]}
    assert len(LISTS) - len(named) <= 0.25 * len(LISTS)


def rows(state: State) -> dict[str, list[tuple[str, float]]]:
    return {key: state.row(key) for key in state}


def test_the_newest_entry_changes_at_most_seven_lists() -> None:
    state = State(LARGE[:80])
    before = rows(state)
    for candidate in LARGE[80:]:
        state.extend([candidate])
        after = rows(state)
        assert sum(before.get(key) != after[key] for key in after) <= OFFERS + 2
        before = after
    assert {key: [one.key for one in relations] for key, relations in LISTS.items()} == {
        key: [other for other, _ in row] for key, row in before.items()
    }


@given(st.permutations(newsroom(9)))
@settings(max_examples=8)
def test_the_order_of_candidates_means_nothing(made: list[Candidate]) -> None:
    assert relate(made) == relate(sorted(made, key=lambda one: one.key))


text = st.lists(st.sampled_from(WORDS[:14]), max_size=10).map(" ".join)
names = st.sampled_from([f"/{letter}/" for letter in "abcdefghijkl"])
candidates = st.builds(
    entry,
    names,
    text,
    text,
    st.integers(0, 6),
    lang=st.sampled_from(["en", "en", "de"]),
    topics=st.lists(st.sampled_from(["war", "arts"]), max_size=1),
    pinned=st.lists(names, max_size=1).map(tuple),
    excluded=st.lists(names, max_size=1).map(tuple),
    story=st.sampled_from([None, None, "s"]),
)
drafts = st.lists(candidates, max_size=12, unique_by=lambda one: one.key).map(lambda made: sorted(made, key=age))


def common(one: list[Candidate], other: list[Candidate]) -> int:
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return same


@given(st.lists(drafts, min_size=2, max_size=3), st.integers(0, 12))
@settings(max_examples=40)
def test_any_history_of_changes_ends_where_a_clean_run_does(history: list[list[Candidate]], kept: int) -> None:
    state, last = State(), list[Candidate]()
    for wanted in (part for whole in history for part in (whole, [*whole[:kept], *history[0][kept:]])):
        made = sorted({one.key: one for one in wanted}.values(), key=age)
        same = common(last, made)
        state.keep(same)
        state.extend(made[same:])
        state, last = State.load(saved(state).__getitem__), made
        assert rows(state) == rows(State(made))
        assert saved(state) == saved(State.load(saved(state).__getitem__))


def test_a_long_history_ends_where_a_clean_run_does() -> None:
    state = State(LARGE)
    for kept in (100, 61, 110, 0):
        state.keep(kept)
        assert len(state) == kept
        assert rows(state) == rows(State(LARGE[:kept]))
        state.extend(LARGE[kept:])
    assert {key: [other for other, _ in state.row(key)] for key in state} == {
        key: [one.key for one in relations] for key, relations in LISTS.items()
    }


def test_a_state_in_many_pieces_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("entries.TOGETHER", "stored.PAGE", "stored.IN_A_BUCKET"):
        monkeypatch.setattr(f"digest.{name}", 7)
    pieces = saved(State(LARGE))
    assert len(pieces) > 30
    state = State.load(pieces.__getitem__)
    assert (saved(state), rows(state)) == (pieces, rows(State(LARGE)))


@pytest.mark.parametrize("worth", [1, 10_000])
@pytest.mark.parametrize("kept", [0, 60, 110])
def test_a_state_that_is_read_piece_by_piece_goes_on_as_if_it_were_there(
    monkeypatch: pytest.MonkeyPatch, worth: int, kept: int
) -> None:
    for name in ("entries.TOGETHER", "stored.PAGE", "stored.IN_A_BUCKET"):
        monkeypatch.setattr(f"digest.{name}", 7)
    monkeypatch.setattr("digest.ledger.WORTH_NUMPY", worth)
    state = State.load(saved(State(LARGE[:110])).__getitem__)
    state.keep(kept)
    for start in range(kept, len(LARGE), 20):
        state.extend(LARGE[start : start + 20])
    assert rows(state) == rows(State(LARGE))
    assert rows(State.load(saved(state).__getitem__)) == rows(state)


def test_a_state_that_is_no_state_is_refused() -> None:
    pieces = saved(State(LARGE))
    for name, piece in pieces.items():
        for damaged in (b"", b"\xc1", piece[:-4]):
            with pytest.raises((msgspec.DecodeError, ValueError)):
                State.load({**pieces, name: damaged}.__getitem__).whole()


def test_a_list_can_be_shorter_or_empty() -> None:
    assert {len(relations) for relations in relate(newsroom(12), count=2).values()} == {2}
    assert relate([]) == {}


def test_reasons_are_worded() -> None:
    reasons = (Reason("words", ("airbase", "drone attack")), Reason("topic", ("war",)), Reason("days", days=21))
    assert in_words(reasons) == "both about: airbase, drone attack · same topic · 3 weeks apart"
    spans = [in_words([Reason("days", days=days)]) for days in (0, 1, 2, 13, 14, 61, 800)]
    assert spans == [
        "same day",
        "1 day apart",
        "2 days apart",
        "13 days apart",
        "2 weeks apart",
        "2 months apart",
        "2 years apart",
    ]


def test_reasons_name_what_both_speak_of() -> None:
    (first, *_) = relate(DRONES, reasons=True)["/dyagilevo/"]
    assert "drone attack" in first.reasons[0].words
    assert "airbase" in first.reasons[0].words


def test_an_explanation_shows_the_list_and_why_others_lost() -> None:
    barred = entry("/barred/", "Drones over an airbase", "A drone attack on an airbase", 4, excluded=("/dyagilevo/",))
    twin = entry("/twin/", "Drone attack on Engels airbase", "An airbase and a drone.", 4)
    made = [*DRONES, barred, twin]
    shown = explain(made, "/dyagilevo/")
    listed = [one for one in shown if not one.lost]
    assert [one.key for one in listed] == keys(relate(made), "/dyagilevo/")
    assert listed[0].parts is not None
    assert listed[0].parts.score() == listed[0].score
    lost = {one.key: one.lost for one in shown if one.lost}
    assert lost["/barred/"] == "excluded by the editor"
    assert any(reason.startswith("near-copy of") for reason in lost.values())
    with pytest.raises(KeyError):
        explain(made, "/unknown/")
