"""A run killed at any moment: the next one ends as if nothing had happened, and clears up."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import DeltaTable

from lakewright.cli.main import commands
from lakewright.workspace import Workspace

KILLS = int(os.environ.get("LAKEWRIGHT_KILLS", "2"))
AT = "2025-03-02T23:00:00Z"
LONGEST = 4.0
"""Seconds within which a run is killed: about as long as it takes on a quiet machine."""


def command(project: Path) -> list[str]:
    words = ["--project", str(project), "run", "--logical-time", AT]
    return [sys.executable, "-m", "lakewright.cli.main", *words]


def bring(project: Path, day: int) -> None:
    """The first day's files are there; the second brings new ones and a change of each table."""
    if day == 1:
        for file in sorted((project / "more").glob("*.csv")):
            stream, _, date = file.stem.partition("-")
            shutil.copy(file, project / "data" / stream / f"{date}.csv")


def contents(project: Path) -> dict[str, list[str]]:
    """The rows of every table and the open rows of every lane, provenance apart."""
    found = {}
    with Workspace.open(project) as workspace:
        states, lake = workspace.states(), workspace.lake
    for name, state in states.items():
        found[name] = _rows(DeltaTable(state.path).to_pyarrow_table(), ())
        if lake.lane(name).exists():
            lane = DeltaTable(lake.lane(name)).to_pyarrow_table()
            found[f"lane of {name}"] = _rows(lane, ("attempts", "dt"))
    return found


def _rows(table: pa.Table, besides: tuple[str, ...]) -> list[str]:
    apart = {"_batch_id", "_run_date", "ingest_timestamp", *besides}
    rows = table.select([name for name in table.column_names if name not in apart])
    return sorted(map(str, rows.to_pylist()))


def leftovers(project: Path) -> list[str]:
    """Staged files and folders that no version of a table refers to, and leases."""
    found = []
    with Workspace.open(project) as workspace:
        for name, state in workspace.states().items():
            referred: set[str] = set()
            for version in range(state.version + 1):
                handle = DeltaTable(state.path, version=version)
                paths = pa.table(handle.get_add_actions())["path"].to_pylist()
                referred |= {str(one) for one in paths}
            stages = Path(state.path) / "part-of"
            files = [one for one in stages.rglob("*") if one.is_file()]
            found += [
                str(one) for one in files if one.relative_to(state.path).as_posix() not in referred
            ]
            found += [lease.table for lease in workspace.ledger.leases([name])]
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, list[str]]]:
    """What every day ends with when nobody interferes."""
    project = tmp_path_factory.mktemp("calm") / "shop"
    assert CliRunner().invoke(commands, ["init", str(project)]).exit_code == 0
    days = {}
    for day in (0, 1):
        bring(project, day)
        subprocess.run(command(project), check=True, capture_output=True)
        days[day] = contents(project)
    return days


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment_the_next_run_ends_as_if_undisturbed(
    tmp_path: Path, undisturbed: dict[int, dict[str, list[str]]], seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret hangs on it
    project = tmp_path / "shop"
    assert CliRunner().invoke(commands, ["init", str(project)]).exit_code == 0
    for day in (0, 1):
        bring(project, day)
        process = subprocess.Popen(
            command(project),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        sleep(dice.uniform(0.5, LONGEST))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done = subprocess.run(command(project), check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert contents(project) == undisturbed[day]
        assert leftovers(project) == []
