"""The table of mistakes: every row of ``cases`` and ``cases_matter`` on a real site, each held against its own.

Rows stand side by side in one site where they can, so that a build carries many of them; each is still asserted alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import cases
import cases_editors
import cases_matter
from digest.build import Report
from digest.problems import as_text
from sites import SITE_YAML, article, run, write
from test_matter import DEFAULTS

Files = dict[str, str | bytes | None]

AROUND: Files = {
    "content/articles/good.md": article("Good", body="## A part"),
    "content/articles/draft.md": article("Draft", draft="true"),
    "content/articles/later.md": article("Later", date="2025-07-01"),
    "content/articles/expired.md": article("Expired", expires="2025-06-01"),
    "content/articles/moved.md": article("Moved", aliases="[/old/]"),
    "content/static/bridge.jpg": b"x",
    "content/static/plan.pdf": b"x",
    "content/static/a plan.pdf": b"x",
}
"""The site around the rows: what their links may lead to."""

SITE_WIDE = frozenset(
    "missing-image unknown-related odd-date same-id hidden-related same-address shadowed-alias".split()
)
"""What a row of ``cases_matter`` may give besides, because it stands in a site here."""


def lines(text: str) -> str:
    return text.replace("|", "\n") + "\n"


def said(report: Report, path: str, without: frozenset[str] = frozenset()) -> str:
    """The problems of one file in the words of the tables, each once."""
    found = [f"{one.code} {one.line}:{one.column}" for one in report.problems if one.path == path]
    return "; ".join(dict.fromkeys(one for one in found if one.split()[0] not in without))


@cache
def site(kind: str) -> Report:
    """The report on the site that holds all rows of one kind."""
    files = {**AROUND, **dict(FILES_OF[kind]())}
    with TemporaryDirectory() as folder:
        report = run(write(Path(folder), files), jobs=1)
    assert report.published is None
    return report


def _bodies() -> Iterator[tuple[str, str | bytes | None]]:
    for number, (text, _) in enumerate(cases.BODIES):
        yield f"content/articles/body-{number}.md", article(f"Body {number}", body=lines(text))


def _bytes() -> Iterator[tuple[str, str | bytes | None]]:
    for number, (data, _) in enumerate(cases.BYTES):
        yield f"content/articles/bytes-{number}.md", article(f"Bytes {number}").encode().replace(b"Some text.", data)


def _editions() -> Iterator[tuple[str, str | bytes | None]]:
    for number, (text, _) in enumerate(cases.EDITIONS):
        yield (
            f"content/summaries/edition-{number}.yaml",
            lines(text.replace("#", f"{number}/") if "http" in text else text),
        )


def _pages() -> Iterator[tuple[str, str | bytes | None]]:
    for number, (text, _) in enumerate(cases.PAGES):
        yield f"content/pages/page-{number}.md", lines(text).encode()


def _front_matter() -> Iterator[tuple[str, str | bytes | None]]:
    yield "content/site.yaml", f"{SITE_YAML}timezone: Europe/London\n"
    for number, (front, _) in enumerate(cases_matter.CASES):
        missing = [line for key, line in DEFAULTS if not _names(front, key)]
        text = "---\n" + "\n".join([front, *missing]) + "\n---\nBody\n"
        yield f"content/articles/matter-{number}.md", text.encode("utf-8", "surrogatepass")


def _names(front: str, key: str) -> bool:
    return any(line.startswith((key, f'"{key}')) and not line[len(key) :][:1].isalnum() for line in front.split("\n"))


def _stray() -> Iterator[tuple[str, str | bytes | None]]:
    for name, text, _ in cases.FILES:
        yield f"content/{name}", text


def _editors() -> Iterator[tuple[str, str | bytes | None]]:
    yield "content/site.yaml", f"{SITE_YAML}timezone: Europe/London\n"
    for number, (_, folder, text, _) in enumerate(cases_editors.FILES):
        yield _of_editor(number, folder), text.replace("§", str(number))
    for number, (body, _) in enumerate(cases_editors.BODIES):
        yield f"content/articles/editor-body-{number}.md", article(f"Body {number}", body=body)


def _of_editor(number: int, folder: str) -> str:
    return f"content/{folder}/editor-{number}.{'md' if folder == 'articles' else 'yaml'}"


FILES_OF: dict[str, Callable[[], Iterator[tuple[str, str | bytes | None]]]] = {
    "body": _bodies, "bytes": _bytes, "edition": _editions, "page": _pages, "matter": _front_matter, "file": _stray,
    "editor": _editors,
}  # fmt: skip
SUFFIX = {"body": "articles/body-{}.md", "bytes": "articles/bytes-{}.md", "edition": "summaries/edition-{}.yaml",
          "page": "pages/page-{}.md", "matter": "articles/matter-{}.md"}  # fmt: skip

SIDE_BY_SIDE: list[tuple[str, str, str | None]] = [
    *(("body", f"content/{SUFFIX['body'].format(n)}", row[1]) for n, row in enumerate(cases.BODIES)),
    *(("bytes", f"content/{SUFFIX['bytes'].format(n)}", row[1]) for n, row in enumerate(cases.BYTES)),
    *(("edition", f"content/{SUFFIX['edition'].format(n)}", row[1]) for n, row in enumerate(cases.EDITIONS)),
    *(("page", f"content/{SUFFIX['page'].format(n)}", row[1]) for n, row in enumerate(cases.PAGES)),
    *(("matter", f"content/{SUFFIX['matter'].format(n)}", row[1]) for n, row in enumerate(cases_matter.CASES)),
    *(("file", f"content/{row[0]}", row[2]) for row in cases.FILES),
]
ALONE = len(cases.SETTINGS) + len(cases.TOPICS) + len(cases.TEMPLATES) + len(cases.SITES)


def test_there_are_more_than_four_hundred() -> None:
    rows = [*cases.BODIES, *cases.BYTES, *cases.EDITIONS, *cases.PAGES, *cases_matter.CASES, *cases.FILES]
    by_editors = [*cases_editors.FILES, *cases_editors.BODIES, *cases_editors.SITES]
    assert len(by_editors) > 150
    assert len({path for _, path, _ in SIDE_BY_SIDE}) == len(rows) == len(SIDE_BY_SIDE)
    assert sum(expected is not None for _, _, expected in SIDE_BY_SIDE) + ALONE >= 400


@pytest.mark.parametrize(("kind", "path", "expected"), SIDE_BY_SIDE, ids=[row[1] for row in SIDE_BY_SIDE])
def test_a_mistake_beside_others(kind: str, path: str, expected: str | None) -> None:
    report = site(kind)
    if expected is not None:
        assert said(report, path, SITE_WIDE if kind == "matter" else frozenset()) == expected
    assert all(one.text and (one.hint or one.code in {"control-character", "removed-html"}) for one in report.problems)


@pytest.mark.parametrize(("text", "expected"), cases.SETTINGS)
def test_a_setting(text: str, expected: str, tmp_path: Path) -> None:
    report = run(write(tmp_path, {**AROUND, "content/site.yaml": f"{SITE_YAML}{text}\n"}), jobs=1)
    assert said(report, "content/site.yaml") == expected, as_text(report.problems)
    assert report.published is None


@pytest.mark.parametrize(("name", "text", "expected"), cases.TOPICS)
def test_topics_and_sources(name: str, text: str, expected: str, tmp_path: Path) -> None:
    report = run(write(tmp_path, {**AROUND, f"content/{name}.yaml": lines(text)}), jobs=1)
    assert said(report, f"content/{name}.yaml") == expected, as_text(report.problems)
    assert {one.path for one in report.problems} <= {f"content/{name}.yaml"}


@pytest.mark.parametrize(("name", "text", "expected"), cases.TEMPLATES)
def test_a_template(name: str, text: str, expected: str, tmp_path: Path) -> None:
    report = run(write(tmp_path, {**AROUND, f"templates/{name}": lines(text)}), jobs=1)
    assert said(report, f"templates/{name}") == expected, as_text(report.problems)
    assert not (tmp_path / "output").exists() or not expected


@pytest.mark.parametrize(("files", "expected"), [row[1:] for row in cases.SITES], ids=[row[0] for row in cases.SITES])
def test_a_site(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    written: Files = {
        f"content/{name}": article(name, body="Text").replace("\n---\n\n", f"\n{lines(text[1:])}---\n\n")
        if text.startswith("@") and text != "@" else article(name) if text == "@" else lines(text)
        for name, text in files.items()
    }  # fmt: skip
    report = run(write(tmp_path, {"content/articles/good.md": article("Good"), **written}), jobs=1)
    found = [f"{one.path} {one.code} {one.line}:{one.column}" for one in report.problems]
    assert "; ".join(dict.fromkeys(found)) == expected
    named = [one for one in report.problems if one.code in {"same-address", "same-id", "shadowed-alias"}]
    assert all("content/" in one.text or " address of " in one.text for one in named)


# --- What tired editors write -----------------------------------------------------------------------------


EDITORS: list[tuple[str, str, tuple[str, ...]]] = [
    *((row[0], _of_editor(number, row[1]), row[3]) for number, row in enumerate(cases_editors.FILES)),
    *((body, f"content/articles/editor-body-{n}.md", said) for n, (body, said) in enumerate(cases_editors.BODIES)),
]


def hinted(report: Report, path: str = "") -> tuple[str, ...]:
    """The problems of a file, or of all with their paths, as the table of editors' mistakes has them."""
    found = [one for one in report.problems if path in {"", one.path}]
    rows = [f"{'' if path else one.path + ' '}{one.code} {one.line}:{one.column} {one.hint}" for one in found]
    return tuple(dict.fromkeys(rows))


