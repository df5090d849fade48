"""What reading front matter with places costs, against PyYAML's C loader alone on the same texts.

    python benchmarks/reading.py [FOLDER …] [--articles 10000]

FOLDERs hold Markdown articles with front matter; without one, articles are made up. Both read every text in turn,
several times, in one process; the figures are processor seconds (the least of the rounds) and their ratio.

It doesn't measure decoding files, typed fields, Markdown, or the disk.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from digest.yamltext import read

ROUNDS = 5
_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


def made_up(count: int) -> list[str]:
    """The front matter of articles as a small newsroom writes it."""
    return [
        f'title: "Council votes {number} to {number % 7}: the bridge stays"\n'
        f"date: 20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02} 09:30\n"
        "topics:\n  - politics\n  - transport\n"
        f"tags: [bridge, council, ward {number % 40}]\n"
        "authors:\n  - Local desk\n"
        "summary: >-\n  The vote came late in the evening.\n  Work may now begin, though not before spring.\n"
        "image: {src: /images/bridge.jpg, alt: The bridge at low water}\n"
        for number in range(count)
    ]


def found(folders: Sequence[Path]) -> list[str]:
    """The front matter of every article under the folders."""
    texts = (path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.md")))
    return [match[1] for text in texts if (match := _FRONT.match(text))]


def seconds(reader: Callable[[str], object], texts: Sequence[str]) -> float:
    """Processor seconds that ``reader`` takes for all texts."""
    began = time.process_time()
    for text in texts:
        reader(text)
    return time.process_time() - began


def main() -> None:
    """Print both figures and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    given = parser.parse_args()
    texts = found(given.folders) if given.folders else made_up(given.articles)
    readers: dict[str, Callable[[str], object]] = {
        "yaml.CSafeLoader": lambda text: yaml.load(text, yaml.CSafeLoader),
        "digest.yamltext": lambda text: read(text, path="a.md", first_line=2),
    }
    best = dict.fromkeys(readers, float("inf"))
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            best[name] = min(best[name], seconds(reader, texts))
    for name, least in best.items():
        print(f"{name:18} {least:7.3f} s  {least / len(texts) * 1e6:6.0f} µs an article")
    print(f"ratio              {best['digest.yamltext'] / best['yaml.CSafeLoader']:7.2f}  ({len(texts):,} articles)")


if __name__ == "__main__":
    main()
