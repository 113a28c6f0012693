"""`expected.json`: what dirt was put in up to a day, and what must be found after that day's run.

    days.py counts what it puts in ─┐
    truth.py computes what comes out ┴▶ expected.json, which a test compares with the lake

    {"day", "through", "scale", "seed",
     "dirt":   [{"stream", "dirt", "put_in", "outcome"}, …]     outcomes.py says what an outcome is
     "tables": {"bronze.…": {"rows", "runs": [{"read", "written", "duplicates", "quarantined"}, …]},
                "silver.…": {"rows"}, "gold.…": {"rows", …}}
     "lanes":  {table: {reason: open rows}}}

A row of a lane with two reasons counts under both.
"""

from collections.abc import Mapping
from typing import Any

from generator import truth as star
from generator.days import Dirt
from generator.dirt import OUTCOMES
from generator.outcomes import Truth, counted
from generator.shop import Shop, date_of

CALENDAR = "range(timestamp '2015-01-01', timestamp '2036-01-01', interval 1 day)"

TABLES: Mapping[str, Mapping[str, str]] = {
    "silver.customer_changes": {"rows": "customer_changes"},
    "silver.warehouse_customers": {"rows": "newest_customers"},
    "silver.product_changes": {"rows": "product_changes"},
    "silver.products": {"rows": "newest_products"},
    "silver.orders": {"rows": "silver_orders"},
    "silver.fx_rates": {"rows": "silver_fx_rates"},
    "silver.usd_rates": {"rows": "usd_rates"},
    "silver.returns": {"rows": "silver_returns"},
    "silver.behavior": {"rows": "silver_behavior"},
    "silver.order_events": {"rows": "silver_order_events"},
    "silver.account_changes": {"rows": "accounts"},
    "silver.contact_changes": {"rows": "contacts"},
    "silver.accounts": {"rows": "newest_accounts"},
    "silver.contacts": {"rows": "newest_contacts"},
    "silver.opportunities": {"rows": "newest_opportunities"},
    "silver.customers": {"rows": "newest_customers"},
    "gold.dim_customer": {
        # One more for the unknown member.
        "rows": "(from customer_versions select 1 union all from inferred_customers select 1"
        " union all select 1)",
        "inferred": "inferred_customers",
    },
    "gold.dim_product": {"rows": "(from product_versions select 1 union all select 1)"},
    "gold.dim_account": {"rows": "(from account_versions select 1 union all select 1)"},
    "gold.dim_contact": {"rows": "(from contact_versions select 1 union all select 1)"},
    "gold.dim_date": {"rows": CALENDAR},
    "gold.fact_sales": {
        "rows": "fact_sales",
        "unknown_customer": "fact_sales where customer_id is null",
        "inferred_customer": "fact_sales semi join inferred_customers using (customer_id)",
        "unknown_product": "fact_sales where not has_product",
    },
    "gold.fact_returns": {
        "rows": "silver_returns",
        "of_an_order": "silver_returns semi join silver_orders using (order_id)",
        "of_a_sale": "silver_returns semi join fact_sales using (order_id)",
    },
    "gold.fact_behavior": {
        "rows": "silver_behavior",
        "unknown_customer": "silver_behavior where customer_id is null",
        "inferred_customer": "silver_behavior semi join inferred_customers using (customer_id)",
    },
    "gold.fact_order_events": {
        "rows": "event_input where not has_no_rate",
        "unknown_customer": "event_input where not has_no_rate and customer_id is null",
    },
    "gold.fact_opportunity": {"rows": "newest_opportunities"},
    "gold.customer_360": {"rows": "customer_360"},
    "gold.product_performance": {"rows": "product_performance"},
    "gold.daily_revenue": {"rows": "daily_revenue"},
}


def expected(truth: Truth, shop: Shop, day: int, put_in: Dirt) -> dict[str, Any]:
    """The whole of `expected.json`; `put_in` counts the dirt of all days up to this one."""
    dirt = [
        {"stream": stream, "dirt": kind, "put_in": put_in[stream][kind], "outcome": find(truth)}
        for stream, kinds in OUTCOMES.items()
        for kind, find in kinds.items()
    ]
    tables: dict[str, Any] = star.ingested(truth)
    for table, counts in TABLES.items():
        tables[table] = {name: counted(truth, rows) for name, rows in counts.items()}
    ((sold,),) = truth.sql("select sum(total_amount_usd) from fact_sales").fetchall()
    tables["gold.fact_sales"]["total_amount_usd"] = str(sold)
    return {
        "day": day,
        "through": str(date_of(day)),
        "scale": shop.scale,
        "seed": shop.seed,
        "dirt": dirt,
        "tables": tables,
        "lanes": star.refused(truth),
    }
