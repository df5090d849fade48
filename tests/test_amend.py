"""After a change of a few articles the last plan stands, but for some pages; in any doubt all of it is made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sites
from digest.build import build
from digest.request import Request
from newspapers import WORDS, agrees, body, edit, newspaper, phases


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
    dead_link, no_heading, template, asset, linked_templates, output_file, lost_page, lone_summary,
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


def test_a_moment_later_an_entry_may_be_there(tmp_path: Path) -> None:
    newspaper(tmp_path)
    shutil.rmtree(tmp_path / "output", ignore_errors=True)
    noon = datetime(2025, 5, 11, 12, tzinfo=UTC)
    phases(tmp_path, noon)
    for later, stands in ((timedelta(hours=11), True), (timedelta(hours=12), False)):
        told, _ = phases(tmp_path, noon + later)
        assert ("Planning" not in told) is stands
        assert agrees(tmp_path, noon + later)
