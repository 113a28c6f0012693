"""The hard parts of the reference project."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.oracle.lake import Meaning
from tests.properties.world import (
    START,
    Choices,
    Row,
    World,
    as_they_are,
    is_delete,
    moment,
    times,
)

from lakewright.testing import sql_table, stream

# hard parts

CUSTOMER_TYPES = {
    "customer_id": "string",
    "country": "string",
    "phone": "string",
    "op": "string",
    "updated_at": "timestamp",
    "note": "string",
}
ORDER_TYPES = {
    "order_id": "string",
    "customer_id": "string",
    "order_ts": "timestamp",
    "currency": "string",
    "quantity": "bigint",
    "amount": "decimal(18,2)",
    "op": "string",
    "updated_at": "timestamp",
}
SHOP_CHOICES: Mapping[str, Choices] = {
    "shop.customers": {
        "customer_id": ["c1", "c2", "c3", "c4", None],
        "country": ["it", "no", "se", "atlantis", None],
        "phone": ["1", "2"],
        "op": ["U", "U", "U", "U", "D", "D", "?"],
        "updated_at": times,
        "note": ["", "again"],
    },
    "shop.contacts": {
        "contact_id": ["k1", "k2", "k3", "k4"],
        "account_id": ["c1", "c2", "c3", None],
        "email": ["a@", "b@"],
        "updated_at": times,
    },
    "shop.orders": {
        "order_id": [f"o{number}" for number in range(12)],
        "customer_id": ["c1", "c2", "c3", "c4", "c5", None],
        "order_ts": [moment(quarter) for quarter in range(16)],
        "currency": ["eur", "nok"],
        "quantity": [1, 1, 1, 1, 0, None],
        "amount": [Decimal("0.01"), Decimal("4.99"), Decimal("9.99")],
        "op": ["U", "U", "U", "D"],
        "updated_at": times,
    },
    "shop.fx": {"date": [0, 1, 3], "base": ["EUR", "NOK"], "usd": [1, 2, 3], "published": [0, 1]},
}
FX_RATES = """
    with ranked as (
        select base, date, usd,
               row_number() over (partition by base, date order by published desc, usd desc) place
        from rates
    ),
    spans as (
        select base, date, usd, lead(date) over (partition by base order by date) as following
        from ranked where place = 1
    ),
    days as (select base, date, usd, following, explode(sequence(0, 7)) as day from spans)
    select base, date + day as date, usd, day > 0 as is_carried
    from days where following is null or date + day < following
"""
CUSTOMERS = """
    with ranked as (
        select account_id, email, count(*) over (partition by account_id) as contacts,
               row_number() over (
                   partition by account_id order by updated_at desc, contact_id desc
               ) as place
        from contacts
    )
    select c.customer_id, c.country, r.email, coalesce(r.contacts, 0) as contacts
    from customers c left join ranked r on r.account_id = c.customer_id and r.place = 1
"""
ORDERS = """
    select order_id, customer_id, order_ts, upper(currency) as currency, quantity, amount, op,
           updated_at, cast(datediff(order_ts, timestamp '2025-01-01') as bigint) as order_date
    from orders
"""
CUSTOMER_360 = """
    select customer_id, count(*) as orders, cast(sum(amount_usd) as decimal(18, 2)) as revenue
    from sales group by customer_id
"""
DAILY_REVENUE = """
    select order_date as date, country, cast(sum(amount_usd) as decimal(18, 2)) as revenue
    from sales group by order_date, country
