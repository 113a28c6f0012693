"""The command line as a person calls it, and the small project of `init`, run once for all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lakewright.cli.main import commands

Call = Callable[..., Result]


@pytest.fixture
def call() -> Call:
    """Call `lakewright` with words; stdout, stderr and exit code are apart in the result."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(commands, words)

    return run


@pytest.fixture
def project(tmp_path: Path, call: Call) -> Path:
    """The small project of `init`, never run."""
    folder = tmp_path / "shop"
    assert call("init", str(folder)).exit_code == 0
    return folder


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project of `init`, run for its first day; to be read only."""
    folder = tmp_path_factory.mktemp("first") / "shop"
    runner = CliRunner()
    assert runner.invoke(commands, ["init", str(folder)]).exit_code == 0
    words = ["--project", str(folder), "run", "--logical-time", "2025-03-01T23:59:00Z"]
    done = runner.invoke(commands, words)
    assert done.exit_code == 0, done.output
    return folder
