"""Whole small sites, written inline in a test, built by the real pipeline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digest.build import Report, build
from digest.manifest import MANIFEST
from digest.problems import as_text
from digest.request import Request

AS_OF = datetime(2025, 6, 10, tzinfo=UTC)

SITE_YAML = "title: The Courier\nurl: https://courier.example\n"


def write(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    """Write ``files`` under ``folder`` (``None`` removes one) and return it. site.yaml stands there by default."""
    for name, text in {"content/site.yaml": SITE_YAML, **files}.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        if name == "content/site.yaml" and name not in files and path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def article(
    title: str, date: str = "2025-05-11", topics: str = "[world]", body: str = "Some text.", **more: str
) -> str:
    """The text of an article's file."""
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f'---\ntitle: "{title}"\ndate: {date}\ntopics: {topics}\n{lines}---\n\n{body}\n'


def run(folder: Path, **request: Any) -> Report:
    """Build the site in ``folder`` as of 10 June 2025 and hand back the report, whatever it says."""
    values: dict[str, Any] = {"site": folder, "output": folder / "output", "as_of": AS_OF, **request}
    return build(Request(**values))


def built(folder: Path, **request: Any) -> dict[str, bytes]:
    """Build the site in ``folder``; the build must go through. Returns what was published, by path."""
    report = run(folder, **request)
    assert report.published is not None, as_text(report.problems)
    return tree(request.get("output", folder / "output"))


def tree(output: Path) -> dict[str, bytes]:
    """Every file under ``output`` with its bytes, without the manifest."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def everything(folder: Path) -> dict[str, str]:
    """Everything under a folder: files with their text, links with their target, folders with nothing."""
    return {
        path.relative_to(folder).as_posix(): f"-> {path.readlink()}"
        if path.is_symlink()
        else ""
        if path.is_dir()
        else path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
    }


def codes(report: Report) -> list[str]:
    """The codes of a report's problems, in the order in which an editor reads them."""
    return [one.code for one in report.problems]
