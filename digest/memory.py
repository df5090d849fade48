"""What a process that builds again and again keeps in mind of its last build, to be asked instead of working it out.

Each thing is kept with all that it was made from, and counts only where that is equal. So nothing here can be stale,
whatever happened in between, and a process that keeps nothing builds the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Basis = TypeVar("Basis")
Result = TypeVar("Result")


class Kept(Generic[Basis, Result]):
    """Results by name, each with its basis. One that is not ``on`` keeps nothing: most processes build once."""

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        self._found: dict[str, tuple[Basis, Result]] = {}

    def missing(self, bases: Mapping[str, Basis]) -> set[str]:
        """The names of ``bases`` whose results would have to be made."""
        return {name for name, basis in bases.items() if name not in self._found or self._found[name][0] != basis}

    def get(self, name: str, basis: Basis, make: Callable[[], Result]) -> Result:
        """The result for ``name``, which ``make`` makes from ``basis`` and nothing else."""
        if not self._on:
            return make()
        found = self._found.get(name)
        if found is not None and found[0] == basis:
            return found[1]
        made = make()
        self._found[name] = basis, made
        return made
