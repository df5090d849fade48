"""From a file's bytes to entries: decoding, front matter, fields, Markdown. Pure: bytes in, values out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from digest import features, marks, markup, scalars, urls
from digest import text as texts
from digest.decoding import decode
from digest.features import Features
from digest.fields import read_fields
from digest.frontmatter import Opened, take_apart
from digest.making import Making, Record, record_of, stem_of, unplaced
from digest.models import (
    Article,
    BodyLink,
    Correction,
    Edition,
    Link,
    Section,
    StandalonePage,
    Summary,
)
from digest.reading import Reading, not_mapping
from digest.settings import Settings
from digest.tables import ARTICLE, EDITION, ITEM, PAGE, SECTION, SUMMARY
from digest.yamltext import Mapping, Node, Scalar, Sequence, Unreadable, read

_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the date of an edition that has none, so that its summaries can be read; none of it is shown."""


def read_article(path: str, data: bytes, settings: Settings) -> Record:
    """The article in a Markdown file."""
    reading, opened = take_apart(path, data, settings, ARTICLE)
    if opened is None:
        return unplaced(reading)
    making = Making(reading, settings, opened.front, read_fields(opened.front, ARTICLE, reading))
    values = making.values
    slug = making.slug(stem_of(path))
    if slug is None or "title" not in values or "date" not in values:
        return _unplaced(opened, making, slug or "")
    making.address = values.get("permalink") or _address(making, slug)
    shared = making.shared(slug, slug)
    body, rendered = _body(opened, making)
    article = Article(
        **shared, body=body, words=rendered.words, anchors=rendered.anchors, outlinks=rendered.outlinks,
        lead=values.get("lead", False), canonical=values.get("canonical", ""), aliases=values.get("aliases", ()),
        corrections=tuple(Correction(one["date"], making.prose(one["text"])) for one in values.get("corrections", ())),
        links=(*making.links, *rendered.links),
    )  # fmt: skip
    if not (rendered.html.strip() or rendered.problems or article.summary.html or article.draft):
        hint = "write it below the front matter, or add a summary:"
        reading.add("empty-body", max(1, opened.body_line - 1), 1, "the article has no text", hint, width=3)
    return record_of(
        reading, article, bodies=((body, rendered.html),),
        found=((article.id, _features(article, rendered.text, article.outlinks, settings)),),
    )  # fmt: skip


def _address(making: Making, slug: str) -> str:
    """The address that the site's pattern gives an article."""
    pattern = making.settings.permalinks.article
    topics = making.values.get("topics") or ()
    topic = texts.slug(topics[0]) if topics else ""
    if "{topic}" in pattern and not topic and "topics" not in making.reading.unread:
        hint = "add topics: [world], or give it a permalink:"
        fault = f"its address needs a topic, because the site's pattern is {pattern}"
        making.reading.fault("missing-field", making.where("topics"), fault, hint)
    return urls.permalink(pattern, date=making.values["date"], slug=slug, topic=topic or "-")


def _body(opened: Opened, making: Making) -> tuple[str, markup.Rendered]:
    """The rendered body and the hash of all it depends on."""
    settings, address = making.settings, making.address
    rendered = markup.render(
        opened.body, path=making.reading.path, first_line=opened.body_line, address=address,
        options=settings.markdown, site_url=settings.url, source=opened.source,
    )  # fmt: skip
    making.reading.found.extend(rendered.problems)
    options = msgspec.msgpack.encode((settings.markdown, address, settings.url))
    basis = hashlib.blake2b(options, digest_size=16)
    basis.update(opened.body.encode())
    return basis.hexdigest(), rendered


def _unplaced(opened: Opened, making: Making, slug: str) -> Record:
    """What can be said of a text that has no place on the site: the problems and the links in it."""
    making.address = urls.NOWHERE
    making.prose(making.values.get("summary"))
    making.image()
    _, rendered = _body(opened, making)
    links = (*making.links, *rendered.links)
    return unplaced(making.reading, slug, making.values.get("permalink", ""), links)


def _features(entry: Article | Summary, text: str, links: tuple[str, ...], settings: Settings) -> Features:
    return features.extract(
        entry.title, entry.summary.text, text, topics=entry.topics, tags=entry.tags, authors=entry.authors,
        links=links, source=entry.sources[0].name if entry.sources else "", lang=entry.lang or settings.language,
    )  # fmt: skip


