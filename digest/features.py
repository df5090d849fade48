"""What an entry is about, as a small value that never changes unless the entry does.

`extract` is a pure function of one entry: no corpus, no clock, no locale.  Therefore its result can lie in a
cache under the hash of the entry's text, and related posts cost no reading of bodies on a warm build.

Languages that put no space between words (Chinese, Japanese, Thai ...) are cut into pairs of neighbouring
characters, which is what Lucene's CJK analyser does and needs no dictionary.  Words aren't stemmed: on two
labelled newsrooms stripping the plural won 0.005 on one and lost 0.004 on the other, and other languages gain
nothing from an English rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import count, pairwise, repeat
from operator import itemgetter
from struct import pack, unpack
from zlib import crc32

import msgspec

from digest.text import calendar_words

WORDS_KEPT = 300
PAIRS_KEPT = 200
"""Most words and word pairs kept of one entry: the most used, those that come first in the text among equals."""
LEAD_WORDS = 60
"""Length of the lead where an entry has no summary.  Newspapers put what matters first."""
READ_CHARACTERS = 24_000
"""A body is read up to here (about 4,000 words): a document of 58,000 words must not cost a hundred articles."""
BODY_WEIGHT, LEAD_WEIGHT, TITLE_WEIGHT = 2, 1, 6
"""What one use of a word counts for, in halves of a use in the body."""
PAIR_WEIGHT = 0.7
SATURATION = 1.5
"""Robertson's k1: the tenth use of a word says little more than the third."""

_QUOTES = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0\u00b7\u2022\u200b"
_ASCII_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_SPACED_MARKS = "\u0300-\u036f\u0900-\u0963\u0966-\u0dff"
_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u00ad\u200c-\u200f]")
"""Vowel points, stretching and direction marks: writers of Hebrew, Arabic and Persian may leave them out."""

_STOP_TEXT = {
    "en": "about above after again all also am an and any are as at be because been before being below between "
    "both but by can could did do does doing down during each few for from further get had has have having he "
    "her here hers him his how if in into is it its just like made make many may me might more most much must "
    "my new no nor not now of off on once one only or other our out over own said same says she should so some "
    "such than that the their them then there these they this those through to too under until up us use used "
    "using very via was we well were what when where which while who whom why will with would you your re ve ll",
    "de": "aber alle als also am an auch auf aus bei beim bin bis das dass dem den der des die dies diese dieser "
    "doch du durch ein eine einem einen einer eines er es für hat haben hier ich ihr im in ist ja kann mehr mit "
    "nach nicht noch nur ob oder ohne sein sich sie sind so über um und uns unter vom von vor war was wenn werden "
    "wie wir wird zu zum zur",
    "fr": "au aux avec ce ces cette dans de des du elle en est et être il ils je la le les leur lui mais me même "
    "ne nous on ont ou par pas plus pour qu que qui sa se ses son sont sur un une vous été était comme aussi",
    "es": "al como con de del el ella en era es esta este esto fue ha han hay la las le les lo los más me mi muy no "
    "nos para pero por que se ser si sin sobre son su sus también un una uno ya",
    "it": "al alla anche che chi ci come con da dal dei del della delle di due gli ha hanno il in la le lo ma nel "
    "nella non per più se si sono su sul sulla tra un una uno",
    "pt": "ao aos as com como da das de do dos em era essa este foi há isso já mais mas na nas no nos não ou para "
    "pela pelo por que se sem ser seu sua são também um uma",
    "nl": "aan als bij dan dat de der deze die dit door een en er het hij ik in is je maar met mij naar niet nog of "
    "om onder ons ook op over te tot uit van voor was we wat werd wie wij worden ze zich zijn",
    "ru": "без бы был была были было быть вы где да для до его ее если есть еще же за из или им их как ко когда "
    "который мы на не него но ну он она они от по под при с со так также то только у уже что это этого этот",
}
_STOP = {lang: frozenset(words.split()) for lang, words in _STOP_TEXT.items()}


@lru_cache(maxsize=64)
def _silent(lang: str) -> frozenset[str]:
    """Words that say nothing of what an entry is about: the language's small words, and its months and weekdays.

    "Week Ending April 8" is not about April. The names stay in the headline, which tells near-copies apart.
    """
    return _STOP.get(lang, frozenset()) | calendar_words(lang)


_second = itemgetter(1)
_NOWHERE = 1 << 10
"""The place of a word that isn't kept: further than the sum of two that are."""

_WORD_BYTES = bytes([max(1, round(255 * halves / (halves + 2 * SATURATION))) for halves in range(256)])
_PAIR_BYTES = bytes(
    [max(1, round(255 * PAIR_WEIGHT * halves / (PAIR_WEIGHT * halves + 2 * SATURATION))) for halves in range(256)]
)
"""Saturated frequency in 255ths, by halves: a byte keeps what matters, and sums of bytes are exact everywhere."""


