"""What an editor asks about related posts: why these, why not those, what could be linked, what nobody leads to.

``answer`` reads the site as a build would, works out all lists with their reasons, and words the answer; nothing is
published.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from digest.build import survey
from digest.features import Features
from digest.models import Article, Summary
from digest.problems import Place, Problem, errors, problem, suggestion
from digest.related import Explained, Relation, explain, in_words, relate
from digest.relations import weighed
from digest.request import Request
from digest.site import Listed, Site

STRONG = 0.5
"""Pairs with this score are worth a link in the text; most scores lie between 0 and 3."""
USUAL = 5
"""Length of the lists where the site shows none."""

Lists = Mapping[str, tuple[Relation, ...]]


class Answer(NamedTuple):
    """What is to be printed, and the problems of the site: one in an entry is no reason not to speak of the others."""

    text: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def code(self) -> int:
        """The exit status."""
        return 1 if errors(self.problems) else 0


def answer(name: str, site: Path, ask: str | None, form: str, as_of: datetime) -> Answer:
    """Answer a question about the entry ``name``, or about the site as a whole ("all", "links", "orphans").

    An entry goes by its slug, its address or its file. For the whole site, ``name`` is the site's folder, if given.
    ``form`` is "text" or "json".
    """
    whole = _QUESTIONS.get(ask or "")
    site = Path(name) if whole and name else site
    if not (name or whole):
        told = "no entry is named"
        hint = "write its slug (digest related council-votes), or ask about all: --all, --suggest-links, --orphans"
        return Answer(problems=(problem(Place(str(site)), "unknown-related", told, hint),))
    question = whole or partial(_one, name, ask == "explain")
    found, problems = survey(Request(site, site / "output", as_of), partial(_asked, question, form))
    return Answer(problems=problems) if found is None else Answer(found.text, (*problems, *found.problems))


def _asked(
    question: Callable[[_Desk], _Rows | Problem], form: str, site: Site, features: Mapping[str, Features]
) -> Answer:
    rows = question(_Desk(site, features))
    if isinstance(rows, Problem):
        return Answer(problems=(rows,))
    return Answer(_as_json(rows.data) if form == "json" else "\n".join([*rows.lines, ""]))


class _Rows(NamedTuple):
    """An answer for people and for programs."""

    lines: list[str]
    data: object


class _Desk:
    """A site with all that answers are made from."""

    def __init__(self, site: Site, features: Mapping[str, Features]) -> None:
        self.site = site
        self.candidates = weighed(site, features)
        self.count = site.settings.related.count or USUAL
        self.by_address = {one.address: one for one in site.entries}
        self._sharing = Counter(one.path for one in site.entries)

    def path(self, address: str) -> str:
        """The file of an entry, with its anchor where others stand in the same file."""
        one = self.by_address[address]
        anchor = f"#{one.anchor}" if isinstance(one, Summary) and self._sharing[one.path] > 1 else ""
        return one.path + anchor

    def title(self, address: str) -> str:
        """The headline of an entry."""
        return self.by_address[address].title

    def lists(self) -> dict[str, tuple[Relation, ...]]:
        """The lists that pages show: those of articles, newest first."""
        found = relate(self.candidates, self.count)
        return {one.address: found[one.address] for one in self.site.articles if one.address in found}


def _one(name: str, explained: bool, desk: _Desk) -> _Rows | Problem:
    """The list of one entry; explained also with what came near."""
    one = _named(desk.site, name)
    if one is None:
        hint = suggestion(name, [other.slug for other in desk.site.entries])
        return problem(
            Place(name), "unknown-related", f'no entry has the slug "{name}"', hint or "write its file's name"
        )
    found = explain(desk.candidates, one.address, desk.count)
    shown = [relation for relation in found if explained or not relation.lost]
    data = [_row(desk, relation) for relation in shown]
    if not explained:
        lines = [f"{desk.title(relation.key)}  ({desk.path(relation.key)})" for relation in shown]
        return _Rows(lines or ["There is no other entry."], data)
    return _Rows(list(_explained(desk, one, found)), data)


def _named(site: Site, name: str) -> Listed | None:
    """The entry that somebody means by its slug, its address or its file."""
    return next((one for one in site.entries if name in {one.slug, one.address, one.path}), None)


def _row(desk: _Desk, relation: Relation | Explained) -> dict[str, object]:
    row: dict[str, object] = {
        "path": desk.path(relation.key), "score": round(relation.score, 4), "reasons": in_words(relation.reasons),
    }  # fmt: skip
    if isinstance(relation, Explained) and relation.lost:
        row["lost"] = _lost(desk, relation)
    return row


def _lost(desk: _Desk, relation: Explained) -> str:
    """Why an entry isn't in the list, with the headline of another that this names by its address."""
    start, _, address = relation.lost.rpartition(" ")
    return f"{start} “{desk.title(address)}”" if address in desk.by_address else relation.lost