@pytest.mark.parametrize(("path", "expected"), [row[1:] for row in EDITORS], ids=[row[0] for row in EDITORS])
def test_an_editor_beside_others(path: str, expected: tuple[str, ...]) -> None:
    assert hinted(site("editor"), path) == expected


@pytest.mark.parametrize(
    ("files", "expected"), [row[1:] for row in cases_editors.SITES], ids=[row[0] for row in cases_editors.SITES]
)
def test_an_editor_of_a_whole_site(
    files: dict[str, str | bytes | None], expected: tuple[str, ...], tmp_path: Path
) -> None:
    report = run(write(tmp_path, {"content/articles/good.md": article("Good"), **files}), jobs=1)
    assert hinted(report) == expected


# --- What only a disk can hold ----------------------------------------------------------------------------


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "content" / "articles" / "x.md")


def _folder_for_a_file(folder: Path) -> None:
    (folder / "content" / "articles" / "x.md").mkdir()


def _loop(folder: Path) -> None:
    (folder / "content" / "articles" / "x").symlink_to(folder / "content")


def _ring(folder: Path) -> None:
    (folder / "content" / "articles" / "x.md").symlink_to(folder / "content" / "articles" / "x.md")


def _outside(folder: Path) -> None:
    (folder / "content" / "articles" / "x.md").symlink_to("/etc/hostname")


