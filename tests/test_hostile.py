"""Nothing that stands in content can hurt a reader: pages, feeds and metadata of a site full of hostile texts.

Pages and feeds are read back by parsers that share no code with the sanitiser (html5lib, lxml, feedparser), by the
Nu HTML checker, and in ``test_browser`` by a real browser.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import feedparser
import html5lib
import lxml.etree
import pytest

import payloads
import sites
from digest import sanitise, scalars, text
from digest.build import Report
from digest.codes import CODES
from digest.markup import prose, render
from digest.pages import Chrome, ErrorPage, FeedPage, Head, Page
from digest.render import environment
from digest.render import render as rendered
from digest.settings import Markdown
from payloads import Payload

SITE = "https://courier.example"

ELEMENTS = frozenset(
    """html head title meta link script body header main footer nav section article aside p a ul li h1 h2 h3 h4 h5 h6
    div span figure figcaption img small time button abbr b bdi bdo blockquote br caption cite code col colgroup dd del
    details dfn dl dt em hr i ins kbd mark ol pre q rp rt ruby s samp strong sub summary sup table tbody td tfoot th
    thead tr u var wbr""".split()
)
"""All that a page may be made of: no element that runs, loads, submits or is parsed in a way of its own."""

ATTRIBUTES = frozenset(
    """align alt aria-current aria-label cite class colspan content datetime dir height hidden href hreflang id lang
    loading name open property rel reversed role rowspan scope span src start tabindex title type value width""".split()
)
IN_A_HEAD = frozenset(
    {"charset", "content", "defer", "http-equiv", "name", "property", "rel", "sizes", "type", "media"}
)
ADDRESSES = frozenset({"cite", "href", "src"})
WEB = re.compile(r"(?:https?://[^/?#@\s]+(?:[/?#]|$)|mailto:|/(?!/)|#|$)")


# --- The site, built once ----------------------------------------------------------------------------------


ENGINES = ("markdown", "commonmark")


@pytest.fixture(scope="module")
def sites_of_engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A site with every payload that can be published, once for each Markdown engine."""
    made = {}
    for engine in ENGINES if find_spec("pyromark") else ENGINES[:1]:
        files: dict[str, str | bytes | None] = {**payloads.hostile_site()}
        files["content/site.yaml"] = payloads.site_yaml() + f"markdown: {{engine: {engine}}}\n"
        made[engine] = sites.write(tmp_path_factory.mktemp(engine), files)
        assert sites.run(made[engine], jobs=2).published is not None
    return made


@pytest.fixture(scope="module")
def hostile(sites_of_engines: dict[str, Path]) -> Path:
    """The site of the engine that most sites use."""
    return sites_of_engines["markdown"]


@pytest.fixture(scope="module")
def output(hostile: Path) -> dict[str, bytes]:
    """What it published, by path."""
    return sites.tree(hostile / "output")


@pytest.fixture(scope="module", params=ENGINES)
def each(request: pytest.FixtureRequest, sites_of_engines: dict[str, Path]) -> Path:
    """The site of each engine in its turn."""
    if request.param not in sites_of_engines:
        pytest.skip("the engine is not installed: pip install pyromark")
    return sites_of_engines[request.param]


@pytest.fixture(scope="module")
def outputs(each: Path) -> dict[str, bytes]:
    """What the site of each engine published."""
    return sites.tree(each / "output")


@lru_cache(maxsize=2048)
def parsed(page: bytes) -> Element:
    """A page as a browser reads it."""
    tree: Element = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return tree


def fragment(markup: str) -> Element:
    """The text of an entry in a feed as a feed reader's browser reads it."""
    return parsed(f"<!DOCTYPE html><title>x</title><body>{markup}".encode())


def pages(output: dict[str, bytes]) -> Iterator[tuple[str, Element]]:
    for path, data in output.items():
        if path.endswith(".html"):
            yield path, parsed(data)


def words(element: Element | None) -> str:
    """The text in an element, with single spaces."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def found(tree: Element, name: str, kind: str = "") -> list[Element]:
    """The elements ``name`` with the class ``kind``."""
    return [one for one in tree.iter(name) if not kind or kind in one.get("class", "").split()]


# --- Nothing active ----------------------------------------------------------------------------------------


def active(tree: Element, path: str) -> list[str]:
    """What in a parsed page runs, loads or sends something, or could."""
    faults = []
    for one in tree.iter():
        tag: object = one.tag  # a comment has a function in its place
        if not isinstance(tag, str):
            faults.append(f"{path}: a comment: {one.text}")
        elif one.tag not in ELEMENTS:
            faults.append(f"{path}: <{one.tag}>")
        elif one.tag == "script":
            faults += script_faults(one, path)
        else:
            faults += attribute_faults(one, path)
    return faults


def script_faults(script: Element, path: str) -> list[str]:
    """A page has two scripts at most: its metadata, which is data, and the theme's own file."""
    given = dict(script.attrib)
    if given == {"type": "application/ld+json"} and isinstance(json.loads(script.text or ""), dict):
        return []
    if given == {"src": "/assets/script.js", "defer": ""} and not script.text:
        return []
    return [f"{path}: a script: {given} {script.text}"]


