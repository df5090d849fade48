"""The site: all entries with their collections, read-only, as they stand at the as-of.

``assemble`` decides who is seen (drafts, withheld and withdrawn entries leave no trace), looks up topics and
sources, gathers lone summaries into editions, and holds every entry against every other: addresses, identities,
relations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import msgspec

from digest import text, urls
from digest.models import AnyEntry, Article, Edition, Section, Source, StandalonePage, Summary, Topic, Unplaced, Value
from digest.problems import Place, Problem, problem, suggestion
from digest.settings import Settings

Listed = Article | Summary
Owner = Article | Edition | StandalonePage


class Tag(Value):
    """A free keyword: its slug and the spelling that most entries use."""

    slug: str
    title: str


class Registry(NamedTuple):
    """What topics.yaml and sources.yaml say; ``None`` where there is no such file, and any name will do."""

    topics: tuple[Topic, ...] | None
    sources: tuple[Source, ...] | None


class Site(NamedTuple):
    """Everything there is to publish. All tuples of entries are sorted newest first, then by address.

    ``topics`` maps slugs to topics in the order of the navigation; ``by_topic``, ``by_tag`` and ``by_source`` hold
    no empty lists, ``by_slug`` the newest entry of each slug. ``badges`` maps ids of entries that only a preview shows
    to "draft", "withheld" or "expired".
    """

    settings: Settings
    as_of: datetime
    entries: tuple[Listed, ...]
    articles: tuple[Article, ...]
    editions: tuple[Edition, ...]
    pages: tuple[StandalonePage, ...]
    topics: Mapping[str, Topic]
    tags: Mapping[str, Tag]
    sources: Mapping[str, Source]
    by_topic: Mapping[str, tuple[Listed, ...]]
    by_tag: Mapping[str, tuple[Listed, ...]]
    by_source: Mapping[str, tuple[Listed, ...]]
    by_month: Mapping[tuple[int, int], tuple[Listed, ...]]
    by_slug: Mapping[str, Listed]
    badges: Mapping[str, str]
    hidden: Mapping[str, str]
    """Addresses of entries that are not published, with the reason in words, so that a link to one can be explained."""

    unplaced: tuple[Unplaced, ...] = ()
    """Entries that lack an address because of a problem. Nothing is published while there is one."""

    registry: Registry = Registry(None, None)
    versions: Mapping[str, bytes] = {}
    """For the path of a content file, what stands for all that was read from it, as far as that is known."""


def assemble(
    read: Iterable[AnyEntry], settings: Settings, registry: Registry, *,
    as_of: datetime, drafts: bool = False, versions: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[Site, tuple[Problem, ...]]:  # fmt: skip
    """Put the site together as it stands at ``as_of``; with ``drafts`` also what would not be published yet."""
    problems: list[Problem] = []
    found = list(read)
    zone = text.zone(settings.timezone)
    look_up = _Names(registry, problems)
    articles = [look_up.entry(one, zone) for one in found if isinstance(one, Article)]
    editions = [look_up.edition(one, zone) for one in found if isinstance(one, Edition)]
    lone = [look_up.entry(one, zone) for one in found if isinstance(one, Summary)]
    editions += _gather(lone, settings)
    pages = [one for one in found if isinstance(one, StandalonePage)]
    problems += _same_addresses([*articles, *editions, *pages])
    listed = _listed(articles, editions)
    problems += _same_ids(listed)
    seen = _Visible(as_of, drafts)
    shown_articles = [one for one in articles if seen.entry(one)]
    shown_editions = [kept for one in editions if (kept := seen.edition(one)) is not None]
    shown_pages = [one for one in pages if seen.page(one)]
    entries = newest_first(_listed(shown_articles, shown_editions))
    unplaced = tuple(one for one in found if isinstance(one, Unplaced))
    problems += _relations(listed, unplaced)
    site = Site(
        settings, as_of, entries, tuple(one for one in entries if isinstance(one, Article)),
        tuple(sorted(shown_editions, key=lambda one: (-one.date.timestamp(), one.address))),
        tuple(sorted(shown_pages, key=lambda one: one.address)),
        look_up.topics(entries), _tags(entries), look_up.sources(entries),
        _grouped(entries, lambda one: one.topics),
        _grouped(entries, lambda one: dict.fromkeys(filter(None, map(text.slug, one.tags)))),
        _grouped(entries, lambda one: dict.fromkeys(source.slug for source in one.sources)),
        _grouped(entries, lambda one: ((one.date.year, one.date.month),)),
        {one.slug: one for one in reversed(entries)}, seen.badges, seen.hidden, unplaced, registry, versions,
    )  # fmt: skip
    if not entries and not unplaced and not any(not one.warning for one in problems):
        hint = "write one with: digest new article TITLE"
        problems.append(problem(Place("content"), "no-content", "there is no entry to publish", hint))
    return site, tuple(problems)


def _listed(articles: Iterable[Article], editions: Iterable[Edition]) -> list[Listed]:
    """Articles, and the summaries of editions."""
    return [*articles, *(one for edition in editions for section in edition.sections for one in section.items)]


Dated = TypeVar("Dated", Article, Summary)
Key = TypeVar("Key", str, tuple[int, int])


def newest_first(entries: Iterable[Listed]) -> tuple[Listed, ...]:
    """Sorted by date, newest first, then by address, so that ties never depend on the file system."""
    by_address = sorted(entries, key=attrgetter("address"))
    return tuple(sorted(by_address, key=_moment, reverse=True))  # equals keep their order


def _moment(one: Listed) -> float:
    return one.date.timestamp()


def _in_zone(one: Listed, zone: tzinfo) -> dict[str, object]:
    """The dates of an entry in the site's zone, in which pages print them and the archive counts months."""
    changed: dict[str, object] = {"date": one.date.astimezone(zone)}
    if one.updated is not None:
        changed["updated"] = one.updated.astimezone(zone)
    if notes := getattr(one, "corrections", ()):
        changed["corrections"] = tuple(msgspec.structs.replace(note, date=note.date.astimezone(zone)) for note in notes)
    return changed


