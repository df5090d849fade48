"""The same content gives the same bytes, whatever the machine around it is like.

Each build of the matrix is a program of its own with another zone, hash seed, locale, umask, folder, order in which
the files were made, number of processes and clock; some build clean and some warm.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import pytest

from sites import article, write

ROOT = Path(__file__).parents[1]
FAKETIME = shutil.which("faketime")
CLOCKS = ("", "2001-02-03 04:05:06", "2049-12-31 23:59:59") if FAKETIME else ("",)
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia")
BUILDS = 16
"""Enough that every zone meets every locale, and every number of processes both a clean and a warm build."""


def locales() -> list[str]:
    """The locales of this machine that write dates and capitals each in its own way."""
    with suppress(OSError):
        told = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
        known = {name.lower().replace("-", "").replace("_", "") for name in told.split()}
        wanted = ["C", "de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8"]
        return [name for name in wanted if name.lower().replace("-", "").replace("_", "") in known] or ["C"]
    return ["C"]


class Setting(NamedTuple):
    """What surrounds one build. A ``warm`` one comes after a build of older content."""

    number: int
    zone: str
    seed: str
    locale: str
    umask: int
    folder: str
    backwards: bool
    jobs: int
    clock: str
    warm: bool


def matrix() -> Iterator[Setting]:
    names = locales()
    for number in range(BUILDS):
        yield Setting(
            number,
            ZONES[number % len(ZONES)],
            str(number % 5 * 1000),
            names[(number + number // len(ZONES)) % len(names)],
            (0o022, 0o077, 0o002)[number % 3],
            ("site", "a site", "сайт/ş", "deep/" * 5 + "site")[number // 2 % 4],
            number % 2 == 1,
            (1, 2, 4)[number % 3],
            CLOCKS[number // 3 % len(CLOCKS)],
            number // 4 % 2 == 1,
        )


def content() -> dict[str, str | bytes | None]:
    """Enough of everything that several processes are put to work, with what zones, case and order could upset."""
    words = "Istanbul IĞDIR ısı Straße ﬁn naïve bridge İzmir election council".split()
    articles: dict[str, str | bytes | None] = {
        f"content/articles/{number:03}-{words[number % 10].lower()}.md": article(
            f"{words[number % 10]} {words[number % 7]}",
            (f"2025-05-{number % 28 + 1:02}", "2025-04-30T23:59:59-11:00", "2025-05-11 00:30")[number % 3],
            f"[{('World', 'İş', 'ISI')[number % 3]}]",
            " ".join(words[number % 10 :] + words[: number % 10]) + f" *{number}*",
            tags=f"[{words[number % 3]}, {('Bridge', 'bridge', 'İzmir')[number % 3]}]",
            authors="[Zoë, ali]",
        )
        for number in range(80)
    }
    site = "title: Haber\nurl: https://haber.example/ş\nlanguage: tr\ntimezone: Europe/Istanbul\npage_size: 5\n"
    items = "".join(f"  - {{title: I {one}, url: 'https://far.example/{one}', topics: [ISI]}}\n" for one in range(5))
    return {
        "content/site.yaml": site,
        "content/summaries/2025-05-12.yaml": f"date: 2025-05-12 23:30\nitems:\n{items}",
        "content/pages/about.md": "---\ntitle: Hakkında\n---\n\nBiz.\n",
        "content/static/a.bin": bytes(range(256)),
        **articles,
    }


def command(site: Path, one: Setting, clock: str) -> list[str]:
    words = [sys.executable, "-m", "digest", "build", str(site), "--quiet", "--jobs", str(one.jobs)]
    return [FAKETIME, "-f", f"@{clock}", *words] if clock and FAKETIME else words


def build(site: Path, one: Setting, clock: str) -> None:
    """Run the build as a program in its surroundings; the as-of comes from SOURCE_DATE_EPOCH."""
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": one.seed,
        "TZ": one.zone,
        "LC_ALL": one.locale,
        "SOURCE_DATE_EPOCH": "1749513600",
        "HOME": str(site),
    }
    ended = subprocess.run(
        command(site, one, clock),
        env=surroundings,
        umask=one.umask,
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def mark(folder: Path) -> str:
    """One hash of a folder: every path with its bytes."""
    made = blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            made.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()


def place(room: Path, one: Setting) -> str:
    """Make the site, build it as the setting says, and hand back the hash of what was published."""
    site = room / str(one.number) / one.folder
    files = list(content().items())
    ordered = dict(files[::-1] if one.backwards else files)
    if one.warm:
        older = {**ordered, files[9][0]: article("Older", "2025-03-01"), files[8][0].replace("0", "9"): article("Gone")}
        write(site, older)
        build(site, one, CLOCKS[0])
        (site / files[8][0].replace("0", "9")).unlink()
    write(site, ordered)
    build(site, one, one.clock)
    return mark(site / "output")


@pytest.mark.slow
def test_one_hash_whatever_is_around(tmp_path: Path) -> None:
    settings = list(matrix())
    assert len({one[1:] for one in settings}) == BUILDS >= 16
    marks = {one: place(tmp_path, one) for one in settings}
    first = marks[settings[0]]
    assert [one for one in settings if marks[one] != first] == []


@pytest.mark.slow
def test_the_as_of_is_source_date_epoch(tmp_path: Path) -> None:
    """An article of 10 June 2025, 00:00 UTC is out at that second and not before."""
    site = write(tmp_path, {"content/articles/a.md": article("A", "2025-06-10"), "content/articles/b.md": article("B")})
    found = {}
    for epoch in ("1749513599", "1749513600"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": epoch}
        words = [sys.executable, "-m", "digest", "build", str(site), "--quiet"]
        subprocess.run(words, env=environment, check=True, capture_output=True)
        found[epoch] = (site / "output/2025/06/a/index.html").exists()
    assert found == {"1749513599": False, "1749513600": True}
