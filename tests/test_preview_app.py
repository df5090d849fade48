"""The running server against everything that is not our own browser. All on loopback."""

from __future__ import annotations

import itertools
import json
import os
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from previews import PATIENCE, Running, preview
from sites import article, write

pytestmark = pytest.mark.flaky(reruns=1)

FULL = bool(os.environ.get("DIGEST_FULL"))
"""Set it to send every request there is, and not a part of them: 200 addresses, 10 hosts, 8 origins; 10,000; 1,000."""

SECRET = "this-text-is-in-no-page"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("web")
    site = write(
        folder / "site",
        {
            "content/articles/2025-05-11-bridge.md": article("The bridge"),
            "content/static/plain.html": "<body>as it is</body>",
            "content/static/big.bin": bytes(3_000_000),
        },
    )
    (folder / "outside.txt").write_text(SECRET)
    (site / "note.txt").write_text(SECRET)
    with preview(site) as started:
        (site / ".digest/preview/foreign.txt").write_text(SECRET)
        yield started
        status = started.stop()
        assert status == 0
        assert len(started.lines) == 4, started.lines  # its address, the first build, its end: not a word more
        assert [one[10:] for one in started.lines[:1]] == [f"The preview is at {started.address}/ (Ctrl-C ends it)"]
        assert started.lines[1][10:].startswith("started: ")
        assert started.lines[2:] == ["The preview has ended.", "(the end)"]


