"""Write a site of made-up articles: the same files for the same number and seed.

    python benchmarks/corpus.py DIR --articles 10000 [--for digest|hugo|eleventy|jekyll|pelican|nikola …]

Articles are written as they are made, so that a million needs no more memory than a thousand.  (Nikola also needs the
settings that ``nikola init`` makes, with ``more.py`` added to them; peers_speed.py does that.)
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from layouts import LAYOUTS, RELATED, write
from stories import Corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--for", dest="generator", choices=LAYOUTS, default="digest")
    parser.add_argument("--related", type=int, default=RELATED, help="related posts an article; 0 for none")
    given = parser.parse_args()
    began = time.perf_counter()
    count = write(given.folder, LAYOUTS[given.generator], Corpus(given.articles, given.seed), given.related)
    print(f"{count:,} articles in {given.folder}, {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
