"""The independent truth, on a shop small enough to be worked out by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generator import truth

MONEY, MOMENT = pa.decimal128(18, 2), pa.timestamp("us", "UTC")
SATURDAY = datetime(2025, 3, 1, tzinfo=UTC)

CUSTOMERS = pa.schema(
    {name: pa.string() for name in ("customer_id", "first_name", "last_name", "email", "country")}
    | {"customer_segment": pa.string(), "lifetime_value": pa.string(), "updated_at": MOMENT}
)
PRODUCTS = pa.schema(
    {name: pa.string() for name in ("product_id", "category", "brand", "weight_kg", "color")}
    | {"price_usd": MONEY, "cost_usd": MONEY, "updated_at": MOMENT}
)
ORDERS = pa.schema(
    {name: pa.string() for name in ("order_id", "customer_id", "product_id", "order_date")}
    | {"order_timestamp": MOMENT, "quantity": pa.int32(), "unit_price": MONEY}
    | {"discount_percent": MONEY, "tax_amount": MONEY, "shipping_cost": MONEY}
    | {"total_amount": MONEY, "currency": pa.string(), "op": pa.string()}
    | {"is_deleted": pa.bool_(), "updated_at": MOMENT}
)


def customer(number: int, country: str, hours: float, **other: object) -> dict[str, object]:
    at = SATURDAY + timedelta(hours=hours)
    return {"customer_id": f"C{number}", "country": country, "updated_at": at} | other


def product(number: int, category: str, hours: float) -> dict[str, object]:
    at = SATURDAY + timedelta(hours=hours)
    return {"product_id": f"P{number}", "category": category, "updated_at": at}


def order(
    number: int, total: str, currency: str, hours: float, **other: object
) -> dict[str, object]:
    """An order of the first customer and product, placed at noon of day 0, changed at `hours`."""
    fields = {
        "order_id": f"O{number}",
        "customer_id": "C1",
        "product_id": "P1",
        "order_timestamp": SATURDAY + timedelta(hours=12),
        "quantity": 1,
        "total_amount": Decimal(total),
        "currency": currency,
        "op": "INSERT",
        "is_deleted": False,
        "updated_at": SATURDAY + timedelta(hours=hours),
    }
    return fields | other


def day(
    out: Path,
    number: int,
    *,
    customers: Iterable[dict[str, object]] = (),
    products: Iterable[dict[str, object]] = (),
    orders: Iterable[dict[str, object]] = (),
    rates: Iterable[str] = (),
    returns: Iterable[str] = (),
) -> None:
    folder = out / f"day-{number}"
    for name in ("postgres", "files/fx", "files/returns"):
        (folder / name).mkdir(parents=True)
    logs = {
        "customers": (customers, CUSTOMERS),
        "products": (products, PRODUCTS),
        "orders": (orders, ORDERS),
    }
    for name, (rows, schema) in logs.items():
        table = pa.Table.from_pylist(list(rows), schema)
        pq.write_table(table, folder / "postgres" / f"sales.{name}.parquet")
    (folder / "files" / "fx" / "rates.jsonl").write_text("".join(f"{line}\n" for line in rates))
    lines = ["order_id,return_date,reason", *returns]
    (folder / "files" / "returns" / "r.csv").write_text("".join(f"{line}\n" for line in lines))


def rate(base: str, counter: str, on: str, value: str) -> str:
    return f'{{"date": "{on}", "base": "{base}", "counter": "{counter}", "rate": {value}}}'


ONE_CUSTOMER, ONE_PRODUCT = [customer(1, "Spain", 1)], [product(1, "Books", 1)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path


def sales(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    found = connection.sql("select order_id, total_amount_usd from fact_sales order by order_id")
    return dict(found.fetchall())


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        pytest.param(
            [order(1, "10.00", "USD", 12), order(1, "20.00", "USD", 13)],
            {"O1": Decimal("20.00")},
            id="the newest change counts",
        ),
        pytest.param(
            [order(1, "20.00", "USD", 13), order(1, "10.00", "USD", 12)],
            {"O1": Decimal("20.00")},
            id="however they lie",
        ),
        pytest.param(
            [order(1, "10.00", "USD", 12), order(1, "20.00", "USD", 13, quantity=0)],
            {"O1": Decimal("10.00")},
            id="a refused change is as if it had not come",
        ),
        pytest.param(
            [order(1, "10.00", "USD", 12), order(1, "10.00", "USD", 13, op="DELETE")],
            {},
            id="a delete takes it away",
        ),
        pytest.param(
            [order(1, "1.00", "USD", 12, op="DELETE"), order(1, "2.00", "USD", 12)],
            {},
            id="a delete wins a tie",
        ),
        pytest.param(
            [order(1, "1.00", "USD", 13, is_deleted=True), order(1, "2.00", "USD", 12)],
            {},
            id="an older update does not bring it back",
        ),
        pytest.param(
            [order(1, "1.00", "usd ", 12), order(1, "1.00", "usd ", 12)],
            {"O1": Decimal("1.00")},
            id="the same row twice is one",
        ),
    ],
)
def test_what_an_order_is(
    out: Path, orders: list[dict[str, object]], expected: dict[str, Decimal]
) -> None:
    day(out, 0, customers=ONE_CUSTOMER, products=ONE_PRODUCT, orders=orders)

    with truth.open_truth(out, 0) as connection:
        assert sales(connection) == expected


@pytest.mark.parametrize(
    ("currency", "rates", "expected"),
    [
        pytest.param("USD", [], "10.00", id="dollars need no rate"),
        pytest.param("EUR", [rate("EUR", "USD", "2025-03-01", "1.1")], "11.00", id="direct"),
        pytest.param("JPY", [rate("USD", "JPY", "2025-03-01", "3")], "3.33", id="inverted"),
        pytest.param(
            "EUR",
            [rate("USD", "EUR", "2025-03-01", "0.5"), rate("EUR", "USD", "2025-03-01", "1.1")],
            "11.00",
            id="the direct one of two",
        ),
        pytest.param(
            "EUR", [rate("EUR", "USD", "2025-02-22", "1.1")], "11.00", id="seven days old"
        ),
        pytest.param("EUR", [rate("EUR", "USD", "2025-02-21", "1.1")], None, id="eight days old"),
        pytest.param("EUR", [rate("EUR", "USD", "2025-03-02", "1.1")], None, id="of tomorrow"),
        pytest.param("EUR", [rate("GBP", "USD", "2025-03-01", "1.1")], None, id="of another one"),
        pytest.param("EUR", ['{"date": "2025-03-01", "ba'], None, id="unreadable"),
    ],
)
def test_what_an_order_is_worth(
    out: Path, currency: str, rates: list[str], expected: str | None
) -> None:
    day(
        out,
        0,
        customers=ONE_CUSTOMER,
        products=ONE_PRODUCT,
        orders=[order(1, "10.00", currency, 12)],
        rates=rates,
    )

    with truth.open_truth(out, 0) as connection:
        found, lanes = sales(connection), truth.refused(connection)

    if expected is None:
        assert (found, lanes["gold.fact_sales"]) == ({}, {"no-usd-rate": 1})
    else:
        assert (found, "gold.fact_sales" in lanes) == ({"O1": Decimal(expected)}, False)


def test_a_rate_that_arrives_repairs_what_was_refused(out: Path) -> None:
    day(out, 0, customers=ONE_CUSTOMER, products=ONE_PRODUCT, orders=[order(1, "10.00", "EUR", 12)])
    day(out, 1, rates=[rate("EUR", "USD", "2025-02-28", "1.1")])

    with truth.open_truth(out, 0) as connection:
        assert truth.refused(connection) == {"gold.fact_sales": {"no-usd-rate": 1}}
    with truth.open_truth(out, 1) as connection:
        assert truth.refused(connection) == {}
        assert truth.revenue(connection, "placed_on") == {date(2025, 3, 1): Decimal("11.00")}


def test_country_and_category_are_those_of_the_moment_of_the_order(out: Path) -> None:
    at = {name: SATURDAY + timedelta(hours=hours) for name, hours in (("early", 2), ("late", 20))}
    day(
        out,
        0,
        customers=[customer(1, "spain ", 10), customer(1, "Japan", 15)],
        products=[product(1, " BOOKS", 10), product(1, "Toys", 20)],
        orders=[
            order(1, "1.00", "USD", 12, order_timestamp=at["early"]),
            order(2, "2.00", "USD", 12),
            order(3, "4.00", "USD", 12, order_timestamp=at["late"]),
            order(4, "8.00", "USD", 12, customer_id="", product_id="P9"),
        ],
    )

    with truth.open_truth(out, 0) as connection:
        assert truth.revenue(connection, "country") == {
            "SPAIN": Decimal("3.00"),
            "JAPAN": Decimal("4.00"),
            None: Decimal("8.00"),
        }
        assert truth.revenue(connection, "category") == {
            "books": Decimal("3.00"),
            "toys": Decimal("4.00"),
            None: Decimal("8.00"),
        }


def test_each_run_reads_from_the_watermark_on_less_the_lookback(out: Path) -> None:
    day(
        out,
        0,
        customers=ONE_CUSTOMER,
        products=ONE_PRODUCT,
        orders=[order(1, "1.00", "USD", -60), order(2, "1.00", "USD", 23)],
    )
    day(
        out,
        1,
        customers=[customer(2, "Japan", 1), customer(3, "Japan", 0.5)],
        orders=[
            order(3, "1.00", "USD", 30),
            order(4, "1.00", "USD", -49),
            order(5, "1", "USD", -50),
        ],
    )

    with truth.open_truth(out, 1) as connection:
        tables = truth.ingested(connection)
        read = {name: table["runs"][1] for name, table in tables.items()}
        known = connection.sql("select order_id from orders order by 1").fetchall()
    with truth.open_truth(out, 1, backfilled=True) as connection:
        backfilled = connection.sql("select order_id from orders order by 1").fetchall()

    # The watermark is shared by the customer of day 0 and one of day 1; the third lies behind it.
    assert read["bronze.snowflake_customers"] == {
        "read": 2,
        "written": 1,
        "duplicates": 1,
        "quarantined": 0,
    }
    # Three days before 23 o'clock of day 0: order 2 again, 3, and 4, which is exactly as old.
    assert read["bronze.snowflake_orders"] == {
        "read": 3,
        "written": 2,
        "duplicates": 1,
        "quarantined": 0,
    }
    assert known == [("O1",), ("O2",), ("O3",), ("O4",)]
    assert backfilled == [*known, ("O5",)]


def test_what_a_door_refuses(out: Path) -> None:
    day(
        out,
        0,
        customers=[customer(1, "Spain", 1, lifetime_value="n/a", customer_id=None)],
        orders=[
            order(1, "1.00", "XXX", 12, quantity=-1),
            order(2, "1.00", "USD", 12, order_date="soon"),
            order(3, "1.00", "USD", 12, order_timestamp=SATURDAY - timedelta(days=9_999)),
        ],
        returns=["O1,2025-03-01,fine", "O1,2025-03-01,too,many", ",2025-03-01,x", "O2,soon,x"],
    )

    with truth.open_truth(out, 0) as connection:
        assert truth.refused(connection) == {
            "bronze.files_returns": {"key-required": 1, "malformed": 1, "type": 1},
            "bronze.snowflake_customers": {"key-required": 1, "type": 1},
            "bronze.snowflake_orders": {"type": 1},
            "gold.fact_sales": {"date-in-calendar": 1},
            "silver.orders": {"currency-known": 1, "quantity-positive": 1},
        }
        assert truth.ingested(connection)["bronze.files_returns"]["rows"] == 1
