"""Texts that take down a parser of Markdown, each beside good articles: a problem with its place, or a page."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sites import article, write

ROOT = Path(__file__).parents[1]
SECONDS = 240
"""Far more than any of them takes, for machines that are busy."""

REFUSED = {
    "brackets": "[" * 20_000,
    "open brackets with words": "[a " * 20_000,
    "marked sections": "<![CDATA[" * 2_000,
    "lists in lists": "\n".join("  " * depth + "- a" for depth in range(500)),
    "lists by four": "\n".join("    " * depth + "- a" for depth in range(500)),
    "lists on a line": "- " * 500 + "a",
    "quotations": "> " * 2_000 + "a",
    "tight quotations": ">" * 5_000 + "a",
    "elements in elements": "<div>" * 5_000,
    "open tags": "<a " * 20_000,
    "numbered lists": "1. " * 500 + "a",
    "pictures": "![" * 20_000,
    "abbreviations": "*[A]: x\n" * 4_000,
    "two million characters": "word " * 450_000,
}
"""What nobody writes by hand: it must become a problem at its line."""

LONG = {
    "a big table": "|" + "a|" * 50 + "\n|" + "-|" * 50 + "\n" + ("|" + "a|" * 50 + "\n") * 1_000,
    "a wide table": "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n|" + "a|" * 10_000,
    "stars": "*" * 20_000,
    "stars and words": "*a " * 10_000,
    "double stars": "**a " * 10_000,
    "underscores": "_a " * 10_000,
    "backticks": "`" * 20_000,
    "runs of backticks": " ".join("`" * length for length in range(1, 200)),
    "odd backticks": "`a" * 9_999,
    "entities": "&" * 20_000,
    "footnotes": "".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(500)),
    "definitions": "".join(f"[{n}]: https://a.example/{n}\n" for n in range(10_000)),
    "backslashes": "\\" * 20_000,
    "comments": "<!--" * 2_000,
    "headings": "# a\n\n" * 5_000,
    "fences": "```\na\n" * 5_001,
    "empty links": "[]()" * 1_000,
    "parentheses": "(" * 20_000,
    "autolinks": "<https://a.example/> " * 5_000,
    "one long word": "a" * 300_000,
    "blank lines": "\n" * 50_000,
}
"""Long, but somebody may mean it: a problem or a page."""


def build(folder: Path, engine: str) -> tuple[int, list[dict[str, object]], str]:
    """Run the real command line; the exit status, the problems, and what stands on standard error."""
    write(folder, {"content/site.yaml": f"title: S\nurl: https://s.example\nmarkdown: {{engine: {engine}}}\n"})
    command = [sys.executable, "-m", "digest", "build", str(folder), "--as-of", "2025-06-10", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    return done.returncode, json.loads(done.stdout)["problems"], done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["markdown", "commonmark"])
def test_what_nobody_writes_is_refused_and_the_rest_is_read(engine: str, tmp_path: Path) -> None:
    if engine == "commonmark":
        pytest.importorskip("pyromark")
    texts = {**REFUSED, **LONG}
    for number, (name, body) in enumerate(texts.items()):
        write(tmp_path, {f"content/articles/heavy-{number}.md": article(name, body=body)})
    write(
        tmp_path, {"content/articles/good.md": article("Good"), "content/articles/bad.md": article("Bad", tagz="[a]")}
    )
    status, problems, told = build(tmp_path, engine)
    assert status == 1
    assert "Traceback" not in told
    assert "fault of digest" not in told
    found = {str(one["path"]): one for one in problems if one["code"] == "markdown-budget"}
    for number, name in enumerate(texts):
        one = found.get(f"content/articles/heavy-{number}.md")
        if name in REFUSED:
            assert one is not None, name
        assert one is None or (isinstance(one["line"], int) and one["line"] >= 6), name
    codes = {str(one["path"]): one["code"] for one in problems}
    assert codes["content/articles/bad.md"] == "unknown-key"
    assert "content/articles/good.md" not in codes
