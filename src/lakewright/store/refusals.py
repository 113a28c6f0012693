"""What lies in the error lanes: how many open rows under which reason, and the rows themselves.

lake/_errors/… ─┬ counted    per table and reason, without reading the rows
                └ listed     row by row, with every reason
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from deltalake import QueryBuilder

from lakewright.store.lake import Lake, lake_errors
from lakewright.store.lane import OPEN
from lakewright.store.reading import open_at


@dataclass(frozen=True)
class Reason:
    """How many open rows of a table have one reason, and since when; `message` is one of theirs."""

    table: str
    rule: str
    rows: int
    first: date
    last: date
    message: str


@dataclass(frozen=True)
class Refusal:
    """An open row of an error lane: its values as texts, as they came, and every reason."""

    table: str
    rejected_id: str
    dt: date
    batch: str
    attempts: int
    reasons: tuple[Mapping[str, Any], ...]
    row: Mapping[str, str | None]


def open_rows(lake: Lake, table: str) -> int:
    """How many rows of a table are refused now. A row may have several reasons."""
    found = list(_asked(lake, table, f"select count(*) as n from lane where status = '{OPEN}'"))
    return int(found[0]["n"]) if found else 0


def counted(lake: Lake, tables: Iterable[str]) -> list[Reason]:
    """The reasons of these tables' open rows, the most frequent of a table first."""
    statement = f"""
        select reason['rule'] as rule, count(*) as n, min(dt) as first, max(dt) as last,
               min(reason['message']) as message
        from (select dt, unnest(reasons) as reason from lane where status = '{OPEN}')
        group by 1 order by n desc, rule
    """
    return [
        Reason(table, one["rule"], one["n"], one["first"], one["last"], one["message"])
        for table in tables
        for one in _asked(lake, table, statement)
    ]


def listed(lake: Lake, tables: Iterable[str], rule: str = "", limit: int = 0) -> Iterator[Refusal]:
    """The open rows of these tables, day by day; those refused under `rule` where it is given."""
    statement = f"""
        select rejected_id, dt, _batch_id, attempts, reasons, "row" as row_text from lane
        where status = '{OPEN}' order by dt, row_text, rejected_id
    """
    found = 0
    for table in tables:
        for one in _asked(lake, table, statement):
            if rule and all(reason["rule"] != rule for reason in one["reasons"]):
                continue
            yield Refusal(
                table,
                one["rejected_id"],
                one["dt"],
                one["_batch_id"],
                one["attempts"],
                tuple(one["reasons"]),
                json.loads(one["row_text"]),
            )
            found += 1
            if found == limit:
                return


def _asked(lake: Lake, table: str, statement: str) -> Iterator[dict[str, Any]]:
    import pyarrow as pa  # noqa: PLC0415 - only what takes rows needs it

    handle = open_at(lake, table, lane=True)
    if handle is None:
        return
    with lake_errors(lake.lane(table)):
        reader = pa.RecordBatchReader.from_stream(
            QueryBuilder().register("lane", handle).execute(statement)
        )
        for batch in reader:
            yield from batch.to_pylist()
