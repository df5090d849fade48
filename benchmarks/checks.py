"""Whether what a generator published is what was asked for: before that is known, its time means nothing."""

from __future__ import annotations

import html
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from stories import Story

SIZE = 20
_ARTICLE = re.compile(r"\d{4}/\d\d/[^/]+/index\.html")
_LIST = re.compile(r"(?:topics|tags)/[^/]+/(?:page/\d+/)?index\.html")
_FRONT = re.compile(r"(?:page/\d+/)?index\.html")
_FEED = re.compile(r"topics/[^/]+(?:/feed)?\.xml")
_LINK = re.compile(r"<h3><a\b")  # a related post; no body has a link in a heading


class Expected(NamedTuple):
    """How many articles there are, in all and by topic and tag."""

    articles: int
    topics: Counter[str]
    tags: Counter[str]

    def having(self, story: Story) -> Expected:
        """The same with one more article."""
        return Expected(self.articles + 1, self.topics + Counter([story.topic]), self.tags + Counter(story.tags))

    def lists(self, permanent: bool) -> int:
        """Pages of all topics and tags; permanent ones are cut from the oldest end, and the first holds the rest."""
        sizes = [*self.topics.values(), *self.tags.values()]
        return sum(max(1, size // SIZE) if permanent else math.ceil(size / SIZE) for size in sizes)


def tally(stories: Iterable[Story]) -> Expected:
    """Count an archive."""
    articles, topics, tags = 0, Counter[str](), Counter[str]()
    for story in stories:
        articles += 1
        topics[story.topic] += 1
        tags.update(story.tags)
    return Expected(articles, topics, tags)


def files(folder: Path) -> Iterator[str]:
    """The path of every file under ``folder``."""
    for room, _, names in os.walk(folder):
        under = room[len(str(folder)) + 1 :]
        yield from (f"{under}/{name}" if under else name for name in names)


def count_faults(output: Path, expected: Expected, *, permanent: bool) -> Iterator[str]:
    """What is missing or too much, by number: articles, pages of lists, feeds of topics, addresses in the sitemap."""
    found = Counter[str]()
    for name in files(output):
        for kind, pattern in (("articles", _ARTICLE), ("lists", _LIST), ("fronts", _FRONT), ("feeds", _FEED)):
            found[kind] += bool(pattern.fullmatch(name))
    fronts = 1 if permanent else math.ceil(expected.articles / SIZE)
    wanted = {"articles": expected.articles, "lists": expected.lists(permanent), "fronts": fronts}
    for kind, number in (*wanted.items(), ("feeds", len(expected.topics))):
        if found[kind] != number:
            yield f"{found[kind]} {kind} where {number} are due"
    if not any(output.glob("feed.xml")):
        yield "no feed of the site"
    listed = sum(_addresses(file) for file in output.glob("sitemap*.xml"))
    if listed != expected.articles:
        yield f"{listed} articles in the sitemap where {expected.articles} are due"


def _addresses(sitemap: Path) -> int:
    """Addresses of articles in a sitemap."""
    return len(re.findall(r"<loc>https://courier\.example/\d{4}/\d\d/[^/<]+/</loc>", sitemap.read_text("utf-8")))


def page(output: Path, story: Story) -> str:
    """The text of an article's page; empty where there is none."""
    file = output / story.address.strip("/") / "index.html"
    return html.unescape(file.read_text(encoding="utf-8")) if file.exists() else ""


def content_faults(output: Path, stories: Sequence[Story], *, related: int, mark: str) -> Iterator[str]:
    """Which of the articles lack their headline, their last words, their related posts or the mark of the template."""
    links = 0
    for story in stories:
        text = page(output, story)
        for what, words in (("headline", story.title), ("ending", story.ending), ("template", mark)):
            if words not in text:
                yield f"{story.address} lacks its {what}: {words}"
        links += len(_LINK.findall(text))
    if not 0.8 * related <= links / len(stories) <= related:
        yield f"{links / len(stories):.1f} related posts an article where {related} are due"


def listed_faults(output: Path, story: Story) -> Iterator[str]:
    """Whether the lists of an article's topic and tags show its headline."""
    for room in (f"topics/{story.topic}", *(f"tags/{tag}" for tag in story.tags)):
        pages = (output / room).rglob("index.html")
        if not any(story.title in html.unescape(one.read_text(encoding="utf-8")) for one in pages):
            yield f"no page of /{room}/ shows {story.title}"