def attribute_faults(one: Element, path: str) -> list[str]:
    faults = []
    allowed = IN_A_HEAD | ADDRESSES if one.tag in {"meta", "link"} else ATTRIBUTES
    for name, value in one.attrib.items():
        if name == "xml:lang" or (name not in allowed and not (one.tag == "link" and name == "title")):
            faults.append(f"{path}: <{one.tag} {name}={value!r}>")
        elif name in ADDRESSES and not WEB.match(value):
            faults.append(f"{path}: an address {value!r}")
        elif name == "http-equiv" and not re.fullmatch(r"0; url=/[^/].*", one.get("content", "")):
            faults.append(f"{path}: a refresh to {one.get('content')!r}")
    return faults


def test_there_are_more_than_150_cases() -> None:
    assert len({one for _, _, one in payloads.published_cases()}) > 150
    names = [one.name for one in (*payloads.BODIES, *payloads.LINES, *payloads.PROSE, *payloads.URLS)]
    assert len(names) == len(set(names))


def test_pages_hold_nothing_active(outputs: dict[str, bytes]) -> None:
    faults = [fault for path, tree in pages(outputs) for fault in active(tree, path)]
    assert not faults, "\n".join(faults[:50])


def test_pages_are_utf_8_without_characters_that_html_forbids(outputs: dict[str, bytes]) -> None:
    forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
    found = {path: hit[0] for path, data in outputs.items() if (hit := forbidden.search(text_of(path, data)))}
    assert not found


def text_of(path: str, data: bytes) -> str:
    return data.decode() if path.endswith((".html", ".xml", ".json", ".txt", ".opml")) else ""


def test_ids_of_bodies_are_prefixed_and_all_ids_are_unique(outputs: dict[str, bytes]) -> None:
    for path, tree in pages(outputs):
        ids = [value for one in tree.iter() if (value := one.get("id")) is not None]
        assert len(ids) == len(set(ids)), path
        for prose_ in found(tree, "div", "prose"):
            assert all(one.get("id", "s-").startswith("s-") for one in prose_.iter()), path
            assert not any(one.get("name") for one in prose_.iter()), path


def test_the_anchor_of_a_summary_is_no_id_of_the_page(tmp_path: Path) -> None:
    """An item's slug is its anchor on the page of its edition, and may be any word that an address can hold."""
    page = sites.run(sites.write(tmp_path / "bare", {"content/articles/a.md": sites.article("A")}))
    assert page.published is not None
    own = {one.get("id") for _, tree in pages(sites.tree(tmp_path / "bare/output")) for one in tree.iter()} - {None}
    assert own
    assert not [name for name in own if name is not None and is_a_slug(name)]


def is_a_slug(name: str) -> bool:
    """Whether an author may call an entry so."""
    try:
        return scalars.slug(name) == name
    except scalars.BadTextError:
        return False


CLASSES = {
    "a": re.compile("footnote-(?:back)?ref"),
    "code": re.compile(r"language-[A-Za-z0-9_+-]{1,32}"),
    "div": re.compile("footnote|footnote-definition|wide"),
    "sup": re.compile("footnote-reference|footnote-definition-label"),
}


def test_classes_of_bodies_are_those_that_markdown_makes(outputs: dict[str, bytes]) -> None:
    for path, tree in pages(outputs):
        for prose_ in found(tree, "div", "prose"):
            for one in list(prose_.iter())[1:]:
                for name in one.get("class", "").split():
                    assert one.tag in CLASSES, f"{path}: {one.tag} {name}"
                    assert CLASSES[one.tag].fullmatch(name), f"{path}: {one.tag} {name}"


# --- The tree around a body --------------------------------------------------------------------------------

FREE = {"prose", "standfirst"}
"""Classes of elements whose content is the author's."""


def shape(one: Element, *, free: bool = False) -> Any:
    """A page's tree without its texts: elements, classes, the names of attributes. What an author fills is left out."""
    kind = one.get("class", "")
    names = tuple(sorted(one.attrib))
    if free or FREE & set(kind.split()) or one.tag in {"figcaption", "script"}:
        return one.tag, kind, names
    inside = kind == "corrections"
    parts = [shape(part, free=inside and part.tag == "div") for part in one]
    return one.tag, kind, names, tuple(parts)


def page_of(output: dict[str, bytes], path: str) -> Element:
    """The page of the article or standalone page that was read from ``path``."""
    slug = text.slug(Path(path).stem)
    return parsed(output[f"2025/05/{slug}/index.html" if "/articles/" in path else f"{slug}/index.html"])


ARTICLES = [(path, one) for path, _, one in payloads.published_cases() if "/articles/" in path]
STANDALONE = [(path, one) for path, _, one in payloads.published_cases() if "/pages/" in path]


def test_a_page_has_the_same_tree_whatever_its_texts_hold(outputs: dict[str, bytes]) -> None:
    harmless = shape(parsed(outputs["2025/05/harmless-4/index.html"]))
    for path, one in ARTICLES:
        tree = page_of(outputs, path)
        topics = len(found(tree, "p", "tags")[0])
        assert pruned(shape(tree)) == pruned(harmless), one.name
        assert topics == (3 if one in payloads.LINES else 2), one.name


