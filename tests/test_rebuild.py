"""A warm build equals a clean one, byte for byte, and writes only what differs, after any history of edits.

The first part makes random histories of edits, each step of which is built twice: warm, into the same output and
with the same cache as always, and clean, into an empty folder without a cache. What follows are single cases: builds
that change nothing, the least that an edit may re-render, explanations, caches that moved or broke, builds at once.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from digest.build import Report, build
from digest.cache import Cache
from digest.engine import theme_folder
from digest.manifest import MANIFEST, STAGING
from digest.problems import as_text
from digest.publish import Warm
from digest.request import Request
from sites import AS_OF, article, codes, tree, write

HISTORIES = int(os.environ.get("DIGEST_HISTORIES", "100"))
"""How many random histories are tried, always the same ones for one number; 1,000 need about half an hour."""

STEPS = 5 if HISTORIES <= 100 else 9
"""The most steps of one history."""

WARM = Warm.begin()
"""The templates' code, kept for all builds of this process: compiling it takes longer than all else in a build."""


def one_process(*, again: bool) -> Warm:
    """What a process knows before its first build; with ``again`` it will keep in mind what it builds."""
    return Warm.empty(WARM.engine, WARM.templates, again=again)


COUNTS: Counter[str] = Counter()
"""How many histories, steps and builds there were, and how many builds failed or were killed."""


def run(site: Path, output: Path | None = None, *, use_cache: bool = True, explain: bool = False) -> Report:
    """Build the site as of 10 June 2025 and hand back the report, whatever it says."""
    warm = one_process(again=False)
    return build(Request(site, output or site / "output", AS_OF, use_cache=use_cache, explain=explain), warm=warm)


def built(site: Path, output: Path | None = None, *, use_cache: bool = True) -> dict[str, bytes]:
    """Build the site; the build must go through. Returns what was published, by path."""
    report = run(site, output, use_cache=use_cache)
    assert report.published is not None, as_text(report.problems)
    return tree(output or site / "output")


# --- The content that histories are made of ----------------------------------------------------------------

NAMES = st.sampled_from("alpha Alpha beta gamma delta epsilon zeta eta 2025-05-01-theta".split())
DATES = st.sampled_from(
    ["2025-03-30", "2025-05-01", "2025-05-11", "2025-05-11 23:30", "2025-05-31T23:30:00-04:00", "2025-06-01",
     "2025-06-12", "2024-12-31"]
)  # fmt: skip
WORDS = st.sampled_from("bridge council vote river market storm harbour train budget election".split())
TITLES = st.builds(lambda one, two: f"{one.capitalize()} & {two} — “news”", WORDS, WORDS)
TEXTS = st.builds(
    lambda words, extra: " ".join(words).capitalize() + ".\n\n" + extra,
    st.lists(WORDS, min_size=1, max_size=9),
    st.sampled_from(
        ["A [link](/about/).", "*Second* paragraph.", "## Heading\n\n- one\n- two", "See [that](/2025/05/alpha/).",
         "![A mark](/mark.svg)", "Note[^1].\n\n[^1]: Below.", "[broken][reference]", ""]
    ),
)  # fmt: skip
TOPICS = st.lists(st.sampled_from(["world", "sport", "Local News", "arts"]), min_size=1, max_size=2, unique=True)
TAGS = st.lists(st.sampled_from(["EU", "eu", "Trade", "Wahl"]), max_size=2, unique=True)

OPTIONAL = st.fixed_dictionaries(
    {},
    optional={
        "tags": TAGS.map(lambda tags: f"[{', '.join(tags)}]"),
        "summary": st.sampled_from(["A *short* text.", "Another", '"With [a link](/about/) in it."']),
        "authors": st.sampled_from(["[Ann]", "[Ann, Bo]"]),
        "source": st.sampled_from(["wire", "{name: Daily, url: 'https://daily.example/'}"]),
        "draft": st.sampled_from(["true", "false"]),
        "lead": st.just("true"),
        "lang": st.sampled_from(["de", "ar"]),
        "updated": st.sampled_from(["2025-06-02", "2025-06-09 10:00"]),
        "expires": st.sampled_from(["2025-06-05", "2025-07-01"]),
        "related": st.sampled_from(["[alpha]", "[beta, gamma]"]),
        "unrelated": st.just("[beta]"),
        "story": st.just("flood"),
        "aliases": st.sampled_from(["[/old/one/]", "[/old/two/]"]),
        "permalink": st.sampled_from(["/special/", "/Special/", "/deep/down/here.html"]),
        "image": st.just("{src: /mark.svg, alt: A mark, caption: A *caption*}"),
        "corrections": st.just("[{date: 2025-06-03, text: It was *wrong*.}]"),
    },
)


@st.composite
def articles(draw: st.DrawFn) -> str:
    topics = f"[{', '.join(draw(TOPICS))}]"
    return article(draw(TITLES), draw(DATES), topics, draw(TEXTS), **draw(OPTIONAL))


@st.composite
def editions(draw: st.DrawFn) -> str:
    items = "".join(
        f'  - {{title: "{title}", url: "https://far.example/{number}", topics: [{topics[0]}], summary: "{title}!"}}\n'
        for number, (title, topics) in enumerate(draw(st.lists(st.tuples(TITLES, TOPICS), min_size=1, max_size=3)))
    )
    return f"date: {draw(DATES)}\n{draw(st.sampled_from(['', 'number: 7', 'intro: Hello *you*.']))}\nitems:\n{items}"


@st.composite
def summaries(draw: st.DrawFn) -> str:
    title, date, topics = draw(TITLES), draw(DATES), draw(TOPICS)
    return f'title: "{title}"\ndate: {date}\nurl: https://far.example/x\ntopics: [{topics[0]}]\nsource: wire\n'


PAGES = st.builds(lambda title, text: f'---\ntitle: "{title}"\n---\n\n{text}\n', TITLES, TEXTS)

