"""A dimension with history, by AUTO CDC, into Spark's own table format."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

spark = SparkSession.active()


@dp.temporary_view
def changes() -> DataFrame:
    """Every change, as it came."""
    columns = "customer string, country string, changed_at string, deleted boolean"
    return spark.readStream.schema(columns).json("landing/changes")


dp.create_streaming_table("customer_history_cdc")
dp.create_auto_cdc_flow(
    target="customer_history_cdc",
    source="changes",
    keys=["customer"],
    sequence_by="changed_at",
    apply_as_deletes="deleted",
    except_column_list=["deleted"],
    stored_as_scd_type=2,
)
