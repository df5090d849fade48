"""Shell: what this generator is made of, so that the cache of another version is never taken for its own."""

from __future__ import annotations

import sys
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
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


def engine_version() -> bytes:
    """The generator's version, the bytes of its own modules, Python's and its dependencies' versions, as one hash.

    The modules' bytes count because a checkout is edited without its version changing. Python counts because it
    brings the tables of Unicode, and the order of bytes because numbers are kept as this machine holds them.
    """
    mark = blake2b(f"{__version__} {sys.version_info} {sys.byteorder}".encode(), digest_size=16)
    for module in sorted(Path(__file__).parent.glob("*.py")):
        mark.update(module.name.encode() + b"\0" + module.read_bytes())
    for name in DEPENDENCIES:
        try:
            mark.update(f"{name} {version(name)}\0".encode())
        except PackageNotFoundError:
            mark.update(f"{name} -\0".encode())
    return mark.digest()


def theme_folder() -> Path:
    """The default theme: in the installed package, or at the top of a checkout."""
    packed = Path(__file__).parent / "theme"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "templates"
