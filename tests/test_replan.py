"""After an entry changed or came, only the pages that show it are planned, and they are those of a clean build.

What may change more than these pages, or is at fault, is left to a whole plan.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sites
from newspapers import WORDS, agrees, body, edit, newspaper, phases
from sites import article

SETTINGS = f"{sites.SITE_YAML}feeds: {{items: 6}}\npage_size: 5\nfront: {{trails: 2, module: 2}}\n"
NEW = "content/articles/2025-05-13-news.md"


def paper(folder: Path, more: str = "") -> Path:
    """The newspaper with pages of five entries, an edition and a summary in a file of its own."""
    sites.write(newspaper(folder), {"content/site.yaml": SETTINGS + more})
    edition(folder, "2025-05-09", "Far")
    lone(folder, "old", "2025-05-08", "Old")
    return folder


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newspaper as it was built once for all tests."""
    folder = paper(tmp_path_factory.mktemp("stood"))
    sites.built(folder)
    return folder


@pytest.fixture
def site(tmp_path: Path, stood: Path) -> Path:
    return shutil.copytree(stood, tmp_path, dirs_exist_ok=True)


def told_again(site: Path, old: str, new: str, day: int = 12) -> None:
    """Replace a text in the front matter of an article."""
    file = site / f"content/articles/2025-05-{day:02}-story-{day}.md"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def add(site: Path, date: str = "2025-05-13", topics: str = "[world]", text: str = body(3), **more: str) -> None:
    """Write a new article."""
    sites.write(site, {NEW: article("A new story", date, topics, text, **more)})


def headline(site: Path) -> None:
    told_again(site, "Story 12", "News 12")


def old_headline(site: Path) -> None:
    told_again(site, "Story 2 of", "News 2 of", day=2)


def standfirst(site: Path) -> None:
    told_again(site, "tags:", "summary: In short.\ntags:")


def by_somebody(site: Path) -> None:
    told_again(site, "tags:", "authors: [Ann]\ntags:")


def picture(site: Path) -> None:
    told_again(site, "tags:", "image: {src: 'https://far.example/a.jpg', alt: A}\ntags:")


def updated(site: Path) -> None:
    told_again(site, "tags:", "updated: 2025-05-14\ntags:")


def text_too(site: Path) -> None:
    headline(site)
    edit(site, 11, body(4))


def newest(site: Path) -> None:
    add(site)


def new_month(site: Path) -> None:
    add(site, "2025-06-01")


def old_month(site: Path) -> None:
    sites.write(site, {"content/articles/february.md": article("In February", "2025-02-01", "[sport]", body(4))})


def tagged(site: Path) -> None:
    add(site, tags="[EU]", topics="[sport, world]")


def lead(site: Path) -> None:
    add(site, lead="true")


def linked(site: Path) -> None:
    add(site, text="A [link](/2025/05/story-3/), [another](/about/) and [one more](/).")


def between(site: Path) -> None:
    add(site, "2025-05-06 15:00")


def oldest(site: Path) -> None:
    add(site, "2025-05-01 00:00")


def same_moment(site: Path) -> None:
    add(site, "2025-05-12")


def two(site: Path) -> None:
    add(site)
    sites.write(site, {"content/articles/other.md": article("Other", "2025-05-13", "[sport]", body(4))})


def other_folder(site: Path) -> None:
    sites.write(site, {"content/articles/deep/other.md": article("Other", "2025-05-13", "[sport]", body(4))})


def expiring(site: Path) -> None:
    add(site, expires="2025-07-01")


def items(*titles: str, **more: str) -> str:
    """The items of an edition, each with a story of its own."""
    fields = "".join(f", {key}: {value}" for key, value in more.items())
    shown = (f"  - {{title: {one}, url: 'https://far.example/{one}', topics: [world]{fields}}}\n" for one in titles)
    return f"items:\n{''.join(shown)}"


def edition(site: Path, name: str = "2025-05-10", titles: str = "Near Dear", more: str = "", **fields: str) -> None:
    """Write an edition."""
    sites.write(site, {f"content/summaries/{name}.yaml": f"date: {name}\n{more}{items(*titles.split(), **fields)}"})


