"""The week's tables do not depend on how it came: again, anew, in another order, all at once."""

import random

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from tests.acceptance.retail_shop import (
    DAYS,
    FIRST_DAY,
    PROJECT,
    Day,
    RetailShop,
    in_order,
    open_rows,
)

from lakewright.testing import Lakehouse

FROM_THE_RUN = ("record_source", "record_table", "ingest_timestamp", "_batch_id", "_run_date")
SEED = 4


def test_the_run_repeated_changes_nothing(shop: RetailShop, week: list[Day]) -> None:
    again = shop.run(DAYS - 1)

    assert (again.ended.reports, again.tables) == ((), week[-1].tables)


def test_a_full_refresh_moves_no_table_and_leaves_equal_lanes(
    shop: RetailShop, week: list[Day]
) -> None:
    anew = shop.run(DAYS - 1, full_refresh=True)

    assert {one.table: one.error for one in anew.ended.reports if one.error} == {}
    # What comes out as it was is not written again.
    assert anew.tables == week[-1].tables
    assert {name: anew.refused(name) for name in anew.lanes} == {
        name: week[-1].refused(name) for name in week[-1].lanes
    }


@pytest.mark.parametrize(
    "runs", [pytest.param(1, id="all at once"), pytest.param(2, id="in another order")]
)
def test_bronze_in_whatever_order_gives_equal_silver_and_gold(week: list[Day], runs: int) -> None:
    day, dice = week[-1], random.Random(SEED)  # noqa: S311 - another order, not a secret
    wanted = {name: day.rows(name) for name in day.tables if not name.startswith("bronze.")}
    with Lakehouse.of_project(PROJECT) as lakehouse:
        streams = lakehouse.project.streams
        batches = {one.table: shuffled(day, one.table, runs, dice) for one in streams}
        for run in range(runs):
            for one in streams:
                lakehouse.feed(f"{one.source}.{one.name}", batches[one.table][run])
            lakehouse.run(at=FIRST_DAY)

        lake = lakehouse.lake
        differ = [
            name
            for name, rows in wanted.items()
            if not in_order(DeltaTable(lake.path(name)).to_pyarrow_table()).equals(rows)
        ]
        refused = {
            name: open_rows(DeltaTable(lake.lane(name))) for name in wanted if name in day.lanes
        }

    assert differ == []
    assert refused == {name: day.refused(name) for name in refused}


def shuffled(day: Day, table: str, parts: int, dice: random.Random) -> list[pa.Table]:
    """The rows of a bronze table as its source had them, in another order, in so many parts."""
    state = day.tables[table]
    rows = DeltaTable(state.path, version=state.version).to_pyarrow_table()
    rows = rows.drop_columns([name for name in FROM_THE_RUN if name in rows.column_names])
    places = dice.sample(range(rows.num_rows), rows.num_rows)
    return [rows.take(places[part::parts]) for part in range(parts)]
