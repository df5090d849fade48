"""A state in pieces is what it was as a whole, whatever is asked for first, and says so where a piece is damaged."""

from __future__ import annotations

from array import array
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.stored import PAGE, Words, buckets_for, columns, columns_saved, shorten, whole, words_saved

numbers = st.integers(0, 2**32 - 1)


def pieces_of(given: array[int]) -> dict[str, bytes]:
    return {name: bytes(piece) for name, piece in columns_saved("n", given)}


@given(
    st.lists(numbers, max_size=30),
    st.lists(
        st.one_of(st.tuples(st.just("put"), numbers), st.tuples(st.sampled_from(["shorten", "get", "set"]), numbers))
    ),
)
def test_numbers_behave_as_an_array_does(start: list[int], steps: list[tuple[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digest.stored.PAGE", 4)
        plain = array("I", start)
        (saved,) = columns("n", "I", len(plain), pieces_of(plain).__getitem__)
        for step, value in steps:
            if step == "put":
                plain.append(value)
                saved.extend([value])
            elif plain:
                place = value % len(plain)
                if step == "shorten":
                    for one in (plain, saved):
                        shorten(one, place)
                elif step == "set":
                    plain[place] = saved[place] = value
                else:
                    assert saved[place] == plain[place]
            assert len(saved) == len(plain)
        assert whole(saved) == plain
        assert whole(plain) is plain


def test_only_the_pages_that_are_asked_for_are_read() -> None:
    pieces, asked = pieces_of(array("I", range(10 * PAGE))), Counter[str]()

    def piece(name: str) -> bytes:
        asked[name] += 1
        return pieces[name]

    (saved,) = columns("n", "I", 10 * PAGE, piece)
    assert [saved[PAGE], saved[PAGE + 1]] == [PAGE, PAGE + 1]
    saved.shorten(7 * PAGE + 1)
    saved.shorten(6 * PAGE)
    assert asked == {f"n {PAGE}": 1, f"n {7 * PAGE}": 1}


def test_columns_are_read_together() -> None:
    one, two = array("I", range(PAGE + 2)), array("B", [number % 256 for number in range(PAGE + 2)])
    pieces = {name: bytes(piece) for name, piece in columns_saved("n", one, two)}
    assert list(pieces) == ["n 0", f"n {PAGE}"]
    first, second = columns("n", "IB", PAGE + 2, pieces.__getitem__)
    first[PAGE] = 7
    assert (second[PAGE + 1], first[PAGE], whole(second)) == (two[PAGE + 1], 7, two)


def test_a_page_that_one_column_no_longer_has_does_not_come_back_with_another() -> None:
    one = array("I", range(3 * PAGE))
    pieces = {name: bytes(piece) for name, piece in columns_saved("n", one, one)}
    first, second = columns("n", "II", 3 * PAGE, pieces.__getitem__)
    first.shorten(PAGE)
    assert second[PAGE + 7] == PAGE + 7
    first.extend([1] * 9)
    assert whole(first) == array("I", [*range(PAGE), *[1] * 9])


@pytest.mark.parametrize("size", [0, 8, 16])
def test_a_page_that_has_not_the_numbers_it_should_is_damaged(size: int) -> None:
    (saved,) = columns("n", "I", 3, {"n 0": bytes(size)}.__getitem__)
    with pytest.raises(ValueError, match=r"numbers are missing|too many n"):
        saved[0]


@given(st.dictionaries(st.text(max_size=3), st.lists(numbers, max_size=3).map(lambda some: array("I", some))))
def test_words_come_back_with_their_numbers(words: dict[str, array[int]]) -> None:
    for count in (1, buckets_for(len(words)), 8):
        pieces = {name: bytes(piece) for name, piece in words_saved("w", count, words)}
        saved = Words("w", count, pieces.__getitem__)
        assert {word: saved.get(word) for word in words} == words
        assert set(saved) == set(words)
        assert not saved.get("no such word")


def test_a_bucket_that_is_damaged_says_so() -> None:
    with pytest.raises(msgspec.DecodeError):
        Words("w", 1, {"w 0": b""}.__getitem__).get("a")
