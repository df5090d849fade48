"""The preview's web application: the site's pages, the preview's own files, the live stream, the settings of the bar.

The live stream is a POST whose answer never ends, one line of JSON for each change. A browser says with every POST
from which page it comes, also from a page of the same server, which it does not for an event stream; so a page
elsewhere can be told from ours without a secret.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from digest.hosting import (
    OWN,
    Answer,
    Asked,
    Dressing,
    Hosted,
    answer,
    host_allowed,
    mark,
    media_type,
    origin_allowed,
    plain,
)

OWN_FILES = Path(__file__).parent / "preview"
LIMIT = 65_536
"""Bytes that a page may send."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
DRESSING = Dressing(f'<script src="{OWN}preview.js" data-preview="{{hash}}" defer></script>\n')


class Scene(NamedTuple):
    """What browsers are shown at a moment. ``told`` is what they are told besides the hashes of what they show.

    ``ready`` says that there is something to show, ``whole`` that it is all there is to be.
    """

    hosted: Hosted
    told: Mapping[str, object]
    ready: bool
    whole: bool = True


class Stage:
    """Holds the scene and wakes who waits for the next one. Used from the server's thread only.

    ``pages`` counts the browsers that show a page, by its url.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.over = False
        self.pages: Counter[str] = Counter()
        self._next = asyncio.Event()

    def show(self, scene: Scene) -> None:
        """Replace the scene."""
        self.scene = scene
        self._wake()

    def end(self) -> None:
        """Let everybody go who waits."""
        self.over = True
        self._wake()

    async def next(self) -> None:
        """Wait for another scene, or the end."""
        await self._next.wait()

    def _wake(self) -> None:
        done, self._next = self._next, asyncio.Event()
        done.set()


class Door(NamedTuple):
    """Where the server listens, and to which names it answers. ``anywhere`` adds the address a request came in by."""

    port: int
    names: frozenset[str]
    anywhere: bool = False


class Web:
    """The ASGI application. ``settings`` takes what a browser set in the bar, and says what is wrong with it."""

    def __init__(
        self, stage: Stage, door: Door, settings: Callable[[object], str], failed: Callable[[str], None]
    ) -> None:
        self._stage = stage
        self._door = door
        self._settings = settings
        self._failed = failed
        self._own = {path.name: path.read_bytes() for path in OWN_FILES.iterdir() if path.is_file()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Whatever goes wrong, the browser gets a status and the terminal a line."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        try:
            await self._answer(Request(scope, receive), scope, receive, send)
        except (OSError, ClientDisconnect):
            return
        except Exception as error:  # noqa: BLE001 - the preview lives on, whatever one request did to it
            self._failed(f"a request failed ({type(error).__name__}: {error})")
            with suppress(Exception):
                await _send(plain(500, "The preview failed at this request."), scope, receive, send)

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        host = _only(request, "host")
        names = self._door.names
        if self._door.anywhere and scope.get("server"):
            local = str(scope["server"][0])
            names = names | {f"[{local}]" if ":" in local else local}
        if not host_allowed(host, names, self._door.port):
            told = plain(403, "This preview does not answer to that name; use the address that digest serve printed.")
        elif request.url.path in (f"{OWN}live", f"{OWN}settings"):
            if request.method != "POST":
                told = plain(405, "This address takes POST only.", {"Allow": "POST"})
            elif not origin_allowed(_only(request, "origin"), host) or not _same_site(request):
                told = plain(403, "This address is for the preview's own pages only.")
            else:
                await self._converse(request, scope, receive, send)
                return
        else:
            told = await self._page(request, scope)
        await _send(told, scope, receive, send)

    async def _converse(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        """Take what a page of ours says, and answer for a moment or for good."""
        said = await _body(request)
        if said is None:
            await _send(plain(400, "This is not what the preview's page would say."), scope, receive, send)
        elif request.url.path == f"{OWN}live":
            await self._stream(said, receive, send)
        else:
            wrong = self._settings(said)
            await _send(plain(400 if wrong else 200, wrong or "Done."), scope, receive, send)

    async def _stream(self, said: dict[str, object], receive: Receive, send: Send) -> None:
        """Tell one browser about every scene from now on, until either side leaves."""
        headers = [(b"content-type", b"application/x-ndjson"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        page = unquote(str(said.get("page", "")))
        self._stage.pages[page] += 1
        try:
            await self._tell(said, receive, send)
        finally:
            self._stage.pages -= Counter({page: 1})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, said: dict[str, object], receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_gone(receive))
        last = b""
        while not gone.done() and not self._stage.over:
            coming = asyncio.ensure_future(self._stage.next())
            line = _line(self._stage.scene, said)
            if line != last:
                await send({"type": "http.response.body", "body": line, "more_body": True})
                last = line
            await asyncio.wait({gone, coming}, return_when=asyncio.FIRST_COMPLETED)
            coming.cancel()
        gone.cancel()

    async def _page(self, request: Request, scope: Scope) -> Answer:
        raw: bytes = scope.get("raw_path") or request.url.path.encode()
        raw = raw.partition(b"?")[0]
        if raw.startswith(OWN.encode()):
            return self._own_file(raw[len(OWN) :].decode("latin-1"), request.method)
        scene = self._stage.scene
        if not scene.ready and request.method in ("GET", "HEAD"):
            return self._own_file("waiting.html", request.method, 503)
        headers = {key.lower(): value for key, value in request.headers.items()}
        asked = Asked(request.method, raw, scope.get("query_string", b""), headers)
        told = await asyncio.to_thread(answer, scene.hosted, asked, DRESSING)
        waits = told.status == 404 and not scene.whole
        return self._own_file("waiting.html", request.method, 503) if waits else told

    def _own_file(self, name: str, method: str, status: int = 200) -> Answer:
        if method not in ("GET", "HEAD"):
            return plain(405, "This server only shows pages.", {"Allow": "GET, HEAD"})
        if name not in self._own:
            return plain(404, "The preview has no such file.")
        headers = {
            "Content-Type": media_type(name),
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store" if status != 200 else "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return Answer(status, headers, self._own[name])


def _only(request: Request, name: str) -> str | None:
    """A header that must stand there once; sent twice, it counts as absent."""
    found = request.headers.getlist(name)
    return found[0] if len(found) == 1 else None


def _same_site(request: Request) -> bool:
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


async def _body(request: Request) -> dict[str, object] | None:
    """The JSON object that a page sent; ``None`` for anything else."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > LIMIT:
            return None
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, object], said) if isinstance(said, dict) else None


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _line(scene: Scene, said: Mapping[str, object]) -> bytes:
    """What one browser is told: the scene, and the hashes of the page and of the files that it shows."""
    assets = said.get("assets")
    urls = [one for one in assets if isinstance(one, str)][:200] if isinstance(assets, list) else []
    marks = {url: mark(scene.hosted, url) for url in urls}
    url = str(said.get("page", ""))
    page = mark(scene.hosted, url) if scene.ready else ""
    ready = scene.ready and (scene.whole or bool(page) or url == "/")
    told = {**scene.told, "ready": ready, "page": page, "assets": marks}
    return json.dumps(told, ensure_ascii=True).encode() + b"\n"


async def _send(told: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {**told.headers, "Content-Length": str(len(told.body)), "Cross-Origin-Resource-Policy": "same-origin"}
    if told.status == 304:
        headers.pop("Content-Length")
    body = b"" if scope["method"] == "HEAD" else told.body
    response = Response(body, told.status, headers)
    await response(scope, receive, send)
