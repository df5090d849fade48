"""What authors may write: the tables of fields of articles, pages, summaries and editions."""

from __future__ import annotations

from types import MappingProxyType

import msgspec

from digest import scalars
from digest.fields import Either, Field, Group, Many, Rows, Table
from digest.kinds import LONG_TITLE, Flag, Instant, Prose, Text

TITLE = Text(longest=LONG_TITLE)
URL = Text(called="url", parse=scalars.url, format="uri")
SLUG = Text(called="slug", parse=scalars.slug, pattern="^[^\\s/\\\\?#%]+$")
LANGUAGE = Text(called="language tag", parse=scalars.language, pattern="^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")
ADDRESS = Text(called="address", parse=scalars.page_address, pattern="^/([^/].*)?$")
PERMALINK = Text(called="address", parse=scalars.permalink, pattern="^/([^/].*)?$")
REFERENCE = Text(called="address or url", parse=scalars.reference)
ID = Text(called="id", parse=scalars.identity)

CITED = Table(
    "a source",
    (
        Field("name", Text(), "Name of the outlet.", "Reuters", required=True, aka=("title",)),
        Field("url", URL, "Address of the outlet, or of the very story.", "https://www.reuters.com/", aka=("link",)),
    ),
    pair=("name", "url"),
)
SOURCE = Either((Text(called="key of sources.yaml", parse=scalars.outlet), Group(CITED)))

IMAGE = Table(
    "an image",
    (
        Field("src", REFERENCE, "The picture: an address in this site, or a url.", "/images/basel.jpg", required=True,
              aka=("url", "path", "file")),
        Field("alt", Text(), "What the picture shows, for those who can't see it.", "The stage in Basel",
              aka=("image_alt",)),
        Field("caption", Prose(), "Text under the picture."),
        Field("credit", Text(), "Who made the picture.", "Jane Doe", aka=("author", "copyright")),
    ),
    pair=("src", "alt"),
)  # fmt: skip

CORRECTION = Table(
    "a correction",
    (
        Field("date", Instant(), "When it was made.", "2025-05-12", required=True),
        Field("text", Prose(), "What was wrong.", "An earlier version misspelt a name.", required=True),
    ),
    pair=("date", "text"),
)

VIA = Table(
    "a via",
    (
        Field("title", Text(), "Who pointed to the story.", "Hacker News"),
        Field("name", Text(), "The same as title.", "Hacker News"),
        Field("url", URL, "Where.", "https://news.ycombinator.com/item?id=1", required=True, aka=("link",)),
    ),
    pair=("title", "url"),
)

_HEAD = (
    Field("title", TITLE, "Headline. Plain text: HTML in it is shown as it is written.", "A headline", required=True,
          aka=("headline", "name")),
)  # fmt: skip

_DATE = Field(
    "date", Instant(), "When it appears; later than the build: withheld. Without an offset, in the site's zone.",
    "2025-05-11", aka=("published", "publishdate", "pubdate", "created", "publish_date"),
)  # fmt: skip

_TOPICS = Field(
    "topics", Many(Text()), "One or more; the first is the section.", "[world]",
    aka=("category", "categories", "section", "topic"),
)  # fmt: skip

_SHARED = (
    Field("summary", Prose(), "A few sentences, for lists, feeds and the top of the page.", "What happened, briefly.",
          aka=("description", "excerpt", "abstract", "standfirst", "subtitle", "lede", "dek")),
    Field("tags", Many(Text()), "Free keywords.", "[elections, Canada]", aka=("keywords", "labels", "tag")),
    Field("authors", Many(Text()), "Who wrote it.", "[Jane Doe]", aka=("author", "by", "byline")),
    Field("source", SOURCE, "The outlet it is attributed to.", "reuters", aka=("outlet", "publisher")),
    Field("sources", Many(SOURCE), "The same, where there are several.", "[reuters, ap]"),
    Field("slug", SLUG, "Its part of the address, in place of the file's name.", "a-headline"),
    Field("id", ID, "Its identity in feeds, in place of the one made from date and slug.", "tag:example.org,2025:1",
          aka=("guid", "uuid")),
    Field("updated", Instant(), "When it was last changed in a way readers should know.", "2025-05-12 14:00",
          aka=("lastmod", "modified", "last_modified", "last_updated", "date_modified")),
    Field("expires", Instant(), "When it is withdrawn from the site.", "2026-01-01",
          aka=("expirydate", "expiry", "expiry_date", "unpublish")),
    Field("draft", Flag(), "Drafts are only shown in the preview.", "true"),
    Field("image", Group(IMAGE), "A picture.", "{src: /images/basel.jpg, alt: The stage in Basel}",
          aka=("cover", "thumbnail", "featured_image", "picture", "photo", "images")),
    Field("related", Many(Text(called="slug")), "Slugs of entries that should be among its related posts.",
          "[how-a-conclave-works]"),
    Field("unrelated", Many(Text(called="slug")), "Slugs of entries that should not.", "[a-pun]"),
    Field("story", Text(), "A word shared by all entries on one running story.", "conclave-2025", aka=("series",)),
    Field("lang", LANGUAGE, "Its language, where it isn't the site's.", "fr", aka=("language", "locale")),
)  # fmt: skip

_ALIASES = Field(
    "aliases", Many(ADDRESS), "Old addresses; each becomes a page that leads here.", "[/old/address/]",
    aka=("redirect_from", "redirects", "alias"),
)  # fmt: skip

