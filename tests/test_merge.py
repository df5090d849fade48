"""Parts of a site, built one by one and put together, are the site that one build makes, byte for byte.

And whatever keeps them from being that is said in words, and changes nothing.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sites
from digest import sitemaps
from digest.build import Report, build
from digest.manifest import MANIFEST, STAGING, Manifest, decode, encode
from digest.merge import merge
from digest.output import locked
from digest.parts import Part
from digest.problems import as_text
from digest.publish import Published, Warm
from digest.request import Request

FILES: dict[str, str | bytes | None] = {
    "content/site.yaml": sites.SITE_YAML + "notice: {text: No cookies., accept: Good, more: More, url: /about/}\n",
    "content/topics.yaml": "- {slug: world, title: World}\n- {slug: zoo, title: Zoo}\n",
    "content/articles/2025-05-11-vote.md": sites.article(
        "Council votes", tags="[council, bridge]", source="{name: The Post}", aliases="[/old/vote/]", lead="true"
    ),
    "content/articles/2025-05-10-zebra.md": sites.article(
        "A zebra on the bridge", "2025-05-10", "[zoo]", "Stripes on the bridge. [The vote](/2025/05/vote/)"
    ),
    "content/articles/2024-12-01-snow.md": sites.article("Snow on the bridge", "2024-12-01", "[world, zoo]"),
    "content/summaries/2025-05-12.yaml": (
        "date: 2025-05-12\nitems:\n- {title: Story, url: 'https://e.example/', topics: [world], tags: [bridge]}\n"
    ),
    "content/pages/about.md": "---\ntitle: About\naliases: [/us/]\n---\n\nUs.\n",
    "content/static/images/map.svg": "<svg/>",
    "content/static/.well-known/security.txt": "Contact: mailto:a@b.example\n",
    "content/static/.nojekyll": "",
}
EVERY_KIND = {
    "front", "article", "edition", "topic", "tag", "source", "archive", "index", "page", "redirect", "feed", "sitemap",
    "robots", "file",
}  # fmt: skip


WARM = Warm.begin()
"""The templates' code, made once for all builds of these tests; each build finds it by the templates' source."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return sites.write(tmp_path / "site", FILES)


def whole(output: Path) -> dict[str, bytes]:
    """Every file of a folder, the manifest too."""
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def run(site: Path, **request: Any) -> Report:
    """Build ``site``, or a part of it, as of 10 June 2025."""
    return build(Request(**{"site": site, "output": site / "output", "as_of": sites.AS_OF, **request}), warm=WARM)


def built(site: Path, **request: Any) -> dict[str, bytes]:
    """Build ``site``, which must go through; the files that were published, by path."""
    published(run(site, **request))
    return sites.tree(request.get("output", site / "output"))


def published(report: Report) -> Published:
    assert report.published is not None, as_text(report.problems)
    return report.published


def part(site: Path, number: int, of: int, **request: Any) -> Path:
    """Build a part of ``site``; the folder that it is in."""
    output: Path = request.pop("output", site.parent / f"part-{number}-{of}")
    published(run(site, output=output, part=Part(number, of), **request))
    return output


def parts(site: Path, of: int, **request: Any) -> list[Path]:
    return [part(site, number, of, **request) for number in range(1, of + 1)]


# --- The same bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", [1, 2, 3, 4, 7])
def test_the_parts_merged_are_the_whole_byte_for_byte(site: Path, of: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "LIMIT", 9)
    report = published(run(site, output=site.parent / "whole"))
    assert set(report.kinds) == EVERY_KIND
    assert report.kinds["sitemap"] > 3
    wanted = whole(site.parent / "whole")
    made = published(merge(parts(site, of), site.parent / "merged"))
    assert whole(site.parent / "merged") == wanted
    assert (len(made.written), made.unchanged, made.removed) == (len(wanted) - 1, 0, ())


