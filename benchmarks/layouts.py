"""How an archive of made-up articles is laid out for each generator: the form of an article, and the site around it.

The sites stand in ``themes/``, one folder a generator.  They make the same pages: every article on its own; lists of
twenty for the front, for each topic and for each tag; a feed for the site and for each topic; a sitemap; five related
posts an article.  Their templates show the same elements.  digest brings its own theme, which shows more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from stories import TOPICS, Corpus, Story

ROOT = Path(__file__).resolve().parents[1]
THEMES = Path(__file__).parent / "themes"
STYLE = ROOT / "templates/assets/style.css"
RELATED = 5
_DIGEST = """\
title: The Made-up Courier
url: https://courier.example
description: News that never happened.
page_size: 20
feeds: {items: 20}
"""


class Layout(NamedTuple):
    """A generator's forms: an article's path and text, the other files by path, and where to find its parts."""

    article: Callable[[Story], tuple[str, str]]
    site: Callable[[int], dict[str, str]]  # is given how many related posts an article shall have
    template: str  # of articles; a build after it was edited is measured
    style: str  # where the one static file stands


def write(folder: Path, layout: Layout, corpus: Corpus, related: int = RELATED) -> int:
    """Write a site with all articles under ``folder``, one after the other; returns how many articles."""
    for name, text in {**layout.site(related), layout.style: STYLE.read_text(encoding="utf-8")}.items():
        put(folder / name, text)
    rooms: set[Path] = set()
    for name, text in map(layout.article, corpus):
        file = folder / name
        if file.parent not in rooms:
            file.parent.mkdir(parents=True, exist_ok=True)
            rooms.add(file.parent)
        file.write_bytes(text.encode())
    return corpus.size


def put(file: Path, text: str) -> None:
    """Write one file, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def theme(name: str, related: int) -> dict[str, str]:
    """The files of a generator's site, with the topics and the number of related posts filled in."""
    return {
        file.relative_to(THEMES / name).as_posix(): file.read_text(encoding="utf-8")
        .replace("@TOPICS@", _quoted(TOPICS))
        .replace("@RELATED@", str(related))
        for file in _files(THEMES / name)
    }


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".pyc")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _front(story: Story, **more: str) -> str:
    """An article with YAML front matter."""
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    return (
        f"---\ntitle: {json.dumps(story.title)}\ndate: {story.date:%Y-%m-%dT%H:%M:%SZ}\n{lines}"
        f"tags: [{', '.join(story.tags)}]\nsummary: {story.summary}\n---\n\n{story.body}"
    )


def _digest_article(story: Story) -> tuple[str, str]:
    return f"content/articles/{story.date:%Y/%m}/{story.slug}.md", _front(story, topics=f"[{story.topic}]")


def _digest_site(related: int, more: str = "") -> dict[str, str]:
    topics = "".join(f"- slug: {topic}\n  title: {topic.capitalize()}\n" for topic in TOPICS)
    return {
        "content/site.yaml": f"{_DIGEST}related: {{count: {related}}}\n{more}",
        "content/topics.yaml": topics,
        "templates/article.html": (ROOT / "templates/article.html").read_text(encoding="utf-8"),
    }


def _commonmark_site(related: int) -> dict[str, str]:
    return _digest_site(related, "markdown: {engine: commonmark}\n")


def _hugo_article(story: Story) -> tuple[str, str]:
    return f"content/articles/{story.date:%Y/%m}/{story.slug}.md", _front(story, topics=f"[{story.topic}]")


def _hugo_site(related: int) -> dict[str, str]:
    feeds = {
        f"content/topics/{topic}/_index.md": f"---\ntitle: {topic}\noutputs: [html, rss]\n---\n" for topic in TOPICS
    }
    return {**theme("hugo", related), **feeds}


def _pelican_article(story: Story) -> tuple[str, str]:
    head = (
        f"Title: {story.title}\nDate: {story.date:%Y-%m-%d %H:%M}\nCategory: {story.topic}\nSlug: {story.slug}\n"
        f"Tags: {', '.join(story.tags)}\nSummary: {story.summary}\n"
    )
    return f"content/articles/{story.date:%Y/%m}/{story.slug}.md", f"{head}\n{story.body}"


def _pelican_site(related: int) -> dict[str, str]:
    files = theme("pelican", related)
    files["pelicanconf.py"] += f"TOPICS = [{_quoted(TOPICS)}]\nRELATED = {related}\n"
    return files


def _nikola_article(story: Story) -> tuple[str, str]:
    head = (
        f"<!--\n.. title: {story.title}\n.. slug: {story.slug}\n.. date: {story.date:%Y-%m-%d %H:%M:%S} UTC\n"
        f".. category: {story.topic}\n.. tags: {', '.join(story.tags)}\n.. description: {story.summary}\n-->\n"
    )
    return f"posts/{story.date:%Y/%m}/{story.slug}.md", f"{head}\n{story.body}"


def _nikola_site(related: int) -> dict[str, str]:
    """Nikola's own settings come from ``nikola init``; what stands in ``more.py`` is added to them."""
    files = theme("nikola", related)
    files["more.py"] += f'GLOBAL_CONTEXT = {{"courier_topics": [{_quoted(TOPICS)}]}}\n'
    return files


def _eleventy_article(story: Story) -> tuple[str, str]:
    return f"articles/{story.date:%Y/%m}/{story.slug}.md", _front(story, topic=story.topic)


def _jekyll_article(story: Story) -> tuple[str, str]:
    name = f"_posts/{story.date:%Y/%m}/{story.date:%Y-%m-%d}-{story.slug}.md"
    return name, _front(story, layout="article", topic=story.topic)


def _theme(name: str) -> Callable[[int], dict[str, str]]:
    return lambda related: theme(name, related)


_DIGEST_PARTS = ("templates/article.html", "content/static/extra.css")
LAYOUTS = {
    "digest": Layout(_digest_article, _digest_site, *_DIGEST_PARTS),
    "digest-commonmark": Layout(_digest_article, _commonmark_site, *_DIGEST_PARTS),
    "hugo": Layout(_hugo_article, _hugo_site, "layouts/page.html", "static/assets/style.css"),
    "eleventy": Layout(_eleventy_article, _theme("eleventy"), "_includes/article.njk", "assets/style.css"),
    "jekyll": Layout(_jekyll_article, _theme("jekyll"), "_layouts/article.html", "assets/style.css"),
    "pelican": Layout(
        _pelican_article, _pelican_site, "theme/templates/article.html", "content/assets/style.css"
    ),
    "nikola": Layout(
        _nikola_article, _nikola_site, "themes/courier/templates/post.tmpl", "files/assets/style.css"
    ),
}  # fmt: skip
