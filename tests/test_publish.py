"""From the plan to the output folder: what is written, left alone, removed, and what a site may replace."""

from __future__ import annotations

from pathlib import Path

import pytest

import sites
from digest.build import Report, build
from digest.publish import Published, Warm, static_files
from digest.request import Request

FILES: dict[str, str | bytes | None] = {
    "content/articles/2025-05-11-vote.md": sites.article("Council votes", summary="The bridge comes."),
    "content/articles/2025-05-10-zebra.md": sites.article("A zebra", "2025-05-10", "[zoo]", body="Stripes."),
    "content/pages/about.md": "---\ntitle: About\n---\n\nUs.\n",
    "content/static/images/map.svg": "<svg/>",
    "content/static/.well-known/security.txt": "Contact: mailto:a@b.example\n",
    "content/static/.nojekyll": "",
}


def done(report: Report) -> Published:
    assert report.published is not None, report.problems
    return report.published


def test_the_first_build_writes_everything_and_the_second_nothing(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    first, second = (done(sites.run(tmp_path)) for _ in range(2))
    assert sorted(first.written) == list(sites.tree(tmp_path / "output"))
    assert (second.written, second.removed, second.unchanged) == ((), (), len(first.written))
    assert first.kinds == second.kinds
    assert (first.kinds["article"], first.kinds["page"], first.kinds["file"]) == (2, 2, 6)


def test_static_files_are_published_as_they_are(tmp_path: Path) -> None:
    files = sites.built(sites.write(tmp_path, FILES))
    assert files["images/map.svg"] == b"<svg/>"
    assert files[".well-known/security.txt"] == b"Contact: mailto:a@b.example\n"
    assert files[".nojekyll"] == b""


def test_what_goes_from_the_plan_goes_from_the_output(tmp_path: Path) -> None:
    sites.built(sites.write(tmp_path, FILES))
    gone: dict[str, str | bytes | None] = {
        "content/articles/2025-05-10-zebra.md": None, "content/static/images/map.svg": None,
    }  # fmt: skip
    found = done(sites.run(sites.write(tmp_path, gone)))
    assert {"2025/05/zebra/index.html", "topics/zoo/index.html", "images/map.svg"} <= set(found.removed)
    assert not (tmp_path / "output/images").exists()


def test_a_file_that_somebody_else_put_there_stays(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output/CNAME").write_text("courier.example", encoding="utf-8")
    found = done(sites.run(sites.write(tmp_path, FILES)))
    assert found.foreign == ("CNAME",)
    assert (tmp_path / "output/CNAME").read_text(encoding="utf-8") == "courier.example"


def test_a_foreign_file_where_a_page_belongs_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output/index.html").write_text("mine", encoding="utf-8")
    report = sites.run(sites.write(tmp_path, FILES))
    assert report.published is None
    (found,) = report.problems
    assert found.code == "foreign-file"
    assert found.text == "index.html was not published by digest, and a page needs its place"
    assert sites.tree(tmp_path / "output") == {"index.html": b"mine"}


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_what_was_changed_by_hand_is_put_right(tmp_path: Path, change: str) -> None:
    before = sites.built(sites.write(tmp_path, FILES))
    for path in ("about/index.html", "images/map.svg"):
        file = tmp_path / "output" / path
        file.unlink()
        if change == "edit":
            file.write_text("vandal", encoding="utf-8")
    found = done(sites.run(tmp_path, explain=True))
    assert set(found.written) == {"about/index.html", "images/map.svg"}
    assert set(found.reasons.values()) == {"the published file was changed or removed"}
    assert sites.tree(tmp_path / "output") == before


def test_a_touched_file_with_the_same_bytes_is_not_written_again(tmp_path: Path) -> None:
    sites.built(sites.write(tmp_path, FILES))
    file = tmp_path / "output/about/index.html"
    file.write_bytes(file.read_bytes())
    assert done(sites.run(tmp_path)).written == ()


def test_reasons_are_given_where_they_are_asked_for(tmp_path: Path) -> None:
    sites.write(tmp_path, FILES)
    assert set(done(sites.run(tmp_path, explain=True)).reasons.values()) == {"nothing was remembered"}
    text = sites.article("Council votes", summary="The bridge comes.", body="Other words.")
    sites.write(tmp_path, {"content/articles/2025-05-11-vote.md": text, "content/static/images/map.svg": "<svg></svg>"})
    reasons = done(sites.run(tmp_path, explain=True)).reasons
    assert reasons["2025/05/vote/index.html"] == "text changed"
    assert reasons["images/map.svg"] == "the file changed"
    assert reasons["feed.xml"] == "text of “Council votes” changed"
    assert done(sites.run(tmp_path)).reasons == {}


def test_a_new_title_of_the_site_is_the_reason_for_every_page(tmp_path: Path) -> None:
    sites.built(sites.write(tmp_path, FILES))
    sites.write(tmp_path, {"content/site.yaml": sites.SITE_YAML.replace("Courier", "Messenger")})
    reasons = done(sites.run(tmp_path, explain=True)).reasons
    assert "the site’s title" in reasons["about/index.html"]


def test_a_changed_template_is_the_reason_for_its_pages(tmp_path: Path) -> None:
    sites.built(sites.write(tmp_path, {**FILES, "templates/page.html": "one {{ page.title }}"}))
    sites.write(tmp_path, {"templates/page.html": "two {{ page.title }}"})
    found = done(sites.run(tmp_path, explain=True))
    assert found.written == ("about/index.html",)
    assert found.reasons == {"about/index.html": "template page.html changed"}


def test_a_site_replaces_templates_and_assets_one_by_one(tmp_path: Path) -> None:
    own: dict[str, str | bytes | None] = {
        "templates/page.html": "my {{ page.title }}",
        "templates/assets/style.css": "p{}",
    }
    files = sites.built(sites.write(tmp_path, {**FILES, **own, "templates/assets/.DS_Store": "x"}))
    assert files["about/index.html"] == b"my About"
    assert files["assets/style.css"] == b"p{}"
    assert files["assets/favicon.svg"]
    assert "assets/.DS_Store" not in files


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (b"{% if %}", "template-syntax", 1),
        (b"\n{{ page.nothing }}", "template-undefined", 2),
        (b"\n\n{{ 1 // 0 }}", "template-error", 3),
        (b'{% include "nowhere.html" %}', "template-missing", 1),
        (b"\xff", "not-utf8", 1),
    ],
)
def test_a_fault_in_a_template_is_told_and_nothing_is_published(
    tmp_path: Path, text: bytes, code: str, line: int
) -> None:
    before = sites.built(sites.write(tmp_path, FILES))
    report = sites.run(sites.write(tmp_path, {"templates/page.html": text}))
    assert report.published is None
    (found,) = report.problems
    assert (found.code, found.path, found.line) == (code, "templates/page.html", line)
    assert sites.tree(tmp_path / "output") == before