LOWERED = (
    "problems: {dead-link: warning, unknown-topic: warning, unknown-source: warning, unknown-related: warning, "
    "missing-image: warning, undefined-reference: warning}\n"
)
SETTINGS = {
    "title": ["The Courier", "Der Bote"],
    "url": ["https://courier.example", "https://courier.example/news"],
    "description": ["", "What happened"],
    "language": ["en", "de", "ar"],
    "timezone": ["UTC", "Europe/Berlin", "America/New_York"],
    "copyright": ["", "All of us"],
    "page_size": ["5", "6", "20"],
    "permalinks": ["{article: '/{year}/{month}/{slug}/'}", "{article: '/{topic}/{slug}.html'}"],
    "editions": ["{gather: week}", "{gather: month, title: 'Month {month}'}"],
    "feeds": ["{items: 20}", "{items: 2}", "{full: false}"],
    "related": ["{count: 5}", "{count: 0}", "{count: 3, reasons: true}"],
    "front": ["{trails: 4}", "{trails: 1, module: 1, modules: 1}"],
    "markdown": ["{typography: true}", "{typography: false}", "{elements: [details]}"],
    "notice": ["", "{text: Cookies *none*, accept: Fine}"],
    "wording": ["", "{related: More, archive: Past}"],
}
TOPICS_YAML = [
    None,
    "- {slug: world, title: World}\n- {slug: sport, title: Sport}\n- {slug: arts, title: Arts}\n",
    "- {slug: world, title: The World, order: 2}\n- {slug: local-news, title: Local News, order: 1}\n",
    "- {slug: welt, title: World, description: Everything}\n- {slug: sport, title: Games}\n",
]
SOURCES_YAML = [
    None,
    "- {key: wire, name: The Wire, url: 'https://wire.example/'}\n",
    "- {key: wire, name: Wire, url: 'https://wire.example/news'}\n",
]
BAD = {
    "content/articles/bad.md": "---\ntitle: x\ndate: [\n---\n\nText.\n",
    "content/articles/alpha.md": "no front matter",
    "content/site.yaml": "title: [\n",
    "content/topics.yaml": "- {slug: world}\n",
    "content/summaries/2025-05-12.yaml": "- a list\n",
    "templates/article.html": "{% if page %}",
    "templates/list.html": "{{ page.nothing.at_all }}",
    "templates/front.html": '{% extends "nowhere.html" %}',
}


def overrides() -> dict[str, list[str | None]]:
    """Templates that a site may bring instead of the theme's, each in several forms."""
    theme = theme_folder()
    changed: dict[str, list[str | None]] = {
        name: [None, (theme / name).read_text(encoding="utf-8") + "{# changed #}\n", text]
        for name, text in {
            "article.html": "{{ page.title }} {{ page.body|body }}{% for a in page.related %}{{ a.url }}{% endfor %}",
            "base.html": "{{ site.title }} {{ site.year }} {% block main %}{% endblock %}\n",
            "parts/byline.html": "{% macro moment(at) %}{{ at }}{% endmacro %}{% macro byline(p, s) %}By{% endmacro %}",
            "feed.xml": "<rss>{% for entry in page.entries %}{{ entry.title }}{% endfor %}</rss>\n",
            "robots.txt": "User-agent: *\n",
        }.items()
    }  # fmt: skip
    changed["list.html"] = [
        None,
        '{% for one in ("txt", "json", "part") %}{% include "extra/note." ~ one ignore missing %}{% endfor %}\n',
        '{% include ["extra/first.html", "extra/note.txt", "robots.txt"] %}{{ page.title }}\n',
        '{% include "extra/note.json" ignore missing %}{{ page.title }}\n',
    ]
    for name in ("extra/note.txt", "extra/note.json", "extra/note.part", "extra/first.html"):
        changed[name] = [None, "one\n", "two\n"]
    changed["assets/style.css"] = [None, "body { color: red }\n", "body { color: blue }\n"]
    changed["assets/own.bin"] = [None, "\x00\x01", "{% if"]
    return changed


OVERRIDES = overrides()

STARTING: dict[str, str | bytes | None] = {
    "content/articles/alpha.md": article("Alpha", "2025-05-11", "[world]", "The bridge.", related="[beta]"),
    "content/articles/beta.md": article("Beta", "2025-05-01", "[world, sport]", "The council.", source="wire"),
    "content/articles/gamma.md": article("Gamma", "2025-06-01", "[arts]", "A vote.", draft="true"),
    "content/articles/delta.md": article("Delta", "2024-12-31", "[sport]", "![A mark](/mark.svg)", lang="de"),
    "content/summaries/2025-05-12.yaml": "date: 2025-05-12\nitems:\n"
    + "".join(f"  - {{title: Far {n}, url: 'https://far.example/{n}', topics: [world]}}\n" for n in range(9)),
    "content/summaries/lone.yaml": "title: Lone\ndate: 2025-05-08\nurl: https://far.example/\ntopics: [sport]\n",
    "content/pages/about.md": "---\ntitle: About\n---\n\nWho we are.\n",
    "content/static/mark.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    "content/static/files/a.txt": "a",
}  # fmt: skip
"""A site with every kind of content, with which each history begins."""


# --- Looking at folders ------------------------------------------------------------------------------------


class Look(dict[str, tuple[int, int, bytes]]):
    """A folder as it stands: of each file its inode, the time of its last change and its bytes."""

    @classmethod
    def at(cls, folder: Path) -> Look:
        seen = cls()
        for top, _, files in os.walk(folder):
            for name in files:
                file = Path(top, name)
                status = file.lstat()
                data = str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
                seen[file.relative_to(folder).as_posix()] = (status.st_ino, status.st_mtime_ns, data)
        return seen

    def texts(self, *, but: frozenset[str] = frozenset()) -> dict[str, bytes]:
        return {path: data for path, (_, _, data) in self.items() if path not in but}


def rewritten(before: Look, after: Look) -> set[str]:
    return {path for path in after if path not in before or before[path][:2] != after[path][:2]}


def differing(before: Look, after: Look) -> set[str]:
    return {path for path in after if path not in before or before[path][2] != after[path][2]}


