"""Shell: new files for people who begin: a whole small site (``digest init``), or one entry (``digest new``)."""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime
from pathlib import Path

from digest import config
from digest.text import slug, zone

SITE = """\
# Everything about the site. README, "Settings", lists all keys; a wrong one is named with the right one.
title: {title}
url: https://example.org/          # where the site will be published; feeds need it
id: urn:uuid:{id}   # the site's identity in feeds: never change it
description: A few words on what this digest brings, and to whom.
language: en
timezone: UTC                      # of all dates that name no zone

permalinks:
  article: /{{year}}/{{month}}/{{slug}}/

editions:
  gather: week                     # summaries in files of their own are gathered by day, week or month

# A cookie notice, if the law asks one of you. Off unless these lines are there.
# notice:
#   text: This website uses cookies.
#   accept: Accept
#   more: Read more
#   url: /about/
"""

TOPICS = """\
# The topics of the site, in the order of its navigation. An entry with any other topic is a problem.
# Without this file, any topic will do.
- slug: news
  title: News
  description: What happened.
- slug: community
  title: Community
  description: Who did what, and where to meet.
"""

SOURCES = """\
# Outlets that entries are attributed to by their key: "source: python".
- key: python
  name: Python Software Foundation
  url: https://www.python.org/
"""

ABOUT = """\
---
title: About
summary: What this digest is, who makes it, how to reach them.
---

This digest is made with *digest*. Write here who you are and how readers reach you.
"""

ARTICLE = """\
---
title: {title}
date: {date}
topics: [{topic}]
summary: One or two sentences that stand under the headline and in lists.
# More fields: tags, authors, source, image, related, updated, draft … (README, "Articles")
{draft}---

{body}
"""

EDITION = """\
title: {title}
date: {date}
intro: A sentence or two on this edition. *Markdown* works here.
items:
  - title: The headline of a story elsewhere
    url: {url}
    source: {source}
    topics: [{topic}]
    summary: What the story says, in a few sentences of your own.
"""

SUMMARY = """\
title: {title}
date: {date}
url: https://example.org/
topics: [{topic}]
summary: What the story says, in a few sentences of your own.
"""


LONGEST_NAME = 60
"""Characters of a title that make the file's name, and so the address."""


class RefusedError(Exception):
    """What was asked for can't be done; the text says why, for the one who asked."""


def start(folder: Path, now: datetime) -> list[Path]:
    """Write a small site to ``folder``, which must be new or empty. Returns the files, in the order written."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(f"{folder} is there already; name a new folder, or an empty one")
    title = json.dumps(folder.resolve().name.replace("-", " ").capitalize() or "A digest", ensure_ascii=False)
    day = f"{now:%Y-%m-%d}"
    body = "This is the first article of the site. Edit it, save it, build again.\n\n> A quotation stands like this."
    files = {
        "content/site.yaml": SITE.format(title=title, id=uuid.uuid4()),
        "content/topics.yaml": TOPICS,
        "content/sources.yaml": SOURCES,
        "content/pages/about.md": ABOUT,
        f"content/articles/{now:%Y}/{day}-a-first-article.md": ARTICLE.format(
            title="A first article", date=day, topic="news", draft="", body=body
        ),
        f"content/summaries/{now:%Y}/{day}.yaml": EDITION.format(
            title="A first edition", date=day, topic="community", url="https://www.python.org/", source="python"
        ),
        ".gitignore": ".digest/\noutput/\n",
    }
    return [_write(folder / name, text) for name, text in files.items()]


def new_file(site: Path, what: str, title: str, now: datetime) -> Path:
    """Write the file for a new ``what`` ("article", "summary", "edition"); an article begins as a draft."""
    if not (site / "content").is_dir():
        raise RefusedError(f"there is no content/ in {site}; run this in the site's folder, or name it with --site")
    name = slug(title)[:LONGEST_NAME].rstrip("-")
    if not name:
        raise RefusedError(f'"{title}" has no letter or digit to make a file name of')
    now = now.astimezone(zone(_time_zone(site)))  # in which the file will be read
    quoted, minute, topic = json.dumps(title, ensure_ascii=False), f"{now:%Y-%m-%d %H:%M}", _first_topic(site)
    if what == "article":
        path = site / f"content/articles/{now:%Y}/{now:%Y-%m-%d}-{name}.md"
        text = ARTICLE.format(title=quoted, date=minute, topic=topic, draft="draft: true\n", body="Write here.")
    elif what == "summary":
        path = site / f"content/summaries/{now:%Y}/{now:%Y-%m-%d}-{name}.yaml"
        text = SUMMARY.format(title=quoted, date=minute, topic=topic)
    else:
        path = site / f"content/summaries/{now:%Y}/{now:%Y-%m-%d}-{name}.yaml"
        values = {"url": "https://example.org/", "source": '{name: "Who published it"}'}
        text = EDITION.format(title=quoted, date=minute, topic=topic, **values)
    if path.exists():
        raise RefusedError(f"{path} is there already; choose another title, or edit that file")
    return _write(path, text)


def _first_topic(site: Path) -> str:
    """The first topic in topics.yaml as a start; a plain word where there is none."""
    topics, _ = config.read_topics(_text(site / "content/topics.yaml"), "content/topics.yaml")
    return topics[0].slug if topics else "news"


def _time_zone(site: Path) -> str:
    """The site's time zone; UTC where its settings can't be read, which the next build will say."""
    settings, _ = config.read_site(_text(site / "content/site.yaml"), "content/site.yaml")
    return settings.timezone if settings else "UTC"


def _text(file: Path) -> str:
    """The text of a data file; empty where it can't be read, which the next build will say."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise RefusedError(f"{path} can't be written: {os.strerror(error.errno or 0)}") from None
    return path
