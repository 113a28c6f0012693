"""Steps one after the other, and the same work by the engine alone, on the project of `init`."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest
from click.testing import CliRunner

import whole
from figures import Step
from lakewright.cli.main import commands
from lakewright.engine.sail import SailEngine
from lakewright.workspace import Workspace
from processes import plain_environment
from steps import measured

AT = datetime(2025, 3, 1, 23, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    assert CliRunner().invoke(commands, ["init", str(folder)]).exit_code == 0
    return folder


def run(project: Path, engine: SailEngine) -> list[Step]:
    with Workspace.open(project) as workspace, workspace.alone():
        return measured(workspace, AT, engine)


def test_the_engine_alone_does_the_same_work(project: Path, engine: SailEngine) -> None:
    first = run(project, engine)
    for file in sorted((project / "more").glob("*.csv")):
        stream, _, date = file.stem.partition("-")
        copy(file, project / "data" / stream / f"{date}.csv")
    second = run(project, engine)

    assert {one.table: (one.how, one.rows) for one in first} == {
        "bronze.shop_customers": ("batch", 4),
        "bronze.shop_orders": ("batch", 12),
        "gold.dim_customer": ("first", 4),
        "silver.orders": ("first", 9),
        "gold.fact_sales": ("first", 5),
        "gold.daily_revenue": ("first", 5),
    }
    assert {one.table: (one.how, one.rows) for one in second} == {
        "bronze.shop_customers": ("batch", 1),
        "bronze.shop_orders": ("batch", 2),
        "gold.dim_customer": ("incremental", 1),
        "silver.orders": ("incremental", 3),
        "gold.fact_sales": ("incremental", 3),
        "gold.daily_revenue": ("incremental", 6),
    }
    assert all(one.alone is not None for one in (*first, *second))
    assert all(one.seconds > 0 and one.memory > 0 for one in (*first, *second))


def test_a_whole_run_is_a_process(project: Path) -> None:
    one = whole.run("first load", project, AT.isoformat(), plain_environment())
    assert (one.name, one.rows) == ("first load", 39)
    assert one.seconds > 0
    assert one.memory > 0
