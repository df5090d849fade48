"""After a change of texts alone the last plan stands, but for a few pages; in any doubt all of it is made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sites
from digest.amend import Span, span
from digest.build import Report, build
from digest.models import AnyEntry, Article, Edition, Section, StandalonePage, Summary
from digest.publish import Warm
from digest.request import Request

WARM = Warm.begin()
"""The templates' code, kept for all builds of this process: compiling it takes longer than all else in a build."""

TOPICS = ("world", "sport")
WORDS = "bridge council vote river market storm harbour train budget election ferry tunnel".split()


def newspaper(folder: Path) -> Path:
    """Twelve articles on two topics, an edition, a page, a site that shows six entries a feed."""
    files: dict[str, str | bytes | None] = {
        f"content/articles/2025-05-{day:02}-story-{day}.md": sites.article(
            f"Story {day} of the {WORDS[day % 12]}", f"2025-05-{day:02}", f"[{TOPICS[day % 2]}]", body(day), tags="[EU]"
        )
        for day in range(1, 13)
    }
    files["content/summaries/2025-05-09.yaml"] = (
        "date: 2025-05-09\nitems:\n  - {title: Far, url: 'https://far.example/', topics: [world]}\n"
    )
    files["content/pages/about.md"] = "---\ntitle: About\n---\n\nUs.\n"
    files["content/site.yaml"] = f"{sites.SITE_YAML}feeds: {{items: 6}}\nproblems: {{dead-link: warning}}\n"
    return sites.write(folder, files)


def body(number: int) -> str:
    """A text whose words say which others it is about."""
    return " ".join(WORDS[(number * step) % 12] for step in range(1, 9)) + ".\n\nA [link](/about/)."


def edit(site: Path, day: int, text: str) -> None:
    """Give an article another text."""
    file = site / f"content/articles/2025-05-{day:02}-story-{day}.md"
    front, dashes, _ = file.read_text(encoding="utf-8").rpartition("---\n")
    file.write_text(f"{front}{dashes}\n{text}\n", encoding="utf-8")


def once() -> Warm:
    """What a process knows before its only build."""
    return Warm.empty(WARM.engine, WARM.templates, again=False)


def phases(site: Path, as_of: datetime = sites.AS_OF, *, explain: bool = False) -> tuple[list[str], Report]:
    """Build the site; which phases that took, and the report."""
    told: dict[str, None] = {}
    request = Request(site, site / "output", as_of, explain=explain)
    report = build(request, lambda phase, _done, _total: told.setdefault(phase), once())
    assert report.published is not None, report.problems
    return list(told), report


def agrees(site: Path, as_of: datetime = sites.AS_OF) -> bool:
    """Whether the output is that of a clean build."""
    with tempfile.TemporaryDirectory() as room:
        request = Request(site, Path(room, "clean"), as_of, use_cache=False)
        assert build(request, warm=once()).published is not None
        return sites.tree(site / "output") == sites.tree(request.output)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    newspaper(tmp_path)
    sites.built(tmp_path)
    return tmp_path


def test_nothing_is_planned_where_nothing_changed(site: Path) -> None:
    told, report = phases(site)
    assert told == ["Scanning", "Reading", "Comparing", "Remembering"]
    assert report.published is not None
    assert (report.published.written, report.published.kinds["article"]) == ((), 12)


def test_a_changed_text_is_rendered_where_it_stands(site: Path) -> None:
    edit(site, 12, body(12).replace("/).", "/)!"))
    told, report = phases(site, explain=True)
    assert "Planning" not in told
    assert report.published is not None
    assert set(report.published.written) == {
        "2025/05/story-12/index.html",
        *(f"{folder}{name}" for folder in ("", "topics/world/") for name in ("feed.xml", "atom.xml", "feed.json")),
    }
    assert set(report.published.reasons.values()) == {
        "text changed", "text of “Story 12 of the bridge” changed",
    }  # fmt: skip
    assert agrees(site)


def test_an_old_text_is_in_no_feed(site: Path) -> None:
    edit(site, 2, body(2).replace("/).", "/)!"))
    told, report = phases(site)
    assert "Planning" not in told
    assert report.published is not None
    assert report.published.written == ("2025/05/story-2/index.html",)
    assert agrees(site)


def test_related_posts_follow_the_text(site: Path) -> None:
    edit(site, 12, body(5))
    told, report = phases(site)
    assert {"Relating", "Rendering"} <= set(told)
    assert "Planning" not in told
    assert report.published is not None
    assert [path for path in report.published.written if path.startswith("2025/") and "story-12" not in path]
    assert agrees(site)


def headline(site: Path) -> None:
    file = site / "content/articles/2025-05-12-story-12.md"
    file.write_text(file.read_text(encoding="utf-8").replace("Story 12", "News 12"), encoding="utf-8")


def dead_link(site: Path) -> None:
    edit(site, 12, body(12).replace("/about/", "/nowhere/"))


def no_heading(site: Path) -> None:
    edit(site, 12, f"{body(12)}\n\n## A heading")


def template(site: Path) -> None:
    sites.write(site, {"templates/page.html": "{{ page.title }}"})


def asset(site: Path) -> None:
    sites.write(site, {"content/static/a.txt": "a"})


def linked_templates(site: Path) -> None:
    (site / "elsewhere").mkdir()
    (site / "templates").mkdir()
    (site / "templates/parts").symlink_to(site / "elsewhere")