@contextmanager
def moments(*, racy: int) -> Iterator[None]:
    """File times are trusted ``racy`` nanoseconds after a change; two seconds, as usual, would trust none in a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digest.stamps.RACY", racy)
        patch.setattr("digest.stamps.TICK", racy)
        yield


CHANGING = frozenset("os.rename os.link os.mkdir os.remove os.rmdir os.truncate".split())


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a child that is killed at its ``number``-th change of a disk; whether it came that far."""
    child = os.fork()
    if not child:
        left = [number]

        def count(event: str, given: tuple[Any, ...]) -> None:
            writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if event in CHANGING or writes:
                left[0] -= 1
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(count)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


# --- Histories ---------------------------------------------------------------------------------------------


class History(RuleBasedStateMachine):
    """A site that is edited at random. After every step it is built warm and clean, and both must agree."""

    def __init__(self) -> None:
        super().__init__()
        COUNTS["histories"] += 1
        self.room = Path(tempfile.mkdtemp(prefix="history-"))
        self.site = self.room / "site"
        self.asked: dict[str, Any] = {"as_of": AS_OF, "drafts": False, "base_url": None, "explain": False, "jobs": 1}
        self.settings: dict[str, str] = {"title": "The Courier", "url": "https://courier.example", "page_size": "5"}
        self.number = 0
        self.waiting = False
        self.healing = False
        self.by_hand: set[str] = set()
        write(self.site, {"content/site.yaml": self._settings(), **STARTING})
        write(self.site, {"content/topics.yaml": TOPICS_YAML[1], "content/sources.yaml": SOURCES_YAML[1]})
        self.process: Warm | None = None
        self.trust = moments(racy=10_000_000)
        self.trust.__enter__()

    def teardown(self) -> None:
        self.trust.__exit__(None, None, None)
        shutil.rmtree(self.room)

    def _settings(self) -> str:
        return LOWERED + "".join(f"{name}: {value}\n" for name, value in self.settings.items() if value)

    def _build(self, output: Path, *, use_cache: bool = True) -> Report:
        COUNTS["builds"] += 1
        warm = self.process if use_cache and self.process else one_process(again=False)
        return build(Request(self.site, output, use_cache=use_cache, **self.asked), warm=warm)

    @rule(again=st.booleans())
    def leave_or_start_a_process_that_builds_again_and_again(self, again: bool) -> None:
        self.process = one_process(again=True) if again else None

    def _pick(self, folder: str, number: int) -> Path | None:
        """One of the files under a folder of the site."""
        files = sorted(file for file in (self.site / folder).rglob("*") if file.is_file() and not file.is_symlink())
        return files[number % len(files)] if files else None

    # What is asked of a build.

    @rule(day=st.sampled_from([1, 10, 12, 30]), hour=st.sampled_from([0, 12]))
    def build_for_another_moment(self, day: int, hour: int) -> None:
        self.asked["as_of"] = datetime(2025, 6, day, hour, tzinfo=UTC)

    @rule(drafts=st.booleans(), base_url=st.sampled_from([None, "https://preview.example/x"]))
    def build_otherwise(self, drafts: bool, base_url: str | None) -> None:
        self.asked.update(drafts=drafts, base_url=base_url, explain=drafts)

    # Content.

    @rule(name=NAMES, text=articles())
    def write_an_article(self, name: str, text: str) -> None:
        write(self.site, {f"content/articles/{name}.md": text})

    @rule(name=NAMES, text=editions())
    def write_an_edition(self, name: str, text: str) -> None:
        write(self.site, {f"content/summaries/{name}.yaml": text})

    @rule(name=NAMES, text=summaries())
    def write_a_summary(self, name: str, text: str) -> None:
        write(self.site, {f"content/summaries/in/{name}.yaml": text})

    @rule(name=NAMES, text=PAGES)
    def write_a_page(self, name: str, text: str) -> None:
        write(self.site, {f"content/pages/{name}.md": text})

    @rule(number=st.integers(0, 20), text=TEXTS)
    def edit_a_body(self, number: int, text: str) -> None:
        if file := self._pick("content/articles", number):
            front, dashes, _ = file.read_text(encoding="utf-8").rpartition("---\n")
            file.write_text(f"{front}{dashes}\n{text}\n", encoding="utf-8")

    @rule(number=st.integers(0, 20), title=TITLES)
    def edit_a_headline(self, number: int, title: str) -> None:
        self._edit(number, r"^title: .*$", f'title: "{title}"')

    @rule(number=st.integers(0, 20), topics=TOPICS)
    def edit_topics(self, number: int, topics: list[str]) -> None:
        self._edit(number, r"^topics: .*$", f"topics: [{', '.join(topics)}]")

    @rule(number=st.integers(0, 20), date=DATES)
    def edit_a_date(self, number: int, date: str) -> None:
        self._edit(number, r"^date: .*$", f"date: {date}")

    @rule(number=st.integers(0, 20), tags=TAGS)
    def edit_tags(self, number: int, tags: list[str]) -> None:
        self._edit(number, r"^tags: .*\n", "")
        self._edit(number, r"^topics: .*$", rf"\g<0>\ntags: [{', '.join(tags)}]")

    @rule(number=st.integers(0, 20))
    def toggle_a_draft(self, number: int) -> None:
        file = self._pick("content/articles", number)
        if file and re.search(r"^draft: ", file.read_text(encoding="utf-8"), re.MULTILINE):
            self._edit(number, r"^draft: .*\n", "")
        else:
            self._edit(number, r"^topics: .*$", r"\g<0>\ndraft: true")

    @rule(old=st.sampled_from(["world", "sport", "arts"]), new=st.sampled_from(["europe", "world", "play"]))
    def rename_a_topic(self, old: str, new: str) -> None:
        """Give a topic another word wherever it stands: in its list, in articles, in summaries."""
        for file in [*(self.site / "content").rglob("*.md"), *(self.site / "content").rglob("*.yaml")]:
            if file.is_file():
                text = file.read_text(encoding="utf-8")
                renamed = re.sub(rf"(\b(?:topics: \[(?:[^\]]*, )?|slug: )){old}\b", rf"\g<1>{new}", text)
                file.write_text(renamed, encoding="utf-8")

    def _edit(self, number: int, pattern: str, line: str) -> None:
        if file := self._pick("content/articles", number):
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(pattern, line, text, count=1, flags=re.MULTILINE), encoding="utf-8")

    @rule(number=st.integers(0, 20), folder=st.sampled_from(["articles", "summaries", "pages", "static"]))
    def delete_a_file(self, number: int, folder: str) -> None:
        if file := self._pick(f"content/{folder}", number):
            file.unlink()

    @rule(number=st.integers(0, 20), name=NAMES)
    def rename_a_file(self, number: int, name: str) -> None:
        if file := self._pick("content/articles", number):
            file.rename(file.with_name(f"{name}.md"))

    @rule(one=st.integers(0, 20), two=st.integers(0, 20))
    def swap_two_files(self, one: int, two: int) -> None:
        first, second = self._pick("content/articles", one), self._pick("content/articles", two)
        if first and second and first != second:
            aside = self.room / "aside"
            first.rename(aside)
            second.rename(first)
            aside.rename(second)

    @rule(name=st.sampled_from(["mark.svg", "files/a.txt", "b.txt", "files"]), text=st.sampled_from("ab"))
    def write_a_static_file(self, name: str, text: str) -> None:
        file = self.site / "content/static" / name
        if file.is_dir():
            shutil.rmtree(file)
        if file.parent.is_file():
            file.parent.unlink()
        write(self.site, {f"content/static/{name}": text})

    # What all pages share.

    @rule(name=st.sampled_from(sorted(SETTINGS)), number=st.integers(0, 2))
    def edit_settings(self, name: str, number: int) -> None:
        self.settings[name] = SETTINGS[name][number % len(SETTINGS[name])]
        write(self.site, {"content/site.yaml": self._settings()})

    @rule(text=st.sampled_from(TOPICS_YAML))
    def edit_the_list_of_topics(self, text: str | None) -> None:
        self._write_or_remove("content/topics.yaml", text)

    @rule(text=st.sampled_from(SOURCES_YAML))
    def edit_the_list_of_sources(self, text: str | None) -> None:
        self._write_or_remove("content/sources.yaml", text)

    @rule(name=st.sampled_from(sorted(OVERRIDES)), number=st.integers(0, 3))
    def edit_a_template(self, name: str, number: int) -> None:
        self._write_or_remove(f"templates/{name}", OVERRIDES[name][number % len(OVERRIDES[name])])

    def _write_or_remove(self, name: str, text: str | None) -> None:
        if text is None:
            (self.site / name).unlink(missing_ok=True)
        else:
            write(self.site, {name: text})

    # Edits that only look like some, and some that don't look like any.

    @rule(number=st.integers(0, 40), folder=st.sampled_from(["content", "output", "templates"]))
    def touch(self, number: int, folder: str) -> None:
        if file := self._pick(folder, number):
            os.utime(file)

    @rule(number=st.integers(0, 40), folder=st.sampled_from(["content/articles", "content/static", "output"]))
    def change_letters_and_keep_size_and_time(self, number: int, folder: str) -> None:
        if (file := self._pick(folder, number)) and file.name != MANIFEST:
            status = file.stat()
            file.write_bytes(file.read_bytes().swapcase())
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    @rule(name=st.sampled_from(sorted(BAD)))
    def make_a_mistake_and_mend_it(self, name: str) -> None:
        file = self.site / name
        stood = file.read_bytes() if file.exists() else None
        write(self.site, {name: BAD[name]})
        self._check()
        write(self.site, {name: stood})

    @rule(name=NAMES, way=st.sampled_from(["folder", "link"]))
    def make_a_file_unreadable_and_mend_it(self, name: str, way: str) -> None:
        file = self.site / f"content/articles/{name}.md"
        stood = file.read_bytes() if file.exists() else None
        file.unlink(missing_ok=True)
        if way == "folder":
            file.mkdir()
        else:
            file.symlink_to("nowhere.md")
        self._check()
        if way == "folder":
            file.rmdir()
        else:
            file.unlink()
        if stood is not None:
            file.write_bytes(stood)

    # The output and the cache.

    @rule(number=st.integers(0, 200), way=st.sampled_from(["letters", "append", "empty", "delete", "link", "folder"]))
    def change_an_output_file(self, number: int, way: str) -> None:
        file = self._pick("output", number)
        if file is None or file.name in {MANIFEST, "CNAME"}:
            return
        if way in {"append", "empty"}:
            file.write_bytes(file.read_bytes() + b"!" if way == "append" else b"")
            return
        if way == "letters":  # of the same size, and with its time set back
            times = file.stat()
            file.write_bytes(file.read_bytes().swapcase())
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
            return
        file.unlink()
        if way == "link":
            file.symlink_to("/etc/hostname")
        elif way == "folder":
            file.mkdir()
            self.by_hand.add(file.relative_to(self.site / "output").as_posix())

    @rule()
    def delete_the_output(self) -> None:
        shutil.rmtree(self.site / "output", ignore_errors=True)

    @rule()
    def delete_the_cache(self) -> None:
        shutil.rmtree(self.site / ".digest", ignore_errors=True)

    @rule(place=st.floats(0, 1), bit=st.integers(0, 7))
    def damage_the_cache(self, place: float, bit: int) -> None:
        file = self.site / ".digest/cache.sqlite"
        if file.exists() and (data := bytearray(file.read_bytes())):
            data[int(place * (len(data) - 1))] ^= 1 << bit
            file.write_bytes(data)

    @rule(share=st.floats(0, 1))
    def cut_the_cache_off(self, share: float) -> None:
        file = self.site / ".digest/cache.sqlite"
        if file.exists():
            os.truncate(file, int(file.stat().st_size * share))

    @rule()
    def keep_the_cache_for_later(self) -> None:
        file = self.site / ".digest/cache.sqlite"
        if file.exists():
            shutil.copy2(file, self.room / "kept.sqlite")

    @precondition(lambda self: (self.room / "kept.sqlite").exists())
    @rule()
    def bring_back_an_older_cache(self) -> None:
        (self.site / ".digest").mkdir(exist_ok=True)
        shutil.copy2(self.room / "kept.sqlite", self.site / ".digest/cache.sqlite")

    @rule()
    def use_the_cache_of_another_checkout(self) -> None:
        other = self.room / "other"
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.site / "content", other / "content", symlinks=True)
        write(other, {"content/articles/alpha.md": article("Elsewhere")})
        build(Request(other, other / "output", AS_OF), warm=WARM)
        if (other / ".digest/cache.sqlite").exists():
            (self.site / ".digest").mkdir(exist_ok=True)
            shutil.copy2(other / ".digest/cache.sqlite", self.site / ".digest/cache.sqlite")

    @rule(way=st.sampled_from(["rename", "copy", "checkout"]))
    def move_the_site(self, way: str) -> None:
        self.number += 1
        target = self.room / f"site-{self.number}"
        if way == "rename":
            self.site.rename(target)
        else:
            copy = shutil.copy2 if way == "copy" else shutil.copyfile
            shutil.copytree(self.site, target, symlinks=True, copy_function=copy)
            shutil.rmtree(self.site)
        self.site = target

    # Builds that end badly.

    @rule(number=st.integers(1, 90), text=articles(), name=NAMES)
    def kill_a_build(self, number: int, text: str, name: str) -> None:
        write(self.site, {f"content/articles/{name}.md": text})
        if killed_at(number, lambda: self._build(self.site / "output")):
            COUNTS["killed"] += 1
            self.healing = True

    @rule()
    def edit_on(self) -> None:
        """The next edit comes before the next build."""
        self.waiting = True

    @invariant()
    def check(self) -> None:
        COUNTS["steps"] += 1
        waited, self.waiting = self.waiting, False
        if not waited:
            self._check()

    def _check(self) -> None:
        """Warm and clean builds say the same and give the same; what was rewritten is what differs."""
        output, clean = self.site / "output", self.room / "clean"
        if not (output / "CNAME").exists():
            output.mkdir(exist_ok=True)
            (output / "CNAME").write_bytes(b"courier.example")
        before = Look.at(output)
        warm = self._build(output)
        after = Look.at(output)
        shutil.rmtree(clean, ignore_errors=True)
        expected = self._build(clean, use_cache=False)
        assert as_text(warm.problems) == as_text(expected.problems)
        if expected.published is None or warm.published is None:
            COUNTS["failed"] += 1
            assert warm.published == expected.published
            assert after == before
            return
        assert after.texts(but=frozenset({"CNAME"})) == tree_with_manifest(clean)
        assert "CNAME" in after
        assert not (output / STAGING).exists()
        assert empty_folders(output) <= self.by_hand
        if not self.healing:
            assert rewritten(before, after) == differing(before, after)
            assert set(warm.published.written) == differing(before, after) - {MANIFEST}
        self.healing = False


