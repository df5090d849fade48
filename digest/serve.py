"""Shell: the preview. Builds, watches, builds again, and tells browsers and the terminal what changed.

Everything that happens is decided in one loop, in the server's thread; the watch and the builds run beside it and only
send word. A build that finds a mistake changes nothing on the disk, so the last good site stays up by itself.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec
import uvicorn

from digest.ahead import Ahead
from digest.hosting import Hosted
from digest.manifest import MANIFEST
from digest.output import Output
from digest.parallel import cores
from digest.preview_app import Door, Scene, Stage, Web
from digest.preview_builds import Built, LeftError, Workshop
from digest.preview_words import line, together, told_problems
from digest.problems import Problem, as_text, errors
from digest.request import Request
from digest.watching import Change, Watch

if TYPE_CHECKING:
    from digest.preview_page import Glance

FOLDER = Path(".digest") / "preview"
SLOW = 0.1
"""Seconds. Where a build takes longer, the page that was edited is shown before the build is done."""

FEW = 20
"""Changed files that are looked at one by one; more than these are a checkout, not a save."""

MANY = 500
"""Files in content/. Where there are more, the newest are shown before a first build is done."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class PortTakenError(Exception):
    """Another program listens there; the text says which port is free."""


class Options(NamedTuple):
    """What ``digest serve`` was asked. ``editor`` is a URL pattern with {path}, {line} and {column}, or empty."""

    site: Path
    host: str = "127.0.0.1"
    port: int = 8000
    drafts: bool = True
    as_of: datetime | None = None
    follow: bool = False
    open_browser: bool = False
    editor: str = ""


class Setting(NamedTuple):
    """What the bar in the browser switches. ``base`` of ``None`` is the site's own base path."""

    drafts: bool
    as_of: datetime | None
    base: str | None = None


class Surroundings(NamedTuple):
    """What the preview needs of the world: a clock, and a voice for the terminal."""

    now: Callable[[], datetime]
    tell: Callable[[str], None]


def serve(options: Options, around: Surroundings, workshop: Workshop) -> None:
    """Serve the preview until Ctrl-C. Raises ``PortTakenError``, or ``OSError`` where the host can't be used.

    ``workshop`` builds. It comes from outside, so that it can be warm when this module and all it needs is loaded.
    """
    with _listening(options.host, options.port) as listener, closing(Workshop()) as quick:
        asyncio.run(Preview(options, around, workshop, quick).run(listener))


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host.strip("[]"), port))
            listener.listen(128)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise PortTakenError(_other_port(host, port, error)) from None
        yield listener


def _other_port(host: str, port: int, error: OSError) -> str:
    """What to type instead of a port that can't be had."""
    why = "is taken by another program" if error.errno == errno.EADDRINUSE else "needs rights that you don't have"
    for other in range(max(port + 1, 1024), port + 100):
        with suppress(OSError), socket.create_server((host, other)):
            return f"port {port} {why}; port {other} is free: --port {other}"
    return f"port {port} {why}; name another: --port PORT"