def output_file(site: Path) -> None:
    (site / "output/about/index.html").write_text("mine", encoding="utf-8")


def lost_page(site: Path) -> None:
    (site / "output/about/index.html").unlink()


def lone_summary(site: Path) -> None:
    text = "title: Lone\ndate: 2025-05-13\nurl: https://far.example/\ntopics: [world]\n"
    sites.write(site, {"content/summaries/lone.yaml": text})
    sites.built(site)
    edit(site, 12, body(11))


CHANGES = [
    headline, dead_link, no_heading, template, asset, linked_templates, output_file, lost_page, lone_summary,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_anything_else_is_planned_anew(site: Path, change: Callable[[Path], None]) -> None:
    change(site)
    told, _ = phases(site)
    assert "Planning" in told
    assert agrees(site)


def test_a_part_of_the_site_leaves_no_plan_behind(site: Path) -> None:
    from digest.parts import Part

    assert build(Request(site, site / "output", sites.AS_OF, part=Part(1, 2))).published is not None
    told, _ = phases(site)
    assert "Planning" in told
    assert agrees(site)


def test_warnings_are_told_again(site: Path) -> None:
    edit(site, 3, body(3).replace("/about/", "/nowhere/"))
    first = phases(site)[1].problems
    edit(site, 12, body(11))
    told, report = phases(site)
    assert "Planning" not in told
    assert [one.code for one in first] == [one.code for one in report.problems] == ["dead-link"]
    edit(site, 3, f"More.\n\n{body(3).replace('/about/', '/nowhere/')}")
    told, report = phases(site)
    assert [(one.line, one.excerpt) for one in report.problems] == [(12, first[0].excerpt)]


def test_a_site_that_no_longer_relates_anything_shows_no_related_posts(site: Path) -> None:
    sites.write(site, {"content/site.yaml": f"{sites.SITE_YAML}related: {{count: 0}}\n"})
    sites.built(site)
    edit(site, 12, body(5))
    told, _ = phases(site)
    assert "Planning" not in told
    assert agrees(site)


def test_a_text_that_was_read_by_a_build_that_failed_is_not_forgotten(site: Path) -> None:
    edit(site, 12, body(4))
    sites.write(site, {"templates/page.html": "{{ nothing.at_all }}"})
    assert sites.run(site).published is None
    (site / "templates/page.html").unlink()
    phases(site)
    assert agrees(site)


def test_a_template_that_changes_while_pages_are_made_is_not_taken_for_the_first_one(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.render import environment

    page = site / "templates/page.html"
    sites.write(site, {"templates/page.html": "one {{ page.title }}"})

    def make(*given: object) -> object:
        page.write_text("two {{ page.title }}", encoding="utf-8")
        return environment(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("digest.publish.environment", make)
        sites.run(site)
    page.write_text("one {{ page.title }}", encoding="utf-8")
    assert sites.built(site)["about/index.html"] == b"one About"


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(1, 12), st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)),
            st.tuples(st.integers(1, 12), st.integers(1, 12).map(body)),
            st.tuples(st.just(0), st.sampled_from(["9", "10", "11", "12"])),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_texts_at_any_time_give_what_a_clean_build_gives(steps: list[tuple[int, str]]) -> None:
    with tempfile.TemporaryDirectory() as room:
        site, as_of = newspaper(Path(room)), datetime(2025, 5, 12, tzinfo=UTC)
        phases(site, as_of)
        for day, text in steps:
            if day:
                edit(site, day, text)
            else:
                as_of = datetime(2025, 5, int(text), 13, tzinfo=UTC)
            phases(site, as_of)
            assert agrees(site, as_of)


def at(day: float) -> datetime:
    return datetime(2025, 5, 1, tzinfo=UTC) + timedelta(days=day)


def test_a_plan_stands_until_anything_appears_expires_or_is_no_longer_news() -> None:
    article = Article(path="a.md", title="A", date=at(10), slug="a", id="a", address="/a/", expires=at(20))
    item = Summary(path="b.yaml", title="B", date=at(12), slug="b", id="b", address="/b/#b", url="https://b.example")
    edition = Edition(path="b.yaml", id="b", title="B", date=at(12), address="/b/", sections=(Section("", (item,)),))
    entries: list[AnyEntry] = [article, edition, StandalonePage("c.md", "C", "c", "/c/")]
    ends = [at(day).timestamp() for day in (9, 10, 11, 12, 14, 19, 20, 22)]
    for first, last in pairwise(ends):
        for as_of in (first, (first + last) / 2, last - 1):
            assert span(entries, datetime.fromtimestamp(as_of, UTC)) == Span(first, last)
    assert span([], at(1)) == Span(float("-inf"), float("inf"))


def test_a_moment_later_an_entry_may_be_there(tmp_path: Path) -> None:
    newspaper(tmp_path)
    shutil.rmtree(tmp_path / "output", ignore_errors=True)
    noon = datetime(2025, 5, 11, 12, tzinfo=UTC)
    phases(tmp_path, noon)
    for later, stands in ((timedelta(hours=11), True), (timedelta(hours=12), False)):
        told, _ = phases(tmp_path, noon + later)
        assert ("Planning" not in told) is stands
        assert agrees(tmp_path, noon + later)
