"""The problem codes: their names, and which of them a site may lower."""

from __future__ import annotations

import re

import pytest

from digest.codes import CODES, Code


def test_names_are_lower_case_words_with_hyphens() -> None:
    assert [name for name in CODES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_a_warning_may_always_be_lowered() -> None:
    assert [name for name, code in CODES.items() if code.warning and code.fixed] == []


@pytest.mark.parametrize("name", ["not-utf8", "missing-field", "same-address", "bad-output", "foreign-file"])
def test_a_fault_that_loses_content_fails_the_build_for_good(name: str) -> None:
    assert CODES[name] == Code(warning=False, fixed=True)


@pytest.mark.parametrize("name", ["dead-link", "unknown-topic"])
def test_a_fault_of_taste_fails_the_build_unless_the_site_lowers_it(name: str) -> None:
    assert CODES[name] == Code(warning=False, fixed=False)


def test_nobody_can_change_the_table() -> None:
    with pytest.raises(TypeError):
        CODES["dead-link"] = Code()  # type: ignore[index]