def test_many_pages_are_rendered_by_several_processes_to_the_same_bytes(tmp_path: Path) -> None:
    many: dict[str, str | bytes | None] = {
        f"content/articles/2025-04-{number % 28 + 1:02}-n{number}.md": sites.article(
            f"Headline {number}", f"2025-04-{number % 28 + 1:02}", body=f"Word{number} and more."
        )
        for number in range(80)
    }
    sites.write(tmp_path, many)
    alone = sites.built(tmp_path, output=tmp_path / "alone", use_cache=False)
    assert sites.built(tmp_path, output=tmp_path / "output", jobs=2) == alone


def test_progress_is_told_to_whoever_wants_it(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    request = Request(sites.write(tmp_path, FILES), tmp_path / "output", sites.AS_OF)
    warm = Warm.begin()
    assert build(request, lambda *tick: told.append(tick), warm).published is not None
    assert [tick for tick in told if tick[0] == "Reading"] == [("Reading", number, 6) for number in range(7)]
    pages = [tick for tick in told if tick[0] == "Rendering"]
    assert [done for _, done, _ in pages] == list(range(pages[0][2] + 1))
    phases = list(dict.fromkeys(phase for phase, _, _ in told))
    first = {phase: next(done for name, done, _ in told if name == phase) for phase in phases}
    assert set(first.values()) == {0}, "each phase is told of as it begins"
    told.clear()
    assert build(request, lambda *tick: told.append(tick), warm).published is not None
    assert list(dict.fromkeys(phase for phase, _, _ in told)) == ["Scanning", "Reading", "Comparing", "Remembering"]


def test_the_theme_brings_its_assets(tmp_path: Path) -> None:
    assert [file.path for file in static_files(tmp_path, ())] == [
        "assets/favicon.svg", "assets/script.js", "assets/style.css",
    ]  # fmt: skip
