"""Why a page was rendered again, in words: the value it was rendered from held against the new one."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from digest.pages import Chrome, FeedEntry, Item, Page, Trail

_WORDS = {
    "title": "headline", "standfirst": "summary", "html": "text", "body": "text", "head": "metadata",
    "related": "related posts", "trails": "list", "sections": "items", "modules": "topic modules", "groups": "rows",
    "pagination": "neighbouring pages", "intro": "introduction", "newer": "next edition",
    "older": "previous edition",
}  # fmt: skip
"""Field names as an editor would say them; a field that isn't here is called by its own name."""


def changed_page(old: Page | None, new: Page) -> str:
    """What differs between two values of one page; empty where nothing does."""
    if old is None:
        return "new page"
    if type(old.value) is not type(new.value):
        return f"its kind was {old.kind}"
    if old.template != new.template:
        return f"its template was {old.template}"
    found: dict[str, None] = {}
    for field in new.value.__struct_fields__:
        before, after = getattr(old.value, field), getattr(new.value, field)
        if before != after and field != "head":
            found.update(dict.fromkeys(_difference(field, before, after)))
    return ", ".join(found) or ("metadata changed" if old.value != new.value else "")


def _difference(field: str, before: object, after: object) -> list[str]:
    """The difference of one field: which entries came, went or changed, or just that the field changed."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        old, new = _named(before), _named(after)
        if old and new:
            words = [f"{_quoted(new[name])} added" for name in new if name not in old]
            words += [f"{_quoted(old[name])} removed" for name in old if name not in new]
            words += [
                f"{_part(old[name], new[name])} of {_quoted(new[name])} changed"
                for name in new if name in old and old[name] != new[name]
            ]  # fmt: skip
            if words:
                return words[:3] + ([f"{len(words) - 3} more"] if len(words) > 3 else [])
    return [f"{_WORDS.get(field, field)} changed"]


def _named(values: tuple[object, ...]) -> dict[str, Trail | Item | FeedEntry]:
    """Trails, items and feed entries by what stays the same when they are edited."""
    named: dict[str, Trail | Item | FeedEntry] = {}
    for one in values:
        if isinstance(one, Trail):
            named[one.permalink] = one
        elif isinstance(one, Item):
            named[one.anchor] = one
        elif isinstance(one, FeedEntry):
            named[one.id] = one
        else:
            return {}
    return named


def _quoted(one: Trail | Item | FeedEntry) -> str:
    return f"“{one.title}”"


def _part(before: msgspec.Struct, after: msgspec.Struct) -> str:
    """The first field in which two values of one entry differ."""
    field = next(one for one in after.__struct_fields__ if getattr(before, one) != getattr(after, one))
    return _WORDS.get(field, field)


def changed_surroundings(
    old: Chrome | None, new: Chrome, old_templates: Mapping[str, bytes], new_templates: Mapping[str, bytes]
) -> str:
    """What every page shares and what changed of it: the site's chrome and the templates."""
    if old is None:
        return "nothing was remembered"
    fields = [field for field in new.__struct_fields__ if getattr(old, field) != getattr(new, field)]
    names = [
        name for name in sorted({*old_templates, *new_templates}) if old_templates.get(name) != new_templates.get(name)
    ]
    words = [f"the site’s {', '.join(fields)} changed"] if fields else []
    words += [f"template {', '.join(names)} changed"] if names else []
    return ", ".join(words)
