"""Pages to bytes: the Jinja environment, its filters, and the fingerprint that says when a page must be rendered.

A template receives ``page`` and ``site``, both plain values, and pure filters; there is no list of all articles, no
clock and no environment in it. So the encoded page, the encoded chrome and the sources of the templates it can
reach say all that its bytes depend on.
"""

from __future__ import annotations

import json
import marshal
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec
from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from digest import templatefaults, text
from digest.decoding import not_utf8
from digest.marks import absolutise, localise
from digest.pages import Chrome, FeedEntry, Page, Planned
from digest.problems import Place, Problem, problem

FOLDER = "templates"
KEPT = 20_000
"""Prints of `once` that are kept: some 25 MB."""
_ENCODER = msgspec.msgpack.Encoder()


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    """What ``Templates`` keeps, as a cache holds it."""

    named: dict[bytes, tuple[str | None, ...]]
    chrome: bytes
    codes: dict[str, tuple[str, bytes]]


_SAVED = msgspec.msgpack.Decoder(_Saved)


class Templates(BytecodeCache):
    """What is kept of templates from one build to the next: their code, and which others they name.

    Both are found by the template's source, so nothing here is ever stale. Reading the theme anew takes longer than
    all else that a small change costs. Code is kept for one chrome: Jinja works constant expressions out while it
    makes code, and the filters in them may look at the chrome.
    """

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, bytes]] = {}
        self._named: dict[bytes, tuple[str | None, ...]] = {}
        self._chrome = b""
        self.grown = False
        """Whether anything is here that ``recall`` didn't bring."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand Jinja the code of a template whose source is still the same."""
        checksum, code = self._codes.get(bucket.key, ("", b""))
        bucket.code = marshal.loads(code) if checksum == bucket.checksum else None  # noqa: S302 - our own bytes

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code that Jinja has just made."""
        if bucket.code is not None:
            self._codes[bucket.key] = (bucket.checksum, marshal.dumps(bucket.code))
            self.grown = True

    def suit(self, chrome: Chrome) -> None:
        """Let go of code that was made for another chrome."""
        mark = blake2b(_ENCODER.encode(chrome), digest_size=16).digest()
        if mark != self._chrome:
            self._codes.clear()
            self._chrome = mark

    def named(self, made: Environment, name: str, source: str) -> tuple[str | None, ...]:
        """The templates that ``source`` names; ``None`` for one that is only known when it is rendered."""
        mark = blake2b(source.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if mark not in self._named:
            self._named[mark] = tuple(meta.find_referenced_templates(made.parse(source, name)))
            self.grown = True
        return self._named[mark]

    def recall(self, encoded: bytes) -> None:
        """Take in what ``save`` gave in another process, if nothing is kept here yet."""
        if encoded and not self._named:
            self._named, self._chrome, self._codes = msgspec.structs.astuple(_SAVED.decode(encoded))

    def save(self) -> bytes:
        """All of it for a cache, which is that of this version of Python, of Jinja and of digest."""
        self.grown = False
        return _ENCODER.encode(_Saved(self._named, self._chrome, self._codes))


def environment(
    folders: Sequence[Path], chrome: Chrome, body: Callable[[str], str], kept: Templates | None = None
) -> Environment:
    """The environment in which all templates of a site run.

    ``folders`` are searched in order, so a site overrides the theme file by file. ``body`` finds a rendered body by
    its hash. Everything is escaped unless it comes out of the filters below, the only place that makes ``Markup``;
    they print what the sanitiser returned, or JSON that can't leave its script element.
    """
    kept = kept or Templates()
    kept.suit(chrome)
    made = Environment(
        loader=_loader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=kept,
    )
    made.globals.clear()
    del made.filters["random"]  # the same input must give the same bytes
    made.globals |= {"range": range, "site": chrome, "once": _once()}

    def feed_html(marked: str, entry: FeedEntry) -> str:
        return absolutise(marked, chrome.url, entry.permalink)

    made.filters.update(
        html=lambda marked: Markup(localise(marked, chrome.base)),
        body=lambda key: Markup(localise(body(key), chrome.base)),
        jsonld=Markup,
        json=lambda value: Markup(json.dumps(value, ensure_ascii=False)),
        feed_html=feed_html,
        feed_body=lambda key, entry: feed_html(body(key), entry),
        long_date=lambda moment: text.long_date(moment, chrome.language),
        clock=text.clock_time,
        iso_date=text.iso_date,
        iso_day=text.iso_day,
        feed_date=text.feed_date,
        cut=text.cut,
    )
    return made


def _once() -> Callable[..., str]:
    """A function that prints what a macro prints, worked out once for equal values.

    An entry stands in the lists of many pages, and looks the same in most. Values are equal if they are encoded alike,
    as for a fingerprint.
    """
    kept: dict[tuple[object, bytes, str], str] = {}

    def once(macro: Callable[..., str], value: object, site: Chrome, **options: object) -> str:
        key = macro, _ENCODER.encode(value), str(options)  # as text, since 1 equals True and prints another
        found = kept.get(key)
        if found is None:
            if len(kept) >= KEPT:
                kept.clear()
            found = kept[key] = macro(value, site, **options)
        return found

    return once


def _loader(folders: Sequence[Path]) -> ChoiceLoader:
    return ChoiceLoader([FileSystemLoader(folder, encoding="utf-8") for folder in folders])


def render(made: Environment, page: Page | Planned, chrome: Chrome) -> bytes:
    """The bytes of one output file. XML documents lose what XML 1.0 forbids."""
    printed = made.get_template(page.template).render(page=page.value, site=chrome)
    return (text.xml_text(printed) if page.path.endswith((".xml", ".opml")) else printed).encode("utf-8")


class Fingerprints:
    """Fingerprints of pages: 128-bit hashes of all that a page's bytes depend on.

    ``engine`` names the generator and its dependencies with their versions.
    """

    def __init__(self, made: Environment, folders: Sequence[Path], chrome: Chrome, engine: bytes) -> None:
        self._environment = made
        self._kept = made.bytecode_cache if isinstance(made.bytecode_cache, Templates) else Templates()
        self._loader = _loader(folders)
        self._common = blake2b(engine + _ENCODER.encode(chrome), digest_size=16).digest()
        self._reach: dict[str, bytes] = {}
        self._sources: dict[str, dict[str, str | None]] = {}
        self.problems: list[Problem] = []

    def around(self, page: Page | Planned) -> bytes:
        """What the bytes of ``page`` depend on beside its value: chrome, generator, templates, as hashes."""
        return self._common + self._templates(page.template)

    def reached(self, template: str) -> dict[str, bytes]:
        """The hash of each source that ``template``, of which a fingerprint was made, can reach."""
        return {
            name: blake2b(source.encode(), digest_size=8).digest()
            for name, source in sorted(self._sources[template].items())
            if source is not None
        }

    def sources(self) -> dict[str, bytes]:
        """The hash of each template's source that a page has needed so far."""
        return {name: mark for template in self._sources for name, mark in self.reached(template).items()}

    def compile(self) -> None:
        """Make the code of each template that a page has needed so far, before several processes need it."""
        for name in self.sources():
            with suppress(TemplateError):  # told where a page is rendered with it
                self._environment.get_template(name)

    def _templates(self, name: str) -> bytes:
        """The hash of the sources of every template that ``name`` can reach."""
        if name not in self._reach:
            sources: dict[str, str | None] = {}
            try:
                self._collect(name, sources)
            except TemplateError as error:
                self.problems.append(template_problem(error, name))
            self._sources[name] = sources
            parts = "\0".join(f"{one}\0{source or source is None}" for one, source in sorted(sources.items()))
            self._reach[name] = blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return self._reach[name]

    def _collect(self, name: str, sources: dict[str, str | None], *, guessed: bool = False) -> None:
        """Add the source of ``name`` and of what it names, in its turn; ``None`` for one that may come some day.

        A name that is only known when the page is rendered may be that of any file. Such a guess needn't be a
        template at all.
        """
        sources[name] = source = self._source(name, guessed=guessed)
        if source is None:
            return
        try:
            named = self._kept.named(self._environment, name, source)
        except TemplateError:
            if not guessed:
                raise
            return
        for other in named:
            for one in [other] if other is not None else self._environment.list_templates():
                if one not in sources:
                    self._collect(one, sources, guessed=other is None)

    def _source(self, name: str, *, guessed: bool) -> str | None:
        try:
            return self._loader.get_source(self._environment, name)[0]
        except TemplateNotFound:
            return None
        except UnicodeDecodeError as error:
            if not guessed:
                self.problems.append(not_utf8(error.object, f"{FOLDER}/{name}", error.start))
            return None


