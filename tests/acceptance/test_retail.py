"""The reference shop after each day: every kind of dirt where it belongs, every total to the cent."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from tests.acceptance.retail_shop import RetailShop

from generator import truth
from lakewright.observe.events import RunEnded
from lakewright.store.lake import Lake, TableState

DAYS = 2
PROVENANCE = ("_batch_id", "_run_date")


@dataclass(frozen=True)
class Day:
    """A day that was run: what the run said, and the versions of the tables after it."""

    number: int
    ended: RunEnded
    versions: Mapping[str, TableState]


@pytest.fixture(scope="module")
def days(shop: RetailShop) -> Iterator[list[Day]]:
    found = []
    for number in range(DAYS):
        shop.bring(number)
        ended = shop.run(number)
        with shop.open() as workspace:
            found.append(Day(number, ended, workspace.states()))
    yield found


def lake_of(shop: RetailShop) -> Lake:
    with shop.open() as workspace:
        return workspace.lake


def rows_of(state: TableState) -> pa.Table:
    """The rows of a table at a version, provenance apart, in an order of their own."""
    table = DeltaTable(state.path, version=state.version).to_pyarrow_table()
    kept = [name for name in table.column_names if name not in PROVENANCE]
    return table.select(kept).sort_by([(name, "ascending") for name in kept])


def open_reasons(lane: Any, day: Day) -> Counter[str]:
    """The open rows of a lane after a day, by reason."""
    handle = DeltaTable(lane)
    run_dates = {
        row["_run_date"] for row in handle.to_pyarrow_table(columns=["_run_date"]).to_pylist()
    }
    assert run_dates
    rows = handle.to_pyarrow_table(columns=["status", "reasons"]).to_pylist()
    return Counter(
        reason["rule"] for row in rows if row["status"] == "open" for reason in row["reasons"]
    )


def test_every_step_succeeds(days: list[Day]) -> None:
    failures = {
        one.table: one.error
        for day in days
        for one in day.ended.reports
        if one.error or one.because
    }
    assert failures == {}


@pytest.mark.parametrize("number", range(DAYS))
def test_bronze_accounts_for_every_row_read(shop: RetailShop, days: list[Day], number: int) -> None:
    counts = {one.table: one.counts for one in days[number].ended.reports}
    expected = {
        name: one["runs"][number]
        for name, one in shop.expected(number)["tables"].items()
        if name.startswith("bronze.") and name in counts
    }
    actual = {
        name: {
            "read": counts[name].rows,
            "written": counts[name].written,
            "duplicates": counts[name].duplicates,
            "quarantined": counts[name].quarantined,
        }
        for name in expected
    }
    assert actual == expected


@pytest.mark.parametrize("number", range(DAYS))
def test_tables_have_the_rows_they_must(shop: RetailShop, days: list[Day], number: int) -> None:
    states = days[number].versions
    expected = {
        name: one["rows"] for name, one in shop.expected(number)["tables"].items() if name in states
    }
    assert {name: rows_of(states[name]).num_rows for name in expected} == expected


def test_refused_rows_lie_in_the_lanes_by_reason(shop: RetailShop, days: list[Day]) -> None:
    lake = lake_of(shop)
    lanes = {
        name: one
        for name, one in shop.expected(DAYS - 1)["lanes"].items()
        if name in days[-1].versions
    }
    assert {name: dict(open_reasons(lake.lane(name), days[-1])) for name in lanes} == lanes


def test_every_kind_of_dirt_has_its_outcome(
    shop: RetailShop, days: list[Day], spark: SparkSession
) -> None:
    lake, states = lake_of(shop), days[-1].versions
    bronze = {one.table: Counter[str]() for day in days for one in day.ended.reports}
    for day in days:
        for one in day.ended.reports:
            bronze[one.table] += Counter(one.counts.as_dict())
    wrong = []
    for kind in shop.expected(DAYS - 1)["dirt"]:
        outcome = kind["outcome"]
        if outcome["table"] not in states:
            continue
        actual = _actual(
            outcome, states[outcome["table"]], lake, bronze[outcome["table"]], spark, days[-1]
        )
        if actual != outcome:
            wrong.append((kind["stream"], kind["dirt"], outcome, actual))
    assert wrong == []


def _actual(
    outcome: dict[str, Any],
    state: TableState,
    lake: Lake,
    counts: Counter[str],
    spark: SparkSession,
    day: Day,
) -> dict[str, Any]:
    """The outcome as it is in the lake, in the manifest's own words."""
    found = dict(outcome)
    if "lane_open_by_reason" in outcome:
        reasons = open_reasons(lake.lane(state.name), day)
        found["lane_open_by_reason"] = {
            name: reasons[name] for name in outcome["lane_open_by_reason"]
        }
    if "duplicates" in outcome:
        found["duplicates"] = counts["duplicates"]
    rows = spark.read.format("delta").option("versionAsOf", state.version).load(state.path)
    if "where" in outcome:
        missing = "loyalty_tier" in outcome["where"] and "loyalty_tier" not in rows.columns
        found["rows"] = 0 if missing else rows.where(outcome["where"]).count()
    elif "keys" in outcome:
        found["rows"] = _with_keys(state, outcome["keys"])
    return found


def _with_keys(state: TableState, keys: list[dict[str, Any]]) -> int:
    if not keys:
        return 0
    table = rows_of(state)
    named = [tuple(key.values()) for key in keys]
    texts = [
        [one.isoformat() if isinstance(one, datetime) else str(one) for one in table[name].to_pylist()]
        for name in keys[0]
    ]
    there = Counter(zip(*texts, strict=True))
    return sum(there[key] for key in named)


def test_sales_agree_to_the_cent_with_an_independent_query(
    shop: RetailShop, days: list[Day]
) -> None:
    star = rows_of(days[-1].versions["gold.fact_sales"])
    told = truth.open_truth(shop.folder / "generated", DAYS - 1)
    assert pc.sum(star["total_amount_usd"]).as_py() == sum(
        truth.revenue(told, "placed_on").values()
    )
    assert _by(star, "country") == truth.revenue(told, "country")


def _by(table: pa.Table, column: str) -> dict[str, Decimal]:
    sums = table.group_by(column).aggregate([("total_amount_usd", "sum")]).to_pylist()
    return {one[column]: one["total_amount_usd_sum"] for one in sums}


def test_the_run_repeated_changes_nothing(shop: RetailShop, days: list[Day]) -> None:
    again = shop.run(DAYS - 1)
    with shop.open() as workspace:
        assert (again.reports, workspace.states()) == ((), days[-1].versions)


def test_a_full_refresh_gives_equal_tables_and_lanes(shop: RetailShop, days: list[Day]) -> None:
    lake = lake_of(shop)
    names = [name for name in days[-1].versions if not name.startswith("bronze.")]
    lanes = {
        name: open_reasons(lake.lane(name), days[-1])
        for name in ("silver.orders", "gold.fact_sales")
    }
    ended = shop.run(DAYS - 1, full_refresh=True)
    assert {one.table: one.error for one in ended.reports if one.error} == {}
    with shop.open() as workspace:
        after = workspace.states()
    for name in names:
        assert rows_of(after[name]).equals(rows_of(days[-1].versions[name])), name
    assert {name: open_reasons(lake.lane(name), days[-1]) for name in lanes} == lanes
    # What comes out as it was is not written again: no table has moved.
    assert {name: after[name].version for name in names} == {
        name: days[-1].versions[name].version for name in names
    }
