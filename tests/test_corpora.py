"""Years of real publications, where they are at hand: built, or refused with problems that a maintainer can act on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

import sites

CORPORA = Path(__file__).parents[1].parent / "shared" / "corpora"
WHOLE = {"digitalgov": "articles", "haskellweekly-yaml": "summaries", "rtl-smoke": "articles"}
"""The corpora that can be taken as they are, each with the folder of content/ that it belongs in."""

FOLDERS = {**WHOLE, "optech": "articles", "lwkd": "articles"}
LOWERED = "dead-link missing-image empty-link unsafe-link undefined-reference undefined-footnote".split()
KNOWN = {
    "optech": "dead-link empty-link missing-image undefined-footnote undefined-reference unsafe-link".split(),
    "lwkd": "dead-link empty-link missing-image undefined-reference unsafe-link".split(),
}
"""What may keep the other two from being published."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the corpora of real publications are not at {CORPORA}"),
]


class Built(NamedTuple):
    """What the program said of a corpus, and where its site is."""

    site: Path
    code: int
    err: str
    problems: list[dict[str, str]]

    def codes(self, severity: str) -> Counter[str]:
        return Counter(one["code"] for one in self.problems if one["severity"] == severity)

    def pages(self, pattern: str) -> int:
        return sum(1 for path in sites.tree(self.site / "output") if re.fullmatch(pattern, path))


def built(name: str, folder: Path) -> Built:
    """Build one corpus as the program would for its owner."""
    with tarfile.open(CORPORA / f"{name}.tar.gz") as packed:
        packed.extractall(folder / "packed", filter="data")
    (folder / "content").mkdir()
    (folder / "packed" / name).rename(folder / "content" / FOLDERS[name])
    lowered = ", ".join(f"{code}: warning" for code in LOWERED) if name in WHOLE else ""
    settings = [
        f"title: {name}", "url: https://corpus.example/", 'permalinks: {article: "/{year}/{month}/{day}/{slug}/"}',
        f"problems: {{{lowered}}}",
    ]  # fmt: skip
    (folder / "content/site.yaml").write_text("\n".join(settings[: 4 if lowered else 3]) + "\n", encoding="utf-8")
    words = ["build", str(folder), "--as-of", "2026-01-01", "--jobs", "2", "--format", "json"]
    run = [sys.executable, "-m", "digest", *words]
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    assert done.stdout, done.stderr
    return Built(folder, done.returncode, done.stderr, json.loads(done.stdout)["problems"])


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """All five, each built once."""
    return {name: built(name, tmp_path_factory.mktemp(name)) for name in FOLDERS}


@pytest.mark.parametrize("name", FOLDERS)
def test_no_author_sees_a_traceback(corpora: dict[str, Built], name: str) -> None:
    assert "Traceback" not in corpora[name].err
    assert "a fault of digest itself" not in corpora[name].err


@pytest.mark.parametrize("name", FOLDERS)
def test_every_problem_has_its_place_its_words_and_a_hint(corpora: dict[str, Built], name: str) -> None:
    for one in corpora[name].problems:
        assert one["path"].startswith("content/"), one
        assert one["text"], one
        assert one["hint"], one
        assert (corpora[name].site / one["path"]).is_file(), one
        assert int(one["line"]) > 0, one


@pytest.mark.parametrize("name", WHOLE)
def test_what_can_be_taken_as_it_is_is_published(corpora: dict[str, Built], name: str) -> None:
    found = corpora[name]
    assert (found.code, found.codes("error")) == (0, Counter())


def test_a_government_newsroom_has_a_page_for_every_article(corpora: dict[str, Built]) -> None:
    found = corpora["digitalgov"]
    assert found.pages(r"20\d\d/\d\d/\d\d/[^/]+/index\.html") == 2422
    assert found.pages(r"topics/[^/]+/index\.html") > 40
    assert found.pages(r"archive/\d{4}/index\.html") >= 14
    assert found.pages(r"topics/[^/]+/page/\d+/index\.html") > 100


def test_a_link_digest_has_a_page_for_every_edition_to_date(corpora: dict[str, Built]) -> None:
    found = corpora["haskellweekly-yaml"]
    due = [path for path in (found.site / "content/summaries").glob("*.yaml") if path.name[:10] <= "2026-01-01"]
    assert len(due) > 450
    assert found.pages(r"editions/[^/]+/index\.html") == len(due)
    assert found.pages(r"20\d\d/.*") == 0


def test_right_to_left_articles_are_all_there(corpora: dict[str, Built]) -> None:
    found = corpora["rtl-smoke"]
    assert found.pages(r"20\d\d/\d\d/\d\d/[^/]+/index\.html") == 31
    page = next((found.site / "output").glob("20*/*/*/*/index.html")).read_text(encoding="utf-8")
    assert 'dir="rtl"' in page


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_refused_is_refused_for_its_own_dead_ends_and_nothing_is_published(
    corpora: dict[str, Built], name: str
) -> None:
    found = corpora[name]
    errors = found.codes("error")
    assert errors.keys() <= set(KNOWN[name])
    assert found.code == (1 if errors else 0)
    assert (found.site / "output").exists() is not bool(errors)
