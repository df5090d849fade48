"""The pipeline: what a build refuses, what it bears, and that it publishes all of a site or nothing."""

from __future__ import annotations

import fcntl
import re
import shutil
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import etree

import sites
from digest.build import CACHE, cache_file
from digest.problems import as_text
from digest.request import Request

FILES: dict[str, str | bytes | None] = {
    "content/articles/2025-05-11-vote.md": sites.article("Council votes"),
    "content/articles/2025-05-12-plan.md": sites.article("The plan", "2025-05-12", draft="true"),
}


# --- What is refused ---------------------------------------------------------------------------------------


def test_a_folder_that_is_no_site_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    report = sites.run(tmp_path)
    assert sites.codes(report) == ["no-site"]
    assert report.published is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", [".", "content", "content/static/out", "..", ".digest", "templates"])
def test_a_dangerous_output_folder_is_refused_before_anything_is_written(tmp_path: Path, output: str) -> None:
    site = sites.write(tmp_path / "site", FILES)
    before = sites.tree(tmp_path)
    assert sites.codes(sites.run(site, output=site / output)) == ["bad-output"]
    assert sites.tree(tmp_path) == before


def test_every_fault_of_a_site_is_told_in_one_run(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "content/articles/a.md": sites.article("A", date="yesterday"),
        "content/articles/b.md": sites.article("B", body="[x](/nowhere/)"),
        "content/pages/c.md": "no front matter",
        "content/summaries/d.yaml": (
            "date: 2025-05-12\nitems: [{title: D}, {title: E, url: 'https://e.example/', topics: [a]}]\n"
        ),
    }
    report = sites.run(sites.write(tmp_path, files))
    assert [(one.path, one.code) for one in report.problems] == [
        ("content/articles/a.md", "bad-date"),
        ("content/articles/b.md", "dead-link"),
        ("content/pages/c.md", "no-front-matter"),
        ("content/summaries/d.yaml", "missing-field"),
    ]
    assert all(one.line and one.column and one.hint for one in report.problems)
    assert not (tmp_path / "output").exists()


def test_a_site_that_can_not_be_understood_at_all_is_told(tmp_path: Path) -> None:
    report = sites.run(sites.write(tmp_path, {**FILES, "content/site.yaml": "title: x\n"}))
    assert (sites.codes(report), report.published) == (["missing-field"], None)


def test_a_fault_later_leaves_the_output_as_it_was(tmp_path: Path) -> None:
    before = sites.built(sites.write(tmp_path, FILES))
    report = sites.run(sites.write(tmp_path, {"content/articles/2025-05-11-vote.md": "---\n---\n"}))
    assert report.published is None
    assert sites.tree(tmp_path / "output") == before


# --- What is asked of it -----------------------------------------------------------------------------------


def test_warnings_do_not_keep_a_site_from_being_published_unless_they_are_to_count(tmp_path: Path) -> None:
    sites.write(tmp_path, {**FILES, "content/articles/map.png": b"png"})
    report = sites.run(tmp_path)
    assert sites.codes(report) == ["unknown-file"]
    assert report.published is not None
    strict = sites.run(tmp_path, strict=True)
    assert (sites.codes(strict), strict.published) == (["unknown-file"], None)


def test_a_site_may_lower_what_loses_nothing(tmp_path: Path) -> None:
    dead: dict[str, str | bytes | None] = {"content/articles/2025-05-11-vote.md": sites.article("A", body="[x](/y/)")}
    assert sites.run(sites.write(tmp_path, dead)).published is None
    lowered = sites.SITE_YAML + "problems: {dead-link: warning}\n"
    report = sites.run(sites.write(tmp_path, {"content/site.yaml": lowered}))
    assert [(one.code, one.warning) for one in report.problems] == [("dead-link", True)]
    off = sites.SITE_YAML + "problems: {dead-link: 'off'}\n"
    assert sites.run(sites.write(tmp_path, {"content/site.yaml": off})).problems == ()


def test_old_entries_are_held_to_the_lenient_rule(tmp_path: Path) -> None:
    dead: dict[str, str | bytes | None] = {
        "content/site.yaml": sites.SITE_YAML + "problems_since: 2025-05-11\n",
        "content/articles/2025-05-10-old.md": sites.article("Old", "2025-05-10", body="[x](/y/)"),
        "content/articles/2025-05-11-new.md": sites.article("New", "2025-05-11", body="[x](/y/)"),
    }
    report = sites.run(sites.write(tmp_path, dead))
    assert [(one.path[-6:], one.warning) for one in report.problems] == [("old.md", True), ("new.md", False)]


