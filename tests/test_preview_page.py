"""What a glance shows before the build is what the build then shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.preview_page import First, Glance, first, glance
from digest.publish import Warm
from digest.request import Request
from sites import AS_OF, article, run, tree, write

HERE = "content/articles/2025-05-11-bridge.md"
PATH = "2025/05/bridge/index.html"
SITE: dict[str, str | bytes | None] = {
    HERE: article("The bridge", tags="[Steel]"),
    "content/articles/2025-05-10-harbour.md": article("The harbour bridge", tags="[steel]"),
    "content/articles/2025-05-09-x.md": article("A bridge too far", tags="[steel]"),
    "content/pages/about.md": "---\ntitle: About\n---\n\nUs.\n",
    "content/static/plan.svg": "<svg/>",
}


def looked(site: Path, *paths: str, shown: tuple[str, ...] = ()) -> Glance:
    request = Request(site, site / ".digest/preview", AS_OF, preview=True)
    return glance(request, paths, shown, Warm.begin())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write(tmp_path, SITE)
    build(tmp_path)
    return tmp_path


def build(site: Path) -> dict[str, bytes]:
    assert run(site, output=site / ".digest/preview", preview=True).published is not None
    return tree(site / ".digest/preview")


@pytest.mark.parametrize(
    "changed",
    [
        article("The bridge", body="Quite another text.", tags="[Steel]"),
        article(
            "A new headline", tags="[Steel]", summary="In short.", corrections="[{date: 2025-05-12, text: Mended.}]"
        ),
        article(
            "The bridge", tags="[Steel, new]", authors="[Ann]", source="{name: The Wire, url: 'https://w.example'}"
        ),
    ],
    ids=["text", "headline", "tags"],
)
def test_a_changed_article_is_shown_as_the_build_shows_it(site: Path, changed: str) -> None:
    seen = looked(write(site, {HERE: changed}), HERE)
    assert seen.pages == {HERE: PATH}
    assert set(seen.rendered) == {PATH}
    built = build(site)[PATH].decode()
    shown = seen.rendered[PATH].decode()
    assert shown.split("</article>")[0] == built.split("</article>")[0]


def test_pages_and_files_too(site: Path) -> None:
    write(
        site, {"content/pages/about.md": "---\ntitle: About\n---\n\nYou.\n", "content/static/plan.svg": "<svg></svg>"}
    )
    seen = looked(site, "content/pages/about.md", "content/static/plan.svg")
    assert seen.rendered["plan.svg"] == b"<svg></svg>"
    assert {path: seen.rendered[path] for path in ("about/index.html", "plan.svg")} == {
        path: data for path, data in build(site).items() if path in ("about/index.html", "plan.svg")
    }


def test_a_template_is_shown_on_the_open_pages(site: Path) -> None:
    theme = Path(__file__).parents[1] / "templates/article.html"
    write(site, {"templates/article.html": theme.read_text().replace("<article>", '<article id="mine">', 1)})
    seen = looked(site, "templates/article.html", shown=(PATH, "nowhere.html"))
    assert seen.rendered == {PATH: build(site)[PATH]}


def test_mistakes_are_told_and_not_shown(site: Path) -> None:
    seen = looked(write(site, {HERE: article("The bridge", tagz="[x]")}), HERE)
    assert [one.code for one in seen.problems] == ["unknown-key"]
    assert seen.rendered == {}


@pytest.mark.parametrize("changed", [{HERE: article("X", draft="true")}, {HERE: article("X", permalink="/x/")}])
def test_a_page_that_was_not_there_is_left_to_the_build(site: Path, changed: dict[str, str | bytes | None]) -> None:
    assert looked(write(site, changed), HERE).rendered == {}


def test_a_page_of_another_file_is_left_alone(site: Path) -> None:
    other = "content/articles/2025-05-10-harbour.md"
    assert looked(write(site, {other: article("Again", permalink="/2025/05/bridge/")}), other).rendered == {}


def test_without_a_site_there_is_nothing_to_see(tmp_path: Path) -> None:
    assert looked(tmp_path, HERE) == Glance()
    assert looked(write(tmp_path, SITE), HERE, "content/site.yaml").rendered == {}
    assert looked(tmp_path, HERE).rendered == {}


def test_the_first_pages_of_a_large_site_are_made_from_its_newest_files(tmp_path: Path) -> None:
    old = {f"content/articles/2024-05-{day:02}-{number}.md": article(f"Old {number}", f"2024-05-{day:02}")
           for day in range(1, 29) for number in range(day * 10, day * 10 + 4)}  # fmt: skip
    write(tmp_path, {**SITE, **old, "content/articles/2025-05-12-broken.md": article("Broken", tagz="[x]")})
    write(tmp_path, {"content/site.yaml": "title: The Courier\nurl: https://courier.example/base\n"})
    request = Request(tmp_path, tmp_path / ".digest/preview", AS_OF, preview=True)
    seen = first(request, Warm.begin())
    assert seen.base == "/base"
    assert {"index.html", PATH, "about/index.html", "plan.svg", "assets/style.css"} < set(seen.rendered)
    assert not [path for path in seen.rendered if path.startswith(("2024/05/1/", "404", "topics", "archive", "feed"))]
    assert b"The bridge" in seen.rendered["index.html"]
    assert b"Some text." in seen.rendered[PATH]
    assert not [path for path in seen.rendered if "broken" in path]
    (tmp_path / "content/articles/2025-05-12-broken.md").unlink()
    built = build(tmp_path)
    assert seen.rendered["about/index.html"].split(b"<footer")[0] == built["about/index.html"].split(b"<footer")[0]


def test_a_site_without_settings_has_no_first_pages(tmp_path: Path) -> None:
    assert first(Request(tmp_path, tmp_path / "x", AS_OF, preview=True), Warm.begin()) == First()
