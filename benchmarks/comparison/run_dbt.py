"""What dbt makes of the cases: snapshots, data tests, contracts and incremental models, on DuckDB.

    python run_dbt.py

The models are in projects/dbt. A snapshot reads a table that holds the newest batch.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from cases import AGAIN, GOOD, HISTORY, UNREADABLE, ZERO, heading, line, show, versions
from dbt.cli.main import dbtRunner

COLUMNS = {
    "customers": "customer text, country text, changed_at timestamp, deleted boolean",
    "orders": "order_id text, quantity text",
    "sales": "sold_on date, amount int, loaded int",
}


def main() -> None:
    """Run all cases in a project and a database of their own."""
    heading("dbt-core", "dbt-duckdb", "duckdb")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(Path(__file__).parent / "projects" / "dbt", folder, dirs_exist_ok=True)
        os.chdir(folder)
        for case, batches in HISTORY.items():
            history(case, batches)
        bad_rows()
        failed_check()
        late_row()


def history(case: str, batches: Iterable[Sequence[tuple[object, ...]]]) -> None:
    """Snapshot each batch."""
    os.environ["CASE"] = case.split(maxsplit=1)[0]
    for batch in batches:
        feed("customers", batch)
        dbt("run", "--select", "customers_present")
        dbt("snapshot")
    for name in ("customer_history", "customer_history_absent"):
        rows = read(
            name, "case when deleted then 'deleted' else country end, dbt_valid_from, dbt_valid_to"
        )
        show(f"{case}: {name}", versions(rows))


def bad_rows() -> None:
    """Give a good row, an unreadable one and a zero to a cast, to a test and to a contract."""
    os.environ["CASE"] = "e"
    feed("orders", [GOOD, ZERO, UNREADABLE])
    show("e  cast", dbt("build", "--select", "orders_cast"))
    show("e  try_cast and a data test", dbt("build", "--select", "orders_tried"))
    show("e  ... the table", line(read("orders_tried")))
    show("e  ... what the test stored", line(read("quantity_positive", schema="e_dbt_test__audit")))
    feed("orders", [GOOD])
    dbt("build", "--select", "orders_contract")
    feed("orders", [GOOD, ZERO])
    show("e  contract with a check constraint", dbt("build", "--select", "orders_contract"))
    show("e  ... the table", line(read("orders_contract")))


def failed_check() -> None:
    """Build a good table, then one that a test refuses."""
    os.environ["CASE"] = "f"
    feed("orders", [GOOD])
    dbt("build", "--select", "orders_unique+")
    feed("orders", [GOOD, AGAIN])
    show("f  a failed data test", dbt("build", "--select", "orders_unique+"))
    show("f  ... the table", line(read("orders_unique")))
    show("f  ... the table after it", line(read("orders_after")))


def late_row() -> None:
    """Build daily totals, bring a sale of five days ago, and compare with a full refresh."""
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=back) for back in (5, 1, 0)]
    os.environ.update(CASE="g", BEGIN=str(days[0]))
    sales = [(day, 10, 1) for day in days]
    feed("sales", sales)
    dbt("run", "--select", "daily_microbatch", "daily_by_hand")
    feed("sales", [*sales, (days[0], 5, 2), (days[1], 5, 2)])
    for refresh in ([], ["--full-refresh"]):
        dbt("run", "--select", "daily_microbatch", "daily_by_hand", *refresh)
        for name in ("daily_microbatch", "daily_by_hand"):
            rows = read(name, f"date '{today}' - sold_on::date || ' days ago:', revenue")
            show(f"g  {' '.join([name, *refresh])}", line(rows))


def feed(table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Let a source table hold these rows, and no others."""
    name = f"{os.environ['CASE']}.{table}"
    with duckdb.connect("shop.duckdb") as connection:
        connection.execute(f"create schema if not exists {os.environ['CASE']}")
        connection.execute(f"create or replace table {name} ({COLUMNS[table]})")
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into {name} values ({marks})", rows)


def dbt(*arguments: str) -> str:
    """Run dbt, and say how each node ended."""
    quiet = ("--log-level", "none", "--log-level-file", "none")
    result = dbtRunner().invoke([*arguments, *quiet]).result
    return ", ".join(f"{one.node.name} {one.status}" for one in result)


def read(table: str, columns: str = "*", schema: str | None = None) -> list[tuple[object, ...]]:
    """What a reader finds."""
    with duckdb.connect("shop.duckdb") as connection:
        return connection.execute(
            f"select {columns} from {schema or os.environ['CASE']}.{table} order by all"
        ).fetchall()


if __name__ == "__main__":
    main()
