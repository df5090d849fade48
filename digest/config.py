"""The three data files of a site, ``site.yaml``, ``topics.yaml`` and ``sources.yaml``: text in, settings out.

What a setting may be stands in the tables here, from which the JSON Schema and the manual come too. Settings are
complete and validated: nothing later asks whether a time zone exists or a pattern holds a slug.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from collections.abc import Mapping as Pairs
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from digest import markup, sanitise, scalars
from digest import text as texts
from digest.codes import CODES
from digest.fields import Field, Group, Many, MapOf, Table, read_fields
from digest.kinds import Choice, Flag, Instant, Prose, Text, Whole
from digest.models import BodyLink, Notice, Source, Topic
from digest.problems import Problem, suggestion
from digest.reading import Reading, in_list, not_mapping
from digest.scalars import BadTextError
from digest.settings import (
    DEFAULT_WORDING,
    Editions,
    Feeds,
    Front,
    Markdown,
    Permalinks,
    Related,
    Settings,
)
from digest.tables import ID, LANGUAGE, REFERENCE, SLUG, URL
from digest.yamltext import Mapping, Node, Scalar, Sequence, Unreadable, read

ENGINES = ("markdown", "commonmark")
PERIODS = ("day", "week", "month")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PERMALINK_WORDS = ("year", "month", "day", "slug", "topic")
_EDITION_WORDS = ("year", "month", "day", "week")
_ELEMENT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def base_url(text: str) -> str:
    """The address at which a site is published, without its final slash."""
    link = scalars.url(text)
    if "?" in link or "#" in link:
        raise BadTextError(
            "bad-url", "the url of a site can't have ? or #", "write https://host.example/ or with a path"
        )
    return link.rstrip("/")


def _zone(text: str) -> str:
    """An IANA time zone's name, if this computer's or the package's data knows it."""
    name = text.strip()
    try:
        texts.zone(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name gives an OSError
        from zoneinfo import available_timezones

        last = name.rsplit("/", 1)[-1]
        hint = suggestion(name, available_timezones()) or suggestion(
            last, (z for z in available_timezones() if "/" in z)
        )
        hint = hint or "write a name of the IANA database, such as Europe/London"
        raise BadTextError("bad-value", f'"{name[:60]}" is no time zone', hint) from None
    return name


def _pattern(text: str) -> str:
    """An address pattern with known placeholders, {slug} among them."""
    pattern = text.strip()
    _check_placeholders(pattern, _PERMALINK_WORDS, "bad-permalink")
    if "{slug}" not in pattern:
        fault = "the pattern has no {slug}, so that all entries would have one address"
        raise BadTextError("bad-permalink", fault, "write: /{year}/{month}/{slug}/")
    try:
        scalars.page_address(_PLACEHOLDER.sub("x", pattern))
    except BadTextError as bad:
        raise BadTextError("bad-permalink", bad.fault, bad.hint) from None
    if not pattern.endswith(("/", ".html")):
        raise BadTextError("bad-permalink", "the pattern must end with / or .html", f"write: {pattern}/")
    return pattern


def _edition_title(text: str) -> str:
    """The title of gathered editions."""
    _check_placeholders(text, _EDITION_WORDS, "bad-value")
    return text


def _check_placeholders(text: str, known: tuple[str, ...], code: str) -> None:
    """Refuse unknown placeholders and lone braces, which would fail (or run) in ``str.format``."""
    for word in _PLACEHOLDER.findall(text):
        if word not in known:
            hint = suggestion(word, known) or "known: " + " ".join(f"{{{one}}}" for one in known)
            raise BadTextError(code, f"{{{word[:40]}}} is no placeholder", hint)
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        raise BadTextError(code, "a brace stands alone here", "write placeholders as {slug}")


def _element(text: str) -> str:
    """An HTML element that authors may write beyond the usual ones."""
    name = text.strip().lower()
    if name in sanitise.NEVER or name == "iframe":  # a frame would ask another host
        raise BadTextError(
            "bad-value", f"<{name}> can't be allowed: it can run programs or change the page", "remove it"
        )
    if not _ELEMENT.fullmatch(name):
        raise BadTextError("bad-value", f'"{name[:40]}" is no HTML element', "write names such as video or abbr")
    return name


_SEVERITIES = ("error", "warning", "off")
_FIXED = MappingProxyType(
    {name: "faults that lose or alter content stay errors" for name, code in CODES.items() if code.fixed}
)
_SETTING = "unknown-setting"

PERMALINKS = Table("permalinks", (
    Field("article", Text(called="pattern", parse=_pattern), "Placeholders: {year} {month} {day} {slug} {topic}.",
          "/{year}/{month}/{slug}/", aka=("articles", "posts")),
), _SETTING)  # fmt: skip
EDITIONS = Table("editions", (
    Field("gather", Choice(PERIODS), "The period whose summaries without an edition make one.", "week"),
    Field("title", Text(called="pattern", parse=_edition_title),
          "What such an edition is called. Placeholders: {year} {month} {day} {week}.", "Week {week}, {year}"),
), _SETTING)  # fmt: skip
FEEDS = Table("feeds", (
    Field("items", Whole(1, 100), "How many entries a feed holds.", "20", aka=("limit", "count", "size")),
    Field("full", Flag(), "Whole texts (true) or summaries only.", "true"),
), _SETTING)  # fmt: skip
RELATED = Table("related", (
    Field("count", Whole(0, 10), "How many related posts an article has; 0 switches them off.", "5", aka=("limit",)),
    Field("reasons", Flag(), "Whether the page says why each was chosen.", "false"),
), _SETTING)  # fmt: skip
FRONT = Table("front", (
    Field("trails", Whole(0, 50), "Entries beside the lead of the front page.", "4"),
    Field("module", Whole(0, 50), "Entries in each topic's part of the front page.", "4"),
    Field("modules", Whole(0, 100), "Topics that have a part of the front page and a place in the navigation.", "12"),
), _SETTING)  # fmt: skip
MARKDOWN = Table("markdown", (
    Field("engine", Choice(ENGINES), "python-markdown, or CommonMark with GitHub's tables (extra: commonmark).",
          "commonmark"),
    Field("typography", Flag(), "Curly quotes and dashes.", "true", aka=("smartypants", "smart")),
    Field("elements", Many(Text(called="element", parse=_element)), "HTML elements allowed beyond the usual.",
          "[video]"),
), _SETTING)  # fmt: skip
NOTICE = Table("a notice", (
    Field("text", Prose(), "What it says.", "This site sets no cookies.", required=True),
    Field("accept", Text(), "Text of the button.", "Accept", required=True),
    Field("more", Text(), "Text of the link.", "Read more"),
    Field("url", REFERENCE, "Where the link leads.", "/cookies/"),
), _SETTING)  # fmt: skip

SITE = Table("site.yaml", (
    Field("title", Text(), "Name of the site.", "The Half-Sheet", required=True, aka=("name",)),
    Field("url", Text(called="url", parse=base_url, format="uri"), "Where it is published; may have a path.",
          "https://digest.example/", required=True, aka=("baseurl", "base_url", "siteurl", "link")),
    Field("id", ID, "Its identity, from which ids of entries are made. Set it once, never change it.",
          "tag:digest.example,2025:"),
    Field("description", Text(), "A sentence on the site.", "The week’s news on one sheet.",
          aka=("tagline", "subtitle", "summary")),
    Field("language", LANGUAGE, "Language of the site.", "en-GB", aka=("lang", "locale", "languagecode")),
    Field("timezone", Text(called="time zone", parse=_zone), "Zone of dates without an offset.", "Europe/London",
          aka=("time_zone", "tz", "zone")),
    Field("copyright", Text(), "Shown at the foot of each page.", "The Half-Sheet"),
    Field("page_size", Whole(5, 200), "Entries on a page of a list.", "20", aka=("paginate", "per_page")),
    Field("permalinks", Group(PERMALINKS), "Addresses of articles.", aka=("permalink",)),
    Field("editions", Group(EDITIONS), "How summaries are gathered.", aka=("edition",)),
    Field("feeds", Group(FEEDS), "What feeds hold.", aka=("feed", "rss")),
    Field("related", Group(RELATED), "Related posts."),
    Field("front", Group(FRONT), "The front page.", aka=("home", "homepage")),
    Field("markdown", Group(MARKDOWN), "How bodies are read.", aka=("markup",)),
    Field("notice", Group(NOTICE), "The cookie notice; left out, there is none.", aka=("cookies", "cookie_notice")),
    Field("wording", MapOf(tuple(DEFAULT_WORDING), Text()), "Words that templates print, by name.",
          "{related: Read on}", aka=("i18n", "strings", "translations")),
    Field("problems", MapOf(tuple(code for code in CODES if code not in _FIXED), Choice(_SEVERITIES), _FIXED),
          "Single problems made an error, a warning or switched off.", "{dead-link: warning}"),
    Field("problems_since", Instant(), "Entries dated before it get warnings where they'd get lowerable errors.",
          "2025-01-01"),
), _SETTING, MappingProxyType({
    "theme": "remove it: what stands in templates/ replaces the theme, file by file",
    "plugins": "remove it: there are no plug-ins",
    "menu": "remove it: the navigation is made from content/topics.yaml and content/pages/",
    "author": "remove it: each entry names its own under authors:",
    "output": "remove it, and say it in the command: digest build --output DIR",
}))  # fmt: skip

TOPIC = Table("a topic", (
    Field("slug", SLUG, "Its part of the address.", "world", required=True, aka=("key", "id")),
    Field("title", Text(), "Its name.", "World", required=True, aka=("name",)),
    Field("description", Text(), "A sentence on it.", "What crosses borders.", aka=("summary",)),
    Field("order", Whole(-100_000, 100_000), "Topics are sorted by it, then by slug.", "1", aka=("weight",)),
), pair=("slug", "title"))  # fmt: skip
SOURCE = Table("a source", (
    Field("key", SLUG, "The word by which entries cite it.", "who", required=True, aka=("slug", "id")),
    Field("name", Text(), "Its name.", "World Health Organization", required=True, aka=("title",)),
    Field("url", URL, "Its address.", "https://www.who.int/", aka=("link",)),
), pair=("key", "name"))  # fmt: skip


_GROUPS: Pairs[str, type] = MappingProxyType(
    {
        "permalinks": Permalinks,
        "editions": Editions,
        "feeds": Feeds,
        "related": Related,
        "front": Front,
        "markdown": Markdown,
    }
)


def read_site(text: str, path: str) -> tuple[Settings | None, tuple[Problem, ...]]:
    """The settings in ``site.yaml``; ``None`` where title, url or time zone can't be used."""
    reading = Reading(path, text, texts.zone("UTC"))
    root, faults = read(text, path=path)
    reading.found.extend(faults)
    if not isinstance(root, Mapping):
        if root is not None and not isinstance(root, Unreadable):
            not_mapping(root, "site.yaml", reading, ("title", "url"))
        elif not faults:
            hint = 'it needs at least two lines: "title: …" and "url: https://…"'
            reading.add("empty-file", 1, 1, "site.yaml is empty", hint)
        return None, tuple(reading.found)
    given = {key.value: value for key, value in root.pairs}
    # problems_since counts in the zone that the same file sets.
    if isinstance(zone := given.get("timezone"), Scalar):
        with contextlib.suppress(BadTextError):  # read_fields notes it
            reading.zone = texts.zone(_zone(zone.value))
    values = read_fields(root, SITE, reading)
    _check_engine(values, reading)
    settings = _settings(values, given, reading)
    return settings, tuple(reading.found)


def _check_engine(values: dict[str, Any], reading: Reading) -> None:
    """The second Markdown engine is an optional dependency; without it the first reads what it can be asked for."""
    if values.get("markdown", {}).get("engine") == "commonmark" and find_spec("pyromark") is None:
        hint = "install it: pip install 'digest-news[commonmark]'"
        line, column = reading.places["markdown.engine"]
        reading.add("bad-value", line, column, "the commonmark engine is not installed", hint, width=len("commonmark"))
        values["markdown"] = {**values["markdown"], "engine": "markdown"}


def _settings(values: dict[str, Any], given: dict[str, Node], reading: Reading) -> Settings | None:
    """Settings from the values of ``site.yaml``."""
    if not {"title", "url"} <= values.keys() or ("timezone" in given and "timezone" not in values):
        return None
    made: dict[str, Any] = {name: value for name, value in values.items() if name not in {"notice", *_GROUPS}}
    made |= {name: kind(**values[name]) for name, kind in _GROUPS.items() if name in values}
    settings = Settings(**made)
    if "notice" not in values:
        return settings
    notice, links = _notice(values["notice"], settings, reading)
    return Settings(**made, notice=notice, links=links)


def _notice(given: dict[str, Any], settings: Settings, reading: Reading) -> tuple[Notice, tuple[BodyLink, ...]]:
    """The cookie notice, its text rendered, and its links into the site."""
    words: Scalar = given["text"]
    prose, links, problems = markup.prose(
        words.value, path=reading.path, line=words.line + words.block, column=words.column, address="/",
        options=settings.markdown, site_url=settings.url, source=reading.source,
    )  # fmt: skip
    reading.found.extend(problems)
    if ("more" in given) != ("url" in given):
        here, lacking = ("more", "url") if "more" in given else ("url", "more")
        fault = f"the notice has {here}, but no {lacking}, so that there is no link"
        reading.add("missing-field", *reading.places[f"notice.{here}"], fault, f"add {lacking}:, or remove {here}:")
    if given.get("url", "").startswith("/"):
        links = (*links, BodyLink(given["url"], *reading.places["notice.url"]))
    return Notice(prose, given["accept"], given.get("more", ""), given.get("url", "")), links


def read_topics(text: str, path: str) -> tuple[tuple[Topic, ...] | None, tuple[Problem, ...]]:
    """The topics in ``topics.yaml``; ``None`` where the file can't be read, so that no topic counts as unknown."""
    reading = Reading(path, text, texts.zone("UTC"))
    rows = _rows(text, reading, TOPIC, "slug")
    if rows is None:
        return None, tuple(reading.found)
    return tuple(Topic(**row) for row in rows), tuple(reading.found)


def read_sources(text: str, path: str) -> tuple[tuple[Source, ...] | None, tuple[Problem, ...]]:
    """The outlets in ``sources.yaml``; ``None`` where the file can't be read."""
    reading = Reading(path, text, texts.zone("UTC"))
    rows = _rows(text, reading, SOURCE, "key")
    if rows is None:
        return None, tuple(reading.found)
    return tuple(Source(row["key"], row["name"], row.get("url", "")) for row in rows), tuple(reading.found)


def _rows(text: str, reading: Reading, table: Table, key: str) -> list[dict[str, Any]] | None:
    """The rows of a data file that is a list of mappings; ``None`` where it is none or a row can't be read."""
    root, faults = read(text, path=reading.path)
    reading.found.extend(faults)
    if root is None and not faults:
        return []
    if not isinstance(root, Sequence):
        if root is not None and not isinstance(root, Unreadable):
            reading.fault("wrong-type", root, "the file must hold a list", _list_hint(root, table))
        return None
    rows = list(_each_row(root, reading, table, key))
    return None if any(row is None for row in rows) else [row for row in rows if row is not None]


def _list_hint(root: Node, table: Table) -> str:
    """How to make a list of what a data file holds instead of one."""
    first, second = table.pair
    key, value = root.pairs[0] if isinstance(root, Mapping) and root.pairs else (None, None)
    if key is None or key.value in table.by_name:
        return f'start each entry with "- ": - {first}: {table.fields[0].example}'
    if isinstance(value, Sequence):
        return f"remove the line {key.value}:, and let the list stand at the beginning of the lines"
    if isinstance(value, Scalar):
        return f"write: - {{{first}: {in_list(key.value)}, {second}: {in_list(value.value)}}}"
    return f'start each entry with "- ": - {first}: {in_list(key.value)}'


def _each_row(root: Sequence, reading: Reading, table: Table, key: str) -> Iterator[dict[str, Any] | None]:
    """Each row's values, ``None`` for one that lacks what it needs; a key that came before is a problem."""
    taken: dict[str, int] = {}
    names: dict[str, int] = {}
    for number, node in enumerate(root.items):
        if not isinstance(node, Mapping):
            not_mapping(node, "this entry", reading, table.pair)
            yield None
            continue
        row = read_fields(node, table, reading, prefix=f"{number}.")
        if any(field.name not in row for field in table.required):
            yield None
            continue
        folded = row[key].casefold()
        if folded in taken:
            line, column = reading.places[f"{number}.{key}"]
            fault = f"{key} {row[key]} stands here a second time; the first is on line {taken[folded]}"
            reading.add("bad-value", line, column, fault, "remove one of the two, or rename it", width=len(row[key]))
        else:
            taken[folded] = node.line
            _check_name(row, number, names, reading)
            yield row


def _check_name(row: dict[str, Any], number: int, names: dict[str, int], reading: Reading) -> None:
    """Warn of a second topic or source of one name: readers can't tell them apart."""
    field = "title" if "title" in row else "name"
    line, column = reading.places[f"{number}.{field}"]
    first = names.setdefault(row[field].casefold(), line)
    if first != line:
        fault = f"{field} {row[field]} stands here a second time; the first is on line {first}"
        reading.add("repeated-value", line, column, fault, "rename one of the two", width=len(row[field]))
