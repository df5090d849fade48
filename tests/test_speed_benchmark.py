"""The benchmark of speed: the same archive each time, and no time for pages that are wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks import content_faults, count_faults, listed_faults, tally
from contest import SCENARIOS
from layouts import LAYOUTS, RELATED, write
from sites import run, tree
from stories import PACE, TOPICS, Corpus

ROOT = Path(__file__).parents[1]
LATER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of ninety articles, built by digest."""
    folder = tmp_path_factory.mktemp("archive")
    write(folder, LAYOUTS["digest"], Corpus(90))
    report = run(folder, as_of=LATER)
    assert report.published is not None
    assert not report.problems
    return folder / "output"


def test_the_same_number_and_seed_make_the_same_archive() -> None:
    assert list(Corpus(60)) == list(Corpus(60))
    assert Corpus(60).story(41) == list(Corpus(60))[41]
    assert Corpus(60, seed=8).story(41) != Corpus(60).story(41)


def test_articles_are_as_long_as_real_ones_and_share_stories_topics_and_tags() -> None:
    stories = list(Corpus(400))
    lengths = [len(one.body.split()) for one in stories]
    assert 550 < sum(lengths) / len(lengths) < 650
    assert {one.topic for one in stories} == set(TOPICS)
    assert len({one.address for one in stories}) == 400
    assert 150 < len({tag for one in stories for tag in one.tags}) <= 200
    assert all(one.date < LATER for one in stories)
    assert stories[1].date - stories[0].date == PACE


def test_an_archive_of_decades_stays_within_a_quarter_of_a_century() -> None:
    corpus = Corpus(1_000_000)
    assert corpus.story(0).date.year == 2000
    assert corpus.story(999_999).date.year == 2025


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_generator_is_given_every_article(name: str, tmp_path: Path) -> None:
    write(tmp_path, LAYOUTS[name], Corpus(5))
    texts = [data.decode() for data in tree(tmp_path).values()]
    for story in Corpus(5):
        assert sum(story.ending in text and story.title in text for text in texts) == 1
    assert not any("@TOPICS@" in text or "@RELATED@" in text for text in texts)
    assert (tmp_path / LAYOUTS[name].template).is_file()


def test_right_pages_have_no_fault(published: Path) -> None:
    corpus = Corpus(90)
    sample = [corpus.story(number) for number in (0, 40, 89)]
    assert list(count_faults(published, tally(corpus), permanent=True)) == []
    assert list(content_faults(published, sample, related=RELATED, mark="<article>")) == []
    assert [fault for one in sample for fault in listed_faults(published, one)] == []


def test_pages_that_are_missing_stale_or_too_many_are_told(published: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    shutil.copytree(published, output)
    corpus = Corpus(90)
    lost, stale = corpus.story(3), corpus.story(40)
    shutil.rmtree(output / lost.address.strip("/"))
    (output / f"topics/{stale.topic}/feed.xml").unlink()
    (output / "tags/another").mkdir()
    shutil.copy(output / "index.html", output / "tags/another/index.html")
    lists = tally(corpus).lists(permanent=True)
    assert list(count_faults(output, tally(corpus)._replace(articles=91), permanent=True)) == [
        "89 articles where 91 are due",
        f"{lists + 1} lists where {lists} are due",
        "7 feeds where 8 are due",
        "90 articles in the sitemap where 91 are due",
    ]
    renamed = stale._replace(title="Another headline")
    assert list(content_faults(output, [renamed], related=RELATED, mark="<article>")) == [
        f"{stale.address} lacks its headline: Another headline"
    ]
    [unwanted] = content_faults(output, [stale], related=0, mark="")
    assert unwanted.endswith("related posts an article where 0 are due")
    assert len(list(listed_faults(output, renamed))) == 1 + len(stale.tags)


@pytest.mark.slow
def test_every_scenario_is_timed_with_digest_alone() -> None:
    words = [sys.executable, str(ROOT / "benchmarks/peers_speed.py"), "--articles", "60", "--only", "digest"]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    row = next(line for line in told.stdout.splitlines() if line.startswith("| digest |"))
    times = [cell.strip() for cell in row.split("|")[2:-2]]
    assert len(times) == len(SCENARIOS), told.stdout + told.stderr
    assert all(float(seconds) > 0 for cell in times for seconds in cell.split(" / "))
