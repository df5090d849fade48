"""The parts of README.md that are made from the code. Run this file to write them anew: python tests/readme.py."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import get_type_hints

import msgspec

from digest import pages
from digest.models import Link, Notice, Prose
from digest.schema import reference

README = Path(__file__).parents[1] / "README.md"

_BLOCK = re.compile(r"(<!-- made: ([a-z ]+) -->\n).*?(<!-- /made -->)", re.DOTALL)

_TEMPLATES = {
    "front.html": pages.FrontPage,
    "article.html": pages.ArticlePage,
    "list.html": pages.ListPage,
    "index.html": pages.IndexPage,
    "edition.html": pages.EditionPage,
    "page.html": pages.TextPage,
    "404.html": pages.ErrorPage,
    "redirect.html": pages.RedirectPage,
    "feed.xml, atom.xml, feed.json": pages.FeedPage,
    "feeds.opml": pages.FeedsPage,
    "sitemap.xml, sitemap-index.xml": pages.SitemapPage,
    "news-sitemap.xml": pages.NewsSitemapPage,
    "robots.txt": pages.RobotsPage,
}
_PARTS = (
    pages.Chrome, pages.Head, pages.Trail, pages.Module, pages.Picture, pages.Pagination, pages.IndexGroup,
    pages.IndexRow, pages.ItemSection, pages.Item, pages.DatedText, pages.FeedEntry, pages.FeedLink,
    pages.SitemapAddress, pages.NewsAddress, Link, Notice, Prose,
)  # fmt: skip


def rewritten(text: str) -> str:
    """README's text with each made block as the code has it now."""
    return _BLOCK.sub(lambda block: f"{block[1]}{_made(block[2])}\n{block[3]}", text)


def _made(name: str) -> str:
    if name == "templates":
        return _templates()
    rows = reference(name).strip().split("\n")
    if name == "summary":
        known = set(reference("article").split("\n"))
        rows = rows[:2] + [row for row in rows[2:] if row not in known]
    if name == "edition":
        inner = re.compile(r"\| `(?!sections\[\]\.title)(items|sections|source)(\[\])?\.")
        rows = [row for row in rows if not inner.match(row)]
    return "\n".join(rows)


def _templates() -> str:
    """A table of templates with what `page` holds in each, and one of the types that stand in those."""
    rows = ["| Template | `page` holds |", "|---|---|"]
    rows += [f"| {names} | {_fields(kind)} |" for names, kind in _TEMPLATES.items()]
    rows += ["", "| Type | Meaning | Fields |", "|---|---|---|"]
    rows += [f"| `{kind.__name__}` | {_meaning(kind)} | {_fields(kind)} |" for kind in _PARTS]
    return "\n".join(rows)


def _meaning(kind: type) -> str:
    first = (inspect.getdoc(kind) or "").split("\n\n")[0]
    return " ".join(first.split()).replace("``", "`").replace("|", "\\|")


def _fields(kind: type) -> str:
    hints = get_type_hints(kind)
    return ", ".join(f"`{field.name}` {_type(hints[field.name])}".strip() for field in msgspec.structs.fields(kind))


def _type(hint: object) -> str:
    """A type in the words of one who writes templates; texts go without saying."""
    words = str(getattr(hint, "__name__", hint)) if isinstance(hint, type) and "[" not in str(hint) else str(hint)
    words = re.sub(r"[a-z_]+(?:\.[a-z_]+)*\.(?=[A-Za-z])", "", words)
    words = re.sub(r"tuple\[(\w+), \.\.\.\]", r"list of \1", words).replace(" | None", " or none")
    words = re.sub(r"Mapping\[str, str\]", "words by name", words)
    names = {"str": "", "bool": "true or false", "int": "number", "datetime": "date", "list of str": "list of texts"}
    words = names.get(words, words).replace("datetime", "date")
    return f"({words})" if words else ""


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
