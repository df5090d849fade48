"""A whole small site held against files: what is planned, and what is rendered from it.

The files under ``golden/`` are the site as it was last looked at. After a change that is meant, write them anew with
``pytest tests/test_golden.py --golden`` and read the difference before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

import sites
from digest.build import build, cache_file
from digest.cache import Cache
from digest.engine import engine_version
from digest.marks import PAGE as PAGE_MARK
from digest.marks import SITE as SITE_MARK
from digest.models import Link, Prose
from digest.pages import FeedEntry, FeedLink, FeedPage, Head, IndexRow, Page, Trail
from digest.publish import Warm
from digest.render import decode
from digest.request import Request
from digest.text import zone

GOLDEN = Path(__file__).parent / "golden"

SITE = """\
title: The Courier
url: https://host.example/some/path/
id: tag:host.example,2025:courier
description: News & views, once a week.
language: en-GB
timezone: Europe/London
notice: {text: We set *no* cookies., accept: Accept, more: Read more, url: /about/}
related: {count: 3}
"""

VOTE = """\
---
title: Council votes "yes" & the <bridge> comes
date: 2025-05-11 09:30
updated: 2025-05-12 14:00
topics: [world, politics]
summary: The harbour bridge will be *built*.
tags: [Harbour, Bridges]
authors: [Jane Doe, John Roe]
sources: [bbc, {name: Le Monde, url: "https://lemonde.example/pont"}]
image: {src: /images/bridge.svg, alt: A bridge, caption: As **planned**, credit: City of X}
related: [how-a-ferry-works]
unrelated: [bridge-card-game]
story: bridge
lead: true
canonical: https://first.example/bridge
aliases: [/bridge/, /old/bridge.html]
corrections: [{date: 2025-05-12, text: The bridge has *two* lanes.}]
---

