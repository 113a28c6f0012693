"""What dlt makes of the cases: the merge strategies scd2 and delete-insert, schema contracts and
the incremental cursor, on DuckDB.

    python run_dlt.py

The boundary of an scd2 load is the day of the load in June 2025, so that the result is the same
each time; without one dlt takes the clock.
"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dlt
from cases import GOOD, HISTORY, UNREADABLE, ZERO, Change, heading, line, show, versions
from dlt.pipeline.exceptions import PipelineStepFailed
from pydantic import BaseModel, Field

os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="CRITICAL")

NUMBER = {"quantity": {"data_type": "bigint"}}


class Order(BaseModel):
    """An order, as Pydantic checks it."""

    order_id: str
    quantity: int = Field(gt=0)


def main() -> None:
    """Run all cases, each in a pipeline and a database of its own."""
    heading("dlt", "duckdb")
    for case, batches in HISTORY.items():
        show(f"{case}: scd2", history(batches))
        show(f"{case}: delete-insert", current(batches))
    show("i  a compound key, 1+12 changes and 11+2 does not: scd2", compound_keys())
    for contract in ("evolve", "freeze", "discard_row", "discard_value"):
        show(f"e  contract for data types: {contract}", bad_rows(NUMBER, contract))
    for contract in ("freeze", "discard_row"):
        show(f"e  ... and a Pydantic model: {contract}", bad_rows(Order, contract))
    for lag in (0, 10):
        show(f"g  cursor with a lag of {lag} days", late_row(lag))


def history(batches: Sequence[Sequence[Change]]) -> str:
    """Load each batch as changed records, as the documentation's incremental scd2 does."""
    pipeline = new_pipeline()
    for day, batch in enumerate(batches, start=1):
        scd2(pipeline, [change._asdict() for change in batch], "customer", day)
    rows = read(pipeline, "deleted, country, _dlt_valid_from, _dlt_valid_to")
    return versions(("deleted" if gone else country, *times) for gone, country, *times in rows)


def current(batches: Sequence[Sequence[Change]]) -> str:
    """Keep the newest row of a key, with a column that deletes."""
    pipeline = new_pipeline()
    columns = {
        "country": {"data_type": "text"},
        "deleted": {"hard_delete": True},
        "changed_at": {"dedup_sort": "desc"},
    }
    for batch in batches:
        load(
            pipeline,
            [change._asdict() for change in batch],
            write_disposition="merge",
            primary_key="customer",
            columns=columns,
        )
    return line(read(pipeline, "country, changed_at"))


def compound_keys() -> str:
    """Two keys whose parts, written one after the other, are the same text."""
    pipeline = new_pipeline()
    rows = [{"shop": "1", "number": "12", "v": 1}, {"shop": "11", "number": "2", "v": 1}]
    scd2(pipeline, rows, ("shop", "number"), 1)
    scd2(pipeline, [{"shop": "1", "number": "12", "v": 2}], ("shop", "number"), 2)
    return versions(
        read(pipeline, "shop || '+' || number || ' v' || v, _dlt_valid_from, _dlt_valid_to")
    )


def bad_rows(columns: object, contract: str) -> str:
    """Load a good row, then another with an unreadable one and a zero beside it."""
    pipeline = new_pipeline()
    load(pipeline, [{"order_id": "O0", "quantity": 1}], columns=columns)
    rows = [one._asdict() for one in (GOOD, ZERO, UNREADABLE)]
    try:
        load(pipeline, rows, columns=columns, schema_contract={"data_type": contract})
        ended = "loaded"
    except PipelineStepFailed as error:
        ended = f"failed in {error.step}"
    names = "order_id, columns('quantity.*')"
    return f"{ended}: {line(read(pipeline, names))}"


def late_row(lag: int) -> str:
    """Read a source by a cursor, and again after a sale of five days earlier came."""
    pipeline = new_pipeline()
    rows = [{"sale": day, "sold_on": datetime(2025, 5, day, tzinfo=UTC)} for day in (26, 30, 31)]
    late = {"sale": 27, "sold_on": datetime(2025, 5, 26, tzinfo=UTC)}
    for source in (rows, [*rows, late]):
        resource = dlt.resource(source, name="rows", write_disposition="merge", primary_key="sale")
        cursor = dlt.sources.incremental[datetime]("sold_on", lag=lag * 86_400 or None)
        pipeline.run(resource.apply_hints(incremental=cursor))
    return "sales " + ", ".join(str(sale) for (sale,) in read(pipeline, "sale"))


def scd2(pipeline: dlt.Pipeline, rows: list[dict[str, Any]], key: object, day: int) -> None:
    """Load changed records on a day of June 2025."""
    load(
        pipeline,
        rows,
        merge_key=key,
        columns={"country": {"data_type": "text"}} if "country" in rows[0] else None,
        write_disposition={
            "disposition": "merge",
            "strategy": "scd2",
            "boundary_timestamp": f"2025-06-{day:02}",
        },
    )


def load(pipeline: dlt.Pipeline, rows: Iterable[dict[str, Any]], **hints: object) -> None:
    """Load rows into the one table of the case."""
    pipeline.run(dlt.resource(rows, name="rows", **hints))


def read(pipeline: dlt.Pipeline, columns: str) -> list[tuple[object, ...]]:
    """What a reader finds."""
    with pipeline.sql_client() as client:
        return list(client.execute_sql(f"select {columns} from rows order by all"))


def new_pipeline() -> dlt.Pipeline:
    """A pipeline in a folder of its own."""
    folder = tempfile.mkdtemp()
    return dlt.pipeline(
        "shop",
        pipelines_dir=folder,
        destination=dlt.destinations.duckdb(str(Path(folder) / "shop.duckdb")),
        dataset_name="shop_data",
    )


if __name__ == "__main__":
    main()
