"""A real browser opens every page of a site full of hostile texts, hovers and clicks, and nothing happens.

Every payload calls one function, ``alarm``, that the test gives to each page. The site is served under the policy
that README promises, and once more without any, so that the policy hides no fault of the sanitiser.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, sync_playwright

import payloads
import sites

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.flaky(reruns=1)]

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'none'; base-uri 'none'"

WATCH = """
window.addEventListener("securitypolicyviolation", (event) => {
  violated(`${location.pathname}: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
"""

FRAMES = "/frames-of-the-test"
"""The address of an empty page of the test's own server, without a policy, that holds the pages under test."""

OPEN = """(urls) => Promise.all(urls.map((url) => new Promise((opened) => {
  const frame = document.createElement("iframe");
  frame.onload = () => opened();
  frame.width = 400;
  frame.src = url;
  document.body.append(frame);
})))"""

EXERCISE = """() => {
  const kinds = ["pointerover", "mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "dblclick", "focus",
    "focusin", "keydown", "input", "change", "toggle", "beforetoggle", "load", "error", "animationstart", "wheel",
    "contextmenu", "beforematch", "submit", "scroll", "pageshow"];
  return [...document.querySelectorAll("iframe")].map((frame) => {
    const view = frame.contentWindow;
    const stay = (event) => {
      const link = event.target.closest?.("a[href]");
      if (link && /^(https?|mailto):$/.test(link.protocol)) event.preventDefault();
    };
    view.addEventListener("click", stay, true);
    for (const one of view.document.querySelectorAll("*")) {
      const loud = one.getAttributeNames().some((name) => name.startsWith("on"));
      for (const kind of loud ? kinds : []) one.dispatchEvent(new view.Event(kind, { cancelable: true }));
      if (loud || one.matches("a, area, button, input, summary, [tabindex]")) {
        one.focus?.({ preventScroll: true });
        one.click?.();
      }
    }
    frame.scrollIntoView();
    const text = view.document.querySelector("main .prose") ?? view.document.querySelector("h1");
    text.scrollIntoView();
    const box = text.getBoundingClientRect(), outer = frame.getBoundingClientRect();
    return [outer.x + box.x + 8, outer.y + box.y + Math.min(box.height, 20) / 2];
  });
}"""
"""Does to every element that could answer what a reader could do, and what a browser does by itself.

A link to a page stays where it is, while one with another scheme does what it does. Returns where the texts begin.
"""

LOCATIONS = """() => [...document.querySelectorAll("iframe")].map((frame) => frame.contentWindow.location.pathname)"""

SETTLED = """() => [...document.querySelectorAll("iframe")].every(({ contentDocument: inside }) =>
  inside?.readyState === "complete" && inside.body && !inside.querySelector("meta[http-equiv=refresh]"))"""
"""Whether every frame shows the page it comes to rest at: an old address leads on just after it was opened."""

AT_ONCE = 16
"""Pages side by side. Opening them one by one takes a browser three times as long."""


class Server(SimpleHTTPRequestHandler):
    """Serves a folder, with the policy or without."""

    policy = ""

    def end_headers(self) -> None:
        """Send the policy with every file."""
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def do_GET(self) -> None:
        """Serve a file, or the empty page."""
        if self.path != FRAMES:
            super().do_GET()
            return
        data = b"<!DOCTYPE html><title>x</title><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(data)))
        SimpleHTTPRequestHandler.end_headers(self)
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class Guarded(Server):
    policy = POLICY


class Threads(ThreadingHTTPServer):
    """A server that keeps as many callers waiting as a browser sends at once."""

    request_queue_size = 128


class Seen(NamedTuple):
    """What happened while all pages were open."""

    pages: list[str]
    calls: list[str]
    violations: list[str]
    requests: list[str]
    moved: list[str]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is published of a site with every payload."""
    folder = sites.write(tmp_path_factory.mktemp("hostile"), dict(payloads.hostile_site()))
    report = sites.run(folder, jobs=2)
    assert report.published is not None
    return folder / "output"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no Chromium here; .ci/run installs it")
    return found


@contextmanager
def served(folder: Path, kind: type[Server]) -> Iterator[str]:
    """The address of a server for ``folder`` while it runs."""
    server = Threads(("127.0.0.1", 0), partial(kind, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def addresses(output: Path, *suffixes: str) -> list[str]:
    return sorted(path.relative_to(output).as_posix() for path in output.rglob("*") if path.suffix in suffixes)


def visited(chromium: str, origin: str, paths: list[str]) -> Seen:
    """Open every page and use it."""
    seen = Seen([], [], [], [], [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        context = browser.new_context(base_url=origin, viewport={"width": 480, "height": 320})
        watch(context, origin, seen)
        page = context.new_page()
        for start in range(0, len(paths), AT_ONCE):
            use(page, paths[start : start + AT_ONCE], seen)
        context.close()
        browser.close()
    return seen


def watch(context: BrowserContext, origin: str, seen: Seen) -> None:
    """Note calls, violations, requests to other hosts, dialogs and messages of the console on a policy."""
    context.expose_function("alarm", lambda *_: seen.calls.append("alarm"))
    context.expose_function("violated", lambda words: seen.violations.append(words))
    context.add_init_script(WATCH)

    def requested(request: Request) -> None:
        if not request.url.startswith(f"{origin}/"):
            seen.requests.append(request.url)

    context.on("request", requested)

    def asked(dialog: Dialog) -> None:
        seen.calls.append(dialog.message)
        dialog.dismiss()

    def told(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            seen.violations.append(message.text)

    context.on("dialog", asked)
    context.on("console", told)


def use(page: Page, paths: list[str], seen: Seen) -> None:
    """Open the pages at ``paths`` side by side in frames, hover over the text of the last, click, use every element."""
    page.goto(FRAMES)
    page.evaluate(OPEN, [f"/{quote(path)}" for path in paths])
    page.wait_for_function(SETTLED)
    places = page.evaluate(EXERCISE)
    for x, y in places[-1:]:
        page.mouse.click(x, y)  # moves there first, and so hovers
    for path, url in zip(paths, page.evaluate(LOCATIONS), strict=True):
        allowed = {f"/{path}", "/2025/05/moved/"} if path.startswith("old/") else {f"/{path}"}
        if unquote(url) not in allowed:
            seen.moved.append(f"{path}: {url}")
        seen.pages.append(path)


@pytest.fixture(scope="module", params=[Guarded, Server], ids=["with the policy", "without a policy"])
def seen(request: pytest.FixtureRequest, output: Path, chromium: str) -> Iterator[Seen]:
    """All pages under the policy; without it those of the families that a browser alone could stop."""
    paths = addresses(output, ".html")
    if request.param is Server:
        paths = [path for path in paths if re.search(r"/(?:body-(?:event|link)|prose|line)-|^[^/]*$", path)]
    with served(output, request.param) as origin:
        yield visited(chromium, origin, paths)


def test_every_page_was_opened(seen: Seen, output: Path) -> None:
    assert len(seen.pages) > len(payloads.LINES) * 2
    assert set(seen.pages) <= set(addresses(output, ".html"))


def test_no_payload_calls_the_alarm(seen: Seen) -> None:
    assert seen.calls == []


def test_no_other_host_is_asked_for_anything(seen: Seen) -> None:
    assert seen.requests == []


def test_no_page_breaks_the_policy(seen: Seen) -> None:
    assert seen.violations == []


def test_no_page_leads_away_by_itself(seen: Seen) -> None:
    assert seen.moved == []


def test_a_feed_opened_in_a_browser_runs_nothing(output: Path, chromium: str) -> None:
    paths = [path for path in addresses(output, ".xml", ".json", ".opml", ".txt") if path.count("/") <= 1]
    paths += [path for path in addresses(output, ".xml") if path.startswith("topics/lines")]
    with served(output, Server) as origin:
        found = Seen([], [], [], [], [])
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = browser.new_context(accept_downloads=False)
            watch(context, origin, found)
            page = context.new_page()
            for path in paths:
                if path.endswith((".xml", ".json", ".txt")):
                    page.goto(f"{origin}/{quote(path)}")
            browser.close()
    assert (found.calls, found.requests) == ([], [])


def test_the_alarm_and_the_policy_are_watched_at_all(tmp_path: Path, chromium: str) -> None:
    bad = '<!DOCTYPE html><title>x</title><h1>x</h1><img src=x onerror=alarm()><img src="http://a.invalid/x.png">'
    (tmp_path / "bad.html").write_text(f"{bad}<a href='javascript:alarm()'>x</a>", encoding="utf-8")
    with served(tmp_path, Server) as origin:
        found = visited(chromium, origin, ["bad.html"])
        assert len(found.calls) >= 2
        assert found.requests == ["http://a.invalid/x.png"]
    with served(tmp_path, Guarded) as origin:
        found = visited(chromium, origin, ["bad.html"])
        assert found.calls == []
        assert len(found.violations) >= 2
