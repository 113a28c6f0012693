"""Rows read without the engine: conditions, columns, limits, versions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from lakewright.errors import LakeError, SpecError
from lakewright.store.lake import OWNER, Lake
from lakewright.store.reading import Wanted, lanes_in, open_at, rows, tables_in

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
ORDERS = [
    {
        "Id": 1,
        "amount": Decimal("1234567890123456.78"),
        "at": NOON,
        "day": date(2025, 3, 1),
        "to": "A",
    },
    {"Id": 2, "amount": Decimal("0.10"), "at": None, "day": date(2025, 3, 2), "to": ""},
    {"Id": 3, "amount": None, "at": NOON, "day": None, "to": None},
]
SCHEMA = pa.schema(
    [
        ("Id", pa.int64()),
        ("amount", pa.decimal128(18, 2)),
        ("at", pa.timestamp("us", "UTC")),
        ("day", pa.date32()),
        ("to", pa.string()),
    ]
)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with one table of two versions, and a lane."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    table = pa.Table.from_pylist(ORDERS, SCHEMA)
    path = lake.path("silver.orders")
    write_deltalake(path, table.slice(0, 2), description=f"{OWNER}:shop")
    write_deltalake(path, table.slice(2), mode="append")
    write_deltalake(lake.lane("silver.orders"), table.select(["Id"]))
    return lake


def orders(lake: Lake, version: int | None = None) -> DeltaTable:
    handle = open_at(lake, "silver.orders", version)
    assert handle is not None
    return handle


def read(lake: Lake, wanted: Wanted, version: int | None = None) -> list[dict[str, Any]]:
    found = rows(orders(lake, version), wanted)
    taken = [row for batch in found.batches for row in batch.to_pylist()]
    return sorted(taken, key=lambda row: row.get("Id", 0))


def test_what_is_in_a_lake(lake: Lake, tmp_path: Path) -> None:
    assert (tables_in(lake), lanes_in(lake)) == (["silver.orders"], ["silver.orders"])
    assert (tables_in(Lake(tmp_path)), open_at(Lake(tmp_path), "silver.orders")) == ([], None)


def test_every_row_comes_as_it_is_with_its_columns_and_types(lake: Lake) -> None:
    assert read(lake, Wanted()) == ORDERS
    assert rows(orders(lake), Wanted()).columns == (
        ("Id", "bigint"),
        ("amount", "decimal(18,2)"),
        ("at", "timestamp"),
        ("day", "date"),
        ("to", "string"),
    )
    assert rows(orders(lake), Wanted()).schema == SCHEMA


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("id = 1", [1]),
        ("`Id` in (1, 3)", [1, 3]),
        ("amount > 0.5", [1]),
        ("amount <=> null", [3]),
        ("at >= timestamp '2025-03-01 12:00:00'", [1, 3]),
        ("at >= '2025-03-01' and day < '2025-03-02'", [1]),
        ("day = date '2025-03-02'", [2]),
        ("to = ''", [2]),
        ("to rlike '^A' or to is null", [1, 3]),
        ("year(day) = 2025 and lower(to) like 'a%'", [1]),
        ('to = "A"', [1]),
    ],
)
def test_conditions_are_those_of_a_project(lake: Lake, where: str, found: list[int]) -> None:
    assert [row["Id"] for row in read(lake, Wanted(where))] == found


def test_columns_come_in_the_order_asked_for_whatever_their_case(lake: Lake) -> None:
    assert list(read(lake, Wanted("id = 1", columns=["TO", "id"]))[0].items()) == [
        ("to", "A"),
        ("Id", 1),
    ]


def test_so_many_rows_as_asked_for(lake: Lake) -> None:
    assert len(read(lake, Wanted(limit=2))) == 2


def test_a_table_as_it_was(lake: Lake) -> None:
    assert [row["Id"] for row in read(lake, Wanted(), version=0)] == [1, 2]
    assert [row["Id"] for row in read(lake, Wanted(), version=1)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("wanted", "code", "says"),
    [
        (Wanted("amuont > 1"), "unknown-column", "did you mean `amount`?"),
        (Wanted(columns=["amuont"]), "unknown-column", "did you mean `amount`?"),
        (Wanted("amount >"), "sql", "is not one condition in SQL"),
        (Wanted("1 = 1; drop table orders"), "sql", "is not one condition in SQL"),
        (Wanted("select 1"), "sql", "is not one condition in SQL"),
        (Wanted("id in (select 1)"), "sql", "is not one condition in SQL"),
        (Wanted("frobnicate(id)"), "condition-failed", "frobnicate"),
        (Wanted("cast(to as int) = 1"), "condition-failed", "Cannot cast string 'A'"),
    ],
)
def test_what_cannot_be_asked_for(lake: Lake, wanted: Wanted, code: str, says: str) -> None:
    with pytest.raises(SpecError) as error:
        read(lake, wanted)
    assert error.value.code == code
    assert says in str(error.value)


@pytest.mark.parametrize("version", [-1, 2])
def test_a_version_that_is_not_there(lake: Lake, version: int) -> None:
    with pytest.raises(SpecError) as error:
        open_at(lake, "silver.orders", version)
    assert str(error.value) == (
        f"--version:1: `silver.orders` has no version {version} to be read: its newest is 1 "
        "[unknown-version]\n    lakewright history silver.orders"
    )


def test_a_table_that_something_else_wrote_is_not_read(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "silver" / "orders", pa.table({"a": [1]}))
    with pytest.raises(LakeError, match="did not write"):
        open_at(Lake(tmp_path), "silver.orders")
