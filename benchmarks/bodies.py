"""What a body costs from Markdown to finished HTML, against the stock engine with the same extensions.

    python benchmarks/bodies.py [FOLDER …] [--articles 300]

FOLDERs hold Markdown articles with front matter; without one, articles are made up. All stages read the same texts in
turn, several times, in one process; the figures are processor milliseconds a text (the least of the rounds) and their
share of the stock engine's. Beside them stands how much of the texts needed no engine.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

from digest import dialect, finish, markup, pymarkdown, sanitise, shortway
from digest.settings import Markdown
from stories import Corpus

ROUNDS = 5
ADDRESS, SITE = "/2025/05/slug/", "https://courier.example"
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def found(folders: list[Path]) -> list[str]:
    """The bodies of all articles under the folders."""
    texts = (path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.md")))
    return [_FRONT.sub("", text) for text in texts]


def made_up(count: int) -> list[str]:
    """The bodies of articles as ``corpus`` writes them."""
    return [story.body for story in Corpus(count)]


def independent(text: str) -> float:
    """The share of a text that is printed without the engine."""
    hard: list[str] = []

    def long_way(part: str) -> str:
        hard.append(part)
        return ""

    done = shortway.to_html(text, typographic=True, short=False, long_way=long_way)
    return 0.0 if done is None else 1 - sum(map(len, hard)) / max(1, len(text))


def main() -> None:
    """Print a line a stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--articles", type=int, default=300)
    given = parser.parse_args()
    texts = found(given.folders) if given.folders else made_up(given.articles)
    stock, fast = (pymarkdown.stock(typographic=True, short=False, fast=fast) for fast in (False, True))
    options = Markdown()
    raw = [dialect.to_html(text, engine="markdown", typographic=True) for text in texts]
    safe = [sanitise.clean(one) for one in raw]
    stages: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "python-markdown": (lambda text: stock.reset().convert(text), texts),
        "the same, sped up": (lambda text: fast.reset().convert(text), texts),
        "dialect.to_html": (lambda text: dialect.to_html(text, engine="markdown", typographic=True), texts),
        "sanitise.clean": (sanitise.clean, raw),
        "finish.finish": (lambda one: finish.finish(one, ADDRESS, SITE, options, body=True), safe),
        "markup.render": (
            lambda text: markup.render(
                text, path="a.md", first_line=1, address=ADDRESS, options=options, site_url=SITE, source=None
            ),
            texts,
        ),
    }
    best = dict.fromkeys(stages, float("inf"))
    for _ in range(ROUNDS):
        for name, (stage, inputs) in stages.items():
            began = time.process_time()
            for one in inputs:
                stage(one)
            best[name] = min(best[name], time.process_time() - began)
    words = sum(len(text.split()) for text in texts)
    for name, least in best.items():
        print(f"{name:18} {least / len(texts) * 1e3:7.3f} ms  {least / best['python-markdown']:5.2f}")
    own = sum(independent(text) * len(text) for text in texts) / sum(map(len, texts))
    wholly = sum(independent(text) == 1.0 for text in texts) / len(texts)
    print(f"{len(texts):,} texts of {words / len(texts):.0f} words; {own:.0%} of the letters and {wholly:.0%} of the")
    print("texts need no engine")


if __name__ == "__main__":
    main()
