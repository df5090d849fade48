"""The command line: the only place that sets an exit code; what it prints of a build is in ``terminal``.

Exit codes: 0 done, 1 problems found, 2 wrong usage. Reports go to stderr, machine formats to stdout. What a command
needs is imported when it runs, so that ``digest --help`` answers at once. Commands that build and end look for no
reference cycles: there are hardly any, and looking took a quarter of a build of 100,000 articles without an edit.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from digest import __version__
from digest.parts import Part, part_of
from digest.terminal import Profile, Progress, print_problems, print_profile, print_report

_SHORT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_SITE = click.argument("site", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
_AT = click.option(
    "--site", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The site's folder.  [default: here]",
)  # fmt: skip
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
    help="How problems are printed: for people, for programs, or as annotations of a pull request on GitHub.",
)  # fmt: skip


class Instant(click.ParamType[datetime]):
    """A point in time: ``2025-05-11``, ``2025-05-11 09:30`` or ISO 8601 with an offset."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an instant; without an offset it is naive, and the site's time zone is meant."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            told = f'"{value}" is no date; write 2025-05-11, "2025-05-11 09:30" or 2025-05-11T09:30+01:00'
            self.fail(told, param, ctx)


class BaseUrl(click.ParamType[str]):
    """The address of a site: http or https, without query and fragment, as in site.yaml."""

    name = "url"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read an address, without its final slash."""
        from digest.config import base_url
        from digest.scalars import BadTextError

        try:
            return base_url(str(value))
        except BadTextError as bad:
            self.fail(f"{bad.fault}; {bad.hint}" if bad.hint else bad.fault, param, ctx)


class Shard(click.ParamType[Part]):
    """A part of the site: ``2/4`` is the second of four."""

    name = "part"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        """Read a part."""
        if isinstance(value, Part):
            return value
        try:
            return part_of(str(value))
        except ValueError as bad:
            self.fail(str(bad), param, ctx)


_BASE_URL = click.option(
    "--base-url", type=BaseUrl(), metavar="URL", help="The site's address, instead of the url in site.yaml."
)
_JOBS = click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes to use.  [default: all cores]")
_STRICT = click.option("--strict", is_flag=True, help="Treat warnings as errors.")
_QUIET = click.option("--quiet", is_flag=True, help="Print problems only.")


@click.group(context_settings=_SHORT)
@click.version_option(__version__, message="digest %(version)s")
def cli() -> None:
    """Turn a folder of articles and summaries into a news site.

    \b
    Start a site, look at it, publish it:
      digest init mysite            a small site to begin with
      digest new article "A title"  the file for an article, ready to be written
      digest serve mysite           the site in a browser, while it is being written
      digest build mysite           all pages, into mysite/output/

    Every command explains itself: digest build --help.
    """  # noqa: D301 - click reads the \b as "keep these lines"


@cli.command(short_help="Build the site into its output folder.")
@_SITE
@click.option("--output", type=click.Path(path_type=Path), help="Where to publish to.  [default: SITE/output]")
@_BASE_URL
@click.option("--as-of", type=Instant(), help="Build the site of this moment; later entries wait.  [default: now]")
@click.option("--drafts", is_flag=True, help="Show drafts and withheld entries too, each with a badge.")
@_JOBS
@click.option("--shard", "part", type=Shard(), metavar="I/N", help="Build only the I-th of N parts; see digest merge.")
@click.option("--no-cache", is_flag=True, help="Read and render everything, and remember nothing.")
@_STRICT
@click.option("--explain", is_flag=True, help="Say of every page that was rendered again why.")
@click.option("--profile", is_flag=True, help="Show where the time went: each phase with its seconds and pieces.")
@click.option("--durable", is_flag=True, help="Make sure of the disk before files are replaced (against power loss).")
@_FORMAT
@_QUIET
def build(
    site: Path, output: Path | None, base_url: str | None, as_of: datetime | None, drafts: bool, part: Part | None,
    jobs: int | None, no_cache: bool, strict: bool, explain: bool, profile: bool, durable: bool, form: str, quiet: bool,
) -> None:  # fmt: skip
    """Build the site in SITE (the folder that holds content/; default: here).

    All problems of all files are shown in one run, each with its place and how to mend it. If there is an error,
    nothing is published and the output folder stays as it was.

    \b
    Examples:
      digest build
      digest build mysite --as-of "2025-05-11 09:00"
      digest build --explain          why is each page rendered again?
      digest build --format github    annotations on a pull request
      digest build --shard 2/4 --output part-2
    """  # noqa: D301 - click reads the \b as "keep these lines"
    began = time.perf_counter()
    gc.disable()
    from digest.build import build as run
    from digest.parallel import cores
    from digest.request import Request

    request = Request(
        site, output or site / "output", as_of or _now(), base_url, drafts, jobs or cores(), not no_cache, strict,
        explain, durable, part=part,
    )  # fmt: skip
    with Progress(quiet=quiet) as progress:
        phases = Profile(progress, began) if profile else None
        report = run(request, phases or progress)
    rows = phases.rows() if phases else ()
    print_problems(report.problems, form)
    with suppress(OSError):  # the site is published, whether the terminal can be told or not
        if report.published is not None and not quiet:
            what = f"{part} of the site".capitalize() if part else "The site"
            print_report(report.published, request.output, time.perf_counter() - began, what)
        print_profile(rows)
    if report.published is None:
        raise SystemExit(1)


@cli.command(short_help="Look for problems, without publishing anything.")
@_SITE
@_BASE_URL
@click.option("--as-of", type=Instant(), help="Check the site of this moment.  [default: now]")
@click.option("--drafts", is_flag=True, help="Check links to drafts and withheld entries as if they were published.")
@_JOBS
@_STRICT
@_FORMAT
@_QUIET
def check(
    site: Path, base_url: str | None, as_of: datetime | None, drafts: bool, jobs: int | None, strict: bool, form: str,
    quiet: bool,
) -> None:  # fmt: skip
    """Look for problems in SITE (the folder that holds content/; default: here), and publish nothing.

    These are the problems that digest build would find in content/, in the same words: before a pull request, and in
    its CI. Templates are only tried by a build.

    \b
    Examples:
      digest check
      digest check mysite --strict
      digest check --format github    annotations on a pull request
    """  # noqa: D301 - click reads the \b as "keep these lines"
    gc.disable()
    from digest.build import check as run
    from digest.parallel import cores
    from digest.problems import errors
    from digest.request import Request

    request = Request(site, site / "output", as_of or _now(), base_url, drafts, jobs or cores(), strict=strict)
    with Progress(quiet=quiet) as progress:
        problems = run(request, progress)
    print_problems(problems, form, publishing=False)
    if not problems and not quiet:
        click.echo("No problems.", err=True)
    if errors(problems):
        raise SystemExit(1)


def _now() -> datetime:
    """The present, or SOURCE_DATE_EPOCH (reproducible-builds.org: seconds since 1970, UTC) where it is set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(f'SOURCE_DATE_EPOCH is "{epoch}"; seconds since 1970 are meant') from None


