"""Parts of a site: every path has one, whatever the order, and they are about equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.parts import MOST, Part, mark_of, part_of


@given(st.text(), st.integers(1, MOST))
def test_every_path_is_in_exactly_one_part(path: str, of: int) -> None:
    assert [Part(number, of).holds(path) for number in range(1, of + 1)].count(True) == 1


@pytest.mark.parametrize("of", [2, 3, 4, 7, 256])
def test_parts_are_about_equal(of: int) -> None:
    paths = [f"2025/{number % 12 + 1:02}/story-{number}/index.html" for number in range(20_000)]
    counts = [sum(map(Part(number, of).holds, paths)) for number in (1, of)]
    even = len(paths) / of
    assert all(abs(count - even) < 5 * even**0.5 for count in counts), "a fair hash strays by a few times the root"


def test_what_part_a_path_is_in_is_the_same_for_ever() -> None:
    paths = ("index.html", "feed.xml", "2025/05/vote/index.html", "é/\udcff", "")
    assert [next(n for n in range(1, 8) if Part(n, 7).holds(path)) for path in paths] == [1, 6, 4, 1, 1]


@pytest.mark.parametrize(("text", "part"), [("1/1", Part(1, 1)), ("2/4", Part(2, 4)), ("1000/1000", Part(1000, 1000))])
def test_a_part_is_written_as_its_number_and_how_many_there_are(text: str, part: Part) -> None:
    assert part_of(text) == part
    assert str(part) == f"part {part.number} of {part.of}"


HINT = "write I/N, such as 2/4 for the second of four"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0/4", f"there is no part 0 of 4; {HINT}"),
        ("5/4", f"there is no part 5 of 4; {HINT}"),
        ("1/0", f"a site has 1 to 1,000 parts, not 0; {HINT}"),
        ("1/1001", f"a site has 1 to 1,000 parts, not 1,001; {HINT}"),
        ("x", f'"x" is no part of a site; {HINT}'),
        ("4", f'"4" is no part of a site; {HINT}'),
        ("-1/4", f'"-1/4" is no part of a site; {HINT}'),
        ("1/4/2", f'"1/4/2" is no part of a site; {HINT}'),
        ("²/4", f'"²/4" is no part of a site; {HINT}'),
        ("1/4\n", f'"1/4\n" is no part of a site; {HINT}'),
    ],
)
def test_what_is_no_part_is_said_in_words(text: str, told: str) -> None:
    with pytest.raises(ValueError, match="part") as raised:
        part_of(text)
    assert str(raised.value) == told


def test_the_mark_of_many_hashes_knows_every_path_and_hash_and_no_order() -> None:
    one = [("a", b"1"), ("b", b"2"), ("é\udcff", b"")]
    assert mark_of(one) == mark_of(reversed(one))
    others: tuple[list[tuple[str, bytes]], ...] = (
        [("a", b"2"), ("b", b"1")],
        [("a", b"1")],
        [("ab", b"12")],
        [("a1", b""), ("b2", b"")],
        [],
    )
    assert len({mark_of(one), *map(mark_of, others)}) == 1 + len(others)
