"""python-markdown as it is used here: stock output, byte for byte, in less time.

It is set up once for each profile and used again for every text, because setting it up costs more than an article.
Where its inline stage tries every pattern on every piece of text, ours first asks whether the one character is there
without which the pattern cannot match.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from types import MappingProxyType
from typing import Self
from xml.etree.ElementTree import Element

import markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import Pattern, SimpleTagInlineProcessor
from markdown.preprocessors import HtmlBlockPreprocessor
from markdown.treeprocessors import InlineProcessor, Treeprocessor
from markdown.util import AtomicString

from digest import typography

DELETED = r"(~~)(?![\s~])([^~]*[^~\s])~~(?!~)"
"""``~~deleted~~``, as GitHub has it. A stretch without ``~`` inside, so that a search never looks at a letter twice."""

_NEEDS = MappingProxyType(
    {
        "backtick": "`",
        "escape": "\\",
        "reference": "[",
        "link": "[",
        "image_link": "![",
        "image_reference": "![",
        "short_reference": "[",
        "short_image_ref": "![",
        "autolink": "<",
        "automail": "<",
        "linebreak": "  \n",
        "html": "<",
        "entity": "&",
        "footnote": "[^",
        "deleted": "~~",
        "straight": "\\",
    }
)
"""What a text must hold for the inline pattern of this name to match; a pattern that isn't listed is always tried."""

_ANY_NEED = re.compile(r"[`\\\[<&*_~]|  \n")


_TAG_START = re.compile(r"<[a-zA-Z/!?]")
_NOT_A_PARAGRAPH = re.compile(r"\n *[#=_*:>-]")
_REFERENCES = ("reference", "image_reference", "short_reference", "short_image_ref")
_NEVER = "\x02\x02"
"""A need that no text meets: between two placeholders stands the end of the first."""


class _HtmlBlocks(HtmlBlockPreprocessor):
    """The search for blocks of raw HTML, unless there is none: then it would hand on all lines as they are."""

    def run(self, lines: list[str]) -> list[str]:
        """Look through the text only if there is a tag in it, or a reference that might have to be mended."""
        source = "\n".join(lines)
        return super().run(lines) if "&#" in source or _TAG_START.search(source) else lines


class _Blocks(BlockParser):
    """The block stage. It sees at once that a block is a paragraph, for which all processors but the last say no."""

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - the name is python-markdown's
        """Put the blocks into ``parent``."""
        processors = list(self.blockprocessors)
        paragraph = self.blockprocessors["paragraph"]
        while blocks:
            if _is_paragraph(blocks[0]):
                paragraph.run(parent, blocks)
                continue
            for processor in processors:
                if processor.test(parent, blocks[0]) and processor.run(parent, blocks) is not False:
                    break


def _is_paragraph(block: str) -> bool:
    """Whether a block is surely a paragraph: it starts with a letter, defines nothing, and no later line is a sign."""
    if not block[:1].isalpha() or "]:" in block or "] :" in block:
        return False
    return "\n" not in block or ("|" not in block and not _NOT_A_PARAGRAPH.search(block))


class _Engine(markdown.Markdown):
    """python-markdown with the faster stages for blocks."""

    def build_parser(self) -> Self:
        """Put ours in the place of the block stage; its processors know the stage that they belong to."""
        super().build_parser()
        blocks = _Blocks(self)
        blocks.blockprocessors = self.parser.blockprocessors
        for processor in blocks.blockprocessors:
            processor.parser = blocks
        self.parser = blocks
        self.preprocessors.register(_HtmlBlocks(self), "html_block", 20)
        return self