_PERMALINK = Field(
    "permalink", PERMALINK, "Its whole address, in place of the site's pattern.", "/special/", aka=("url", "address")
)

_DROPPED = MappingProxyType(
    {
        "layout": "remove it: the kind of page follows from the folder",
        "type": "remove it: the kind of page follows from the folder",
        "template": "remove it: the kind of page follows from the folder",
        "published": 'remove it; for an entry that should wait, write "draft: true"',
        "status": 'remove it; for an entry that should wait, write "draft: true"',
        "post_type": "remove it: the kind of page follows from the folder",
        "excerpt_separator": "remove it, and write the excerpt into summary:",
        "menu": "remove it: the navigation is made from content/topics.yaml and content/pages/",
        "permalinks": "a pattern for all entries belongs in content/site.yaml; for this one, write permalink:",
        "publish": 'remove it; for an entry that should wait, write "draft: true"',
        "weight": "remove it: entries are sorted by date",
        "order": "remove it: entries are sorted by date",
        "comments": "remove it: a digest has no comments",
        "toc": "remove it: pages have no table of contents",
        "featured": 'did you mean "lead: true"?',
        "content": "write the text below the front matter",
        "body": "write the text below the front matter",
    }
)

ARTICLE = Table(
    "an article",
    (
        *_HEAD,
        msgspec.structs.replace(_DATE, required=True),
        _TOPICS,
        *_SHARED,
        _PERMALINK,
        Field("lead", Flag(), "Whether it leads the front page.", "true"),
        Field("canonical", URL, "The url where it first appeared, for search engines.", "https://other.example/story",
              aka=("canonical_url", "original_url")),
        _ALIASES,
        Field("corrections", Many(Group(CORRECTION)), "Published corrections.",
              "[{date: 2025-05-12, text: An earlier version misspelt a name.}]", aka=("errata",)),
    ),
    dropped=_DROPPED,
)  # fmt: skip

PAGE = Table(
    "a page",
    (
        *_HEAD,
        Field("summary", Prose(), "A sentence, for search engines.", aka=("description", "excerpt")),
        Field("slug", SLUG, "Its part of the address, in place of the file's name.", "about"),
        _PERMALINK,
        Field("lang", LANGUAGE, "Its language, where it isn't the site's.", "fr", aka=("language", "locale")),
        Field("draft", Flag(), "Drafts are only shown in the preview.", "true"),
        _ALIASES,
    ),
    dropped=MappingProxyType(
        {
            **_DROPPED,
            "date": "remove it: pages have no date; a dated text belongs in content/articles/",
            "topics": "remove it: pages have no topics; such a text belongs in content/articles/",
        }
    ),
)

_ELSEWHERE = (
    Field("url", URL, "Address of the story.", "https://www.elections.ca/", required=True, aka=("link", "href")),
    Field("via", Either((URL, Group(VIA))), "Who pointed to it: a url, or title and url.",
          "{title: Hacker News, url: https://news.ycombinator.com/item?id=1}"),
    Field("discussion", URL, "Where it is discussed.", "https://news.ycombinator.com/item?id=1",
          aka=("comments", "discuss")),
)  # fmt: skip

_PAIR = ("title", "url")
_DROPPED_OF_SUMMARIES = MappingProxyType({key: hint for key, hint in _DROPPED.items() if key != "comments"})

ITEM = Table("a summary", (*_HEAD, *_ELSEWHERE, _DATE, _TOPICS, *_SHARED), dropped=_DROPPED_OF_SUMMARIES, pair=_PAIR)
"""A summary in an edition, which lends it date, topics, source and language."""

SUMMARY = Table(
    "a summary",
    (*_HEAD, *_ELSEWHERE, msgspec.structs.replace(_DATE, required=True), _TOPICS, *_SHARED),
    dropped=_DROPPED_OF_SUMMARIES,
)
"""A summary in a file of its own."""

SECTION = Table(
    "a section",
    (
        Field("title", Text(longest=LONG_TITLE), "Heading of the section.", "Elsewhere", aka=("name", "heading")),
        Field("items", Rows(Group(ITEM)), "Its summaries.", required=True, aka=("summaries", "entries", "links")),
    ),
    pair=("title", "items"),
)

EDITION = Table(
    "an edition",
    (
        Field("title", TITLE, "Headline of the edition; left out, its number or date.", "Two elections"),
        Field("number", Text(), "Its number.", "12", aka=("issue", "no")),
        msgspec.structs.replace(_DATE, required=True, description="When the edition appears."),
        Field("intro", Prose(), "A few sentences at its top.", aka=("summary", "description", "introduction")),
        Field("topics", Many(Text()), "Topics of its summaries that name none.", "[politics]",
              aka=("category", "categories", "topic")),
        Field("source", SOURCE, "Source of its summaries that name none.", "reuters"),
        Field("lang", LANGUAGE, "Its language, where it isn't the site's.", "fr", aka=("language", "locale")),
        Field("draft", Flag(), "Drafts are only shown in the preview.", "true"),
        Field("items", Rows(Group(ITEM)), "Its summaries.", aka=("summaries", "entries", "links", "posts")),
        Field("sections", Rows(Group(SECTION)), "Its summaries under headings, in place of items.",
              aka=("groups", "section")),
    ),
    dropped=_DROPPED,
)  # fmt: skip
