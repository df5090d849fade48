"""The settings of a site, complete and validated: what ``config`` makes of ``site.yaml``.

Every field has a default but ``title`` and ``url``. Nothing else in the product reads a configuration.
"""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from uuid import UUID, uuid5

from digest.models import BodyLink, Notice, Value

IDS = UUID("5f6a1f6e-6a0d-5b0e-9c56-2f1d1b6f8a3c")
"""The namespace of the ids that entries get (RFC 9562, section 5.5). It must never change: feeds go by them."""

DEFAULT_WORDING = MappingProxyType(
    {
        "related": "Related posts",
        "corrections": "Corrections",
        "sources": "Sources",
        "source": "Source",
        "topics": "Topics",
        "topic": "Topic",
        "tags": "Tags",
        "tag": "Tag",
        "editions": "Editions",
        "edition": "Edition",
        "edition_of": "Edition of",
        "latest_edition": "Latest edition",
        "archive": "Archive",
        "updated": "Updated",
        "published": "Published",
        "by": "By",
        "via": "via",
        "discussion": "Discussion",
        "skip": "Skip to content",
        "newer": "Newer",
        "older": "Older",
        "home": "Home",
        "front": "Front page",
        "latest": "Latest",
        "more": "More",
        "feed": "Feed",
        "feeds": "Feeds",
        "page": "Page",
        "entries": "entries",
        "elsewhere": "On another site",
        "draft": "Draft",
        "withheld": "Withheld",
        "expired": "Expired",
        "not_found": "Page not found",
        "not_found_text": "There is no page at this address. It may have moved, or the address may be mistyped.",
        "moved": "This page has moved",
        "notice": "Cookie notice",
        "navigation": "Topics",
        "pages": "Pages",
    }
)
"""The words that templates print, by name; ``wording`` in site.yaml replaces single ones."""


class Permalinks(Value):
    """Address patterns. Placeholders: {year} {month} {day} {slug} {topic}."""

    article: str = "/{year}/{month}/{slug}/"


class Editions(Value):
    """How summaries without an edition file are gathered ("day", "week" or "month") and how such an edition is called.

    ``title`` may hold {year} {month} {day} {week}; empty means the period in the words of the site's language.
    """

    gather: str = "week"
    title: str = ""


class Feeds(Value):
    """What feeds hold: at most ``items`` entries; ``full`` texts or summaries only."""

    items: int = 20
    full: bool = True


class Related(Value):
    """Related posts: how many (3 to 5 read best), and whether the page says why each was chosen."""

    count: int = 5
    reasons: bool = False


class Markdown(Value):
    """The Markdown engine ("markdown" or "commonmark"), curly quotes and dashes, elements allowed beyond the usual.

    ``elements`` widens what authors may write as raw HTML in bodies; summaries keep the usual list.
    """

    engine: str = "markdown"
    typography: bool = True
    elements: tuple[str, ...] = ()


class Front(Value):
    """The front page: trails beside the lead, trails in each topic module, and how many modules at most.

    The topics that have a module are also those of the navigation.
    """

    trails: int = 4
    module: int = 4
    modules: int = 12


class Settings(Value, kw_only=True):
    """Everything ``site.yaml`` says.

    ``url`` has no final slash; ``timezone`` is an IANA name; ``language`` a BCP 47 tag.
    """

    title: str
    url: str
    id: str = ""
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    copyright: str = ""
    page_size: int = 20
    permalinks: Permalinks = Permalinks()
    editions: Editions = Editions()
    feeds: Feeds = Feeds()
    related: Related = Related()
    front: Front = Front()
    markdown: Markdown = Markdown()
    notice: Notice | None = None
    wording: dict[str, str] = {}  # noqa: RUF012 - msgspec copies a mutable default for each value
    problems: dict[str, str] = {}  # noqa: RUF012 - as above
    problems_since: datetime | None = None
    """Entries dated before it are held to the lenient rule: each of their lowerable problems is a warning."""
    links: tuple[BodyLink, ...] = ()
    """Where site.yaml itself links into the site: from the notice."""

    def entry_id(self, name: str) -> str:
        """The identity of an entry in feeds: the same for the same site, day and slug, whatever else changes."""
        return f"urn:uuid:{uuid5(IDS, self.id + chr(10) + name)}"

    def of_reading(self) -> tuple[object, ...]:
        """What a reading depends on: as long as it and a file stay, so does what was read from the file."""
        return self.id, self.url, self.timezone, self.language, self.permalinks, self.markdown

    @property
    def words(self) -> dict[str, str]:
        """All words that templates print: the site's own, and the usual ones for the rest."""
        return {**DEFAULT_WORDING, **self.wording}