def tree_with_manifest(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def empty_folders(folder: Path) -> set[str]:
    """The folders in which there is nothing at all; a build leaves none but those that someone made."""
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())
    }


@pytest.mark.slow
def test_a_warm_build_equals_a_clean_one_after_any_history(record_property: Callable[[str, object], None]) -> None:
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
        ),
    )
    for name, count in COUNTS.items():
        record_property(name, count)
    assert COUNTS["histories"] >= HISTORIES


# --- The least that an edit may change ---------------------------------------------------------------------


def many(count: int = 40, *, settings: str = "") -> dict[str, str | bytes | None]:
    """A site of ``count`` articles in three topics, a day apart, with pages of five."""
    files: dict[str, str | bytes | None] = {
        f"content/articles/story-{number:02}.md": article(
            f"Story {number:02}",
            f"2025-0{3 + number // 25}-{number % 25 + 1:02}",
            f"[{('world', 'sport', 'arts')[number % 3]}]",
            f"Words about the {('bridge', 'river', 'market', 'storm')[number % 4]} of day {number}.",
        )
        for number in range(count)
    }
    site = f"title: The Courier\nurl: https://courier.example\npage_size: 5\n{settings}"
    return {"content/site.yaml": site, "content/pages/about.md": "---\ntitle: About\n---\n\nUs.\n", **files}


