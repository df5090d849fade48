"""Lists and their permanent pages.

A list is cut from its oldest end: page 1 holds the oldest entries for good, and the address without a number, the
head, shows the newest. A numbered page appears when it is full and is never cut again, so a new entry touches the
head alone. The head holds the newest entries that have no numbered page yet: at least a full page of them (so that
it never shows just one), at most two pages less one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from digest import urls
from digest.pages import Pagination

Entry = TypeVar("Entry")


class Leaf(NamedTuple, Generic[Entry]):
    """One page of a list: its number (0 for the head) and its entries, newest first."""

    number: int
    entries: Sequence[Entry]


def leaves(entries: Sequence[Entry], size: int) -> list[Leaf[Entry]]:
    """Cut ``entries`` (newest first) into the head and numbered pages of ``size`` entries each."""
    full = max(0, len(entries) // size - 1)
    kept = len(entries) - full * size
    numbered = [
        Leaf(number, entries[(start := len(entries) - number * size) : start + size]) for number in range(1, full + 1)
    ]
    return [Leaf(0, entries[:kept]), *numbered]


def pagination(address: str, number: int, last: int, site: urls.Urls) -> Pagination:
    """The neighbours of page ``number`` of the list at ``address``, which has ``last`` numbered pages.

    The newest numbered page leads to the head until it has a numbered neighbour.
    """
    older = number - 1 if number else last
    newer = (number + 1 if number < last else 0) if number else None
    return Pagination(
        number=number,
        newer="" if newer is None else site.url(urls.numbered(address, newer)),
        older=site.url(urls.numbered(address, older)) if older else "",
    )
