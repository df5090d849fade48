"""Characters that no text may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from digest.characters import MOST, any_strange, strange, without_strange


@pytest.mark.parametrize(
    "letter", list("\0\x01\x08\x0b\x0c\x1b\x7f\x80\x93\x9f\x85\u2028\u2029\ud800\ufdd0\ufeff\uffff")
)
def test_a_strange_character_is_found_where_it_stands(letter: str) -> None:
    (found,) = strange(f"one\ntw{letter}o")
    assert (found.line, found.column) == (1, 2)
    assert f"U+{ord(letter):04X}" in found.text
    assert found.hint


@pytest.mark.parametrize(
    "text", ["", "plain\n\ttext", "é ß 漢字 ﷼", "a\u00a0b\u00ad\u200d\u200e", "\U0001f469\u200d\U0001f680"]
)
def test_ordinary_text_has_none(text: str) -> None:
    assert not any_strange(text)
    assert list(strange(text)) == []


def test_windows_quotes_are_recognised() -> None:
    (found,) = strange("it\x92s")
    assert found.hint == "in Windows-1252 it is ’: write that character"


def test_only_the_first_are_reported() -> None:
    assert len(list(strange("\0" * 10_000))) == MOST


@given(some.text())
def test_looking_and_removing_agree(text: str) -> None:
    assert any_strange(text) == bool(list(strange(text)))
    clean = without_strange(text)
    assert not any_strange(clean)
    assert len(clean) == len(text)
