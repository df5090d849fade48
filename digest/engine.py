"""Shell: what this generator is made of, so that the cache of another version is never taken for its own."""

from __future__ import annotations

import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from digest import __version__

DEPENDENCIES = (
    "babel",
    "jinja2",
    "markdown",
    "markupsafe",
    "msgspec",
    "nh3",
    "pyromark",
    "python-slugify",
    "pyyaml",
    "text-unidecode",
    "tzdata",
)
"""The packages whose version can change a byte of what is read or rendered."""

_OPTIONAL = {"pyromark"}


def engine_version() -> bytes:
    """The generator's version, the bytes of its own modules, Python's and its dependencies' versions, as one hash.

    The modules' bytes count because a checkout is edited without its version changing. Python counts because it
    brings the tables of Unicode, and the order of bytes because numbers are kept as this machine holds them.
    """
    mark = blake2b(f"{__version__} {sys.version_info} {sys.byteorder}".encode(), digest_size=16)
    for module in sorted(Path(__file__).parent.glob("*.py")):
        mark.update(module.name.encode() + b"\0" + module.read_bytes())
    installed = _installed()
    for name in DEPENDENCIES:
        mark.update(f"{name} {installed.get(name, '-')}\0".encode())
    return mark.digest()


def _installed() -> dict[str, str]:
    """The versions of installed packages by their normalised names, as the folders of their metadata are called.

    (Binary distribution format, "The .dist-info directory".) Asking ``importlib.metadata`` takes as long to import as
    all else here takes together; where packages are kept in another way, it is asked.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for entry in sorted(Path(folder).glob("*.dist-info")):
                name, _, number = entry.stem.partition("-")
                found.setdefault(name.lower().replace("_", "-"), number)
    absent = [name for name in DEPENDENCIES if name not in found]
    if not _OPTIONAL.issuperset(absent):
        from importlib.metadata import PackageNotFoundError, version

        for name in absent:
            with suppress(PackageNotFoundError):
                found[name] = version(name)
    return found


def theme_folder() -> Path:
    """The default theme: in the installed package, or at the top of a checkout."""
    packed = Path(__file__).parent / "theme"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "templates"
