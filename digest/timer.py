"""A limit on processor time, for what can't be limited beforehand."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class BudgetError(Exception):
    """The processor time has run out."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Raise ``BudgetError`` inside the block once it has used ``seconds`` of processor time.

    CPython looks for signals between bytecodes and inside long searches of ``re``, so Markdown can always be stopped.
    Signals reach the main thread only, and Windows has no such timer; elsewhere the block just runs.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    raise BudgetError(f"signal {number} in {frame.f_code.co_name if frame else 'no frame'}")
