"""Say of each row where it came from, and find the rows that bronze already has."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from lakewright.shape.columns import column, content, same
from lakewright.shape.names import OUTCOME, REASONS


def stamped(rows: DataFrame, values: Mapping[str, tuple[str, str]]) -> DataFrame:
    """Add constant columns: name → (value, Spark SQL type)."""
    for name, (value, type_) in values.items():
        rows = rows.withColumn(name, F.lit(value).cast(type_))
    return rows


def arrivals(
    rows: DataFrame, known: DataFrame | None, key: Sequence[str], columns: Sequence[str]
) -> DataFrame:
    """Tell, of checked rows, which enter bronze: `_outcome` insert.written, keep.duplicate or
    refuse.quarantined.

    A good row is a duplicate where the same row stands before it in the batch or in `known`. A
    stream without a key keeps its repeats.
    """
    good = F.col(REASONS).isNull()
    refused = F.when(~good, "refuse.quarantined")
    if not key:
        return rows.withColumn(OUTCOME, refused.otherwise("insert.written"))
    identity = [*key, "_content"]
    marked = rows.withColumn("_content", content(columns))
    order = Window.partitionBy(*map(column, identity), good).orderBy(F.lit(1))
    repeats = F.row_number().over(order) > 1
    if known is not None:
        keys = rows.where(good).select(*map(column, key)).distinct().alias("b")
        near = known.alias("k").join(
            keys, same("k", "b", [(name, name) for name in key]), "left_semi"
        )
        there = near.select(*map(column, key), content(columns).alias("_content")).distinct()
        there = there.withColumn("_known", F.lit(True)).alias("k")
        joined = marked.alias("r").join(
            there, same("r", "k", [(name, name) for name in identity]), "left"
        )
        marked = joined.select("r.*", F.col("k._known").alias("_known"))
        repeats = repeats | F.col("_known").isNotNull()
    return marked.withColumn(
        OUTCOME, refused.when(repeats, "keep.duplicate").otherwise("insert.written")
    )