"""


def canonical(rows: list[Row]) -> list[Row]:
    names = ("customer_id", "country", "phone", "op", "updated_at")
    return [
        {name: row[name] for name in names} | {"country": row["country"] and row["country"].upper()}
        for row in rows
    ]


def with_contacts(customers: list[Row], contacts: list[Row]) -> list[Row]:
    found = []
    for row in customers:
        mine = sorted(
            (one for one in contacts if one["account_id"] == row["customer_id"]),
            key=lambda one: (one["updated_at"], one["contact_id"]),
        )
        found.append(
            {
                "customer_id": row["customer_id"],
                "country": row["country"],
                "email": mine[-1]["email"] if mine else None,
                "contacts": len(mine),
            }
        )
    return found


def with_day(rows: list[Row]) -> list[Row]:
    return [
        {**row, "currency": row["currency"].upper(), "order_date": (row["order_ts"] - START).days}
        for row in rows
    ]


def carried(rates: list[Row]) -> list[Row]:
    last: dict[tuple[str, int], Row] = {}
    for row in sorted(rates, key=lambda row: (row["published"], row["usd"])):
        last[row["base"], row["date"]] = row
    found = []
    for (base, day), row in last.items():
        for more in range(8):
            if more and (base, day + more) in last:
                break
            found.append(
                {"base": base, "date": day + more, "usd": row["usd"], "is_carried": more > 0}
            )
    return found


SALES = ("order_id", "customer_sk", "customer_id", "country", "order_date", "amount", "fx_rate")


def sales(rows: list[Row]) -> list[Row]:
    return [
        {name: row[name] for name in SALES} | {"amount_usd": row["amount"] * row["fx_rate"]}
        for row in rows
    ]


def summed(names: tuple[str, ...], rows: list[Row]) -> dict[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def customer_360(rows: list[Row]) -> list[Row]:
    return [
        {
            "customer_id": customer,
            "orders": len(group),
            "revenue": sum(row["amount_usd"] for row in group),
        }
        for (customer,), group in summed(("customer_id",), rows).items()
    ]


def daily_revenue(rows: list[Row]) -> list[Row]:
    return [
        {"date": day, "country": country, "revenue": sum(row["amount_usd"] for row in group)}
        for (day, country), group in summed(("order_date", "country"), rows).items()
    ]


in_dim_customer = {
    "from": "gold.dim_customer",
    "key": "customer_id",
    "as_of": "order_ts",
    "missing": "unknown",
}
SHOP = World(
    streams=(
        stream(
            "shop.customers",
            key="customer_id",
            columns=CUSTOMER_TYPES,
            rules={"op-known": "op in ('U', 'D')"},
        ),
        stream(
            "shop.contacts",
            key="contact_id",
            columns={
                "contact_id": "string",
                "account_id": "string",
                "email": "string",
                "updated_at": "timestamp",
            },
        ),
        stream("shop.orders", key="order_id", columns=ORDER_TYPES),
        stream(
            "shop.fx",
            key=("date", "base"),
            columns={"date": "bigint", "base": "string", "usd": "bigint", "published": "bigint"},
        ),
    ),
    tables=(
        sql_table(
            "silver.customer_changes",
            "select customer_id, upper(country) as country, phone, op, updated_at from customers",
            key="customer_id",
            load={"type": "changelog", "sequence": "updated_at"},
            reads={"customers": {"table": "bronze.shop_customers", "rows": "new"}},
            rules={"country-known": "country is null or country <> 'ATLANTIS'"},
        ),
        sql_table(
            "silver.warehouse_customers",
            "select * from changes",
            key="customer_id",
            load={"type": "upsert", "sequence": "updated_at", "deleted": "op = 'D'"},
            reads={"changes": {"table": "silver.customer_changes", "by": "customer_id"}},
        ),
        sql_table(
            "silver.contacts",
            "select * from changes",
            key="contact_id",
            load={"type": "upsert", "sequence": "updated_at"},
            reads={"changes": {"table": "bronze.shop_contacts", "by": "contact_id"}},
        ),
        sql_table(
            "silver.customers",
            CUSTOMERS,
            key="customer_id",
            reads={
                "customers": {"table": "silver.warehouse_customers", "by": "customer_id"},
                "contacts": {"table": "silver.contacts", "by": "account_id"},
            },
        ),
        sql_table(
            "silver.orders",
            ORDERS,
            key="order_id",
            load={"type": "upsert", "sequence": "updated_at", "deleted": "op = 'D'"},
            reads={"orders": {"table": "bronze.shop_orders", "by": "order_id"}},
            rules={"quantity-positive": "quantity > 0"},
        ),
        sql_table(
            "silver.fx_rates",
            FX_RATES,
            key=["date", "base"],
            scope="base",
            reads={"rates": {"table": "bronze.shop_fx", "by": "base"}},
        ),
        sql_table(
            "gold.dim_customer",
            "select * from changes",
            key="customer_id",
            load={
                "type": "versioned",
                "sequence": "updated_at",
                "deleted": "op = 'D'",
                "track": "country",
                "members_from": [{"table": "silver.orders", "key": "customer_id"}],
            },
            reads={"changes": {"table": "silver.customer_changes", "by": "customer_id"}},
        ),
        sql_table(
            "gold.fact_sales",
            "select order_id, customer_sk, customer_id, country, order_date, amount, fx_rate, "
            "cast(amount * fx_rate as decimal(18, 2)) as amount_usd from orders",
            key="order_id",
            reads={
                "orders": {
                    "table": "silver.orders",
                    "by": "order_id",
                    "lookups": {
                        "customer_sk": in_dim_customer,
                        "country": {**in_dim_customer, "column": "country"},
                        "fx_rate": {
                            "from": "silver.fx_rates",
                            "key": {"order_date": "date", "currency": "base"},
                            "column": "usd",
                        },
                    },
                }
            },
            rules={"amount-plausible": "amount_usd <= 20"},
        ),
        sql_table(
            "gold.customer_360",
            CUSTOMER_360,
            key="customer_id",
            reads={"sales": {"table": "gold.fact_sales", "by": "customer_id"}},
        ),
        sql_table(
            "gold.daily_revenue",
            DAILY_REVENUE,
            key=["date", "country"],
            reads={"sales": {"table": "gold.fact_sales", "by": ["order_date", "country"]}},
        ),
    ),
    meanings={
        "bronze.shop_customers": Meaning(rules={"op-known": lambda row: row["op"] in ("U", "D")}),
        "silver.customer_changes": Meaning(
            canonical, {"country-known": lambda row: row["country"] != "ATLANTIS"}
        ),
        "silver.warehouse_customers": Meaning(as_they_are, {}, is_delete),
        "silver.customers": Meaning(with_contacts),
        "silver.orders": Meaning(
            with_day, {"quantity-positive": lambda row: (row["quantity"] or 0) > 0}, is_delete
        ),
        "silver.fx_rates": Meaning(carried),
        "gold.dim_customer": Meaning(as_they_are, {}, is_delete),
        "gold.fact_sales": Meaning(
            sales, {"amount-plausible": lambda row: row["amount_usd"] <= 20}
        ),
        "gold.customer_360": Meaning(customer_360),
        "gold.daily_revenue": Meaning(daily_revenue),
    },
    choices=SHOP_CHOICES,
)
