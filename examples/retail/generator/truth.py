"""What must come out, computed by DuckDB straight from what was generated; it knows no lake.

    day-0 … day-N ──▶ *_log ── sql/warehouse.sql, files.sql, bronze.sql ──▶ what bronze has
                                          ── sql/star.sql, visits.sql, totals.sql ──▶ silver, gold

Bronze is what the daily runs read: of a warehouse's change log everything whose cursor is not
behind the watermark of the day before (less the lookback), of files those that are new. Without a
backfill a change that arrives 20 days late is never read.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).parent / "sql"
DAY_OF_FILE = "regexp_extract(filename, 'day-(\\d+)[/\\\\]', 1)::int"


@dataclass(frozen=True)
class Log:
    """A stream of a warehouse: its file, its cursor, and what its door refuses."""

    source: str
    name: str
    file: str
    key: tuple[str, ...]
    cursor: str
    lookback: int = 0
    types: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Files:
    """A stream of files: where they are, their columns, and what their door refuses."""

    source: str
    name: str
    pattern: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    types: tuple[tuple[str, str], ...] = ()
    malformed: str = "false"


LOGS = {
    "customers": Log(
        "snowflake", "customers", "sales.customers", ("customer_id",), "updated_at",
        types=(("lifetime_value", "decimal(18, 2)"),),
    ),
    "products": Log(
        "snowflake", "products", "sales.products", ("product_id",), "updated_at",
        types=(("weight_kg", "decimal(18, 3)"),),
    ),
    "orders": Log(
        "snowflake", "orders", "sales.orders", ("order_id",), "updated_at", 3,
        types=(("order_date", "date"),),
    ),
    "behavior": Log(
        "redshift", "customer_behavior", "analytics.customer_behavior", ("behavior_id",),
        "event_timestamp", types=(("duration_seconds", "bigint"),),
    ),
}  # fmt: skip
FILES = {
    "fx_rates": Files(
        "fx", "rates", "fx/*", ("date", "base", "counter", "rate", "bid", "ask", "source"),
        ("date", "base", "counter"), (("date", "date"), ("rate", "decimal(18, 8)")),
    ),
    "returns": Files(
        "files", "returns", "returns/*", ("order_id", "return_date", "reason"),
        ("order_id", "return_date"), (("return_date", "date"),),
    ),
    "events": Files(
        "kafka", "orders_events", "kafka/*",
        ("event_id", "topic", "partition", "offset", "timestamp", "key", "headers", "value"),
        ("event_id",), (("timestamp", "timestamptz"),),
        malformed="value is not null and not json_valid(value)",
    ),
    "accounts": Files(
        "crm", "accounts", "crm/accounts-*",
        ("Id", "Name", "AnnualRevenue", "Industry", "CustomerSegment", "GeographicRegion",
         "AccountStatus", "Rating", "OwnerId", "Phone", "LastModifiedDate"),
        ("Id",), (("AnnualRevenue", "decimal(18, 2)"),),
    ),
    "contacts": Files(
        "crm", "contacts", "crm/contacts-*",
        ("Id", "AccountId", "FirstName", "LastName", "Email", "Phone", "Title", "Department",
         "DoNotCall", "HasOptedOutOfEmail", "EngagementScore", "LastModifiedDate"),
        ("Id",), (("EngagementScore", "bigint"),),
    ),
    "opportunities": Files(
        "crm", "opportunities", "crm/opportunities-*",
        ("Id", "AccountId", "StageName", "Type", "CloseDate", "Amount", "IsWon",
         "LastModifiedDate"),
        ("Id",), (("Amount", "decimal(18, 2)"),),
    ),
}  # fmt: skip


def open_truth(out: Path, day: int, *, backfilled: bool = False) -> duckdb.DuckDBPyConnection:
    """The tables of silver and gold as they must be after the run of a day.

    `out` holds the folders day-0 to day-N. `backfilled`: also what lies behind the watermarks.
    """
    truth = duckdb.connect()
    truth.execute("set timezone = 'UTC'")
    truth.execute("create table runs as select unnest(range(?)) as day", [day + 1])
    truth.execute(
        "create table ingested (table_name text, run int, read int, written int, duplicates int,"
        " quarantined int)"
    )
    truth.execute("create table refused (table_name text, reason text, rows int)")
    days = [out / f"day-{one}" for one in range(day + 1)]
    for stream, log in LOGS.items():
        files = [folder / "postgres" / f"{log.file}.parquet" for folder in days]
        if files[0].exists():
            _read_parquet(truth, stream, files)
            _through(truth, "warehouse.sql", stream, log, backfilled=backfilled)
    for stream, kind in FILES.items():
        files = [file for one in days for file in sorted((one / "files").glob(kind.pattern))]
        if files:
            _read_text(truth, stream, kind, files)
            _through(truth, "files.sql", stream, kind)
    has_all = (days[0] / "files" / "kafka").exists()
    for script in ("star.sql", *(["visits.sql", "totals.sql"] if has_all else []), "kinds.sql"):
        truth.execute((SQL / script).read_text())
    return truth


def revenue(truth: duckdb.DuckDBPyConnection, by: str) -> dict[Any, Decimal]:
    """Dollars sold by `placed_on` (the date), `country` (upper case) or `category` (lower case)."""
    rows = truth.sql(f"select {by}, sum(total_amount_usd) from fact_sales group by 1").fetchall()
    return dict(rows)


def refused(truth: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Open rows of the error lanes by table and reason."""
    found: dict[str, dict[str, int]] = {}
    for table, reason, rows in truth.sql("from refused order by all").fetchall():
        found.setdefault(table, {})[reason] = rows
    return found