def pruned(tree: Any) -> Any:
    """A shape without the links in the line of tags, of which some articles have more, and without meta elements.

    A summary that holds nothing but end tags leaves no standfirst.
    """
    if len(tree) < 4:
        return tree
    inside = [pruned(part) for part in tree[3] if part[0] not in {"meta", "link"} and part[1] != "standfirst"]
    return (*tree[:3], () if tree[1] == "tags" else tuple(inside))


def test_a_standalone_page_has_the_same_tree_whatever_its_texts_hold(outputs: dict[str, bytes]) -> None:
    shapes = defaultdict(list)
    for path, _ in STANDALONE:
        tree = page_of(outputs, path)
        bare = [part for part in tree.iter() if "standfirst" in part.get("class", "")]
        shapes[repr((pruned(shape(tree)), len(bare)))].append(path)
    assert len(shapes) == 2, "with a summary and without one"


def test_the_chrome_has_the_same_tree_whatever_the_settings_hold(output: dict[str, bytes], tmp_path: Path) -> None:
    files = payloads.hostile_site()
    kept = {path: body for path, body in files.items() if "harmless" in path or "line-" in path}
    harmless = sites.built(sites.write(tmp_path, {**kept, "content/site.yaml": payloads.site_yaml(hostile=False)}))
    path = "2025/05/harmless-4/index.html"
    quiet, loud = parsed(harmless[path]), parsed(output[path])
    for name in ("header", "aside"):
        assert shape(found(loud, name)[0])[:3] == shape(found(quiet, name)[0])[:3]
    kinds = [[(part.tag, part.keys()) for part in found(tree, "aside")[0]] for tree in (loud, quiet)]
    assert kinds[0] == kinds[1]
    assert landmarks(loud) == landmarks(quiet)


def landmarks(tree: Element) -> list[tuple[str, str]]:
    names = {"header", "nav", "main", "article", "section", "aside", "footer", "h1", "h2"}
    return [(one.tag, one.get("class", "")) for one in tree.iter() if one.tag in names]


def test_every_page_has_one_of_each_landmark(outputs: dict[str, bytes]) -> None:
    for path, tree in pages(outputs):
        counts = {name: len(found(tree, name)) for name in ("h1", "main", "title", "body")}
        assert counts == {"h1": 1, "main": 1, "title": 1, "body": 1}, path
        assert len(found(tree, "footer", "colophon")) == ("http-equiv" not in outputs[path].decode()), path
        notes = [words(one) for one in found(tree, "aside")]
        assert len(notes) == ("http-equiv" not in outputs[path].decode()), path


# --- Text arrives as text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("one", payloads.LINES, ids=lambda one: one.name)
def test_a_text_arrives_as_text_wherever_an_article_shows_it(one: Payload, output: dict[str, bytes]) -> None:
    tree = page_of(output, f"content/articles/{one.name}.md")
    marked = f"{one.text} {one.name}"
    assert "".join(found(tree, "h1")[0].itertext()) == one.text
    assert "".join(found(tree, "title")[0].itertext()).startswith(f"{one.text} | ")
    metas = {meta.get("property", meta.get("name")): meta.get("content") for meta in tree.iter("meta")}
    assert metas["og:title"] == one.text
    assert metas["og:image:alt"] == one.text
    image = found(tree, "figure", "picture")[0]
    assert [picture.get("alt") for picture in image.iter("img")] == [one.text]
    assert "".join(found(image, "small")[0].itertext()) == one.text
    assert one.text in "".join(found(tree, "div", "meta")[0].itertext())
    links = ["".join(link.itertext()) for link in tree.iter("a")]
    assert links.count(marked) >= 3, "topic, tag and source"
    data = json.loads(found(tree, "script")[-1].text or "")
    assert data["headline"] == one.text
    assert data["keywords"] == [marked]
    assert data["author"] == [{"@type": "Person", "name": one.text}]
    assert data["publisher"]["name"] == payloads.HOSTILE_TITLE


@pytest.mark.parametrize("one", payloads.LINES, ids=lambda one: one.name)
def test_a_text_arrives_as_text_wherever_a_list_or_an_edition_shows_it(one: Payload, output: dict[str, bytes]) -> None:
    marked = f"{one.text} {one.name}"
    slug = text.slug(marked)
    for place in ("topics", "tags", "sources"):
        tree = parsed(output[f"{place}/{slug}/index.html"])
        assert "".join(found(tree, "h1")[0].itertext()) == marked
        assert one.text in ["".join(link.itertext()) for link in tree.iter("a")]
    tree = parsed(output[f"editions/{one.name}/index.html"])
    assert "".join(found(tree, "h1")[0].itertext()) == one.text
    assert ["".join(heading.itertext()) for heading in tree.iter("h2")] == [one.text]
    assert one.text in ["".join(heading[0].itertext()) for heading in tree.iter("h3")]
    assert ["".join(link.itertext()) for link in found(tree, "article")[0].iter("a")].count(marked) == 3
    tree = page_of(output, f"content/pages/page-{one.name}.md")
    assert "".join(found(tree, "h1")[0].itertext()) == one.text


