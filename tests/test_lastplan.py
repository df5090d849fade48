"""How long a plan stands, and what of the files it was made from is another thing now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from digest.lastplan import Edits, Span, Texts, edits, span
from digest.models import AnyEntry, Article, Edition, Section, StandalonePage, Summary
from digest.stamps import digest_of


def at(day: float) -> datetime:
    return datetime(2025, 5, 1, tzinfo=UTC) + timedelta(days=day)


def test_a_plan_stands_until_anything_appears_expires_or_is_no_longer_news() -> None:
    article = Article(path="a.md", title="A", date=at(10), slug="a", id="a", address="/a/", expires=at(20))
    item = Summary(path="b.yaml", title="B", date=at(12), slug="b", id="b", address="/b/#b", url="https://b.example")
    edition = Edition(path="b.yaml", id="b", title="B", date=at(12), address="/b/", sections=(Section("", (item,)),))
    entries: list[AnyEntry] = [article, edition, StandalonePage("c.md", "C", "c", "/c/")]
    ends = [at(day).timestamp() for day in (9, 10, 11, 12, 14, 19, 20, 22)]
    for first, last in pairwise(ends):
        for as_of in (first, (first + last) / 2, last - 1):
            assert span(entries, datetime.fromtimestamp(as_of, UTC)) == Span(first, last)
    assert span([], at(1)) == Span(float("-inf"), float("inf"))


def texts(**files: str) -> dict[str, Texts]:
    """One folder of files, each with what stands for its bytes, its surface and its frame."""
    columns = zip(*(map(digest_of, word.encode().split()) for word in files.values()), strict=True)
    keys, surfaces, frames = (b"".join(column) for column in columns)
    return {"articles": Texts(tuple(files), keys, surfaces, frames)}


def test_what_changed_of_a_file_says_how_far_it_shows() -> None:
    before = texts(a="1 1 1", b="1 1 1", c="1 1 1", d="1 1 1")
    after = texts(a="1 1 1", b="2 1 1", c="2 2 1", d="1 1 1", e="1 1 1")
    changed = edits(before, after)
    assert changed == Edits(frozenset({"articles/b"}), frozenset({"articles/c"}), frozenset({"articles/e"}))
    assert changed.every == {"articles/b", "articles/c", "articles/e"}
    assert edits({}, before) == Edits(frozenset(), frozenset(), frozenset(f"articles/{name}" for name in "abcd"))


def test_what_is_gone_or_stands_elsewhere_is_more_than_an_edit() -> None:
    before = texts(a="1 1 1", b="1 1 1")
    assert edits(before, texts(a="1 1 1")) is None
    assert edits(before, texts(a="1 1 1", b="2 2 2")) is None
    assert edits(before, {}) is None
    assert edits(before, before) == Edits(frozenset(), frozenset(), frozenset())