@cli.command(short_help="Put the parts of a site together.")
@click.argument(
    "parts", metavar="PART...", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Where to publish to.")
@click.option("--durable", is_flag=True, help="Make sure of the disk before files are replaced (against power loss).")
@_FORMAT
@_QUIET
def merge(parts: tuple[Path, ...], output: Path, durable: bool, form: str, quiet: bool) -> None:
    """Put the parts of a site together: the folders that digest build --shard made, of one build and all of them.

    The output folder then is what digest build without --shard would have made it. If a part is missing, damaged or
    of another build, nothing is changed.

    \b
    Example:
      digest build --shard 1/2 --output part-1
      digest build --shard 2/2 --output part-2
      digest merge part-1 part-2 --output output
    """  # noqa: D301 - click reads the \b as "keep these lines"
    began = time.perf_counter()
    from digest.merge import merge as run

    with Progress(quiet=quiet) as progress:
        report = run(parts, output, progress, durable=durable)
    print_problems(report.problems, form)
    if report.published is None:
        raise SystemExit(1)
    if not quiet:
        with suppress(OSError):  # as after a build
            print_report(report.published, output, time.perf_counter() - began)


@cli.command(short_help="Show the site in a browser while it is being written.")
@_SITE
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option("--drafts/--no-drafts", default=True, show_default=True, help="Show drafts and withheld entries.")
@click.option("--as-of", type=Instant(), help="Show the site of this moment.  [default: now]")
@click.option("--open", "open_", is_flag=True, help="Open the site in the browser.")
@click.option("--follow", is_flag=True, help="Let the browser go to the page that is being edited.")
@click.option(
    "--editor", metavar="URL", default="", envvar="DIGEST_EDITOR",
    help="Where a problem's place leads, such as vscode://file{path}:{line}:{column}.  [env: DIGEST_EDITOR]",
)  # fmt: skip
def serve(
    site: Path, host: str, port: int, drafts: bool, as_of: datetime | None, open_: bool, follow: bool, editor: str
) -> None:
    """Show the site in SITE (the folder that holds content/; default: here) and show every change as it is saved.

    A mistake leaves the last good site up and is shown in the page until it is mended. Nothing is published: the
    preview has a folder of its own in .digest/. Ctrl-C ends it.

    \b
    Examples:
      digest serve --open --follow
      digest serve --as-of "2025-06-01 09:00" --no-drafts     the site as readers will see it then
    """  # noqa: D301 - click reads the \b as "keep these lines"
    import logging

    from digest.preview_builds import Workshop

    logging.getLogger("watchdog").addHandler(logging.NullHandler())  # it warns of events that come as it is stopped
    with closing(Workshop()) as workshop:
        workshop.start()  # one process loads what builds while this one loads what serves
        from digest import serve as preview

        options = preview.Options(site, host, port, drafts, as_of, follow, open_, editor)
        try:
            preview.serve(options, preview.Surroundings(_now, _tell), workshop)
        except preview.PortTakenError as taken:
            raise click.UsageError(str(taken)) from None
        except OSError as error:
            raise click.UsageError(f"this computer can't listen on {host}: {error.strerror or error}") from None
    click.echo("The preview has ended.", err=True)


def _tell(words: str) -> None:
    """A line of the preview on the terminal, with the time of day. The preview outlives its terminal."""
    with suppress(OSError):
        click.echo(f"{datetime.now().astimezone():%H:%M:%S}  {words}", err=True)


@cli.command(short_help="Say why entries are related, and what to link.")
@click.argument("name", metavar="[SLUG | SITE]", default="")
@_AT
@click.option("--explain", "ask", flag_value="explain", help="Show scores and reasons, and why near ones lost.")
@click.option("--all", "ask", flag_value="all", help="Show the list of every article.")
@click.option("--suggest-links", "ask", flag_value="links", help="Show near entries that don't link to each other.")
@click.option("--orphans", "ask", flag_value="orphans", help="Show the entries that no list names.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def related(name: str, site: Path, ask: str | None, form: str) -> None:
    """Show the related posts of the entry with this SLUG, or ask about all of SITE.

    \b
    Examples:
      digest related council-votes --explain
      digest related --all --format json mysite
    """  # noqa: D301 - click reads the \b as "keep these lines"
    from digest.advice import answer

    told = answer(name, site, ask, form, _now())
    print_problems(told.problems, "text")
    click.echo(told.text, nl=False)
    raise SystemExit(told.code)


@cli.command(short_help="Start a site in a new folder.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start a site in DIR: settings, topics, sources, an article, an edition, a page about it.

    Every file says in comments what else it can hold.
    """
    from digest.starter import RefusedError, start

    try:
        made = start(folder, _now())
    except RefusedError as refused:
        raise click.UsageError(str(refused)) from None
    for path in made:
        click.echo(f"wrote {path}", err=True)
    click.echo(f"\nNext:  digest build {folder}", err=True)


@cli.command(short_help="Start an article, a summary or an edition.")
@click.argument("what", type=click.Choice(["article", "summary", "edition"]))
@click.argument("title")
@_AT
def new(what: str, title: str, site: Path) -> None:
    """Write a new file for an article, a summary or an edition with this TITLE, ready to be filled in.

    \b
    Examples:
      digest new article "Council votes for the bridge"
      digest new edition "Week 20"
    """  # noqa: D301 - click reads the \b as "keep these lines"
    from digest.starter import RefusedError, new_file

    try:
        path = new_file(site, what, title, _now())
    except RefusedError as refused:
        raise click.UsageError(str(refused)) from None
    click.echo(path)


@cli.command(short_help="Print the JSON Schema of a kind of file.")
@click.argument("name", metavar="[KIND]", default="article")
def schema(name: str) -> None:
    """Print the JSON Schema of a kind of file: article, page, summary, edition, site, topics or sources.

    Editors use it to complete keys and to check them while you type.

    \b
    For VS Code with its YAML extension, save the schema once and name it at the top of each file:
      digest schema edition > edition.schema.json
      # yaml-language-server: $schema=../../../edition.schema.json
    """  # noqa: D301 - click reads the \b as "keep these lines"
    import json

    from digest.schema import NAMES
    from digest.schema import schema as make

    if name not in NAMES:
        raise click.UsageError(f'there is no schema "{name}"; there are: {", ".join(NAMES)}')
    click.echo(json.dumps(make(name), indent=2, ensure_ascii=False))


def main() -> None:
    """Run the command line. A fault of digest's own is told in one line, never as a traceback."""
    with suppress(AttributeError, ValueError, OSError):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        cli.main(prog_name="digest", standalone_mode=True)
    except (SystemExit, KeyboardInterrupt):
        raise
    except Exception as error:
        if os.environ.get("DIGEST_DEBUG"):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        click.echo(f"digest: a fault of digest itself ({type(error).__name__}: {error}, at {where}).", err=True)
        click.echo("The output folder was left as it was. Please report it; DIGEST_DEBUG=1 shows more.", err=True)
        raise SystemExit(1) from None