def test_a_text_arrives_as_text_wherever_a_topic_or_a_source_of_the_lists_shows_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {}
    topics, sources = "", ""
    for number, one in enumerate(payloads.LINES):
        words = payloads.quoted(one.text)
        topics += f"- {{slug: t{number}, title: {words}, description: {words}}}\n"
        sources += f"- {{key: k{number}, name: {words}, url: https://a.example/{number}}}\n"
        files[f"content/articles/{one.name}.md"] = sites.article(one.name, topics=f"[t{number}]", source=f"k{number}")
    files |= {"content/topics.yaml": topics, "content/sources.yaml": sources}
    output = sites.built(sites.write(tmp_path, files))
    assert [fault for path, tree in pages(output) for fault in active(tree, path)] == []
    for number, one in enumerate(payloads.LINES):
        topic, source = (parsed(output[f"{place}/index.html"]) for place in (f"topics/t{number}", f"sources/k{number}"))
        assert "".join(found(topic, "h1")[0].itertext()) == "".join(found(source, "h1")[0].itertext()) == one.text
        assert "".join(found(topic, "p", "standfirst")[0].itertext()) == one.text
        article = page_of(output, f"content/articles/{one.name}.md")
        links = ["".join(link.itertext()) for link in article.iter("a")]
        assert links.count(one.text) >= 2, "topic and source"
        feed = lxml.etree.fromstring(output[f"topics/t{number}/feed.xml"])
        assert [part.text for part in feed.iter("category")] == [one.text]
        assert [part.text for part in feed.iter("source")] == [one.text]


def test_the_words_of_the_settings_arrive_as_text(output: dict[str, bytes]) -> None:
    tree = parsed(output["2025/05/harmless-4/index.html"])
    shown = "".join(tree.itertext()) + "".join(value for one in tree.iter() for value in one.attrib.values())
    for name in ("related", "corrections", "by", "skip", "topics", "archive", "notice", "navigation"):
        assert payloads.WORDING[name] in shown, name
    assert words(found(tree, "p", "name")[0]) == payloads.HOSTILE_TITLE
    assert payloads.HOSTILE_TITLE in words(found(tree, "footer")[0])
    assert [words(one) for one in tree.iter("button")] == [payloads.HOSTILE_TITLE]


def test_text_of_articles_is_no_template(outputs: dict[str, bytes]) -> None:
    tree = parsed(outputs["2025/05/body-markdown-template-words/index.html"])
    shown = words(found(tree, "div", "prose")[0])
    assert "{{ 7*191 }} {% raw %}{{ site }}{% endraw %}" in shown
    assert "{# words #}" in shown
    assert not any("1337" in words(one) for _, tree in pages(outputs) for one in tree.iter("h1"))


