"""What a single text means: date-times, urls, addresses, slugs, flags, numbers, languages.

Pure functions from the text of a scalar to a value; a text that means nothing raises ``BadTextError`` with a code, the
fault in words and a way to mend it. Where the text stands in a file is the caller's knowledge.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from digest import text as texts

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Dates outside are taken for slips of the pen; they also keep every computation with them in range."""

FURTHEST_OFFSET = timedelta(hours=14)
"""No zone has been further from UTC since 1900 than Kiribati's +14:00."""

LONGEST_SLUG = 200
"""Bytes (UTF-8): file systems hold names of 255, and ``index.html`` and temporary names need some."""

LONGEST_ADDRESS = 1000
"""Bytes (UTF-8) of an address: systems hold paths of 4096, or of 1024, and the output folder needs some."""

_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ][ ]*([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
)
_LOOSE_DATE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(.*)", re.DOTALL)
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_SPOKEN = re.compile(
    r"(?:[A-Za-z]+,?\s+)?(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]{3,9})|([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?)"
    r"\.?,?\s+(\d{4})"
)
_DAY_FIRST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_LOOSE_TIME = re.compile(r"[Tt]?\s*([0-9]{1,2})[:.hH]([0-9]{2})\s*(?:([AaPp])\.?[Mm]\.?)?")
_URL = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?:[^\s@:\[\]%\"'|^`{}$,;!*()&=+~]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_MAIL = re.compile(r"mailto:[^\s@<>\"]+@[^\s@<>\"]+", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNFIT_IN_URL = re.compile(r"[\[\]^`{|}]|%(?![0-9A-Fa-f]{2})")
"""What may not stand in a path or query as it is (RFC 3986, section 2) though browsers put up with it."""

_UNFIT_FOR_URL = re.compile('[\\s<>"\\\\\x00-\x20\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_FILE_NAME = re.compile(r"[^/]+\.[A-Za-z][A-Za-z0-9]{0,9}")
_ENCODED_SEPARATOR = re.compile("%(2f|5c|2e|00)", re.IGNORECASE)
_UNFIT_FOR_SLUG = re.compile('[\\s/\\\\?#%<>:"|*&{}\\[\\]^`\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]')
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"\\^`{|}]+")
_LEADING_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[-_ ]+|$)")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class BadTextError(ValueError):
    """A text that means nothing where it stands: the problem's code, the fault and the hint."""

    def __init__(self, code: str, fault: str, hint: str = "") -> None:
        super().__init__(fault)
        self.code = code
        self.fault = fault
        self.hint = hint


def instant(text: str, zone: ZoneInfo) -> datetime:
    """The moment that ``2025-05-11``, ``2025-05-11 09:30`` or ISO 8601 with an offset names.

    Without an offset it counts in ``zone``. The result has a fixed offset. A date alone is that day's midnight, even
    where a clock change skips it.
    """
    found = _DATE.fullmatch(text)
    if not found:
        raise _not_a_date(text)
    year, month, day, hour, minute, second, utc, sign, hours, minutes = found.groups()
    _check_day(int(year), int(month), int(day))
    if hour is None:
        return _fixed(datetime(int(year), int(month), int(day), tzinfo=zone))
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        clock = ":".join(part for part in (hour, minute, second) if part)
        raise BadTextError("bad-time", f"there is no time of day {clock}", "write hours 00 to 23 and minutes 00 to 59")
    wall = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
    if utc:
        return wall
    if sign:
        return wall.replace(tzinfo=_offset(sign, hours, minutes or "00"))
    return _in_zone(wall.replace(tzinfo=zone))


def _not_a_date(text: str) -> BadTextError:
    """Why ``text`` is no date, with the nearest that is one."""
    plain = text.strip("\"'`,;. \t")
    if plain != text and _DATE.fullmatch(plain):
        return BadTextError("bad-date", f"{_short(text)} is no date", f"did you mean {plain}?")
    loose = _LOOSE_DATE.fullmatch(text.strip())
    if not loose:
        known = _days(text.strip())
        hint = "write a date as 2025-05-11, or with a time: 2025-05-11 09:30"
        return BadTextError(
            "bad-date", f"{_short(text)} is no date", f"did you mean {' or '.join(known)}?" if known else hint
        )
    year, month, day, rest = loose.groups()
    mended = f"{year}-{month:0>2}-{day:0>2}"
    if text.strip().startswith(mended) and rest:
        code, what = "bad-time", f"{_short(rest.strip())} after the date is no time of day"
        meant = _time(rest)
        hint = "write it as 09:30, 09:30:15, 09:30Z or 09:30+02:00"
        return BadTextError(code, what, f"did you mean {mended} {meant}?" if meant else hint)
    return BadTextError("bad-date", f"{_short(text)} is no date", f"did you mean {mended}?")


def _days(text: str) -> list[str]:
    """The days that ``text`` may mean: ``11 May 2025``, ``May 11, 2025``, ``11.5.2025``, ``5/11/25``."""
    if found := _SPOKEN.fullmatch(text):
        word = (found[2] or found[3])[:3].lower()
        month = _MONTHS.find(word) // 3 + 1 if _MONTHS.find(word) % 3 == 0 else 0
        return _existing(int(found[5]), month, int(found[1] or found[4]))
    if found := _DAY_FIRST.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
        days = _existing(year, second, first)
        if found[2] == "-" and len(found[4]) == 2:
            days = [*_existing(2000 + first, second, int(found[4])), *days]
        return days if found[2] != "/" else list(dict.fromkeys([*_existing(year, first, second), *days]))
    return []


def _existing(year: int, month: int, day: int) -> list[str]:
    try:
        return [date(year, month, day).isoformat()]
    except ValueError:
        return []


def _time(text: str) -> str:
    """The time of day that ``9:30``, ``9.30`` or ``9:30 pm`` means, as it is to be written."""
    found = _LOOSE_TIME.fullmatch(text)
    if not found:
        return ""
    hour, minute = int(found[1]), int(found[2])
    if found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def _check_day(year: int, month: int, day: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        fault = f"the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise BadTextError("bad-date", fault, "correct the year")
    if not 1 <= month <= 12:
        hint = (
            f"did you mean {year}-{day:02}-{month:02}?" if 1 <= day <= 12 and month <= 31 else "months go from 01 to 12"
        )
        raise BadTextError("bad-date", f"there is no month {month:02}", hint)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = f"{date(year, month, 1):%Y-%m}"
        raise BadTextError("bad-date", f"there is no day {day:02} in {name}", f"its days go from 01 to {last}")


def _offset(sign: str, hours: str, minutes: str) -> timezone:
    size = timedelta(hours=int(hours), minutes=int(minutes))
    if size > FURTHEST_OFFSET or int(minutes) > 59:
        fault = f"{sign}{hours}:{minutes} is no distance from UTC"
        raise BadTextError("bad-time", fault, "write it as +02:00, -05:30 or Z")
    return timezone(-size if sign == "-" else size) if size else UTC


def _in_zone(moment: datetime) -> datetime:
    """``moment`` of a wall clock in its zone, if that clock shows it once.

    A change of clocks shows as two offsets for one wall time; going to UTC and back tells a gap from an overlap.
    """
    if moment.utcoffset() == moment.replace(fold=1).utcoffset():
        return _fixed(moment)
    shown = f"{moment:%Y-%m-%d %H:%M}"
    first, second = _fixed(moment), _fixed(moment.replace(fold=1))
    if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
        fault = f"{shown} does not exist in {moment.tzinfo}: clocks go forward and skip it"
        before, after = second.astimezone(first.tzinfo), first.astimezone(second.tzinfo)
        raise BadTextError("bad-time", fault, f"did you mean {before:%H:%M} or {after:%H:%M}?")
    fault = f"{shown} comes twice in {moment.tzinfo}: clocks go back over it"
    raise BadTextError("bad-time", fault, f"say which: {_said(first)} or {_said(second)}")


def _said(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")


def _fixed(moment: datetime) -> datetime:
    """``moment`` with its offset as a fixed one; before about 1940 offsets have seconds, and so has this one."""
    offset = moment.utcoffset()
    return moment.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)


def url(text: str, *, mail: bool = False) -> str:
    """An http or https url, or with ``mail`` also a mailto one, as written but for a lower-case scheme."""
    link = text.strip()
    bad = _UNFIT_FOR_URL.search(link)
    if bad and not _SCHEME.match(link) and bad[0] == " ":
        raise _not_a_url(link, mail)
    if bad and link[0] == "<" and link[-1] == ">":
        raise BadTextError("bad-url", "a url stands without < and >", f"write: {link[1:-1][:100]}")
    if bad:
        what = "a space" if bad[0] == " " else f"U+{ord(bad[0]):04X}" if bad[0] not in '<>"\\' else bad[0]
        hint = "write %20 for a space" if bad[0] == " " else "remove it or percent-encode it"
        raise BadTextError("bad-url", f"a url can't hold {what}", hint)
    found = _URL.fullmatch(link)
    if found:
        if not _HOST.fullmatch(found[2]):
            fault = f"{_short(found[2])} is no host name" if found[2] else "the url has no host name"
            raise BadTextError("bad-url", fault, "write https://host.example/path")
        rest = _UNFIT_IN_URL.sub(lambda match: f"%{ord(match[0]):02X}", found[3])
        return f"{found[1].lower()}://{found[2]}{rest}"
    if mail and _MAIL.fullmatch(link):
        return link
    raise _not_a_url(link, mail)


def _not_a_url(link: str, mail: bool) -> BadTextError:
    """Why ``link`` is no url, with the one that was probably meant."""
    scheme = _SCHEME.match(link)
    if link.startswith("//"):
        return BadTextError("bad-url", "the url has no scheme", f"write: https:{link}")
    if scheme and "." not in scheme[1]:
        allowed = "http, https and mailto" if mail else "http and https"
        near = difflib.get_close_matches(scheme[1].lower(), ("http", "https"), n=1)
        hint = (
            f"did you mean {near[0]}://{link[scheme.end() :][:100].lstrip('/')}?" if near else f"{allowed} are allowed"
        )
        return BadTextError("bad-url", f"{scheme[1][:20]}: is no scheme for a url here", hint)
    if re.match(r"[\w-]+(\.[\w-]+)+([/:?#]|$)", link):
        return BadTextError("bad-url", f"{_short(link)} has no scheme", f"write: https://{link[:100]}")
    return BadTextError("bad-url", f"{_short(link)} is no url", "write it in full: https://host.example/path")


def outlet(text: str) -> str:
    """The key or the name of an outlet; its address alone is neither."""
    word = text.strip()
    if _URL.fullmatch(word) or word.startswith("www."):
        raise BadTextError("bad-value", f"{_short(word)} is a url, where the outlet's key or name is meant")
    return word


def address(text: str) -> str:
    """A root-relative address within the site, not escaped, NFC: ``/about/`` or ``/images/a.jpg``."""
    path = text.strip()
    if not path.startswith("/") or path.startswith("//"):
        hint = f"write: /{path.lstrip('/')[:100]}" if not _SCHEME.match(path) else "write only its path: /about/"
        raise BadTextError("bad-url", f"{_short(path)} is no address in this site: it must start with one /", hint)
    plain = unicodedata.normalize("NFC", unquote(path, errors="replace") if "%" in path else path)
    bad = re.search("[\x00-\x1f\x7f-\x9f\\\\?#\ufffd]", plain)
    if bad:
        shown = bad[0] if bad[0].isprintable() else f"U+{ord(bad[0]):04X}"
        raise BadTextError("bad-url", f"an address can't hold {shown}", "write only the path, with / between its parts")
    if any(part in {".", ".."} for part in plain.split("/")) or "//" in plain:
        raise BadTextError(
            "bad-url", "an address can't hold //, . or .. as a part", "write the whole path from the root"
        )
    if any(part.startswith(".") and part != ".well-known" for part in plain.split("/")):
        hidden = "an address can't have a part that starts with a dot: web servers hide or obey such files"
        raise BadTextError("bad-url", hidden, "take the dot away")
    return plain


def reference(text: str) -> str:
    """A picture's place: an http(s) url, or a root-relative address within the site."""
    link = text.strip()
    if link.startswith("/") and not link.startswith("//"):
        return address(link)
    if not _SCHEME.match(link) and not link.startswith("//"):
        raise BadTextError(
            "bad-url", f"{_short(link)} leads nowhere from a feed", f"start it at the root: /{link[:100]}"
        )
    return url(link)


def page_address(text: str) -> str:
    """An address that one page can have: ends with ``/`` or a file name with an extension."""
    path = address(text)
    size = len(path.encode("utf-8", "surrogatepass"))
    if size > LONGEST_ADDRESS:
        raise BadTextError("bad-url", f"the address has {size} bytes; {LONGEST_ADDRESS} are the most", "shorten it")
    for part in path.strip("/").split("/"):
        _check_segment(part)
    last = path.rsplit("/", 1)[1]
    return path if not last or _FILE_NAME.fullmatch(last) else f"{path}/"


def permalink(text: str) -> str:
    """The address that an author gave an entry."""
    if re.search(r"/:[a-z]|[{}]", text):
        hint = "write the whole address, such as /special/; a pattern for all belongs in site.yaml (permalinks:)"
        raise BadTextError("bad-permalink", "this is a pattern, where an entry's own address is meant", hint)
    try:
        return page_address(text)
    except BadTextError as bad:
        raise BadTextError("bad-permalink", bad.fault, bad.hint) from None


def slug(text: str) -> str:
    """A slug as an author wrote it, NFC: one part of an address."""
    word = unicodedata.normalize("NFC", text)
    if not word.strip():
        raise BadTextError("bad-slug", "the slug is empty", "write a few words with hyphens, or leave the field out")
    if word != word.strip() or _UNFIT_FOR_SLUG.search(word) or _ENCODED_SEPARATOR.search(word) or word in {".", ".."}:
        mended = texts.slug(unquote(word))
        hint = f"did you mean {mended}?" if mended else "use letters, digits and hyphens"
        raise BadTextError("bad-slug", f"{_short(word)} can't be a part of an address", hint)
    _check_segment(word)
    return word


def _check_segment(word: str) -> None:
    """Refuse what some file system can't hold as a name: a part of an address is a folder in the output."""
    size = len(word.encode("utf-8", "surrogatepass"))
    if size > LONGEST_SLUG:
        fault = f"this part of the address has {size} bytes; {LONGEST_SLUG} are the most"
        raise BadTextError("bad-slug", fault, "shorten it")
    if word.startswith("."):
        raise BadTextError("bad-slug", f"{_short(word)} starts with a dot, which hides it on most servers", "remove it")
    fault = texts.windows_name_fault(word)
    if fault:
        raise BadTextError("bad-slug", f"{_short(word)} can't be a file's name everywhere: {fault}", "choose another")


def slug_of_file(stem: str) -> str:
    """The slug that a file's name gives: a leading date is dropped if anything follows it."""
    word = texts.slug(undated(stem)) or texts.slug(stem)
    if not word:
        hint = "rename the file with letters or digits, or give it a slug:"
        raise BadTextError("bad-slug", f"the file name {_short(stem)} gives no slug", hint)
    return slug(word)


def undated(stem: str) -> str:
    """A file's name without the date with which it starts."""
    return _LEADING_DATE.sub("", stem, count=1)


def date_of_file(stem: str) -> str:
    """The date with which a file's name starts, or an empty string."""
    return stem[:10] if _LEADING_DATE.match(stem) else ""


def flag(text: str) -> bool:
    """``true`` or ``false`` (also yes, no, on, off, in any case)."""
    value = _FLAGS.get(text.strip().lower())
    if value is None:
        raise BadTextError("bad-value", f"{_short(text)} is neither true nor false", "write true or false")
    return value


def whole(text: str, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``."""
    word = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", word):
        raise BadTextError("bad-value", f"{_short(text)} is no whole number", f"write a number from {low} to {high}")
    if not low <= int(word) <= high:
        raise BadTextError(
            "bad-value", f"{word} is not between {low} and {high}", f"write a number from {low} to {high}"
        )
    return int(word)


def language(text: str) -> str:
    """A language tag (BCP 47) in its usual capitals: ``en``, ``pt-BR``, ``zh-Hant-TW``."""
    tag = text.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        hint = "write a code such as en, pt-BR or zh-Hant"
        raise BadTextError("bad-value", f"{_short(text)} is no language tag", hint)
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_capitals(part) for part in rest)])


def _capitals(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part.lower()


def identity(text: str) -> str:
    """An id for feeds: an absolute IRI (RFC 4287, section 4.2.6) such as ``urn:uuid:…``, ``tag:…`` or a url."""
    word = text.strip()
    if not _ID.fullmatch(word):
        hint = "write urn:uuid:…, tag:… or the entry's first url; left out, it is made from date and slug"
        raise BadTextError("bad-value", f"{_short(text)} is no id for feeds", hint)
    return word


def _short(text: str) -> str:
    """A quoted text as a message shows it."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:61])
    return f'"{shown[:60]}…"' if len(text) > 60 else f'"{shown}"'
