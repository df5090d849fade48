"""What every test may rely on: the same examples on every machine, and none of the settings around it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "digest",
    deadline=None,  # a slow machine is not a fault
    derandomize=True,  # the same examples in every run; `--hypothesis-profile=default` looks for new ones
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("digest")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/test_golden.py --golden`` writes the files under golden/ anew."""
    parser.addoption("--golden", action="store_true", help="write the files under tests/golden/ anew")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds the package, its theme and its content."""
    return Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour, width and zone come from the test and not from the terminal it was started in."""
    for name in ("COLUMNS", "FORCE_COLOR", "LINES", "SOURCE_DATE_EPOCH", "TZ"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
