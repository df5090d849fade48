"""Every problem code: whether it warns or fails a build, and whether a site may lower it.

The paragraph on each code, with an example that a test runs, stands in ``problems.md`` beside this file.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Code(NamedTuple):
    """What a code means for a build. ``fixed`` codes stand for lost or altered content: no site may lower them."""

    warning: bool = False
    fixed: bool = True


_ERROR = Code()
_LOWERABLE = Code(fixed=False)
_WARNING = Code(warning=True, fixed=False)

CODES = MappingProxyType(
    {
        # Files and folders.
        "not-utf8": _ERROR,
        "unreadable": _ERROR,
        "not-a-file": _ERROR,
        "outside-link": _ERROR,
        "bad-file-name": _LOWERABLE,
        "unknown-file": _WARNING,
        "misplaced-file": _LOWERABLE,
        "empty-file": _ERROR,
        "no-front-matter": _ERROR,
        "unclosed-front-matter": _ERROR,
        "control-character": _ERROR,
        "too-large": _ERROR,
        "merge-conflict": _ERROR,
        # YAML.
        "yaml-syntax": _ERROR,
        "yaml-duplicate-key": _ERROR,
        "yaml-alias": _ERROR,
        "yaml-tag": _ERROR,
        "yaml-depth": _ERROR,
        "yaml-merge": _ERROR,
        "yaml-line-separator": _ERROR,
        "yaml-comment-cut": _WARNING,
        # Fields.
        "unknown-key": _ERROR,
        "missing-field": _ERROR,
        "empty-field": _ERROR,
        "wrong-type": _ERROR,
        "bad-date": _ERROR,
        "bad-time": _ERROR,
        "bad-url": _ERROR,
        "bad-value": _ERROR,
        "unknown-setting": _ERROR,
        "unknown-topic": _LOWERABLE,
        "unknown-source": _LOWERABLE,
        "unknown-related": _LOWERABLE,
        "repeated-value": _WARNING,
        "long-field": _WARNING,
        "odd-text": _WARNING,
        "odd-date": _WARNING,
        "hidden-related": _WARNING,
        "several-leads": _WARNING,
        "empty-edition": _WARNING,
        "empty-body": _WARNING,
        # Site-wide.
        "same-address": _ERROR,
        "same-id": _ERROR,
        "bad-slug": _ERROR,
        "bad-permalink": _ERROR,
        "shadowed-alias": _ERROR,
        "no-site": _ERROR,
        "no-content": _WARNING,
        "no-topics": _WARNING,
        # Bodies.
        "dead-link": _LOWERABLE,
        "missing-image": _LOWERABLE,
        "dead-anchor": _WARNING,
        "empty-link": _LOWERABLE,
        "undefined-reference": _LOWERABLE,
        "undefined-footnote": _LOWERABLE,
        "unused-footnote": _WARNING,
        "broken-link": _WARNING,
        "empty-heading": _WARNING,
        "broken-table": _WARNING,
        "unclosed-fence": _WARNING,
        "leftover-command": _WARNING,
        "unsafe-link": _LOWERABLE,
        "removed-html": _WARNING,
        "markdown-budget": _ERROR,
        "missing-alt": _WARNING,
        # Templates.
        "template-syntax": _ERROR,
        "template-undefined": _ERROR,
        "template-missing": _ERROR,
        "template-error": _ERROR,
        # Output.
        "bad-output": _ERROR,
        "bad-part": _ERROR,
        "foreign-file": _ERROR,
        "output-write": _ERROR,
        "busy": _ERROR,
    }
)