def lone(site: Path, name: str, date: str, title: str = "Lone", **more: str) -> None:
    """Write a summary in a file of its own."""
    fields = {"url": f"https://far.example/{name}", "topics": "[world]", **more}
    lines = "".join(f"{key}: {value}\n" for key, value in fields.items())
    text = f"title: {title}\ndate: {date}\n{lines}"
    sites.write(site, {f"content/summaries/{name}.yaml": text})


def newest_edition(site: Path) -> None:
    edition(site, tags="[EU]")


def older_edition(site: Path) -> None:
    edition(site, "2025-05-03")


def edition_and_article(site: Path) -> None:
    edition(site)
    add(site)


def item_more(site: Path) -> None:
    edition(site, "2025-05-09", "Far More")


def item_first(site: Path) -> None:
    edition(site, "2025-05-09", "First Far")


def item_reworded(site: Path) -> None:
    edition(site, "2025-05-09", "Far", summary="In short.")


def edition_named(site: Path) -> None:
    edition(site, "2025-05-09", "Far", "title: The ninth\nintro: Nine.\n")


def lone_of_a_day(site: Path) -> None:
    lone(site, "one", "2025-05-13")


def lone_beside(site: Path) -> None:
    lone(site, "two", "2025-05-08 09:00")


def lone_reworded(site: Path) -> None:
    lone(site, "old", "2025-05-08", "Older")


SHORT = [
    newest_edition, older_edition, edition_and_article, item_more, item_first, item_reworded, edition_named,
    lone_of_a_day, lone_beside, lone_reworded, headline, old_headline, standfirst, by_somebody, picture, updated,
    text_too, newest, new_month, old_month, tagged, lead, linked, between, oldest, same_moment, two,
    other_folder, expiring,
]  # fmt: skip


@pytest.mark.parametrize("change", SHORT)
def test_only_the_pages_that_show_it_are_planned(site: Path, change: Callable[[Path], None]) -> None:
    change(site)
    told, _ = phases(site)
    assert "Planning" not in told
    assert agrees(site)
    told, report = phases(site)
    assert "Planning" not in told
    assert report.published is not None
    assert report.published.written == ()


def test_only_these_pages_are_written(site: Path) -> None:
    tagged(site)
    _, report = phases(site)
    assert report.published is not None
    articles = {path for path in report.published.written if path.startswith("2025/")}
    assert set(report.published.written) - articles == {
        "index.html", "archive/index.html", "archive/2025/index.html", "archive/2025/05/index.html",
        *(f"archive/2025/05/page/{number}/index.html" for number in (1, 2)),
        "tags/eu/index.html", "topics/index.html", "topics/sport/index.html", "topics/world/index.html", "sitemap.xml",
        *(f"{top}{name}" for top in ("", "topics/sport/", "topics/world/") for name in FEEDS),
    }  # fmt: skip
    assert "2025/05/news/index.html" in articles
    assert report.published.kinds["article"] == 13


FEEDS = ("feed.xml", "atom.xml", "feed.json")


def draft(site: Path) -> None:
    add(site, draft="true")


def withheld(site: Path) -> None:
    add(site, "2026-05-13")


def new_topic(site: Path) -> None:
    add(site, topics="[arts]")


def other_spelling(site: Path) -> None:
    add(site, topics="[World]")


def new_tag(site: Path) -> None:
    add(site, tags="[bridges]")


def other_tag_spelling(site: Path) -> None:
    add(site, tags="[eu]")


def new_source(site: Path) -> None:
    add(site, source="{name: The Echo}")


def new_year(site: Path) -> None:
    add(site, "2024-06-01")


def pinned(site: Path) -> None:
    add(site, related="[story-3]")


def moved(site: Path) -> None:
    add(site, aliases="[/old/]")


def elsewhere(site: Path) -> None:
    add(site, canonical="https://far.example/")


def part_of_a_page(site: Path) -> None:
    add(site, text="A [link](/about/#top).")


def dead_link(site: Path) -> None:
    add(site, text="A [link](/nowhere/).")


def odd_date(site: Path) -> None:
    add(site, updated="2025-05-01")


def retagged(site: Path) -> None:
    told_again(site, "tags: [EU]", "tags: [UN]")


def dated_otherwise(site: Path) -> None:
    told_again(site, "date: 2025-05-12", "date: 2025-05-12 10:00")


