"""Pure text: slugs, plain-text cuts, dates for people and for feeds."""

from __future__ import annotations

import html
import re
import unicodedata
import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

zoneinfo.reset_tzpath(to=())  # zones come from the package tzdata alone, so that each machine knows the same ones

_TAG = re.compile(r"<[^<>]*>")
_RIGHT_TO_LEFT = frozenset("ar arc azb ckb dv fa glk he iw ji ks lrc mzn nqo pnb ps sd skr syr ug ur yi".split())
"""Languages whose usual script runs from right to left."""

_RIGHT_TO_LEFT_SCRIPTS = frozenset("adlm arab aran hebr mand nkoo rohg samr syrc thaa".split())


@lru_cache(maxsize=65536)
def slug(words: str) -> str:
    """A slug for ``words``: lower case, hyphens; letters of other scripts stay as they are, accents stay too.

    Empty where ``words`` has no letter or digit. The result is NFC.
    """
    if words.isascii() and words.replace(" ", "").isalnum():
        return "-".join(words.lower().split())
    from slugify import slugify

    marked = not words.isascii() and any(map(_is_mark, unicodedata.normalize("NFKC", words)))
    made = slugify(words, allow_unicode=True, regex_pattern=_not_in_slugs() if marked else None)
    return unicodedata.normalize("NFC", made) if any(map(str.isalnum, made)) else ""


@lru_cache(maxsize=1)
def _not_in_slugs() -> re.Pattern[str]:
    """What a slug has hyphens for. Vowels of Hindi or Thai are marks, which a word has none of for ``re``."""
    marks = "".join(filter(_is_mark, map(chr, range(0x300, 0x1F000))))
    return re.compile(rf"[^\w{marks}]+|_+|(?<![^\W_])(?<![{marks}])[{marks}]+")


def plain(markup: str) -> str:
    """The text of safe HTML: tags gone, entities read, white space folded."""
    return fold_space(html.unescape(_TAG.sub("", markup.replace("</p>", "</p> ").replace("<br>", " "))))


def fold_space(words: str) -> str:
    """``words`` on one line, with single spaces."""
    return " ".join(words.split())


def xml_text(words: str) -> str:
    """``words`` without the characters that XML 1.0 forbids."""
    return _not_xml().sub("", words)


@lru_cache(maxsize=1)
def _not_xml() -> re.Pattern[str]:
    """What may not stand in an XML 1.0 document (section 2.2, production Char)."""
    return re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cut(words: str, limit: int) -> str:
    """At most ``limit`` characters of ``words``, cut at a word's end where there is one, never inside a grapheme.

    An ellipsis marks a cut and counts. Words without spaces (Chinese, Japanese) are cut between graphemes.
    """
    if len(words) <= limit:
        return words
    if limit < 1:
        return ""
    end = limit - 1
    space = words.rfind(" ", 0, end + 1)
    end = space if space > limit // 2 else _grapheme_start(words, end)
    return words[:end].rstrip(" ,;:–—-") + "…"


def _grapheme_start(words: str, end: int) -> int:
    """The largest index ≤ ``end`` at which a grapheme of ``words`` starts (the cases of UAX 29 that news has)."""
    while end > 0 and (_extends(words[end]) or _joins(words[end - 1])):
        end -= 1
    flags = 0
    while end - flags > 0 and _is_flag(words[end - flags - 1]):
        flags += 1
    return end - 1 if flags % 2 and _is_flag(words[end]) else end


def _extends(letter: str) -> bool:
    """Whether ``letter`` belongs to the one before: marks, joiners, skin tones, tags of flags, Korean vowels."""
    return (
        _is_mark(letter)
        or letter in "\u200c\u200d\uff9e\uff9f"
        or "\u1160" <= letter <= "\u11ff"
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
        or "\U000e0020" <= letter <= "\U000e007f"
    )


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M"


