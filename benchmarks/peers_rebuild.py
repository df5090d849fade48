"""What an incremental build is worth: digest beside five other generators, all in one run.

    python benchmarks/peers_rebuild.py              the table, for the generators that are installed
    python benchmarks/peers_rebuild.py --install    installs the missing ones first (pip, npm, apt), into --tools

Each generator gets a site of 200 articles with a front page, a list for each of four topics and what it makes of
itself. One headline is renamed, one article deleted, one moved to another topic; the site is built again into the
same folder, and then clean into an empty one. Then the body of one article is edited and the site is built once more.

Measured: whether the incremental result equals the clean one, byte for byte (times of building are masked, since most
generators print one); how many files the edit of a body rewrites (time or inode changed), and how many bytes differ.

Not measured: speed; what a generator's watch mode does; other themes or plugins than the ones named below, which are
each generator's own or the smallest that make these pages; anything that a flag beyond those below could mend, such as
deleting the output before every build, which makes any build clean and none incremental.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from peers import PROGRAMS, TOOLS, install, run, version

COUNT = 200
TOPICS = ("world", "science", "sport", "arts")
TIMES = re.compile(
    rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d)?|"
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})"
)


class Story(NamedTuple):
    """An article, before a generator's own form is given to it."""

    number: int
    title: str
    topic: str
    body: str

    @property
    def name(self) -> str:
        return f"story-{self.number:03}"

    @property
    def date(self) -> str:
        return f"2025-{1 + self.number // 28:02}-{1 + self.number % 28:02}"


class Peer(NamedTuple):
    """A generator: how an article is written, which other files a site needs, how it is built into a folder."""

    name: str
    article: Callable[[Story], tuple[str, str]]
    files: Mapping[str, str]
    build: Callable[[Path], list[str]]
    flags: str
    prepare: tuple[str, ...] = ()


