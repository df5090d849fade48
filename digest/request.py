"""What to build: everything that a build is asked, in one value."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from digest.parts import Part


class Request(NamedTuple):
    """What to build. An ``as_of`` without a zone is in the site's.

    ``jobs`` counts processes; ``base_url`` replaces the site's own; ``durable`` syncs the disk before files are
    replaced; a ``part`` is all of the site that is published. A ``preview`` keeps a cache and a lock of its own, so
    that it never hinders or slows a build, and may write into .digest/.
    """

    site: Path
    output: Path
    as_of: datetime
    base_url: str | None = None
    drafts: bool = False
    jobs: int = 1
    use_cache: bool = True
    strict: bool = False
    explain: bool = False
    durable: bool = False
    preview: bool = False
    part: Part | None = None
