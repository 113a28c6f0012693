from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from shutil import copy

import pytest
from click.testing import CliRunner
from deltalake import DeltaTable

from lakewright.cli.main import commands
from lakewright.observe.events import Event, RunEnded, StepEnded, StepStarted
from lakewright.workspace import Workspace

AT = datetime(2025, 3, 1, 23, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The small project that `lakewright init` makes."""
    folder = tmp_path / "shop"
    assert CliRunner().invoke(commands, ["init", str(folder)]).exit_code == 0
    return folder


def perform(project: Path, *select: str) -> RunEnded:
    with Workspace.open(project) as workspace, workspace.alone():
        return workspace.run(workspace.plan(select), AT, "run")


def versions(project: Path) -> dict[str, int]:
    with Workspace.open(project) as workspace:
        return {name: state.version for name, state in workspace.states().items()}


@pytest.fixture
def broken(project: Path) -> Iterator[Path]:
    """A project whose orders divide by zero."""
    query = project / "tables" / "silver" / "orders.sql"
    text = query.read_text(encoding="utf-8")
    query.write_text(text.replace("trim(product)", "cast(1 / 0 as string)"), encoding="utf-8")
    yield project
    query.write_text(text, encoding="utf-8")


def test_what_hangs_on_a_failed_step_is_skipped_and_left_to_retry(broken: Path) -> None:
    ended = perform(broken)
    assert {one.table: (one.status, one.because) for one in ended.reports} == {
        "bronze.shop_customers": ("done", ""),
        "bronze.shop_orders": ("done", ""),
        "gold.dim_customer": ("done", ""),
        "silver.orders": ("failed", ""),
        "gold.fact_sales": ("skipped", "silver.orders"),
        "gold.daily_revenue": ("skipped", "silver.orders"),
    }
    with Workspace.open(broken) as workspace:
        assert workspace.unfinished() == ("silver.orders", "gold.fact_sales", "gold.daily_revenue")


def test_what_a_stopped_run_did_not_begin_is_left_to_retry_too(broken: Path) -> None:
    ended = perform(broken)
    with Workspace.open(broken) as workspace:
        workspace.ledger.end_run(ended.run, "stopped", AT)
        assert {"bronze.shop_orders", "silver.orders"} < set(workspace.unfinished())


def test_after_a_good_run_nothing_is_left_to_retry(project: Path) -> None:
    perform(project)
    with Workspace.open(project) as workspace:
        assert workspace.unfinished() == ()


@pytest.mark.parametrize("jobs", [1, 2])
def test_so_many_steps_are_at_work_at_once(project: Path, jobs: int) -> None:
    told: list[Event] = []
    with Workspace.open(project) as workspace, workspace.alone():
        ended = workspace.run(workspace.plan(), AT, "run", [told.append], jobs=jobs)
    assert ended.succeeded
    moves = [isinstance(one, StepStarted) - isinstance(one, StepEnded) for one in told]
    assert max(accumulate(moves)) == jobs


def test_a_lost_ledger_is_learned_from_the_tables_and_no_table_changes(project: Path) -> None:
    perform(project)
    before = versions(project)
    with Workspace.open(project) as workspace:
        known = (workspace.ledger.positions(), workspace.ledger.consumed())
    (project / "lake" / "_ledger.db").unlink()
    with Workspace.open(project) as workspace:
        workspace.rebuild_ledger()
        assert (workspace.ledger.positions(), workspace.ledger.consumed()) == known
    assert perform(project).reports == ()
    assert versions(project) == before


def test_a_lost_ledger_is_no_loss_without_being_rebuilt(project: Path) -> None:
    perform(project)
    before = versions(project)
    (project / "lake" / "_ledger.db").unlink()
    assert perform(project).reports == ()
    assert versions(project) == before


@pytest.mark.parametrize("table", ["bronze.shop_orders", "silver.orders", "gold.dim_customer"])
def test_what_a_restore_undid_is_done_again(project: Path, table: str) -> None:
    perform(project)
    for file in sorted((project / "more").glob("*.csv")):
        stream, _, date = file.stem.partition("-")
        copy(file, project / "data" / stream / f"{date}.csv")
    perform(project)
    before = rows(project, table)
    DeltaTable(project / "lake" / table.replace(".", "/")).restore(0)
    assert rows(project, table) != before
    perform(project)
    assert rows(project, table) == before


def rows(project: Path, table: str) -> list[str]:
    """The rows of a table, provenance apart."""
    found = DeltaTable(project / "lake" / table.replace(".", "/")).to_pyarrow_table()
    apart = ("_batch_id", "_run_date", "ingest_timestamp")
    kept = found.select([name for name in found.column_names if name not in apart])
    return sorted(map(str, kept.to_pylist()))