def front(story: Story, **more: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f'---\ntitle: "{story.title}"\ndate: {story.date}\n{lines}---\n\n{story.body}\n'


def header(story: Story) -> str:
    """The metadata of Pelican, which also Nikola reads."""
    return f"Title: {story.title}\nDate: {story.date}\nCategory: {story.topic}\n\n{story.body}\n"


def nikola(story: Story) -> str:
    return (
        f"<!--\n.. title: {story.title}\n.. slug: {story.name}\n.. date: {story.date} 12:00:00 UTC\n"
        f".. tags: {story.topic}\n-->\n\n{story.body}\n"
    )


HUGO = {
    "hugo.toml": 'baseURL = "https://example.org/"\ntitle = "Site"\n[taxonomies]\ntopic = "topics"\n',
    "layouts/_default/single.html": "<h1>{{ .Title }}</h1>{{ .Content }}\n",
    "layouts/_default/list.html": "{{ .Title }}: "
    "{{ range .Pages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a> {{ end }}",
    "layouts/index.html": "{{ range .Site.RegularPages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a>\n{{ end }}",
}
LIST = "{% for one in LIST %}<a href='{{ one.url }}'>{{ TITLE }}</a>\n{% endfor %}"
ELEVENTY_FILES = {
    "_includes/base.njk": "<h1>{{ title }}</h1>{{ content | safe }}\n",
    "package.json": '{"type": "module"}\n',
    "index.njk": "---\nlayout: base.njk\ntitle: Front\n---\n"
    + LIST.replace("LIST", "collections.story").replace("TITLE", "one.data.title"),
    **{
        f"topics/{topic}.njk": f"---\nlayout: base.njk\ntitle: {topic}\n---\n"
        + LIST.replace("LIST", f"collections.{topic}").replace("TITLE", "one.data.title")
        for topic in TOPICS
    },
}
JEKYLL = {
    "_config.yml": "title: Site\nurl: https://example.org\n",
    "_layouts/default.html": "<h1>{{ page.title }}</h1>{{ content }}\n",
    "index.html": "---\nlayout: default\ntitle: Front\n---\n"
    + LIST.replace("LIST", "site.posts").replace("TITLE", "one.title"),
    **{
        f"topics/{topic}.html": f"---\nlayout: default\ntitle: {topic}\n---\n"
        + LIST.replace("LIST", f"site.tags.{topic}").replace("TITLE", "one.title")
        for topic in TOPICS
    },
}
PELICAN = {
    "pelicanconf.py": "SITENAME = 'Site'\nSITEURL = 'https://example.org'\nTIMEZONE = 'UTC'\nPATH = 'content'\n"
    "FEED_ALL_ATOM = 'feed.xml'\nCACHE_CONTENT = True\nLOAD_CONTENT_CACHE = True\nCONTENT_CACHING_LAYER = 'generator'\n"
}
DIGEST = {"content/site.yaml": "title: Site\nurl: https://example.org\n"}


PEERS = (
    Peer(
        "hugo", lambda one: (f"content/{one.name}.md", front(one, topics=f"[{one.topic}]")), HUGO,
        lambda output: ["--quiet", "--destination", str(output)], "hugo",
    ),
    Peer(
        "eleventy",
        lambda one: (f"stories/{one.name}.md", front(one, tags=f"[story, {one.topic}]", layout="base.njk")),
        ELEVENTY_FILES, lambda output: ["--quiet", "--incremental", f"--output={output}"], "eleventy --incremental",
    ),
    Peer(
        "jekyll",
        lambda one: (f"_posts/{one.date}-{one.name}.md", front(one, tags=f"[{one.topic}]", layout="default")), JEKYLL,
        lambda output: ["build", "--quiet", "--incremental", "--destination", str(output)],
        "jekyll build --incremental",
    ),
    Peer(
        "pelican", lambda one: (f"content/{one.name}.md", header(one)), PELICAN,
        lambda output: ["--quiet", "--output", str(output), "--settings", "pelicanconf.py"],
        "pelican, content cache on",
    ),
    Peer(
        "nikola", lambda one: (f"posts/{one.name}.md", nikola(one)), {},
        lambda _: ["build", "--quiet"], "nikola build", ("init", "--quiet"),
    ),
    Peer(
        "digest", lambda one: (f"content/articles/{one.name}.md", front(one, topics=f"[{one.topic}]")), DIGEST,
        lambda output: ["build", "--quiet", "--output", str(output)], "digest build",
    ),
)  # fmt: skip


def stories() -> list[Story]:
    words = "The council met on the bridge and the river rose by the market.".split()
    return [
        Story(number, f"Story {number} of the year", TOPICS[number % 4], " ".join(words[number % 13 :] + words))
        for number in range(COUNT)
    ]


class Work:
    """One generator's site while it is edited and built."""

    def __init__(self, peer: Peer, tools: Path, room: Path) -> None:
        self.peer = peer
        self.start = PROGRAMS[peer.name].start(tools)
        self.site = room / "site"
        if peer.prepare:
            run([*self.start, *peer.prepare, str(self.site)], room)
            for file in [*(self.site / "posts").glob("*"), *(self.site / "pages").glob("*")]:
                file.unlink()
        for name, text in peer.files.items():
            self._put(name, text)
        for story in stories():
            self.write(story)

    def _put(self, name: str, text: str) -> None:
        file = self.site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def write(self, story: Story) -> None:
        self._put(*self.peer.article(story))

    def delete(self, story: Story) -> None:
        (self.site / self.peer.article(story)[0]).unlink()

    def output(self) -> Path:
        return self.site / "output"

    def build(self) -> None:
        run([*self.start, *self.peer.build(self.output())], self.site)

    def clean(self, room: Path) -> dict[str, bytes]:
        """The output of a clean build of the same content: in a copy of the site without anything that was built."""
        site, kept = self.site, room / "clean"
        left_out = shutil.ignore_patterns(
            "output", "public", "cache", "__pycache__", "*.db*", ".doit*", ".digest", ".jekyll-*", ".hugo_build.lock"
        )
        shutil.copytree(site, kept / "site", ignore=left_out)
        self.site = kept / "site"
        self.build()
        found = files(self.output())
        self.site = site
        shutil.rmtree(kept)
        return found


def files(folder: Path) -> dict[str, bytes]:
    """Every file that a server would publish."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {name: ((status := (folder / name).stat()).st_ino, status.st_mtime_ns) for name in files(folder)}


def masked(found: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: TIMES.sub(b"", data) for name, data in found.items()}


def verdict(warm: Mapping[str, bytes], clean: Mapping[str, bytes]) -> str:
    """Whether both are equal, or in how many files they aren't."""
    left = len(warm.keys() - clean.keys())
    missing = len(clean.keys() - warm.keys())
    stale = sum(warm[name] != clean[name] for name in warm.keys() & clean.keys())
    parts = [
        f"{count} {word}" for count, word in ((left, "left over"), (missing, "missing"), (stale, "stale")) if count
    ]
    return "no: " + ", ".join(parts) if parts else "yes"


def row(peer: Peer, tools: Path) -> str:
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        work = Work(peer, tools, room)
        work.build()
        work.build()
        known = stories()
        work.write(known[150]._replace(title="A headline that was corrected"))
        work.delete(known[151])
        work.write(known[152]._replace(topic="science"))
        work.build()
        same = verdict(masked(files(work.output())), masked(work.clean(room)))
        before, stamped = files(work.output()), stamps(work.output())
        work.write(known[120]._replace(body="Another body altogether."))
        work.build()
        after, stamped_after = files(work.output()), stamps(work.output())
        rewritten = sum(stamped_after[one] != stamped.get(one) for one in after)
        differ = sum(after[one] != before.get(one) for one in after)
        name = f"{PROGRAMS[peer.name].name} {version(PROGRAMS[peer.name], tools)}"
        return f"| {name} | `{peer.flags}` | {same} | {rewritten} | {differ} | {len(after)} |"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--install", action="store_true", help="install the generators that are missing")
    arguments.add_argument("--tools", type=Path, default=TOOLS, help="where they are")
    arguments.add_argument("--only", help="the name of one generator")
    given = arguments.parse_args()
    if given.install:
        install(given.tools)
    print(
        f"A site of {COUNT} articles. One headline renamed, one article deleted, one retagged; then one body edited.\n"
    )
    print("| generator | command | incremental = clean | files rewritten by one body | files that differ | files |")
    print("|---|---|---|---|---|---|")
    for peer in PEERS:
        if given.only and given.only.lower() != peer.name:
            continue
        if PROGRAMS[peer.name].installed(given.tools):
            print(row(peer, given.tools), flush=True)
        else:
            print(f"| {PROGRAMS[peer.name].name} | not installed (--install) | | | | |", flush=True)
    print("\nNot measured: speed, watch modes, other themes, plugins or flags. Times of building are masked.")


if __name__ == "__main__":
    main()