NEWEST = "content/articles/story-39.md"
OLDEST = "content/articles/story-03.md"
LISTS = re.compile(r"(?:topics|tags|sources|archive/\d+)/[^/]+/(?:page/\d+/)?index\.html")
ARTICLES = re.compile(r"\d{4}/\d\d/[^/]+/index\.html")


def edit(site: Path, name: str, old: str, new: str) -> None:
    text = (site / name).read_text(encoding="utf-8")
    assert old in text
    write(site, {name: text.replace(old, new)})


def reasons(site: Path) -> dict[str, str]:
    """Build the site; why each page was rendered again."""
    report = run(site, explain=True)
    assert report.published is not None, as_text(report.problems)
    return dict(report.published.reasons)


def look_whole(folder: Path) -> dict[str, tuple[int, int]]:
    """The inode and time of every file and folder, the folder itself included."""
    return {str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in (folder, *folder.rglob("*"))}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that was built once."""
    folder = write(tmp_path / "site", many(settings="related: {count: 0}\n"))
    built(folder)
    return folder


def test_a_build_of_nothing_new_writes_nothing_and_leaves_every_time(site: Path) -> None:
    before = look_whole(site / "output")
    for _ in range(3):
        report = run(site)
        assert report.published is not None
        assert (report.published.written, report.published.removed) == ((), ())
    assert look_whole(site / "output") == before


def test_touched_files_are_read_again_and_nothing_is_rendered(site: Path) -> None:
    for file in (site / "content").rglob("*.*"):
        os.utime(file)
    assert reasons(site) == {}


def test_a_body_is_shown_by_its_article_and_by_feeds(site: Path) -> None:
    edit(site, NEWEST, "of day 39", "of the day 39")
    feeds = {f"{folder}{name}" for folder in ("", "topics/world/") for name in ("feed.xml", "atom.xml", "feed.json")}
    told = reasons(site)
    assert told.pop("2025/04/story-39/index.html") == "text changed"
    assert told == dict.fromkeys(feeds, "text of “Story 39” changed")


def test_a_body_too_old_for_any_feed_is_shown_by_its_article_alone(site: Path) -> None:
    edit(site, "content/articles/story-00.md", "of day 0", "of the day 0")
    write(site, {"content/site.yaml": many(settings="related: {count: 0}\nfeeds: {items: 3}\n")["content/site.yaml"]})
    reasons(site)
    edit(site, "content/articles/story-00.md", "of the day 0", "of a day 0")
    assert reasons(site) == {"2025/03/story-00/index.html": "text changed"}


@pytest.mark.parametrize("related", [0, 5])
def test_a_headline_is_rendered_where_it_stands(related: int, tmp_path: Path) -> None:
    site = write(tmp_path, many(settings=f"related: {{count: {related}}}\n"))
    before = built(site)
    edit(site, OLDEST, "Story 03", "History 03")
    told = reasons(site)
    after = tree(site / "output")
    named = {path for path in before if b"Story 03" in before[path] or b"History 03" in after[path]}
    neighbours = {path for path in told.keys() - named if ARTICLES.fullmatch(path)}
    assert told.keys() - neighbours == named
    assert related or not neighbours
    assert told["2025/03/story-03/index.html"].startswith("headline changed")
    assert {told[path] for path in named if LISTS.fullmatch(path)} == {"headline of “History 03” changed"}


def test_a_new_article_touches_one_numbered_page_of_each_list_and_its_neighbours(tmp_path: Path) -> None:
    site = write(tmp_path, many())
    built(site)
    for number in range(40, 56):
        name = f"content/articles/story-{number}.md"
        text = article(
            f"Story {number}", f"2025-05-{number - 39:02}", "[sport]", f"Words of the river on day {number}."
        )
        write(site, {name: text})
        before = tree(site / "output")
        told = reasons(site)
        own = f"2025/05/story-{number}/index.html"
        assert told.pop(own) == "new page"
        numbered = Counter(path.rpartition("page/")[0] for path in told if "/page/" in path and path in before)
        assert set(numbered.values()) <= {1}
        neighbours = {path for path in told if ARTICLES.fullmatch(path)}
        assert len(neighbours) <= 7
        assert all("added" in told[path] for path in neighbours)
        fronts = {"index.html", "sitemap.xml", "topics/index.html", "archive/index.html", "archive/2025/index.html"}
        rest = {path for path in told.keys() - neighbours - fronts if "/page/" not in path}
        assert rest <= {
            "topics/sport/index.html", "archive/2025/05/index.html", "feed.xml", "atom.xml", "feed.json",
            "topics/sport/feed.xml", "topics/sport/atom.xml", "topics/sport/feed.json",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("template", "reached"),
    [
        ("article.html", lambda path: ARTICLES.fullmatch(path) is not None),
        ("parts/pagination.html", lambda path: LISTS.fullmatch(path) is not None),
        ("feed.xml", lambda path: path.endswith("feed.xml")),
        ("404.html", lambda path: path == "404.html"),
        ("base.html", lambda path: path.endswith(".html")),
    ],
)
def test_a_template_is_rendered_again_only_where_it_is_reached(
    template: str, reached: Callable[[str], bool], site: Path
) -> None:
    write(site, {f"templates/{template}": (theme_folder() / template).read_text(encoding="utf-8") + "{# mine #}"})
    told = reasons(site)
    assert told == dict.fromkeys(
        (path for path in tree(site / "output") if reached(path)), f"template {template} changed"
    )


def test_two_edited_templates_are_each_told_where_they_count(site: Path) -> None:
    for name in ("article.html", "feed.xml"):
        write(site, {f"templates/{name}": (theme_folder() / name).read_text(encoding="utf-8") + "{# mine #}"})
    edit(site, OLDEST, "of day 3", "of the day 3")
    told = reasons(site)
    assert told["feed.xml"] == "template feed.xml changed"
    assert told["2025/03/story-04/index.html"] == "template article.html changed"
    assert told["2025/03/story-03/index.html"] == "text changed, template article.html changed"


def test_what_changes_every_page_is_told_by_name(site: Path) -> None:
    edit(site, "content/site.yaml", "page_size: 5", "page_size: 5\ncopyright: All of us")
    told = reasons(site)
    assert set(told.values()) == {"the site’s copyright changed"}
    assert told.keys() == {path for path in tree(site / "output") if not path.startswith("assets/")}


def test_a_file_changed_or_removed_by_hand_is_put_right_and_told(site: Path) -> None:
    before = tree(site / "output")
    (site / "output/index.html").write_text("mine", encoding="utf-8")
    (site / "output/assets/style.css").unlink()
    told = "the published file was changed or removed"
    assert reasons(site) == {"index.html": told, "assets/style.css": told}
    assert tree(site / "output") == before


def test_without_a_memory_every_page_says_so(site: Path) -> None:
    shutil.rmtree(site / ".digest")
    assert set(reasons(site).values()) == {"nothing was remembered"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_new_page_is_new_as_long_as_it_was_not_published(
    site: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """What new pages show is written down while others are still being made, here two at a time."""
    monkeypatch.setattr("digest.press.AT_ONCE", 2)
    request = Request(site, site / "output", AS_OF, explain=True, jobs=jobs)
    write(site, {f"content/articles/more-{number}.md": article(f"More {number}", "2025-02-01") for number in range(90)})
    broken = "{{ page.title.nope.nope if page.title == 'More 89' else page.title }}"
    write(site, {"templates/article.html": broken})
    assert codes(build(request)) == ["template-undefined"]
    write(site, {"templates/article.html": None})
    report = build(request)
    assert report.published is not None
    told = [why for path, why in report.published.reasons.items() if "/more-" in path]
    assert told == ["new page"] * 90
    cache = Cache.reading(site / ".digest/cache.sqlite")
    assert all(cache.page_value(path) for path in report.published.written if path.endswith(".html"))
    cache.close()


def digest(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a program."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    line = [sys.executable, "-m", "digest", *map(str, words)]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_explanations_word_for_word(tmp_path: Path) -> None:
    old = {
        "content/articles/flood.md": article("The flood", "2025-05-11", "[world]", "It rained."),
        "content/articles/fair.md": article("The fair", "2025-05-12", "[world]", "They danced."),
        "content/articles/vote.md": article("The vote", "2025-05-13", "[world]", "They voted."),
        "content/static/note.txt": "one",
    }
    site = write(tmp_path, {"content/site.yaml": "title: C\nurl: https://c.example\nrelated: {count: 0}\n", **old})
    words = ("build", site, "--as-of", "2025-06-10", "--jobs", "1")
    assert digest(*words, "--quiet").returncode == 0
    edit(site, "content/articles/flood.md", "The flood", "The great flood")
    write(site, {"content/articles/fair.md": None, "content/static/note.txt": "two"})
    run_ = digest(*words, "--explain")
    assert run_.returncode == 0
    listed = "“The fair” removed, headline of “The great flood” changed"
    assert re.sub(r"in [\d.]+ s", "in 0.0 s", run_.stderr).replace(str(site), "SITE").splitlines() == [
        "rendered  2025/05/flood/index.html: headline changed",
        f"rendered  archive/2025/05/index.html: {listed}",
        "rendered  archive/2025/index.html: rows changed",
        "rendered  archive/index.html: rows changed",
        *(f"rendered  {name}: {listed}" for name in ("atom.xml", "feed.json", "feed.xml", "index.html")),
        "rendered  note.txt: the file changed",
        "rendered  sitemap.xml: addresses changed",
        "rendered  topics/index.html: rows changed",
        *(f"rendered  topics/world/{name}: {listed}" for name in ("atom.xml", "feed.json", "feed.xml", "index.html")),
        "removed   2025/05/fair/index.html",
        "2 articles, 1 topic page, 1 archive page, 3 indexes, 1 page, 7 feeds, 2 sitemaps, 4 static files",
        "15 written, 8 unchanged, 1 removed, in 0.0 s. The site is in SITE/output",
    ]


# --- The cache ---------------------------------------------------------------------------------------------


def read_again(site: Path) -> tuple[int, dict[str, str]]:
    """Build the site; how many files were read again, and what was rendered again."""
    counted: dict[str, int] = Counter()

    def tick(phase: str, done: int, total: int) -> None:
        assert done <= total or not total
        counted[phase] += done > 0

    report = build(Request(site, site / "output", AS_OF, explain=True), tick, WARM)
    assert report.published is not None
    return counted["Reading"], dict(report.published.reasons)


@pytest.mark.parametrize("copy", [shutil.copy2, shutil.copyfile], ids=["with times", "as a checkout does"])
def test_a_cache_is_warm_in_another_place(copy: Callable[[str, str], object], site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "moved", copy_function=copy)
    shutil.rmtree(site)
    assert read_again(tmp_path / "moved") == (0, {})


def test_a_cache_without_its_output_reads_nothing_again(site: Path) -> None:
    before = tree(site / "output")
    shutil.rmtree(site / "output")
    count, told = read_again(site)
    assert (count, set(told)) == (0, set(before))
    assert tree(site / "output") == before


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"not a database",
    "half": lambda data: data[: len(data) // 2],
    "a page less": lambda data: data[:-4096],
    "zeros in the middle": lambda data: data[:8192] + bytes(len(data) - 16384) + data[-8192:],
    "another's": lambda data: data[:68] + b"abcd" + data[72:],
    "no schema": lambda data: data[:100] + bytes(4000) + data[4100:],
    "every row": lambda data: data.replace(b"Story", b"Stori").replace(b"Words", b"Wards"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_is_never_trusted(damage: Callable[[bytes], bytes], site: Path, tmp_path: Path) -> None:
    file = site / ".digest/cache.sqlite"
    edit(site, NEWEST, "Story 39", "Story 39, corrected")
    file.write_bytes(damage(file.read_bytes()))
    assert built(site) == built(site, output=tmp_path / "clean", use_cache=False)
    assert run(site).published is not None
    assert reasons(site) == {}


@pytest.mark.parametrize("known", [False, True])
def test_what_could_not_be_read_is_read_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    """A file fails when it is read, as when too many files are open; one that is known opens when it is hashed."""
    site = write(tmp_path, {"content/articles/a.md": article("A")})
    file, read_bytes, seen = site / "content/articles/a.md", Path.read_bytes, [0]
    os.utime(file, (1e9, 1e9))

    def failing(path: Path) -> bytes:
        seen[0] += path == file
        if path == file and seen[0] == 1 + known:
            raise OSError(24, os.strerror(24), str(path))
        return read_bytes(path)

    with moments(racy=0):
        if known:
            assert codes(run(site)) == []
            write(tmp_path, {"content/articles/a.md": article("B")})
        monkeypatch.setattr(Path, "read_bytes", failing)
        assert "unreadable" in codes(run(site))
        assert codes(run(site)) == []


def test_what_could_not_be_read_under_new_settings_is_read_under_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stamp and its bytes are those that are remembered; only the settings are not."""
    site = write(tmp_path, {"content/articles/a.md": article("A"), "content/articles/b.md": article("B")})
    file, read_bytes, faults = site / "content/articles/a.md", Path.read_bytes, [OSError(24, os.strerror(24))]

    def failing(path: Path) -> bytes:
        if path == file and faults:
            raise faults.pop()
        return read_bytes(path)

    with moments(racy=0):
        built(site)
        settings = (site / "content/site.yaml").read_text(encoding="utf-8")
        write(site, {"content/site.yaml": settings + "permalinks: {article: '/{slug}/'}\n"})
        monkeypatch.setattr(Path, "read_bytes", failing)
        assert "unreadable" in codes(run(site))
        assert built(site) == built(site, tmp_path / "clean", use_cache=False)