def read_page(path: str, data: bytes, settings: Settings) -> Record:
    """The standalone page in a Markdown file; folders under ``content/pages`` become parts of its address."""
    reading, opened = take_apart(path, data, settings, PAGE)
    if opened is None:
        return unplaced(reading)
    making = Making(reading, settings, opened.front, read_fields(opened.front, PAGE, reading))
    values = making.values
    slug = making.slug(stem_of(path))
    if slug is None or "title" not in values:
        return _unplaced(opened, making, slug or "")
    folders = [texts.slug(part) for part in path.split("/")[2:-1]]
    making.address = values.get("permalink") or "/".join(["", *filter(None, folders), slug, ""])
    body, rendered = _body(opened, making)
    page = StandalonePage(
        path, values["title"], slug, making.address, body, making.prose(values.get("summary")), values.get("lang", ""),
        values.get("draft", False), rendered.anchors, (*making.links, *rendered.links), values.get("aliases", ()),
        reading.places,
    )  # fmt: skip
    return record_of(reading, page, bodies=((body, rendered.html),))


def read_summaries(path: str, data: bytes, settings: Settings) -> Record:
    """The edition or the one summary in a YAML file."""
    text, problems = decode(data, path)
    reading = Reading(path, text or "", texts.zone(settings.timezone))
    reading.found.extend(problems)
    given, faults = (None, ()) if text is None else read(text, path=path)
    reading.found.extend(faults)
    if text is not None and given is None and not faults:
        reading.add("empty-file", 1, 1, "the file holds no summary", "write an edition or a summary, or remove it")
    if given is None or isinstance(given, Unreadable):
        return unplaced(reading)
    if not isinstance(given, Mapping):
        found = "list" if isinstance(given, Sequence) else "text"
        hint = "write the edition's date (date: 2025-05-12), then items: and the list below it"
        reading.fault("wrong-type", given, f"the file is a {found}, where an edition is meant", hint)
        return unplaced(reading)
    if any(_is_of_edition(key, value) for key, value in given.pairs):
        return _edition(given, reading, settings)
    values = read_fields(given, SUMMARY, reading)
    making = Making(reading, settings, given, values)
    slug = making.slug(stem_of(path))
    if slug is None or not {"title", "date", "url"} <= values.keys():
        making.address = urls.NOWHERE
        making.prose(values.get("summary"))
        return unplaced(reading, slug or "", links=tuple(making.links))
    summary = _summary(making, slug, slug, "")
    return record_of(reading, summary, found=((summary.id, _summary_features(summary, settings)),))


def _is_of_edition(key: Scalar, value: Node) -> bool:
    """Whether a field says that its file is an edition: by its name, or because it is a list of mappings."""
    if key.value in {"items", "sections", "intro", "number"}:
        return True
    is_list = isinstance(value, Sequence) and any(isinstance(one, Mapping) for one in value.items)
    return is_list and key.value not in SUMMARY.by_name


def _edition(given: Mapping, reading: Reading, settings: Settings) -> Record:
    """The edition that a mapping describes, with its summaries."""
    values = read_fields(given, EDITION, reading)
    making = Making(reading, settings, given, values)
    places = reading.places
    name = texts.slug(stem_of(reading.path))
    if not name:
        reading.fault("bad-slug", given, "the file's name gives the edition no address", "name it 2025-05-12.yaml")
        return unplaced(reading)
    making.address = urls.edition_address(name)
    if "items" in values and "sections" in values:
        hint = "put the items into a section of their own, or keep one of the two"
        reading.fault("bad-value", making.where("items"), "an edition has items or sections, not both", hint)
    dated = "date" in values
    values.setdefault("date", _SOME_DAY)
    sections = tuple(_sections(making, name))
    if not any(not one.warning for one in reading.found):
        _empty_parts(sections, making)
    intro = making.prose(values.get("intro"))
    if not dated:
        links = (link for part in sections for one in part.items for link in one.links)
        return unplaced(reading, name, making.address, (*making.links, *links))
    edition = Edition(
        path=reading.path, id=name, title=values.get("title", ""), date=values["date"], address=making.address,
        number=values.get("number", ""), intro=intro, lang=values.get("lang", ""), draft=values.get("draft", False),
        sections=sections, links=tuple(making.links), places=places,
    )  # fmt: skip
    found = tuple((one.id, _summary_features(one, settings)) for part in sections for one in part.items)
    return record_of(reading, edition, found=found)