@settings(max_examples=6)
@given(of=st.integers(5, 60))
def test_it_does_not_matter_how_many_parts_there_are(of: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("many")
    site = sites.write(folder / "site", FILES)
    built(site, output=folder / "whole")
    published(merge(parts(site, of), folder / "merged"))
    assert whole(folder / "merged") == whole(folder / "whole")


def test_a_part_holds_its_own_and_names_only_that(site: Path) -> None:
    files = [sites.tree(one) for one in parts(site, 4)]
    manifests = [decode((site.parent / f"part-{number}-4" / MANIFEST).read_text()) for number in range(1, 5)]
    assert [frozenset(one) for one in files] == [one.paths for one in manifests]
    assert sum(map(len, files)) == len(set().union(*files)) == len(built(site))
    records = [one.record for one in manifests]
    assert [str(one) for one in records] == [f"part {number} of 4" for number in range(1, 5)]
    assert len({one.build for one in records if one}) == 1


def test_a_plain_copy_of_the_parts_is_the_whole_and_the_next_build_takes_it_for_its_own(site: Path) -> None:
    built(site, output=site.parent / "whole")
    wanted = whole(site.parent / "whole")
    copied = site.parent / "copied"
    for one in parts(site, 3):
        shutil.copytree(one, copied, dirs_exist_ok=True)
    assert sites.tree(copied) == {path: data for path, data in wanted.items() if path != MANIFEST}
    healed = published(run(site, output=copied))
    assert (healed.written, healed.removed) == ((), ())
    assert whole(copied) == wanted


def test_a_part_that_holds_nothing_is_a_part_too(tmp_path: Path) -> None:
    site = sites.write(tmp_path / "site", {"content/articles/2025-05-11-vote.md": sites.article("Council votes")})
    found = parts(site, 90)
    assert [] in [list(sites.tree(one)) for one in found]
    published(merge(found, tmp_path / "merged"))
    assert sites.tree(tmp_path / "merged") == built(site)


def test_parts_come_in_any_order_and_were_built_at_any_hour_as_long_as_the_site_is_the_same(site: Path) -> None:
    later = sites.AS_OF + timedelta(hours=5)
    found = [part(site, 2, 2, as_of=later), part(site, 1, 2, use_cache=False)]
    published(merge(found, site.parent / "merged"))
    assert sites.tree(site.parent / "merged") == built(site)


def test_a_second_merge_writes_what_differs_and_removes_what_is_gone(site: Path) -> None:
    merged = site.parent / "merged"
    published(merge(parts(site, 3), merged))
    (merged / "CNAME").write_text("mine", encoding="utf-8")
    (merged / "robots.txt").write_text("vandal", encoding="utf-8")
    sites.write(
        site, {"content/static/images/map.svg": None, "content/pages/about.md": "---\ntitle: About\n---\n\nWe.\n"}
    )
    sites.write(site, {"content/site.yaml": sites.SITE_YAML})
    before = sites.tree(merged)
    made = published(merge(parts(site, 3), merged))
    after = sites.tree(merged)
    assert after == {**built(site), "CNAME": b"mine"}
    assert set(made.written) == {path for path in after if before.get(path) != after[path]}
    assert "robots.txt" in made.written
    assert set(made.removed) == {"images/map.svg", "us/index.html"}
    again = published(merge(parts(site, 3), merged))
    assert (again.written, again.removed) == ((), ())


# --- One cache for parts and wholes ------------------------------------------------------------------------

BODIES = ("Some text.", "Other words.", "[The zebra](/2025/05/zebra/)")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(BODIES)),
        st.tuples(st.just("build"), st.sampled_from(["output", "other"])),
        st.tuples(st.just("part"), st.sampled_from([(1, 2), (2, 2), (1, 3), (3, 3)])),
        st.tuples(st.just("into one"), st.sampled_from([(1, 2), (2, 2), (1, 3), (3, 3)])),
    ),
    min_size=4,
    max_size=8,
)


