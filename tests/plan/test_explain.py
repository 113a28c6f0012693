"""A plan in words: the whole text and the whole JSON of one plan with every kind of step in it."""

from pathlib import Path

import pytest

from lakewright.errors import Location
from lakewright.plan import explain
from lakewright.plan.steps import BuildStep, ColumnChange, IngestStep, Plan
from lakewright.sources.port import Batch
from lakewright.spec.values import (
    Calendar,
    Cursor,
    Environment,
    Load,
    Lookup,
    Members,
    Project,
    Read,
    Source,
    SqlQuery,
    Stream,
    Table,
)

HERE = Location(Path("somewhere"))
QUERY = SqlQuery(text="select 1", normal="SELECT 1", where=HERE)


def stream(source: str, name: str, *, cursor: str = "", **options: object) -> Stream:
    by = Cursor(column=cursor) if cursor else None
    return Stream(
        source=source, name=name, key=(f"{name[:-1]}_id",), cursor=by, options=options, where=HERE
    )


def table(name: str, reads: tuple[Read, ...], load: Load, key: tuple[str, ...] = ()) -> Table:
    return Table(name=name, key=key, scope=key, reads=reads, load=load, query=QUERY, where=HERE)


ORDERS = stream("shop", "orders", path="orders/*.csv")
CUSTOMERS = stream("crm", "customers", cursor="updated_at", object="sales.customers")
RATES = stream("bank", "rates", object="rates")
FILES = Source(name="shop", type="files", streams=(ORDERS,), where=HERE)
DATABASE = Source(name="crm", type="sql", streams=(CUSTOMERS,), where=HERE)
BANK = Source(name="bank", type="sql", streams=(RATES,), where=HERE)

PROJECT = Project(
    name="shop",
    folder=Path("shop"),
    environment=Environment(name="local", lake="lake", ledger="sqlite:///ledger.db"),
    sources=(FILES, DATABASE, BANK),
    tables=(),
)
LOOKUP = Lookup(
    name="customer_sk",
    table="gold.dim_customer",
    key={"customer_id": "customer_id"},
    as_of="ordered_at",
    missing="unknown",
    when="channel <> 'till'",
    where=HERE,
)
PLAN = Plan(
    PROJECT,
    (
        IngestStep(
            FILES,
            ORDERS,
            Batch("files a", {"files": {}}, {}, "2 new files"),
            "2 new files",
            (("order_id", "string"), ("channel", "string")),
            changes=(
                ColumnChange("new", "channel", "string", "evolve"),
                ColumnChange("wider", "amount", "decimal(18,4)", "quarantine", was="decimal(18,2)"),
            ),
        ),
        IngestStep(
            DATABASE,
            CUSTOMERS,
            Batch("updated_at 1 … 2", {"cursor": 2}, {}, "updated_at 2025-02-26 … 2025-03-01"),
            "updated_at 2025-02-26 … 2025-03-01",
            (("customer_id", "string"),),
            notes=("3 rows with a null updated_at cannot be read",),
        ),
        IngestStep(
            BANK,
            RATES,
            None,
            "nothing to read yet: the table is made, empty",
            (("rate", "double"),),
        ),
        BuildStep(
            table(
                "silver.orders",
                (Read(name="orders", table="bronze.shop_orders", by=("order_id",), where=HERE),),
                Load(type="upsert", sequence=("updated_at",), deleted="op = 'DELETE'"),
                ("order_id",),
            ),
            "first",
            "first build",
            None,
            ("bronze.shop_orders",),
        ),
        BuildStep(
            table(
                "gold.dim_customer",
                (Read(name="c", table="bronze.crm_customers", by=("customer_id",), where=HERE),),
                Load(
                    type="versioned",
                    sequence=("updated_at",),
                    members_from=(Members(table="silver.orders", key=("customer_id",)),),
                    surrogate_key="customer_sk",
                ),
                ("customer_id",),
            ),
            "rebuild",
            "its definition changed",
        ),
        BuildStep(
            table(
                "gold.fact_sales",
                (
                    Read(
                        name="o",
                        table="silver.orders",
                        by=("order_id",),
                        lookups=(LOOKUP,),
                        where=HERE,
                    ),
                ),
                Load(),
                ("order_id",),
            ),
            "incremental",
            "silver.orders may change in this run",
            None,
            ("silver.orders", "gold.dim_customer"),
        ),
        BuildStep(
            table(
                "gold.dim_date",
                (
                    Read(
                        name="days",
                        calendar=Calendar(first="2015-01-01", last="2035-12-31"),
                        where=HERE,
                    ),
                    Read(name="holidays", table="silver.holidays", where=HERE),
                ),
                Load(),
            ),
            "first",
            "first build",
        ),
        BuildStep(
            table(
                "silver.clicks",
                (Read(name="clicks", table="bronze.web_clicks", new=True, where=HERE),),
                Load(type="append"),
            ),
            "incremental",
            "bronze.web_clicks changed",
        ),
    ),
    {"silver.products": "no input changed since it was built", "gold.dim_product": "likewise"},
    ("bronze.crm_customers: 3 rows with a null updated_at cannot be read",),
)

