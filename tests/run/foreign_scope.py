"""Queries in Python of the tests beside this module."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def as_it_is(orders: DataFrame) -> DataFrame:
    return orders


def renamed(orders: DataFrame) -> DataFrame:
    return orders.withColumn("id", F.concat("id", F.lit("!")))


def without_id(orders: DataFrame) -> DataFrame:
    return orders.drop("id")


def doubled(orders: DataFrame) -> DataFrame:
    return orders.withColumnsRenamed({"tags": "ID"})