def test_a_build_without_a_cache_leaves_no_file_of_its_own(site: Path) -> None:
    (site / ".digest/once-1.sqlite").write_bytes(b"left by a build that was killed")
    run(site, use_cache=False, output=site / "other")
    assert {path.name for path in (site / ".digest").iterdir()} <= {
        ".gitignore", "cache.sqlite", "cache.sqlite-journal", "lock"
    }  # fmt: skip


# --- What others put into the output -----------------------------------------------------------------------


@pytest.mark.slow
def test_what_others_put_into_the_output_survives_fifty_builds(site: Path) -> None:
    """The name of a host, a checkout's own folder, a picture among the pages: whatever is added, edited or removed."""
    output = site / "output"
    theirs = {"CNAME": b"courier.example", ".git/HEAD": b"ref: refs/heads/pages", "2025/03/picture.png": b"\x89PNG\xff"}
    for name, data in theirs.items():
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_bytes(data)
    (output / ".git/refs/heads").mkdir(parents=True)
    before = Look.at(output)
    for number in range(50):
        edit(site, OLDEST, "storm", "storm,")
        write(site, {f"content/articles/day-{number // 2}.md": None if number % 2 else article(f"Day {number}")})
        if number % 10 == 9:
            shutil.rmtree(site / ".digest")
        assert run(site, use_cache=number % 5 != 4).published is not None
    after = Look.at(output)
    assert {name: after[name] for name in theirs} == {name: before[name] for name in theirs}
    assert (output / ".git/refs/heads").is_dir()


