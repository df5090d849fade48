"""The pages that list entries: topics, tags, sources, months and editions, and an index of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from digest import feeds, metadata, text, urls
from digest.lists import leaves, pagination
from digest.models import Edition, Link, Summary
from digest.outline import Outline, head, listed, page, planned
from digest.pages import (
    EditionPage,
    FeedLink,
    IndexGroup,
    IndexPage,
    IndexRow,
    Item,
    ItemSection,
    ListPage,
    Pagination,
    Planned,
)
from digest.site import Listed


def topics(made: Outline) -> Iterator[Planned]:
    """A list for each topic, and the index of topics in their order."""
    site, kicker = made.site, Link(made.wording["topics"], made.urls.url("/topics/"))
    rows = []
    for slug, topic in site.topics.items():
        address, entries = urls.topic_address(slug), site.by_topic[slug]
        feed = feeds.link(made.trails, f"{made.settings.title}: {topic.title}", address)
        rows.append(IndexRow(topic.title, made.urls.url(address), len(entries), topic.description))
        yield from _list(
            made, entries, kind="topic", title=topic.title, address=address, kicker=kicker,
            description=topic.description, feed=feed,
        )  # fmt: skip
    if rows:
        yield _index(made, "/topics/", kicker.title, [IndexGroup(rows=tuple(rows))])


def tags(made: Outline) -> Iterator[Planned]:
    """A list for each tag."""
    kicker = Link(made.wording["tag"], "")
    for slug, entries in made.site.by_tag.items():
        yield from _list(
            made, entries, kind="tag", title=made.site.tags[slug].title, address=urls.tag_address(slug), kicker=kicker
        )


def sources(made: Outline) -> Iterator[Planned]:
    """A list for each source, and the index of sources by name."""
    kicker = Link(made.wording["sources"], made.urls.url("/sources/"))
    rows = []
    for slug, source in made.site.sources.items():
        address, entries = urls.source_address(slug), made.site.by_source[slug]
        rows.append(IndexRow(source.name, made.urls.url(address), len(entries)))
        yield from _list(made, entries, kind="source", title=source.name, address=address, kicker=kicker)
    if rows:
        yield _index(made, "/sources/", kicker.title, [IndexGroup(rows=tuple(rows))])


def archive(made: Outline) -> Iterator[Planned]:
    """A list for each month, an index for each year and one of all years."""
    language = made.settings.language
    kicker = Link(made.wording["archive"], made.urls.url("/archive/"))
    years: dict[int, list[IndexRow]] = {}
    for (year, month), entries in sorted(made.site.by_month.items(), reverse=True):
        title, address = text.month_name(year, month, language), urls.month_address(year, month)
        years.setdefault(year, []).append(IndexRow(title, made.urls.url(address), len(entries)))
        yield from _list(made, entries, kind="archive", title=title, address=address, kicker=kicker)
    groups = [IndexGroup(str(year), tuple(rows)) for year, rows in years.items()]
    for group in groups:
        title = f"{kicker.title} {group.title}"
        yield _index(made, f"/archive/{int(group.title):04}/", title, [IndexGroup(rows=group.rows)])
    if groups:
        yield _index(made, "/archive/", kicker.title, groups)


def editions(made: Outline) -> Iterator[Planned]:
    """A page for each edition, and the index of editions by year."""
    issues, editions = made.issues, {one.address: one for one in made.site.editions}
    links = [Link(one.title, made.urls.url(one.address)) for one in issues]
    groups: dict[str, list[IndexRow]] = {}
    for index, (issue, link) in enumerate(zip(issues, links, strict=True)):
        groups.setdefault(str(issue.year), []).append(IndexRow(link.title, link.url, issue.count, issue.description))
        if made.wanted and issue.address not in made.wanted.editions:
            continue
        one = editions[issue.address]
        newer, older = links[index - 1] if index else None, links[index + 1] if index + 1 < len(links) else None
        items = [item.address for section in one.sections for item in section.items]
        badge = made.site.badges.get(one.address, "")
        words = ("edition", made.version(one), one.address, link.title, one.date, newer, older, badge)
        make = partial(_edition, made, one, link.title, newer, older)
        listed = None if badge else made.listed(one.address)
        yield planned(one.address, "edition", "edition.html", made.basis(words, items), make, listed)
    if issues:
        rows = [IndexGroup(year, tuple(some)) for year, some in groups.items()]
        yield _index(made, "/editions/", made.wording["editions"], rows)


def _edition(made: Outline, one: Edition, title: str, newer: Link | None, older: Link | None) -> EditionPage:
    lang, direction = made.trails.language(one.lang)
    badge = made.site.badges.get(one.address, "")
    description = one.intro.text or " · ".join(item.title for section in one.sections for item in section.items[:3])
    return EditionPage(
        head=head(made, title, made.wording["editions"], address=one.address, description=description,
                  noindex=bool(badge)),
        title=title,
        date=one.date,
        number=one.number,
        intro=one.intro.html,
        sections=tuple(ItemSection(section.title, _items(made, section.items)) for section in one.sections),
        newer=newer,
        older=older,
        lang=lang,
        dir=direction,
        badge=badge,
    )  # fmt: skip


def _items(made: Outline, items: Sequence[Summary]) -> tuple[Item, ...]:
    return tuple(_item(made, one) for one in items)


def _item(made: Outline, one: Summary) -> Item:
    lang, direction = made.trails.language(one.lang)
    return Item(
        title=one.title,
        url=one.url,
        anchor=one.anchor,
        date=one.date,
        kicker=made.trails.kicker(one),
        html=one.summary.html,
        sources=made.trails.sources(one),
        authors=one.authors,
        tags=made.trails.tags(one),
        via=one.via,
        discussion=one.discussion,
        lang=lang,
        dir=direction,
        badge=made.site.badges.get(one.id, ""),
    )


def _list(
    made: Outline, entries: Sequence[Listed], *, kind: str, title: str, address: str, kicker: Link,
    description: str = "", feed: FeedLink | None = None,
) -> Iterator[Planned]:  # fmt: skip
    """The head and the numbered pages of one list."""
    wanted = made.wanted.leaves.get(address, frozenset()) if made.wanted else None
    if wanted is not None and not wanted:
        return
    cut = leaves(entries, made.settings.page_size)
    about = _List(title, address, kicker, description, feed)
    for number, shown in cut:
        if wanted is not None and number not in wanted:
            continue
        own, pages = urls.numbered(address, number), pagination(address, number, len(cut) - 1, made.urls)
        basis = made.basis((kind, about, pages), [one.address for one in shown])
        yield planned(own, kind, "list.html", basis, partial(_leaf, made, about, pages, shown), made.listed(own))


class _List(NamedTuple):
    """What the pages of one list share."""

    title: str
    address: str
    kicker: Link
    description: str
    feed: FeedLink | None


def _leaf(made: Outline, about: _List, pages: Pagination, shown: Sequence[Listed]) -> ListPage:
    """One page of a list."""
    title, number, feed = about.title, pages.number, about.feed
    return ListPage(
        head=metadata.page_head(
            made.trails, f"{title}, {made.wording['page'].lower()} {number}" if number else title,
            address=urls.numbered(about.address, number), description=about.description,
            feeds=(feed, *made.feeds) if feed else made.feeds,
        ),
        title=title, kicker=about.kicker, description=about.description, trails=listed(made, shown),
        pagination=pages, feed=feed,
    )  # fmt: skip


def _index(made: Outline, address: str, title: str, groups: Sequence[IndexGroup]) -> Planned:
    value = IndexPage(head=head(made, title, address=address), title=title, groups=tuple(groups))
    return page(address, "index", "index.html", value, made.listed(address))