class _Names:
    """Looks up the topics and sources that entries name, and notes those that don't exist."""

    def __init__(self, registry: Registry, problems: list[Problem]) -> None:
        self._problems = problems
        self._strict = registry.topics is not None
        self._topics = {one.slug: one for one in registry.topics or ()}
        self._titles = {one.title.casefold(): one.slug for one in registry.topics or ()}
        self._registered = registry.sources is not None
        self._sources = {one.slug: one for one in registry.sources or ()}
        self._spellings: dict[str, dict[str, str]] = {}

    def entry(self, one: Dated, zone: tzinfo) -> Dated:
        """The entry with topic slugs instead of names, whole sources instead of keys, and its dates in ``zone``."""
        found = {"topics": self._topic_slugs(one), "sources": self._whole_sources(one)}
        return msgspec.structs.replace(one, **_in_zone(one, zone), **found)

    def edition(self, one: Edition, zone: tzinfo) -> Edition:
        """The edition with every item looked up."""
        sections = tuple(
            msgspec.structs.replace(section, items=tuple(self.entry(item, zone) for item in section.items))
            for section in one.sections
        )
        return msgspec.structs.replace(one, date=one.date.astimezone(zone), sections=sections)

    def _topic_slugs(self, one: Listed) -> tuple[str, ...]:
        slugs: dict[str, str] = {}
        for index, name in enumerate(one.topics):
            slug = name if name in self._topics else self._titles.get(name.casefold(), text.slug(name))
            if self._strict and slug not in self._topics:
                known = [*self._topics, *(topic.title for topic in self._topics.values())]
                hint = suggestion(name, known) or "add it to content/topics.yaml, or use one of: " + ", ".join(
                    self._topics
                )
                place = _place(one, f"topics.{index}", "topics")
                told = f'there is no topic "{name}"'
                self._problems.append(problem(place, "unknown-topic", told, hint, width=len(name)))
            elif slug:
                slugs.setdefault(slug, name)
        self._spellings[one.id] = slugs
        return tuple(slugs)

    def _whole_sources(self, one: Listed) -> tuple[Source, ...]:
        whole = []
        for index, source in enumerate(one.sources):
            key = source.slug or source.name
            if key in self._sources:
                known = self._sources[key]
                whole.append(msgspec.structs.replace(known, url=source.url or known.url))
            elif source.slug or source.url or not self._registered:
                whole.append(msgspec.structs.replace(source, slug=text.slug(source.name)))
            else:
                hint = (
                    suggestion(key, self._sources) or 'add it to content/sources.yaml, or write {name: "…", url: "…"}'
                )
                place = _place(one, f"sources.{index}", "sources", "source")
                told = f'there is no source "{key}"'
                self._problems.append(problem(place, "unknown-source", told, hint, width=len(key)))
        return tuple(one for one in whole if one.slug)

    def topics(self, entries: Sequence[Listed]) -> dict[str, Topic]:
        """The topics that have entries, in their order; one without a registry is titled as most entries spell it."""
        used: dict[str, Counter[str]] = defaultdict(Counter)
        for one in entries:
            for slug in one.topics:
                used[slug][self._spellings[one.id].get(slug, slug)] += 1
        found = [self._topics.get(slug) or Topic(slug, _common(names)) for slug, names in used.items()]
        return {one.slug: one for one in sorted(found, key=lambda one: (one.order, one.slug))}

    def sources(self, entries: Sequence[Listed]) -> dict[str, Source]:
        """The sources that have entries, by name."""
        found = {source.slug: source for one in reversed(entries) for source in one.sources}
        return dict(sorted(found.items(), key=lambda pair: (pair[1].name.casefold(), pair[0])))


