"""The sandbox's PostgreSQL: a real server, started, filled, read over ADBC and stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic, sleep

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from adbc_driver_postgresql import dbapi

from lakewright.errors import SourceError
from lakewright.sandbox import postgres

ORDERS = pa.table(
    {
        "order_id": ["ORD-1", "ORD-2", None],
        "order_date": pa.array([date(2025, 3, 1), None, None], pa.date32()),
        "quantity": pa.array([1, -2, None], pa.int32()),
        "total_amount": pa.array([Decimal("12.10"), Decimal("-0.01"), None], pa.decimal128(18, 2)),
        "is_deleted": [False, True, None],
        "updated_at": pa.array(
            [datetime(2025, 3, 1, 12, tzinfo=UTC), None, None], pa.timestamp("us", "UTC")
        ),
        "note": ['Ünal "24\\"" \n newline', "", "x" * 10_000],
    }
)
TYPES = [
    ("order_id", "text"),
    ("order_date", "date"),
    ("quantity", "integer"),
    ("total_amount", "numeric"),
    ("is_deleted", "boolean"),
    ("updated_at", "timestamp with time zone"),
    ("note", "text"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    yield postgres.start(folder)
    postgres.stop(folder)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    postgres.stop(tmp_path)


def write(folder: Path, name: str, table: pa.Table) -> Path:
    folder.mkdir(exist_ok=True)
    pq.write_table(table, folder / f"{name}.parquet")
    return folder


def query(uri: str, sql: str) -> pa.Table:
    with dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def columns(uri: str, schema: str) -> list[tuple[str, str]]:
    found = query(
        uri,
        "select column_name::text, data_type::text from information_schema.columns"
        f" where table_schema = '{schema}' order by ordinal_position",
    )
    return [(row["column_name"], row["data_type"]) for row in found.to_pylist()]


def servers_in(folder: Path) -> list[int]:
    """The processes that serve a folder; the dead ones, not yet buried, have no arguments."""
    command = ["ps", "-ww", "-eo", "pid,args"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if f"-D {folder}" in line]


def wait_until_buried(process: int) -> None:
    patience = monotonic() + 20
    while monotonic() < patience:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        sleep(0.02)
    pytest.fail(f"process {process} is still there")


def test_a_file_becomes_a_table_of_the_same_rows_and_types(server: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "kept.orders", ORDERS)

    assert postgres.load(server, folder) == {"kept.orders": 3}

    assert columns(server, "kept") == TYPES
    # ADBC gives numeric as text.
    exact = ORDERS.set_column(3, "total_amount", pa.array(["12.10", "-0.01", None]))
    assert query(server, "select * from kept.orders").to_pylist() == exact.to_pylist()


def test_the_same_file_is_loaded_once(server: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "once.orders", ORDERS)

    assert postgres.load(server, folder) == {"once.orders": 3}
    assert postgres.load(server, folder) == {}

    assert query(server, "select count(*) as rows from once.orders").to_pylist() == [{"rows": 3}]


def test_a_cursor_has_an_index(server: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "indexed.orders", ORDERS)
    postgres.load(server, folder, indexed=("order_id", "absent"))
    indexes = query(server, "select indexdef from pg_indexes where schemaname = 'indexed'")
    assert indexes.to_pylist() == [
        {"indexdef": "CREATE INDEX orders_order_id ON indexed.orders USING btree (order_id)"}
    ]


def test_a_table_follows_a_new_column_and_an_integer_that_became_long(
    server: str, tmp_path: Path
) -> None:
    days = [
        pa.table({"id": pa.array([1], pa.int32()), "stock": pa.array([5], pa.int32())}),
        pa.table({"id": pa.array([2], pa.int32()), "stock": pa.array([2**40]), "tier": ["gold"]}),
        pa.table({"id": pa.array([3], pa.int32()), "stock": pa.array([7], pa.int32())}),
    ]

    for number, day in enumerate(days):
        postgres.load(server, write(tmp_path / f"day-{number}", "wider.products", day))

    assert columns(server, "wider") == [("id", "integer"), ("stock", "bigint"), ("tier", "text")]
    assert query(server, "select * from wider.products order by id").to_pylist() == [
        {"id": 1, "stock": 5, "tier": None},
        {"id": 2, "stock": 2**40, "tier": "gold"},
        {"id": 3, "stock": 7, "tier": None},
    ]


def test_a_folder_is_loaded_whole_or_not_at_all(server: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "whole.orders", ORDERS)
    write(folder, "without_schema", ORDERS)

    with pytest.raises(SourceError, match=r"without_schema\.parquet is not named") as refused:
        postgres.load(server, folder)

    assert refused.value.code == "sandbox-load"
    assert columns(server, "whole") == []


def test_a_password_is_asked_for(server: str) -> None:
    user, _, address = server.rpartition("@")
    stranger = f"{user.rpartition(':')[0]}:wrong@{address}"

    with pytest.raises(dbapi.OperationalError, match="password authentication failed"):
        dbapi.connect(stranger)


def test_a_server_outlives_its_starter_and_is_stopped_by_its_folder(place: Path) -> None:
    script = f"""
from pathlib import Path
from time import monotonic, sleep
from lakewright.sandbox import postgres
print(postgres.start(Path({str(place)!r})))
"""
    started = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert postgres.start(place) == started.stdout.strip()
    assert query(started.stdout.strip(), "select 1 as one").to_pylist() == [{"one": 1}]
    assert servers_in(place) != []

    postgres.stop(place)
    postgres.stop(place)

    assert servers_in(place) == []


def test_a_server_that_was_killed_starts_again_with_its_rows(place: Path) -> None:
    uri = postgres.start(place)
    postgres.load(uri, write(place / "day", "sales.orders", ORDERS))
    query(uri, "select 1 as one")
    (postmaster,) = servers_in(place)
    os.kill(postmaster, signal.SIGKILL)
    wait_until_buried(postmaster)

    uri = postgres.start(place)

    assert query(uri, "select count(*) as rows from sales.orders").to_pylist() == [{"rows": 3}]
    postgres.stop(place)
    assert servers_in(place) == []


def test_a_folder_without_a_server_can_be_stopped(tmp_path: Path) -> None:
    postgres.stop(tmp_path / "nothing")
