"""Markdown of authors to safe HTML, with its text, its links and the places of its faults.

``render`` is for bodies, ``prose`` for the short texts around them. Both go the same way: check the budget, run the
engine, note what the sanitiser will take out, sanitise, then put links, ids and headings in order. What comes out
holds marks for links into the site (see ``marks``); ``localise`` and ``absolutise`` replace them.
"""

from __future__ import annotations

import html
import re

import msgspec

from digest import budgets, dialect, finish, places, sanitise, text, timer, typography
from digest.marks import PAGE, SITE, absolutise, anchored, localise
from digest.models import BodyLink, Prose
from digest.problems import Place, Problem, problem
from digest.settings import Markdown
from digest.slips import slips

__all__ = ["PAGE", "SITE", "Rendered", "absolutise", "anchored", "localise", "prose", "render"]

_MARKDOWN = re.compile(r"[\\`*_\[\]<>#~\n]|&[#a-zA-Z0-9]+;|^(?:[-+=]|\d+[.)])")
"""What may be Markdown in a short text. Most summaries have none of it and need no engine."""

_RAW_HTML = re.compile(r"<(?!https?:|mailto:)[a-zA-Z/]")
_USUAL = r"""(?!https?://[^/?#@"]+["/?#]|/(?![/\\])|#|\.|mailto:|&#109;)"""
_SUSPECTS = (re.compile(rf'href="{_USUAL}'), re.compile(rf'src="{_USUAL}'))
"""Addresses that an engine printed and that are worth a closer look; most begin like those named here."""

_NOT_WORDS = re.compile(
    r'<sup id="[^"]*"><a class="footnote-ref".*?</sup>|<a class="footnote-backref".*?</a>|'
    r'<sup class="footnote-[a-z-]*">.*?</sup>'
)
"""The numbers and arrows of footnotes: no words of the author's."""

_WIDE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


class Rendered(msgspec.Struct, frozen=True):
    """A body ready to keep: marked HTML, plain text, number of words, ids in it, links into the site and out of it."""

    html: str = ""
    text: str = ""
    words: int = 0
    anchors: tuple[str, ...] = ()
    links: tuple[BodyLink, ...] = ()
    outlinks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class _Job(msgspec.Struct, frozen=True):
    """One text with all that rendering it depends on. ``exact`` tells a body from a text inside YAML."""

    text: str
    path: str
    line: int
    column: int
    address: str
    options: Markdown
    site_url: str
    source: str | None
    exact: bool


def render(
    text: str, *, path: str, first_line: int, address: str, options: Markdown, site_url: str, source: str | None
) -> Rendered:
    """Render the body ``text``, which starts on ``first_line`` of ``path`` and is published at ``address``.

    ``source`` is the whole file, for excerpts. Raises ``dialect.EngineMissingError``.
    """
    return _rendered(_Job(text, path, first_line, 1, address, options, site_url, source, exact=True))


def prose(
    text: str, *, path: str, line: int, column: int, address: str, options: Markdown, site_url: str, source: str | None
) -> tuple[Prose, tuple[BodyLink, ...], tuple[Problem, ...]]:
    """Render a short text whose value starts at ``line`` and ``column``; one paragraph comes without its ``<p>``."""
    short = sanitise.purged(text).strip()
    if not _MARKDOWN.search(short):
        words = typography.curled(short) if options.typography else short
        return Prose(html.escape(words, quote=False), words), (), ()
    done = _rendered(_Job(short, path, line, column, address, options, site_url, source, exact=False))
    inner = done.html
    if inner.startswith("<p>") and inner.endswith("</p>") and inner.count("</p>") == 1:
        inner = inner[3:-4]
    return Prose(inner, done.text), done.links, done.problems


def _rendered(job: _Job) -> Rendered:
    """Render within the budget; what doesn't fit is a problem and an empty text."""
    cleaned = sanitise.purged(job.text)
    job = msgspec.structs.replace(job, text=cleaned) if cleaned != job.text else job
    scan = places.Scan(cleaned)
    over = budgets.excess(cleaned)
    if over is None:
        try:
            with timer.budget(budgets.SECONDS):
                return _parsed(job, scan)
        except timer.BudgetError:
            over = budgets.Excess(budgets.densest(cleaned), f"it takes more than {budgets.SECONDS:g} seconds to read")
        except RecursionError:
            over = budgets.Excess(budgets.densest(cleaned), "it is nested too deep")
    shown = f"this Markdown is too much: {over.what}"
    hint = "split the text, or mend what a program or a slip has repeated here"
    return Rendered(problems=(_at(job, scan, over.offset, "markdown-budget", shown, hint),))


def _parsed(job: _Job, scan: places.Scan) -> Rendered:
    """The way through the engine, the sanitiser and the finish."""
    options = job.options
    raw = dialect.to_html(job.text, engine=options.engine, typographic=options.typography, short=not job.exact)
    if budgets.tag_depth(raw) > budgets.TAG_DEPTH or budgets.has_endless_tag(raw):
        raise RecursionError
    elements = options.elements if job.exact else ()
    safe = sanitise.clean(raw, elements, ids=job.exact)
    foreign = _RAW_HTML.search(job.text) is not None
    if foreign:
        safe = sanitise.fitted(safe)
    done = finish.finish(safe, job.address, job.site_url, options, body=job.exact)
    problems = []
    if foreign or any(suspect.search(raw) for suspect in _SUSPECTS):
        problems += _removed(job, scan, raw, elements)
    words = _words(done.html)
    if "][" in words or "[^" in words:
        problems += _undefined(job, scan, words)
    if job.exact:
        problems += [_at(job, scan, *one[:4], one.width) for one in slips(scan, words)]
    links, faults = _links(job, scan, done.links)
    return Rendered(
        done.html, words, count_words(words), done.anchors, links, done.outlinks, tuple(sorted([*problems, *faults]))
    )


