"""A small newspaper, and whether a build of it took the short way and gave what a clean build gives."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import sites
from digest.build import Report, build
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