def _empty_parts(sections: tuple[Section, ...], edition: Making) -> None:
    """Warn of an edition without summaries, and of a section without: it would not be shown."""
    places = edition.given
    line, column = next(
        ((value.line, value.column) for key, value in places.pairs if key.value in {"items", "sections"}),
        (places.line, places.column),
    )
    if not any(part.items for part in sections):
        hint = "add items: with the summaries, or remove the file"
        edition.reading.add("empty-edition", line, column, "the edition has no summaries", hint)
        return
    for part in sections:
        if not part.items:
            told = f'the section "{part.title}" has no summaries, so it is not shown'
            edition.reading.add("empty-edition", line, column, told, "add items: to it, or remove it")


def _sections(edition: Making, name: str) -> Iterator[Section]:
    """The sections of an edition; ``items`` without sections are one without a title."""
    taken: set[str] = set()
    reading = edition.reading
    if "items" in edition.values:
        yield Section("", tuple(_items(edition, edition.values["items"], name, taken)))
    for node in edition.values.get("sections", ()):
        if not isinstance(node, Mapping):
            not_mapping(node, "this section", reading, SECTION.pair)
            continue
        reading.begin()
        values = read_fields(node, SECTION, reading)
        yield Section(values.get("title", ""), tuple(_items(edition, values.get("items", ()), name, taken)))


def _items(edition: Making, nodes: tuple[Node, ...], name: str, taken: set[str]) -> Iterator[Summary]:
    """The summaries in a list of an edition, with what the edition lends them."""
    reading = edition.reading
    for node in nodes:
        if not isinstance(node, Mapping):
            not_mapping(node, "this summary", reading, ITEM.pair)
            continue
        reading.begin()
        values = read_fields(node, ITEM, reading)
        for lent in ("date", "topics", "lang", "draft"):
            if lent not in values and lent in edition.values:
                values[lent] = edition.values[lent]
        if "source" not in values and "sources" not in values and "source" in edition.values:
            values["source"] = edition.values["source"]
        making = Making(reading, edition.settings, node, values)
        if {"title", "date", "url"} <= values.keys():
            anchor = _anchor(making, taken)
            making.address = f"{edition.address}#{anchor}"
            yield _summary(making, anchor, f"{name}/{anchor}", name)
        else:
            making.address = edition.address
            making.prose(values.get("summary"))
            edition.links.extend(making.links)


def _anchor(making: Making, taken: set[str]) -> str:
    """The slug of a summary, unique in its edition: the second of two equal ones ends with ``-2``."""
    given = making.values.get("slug")
    if given in taken:
        fault = f"the edition has two summaries with the slug {given}"
        making.reading.fault("bad-slug", making.where("slug"), fault, "give one of them another")
    whole = given or texts.slug(making.values["title"]) or "summary"
    word = whole.encode()[: scalars.LONGEST_SLUG].decode("utf-8", "ignore").rstrip("-")
    anchor, count = word, 1
    while anchor in taken:
        count += 1
        anchor = f"{word}-{count}"
    taken.add(anchor)
    return anchor


def _summary(making: Making, slug: str, id_parts: str, edition: str) -> Summary:
    """A summary from its values."""
    values = making.values
    shared = making.shared(slug, id_parts)
    via = values.get("via")
    if isinstance(via, dict):
        via = Link(via.get("title") or via.get("name", ""), via["url"])
    elif via is not None:
        via = Link("", via)
    if within := marks.resolve(values["url"], making.address or "/", making.settings.url).address:
        making.links.append(BodyLink(within, *making.reading.places["url"]))
    return Summary(
        **shared, url=values["url"], edition=edition, anchor=slug, via=via, discussion=values.get("discussion", ""),
        links=tuple(making.links),
    )  # fmt: skip


def _summary_features(summary: Summary, settings: Settings) -> Features:
    return _features(summary, summary.summary.text, (summary.url,), settings)
