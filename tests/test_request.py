"""A request asks for a plain build of now unless it says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from digest.request import Request


def test_the_usual_request_uses_the_cache_shows_no_drafts_and_is_no_preview() -> None:
    asked = Request(Path("site"), Path("site/output"), datetime(2025, 5, 11, tzinfo=UTC))
    assert (asked.use_cache, asked.jobs, asked.base_url) == (True, 1, None)
    assert not any((asked.drafts, asked.strict, asked.explain, asked.durable, asked.preview))
