"""Errors and warnings: what a site may lower, from when on, and what --strict, folding and the forms make of it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from digest.cli import cli
from digest.codes import CODES
from digest.frontmatter import _FENCE
from digest.problems import FOLDED_AFTER
from digest.schema import schema
from sites import SITE_YAML, article, codes, run, write

DEAD = {"content/articles/a.md": article("A", body="[x](/nope/)")}
LOWERABLE = sorted(name for name, code in CODES.items() if not code.fixed)
FIXED = sorted(name for name, code in CODES.items() if code.fixed)


def with_settings(folder: Path, text: str, files: dict[str, str] | None = None) -> Path:
    return write(folder, {"content/site.yaml": f"{SITE_YAML}{text}\n", **(DEAD if files is None else files)})


def command(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["build", str(folder), "--as-of", "2025-06-10", *options])


def test_an_error_may_be_lowered_to_a_warning(tmp_path: Path) -> None:
    report = run(with_settings(tmp_path, "problems: {dead-link: warning}"))
    assert [(one.code, one.severity) for one in report.problems] == [("dead-link", "warning")]
    assert report.published is not None


def test_an_error_may_be_switched_off(tmp_path: Path) -> None:
    report = run(with_settings(tmp_path, "problems: {dead-link: off}"))
    assert report.problems == ()
    assert report.published is not None


def test_a_warning_may_be_raised(tmp_path: Path) -> None:
    report = run(
        with_settings(
            tmp_path, "problems: {missing-alt: error}", {"content/articles/a.md": article("A", body="![](/x/a.jpg)")}
        )
    )
    assert [(one.code, one.severity) for one in report.problems] == [
        ("missing-alt", "error"),
        ("missing-image", "error"),
    ]


def test_strict_makes_a_lowered_error_an_error_again_but_not_what_is_off(tmp_path: Path) -> None:
    report = run(with_settings(tmp_path, "problems: {dead-link: warning}"), strict=True)
    assert [(one.code, one.severity) for one in report.problems] == [("dead-link", "error")]
    assert report.published is None
    assert run(with_settings(tmp_path, "problems: {dead-link: off}"), strict=True).published is not None


@pytest.mark.parametrize("wanted", ["warning", "off"])
@pytest.mark.parametrize("code", FIXED)
def test_what_loses_content_cannot_be_lowered(code: str, wanted: str, tmp_path: Path) -> None:
    report = run(with_settings(tmp_path, f"problems: {{{code}: {wanted}}}", {}))
    (one,) = [one for one in report.problems if one.code == "bad-value"]
    assert (one.path, one.line, one.column) == ("content/site.yaml", 3, 12)
    assert "faults that lose or alter content stay errors" in one.text


@pytest.mark.parametrize("code", LOWERABLE)
def test_every_other_code_can_be(code: str, tmp_path: Path) -> None:
    assert "bad-value" not in codes(run(with_settings(tmp_path, f"problems: {{{code}: off}}", {})))


def test_an_archive_is_held_to_the_lenient_rule(tmp_path: Path) -> None:
    files = {
        "content/articles/old.md": article("Old", date="2024-12-31", body="[x](/nope/)"),
        "content/articles/new.md": article("New", date="2025-01-01", body="[x](/nope/)"),
    }
    report = run(with_settings(tmp_path, "problems_since: 2025-01-01", files))
    assert [(one.path, one.severity) for one in report.problems] == [
        ("content/articles/new.md", "error"),
        ("content/articles/old.md", "warning"),
    ]
    assert {one.severity for one in run(tmp_path, strict=True).problems} == {"error"}


def test_an_archive_is_not_excused_from_faults_that_lose_content(tmp_path: Path) -> None:
    files = {"content/articles/old.md": article("Old", date="2024-12-31", tagz="[a]")}
    assert run(with_settings(tmp_path, "problems_since: 2025-01-01", files)).published is None


def test_repeated_problems_are_folded_for_people_and_never_for_programs(tmp_path: Path) -> None:
    body = "\n\n".join(f"[x](/nope/{number}/)" for number in range(30))
    write(tmp_path, {"content/articles/a.md": article("A", body=body)})
    text = command(tmp_path)
    assert text.stderr.count("[dead-link]") == FOLDED_AFTER
    assert "… and 25 more of dead-link (all of them: --format json)\n30 errors. Nothing was published.\n" in text.stderr
    assert text.stdout == ""
    made = json.loads(command(tmp_path, "--format", "json").stdout)
    assert [one["line"] for one in made["problems"]] == list(range(7, 67, 2))
    assert made["version"] == 1


def test_github_gets_annotations(tmp_path: Path) -> None:
    done = command(write(tmp_path, {**DEAD}), "--format", "github")
    assert done.exit_code == 1
    assert done.stdout == (
        "::error file=content/articles/a.md,line=7,col=1,title=dead-link::"
        "there is no page at /nope/%0Amend the address, or take the link out\n"
    )
    assert done.stderr == "1 error. Nothing was published.\n"


def test_warnings_leave_the_exit_status_alone(tmp_path: Path) -> None:
    write(tmp_path, {"content/articles/a.md": article("A", topics="[]")})
    assert command(tmp_path).exit_code == 0
    assert command(tmp_path, "--strict").exit_code == 1


# --- The schema and the sample ----------------------------------------------------------------------------


def loose(path: Path) -> object:
    """A file's YAML as an editor program reads it, with its own idea of dates left out."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        start = text.index("\n") + 1
        fence = _FENCE.search(text, start)
        assert fence is not None
        text = text[start : fence.start()]
    return yaml.load(text, Loader=_PlainDates)


class _PlainDates(yaml.SafeLoader):
    """As in YAML 1.2, which editor programs follow: a date is a text."""


_PlainDates.yaml_implicit_resolvers = {
    letter: [(tag, expression) for tag, expression in rules if tag != "tag:yaml.org,2002:timestamp"]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

SAMPLE = Path(__file__).parents[1] / "content"


def kinds() -> list[tuple[str, str]]:
    """The files of the sample site, each with the word of its schema."""
    found = [("articles/**/*.md", "article"), ("pages/*.md", "page"), ("summaries/**/*.yaml", "edition")]
    rows = [(path.relative_to(SAMPLE).as_posix(), kind) for glob, kind in found for path in sorted(SAMPLE.glob(glob))]
    lone = {name for name, kind in rows if kind == "edition" and "items:" not in (SAMPLE / name).read_text("utf-8")}
    rows = [(name, "summary" if name in lone else kind) for name, kind in rows]
    return [*rows, ("site.yaml", "site"), ("topics.yaml", "topics"), ("sources.yaml", "sources")]


@pytest.mark.parametrize(("name", "kind"), kinds())
def test_the_sample_fits_its_schema(name: str, kind: str) -> None:
    jsonschema.Draft202012Validator(schema(kind)).validate(loose(SAMPLE / name))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("article", {"title": "A", "date": "2025-05-11", "tagz": ["a"]}),
        ("article", {"title": "A"}),
        ("article", {"title": "A", "date": "11 May 2025"}),
        ("article", {"title": ["A"], "date": "2025-05-11"}),
        ("article", {"title": "A", "date": "2025-05-11", "topics": "world"}),
        ("site", {"title": "A", "url": "https://a.example", "page_size": 3}),
        ("topics", {"world": "World"}),
    ],
)
def test_a_schema_refuses_the_ordinary_mistakes(kind: str, given: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema(kind)).validate(given)
