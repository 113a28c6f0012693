"""What becomes of a kind of dirt: the table that decides it, and what is found there.

An outcome is one of these, and speaks of the tables as they are after a day's run:

    {"table", "lane_open_by_reason": {reason: rows}}   open rows of the table's error lane
    {"table", "duplicates": rows}                      dropped as duplicates, over all runs
    {"table", "where": condition, "rows": n}           so many rows fulfil the condition
    {"table", "keys": [{column: value}, …], "rows": n} so many rows match one of these

Keys are a sample of at most 50.
"""

from collections.abc import Callable
from typing import Any

import duckdb

Truth = duckdb.DuckDBPyConnection
Find = Callable[[Truth], dict[str, Any]]

SAMPLE = 50


def lane(table: str, reason: str) -> Find:
    """Refused for this reason."""

    def find(truth: Truth) -> dict[str, Any]:
        query = "select coalesce(sum(rows), 0) from refused where table_name = ? and reason = ?"
        return {"table": table, "lane_open_by_reason": {reason: _one(truth, query, table, reason)}}

    return find


def duplicates(table: str) -> Find:
    """Read once too often."""

    def find(truth: Truth) -> dict[str, Any]:
        query = "select sum(duplicates) from ingested where table_name = ?"
        return {"table": table, "duplicates": _one(truth, query, table)}

    return find


def where(table: str, condition: str, rows: str) -> Find:
    """As many rows fulfil the condition as the truth has `rows`, the end of a query."""

    def find(truth: Truth) -> dict[str, Any]:
        return {"table": table, "where": condition, "rows": counted(truth, rows)}

    return find


def gone(changes: str, key: str = "order_id", table: str = "orders") -> Find:
    """Of what these changes are about silver has nothing, save what a later change brought back."""

    def find(truth: Truth) -> dict[str, Any]:
        keys = f"select distinct {key} from {changes} anti join silver_{table} using ({key})"
        return {"table": f"silver.{table}", "keys": _sample(truth, keys), "rows": 0}

    return find


def present(changes: str, key: str, table: str) -> Find:
    """What these changes are about is in silver."""

    def find(truth: Truth) -> dict[str, Any]:
        keys = _sample(truth, f"select distinct {key} from {changes}")
        return {"table": f"silver.{table}", "keys": keys, "rows": len(keys)}

    return find


def newest(changes: str) -> Find:
    """Of these changes silver has the ones that are the newest of their orders."""

    def find(truth: Truth) -> dict[str, Any]:
        keys = _sample(
            truth,
            f"select order_id, updated_at from {changes}"
            " semi join silver_orders using (order_id, updated_at)",
        )
        return {"table": "silver.orders", "keys": keys, "rows": len(keys)}

    return find


def unread(stream: str, key: str) -> Find:
    """Changes behind the watermark, which no daily run reads."""

    def find(truth: Truth) -> dict[str, Any]:
        keys = (
            f"select {key}, updated_at from {stream}_log as log"
            f" where rowid not in (select id from {stream}_read)"
        )
        return {"table": f"bronze.snowflake_{stream}", "keys": _sample(truth, keys), "rows": 0}

    return find


def counted(truth: Truth, rows: str) -> int:
    """How many rows `rows`, the end of a query, has."""
    return _one(truth, f"select count(*) from {rows}")


def _one(truth: Truth, query: str, *values: str) -> int:
    ((found,),) = truth.execute(query, list(values)).fetchall()
    return int(found)


def _sample(truth: Truth, query: str) -> list[dict[str, str]]:
    rows = truth.execute(f"{query} order by all limit {SAMPLE}").fetchall()
    names = [column[0] for column in truth.description or []]
    return [
        {
            name: one if isinstance(one, str) else one.isoformat()
            for name, one in zip(names, row, strict=True)
        }
        for row in rows
    ]