The council voted for the harbour bridge. See [the ferry](../how-a-ferry-works/), [the map](/images/bridge.svg)
and [the cost](#cost).

> "At last", said the mayor.

![The bridge](../../../images/bridge.svg)

## Cost

Nobody knows.
"""

EDITION = """\
title: Two elections
number: 12
date: 2025-05-19
intro: A week of *ballots*; more in [the vote](/2025/05/council-votes/).
source: bbc
sections:
  - title: World
    items:
      - title: Canada votes
        url: https://elections.example/?a=1&b=2
        topics: [politics]
        tags: [Bridges]
        summary: The *count* took a night. The harbour bridge was an issue.
        via: {title: Hacker News, url: https://news.example/1}
        discussion: https://talk.example/1
      - {title: Gone by now, url: "https://gone.example/", topics: [world], expires: 2025-06-01}
  - title: Elsewhere
    items:
      - title: الجسر الجديد
        url: https://arabic.example/
        topics: [world]
        source: {name: Al Noor}
        lang: ar
"""

FILES: dict[str, str | bytes | None] = {
    "content/site.yaml": SITE,
    "content/topics.yaml": (
        "- {slug: politics, title: Politics, description: Who decides., order: 1}\n"
        "- {slug: world, title: World, order: 2}\n"
    ),
    "content/sources.yaml": "- {key: bbc, name: BBC, url: 'https://bbc.example/'}\n",
    "content/articles/2025-05-11-council-votes.md": VOTE,
    "content/articles/2025-05-02-how-a-ferry-works.md": sites.article(
        "How a ferry works", "2025-05-02", body="Slowly."
    ),
    "content/articles/2025-05-03-bridge-card-game.md": sites.article(
        "Bridge, the card game", "2025-05-03", body="The council of players voted."
    ),
    "content/articles/2025-06-09-a-bridge-opens.md": sites.article(
        "A bridge opens & closes", "2025-06-09 18:30", lang="fr", body="Le pont est ouvert."
    ),
    "content/articles/2025-05-04-draft.md": sites.article("A draft", "2025-05-04", draft="true"),
    "content/articles/2025-07-01-withheld.md": sites.article("Withheld", "2025-07-01"),
    "content/articles/2025-05-05-expired.md": sites.article("Expired", "2025-05-05", expires="2025-06-01"),
    "content/summaries/2025-05-19.yaml": EDITION,
    "content/summaries/2025-05-21-lone.yaml": (
        "{title: A lone summary, date: 2025-05-21, url: 'https://lone.example/', topics: [world], summary: Alone.}\n"
    ),
    "content/pages/about.md": "---\ntitle: About\naliases: [/us/]\n---\n\nWe are *we*.\n",
    "content/static/images/bridge.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
}

RENDERED = {
    "article.html": "2025/05/council-votes/index.html",
    "front.html": "index.html",
    "list.html": "topics/world/index.html",
    "edition.html": "editions/2025-05-19/index.html",
    "feed.xml": "feed.xml",
    "atom.xml": "editions/atom.xml",
    "feed.json": "topics/politics/feed.json",
    "sitemap.xml": "sitemap.xml",
    "news-sitemap.xml": "news-sitemap.xml",
    "robots.txt": "robots.txt",
    "redirect.html": "old/bridge.html",
    "404.html": "404.html",
}
"""Each golden file with the output file that it shows."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sites.write(tmp_path_factory.mktemp("golden"), FILES)


def held(request: pytest.FixtureRequest, name: str, found: str) -> None:
    """Hold ``found`` against the golden file, or write it anew where that was asked for."""
    file = GOLDEN / name
    if request.config.getoption("--golden"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8", newline="\n")
    assert found == file.read_text(encoding="utf-8"), f"if this is meant: pytest tests/test_golden.py --golden ({name})"


def test_the_plan_is_as_it_was(folder: Path, request: pytest.FixtureRequest) -> None:
    text = "".join(line + "\n" for page in planned(folder) for line in shown(page))
    held(request, "plan.txt", text.replace(SITE_MARK, "{site}").replace(PAGE_MARK, "{page}"))


@pytest.fixture(scope="module")
def output(folder: Path) -> dict[str, bytes]:
    return sites.built(folder)


@pytest.mark.parametrize(("name", "path"), RENDERED.items(), ids=RENDERED)
def test_the_page_is_as_it_was(name: str, path: str, output: dict[str, bytes], request: pytest.FixtureRequest) -> None:
    held(request, name, output[path].decode())


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {"plan.txt", *RENDERED}


# --- A plan as text ----------------------------------------------------------------------------------------


def planned(folder: Path) -> list[Page]:
    """The pages as the build remembers them, by path."""
    engine = engine_version()
    request = Request(folder, folder / "output", sites.AS_OF)
    report = build(request, warm=Warm.begin()._replace(engine=engine))
    assert report.published is not None
    assert report.problems == ()
    cache = Cache(cache_file(request), engine)
    values = [value for path in sorted(sites.tree(folder / "output")) if (value := cache.page_value(path))]
    cache.close()
    return [decode(value) for value in values]


def shown(page: Page) -> Iterator[str]:
    """A page as lines: its path, kind and template, then what its value holds that is not plainly empty."""
    yield f"{page.path}  ({page.kind}, {page.template})"
    if isinstance(page.value, FeedPage) and page.template != "feed.xml":
        yield f"    as feed.xml, under {page.value.self_url}"
    else:
        yield from fields(page.value, "    ")


def fields(value: msgspec.Struct, indent: str) -> Iterator[str]:
    defaults = dict(zip(reversed(value.__struct_fields__), reversed(value.__struct_defaults__), strict=False))
    for name in value.__struct_fields__:
        given = getattr(value, name)
        if given != defaults.get(name) and given not in ("", ()):
            yield from lines(name, given, indent)


def lines(name: str, given: object, indent: str) -> Iterator[str]:
    if isinstance(given, Head):
        yield f"{indent}head: {' | '.join(given.title)} <{given.canonical}>{' noindex' if given.noindex else ''}"
        yield from (
            f"{indent}    {what}: {text}" for what in ("description", "image") if (text := getattr(given, what))
        )
    elif (short := line(given)) is not None:
        yield f"{indent}{name}: {short}"
    elif isinstance(given, tuple):
        yield f"{indent}{name}:"
        for one in given:
            if (short := line(one)) is not None:
                yield f"{indent}    - {short}"
            else:
                yield from (
                    f"{indent}    {'-' if not number else ' '} {text}" for number, text in enumerate(fields(one, ""))
                )
    elif isinstance(given, msgspec.Struct):
        yield f"{indent}{name}:"
        yield from fields(given, indent + "    ")


def line(given: object) -> str | None:
    """A value that fits on one line."""
    if isinstance(given, datetime):
        return given.astimezone(zone("Europe/London")).isoformat()
    if isinstance(given, Link | FeedLink | IndexRow):
        return f"{given.title} <{given.url}>" + (f" ({given.count})" if isinstance(given, IndexRow) else "")
    if isinstance(given, Trail):
        marks = [given.kicker.title if given.kicker else "", given.source, given.lang, given.dir, given.badge]
        day = given.date.astimezone(zone("Europe/London")).date()
        return f"{given.title} <{given.url}> {day} {' '.join(filter(None, marks))}".rstrip()
    if isinstance(given, FeedEntry):
        return f"{given.title} <{given.url}> {given.id}"
    if isinstance(given, Prose):
        return given.html
    return None if isinstance(given, msgspec.Struct | tuple) else str(given)
