"""Links and images in bodies held against what the site publishes, and every output path against every other."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote

from digest import urls
from digest.models import Article, BodyLink, StandalonePage, Summary, Unplaced
from digest.pages import Planned, StaticFile
from digest.problems import Place, Problem, problem
from digest.site import Owner, Site

_SETTINGS = "content/site.yaml"
_OF_CONTENT = re.compile("^/(?:content/)?(?:static/)?")
_MARKED = re.compile("[%#?]")
_WHY = {"draft": "is a draft", "withheld": "is dated later than the as-of", "expired": "has expired"}


def check(site: Site, pages: Sequence[Planned], static: Sequence[StaticFile]) -> Iterator[Problem]:
    """Every link into this site that leads nowhere, and every output path that two things claim."""
    planned = [*(page.path for page in pages), *(file.path for file in static)]
    known = _Known(site, planned)
    if len(known.paths) < len(planned) or not known.paths.keys().isdisjoint(_folders(known.paths)):
        yield from _clashes(site, pages, static)
    unplaced = {name for one in site.unplaced for name in one.names}
    for path, home, link in _links(site):
        if link.target in known.plain:
            continue
        target, _, fragment = unquote(link.target).partition("#")
        target = target.partition("?")[0]
        file = urls.output_path(target)
        file = file if file in known.exact else f"{file}/index.html"
        if file not in known.exact:
            if not link.image and unplaced & {target, target.rstrip("/").rpartition("/")[2]}:
                continue  # why that entry has no address is told already
            own = home if target.startswith(home) else ""
            yield _dead(Place(path, link.line, link.column), link, _Dead(target, own), known)
        elif fragment and fragment not in known.anchors.get(file, (fragment,)) and not fragment.startswith("fnref:"):
            told = f'the page {target} has no part called "#{fragment}"'
            hint = _near(fragment, known.anchors[file]) or "link the page without its #…"
            yield problem(Place(path, link.line, link.column), "dead-anchor", told, hint)


def _links(site: Site) -> Iterator[tuple[str, str, BodyLink]]:
    """Every link into this site with the file it stands in and the address from which it is read, where it has one."""
    owners: list[Owner | Summary | Unplaced] = [*site.articles, *site.editions, *site.pages, *site.unplaced]
    owners += [summary for edition in site.editions for section in edition.sections for summary in section.items]
    for one in owners:
        home = urls.NOWHERE if isinstance(one, Unplaced) else one.address.partition("#")[0]
        for link in one.links:
            yield one.path, home if home.endswith("/") and home != "/" else "\0", link
    for link in site.settings.links:
        yield _SETTINGS, "\0", link


class _Known:
    """What there is to link to: ``exact`` are all output paths, the rest is worked out when a link asks for it.

    ``plain`` are the addresses that are written one way only; a link that names one of them needs no closer look.
    """

    def __init__(self, site: Site, planned: Sequence[str]) -> None:
        self.exact = frozenset(planned)
        self.plain = {f"/{path.removesuffix('index.html')}" for path in planned if not _MARKED.search(path)}
        self._planned = planned
        self._site = site
        self._texts: list[Article | StandalonePage] = [*site.articles, *site.pages]

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Output paths by their folded form."""
        return {urls.folded(path): path for path in self._planned}

    @cached_property
    def hidden(self) -> Mapping[str, str]:
        """Output paths of pages that aren't published, with the reason."""
        return {urls.output_path(address): why for address, why in self._site.hidden.items()}

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Addresses by the name of the file."""
        return {one.path.rpartition("/")[2]: one.address for one in self._texts}

    @cached_property
    def anchors(self) -> Mapping[str, Collection[str]]:
        """What can stand behind the # of a link, by output path."""
        found = {urls.output_path(one.address): one.anchors for one in self._texts}
        for edition in self._site.editions:
            items = (item.anchor for section in edition.sections for item in section.items)
            found[urls.output_path(edition.address)] = tuple(items)
        return found


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders of some output paths."""
    found = {path.rpartition("/")[0] for path in paths}
    outer = found
    while outer := {folder.rpartition("/")[0] for folder in outer} - {""}:
        found |= outer
    return found


class _Dead(NamedTuple):
    """A target that isn't there; ``home`` is the address of the text, where the link is relative to it."""

    target: str
    home: str


def _dead(place: Place, link: BodyLink, dead: _Dead, known: _Known) -> Problem:
    target = dead.target
    file = urls.output_path(target)
    code, what = ("missing-image", "image") if link.image else ("dead-link", "page")
    if why := known.hidden.get(file):
        return problem(
            place, code, f"{target} {_WHY[why]}, so this link leads nowhere", "publish it, or take the link out"
        )
    if right := known.paths.get(urls.folded(file)):
        shown = "/" + right.removesuffix("index.html")
        return problem(place, code, f"there is no {what} at {target}", f"the address is written {shown}")
    if "{{" in target or "{%" in target:
        such = "/images/bridge.jpg" if link.image else "/2025/05/slug/"
        hint = f"this is a command of another generator; write the address itself, such as {such}"
        return problem(place, code, f"there is no {what} at {target[target.find('{') :]}", hint)
    hint = _hint_for_image(dead, known) if link.image else _hint_for_page(dead, known)
    return problem(place, code, f"there is no {what} at {target}", hint)