def ingested(truth: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """What each run read into each table of bronze, and the rows there are."""
    counts = ("read", "written", "duplicates", "quarantined")
    tables: dict[str, dict[str, Any]] = {}
    query = f"select table_name, {', '.join(counts)} from ingested order by table_name, run"
    for table, *found in truth.sql(query).fetchall():
        one = tables.setdefault(table, {"rows": 0, "runs": []})
        one["runs"].append(dict(zip(counts, found, strict=True)))
        one["rows"] += one["runs"][-1]["written"]
    return tables


def _read_parquet(truth: duckdb.DuckDBPyConnection, stream: str, files: list[Path]) -> None:
    """A change log; each day may have more columns than the one before."""
    names = [str(file).replace("'", "''") for file in files]
    days = [f"select *, {day} as day from read_parquet('{file}')" for day, file in enumerate(names)]
    truth.execute(f"create table {stream}_log as {' union all by name '.join(days)}")


def _read_text(
    truth: duckdb.DuckDBPyConnection, stream: str, kind: Files, files: list[Path]
) -> None:
    """JSON Lines and CSV, every value as text; `malformed` is the text of what is neither."""
    names = [str(file) for file in files]
    if files[0].suffix == ".csv":
        columns = ", ".join(f"'{column}': 'varchar'" for column in kind.columns)
        truth.execute(
            f"create table {stream}_log as select * exclude (filename), null::varchar as malformed,"
            f" {DAY_OF_FILE} as day from read_csv(?, columns = {{{columns}}}, header = true,"
            " delim = ',', quote = '\"', escape = '\"', auto_detect = false, filename = true,"
            " store_rejects = true, parallel = false)",
            [names],
        )
        blanks = ", ".join("null" for _ in kind.columns)
        truth.execute(
            f"insert into {stream}_log select distinct {blanks}, csv_line, {DAY_OF_FILE}"
            " from reject_errors join (select file_id, scan_id, file_path as filename"
            " from reject_scans) using (file_id, scan_id)"
        )
        return
    values = ", ".join(f"""line ->> '{column}' as "{column}\"""" for column in kind.columns)
    truth.execute(
        f"create table {stream}_log as select {values}, malformed, day from (select"
        f" if(json_valid(line), line, '{{}}')::json as line, if(json_valid(line), null, line)"
        f" as malformed, {DAY_OF_FILE} as day from read_csv(?, columns = {{'line': 'varchar'}},"
        " delim = '\x1e', quote = '', escape = '', header = false, auto_detect = false,"
        " filename = true, max_line_size = 10000000))",
        [names],
    )


def _through(
    truth: duckdb.DuckDBPyConnection,
    script: str,
    stream: str,
    kind: Log | Files,
    **more: object,
) -> None:
    """What the stream's door lets in and what it refuses."""
    missing = " or ".join(f'"{column}" is null' for column in kind.key)
    unread = " or ".join(
        f'("{column}" is not null and try_cast("{column}" as {wanted}) is null)'
        for column, wanted in kind.types
    )
    reasons = {"key-required": missing, "type": unread or "false"}
    if isinstance(kind, Files):
        malformed = f"malformed is not null or ({kind.malformed})"
        reasons = {"malformed": malformed} | {
            name: f"not ({malformed}) and ({condition})" for name, condition in reasons.items()
        }
    cases = ", ".join(f"case when {sql} then '{name}' end" for name, sql in reasons.items())
    table = f"bronze.{kind.source}_{kind.name}"
    values = {"stream": stream, "table": table, "reasons": cases, **more}
    if isinstance(kind, Log):
        values |= {"cursor": kind.cursor, "lookback": kind.lookback}
    for name in (script, "bronze.sql"):
        truth.execute((SQL / name).read_text().format_map(values))
