"""The default theme: every template renders, says what it should in sound HTML and XML, and keeps its budgets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from jinja2 import Environment, nodes
from lxml import etree
from msgspec.structs import replace

from digest.metadata import json_for_html
from digest.models import Link, Notice, Prose
from digest.pages import (
    ArticlePage,
    Chrome,
    DatedText,
    EditionPage,
    ErrorPage,
    FeedEntry,
    FeedLink,
    FeedPage,
    FeedsPage,
    FrontPage,
    Head,
    IndexGroup,
    IndexPage,
    IndexRow,
    Item,
    ItemSection,
    ListPage,
    Module,
    NewsAddress,
    NewsSitemapPage,
    PageValue,
    Pagination,
    Picture,
    RedirectPage,
    RobotsPage,
    SitemapAddress,
    SitemapPage,
    TextPage,
    Trail,
)
from digest.render import environment
from digest.settings import DEFAULT_WORDING

THEME = Path(__file__).parents[1] / "templates"
TEMPLATES = {path.relative_to(THEME).as_posix(): path.read_text("utf-8") for path in sorted(THEME.rglob("*.*"))}
STYLE = TEMPLATES.pop("assets/style.css")
SCRIPT = TEMPLATES.pop("assets/script.js")
TEMPLATES.pop("assets/favicon.svg")

CSS_BUDGET, SCRIPT_BUDGET, ARTICLE_BUDGET = 12_000, 1_000, 6_000
"""Bytes: of the style sheet, of the script, of an article page besides its body."""

# --- Values such as a real site has ------------------------------------------------------------------------

WHEN = datetime(2025, 5, 11, 9, 30, tzinfo=UTC)
BODY = '<p>The leaders of four countries met on Saturday.</p>\n<h2 id="s-next">What is next</h2>\n<p>Talks.</p>'
WORLD = Link("World", "/paper/topics/world/")
FEED = FeedLink("The Courier", "/paper/feed.xml")
TOPICS = "World Politics Business Technology Science Health Sport Culture".split()

SITE = Chrome(
    title="The Courier",
    description="The week’s news on one sheet of paper.",
    language="en-GB",
    direction="ltr",
    timezone="Europe/London",
    url="https://courier.example/paper",
    base="/paper",
    home="/paper/",
    year="2025",
    topics=tuple(Link(name, f"/paper/topics/{name.lower()}/") for name in TOPICS),
    pages=(Link("About", "/paper/about/"), Link("Cookies", "/paper/cookies/")),
    sections=tuple(Link(name, f"/paper/{name.lower()}/") for name in ("Topics", "Editions", "Archive", "Sources")),
    feeds=(FEED, FeedLink("The Courier: Editions", "/paper/editions/feed.xml")),
    notice=Notice(
        Prose("This website sets no cookies. If you accept, your browser keeps one note of it.", ""),
        accept="Accept",
        more="Read more",
        url="/paper/cookies/",
    ),
    wording=dict(DEFAULT_WORDING),
)
HEADLINE = "Putin proposes direct talks with Ukraine in Istanbul"
STANDFIRST = (
    "The Russian president offers negotiations on Thursday “without any preconditions”, but gives no direct answer "
    "to a call for a 30-day ceasefire from Monday."
)
HEAD = Head(
    title=(HEADLINE, "World"),
    description=STANDFIRST,
    canonical="https://courier.example/paper/2025/05/putin-proposes-direct-talks-in-istanbul/",
    type="article",
    published=WHEN,
    modified=WHEN,
    section="World",
    feeds=SITE.feeds,
    jsonld=json_for_html(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": HEADLINE,
            "url": "https://courier.example/paper/2025/05/putin-proposes-direct-talks-in-istanbul/",
            "mainEntityOfPage": "https://courier.example/paper/2025/05/putin-proposes-direct-talks-in-istanbul/",
            "datePublished": "2025-05-11T09:30:00+00:00",
            "dateModified": "2025-05-11T09:30:00+00:00",
            "inLanguage": "en-GB",
            "publisher": {"@type": "Organization", "name": "The Courier", "url": "https://courier.example/paper/"},
            "author": [{"@type": "Person", "name": "World desk"}],
            "description": STANDFIRST,
            "articleSection": "World",
            "keywords": ["Russia", "Ukraine", "diplomacy"],
        }
    ),
)
HERE = Trail(
    title="Ukraine attacks Russian airbases with drones ahead of talks in Istanbul",
    url="/paper/2025/06/ukraine-attacks-russian-airbases/",
    permalink="/paper/2025/06/ukraine-attacks-russian-airbases/",
    date=WHEN,
    kicker=WORLD,
    summary="The operation was carried out on the eve of a second round of talks.",
)
ELSEWHERE = Trail(
    title="Bank of England cuts its rate",
    url="https://bank.example/",
    permalink="/paper/editions/2/#bank-of-england-cuts-its-rate",
    date=WHEN,
    kicker=Link("Business", "/paper/topics/business/"),
    source="Bank of England",
    summary="The rate is now 4.25%.",
    external=True,
)
ARABIC = replace(ELSEWHERE, title="خفض سعر الفائدة", summary="السعر الآن", lang="ar", dir="rtl")
DRAFT = replace(HERE, badge="draft", reasons="Both are on Ukraine, Istanbul")
PICTURE = Picture("/paper/media/hall.jpg", "A hall", "The hall of the <em>talks</em>.", "Photo desk")
STORY = Item(
    title="Python 3.14 reaches its first beta",
    url="https://python.example/",
    anchor="python-3-14-reaches-its-first-beta",
    date=WHEN,
    kicker=Link("Technology", "/paper/topics/technology/"),
    html="No features are added from now on.",
    sources=(Link("Python", "https://python.example/"), Link("The desk", "")),
    authors=("Ada",),
    tags=(Link("software", "/paper/tags/software/"),),
    via=Link("A reader", "https://reader.example/"),
    discussion="https://forum.example/",
)
ENTRY = FeedEntry(
    id="tag:courier.example,2025:putin",
    title="Talks <b>& terms</b>",
    url="https://courier.example/paper/talks/",
    permalink="https://courier.example/paper/talks/",
    date=WHEN,
    updated=WHEN,
    authors=("World desk",),
    categories=("World",),
    source=Link("Agency", "https://agency.example/"),
    summary="In brief.",
    body="putin",
    lang="fr",
)
ARTICLE = ArticlePage(
    head=HEAD,
    title=HEADLINE,
    url="/paper/2025/05/putin-proposes-direct-talks-in-istanbul/",
    date=WHEN,
    topics=(WORLD,),
    tags=(Link("Russia", "/paper/tags/russia/"), Link("Ukraine", "/paper/tags/ukraine/")),
    standfirst=STANDFIRST,
    authors=("World desk",),
    body="putin",
    related=(HERE,) * 5,
)
FULL_ARTICLE = replace(
    ARTICLE,
    updated=WHEN,
    sources=STORY.sources,
    image=PICTURE,
    corrections=(DatedText(WHEN, "<p>The date was wrong.</p>"),),
    related=(HERE, ELSEWHERE, ARABIC, DRAFT),
    lang="ar",
    dir="rtl",
    badge="withheld",
)
FRONT = FrontPage(
    head=Head(),
    lead=HERE,
    picture=PICTURE,
    trails=(ELSEWHERE, ARABIC, DRAFT),
    modules=(Module("World", WORLD.url, (HERE, ELSEWHERE)), Module("Sport", "/paper/topics/sport/", (DRAFT,))),
    edition=Module("A pope and a chancellor", "/paper/editions/2/", (ELSEWHERE,)),
)
LIST = ListPage(
    head=Head(("World, page 2",)),
    title="World",
    kicker=Link("Topics", "/paper/topics/"),
    description="What crosses borders.",
    trails=(HERE, ELSEWHERE, ARABIC, DRAFT),
    pagination=Pagination(2, "/paper/topics/world/", "/paper/topics/world/1/"),
    feed=FEED,
)
EDITION = EditionPage(
    head=Head(("A pope and a chancellor", "Editions")),
    title="A pope and a chancellor",
    date=WHEN,
    number="2",
    intro="Rome needed <em>two</em> days.",
    sections=(
        ItemSection("For programmers", (STORY,)),
        ItemSection("", (replace(STORY, anchor="second", lang="ar", dir="rtl", badge="draft"),)),
    ),
    newer=Link("Newer edition", "/paper/editions/3/"),
    older=Link("Older edition", "/paper/editions/1/"),
)
INDEX = IndexPage(
    head=Head(("Archive",)),
    title="Archive",
    groups=(
        IndexGroup("2025", (IndexRow("May 2025", "/paper/archive/2025/05/", 12),)),
        IndexGroup("", (IndexRow("World", WORLD.url, 0, "What crosses borders."),)),
    ),
)
TEXT = TextPage(head=Head(("About",)), title="About", standfirst="Who we are.", body="putin", badge="draft")
RSS = FeedPage(
    "The Courier", f"{SITE.url}/", f"{SITE.url}/feed.xml", "News & more", "en-GB", WHEN,
    (ENTRY, replace(ENTRY, body="", html="In <em>brief</em>.", source=None, lang="", authors=(), summary="")),
)  # fmt: skip
MAP = SitemapPage(
    (SitemapAddress("https://courier.example/paper/?a&b", WHEN), SitemapAddress("https://courier.example/"))
)
NEWS = NewsSitemapPage((NewsAddress("https://courier.example/paper/a/", "Talks <b>& terms</b>", "en", WHEN),))

PAGES: dict[str, PageValue] = {
    "article.html": ARTICLE,
    "front.html": FRONT,
    "list.html": LIST,
    "index.html": INDEX,
    "edition.html": EDITION,
    "page.html": TEXT,
    "404.html": ErrorPage(Head(("Page not found",), noindex=True)),
    "redirect.html": RedirectPage("/paper/new/?a&b", "https://courier.example/paper/new/?a&b"),
    "feed.xml": RSS,
    "atom.xml": RSS,
    "feed.json": RSS,
    "feeds.opml": FeedsPage(SITE.feeds),
    "sitemap.xml": MAP,
    "sitemap-index.xml": MAP,
    "news-sitemap.xml": NEWS,
    "robots.txt": RobotsPage(("https://courier.example/paper/sitemap.xml",)),
}
MORE: dict[str, tuple[str, PageValue]] = {
    "article in full": ("article.html", FULL_ARTICLE),
    "article, bare": ("article.html", ArticlePage(Head(), "Bare", "/bare/", WHEN)),
    "front, no picture": ("front.html", replace(FRONT, picture=None)),
    "front of an empty site": ("front.html", FrontPage(Head())),
    "list head": ("list.html", ListPage(Head(), "Tag", Link("Tag", ""), trails=(HERE,))),
    "edition without a title": ("edition.html", EditionPage(Head(), "Edition 7", WHEN, number="7")),
    "page in Arabic": ("page.html", replace(TEXT, lang="ar", dir="rtl", standfirst="")),
    "feed of an empty site": ("feed.xml", FeedPage("T", "https://a.example/", "https://a.example/f", "D", "en")),
}
HTML = {name: (name, value) for name, value in PAGES.items() if name.endswith(".html")} | {
    name: case for name, case in MORE.items() if case[0].endswith(".html")
}
FRAMED = {name: case for name, case in HTML.items() if case[0] != "redirect.html"}


@cache
def theme() -> Environment:
    return environment([THEME], SITE, lambda key: BODY if key == "putin" else "")


def printed(name: str, value: PageValue, site: Chrome = SITE) -> str:
    return theme().get_template(name).render(page=value, site=site)


def parsed(text: str) -> etree._Element:
    """A page as a browser reads it; html5lib refuses what is not well formed."""
    tree = html5lib.HTMLParser(html5lib.getTreeBuilder("lxml"), strict=True, namespaceHTMLElements=False).parse(text)
    root: etree._Element = tree.getroot()
    return root


def words(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def found(text: str, path: str) -> list[etree._Element]:
    matches = parsed(text).xpath(path)
    assert isinstance(matches, list)
    return [one for one in matches if isinstance(one, etree._Element)]


# --- Every template ------------------------------------------------------------------------------------------


def test_every_template_has_a_case_here() -> None:
    assert {name for name in TEMPLATES if "/" not in name} - {"base.html"} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_renders_with_values_of_a_real_site(name: str) -> None:
    assert printed(name, PAGES[name]).strip()


@pytest.mark.parametrize("name", [*(one for one in PAGES if one.endswith((".xml", ".opml"))), "feed of an empty site"])
def test_xml_is_well_formed(name: str) -> None:
    template, value = MORE[name] if name in MORE else (name, PAGES[name])
    text = printed(template, value)
    assert text.startswith("<?xml")
    etree.fromstring(text.encode())


@pytest.mark.parametrize(("template", "value"), HTML.values(), ids=HTML)
def test_html_is_sound(template: str, value: PageValue) -> None:
    page = parsed(printed(template, value))
    assert len(page.findall(".//h1")) == 1
    assert words(page.find(".//h1"))  # type: ignore[arg-type]
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert page.get("lang") == "en-GB"
    levels = [int(str(one.tag)[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize(("template", "value"), FRAMED.values(), ids=FRAMED)
def test_landmarks_and_the_way_to_them(template: str, value: PageValue) -> None:
    text = printed(template, value)
    page = parsed(text)
    body = page.find("body")
    assert body is not None
    assert [one.tag for one in body] == ["a", "header", "main", "aside", "footer"]
    skip = body[0]
    assert skip.get("href") == f"#{body[2].get('id')}"
    names = [one.get("aria-label") for one in page.iter("nav", "aside")]
    assert all(names), "each nav and aside has a name"
    assert len(names) == len(set(names)), "and no other has the same"


@pytest.mark.parametrize(("template", "value"), HTML.values(), ids=HTML)
def test_nothing_inline_for_the_content_security_policy(template: str, value: PageValue) -> None:
    for element in parsed(printed(template, value)).iter():
        assert element.tag != "style"
        assert not [name for name in element.attrib if str(name).startswith("on") or name == "style"]
        if element.tag == "script":
            assert element.get("src") == "/paper/assets/script.js" or element.get("type") == "application/ld+json"


@pytest.mark.parametrize(("template", "value"), HTML.values(), ids=HTML)
def test_nothing_is_asked_of_another_host(template: str, value: PageValue) -> None:
    page = parsed(printed(template, value))
    fetched = [one.get("src") or "" for one in page.iter("img", "script") if one.get("type") != "application/ld+json"]
    fetched += [one.get("href") or "" for one in page.iter("link") if one.get("rel") not in {"canonical", "alternate"}]
    assert all(one.startswith("/paper/") for one in fetched)


def test_hostile_words_stay_words() -> None:
    hostile = "</title></main><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    harmless = printed("article.html", FULL_ARTICLE)
    text = printed(
        "article.html",
        replace(
            FULL_ARTICLE,
            title=hostile,
            head=replace(HEAD, title=(hostile, hostile), description=hostile, section=hostile, image_alt=hostile),
            authors=(hostile,),
            topics=(Link(hostile, "/a"),),
            tags=(Link(hostile, "/a"), Link(hostile, "/b")),
            image=replace(PICTURE, alt=hostile, credit=hostile),
            related=tuple(replace(one, title=hostile, source=one.source and hostile) for one in FULL_ARTICLE.related),
        ),
    )
    shape = [one.tag for one in parsed(harmless).find("body").iter()]  # type: ignore[union-attr]
    assert [one.tag for one in parsed(text).find("body").iter()] == shape  # type: ignore[union-attr]
    assert found(text, "//title")[0].text == f"{hostile} | {hostile} | The Courier"


# --- What single pages say -----------------------------------------------------------------------------------


def test_article_says_all_of_it() -> None:
    text = printed("article.html", FULL_ARTICLE)
    assert words(found(text, "//title")[0]) == f"{HEADLINE} | World | The Courier"
    assert words(found(text, "//header//p[@class='name']")[0]) == "The Courier"
    assert words(found(text, "//main//p[@class='kicker']")[0]) == "World"
    assert words(found(text, "//main//*[@class='meta']")[0]) == (
        "By World desk 11 May 2025, 09:30 Updated 11 May 2025, 09:30 Sources: Python, The desk"
    )
    assert words(found(text, "//figure/figcaption")[0]) == "The hall of the talks. Photo desk"
    assert (
        words(found(text, "//section[@class='corrections']")[0]) == "Corrections 11 May 2025, 09:30 The date was wrong."
    )
    related = found(text, "//section[@class='related']//h2 | //section[@class='related']//h3/a")
    assert [words(one) for one in related] == [
        "Related posts", HERE.title, ELSEWHERE.title, ARABIC.title, DRAFT.title,
    ]  # fmt: skip
    assert [words(one) for one in found(text, "//p[@class='badge']")] == ["Withheld", "Draft"]
    assert words(found(text, "//p[@class='reasons']")[0]) == DRAFT.reasons
    assert [one.get("aria-current") for one in found(text, "//header//li/a")][:2] == ["true", None]


def test_article_tells_machines_the_same() -> None:
    text = printed(
        "article.html", replace(ARTICLE, head=replace(HEAD, image="https://courier.example/a.jpg", image_alt="A"))
    )
    meta = {one.get("property") or one.get("name"): one.get("content") for one in found(text, "//meta")}
    assert meta["og:title"] == HEADLINE
    assert meta["og:description"] == HEAD.description
    assert meta["article:published_time"] == "2025-05-11T09:30:00+00:00"
    assert meta["og:image"] == "https://courier.example/a.jpg"
    assert found(text, "//meta[@name='description']")[0].get("content") == HEAD.description
    assert found(text, "//link[@rel='canonical']")[0].get("href") == HEAD.canonical
    assert [one.get("href") for one in found(text, "//link[@rel='alternate']")] == [one.url for one in SITE.feeds]
    data = found(text, "//script[@type='application/ld+json']")[0].text
    assert json.loads(data or "")["headline"] == HEADLINE


def test_only_pages_that_ask_for_it_are_kept_from_search_engines() -> None:
    closed = [name for name, (template, value) in HTML.items() if 'content="noindex"' in printed(template, value)]
    assert closed == ["404.html", "redirect.html"]


def test_text_in_another_language_says_so() -> None:
    trail = found(printed("front.html", FRONT), "//*[@lang='ar'][@dir='rtl']")
    assert [words(one) for one in trail] == [ARABIC.title, ARABIC.summary]
    marked = found(printed("article.html", FULL_ARTICLE), "//main//*[@lang='ar']")
    assert {"h1", "figure", "div", "a"} <= {one.tag for one in marked}


def test_headline_of_a_summary_leads_out_and_its_date_to_its_place_here() -> None:
    text = printed("list.html", replace(LIST, trails=(ELSEWHERE,)))
    links = found(text, "//div[@class='trails']//a")
    assert [one.get("href") for one in links] == [ELSEWHERE.url, ELSEWHERE.permalink]
    assert found(text, "//div[@class='trails']//span[@role='img']")[0].get("aria-label") == "On another site"


def test_list_shows_its_page_and_neighbours() -> None:
    text = printed("list.html", LIST)
    assert words(found(text, "//nav[@class='pagination']")[0]) == "Newer Page 2 Older"
    assert "pagination" not in printed("list.html", replace(LIST, pagination=Pagination()))
    assert [words(one) for one in found(text, "//div[@class='trails']//p[@class='kicker']")] == ["Business", "Business"]


def test_edition_names_its_number_date_and_sections() -> None:
    text = printed("edition.html", EDITION)
    assert words(found(text, "//main/header/p[@class='kicker']")[0]) == "Edition 2 · 11 May 2025"
    assert words(found(text, "//section[@class='numbered']/h2")[0]) == "For programmers"
    story = found(text, f"//article[@id='{STORY.anchor}']")[0]
    assert story.find("h3/a").get("href") == STORY.url  # type: ignore[union-attr]
    assert words(story).endswith("Python, The desk Ada 11 May 2025 via A reader Discussion Technology, software")
    assert words(found(printed(*MORE["edition without a title"]), "//main/header")[0]) == "11 May 2025 Edition 7"


def test_front_has_one_lead_and_no_empty_rooms() -> None:
    text = printed("front.html", FRONT)
    assert words(found(text, "//h1")[0]) == "The Courier"
    assert [words(one) for one in found(text, "//h2")] == [
        HERE.title, "Latest", "A pope and a chancellor", "World", "Sport",
    ]  # fmt: skip
    empty = printed(*MORE["front of an empty site"])
    assert not found(empty, "//main//*[not(*)][not(text())][not(self::div)]")


def test_notice_blocks_nothing_and_needs_no_script() -> None:
    text = printed("article.html", ARTICLE)
    notice = found(text, "//body/aside")[0]
    assert words(notice).startswith("This website sets no cookies.")
    assert notice.find("a").get("href") == "/paper/cookies/"  # type: ignore[union-attr]
    assert "hidden" in notice.find("button").attrib  # type: ignore[union-attr]
    without = printed("article.html", ARTICLE, replace(SITE, notice=None))
    assert "script.js" not in without
    assert "<aside" not in without


def test_redirect_leads_on_without_a_script() -> None:
    text = printed("redirect.html", PAGES["redirect.html"])
    assert found(text, "//meta[@http-equiv]")[0].get("content") == "0; url=/paper/new/?a&b"
    assert found(text, "//link[@rel='canonical']")[0].get("href") == "https://courier.example/paper/new/?a&b"
    assert found(text, "//main//a")[0].get("href") == "/paper/new/?a&b"


def test_feed_holds_text_as_text_and_html_as_text() -> None:
    feed = etree.fromstring(printed("feed.xml", RSS).encode())
    first = feed.find("channel/item")
    assert first is not None
    assert first.findtext("title") == "Talks <b>& terms</b>"
    assert first.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == BODY
    assert first.findtext("guid") == ENTRY.id
    assert first.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]
    assert first.findtext("pubDate") == "Sun, 11 May 2025 09:30:00 +0000"
    assert feed.find("channel/{http://www.w3.org/2005/Atom}link").get("href") == RSS.self_url  # type: ignore[union-attr]


# --- Budgets and the style sheet -----------------------------------------------------------------------------


def test_budgets() -> None:
    assert len(STYLE.encode()) <= CSS_BUDGET
    assert len(SCRIPT.encode()) <= SCRIPT_BUDGET
    assert len(printed("article.html", ARTICLE).encode()) - len(BODY.encode()) <= ARTICLE_BUDGET


def test_style_sheet_keeps_its_layers() -> None:
    order = re.search(r"^@layer ([a-z, ]+);", STYLE, re.MULTILINE)
    assert order is not None
    assert re.findall(r"^@layer ([a-z]+) \{", STYLE, re.MULTILINE) == order[1].split(", ")
    rules = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL)
    outside = re.sub(r"^@layer \w+ \{.*?^\}", "", rules, flags=re.DOTALL | re.MULTILINE)
    assert outside.replace(order[0], "").strip() == ""


def test_style_sheet_works_in_both_directions() -> None:
    physical = r"(?:margin|padding|border)-(?:left|right|top|bottom)|text-align: (?:left|right)|float: (?:left|right)"
    assert re.findall(physical, STYLE) == []


def test_style_sheet_asks_nothing_of_other_hosts() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "@font-face" not in STYLE


def palettes() -> Iterator[dict[str, tuple[float, float, float]]]:
    """The colours of each scheme: light, dark, print."""
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL):
        pairs = re.findall(r"--(\w+): (#[0-9a-f]{3,6})", block)
        yield {name: channels(value) for name, value in pairs}


def channels(colour: str) -> tuple[float, float, float]:
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", list(palettes()), ids=["light", "dark", "print"])
def test_contrast_of_text(colours: dict[str, tuple[float, float, float]]) -> None:
    paper = luminance(colours["paper"])
    for name in ("ink", "quiet", "accent"):
        bright, dim = sorted((paper, luminance(colours[name])), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 7, name
    assert {"--line", "--paper"}.isdisjoint(re.findall(r"(?<![-\w])color: var\((--\w+)\)", STYLE))


# --- The templates' source -----------------------------------------------------------------------------------


def test_no_template_calls_a_text_safe() -> None:
    faults = r"\|\s*safe\b|autoescape|<style|\sstyle=|\son[a-z]+=|javascript:"
    assert {name: re.findall(faults, text) for name, text in TEMPLATES.items() if re.search(faults, text)} == {}


def test_every_word_that_a_template_prints_can_be_replaced() -> None:
    named = {word for text in TEMPLATES.values() for word in re.findall(r"site\.wording\.(\w+)", text)}
    assert named <= set(DEFAULT_WORDING)


def macros() -> Iterator[tuple[str, nodes.Macro]]:
    for name, text in TEMPLATES.items():
        for macro in theme().parse(text).find_all(nodes.Macro):
            yield name, macro


@pytest.mark.parametrize(("name", "macro"), list(macros()), ids=lambda one: one if isinstance(one, str) else one.name)
def test_every_macro_says_what_it_takes(name: str, macro: nodes.Macro) -> None:
    comments = re.findall(r"\{#(.*?)#\}", TEMPLATES[name], re.DOTALL)
    about = [one for one in comments if re.search(rf"^\s*{macro.name}: ", one)]
    assert len(about) == 1
    for argument in macro.args:
        assert re.search(rf"^    {argument.name}  ", about[0], re.MULTILINE), argument.name
