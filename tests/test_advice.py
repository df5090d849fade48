"""What an editor is told about related posts, word for word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import sites
from digest.advice import Answer, answer
from digest.cli import cli

ARTICLES: dict[str, str | bytes | None] = {
    f"content/articles/2025-05-{day:02}-{name}.md": sites.article(title, f"2025-05-{day:02}", topics, body)
    for day, name, title, topics, body in (
        (1, "engels", "Drone attack on Engels airbase", "[war]", "Drones hit the airbase at Engels and burned fuel."),
        (2, "wheat", "Wheat harvest falls", "[farms]", "Farmers blame drought for the poor wheat harvest."),
        (3, "vote", "Senate vote delayed", "[world]", "The senate put off the vote after a quarrel."),
        (5, "silo", "Drought empties silos", "[farms]", "After the [wheat harvest](/2025/05/wheat/) silos are empty."),
        (6, "dyagilevo", "Second airbase hit by drones", "[war]", "A drone attack set a second airbase on fire."),
        (7, "twin", "Second airbase hit by drones again", "[war]", "A drone attack set a second airbase on fire."),
    )
}
NEWS: dict[str, str | bytes | None] = ARTICLES | {
    "content/summaries/2025-05-08.yaml": (
        "date: 2025-05-08\nitems:\n"
        "- {title: Farmers count their wheat, url: 'https://e.example/wheat', topics: [farms], "
        "summary: The harvest was poor.}\n"
        "- {title: An election, url: 'https://e.example/vote', topics: [world], summary: The ballot was short.}\n"
    )
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return sites.write(tmp_path, NEWS)


def ask(site: Path, question: str | None, name: str = "", form: str = "text") -> Answer:
    return answer(name, site, question, form, sites.AS_OF)


def data(site: Path, question: str | None, name: str = "") -> object:
    return json.loads(ask(site, question, name, "json").text)


SILO = """\
Wheat harvest falls  (content/articles/2025-05-02-wheat.md)
Farmers count their wheat  (content/summaries/2025-05-08.yaml#farmers-count-their-wheat)
Second airbase hit by drones  (content/articles/2025-05-06-dyagilevo.md)
"""
EXPLAINED = """\
Second airbase hit by drones  (content/articles/2025-05-06-dyagilevo.md)

Related posts
  17.32  Second airbase hit by drones again  (content/articles/2025-05-07-twin.md)
         both about: second airbase, attack set, fire · same topic · 1 day apart
         text 1.64 × headlines 4.72 × time 2.24 × often named 1.00
   0.00  Drought empties silos  (content/articles/2025-05-05-silo.md)
         1 day apart
   0.00  Senate vote delayed  (content/articles/2025-05-03-vote.md)
         3 days apart

Near, but not in the list
   2.49  Drone attack on Engels airbase  (content/articles/2025-05-01-engels.md)
         both about: drone attack, airbase, drones · same topic · 5 days apart
         text 0.45 × headlines 2.70 × time 2.06 × often named 1.00
         not listed: excluded by the editor
"""
LINKS = """\
17.32  Second airbase hit by drones again  (content/articles/2025-05-07-twin.md)
       Second airbase hit by drones  (content/articles/2025-05-06-dyagilevo.md)
       both about: second airbase, attack set, fire · same topic · 1 day apart
 2.92  Second airbase hit by drones again  (content/articles/2025-05-07-twin.md)
       Drone attack on Engels airbase  (content/articles/2025-05-01-engels.md)
       both about: drone attack, airbase, drones · same topic · 6 days apart
 2.49  Second airbase hit by drones  (content/articles/2025-05-06-dyagilevo.md)
       Drone attack on Engels airbase  (content/articles/2025-05-01-engels.md)
       both about: drone attack, airbase, drones · same topic · 5 days apart
 1.89  Wheat harvest falls  (content/articles/2025-05-02-wheat.md)
       Farmers count their wheat  (content/summaries/2025-05-08.yaml#farmers-count-their-wheat)
       both about: farmers, poor, wheat · same topic · 6 days apart
"""


def excluding(site: Path) -> Path:
    """The site where the second attack names the first as unrelated."""
    text = sites.article(
        "Second airbase hit by drones", "2025-05-06", "[war]", "A drone attack set a second airbase on fire.",
        unrelated="[engels]",
    )  # fmt: skip
    return sites.write(site, {"content/articles/2025-05-06-dyagilevo.md": text})


def test_the_list_of_an_entry_by_slug_address_or_file(site: Path) -> None:
    for name in ("silo", "/2025/05/silo/", "content/articles/2025-05-05-silo.md"):
        assert ask(site, None, name) == Answer(SILO)


def test_an_entry_is_explained_with_those_that_came_near(site: Path) -> None:
    assert ask(excluding(site), "explain", "dyagilevo").text == EXPLAINED
    rows = data(site, "explain", "dyagilevo")
    assert isinstance(rows, list)
    assert [row.get("lost", "") for row in rows] == ["", "", "", "excluded by the editor"]


def test_a_near_copy_is_explained_by_the_headline_of_the_other(site: Path) -> None:
    told = ask(site, "explain", "engels").text
    assert "not listed: near-copy of “Second airbase hit by drones again”" in told


def test_all_lists_come_by_the_paths_of_articles(site: Path) -> None:
    lists = data(site, "all")
    assert isinstance(lists, dict)
    assert list(lists) == sorted(ARTICLES, reverse=True)
    assert lists["content/articles/2025-05-05-silo.md"][:2] == [
        {
            "path": "content/articles/2025-05-02-wheat.md",
            "score": 1.3864,
            "reasons": "both about: wheat harvest, drought · same topic · 3 days apart",
        },
        {
            "path": "content/summaries/2025-05-08.yaml#farmers-count-their-wheat",
            "score": 0.1568,
            "reasons": "both about: harvest, wheat · same topic · 3 days apart",
        },
    ]


def test_all_lists_as_text(site: Path) -> None:
    assert ask(site, "all").text.startswith(
        "Second airbase hit by drones again  (content/articles/2025-05-07-twin.md)\n"
        "  17.32  Second airbase hit by drones\n"
        "   2.92  Drone attack on Engels airbase\n"
    )


def test_pairs_without_a_link_are_suggested_and_linked_ones_are_not(site: Path) -> None:
    assert ask(site, "links").text == LINKS
    rows = data(site, "links")
    assert isinstance(rows, list)
    assert (rows[0]["from"], rows[0]["to"]) == (
        "content/articles/2025-05-07-twin.md",
        "content/articles/2025-05-06-dyagilevo.md",
    )


def test_a_link_to_a_summarys_story_counts_as_one(site: Path) -> None:
    text = sites.article("Wheat harvest falls", "2025-05-02", "[farms]", "Farmers [count](https://e.example/wheat).")
    sites.write(site, {"content/articles/2025-05-02-wheat.md": text})
    assert "Farmers count their wheat" not in ask(site, "links").text


def test_what_no_list_names_is_an_orphan(site: Path) -> None:
    assert ask(site, "orphans").text == "Every entry is named by a list.\n"
    sites.write(site, {"content/site.yaml": f"{sites.SITE_YAML}related: {{count: 1}}\n"})
    assert ask(site, "orphans").text == (
        "Drought empties silos  (content/articles/2025-05-05-silo.md)\n"
        "Senate vote delayed  (content/articles/2025-05-03-vote.md)\n"
        "Drone attack on Engels airbase  (content/articles/2025-05-01-engels.md)\n"
    )
    assert data(site, "orphans") == [
        f"content/articles/2025-05-{name}.md" for name in ("05-silo", "03-vote", "01-engels")
    ]


def test_a_site_of_one_has_nothing_to_link(tmp_path: Path) -> None:
    alone = sites.write(tmp_path, {"content/articles/2025-05-01-a.md": sites.article("Alone")})
    assert ask(alone, "links").text == "No two entries are near to each other without a link.\n"
    assert ask(alone, None, "a").text == "There is no other entry.\n"


def test_an_unknown_entry_is_told_with_the_nearest(site: Path) -> None:
    told = ask(site, None, "silos")
    assert (told.text, told.code) == ("", 1)
    assert [(one.code, one.hint) for one in told.problems] == [("unknown-related", 'did you mean "silo"?')]


def test_a_question_about_no_entry_says_what_can_be_asked(site: Path) -> None:
    (problem,) = ask(site, None).problems
    assert problem.text == "no entry is named"


def test_a_fault_elsewhere_is_told_beside_the_answer(site: Path) -> None:
    sites.write(site, {"content/articles/2025-05-09-bad.md": sites.article("Bad", "never")})
    told = ask(site, None, "silo")
    assert told.text == SILO
    assert [one.code for one in told.problems] == ["bad-date"]
    assert told.code == 1


def test_a_folder_that_is_no_site_is_told(tmp_path: Path) -> None:
    assert [one.code for one in ask(tmp_path, "all").problems] == ["no-site"]


def test_the_command_prints_answers_and_sets_the_exit_status(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1749513600")
    for words in (["silo", "--site", str(site)], ["--all", str(site), "--format", "json"]):
        ran = CliRunner().invoke(cli, ["related", *words])
        assert ran.exit_code == 0
        assert "content/articles/2025-05-02-wheat.md" in ran.stdout
    ran = CliRunner().invoke(cli, ["related", "silos", "--site", str(site)])
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert 'no entry has the slug "silos"' in ran.stderr
