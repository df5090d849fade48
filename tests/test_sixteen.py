"""Sixteen ordinary mistakes on the real command line: what an editor reads, word for word.

Each row is a mistake: the files that make it, and the whole report. Nothing is published by any of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sites import write

BRIDGE = "content/articles/bridge.md"
FRONT = "title: A bridge for the city\ndate: 2025-05-11\ntopics: [world]"


def text(front: str = FRONT, body: str = "The council has voted.") -> str:
    return f"---\n{front}\n---\n\n{body}\n"


Files = dict[str, str | bytes | None]

SIXTEEN: dict[str, tuple[Files, str]] = {
    "a quote that is not closed": (
        {BRIDGE: text(FRONT.replace("A bridge for the city", '"A bridge for the city'))},
        """\
content/articles/bridge.md:2:8: error: the quote opened here is not closed [yaml-syntax]
    2 | title: "A bridge for the city
      |        ^^^^^^^^^^^^^^^^^^^^^^
    → write: title: "A bridge for the city"
1 error. Nothing was published.
""",
    ),
    "no date": (
        {BRIDGE: text(FRONT.replace("date: 2025-05-11\n", ""))},
        """\
content/articles/bridge.md:2:1: error: date is missing, and an article needs it [missing-field]
    2 | title: A bridge for the city
      | ^
    → add a line: date: 2025-05-11
1 error. Nothing was published.
""",
    ),
    "a date that no calendar has": (
        {BRIDGE: text(FRONT.replace("2025-05-11", "2026-13-45"))},
        """\
content/articles/bridge.md:3:7: error: there is no month 13 [bad-date]
    3 | date: 2026-13-45
      |       ^^^^^^^^^^
    → months go from 01 to 12
1 error. Nothing was published.
""",
    ),
    "a misspelt field": (
        {BRIDGE: text(f"{FRONT}\ntagz: [bridges]")},
        """\
content/articles/bridge.md:5:1: error: an article has no field "tagz" [unknown-key]
    5 | tagz: [bridges]
      | ^^^^
    → did you mean "tags"?
1 error. Nothing was published.
""",
    ),
    "a text for a list": (
        {BRIDGE: text(f"{FRONT}\ntags: world, science")},
        """\
content/articles/bridge.md:5:7: error: tags is a text, where a list is meant [wrong-type]
    5 | tags: world, science
      |       ^^^^^^^^^^^^^^
    → write: tags: [world, science]
1 error. Nothing was published.
""",
    ),
    "a list for a text": (
        {BRIDGE: text(FRONT.replace("A bridge for the city", "[A bridge, for the city]"))},
        """\
content/articles/bridge.md:2:8: error: title is a list, where text is meant [wrong-type]
    2 | title: [A bridge, for the city]
      |        ^
    → write: title: "A bridge, for the city"
1 error. Nothing was published.
""",
    ),
    "a field twice": (
        {BRIDGE: text(f"{FRONT}\ntitle: A bridge")},
        """\
content/articles/bridge.md:5:1: error: the key 'title' stands here a second time; the first is on line 2 [yaml-duplicate-key]
    5 | title: A bridge
      | ^^^^^
    → keep one of the two
1 error. Nothing was published.
""",  # noqa: E501
    ),
    "two entries on one address": (
        {BRIDGE: text(), BRIDGE.replace("bridge", "2025-05-12-bridge"): text(FRONT.replace("05-11", "05-12"))},
        """\
content/articles/bridge.md:2:8: error: /2025/05/bridge/ is the address of content/articles/2025-05-12-bridge.md too [same-address]
    2 | title: A bridge for the city
      |        ^
    → give one of the two another slug (slug: …), or rename bridge.md
1 error. Nothing was published.
""",  # noqa: E501
    ),
    "a link to a page that is not there": (
        {BRIDGE: text(body="The council has voted\nfor [the plan](/2025/04/the-plan/).")},
        """\
content/articles/bridge.md:8:5: error: there is no page at /2025/04/the-plan/ [dead-link]
    8 | for [the plan](/2025/04/the-plan/).
      |     ^
    → mend the address, or take the link out
1 error. Nothing was published.
""",
    ),
    "a reference that nothing defines": (
        {BRIDGE: text(body="The council has voted for [the plan][plan].")},
        """\