# --- Templates that are hard to follow ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["note.txt", "note.json", "note", "assets/note.css"])
def test_a_template_that_is_named_while_it_runs_is_followed(name: str, tmp_path: Path) -> None:
    names = '("note.txt", "note.json", "note", "assets/note.css")'
    odd = f"{{% for one in {names} %}}{{% include one ignore missing %}}{{% endfor %}}"
    site = write(
        tmp_path, {"content/articles/a.md": article("A"), "templates/404.html": odd, "templates/x.png": b"\xff\xfe"}
    )
    for text in ("one", "two", None, "three"):
        if text is not None or (site / "templates" / name).exists():
            write(site, {f"templates/{name}": text})
        assert built(site)["404.html"] == (text or "").encode()
        assert built(site) == built(site, use_cache=False)


def test_the_first_of_several_templates_may_come_later(tmp_path: Path) -> None:
    choice = '{% include ["mine.txt", "theirs.txt"] %}'
    files: dict[str, str | bytes | None] = {"templates/404.html": choice, "templates/theirs.txt": "theirs"}
    site = write(tmp_path, {"content/articles/a.md": article("A"), **files})
    assert built(site)["404.html"] == b"theirs"
    write(site, {"templates/mine.txt": "mine"})
    assert built(site)["404.html"] == b"mine"
    write(site, {"templates/mine.txt": None})
    assert built(site)["404.html"] == b"theirs"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ [1, 2]|random }}", "template-syntax"),
        ('{% include "nowhere.html" %}', "template-missing"),
        (b"\xff\xfe caf\xe9", "not-utf8"),
    ],
)
def test_a_template_that_can_not_give_the_same_bytes_is_refused(text: str | bytes, code: str, site: Path) -> None:
    before = Look.at(site / "output")
    write(site, {"templates/404.html": text})
    assert codes(run(site)) == [code]
    assert codes(run(site, use_cache=False)) == [code]
    assert Look.at(site / "output") == before


