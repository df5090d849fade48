"""Entries that changed or came, held against all others: whether the rest of the site is what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain

from digest import relations
from digest.catalogue import Catalogue, Issue, Row
from digest.content import Reading
from digest.lastplan import Last
from digest.models import AnyEntry, Article, BodyLink, Edition, Summary
from digest.relations import Identity
from digest.site import Listed, Site


class Fresh:
    """Entries that changed, as they are read and in a ``site`` of their own, and the catalogue before and after.

    ``read`` are they as they were read, ``new`` those that were not there before, ``rows`` the rows of all, ``issues``
    the addresses of their editions, ``files`` those of all issues.
    """

    def __init__(self, readings: Mapping[str, Reading], site: Site, before: Catalogue) -> None:
        self.readings, self.site, self.before = readings, site, before
        self.read = [entry for one in readings.values() for entry in one.entries]
        known = {row.address for row in before.rows}
        self.new = [one for one in site.entries if one.address not in known]
        editions = [one for one in site.editions if _paths(one) & readings.keys()]
        self.issues = {one.address for one in editions}
        issues = [Issue.of(one, site.settings) for one in editions]
        self.after = before.having(map(Row.of, self.new), issues) if self.new or issues else before
        self.rows = [row for row in self.after.rows if row.path in readings]
        self.files = self.after.files()

    def with_companions(self, paths: Set[str]) -> set[str]:
        """Some files, and with each lone summary those that are gathered into the same edition."""
        return set(paths).union(*(some for some in self.files.values() if not some.isdisjoint(paths)))

    def identities(self) -> list[Identity]:
        """Who the new ones are to related posts."""
        about = {path: one.about for path, one in self.readings.items()}
        return relations.identities(self.site._replace(entries=tuple(self.new)), about)

    def are_among_others(self, last: Last, *, listed: bool) -> bool:
        """Whether nothing of them changes what the other entries of the ``last`` plan are, and nothing is gone.

        ``listed`` says whether the site's topics are.
        """
        before, site = self.before, self.site
        files = {one.path for one in site.entries} | self.readings.keys()
        now = {one.address: Row.of(one) for one in site.entries}
        then = {row.address: row for row in before.rows if row.path in files}
        order, as_read = [one.address for one in before.issues], {one.id: one for one in entries(self.read)}
        return (
            then.items() <= now.items()
            and len(now) == len(then) + len(self.new)
            and as_read.keys() >= {one.id for one in self.new}
            and as_read.keys() <= {one.id for one in site.entries}
            and order == [one.address for one in self.after.issues if one.address in {*order}]
            and self.issues >= {one.address for one in before.issues if one.path in self.readings}
            and _are_spelt_as_others(
                ((one, as_read[one.id]) for one in site.entries if one.id in as_read), last, listed
            )
            and not any(_is_special(one) or one.id in site.badges for one in self.new)
            and before.admits(*(now[one.address] for one in self.new))
        )

    def links(self) -> Iterator[BodyLink]:
        """Every link in them."""
        for one in (*entries(self.read), *(one for one in self.read if isinstance(one, Edition))):
            yield from one.links


def _are_spelt_as_others(found: Iterable[tuple[Listed, Listed]], last: Last, listed: bool) -> bool:
    """Whether entries, each with how it was read, name their topics, tags and sources as most others do.

    All of these must be known.
    """
    topics, tags = {one.slug: one.title for one in last.topics}, {one.slug: one.title for one in last.tags}
    sources = {one.slug: one for one in last.sources}
    return all(
        (listed or list(as_read.topics) == [topics.get(slug) for slug in one.topics])
        and topics.keys() >= {*one.topics}
        and {tags.get(slug) for slug in Row.of(one).tags} == {*one.tags}
        and all(sources.get(source.slug) == source for source in one.sources)
        for one, as_read in found
    )


def _items(one: Edition) -> Iterator[Summary]:
    return chain.from_iterable(section.items for section in one.sections)


def entries(read: Iterable[AnyEntry]) -> Iterator[Listed]:
    """Articles and summaries, those of editions too."""
    for one in read:
        if isinstance(one, Article | Summary):
            yield one
        elif isinstance(one, Edition):
            yield from _items(one)


def _paths(one: Edition) -> set[str]:
    """The files of an edition."""
    return {one.path, *(item.path for item in _items(one))}


def _is_special(one: Listed) -> bool:
    """Whether an entry names others, or has other addresses than its own."""
    moved = isinstance(one, Article) and (one.aliases or one.canonical)
    return bool(one.related or one.unrelated or moved)