def _joins(letter: str) -> bool:
    """Whether the next letter belongs to ``letter``: the joiner of emoji, and the viramas of Indic scripts."""
    return letter == "\u200d" or unicodedata.combining(letter) == 9


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def direction(language: str) -> str:
    """``"rtl"`` or ``"ltr"``: the direction in which a BCP 47 language tag's script is written."""
    first, *rest = language.lower().replace("_", "-").split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    right = script in _RIGHT_TO_LEFT_SCRIPTS if script else first in _RIGHT_TO_LEFT
    return "rtl" if right else "ltr"


def long_date(moment: datetime, language: str) -> str:
    """The date for people, as the language writes it: ``May 11, 2025``. The moment is already in the site's zone."""
    return _long_date(moment.date(), language)


@lru_cache(maxsize=65536)
def _long_date(day: date, language: str) -> str:
    """Remembered by the day: one moment in two zones is equal to itself, but shows two days."""
    from babel.dates import format_date

    return format_date(day, "long", locale=_locale(language))


@lru_cache(maxsize=4096)
def month_name(year: int, month: int, language: str) -> str:
    """A month as a heading: ``May 2025``."""
    from babel.dates import format_skeleton

    text: str = format_skeleton("yMMMM", datetime(year, month, 1, tzinfo=UTC), locale=_locale(language), tzinfo=UTC)
    return text


@lru_cache(maxsize=16)
def _locale(language: str) -> str:
    """The nearest locale that babel knows: ``xx-YY`` falls back to ``xx``, an unknown language to English."""
    from babel import Locale, UnknownLocaleError

    for tag in (language, language.split("-")[0]):
        try:
            return str(Locale.parse(tag, sep="-"))
        except (UnknownLocaleError, ValueError):
            continue
    return "en"


@lru_cache(maxsize=64)
def calendar_words(language: str) -> frozenset[str]:
    """The names of months and weekdays in a language, written out, case folded (Unicode CLDR)."""
    from babel import Locale

    locale = Locale.parse(_locale(language))
    found = [names[form]["wide"] for names in (locale.months, locale.days) for form in ("format", "stand-alone")]
    return frozenset(name.casefold() for names in found for name in names.values() if name.isalpha())


def clock_time(moment: datetime) -> str:
    """The time of day for people: ``09:30``, empty at midnight, which stands for a date without a time."""
    return "" if (moment.hour, moment.minute) == (0, 0) else f"{moment:%H:%M}"


def feed_date(moment: datetime) -> str:
    """A date for RSS 2.0 (RFC 5322, with the names of days and months in English whatever the locale)."""
    from email.utils import format_datetime

    return format_datetime(_to_the_second(moment))


def iso_day(moment: datetime) -> str:
    """The day for machines, as `iso_date` begins."""
    return moment.date().isoformat()


def iso_date(moment: datetime) -> str:
    """A date for machines (RFC 3339), to the second."""
    return _to_the_second(moment).isoformat()


def _to_the_second(moment: datetime) -> datetime:
    """``moment`` as formats can say it: before about 1940 the offsets of zones have seconds, which these leave out."""
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        moment = moment.replace(tzinfo=timezone(timedelta(minutes=int(offset.total_seconds() / 60))))
    return moment.replace(microsecond=0)


_WINDOWS_NAMES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³")}
)


def windows_name_fault(name: str) -> str:
    """Why Windows can't hold a file called ``name`` (Microsoft's "Naming Files"), or an empty string."""
    bad = next((c for c in name if c in '<>:"|?*\\' or c < " "), "")
    if bad:
        return f"the name holds {bad!r}"
    if name.endswith((" ", ".")):
        return "the name ends with a space or a dot"
    return f"{name!r} is a device on Windows" if name.split(".")[0].rstrip(" ").casefold() in _WINDOWS_NAMES else ""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone ``name``; raises ``ZoneInfoNotFoundError`` or ``ValueError`` for an unknown one."""
    try:
        return ZoneInfo(name)
    except OSError:  # a folder of zones, such as Europe
        raise ZoneInfoNotFoundError(f"no time zone {name!r}") from None
