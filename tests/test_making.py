"""Entries in the making: their identity, what reading depends on, and entries that find no place."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from digest import matter
from digest.models import Unplaced
from digest.settings import Settings
from sites import article, run, write

SITE = Settings(title="Site", url="https://site.example")


def test_an_id_depends_on_the_site_and_the_name_alone() -> None:
    other = msgspec.structs.replace(SITE, id="tag:other.example,2025:")
    assert SITE.entry_id("2025-05-11\na") == msgspec.structs.replace(SITE, title="New").entry_id("2025-05-11\na")
    assert len({SITE.entry_id("a"), SITE.entry_id("b"), other.entry_id("a")}) == 3


def test_reading_depends_on_how_texts_are_read_and_not_on_the_site_s_name() -> None:
    assert SITE.of_reading() == msgspec.structs.replace(SITE, title="New").of_reading()
    assert SITE.of_reading() != msgspec.structs.replace(SITE, timezone="Europe/Paris").of_reading()


@pytest.mark.parametrize(
    ("read", "path", "data"),
    [
        (matter.read_article, "content/articles/2025-05-11-a.md", b"---\ntitle: A\n---\n[x](/b/) [y](c/)\n"),
        (matter.read_article, "content/articles/2025-05-11-a.md", b"---\ndate: 2025-05-11\n---\n[x](/b/) [y](../c/)\n"),
        (matter.read_page, "content/pages/a.md", b"---\nsummary: S\n---\n[x](/b/)\n"),
    ],
)
def test_an_entry_without_a_place_keeps_its_links_and_its_names(read, path: str, data: bytes) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    (one,) = read(path, data, SITE).entries
    assert isinstance(one, Unplaced)
    assert [link.target for link in one.links] == ["/b/"]
    assert "a" in one.names


@pytest.mark.parametrize("front", [{"date": "never"}, {"title": "A: b"}])
def test_one_run_tells_what_else_is_wrong_with_it_and_nothing_that_follows_from_it(
    front: dict[str, str], tmp_path: Path
) -> None:
    body = "[x](/nope/) ![](/nope.jpg) [y][z] <script>1</script>"
    text = article("A", date=front.get("date", "2025-05-11"), body=body, summary="'[s](/gone/)'")
    other = "See [a](/2025/05/a/), [x](/x/) and [q](/2025/05/q/)."
    files: dict[str, str | bytes | None] = {
        "content/articles/2025-05-11-a.md": text.replace('title: "A"', f"title: {front.get('title', 'A')}"),
        "content/articles/b.md": article("B", body=other, related="[a]"),
    }
    found = [(one.path[-4:], one.code) for one in run(write(tmp_path, files)).problems]
    first = "bad-date" if "date" in front else "yaml-syntax"
    assert found == [
        ("a.md", first), ("a.md", "dead-link"), ("a.md", "dead-link"), ("a.md", "missing-alt"),
        ("a.md", "missing-image"), ("a.md", "undefined-reference"), ("a.md", "removed-html"),
        ("b.md", "dead-link"), ("b.md", "dead-link"),
    ]  # fmt: skip


def test_settings_that_cannot_be_used_hide_no_problem_of_a_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "content/site.yaml": "title: S\nurl: s.example\n",
        "content/articles/a.md": article("A", tagz="[a]"),
    }
    report = run(write(tmp_path, files))
    assert [(one.path, one.code) for one in report.problems] == [
        ("content/articles/a.md", "unknown-key"),
        ("content/site.yaml", "bad-url"),
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("tags: [One, two]", []),
        ("tags: [One, one]", [("repeated-value", 4, 13)]),
        ("tags: [One, \U0001f389]", [("bad-slug", 4, 13)]),
        (f"tags: [{'w' * 200}]", []),
        (f"tags: [{'w' * 201}]", [("bad-slug", 4, 8)]),
        (f"topics: [{'word ' * 41}]", [("bad-slug", 4, 10)]),
        ("sources: [One, one]", []),
    ],
)
def test_names_that_give_no_address_or_the_same_one_are_told_where_they_stand(
    fields: str, told: list[tuple[str, int, int]]
) -> None:
    topics = "" if fields.startswith("topics") else "topics: [world]\n"
    data = f"---\ntitle: A\ndate: 2025-05-11\n{fields}\n{topics}---\n\nText.\n".encode()
    problems = matter.read_article("content/articles/a.md", data, SITE).problems
    assert [(one.code, one.line, one.column) for one in problems] == told


def test_an_edition_tells_the_same_of_its_summaries() -> None:
    data = b"date: 2025-05-11\nitems:\n  - {title: A, url: https://a.example, topics: [world], tags: [EU, eu]}\n"
    (one,) = matter.read_summaries("content/summaries/a.yaml", data, SITE).problems
    assert (one.code, one.line, one.column) == ("repeated-value", 3, 68)