# --- Files that want one place -----------------------------------------------------------------------------


def test_a_static_file_in_the_place_of_a_theme_file_is_named(site: Path) -> None:
    write(site, {"content/static/assets/style.css": "mine"})
    report = run(site)
    assert codes(report) == ["same-address"]
    assert report.problems[0].path == "content/static/assets/style.css"
    assert report.problems[0].hint == "to replace the theme's file, move yours to templates/assets/style.css"


def test_a_static_file_that_changes_while_it_is_copied_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = write(tmp_path, {"content/articles/a.md": article("A"), "content/static/a.txt": "old"})
    file = site / "content/static/a.txt"
    with monkeypatch.context() as patch:
        patch.setattr("digest.publish.environment", changing(file, b"new"))
        run(site)
    assert (site / "output/a.txt").read_bytes() == b"new"
    file.write_bytes(b"old")
    assert built(site)["a.txt"] == b"old"


def changing(file: Path, data: bytes) -> Callable[..., object]:
    """What makes templates ready, and changes ``file`` on the way, after it was read."""
    from digest.render import environment

    def make(*given: object) -> object:
        file.write_bytes(data)
        return environment(*cast(Any, given))

    return make


# --- Several builds at once --------------------------------------------------------------------------------


@pytest.mark.parametrize("locked", [".digest/lock", "output"])
def test_a_second_build_is_refused_and_changes_nothing(locked: str, site: Path) -> None:
    edit(site, NEWEST, "Story 39", "Story 39, corrected")
    before = Look.at(site / "output")
    handle = os.open(site / locked, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    told = digest("build", site, "--as-of", "2025-06-10")
    os.close(handle)
    assert told.returncode == 1
    assert f"{site / 'output'}: error: another build is at work on this site or its output folder [busy]" in told.stderr
    assert "→ wait for it to end, then build again" in told.stderr
    assert Look.at(site / "output") == before
    assert run(site).published is not None


@pytest.mark.slow
def test_builds_that_start_together_leave_one_whole_site(site: Path, tmp_path: Path) -> None:
    edit(site, NEWEST, "Story 39", "Story 39, corrected")
    words = [sys.executable, "-m", "digest", "build", str(site), "--as-of", "2025-06-10", "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    started = [subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ends = [(one.communicate(timeout=300)[1], one.returncode) for one in started]
    assert 0 in [code for _, code in ends]
    assert all(code == 0 or "another build is at work" in told for told, code in ends)
    assert tree(site / "output") == built(site, output=tmp_path / "clean", use_cache=False)


@pytest.mark.slow
def test_a_killed_build_takes_its_workers_along(tmp_path: Path) -> None:
    """A worker that outlived its build would keep the locks, and no build could start again."""
    body = "\n\n".join(f"Paragraph {number} with *words* and `code`." for number in range(400))
    files = {f"content/articles/a{number}.md": article(f"A{number}", body=body) for number in range(150)}
    site = write(tmp_path, {**files})
    words = [sys.executable, "-m", "digest", "build", str(site), "--as-of", "2025-06-10", "--jobs", "2", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(words, env=environment) as started:
        for _ in range(600):
            if len(children(started.pid)) == 2:
                break
            started.poll()
            signal.sigtimedwait([], 0.05)
        workers = children(started.pid)
        signal.sigtimedwait([], 0.3)
        started.kill()
    assert len(workers) == 2
    for _ in range(600):
        if not any(Path(f"/proc/{worker}/fd").exists() and alive(worker) for worker in workers):
            break
        signal.sigtimedwait([], 0.05)
    assert not any(alive(worker) for worker in workers)
    assert run(site).published is not None


def children(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
