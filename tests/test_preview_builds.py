"""A warm process builds as a cold one does, and its end is told and mended."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.preview_builds import Built, LeftError, Workshop
from digest.request import Request
from sites import AS_OF, article, run, tree, write

pytestmark = pytest.mark.flaky(reruns=1)

HERE = "content/articles/2025-05-11-bridge.md"


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    made.start()
    yield made
    made.close()


def asked(site: Path) -> Request:
    return Request(site, site / ".digest/preview", AS_OF, preview=True, explain=True)


def build(workshop: Workshop, site: Path) -> Built:
    return workshop.build(asked(site), lambda *_: None)


def test_warm_builds_equal_cold_ones_after_any_edit(workshop: Workshop, tmp_path: Path) -> None:
    theme = Path(__file__).parents[1] / "templates/article.html"
    edits: list[dict[str, str | bytes | None]] = [
        {HERE: article("The bridge"), "content/articles/2025-05-12-x.md": article("Another")},
        {HERE: article("The bridge", body="More.")},
        {"templates/article.html": theme.read_text().replace("<article>", '<article id="mine">', 1)},
        {"templates/article.html": theme.read_text().replace("<article>", '<article id="yours">', 1)},
        {"templates/article.html": None, "content/articles/2025-05-12-x.md": None},
        {"content/site.yaml": "title: Other\nurl: https://courier.example/base\n"},
    ]
    site = tmp_path / "site"
    built = Built(False)
    for edit in edits:
        built = build(workshop, write(site, edit))
        assert built.done, built.problems
        assert run(site, output=tmp_path / "cold", use_cache=False).published
        assert tree(site / ".digest/preview") == tree(tmp_path / "cold")
    assert (built.base, built.url) == ("/base", "https://courier.example/base")
    assert not (site / "output").exists()
    assert not (site / ".digest/cache.sqlite").exists()


def test_problems_come_whole_and_leave_the_last_site(workshop: Workshop, tmp_path: Path) -> None:
    build(workshop, write(tmp_path, {HERE: article("The bridge")}))
    before = tree(tmp_path / ".digest/preview")
    built = build(workshop, write(tmp_path, {HERE: article("The bridge", tagz="[x]")}))
    assert not built.done
    assert [(one.code, one.excerpt) for one in built.problems] == [("unknown-key", "tagz: [x]")]
    assert tree(tmp_path / ".digest/preview") == before


def test_a_preview_is_written_nowhere_else_in_the_cache(tmp_path: Path) -> None:
    write(tmp_path, {HERE: article("The bridge")})
    for output in (".digest", ".digest/preview/deeper", "content/x"):
        assert [one.code for one in run(tmp_path, output=tmp_path / output, preview=True).problems] == ["bad-output"]
    assert [one.code for one in run(tmp_path, output=tmp_path / ".digest/preview").problems] == ["bad-output"]


def kill(workshop: Workshop) -> None:
    assert workshop.pid is not None
    os.kill(workshop.pid, signal.SIGKILL)


def test_a_process_that_dies_is_told_and_another_takes_over(tmp_path: Path) -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    workshop = Workshop()
    try:
        build(workshop, write(tmp_path, {HERE: article("The bridge")}))
        write(tmp_path, {"templates/article.html": endless})
        with pytest.raises(LeftError, match="exit code -9"):
            workshop.build(asked(tmp_path), lambda *_: kill(workshop))
        write(tmp_path, {"templates/article.html": None})
        assert build(workshop, tmp_path).done
    finally:
        workshop.close()


def test_a_process_that_died_between_two_builds_is_replaced_without_a_word(tmp_path: Path) -> None:
    workshop = Workshop()
    try:
        build(workshop, write(tmp_path, {HERE: article("The bridge")}))
        before = workshop.pid
        assert before is not None
        kill(workshop)
        os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
        assert build(workshop, tmp_path).done
        assert workshop.pid != before
    finally:
        workshop.close()


@pytest.mark.parametrize("hundredths", range(0, 60, 5))
def test_it_can_be_closed_while_it_starts_without_a_word(hundredths: int, capfd: pytest.CaptureFixture[str]) -> None:
    workshop = Workshop()
    workshop.start()
    time.sleep(hundredths / 100)
    workshop.close()
    assert capfd.readouterr() == ("", "")


def test_it_can_be_closed_in_the_middle_of_a_build(tmp_path: Path) -> None:
    write(tmp_path, {f"content/articles/2025-05-11-{number}.md": article(f"No {number}") for number in range(100)})
    workshop = Workshop()
    closing = threading.Thread(target=workshop.close)

    def close(*_: object) -> None:
        if closing.ident is None:
            closing.start()
            closing.join()

    with pytest.raises(LeftError, match="exit code"):
        workshop.build(asked(tmp_path), close)
    with pytest.raises(LeftError):
        build(workshop, tmp_path)


def test_it_can_be_closed_while_another_thread_builds(tmp_path: Path) -> None:
    write(tmp_path, {f"content/articles/2025-05-11-{number}.md": article(f"No {number}") for number in range(300)})
    workshop = Workshop()
    begun = threading.Event()
    told: list[str] = []

    def work() -> None:
        try:
            workshop.build(asked(tmp_path), lambda *_: begun.set())
        except LeftError as error:
            told.append(str(error))

    building = threading.Thread(target=work)
    building.start()
    assert begun.wait(60)
    workshop.close()
    building.join(60)
    assert len(told) == 1
