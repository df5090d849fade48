"""How long a site takes to build: digest beside five other generators, in turn, in one session.

    python benchmarks/peers_speed.py --articles 1000             the tables, for the generators that are installed
    python benchmarks/peers_speed.py --install                   installs the missing ones first, into --tools
    python benchmarks/peers_speed.py --only digest,hugo --scenarios cold,body --repeat 3 --related both

Every generator gets the same articles of 600 words (stories.py) and makes the same pages of them (layouts.py): an
article each, lists of twenty for the front, for 8 topics and 200 tags, a feed for the site and for each topic, a
sitemap, five related posts an article.  Nikola relates nothing.  digest makes more than that: archives by month, Atom
and JSON feeds, structured data, checked links and sanitised bodies.

Each scenario is run by one generator after the other, then repeated.  A time counts if the pages are right: as many
articles, pages of lists, feeds and addresses in the sitemap as there must be, and in the pages of a sample (the edited
ones among it) the headline, the last words, the related posts.  Otherwise the table says "wrong", and the fault is
printed.

Settings that each is given: Pelican's cache of content, for the warm builds only (writing it would slow the cold
one); Jekyll's cache (its --incremental leaves a new article out of the sitemap); Nikola's database, and one process
(with more its sitemap stays empty); Eleventy's --incremental, which without --watch still builds everything (naming
the edited file ends in an error, because feeds need the bodies of other articles); Hugo's related posts as its manual
has them, newer ones too.  Hugo's command has no cache that would help here.

Edits: of the newest articles, as an editor's are, and of one in the middle of the archive ("old"): digest's related
posts look at everything younger than an edited article again, so that its age is what such an edit costs.

Measured: wall seconds, processor seconds of all processes, peak memory of the largest process; the median of the
repeats for times, the most for memory.  Wall time swings with whatever else the machine does, processor time hardly.

Not measured: watch modes and preview servers; other themes, plugins or flags than those in themes/ and below; images,
assets and minifying; real prose, whose words repeat more; a cold disk; the sum of the memory of several processes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from checks import Expected, tally
from contest import ENTRANTS, SCENARIOS, Entrant, Outcome, Results, Session, contest, rehearse
from measure import machine, typical
from peers import PROGRAMS, TOOLS, install, version
from stories import Corpus


def cell(outcomes: Sequence[Outcome], base: Sequence[Outcome] = ()) -> str:
    """Wall and processor seconds; given digest's outcomes, its share of them instead."""
    if not outcomes or (base and any(one.cost is None for one in base)):
        return ""
    if any(one.cost is None for one in outcomes):
        return "wrong"
    cost = typical([one.cost for one in outcomes if one.cost])
    if not base:
        return f"{cost.wall:.2f} / {cost.cpu:.2f}"
    own = typical([one.cost for one in base if one.cost])
    return f"{own.wall / cost.wall:.3f} / {own.cpu / cost.cpu:.3f}"


def tables(results: Results, names: Sequence[str], scenarios: Sequence[str]) -> str:
    """Two tables in Markdown: what each generator takes, and what share of that digest takes."""
    head = f"| {' | '.join(SCENARIOS[one] for one in scenarios)} |"
    rule = "|---" * (len(scenarios) + 1) + "|"
    lines = ["Wall / CPU seconds:", "", f"| generator {head} peak MB |", f"{rule}---|"]
    for name in names:
        cells = [cell(results[name, one]) for one in scenarios]
        costs = [one.cost for scenario in scenarios for one in results[name, scenario] if one.cost]
        most = f"{max(one.memory for one in costs):.0f}" if costs else ""
        lines.append(f"| {name} | {' | '.join(cells)} | {most} |")
    lines += ["", "digest's share of the wall / CPU seconds of each:", "", f"| generator {head}", rule]
    for name in names if "digest" in names else ():
        cells = [cell(results[name, one], results["digest", one]) for one in scenarios]
        if name != "digest":
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def chosen(names: str, related: str, tools: Path) -> list[Entrant]:
    """The entrants that were asked for and are installed; digest always relates, so that it is measured once."""
    found = []
    for one in ENTRANTS:
        if names and one.key not in names.lower().split(","):
            continue
        if one.related in {"always", "never", *(("on", "off") if related == "both" else (related,))}:
            if PROGRAMS[one.program].installed(tools):
                found.append(one)
            else:
                print(f"{one.name}: not installed (--install)", file=sys.stderr)
    return found


def written(given: argparse.Namespace, about: str, results: Results) -> None:
    """Keep every single run, for tables yet to come."""
    runs = [
        {"generator": name, "scenario": scenario, "faults": one.faults, **(one.cost._asdict() if one.cost else {})}
        for (name, scenario), outcomes in results.items()
        for one in outcomes
    ]
    told = {"about": about, "articles": given.articles, "seed": given.seed, "runs": runs}
    given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help=f"some of {','.join(dict.fromkeys(one.key for one in ENTRANTS))}")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS), help=f"some of {','.join(SCENARIOS)}")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--related", choices=["on", "off", "both"], default="on", help="related posts of the peers")
    parser.add_argument("--tools", type=Path, default=TOOLS, help="where the generators are")
    parser.add_argument("--install", action="store_true", help="install the generators that are missing")
    parser.add_argument("--json", type=Path, help="a file for every single figure")
    parser.add_argument("--room", type=Path, help="a folder for the sites, which are kept  [default: none are kept]")
    return parser.parse_args()


def main() -> None:
    given = options()
    if given.install:
        install(given.tools)
    entrants = chosen(given.only, given.related, given.tools)
    scenarios = [one for one in SCENARIOS if one in given.scenarios.split(",")]
    programs = dict.fromkeys(one.program for one in entrants)
    versions = ", ".join(f"{PROGRAMS[one].name} {version(PROGRAMS[one], given.tools)}" for one in programs)
    about = (
        f"{given.articles:,} articles, {dt.datetime.now(dt.UTC):%d %B %Y}; {versions}; "
        f"Python {platform.python_version()}; {machine()}; median of {given.repeat}."
    )
    print(f"{about}\n", flush=True)
    with tempfile.TemporaryDirectory() as tiny:
        rehearse(entrants, given.tools, Path(tiny))
    corpus = Corpus(given.articles, given.seed)
    expected: Expected = tally(corpus)
    room = given.room or Path(tempfile.mkdtemp(prefix="peers-speed-"))
    results = Results(list)
    try:
        sessions = [Session(one, given.tools, room / one.folder, corpus, expected) for one in entrants]
        contest(sessions, scenarios, given.repeat, results)
    except KeyboardInterrupt:
        print("Interrupted; the tables hold what was measured.", file=sys.stderr)
    finally:
        if not given.room:
            shutil.rmtree(room, ignore_errors=True)
    if given.json:
        written(given, about, results)
    print(tables(results, [one.name for one in entrants], scenarios))
    print("\nNot measured: watch modes, other themes, plugins and flags, images, a cold disk (see --help).")


if __name__ == "__main__":
    main()
