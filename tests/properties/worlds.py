"""Small projects that together use every load, read and lookup, with the rows that may come to their streams.

Each query and condition stands here twice: in SQL, for the lakehouse, and in Python, for the oracle. Values come from
few choices, so that keys meet, sequences tie, rows repeat, and members come late or never.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.oracle.lake import Meaning

from lakewright.spec.in_code import DeclaredStream, DeclaredTable
from lakewright.testing import sql_table, stream

Row = dict[str, Any]

START = datetime(2025, 1, 1, tzinfo=UTC)
TOO_EARLY = datetime(1900, 1, 1, tzinfo=UTC)
CARRY_DAYS = 7


Choices = Mapping[str, Sequence[Any]]
"""Of each column, the values that it may have; one that stands there twice comes twice as often."""


@dataclass(frozen=True)
class World:
    """A project, what it means, and what may come to its streams."""

    streams: tuple[DeclaredStream, ...]
    tables: tuple[DeclaredTable, ...]
    meanings: Mapping[str, Meaning]
    choices: Mapping[str, Choices]

    def rows(self, stream: str, size: int, dice: Random) -> list[Row]:
        """So many rows of a stream."""
        columns = self.choices[stream]
        return [{name: dice.choice(values) for name, values in columns.items()} for _ in range(size)]


def moment(quarter: int) -> datetime:
    """Six hours are one step of time; a microsecond more tells times that only differ behind the milliseconds."""
    return START + timedelta(hours=6 * quarter, microseconds=quarter)


times = [moment(quarter) for quarter in range(1, 13)]
is_delete = lambda row: row["op"] == "D"  # noqa: E731 - as short as the SQL it stands for

# ---------------------------------------------------------------- log: append, upsert of new rows, a whole read

EVENT: Choices = {
    "event_id": [*(f"e{number}" for number in range(9)), "Ünïcode: 1:x", None],
    "kind": ["a", "a", "b", "b", "bad", None],
    "tie": [None, 1, 2],
    "at": [*times, None, TOO_EARLY],
    "op": ["U", "U", "U", "U", "D"],
    "note": ["", "x", "y"],
}
EVENT_TYPES = {"event_id": "string", "kind": "string", "tie": "bigint", "at": "timestamp", "op": "string", "note": "string"}
not_bad = {"kind-known": lambda row: row["kind"] is not None and row["kind"] != "bad"}


def kind_and_time(rows: list[Row]) -> list[Row]:
    return [{"kind": row["kind"], "at": row["at"]} for row in rows]


def as_they_are(rows: list[Row]) -> list[Row]:
    return rows


def per_kind(rows: list[Row]) -> list[Row]:
    return [{"kind": kind, "events": count} for kind, count in Counter(row["kind"] for row in rows).items()]


LOG = World(
    streams=(
        stream("app.events", key="event_id", columns=EVENT_TYPES),
        stream("app.raw", columns=EVENT_TYPES),
    ),
    tables=(
        sql_table("silver.log", "select kind, at from events", load="append",
                  reads={"events": {"table": "bronze.app_events", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("silver.raw_log", "select kind, at from events", load="append",
                  reads={"events": {"table": "bronze.app_raw", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("silver.changes", "select event_id, kind, tie, at, op from events", key="event_id",
                  load={"type": "changelog", "sequence": "at"},
                  reads={"events": {"table": "bronze.app_raw", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("silver.latest", "select * from changes", key="event_id",
                  load={"type": "upsert", "sequence": "at", "ties": ["tie"]},
                  reads={"changes": {"table": "bronze.app_events", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("gold.per_kind", "select kind, count(*) as events from events group by kind", key="kind",
                  reads={"events": "silver.latest"}, rules={"not-two": "events <> 2"}),
        sql_table("gold.kinds", "select kind, at, note from latest", key="kind", load={"type": "upsert", "sequence": "at"},
                  reads={"latest": {"table": "silver.latest", "by": "kind"}}),
    ),
    meanings={
        "silver.log": Meaning(kind_and_time, not_bad),
        "silver.raw_log": Meaning(kind_and_time, not_bad),
        "silver.changes": Meaning(lambda rows: [{name: row[name] for name in row if name != "note"} for row in rows], not_bad),
        "silver.latest": Meaning(as_they_are, not_bad),
        "gold.per_kind": Meaning(per_kind, {"not-two": lambda row: row["events"] != 2}),
        "gold.kinds": Meaning(lambda rows: [{name: row[name] for name in ("kind", "at", "note")} for row in rows]),
    },
    choices={"app.events": EVENT, "app.raw": EVENT},
)  # fmt: skip

# ---------------------------------------------------------------- history: versions, and tables over them

HISTORY = World(
    streams=(stream("app.events", key="event_id", columns=EVENT_TYPES),),
    tables=(
        sql_table("gold.dim_event", "select * from changes", key="event_id",
                  load={"type": "versioned", "sequence": "at", "deleted": "op = 'D'", "ties": ["tie"], "track": ["kind"],
                        "begins": "sequence"},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("gold.dim_all", "select event_id, kind, note, op, at from changes", key="event_id",
                  load={"type": "versioned", "sequence": "at", "deleted": "op = 'D'"},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}),
        sql_table("gold.versions", "select event_id, event_sk, kind, valid_from, valid_to from dim", key="event_id",
                  reads={"dim": {"table": "gold.dim_event", "by": "event_id"}}),
        sql_table("silver.alive", "select * from changes", key="event_id",
                  load={"type": "upsert", "sequence": "at", "deleted": "op = 'D'", "ties": ["tie"]},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}, rules={"kind-known": "kind <> 'bad'"}),
    ),
    meanings={
        "gold.dim_event": Meaning(as_they_are, not_bad, is_delete),
        "gold.dim_all": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "kind", "note", "op", "at")} for row in rows], {}, is_delete
        ),
        "gold.versions": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "event_sk", "kind", "valid_from", "valid_to")} for row in rows]
        ),
        "silver.alive": Meaning(as_they_are, not_bad, is_delete),
    },
    choices={"app.events": EVENT},
)  # fmt: skip

# ---------------------------------------------------------------- lookups: late, refused, as of a time, whole reads

KIND: Choices = {"kind": ["a", "b"], "title": ["x", "y", None], "at": times}


def with_number_of_kinds(events: list[Row], kinds: list[Row]) -> list[Row]:
    return [{"event_id": row["event_id"], "kinds": len(kinds)} for row in events]


title_of_kind = {"title": {"from": "silver.kinds", "key": "kind", "column": "title"}}
LOOKUPS = World(
    streams=(
        stream("app.events", key="event_id", columns=EVENT_TYPES),
        stream("app.kinds", key="kind", columns={"kind": "string", "title": "string", "at": "timestamp"}),
    ),
    tables=(
        sql_table("silver.kinds", "select * from kinds", key="kind", load={"type": "upsert", "sequence": "at"},
                  reads={"kinds": {"table": "bronze.app_kinds", "by": "kind"}}),
        sql_table("gold.dim_event", "select * from changes", key="event_id",
                  load={"type": "versioned", "sequence": "at", "deleted": "op = 'D'", "track": ["kind"], "begins": "sequence"},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}),
        sql_table("silver.titled", "select event_id, at, op, title from changes", key="event_id",
                  load={"type": "upsert", "sequence": "at", "deleted": "op = 'D'"},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id", "lookups": title_of_kind}},
                  rules={"not-y": "title is null or title <> 'y'"}),
        sql_table("silver.latest", "select * from changes", key="event_id", load={"type": "upsert", "sequence": "at"},
                  reads={"changes": {"table": "bronze.app_events", "rows": "new"}}),
        sql_table("gold.strict", "select event_id, kind, event_sk, title, note_then from events", key="event_id",
                  reads={"events": {"table": "silver.latest", "by": "event_id", "lookups": {
                      "event_sk": {"from": "gold.dim_event", "key": "event_id", "as_of": "at"},
                      "title": {"from": "silver.kinds", "key": "kind", "column": "title", "when": "note <> 'x'", "reason": "no-title"},
                      "note_then": {"from": "gold.dim_event", "key": "event_id", "column": "note", "as_of": "at",
                                    "missing": "unknown"}}}}),
        sql_table("gold.loose", "select event_id, event_sk from events", key="event_id",
                  reads={"events": {"table": "silver.latest", "by": "event_id", "lookups": {
                      "event_sk": {"from": "gold.dim_event", "key": "event_id", "as_of": "at", "missing": "unknown"}}}}),
        sql_table("gold.whole", "select event_id, title from events", key="event_id",
                  reads={"events": {"table": "silver.latest", "lookups": title_of_kind}}),
        sql_table("gold.mixed", "select event_id, n as kinds from events cross join (select count(*) as n from kinds) k",
                  key="event_id", reads={"events": {"table": "silver.latest", "by": "event_id"}, "kinds": "silver.kinds"}),
    ),
    meanings={
        "gold.dim_event": Meaning(as_they_are, {}, is_delete),
        "silver.titled": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "at", "op", "title")} for row in rows],
            {"not-y": lambda row: row["title"] != "y"}, is_delete),
        "gold.strict": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "kind", "event_sk", "title", "note_then")} for row in rows],
            when={"title": lambda row: row["note"] != "x"}),
        "gold.loose": Meaning(lambda rows: [{name: row[name] for name in ("event_id", "event_sk")} for row in rows]),
        "gold.whole": Meaning(lambda rows: [{name: row[name] for name in ("event_id", "title")} for row in rows]),
        "gold.mixed": Meaning(with_number_of_kinds),
    },
    choices={"app.events": EVENT, "app.kinds": KIND},
)  # fmt: skip

# ---------------------------------------------------------------- shop: the reference project's hard parts

CUSTOMER_TYPES = {"customer_id": "string", "country": "string", "phone": "string", "op": "string", "updated_at": "timestamp", "note": "string"}
ORDER_TYPES = {
    "order_id": "string", "customer_id": "string", "order_ts": "timestamp", "currency": "string", "quantity": "bigint",
    "amount": "decimal(18,2)", "op": "string", "updated_at": "timestamp",
}  # fmt: skip
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
    with last as (
        select base, date, usd from (
            select base, date, usd, row_number() over (partition by base, date order by published desc, usd desc) as place
            from rates
        ) where place = 1
    ),
    spans as (select base, date, usd, lead(date) over (partition by base order by date) as following from last),
    days as (select base, date, usd, following, explode(sequence(0, 7)) as day from spans)
    select base, date + day as date, usd, day > 0 as is_carried from days where following is null or date + day < following
"""
CUSTOMERS = """
    with ranked as (
        select account_id, email, row_number() over (partition by account_id order by updated_at desc, contact_id desc) as place,
               count(*) over (partition by account_id) as contacts
        from contacts
    )
    select c.customer_id, c.country, r.email, coalesce(r.contacts, 0) as contacts
    from customers c left join ranked r on r.account_id = c.customer_id and r.place = 1
"""