TEXT = """\
read   bronze.shop_orders    2 new files
  from shop.orders (files: orders/*.csv), append what is new by order_id
  new column `channel` string: the table follows (evolve)
  column `amount` is now decimal(18,4), was decimal(18,2): values that do not fit are refused (quarantine)
read   bronze.crm_customers  updated_at 2025-02-26 … 2025-03-01
  from crm.customers (sql: sales.customers), append what is new by customer_id
read   bronze.bank_rates     nothing to read yet: the table is made, empty
  from bank.rates (sql: rates), nothing to append
build  silver.orders         first: first build
  reads bronze.shop_orders, by order_id
  writes upsert by order_id, in the order of updated_at, deleted where op = 'DELETE'
build  gold.dim_customer     rebuild: its definition changed
  reads bronze.crm_customers, by customer_id
  writes versioned by customer_id, in the order of updated_at
    infers members from silver.orders by customer_id
build  gold.fact_sales       incremental: silver.orders may change in this run
  reads silver.orders, by order_id
    looks up customer_sk in gold.dim_customer by customer_id as of ordered_at when channel <> 'till'; missing: unknown
  writes replace by order_id
build  gold.dim_date         first: first build
  reads the calendar 2015-01-01 … 2035-12-31
  reads silver.holidays, whole
  writes replace
build  silver.clicks         incremental: bronze.web_clicks changed
  reads bronze.web_clicks, new rows
  writes append

up to date
  silver.products   no input changed since it was built
  gold.dim_product  likewise

warning: bronze.crm_customers: 3 rows with a null updated_at cannot be read

8 steps: 3 to read, 5 to build; 2 up to date"""  # noqa: E501 - lines as they are printed


def test_a_plan_in_words() -> None:
    assert "\n".join(explain.text(PLAN)) == TEXT


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        pytest.param(Plan(PROJECT, ()), "nothing to do; 0 up to date", id="an empty project"),
        pytest.param(
            Plan(PROJECT, (), PLAN.up_to_date), "nothing to do; 2 up to date", id="nothing new"
        ),
        pytest.param(
            Plan(PROJECT, PLAN.steps[:1]), "1 step: 1 to read; 0 up to date", id="one step"
        ),
    ],
)
def test_a_plan_in_one_line(plan: Plan, line: str) -> None:
    assert explain.text(plan)[-1] == line


def test_a_plan_as_json() -> None:
    plan = Plan(PROJECT, (PLAN.steps[0], PLAN.steps[5]), PLAN.up_to_date, PLAN.warnings)
    assert explain.as_json(plan) == {
        "project": "shop",
        "environment": "local",
        "steps": [
            {
                "step": "ingest",
                "table": "bronze.shop_orders",
                "reason": "2 new files",
                "source": "shop",
                "stream": "orders",
                "object": "orders/*.csv",
                "key": ["order_id"],
                "batch": {"identity": "files a", "interval": "2 new files"},
                "columns": [
                    {"name": "order_id", "type": "string"},
                    {"name": "channel", "type": "string"},
                ],
                "changes": [
                    {
                        "kind": "new",
                        "column": "channel",
                        "type": "string",
                        "was": "",
                        "policy": "evolve",
                    },
                    {
                        "kind": "wider",
                        "column": "amount",
                        "type": "decimal(18,4)",
                        "was": "decimal(18,2)",
                        "policy": "quarantine",
                    },
                ],
                "notes": [],
                "after": [],
            },
            {
                "step": "build",
                "table": "gold.fact_sales",
                "reason": "silver.orders may change in this run",
                "how": "incremental",
                "load": "replace",
                "key": ["order_id"],
                "reads": [
                    {
                        "name": "o",
                        "table": "silver.orders",
                        "by": ["order_id"],
                        "rows": "affected",
                        "calendar": None,
                        "lookups": [
                            {
                                "name": "customer_sk",
                                "table": "gold.dim_customer",
                                "key": {"customer_id": "customer_id"},
                                "as_of": "ordered_at",
                                "missing": "unknown",
                            }
                        ],
                    }
                ],
                "after": ["silver.orders", "gold.dim_customer"],
            },
        ],
        "up_to_date": {
            "silver.products": "no input changed since it was built",
            "gold.dim_product": "likewise",
        },
        "warnings": ["bronze.crm_customers: 3 rows with a null updated_at cannot be read"],
    }