class _Inline(InlineProcessor):
    """The inline stage, without the patterns that can't match.

    It replaces one method of the stock class by its private name. Where a release of python-markdown has no such
    method any more, the stock stage runs instead: slower, same output.
    """

    def __init__(self, md: markdown.Markdown) -> None:
        super().__init__(md)
        self._patterns: list[tuple[str, Pattern]] = []
        self._all: list[tuple[str, Pattern]] = []
        self._undefined: list[tuple[str, Pattern]] = []

    def prepare(self) -> None:
        """Read the patterns once all extensions have added theirs."""
        registry = self.md.inlinePatterns
        needs = {id(registry[name]): need for name, need in _NEEDS.items() if name in registry}
        self._all = [(needs.get(id(pattern), ""), pattern) for pattern in registry]
        idle = {id(registry[name]) for name in _REFERENCES}
        self._undefined = [(_NEVER if id(pattern) in idle else need, pattern) for need, pattern in self._all]

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Where a text defines no references, none is looked up."""
        self._patterns = self._all if self.md.references else self._undefined
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString) or not _ANY_NEED.search(data):
            return data
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        start = 0
        patterns = self._patterns
        for index in range(patternIndex, len(patterns)):
            need, pattern = patterns[index]
            matched = need in data
            while matched:
                data, matched, start = apply(pattern, data, index, start)
        return data


class _Typography(Treeprocessor):
    """Curls quotes in the finished tree, before escapes are undone, so that escaped quotes stay straight."""

    def run(self, root: Element) -> None:
        """Walk the blocks; code and addresses are atomic and stay as they are."""
        if any(typography.has_marks(text) for text in root.itertext()):
            self._block(root)

    def _block(self, block: Element) -> None:
        slots: list[tuple[Element, bool, str]] = []
        self._collect(block, slots)
        before = ""
        for index, (element, is_text, text) in enumerate(slots):
            if text and not isinstance(text, AtomicString):
                after = next((later for _, _, later in slots[index + 1 :] if later), "")[:3]
                new = typography.curled(text, before, after)
                if new is not text:
                    setattr(element, "text" if is_text else "tail", new)
            before = text[-1:] or before

    def _collect(self, block: Element, slots: list[tuple[Element, bool, str]]) -> None:
        """Gather the pieces of running text of one block; nested blocks are walked on their own."""
        slots.append((block, True, block.text or ""))
        for child in block:
            if self.md.is_block_level(child.tag):
                self._block(child)
            elif child.tag == "code":
                slots.append((child, True, AtomicString(child.text or "")))
            else:
                self._collect(child, slots)
            slots.append((child, False, child.tail or ""))


class _House(Extension):
    """What this product adds to python-markdown: ``~~deleted~~``, escaped quotes, typography, speed."""

    def __init__(self, *, typographic: bool, short: bool, fast: bool) -> None:
        super().__init__()
        self._typographic, self._short, self._fast = typographic, short, fast

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the name is python-markdown's
        """Register our parts."""
        md.inlinePatterns.register(SimpleTagInlineProcessor(DELETED, "del"), "deleted", 70)
        if self._typographic:
            md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, '"', "'"]
            md.treeprocessors.register(_Typography(md), "typography", 6)
        if self._short:
            for name in ("hashheader", "setextheader"):
                md.parser.blockprocessors.deregister(name)
        if self._fast and hasattr(InlineProcessor, "_InlineProcessor__handleInline"):
            stage = _Inline(md)
            md.treeprocessors.register(stage, "inline", 20)
            stage.prepare()


@lru_cache(maxsize=16)
def _markdown(typographic: bool, short: bool, thread: int) -> markdown.Markdown:  # noqa: ARG001
    """The python-markdown engine of one profile; ``short`` is for summaries, which have no headings or tables.

    It keeps state while it works, so each ``thread`` has its own.
    """
    return stock(typographic=typographic, short=short, fast=True)


def stock(*, typographic: bool, short: bool, fast: bool = False) -> markdown.Markdown:
    """A new engine; without ``fast`` its stages are python-markdown's own, to compare with."""
    extensions: list[Extension | str] = ["fenced_code", "sane_lists"]
    if not short:
        extensions += [
            TableExtension(use_align_attribute=True),
            FootnoteExtension(BACKLINK_TITLE="↩ {}"),
            "def_list",
            "abbr",
        ]
    house = _House(typographic=typographic, short=short, fast=fast)
    engine = _Engine if fast else markdown.Markdown
    return engine(extensions=[*extensions, house], output_format="html")


def convert(text: str, *, typographic: bool, short: bool) -> str:
    """The HTML of a Markdown ``text``; ``short`` is for summaries, which have no headings or tables."""
    try:
        return str(_markdown(typographic, short, threading.get_ident()).reset().convert(text))
    except BaseException:
        _markdown.cache_clear()  # an interrupted run leaves the parser's state halfway
        raise