def _outside_folder(folder: Path) -> None:
    (folder / "content" / "articles" / "x").symlink_to("/etc")


def _dangling(folder: Path) -> None:
    (folder / "content" / "articles" / "x.md").symlink_to("nowhere.md")


def _strange_name(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/content/articles/\xff.md")).write_text("x", encoding="utf-8")


def _device(folder: Path) -> None:
    (folder / "content" / "static").mkdir()
    os.mkfifo(folder / "content" / "static" / "x")


def _no_settings(folder: Path) -> None:
    (folder / "content" / "site.yaml").unlink()


def _settings_are_a_folder(folder: Path) -> None:
    _no_settings(folder)
    (folder / "content" / "site.yaml").mkdir()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_fifo, "content/articles/x.md not-a-file"),
        (_folder_for_a_file, "content/articles/x.md not-a-file"),
        (_device, "content/static/x not-a-file"),
        (_loop, "content/articles/x outside-link"),
        (_ring, "content/articles/x.md unreadable"),
        (_outside, "content/articles/x.md outside-link"),
        (_outside_folder, "content/articles/x outside-link"),
        (_dangling, "content/articles/x.md unreadable"),
        (_strange_name, "content/articles/\\udcff.md bad-file-name"),
        (_no_settings, "content/site.yaml no-site"),
        (_settings_are_a_folder, "content/site.yaml unreadable"),
    ],
)
def test_a_file_system(make: Callable[[Path], None], expected: str, tmp_path: Path) -> None:
    make(write(tmp_path, {"content/articles/good.md": article("Good")}))
    report = run(tmp_path, jobs=1)
    assert [f"{one.path} {one.code}" for one in report.problems] == [expected]
    assert report.published is None


@pytest.mark.parametrize(
    "output", ["/", "~", ".", "..", "content", "content/x", "templates", ".digest", "content/site.yaml"]
)
def test_an_output_folder(output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home" / "site"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write(folder, {"content/articles/good.md": article("Good")})
    before = sorted(tmp_path.rglob("*"))
    report = run(folder, output=folder / Path(output).expanduser())
    assert [one.code for one in report.problems] == ["bad-output"]
    assert sorted(tmp_path.rglob("*")) == before