def new_heading(site: Path) -> None:
    edit(site, 12, f"{body(12)}\n\n## A heading")


def item_gone(site: Path) -> None:
    edition(site, "2025-05-09", "Other")


def item_retopiced(site: Path) -> None:
    sites.write(site, {"content/summaries/2025-05-09.yaml": f"date: 2025-05-09\n{items('Far', lang='de')}"})


def item_url(site: Path) -> None:
    lone(site, "old", "2025-05-08", url="https://far.example/new")


def edition_dated(site: Path) -> None:
    sites.write(site, {"content/summaries/2025-05-09.yaml": f"date: 2025-05-07\n{items('Far')}"})


def edition_draft(site: Path) -> None:
    edition(site, more="draft: true\n")


def lone_dated(site: Path) -> None:
    lone(site, "old", "2025-05-07")


def lone_draft(site: Path) -> None:
    lone(site, "new", "2025-05-08", draft="true")


def story_told(site: Path) -> None:
    lone(site, "again", "2025-05-10", url="https://far.example/Far#part")


def first_lone_topic(site: Path) -> None:
    lone(site, "new", "2025-05-10", topics="[arts]")


def removed(site: Path) -> None:
    (site / "content/articles/2025-05-03-story-3.md").unlink()


def renamed(site: Path) -> None:
    file = site / "content/articles/2025-05-03-story-3.md"
    file.rename(file.with_name("2025-05-03-story-three.md"))


def standalone_page(site: Path) -> None:
    sites.write(site, {"content/pages/imprint.md": "---\ntitle: Imprint\n---\n\nUs.\n"})


LONG = [
    draft, withheld, new_topic, other_spelling, new_tag, other_tag_spelling, new_source, new_year, pinned,
    moved, elsewhere, part_of_a_page, dead_link, odd_date, retagged, dated_otherwise, new_heading, removed, renamed,
    standalone_page, item_gone, item_retopiced, item_url, edition_dated, edition_draft, lone_dated, lone_draft,
    story_told, first_lone_topic,
]  # fmt: skip


@pytest.mark.parametrize("change", LONG)
def test_what_may_change_more_is_planned_as_a_whole(site: Path, change: Callable[[Path], None]) -> None:
    sites.write(site, {"content/site.yaml": f"{SETTINGS}problems: {{dead-link: warning, odd-date: warning}}\n"})
    sites.built(site)
    change(site)
    told, _ = phases(site)
    assert "Planning" in told
    assert agrees(site)


def refused(site: Path) -> list[str]:
    """The codes of the problems of a build that must fail, as a clean one does."""
    codes = sites.codes(sites.run(site))
    assert codes
    assert codes == sites.codes(sites.run(site, use_cache=False, output=site / "clean"))
    return codes


def test_nothing_of_others_is_taken(site: Path) -> None:
    add(site, slug="story-3")
    assert refused(site) == ["same-address"]
    add(site, permalink="/about/")
    assert refused(site) == ["same-address"]
    add(site, permalink="/2025/05/story-3/index.html/")
    assert refused(site) == ["same-address"]
    add(site, permalink="/tags/eu/page/1/")
    assert refused(site) == ["same-address"]
    add(site, id="tag:a.example,2025:three")
    told_again(site, "tags:", "id: 'tag:a.example,2025:three'\ntags:", day=3)
    assert refused(site) == ["same-id"]


@pytest.mark.parametrize("name", ["articles", "static"])
def test_a_list_takes_nothing_when_it_grows(site: Path, name: str) -> None:
    own = {
        "articles": {"content/articles/one.md": article("One", "2025-05-04", permalink="/topics/sport/page/1/")},
        "static": {"content/static/topics/sport/page/1/index.html": "mine"},
    }
    sites.write(site, dict(own[name]))
    sites.built(site)
    for number in range(3):
        add(site, topics="[sport]")
        (site / NEW).rename(site / f"content/articles/more-{number}.md")
        assert sites.run(site).published is not None
    add(site, topics="[sport]")
    assert refused(site) == ["same-address"]


