"""Shell: what changed under a site's folders, told once it stands still. Events say where to look, bytes what changed.

Events of the operating system get lost (overflow, a limit on watches, file systems that send none) and come for
nothing (a file that is merely read). So an event only hastens a look at its folder. A sweep over all folders comes
now and then whatever the events say; where it finds what no event announced, events are given up for looking often.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, cast

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from digest.stamps import RACY, Stamp, digest_of

WATCHED = ("content", "templates")
"""The folders of a site that a build reads."""

_TELLING = [
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileClosedEvent, FileCreatedEvent, FileDeletedEvent,
    FileModifiedEvent, FileMovedEvent,
]  # fmt: skip
"""The events that can mean a change. Opening and reading a file send some too, and a build reads them all."""


class Pace(NamedTuple):
    """How long the watch waits, in seconds.

    ``still``: two looks so far apart must agree. ``patience``: how long a file may go on changing. ``again``: when a
    folder is looked at again after an event, because an editor that saves by renaming is not done when the event
    comes, and watchdog holds events of a rename back for half a second. ``sweep`` and ``poll``: the time between two
    looks at everything, with events and without; both grow with what a look costs.
    """

    still: float = 0.02
    patience: float = 1.0
    again: tuple[float, ...] = (0.0, 0.06, 0.2, 0.6)
    sweep: float = 3.0
    poll: float = 0.4


class Seen(NamedTuple):
    """A file as it was last looked at: its stamp, the hash of its bytes, whether the stamp can be relied on.

    The hash is empty until somebody has read the file.
    """

    stamp: Stamp
    hash: bytes
    sure: bool


class Change(NamedTuple):
    """Paths of files relative to the site's folder, sorted: new ones, changed ones, those that are gone."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(sorted({*self.added, *self.changed, *self.removed}))


class Folders:
    """The watched files of a site as last seen, and what differs from that. Knows nothing of events or threads."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._seen: dict[str, Seen] = {}
        self.folders = 0
        for path, stamp in self._files(WATCHED):
            sure = time.time_ns() - max(stamp.modified, stamp.changed) >= RACY
            self._seen[path] = Seen(stamp, b"" if sure else self._hash(path) or b"", sure)

    def look(self, places: Iterable[str] = WATCHED) -> dict[str, Seen | None]:
        """The files under ``places`` whose bytes differ from what was last accepted; ``None`` for one that is gone.

        A place is a folder with all below it, or the path of a file or folder that is gone.
        """
        places = tuple(places)
        found: dict[str, Seen | None] = {}
        there = set()
        for path, stamp in self._files(places):
            there.add(path)
            seen = self._look_at(path, stamp)
            if seen is not None:
                found[path] = seen
        for path in [one for one in self._seen if one not in there and _below(one, places)]:
            found[path] = None
        return found

    def _look_at(self, path: str, stamp: Stamp) -> Seen | None:
        """How the file at ``path`` looks now, if its bytes differ. Bytes that are the same only renew the stamp."""
        last = self._seen.get(path)
        if last is not None and last.sure and last.stamp == stamp:
            return None
        hash_ = self._hash(path)
        if hash_ is None:
            return None
        seen = Seen(stamp, hash_, time.time_ns() - max(stamp.modified, stamp.changed) >= RACY)
        if last is not None and last.hash == hash_:
            self._seen[path] = seen
            return None
        return seen

    def accept(self, found: Mapping[str, Seen | None]) -> Change:
        """Take ``found`` as what is there now, and say how it differs from what was there before."""
        added: list[str] = []
        changed: list[str] = []
        removed: list[str] = []
        for path, seen in sorted(found.items()):
            if seen is None:
                if self._seen.pop(path, None) is not None:
                    removed.append(path)
                continue
            (changed if path in self._seen else added).append(path)
            self._seen[path] = seen
        return Change(tuple(added), tuple(changed), tuple(removed))

    def remember(self) -> None:
        """Read every file that nobody has read yet, so that a later change of its times alone is seen as none."""
        for path, seen in list(self._seen.items()):
            if not seen.hash:
                hash_ = self._hash(path)
                with suppress(OSError):
                    if hash_ and Stamp.of((self._site / path).stat()) == seen.stamp:
                        self._seen[path] = Seen(seen.stamp, hash_, sure=True)

    def _hash(self, path: str) -> bytes | None:
        try:
            return digest_of((self._site / path).read_bytes())
        except OSError:
            return None

    def _files(self, places: Iterable[str]) -> Iterator[tuple[str, Stamp]]:
        """Every regular file under ``places`` that a build might read. Counts the folders on its way."""
        self.folders = 0
        todo = [place for place in places if _readable(place)]
        while todo:
            place = todo.pop()
            try:
                found = list(os.scandir(self._site / place))
            except OSError:
                continue
            self.folders += 1
            for entry in found:
                path = f"{place}/{entry.name}"
                with suppress(OSError):
                    if not _readable(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(path)
                    elif entry.is_file():
                        yield path, Stamp.of(entry.stat())


def _readable(name: str) -> bool:
    """Whether a build would look at a file of this name; what editors put beside a file is passed over."""
    last = name.rpartition("/")[2]
    return not last.startswith((".", "#")) and not last.endswith(("~", ".swp", ".swx", ".tmp"))


def _below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


class _Announced(FileSystemEventHandler):
    """Collects the folders that events come from."""

    def __init__(self, site: Path, wake: threading.Event) -> None:
        self._site = site
        self._wake = wake
        self._lock = threading.Lock()
        self._places: dict[str, float] = {}

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the folders that an event names."""
        for raw in filter(None, (event.src_path, event.dest_path)):
            path = Path(os.fsdecode(cast(str, raw)))
            with suppress(ValueError), self._lock:
                place = path.relative_to(self._site).as_posix()
                self._places[place if event.is_directory else place.rpartition("/")[0]] = time.monotonic()
        self._wake.set()

    def since(self, moment: float) -> tuple[str, ...]:
        """The folders that events came from after ``moment``; older ones are dropped."""
        with self._lock:
            self._places = {place: when for place, when in self._places.items() if when > moment}
            return tuple(self._places)


