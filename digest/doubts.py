"""What can be published as it stands but was hardly meant: dates at odds, stories told twice, relations to nobody.

Everything else in the product asks whether a text can be read. These checks ask, of what was read, whether the editor
who wrote it would be surprised by the site: so nearly all of them warn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from digest import scalars
from digest.models import AnyEntry, Article, Edition, Summary
from digest.problems import Place, Problem, problem
from digest.site import Listed

FAR = timedelta(days=366)
"""Entries later than this after the as-of are taken for a slip (2052 for 2025): nobody plans news so far ahead."""

APART = timedelta(days=31)
"""How far a file's name and its date may differ: an entry is put off by days, a slip of the pen by months."""

DAY = timedelta(days=1)


def check(read: Iterable[AnyEntry], as_of: datetime, *, own: Callable[[str], bool]) -> Iterator[Problem]:
    """Every doubt about the entries as they were read. ``own`` says whether a url leads into this site."""
    found = list(read)
    articles = [one for one in found if isinstance(one, Article)]
    editions = [one for one in found if isinstance(one, Edition)]
    items = [item for edition in editions for section in edition.sections for item in section.items]
    summaries = [*(one for one in found if isinstance(one, Summary)), *items]
    entries: list[Listed] = [*articles, *summaries]
    for entry in entries:
        yield from _dates(entry, as_of)
    for edition in editions:
        yield from _far(edition, as_of)
        yield from _named_otherwise(edition, as_of)
        yield from _younger(edition)
    yield from _leads(articles)
    yield from _relations(entries, as_of)
    yield from _stories([one for one in summaries if not own(one.url)])


def _doubt(one: Listed | Edition, code: str, told: str, hint: str, *fields: str, width: int = 1) -> Problem:
    """A problem at the first of the ``fields`` that the entry has, or at the top of its file."""
    line, column = next((one.places[name] for name in fields if name in one.places), (1, 1))
    return problem(Place(one.path, line, column), code, told, hint, width=width)


def _dates(one: Listed, as_of: datetime) -> Iterator[Problem]:
    """Dates of an entry that don't fit each other, or today."""
    if "date" in one.places:
        yield from _far(one, as_of)
    if not isinstance(one, Summary) or not one.edition:
        yield from _named_otherwise(one, as_of)
    notes = one.corrections if isinstance(one, Article) else ()
    told = [("updated", one.updated, "it was updated")] if one.updated else []
    told += [(f"corrections.{number}.date", note.date, "it was corrected") for number, note in enumerate(notes)]
    for field, moment, what in told:
        if moment.date() < one.date.date() and moment < one.date:
            hint = "correct one of the two dates"
            yield _doubt(one, "odd-date", f"{what} on {moment.date()}, before its date {one.date.date()}", hint, field)
        elif moment > as_of + DAY and one.date <= as_of:
            yield _doubt(one, "odd-date", f"{what} on {moment.date()}, which is yet to come", "correct the date", field)


def _far(one: Listed | Edition, as_of: datetime) -> Iterator[Problem]:
    if one.date > as_of + FAR and not one.draft:
        hint = 'correct the year; for an entry that should wait without a date, write "draft: true"'
        yield _doubt(one, "odd-date", f"it will not appear before {one.date.date()}", hint, "date", width=10)


def _named_otherwise(one: Listed | Edition, as_of: datetime) -> Iterator[Problem]:
    """A file whose name starts with quite another date than the one in it."""
    start = one.path.rfind("/") + 1
    if not one.path[start].isdigit() or one.path.startswith(one.date.isoformat()[:10], start):
        return  # as nearly all are named
    name = scalars.date_of_file(one.path.rpartition("/")[2].rpartition(".")[0])
    try:
        named = date.fromisoformat(name)
    except ValueError:
        if name:
            told = f"the file's name begins with {name}, which is no day"
            yield _doubt(one, "odd-date", told, "rename the file", "date", width=10)
        return
    if abs(named - one.date.date()) > APART and one.date <= as_of + FAR:
        told = f"the date here is {one.date.date()}, but the file's name says {named}"
        yield _doubt(one, "odd-date", told, "correct the date, or rename the file", "date", width=10)


def _younger(edition: Edition) -> Iterator[Problem]:
    """Summaries that are younger than their edition."""
    for item in (item for section in edition.sections for item in section.items):
        if "date" in item.places and item.date > edition.date + DAY:
            told = f"the summary is dated {item.date.date()}, after its edition of {edition.date.date()}"
            yield _doubt(item, "odd-date", told, "correct one of the two dates", "date", width=10)


def _leads(articles: Sequence[Article]) -> Iterator[Problem]:
    """Two leads of one moment. Of others the newest leads, and an old one may keep its mark."""
    first: dict[datetime, Article] = {}
    for one in sorted((one for one in articles if one.lead and not one.draft), key=lambda one: one.path):
        other = first.setdefault(one.date, one)
        if other is not one:
            told = f"{other.path} is a lead of the same date, and the front page has one lead"
            yield _doubt(one, "several-leads", told, "remove lead: from one of the two, or give it a time", "lead")


def _relations(entries: Sequence[Listed], as_of: datetime) -> Iterator[Problem]:
    """Relations that lead back to the entry itself, to what is not published, or that are both wanted and not."""
    related = [one for one in entries if one.related]
    known: dict[str, list[Listed]] = defaultdict(list)
    for one in entries if related else ():
        for name in {one.slug, one.address}:
            known[name].append(one)
    for one in related:
        for number, name in enumerate(one.related):
            named, place = known.get(name, []), (f"related.{number}", "related")
            if name in one.unrelated:
                told = f'"{name}" is under related and under unrelated'
                yield _doubt(one, "repeated-value", told, "keep one of the two", *place, width=len(name))
            elif named and all(other is one for other in named):
                told, hint = f'"{name}" is this entry itself', "write the slug of another entry, or remove it"
                yield _doubt(one, "unknown-related", told, hint, *place, width=len(name))
            elif named and not one.draft and all(_is_gone(other, as_of) for other in named):
                told = f'"{name}" is {"a draft" if named[0].draft else "expired"}, so it is not shown'
                hint = "publish it, or remove it here"
                yield _doubt(one, "hidden-related", told, hint, *place, width=len(name))


def _is_gone(one: Listed, as_of: datetime) -> bool:
    """Whether an entry is not published and won't be by itself; one that is withheld will."""
    return one.draft or (one.expires is not None and one.expires <= as_of)


def _stories(summaries: Sequence[Summary]) -> Iterator[Problem]:
    """Summaries of one and the same story: all but the oldest."""
    first: dict[str, Summary] = {}
    for one in sorted(summaries, key=lambda one: (one.date, one.path, one.places.get("url", (0, 0)))):
        other = first.setdefault(one.url.partition("#")[0].rstrip("/"), one)
        if other is not one:
            line = other.places.get("url", (1, 1))[0]
            where = f"on line {line}" if other.path == one.path else f"in {other.path}:{line}"
            told, hint = f"this story was summarised before, {where}", "keep one of the two"
            yield _doubt(one, "repeated-value", told, hint, "url", width=len(one.url))