class Features(msgspec.Struct, frozen=True, array_like=True):
    """What `relate` needs of an entry: some 3 kB as msgpack for 600 words, stable across processes.

    `words` are content words, heaviest first, joined by spaces; `weights` holds one byte a word, the saturated
    frequency in 255ths; `pairs` holds a number of 32 bits a word pair (its places in `words`, the first 1,024 times),
    `pair_weights` a byte for each; `title` is every word of the headline; `marks` are topics (#), tags (+), authors
    (@), source (&) and links (!).
    """

    words: str
    weights: bytes
    pairs: bytes
    pair_weights: bytes
    title: str
    marks: tuple[str, ...]

    def terms(self) -> dict[str, int]:
        """Words with their weights (1 to 255), heaviest first."""
        return dict(zip(self.words.split(" "), self.weights, strict=True)) if self.words else {}

    def pair_terms(self) -> dict[tuple[str, str], int]:
        """Word pairs with their weights (1 to 255), heaviest first."""
        words = self.words.split(" ")
        named = [(words[pair >> 10], words[pair & 1023]) for pair in _numbers(self.pairs)]
        return dict(zip(named, self.pair_weights, strict=True))

    def pair_codes(self) -> list[int]:
        """A checksum of 32 bits for each word pair, which stands for its two words in this order."""
        sums = list(map(crc32, map(str.encode, self.words.split(" "))))
        return [(sums[pair >> 10] * 31 + sums[pair & 1023]) & 0xFFFFFFFF for pair in _numbers(self.pairs)]


def _numbers(packed: bytes) -> tuple[int, ...]:
    """Numbers of 32 bits, lowest byte first on every machine."""
    return unpack(f"<{len(packed) // 4}I", packed)


def extract(
    title: str,
    summary: str,
    text: str,
    *,
    topics: Sequence[str],
    tags: Sequence[str],
    authors: Sequence[str],
    links: Sequence[str],
    source: str,
    lang: str,
) -> Features:
    """Read one entry: plain text in, what it is about out."""
    headline = tokens(title)
    body = tokens(text[:READ_CHARACTERS])
    lead = tokens(summary) or body[:LEAD_WORDS]
    stop = _silent(lang.partition("-")[0].lower())
    parts = ((body, BODY_WEIGHT), (lead, LEAD_WEIGHT), (headline, TITLE_WEIGHT))
    words = _heaviest_words(parts, stop)
    pairs = _heaviest_pairs(parts, words)
    return Features(
        words=" ".join(words),
        weights=_bytes(_WORD_BYTES, words.values()),
        pairs=pack(f"<{len(pairs)}I", *pairs),
        pair_weights=_bytes(_PAIR_BYTES, pairs.values()),
        title=" ".join(headline),
        marks=_marks(topics, tags, authors, links, source),
    )


@cache
def _token() -> re.Pattern[str]:
    """A word. Compiling it takes some milliseconds, which a build that reads nothing goes without."""
    return re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_]|[{_SPACED_MARKS}])+")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(rf"[{_UNSPACED}]")


def tokens(text: str) -> list[str]:
    """Words of a text in order, case and typography folded; unspaced scripts as pairs of characters.

    Pure ASCII, most of English, takes a way without regular expressions that is three times as fast.
    """
    for quote in _QUOTES:
        text = text.replace(quote, " ")
    if text.isascii():
        return text.lower().translate(_ASCII_GAPS).split()
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _POINTS.sub("", unicodedata.normalize("NFC", folded))
    found: list[str] = _token().findall(folded)
    return [part for token in found for part in _cut(token)]


def _cut(token: str) -> Iterable[str]:
    """A spaced word as it is; a run of an unspaced script as overlapping pairs of characters."""
    if token[0] < "\u0e00" or not _unspaced().match(token) or len(token) < 3:
        return (token,)
    return (token[place : place + 2] for place in range(len(token) - 1))


def _heaviest_words(parts: Iterable[tuple[list[str], int]], stop: frozenset[str]) -> dict[str, int]:
    """The words that can say something (no numbers, no single Latin letters, no stop words) with their frequency."""
    used: list[str] = []
    for sequence, weight in parts:
        used += sequence * weight
    counts = Counter(used)
    for word in stop.intersection(counts):
        del counts[word]
    able = [pair for pair in counts.items() if (len(word := pair[0]) > 1 or word > "\u0e00") and not word.isdigit()]
    able.sort(key=_second, reverse=True)
    return dict(able[:WORDS_KEPT])


def _heaviest_pairs(parts: Iterable[tuple[list[str], int]], words: Iterable[str]) -> dict[int, int]:
    """Neighbouring kept words with their frequency; a name is often two words that alone say little.

    A pair is one whole number made of the places of its words.
    """
    place = dict(zip(words, count(), strict=False))
    found: list[int] = []
    for sequence, weight in parts:
        places = list(map(place.get, sequence, repeat(_NOWHERE)))
        found += [one << 10 | two for one, two in pairwise(places) if one + two < _NOWHERE] * weight
    counts = Counter(found).items()
    ranked = sorted([pair for pair in counts if pair[1] > BODY_WEIGHT], key=_second, reverse=True)
    for used in range(BODY_WEIGHT, 0, -1):  # most stand in the text once, and needn't be sorted
        if len(ranked) < PAIRS_KEPT:
            ranked += [pair for pair in counts if pair[1] == used]
    return dict(ranked[:PAIRS_KEPT])


def _bytes(table: bytes, counts: Iterable[int]) -> bytes:
    """The saturated frequencies of ``counts``, which begin with the largest."""
    most, found = len(table) - 1, list(counts)
    for number, used in enumerate(found):
        if used <= most:
            break
        found[number] = most
    return bytes(found).translate(table)


def _marks(
    topics: Sequence[str], tags: Sequence[str], authors: Sequence[str], links: Sequence[str], source: str
) -> tuple[str, ...]:
    """Metadata as prefixed terms, each once, in a fixed order."""
    named = (("#", topics), ("+", tags), ("@", authors), ("&", (source,)), ("!", links))
    found = {sign + value.strip().casefold(): None for sign, values in named for value in values if value.strip()}
    return tuple(found)
