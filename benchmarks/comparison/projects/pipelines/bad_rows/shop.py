"""Orders whose quantity should be a number above zero: read as a number, and cast to one."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

spark = SparkSession.active()


@dp.table
def orders_read() -> DataFrame:
    """The reader keeps a line that it cannot read in a column."""
    columns = "order_id string, quantity bigint, _corrupt_record string"
    return spark.readStream.schema(columns).json("landing/orders")


@dp.table
def orders_cast() -> DataFrame:
    """A cast fails."""
    orders = spark.readStream.schema("order_id string, quantity string").json("landing/orders")
    return orders.selectExpr("order_id", "cast(quantity as bigint) as quantity")