@pytest.mark.parametrize("one", payloads.URLS, ids=lambda one: one.name)
def test_a_strange_address_stays_in_its_attribute(one: Payload, output: dict[str, bytes]) -> None:
    tree = parsed(output[f"editions/{one.name}/index.html"])
    links = [link.get("href") for link in found(tree, "article")[0].iter("a")]
    assert links.count(one.text) == 4, "headline, source, via, discussion"
    tree = parsed(output[f"2025/05/{one.name}/index.html"])
    assert [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"] == [one.text]


def test_files_with_hostile_names_are_published_under_plain_ones(output: dict[str, bytes]) -> None:
    for one in payloads.SAFE_FILES:
        slug = text.slug(one.text)
        assert re.fullmatch(r"[\w-]+", slug)
        assert f"2025/05/{slug}/index.html" in output
        assert f"page-{slug}/index.html" in output
        assert f"{one.text}.txt" in output


def test_an_old_address_leads_to_the_article_and_nowhere_else(output: dict[str, bytes]) -> None:
    for alias in payloads.ALIASES_KEPT:
        tree = parsed(output[f"{alias[1:]}index.html"])
        refreshes = [one.get("content") for one in tree.iter("meta") if one.get("http-equiv")]
        assert refreshes == ["0; url=/2025/05/moved/"]


def test_metadata_cannot_leave_its_script(outputs: dict[str, bytes]) -> None:
    for path, data in outputs.items():
        for script in re.findall(rb'<script type="application/ld\+json">(.*?)</script>', data):
            assert not re.search(rb"[<>&]|\xe2\x80[\xa8\xa9]", script), path
    tree = page_of(outputs, "content/articles/prose-separator.md")
    assert json.loads(found(tree, "script")[-1].text or "")["description"] == "Words words words"


# --- Feeds -------------------------------------------------------------------------------------------------

NAMES = {
    "atom": "{http://www.w3.org/2005/Atom}",
    "content": "{http://purl.org/rss/1.0/modules/content/}encoded",
}


def rss(data: bytes) -> Iterator[tuple[str, str]]:
    """Title and HTML of each entry."""
    for one in lxml.etree.fromstring(data).iter("item"):
        yield one.findtext("title") or "", one.findtext(NAMES["content"]) or ""


def atom(data: bytes) -> Iterator[tuple[str, str]]:
    for one in lxml.etree.fromstring(data).iter(f"{NAMES['atom']}entry"):
        title, content = one.find(f"{NAMES['atom']}title"), one.find(f"{NAMES['atom']}content")
        assert title is not None
        assert title.get("type", "text") == "text"
        yield title.text or "", (content.text or "") if content is not None else ""


def json_feed(data: bytes) -> Iterator[tuple[str, str]]:
    for one in json.loads(data)["items"]:
        yield one["title"], one["content_html"]


READERS = {"feed.xml": rss, "atom.xml": atom, "feed.json": json_feed}


def feeds(output: dict[str, bytes]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for path, data in output.items():
        reader = READERS.get(path.rpartition("/")[2])
        if reader:
            yield path, list(reader(data))


def test_feeds_hold_nothing_active_and_only_whole_addresses(outputs: dict[str, bytes]) -> None:
    faults, seen = [], set()
    for path, entries in feeds(outputs):
        for title, markup in entries:
            if markup in seen:
                continue
            seen.add(markup)
            tree = fragment(markup)
            faults += active(tree, f"{path}: {title}")
            addresses = [one.get(name, "") for one in tree.iter() for name in ADDRESSES & one.attrib.keys()]
            faults += [f"{path}: {title}: {one}" for one in addresses if urljoin("x://y/", one) != one]
    assert not faults, "\n".join(faults[:50])
    assert len(seen) > len(payloads.BODIES) / 2


def test_the_three_formats_of_a_feed_say_the_same(outputs: dict[str, bytes]) -> None:
    for path in outputs:
        if path.endswith("atom.xml"):
            folder = path.removesuffix("atom.xml")
            of_atom, of_json = atom(outputs[path]), json_feed(outputs[f"{folder}feed.json"])
            assert [plain(*one) for one in of_atom] == [plain(*one) for one in of_json], path
            titles = [title for title, _ in rss(outputs[f"{folder}feed.xml"])]
            assert titles == [title for title, _ in atom(outputs[path])], path


def plain(title: str, markup: str) -> tuple[str, str]:
    """Without what an XML parser makes of line ends."""
    return title, markup.replace("\r", "\n")


def test_every_text_arrives_as_text_in_a_feed(output: dict[str, bytes]) -> None:
    for path in ("topics/lines/feed.xml", "topics/lines/atom.xml", "topics/lines/feed.json"):
        titles = {title for title, _ in READERS[path.rpartition("/")[2]](output[path])}
        assert titles == {one.text for one in payloads.LINES}, path
    for one in payloads.LINES:
        feed = lxml.etree.fromstring(output[f"topics/{text.slug(f'{one.text} {one.name}')}/feed.xml"])
        assert f"{one.text} {one.name}" in (feed.findtext("channel/title") or "")
        assert one.text in [part.text for part in feed.iter("{http://purl.org/dc/elements/1.1/}creator")]


def test_a_feed_reader_gets_a_title_as_it_was_written(output: dict[str, bytes]) -> None:
    feed = feedparser.parse(output["topics/lines/atom.xml"])
    assert not feed.bozo
    assert {entry.title for entry in feed.entries} == {one.text for one in payloads.LINES}
    feed = feedparser.parse(output["topics/lines/feed.xml"], sanitize_html=False)
    assert not feed.bozo
    assert {entry.title for entry in feed.entries} >= {one.text for one in payloads.LINES if "<" in one.text[:1]}


def test_every_xml_file_is_well_formed(outputs: dict[str, bytes]) -> None:
    documents = [data for path, data in outputs.items() if path.endswith((".xml", ".opml"))]
    assert len(documents) > 50
    for data in documents:
        tree = lxml.etree.fromstring(data)
        assert not list(tree.iter("{http://www.w3.org/1999/xhtml}script", lxml.etree.ProcessingInstruction))


# --- What a build says -------------------------------------------------------------------------------------


def said(report: Report) -> dict[str, set[str]]:
    """The codes of a report by file."""
    by_path = defaultdict(set)
    for one in report.problems:
        by_path[one.path].add(one.code)
    return by_path


def test_what_the_sanitiser_takes_out_is_told_and_nothing_else_is(hostile: Path) -> None:
    by_path = said(sites.run(hostile))
    beside = {"missing-image", "missing-alt", "dead-link", "dead-anchor", "broken-table"}
    for path, _, one in payloads.published_cases():
        told = by_path[path]
        assert one.code in told if one.code else not told - beside, f"{path}: {one.code or 'nothing'}, not {told}"


def test_what_cannot_be_published_stops_the_build_at_its_file(tmp_path: Path) -> None:
    folder = sites.write(tmp_path, {path: words for path, words, _ in payloads.refused_cases()})
    report = sites.run(folder)
    by_path = said(report)
    assert report.published is None
    assert not list((tmp_path / "output").rglob("*.html"))
    wrong = [f"{path}: {one.code}, not {by_path[path]}" for path, _, one in payloads.refused_cases()
             if one.code not in by_path[path] or CODES[one.code].warning]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_a_character_that_is_half_a_pair_is_refused(tmp_path: Path) -> None:
    for escape in (r"\ud800", r"\udfff", r"\ud83d"):
        report = sites.run(sites.write(tmp_path, {"content/articles/a.md": sites.article(f"Words {escape}")}))
        assert report.published is None
        assert "yaml-syntax" in sites.codes(report)
    report = sites.run(sites.write(tmp_path, {"content/articles/a.md": b"---\ntitle: \xed\xa0\x80\n---\n"}))
    assert "not-utf8" in sites.codes(report)


# --- The checker -------------------------------------------------------------------------------------------

CHECKER = Path(__file__).parents[1] / ".tools/node_modules/vnu-jar/build/dist/vnu.jar"


@pytest.mark.slow
def test_the_html_checker_finds_no_error(each: Path, output: dict[str, bytes], hostile: Path) -> None:
    """Of the second site only the pages are checked that the first doesn't have just so."""
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.skip("the Nu HTML checker or Java is missing; .ci/run installs both")
    known = {} if each == hostile else output
    paths = [path for path, data in sites.tree(each / "output").items() if data != known.get(path)]
    command = [java, "-jar", str(CHECKER), "--errors-only", "--format", "json"]
    pages_ = [path for path in paths if path.endswith(".html")]
    run = subprocess.run([*command, *pages_], cwd=each / "output", capture_output=True, text=True, check=False)
    messages = json.loads(run.stderr)["messages"]
    told = [f"{one.get('url', '').rpartition('output/')[2]}: {one['message']}" for one in messages]
    assert not told, "\n".join(told[:50])


# --- The switch that allows more ---------------------------------------------------------------------------


def body(markup: str, *elements: str) -> str:
    options = Markdown(elements=elements)
    done = render(markup, path="a.md", first_line=1, address="/a/", options=options, site_url=SITE, source=None)
    return done.html


def short(markup: str, *elements: str) -> str:
    options = Markdown(elements=elements)
    done, _, _ = prose(
        markup, path="a.md", line=1, column=1, address="/a/", options=options, site_url=SITE, source=None
    )
    return done.html


VIDEO = '<video src="/x.mp4" controls onerror="alarm()"><track src="javascript:alarm()"></video> words'


def test_a_site_may_allow_more_elements_in_bodies() -> None:
    assert "<video" not in body(VIDEO)
    allowed = body(VIDEO, "video", "track")
    assert '<video src="' in allowed
    assert "alarm" not in allowed


def test_what_a_site_allows_in_bodies_is_not_allowed_in_summaries() -> None:
    assert "<video" not in short(VIDEO, "video", "track")
    assert short(VIDEO, "video", "track") == short(VIDEO)


@pytest.mark.parametrize("name", sorted(sanitise.NEVER))
def test_no_setting_allows_what_runs_or_sends(name: str) -> None:
    made = body(f"<{name} onclick=alarm()>words</{name}>\n\nmore words", name, name.upper())
    assert f"<{name}" not in made.lower()
    assert "more words" in made or name in {"script", "style"}


def test_a_setting_that_would_allow_scripts_stops_the_build(tmp_path: Path) -> None:
    settings = sites.SITE_YAML + "markdown: {elements: [script, iframe, form, style, svg, object]}\n"
    files = {"content/site.yaml": settings, "content/articles/a.md": sites.article("A")}
    report = sites.run(sites.write(tmp_path, dict(files)))
    assert report.published is None
    assert sites.codes(report) == ["bad-value"] * 6


def test_a_switch_changes_bodies_of_pages_and_feeds_alike_and_no_summary(tmp_path: Path) -> None:
    settings = sites.SITE_YAML + "markdown: {elements: [video]}\n"
    given = {"content/articles/a.md": sites.article("A", body=VIDEO, summary=json.dumps(VIDEO))}
    given |= {"content/site.yaml": settings, "content/static/x.mp4": "x"}
    files = sites.built(sites.write(tmp_path, dict(given)))
    page = parsed(files["2025/05/a/index.html"])
    assert len(found(page, "video")) == len(found(found(page, "div", "prose")[0], "video")) == 1
    assert [markup.count("<video") for _, markup in rss(files["feed.xml"])] == [1]


# --- Elements in their places ------------------------------------------------------------------------------

OUT_OF_PLACE = {
    "<li>one": "<div>one</div>",
    "<dd>one</dd>": "<div>one</div>",
    "<p>a <rt>one</rt></p>": "<p>a <span>one</span></p>",
    "<summary>one</summary>": "<div>one</div>",
    "<figcaption>one</figcaption>": "<div>one</div>",
    "<details>one</details>": "<div>one</div>",
    "<ul>one <b>two</b><li>three</li><p>four</p></ul>": (
        "<ul><li>one <b>two</b></li><li>three</li><li><p>four</p></li></ul>"
    ),
    "<ul><li>one</li><ul><li>two</ul></ul>": "<ul><li>one</li><li><ul><li>two</li></ul></li></ul>",
    "<span><div>one</div></span>": "<div><div>one</div></div>",
    "<h2><div>one</div></h2>": "<h2><span>one</span></h2>",
    "<time>one</time>": "<span>one</span>",
}


@pytest.mark.parametrize("given", OUT_OF_PLACE)
def test_an_element_where_html_has_no_place_for_it_becomes_a_plain_one(given: str) -> None:
    assert sanitise.fitted(sanitise.clean(given)) == OUT_OF_PLACE[given]


def test_values_that_html_has_no_meaning_for_are_left_out() -> None:
    assert body('Some <del datetime="x">words</del>') == "<p>Some <del>words</del></p>"
    assert body('<table><tr><th id="x">a<td headers="x">b</table>').count("headers") == 0
    assert body('Some <time datetime="2025-05-11">words</time>').count("datetime") == 1


@pytest.mark.parametrize(
    "given",
    [
        "<ul><li>one</li><li>two</li></ul>",
        "<dl><dt>one</dt><dd>two</dd></dl>",
        "<dl><div><dt>one</dt><dd>two</dd></div></dl>",
        "<details><summary>one</summary><p>two</p></details>",
        "<figure><p>one</p><figcaption>two</figcaption></figure>",
        "<ruby>one<rp>(</rp><rt>two</rt><rp>)</rp></ruby>",
        '<a href="https://a.example/"><div>one</div></a>',
        '<time datetime="2025-05-11T09:30:00+02:00">one</time>',
        "<pre><code>one</code></pre>",
        "<h2>one <em>two</em></h2>",
    ],
)
def test_an_element_in_its_place_stays_as_it_is(given: str) -> None:
    assert sanitise.fitted(sanitise.clean(given)) == given


# --- Templates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.html", "a.xml", "a.json", "a.txt", "a.opml", "a"])
def test_every_template_escapes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{{ page.head.description }}", encoding="utf-8")
    made = environment([tmp_path], chrome(), lambda _: "")
    page = Page(name, "page", name, ErrorPage(Head(description="<b>&\"'")))
    assert rendered(made, page, chrome()) == b"&lt;b&gt;&amp;&#34;&#39;"


def chrome() -> Chrome:
    return Chrome("x", "x", "en", "ltr", "UTC", SITE, "", "/", "2025")


def test_a_template_that_names_what_is_not_there_stops_the_build(tmp_path: Path) -> None:
    files = {"templates/404.html": "{{ page.nothing }}", "content/articles/a.md": sites.article("A")}
    assert sites.codes(sites.run(sites.write(tmp_path, dict(files)))) == ["template-undefined"]


def test_characters_that_xml_forbids_never_reach_a_feed(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text("<a>{{ page.title }}</a>", encoding="utf-8")
    made = environment([tmp_path], chrome(), lambda _: "")
    value = FeedPage("a\0\x01\x0b\x1f\ufffe\uffff\ud800b", SITE, "", "en")
    assert rendered(made, Page("feed.xml", "feed", "feed.xml", value), chrome()) == b"<a>ab</a>"


# --- Cut texts ---------------------------------------------------------------------------------------------

GRAPHEMES = {
    "ampersand": "&",
    "less": "<b>",
    "accent": "e\u0301\u0323",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "flag": "\U0001f1eb\U0001f1f7",
    "skin": "\U0001f44d\U0001f3fd",
    "keycap": "1\ufe0f\u20e3",
    "heart": "\u2764\ufe0f",
    "region": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "hangul": "\u1112\u1161\u11ab",
    "thai": "\u0e01\u0e33",
    "devanagari": "\u0928\u093f",
}


@pytest.mark.parametrize("name", sorted(GRAPHEMES))
def test_a_text_is_cut_before_it_is_escaped_and_never_inside_a_grapheme(name: str, tmp_path: Path) -> None:
    one = GRAPHEMES[name]
    summary = json.dumps(f"x{one * 300}".replace("<", "&lt;"), ensure_ascii=False)
    files = sites.built(sites.write(tmp_path, {"content/articles/a.md": sites.article("A", summary=summary)}))
    tree = parsed(files["2025/05/a/index.html"])
    shown = [meta.get("content", "") for meta in tree.iter("meta") if meta.get("name") == "description"]
    shown.append(json.loads(found(tree, "script")[-1].text or "")["description"])
    shown += [words(part) for part in found(parsed(files["index.html"]), "p", "brief")]
    assert len(shown) == 3
    for description in shown:
        kept = description.removeprefix("x").removesuffix("…")
        assert description.startswith("x")
        assert description.endswith("…")
        if one.isascii():
            assert (one * 300).startswith(kept)
        else:
            assert kept == one * (len(kept) // len(one))


# --- What is not published leaves no trace -----------------------------------------------------------------

MARKER = "Xanthophyll"

HIDDEN = {
    "draft": "draft: true\ndate: 2025-05-01\n",
    "withheld": "date: 2026-05-01\n",
    "expired": "date: 2025-05-01\nexpires: 2025-05-02\n",
}


def hidden_files(why: str) -> dict[str, str]:
    """Entries that are not published, with the marker in every field."""
    word = MARKER
    more = (
        f"summary: {word} words\ntopics: [{word}, world]\ntags: [{word}]\nauthors: [{word}]\nstory: {word}\n"
        f"source: {{name: {word}, url: https://{word}.example/}}\nimage: {{src: /x.png, alt: {word}}}\n"
    )
    head = f"title: {word} {why}\n{more}{HIDDEN[why]}"
    extra = f"canonical: https://{word}.example/\naliases: [/{word}-{why}/]\nlead: true\n"
    return {
        f"content/articles/{word}-{why}.md": f"---\n{head}{extra}---\n\n# {word}\n\n{word} [here](/2025/05/seen/)\n",
        f"content/summaries/{word}-short-{why}.yaml": f"{head}url: https://{word}.example/\nvia: https://{word}.example/\n",
        f"content/summaries/{word}-edition-{why}.yaml": (
            f"title: {word}\nintro: {word}\n" + HIDDEN[why].partition("expires")[0]
            + f"items:\n- title: {word}\n  url: https://{word}.example/\n  {more.replace(chr(10), chr(10) + '  ')}"
        ),
    }  # fmt: skip


def seen_files() -> dict[str, str]:
    return {
        "content/articles/seen.md": sites.article("Seen", body="Words on the same story.", tags="[seen]"),
        "content/articles/seen-too.md": sites.article("Seen too", body="Words on the same story."),
        "content/static/x.png": "x",
    }


def test_what_is_not_published_leaves_no_trace(tmp_path: Path) -> None:
    files = seen_files()
    for why in HIDDEN:
        hidden = hidden_files(why)
        if why == "expired":
            del hidden[f"content/summaries/{MARKER}-edition-{why}.yaml"]
        files |= hidden
    files[f"content/pages/{MARKER}.md"] = f"---\ntitle: {MARKER}\ndraft: true\nsummary: {MARKER}\n---\n{MARKER}\n"
    sites.built(sites.write(tmp_path, dict(files)), jobs=2)
    mark = MARKER.lower().encode()
    names = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "output").rglob("*")]
    assert not [name for name in names if mark.decode() in name.lower()]
    everything = {path: path.read_bytes().lower() for path in (tmp_path / "output").rglob("*") if path.is_file()}
    assert not [path for path, data in everything.items() if mark in data]


def test_a_site_with_hidden_entries_is_that_without_them(tmp_path: Path) -> None:
    bare = sites.built(sites.write(tmp_path / "bare", dict(seen_files())))
    for why in HIDDEN:
        files = {**seen_files(), **hidden_files(why)}
        if why == "expired":
            del files[f"content/summaries/{MARKER}-edition-{why}.yaml"]
        assert sites.built(sites.write(tmp_path / why, dict(files))) == bare, why


def test_what_is_withdrawn_is_removed_from_what_was_published(tmp_path: Path) -> None:
    word = MARKER.encode().lower()
    path = f"content/articles/{MARKER}-draft.md"
    text_ = hidden_files("draft")[path]
    public = text_.replace("draft: true", "draft: false")
    site = sites.write(tmp_path, {**seen_files(), path: public})
    assert any(word in data.lower() for data in sites.built(site).values())
    left = sites.built(sites.write(tmp_path, {path: text_}))
    assert not [name for name, data in left.items() if word in data.lower() or word in name.lower().encode()]
    assert left == sites.built(sites.write(tmp_path / "new", dict(seen_files())))


# --- A build keeps to itself -------------------------------------------------------------------------------

WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")
CHANGING = ("creat", "link", "mkdir", "mknod", "rename", "rmdir", "symlink", "truncate", "unlink", "utime", "chmod")


def traced(site: Path, home: Path, tmp_path: Path) -> list[str]:
    """Every call that starts a program, opens a connection or changes a file in a build of ``site``."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is missing; .ci/run installs it")
    log = tmp_path / "calls"
    command = [strace, "-f", "-qq", "-y", "-s", "4096", "-o", str(log), "-e", "trace=process,network,file"]
    build = [sys.executable, "-m", "digest", "build", str(site), "--as-of", "2025-06-10", "--jobs", "2"]
    environment_ = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [*command, *build], cwd=Path(__file__).parents[1], env=environment_, capture_output=True, text=True, check=False
    )
    if run.returncode and "ptrace" in run.stderr:
        pytest.skip(f"strace may not trace here: {run.stderr.strip()}")
    assert run.returncode == 0, run.stderr
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


@pytest.mark.slow
def test_a_build_starts_no_program_opens_no_connection_and_writes_only_its_own(tmp_path: Path) -> None:
    files = {f"content/articles/a-{n}.md": sites.article(f"A {n}", body="Some *words*.") for n in range(100)}
    site = sites.write(tmp_path / "site", {**files, "content/static/x.txt": "x"})
    home = tmp_path / "home"
    home.mkdir()
    calls = [line.partition(" ")[2].strip() for line in traced(site, home, tmp_path)]
    assert len([one for one in calls if one.startswith("execve(")]) == 1, "strace's own start of Python"
    assert any(one.startswith(("clone", "fork", "vfork")) for one in calls), "workers were at work"
    assert not [one for one in calls if one.startswith(("socket(", "connect(", "bind(", "sendto("))]
    own = (str(site / "output"), str(site / ".digest"))
    strange = [one for one in calls if changes(one) and not all(p.startswith((*own, "/dev/")) for p in paths_of(one))]
    assert not strange, "\n".join(strange[:20])
    assert not list(home.iterdir())


def changes(call: str) -> bool:
    """Whether a call that went through changes a file."""
    if re.search(r"= -1 E", call):
        return False
    return call.startswith(CHANGING) or (call.startswith("open") and WRITING.search(call) is not None)


def paths_of(call: str) -> list[str]:
    """The paths that a call names, relative ones within the folder that strace shows before them."""
    return [str(Path(folder or "/", name)) for folder, name in re.findall(r'(?:<([^>]*)>, )?"([^"]*)"', call)]
