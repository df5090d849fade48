"""The engines: both write the same cells; a missing one is said plainly, and the one that isn't needed stays away."""

from __future__ import annotations

import subprocess
import sys

import pytest

from digest import dialect
from test_markup import rendered


@pytest.mark.parametrize("engine", ["markdown", "commonmark"])
def test_aligned_cells_say_so_without_a_style(engine: str) -> None:
    html = dialect.to_html("|a|b|\n|-:|:-:|\n|1|2|", engine=engine, typographic=True)
    assert '<th align="right">a</th>' in html
    assert '<td align="center">2</td>' in html
    assert "style" not in html


def test_a_missing_engine_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyromark", None)
    with pytest.raises(dialect.EngineMissingError, match="pip install"):
        rendered("a", engine="commonmark")


def test_ordinary_text_does_without_the_engine() -> None:
    code = """
import sys
from digest import dialect
print(dialect.to_html("A *word*.", engine="markdown", typographic=True), "markdown" in sys.modules)
print(dialect.to_html("a[^1]\\n\\n[^1]: b", engine="markdown", typographic=True)[:2], "markdown" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "<p>A <em>word</em>.</p> False\n<p True\n"
