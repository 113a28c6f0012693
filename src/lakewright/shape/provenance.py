"""Say of each row where it came from, and find the rows that bronze already has."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from lakewright.shape.columns import column, content, same
from lakewright.shape.contest import apart, contested
from lakewright.shape.names import OUTCOME, REASONS

_WRITTEN, _REFUSED = "insert.written", "refuse.quarantined"


def stamped(rows: DataFrame, values: Mapping[str, tuple[str, str]]) -> DataFrame:
    """Add constant columns: name → (value, Spark SQL type)."""
    for name, (value, type_) in values.items():
        rows = rows.withColumn(name, F.lit(value).cast(type_))
    return rows


def entered(rows: DataFrame) -> DataFrame:
    """Checked rows with `_outcome` as far as each tells by itself: insert.written or
    refuse.quarantined.
    """
    refused = F.when(F.col(REASONS).isNotNull(), _REFUSED)
    return rows.withColumn(OUTCOME, refused.otherwise(_WRITTEN))


def doubtful(rows: DataFrame, known: DataFrame | None, identity: Sequence[str]) -> DataFrame:
    """The values of these columns, which equal rows have in common, for which a row of a batch may
    not be the first: those that several good rows have, or a row that bronze has.
    """
    good = rows.where(F.col(OUTCOME) == _WRITTEN)
    found = contested(good, identity)
    if known is None:
        return found
    there, _ = apart(known, good, identity)
    return found.unionByName(there.select(*map(column, identity))).distinct()


def arrivals(
    rows: DataFrame,
    doubts: DataFrame,
    known: DataFrame | None,
    identity: Sequence[str],
    columns: Sequence[str],
) -> tuple[DataFrame, DataFrame]:
    """The good ones of `entered` rows: those in doubt, with `_outcome` keep.duplicate where the
    same row stands before them in the batch or in `known`; and the others, all of which enter.

    `doubts` are what `doubtful` found.
    """
    doubted, alone = apart(rows.where(F.col(OUTCOME) == _WRITTEN), doubts, identity)
    same_row = [*identity, "_content"]
    marked = doubted.withColumn("_content", content(columns))
    order = Window.partitionBy(*map(column, same_row)).orderBy(F.lit(1))
    repeats = F.row_number().over(order) > 1
    if known is not None:
        near, _ = apart(known, doubts, identity)
        there = near.select(*map(column, identity), content(columns).alias("_content")).distinct()
        there = there.withColumn("_known", F.lit(True)).alias("k")
        on = same("r", "k", [(name, name) for name in same_row])
        marked = marked.alias("r").join(there, on, "left").select("r.*", "k._known")
        repeats = repeats | F.col("_known").isNotNull()
    told = marked.withColumn(OUTCOME, F.when(repeats, "keep.duplicate").otherwise(_WRITTEN))
    return told.select(*map(column, rows.columns)), alone
