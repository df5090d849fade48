"""A running preview for tests: ``digest serve`` as a program, what it says, and a Chromium that looks at it."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

PATIENCE = 120.0
"""Seconds that a test waits at most for what must happen. Nothing here is measured; see benchmarks/preview.py."""


class Running:
    """A preview that runs: its address (without a final slash), its port, and all that it has said.

    The site is built, unless the process that builds is ``held``: it stands still until SIGCONT.
    """

    def __init__(self, words: Sequence[str], *, held: bool = False) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            list(words), cwd=Path(__file__).parents[1], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.builder = _held(self.process.pid) if held else 0
        self.address = re.findall(r"http://\S+", self.says("The preview is at"))[0].rstrip("/")
        self.port = urlsplit(self.address).port or 80
        if not held:
            self.says("started: ")

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self.lines.append("(the end)")
            self._news.notify_all()

    def says(self, words: str, after: int = 0) -> str:
        """The first line from ``after`` on that holds ``words``, once it is there."""
        return self.until(lambda lines: next((one for one in lines[after:] if words in one), None), words)

    def until(self, found: Callable[[list[str]], str | None], what: str) -> str:
        until = time.monotonic() + PATIENCE
        with self._news:
            while True:
                if (line := found(self.lines)) is not None:
                    return line
                assert "(the end)" not in self.lines, "\n".join(["the preview ended:", *self.lines])
                assert self._news.wait(until - time.monotonic()), "\n".join([f"never said {what!r}:", *self.lines])

    def builds(self) -> int:
        """How many builds it has told of."""
        return sum(bool(re.search(r": .*(\d ms|\d s)$", one)) for one in self.lines)

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request, as sent: no redirect is followed, nothing is normalised."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": f"127.0.0.1:{self.port}", **headers}.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def stop(self) -> int:
        """Press Ctrl-C; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return status


def _held(parent: int) -> int:
    """Stop the process that ``parent`` starts first to work for it, as soon as it is there; its number."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGSTOP)
                return int(child)
        time.sleep(0.005)
    raise AssertionError("no process builds")


@contextmanager
def preview(site: Path, *options: str, before: Sequence[str] = ()) -> Iterator[Running]:
    """A preview of ``site``. ``before`` is put before the command (``unshare`` and the like)."""
    running = Running([*before, sys.executable, "-m", "digest", "serve", str(site), "--port", "0", *options])
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()