def send(running: Running, data: bytes, *, wait: bool = True, end: bool = False) -> bytes:
    """Send bytes as they are; what comes back until the server closes. ``end`` tells it that no more will follow."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        if not wait:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return b""
        if end:
            connection.shutdown(socket.SHUT_WR)
        found = b""
        while part := connection.recv(65536):
            found += part
        return found


def request(running: Running, path: bytes, host: str, origin: str | None = None, method: str = "GET") -> bytes:
    lines = [f"{method} ".encode() + path + b" HTTP/1.1", b"Connection: close"]
    lines += [f"Host: {host}".encode()] if host else []
    lines += [f"Origin: {origin}".encode()] if origin is not None else []
    return send(running, b"\r\n".join([*lines, b"Content-Length: 2" if method == "POST" else b"X: y", b"", b"{}"]))


def post(running: Running, path: str, body: bytes, **more: str) -> bytes:
    """What a page of our own would send."""
    own = f"127.0.0.1:{running.port}"
    headers = {"Host": own, "Origin": f"http://{own}", "Connection": "close", "Content-Length": str(len(body)), **more}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def alive(running: Running) -> bool:
    return running.get("/")[0] == 200


# --- As a static host ----------------------------------------------------------------------------------------


def test_pages_are_dressed_and_files_are_not(running: Running) -> None:
    status, headers, page = running.get("/2025/05/bridge/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.count(b"/.digest/preview.js") == 1
    assert running.get("/plain.html")[2] == b"<body>as it is</body>"
    assert b"preview.js" not in running.get("/feed.xml")[2]
    assert running.get("/2025/05/bridge")[0] == 301
    assert running.get("/nothing/")[0] == 404
    assert running.get("/foreign.txt")[0] == 404


def test_head_is_get_without_a_body(running: Running) -> None:
    head, get = running.get("/feed.xml", "HEAD"), running.get("/feed.xml")
    assert head[2] == b""
    assert {**head[1], "date": ""} == {**get[1], "date": ""}


def test_validators_and_ranges(running: Running) -> None:
    etag = running.get("/big.bin")[1]["etag"]
    assert running.get("/big.bin", If_None_Match=etag)[0::2] == (304, b"")
    part = running.get("/big.bin", Range="bytes=10-19")
    assert (part[0], part[2], part[1]["content-range"]) == (206, bytes(10), "bytes 10-19/3000000")


def test_nothing_of_the_preview_is_on_the_disk(running: Running, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert alive(running)
    for path in Path(tmp_path_factory.getbasetemp()).glob("web*/site/.digest/preview/**/*.html"):
        assert b"/.digest/" not in path.read_bytes()


def test_no_answer_allows_other_origins(running: Running) -> None:
    for path in ("/", "/feed.xml", "/.digest/preview.js", "/.digest/live"):
        for method in ("GET", "OPTIONS"):
            headers = running.get(path, method, Origin="http://evil.example", Access_Control_Request_Method="POST")[1]
            assert not [name for name in headers if name.startswith("access-control")]


def test_the_previews_own_pages_have_a_strict_policy(running: Running) -> None:
    for name in ("waiting.html", "phone.html", "feed.html"):
        status, headers, page = running.get(f"/.digest/{name}")
        assert status == 200
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert b"style=" not in page
        assert b"onclick" not in page
        assert b"<script>" not in page
        assert b"http" not in page
    assert running.get("/.digest/../serve.py")[0] in (400, 404)
    assert running.get("/.digest/%2e%2e/serve.py")[0] in (400, 404)
    assert running.get("/.digest/")[0] == 404


# --- The live stream -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/.digest/live", "/.digest/settings"])
def test_only_our_own_pages_may_speak(running: Running, path: str) -> None:
    own = f"http://127.0.0.1:{running.port}"
    for origin in (
        None,
        "null",
        "http://evil.example",
        f"http://localhost:{running.port}",
        f"https://127.0.0.1:{running.port}",
        own + "/",
    ):
        assert status_of(request(running, path.encode(), f"127.0.0.1:{running.port}", origin, "POST")) == 403
    assert status_of(request(running, path.encode(), f"127.0.0.1:{running.port}", own)) == 405
    twice = post(running, path, b"{}").replace(b"\r\nOrigin:", b"\r\nOrigin: null\r\nOrigin:")
    assert status_of(send(running, twice)) == 403


def test_a_page_elsewhere_is_refused_by_its_metadata_too(running: Running) -> None:
    headers = {"Origin": f"http://127.0.0.1:{running.port}", "Sec_Fetch_Site": "cross-site", "Content_Length": "0"}
    assert running.get("/.digest/live", "POST", **headers)[0] == 403


def test_the_stream_tells_the_hash_of_the_page(running: Running) -> None:
    body = json.dumps({"page": "/2025/05/bridge/", "assets": ["/assets/style.css", "//evil/x", 7]})
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as connection:
        connection.sendall(post(running, "/.digest/live", body.encode()))
        found = b""
        while b'"ready": true' not in found:
            found += connection.recv(65536)
    assert running.get("/2025/05/bridge/")[2].split(b'data-preview="')[1][:32] in found
    assert b'"/assets/style.css": "' in found
    assert alive(running)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000, b'{"x": "' + b"y" * 70_000 + b'"}'])
def test_what_no_page_of_ours_would_say(running: Running, body: bytes) -> None:
    for path in ("live", "settings"):
        assert status_of(send(running, post(running, f"/.digest/{path}", body))) == 400
    assert alive(running)


SENSELESS = """
{"drafts": 1}
{"drafts": true, "x": 1}
{"drafts": true, "as_of": "soon"}
{"drafts": true, "base": "//evil.example"}
{"drafts": true, "base": "/a?b"}
{"drafts": true, "base": "a"}
{"drafts": true, "base": "/a/../b"}
{"drafts": true, "base": "/a/"}
"""


@pytest.mark.parametrize("said", SENSELESS.split("\n")[1:-1])
def test_settings_that_make_no_sense(running: Running, said: str) -> None:
    assert status_of(send(running, post(running, "/.digest/settings", said.encode()))) == 400


# --- Hostile requests ----------------------------------------------------------------------------------------


def addresses() -> list[bytes]:
    """Two hundred addresses that lead out, elsewhere, nowhere, or are none."""
    up = [
        b"..",
        b"%2e%2e",
        b".%2e",
        b"%2E.",
        b"%252e%252e",
        b"%c0%ae%c0%ae",
        b"%uff0e%uff0e",
        b"..;",
        b"..%00",
        b"....",
    ]
    slash = [b"/", b"%2f", b"\\", b"%5c", b"%252f", b"//"]
    goals = [b"outside.txt", b"note.txt", b"content/site.yaml"]
    made = [b"/" + a + s + g for a, s, g in itertools.product(up, slash, goals)]
    made += [
        b"//evil.example", b"//evil.example/%2f..", b"/%2f%2fevil.example", b"///evil.example", b"/\\evil.example",
        b"/foreign.txt", b"/.digest-manifest", b"/.digest/preview/foreign.txt", b"/.digest/../note.txt",
        b"/.digest/%2e%2e", b"/%00", b"/index.html%00.txt", b"/%0d%0aX-Evil:%20y", b"/%ff%fe", b"/%zz", b"/%", b"*", b"http://evil.example/",
        b"/.git/config", b"/etc/passwd",
    ]  # fmt: skip
    return made[:200]


def test_hostile_requests_get_nothing_and_a_status(running: Running) -> None:
    port = running.port
    hosts = [
        f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "evil.example", f"evil.example:{port}",
        f"127.0.0.1.evil.example:{port}", "127.0.0.1", "", f"127.0.0.1:{port}@evil.example", f"127.0.0.1:{port + 1}",
    ]  # fmt: skip
    own = hosts[:3]
    origins = [
        None, "null", f"http://127.0.0.1:{port}", f"http://localhost:{port}", "http://evil.example", "file://",
        f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port}.evil.example",
    ]  # fmt: skip
    paths = addresses()
    assert len(paths) == 200
    every = list(itertools.product(paths, hosts, origins))
    for path, host, origin in every if FULL else random.Random(1).sample(every, 600):
        answer = request(running, path, host, origin)
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert SECRET.encode() not in answer
        assert b"traceback" not in answer.lower()
        assert b"\r\nx-evil" not in head
        assert b"\r\nlocation" not in head
        assert status_of(answer) in ({400, 404} if host in own else {400, 403}), (path, host, origin, answer[:200])
    assert alive(running)


def test_foreign_hosts_get_not_even_a_page(running: Running) -> None:
    for host in ("evil.example", f"evil.example:{running.port}", "localhost"):
        assert status_of(request(running, b"/", host)) == 403
    assert status_of(send(running, b"GET / HTTP/1.0\r\n\r\n")) == 403
    twice = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert status_of(send(running, twice.encode())) in (400, 403)


def noise(chance: random.Random, port: int) -> bytes:
    """A request with some of its parts broken."""
    method = chance.choice([b"GET", b"HEAD", b"POST", b"\x00", b"G T", b"", b"PRI", chance.randbytes(5)])
    path = b"/" + chance.choice(
        [b"", b"feed.xml", b".digest/live", b".digest/", chance.randbytes(20), b"a" * 9000, b"%" * 50]
    )
    host = f"127.0.0.1:{port}".encode()
    version = chance.choice([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9", b"", chance.randbytes(4)])
    lines = [method + b" " + path + b" " + version]
    lines += [b"Host: " + host] if chance.random() < 0.8 else []
    for name in chance.sample([b"Range", b"If-None-Match", b"If-Modified-Since", b"Content-Length",
                               b"Transfer-Encoding",
                               b"Origin", b"Upgrade", b"Connection", b"Expect", chance.randbytes(6)], 3):  # fmt: skip
        value = chance.choice([b"bytes=0-", b"bytes=-1,2", b"-1", b"9" * 30, b"chunked", b"websocket", b"100-continue",
                               b"http://" + host, b'"', chance.randbytes(12)])  # fmt: skip
        lines.append(name + b": " + value)
    end = chance.choice([b"\r\n\r\n", b"\r\n\r\n", b"\r\n\r\n", b"\n\n", b"", b"\r\n\r\n" + chance.randbytes(40)])
    return b"\r\n".join(lines) + end


def test_noise_is_survived_in_silence(running: Running) -> None:
    chance = random.Random(2)
    for _ in range(10_000 if FULL else 300):
        try:
            answer = send(running, noise(chance, running.port), end=True)
        except ConnectionError:
            continue  # the server may hang up on what is no HTTP
        assert SECRET.encode() not in answer
        assert status_of(answer) != 500, answer
    assert alive(running)


def test_clients_that_leave_are_not_missed(running: Running) -> None:
    own = f"127.0.0.1:{running.port}"
    live = post(running, "/.digest/live", b"{}")
    whole = f"GET /big.bin HTTP/1.1\r\nHost: {own}\r\n\r\n".encode()
    for number in range(1000 if FULL else 100):
        send(running, [live, whole, whole[:-20], live[:-1], b""][number % 5], wait=False)
    assert alive(running)
    assert running.process.poll() is None
