"""Made-up articles of about 600 words for benchmarks: the same bytes for the same seed, each made by itself.

Words are drawn by Zipf's law: English function words, a vocabulary that all topics share, and one that a topic has to
itself.  About six articles in a row of some fifty report on one story: they share its names, its topic and its tags,
and link to each other.  Names are invented story by story, so that the vocabulary grows with the archive, as it does
in real ones.  Headline, summary, subheading, quotation and list are cut from the same words.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

TOPICS = ("world", "politics", "business", "science", "health", "culture", "sport", "travel")
TAGS_OF_A_TOPIC = 25
WORDS = 590
LAST = dt.datetime(2025, 6, 30, 12, tzinfo=dt.UTC)  # past on every machine: generators withhold what is to come
PACE = dt.timedelta(minutes=144)  # ten articles a day, while that fits into ...
SPAN = dt.timedelta(days=25 * 365)
_BLOCK, _STORIES_OF_A_BLOCK = 48, 8  # articles from among which stories are reported, and how many stories those are
_SLOTS = 1 << 16  # of a table from which two random bytes draw a word
_FUNCTION_WORDS = (
    "the of and to a in that is was for on with as it by at from be this which or had not but are his were they have "
    "an been their has would more when there will who said if one can out all its up than into some could other then "
    "no about may after two time only these new also any first over such our most where should now many before must "
    "through under years between while last might still each since however against both during without"
).split()
_STARTS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w".split()
_VOWELS = "a e i o u a e i o ai ea ee oa ou".split()
_ENDS = "n r l s t d m nd nt st rt ck ng sh x th n r l s t".split()
_FINISHES = "er ing ed ion al ment ity ness ive ous ary ic y ly e".split()


class Story(NamedTuple):
    """An article, before a generator's own form is given to it."""

    number: int
    slug: str
    title: str
    date: dt.datetime
    topic: str
    tags: tuple[str, ...]
    summary: str
    body: str  # Markdown

    @property
    def address(self) -> str:
        """Where it is published, by every generator: links in other bodies lead here."""
        return f"/{self.date:%Y/%m}/{self.slug}/"

    @property
    def ending(self) -> str:
        """The last words of the body: plain ones, which stand in the page as they stand here."""
        return self.body.rsplit("\n\n", 1)[1].rstrip(".\n")


class _Subject(NamedTuple):
    """What the articles on one story share."""

    topic: str
    names: tuple[str, ...]
    tags: tuple[str, ...]


class _Head(NamedTuple):
    """What an article is known by, without the cost of its body."""

    title: str
    slug: str
    date: dt.datetime
    subject: _Subject

    @property
    def address(self) -> str:
        return f"/{self.date:%Y/%m}/{self.slug}/"


def _invented(draw: random.Random, syllables: int, finish: bool) -> str:
    """A word that could be English."""
    parts = [draw.choice(_STARTS) + draw.choice(_VOWELS) for _ in range(syllables)]
    return "".join(parts) + draw.choice(_FINISHES if finish else _ENDS)


def _vocabulary(draw: random.Random, size: int) -> list[str]:
    """``size`` different words, the frequent ones short."""
    found: dict[str, None] = {}
    while len(found) < size:
        found[_invented(draw, 1 + (draw.random() < len(found) / size), draw.random() < 0.4)] = None
    return list(found)


def _zipf(words: Sequence[str], slots: int) -> list[str]:
    """``slots`` words, each as often as its rank has it; the rarest fall out."""
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    found, at = [], 0
    for slot in range(slots):
        while weights[at] < weights[-1] * (slot + 0.5) / slots:
            at += 1
        found.append(words[at])
    return found


