"""The last touch on sanitised HTML: links marked, ids prefixed and unique, headings lowered, figures and tables made.

The input is what ``sanitise.clean`` printed, and only that: every tag is complete, every attribute is quoted and no
``<`` stands in text. That is why regular expressions do here, for both Markdown engines and for raw HTML alike.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from digest import marks, sanitise, text, typography
from digest.settings import Markdown

PREFIX = "s-"
"""Stands before every id of a body. The page's own ids don't start so, and no DOM property does (DOM clobbering)."""

_TAG = re.compile(r'<([a-z][a-z0-9-]*)((?: [^\s"=<>/]+="[^"]*")+)>')
_ATTRIBUTE = re.compile(r' ([^\s"=<>/]+)="([^"]*)"')
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_EMPTY = re.compile(r"<(h[1-6])>(?:\s|&nbsp;|</?(?:b|br|em|i|strong)>)*</\1>\n?")
_SECTION = re.compile(r"<(h[1-6])((?: [^<>]*)?)>(.*?)</\1>", re.DOTALL)
_ID = re.compile(r'<[a-z][a-z0-9-]*(?: [^\s"=<>/]+="[^"]*")*? (?:id|name)="([^"]*)"')
_FIGURE = re.compile(r'<p>(<img(?: [^\s"=<>/]+="[^"]*")+>)</p>')
_TITLE = re.compile(r' title="([^"]*)"')
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CELL = re.compile(r"<t[hd][ >]")
_ATTRIBUTION = re.compile(
    r"(<p>|\n)(?:— ?|– |― ?)((?:[^<\n]|<(a|em|strong|cite|i)(?: [^<>]*)?>[^<\n]*</\3>)++)</p>\n?</blockquote>"
)
_FRAME = re.compile(r"(<iframe\b[^>]*>).*?(?:</iframe>|$)", re.DOTALL)
_PLAIN_LINK = re.compile(r' href="(https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][A-Za-z0-9/._~!$()*+,;=:@?#-]*)?)"')
"""The attributes of an ordinary link to the web: nothing in it needs to be decoded, checked or written anew."""

_CLASSES = MappingProxyType(
    {
        "a": re.compile("footnote-ref|footnote-backref"),
        "code": re.compile(r"language-[A-Za-z0-9_+-]{1,32}"),
        "div": re.compile("footnote|footnote-definition"),
        "sup": re.compile("footnote-reference|footnote-definition-label"),
    }
)
"""The classes that Markdown produces; an author's own would take hold of the page's styles."""

_VALUES = MappingProxyType(
    {
        "align": re.compile("left|center|right"),
        "colspan": re.compile("[1-9][0-9]{0,2}"),
        "datetime": sanitise.MOMENT,
        "dir": re.compile("ltr|rtl|auto"),
        "height": re.compile("[0-9]{1,5}"),
        "hreflang": re.compile("[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"),
        "lang": re.compile("[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"),
        "rowspan": re.compile("[1-9][0-9]{0,2}"),
        "scope": re.compile("row|col|rowgroup|colgroup"),
        "span": re.compile("[1-9][0-9]{0,2}"),
        "start": re.compile("-?[0-9]{1,9}"),
        "type": re.compile(r"[1aAiI]|[a-z]+/[A-Za-z0-9.+-]+"),
        "value": re.compile("-?[0-9]{1,9}"),
        "width": re.compile("[0-9]{1,5}"),
    }
)
"""Values that HTML allows for an attribute; another value would be an error in the page."""

WIDE_FROM = 5
"""Columns from which a table gets a frame that scrolls, so that it can't widen the page on a phone."""


class Href(NamedTuple):
    """A link or image as the HTML had it. ``address`` is set where it leads into the site."""

    href: str
    image: bool
    address: str = ""
    empty: bool = False
    described: bool = True


class Finished(NamedTuple):
    """Finished HTML with what was found in it, in the order of the text."""

    html: str
    anchors: tuple[str, ...]
    links: tuple[Href, ...]
    outlinks: tuple[str, ...]


