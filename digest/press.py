"""Shell: makes what of a plan must be made: compares, renders on several cores, stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, TemplateError

from digest import parallel
from digest.cache import Cache, DamagedError
from digest.engine import theme_folder
from digest.output import Output
from digest.pages import Chrome, Planned, StaticFile
from digest.problems import Problem
from digest.render import FOLDER, Fingerprints, Templates, encode, environment, fingerprint, render, template_problem
from digest.request import Request
from digest.sheets import Rendered
from digest.stamps import Stamp, digest_of
from digest.ticks import Tick, told

AT_ONCE = 1000
"""Values of pages that go into the cache together: some 4 MB."""


class Work(NamedTuple):
    """A page or file that may have to be made again: its number (its name in staging), and how it was last made.

    ``around`` is what its bytes depend on beside its value; for a file, its hash.
    """

    number: int
    what: Planned | StaticFile
    around: bytes
    known: Rendered | None

    def is_as_planned(self, made: Made) -> bool:
        """Whether what was ``made`` is what was planned: a static file may have changed before it was copied."""
        return isinstance(self.what, Planned) or made.hash == self.around


class Made(NamedTuple):
    """What came of a piece of work: the hash of the bytes, the fingerprint, the encoded value, or a problem.

    ``same`` says that the fingerprint is the last one, ``made`` that the bytes were made all the same; ``staged`` is
    the stamp of the staged file where they differ from what is published.
    """

    number: int
    hash: bytes = b""
    fingerprint: bytes = b""
    value: bytes = b""
    same: bool = False
    made: bool = True
    staged: Stamp | None = None
    problem: Problem | None = None


def template_folders(site: Path) -> list[Path]:
    """Where templates are looked for: the site's own folder, then the theme."""
    own, theme = site / FOLDER, theme_folder()
    return [own, theme] if own.is_dir() and own.resolve() != theme.resolve() else [theme]


def mark_of(prints: Fingerprints, what: Planned | StaticFile) -> bytes:
    """What stands for the bytes of a page or file as it is planned: its basis, or where it has none its fingerprint."""
    if isinstance(what, StaticFile):
        return bytes.fromhex(what.hash)
    around = prints.around(what)
    return fingerprint(around, what.basis or encode(what.page()))


def stale(
    output: Output, prints: Fingerprints, last: Mapping[str, Rendered], planned: Iterable[Planned | StaticFile]
) -> tuple[list[Work], list[tuple[str, Rendered]]]:
    """What may have to be made again, and the renderings, by path, that are right but whose stamps must be renewed."""
    work: list[Work] = []
    renew: list[tuple[str, Rendered]] = []
    for what in planned:
        known, mark = last.get(what.path), mark_of(prints, what)
        same = known is not None and mark in (known.basis, known.fingerprint)
        intact = output.intact(what.path, known) if known is not None and same else False
        if intact is None and known is not None:
            renew.append((what.path, known))
        elif not intact:
            around = prints.around(what) if isinstance(what, Planned) else mark
            work.append(Work(len(work), what, around, known))
    return work, renew


def make(
    request: Request, cache: Cache, chrome: Chrome, output: Output, work: Sequence[Work], tick: Tick,
    templates: Templates,
) -> dict[int, Made]:  # fmt: skip
    """Render and stage what of ``work`` must be, on several cores; what came of it, by number."""
    dealt = [
        _Shard(request.site, output.folder, cache.file, chrome, part, templates)
        for part in parallel.shards(work, request.jobs)
    ]
    made = told(parallel.stream(_make_shard, dealt), tick, "Rendering", len(work))
    return {one.number: one for one in _lightened(cache, work, made)}


def _lightened(cache: Cache, work: Sequence[Work], found: Iterable[Made]) -> Iterator[Made]:
    """What was made, without the values of new pages: these go into the cache some at a time.

    All together they would be a third of what the first build of a large site holds. The value of a page that was
    published before waits for the commit: until then the last one says what changed.
    """
    values: list[tuple[str, bytes]] = []
    for one in found:
        new = one.value and work[one.number].known is None
        if new:
            values.append((work[one.number].what.path, one.value))
        yield one._replace(value=b"") if new else one
        if len(values) == AT_ONCE:
            cache.keep_early(values)
            values = []
    cache.keep_early(values)


class _Shard(NamedTuple):
    """What a worker process needs to render some pages."""

    site: Path
    output: Path
    cache: Path
    chrome: Chrome
    work: Sequence[Work]
    templates: Templates


def _make_shard(shard: _Shard) -> Iterator[Made]:
    """Make some pages and files, as far as they differ. Runs in a worker process."""
    output = Output(shard.output)
    reader = Cache.reading(shard.cache)
    made = environment(template_folders(shard.site), shard.chrome, reader.body, shard.templates)
    for one in shard.work:
        yield (
            _copied(one, one.what, output)
            if isinstance(one.what, StaticFile)
            else _page_made(one, one.what, output, made, shard.chrome)
        )
    reader.close()


def _copied(one: Work, file: StaticFile, output: Output) -> Made:
    """Stage a static file, if its bytes are new. It is remembered as what was copied, should it have changed since."""
    new = output.hash(file.path) != one.around
    hash_, staged = output.stage_copy(str(one.number), Path(file.origin)) if new else (one.around, None)
    return Made(one.number, hash_, hash_, same=one.known is not None and one.known.hash == one.around, staged=staged)


def _page_made(one: Work, planned: Planned, output: Output, templates: Environment, chrome: Chrome) -> Made:
    """Make the value of a page; where that says so, or its file isn't what it was, render and stage it."""
    page = planned.page()
    encoded = encode(page)
    mark = fingerprint(one.around, encoded)
    same = one.known is not None and one.known.fingerprint == mark
    if one.known is not None and same and output.intact(page.path, one.known) is not False:
        return Made(one.number, one.known.hash, mark, same=True, made=False)
    try:
        data = render(templates, page, chrome)
    except Exception as error:
        if isinstance(error, DamagedError | OSError) and not isinstance(error, TemplateError):
            raise
        return Made(one.number, problem=template_problem(error, page.template))
    hash_ = digest_of(data)
    staged = output.stage(str(one.number), data) if output.hash(page.path) != hash_ else None
    return Made(one.number, hash_, mark, encoded, same, staged=staged)
