"""The scenarios of peers_speed.py: each generator's site, how it is edited, built and checked."""

from __future__ import annotations

import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from checks import SIZE, Expected, content_faults, count_faults, listed_faults, tally
from layouts import LAYOUTS, RELATED, put, write
from measure import Cost, FailedError, spend
from peers import PROGRAMS, run
from stories import Corpus, Story

SCENARIOS = {
    "cold": "cold",
    "nothing": "no edit",
    "body": "a new body edited",
    "old": "an old body edited",
    "headline": "a new headline edited",
    "added": "one article added",
    "template": "a template edited",
}
SAMPLE = 12
_MARKED = re.compile(r'<article(?: class="edit-\d+")?>')
_MADE = (
    "output cache .digest .jekyll-cache .jekyll-metadata .doit.db .doit.db.bak .doit.db.dat .doit.db.dir resources "
    ".hugo_build.lock __pycache__"
).split()


class Entrant(NamedTuple):
    """A generator with settings: its names, its layout, and the words that it is started with.

    ``related`` says whether its related posts are "on", "off", "always" on, or "never" to be had.
    """

    name: str
    key: str  # in --only
    program: str
    layout: str
    related: str
    words: tuple[str, ...]
    cold: tuple[str, ...] = ()  # more words for the cold build alone

    @property
    def folder(self) -> str:
        return re.sub(r"\W+", "-", self.name.lower())

    @property
    def permanent(self) -> bool:
        """Whether its lists are cut from the oldest end."""
        return self.program == "digest"


def _both(name: str, key: str, words: str, cold: str = "") -> tuple[Entrant, Entrant]:
    """A peer with related posts and without."""
    with_related = Entrant(name, key, key, key, "on", tuple(words.split()), tuple(cold.split()))
    return with_related, with_related._replace(name=f"{name}, none related", related="off")


_BUILD = ("build", "--quiet", "--output", "output")
ENTRANTS = (
    Entrant("digest", "digest", "digest", "digest", "always", _BUILD),
    Entrant("digest, commonmark", "digest-commonmark", "digest", "digest-commonmark", "always", _BUILD),
    *_both("Hugo", "hugo", "--quiet --destination output"),
    *_both("Eleventy", "eleventy", "--quiet --incremental --output=output"),
    *_both("Jekyll", "jekyll", "build --quiet --destination output"),
    *_both(
        "Pelican", "pelican", "--quiet --output output --settings pelicanconf.py",
        "--extra-settings CACHE_CONTENT=false LOAD_CONTENT_CACHE=false",
    ),
    Entrant("Nikola", "nikola", "nikola", "nikola", "never", ("build", "--quiet")),
)  # fmt: skip


class Outcome(NamedTuple):
    """What a build cost; nothing if its pages were wrong, and then why."""

    cost: Cost | None
    faults: list[str]


Results = defaultdict[tuple[str, str], list[Outcome]]
"""The outcomes by generator and scenario."""


