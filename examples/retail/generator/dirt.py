"""For each kind of dirt, by stream, what becomes of it; outcomes.py says what an outcome is.

A condition is SQL over the lake's table; beside it stands what the truth counts.
"""

from collections.abc import Mapping

from generator.outcomes import Find, duplicates, gone, lane, newest, present, unread, where

CUSTOMERS, PRODUCTS, ORDERS = (
    f"bronze.snowflake_{stream}" for stream in ("customers", "products", "orders")
)
FX, RETURNS, EVENTS = "bronze.fx_rates", "bronze.files_returns", "bronze.kafka_orders_events"
BEHAVIOR = "bronze.redshift_customer_behavior"
ACCOUNTS, CONTACTS, OPPORTUNITIES = (
    f"bronze.crm_{stream}" for stream in ("accounts", "contacts", "opportunities")
)

OUTLIER = (
    "total_amount > 2 * (quantity * unit_price * (1 - discount_percent / 100)"
    " + tax_amount + shipping_cost)"
)
NORMALISED = "^[+][0-9]{11,12}$"
"""A telephone number without separators: + and digits."""


def door(table: str) -> Mapping[str, Find]:
    """What every stream of files has."""
    kinds = ("malformed", "type", "key-required")
    return {kind: lane(table, kind) for kind in kinds} | {"same-row-twice": duplicates(table)}


def log_door(table: str) -> Mapping[str, Find]:
    """What every change log has."""
    kinds = ("type", "key-required")
    return {kind: lane(table, kind) for kind in kinds} | {"same-row-twice": duplicates(table)}


def very_long(table: str, column: str, stream: str) -> Find:
    """Kept as it is."""
    condition = f"length({column}) > 9000"
    return where(table, condition, f"{stream} where {condition}")


OUTCOMES: Mapping[str, Mapping[str, Find]] = {
    "customers": {
        **log_door(CUSTOMERS),
        "very-long": very_long(CUSTOMERS, "address", "customers"),
        "empty-string": where("silver.warehouse_customers", "state is null",
                              "newest_customers where trim(state) = ''"),
        "email-format": where("silver.customer_changes", "email is null",
                              "customer_changes where email is null"),
        "phone-without-separators": where("silver.warehouse_customers",
                                          f"phone rlike '{NORMALISED}'",
                                          "newest_customers where phone <> ''"),
        "tie-at-watermark": duplicates(CUSTOMERS),
        "mended-next-day": where("gold.dim_customer", "is_inferred", "inferred_customers"),
        "late-20-days": unread("customers", "customer_id"),
        "new-column": where(CUSTOMERS, "loyalty_tier is not null", "customers where day >= 3"),
    },
    "products": {
        **log_door(PRODUCTS),
        "very-long": very_long(PRODUCTS, "product_name", "products"),
        "empty-string": where("silver.products", "color is null",
                              "newest_products where trim(color) = ''"),
        "int-to-long": where(PRODUCTS, "stock_quantity > 2147483647",
                             "products where stock_quantity > 2147483647"),
    },
    "orders": {
        **log_door(ORDERS),
        "same-row-next-day": duplicates(ORDERS),
        "very-long": very_long(ORDERS, "shipping_address", "orders"),
        "empty-string": where("silver.orders", "promo_code is null",
                              "silver_orders join orders using (order_id, updated_at)"
                              " where trim(promo_code) = ''"),
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
        **door(FX),
        "same-row-next-day": duplicates(FX),
        "weekend": where("silver.usd_rates", "is_carried", "usd_rates where is_carried"),
        "week-missing": lane("gold.fact_sales", "no-usd-rate"),
        "week-late": lane("gold.fact_sales", "no-usd-rate"),
        "day-late": where("silver.usd_rates", "date = date '2025-03-05' and not is_carried",
                          "usd_rates where date = date '2025-03-05' and not is_carried"),
    },
    "returns": {
        **door(RETURNS),
        "very-long": very_long("silver.returns", "reason", "silver_returns"),
        "empty-string": where("silver.returns", "reason is null",
                              "silver_returns where reason is null"),
        "order-never": where("silver.returns", "order_id >= 'ORD-99'",
                             "silver_returns where order_id >= 'ORD-99'"),
    },
    "behavior": {
        **log_door(BEHAVIOR),
        "very-long": very_long(BEHAVIOR, "user_agent", "behavior"),
        "empty-string": where("silver.behavior", "referrer is null",
                              "silver_behavior where referrer = ''"),
        "customer-never": where("gold.dim_customer", "is_inferred", "inferred_customers"),
        "customer-none": where("gold.fact_behavior", "customer_sk = -1",
                               "silver_behavior where customer_id is null"),
    },
    "events": {
        **door(EVENTS),
        "malformed-value": lane(EVENTS, "malformed"),
        "delivered-again": where("silver.order_events", "true", "silver_order_events"),
        "tombstone": gone("taken_back", "event_id", "order_events"),
        "future-event": lane("silver.order_events", "future-event"),
        "event-before-order": present("before_its_order", "event_id", "order_events"),
    },
    "accounts": {
        **door(ACCOUNTS),
        "empty-string": where("silver.accounts", "segment is null",
                              "newest_accounts where CustomerSegment = ''"),
        "phone-without-separators": where("silver.accounts", f"phone rlike '{NORMALISED}'",
                                          "newest_accounts"),
    },
    "contacts": {
        **door(CONTACTS),
        "empty-string": where("silver.contacts", "title is null",
                              "newest_contacts where Title = ''"),
        "phone-without-separators": where("silver.contacts", f"phone rlike '{NORMALISED}'",
                                          "newest_contacts"),
        "email-format": where("silver.contacts", "email is null",
                              "newest_contacts where not contains(Email, '@')"),
    },
    "opportunities": {
        **door(OPPORTUNITIES),
        "empty-string": where("silver.opportunities", "type is null",
                              "newest_opportunities where Type = ''"),
        "account-never": where("gold.fact_opportunity", "account_sk = -1",
                               "newest_opportunities anti join newest_accounts"
                               " on newest_accounts.Id = newest_opportunities.AccountId"),
    },
}  # fmt: skip
