"""The reference shop after each day of a week: every row counted, all dirt where it belongs."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from tests.acceptance.retail_shop import DAYS, Day, RetailShop

every_day = pytest.mark.parametrize("number", range(DAYS))
"""The tables are looked at as they were after that day's run."""


@every_day
def test_every_step_succeeds(week: list[Day], number: int) -> None:
    reports = week[number].ended.reports

    assert {one.table: one.error for one in reports if one.error or one.because} == {}


@every_day
def test_bronze_accounts_for_every_row_read(shop: RetailShop, week: list[Day], number: int) -> None:
    runs = {
        name: one["runs"][number]
        for name, one in shop.expected(number)["tables"].items()
        if name.startswith("bronze.")
    }

    assert {
        one.table: {
            "read": one.counts.rows,
            "written": one.counts.written,
            "duplicates": one.counts.duplicates,
            "quarantined": one.counts.quarantined,
        }
        for one in week[number].ended.reports
        if one.table in runs
        # On one day no rates come: then there is nothing to do, and nothing to report.
    } == {name: run for name, run in runs.items() if run["read"]}


@every_day
def test_tables_have_the_rows_they_must(shop: RetailShop, week: list[Day], number: int) -> None:
    tables = shop.expected(number)["tables"]

    assert {name: week[number].count(name) for name in week[number].tables} == {
        name: one["rows"] for name, one in tables.items()
    }


@every_day
def test_refused_rows_lie_in_the_lanes_by_reason(
    shop: RetailShop, week: list[Day], number: int
) -> None:
    day = week[number]
    found = {name: _reasons(day, name) for name in day.lanes}

    assert {name: reasons for name, reasons in found.items() if reasons} == shop.expected(number)[
        "lanes"
    ]


@every_day
def test_every_kind_of_dirt_has_its_outcome(
    shop: RetailShop, week: list[Day], number: int, spark: SparkSession
) -> None:
    kinds = shop.expected(number)["dirt"]
    conditions: dict[str, list[str]] = {}
    for kind in kinds:
        if "where" in kind["outcome"]:
            conditions.setdefault(kind["outcome"]["table"], []).append(kind["outcome"]["where"])
    matched = {
        name: _matched(week[number], name, wanted, spark) for name, wanted in conditions.items()
    }
    wrong = []
    for kind in kinds:
        outcome = kind["outcome"]
        actual = _actual(outcome, week[: number + 1], matched.get(outcome["table"], {}))
        if actual != outcome:
            wrong.append((kind["stream"], kind["dirt"], outcome, actual))

    assert wrong == []


def _reasons(day: Day, table: str) -> dict[str, int]:
    return dict(Counter(reason for reason, _ in day.refused(table)))


def _matched(day: Day, table: str, conditions: list[str], spark: SparkSession) -> dict[str, int]:
    """How many rows of a table fulfil each condition, which is in the engine's SQL."""
    state = day.tables[table]
    rows = spark.read.format("delta").option("versionAsOf", state.version).load(state.path)
    if "loyalty_tier" not in rows.columns:
        # It appears on the fourth day; until then nobody has one.
        rows = rows.withColumn("loyalty_tier", F.lit(None).cast("string"))
    counted = [
        F.count_if(F.expr(condition)).alias(str(place))
        for place, condition in enumerate(conditions)
    ]
    (found,) = rows.agg(*counted).collect()
    return dict(zip(conditions, found, strict=True))


def _actual(
    outcome: dict[str, Any], until: list[Day], matched: Mapping[str, int]
) -> dict[str, Any]:
    """The outcome in the lake after the last of these days, in the manifest's own words."""
    found, day, table = dict(outcome), until[-1], outcome["table"]
    if "lane_open_by_reason" in outcome:
        reasons = _reasons(day, table)
        found["lane_open_by_reason"] = {
            name: reasons.get(name, 0) for name in outcome["lane_open_by_reason"]
        }
    if "duplicates" in outcome:
        reports = [one for past in until for one in past.ended.reports if one.table == table]
        found["duplicates"] = sum(one.counts.duplicates for one in reports)
    if "where" in outcome:
        found["rows"] = matched[outcome["where"]]
    elif "keys" in outcome:
        found["rows"] = _with_keys(day, table, outcome["keys"])
    return found


def _with_keys(day: Day, table: str, keys: list[dict[str, Any]]) -> int:
    if not keys:
        return 0
    rows = day.rows(table)
    texts = [
        [
            one.isoformat() if isinstance(one, datetime) else str(one)
            for one in rows[name].to_pylist()
        ]
        for name in keys[0]
    ]
    there = Counter(zip(*texts, strict=True))
    return sum(there[tuple(key.values())] for key in keys)
