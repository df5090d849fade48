"""The limit on processor time: what is slow stops, nothing else does."""

from __future__ import annotations

import re
import signal
import threading

import pytest

from digest import timer


def test_a_long_search_is_stopped() -> None:
    with pytest.raises(timer.BudgetError), timer.budget(0.05):
        re.match("(a+)+$", "a" * 40 + "b")


def test_what_is_quick_goes_through_and_leaves_no_timer_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with timer.budget(5):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_other_threads_run_without_a_limit() -> None:
    done: list[float] = []

    def work() -> None:
        with timer.budget(5):
            done.append(signal.getitimer(signal.ITIMER_VIRTUAL)[0])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [0.0]