def _hint_for_page(dead: _Dead, known: _Known) -> str:
    last = dead.target.rstrip("/").rpartition("/")[2]
    if last.startswith("www."):
        return f"for the site {last} write https://{last}"
    if last in known.files:
        return f"did you mean {known.files[last]}?"
    if last.endswith(".md"):
        return "link the address that the article is published at, such as /2025/05/slug/"
    if rooted := _rooted(dead, known):
        return f"did you mean {rooted}?"
    addresses = ("/" + path.removesuffix("index.html") for path in known.paths.values())
    return _near(dead.target, addresses) or "mend the address, or take the link out"


def _hint_for_image(dead: _Dead, known: _Known) -> str:
    if rooted := _rooted(dead, known):
        return f"did you mean {rooted}?"
    last = dead.target.rpartition("/")[2]
    alike = next((path for path in known.paths.values() if path.rpartition("/")[2] == last), "")
    near = f"did you mean /{alike}?" if alike else _near(dead.target, ("/" + path for path in known.paths.values()))
    if near:
        return near
    plain = _OF_CONTENT.sub("/", "/" + dead.target.removeprefix(dead.home).lstrip("/"), count=1)
    written = "" if plain == dead.target else f", and write {plain}"
    return f"put the file at content/static{plain}{written}"


def _rooted(dead: _Dead, known: _Known) -> str:
    """The address that is meant by a link without its first slash, or with the folder in which its file lies."""
    plain = _OF_CONTENT.sub("/", "/" + dead.target.removeprefix(dead.home).lstrip("/"), count=1)
    file = urls.output_path(plain)
    found = known.paths.get(urls.folded(file)) or known.paths.get(urls.folded(f"{file}/index.html"))
    return "/" + found.removesuffix("index.html") if found and plain != dead.target else ""


def _near(word: str, known: Iterable[str]) -> str:
    """The nearest address as a hint. Only those that end alike are compared: an archive has many thousands."""
    tail = word.rstrip("/")[-6:-2]
    likely = [one for one in known if tail and tail in one][:500]
    near = difflib.get_close_matches(word, likely, n=1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else ""


def _clashes(site: Site, pages: Sequence[Planned], static: Sequence[StaticFile]) -> Iterator[Problem]:
    """Law 7 for everything that is published: generated pages, entries' pages, static files.

    Two entries at one address were named before (``site.assemble``), with better words.
    """
    owners: list[Owner] = [*site.articles, *site.editions, *site.pages]
    claims = [_Claim(urls.output_path(one.address), one.path, *_field(one, *_ADDRESS)) for one in owners]
    claims += [
        _Claim(urls.output_path(alias), one.path, *_field(one, f"aliases.{number}", "aliases"), alias=True)
        for one in owners
        for number, alias in enumerate(getattr(one, "aliases", ()))
    ]
    mine = {claim.path for claim in claims}
    claims += [_Claim(file.path, _origin(file)) for file in static]
    for page in pages:
        own = page.kind in _OWN and page.path in mine and page.path != "404.html"
        claims += [] if own else [_Claim(page.path, _PAGES.get(page.kind, f"the {page.kind} page"))]
    taken: dict[str, _Claim] = {}
    for claim in claims:
        first = taken.setdefault(urls.folded(claim.path), claim)
        if first is not claim and not (first.line and claim.line):
            yield _clash(first, claim, f"/{claim.path} is also the address of")
    for claim in claims:
        folder = claim.path.rpartition("/")[0]
        while folder:
            if inner := taken.get(urls.folded(folder)):
                yield _clash(inner, claim, f"/{folder} would have to be a file and a folder because of")
            folder = folder.rpartition("/")[0]


_ADDRESS = ("permalink", "slug", "title", "date")
_OWN = frozenset({"article", "edition", "redirect", "page"})
_PAGES = MappingProxyType({
    "front": "the front page", "feed": "a feed", "sitemap": "the sitemap", "robots": "robots.txt",
    "archive": "the archive", "index": "an index page (of topics, editions, sources or the archive)",
    "page": "the page of dead links",
})  # fmt: skip


class _Claim(NamedTuple):
    """What wants an output path: its name for people, and its place in its file where an entry wrote it down."""

    path: str
    name: str
    line: int = 0
    column: int = 0
    alias: bool = False


def _field(one: Owner, *names: str) -> tuple[int, int]:
    """Where the first of the fields ``names`` stands that the owner's file has."""
    return next((one.places[name] for name in names if name in one.places), (1, 1))


def _clash(one: _Claim, other: _Claim, told: str) -> Problem:
    """The problem of two claims, at the place that an editor can change."""
    if not one.name.startswith("content/") or (other.line and not one.line):
        one, other = other, one
    place = Place(one.name, one.line, one.column) if one.name.startswith("content/") else Place("content")
    code = "shadowed-alias" if one.alias else "same-address"
    hint = "remove the alias" if one.alias else "give the entry another slug or permalink, or rename the file"
    if other.name.startswith("templates/"):
        hint = f"to replace the theme's file, move yours to {other.name}"
    return problem(place, code, f"{told} {other.name}", hint)


def _origin(file: StaticFile) -> str:
    """Where a static file lies, for people: in content/static, or in the theme."""
    own = file.origin.replace("\\", "/").endswith(f"static/{file.path}")
    return f"content/static/{file.path}" if own else f"templates/{file.path}"
