"""Work is dealt to processes; results and faults come back, and no process is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.parallel import WORTH_A_PROCESS, cores, shards, stream


def squares(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for number in numbers:
        yield number * number, os.getpid()


def without_end(start: int) -> Iterator[int]:
    while True:
        yield start


def fails(numbers: Sequence[int]) -> Iterator[int]:
    yield numbers[0]
    raise FileNotFoundError(2, "No such file or directory", f"{numbers[0]}.html")


def dies(numbers: Sequence[int]) -> Iterator[int]:
    yield numbers[0]
    if numbers[0] == 1:
        os.kill(os.getpid(), signal.SIGKILL)


class TwoWordsError(Exception):
    """Can be pickled but not read back: Python calls it with its one message."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} at {where}")


def fails_oddly(_numbers: Sequence[int]) -> Iterator[int]:
    yield 1
    raise TwoWordsError("fault", "a.md")


def leaves(_numbers: Sequence[int]) -> Iterator[int]:
    yield 1
    sys.exit(3)


def yields_what_no_pipe_takes(_numbers: Sequence[int]) -> Iterator[object]:
    yield lambda: None


def test_one_shard_is_done_in_this_process() -> None:
    assert list(stream(squares, [[1, 2, 3]])) == [(1, os.getpid()), (4, os.getpid()), (9, os.getpid())]


def test_no_shard_is_no_work() -> None:
    assert list(stream(squares, [])) == []


def test_several_shards_are_done_by_a_process_each_and_all_results_come_back() -> None:
    found = list(stream(squares, [range(50), range(50, 100), range(100, 150)]))
    assert sorted(square for square, _ in found) == [number * number for number in range(150)]
    workers = {process for _, process in found}
    assert len(workers) == 3
    assert os.getpid() not in workers
    assert multiprocessing.active_children() == []


def test_an_exception_of_a_worker_is_raised_here_as_it_was() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        list(stream(fails, [[1], [1]]))
    assert caught.value.filename == "1.html"
    assert multiprocessing.active_children() == []


def test_an_exception_that_cannot_cross_over_is_told_in_words() -> None:
    with pytest.raises(RuntimeError, match=r"TwoWordsError.*fault at a\.md"):
        list(stream(fails_oddly, [[1], [2]]))


def test_a_worker_that_leaves_is_a_fault_and_does_not_end_this_process() -> None:
    with pytest.raises(RuntimeError, match="SystemExit"):
        list(stream(leaves, [[1], [2]]))


def test_a_result_that_cannot_cross_over_is_a_fault() -> None:
    with pytest.raises(Exception, match=r"pickle|local object"):
        list(stream(yields_what_no_pipe_takes, [[1], [2]]))


def test_a_killed_worker_is_noticed() -> None:
    with pytest.raises(ChildProcessError, match=r"ended early \(exit code -9\)"):
        list(stream(dies, [[1], [2]]))
    assert multiprocessing.active_children() == []


def test_who_stops_early_leaves_no_process_behind() -> None:
    results = stream(without_end, [1, 2])
    assert next(results) in {1, 2}
    assert len(multiprocessing.active_children()) == 2
    results.close()  # type: ignore[attr-defined]  # the iterator is a generator
    assert multiprocessing.active_children() == []


def test_workers_end_also_where_this_process_has_its_own_way_to_end() -> None:
    """A web server answers SIGTERM with a flag; its workers inherit that answer and would go on."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    try:
        results = stream(without_end, [1, 2])
        next(results)
        results.close()  # type: ignore[attr-defined]  # the iterator is a generator
    finally:
        signal.signal(signal.SIGTERM, before)
    assert multiprocessing.active_children() == []


def test_workers_of_a_killed_process_end_in_silence() -> None:
    code = (
        "import os, signal\nfrom digest.parallel import stream\n"
        "def work(number):\n    while True:\n        yield os.getpid()\n"
        "for worker in stream(work, [1, 2]):\n"
        "    print(worker, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    # The pipes are at their end only when the workers, who share them, have ended too.
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")


def test_ctrl_c_is_for_the_parent_alone() -> None:
    code = (
        "import os, signal\nfrom digest.parallel import stream\n"
        "def work(number):\n    yield 1\n    os.kill(os.getpid(), signal.SIGINT)\n    yield 2\n"
        "print(sorted(stream(work, [1, 2])))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("[1, 1, 2, 2]\n", "")


@given(st.integers(0, 500), st.integers(-1, 12))
def test_pieces_are_dealt_evenly_and_each_once(count: int, jobs: int) -> None:
    dealt = shards(range(count), jobs)
    sizes = [len(one) for one in dealt]
    assert sorted(piece for one in dealt for piece in one) == list(range(count))
    assert max(sizes) - min(sizes) <= 1
    assert 1 <= len(dealt) <= max(1, jobs)


def test_few_pieces_are_not_worth_a_second_process() -> None:
    assert len(shards(range(2 * WORTH_A_PROCESS - 1), 8)) == 1
    assert len(shards(range(2 * WORTH_A_PROCESS), 8)) == 2


def test_this_process_has_a_processor() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