@settings(max_examples=12)
@given(steps=STEPS)
def test_builds_of_parts_and_wholes_in_any_order_never_confuse_each_other(
    steps: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mixed")
    site = sites.write(folder / "site", FILES)
    for number, (what, value) in enumerate(steps):
        if what == "write":
            sites.write(
                site, {"content/articles/2024-12-01-snow.md": sites.article(f"Snow {number}", "2024-12-01", body=value)}
            )
            continue
        output = folder / {"build": str(value), "part": f"part-{value}", "into one": "one"}[what]
        own = None if what == "build" else Part(*value)
        warm = built(site, output=output, part=own)
        clean = built(site, output=folder / f"clean-{number}", part=own, use_cache=False)
        assert warm == clean
        assert whole(output)[MANIFEST] == whole(folder / f"clean-{number}")[MANIFEST]


def test_a_part_forgets_nothing_that_the_other_parts_remember(site: Path) -> None:
    built(site)
    parts(site, 3)
    again = published(run(site, explain=True))
    assert (again.written, again.reasons) == ((), {})


def test_a_part_built_where_another_was_takes_its_place_and_a_whole_the_place_of_both(site: Path) -> None:
    output = site.parent / "one"
    first = sites.tree(part(site, 1, 2, output=output))
    second = published(run(site, output=output, part=Part(2, 2)))
    assert set(second.removed) == set(first)
    built(site, output=output)
    built(site, output=site.parent / "clean", use_cache=False)
    assert whole(output) == whole(site.parent / "clean")


def test_a_whole_in_the_place_of_an_only_part_loses_its_record(site: Path) -> None:
    output = part(site, 1, 1)
    made = published(run(site, output=output))
    assert (made.written, made.removed) == ((), ())
    assert decode((output / MANIFEST).read_text()).record is None
    part(site, 1, 1, output=output)
    assert str(decode((output / MANIFEST).read_text()).record) == "part 1 of 1"


# --- What is no whole --------------------------------------------------------------------------------------


def test_a_fault_anywhere_is_told_by_every_part_and_nothing_is_published(site: Path) -> None:
    sites.write(site, {"content/articles/2025-05-11-vote.md": sites.article("Vote", body="[x](/nowhere/)")})
    told = [run(site, output=site.parent / f"{number}", part=Part(number, 3)) for number in range(1, 4)]
    assert {sites.codes(one)[0] for one in told} == {"dead-link"}
    assert [one.published for one in told] == [None] * 3


@pytest.mark.parametrize("number", [1, 2])
def test_a_template_that_can_not_be_read_is_told_by_every_part(site: Path, number: int) -> None:
    sites.write(site, {"templates/404.html": "{% if %}"})
    report = run(site, output=site.parent / "part", part=Part(number, 2))
    assert (sites.codes(report), report.published) == (["template-syntax"], None)


Spoil = Callable[[Path, list[Path]], list[Path]]


def _missing(_site: Path, found: list[Path]) -> list[Path]:
    return [found[0], found[1], found[3]]


def _two_missing(_site: Path, found: list[Path]) -> list[Path]:
    return [found[3], found[1]]


def _twice(_site: Path, found: list[Path]) -> list[Path]:
    return [*found, Path(shutil.copytree(found[1], found[1].with_name("again")))]


def _other_count(site: Path, found: list[Path]) -> list[Path]:
    return [*found[:3], part(site, 4, 5)]


def _other_build(site: Path, found: list[Path]) -> list[Path]:
    sites.write(site, {"content/articles/2024-12-01-snow.md": sites.article("Snow", "2024-12-01", "[zoo]")})
    return [*found[:3], part(site, 4, 4)]


def _other_moment(site: Path, found: list[Path]) -> list[Path]:
    return [*found[:3], part(site, 4, 4, as_of=sites.AS_OF.replace(month=5, day=11))]


def _other_address(site: Path, found: list[Path]) -> list[Path]:
    return [*found[:3], part(site, 4, 4, base_url="https://other.example")]


def _whole(site: Path, found: list[Path]) -> list[Path]:
    built(site, output=site.parent / "whole")
    return [*found[:3], site.parent / "whole"]


def _no_part(_site: Path, found: list[Path]) -> list[Path]:
    (found[3] / MANIFEST).unlink()
    return found


def _killed(_site: Path, found: list[Path]) -> list[Path]:
    (found[3] / STAGING).mkdir()
    (found[3] / STAGING / "journal").write_text("[[], []]", encoding="utf-8")
    return found


def _lost_file(_site: Path, found: list[Path]) -> list[Path]:
    min(one for one in found[1].rglob("*") if one.is_file() and one.name != MANIFEST).unlink()
    return found


def _changed_file(_site: Path, found: list[Path]) -> list[Path]:
    file = next(one for one in found[1].rglob("*.html"))
    file.write_bytes(file.read_bytes()[:-1])
    return found


def _claims(_site: Path, found: list[Path]) -> list[Path]:
    own, record = decode((found[1] / MANIFEST).read_text())
    other = min(decode((found[2] / MANIFEST).read_text()).paths)
    (found[1] / MANIFEST).write_bytes(encode(Manifest(own | {other}, record)))
    return found


AGAIN = "build this part again, into a folder of its own"
BUILD_IT = "build it with: digest build --shard I/N --output DIR"
OTHERS = "part-4-4: this part and part-1-4 are of different builds"
SAME = "build all parts from the same content and settings, with the same options (--as-of too), by the same digest"

SPOILT: dict[str, tuple[Spoil, str, str]] = {
    "a missing part": (
        _missing, "part-1-4: this is part 1 of 4, and part 3 is missing", "name the folders of all parts",
    ),
    "two missing parts": (
        _two_missing, "part-4-4: this is part 4 of 4, and parts 1, 3 are missing", "name the folders of all parts",
    ),
    "a part twice": (_twice, "again: this is part 2 of 4, and so is part-2-4", "name each part once"),
    "a part of five": (
        _other_count, "part-4-5: this is part 4 of 5, but part-1-4 is part 1 of 4",
        "build all parts with the same N in --shard I/N",
    ),
    "a part of another site": (_other_build, OTHERS, SAME),
    "a part of another moment": (_other_moment, OTHERS, SAME),
    "a part for another address": (_other_address, OTHERS, SAME),
    "a whole site": (_whole, "whole: this is a whole site, or several parts copied into one folder", BUILD_IT),
    "a folder that is no part": (
        _no_part, "part-4-4: this is no part of a site: it has no .digest-manifest",
        f"{BUILD_IT}; copy its hidden files too",
    ),
    "a part whose build was killed": (_killed, "part-4-4: the build of this part was killed", AGAIN),
    "a part that lost a file": (_lost_file, "part-2-4: 2024/12/snow/index.html is missing from this part", AGAIN),
    "a part that was changed": (
        _changed_file, "part-2-4: the files of this part are not those that were built", AGAIN,
    ),
    "a part that claims what is another's": (
        _claims, "part-2-4: this is part 2 of 4, and .nojekyll is of another part", AGAIN,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "told", "hint"), SPOILT.values(), ids=SPOILT)
def test_what_keeps_parts_from_being_the_whole_is_said_and_changes_nothing(
    site: Path, spoil: Spoil, told: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site.parent)
    merged = Path("merged")
    published(merge(parts(site, 3), merged))
    shutil.rmtree(merged / "topics")  # so that a merge would have something to do
    folders = [Path(one.name) for one in spoil(site, parts(site, 4))]
    before = {path: whole(path) for path in (merged, *folders)}
    report = merge(folders, merged)
    assert report.published is None
    (found,) = report.problems
    assert (found.code, f"{found.path}: {found.text}", found.hint) == ("bad-part", told, hint)
    assert not (merged / STAGING).exists()
    assert {path: whole(path) for path in before} == before


def test_all_parts_that_can_not_be_used_are_told_in_one_run(site: Path) -> None:
    found = parts(site, 4)
    (found[0] / MANIFEST).unlink()
    (found[2] / MANIFEST).write_bytes(b"\xff\xfe")
    report = merge(found, site.parent / "merged")
    assert [(one.path, one.code) for one in report.problems] == [
        (str(found[0]), "bad-part"),
        (str(found[2]), "bad-part"),
    ]
    assert not (site.parent / "merged").exists()


# --- Where it goes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("part-1-2", "it is, holds or lies in part-1-2, which is read"),
        ("part-2-2/deeper", "it is, holds or lies in part-2-2, which is read"),
        (".", "it is, holds or lies in part-1-2, which is read"),
        ("site", "it is a site of its own (it holds content/site.yaml)"),
        ("site/content/static", "it holds or lies in content/, templates/ or .digest/"),
        ("site/.digest", "it holds or lies in content/, templates/ or .digest/"),
        ("/", "it is the root of the file system"),
        ("file", "it is not a folder"),
    ],
)
def test_a_dangerous_output_folder_is_refused_before_anything_is_written(
    site: Path, output: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site.parent)
    (site.parent / "file").write_text("mine", encoding="utf-8")
    found = [Path(one.name) for one in parts(site, 2)]
    before = sites.tree(site.parent)
    report = merge(found, Path(output))
    assert sites.codes(report) == ["bad-output"]
    assert report.problems[0].text == f"this can't be the output folder: {told}"
    assert sites.tree(site.parent) == before


