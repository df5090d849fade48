"""What can be published but was hardly meant. Whole sites stand in ``cases``; here is what they don't say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from digest import doubts
from digest.models import Article, Edition, Section, Summary

AS_OF = datetime(2025, 6, 10, tzinfo=UTC)
DATE = datetime(2025, 5, 11, tzinfo=UTC)
ONE = Article(
    path="content/articles/a.md", title="A", date=DATE, slug="a", id="a", address="/a/",
    places={"date": (3, 7), "lead": (5, 7), "related.0": (6, 11)},
)  # fmt: skip
STORY = Summary(
    path="content/summaries/a.yaml", title="S", date=DATE, slug="s", id="s", address="/e/#s", url="https://a.example/",
    places={"url": (2, 6)},
)  # fmt: skip


def codes(*read: Article | Edition | Summary, own: str = "\0") -> list[str]:
    return [one.code for one in doubts.check(read, AS_OF, own=lambda url: url.startswith(own))]


def other(one: Article = ONE, **changes: object) -> Article:
    made: Article = msgspec.structs.replace(
        one, path="content/articles/b.md", slug="b", id="b", address="/b/", **changes
    )
    return made


def test_ordinary_entries_raise_no_doubt() -> None:
    assert codes(ONE, other(), STORY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"date": AS_OF + timedelta(days=300)}, []),
        ({"date": AS_OF + timedelta(days=400)}, ["odd-date"]),
        ({"date": AS_OF + timedelta(days=400), "draft": True}, []),
        ({"updated": DATE}, []),
        ({"updated": DATE - timedelta(days=2)}, ["odd-date"]),
        ({"updated": AS_OF + timedelta(hours=20)}, []),
        ({"updated": AS_OF + timedelta(days=2)}, ["odd-date"]),
        ({"path": "content/articles/2025-05-01-a.md"}, []),
        ({"path": "content/articles/2025-11-05-a.md"}, ["odd-date"]),
        ({"path": "content/articles/2025-99-99-a.md"}, ["odd-date"]),
        ({"path": "content/articles/2025-9-9-a.md"}, []),
        ({"related": ("a",)}, ["unknown-related"]),
        ({"related": ("nobody",)}, []),
    ],
)
def test_a_doubt_about_one_entry(changes: dict[str, object], expected: list[str]) -> None:
    assert codes(msgspec.structs.replace(ONE, **changes)) == expected


def test_an_old_lead_may_keep_its_mark() -> None:
    lead = msgspec.structs.replace(ONE, lead=True)
    assert codes(lead, other(lead)) == ["several-leads"]
    assert codes(lead, other(lead, date=DATE + timedelta(hours=1))) == []
    assert codes(lead, other(lead, draft=True)) == []


def test_a_relation_to_what_only_waits_is_no_doubt() -> None:
    one = msgspec.structs.replace(ONE, related=("b",))
    assert codes(one, other(date=AS_OF + timedelta(days=5))) == []
    assert codes(one, other(draft=True)) == ["hidden-related"]
    assert codes(one, other(expires=AS_OF)) == ["hidden-related"]


def test_a_story_is_told_once_unless_it_is_our_own() -> None:
    again = msgspec.structs.replace(STORY, id="t", address="/e/#t", url="https://a.example#part")
    edition = Edition(
        path="content/summaries/e.yaml", id="e", title="", date=DATE, address="/e/", sections=(Section("", (again,)),)
    )
    assert codes(STORY, edition) == ["repeated-value"]
    assert codes(STORY, edition, own="https://a.example") == []
