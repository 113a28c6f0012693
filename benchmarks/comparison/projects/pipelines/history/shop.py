"""A dimension with history, written out over the whole log of changes, and daily totals."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

spark = SparkSession.active()

CHANGES = "case string, customer string, country string, changed_at string, deleted boolean"


@dp.table
def changes() -> DataFrame:
    """Every change, as it came."""
    return spark.readStream.schema(CHANGES).json("landing/changes")


@dp.materialized_view
def customer_history() -> DataFrame:
    """Each change is a version until the next one; a delete is none."""
    until = F.lead("changed_at").over(Window.partitionBy("case", "customer").orderBy("changed_at"))
    versions = spark.read.table("changes").distinct().withColumn("changed_until", until)
    return versions.where(~F.col("deleted"))


@dp.table
def sales() -> DataFrame:
    """Every sale, as it came."""
    return spark.readStream.schema("sold_on string, amount int").json("landing/sales")


@dp.materialized_view
def daily() -> DataFrame:
    """Revenue by day."""
    return spark.read.table("sales").groupBy("sold_on").agg(F.sum("amount").alias("revenue"))
