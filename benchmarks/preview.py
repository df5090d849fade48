"""How long from a save to the changed page in the browser: ``python benchmarks/preview.py [--articles N] [--saves N]``.

Starts ``digest serve`` on a copy of the sample site, or on a made-up site of N articles, opens an article in headless
Chromium, and then appends a marked line to the article's file again and again. The clock starts before the file is
written and stops when a MutationObserver or a poll in the page (every 5 ms) sees the mark in the document. It also
counts how often the site was built for that, and how much processor time it all took.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def made_up(folder: Path, count: int) -> Path:
    """A site of ``count`` articles with seeded words, twelve topics, and dates that go back a day for every four."""
    chance = random.Random(1)
    syllables = [a + b for a in "bcdfglmnprst" for b in "aeiou"]
    words = sorted({"".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(6000)})
    folder.joinpath("content").mkdir(parents=True)
    folder.joinpath("content/site.yaml").write_text("title: Big\nurl: https://big.example\n")
    for number in range(count):
        day = date(2025, 6, 1) - timedelta(days=number // 4)
        own = chance.sample(words, 120)
        body = "\n\n".join(" ".join(chance.choices(own + words[:200], k=70)).capitalize() + "." for _ in range(4))
        topics = ", ".join(f"topic{one}" for one in chance.sample(range(12), 2))
        path = folder / f"content/articles/{day.year}/{day}-story-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'---\ntitle: "{" ".join(own[:7]).capitalize()}"\ndate: {day}\ntopics: [{topics}]\n'
            f"summary: {' '.join(own[7:25])}.\n---\n\n{body}\n"
        )
    return folder


def sample(folder: Path) -> Path:
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def started(site: Path) -> tuple[subprocess.Popen[str], str, float]:
    """A running preview with its address, and how many seconds it took to build the site."""
    began = time.perf_counter()
    words = [sys.executable, "-m", "digest", "serve", str(site), "--port", "0"]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    address = ""
    for line in process.stderr:
        print("   ", line.rstrip())
        if found := re.search(r"The preview is at (http://\S+)", line):
            address = found[1]
        if "  started: " in line:
            return process, address, time.perf_counter() - began
    raise SystemExit("the preview did not start")


def saves(page: Page, file: Path, count: int) -> list[float]:
    """Milliseconds from each save to the changed document."""
    found = []
    text = file.read_text(encoding="utf-8")
    for number in range(count):
        mark = f"mark-{number}-{os.getpid()}"
        began = time.perf_counter()
        file.write_text(f"{text}\n{mark}\n", encoding="utf-8")
        page.wait_for_function(
            "mark => document.body && document.body.textContent.includes(mark)", arg=mark, polling=5, timeout=120_000
        )
        found.append((time.perf_counter() - began) * 1000)
        page.wait_for_function("document.documentElement.dataset.preview === 'live'")
        page.wait_for_function("document.documentElement.dataset.previewPhase === ''")  # nobody saves while it builds
        time.sleep(0.4)
    return found


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--articles", type=int, default=0, help="a made-up site of so many articles")
    reading.add_argument("--saves", type=int, default=20)
    reading.add_argument("--site", type=Path, help="a site to use (and keep) instead of a new one")
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        target = asked.site or Path(folder, "site")
        if not target.exists():
            made_up(target, asked.articles) if asked.articles else sample(target)
        if asked.articles:
            first, *_ = started(target)
            first.terminate()
            first.wait()
        process, address, seconds = started(target)
        try:
            with sync_playwright() as chromium:
                browser = chromium.chromium.launch(executable_path=CHROMIUM)
                page = browser.new_page()
                file = max(target.glob("content/articles/**/*.md"))
                page.goto(f"{address}{file.stem[:4]}/{file.stem[5:7]}/{file.stem[11:]}/")
                page.wait_for_function("document.documentElement.dataset.preview === 'live'")
                times = sorted(saves(page, file, asked.saves))
                browser.close()
        finally:
            process.terminate()
            rest = process.communicate()[1].splitlines()
    print("   ", *rest[-3:], sep="\n    ")
    builds = sum("changed:" in line for line in rest)
    print(f"start: {seconds:.2f} s; {len(times)} saves, {builds} builds; load {os.getloadavg()[0]:.1f}")
    print(
        f"save to changed page: median {statistics.median(times):.0f} ms, "
        f"p95 {times[int(len(times) * 0.95) - 1]:.0f} ms, worst {times[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
