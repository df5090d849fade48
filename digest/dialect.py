"""The Markdown engines: text in, HTML out, not yet safe.

Ordinary text doesn't go through python-markdown at all (see ``shortway``), but comes out as it would.
"""

from __future__ import annotations

import re

from digest import shortway

_ALIGNED = re.compile(r'<(t[dh]) style="text-align: (left|center|right)">')


class EngineMissingError(Exception):
    """The settings ask for the ``commonmark`` engine, which isn't installed. The message says how to install it."""


def to_html(text: str, *, engine: str, typographic: bool, short: bool = False) -> str:
    """The HTML of a Markdown ``text``. Raises ``EngineMissingError`` where ``engine`` isn't installed."""
    if engine == "commonmark":
        return _commonmark(text, typographic=typographic, short=short)

    def long_way(text: str) -> str:
        from digest import pymarkdown  # only now: few texts need it, and it takes long to import

        return pymarkdown.convert(text, typographic=typographic, short=short)

    done = shortway.to_html(text, typographic=typographic, short=short, long_way=long_way)
    return long_way(text) if done is None else done


def _commonmark(text: str, *, typographic: bool, short: bool) -> str:
    """The same by pyromark, the optional second engine."""
    try:
        import pyromark
    except ImportError:
        raise EngineMissingError(
            'markdown.engine is "commonmark", which needs pyromark: pip install "digest-news[commonmark]"'
        ) from None
    options = pyromark.Options.ENABLE_STRIKETHROUGH
    if not short:
        options |= (
            pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_FOOTNOTES | pyromark.Options.ENABLE_DEFINITION_LIST
        )
    if typographic:
        options |= pyromark.Options.ENABLE_SMART_PUNCTUATION
    return _ALIGNED.sub(r'<\1 align="\2">', pyromark.html(text, options=options))
