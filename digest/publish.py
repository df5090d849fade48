"""Shell: from the plan to the output folder. Renders what changed, stages it, commits it, remembers it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from jinja2 import Environment, TemplateError

from digest import output as folder
from digest import parallel, parts
from digest.cache import Cache, DamagedError, Rendered, Stamp, digest_of
from digest.content import Reading
from digest.engine import engine_version, theme_folder
from digest.explain import changed_page, changed_surroundings
from digest.manifest import Record
from digest.memory import Kept
from digest.output import Output
from digest.pages import Chrome, Planned, StaticFile
from digest.parts import Part
from digest.problems import Place, Problem, problem
from digest.relations import Held
from digest.render import (
    FOLDER,
    Fingerprints,
    Templates,
    decode,
    encode,
    environment,
    fingerprint,
    render,
    template_problem,
)
from digest.request import Request
from digest.ticks import Tick, told

ASSETS = "assets"

What = TypeVar("What", Planned, StaticFile)


class Published(NamedTuple):
    """What was published. ``kinds`` counts the planned pages by kind; paths are those of output files.

    ``reasons`` says for each page that was rendered again why, where it was asked for.
    """

    kinds: Mapping[str, int] = {}
    written: tuple[str, ...] = ()
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    reasons: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()


class Work(NamedTuple):
    """A page or file that may have to be made again: its number (its name in staging), and how it was last made.

    ``around`` is what its bytes depend on beside its value; for a file, its hash.
    """

    number: int
    what: Planned | StaticFile
    around: bytes
    known: Rendered | None


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


class Warm(NamedTuple):
    """What a process keeps from one build to the next: the generator's version, the templates' code, related posts."""

    engine: bytes
    templates: Templates
    related: Held
    readings: Kept[bytes, Reading]

    @classmethod
    def begin(cls, *, again: bool = False) -> Warm:
        """Nothing kept yet. The version is that of the modules as they lie on the disk now, so begin early.

        Only a process that will build ``again`` pays for keeping readings in memory.
        """
        return cls.empty(engine_version(), Templates(), again=again)

    @classmethod
    def empty(cls, engine: bytes, templates: Templates, *, again: bool) -> Warm:
        """Nothing kept but the generator's version and the templates' code."""
        return cls(engine, templates, Held(again=again), Kept(on=again))

    def recalled(self, cache: Cache) -> Templates:
        """What is known of templates, here or in the cache."""
        self.templates.recall(cache.get("template names"))
        return self.templates


def template_folders(site: Path) -> list[Path]:
    """Where templates are looked for: the site's own folder, then the theme."""
    own, theme = site / FOLDER, theme_folder()
    return [own, theme] if own.is_dir() and own.resolve() != theme.resolve() else [theme]