def _common(spellings: Counter[str]) -> str:
    """The most used spelling; the first in the alphabet of several."""
    return min(spellings, key=lambda name: (-spellings[name], name))


def _tags(entries: Sequence[Listed]) -> dict[str, Tag]:
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in Counter(name for one in entries for name in one.tags).items():
        spellings[text.slug(name)][name] = count
    return {found: Tag(found, _common(spellings[found])) for found in sorted(spellings) if found}


def _place(one: Listed | Owner, *names: str) -> Place:
    """Where a field of an entry stands: the first of ``names`` that the file has, or the file's first line."""
    line, column = next((one.places[name] for name in names if name in one.places), (1, 1))
    return Place(one.path, line, column)


def _grouped(entries: Sequence[Listed], keys: Callable[[Listed], Iterable[Key]]) -> dict[Key, tuple[Listed, ...]]:
    """The entries of each key, in their order; the keys sorted."""
    groups: dict[Key, list[Listed]] = defaultdict(list)
    for one in entries:
        for key in keys(one):
            groups[key].append(one)
    return {key: tuple(groups[key]) for key in sorted(groups)}


def _gather(lone: Sequence[Summary], settings: Settings) -> list[Edition]:
    """Editions for summaries that stand in files of their own: those of one day, week or month each."""
    groups: dict[str, list[Summary]] = defaultdict(list)
    for one in lone:
        groups[_period(one.date, settings.editions.gather)].append(one)
    gathered = []
    for period in sorted(groups):
        ordered = sorted(groups[period], key=lambda one: (one.date.timestamp(), one.path))
        address = urls.edition_address(period)
        anchors: Counter[str] = Counter()
        items = []
        for one in ordered:
            anchors[one.anchor] += 1
            anchor = one.anchor if anchors[one.anchor] == 1 else f"{one.anchor}-{anchors[one.anchor]}"
            items.append(msgspec.structs.replace(one, edition=period, anchor=anchor, address=f"{address}#{anchor}"))
        date = max(one.date for one in ordered)
        title = settings.editions.title.format(**_parts(date)) if settings.editions.title else ""
        gathered.append(
            Edition(
                path=ordered[0].path, id=period, title=title, date=date, address=address, gathered=True,
                sections=(Section(items=tuple(items)),), draft=all(one.draft for one in ordered),
            )
        )  # fmt: skip
    return gathered


def _parts(date: datetime) -> dict[str, str]:
    week = date.isocalendar()
    return {"year": f"{week.year}", "week": f"{week.week:02}", "month": f"{date.month:02}", "day": f"{date.day:02}"}


def _period(date: datetime, gather: str) -> str:
    """The id of the edition that gathers ``date``: ``2025-05-11``, ``2025-w19`` (ISO 8601 week) or ``2025-05``."""
    if gather == "day":
        return f"{date:%Y-%m-%d}"
    return "{year}-w{week}".format(**_parts(date)) if gather == "week" else f"{date:%Y-%m}"