class Session:
    """One generator's site while it is edited and built."""

    def __init__(self, entrant: Entrant, tools: Path, site: Path, corpus: Corpus, expected: Expected) -> None:
        self.entrant = entrant
        self.site = site
        self.layout = LAYOUTS[entrant.layout]
        self.related = RELATED if entrant.related in {"on", "always"} else 0
        self.start = PROGRAMS[entrant.program].start(tools)
        self.corpus = corpus
        self.expected = expected
        self.mark = ""
        self.sample = {number: corpus.story(number) for number in self._numbers()}
        self._lay_out()

    def _numbers(self) -> range:
        return range(0, self.corpus.size, max(1, self.corpus.size // SAMPLE))

    def _lay_out(self) -> None:
        self.site.parent.mkdir(parents=True, exist_ok=True)
        if self.entrant.program == "nikola":
            run([*self.start, "init", "--quiet", str(self.site)], self.site.parent)
        write(self.site, self.layout, self.corpus, self.related)
        if self.entrant.program == "nikola":
            with (self.site / "conf.py").open("a", encoding="utf-8") as settings:
                settings.write((self.site / "more.py").read_text(encoding="utf-8"))

    def build(self, *, cold: bool = False) -> Cost:
        """Build the site; raises ``FailedError`` where the generator says that it failed."""
        return spend([*self.start, *self.entrant.words, *(self.entrant.cold if cold else ())], self.site)

    def clear(self) -> None:
        """Remove all that was built and remembered."""
        for name in _MADE:
            path = self.site / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def edit(self, scenario: str, turn: int) -> list[Story]:
        """Make the edit of a scenario, another each turn; returns the articles whose lists shall show it."""
        if scenario in {"body", "old"}:
            story = self.corpus.story(
                self.corpus.size - 1 - turn if scenario == "body" else self.corpus.size // 2 + turn
            )
            self._save(story._replace(body=f"{story.body}\nWords number {turn} were added here.\n"))
        elif scenario == "headline":
            story = self.corpus.story(self.corpus.size - 20 - turn)
            return [self._save(story._replace(title=f"{story.title} Revised {turn}"))]
        elif scenario == "added":
            story = self.corpus.story(self.corpus.size + turn)
            self.expected = self.expected.having(story)
            return [self._save(story)]
        elif scenario == "template":
            file = self.site / self.layout.template
            self.mark = f'<article class="edit-{turn}">'
            put(file, _MARKED.sub(self.mark, file.read_text(encoding="utf-8"), count=1))
        return []

    def _save(self, story: Story) -> Story:
        put(self.site / (found := self.layout.article(story))[0], found[1])
        self.sample[story.number] = story
        return story

    def faults(self, shown: Sequence[Story]) -> list[str]:
        """What is wrong with the pages."""
        output = self.site / "output"
        return [
            *count_faults(output, self.expected, permanent=self.entrant.permanent),
            *content_faults(output, list(self.sample.values()), related=self.related, mark=self.mark),
            *(fault for story in shown for fault in listed_faults(output, story)),
        ]

    def outcome(self, scenario: str, turn: int) -> Outcome:
        """Edit, build and check."""
        shown = self.edit(scenario, turn)
        if scenario == "cold":
            self.clear()
        try:
            cost = self.build(cold=scenario == "cold")
        except FailedError as failed:
            return Outcome(None, [str(failed)])
        faults = self.faults(shown)
        return Outcome(None if faults else cost, faults)


def rehearse(entrants: Sequence[Entrant], tools: Path, room: Path) -> None:
    """Let each build a tiny site, so that none pays for compiling its own modules or reading itself from disk."""
    corpus = Corpus(2 * SIZE)
    for one in entrants:
        Session(one, tools, room / one.folder, corpus, tally(corpus)).build(cold=True)


def contest(sessions: Sequence[Session], scenarios: Sequence[str], repeat: int, results: Results) -> None:
    """Run every scenario with one generator after the other, ``repeat`` times; outcomes are added to ``results``."""
    for scenario in scenarios:
        for turn in range(repeat):
            for session in sessions:
                if not (session.site / "output").exists() and scenario != "cold":
                    session.build(cold=True)
                if session.entrant.cold and scenario != "cold" and not (session.site / "cache").exists():
                    session.build()  # fills the cache that the cold build went without
                outcome = session.outcome(scenario, turn)
                results[session.entrant.name, scenario].append(outcome)
                _tell(session.entrant.name, scenario, outcome)


def _tell(name: str, scenario: str, outcome: Outcome) -> None:
    """Say how it went, at once: the whole may take hours."""
    cost = outcome.cost
    told = f"{cost.wall:.2f} s, CPU {cost.cpu:.2f} s, {cost.memory:.0f} MB" if cost else "wrong"
    print(f"{name:22} {scenario:9} {told}", *outcome.faults[:3], sep="\n    ", file=sys.stderr, flush=True)