def static_files(site: Path, own: Sequence[StaticFile]) -> tuple[StaticFile, ...]:
    """The site's static files and the theme's assets, of which the site may replace single ones."""
    found: dict[str, StaticFile] = {}
    for top in reversed(template_folders(site)):
        for file in sorted((top / ASSETS).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                path = file.relative_to(top).as_posix()
                found[path] = StaticFile(path, str(file), digest_of(file.read_bytes()).hex())
    return (*own, *(found[path] for path in sorted(found)))


def publish(
    request: Request, cache: Cache, chrome: Chrome, pages: Sequence[Planned], files: Sequence[StaticFile], tick: Tick,
    warm: Warm,
) -> Published:  # fmt: skip
    """Bring the output folder to the plan. Raises ``OSError`` with the folder as it was."""
    began = time.time_ns()
    with folder.opened(request.output) as output:
        folders = template_folders(request.site)
        templates = environment(folders, chrome, cache.body, warm.recalled(cache))
        prints = Fingerprints(templates, folders, chrome, warm.engine)
        planned = _paths(pages, files)
        build_mark = _mark_of(prints, [*pages, *files]) if request.part else ""
        pages, files = _own(request.part, pages), _own(request.part, files)
        paths = _paths(pages, files)
        last = cache.rendered()
        foreign = () if last else tuple(output.foreign(paths))
        work, renew = _stale(output, prints, last, told([*pages, *files], tick, "Comparing", len(paths)))
        if prints.problems:
            return Published(problems=tuple(sorted(set(prints.problems))))
        made = _make(request, cache, chrome, output, work, tick, warm)
        done = [(one, made[one.number]) for one in work]
        reasons = _reasons(cache, prints, chrome, done) if request.explain else {}
        staged = {one.what.path: str(one.number) for one, what in done if what.staged is not None}
        tick("Publishing", 0, len(staged))
        faults = [what.problem for _, what in done if what.problem]
        faults += [foreign_problem(request.output, path) for path in output.in_the_way(staged)]
        if faults:
            return Published(problems=tuple(sorted(set(faults))))
        record = _record(request.part, build_mark, paths, last, done) if request.part else None
        removed = output.commit(staged, paths, record=record, durable=request.durable, tick=tick)
        with suppress(OSError):  # what is published counts; what isn't remembered is only made once more
            _remember(cache, output, told(done, tick, "Remembering", len(done)), renew, last.keys() - planned, began)
            _remember_surroundings(cache, prints, chrome, warm.templates)
    return Published(
        kinds=Counter(page.kind for page in pages) + Counter({"file": len(files)}),
        written=tuple(sorted(staged)),
        unchanged=len(paths) - len(staged),
        removed=tuple(removed),
        foreign=foreign,
        reasons=reasons,
    )


def _paths(pages: Iterable[Planned], files: Iterable[StaticFile]) -> frozenset[str]:
    return frozenset({page.path for page in pages} | {file.path for file in files})


def _own(part: Part | None, planned: Sequence[What]) -> Sequence[What]:
    """What of the plan belongs to ``part``; all of it, where there is none."""
    return planned if part is None else [one for one in planned if part.holds(one.path)]


def _mark(prints: Fingerprints, what: Planned | StaticFile) -> bytes:
    """What stands for the bytes of a page or file as it is planned: its basis, or where it has none its fingerprint."""
    if isinstance(what, StaticFile):
        return bytes.fromhex(what.hash)
    around = prints.around(what)
    return around + what.basis if what.basis else fingerprint(around, encode(what.page()))


def _mark_of(prints: Fingerprints, planned: Iterable[Planned | StaticFile]) -> str:
    """The mark of a whole build: parts whose builds have the same go together, whenever and wherever they were made."""
    return parts.mark_of((one.path, _mark(prints, one)) for one in planned)


def _record(
    part: Part, build_mark: str, paths: Iterable[str], last: Mapping[str, Rendered], done: Iterable[tuple[Work, Made]]
) -> Record:
    """What a part says of itself in its manifest."""
    hashes = {one.what.path: made.hash for one, made in done}
    own = ((path, hashes[path] if path in hashes else last[path].hash) for path in paths)
    return Record(part.number, part.of, build_mark, parts.mark_of(own))


class Surroundings(msgspec.Struct, frozen=True):
    """What all pages share, as remembered for explanations: the chrome and the hash of each template's source."""

    chrome: Chrome
    templates: dict[str, bytes]


def _remember_surroundings(cache: Cache, prints: Fingerprints, chrome: Chrome, templates: Templates) -> None:
    surroundings = msgspec.msgpack.encode(Surroundings(chrome, prints.sources()))
    for name, value in (("surroundings", surroundings), ("template names", templates.names())):
        if value != cache.get(name):
            cache.put(name, value)


def _reasons(cache: Cache, prints: Fingerprints, chrome: Chrome, done: Sequence[tuple[Work, Made]]) -> dict[str, str]:
    """Why each page that was made again was, by path."""
    again = [(one.what, one.known is not None, made.same) for one, made in done if made.made]
    stored = cache.get("surroundings")
    if not stored:
        return {what.path: "nothing was remembered" for what, _, _ in again}
    old = msgspec.msgpack.decode(stored, type=Surroundings)
    reasons = {}
    for what, known, same in again:
        if same:
            reasons[what.path] = "the published file was changed or removed"
        elif isinstance(what, Planned):
            before = cache.page_value(what.path)
            reached = prints.reached(what.template)
            templates = {name: old.templates.get(name, b"") for name in reached}
            words = [
                changed_page(decode(before) if before else None, what.page()),
                changed_surroundings(old.chrome, chrome, templates, reached) if before else "",
            ]
            reasons[what.path] = ", ".join(filter(None, words)) or "it was not remembered"
        else:
            reasons[what.path] = "the file changed" if known else "new file"
    return reasons


def _stale(
    output: Output, prints: Fingerprints, last: Mapping[str, Rendered], planned: Iterable[Planned | StaticFile]
) -> tuple[list[Work], list[tuple[str, Rendered]]]:
    """What may have to be made again, and the renderings, by path, that are right but whose stamps must be renewed."""
    work: list[Work] = []
    renew: list[tuple[str, Rendered]] = []
    for what in planned:
        known, mark = last.get(what.path), _mark(prints, what)
        same = known is not None and mark in (known.basis, known.fingerprint)
        intact = output.intact(what.path, known) if known is not None and same else False
        if intact is None and known is not None:
            renew.append((what.path, known))
        elif not intact:
            around = prints.around(what) if isinstance(what, Planned) else mark
            work.append(Work(len(work), what, around, known))
    return work, renew


def _make(
    request: Request, cache: Cache, chrome: Chrome, output: Output, work: Sequence[Work], tick: Tick, warm: Warm
) -> dict[int, Made]:
    """Render and stage what of ``work`` must be, on several cores; what came of it, by number."""
    dealt = [
        _Shard(request.site, output.folder, cache.file, chrome, part, warm.templates)
        for part in parallel.shards(work, request.jobs)
    ]
    made = told(parallel.stream(_make_shard, dealt), tick, "Rendering", len(work))
    return {one.number: one for one in made}


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


def foreign_problem(output: Path, path: str) -> Problem:
    """The problem with a file at ``path`` that is in the way."""
    told = f"{path} was not published by digest, and a page needs its place"
    hint = "move that file out of the output folder, or give the page another address"
    return problem(Place(f"{output}/{path}"), "foreign-file", told, hint)


def _remember(
    cache: Cache,
    output: Output,
    done: Iterable[tuple[Work, Made]],
    renew: Iterable[tuple[str, Rendered]],
    gone: Iterable[str],
    began: int,
) -> None:
    """Keep what was rendered, so that the next build can pass it over."""
    right = [(path, one._replace(stamp=output.stamp(path).encode(began))) for path, one in renew]
    fresh: list[tuple[str, Rendered, bytes]] = []
    for one, made in done:
        basis = one.around + one.what.basis if isinstance(one.what, Planned) and one.what.basis else b""
        stamp = output.stamp(one.what.path)
        stored = stamp.encode_moved(made.staged, output.clock) if made.staged else stamp.encode(began)
        rendered = Rendered(stored, made.hash, made.fingerprint, basis)
        if made.made:
            fresh.append((one.what.path, rendered, made.value))
        else:
            right.append((one.what.path, rendered))

    cache.begin()
    cache.forget_pages(gone)
    cache.confirm_pages(right)
    cache.keep_pages(fresh)
    cache.commit()