def _explained(desk: _Desk, one: Listed, found: tuple[Explained, ...]) -> Iterator[str]:
    yield f"{one.title}  ({desk.path(one.address)})"
    for heading, lost in (("Related posts", False), ("Near, but not in the list", True)):
        rows = [relation for relation in found if bool(relation.lost) == lost]
        if rows:
            yield ""
            yield heading
        for relation in rows:
            yield f"  {relation.score:5.2f}  {desk.title(relation.key)}  ({desk.path(relation.key)})"
            yield f"         {in_words(relation.reasons)}"
            if parts := relation.parts:
                yield (
                    f"         text {parts.words:.2f} × headlines {parts.headline:.2f} × time {parts.closeness:.2f}"
                    f" × often named {parts.often:.2f}"
                )
            if relation.lost:
                yield f"         not listed: {_lost(desk, relation)}"


def _all(desk: _Desk) -> _Rows:
    """Every article's list."""
    lists = desk.lists()
    lines = []
    for key, row in lists.items():
        lines.append(f"{desk.title(key)}  ({desk.path(key)})")
        lines += [f"  {relation.score:5.2f}  {desk.title(relation.key)}" for relation in row]
    return _Rows(lines, {desk.path(key): [_row(desk, one) for one in row] for key, row in lists.items()})


def _links(desk: _Desk) -> _Rows:
    """Pairs that score high and don't link to each other in their text, best first."""
    pairs: dict[frozenset[str], tuple[str, Relation]] = {}
    for key, row in desk.lists().items():
        for relation in row:
            if relation.score >= STRONG and not _linked(desk, key, relation.key):
                pairs.setdefault(frozenset((key, relation.key)), (key, relation))
    best = sorted(pairs.values(), key=lambda pair: (-pair[1].score, pair[0], pair[1].key))
    lines = []
    for key, relation in best:
        lines += [
            f"{relation.score:5.2f}  {desk.title(key)}  ({desk.path(key)})",
            f"       {desk.title(relation.key)}  ({desk.path(relation.key)})",
            f"       {in_words(relation.reasons)}",
        ]
    data = [{"from": desk.path(key), "to": desk.path(one.key), **_row(desk, one)} for key, one in best]
    return _Rows(lines or ["No two entries are near to each other without a link."], data)


def _linked(desk: _Desk, one: str, other: str) -> bool:
    """Whether one of two entries leads to the other in its text."""
    return _leads(desk.by_address[one], desk.by_address[other]) or _leads(desk.by_address[other], desk.by_address[one])


def _leads(one: Listed, other: Listed) -> bool:
    targets = {unquote(link.target) for link in one.links}
    targets |= {target.partition("#")[0].partition("?")[0] for target in targets}
    if isinstance(other, Summary):
        return other.address in targets or (isinstance(one, Article) and other.url in one.outlinks)
    return not targets.isdisjoint((other.address, *other.aliases))


def _orphans(desk: _Desk) -> _Rows:
    """Entries that no list names, newest first."""
    named = {relation.key for row in desk.lists().values() for relation in row}
    left = [one.address for one in desk.site.entries if one.address not in named]
    lines = [f"{desk.title(address)}  ({desk.path(address)})" for address in left]
    return _Rows(lines or ["Every entry is named by a list."], [desk.path(address) for address in left])


_QUESTIONS: Mapping[str, Callable[[_Desk], _Rows | Problem]] = {"all": _all, "links": _links, "orphans": _orphans}


def _as_json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
