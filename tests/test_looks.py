"""The sample site as the HTML checker and a browser see it: on a phone and on a wide screen, in the default theme."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

import previews
import sites

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.flaky(reruns=1)]

CHECKER = Path(__file__).parents[1] / ".tools/node_modules/vnu-jar/build/dist/vnu.jar"

PAGES = [
    "/",
    "/2025/05/putin-proposes-direct-talks-in-istanbul/",
    "/2025/05/us-china-tariff-truce/",
    "/2025/04/power-cut-in-spain-and-portugal/",
    "/topics/world/",
    "/editions/2025-05-12/",
    "/editions/",
    "/about/",
    "/404.html",
]
"""One page of each kind."""

SMALL = """() => [...document.querySelectorAll("a[href], button:not([hidden])")].filter((one) => {
  if (one.closest(".prose, .standfirst, .skip")) return false;
  const whole = one.closest("h2, h3") && one.closest(".trail");
  const { width, height } = (whole || one).getBoundingClientRect();
  return Math.min(width, height) < 43.9;
}).map((one) => one.textContent.trim())"""
"""The texts of links and buttons with less than 44 pixels to hit. Links within a text are as high as its lines."""

FADE = """(end) => {
  const row = document.querySelector(".masthead ul");
  row.scrollTo({ left: end ? row.scrollWidth : 0, behavior: "instant" });
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(getComputedStyle(row).maskImage))));
}"""
"""The mask over the topics once they are drawn to their end, or not at all."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server for ``folder`` while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def output(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own site as published."""
    site = tmp_path_factory.mktemp("sample")
    shutil.copytree(repository / "content", site / "content")
    sites.built(site)
    return site / "output"


@pytest.fixture(scope="module", params=[390, 1280])
def page(request: pytest.FixtureRequest, output: Path) -> Iterator[Page]:
    """A browser of this width."""
    with served(output) as address, previews.chromium() as browser:
        yield browser.new_page(base_url=address, viewport={"width": request.param, "height": 844})


def test_the_html_checker_finds_nothing_to_say(output: Path) -> None:
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.skip("the Nu HTML checker or Java is missing; .ci/run installs both")
    command = [java, "-jar", str(CHECKER), "--skip-non-html", "--format", "json", str(output)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [
        f"{one.get('url', '').rpartition('output/')[2]}: {one['message']}" for one in json.loads(run.stderr)["messages"]
    ]
    assert not told, "\n".join(told[:50])


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_and_all_is_easy_to_hit(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SMALL) == []


def test_the_topics_fade_where_there_are_more(page: Page) -> None:
    page.goto("/topics/world/")
    narrow = page.evaluate("innerWidth") == 390
    assert (page.evaluate(FADE, False) != "none") is narrow
    assert page.evaluate(FADE, True) == "none"


def test_a_notice_that_was_accepted_stays_away(page: Page) -> None:
    page.goto("/about/")
    page.evaluate("localStorage.clear()")
    page.reload()
    button = page.locator(".notice button")
    assert button.bounding_box()["y"] < 844  # type: ignore[index]  # it is shown, so it has a box
    button.click()
    assert not page.locator(".notice").is_visible()
    page.goto("/cookies/")
    assert not page.locator(".notice").is_visible()
