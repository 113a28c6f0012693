"""The reference shop's tables against DuckDB, which computes them from what was generated.

To the row and to the cent, after each day of the week.
"""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from tests.acceptance.retail_shop import DAYS, Day, RetailShop

from generator import truth

ALWAYS = "timestamptz '1900-01-01 00:00:00+00'"
SINCE = "if({0}_id is null, null, coalesce({0}_since, " + ALWAYS + "))"
"""When the version began that a fact must point to: an inferred member was always there, nobody
never began.
"""
CUSTOMER, PRODUCT, ACCOUNT = (
    f"left join lake_dim_{one} as {one} on {one}.{one}_sk = fact.{one}_sk and {one}.{one}_sk <> -1"
    for one in ("customer", "product", "account")
)
"""A fact beside the version that it points to, the unknown member apart."""

ALIKE = {
    "silver.usd_rates": ("currency, date, usd_rate, is_carried", "usd_rates"),
    "silver.customers": (
        """customer_id, primary_email, industry, segment, owner, events, logins, page_views,
        purchases, revenue_usd""",
        "silver_customers",
    ),
    "gold.fact_returns": (
        "order_id, return_date, customer_id, product_id, reason, refunded_usd",
        "fact_returns",
    ),
    "gold.customer_360": (
        "customer_id, orders, revenue_usd, returns, refunded_usd, visits",
        "customer_360",
    ),
    "gold.product_performance": (
        "product_id, orders, pieces, revenue_usd, cost_usd, returns, refunded_usd",
        "product_performance",
    ),
}
"""Tables that the truth has in the same words: the columns, and its name there."""

VERSIONS = {
    f"gold.dim_{one}": (
        f"""select {one}_id, valid_from from lake_dim_{one}
        where {one}_sk <> -1 and not is_inferred""",
        f"select {one}_id, valid_from from {one}_versions",
    )
    for one in ("customer", "product", "account", "contact")
}

FACTS = {
    "gold.fact_sales": (
        f"""select order_id, fact.customer_id, customer.valid_from, fact.product_id,
            product.valid_from, date_sk, quantity, total_amount_usd, fact.country
        from lake_fact_sales as fact {CUSTOMER} {PRODUCT}""",
        f"""select order_id, customer_id, {SINCE.format("customer")}, product_id, product_since,
            strftime(placed_on, '%Y%m%d')::int, quantity, total_amount_usd, country
        from fact_sales""",
    ),
    "gold.fact_behavior": (
        f"""select behavior_id, customer.valid_from, event_name, revenue_usd
        from lake_fact_behavior as fact {CUSTOMER}""",
        f"""select behavior_id, {SINCE.format("customer")}, event, conversion_value
        from fact_behavior""",
    ),
    "gold.fact_order_events": (
        f"""select event_id, order_id, customer.valid_from, event_type, amount_usd,
            seconds_since_order
        from lake_fact_order_events as fact {CUSTOMER}""",
        f"""select event_id, order_id, {SINCE.format("customer")}, event_type, amount_usd,
            seconds_since_order
        from fact_order_events""",
    ),
    "gold.fact_opportunity": (
        f"""select opportunity_id, account.valid_from, stage, amount, is_won
        from lake_fact_opportunity as fact {ACCOUNT}""",
        "select opportunity_id, account_since, stage, amount, is_won from fact_opportunity",
    ),
    "gold.daily_revenue": (
        """select date_sk, country, lower(category), orders, pieces, revenue_usd
        from lake_daily_revenue""",
        """select strftime(placed_on, '%Y%m%d')::int, coalesce(country, 'not known'),
            coalesce(category, 'not known'), orders, pieces, revenue_usd
        from daily_revenue""",
    ),
}
SAME = {
    name: (f"select {columns} from lake_{name.partition('.')[2]}", f"select {columns} from {there}")
    for name, (columns, there) in ALIKE.items()
} | VERSIONS | FACTS  # fmt: skip
"""By table: what the lake says, and what the truth says."""


@pytest.fixture(scope="module", params=range(DAYS))
def told(
    shop: RetailShop, week: list[Day], request: pytest.FixtureRequest
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth after a day, and beside it the lake's tables of that day: `lake_fact_sales` …"""
    with truth.open_truth(shop.generated, request.param) as connection:
        for name in SAME:
            _, _, table = name.partition(".")
            connection.register(f"lake_{table}", week[request.param].rows(name))
        yield connection


def test_tables_agree_with_an_independent_query(told: duckdb.DuckDBPyConnection) -> None:
    differences = {
        name: {
            "only in the lake": told.sql(f"{lake} except all {wanted} limit 3").fetchall(),
            "only in the truth": told.sql(f"{wanted} except all {lake} limit 3").fetchall(),
        }
        for name, (lake, wanted) in SAME.items()
    }

    assert {name: found for name, found in differences.items() if any(found.values())} == {}


def test_revenue_agrees_to_the_cent(told: duckdb.DuckDBPyConnection) -> None:
    for by, column in {
        "placed_on": "strptime(date_sk::text, '%Y%m%d')::date",
        "country": "nullif(country, 'not known')",
        "category": "nullif(lower(category), 'not known')",
    }.items():
        sums = told.sql(f"select {column}, sum(revenue_usd) from lake_daily_revenue group by 1")
        assert dict(sums.fetchall()) == truth.revenue(told, by)


def test_every_total_is_that_of_the_facts(told: duckdb.DuckDBPyConnection) -> None:
    def total(column: str, table: str) -> Decimal:
        ((found,),) = told.sql(f"select sum({column}) from lake_{table}").fetchall()
        return Decimal(found)

    sold = total("total_amount_usd", "fact_sales")
    refunded = total("refunded_usd", "fact_returns")

    for table in ("customer_360", "product_performance", "daily_revenue"):
        assert total("revenue_usd", table) == sold
    for table in ("customer_360", "product_performance"):
        assert total("refunded_usd", table) == refunded
