"""Shell: from the plan to the output folder. Renders what changed, stages it, commits it, remembers it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from digest import output as folder
from digest import parts
from digest.cache import Cache
from digest.content import Reading
from digest.engine import engine_version
from digest.explain import changed_page, changed_surroundings
from digest.manifest import Record
from digest.memory import Kept
from digest.output import Output
from digest.pages import Chrome, Planned, StaticFile
from digest.parts import Part
from digest.press import Made, Work, make, mark_of, stale, template_folders
from digest.problems import Place, Problem, problem
from digest.relations import Held
from digest.render import Fingerprints, Templates, decode, environment, fingerprint
from digest.request import Request
from digest.sheets import Rendered, Sheet, Sheets
from digest.stamps import NONE, digest_of
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
        self.templates.recall(cache.get("templates"))
        return self.templates


def static_files(site: Path, own: Sequence[StaticFile]) -> tuple[StaticFile, ...]:
    """The site's static files and the theme's assets, of which the site may replace single ones."""
    found: dict[str, StaticFile] = {}
    for top in reversed(template_folders(site)):
        for file in sorted((top / ASSETS).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                path = file.relative_to(top).as_posix()
                found[path] = StaticFile(path, str(file), digest_of(file.read_bytes()).hex())
    return (*own, *(found[path] for path in sorted(found)))


LAST_PLAN = "last plan"
"""Under which the cache keeps what a build noted of its plan. It comes true together with the renderings."""

Note = Callable[[Mapping[str, int], bytes], Mapping[str, bytes]]
"""What the cache keeps of a plan, by name, given how many pages it has of each kind and the mark of the manifest."""


class _Press(NamedTuple):
    """What all publishing works with. ``known`` are the renderings that are remembered."""

    request: Request
    cache: Cache
    chrome: Chrome
    output: Output
    known: Sheets[Rendered]
    tick: Tick
    warm: Warm
    began: int

    def prints(self) -> Fingerprints:
        """The fingerprints of the site's templates."""
        folders = template_folders(self.request.site)
        templates = environment(folders, self.chrome, self.cache.body, self.warm.recalled(self.cache))
        return Fingerprints(templates, folders, self.chrome, self.warm.engine)


def publish(
    request: Request, cache: Cache, chrome: Chrome, pages: Sequence[Planned], files: Sequence[StaticFile], tick: Tick,
    warm: Warm, note: Note,
) -> Published:  # fmt: skip
    """Bring the output folder to the plan. Raises ``OSError`` with the folder as it was."""
    began = time.time_ns()
    with folder.opened(request.output) as output:
        press = _Press(request, cache, chrome, output, cache.rendered(), tick, warm, began)
        prints, last = press.prints(), press.known.whole()
        planned = _paths(pages, files)
        build_mark = _mark_of(prints, [*pages, *files]) if request.part else ""
        pages, files = _own(request.part, pages), _own(request.part, files)
        paths = _paths(pages, files)
        kinds = Counter(page.kind for page in pages) + Counter({"file": len(files)})
        foreign = () if last else tuple(output.foreign(paths))
        work, renew = stale(output, prints, last, told([*pages, *files], tick, "Comparing", len(paths)))
        done = _done(press, prints, work)
        if isinstance(done, Published):
            return done
        record = _record(request.part, build_mark, paths, last, done.work) if request.part else None
        removed = output.commit(done.staged, paths, record=record, durable=request.durable, tick=tick)
        with suppress(OSError):  # what is published counts; what isn't remembered is only made once more
            as_planned = all(one.is_as_planned(made) for one, made in done.work)
            kept = note(kinds, output.mark()) if as_planned else {LAST_PLAN: b""}
            _remember(press, done.work, renew, last.keys() - planned, kept)
            _remember_surroundings(cache, prints, chrome, warm.templates)
    return _published(done, kinds, paths, removed, foreign)


def republish(
    request: Request, cache: Cache, chrome: Chrome, kinds: Mapping[str, int], manifest: bytes,
    known: Sheets[Rendered], pages: Sequence[Planned], tick: Tick, warm: Warm, note: Note | None,
) -> Published | None:  # fmt: skip
    """Bring the output folder to a plan that differs from the last one in ``pages``, some of which may be new.

    ``kinds`` counts that plan, ``manifest`` is the mark it left, ``known`` are its renderings. Without a ``note`` the
    last one stays. ``None`` where the folder or the cache isn't what that plan left. Raises ``OSError`` with the folder
    as it was.
    """
    began = time.time_ns()
    with folder.opened(request.output) as output:
        press = _Press(request, cache, chrome, output, known, tick, warm, began)
        before = frozenset(known)
        if len(before) != sum(kinds.values()) or not output.holds(before, manifest):
            return None
        renew = _standing(press, {one.path for one in pages})
        if renew is None:
            return None
        done: _Done | Published = _Done()
        if pages:
            prints = press.prints()
            work, more = stale(output, prints, known, pages)
            renew += more
            done = _done(press, prints, work)
        if isinstance(done, Published):
            return done
        paths = before.union(one.path for one in pages)
        kinds = Counter(kinds) + Counter(one.kind for one in pages if one.path not in before)
        removed = output.commit(done.staged, paths, durable=request.durable, tick=tick)
        with suppress(OSError):
            _remember(press, done.work, renew, (), note(kinds, output.mark()) if note else {})
    return _published(done, kinds, paths, removed)


