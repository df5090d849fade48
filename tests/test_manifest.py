"""The manifest says what is published in a folder, and which part of a site that is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.manifest import MANIFEST, STAGING, Manifest, Record, decode, encode, may_be_ours, parents

RECORD = Record(2, 4, "b0", "f0")
PATHS = st.text(st.characters(codec="utf-8"), min_size=1).filter(may_be_ours)


def test_the_manifest_of_a_whole_site_names_paths_and_nothing_else() -> None:
    head, *lines = encode(Manifest(frozenset({"b/index.html", "é.xml", "a"}))).decode().splitlines()
    assert head == '"The files that digest published here, one a line. It never removes any other. Do not edit."'
    assert lines == ['"a"', '"b/index.html"', '"é.xml"']


def test_the_manifest_of_a_part_says_which_it_is_on_its_second_line() -> None:
    lines = encode(Manifest(frozenset({"a"}), RECORD)).decode().splitlines()
    assert lines[1:] == ['{"part":2,"of":4,"build":"b0","files":"f0"}', '"a"']
    assert str(RECORD) == "part 2 of 4"


@given(st.frozensets(PATHS), st.sampled_from([None, RECORD]))
def test_what_was_written_is_read(paths: frozenset[str], record: Record | None) -> None:
    manifest = Manifest(paths, record)
    assert decode(encode(manifest).decode()) == manifest


@pytest.mark.parametrize(
    "line",
    [
        '{"part":0,"of":4,"build":"b","files":"f"}',
        '{"part":5,"of":4,"build":"b","files":"f"}',
        '{"part":1,"of":1000000000,"build":"b","files":"f"}',
        '{"part":"1","of":4,"build":"b","files":"f"}',
        '{"part":1,"of":4}',
        "{}",
        '{"part":',
        "[1]",
        "7",
        "[" * 100_000,
        '"../x"',
        '"/etc/passwd"',
        '"a//b"',
        f'"{MANIFEST}"',
        f'"{STAGING}/x"',
    ],
)
def test_a_line_that_means_nothing_is_passed_over(line: str) -> None:
    assert decode(f'"head"\n{line}\n"a"\n') == Manifest(frozenset({"a"}))


def test_the_folders_of_a_path_come_from_outside_in() -> None:
    assert parents("a/b/c") == ["a", "a/b"]
    assert parents("a") == []


def test_the_first_line_is_never_taken_for_a_path() -> None:
    assert decode(json.dumps("a")) == decode("") == Manifest()