class _Visible:
    """Who is seen at the as-of; with ``drafts`` everybody is, but some with a badge."""

    def __init__(self, as_of: datetime, drafts: bool) -> None:
        self._as_of = as_of
        self._drafts = drafts
        self.badges: dict[str, str] = {}
        self.hidden: dict[str, str] = {}

    def _why_not(self, draft: bool, date: datetime, expires: datetime | None) -> str:
        if draft:
            return "draft"
        if date > self._as_of:
            return "withheld"
        return "expired" if expires is not None and expires <= self._as_of else ""

    def entry(self, one: Listed) -> bool:
        """Whether an entry is published, or shown all the same."""
        why = self._why_not(one.draft, one.date, one.expires)
        if why and self._drafts:
            self.badges[one.id] = why
        elif why:
            self.hidden[one.address] = why
        return not why or self._drafts

    def edition(self, one: Edition) -> Edition | None:
        """The edition with the items that are seen; ``None`` where it is not, or nothing of a gathered one is."""
        why = "" if one.gathered else self._why_not(one.draft, one.date, None)
        if why and not self._drafts:
            self.hidden[one.address] = why
            return None
        if why:
            self.badges[one.address] = why
        sections = tuple(
            msgspec.structs.replace(section, items=tuple(item for item in section.items if self.entry(item)))
            for section in one.sections
        )
        if one.gathered and not any(section.items for section in sections):
            return None
        if one.gathered:
            date = max(item.date for section in sections for item in section.items)
            one = msgspec.structs.replace(one, date=date)
        return msgspec.structs.replace(one, sections=tuple(section for section in sections if section.items))

    def page(self, one: StandalonePage) -> bool:
        """Whether a standalone page is published, or shown all the same."""
        if one.draft and self._drafts:
            self.badges[one.address] = "draft"
        elif one.draft:
            self.hidden[one.address] = "draft"
        return not one.draft or self._drafts


def _same_addresses(owners: Sequence[Owner]) -> list[Problem]:
    """Law 7: one address, one page, after Unicode NFC and case folding."""
    paths = {urls.folded(urls.output_path(one.address)) for one in owners}
    if len(paths) == len(owners) and not any(getattr(one, "aliases", ()) for one in owners):
        return []
    problems = []
    taken: dict[str, Owner] = {}
    for one in sorted(owners, key=lambda one: one.path):
        first = taken.setdefault(urls.folded(urls.output_path(one.address)), one)
        if first is not one:
            place = _place(one, "permalink", "slug", "title", "date")
            told = f"{one.address} is the address of {first.path} too"
            hint = f"give one of the two another slug (slug: …), or rename {one.path.rpartition('/')[2]}"
            if isinstance(one, Edition):
                hint = "rename one of the two files: an edition's address comes from its file's name"
            problems.append(problem(place, "same-address", told, hint))
    for one in owners:
        own = {urls.folded(urls.output_path(one.address))}
        for index, alias in enumerate(getattr(one, "aliases", ())):
            key = urls.folded(urls.output_path(alias))
            first = taken.setdefault(key, one)
            if first is not one or key in own:
                told = f"the old address {alias} is the address of {first.path}"
                place = _place(one, f"aliases.{index}", "aliases")
                problems.append(problem(place, "shadowed-alias", told, "remove the alias, or move the other page"))
            own.add(key)
    return problems


def _same_ids(entries: Sequence[Listed]) -> list[Problem]:
    """Feed readers show only one of two entries with one id. Summaries get theirs from edition and anchor."""
    if len({one.id for one in entries}) == len(entries):
        return []
    problems = []
    taken: dict[str, Listed] = {}
    for one in sorted(entries, key=lambda one: (one.path, one.places.get("title", (0, 0)))):
        first = taken.setdefault(one.id, one)
        if first is not one and first.address != one.address:  # that was told already, and in better words
            told = f'the id "{one.id}" is that of {first.path} too'
            hint = "give one of them another id (id: …) or another slug; an id that is published must not change"
            problems.append(problem(_place(one, "id", "title"), "same-id", told, hint))
    return problems


def _relations(entries: Sequence[Listed], unplaced: Sequence[Unplaced]) -> list[Problem]:
    """Pinned and excluded relations must name an entry, by slug or address."""
    choosy = [one for one in entries if one.related or one.unrelated]
    known = {name for one in entries if choosy for name in (one.slug, one.address)}
    known.update(name for one in unplaced for name in one.names)
    problems = []
    for one in choosy:
        for field in ("related", "unrelated"):
            for index, name in enumerate(getattr(one, field)):
                if name not in known:
                    hint = suggestion(name, known) or "write the slug of an article: its file name without the date"
                    place = _place(one, f"{field}.{index}", field)
                    problems.append(
                        problem(place, "unknown-related", f'no entry has the slug "{name}"', hint, width=len(name))
                    )
    return problems
