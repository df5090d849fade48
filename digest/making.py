"""Entries in the making: what articles, pages and summaries have in common while they are read from their files.

An entry whose title, date and address can be read is handed on even if another of its fields is at fault: the
problem fails the build anyway, and the site's own checks then don't report links to it as dead. One that lacks one of
the three is handed on as ``Unplaced``, for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from digest import markup, scalars
from digest import text as texts
from digest.features import Features
from digest.models import AnyEntry, Article, BodyLink, Edition, Image, Prose, Source, Summary, Unplaced
from digest.problems import Problem
from digest.reading import Reading
from digest.scalars import BadTextError
from digest.settings import Settings
from digest.yamltext import Mapping, Node, Scalar, Unreadable


class Record(NamedTuple):
    """What one file gives: entries, the bodies and features of entries by body hash and by entry id, problems."""

    entries: tuple[AnyEntry, ...] = ()
    bodies: tuple[tuple[str, str], ...] = ()
    features: tuple[tuple[str, Features], ...] = ()
    problems: tuple[Problem, ...] = ()


class Making:
    """An entry in the making: its file, the settings, and the links found in its short texts."""

    def __init__(self, reading: Reading, settings: Settings, given: Mapping, values: dict[str, Any]) -> None:
        self.reading = reading
        self.settings = settings
        self.given = given
        self.values = values
        self.address = ""
        self.links: list[BodyLink] = []

    def slug(self, stem: str) -> str | None:
        """The slug that was given or that the file's name gives; ``None`` where neither can be used."""
        if "slug" in self.values:
            return str(self.values["slug"])
        try:
            return scalars.slug_of_file(stem)
        except BadTextError as bad:
            hint = "rename the file, or give the entry a slug: (slug: a-few-words)"
            self.reading.fault(bad.code, self.given, bad.fault, hint)
            return None

    def where(self, name: str) -> Node:
        """The place of a field, or the mapping's own where the field was not given."""
        return Unreadable(*self.reading.places.get(name, (self.given.line, self.given.column)))

    def prose(self, given: Scalar | None) -> Prose:
        """A Markdown field rendered; its links join the entry's."""
        if given is None or not given.value.strip():
            return Prose()
        line, column = (given.line + 1, 1) if given.block else (given.line, given.column + (not given.plain))
        prose, links, problems = markup.prose(
            given.value, path=self.reading.path, line=line, column=column, address=self.address,
            options=self.settings.markdown, site_url=self.settings.url, source=self.reading.source,
        )  # fmt: skip
        self.links.extend(links)
        self.reading.found.extend(problems)
        return prose

    def image(self) -> Image | None:
        """The image, its address among the links, its lack of an alt text noted."""
        given = self.values.get("image")
        if given is None:
            return None
        src = given["src"]
        if src.startswith("/"):
            where = self.where("image.src")
            self.links.append(BodyLink(src, where.line, where.column, image=True))
        if "alt" not in given:
            hint = 'say what it shows; for a mere decoration write alt: ""'
            self.reading.fault("missing-alt", self.where("image"), "the image has no alt text", hint)
        return Image(src, given.get("alt", ""), self.prose(given.get("caption")), given.get("credit", ""))

    def sources(self) -> tuple[Source, ...]:
        """The sources named by ``source`` and ``sources``, once each."""
        named = [self.values["source"]] if "source" in self.values else []
        named += self.values.get("sources", ())
        return tuple(dict.fromkeys(_source(one) for one in named))

    def shared(self, slug: str, id_parts: str) -> dict[str, Any]:
        """The fields that articles and summaries share, ready for their type."""
        values, reading = self.values, self.reading
        date = values["date"]
        expires = values.get("expires")
        if expires is not None and expires <= date:
            fault = "the entry is withdrawn before it appears"
            reading.fault("bad-date", self.where("expires"), fault, "correct expires: or date:")
        if not (values.get("topics") or "topics" in reading.unread or "#" in self.address):
            # an edition shows its summaries anyway
            hint = "add topics: [world]; without one it is on no topic page"
            reading.fault("no-topics", self.where("topics"), "the entry has no topics", hint)
        made = {
            "path": reading.path, "title": values["title"], "date": date, "slug": slug, "address": self.address,
            "id": values.get("id") or self.settings.entry_id(f"{date.date().isoformat()}\n{id_parts}"),
            "sources": self.sources(), "summary": self.prose(values.get("summary")), "image": self.image(),
            "expires": expires, "places": reading.places,
        }  # fmt: skip
        for name in ("topics", "tags", "authors", "lang", "draft", "updated", "related", "unrelated", "story"):
            if name in values:
                made[name] = values[name]
        return made


def _source(given: str | dict[str, str]) -> Source:
    if isinstance(given, str):
        return Source("", given)
    return Source(texts.slug(given["name"]), given["name"], given.get("url", ""))


def stem_of(path: str) -> str:
    """A file's name without folder and extension."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def record_of(reading: Reading, *entries: AnyEntry, bodies: Any = (), found: Any = ()) -> Record:  # noqa: ANN401
    """What a file gives, with all problems noted while it was read."""
    for one in entries:
        for entry in _listed(one):
            _odd_names(entry, "topics", entry.topics, reading)
            _odd_names(entry, "tags", entry.tags, reading)
            _odd_names(entry, "sources", [source.name for source in entry.sources], reading)
    return Record(entries, bodies, found, tuple(reading.found))


def _listed(one: AnyEntry) -> Iterator[Article | Summary]:
    """The entries in what a file gives."""
    if isinstance(one, Article | Summary):
        yield one
    elif isinstance(one, Edition):
        yield from (item for section in one.sections for item in section.items)


def _odd_names(one: Article | Summary, field: str, names: Sequence[str], reading: Reading) -> None:
    """Note topics, tags or sources of which no address can be made, or that are one and the same.

    A registered source has its key as address, whatever its name is; what is cited by key comes here as that key.
    """
    seen: dict[str, str] = {}
    for number, name in enumerate(names):
        word = texts.slug(name)
        if not word:
            told = f'"{name}" has no letter or digit that an address could be made of'
            fault = "bad-slug", told, "write it in words, or remove it"
        elif len(word.encode()) > scalars.LONGEST_SLUG:
            fault = (
                "bad-slug",
                f"the address of its page would have more than {scalars.LONGEST_SLUG} bytes",
                "shorten it",
            )
        elif seen.setdefault(word, name) is not name and field != "sources":
            told = f'"{seen[word]}" and "{name}" are the same under {field}'
            fault = "repeated-value", told, "remove one of the two"
        else:
            continue
        places = (f"{field}.{number}", field, field.removesuffix("s"))
        line, column = next((one.places[place] for place in places if place in one.places), (1, 1))
        code, told, hint = fault
        reading.add(code, line, column, told, hint, width=len(name))


def unplaced(reading: Reading, slug: str = "", address: str = "", links: tuple[BodyLink, ...] = ()) -> Record:
    """The record of a file whose entry has no address, with the names by which links may mean it, as far as known."""
    stem = stem_of(reading.path)
    names = dict.fromkeys((slug, address, texts.slug(stem), texts.slug(scalars.undated(stem))))
    kept = tuple(one for one in links if not one.target.startswith("/unplaced/"))
    return record_of(reading, Unplaced(reading.path, tuple(filter(None, names)), kept))