class Watch:
    """Watches a site's folders in a thread of its own and hands every settled change to ``changed``.

    ``told`` gets a sentence when the way of watching changes. Both are called in the watching thread. ``listens`` says
    that the watch has begun, ``polling`` that it has given events up.
    """

    def __init__(
        self, site: Path, changed: Callable[[Change], object], told: Callable[[str], object], pace: Pace | None = None
    ) -> None:
        self._site = Path(os.path.realpath(site))
        self._changed = changed
        self._told = told
        self._pace = pace or Pace()
        self._wake = threading.Event()
        self._stopped = False
        self._announced = _Announced(self._site, self._wake)
        self._observer: BaseObserver | None = None
        self._roots: frozenset[str] = frozenset()
        self._unannounced: set[str] = set()
        self._cost = 0.0
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self.folders = Folders(self._site)
        self.polling = False
        self.listens = False

    def start(self) -> None:
        """Begin. What changes after the watch was made is seen, whether or not it has begun yet."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def _over(self) -> bool:
        return self._stopped

    def _run(self) -> None:
        self._listen()
        self._sweep()
        self.folders.remember()
        self.listens = True
        swept = time.monotonic()
        while not self._over():
            every = max(self._pace.poll if self.polling else self._pace.sweep, self._cost * 20)
            self._wake.wait(max(0.0, swept + every - time.monotonic()))
            if self._over():
                break
            if self._wake.is_set():
                self._wake.clear()
                self._follow_events()
            if time.monotonic() >= swept + every:
                self._sweep()
                swept = time.monotonic()
        self._deafen()

    def _follow_events(self) -> None:
        """Look at the folders that events come from, a few times, until they come no more."""
        last = time.monotonic()
        looked = 0
        while looked < len(self._pace.again) and not self._over():
            self._wake.wait(max(0.0, last + self._pace.again[looked] - time.monotonic()))
            if self._wake.is_set():
                self._wake.clear()
                last, looked = time.monotonic(), min(looked, 1)
            looked += 1
            places = self._announced.since(last - sum(self._pace.again) - self._pace.patience)
            if places and self._settle(_outermost(places)):
                last, looked = time.monotonic(), 1

    def _settle(self, places: tuple[str, ...]) -> Change | None:
        """Look at ``places`` until two looks agree and no file is empty halfway, then hand the change on."""
        found = self.folders.look(places)
        until = time.monotonic() + self._pace.patience
        while found and not self._over():
            time.sleep(self._pace.still)
            again = self.folders.look(places)
            if again == found and (not self._half_saved(found) or time.monotonic() > until - self._pace.patience / 2):
                break
            found = again
            if time.monotonic() > until:
                break
        change = self.folders.accept(found)
        if not change.paths:
            return None
        self._unannounced.difference_update(change.paths)
        self._changed(change)
        return change

    def _half_saved(self, found: Mapping[str, Seen | None]) -> bool:
        """Whether an editor may be halfway: it empties a file before it writes it, or removes it before it renames."""
        return any(seen is None or seen.stamp.size == 0 for seen in found.values())

    def _sweep(self) -> None:
        """Look at everything, and at whether events can be relied on."""
        began = time.monotonic()
        found = self.folders.look()
        self._cost = time.monotonic() - began
        if found:
            announced = self._announced.since(began - 10)
            missed = {path for path in found if not _below(path, announced)}
            self._settle(WATCHED)
            if missed and not self.polling:
                self._doubt(missed)
        if not self.polling:
            if frozenset(one for one in WATCHED if (self._site / one).is_dir()) != self._roots:
                self._listen()
            if self._short_of_watches():
                self._listen()  # a watched folder that is removed and made again loses its watch
                if watches := self._short_of_watches():
                    self._poll(f"{watches}: the system's limit is reached (fs.inotify.max_user_watches)")

    def _short_of_watches(self) -> str:
        """Whether some folders are not watched, in words. watchdog passes over them without one."""
        watches = watches_held()
        if self._observer is None or watches is None or watches >= self.folders.folders:
            return ""
        return f"only {watches} of {self.folders.folders} folders can be watched"

    def _doubt(self, missed: set[str]) -> None:
        """Events did not announce ``missed``. Once may be a race with a new folder; twice is a deaf file system."""
        if self._unannounced:
            self._poll("this file system doesn't say what changes")
        self._unannounced = missed

    def _poll(self, why: str) -> None:
        self.polling = True
        self._deafen()
        self._told(f"{why}; so all files are looked at every {max(self._pace.poll, self._cost * 20):.1f} s instead")

    def _listen(self) -> None:
        """(Re)start the observer on the folders that are there."""
        self._deafen()
        self._roots = frozenset(one for one in WATCHED if (self._site / one).is_dir())
        observer = Observer()
        try:
            for one in sorted(self._roots):
                observer.schedule(self._announced, str(self._site / one), recursive=True, event_filter=_TELLING)
            observer.start()
        except (OSError, RuntimeError) as error:
            self._poll(f"files can't be watched ({error})")
            return
        self._observer = observer

    def _deafen(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(5)
            self._observer = None


def _outermost(places: Iterable[str]) -> tuple[str, ...]:
    """``places`` without those that lie in others."""
    kept: list[str] = []
    for place in sorted(places):
        if not _below(place, kept):
            kept.append(place)
    return tuple(kept)


def watches_held() -> int | None:
    """How many folders this process watches, as the kernel counts them; ``None`` where it doesn't say.

    watchdog passes over the folders that it gets no watch for without a word, so the count is the only proof.
    """
    if sys.platform != "linux":
        return None
    count = 0
    try:
        for file in Path("/proc/self/fdinfo").iterdir():
            with suppress(OSError):
                text = file.read_text(encoding="ascii", errors="replace")
                count += text.count("\ninotify wd:") + text.startswith("inotify wd:")
    except OSError:
        return None
    return count