def _standing(press: _Press, own: Set[str]) -> list[tuple[str, Rendered]] | None:
    """The renderings whose stamps must be renewed; ``None`` where a file isn't what it was.

    The files of the paths ``own`` may be anything.
    """
    renew: list[tuple[str, Rendered]] = []
    for path, known in _doubtful(press):
        intact = path in own or press.output.intact(path, known)
        if intact is False:
            return None
        renew += [] if intact else [(path, known)]
    return renew


def _doubtful(press: _Press) -> Iterator[tuple[str, Rendered]]:
    """What is remembered of the files in those folders of which some file hasn't the stamp that is remembered."""
    done, total = 0, len(press.known)
    press.tick("Comparing", done, total)
    for place, sheet in press.known.by_folder.items():
        top = f"{place}/" if place else ""
        if not _is_as_told(press.output, top, sheet):
            yield from ((top + name, row) for name, row in press.known.rows(place).items())
        done += len(sheet.names)
        press.tick("Comparing", done, total)


def _is_as_told(output: Output, top: str, sheet: Sheet) -> bool:
    """Whether every file on a sheet has the stamp that stands there."""
    try:
        return sheet.holds(sheet.names, [output.stamp(top + name).packed() for name in sheet.names])
    except (FileNotFoundError, NotADirectoryError):
        return False


class _Done(NamedTuple):
    """Work with what came of it, the staged files by output path, and why they were made, where that was asked."""

    work: Sequence[tuple[Work, Made]] = ()
    staged: Mapping[str, str] = {}
    reasons: Mapping[str, str] = {}


def _done(press: _Press, prints: Fingerprints, work: Sequence[Work]) -> _Done | Published:
    """Do some work, up to the staged files; where there are problems, they are all that is published."""
    if prints.problems:
        return Published(problems=tuple(sorted(set(prints.problems))))
    if work:
        prints.compile()
    made = make(press.request, press.cache, press.chrome, press.output, work, press.tick, press.warm.templates)
    done = [(one, made[one.number]) for one in work]
    reasons = _reasons(press.cache, prints, press.chrome, done) if press.request.explain else {}
    staged = {one.what.path: str(one.number) for one, what in done if what.staged is not None}
    press.tick("Publishing", 0, len(staged))
    faults = [what.problem for _, what in done if what.problem]
    faults += [foreign_problem(press.request.output, path) for path in press.output.in_the_way(staged)]
    return Published(problems=tuple(sorted(set(faults)))) if faults else _Done(done, staged, reasons)


def _published(
    done: _Done, kinds: Mapping[str, int], paths: Collection[str], removed: Iterable[str], foreign: tuple[str, ...] = ()
) -> Published:
    unchanged = len(paths) - len(done.staged)
    return Published(kinds, tuple(sorted(done.staged)), unchanged, tuple(removed), foreign, done.reasons)


def _paths(pages: Iterable[Planned], files: Iterable[StaticFile]) -> frozenset[str]:
    """Every output path of a plan."""
    return frozenset({page.path for page in pages} | {file.path for file in files})


def _own(part: Part | None, planned: Sequence[What]) -> Sequence[What]:
    """What of the plan belongs to ``part``; all of it, where there is none."""
    return planned if part is None else [one for one in planned if part.holds(one.path)]


def _mark_of(prints: Fingerprints, planned: Iterable[Planned | StaticFile]) -> str:
    """The mark of a whole build: parts whose builds have the same go together, whenever and wherever they were made."""
    return parts.mark_of((one.path, mark_of(prints, one)) for one in planned)


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
    if surroundings != cache.get("surroundings"):
        cache.put("surroundings", surroundings)
    if templates.grown:
        cache.put("templates", templates.save())


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
            before = cache.page_value(what.path) if known else b""
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


def foreign_problem(output: Path, path: str) -> Problem:
    """The problem with a file at ``path`` that is in the way."""
    told = f"{path} was not published by digest, and a page needs its place"
    hint = "move that file out of the output folder, or give the page another address"
    return problem(Place(f"{output}/{path}"), "foreign-file", told, hint)


def _remember(
    press: _Press, done: Iterable[tuple[Work, Made]], renew: Iterable[tuple[str, Rendered]], gone: Iterable[str],
    notes: Mapping[str, bytes],
) -> None:  # fmt: skip
    """Keep what was rendered, so that the next build can pass it over, and ``notes`` of the plan."""
    output, began = press.output, press.began
    rows = {path: one._replace(stamp=output.stamp(path).encode(began)) for path, one in renew}
    values: list[tuple[str, bytes]] = []
    for one, made in told(done, press.tick, "Remembering"):
        basis = fingerprint(one.around, one.what.basis) if isinstance(one.what, Planned) and one.what.basis else NONE
        stamp = output.stamp(one.what.path)
        stored = stamp.encode_moved(made.staged, output.clock) if made.staged else stamp.encode(began)
        rows[one.what.path] = Rendered(stored, made.hash, made.fingerprint, basis)
        if made.value:
            values.append((one.what.path, made.value))

    cache = press.cache
    cache.begin()
    cache.forget_values(gone)
    cache.keep_pages(press.known.changed(rows, gone))
    cache.keep_values(values)
    for name, note in notes.items():
        cache.put(name, note)
    cache.commit()
