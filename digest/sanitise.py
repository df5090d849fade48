"""The one sanitiser: what any HTML of an author must pass before it stands on a page or in a feed.

Allow-lists, never block-lists: an element, attribute or URL scheme that isn't named here doesn't come through.
The work is done by nh3 (ammonia), which parses as browsers do and prints the parsed tree, so that the result is
balanced and can neither close nor open anything around it. What was cut is found by comparing the HTML that went
in with the lists, so that an author can be told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import nh3

ELEMENTS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary "
    "sup table tbody td tfoot th thead time tr u ul var wbr".split()
)
"""What authors may write. No landmarks (``main``, ``nav``, ``header`` …): those are the page's own."""

ATTRIBUTES = MappingProxyType(
    {
        "*": frozenset({"class", "dir", "id", "lang"}),
        "a": frozenset({"href", "hreflang", "name", "title"}),
        "abbr": frozenset({"title"}),
        "blockquote": frozenset({"cite"}),
        "col": frozenset({"span"}),
        "colgroup": frozenset({"span"}),
        "del": frozenset({"cite", "datetime"}),
        "details": frozenset({"open"}),
        "dfn": frozenset({"title"}),
        "img": frozenset({"alt", "height", "src", "title", "width"}),
        "ins": frozenset({"cite", "datetime"}),
        "li": frozenset({"value"}),
        "ol": frozenset({"reversed", "start", "type"}),
        "q": frozenset({"cite"}),
        "td": frozenset({"align", "colspan", "rowspan"}),
        "th": frozenset({"align", "colspan", "rowspan", "scope"}),
        "time": frozenset({"datetime"}),
    }
)

WIDER_ATTRIBUTES = MappingProxyType(
    {
        "audio": frozenset({"controls", "loop", "muted", "preload", "src"}),
        "iframe": frozenset({"allowfullscreen", "height", "src", "title", "width"}),
        "source": frozenset({"src", "type"}),
        "track": frozenset({"default", "kind", "label", "src", "srclang"}),
        "video": frozenset({"controls", "height", "loop", "muted", "playsinline", "poster", "preload", "src", "width"}),
    }
)
"""What elements get, beyond the attributes for all, when a site's settings allow them."""

NEVER = frozenset(
    "applet base body button embed fieldset form frame frameset head html input keygen link listing math menuitem "
    "meta noembed noframes noscript object optgroup option param plaintext portal script select slot style svg "
    "template textarea title xmp".split()
)
"""No setting allows these: they run code, send data, change what the page means or how the rest of it is parsed."""

SCHEMES = frozenset({"http", "https", "mailto"})

RENAMED = MappingProxyType(
    dict.fromkeys(
        "address article aside center fieldset footer form header hgroup main nav search section".split(), "div"
    )
    | {"acronym": "abbr", "big": "strong", "dir": "ul", "menu": "ul", "strike": "s", "tt": "code"}
)
"""Elements that give way to a near one. Without it the text of two neighbouring ``<center>`` would run together."""

MOMENT = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
    r"|[0-9]{2}:[0-9]{2}|P[0-9]+D|PT[0-9]+[HMS]"
)
"""What ``datetime`` may say. Another value is an error in the page, and a ``<time>`` without one says nothing."""

QUIET = frozenset({"rel", "target", "loading", "decoding"})
"""Attributes whose loss changes nothing that a reader sees; reporting them would bury what matters."""

_DROPPED = frozenset({"script", "style"})
_RAW_TEXT = frozenset(
    "iframe noembed noframes noscript optgroup option plaintext select template textarea title xmp".split()
)
"""Elements whose content a parser reads as text or sets aside. Their tags go before parsing and their content stays:
an unclosed ``<title>`` in a sentence must not swallow the rest of an article."""

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls, surrogates and noncharacters: errors in HTML and XML, and a noncharacter could pass for a mark of ours.
Reading refuses them in a file; a numeric entity such as ``&#1;`` can still spell them, and an engine may read it."""

