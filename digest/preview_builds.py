"""Shell: a process that is kept warm and builds whenever it is told to.

Builds have a process of their own because they start others by forking, which a process with threads must not do,
because Markdown that never ends is stopped by a signal, which only reaches a main thread, and because a page must be
served while they run.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, NamedTuple, cast

from digest.problems import Problem

if TYPE_CHECKING:
    from types import FrameType

    from digest.preview_page import First, Glance
    from digest.publish import Warm
    from digest.request import Request

Tick = Callable[[str, int, int], None]


class Built(NamedTuple):
    """What came of a build, in plain values: the child imports much, and the parent need not.

    ``done`` says whether anything was published; ``base`` is the base path of what is published now.
    """

    done: bool
    problems: tuple[Problem, ...] = ()
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    total: int = 0
    reasons: Mapping[str, str] = {}
    base: str = ""
    url: str = ""
    seconds: float = 0.0


class LeftError(Exception):
    """The process ended in the middle of its work."""


class Workshop:
    """One warm process. Its methods block; call each from one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    def start(self) -> Connection:
        """Start the process, so that it is warm when it is needed, where it isn't there yet."""
        if self._pipe is None or self._process is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_work, args=(theirs,), name="digest build")
            self._process.start()
            theirs.close()
        return self._pipe

    def build(self, request: Request, tick: Tick) -> Built:
        """Build the site; ``tick`` is called as the build goes on. Raises ``LeftError``."""
        return cast(Built, self._call("build", (request,), tick))

    def glance(self, request: Request, paths: tuple[str, ...], shown: tuple[str, ...], *, rendering: bool) -> Glance:
        """Look at single files (see ``glance``). Raises ``LeftError``."""
        return cast("Glance", self._call("glance", (request, paths, shown, rendering), lambda *_: None))

    def first(self, request: Request) -> First:
        """The first pages of a large site (see ``first``). Raises ``LeftError``."""
        return cast("First", self._call("first", (request,), lambda *_: None))

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the process, also in the middle of a build: what it had begun is healed by the next one."""
        self._closed = True
        process = self._process  # a thread whose build this ends may forget the process meanwhile
        if process is None:
            return
        process.terminate()
        process.join(3)
        if process.is_alive():
            process.kill()
            process.join()

    def _ended(self) -> int | None:
        """Forget the process, which has closed its end of the pipe; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.join(3)
        return process.exitcode

    def _call(self, job: str, words: tuple[object, ...], tick: Tick) -> object:
        with self._lock:
            if self._closed:
                raise LeftError("closed")
            try:
                pipe = self.start()
                pipe.send((job, words))
                while True:
                    kind, value = pipe.recv()
                    if kind == "done":
                        return value
                    if kind == "failed":
                        raise LeftError(value)
                    tick(*value)
            except (EOFError, OSError) as error:
                code = self._ended()
                raise LeftError(f"the process that builds ended (exit code {code})") from error


class _Leaving(BaseException):
    """Raised in the child wherever it is, so that it ends the processes that it started."""


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise _Leaving


def _work(pipe: Connection) -> None:
    """The body of the process. Ctrl-C reaches it too, and is left to the parent; so is the end of the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from digest.publish import Warm

    with suppress(EOFError, OSError, _Leaving):
        signal.signal(signal.SIGTERM, _leave)  # only now: until then there is nothing to leave in order
        warm = Warm.begin(again=True)
        while True:
            job, words = pipe.recv()
            try:
                pipe.send(("done", _JOBS[job](pipe, warm, *words)))
            except Exception as error:  # noqa: BLE001 - the parent must hear of it, whatever it is
                pipe.send(("failed", f"{type(error).__name__}: {error}"))


def _build(pipe: Connection, warm: Warm, request: Request) -> Built:
    from contextlib import closing

    from digest.build import build, cache_file
    from digest.cache import Cache
    from digest.preview_page import chrome_of

    began = time.perf_counter()
    report = build(request, _ticker(pipe), warm)
    try:
        with closing(Cache.reading(cache_file(request))) as cache:
            chrome = chrome_of(cache)
    except Exception:  # noqa: BLE001 - an unreadable cache only means that nothing is remembered
        chrome = None
    base, url = (chrome.base, chrome.url) if chrome else ("", "")
    seconds = time.perf_counter() - began
    published = report.published
    if published is None:
        return Built(False, report.problems, base=base, url=url, seconds=seconds)
    total = len(published.written) + published.unchanged
    return Built(
        True, report.problems, published.written, published.removed, total, published.reasons, base, url, seconds
    )


def _glance(
    _pipe: Connection, warm: Warm, request: Request, paths: tuple[str, ...], shown: tuple[str, ...], rendering: bool
) -> Glance:
    from digest.preview_page import glance

    return glance(request, paths, shown, warm if rendering else None)


def _first(_pipe: Connection, warm: Warm, request: Request) -> First:
    from digest.preview_page import first

    return first(request, warm)


_JOBS: Mapping[str, Callable[..., object]] = {"build": _build, "glance": _glance, "first": _first}


def _ticker(pipe: Connection) -> Tick:
    """Passes progress on, ten times a second at most."""
    last = [0.0]

    def tick(phase: str, done: int, total: int) -> None:
        if time.monotonic() - last[0] >= 0.1:
            last[0] = time.monotonic()
            pipe.send(("tick", (phase, done, total)))

    return tick