class Preview:
    """One running preview: what is shown, what is to be built, and the loop between them.

    ``workshop`` builds the site; ``quick`` looks at single files while it does.
    """

    def __init__(self, options: Options, around: Surroundings, workshop: Workshop, quick: Workshop) -> None:
        self._options = options
        self._around = around
        self._workshop = workshop
        self._quick = quick
        self._folder = options.site / FOLDER
        self._copied = {"": options.site / "content" / "static", "assets/": options.site / "templates" / "assets"}
        self._setting = Setting(options.drafts, options.as_of)
        self._changes: list[Change] = []
        self._reset = False
        self._due = asyncio.Event()
        self._started = self._shown = 0
        self._ahead = Ahead(self._folder, options.site / ".digest" / "ahead")
        self._busy = False
        self._glances: set[asyncio.Task[None]] = set()
        self._built = Built(False)
        self._problems: tuple[Problem, ...] = ()
        self._edited: tuple[str, ...] = ()
        self._edit = 0
        self._phase = "Starting"
        self._stage = Stage(Scene(Hosted(self._folder), {}, ready=False))
        self._url = ""

    async def run(self, listener: socket.socket) -> None:
        """Serve on ``listener`` until told to leave."""
        loop = asyncio.get_running_loop()
        host, port = listener.getsockname()[:2]
        shown = "127.0.0.1" if _anywhere(host) else f"[{host}]" if ":" in host else host
        self._url = f"http://{shown}:{port}"
        names = LOOPBACK | {shown, self._options.host.lower()}
        web = Web(self._stage, Door(port, names, _anywhere(host)), self._set, self._around.tell)
        config = uvicorn.Config(web, lifespan="off", log_config=None, log_level=60, timeout_graceful_shutdown=2)
        server = _Server(config)
        watch = Watch(
            self._options.site,
            lambda change: loop.call_soon_threadsafe(self._changed, change),
            lambda words: loop.call_soon_threadsafe(self._around.tell, words),
        )

        def leave() -> None:
            self._stage.end()
            server.force_exit = server.should_exit
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, leave)
        self._due.set()
        building = asyncio.ensure_future(self._work(watch))
        building.add_done_callback(lambda _: leave())  # a preview that can't build any more must not seem to be one
        self._welcome()
        await server.serve(sockets=[listener])
        self._workshop.close()
        self._quick.close()
        building.cancel()
        with suppress(asyncio.CancelledError, LeftError):
            await building
        await asyncio.to_thread(watch.stop)

    # What comes in.

    def _changed(self, change: Change) -> None:
        self._changes.append(change)
        self._due.set()
        if self._built.seconds >= SLOW and len(change.paths) <= FEW:
            glance = asyncio.ensure_future(self._look_ahead(change, self._started + 1, writing=not self._busy))
            self._glances.add(glance)
            glance.add_done_callback(self._glances.discard)

    def _set(self, said: object) -> str:
        """Take what the bar says; the answer is what is wrong with it."""
        try:
            wanted = msgspec.convert(said, _Said)
            as_of = datetime.fromisoformat(wanted.as_of) if wanted.as_of else None
        except (msgspec.ValidationError, ValueError):
            return "Write the date as 2025-05-11 or 2025-05-11 09:30."
        if wanted.base is not None and (not wanted.base.isascii() or not _is_base(wanted.base)):
            return "A base path looks like /some/path."
        self._setting = Setting(wanted.drafts, as_of, self._setting.base if wanted.base is None else wanted.base)
        self._reset = True
        self._due.set()
        return ""

    # The loop.

    async def _work(self, watch: Watch) -> None:
        """Build once, then whenever something changed, one build after the other."""
        watch.start()
        showing = asyncio.ensure_future(self._show_first())
        self._glances.add(showing)
        first = True
        while True:
            await self._due.wait()
            self._due.clear()
            change, reset = together(self._changes), self._reset
            self._changes, self._reset = [], False
            self._started += 1
            self._busy = True
            began = time.perf_counter()
            built = await self._show(await self._build(), change)
            self._busy = False
            seconds = time.perf_counter() - began
            self._around.tell(line("started" if first else "settings" if reset else "", change, built, seconds))
            if errors(built.problems) or (built.problems and built.problems != self._problems):
                self._around.tell(as_text(built.problems).rstrip("\n"))
            self._problems = built.problems
            first = False

    def _welcome(self) -> None:
        """Say where the preview is. The first build is still to come; a browser that is there already waits for it."""
        if _anywhere(self._options.host):
            self._around.tell("warning: everybody in this network can see the preview, drafts included")
        self._around.tell(f"The preview is at {self._url}/ (Ctrl-C ends it)")
        if self._options.open_browser:  # some browsers run in the terminal, and end when they are left
            threading.Thread(target=webbrowser.open, args=(f"{self._url}/",), daemon=True).start()

    async def _build(self) -> Built:
        """One build in the workshop, with its progress on the pages that wait for it."""
        loop = asyncio.get_running_loop()

        def tick(phase: str, done: int, total: int) -> None:
            told = f"{phase} {done:,} of {total:,}" if total else phase
            loop.call_soon_threadsafe(self._progress, told)

        self._progress("Building")
        try:
            return await asyncio.to_thread(self._workshop.build, self._request(), tick)
        except LeftError as error:
            self._around.tell(f"the build failed: {error}")
            return self._built._replace(done=False, problems=(_failed(error),))

    def _request(self) -> Request:
        setting, site = self._setting, self._options.site
        as_of = setting.as_of or self._around.now()
        base_url = None if setting.base is None else _origin(self._built.url) + setting.base
        return Request(
            site, self._folder, as_of, base_url, drafts=setting.drafts, jobs=cores(), explain=True,
            preview=True,
        )  # fmt: skip

    async def _show_first(self) -> None:
        """Show the front of a large site that was never built, while it is being built."""
        content = self._options.site / "content"
        count = await asyncio.to_thread(lambda: sum(1 for _ in islice(content.rglob("*"), MANY)))
        if count < MANY or (self._folder / MANIFEST).exists():
            return
        with suppress(LeftError):
            seen = await asyncio.to_thread(self._quick.first, self._request())
            if seen.rendered and not self._shown:
                self._built = self._built._replace(base=seen.base)
                hosted = Hosted(self._folder, frozenset(seen.rendered), seen.base, seen.rendered, self._copied)
                self._stage.show(Scene(hosted, self._told(self._phase, ()), ready=True, whole=False))

    async def _look_ahead(self, change: Change, build: int, *, writing: bool) -> None:
        """Show the pages of changed files before the site is built. ``build`` is the one that will hold the change.

        They are written too where no build was at work, unless the look took so long that it may be done by now.
        """
        began = time.perf_counter()
        seen = await self._glance(change, rendering=True)
        if seen is None:
            return
        self._note(tuple(seen.pages.values()), build)
        scene = self._stage.scene
        if build <= self._shown:
            self._stage.show(scene._replace(told={**scene.told, **self._told(self._phase, None)}))
            return
        shown = scene.hosted.files if self._built.done else ()  # until a site can be published, nothing is
        rendered = {path: data for path, data in seen.rendered.items() if path in shown}
        early = time.perf_counter() - began < self._built.seconds / 2
        self._ahead.put(rendered, build, writing=writing and early)
        hosted = scene.hosted._replace(fresh=self._ahead.fresh)
        told = {**scene.told, **self._told("Building", seen.problems if errors(seen.problems) else None)}
        self._stage.show(scene._replace(hosted=hosted, told=told))

    async def _glance(self, change: Change, *, rendering: bool) -> Glance | None:
        """What the changed files say by themselves, where there are few of them."""
        paths = (*change.added, *change.changed)
        if not paths or len(change.paths) > FEW:
            return None
        shop = self._quick if rendering else self._workshop
        try:
            return await asyncio.to_thread(shop.glance, self._request(), paths, self._open(), rendering=rendering)
        except LeftError:
            return None

    def _open(self) -> tuple[str, ...]:
        """The output paths of the pages that browsers show."""
        base = self._stage.scene.hosted.base
        paths = {url.removeprefix(base).lstrip("/") for url in self._stage.pages}
        return tuple(sorted(f"{path}index.html" if not path or path.endswith("/") else path for path in paths))

    async def _show(self, built: Built, change: Change) -> Built:
        """Show what was built: new pages where there are any, and all problems in any case.

        Returns what was built and written since the last time, early or late.
        """
        last = self._built
        early = self._ahead.settle(self._started, kept=built.done)
        self._built = built if built.done else built._replace(base=built.base or last.base, url=built.url or last.url)
        files = await asyncio.to_thread(lambda: Output(self._folder).manifest)
        self._shown = self._started
        hosted = Hosted(self._folder, files, self._built.base, self._ahead.fresh, self._copied)
        self._phase = ""
        self._stage.show(Scene(hosted, self._told("", built.problems), ready=bool(files)))
        if self._built.seconds < SLOW and built.done and (seen := await self._glance(change, rendering=False)):
            self._note(tuple(path for path in seen.pages.values() if path in files), self._shown)
            self._stage.show(Scene(hosted, self._told("", built.problems), ready=bool(files)))
        if self._built.seconds >= SLOW:
            await asyncio.to_thread(self._quick.start)
        return built._replace(written=tuple(sorted({*built.written, *early}))) if built.done else built

    def _note(self, pages: tuple[str, ...], build: int) -> None:
        """Remember the pages of the files that were saved last; what no page is made of is passed over."""
        if pages:
            self._edited, self._edit = pages, build

    def _progress(self, phase: str) -> None:
        self._phase = phase
        if self._built.seconds >= SLOW or not self._shown:
            scene = self._stage.scene
            self._stage.show(scene._replace(told={**scene.told, **self._told(phase, None)}))

    def _told(self, phase: str, problems: Sequence[Problem] | None) -> dict[str, object]:
        """What browsers are told. Without ``problems``, those that were told last stay."""
        told: dict[str, object] = {
            "phase": phase,
            "edited": [f"{self._built.base}/{path.removesuffix('index.html')}" for path in self._edited],
            "edit": self._edit,
            "follow": self._options.follow,
            "drafts": self._setting.drafts,
            "as_of": self._setting.as_of.isoformat(" ", "minutes") if self._setting.as_of else "",
            "base": self._built.base,
        }
        if problems is not None:
            told["problems"] = told_problems(problems, self._options.editor, self._options.site.absolute())
        return told


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    """What the bar sends; without ``base``, the base path stays as it is."""

    drafts: bool
    as_of: str = ""
    base: str | None = None


class _Server(uvicorn.Server):
    """A server that leaves signals to the preview."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signals."""
        yield


def _anywhere(host: str) -> bool:
    """Whether a server that listens on ``host`` can be reached from other machines, under any of its addresses."""
    return host in ("0.0.0.0", "::")  # noqa: S104 - it is looked for, so that it can be warned of


def _is_base(base: str) -> bool:
    parts = base.split("/")
    return not base or (parts[0] == "" and urlsplit(base).path == base and not {"", ".", ".."}.intersection(parts[1:]))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _failed(error: LeftError) -> Problem:
    return Problem("content", 0, 0, "preview", f"the build failed: {error}", "save a file to build again")
