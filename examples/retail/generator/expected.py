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
from generator.outcomes import Find, Truth, counted, duplicates, gone, lane, newest, unread, where
from generator.shop import Shop, date_of

CUSTOMERS, PRODUCTS, ORDERS = (
    f"bronze.snowflake_{stream}" for stream in ("customers", "products", "orders")
)
FX, RETURNS = "bronze.fx_rates", "bronze.files_returns"
CALENDAR = "range(timestamp '2015-01-01', timestamp '2036-01-01', interval 1 day)"
OUTLIER = (
    "total_amount > 2 * (quantity * unit_price * (1 - discount_percent / 100)"
    " + tax_amount + shipping_cost)"
)

OUTCOMES: Mapping[str, Mapping[str, Find]] = {
    "customers": {
        "empty-string": where("silver.warehouse_customers", "state is null",
                              "newest_customers where trim(state) = ''"),
        "email-format": where("silver.customer_changes", "email is null",
                              "customer_changes where email is null"),
        "phone-without-separators": where("silver.warehouse_customers",
                                          "phone rlike '^[+][0-9]{11,12}$'",
                                          "newest_customers where phone <> ''"),
        "very-long": where(CUSTOMERS, "length(address) > 9000",
                           "customers where length(address) > 9000"),
        "type": lane(CUSTOMERS, "type"),
        "key-required": lane(CUSTOMERS, "key-required"),
        "same-row-twice": duplicates(CUSTOMERS),
        "tie-at-watermark": duplicates(CUSTOMERS),
        "mended-next-day": where("gold.dim_customer", "is_inferred", "inferred_customers"),
        "late-20-days": unread("customers", "customer_id"),
        "new-column": where(CUSTOMERS, "loyalty_tier is not null", "customers where day >= 3"),
    },
    "products": {
        "empty-string": where("silver.products", "color is null",
                              "newest_products where trim(color) = ''"),
        "very-long": where(PRODUCTS, "length(product_name) > 9000",
                           "products where length(product_name) > 9000"),
        "type": lane(PRODUCTS, "type"),
        "key-required": lane(PRODUCTS, "key-required"),
        "same-row-twice": duplicates(PRODUCTS),
        "int-to-long": where(PRODUCTS, "stock_quantity > 2147483647",
                             "products where stock_quantity > 2147483647"),
    },
    "orders": {
        "empty-string": where("silver.orders", "promo_code is null",
                              "silver_orders join orders using (order_id, updated_at)"
                              " where trim(promo_code) = ''"),
        "very-long": where(ORDERS, "length(shipping_address) > 9000",
                           "orders where length(shipping_address) > 9000"),
        "type": lane(ORDERS, "type"),
        "key-required": lane(ORDERS, "key-required"),
        "same-row-twice": duplicates(ORDERS),
        "same-row-next-day": duplicates(ORDERS),
        "quantity-positive": lane("silver.orders", "quantity-positive"),
        "currency-known": lane("silver.orders", "currency-known"),
        "two-reasons": lane("silver.orders", "quantity-positive"),
        "amount-outlier": where("silver.orders", OUTLIER, "silver_orders where is_outlier"),
        "two-changes-newest-first": newest("newest_first"),
        "late-within-lookback": newest("late_within_lookback"),
        "late-20-days": unread("orders", "order_id"),
        "delete-then-older-update": gone("older_than_delete"),
        "update-after-delete": gone("older_than_delete"),
        "delete-ties-update": gone("tied_with_delete"),
        "deleted-by-flag": gone("deleted_by_flag"),
        "delete-never-seen": gone("never_seen"),
        "deleted": gone("deleted"),
        "customer-later": where("gold.dim_customer", "is_inferred", "inferred_customers"),
        "customer-never": where("gold.dim_customer", "is_inferred", "inferred_customers"),
        "customer-none": where("gold.fact_sales", "customer_sk = -1",
                               "fact_sales where customer_id is null"),
        "product-later": where("gold.fact_sales", "product_sk = -1",
                               "fact_sales where not has_product"),
        "product-never": where("gold.fact_sales", "product_sk = -1",
                               "fact_sales where not has_product"),
        "date-in-calendar": lane("gold.fact_sales", "date-in-calendar"),
    },
    "fx_rates": {
        "malformed": lane(FX, "malformed"),
        "type": lane(FX, "type"),
        "key-required": lane(FX, "key-required"),
        "same-row-twice": duplicates(FX),
        "same-row-next-day": duplicates(FX),
        "weekend": where("silver.usd_rates", "is_carried", "usd_rates where is_carried"),
        "week-missing": lane("gold.fact_sales", "no-usd-rate"),
        "week-late": lane("gold.fact_sales", "no-usd-rate"),
        "day-late": where("silver.usd_rates", "date = date '2025-03-05' and not is_carried",
                          "usd_rates where date = date '2025-03-05' and not is_carried"),
    },
    "returns": {
        "empty-string": where("silver.returns", "reason is null",
                              "silver_returns where reason is null"),
        "malformed": lane(RETURNS, "malformed"),
        "type": lane(RETURNS, "type"),
        "key-required": lane(RETURNS, "key-required"),
        "same-row-twice": duplicates(RETURNS),
        "very-long": where("silver.returns", "length(reason) > 9000",
                           "silver_returns where length(reason) > 9000"),
        "order-never": where("gold.fact_returns", "product_sk = -1",
                             "silver_returns where order_id not in (select order_id from silver_orders)"),
    },
}  # fmt: skip

TABLES: Mapping[str, Mapping[str, str]] = {
    "silver.customer_changes": {"rows": "customer_changes"},
    "silver.warehouse_customers": {"rows": "newest_customers"},
    "silver.product_changes": {"rows": "product_changes"},
    "silver.products": {"rows": "newest_products"},
    "silver.orders": {"rows": "silver_orders"},
    "silver.fx_rates": {"rows": "silver_fx_rates"},
    "silver.usd_rates": {"rows": "usd_rates"},
    "silver.returns": {"rows": "silver_returns"},
    "gold.dim_customer": {
        # One more for the unknown member.
        "rows": "(from customer_versions select 1 union all from inferred_customers select 1"
        " union all select 1)",
        "inferred": "inferred_customers",
    },
    "gold.dim_product": {"rows": "(from product_versions select 1 union all select 1)"},
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