def test_drafts_are_shown_where_they_are_asked_for(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    assert "2025/05/plan/index.html" not in sites.built(tmp_path)
    shown = sites.built(tmp_path, drafts=True)["2025/05/plan/index.html"].decode()
    assert '<p class="badge">Draft</p>' in shown
    assert '<meta name="robots" content="noindex">' in shown


def test_an_as_of_without_a_zone_is_in_the_sites(tmp_path: Path) -> None:
    zoned = sites.SITE_YAML + "timezone: Asia/Tokyo\n"
    files: dict[str, str | bytes | None] = {
        "content/site.yaml": zoned,
        "content/articles/2025-05-11-vote.md": sites.article("Vote", "2025-05-11 09:00"),
    }
    sites.write(tmp_path, files)
    nine = datetime(2025, 5, 11, 9)  # noqa: DTZ001 - the zone is to come from the site
    assert "2025/05/vote/index.html" in sites.built(tmp_path, as_of=nine)
    assert "2025/05/vote/index.html" in sites.built(tmp_path, as_of=datetime(2025, 5, 11, 0, tzinfo=UTC))
    earlier = datetime(2025, 5, 10, 23, 59, 59, tzinfo=UTC)
    assert "2025/05/vote/index.html" not in sites.built(tmp_path, as_of=earlier)


# --- The cache ---------------------------------------------------------------------------------------------


def test_a_build_without_cache_leaves_none_and_gives_the_same_bytes(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    plain = sites.built(tmp_path, output=tmp_path / "plain", use_cache=False)
    assert sorted(path.name for path in (tmp_path / CACHE).iterdir()) == [".gitignore", "lock"]
    assert sites.built(tmp_path) == plain


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    before = sites.built(sites.write(tmp_path, FILES))
    cache = cache_file(Request(tmp_path, tmp_path / "output", sites.AS_OF))
    data = cache.read_bytes()
    cache.write_bytes(data[: len(data) // 2] + b"\0" * 100)
    assert sites.built(tmp_path) == before
    cache.write_bytes(b"not a database at all, but long enough to look at" * 100)
    assert sites.built(tmp_path) == before


def test_a_cache_that_was_removed_costs_no_byte(tmp_path: Path) -> None:
    before = sites.built(sites.write(tmp_path, FILES))
    cache_file(Request(tmp_path, tmp_path / "output", sites.AS_OF)).unlink()
    report = sites.run(tmp_path)
    assert report.published is not None
    assert report.published.written == ()
    assert sites.tree(tmp_path / "output") == before


def test_a_second_build_at_the_same_time_is_told_to_wait(tmp_path: Path) -> None:
    sites.built(sites.write(tmp_path, FILES))
    with (tmp_path / CACHE / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        report = sites.run(tmp_path)
        assert (sites.codes(report), report.published) == (["busy"], None)
        assert report.problems[0].hint == "wait for it to end, then build again"
        assert sites.run(tmp_path, preview=True, output=tmp_path / CACHE / "site").published is not None


def test_a_fault_of_the_disk_is_told_in_words(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    (tmp_path / CACHE).write_text("in the way", encoding="utf-8")
    report = sites.run(tmp_path)
    (found,) = report.problems
    assert (found.code, found.path) == ("output-write", str(tmp_path / CACHE))
    assert found.text == "the build could not go on: File exists"
    assert report.published is None


# --- Whole sites -------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """The addresses and ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.ids |= {value or "" for name, value in attrs if name == "id"}
        content = dict(attrs).get("content") or ""
        if tag == "meta" and ";" in content and "url=" in content:
            self.found.append(content.partition("url=")[2])


def dead(files: dict[str, bytes], url: str) -> list[tuple[str, str]]:
    """Every address on a page of the site at ``url`` that leads into it and to nothing."""
    pages = {}
    for path, data in files.items():
        if path.endswith(".html"):
            pages[path] = Links()
            pages[path].feed(data.decode())
    missing = []
    for path, page in pages.items():
        for target in page.found:
            whole = urlsplit(urljoin(f"{url}{path}", target))
            if not whole.geturl().startswith(url):
                if whole.netloc == urlsplit(url).netloc:
                    missing.append((path, target))
                continue
            file = unquote(whole.path)[len(urlsplit(url).path) :]
            file = f"{file}index.html" if not file or file.endswith("/") else file
            if file not in files or (
                whole.fragment and file in pages and unquote(whole.fragment) not in pages[file].ids
            ):
                missing.append((path, target))
    return missing


BASE = "https://host.example/some/path/"


@pytest.fixture(scope="module")
def sample(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The repository's own site as published under a path."""
    site = tmp_path_factory.mktemp("sample")
    shutil.copytree(repository / "content", site / "content")
    report = sites.run(site, base_url=BASE)
    assert report.published is not None, as_text(report.problems)
    assert report.problems == (), as_text(report.problems)
    return sites.tree(site / "output")


def test_every_link_and_asset_of_the_sample_site_resolves(sample: dict[str, bytes]) -> None:
    assert sum(path.endswith(".html") for path in sample) > 60
    assert dead(sample, BASE) == []


def test_every_address_in_the_sample_sites_maps_and_lists_of_feeds_resolves(sample: dict[str, bytes]) -> None:
    found = re.findall(r"<loc>([^<]+)</loc>", sample["sitemap.xml"].decode())
    found += re.findall(r'xmlUrl="([^"]+)"', sample["feeds.opml"].decode())
    assert len(found) > 60
    for url in found:
        path = unquote(url.removeprefix(BASE))
        assert (f"{path}index.html" if not path or path.endswith("/") else path) in sample, url


def test_every_xml_file_of_the_sample_site_is_well_formed(sample: dict[str, bytes]) -> None:
    names = [path for path in sample if path.endswith((".xml", ".opml"))]
    assert len(names) > 20
    for path in names:
        etree.fromstring(sample[path])


def test_the_related_posts_of_the_sample_sites_lead_are_found_by_the_text(
    sample: dict[str, bytes], repository: Path
) -> None:
    (source,) = (repository / "content/articles").rglob("*putin-proposes-direct-talks*.md")
    assert "related:" not in source.read_text(encoding="utf-8")
    page = sample["2025/05/putin-proposes-direct-talks-in-istanbul/index.html"].decode()
    related = page.partition('<section class="related">')[2].partition("</section>")[0]
    assert sorted(re.findall(r'<a href="/some/path/2025/06/([a-z-]+)/"', related)) == [
        "bashkortostan-cuts-military-bonuses",
        "trade-wars-put-russian-industries-at-risk",
        "ukraine-attacks-russian-airbases",
    ]
    assert "<h2>Related posts</h2>" in related


def test_links_and_images_in_bodies_work_under_a_base_path(tmp_path: Path) -> None:
    links = "[a](/zebra.html) [b](../../zebra.html#s-stripes) [c](#s-end) [d](/)"
    body = f"{links}\n\n![e](/i/m.svg)\n\n![f](../../i/m.svg)\n\n## End"
    files: dict[str, str | bytes | None] = {
        "content/site.yaml": (
            "title: The Courier\nurl: https://host.example/some/path/\npermalinks: {article: '/{year}/{slug}/'}\n"
        ),
        "content/articles/2025-05-11-vote.md": sites.article("Vote", body=body, summary='"[g](/i/m.svg)"'),
        "content/articles/2025-05-10-zebra.md": sites.article(
            "Zebra", "2025-05-10", permalink="/zebra.html", body="## Stripes", image="{src: /i/m.svg, alt: m}"
        ),
        "content/static/i/m.svg": "<svg/>",
        "content/summaries/2025-05-12.yaml": (
            "date: 2025-05-12\nintro: '[h](../../zebra.html)'\n"
            "items: [{title: S, url: 'https://e.example/', topics: [world], summary: '[i](/2025/vote/)'}]\n"
        ),
        "content/pages/about.md": "---\ntitle: About\naliases: [/us/]\n---\n\n[j](../2025/vote/)\n",
    }
    output = sites.built(sites.write(tmp_path, files))
    assert dead(output, "https://host.example/some/path/") == []
    page = output["2025/vote/index.html"].decode().partition('<div class="prose">')[2]
    assert re.findall(r'(?:href|src)="([^"]*)"', page)[:6] == [
        "/some/path/zebra.html", "/some/path/zebra.html#s-stripes", "#s-end", "/some/path/",
        "/some/path/i/m.svg", "/some/path/i/m.svg",
    ]  # fmt: skip
    assert 'content="0; url=/some/path/about/"' in output["us/index.html"].decode()
