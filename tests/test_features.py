from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.features import Features, extract, tokens


def read(title: str = "", summary: str = "", text: str = "", lang: str = "en", **more: list[str]) -> Features:
    lists = {name: more.get(name, []) for name in ("topics", "tags", "authors", "links")}
    return extract(title, summary, text, source="", lang=lang, **lists)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The F-35's new radar", ["the", "f", "35", "s", "new", "radar"]),
        ("“Quoted” — and dashed…", ["quoted", "and", "dashed"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("naïve nai\u0308ve", ["naïve", "naïve"]),
        ("東京都庁", ["東京", "京都", "都庁"]),
        ("中 文", ["中", "文"]),
        ("Python入門", ["python", "入門"]),
        ("Привет, мир!", ["привет", "мир"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("", []),
    ],
)
def test_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_vowel_points_and_stretching_do_not_part_words() -> None:
    assert tokens("שָׁלוֹם") == tokens("שלום")
    assert tokens("الســـلام") == tokens("السلام")
    assert tokens("كِتَاب") == tokens("كتاب")


def test_a_word_of_the_headline_weighs_more_than_one_of_the_body() -> None:
    terms = read("Airbase", text="A drone was seen. " + "Nothing else happened that day in town. " * 20).terms()
    assert terms["airbase"] > terms["drone"]


def test_stop_words_and_bare_numbers_say_nothing() -> None:
    terms = read("The year 2024 and the 300 drones, ٣٠٠").terms()
    assert list(terms) == ["year", "drones"]
    assert "die" in read("To die", lang="en").terms()
    assert "die" not in read("Die Brücke", lang="de-AT").terms()


def test_neighbouring_words_are_kept_as_pairs() -> None:
    assert ("drone", "attack") in read(text="A drone attack on the port").pair_terms()
    assert ("attack", "port") not in read(text="A drone attack on the port").pair_terms()


def test_metadata_is_marked_by_kind_and_each_named_once() -> None:
    features = read("x", topics=["World", "world"], tags=["nato"], authors=["Ann Lee"], links=["https://a.example/"])
    assert features.marks == ("#world", "+nato", "@ann lee", "!https://a.example/")


def test_a_long_document_stays_small() -> None:
    text = " ".join(f"word{number} other{number % 700}" for number in range(60_000))
    assert len(msgspec.msgpack.encode(read("Long", text=text))) < 5_000


@given(st.text(), st.text(), st.text(), st.sampled_from(["en", "de", "ja", "ar", ""]))
def test_any_text_can_be_read_and_kept(title: str, summary: str, text: str, lang: str) -> None:
    features = read(title, summary, text, lang)
    assert features == read(title, summary, text, lang)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(features), type=Features) == features
    assert all(0 < weight < 256 for weight in features.terms().values())
    assert set(features.pair_terms().values()) <= set(range(1, 256))


def test_features_do_not_depend_on_the_process() -> None:
    program = (
        "import msgspec, sys; from digest.features import extract;"
        "sys.stdout.write(msgspec.msgpack.encode(extract('Drone attack', '', 'on the airbase of Engels '*9,"
        "topics=['a','b'], tags=[], authors=['x'], links=[], source='s', lang='en')).hex())"
    )
    results = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(results) == 1


def test_months_and_weekdays_say_nothing_but_stay_in_the_headline() -> None:
    found = read("Week Ending April 8", text="On Sunday the scheduler changed, in April too.")
    assert list(found.terms()) == ["week", "ending", "scheduler", "changed"]
    assert found.title == "week ending april 8"
    assert "avril" not in read("Semaine du 8 avril", lang="fr-CA").terms()
    assert "april" in read("April O’Neil", lang="ja").terms()