def test_the_output_of_the_site_itself_is_a_good_place(site: Path) -> None:
    published(merge(parts(site, 2), site / "output"))
    made = published(run(site))
    assert (made.written, made.removed) == ((), ())


def test_a_file_of_another_is_left_alone_and_stops_the_merge_where_a_page_belongs(site: Path) -> None:
    merged = sites.write(site.parent / "merged", {"content/site.yaml": "", "CNAME": "mine"})
    shutil.rmtree(merged / "content")
    assert published(merge(parts(site, 2), merged)).foreign == ("CNAME",)
    other = site.parent / "other"
    other.mkdir()
    (other / "index.html").write_text("mine", encoding="utf-8")
    report = merge(parts(site, 2), other)
    assert [(one.code, one.path) for one in report.problems] == [("foreign-file", f"{other}/index.html")]
    assert sites.tree(other) == {"index.html": b"mine"}


def test_a_part_or_an_output_at_which_a_build_is_at_work_is_waited_for(site: Path) -> None:
    found = parts(site, 2)
    merged = site.parent / "merged"
    merged.mkdir()
    for folder in (found[1], merged):
        with locked(folder, fcntl.LOCK_EX):
            assert sites.codes(merge(found, merged)) == ["busy"]
    published(merge(found, merged))


def test_progress_is_told(site: Path) -> None:
    told: list[tuple[str, int, int]] = []
    made = published(merge(parts(site, 2), site.parent / "merged", lambda *tick: told.append(tick)))
    count = len(made.written)
    assert told == [
        *(("Merging", done, count) for done in range(count + 1)),
        ("Publishing", 0, count),
        *(("Publishing", done, count + 1) for done in range(count + 2)),  # the manifest too
    ]