def canonical(rows: list[Row]) -> list[Row]:
    names = ("customer_id", "country", "phone", "op", "updated_at")
    return [{name: row[name] for name in names} | {"country": row["country"] and row["country"].upper()} for row in rows]


def with_contacts(customers: list[Row], contacts: list[Row]) -> list[Row]:
    found = []
    for row in customers:
        mine = sorted(
            (one for one in contacts if one["account_id"] == row["customer_id"]),
            key=lambda one: (one["updated_at"], one["contact_id"]),
        )
        found.append({
            "customer_id": row["customer_id"], "country": row["country"],
            "email": mine[-1]["email"] if mine else None, "contacts": len(mine),
        })  # fmt: skip
    return found


def with_day(rows: list[Row]) -> list[Row]:
    return [{**row, "currency": row["currency"].upper(), "order_date": (row["order_ts"] - START).days} for row in rows]


def carried(rates: list[Row]) -> list[Row]:
    last: dict[tuple[str, int], Row] = {}
    for row in sorted(rates, key=lambda row: (row["published"], row["usd"])):
        last[row["base"], row["date"]] = row
    found = []
    for (base, day), row in last.items():
        for more in range(CARRY_DAYS + 1):
            if more and (base, day + more) in last:
                break
            found.append({"base": base, "date": day + more, "usd": row["usd"], "is_carried": more > 0})
    return found