def finish(safe: str, address: str, site_url: str, options: Markdown, *, body: bool) -> Finished:
    """Finish the sanitised ``safe`` for the page at ``address``. Summaries (``body=False``) get no headings and ids.

    A quotation's last line says whose words it holds, in a footer; a summary may stand in a header, where none may be.
    """
    safe = _headings(safe, body)
    ids = _ids(safe) if body and (' id="' in safe or "<h" in safe or ' name="' in safe) else {}
    rewriter = _Rewriter(address, site_url, ids)
    if body and ids:
        safe = _sections(safe, ids)
    safe = _TAG.sub(rewriter.tag, safe)
    if "<iframe" in safe:
        safe = _FRAME.sub(r"\1</iframe>", safe)
    if "<img" in safe:
        safe = _FIGURE.sub(_figure_maker(options.typography), safe)
    if "<table" in safe:
        safe = _TABLE.sub(_framed, _TABLE.sub(_squared, safe))
    if body and ("</p>\n</blockquote>" in safe or "</p></blockquote>" in safe):
        safe = _ATTRIBUTION.sub(_attribution, safe)
    return Finished(
        safe.strip(), tuple(dict.fromkeys(ids.values())), tuple(rewriter.links), tuple(dict.fromkeys(rewriter.outlinks))
    )


def _headings(safe: str, body: bool) -> str:
    """Headings that go on from the page's own h1 and skip no level, none without words; in summaries paragraphs."""
    if "<h" not in safe:
        return safe
    if not body:
        return re.sub(r"<h[1-6](?: [^<>]*)?>", "<p>", re.sub(r"</h[1-6]>", "</p>", safe))
    return _HEADING.sub(_leveller(), _EMPTY.sub("", safe))


def _leveller() -> Callable[[re.Match[str]], str]:
    """Gives each heading the level of its depth: one below the nearest heading before it that ranks higher.

    Authors choose a level by its looks (an h3 first, because an h2 looks too large); those who listen to a page
    go by the outline (WCAG 2.2, technique G141).
    """
    above: list[int] = []
    opened: list[int] = []

    def levelled(match: re.Match[str]) -> str:
        if match[1]:
            return f"</h{opened.pop() if opened else match[2]}"
        while above and above[-1] >= int(match[2]):
            above.pop()
        above.append(int(match[2]))
        opened.append(len(above) + 1 if len(above) < 6 else 6)
        return f"<h{opened[-1]}"

    return levelled


def _ids(safe: str) -> dict[str, str]:
    """A printed id for every id that an author or engine gave, and for every heading by NUL and its number."""
    ids: dict[str, str] = {}
    used: dict[str, int] = {}
    for given in _ID.findall(safe):
        ids.setdefault(html.unescape(given), _unused(text_id(html.unescape(given)), used))
    for number, (_, attributes, words) in enumerate(_SECTION.findall(safe)):
        if ' id="' not in attributes:
            ids[f"\0{number}"] = _unused(PREFIX + (text.slug(text.plain(words))[:80].strip("-") or "section"), used)
    return ids


def text_id(given: str) -> str:
    """The printed form of an id: prefixed, without spaces or signs that would need escaping."""
    return PREFIX + (re.sub(r"[^\w:.-]+", "-", given).strip("-") or "id")


