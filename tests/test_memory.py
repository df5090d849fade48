"""What is kept counts only while all that it was made from is equal."""

from __future__ import annotations

from digest.memory import Kept


def test_a_result_is_made_once_for_one_basis_and_again_for_another() -> None:
    kept, made = Kept[str, str](), list[str]()

    def result(basis: str) -> str:
        def make() -> str:
            made.append(basis)
            return basis.upper()

        return kept.get("a", basis, make)

    assert [result(one) for one in ("x", "x", "y", "x")] == ["X", "X", "Y", "X"]
    assert made == ["x", "y", "x"]


def test_a_memory_that_is_off_keeps_nothing() -> None:
    kept, results = Kept[int, int](on=False), iter((1, 2))
    assert [kept.get("a", 0, lambda: next(results)) for _ in range(2)] == [1, 2]