SALES = ("order_id", "customer_sk", "customer_id", "country", "order_date", "amount", "fx_rate")


def sales(rows: list[Row]) -> list[Row]:
    return [{name: row[name] for name in SALES} | {"amount_usd": row["amount"] * row["fx_rate"]} for row in rows]


def summed(names: tuple[str, ...], rows: list[Row]) -> dict[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def customer_360(rows: list[Row]) -> list[Row]:
    return [
        {"customer_id": customer, "orders": len(group), "revenue": sum(row["amount_usd"] for row in group)}
        for (customer,), group in summed(("customer_id",), rows).items()
    ]


def daily_revenue(rows: list[Row]) -> list[Row]:
    return [
        {"date": day, "country": country, "revenue": sum(row["amount_usd"] for row in group)}
        for (day, country), group in summed(("order_date", "country"), rows).items()
    ]


in_dim_customer = {"from": "gold.dim_customer", "key": "customer_id", "as_of": "order_ts", "missing": "unknown"}
SHOP = World(
    streams=(
        stream("shop.customers", key="customer_id", columns=CUSTOMER_TYPES, rules={"op-known": "op in ('U', 'D')"}),
        stream("shop.contacts", key="contact_id",
               columns={"contact_id": "string", "account_id": "string", "email": "string", "updated_at": "timestamp"}),
        stream("shop.orders", key="order_id", columns=ORDER_TYPES),
        stream("shop.fx", key=("date", "base"),
               columns={"date": "bigint", "base": "string", "usd": "bigint", "published": "bigint"}),
    ),
    tables=(
        sql_table("silver.customer_changes", "select customer_id, upper(country) as country, phone, op, updated_at from customers",
                  key="customer_id", load={"type": "changelog", "sequence": "updated_at"},
                  reads={"customers": {"table": "bronze.shop_customers", "rows": "new"}},
                  rules={"country-known": "country is null or country <> 'ATLANTIS'"}),
        sql_table("silver.warehouse_customers", "select * from changes", key="customer_id",
                  load={"type": "upsert", "sequence": "updated_at", "deleted": "op = 'D'"},
                  reads={"changes": {"table": "silver.customer_changes", "by": "customer_id"}}),
        sql_table("silver.contacts", "select * from changes", key="contact_id", load={"type": "upsert", "sequence": "updated_at"},
                  reads={"changes": {"table": "bronze.shop_contacts", "by": "contact_id"}}),
        sql_table("silver.customers", CUSTOMERS, key="customer_id",
                  reads={"customers": {"table": "silver.warehouse_customers", "by": "customer_id"},
                         "contacts": {"table": "silver.contacts", "by": "account_id"}}),
        sql_table("silver.orders",
                  "select order_id, customer_id, order_ts, upper(currency) as currency, quantity, amount, op, updated_at, "
                  "cast(datediff(order_ts, timestamp '2025-01-01') as bigint) as order_date from orders",
                  key="order_id", load={"type": "upsert", "sequence": "updated_at", "deleted": "op = 'D'"},
                  reads={"orders": {"table": "bronze.shop_orders", "by": "order_id"}}, rules={"quantity-positive": "quantity > 0"}),
        sql_table("silver.fx_rates", FX_RATES, key=["date", "base"], scope="base",
                  reads={"rates": {"table": "bronze.shop_fx", "by": "base"}}),
        sql_table("gold.dim_customer", "select * from changes", key="customer_id",
                  load={"type": "versioned", "sequence": "updated_at", "deleted": "op = 'D'", "track": "country",
                        "members_from": [{"table": "silver.orders", "key": "customer_id"}]},
                  reads={"changes": {"table": "silver.customer_changes", "by": "customer_id"}}),
        sql_table("gold.fact_sales",
                  "select order_id, customer_sk, customer_id, country, order_date, amount, fx_rate, "
                  "cast(amount * fx_rate as decimal(18, 2)) as amount_usd from orders", key="order_id",
                  reads={"orders": {"table": "silver.orders", "by": "order_id", "lookups": {
                      "customer_sk": in_dim_customer,
                      "country": {**in_dim_customer, "column": "country"},
                      "fx_rate": {"from": "silver.fx_rates", "key": {"order_date": "date", "currency": "base"}, "column": "usd"}}}},
                  rules={"amount-plausible": "amount_usd <= 20"}),
        sql_table("gold.customer_360",
                  "select customer_id, count(*) as orders, cast(sum(amount_usd) as decimal(18, 2)) as revenue from sales group by customer_id",
                  key="customer_id", reads={"sales": {"table": "gold.fact_sales", "by": "customer_id"}}),
        sql_table("gold.daily_revenue",
                  "select order_date as date, country, cast(sum(amount_usd) as decimal(18, 2)) as revenue from sales group by order_date, country",
                  key=["date", "country"], reads={"sales": {"table": "gold.fact_sales", "by": ["order_date", "country"]}}),
    ),
    meanings={
        "bronze.shop_customers": Meaning(rules={"op-known": lambda row: row["op"] in ("U", "D")}),
        "silver.customer_changes": Meaning(canonical, {"country-known": lambda row: row["country"] != "ATLANTIS"}),
        "silver.warehouse_customers": Meaning(as_they_are, {}, is_delete),
        "silver.customers": Meaning(with_contacts),
        "silver.orders": Meaning(with_day, {"quantity-positive": lambda row: (row["quantity"] or 0) > 0}, is_delete),
        "silver.fx_rates": Meaning(carried),
        "gold.dim_customer": Meaning(as_they_are, {}, is_delete),
        "gold.fact_sales": Meaning(sales, {"amount-plausible": lambda row: row["amount_usd"] <= 20}),
        "gold.customer_360": Meaning(customer_360),
        "gold.daily_revenue": Meaning(daily_revenue),
    },
    choices=SHOP_CHOICES,
)  # fmt: skip

WORLDS = {"log": LOG, "history": HISTORY, "lookups": LOOKUPS, "shop": SHOP}