def test_nothing_of_a_draft_is_taken(site: Path) -> None:
    hidden = article("Hidden", "2025-05-04", draft="true", id="tag:a.example,2025:one", slug="hidden")
    sites.write(site, {"content/articles/hidden.md": hidden})
    sites.built(site)
    add(site, id="tag:a.example,2025:one")
    assert refused(site) == ["same-id"]
    add(site, permalink="/2025/05/hidden/")
    assert refused(site) == ["same-address"]


def test_two_leads_of_one_moment_are_told(site: Path) -> None:
    told_again(site, "tags:", "lead: true\ntags:")
    sites.built(site)
    add(site, "2025-05-12", lead="true")
    assert "several-leads" in sites.codes(sites.run(site))


def test_a_slug_that_an_author_named_goes_to_the_newest(site: Path) -> None:
    told_again(site, "tags:", "related: [story-3]\ntags:")
    sites.built(site)
    add(site, slug="story-3", permalink="/another/")
    told, _ = phases(site)
    assert "Planning" in told
    assert agrees(site)


def test_a_link_that_led_nowhere_may_lead_to_the_new_article(site: Path) -> None:
    sites.write(site, {"content/site.yaml": f"{SETTINGS}problems: {{dead-link: warning}}\n"})
    edit(site, 3, f"{body(3)} [Soon](/2025/05/news/).")
    _, report = phases(site)
    assert [one.code for one in report.problems] == ["dead-link"]
    add(site)
    _, report = phases(site)
    assert report.problems == ()
    assert agrees(site)


def test_a_warning_about_one_article_is_told_again_when_another_comes(site: Path) -> None:
    told_again(site, "tags:", "image: {src: 'https://far.example/a.jpg'}\ntags:", day=3)
    sites.write(site, {"content/site.yaml": f"{SETTINGS}problems: {{missing-alt: warning}}\n"})
    _, first = phases(site)
    add(site)
    told, again = phases(site)
    assert "Planning" not in told
    assert [one.code for one in first.problems] == ["missing-alt"]
    assert again.problems == first.problems


def test_a_foreign_file_in_the_place_of_the_new_page_stays(site: Path) -> None:
    sites.write(site, {"output/2025/05/news/index.html": "mine"})
    add(site)
    assert sites.codes(sites.run(site)) == ["foreign-file"]
    assert (site / "output/2025/05/news/index.html").read_text(encoding="utf-8") == "mine"


def test_the_fullest_topics_make_the_navigation(tmp_path: Path) -> None:
    paper(tmp_path, "  \n").joinpath("content/site.yaml").write_text(
        SETTINGS.replace("trails: 2", "modules: 1, trails: 2"), encoding="utf-8"
    )
    sites.built(tmp_path)
    for number, topic in enumerate(["sport", "sport", "world", "world", "world"]):
        name = f"content/articles/more-{number}.md"
        sites.write(tmp_path, {name: article(f"More {number}", f"2025-05-{14 + number}", f"[{topic}]", body(number))})
        phases(tmp_path)
        assert agrees(tmp_path)