def _words(markup: str) -> str:
    """The plain text of finished HTML, without the marks of footnotes, with a space between the cells of a table."""
    if "footnote" in markup:
        markup = _NOT_WORDS.sub("", markup)
    return text.plain(markup.replace("</td><", "</td> <").replace("</th><", "</th> <"))


def count_words(words: str) -> int:
    """The number of words in a folded text; in scripts without spaces two characters count as one."""
    count = words.count(" ") + 1 if words else 0
    return count if words.isascii() else count + len(_WIDE_SCRIPT.findall(words)) // 2


def _removed(job: _Job, scan: places.Scan, raw: str, elements: tuple[str, ...]) -> list[Problem]:
    """Problems for what the sanitiser took out of ``raw``."""
    found = []
    for name, attribute, url in sanitise.removed(raw, elements):
        if url:
            offset = scan.find("image" if name == "img" else "link", url)
            scheme = sanitise.scheme(url)
            why = f"it has the scheme {scheme}:"
            if not scheme or scheme in sanitise.SCHEMES:
                why = "it names a user before its host" if "@" in url else "it has no host"
            shown = f"this address can't be published: {why}"
            hint = "use http, https, mailto or an address on this site"
            found.append(_at(job, scan, offset, "unsafe-link", shown, hint))
            continue
        offset = scan.tag(name, attribute)
        what = f"the attribute {attribute} of <{name}>" if attribute else f"<{name}>"
        kept = "" if attribute or name in {"script", "style"} else "; the text in it is kept"
        hint = "take it out"
        if not attribute and name == "iframe":
            hint = "link the page instead: [its title](https://…)"
        elif not attribute and name not in sanitise.NEVER:
            hint = "write it in Markdown, or allow the element in site.yaml (markdown: elements)"
        shown = f"{what} is not published{kept}"
        found.append(_at(job, scan, offset, "removed-html", shown, hint, len(name) + 1))
    return found


def _undefined(job: _Job, scan: places.Scan, words: str) -> list[Problem]:
    """Problems for references and footnotes that were printed as they stand, because nothing defines them."""
    found = []
    lacking = {use.word for use in scan.uses if use.kind == "footnote" and scan.begins_line(use.start)}
    for use in scan.uses:
        word = text.fold_space(use.word)
        if use.kind == "footnote" and f"[^{word}]" in words:
            shown, code = f'there is no footnote "{word}"', "undefined-footnote"
            hint = f"add a line that starts with [^{word}]:"
            if use.word in lacking and not scan.begins_line(use.start):
                continue  # the note is there, and what it lacks is told in its place
            if use.word in lacking:
                shown, hint = f'the footnote "{word}" has no colon', f"write: [^{word}]: …"
        elif use.kind == "reference" and not word.isdigit() and f"[{word}]" in words:
            shown, code = f'there is no link definition "{word}"', "undefined-reference"
            hint = f"add a line: [{word}]: https://…"
        else:
            continue
        found.append(_at(job, scan, use.start, code, shown, hint))
    return found


def _links(job: _Job, scan: places.Scan, hrefs: tuple[finish.Href, ...]) -> tuple[tuple[BodyLink, ...], list[Problem]]:
    """The links into the site with their places, and problems for links and images that lack something."""
    links, found = [], []
    seen: dict[tuple[str, str], int] = {}
    for one in hrefs:
        kind = "image" if one.image else "link"
        nth = seen[kind, one.href] = seen.get((kind, one.href), -1) + 1
        if not one.address and not one.empty and (one.described or not one.image):
            continue  # nobody asks where it stands
        offset = scan.find(kind, one.href, nth)
        if one.address:
            links.append(BodyLink(one.address, *_place(job, scan, offset), one.image))
        if one.empty:
            told, hint = f"this {kind} has no address", "write it between ( and ), or take the link away"
            if word := one.href.strip(" \"'")[:60]:
                told, hint = (
                    f'"{word}" is no address',
                    "write https://host.example/path, or /path/ in this site",
                )
            found.append(_at(job, scan, offset, "empty-link", told, hint))
        elif one.image and not one.described and scan.is_undescribed(offset):
            hint = "say in a few words what it shows: ![words](address)"
            found.append(_at(job, scan, offset, "missing-alt", "this image has no description", hint))
    return tuple(links), found


def _place(job: _Job, scan: places.Scan, offset: int) -> tuple[int, int]:
    """The line and column in the file of an offset in the text.

    A body stands in its file as it is. A text from YAML may be folded or escaped there, so the words at the offset
    are looked for in the lines from the value on.
    """
    line, column = scan.place(offset)
    if job.exact:
        return job.line + line - 1, column
    if job.source is not None:
        start = 0
        for _ in range(job.line - 1):
            start = job.source.find("\n", start) + 1
        words = job.text[offset:].split("\n", 1)[0]
        for length in (len(words), 24, 12):
            found = job.source.find(words[:length], start) if words else -1
            if found >= 0:
                return job.source.count("\n", 0, found) + 1, found - job.source.rfind("\n", 0, found)
    return job.line, job.column


def _at(job: _Job, scan: places.Scan, offset: int, code: str, shown: str, hint: str, width: int = 1) -> Problem:
    """A problem at an offset of the text. Its excerpt comes from the text's own line wherever that is the file's."""
    line, column = _place(job, scan, offset)
    if not job.exact or job.source is None:
        return problem(Place(job.path, line, column), code, shown, hint, source=job.source, width=width)
    one = problem(Place(job.path, 1, column), code, shown, hint, source=scan.line(offset), width=width)
    return msgspec.structs.replace(one, line=line)
