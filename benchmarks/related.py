"""Measure related posts: quality on labelled sets, time and memory by size, churn of an append, worth of signals.

    python benchmarks/related.py [SET.jsonl.gz ...] [--sizes 1000,10000] [--ablation]

A labelled set has one JSON object a line: id, title, date, topics, tags, authors, summary, text, and links (ids that
its editors linked to).  np@3 is what the first three places hold of those links, taken both ways, divided by the
most that they could hold.

Not measured: whether readers click, how lists read to an editor, bodies with markup (texts arrive plain), reading
content from disk, languages other than those of the sets.  Made-up articles for time and memory draw 600 words by
Zipf's law from a vocabulary that grows with the archive; their pairs are rarer than in real prose, which is the
worse case for memory.  Times are of one core's processor clock.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import gzip
import json
import random
import resource
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from digest import ledger, postings, signals
from digest.features import extract
from digest.related import Candidate, Relation, State, relate

ABLATIONS: dict[str, list[tuple[Any, str, Any]]] = {
    "all signals": [],
    "no word pairs": [(postings, "PAIR_WORTH", 0.0)],
    "no headlines": [(signals, "HEADLINE", 0.0)],
    "no closeness in time": [(signals, "CLOSENESS", ())],
    "no topics and tags": [(signals, "MARKS", {**signals.MARKS, "#": 0, "+": 0})],
    "no authors": [(signals, "MARKS", {**signals.MARKS, "@": 0})],
    "idf not raised": [(postings, "POWER", 1.0)],
    "no penalty or bound for the much-named": [(ledger, "NAMED_COST", 0.0), (ledger, "NAMED_MOST", 1 << 30)],
    "no offers to elders": [(ledger, "OFFERS", 0), (ledger, "ADOPTED_AT", 1 << 30)],
    "no adoption": [(ledger, "ADOPTED_AT", 1 << 30)],
    "no care for twins": [(ledger, "TWIN_TITLES", 2.0), (ledger, "TWIN_TERMS", 2.0)],
}


AT_ONCE, APPENDED = 1000, 100
"""Articles that are weighed together, as in a build, and those that come one by one at the end."""


def load(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def candidate(row: dict[str, Any]) -> Candidate:
    """A row of a labelled set; tags that repeat a topic are dropped."""
    features = extract(
        row["title"],
        row["summary"] or "",
        row["text"],
        topics=row["topics"],
        tags=[tag for tag in row["tags"] if tag not in row["topics"]],
        authors=row["authors"],
        links=[],
        source="",
        lang=row.get("lang") or "en",
    )
    return Candidate(row["id"], dt.date.fromisoformat(row["date"]).toordinal(), row.get("lang") or "en", features)


def quality(rows: list[dict[str, Any]], lists: dict[str, tuple[Relation, ...]]) -> str:
    """np@3 over entries with links, and the health of all lists."""
    truth: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for link in row["links"]:
            truth[row["id"]].add(link)
            truth[link].add(row["id"])
    named = {key: [one.key for one in relations] for key, relations in lists.items()}
    hits = [
        sum(other in truth[key] for other in others[:3]) / min(3, len(truth[key]))
        for key, others in named.items()
        if truth.get(key)
    ]
    first = {other for others in named.values() for other in others[:3]}
    most = max(Counter(other for others in named.values() for other in others).values())
    cover = sum(len(others) >= 3 for others in named.values()) / len(named)
    orphans = 1 - len(first) / len(named)
    return f"np@3 {statistics.mean(hits):.4f}  orphan {orphans:.4f}  most named {most}  cover {cover:.4f}"


def made_up(size: int) -> Iterator[dict[str, Any]]:
    """Articles of 600 words, forty of which are of a subject that other articles share."""
    draw = random.Random(7)
    for number in range(size):
        subject = draw.randrange(max(20, size // 12))
        ranks = [int(min(1e6, draw.paretovariate(0.9)) * 3) for _ in range(560)]
        words = [f"w{rank}" for rank in ranks] + [f"s{subject}x{draw.randrange(30)}" for _ in range(40)]
        draw.shuffle(words)
        text = " ".join(words)
        yield {
            "id": f"/{number:06}/", "title": " ".join(words[:6]), "summary": "", "text": text, "tags": [],
            "topics": [f"t{subject % 20}"], "authors": [f"a{subject % 50}"],
            "date": str(dt.date(2000, 1, 1) + dt.timedelta(days=number * 5000 // size)), "links": [],
        }  # fmt: skip


def unit() -> float:
    """Seconds for 300,000 turns of a plain loop, so that figures of a busy or another machine can be compared."""
    start, counts = time.process_time(), dict[int, int]()
    for number in range(300_000):
        counts[number & 4095] = counts.get(number & 4095, 0) + number
    return time.process_time() - start


def speed(size: int) -> str:
    """Milliseconds an article, resident memory, and what appending the newest costs and changes.

    As in a first build, articles are weighed some at a time, so that the memory is that of the lists and of what they
    rest on; the last hundred come one by one.
    """
    state, reading, choosing = State(), 0.0, 0.0
    drawn = made_up(size)
    while some := list(islice(drawn, min(AT_ONCE, size - APPENDED - len(state)))):
        start = time.process_time()
        read = list(map(candidate, some))
        mid = time.process_time()
        state.extend(read)
        reading, choosing = reading + mid - start, choosing + time.process_time() - mid
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stored = sum(len(piece) for _, piece in state.save())
    newest, costs, changed = list(map(candidate, drawn)), list[float](), list[int]()
    for one in newest:
        start = time.process_time()
        state.extend([one])
        costs.append(time.process_time() - start)
    if size <= 10_000:  # once more: looking at all lists in between would slow the next one down
        state.keep(size - APPENDED)
        rows = {key: state.row(key) for key in state}
        for one in newest:
            state.extend([one])
            changed.append(sum(state.row(key) != row for key, row in rows.items()))
            rows = {key: state.row(key) for key in state}
    churn = f"  lists changed: mean {statistics.mean(changed):.2f}, most {max(changed)}" if changed else ""
    each = size - APPENDED
    return (
        f"{size:7} articles: reading {reading / each * 1e3:.2f} ms, choosing {choosing / each * 1e3:.2f} ms each, "
        f"{memory:.0f} MB, state {stored / 1e6:.0f} MB; append median {statistics.median(costs) * 1e3:.2f} ms, "
        f"most {max(costs) * 1e3:.2f} ms{churn}; unit {unit() * 1e3:.0f} ms"
    )


def ablation(rows: list[dict[str, Any]], candidates: list[Candidate]) -> Iterator[str]:
    """The figures without each signal in turn."""
    for name, settings in ABLATIONS.items():
        kept = [(module, key, getattr(module, key)) for module, key, _ in settings]
        for module, key, value in settings:
            setattr(module, key, value)
        signals.closeness.cache_clear()
        yield f"{name:40} {quality(rows, relate(candidates, reasons=False))}"
        for module, key, value in kept:
            setattr(module, key, value)
        signals.closeness.cache_clear()


def labelled(path: Path, parts: bool) -> None:
    rows = load(path)
    start = time.process_time()
    candidates = [candidate(row) for row in rows]
    reading = time.process_time() - start
    start = time.process_time()
    lists = relate(candidates, reasons=False)
    choosing = time.process_time() - start
    each = f"reading {reading / len(rows) * 1e3:.2f} ms, choosing {choosing / len(rows) * 1e3:.2f} ms an article"
    print(f"{path.name}: {quality(rows, lists)}\n  {each}")
    for line in ablation(rows, candidates) if parts else ():
        print(" ", line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--ablation", action="store_true")
    options = parser.parse_args()
    gc.disable()  # as every command that builds does
    for path in options.sets:
        labelled(path, options.ablation)
    for size in filter(None, options.sizes.split(",")):
        print(speed(int(size)), flush=True)


if __name__ == "__main__":
    main()