_PRINTABLE = re.compile("[\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd]*+")
"""Texts that hold nothing forbidden, nearly all of them; finding that out is fifty times faster than looking for it."""

TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/<>"']*)((?:[^"'<>]|"[^"]*"|'[^']*')*+)>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_NAME = re.compile(r"</?([a-zA-Z]+)")
_ODD = frozenset(RENAMED.keys() | _RAW_TEXT | _DROPPED)
"""Elements that want a closer look before parsing."""

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_ADDRESS = re.compile(r' (?:cite|href|poster|src)="([^"]*)"')
_SUSPECT = re.compile(r'="(?!https?:|/|#|mailto:)[^"]*:')
"""A value of whatever attribute that could be an address with another scheme. (To name the attributes takes longer.)"""

_HOSTLESS = re.compile(r"https?:/*", re.IGNORECASE)
_IGNORED = re.compile("[\t\n\r]|^[\x00-\x20\x7f-\xa0\u200b\ufeff]+|[\x00-\x20]+$")
"""What the URL standard removes before it reads a scheme, and what older parsers removed too."""

_USER = re.compile(r"(?:https?:[/\\]*|[/\\]{2,})[^/\\?#]*@", re.IGNORECASE)
_TOKEN = re.compile(r"""<(/?)([a-z][a-z0-9-]*)((?: [^\s"=<>/]+="[^"]*")*)>|[^<]+""")
_GLOBAL = re.compile(r''' (?:class|dir|id|lang)="[^"]*"''')
_TIME = re.compile(r''' datetime="([^"]*)"''')
_TURNED = re.compile(r''' dir="(?:ltr|rtl)"''')
_SUMMARY = re.compile(r"\s*<summary[ >]")
_BLANK = re.compile(r"<(b|code|em|i|s|small|span|strong|u)>(\s*)</\1>")
_VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
_LISTS = frozenset({"ol", "ul"})
_LINES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "pre", "summary"})
_PHRASING = frozenset(
    "abbr b bdi bdo cite code dfn em i kbd mark q rt ruby s samp small span strong sub sup time u var".split()
)
_BLOCKS = frozenset("blockquote details div dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul".split())
"""What may not stand in an element of ``_PHRASING`` or ``_LINES`` (HTML Living Standard, "Phrasing content")."""

_PARENTS = MappingProxyType(
    {
        "dd": frozenset({"dl"}),
        "dt": frozenset({"dl"}),
        "figcaption": frozenset({"figure"}),
        "li": _LISTS,
        "rp": frozenset({"ruby"}),
        "rt": frozenset({"ruby"}),
    }
)
"""Elements that mean something only in these."""

_URL_ATTRIBUTES = frozenset({"cite", "href", "poster", "src"})


class Removed(NamedTuple):
    """One kind of thing that the sanitiser takes out: an element, an attribute of one, or an unsafe address.

    ``url`` is empty but for an address whose scheme isn't allowed.
    """

    element: str
    attribute: str = ""
    url: str = ""


def purged(text: str, instead: str = "") -> str:
    """``text`` with ``instead`` in place of every character that is ``FORBIDDEN``."""
    return text if _PRINTABLE.fullmatch(text) else FORBIDDEN.sub(instead, text)


