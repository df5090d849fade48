"""Work on several cores: shards go to processes, results come back one by one as they are ready.

A shard's work is a generator, so neither side ever holds all results. With one shard the work runs here, in this
process, and costs nothing extra.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext
    from multiprocessing.process import BaseProcess

Shard = TypeVar("Shard")
Result = TypeVar("Result")

AT_ONCE = 16
"""Results that a worker sends together: each message costs as much as a page's fingerprint (measured)."""

WORTH_A_PROCESS = 32
"""Fewer pieces than this a core are done faster than a process starts (about 10 ms, measured)."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shards(pieces: Sequence[Result], jobs: int) -> list[Sequence[Result]]:
    """Deal ``pieces`` out to at most ``jobs`` shards, one by one, so that long pieces spread evenly."""
    count = max(1, min(jobs, len(pieces) // WORTH_A_PROCESS))
    return [pieces[index::count] for index in range(count)]


def stream(work: Callable[[Shard], Iterable[Result]], dealt: Sequence[Shard]) -> Iterator[Result]:
    """Run ``work`` on each shard and yield what it yields, in no particular order.

    An exception of a worker is raised here. A worker that dies (killed, out of memory) raises ``ChildProcessError``.
    """
    if len(dealt) <= 1:
        for shard in dealt:
            yield from work(shard)
        return
    import multiprocessing  # only now: most builds have little to do

    method = "fork" if sys.platform == "linux" else "spawn"
    context = cast("ForkContext", multiprocessing.get_context(method))
    readers: dict[Connection, BaseProcess] = {}
    try:
        for shard in dealt:
            reader, writer = context.Pipe(duplex=False)
            inherited = (*readers, reader) if method == "fork" else ()
            process: BaseProcess = context.Process(target=_work, args=(work, shard, writer, inherited), daemon=True)
            process.start()
            writer.close()
            readers[reader] = process
        yield from _receive(readers)
    finally:
        for reader, process in readers.items():
            process.kill()  # a softer signal would find the parent's handler, which a fork inherits
            process.join()
            reader.close()


def _receive(readers: dict[Connection, BaseProcess]) -> Iterator[Result]:
    """Yield results until every worker has said that it is done."""
    from multiprocessing.connection import wait

    open_ = set(readers)
    while open_:
        for ready in wait(list(open_)):
            reader = cast("Connection", ready)
            try:
                word, value = reader.recv()
            except (EOFError, OSError):
                readers[reader].join()
                code = readers[reader].exitcode
                raise ChildProcessError(f"a worker process ended early (exit code {code})") from None
            if word == "done":
                open_.discard(reader)
                readers[reader].join()
            elif word == "failed":
                raise value
            else:
                yield from value


def _work(
    work: Callable[[Shard], Iterable[Result]], shard: Shard, writer: Connection, inherited: Sequence[Connection]
) -> None:
    """The body of a worker process. Ctrl-C is for the parent, which ends its workers.

    The reading ends that came with the fork are closed: while anybody holds one, a worker whose parent was killed
    would wait for ever to be read, and keep the parent's locks.
    """
    for reader in inherited:
        reader.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        results = iter(work(shard))
        while some := list(islice(results, AT_ONCE)):
            writer.send(("results", some))
        writer.send(("done", None))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        with suppress(OSError):  # unless the parent is gone
            writer.send(("failed", _portable(error)))
    finally:
        writer.close()


def _portable(error: BaseException) -> Exception:
    """``error``, if it comes out of a pipe as it went in; else one that says the same."""
    try:
        same = type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - an exception's own code makes and reads its pickle, and may raise anything
        same = False
    return error if same and isinstance(error, Exception) else RuntimeError(repr(error))