def test_a_sitemap_in_parts(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.sitemaps.LIMIT", 11)
    edit(site, 3, body(4))
    phases(site)
    sites.write(site, {"content/site.yaml": f"{SETTINGS}description: All of it.\n"})
    assert "sitemap-3.xml" in sites.built(site)
    for number in range(12):
        name = f"content/articles/more-{number}.md"
        sites.write(site, {name: article(f"More {number}", f"2025-05-{14 + number}", "[sport]", body(number))})
        told, _ = phases(site)
        assert "Planning" not in told
    assert agrees(site)
    assert "sitemap-4.xml" in sites.tree(site / "output")


def test_a_lost_sitemap_is_made_anew(site: Path) -> None:
    import sqlite3

    with sqlite3.connect(site / ".digest/cache.sqlite") as cache:
        cache.execute("update page_values set value = x'00' where path = 'sitemap.xml'")
    add(site)
    told, _ = phases(site)
    assert "Planning" in told
    assert agrees(site)


DAYS = st.integers(1, 14)
PLAIN = st.fixed_dictionaries(
    {"topics": st.sampled_from(["[world]", "[sport]", "[sport, world]"])},
    optional={"lead": st.just("true"), "summary": st.sampled_from(["One.", "Two."]), "updated": st.just("2025-05-14")},
)
ODD = st.fixed_dictionaries(
    {"topics": st.sampled_from(["[world]", "[arts]"])},
    optional={
        "tags": st.sampled_from(["[EU]", "[eu, UN]"]), "draft": st.just("true"), "updated": st.just("2025-05-02"),
        "related": st.sampled_from(["[story-3]", "[story-12]"]), "source": st.just("{name: The Echo}"),
        "slug": st.sampled_from(["story-20", "other"]), "expires": st.just("2025-05-14"),
    },
)  # fmt: skip
ITEMS = st.lists(st.sampled_from(WORDS), max_size=3, unique=True)
PLAIN_STEPS: st.SearchStrategy[tuple[object, ...]] = st.one_of(
    st.tuples(st.just("write"), st.integers(13, 16), st.integers(1, 12), PLAIN, st.integers(1, 12)),
    st.tuples(st.just("headline"), DAYS, st.sampled_from(WORDS)),
    st.tuples(st.just("text"), st.integers(1, 12), st.integers(1, 12)),
    st.tuples(st.just("edition"), st.integers(8, 12), ITEMS, st.sampled_from(["", "title: Named\n", "intro: Said.\n"])),
    st.tuples(st.just("lone"), st.integers(1, 4), st.integers(8, 12), st.sampled_from(WORDS), st.just({})),
)
ODD_STEPS: st.SearchStrategy[tuple[object, ...]] = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 16), DAYS, ODD, st.integers(1, 12)),
    st.tuples(st.just("time"), st.sampled_from([9, 12, 13, 15, 16])),
    st.tuples(st.just("edition"), st.integers(8, 15), ITEMS, st.sampled_from(["", "draft: true\n"])),
    st.tuples(st.just("lone"), st.integers(1, 4), st.integers(8, 15), st.sampled_from(WORDS),
              st.sampled_from([{"draft": "true"}, {"expires": "2025-05-14"}, {"topics": "[sport]"}])),
)  # fmt: skip
STEPS: st.SearchStrategy[tuple[object, ...]] = st.one_of(PLAIN_STEPS, PLAIN_STEPS, PLAIN_STEPS, ODD_STEPS)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.lists(STEPS, min_size=1, max_size=2), min_size=3, max_size=5))
def test_any_articles_at_any_time_give_what_a_clean_build_gives(rounds: list[list[tuple[object, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as room:
        warn = "problems: {odd-date: warning, hidden-related: warning, several-leads: warning}\n"
        site, as_of = paper(Path(room), warn), datetime(2025, 5, 12, 13, tzinfo=UTC)
        phases(site, as_of)
        for steps in rounds:
            for step in steps:
                if step[0] == "time":
                    as_of = datetime(2025, 5, int(str(step[1])), 13, tzinfo=UTC)
                else:
                    take(site, step)
            if sites.run(site, as_of=as_of).published is None:
                assert sites.run(site, as_of=as_of, use_cache=False, output=site / "clean").published is None
            else:
                assert agrees(site, as_of)


def take(site: Path, step: tuple[object, ...]) -> None:
    """One edit of an article, which may be new."""
    kind, number, *values = step
    file = site / f"content/articles/2025-05-{number:02}-story-{number}.md"
    if kind == "write":
        day, front, text = values
        assert isinstance(front, dict)
        assert isinstance(text, int)
        fields = {"topics": "[world]", "tags": "[EU]", **front}
        topics = fields.pop("topics")
        sites.write(site, {f"content/articles/2025-05-{number:02}-story-{number}.md":
                           article(f"Story {number}", f"2025-05-{day:02}", topics, body(text), **fields)})  # fmt: skip
    elif kind == "edition":
        titles, more = values
        assert isinstance(titles, list)
        listed = [f"{one}-{number}" for one in titles]
        edition(site, f"2025-05-{number:02}", " ".join([*listed, f"Far-{number}"]), str(more))
    elif kind == "lone":
        day, title, more = values
        assert isinstance(more, dict)
        lone(site, f"lone-{number}", f"2025-05-{day:02}", str(title), **more)
    elif kind == "headline" and file.exists():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join([lines[0], f'title: "{values[0]} {number}"\n', *lines[2:]]), encoding="utf-8")
    elif kind == "text" and file.exists():
        edit(site, int(str(number)), body(int(str(values[0]))))