def refused(elements: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``elements`` that no setting may allow; ``config`` reports them."""
    return tuple(name for name in elements if name.lower() in NEVER or not re.fullmatch("[a-zA-Z][a-zA-Z0-9-]*", name))


def clean(markup: str, elements: tuple[str, ...] = (), *, ids: bool = True) -> str:
    """Safe, balanced HTML from any HTML. ``elements`` are allowed beyond the usual; ``ids=False`` drops all ids."""
    if not _ODD.isdisjoint(map(str.lower, _NAME.findall(markup))):
        markup = _prepared(markup, frozenset(name.lower() for name in elements) - NEVER)
    safe = purged(_cleaner(elements, ids).clean(markup), "\ufffd")
    if _SUSPECT.search(safe):
        safe = TAG.sub(_without_unsafe, safe)
    return safe.replace("&nbsp;", "\xa0") if "&nbsp;" in safe else safe


def _without_unsafe(match: re.Match[str]) -> str:
    """A printed tag without those addresses that nh3 doesn't look at (``cite``) or reads more kindly than we do."""
    return _ADDRESS.sub(lambda found: found[0] if is_safe(html.unescape(found[1])) else "", match[0])


@lru_cache(maxsize=16)
def _cleaner(elements: tuple[str, ...], ids: bool) -> nh3.Cleaner:
    """The sanitiser for one list of elements; making one costs as much as using it a hundred times."""
    wider = frozenset(name.lower() for name in elements) - NEVER
    attributes = {name: set(allowed) for name, allowed in ATTRIBUTES.items()}
    attributes |= {name: set(WIDER_ATTRIBUTES[name]) for name in sorted(wider & WIDER_ATTRIBUTES.keys())}
    if not ids:
        attributes["*"] -= {"id"}
    return nh3.Cleaner(
        tags=ELEMENTS | wider,
        clean_content_tags=set(_DROPPED),
        attributes=attributes,
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
    )


def _prepared(markup: str, wider: frozenset[str]) -> str:
    """``markup`` with the elements renamed or unwrapped that a parser would read in a way no author means."""
    last = {name: _last_close(markup, name) for name in _DROPPED}

    def replaced(match: re.Match[str]) -> str:
        slash, name, rest = match[1], match[2].lower(), match[3]
        if name == "iframe" and name in wider:
            return "" if slash else f"<iframe{rest}></iframe>"
        if name in wider:
            return match[0]
        if name in _RAW_TEXT or (name in _DROPPED and match.start() > last[name]):
            return ""
        return f"<{slash}{RENAMED[name]}{rest}>" if name in RENAMED else match[0]

    return TAG.sub(replaced, markup)


def _last_close(markup: str, name: str) -> int:
    """Where the last end tag ``name`` starts: a start tag behind it is never closed."""
    return max((match.start() for match in re.finditer(rf"</{name}\b", markup, re.IGNORECASE)), default=-1)


def removed(markup: str, elements: tuple[str, ...] = ()) -> Iterator[Removed]:
    """What ``clean`` takes out of ``markup``, each kind once, in the order in which it first stands there."""
    allowed = ELEMENTS | {name.lower() for name in elements if name.lower() not in NEVER}
    told = set()
    for name, rest in dict.fromkeys((name.lower(), rest) for slash, name, rest in TAG.findall(markup) if not slash):
        kinds = [Removed(name)] if name not in allowed else list(_attributes(name, rest)) if rest else []
        for kind in kinds:
            if kind not in told:
                told.add(kind)
                yield kind


def _attributes(name: str, rest: str) -> Iterator[Removed]:
    """The attributes of one tag that aren't allowed, and the addresses with a scheme that isn't."""
    allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(name, WIDER_ATTRIBUTES.get(name, frozenset()))
    for match in _ATTRIBUTE.finditer(rest):
        key = match[1].lower()
        if key not in allowed:
            if key not in QUIET:
                yield Removed(name, key)
        elif key in _URL_ATTRIBUTES:
            value = html.unescape(match[2] or match[3] or match[4] or "")
            if not is_safe(value) or _HOSTLESS.fullmatch(value.strip()):
                yield Removed(name, key, value)


def scheme(url: str) -> str:
    """The scheme of ``url`` as a browser reads it, in lower case; empty for a relative address."""
    if url.startswith(("https:", "http:", "/", "#")):
        return url.partition(":")[0] if url[0] == "h" else ""
    match = _SCHEME.match(_IGNORED.sub("", url))
    return match[1].lower() if match else ""


def is_safe(url: str) -> bool:
    """Whether ``url`` is relative or has an allowed scheme, whatever it is disguised with.

    An address that names a user, as in ``https://bank.example@evil.example/``, passes its host off for another.
    """
    name = scheme(url)
    if name and name not in SCHEMES:
        return False
    return name == "mailto" or "@" not in url or _USER.match(_IGNORED.sub("", url)) is None


class _Open(NamedTuple):
    """An element that is open while a text is fitted: its name as given and as printed, and where its start stands."""

    given: str
    printed: str
    start: int
    attributes: str = ""


def fitted(safe: str) -> str:
    """``safe``, which ``clean`` returned, with every element in a place where HTML allows it.

    What stands alone where it means nothing (a ``<li>`` outside a list) becomes a ``<div>`` or ``<span>``. Only raw
    HTML needs it: Markdown puts everything in its place.
    """
    safe = _BLANK.sub(r"\2", safe)
    fitting = _Fitting()
    for token in _TOKEN.finditer(safe):
        slash, name, attributes = token.groups()
        if name is None:
            fitting.text(token[0])
        elif slash:
            fitting.end()
        else:
            fitting.begin(name, attributes, safe, token.end())
    return "".join(fitting.parts)


class _Fitting:
    """The elements that are open and the parts printed so far. Lives for one call of ``fitted``."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.open: list[_Open] = []

    def text(self, words: str) -> None:
        """Print a text; in a list it gets an element of its own."""
        if self._above() in _LISTS and not words.isspace():
            self._push("", "li", "")
        self.parts.append(words)

    def end(self) -> None:
        """Close the innermost element, and before it the ones that were put in."""
        while not self.open[-1].given:
            self.parts.append(f"</{self.open.pop().printed}>")
        self.parts.append(f"</{self.open.pop().printed}>")

    def begin(self, name: str, attributes: str, safe: str, at: int) -> None:
        """Open the element ``name``, whose content starts in ``safe`` at ``at``."""
        if name == "li" and self.open and not self.open[-1].given:
            self.parts.append(f"</{self.open.pop().printed}>")
        if name != "li" and self._above() in _LISTS:
            self._push("", "li", "")
        printed = self._fit(name, attributes, safe, at)
        if printed in _BLOCKS:
            chain = next(
                (n for n, one in enumerate(reversed(self.open)) if one.printed not in _PHRASING), len(self.open)
            )
            if chain < len(self.open) and self.open[-1 - chain].printed in _LINES:
                printed = "span" if name not in _VOID else name
            else:
                self._widen(chain)
        if name in _VOID:
            self.parts.append(f"<{name}{attributes}>")
        else:
            self._push(name, printed, attributes if printed == name else "".join(_GLOBAL.findall(attributes)))

    def _fit(self, name: str, attributes: str, safe: str, at: int) -> str:
        """The name under which an element may stand here."""
        above = self._above()
        if name == "time":
            given = _TIME.search(attributes)
            return name if given and MOMENT.fullmatch(given[1]) else "span"
        if name == "bdo":
            return name if _TURNED.search(attributes) else "span"
        if name == "details":
            return name if _SUMMARY.match(safe, at) else "div"
        if name == "summary":
            return name if above == "details" and not "".join(self.parts[self.open[-1].start + 1 :]).strip() else "div"
        if name in {"dd", "dt"} and above == "div" and len(self.open) > 1:
            above = self.open[-2].printed
        return name if above in _PARENTS.get(name, {above}) else "span" if name in {"rp", "rt"} else "div"

    def _widen(self, count: int) -> None:
        """Make the innermost ``count`` elements, which hold only words, ones that can hold a block."""
        for index in range(len(self.open) - count, len(self.open)):
            one = self.open[index]
            kept = "".join(_GLOBAL.findall(one.attributes))
            self.parts[one.start] = f"<div{kept}>"
            self.open[index] = one._replace(printed="div", attributes=kept)

    def _above(self) -> str:
        return self.open[-1].printed if self.open else ""

    def _push(self, given: str, printed: str, attributes: str) -> None:
        self.open.append(_Open(given, printed, len(self.parts), attributes))
        self.parts.append(f"<{printed}{attributes}>")
