"""Entries, editions and small sites as values, for tests of rooms that touch no file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from digest.models import Article, Edition, Prose, Section, Source, StandalonePage, Summary, Topic
from digest.outline import Outline
from digest.postings import Postings
from digest.problems import Problem
from digest.related import State
from digest.settings import Settings
from digest.site import Registry, Site, assemble

AS_OF = datetime(2025, 6, 10, tzinfo=UTC)
Read = Article | Summary | Edition | StandalonePage


def day(number: int, month: int = 5, hour: int = 0) -> datetime:
    """A day of 2025."""
    return datetime(2025, month, number, hour, tzinfo=UTC)


def article(name: str = "vote", **more: Any) -> Article:
    """An article whose slug, id and address follow from its name."""
    values: dict[str, Any] = {
        "path": f"content/articles/{name}.md", "title": name.capitalize(), "date": day(11), "slug": name,
        "id": f"id-{name}", "address": f"/{name}/", "topics": ("world",),
    }  # fmt: skip
    return Article(**values | more)


def summary(name: str = "story", **more: Any) -> Summary:
    """A summary in a file of its own."""
    values: dict[str, Any] = {
        "path": f"content/summaries/{name}.yaml", "title": name.capitalize(), "date": day(12), "slug": name,
        "id": f"id-{name}", "address": "", "topics": ("world",), "url": f"https://elsewhere.example/{name}",
        "anchor": name, "summary": Prose(f"<b>{name}</b>", name),
    }  # fmt: skip
    return Summary(**values | more)


def edition(name: str = "12", *items: Summary, **more: Any) -> Edition:
    """An edition with these items in one section without a title."""
    placed = tuple(
        summary(one.slug, **{**_given(one), "edition": name, "address": f"/editions/{name}/#{one.anchor}"})
        for one in items
    )
    values: dict[str, Any] = {
        "path": f"content/summaries/{name}.yaml", "id": name, "title": "", "date": day(12),
        "address": f"/editions/{name}/", "sections": (Section(items=placed),),
    }  # fmt: skip
    return Edition(**values | more)


def _given(one: Summary) -> dict[str, Any]:
    return {field: getattr(one, field) for field in one.__struct_fields__}


def about(name: str = "about", **more: Any) -> StandalonePage:
    """A standalone page."""
    values = {"path": f"content/pages/{name}.md", "title": name.capitalize(), "slug": name, "address": f"/{name}/"}
    return StandalonePage(**values | more)


def settings(**more: Any) -> Settings:
    """The settings of a small site, published under a path."""
    return Settings(**{"title": "The Courier", "url": "https://courier.example/paper", **more})


def assembled(
    *read: Read,
    topics: tuple[Topic, ...] | None = None,
    sources: tuple[Source, ...] | None = None,
    as_of: datetime = AS_OF,
    drafts: bool = False,
    **more: Any,
) -> tuple[Site, tuple[Problem, ...]]:
    """The site of these entries with the problems of putting it together."""
    return assemble(read, settings(**more), Registry(topics, sources), as_of=as_of, drafts=drafts)


def site(*read: Read, **more: Any) -> Site:
    """The site of these entries, which must be sound."""
    made, problems = assembled(*read, **more)
    assert problems == (), problems
    return made


def outline(*read: Read, related: Mapping[str, list[tuple[str, str]]] | None = None, **more: Any) -> Outline:
    """The site of these entries as it is being planned."""
    return Outline(site(*read, **more), related or {})


def saved(one: State | Postings) -> dict[str, bytes]:
    """The pieces that it is saved in, by name."""
    return {name: bytes(piece) for name, piece in one.save()}
