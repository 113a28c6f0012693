"""Tell the few rows that something has to be decided about from the many that stand alone.

    rows ─ contested ─▶ values that several rows have, few ─ apart ─▶ (those rows, the others)

A window over every key costs ten times what a grouping and a join cost, so that only contested rows
are put in order, and none at all where nothing is contested.
"""

from collections.abc import Callable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakewright.shape.columns import column, same

Keep = Callable[[DataFrame, str], DataFrame | None]
"""Evaluates rows once, under a name, so that they can be read more than once; None for no rows."""


def evaluated_where_used(rows: DataFrame, _: str) -> DataFrame | None:
    """The `Keep` that keeps nothing: rows are evaluated anew wherever they are read."""
    return rows


def contested(rows: DataFrame, names: Sequence[str]) -> DataFrame:
    """The values of these columns that more than one row has, each once."""
    counted = rows.groupBy(*map(column, names)).agg(F.count(F.lit(1)).alias("_rows"))
    return counted.where(F.col("_rows") > 1).drop("_rows")


def apart(rows: DataFrame, some: DataFrame, names: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """The rows whose values in these columns are among `some`, and the other rows; null-safe."""
    left, right = rows.alias("r"), some.alias("s")
    on = same("r", "s", [(name, name) for name in names])
    return left.join(right, on, "left_semi"), left.join(right, on, "left_anti")
