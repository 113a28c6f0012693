"""What Lakewright makes of the cases: a versioned table, the door of a table, a scope.

../../.venv/bin/python run_lakewright.py
"""

from collections.abc import Sequence

from cases import AGAIN, GOOD, HISTORY, UNREADABLE, ZERO, Change, heading, line, show, versions

from lakewright.testing import Lakehouse, sql_table, stream

CUSTOMERS = stream(
    "shop.customers",
    key=["customer", "changed_at"],
    columns={
        "customer": "string",
        "country": "string",
        "changed_at": "timestamp",
        "deleted": "boolean",
    },
)
CUSTOMER_HISTORY = sql_table(
    "gold.customer_history",
    "select customer, country, changed_at, deleted from customers",
    key="customer",
    load={
        "type": "versioned",
        "sequence": "changed_at",
        "deleted": "deleted",
        "track": ["country"],
        "begins": "sequence",
    },
    reads={"customers": {"table": "bronze.shop_customers", "by": "customer"}},
)
ORDERS = stream("shop.orders", key="order_id", columns={"order_id": "string", "quantity": "bigint"})
POSITIVE = sql_table(
    "silver.orders",
    "select order_id, quantity from orders",
    key="order_id",
    reads={"orders": {"table": "bronze.shop_orders", "by": "order_id"}},
    rules={"quantity-positive": "quantity > 0"},
)
SALES = stream(
    "shop.sales", key="sale", columns={"sale": "bigint", "sold_on": "string", "amount": "bigint"}
)
SOLD = sql_table(
    "silver.sales",
    "select sale, sold_on, amount from sales",
    key="sale",
    reads={"sales": {"table": "bronze.shop_sales", "by": "sale"}},
)
DAILY = sql_table(
    "gold.daily",
    "select sold_on, sum(amount) as revenue from sales group by sold_on",
    key="sold_on",
    reads={"sales": {"table": "silver.sales", "by": "sold_on"}},
)


def main() -> None:
    """Run all cases, each in a lakehouse of its own."""
    heading("lakewright", "pysail", "deltalake")
    for case, batches in HISTORY.items():
        history(case, batches)
    bad_rows()
    failed_check()
    late_row()


def history(case: str, batches: Sequence[Sequence[Change]]) -> None:
    """Run after each batch, then build everything anew."""
    with Lakehouse.of(streams=[CUSTOMERS], tables=[CUSTOMER_HISTORY]) as lake:
        for batch in batches:
            lake.feed("shop.customers", [change._asdict() for change in batch])
            lake.run()
        for how in ("versioned", "versioned, full refresh"):
            if how != "versioned":
                lake.full_refresh()
            rows = [row for row in lake.rows("gold.customer_history") if row["customer"]]
            found = [(row["country"], row["valid_from"], row["valid_to"]) for row in rows]
            show(f"{case}: {how}", versions(found))


def bad_rows() -> None:
    """Give a good row, a zero and an unreadable one."""
    with Lakehouse.of(streams=[ORDERS], tables=[POSITIVE]) as lake:
        lake.feed("shop.orders", [one._asdict() for one in (GOOD, ZERO, UNREADABLE)])
        show("e  run", "succeeded" if lake.run().succeeded else "failed")
        show("e  ... the table", line(row.values() for row in lake.rows("silver.orders")))
        for table in ("bronze.shop_orders", "silver.orders"):
            refused = [(one.row["order_id"], *one.messages) for one in lake.refused(table)]
            show(f"e  ... set aside at {table}", line(refused))


def failed_check() -> None:
    """Give an order twice: no rule about one row can see it."""
    with Lakehouse.of(streams=[ORDERS], tables=[POSITIVE]) as lake:
        for batch in ([GOOD], [GOOD, AGAIN]):
            lake.feed("shop.orders", [one._asdict() for one in batch])
            lake.run()
        orders = sorted(tuple(row.values()) for row in lake.rows("silver.orders"))
        show("f  the table (there are no gates yet)", line(orders))


def late_row() -> None:
    """Build daily totals, bring a sale of five days before, and compare with a full refresh."""
    with Lakehouse.of(streams=[SALES], tables=[SOLD, DAILY]) as lake:
        for batch in ([(1, "2025-05-26", 10), (2, "2025-05-31", 10)], [(3, "2025-05-26", 5)]):
            rows = [dict(zip(("sale", "sold_on", "amount"), one, strict=True)) for one in batch]
            lake.feed("shop.sales", rows)
            lake.run()
        for how in ("scope", "scope, full refresh"):
            if how != "scope":
                lake.full_refresh()
            daily = sorted(tuple(row.values()) for row in lake.rows("gold.daily"))
            show(f"g  {how}", line(daily))


if __name__ == "__main__":
    main()