class Corpus:
    """``size`` articles, numbered from the oldest; number ``size`` and those after it are the next to be written."""

    def __init__(self, size: int, seed: int = 7) -> None:
        self.size = size
        self._seed = seed
        self._step = min(PACE, SPAN / max(1, size))
        draw = random.Random(seed)
        shared = _zipf(_FUNCTION_WORDS, _SLOTS * 45 // 100) + _zipf(_vocabulary(draw, 20_000), _SLOTS * 35 // 100)
        self._own = {topic: _vocabulary(draw, 4_000) for topic in TOPICS}
        self._tables = {topic: shared + _zipf(own, _SLOTS - len(shared)) for topic, own in self._own.items()}
        self.tags = {topic: own[40 : 40 + TAGS_OF_A_TOPIC] for topic, own in self._own.items()}
        self._subject = lru_cache(maxsize=1024)(self._new_subject)
        self._head = lru_cache(maxsize=1024)(self._new_head)

    def __iter__(self) -> Iterator[Story]:
        return map(self.story, range(self.size))

    def story(self, number: int) -> Story:
        """The article ``number``, which depends on ``size`` (by its date), the seed and nothing else."""
        head = self._head(number)
        draw = self._draw(number, 2)
        topic = head.subject.topic
        tags = dict.fromkeys((*head.subject.tags, draw.choice(self.tags[draw.choice(TOPICS)])))
        words = self._words(draw, head.subject, WORDS)
        summary = words[0].capitalize() + " " + " ".join(words[1:22]) + "."
        body = "\n\n".join(self._blocks(draw, head, words, number)) + "\n"
        return Story(number, head.slug, head.title, head.date, topic, tuple(tags), summary, body)

    def _draw(self, number: int, purpose: int) -> random.Random:
        return random.Random((self._seed << 48) + (number << 2) + purpose)

    def _new_subject(self, number: int) -> _Subject:
        draw = self._draw(number, 0)
        topic = draw.choice(TOPICS)
        names = tuple(_invented(draw, 1 + draw.getrandbits(1), finish=False).capitalize() for _ in range(10))
        return _Subject(topic, names, tuple(draw.sample(self.tags[topic], 2)))

    def _new_head(self, number: int) -> _Head:
        draw = self._draw(number, 1)
        # Some stories of a block get many articles, some get few.
        turn = int(_STORIES_OF_A_BLOCK * draw.random() ** 1.5)
        subject = self._subject(number // _BLOCK * _STORIES_OF_A_BLOCK + turn)
        one, two = draw.sample(subject.names, 2)
        verb, thing, more = (self._own[subject.topic][int(400 * draw.random() ** 2)] for _ in range(3))
        shape = draw.choice(("{0} {2} the {3} of {1}", "{0} and {1} {2} {3} before {4}", "{0}: {1} {2} after {3} {4}"))
        title = shape.format(one, two, verb, thing, more)
        slug = "-".join(title.lower().replace(":", "").split()) + f"-{number}"
        return _Head(title, slug, LAST - self._step * (self.size - number), subject)

    def _words(self, draw: random.Random, subject: _Subject, count: int) -> list[str]:
        """Words of a topic, with the story's names among them: more often the first of these than the last."""
        table = self._tables[subject.topic]
        words = [table[slot] for slot in memoryview(draw.randbytes(2 * count)).cast("H")]
        for name, place in enumerate(memoryview(draw.randbytes(56)).cast("H")):
            words[place % count] = subject.names[name * name // 80]
        return words

    def _blocks(self, draw: random.Random, head: _Head, words: list[str], number: int) -> Iterator[str]:
        """The body's paragraphs, subheadings, quotation and list."""
        sentences = list(_sentences(draw, words[:-8], head.subject.names))
        for place in (2, 9):
            if number:  # links lead back: what is to come can't be known
                other = self._head(max(0, number - 1 - draw.randrange(_BLOCK)))
                sentences[place] = (
                    f"[{' '.join(other.title.split()[:3]).rstrip(':')}]({other.address}) {sentences[place]}"
                )
        host, path = draw.choice(head.subject.names).lower(), words[5].lower()
        sentences[5] = f"According to [the {host} report](https://{host}.example/{path}), {sentences[5]}"
        cuts = [0, 3, 7, 11, 13, 17, 21, 25, 29, 33, len(sentences)]
        for turn, (first, last) in enumerate(itertools.pairwise(cuts)):
            part = sentences[first:last]
            if turn in (2, 6):
                yield f"## {' '.join(words[turn * 9 : turn * 9 + 5]).capitalize()}"
            if turn == 3:
                yield "> " + " ".join(part)
            elif turn == 5:
                yield "\n".join(f"- {sentence}" for sentence in part)
            elif part:
                yield " ".join(part)
        yield " ".join(words[-8:]).capitalize() + "."


def _sentences(draw: random.Random, words: list[str], names: Sequence[str]) -> Iterator[str]:
    """Sentences of 9 to 24 words, with the marks that real ones have."""
    at = 0
    for length, shape in zip(draw.randbytes(64), draw.randbytes(64), strict=True):
        part = words[at : at + 9 + length % 16]
        at += len(part)
        if len(part) < 9:
            return
        _mark(part, shape, names)
        text = " ".join(part)
        yield text[0].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _mark(part: list[str], shape: int, names: Sequence[str]) -> None:
    """Put a quotation, a dash, a comma, emphasis or an apostrophe into a sentence; three in eight stay plain."""
    if shape < 30:
        part[0] = f'"{part[0].capitalize()}'
        part[-1] += f'," said {names[shape % 4]} {names[4 + shape % 6]}.'
    elif shape < 40:
        part[3], part[-1] = f'"{part[3]}', f'{part[-1]}"?'
    elif shape < 62:
        part[3] += " --"
    elif shape < 110:
        part[5] += ","
    elif shape < 125:
        part[4] = f"*{part[4]}*"
    elif shape < 135:
        part[2:4] = [f"**{part[2]} {part[3]}**"]
    elif shape < 160:
        part[1] += "'s"