def fingerprint(around: bytes, encoded: bytes) -> bytes:
    """The fingerprint of a page from what is ``around`` it (see ``Fingerprints``) and its ``encoded`` form."""
    return blake2b(around + encoded, digest_size=16).digest()


def encode(page: Page) -> bytes:
    """A page as the bytes that are hashed and remembered."""
    return _ENCODER.encode(page)


def decode(encoded: bytes) -> Page:
    """The page that ``encode`` was given."""
    return msgspec.msgpack.decode(encoded, type=Page)


def template_problem(error: Exception, name: str) -> Problem:
    """A template's fault as a problem at its line in the template."""
    if isinstance(error, TemplateNotFound):
        text_ = f'there is no template "{error.name}"'
        hint = "mend the name, or add the file to templates/"
        return problem(_template_line(error, name), "template-missing", text_, hint)
    if isinstance(error, TemplateSyntaxError):
        fault = templatefaults.syntax(error)
        place = Place(f"{FOLDER}/{error.name or name}", fault.line or error.lineno, 1)
        return problem(place, "template-syntax", fault.text, fault.hint)
    place = _template_line(error, name)
    if isinstance(error, UndefinedError):
        fault = templatefaults.undefined(error)
        return problem(place, "template-undefined", fault.text, fault.hint)
    return problem(place, "template-error", f"{type(error).__name__}: {error}", "mend the expression on this line")


def _template_line(error: Exception, name: str) -> Place:
    """The innermost line of a template in the error's traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        head, found, tail = frame.filename.replace("\\", "/").rpartition(f"/{FOLDER}/")
        if found or head.endswith("theme"):
            return Place(f"{FOLDER}/{tail}", frame.lineno or 1, 1)
    return Place(f"{FOLDER}/{name}", 1, 1)