content/articles/bridge.md:7:27: error: there is no link definition "plan" [undefined-reference]
    7 | The council has voted for [the plan][plan].
      |                           ^
    → add a line: [plan]: https://…
1 error. Nothing was published.
""",
    ),
    "a picture that is not there": (
        {BRIDGE: text(body="![The bridge](/images/bridge.jpg)\n\nThe council has voted.")},
        """\
content/articles/bridge.md:7:1: error: there is no image at /images/bridge.jpg [missing-image]
    7 | ![The bridge](/images/bridge.jpg)
      | ^
    → put the file at content/static/images/bridge.jpg
1 error. Nothing was published.
""",
    ),
    "a template that prints what is not there": (
        {BRIDGE: text(), "templates/front.html": "<h1>{{ site.titel }}</h1>\n"},
        """\
templates/front.html:1:13: error: there is no "titel" in site [template-undefined]
    1 | <h1>{{ site.titel }}</h1>
      |             ^^^^^
    → did you mean "title"?
1 error. Nothing was published.
""",
    ),
    "a template that cannot be read": (
        {
            BRIDGE: text(),
            "templates/front.html": "<h1>News</h1>\n{% for one in page.trails %}\n<p>{{ one.title }}</p>\n",
        },
        """\
templates/front.html:2:1: error: the block {% for … %} is not closed [template-syntax]
    2 | {% for one in page.trails %}
      | ^
    → write {% endfor %} where it ends
1 error. Nothing was published.
""",
    ),
    "a data file that cannot be read": (
        {BRIDGE: text(), "content/topics.yaml": "- slug: world\n  title: World: near and far\n"},
        """\
content/topics.yaml:2:15: error: a colon with a space after it can't stand in a value without quotes [yaml-syntax]
    2 |   title: World: near and far
      |               ^
    → put the value in quotes: title: "World: near and far"
1 error. Nothing was published.
""",
    ),
    "no front matter": (
        {BRIDGE: "A bridge for the city\n\nThe council has voted.\n"},
        """\
content/articles/bridge.md:1:1: error: the file has no front matter [no-front-matter]
    1 | A bridge for the city
      | ^^^^^^^^^^^^^^^^^^^^^
    → an article starts with a line ---, then its fields (title: …), then another line ---
1 error. Nothing was published.
""",
    ),
    "not UTF-8": (
        {BRIDGE: text(body="The café at the bridge stays.").encode("latin-1")},
        """\
content/articles/bridge.md:7:8: error: byte 78 of the file (0xE9) is no UTF-8 [not-utf8]
    7 | The caf� at the bridge stays.
      |        ^
    → save the file as UTF-8; in Windows-1252 this byte is é
1 error. Nothing was published.
""",
    ),
}
"""By mistake: the files, and the report."""


def digest_build(site: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``digest build`` as an editor does, as of 10 June 2025."""
    command = [sys.executable, "-m", "digest", "build", str(site), "--as-of", "2025-06-10", *options]
    root = Path(__file__).parents[1]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)


def test_there_are_sixteen() -> None:
    assert len(SIXTEEN) == 16


@pytest.mark.parametrize("name", SIXTEEN)
def test_an_editor_reads(name: str, tmp_path: Path) -> None:
    files, report = SIXTEEN[name]
    done = digest_build(write(tmp_path, files))
    assert done.stderr == report
    assert (done.returncode, done.stdout) == (1, "")
    assert not (tmp_path / "output").exists()


def test_all_of_them_are_shown_in_one_run(tmp_path: Path) -> None:
    """The entries' mistakes in one site, each in a file of its own: none hides another."""
    expected = set()
    for number, (files, report) in enumerate(SIXTEEN.values()):
        place, _, told = report.partition("\n")[0].partition(": ")
        if place.startswith(BRIDGE) and "[same-address]" not in told:
            name = BRIDGE.replace("bridge", f"bridge-{number}")
            write(tmp_path, {name: files[BRIDGE]})
            expected.add(f"{place.replace(BRIDGE, name)} {told.rpartition(' ')[2]}")
    done = digest_build(tmp_path, "--format", "github")
    rows = [row.partition(",title=") for row in done.stdout.splitlines()]
    found = {
        f"{place.partition('file=')[2].replace(',line=', ':').replace(',col=', ':')} [{rest.partition('::')[0]}]"
        for place, _, rest in rows
    }
    assert len(expected) == 12
    assert expected <= found
