"""Customers, one row each: what the warehouse, the CRM and the clickstream know of them."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from lakewright import by, table

RECENT = F.expr("interval 24 months")
"""How far an activity may lie before the newest one of its customer."""


@table(
    "silver.customers",
    description="Customers, with their newest contact, their account and what they do on the site",
    key="customer_id",
    reads={
        "customers": by("silver.warehouse_customers", "customer_id"),
        "contacts": by("silver.contacts", "account_id"),
        "accounts": by("silver.accounts", "account_id"),
        "behavior": by("silver.behavior", "customer_id"),
    },
)
def customers(
    customers: DataFrame, contacts: DataFrame, accounts: DataFrame, behavior: DataFrame
) -> DataFrame:
    """Every customer of the warehouse; what the others do not know is null, and no visits are 0."""
    joined = (
        customers.withColumnRenamed("segment", "warehouse_segment")
        .join(newest_contact(contacts), "customer_id", "left")
        .join(business(accounts), "customer_id", "left")
        .join(recent_activity(behavior), "customer_id", "left")
    )
    return joined.select(
        "customer_id",
        "first_name",
        "last_name",
        "country",
        "registration_date",
        F.coalesce("primary_email", "email").alias("primary_email"),
        F.coalesce("primary_phone", "phone").alias("primary_phone"),
        "owner",
        "industry",
        F.coalesce("segment", "warehouse_segment").alias("segment"),
        *(
            F.coalesce(name, F.lit(0)).alias(name)
            for name in ("events", "logins", "page_views", "purchases")
        ),
        F.coalesce("revenue_usd", F.lit(0)).cast("decimal(18,2)").alias("revenue_usd"),
        "last_seen_at",
        "updated_at",
    )


def newest_contact(contacts: DataFrame) -> DataFrame:
    """The e-mail and telephone of the contact of each account that was changed last."""
    newest_first = Window.partitionBy("account_id").orderBy(F.desc("modified_at"), "contact_id")
    return (
        contacts.withColumn("place", F.row_number().over(newest_first))
        .where("place = 1")
        .select(
            F.col("account_id").alias("customer_id"),
            F.col("email").alias("primary_email"),
            F.col("phone").alias("primary_phone"),
        )
    )


def business(accounts: DataFrame) -> DataFrame:
    """What the CRM says of the customer's business; an account has its customer's number."""
    return accounts.select(
        F.col("account_id").alias("customer_id"),
        F.col("owner_id").alias("owner"),
        "industry",
        "segment",
    )


def recent_activity(behavior: DataFrame) -> DataFrame:
    """How often each customer did what, and for how much, until the customer's newest event."""
    newest = F.max("event_timestamp").over(Window.partitionBy("customer_id"))
    recent = behavior.withColumn("newest", newest).where(
        F.col("event_timestamp") >= F.col("newest") - RECENT
    )
    return recent.groupBy("customer_id").agg(
        F.count(F.lit(1)).alias("events"),
        F.count_if(F.col("event_name") == "login").alias("logins"),
        F.count_if(F.col("event_name") == "page_view").alias("page_views"),
        F.count_if(F.col("event_name") == "purchase").alias("purchases"),
        F.sum("conversion_value").alias("revenue_usd"),
        F.max("event_timestamp").alias("last_seen_at"),
    )
