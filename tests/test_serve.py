"""The preview as an editor meets it: a real server, a real Chromium, real saves."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from previews import PATIENCE, Running, chromium, preview
from sites import article, write

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.flaky(reruns=1)]
expect.set_options(timeout=PATIENCE * 1000)

HERE = "content/articles/2025-05-11-bridge.md"
OTHER = "content/articles/2025-05-10-harbour.md"
LONG = "\n\n".join(f"Paragraph {number} of a long text about the bridge." for number in range(120))
THEME = Path(__file__).parents[1] / "templates"
SITE: dict[str, str | bytes | None] = {
    HERE: article("The bridge", body=LONG),
    OTHER: article("The harbour"),
    "content/articles/2025-05-09-secret.md": article("The secret plan", draft="true"),
    "content/articles/2025-06-20-later.md": article("The opening", date="2025-06-20"),
    "content/topics.yaml": "- slug: world\n  title: World\n",
    "content/static/plan.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "templates/assets/style.css": "body { --mark: one; }",
    "templates/index.html": THEME.joinpath("index.html").read_text(encoding="utf-8"),
}


LIVE = "html[data-preview='live']"
"""The root of a page that listens for changes."""


class Desk(NamedTuple):
    """A site that is being written, its preview, and a browser that looks at the article HERE."""

    site: Path
    running: Running
    page: Page

    def save(self, name: str, text: str | bytes | None) -> None:
        write(self.site, {name: text})

    def settled(self) -> None:
        """Wait until the page shows the last good site, without any problem.

        A selector is waited for, since a function would be evaluated in the page, which a policy may forbid.
        """
        self.page.wait_for_selector(f"{LIVE}[data-preview-problems='0']", state="attached")

    def becomes_true(self, expression: str) -> None:
        """Wait until ``expression`` is true of the page, asking from outside for the same reason."""
        until = time.monotonic() + PATIENCE
        while not self.page.evaluate(expression):
            assert time.monotonic() < until, f"never true: {expression}"
            self.page.wait_for_timeout(20)

    def overlay(self) -> str:
        """What the overlay says, once it is there."""
        expect(self.page.get_by_role("alertdialog")).to_be_visible()
        return self.page.get_by_role("alertdialog").inner_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    """A preview of its own for each test, so that no build owed to another test comes in between."""
    site = write(tmp_path / "site", SITE)
    pattern = "vscode://file{path}:{line}:{column}"
    with preview(site, "--as-of", "2025-06-10", "--editor", pattern) as running, browser.new_context() as context:
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        foreign: list[str] = []
        page.on(
            "request", lambda one: None if one.url.startswith((running.address, "about:")) else foreign.append(one.url)
        )
        page.goto(f"{running.address}/2025/05/bridge/")
        made = Desk(site, running, page)
        made.settled()
        page.evaluate("window.kept = true")
        yield made
        assert foreign == []
        assert running.stop() == 0
        said = "\n".join(running.lines)
        assert "Traceback" not in said, said
        assert "failed" not in said, said
        assert not (site / "output").exists()


# --- Save and see --------------------------------------------------------------------------------------------


def test_a_save_changes_the_page(desk: Desk) -> None:
    desk.save(HERE, article("A new headline", body=LONG + "\n\nThe last word."))
    expect(desk.page.locator("h1")).to_have_text("A new headline")
    expect(desk.page.locator(".prose")).to_contain_text("The last word.")
    expect(desk.page).to_have_title("A new headline | World | The Courier")


def test_the_front_is_followed_too_whatever_its_template_is_called(desk: Desk) -> None:
    desk.page.goto(f"{desk.running.address}/")
    desk.settled()
    desk.save(HERE, article("On the front", body=LONG))
    expect(desk.page.locator("main")).to_contain_text("On the front")


@pytest.mark.parametrize("y", [0, 700, 1500])
def test_the_scroll_position_stays(desk: Desk, y: int) -> None:
    desk.page.evaluate("y => window.scrollTo(0, y)", y)
    desk.save(HERE, article("The bridge", body=LONG + "\n\nMore."))
    expect(desk.page.locator(".prose")).to_contain_text("More.")
    assert desk.page.evaluate("scrollY") == y


def test_the_scroll_position_outlives_a_reload(desk: Desk) -> None:
    desk.page.evaluate("window.scrollTo(0, 900)")
    desk.save(
        "content/site.yaml",
        "title: The Herald\nurl: https://courier.example\nnotice: {text: No cookies., accept: Well}\n",
    )
    expect(desk.page.locator(".masthead .name")).to_have_text("The Herald")
    desk.settled()
    assert desk.page.evaluate("window.kept") is None
    assert abs(desk.page.evaluate("scrollY") - 900) < 2
    desk.save("content/site.yaml", "title: The Courier\nurl: https://courier.example\n")
    expect(desk.page.locator(".masthead .name")).to_have_text("The Courier")


def test_a_style_sheet_is_swapped_without_a_reload(desk: Desk) -> None:
    desk.save("templates/assets/style.css", "body { --mark: two; }")
    desk.becomes_true("getComputedStyle(document.body).getPropertyValue('--mark').trim() === 'two'")
    desk.becomes_true("document.querySelectorAll('link[rel=stylesheet]').length === 1")
    assert desk.page.evaluate("window.kept") is True


def test_a_template_is_followed(desk: Desk) -> None:
    theme = THEME.joinpath("article.html").read_text(encoding="utf-8")
    desk.save("templates/article.html", theme.replace("<article>", '<article id="mine">', 1))
    expect(desk.page.locator("#mine")).to_be_visible()
    desk.save("templates/article.html", None)
    expect(desk.page.locator("#mine")).to_have_count(0)


def test_every_tab_follows(desk: Desk) -> None:
    front = desk.page.context.new_page()
    front.goto(f"{desk.running.address}/")
    front.wait_for_selector(LIVE, state="attached")
    desk.save(HERE, article("Seen in all tabs", body=LONG))
    expect(desk.page.locator("h1")).to_have_text("Seen in all tabs")
    expect(front.locator("main")).to_contain_text("Seen in all tabs")


def test_the_edited_page_is_offered(desk: Desk) -> None:
    desk.save(OTHER, article("The harbour", body="New text."))
    expect(desk.page.get_by_role("link", name="Edited: /2025/05/harbour/")).to_be_visible()
    desk.page.get_by_role("link", name="Edited: /2025/05/harbour/").click()
    expect(desk.page.locator("h1")).to_have_text("The harbour")


def test_a_new_article_appears_and_a_removed_one_goes(desk: Desk) -> None:
    desk.page.goto(f"{desk.running.address}/2025/05/new/")
    desk.settled()
    desk.save("content/articles/2025-05-12-new.md", article("Brand new"))
    expect(desk.page.locator("h1")).to_have_text("Brand new")
    desk.save("content/articles/2025-05-12-new.md", None)
    expect(desk.page.locator("h1")).not_to_have_text("Brand new")


def test_one_rebuild_for_each_save_and_none_without(desk: Desk) -> None:
    time.sleep(1.5)  # the sweep that confirms the last change may come yet
    before = desk.running.builds()
    for number in range(20):
        said = len(desk.running.lines)
        desk.save(HERE, article(f"Save {number}", body=LONG))
        expect(desk.page.locator("h1")).to_have_text(f"Save {number}")
        desk.running.says(f"{HERE} changed", said)  # saves that come while a build runs are built together
    for path in desk.site.rglob("content/**/*"):
        if path.is_file():
            path.read_bytes()
            path.touch()
    time.sleep(4)  # longer than a sweep takes to come
    assert desk.running.builds() == before + 20


def test_the_terminal_says_what_why_and_how_long(desk: Desk) -> None:
    after = len(desk.running.lines)
    desk.save(HERE, article("Said on the terminal", body=LONG))
    line = desk.running.says(HERE, after)
    assert f"{HERE} changed: " in line
    assert "/2025/05/bridge/ headline changed" in line
    assert line.endswith((" s", " ms"))


# --- Mistakes ------------------------------------------------------------------------------------------------

GOOD = article("The bridge", body=LONG)
MISTAKES: dict[str, tuple[str, str | bytes, str]] = {
    "an unclosed quote": (HERE, GOOD.replace('title: "The bridge"', 'title: "The bridge'), "yaml-syntax"),
    "no date": (HERE, GOOD.replace("date: 2025-05-11\n", ""), "missing-field"),
    "a 45th day of a 13th month": (HERE, GOOD.replace("2025-05-11", "2026-13-45"), "bad-date"),
    "the key tagz": (HERE, GOOD.replace("topics:", "tagz: [a]\ntopics:"), "unknown-key"),
    "tags that are no list": (HERE, GOOD.replace("topics:", "tags: world, science\ntopics:"), "wrong-type"),
    "a list as a title": (HERE, GOOD.replace('"The bridge"', "[The, bridge]"), "wrong-type"),
    "a key twice": (HERE, GOOD.replace("topics:", "title: Twice\ntopics:"), "yaml-duplicate-key"),
    "two entries at one address": (OTHER, article("Again", permalink="/2025/05/bridge/"), "same-address"),
    "a link that leads nowhere": (HERE, article("The bridge", body="[there](/2025/05/nowhere/)"), "dead-link"),
    "a reference that leads nowhere": (HERE, article("The bridge", body="[there][nowhere]"), "undefined-reference"),
    "an image that is not there": (HERE, article("The bridge", body="![A plan](/plans.svg)"), "missing-image"),
    "a variable that is not there": (
        "templates/parts/byline.html",
        "{% macro byline(page, site) %}{{ page.nobody.name }}{% endmacro %}{% macro moment(date) %}{% endmacro %}",
        "template-undefined",
    ),
    "a template that can't be read": ("templates/article.html", "{% if %}", "template-syntax"),
    "a data file that can't be read": ("content/topics.yaml", "- slug: [world\n", "yaml-syntax"),
    "no front matter": (HERE, "Just a text.", "no-front-matter"),
    "text that is not UTF-8": (HERE, GOOD.encode().replace(b"Paragraph 3", b"Paragr\xe4ph 3"), "not-utf8"),
}  # fmt: skip


def test_sixteen_mistakes_come_and_go(desk: Desk) -> None:
    assert len(MISTAKES) == 16
    for what, (name, text, code) in MISTAKES.items():
        desk.save(name, text)
        assert code in desk.overlay(), what
        assert desk.page.locator("h1").inner_text() == "The bridge", f"{what}: the last good site must stay up"
        if name in SITE:
            desk.save(name, SITE[name])
        else:
            desk.save(name, None)
        expect(desk.page.get_by_role("alertdialog")).to_be_hidden()
        desk.settled()
    assert desk.page.evaluate("window.kept") is True


def test_all_problems_are_shown_with_their_place_hint_and_editor(desk: Desk) -> None:
    desk.save(HERE, GOOD.replace("topics:", "tagz: [a]\ntopics:"))
    desk.save(OTHER, article("The harbour", date="2025-02-30"))
    expect(desk.page.get_by_role("alertdialog").locator("li")).to_have_count(2)
    said = desk.overlay()
    assert f"{HERE}:4:1" in said
    assert 'did you mean "tags"?' in said
    assert "tagz: [a]" in said
    link = desk.page.get_by_role("alertdialog").get_by_role("link", name=f"{HERE}:4:1")
    assert link.get_attribute("href") == f"vscode://file{desk.site}/{HERE}:4:1"


def test_the_overlay_can_be_reached_read_and_left_by_keyboard(desk: Desk) -> None:
    desk.save(HERE, "no front matter")
    dialog = desk.page.get_by_role("alertdialog", name="1 error: this is the last good site")
    expect(dialog).to_be_visible()
    expect(dialog).to_be_focused()
    desk.page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Hide")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    desk.page.get_by_role("button", name="1 error").click()
    expect(dialog).to_be_visible()


def test_quoted_content_stays_text(desk: Desk) -> None:
    desk.save(
        HERE,
        '---\ntitle: <img src=x onerror="window.hacked=1"><script>1</script>\ndate: <b>\ntopics: [world]\n---\n',
    )
    assert "bad-date" in desk.overlay()
    desk.save(HERE, '---\n<img src=x onerror="window.hacked=1">: "</script><svg onload=window.hacked=1>\n---\n')
    desk.page.wait_for_selector("html:not([data-preview-problems='0'])", state="attached")
    expect(desk.page.get_by_role("alertdialog")).to_contain_text("<img src=x onerror=")
    assert desk.page.get_by_role("alertdialog").locator("img, script, svg, b").count() == 0
    assert desk.page.evaluate("window.hacked") is None


def test_a_site_that_is_broken_from_the_start(tmp_path: Path, browser: Browser) -> None:
    site = write(tmp_path, {HERE: "no front matter"})
    with preview(site) as running, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{running.address}/2025/05/bridge/")
        expect(page.get_by_role("alertdialog")).to_contain_text("no-front-matter")
        write(site, {HERE: article("Mended")})
        expect(page.locator("h1")).to_have_text("Mended")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux names the children of a process")
def test_a_large_site_shows_its_front_while_it_is_built(tmp_path: Path, browser: Browser) -> None:
    """The process that builds stands still until the browser has seen what there is without it."""
    names = [f"content/articles/2024/2024-{1 + n % 12:02}-{1 + n % 28:02}-no-{n}.md" for n in range(520)]
    site = write(tmp_path, {name: article(f"Story {name[36:-3]}", date=name[22:32]) for name in names})
    write(site, {HERE: article("The bridge")})
    running = Running([sys.executable, "-m", "digest", "serve", str(site), "--port", "0"], held=True)
    try:
        with browser.new_context() as context:
            page, waiting = context.new_page(), context.new_page()
            waiting.goto(f"{running.address}/2024/01/no-0/")
            expect(waiting.locator("h1")).to_have_text("The site is being built")
            page.goto(f"{running.address}/")
            expect(page.locator("h2").first).to_contain_text("The bridge")
            waiting.evaluate("window.kept = true")
            page.goto(f"{running.address}/2025/05/bridge/")
            expect(page.locator("h1")).to_contain_text("The bridge")
            assert running.builds() == 0
            assert waiting.evaluate("window.kept") is True
            os.kill(running.builder, signal.SIGCONT)
            expect(waiting.locator("h1")).to_have_text("Story 0")
            expect(page.locator(".related")).to_be_visible()
    finally:
        os.kill(running.builder, signal.SIGCONT)
        running.stop()


# --- Drafts, days, bars --------------------------------------------------------------------------------------


def test_drafts_and_withheld_entries_have_a_badge(desk: Desk) -> None:
    desk.page.goto(f"{desk.running.address}/2025/05/secret/")
    expect(desk.page.locator("header .badge")).to_have_text("Draft")
    desk.page.goto(f"{desk.running.address}/2025/06/later/")
    expect(desk.page.locator("header .badge")).to_have_text("Withheld")


def test_the_bar_switches_drafts_day_and_base_path(desk: Desk) -> None:
    page, address = desk.page, desk.running.address
    page.goto(f"{address}/2025/06/later/")
    desk.settled()
    page.locator("summary").click()
    page.get_by_label("drafts").uncheck()
    expect(page.locator("h1")).to_have_text("Page not found")
    page.get_by_label("As of").fill("2025-07-01")
    page.get_by_label("As of").press("Enter")
    expect(page.locator("h1")).to_have_text("The opening")
    expect(page.locator("header .badge")).to_have_count(0)
    desk.settled()
    page.get_by_label("Base path").fill("/some/path")
    page.get_by_label("Base path").press("Enter")
    expect(page).to_have_url(f"{address}/some/path/2025/06/later/")
    expect(page.locator(".masthead .name a")).to_have_attribute("href", "/some/path/")
    desk.settled()
    page.get_by_label("Base path").fill("/")
    page.get_by_label("Base path").press("Enter")
    expect(page).to_have_url(f"{address}/2025/06/later/")
    desk.settled()
    page.get_by_label("As of").fill("someday")
    page.get_by_label("As of").press("Enter")
    expect(page.locator(".wrong")).to_contain_text("2025-05-11")
    page.get_by_label("As of").fill("2025-06-10")
    page.get_by_label("As of").press("Enter")
    expect(page.locator(".wrong")).to_be_empty()
    expect(page.locator("h1")).to_have_text("Page not found")
    desk.settled()
    page.get_by_label("drafts").check()
    expect(page.locator("header .badge")).to_have_text("Withheld")


def test_an_address_outside_the_base_path_stays_a_missing_page(desk: Desk) -> None:
    page, address = desk.page, desk.running.address
    page.locator("summary").click()
    page.get_by_label("Base path").fill("/some/path")
    page.get_by_label("Base path").press("Enter")
    expect(page).to_have_url(f"{address}/some/path/2025/05/bridge/")
    page.goto(f"{address}/2025/05/harbour/")
    expect(page.locator("h1")).to_have_text("Page not found")
    desk.settled()
    page.evaluate("window.kept = true")
    after = len(desk.running.lines)
    desk.save(HERE, article("A new headline", body=LONG))
    desk.running.says(f"{HERE} changed", after)
    desk.settled()
    assert page.evaluate("window.kept") is True
    assert page.url == f"{address}/2025/05/harbour/"


def test_a_page_that_was_loaded_again_in_between_follows_the_base_path_too(desk: Desk) -> None:
    desk.page.evaluate("sessionStorage.setItem('base', '=/2025')")  # what it heard before it was loaded again
    desk.page.reload()
    expect(desk.page).to_have_url(f"{desk.running.address}/05/bridge/")


def test_the_dark_scheme(desk: Desk) -> None:
    desk.save("templates/assets/style.css", "body{--mark:light}@media(prefers-color-scheme:dark){body{--mark:dark}}")
    desk.becomes_true("getComputedStyle(document.body).getPropertyValue('--mark').trim() === 'light'")
    desk.page.locator("summary").click()
    desk.page.get_by_role("button", name="Dark").click()
    mark = "getComputedStyle(document.body).getPropertyValue('--mark').trim()"
    assert desk.page.evaluate(mark) == "dark"
    desk.page.get_by_role("button", name="Dark").click()
    assert desk.page.evaluate(mark) == "light"


def test_the_phone(desk: Desk) -> None:
    desk.page.locator("summary").click()
    desk.page.get_by_role("link", name="Phone").click()
    frame = desk.page.frame_locator("iframe")
    expect(frame.locator("h1")).to_have_text("The bridge")
    assert desk.page.frames[1].evaluate("innerWidth") == 390
    desk.save(HERE, article("On the phone", body=LONG))
    expect(frame.locator("h1")).to_have_text("On the phone")


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
def test_a_feed_as_a_reader_shows_it(desk: Desk, name: str) -> None:
    desk.page.goto(f"{desk.running.address}/.digest/feed.html?feed=/{name}")
    expect(desk.page.locator("h1")).to_have_text("The Courier")
    expect(desk.page.locator("h2").first).to_have_text("The opening")
    frame = desk.page.frame_locator("iframe").first.locator("body")
    expect(frame).to_contain_text("Some text.")
    desk.becomes_true("document.querySelector('iframe').offsetHeight < 100")
    link = desk.page.get_by_role("link", name="The opening")
    expect(link).to_have_attribute("href", f"{desk.running.address}/2025/06/later/")
    desk.save("content/articles/2025-06-20-later.md", article("The closing", date="2025-06-20"))
    expect(desk.page.locator("h2").first).to_have_text("The closing")
    desk.page.goto(f"{desk.running.address}/.digest/feed.html?feed=https://evil.example/feed.xml")
    expect(desk.page.locator("h1")).to_have_text("This feed can’t be read")


def test_the_previews_code_obeys_the_policy_of_a_published_site(desk: Desk) -> None:
    policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'"

    def strict(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    said: list[str] = []
    desk.page.on("console", lambda one: said.append(one.text))
    desk.page.route("**/2025/05/bridge/", strict)
    desk.page.goto(f"{desk.running.address}/2025/05/bridge/")
    desk.settled()
    desk.save(HERE, "no front matter")
    assert "no-front-matter" in desk.overlay()
    desk.page.locator("summary").click()
    desk.page.get_by_role("button", name="Dark").click()
    assert [line for line in said if "Content Security Policy" in line or "Refused" in line] == []


def test_follow(tmp_path: Path, browser: Browser) -> None:
    site = write(tmp_path, SITE)
    with preview(site, "--follow", "--no-drafts", "--as-of", "2025-07-01") as running, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{running.address}/")
        page.wait_for_selector(LIVE, state="attached")
        write(site, {OTHER: article("The harbour", body="New text.")})
        expect(page).to_have_url(f"{running.address}/2025/05/harbour/")
        assert running.get("/2025/05/secret/")[0] == 404
        assert running.get("/2025/06/later/")[0] == 200
        assert "the site" not in "".join(running.lines)


# --- The program ---------------------------------------------------------------------------------------------


def serve(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "digest", "serve", *words], capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    site = write(tmp_path, SITE)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = serve(str(site), "--port", str(port))
    assert run.returncode == 2
    assert f"port {port} is taken by another program; port " in run.stderr
    assert "is free: --port " in run.stderr


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    run = serve(str(write(tmp_path, SITE)), "--host", "192.0.2.1", "--port", "0")
    assert (run.returncode, "can't listen on 192.0.2.1" in run.stderr) == (2, True)


def test_the_browser_is_opened_and_not_waited_for(tmp_path: Path) -> None:
    """A browser in the terminal runs until it is left; the preview goes on meanwhile."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\nexec sleep 20 >/dev/null 2>&1\n')
    browser.chmod(0o755)
    site = write(tmp_path / "site", SITE)
    with preview(site, "--open", before=["env", f"BROWSER={browser} %s"]) as running:
        until = time.monotonic() + PATIENCE
        opened = tmp_path / "opened"
        while not (opened.exists() and opened.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        assert opened.read_text() == f"{running.address}/\n"
        assert running.get("/")[0] == 200
        assert running.stop() == 0


def test_a_limit_on_watches_is_said_and_borne(tmp_path: Path) -> None:
    site = write(
        tmp_path, {**SITE, **{f"content/articles/{n}/2025-04-01-{n}.md": article(f"No {n}") for n in range(30)}}
    )
    limited = ["unshare", "-Ur", "sh", "-c", 'echo 20 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"']
    if (
        shutil.which("unshare") is None
        or subprocess.run([*limited, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this machine lets nobody make a user namespace with a limit of its own")
    with preview(site, before=limited) as running:
        assert "limit" in running.says("so all files are looked at every")
        for number in (3, 29):
            path = f"content/articles/{number}/2025-04-01-{number}.md"
            write(site, {path: article("Changed")})
            assert f"/2025/05/{number}/ headline changed" in running.says(f"{path} changed")


def test_all_interfaces_warn_and_still_check_the_host(tmp_path: Path) -> None:
    with preview(write(tmp_path, SITE), "--host", "0.0.0.0") as running:
        assert "everybody in this network" in running.lines[0]
        assert running.get("/")[0] == 200
        assert running.get("/", Host=f"evil.example:{running.port}")[0] == 403


def test_ctrl_c_leaves_at_once_and_leaves_nothing(tmp_path: Path, browser: Browser) -> None:
    site = write(tmp_path, SITE)
    with preview(site) as running, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{running.address}/")
        page.wait_for_selector(LIVE, state="attached")
        assert running.stop() == 0
        assert running.lines[-2:] == ["The preview has ended.", "(the end)"]
    with preview(site) as running:
        assert "started: no page changed" in running.lines[1]
        assert running.builds() == 1