def _unused(wanted: str, used: dict[str, int]) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` … that isn't used yet; ``used`` counts, to stay linear."""
    name = wanted
    while name in used:
        used[wanted] += 1
        name = f"{wanted}-{used[wanted]}"
    used[name] = 1
    return name


def _sections(safe: str, ids: dict[str, str]) -> str:
    """Write the ids of headings that have none. They are written as given ids are, and prefixed with them."""
    number = -1

    def numbered(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        name = ids.get(f"\0{number}")
        if name is None:
            return match[0]
        return f'<{match[1]} id="\0{number}"{match[2]}>{match[3]}</{match[1]}>'

    return _SECTION.sub(numbered, safe)


class _Rewriter:
    """Rewrites the attributes of one text and notes its links. Lives for one call of ``finish``."""

    def __init__(self, address: str, site_url: str, ids: dict[str, str]) -> None:
        self.address, self.site_url, self.ids = address, site_url, ids
        self.links: list[Href] = []
        self.outlinks: list[str] = []
        self._used: set[str] = set()

    def tag(self, match: re.Match[str]) -> str:
        """The tag ``match`` with its attributes in order."""
        name = match[1]
        plain = _PLAIN_LINK.fullmatch(match[2]) if name == "a" else None
        if plain is not None and not marks.is_within(plain[1], self.site_url):
            self.outlinks.append(plain[1])
            return match[0]
        attributes = {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(match[2])}
        if "name" in attributes:
            attributes.setdefault("id", attributes.pop("name"))
        if name == "img" and not self._image(attributes):
            return html.escape(attributes.get("alt", ""), quote=False)
        printed = []
        for key, value in attributes.items():
            new = self._value(name, key, value, attributes)
            if new is not None:
                printed.append(f' {"class" if key == "align" else key}="{html.escape(new)}"')
        if name == "img":
            printed.append(' loading="lazy"')
        return f"<{name}{''.join(printed)}>"

    def _image(self, attributes: dict[str, str]) -> bool:
        """Give an image its ``alt``; false where it has no address and is nothing but its description."""
        attributes.setdefault("alt", "")
        if "src" in attributes and marks.resolve(attributes["src"], self.address, self.site_url).printed:
            return True
        if "src" in attributes:
            self.links.append(Href(attributes["src"], image=True, empty=True))
        return False

    def _value(self, name: str, key: str, value: str, attributes: dict[str, str]) -> str | None:
        """The value to print, or None to leave the attribute out."""
        if key in {"href", "src", "poster", "cite"}:
            return self._link(value, image=name == "img", described=name != "img" or bool(attributes["alt"].strip()))
        if key == "id":
            return self._id(value)
        if key == "class":
            allowed = _CLASSES.get(name)
            return " ".join(one for one in value.split() if allowed and allowed.fullmatch(one)) or None
        pattern = _VALUES.get(key)
        return value if pattern is None or pattern.fullmatch(value) else None

    def _id(self, value: str) -> str | None:
        """The printed id; None for the second element that claims it."""
        name = self.ids.get(value)
        if name is None or name in self._used:
            return None
        self._used.add(name)
        return name

    def _link(self, href: str, *, image: bool, described: bool) -> str | None:
        """Mark a link and note it; None takes its address away."""
        if not sanitise.is_safe(href):
            return None
        target = marks.resolve(href, self.address, self.site_url)
        if target.printed.startswith("//"):  # in a feed reader, which has no scheme of its own, it would lead nowhere
            target = target._replace(printed=f"https:{target.printed}")
        if not target.printed or target.printed.lower() in {"http://", "https://"}:
            self.links.append(Href(href, image, empty=True))
            return None
        if target.printed.startswith(marks.PAGE):
            return self._within(href, target)
        if target.external:
            if not image and sanitise.scheme(href) != "mailto":
                self.outlinks.append(target.printed)
            if image:
                self.links.append(Href(href, image, described=described))
        else:
            self.links.append(Href(href, image, target.address, described=described))
        return target.printed

    def _within(self, href: str, target: marks.Target) -> str:
        """A link to a part of the same page: to the printed id where the text has it, else for others to check."""
        fragment = target.address.partition("#")[2]
        name = self.ids.get(fragment) or (PREFIX + fragment if PREFIX + fragment in self.ids.values() else "")
        if name:
            return f"{marks.PAGE}#{marks.escaped(name)}"
        if fragment and fragment not in self.ids.values() and fragment != "top":
            self.links.append(Href(href, image=False, address=target.address))
        return target.printed


def _figure_maker(typographic: bool) -> Callable[[re.Match[str]], str]:
    """Makes a figure of a lone image with a title; the title is its caption."""

    def made(match: re.Match[str]) -> str:
        title = _TITLE.search(match[1])
        if title is None:
            return match[0]
        words = html.unescape(title[1])
        caption = html.escape(typography.curled(words) if typographic else words, quote=False)
        return f"<figure>{match[1].replace(title[0], '')}<figcaption>{caption}</figcaption></figure>"

    return made


def _squared(match: re.Match[str]) -> str:
    """A table whose short rows end with empty cells, as browsers show it; one with joined cells stays as it is."""
    table = match[0]
    if "span=" in table or table.count("<table") > 1:
        return table
    rows = table.split("</tr>")
    counts = [len(_CELL.findall(row)) for row in rows]
    most = max(counts)
    full = [
        row + "<td></td>" * (most - count) if 0 < count < most else row for row, count in zip(rows, counts, strict=True)
    ]
    return "</tr>".join(full)


def _framed(match: re.Match[str]) -> str:
    """A table of many columns in a frame that scrolls; one that holds another table stays as it is."""
    table = match[0]
    row = table.partition("</tr>")[0]
    if row.count("<th") + row.count("<td") - row.count("<thead") < WIDE_FROM or table.count("<table") > 1:
        return table
    return f'<div class="wide" tabindex="0">{table}</div>'


def _attribution(match: re.Match[str]) -> str:
    """The last line of a quotation, where it starts with a dash: whose words they are."""
    before = "" if match[1] == "<p>" else "</p>\n"
    return f"{before}<footer>— {match[2].strip()}</footer>\n</blockquote>"
