"""What a table's rows must become, against what is published: only what differs is written.

    after ┐
          ├── difference ──▶ rows + _outcome: insert · update · delete · keep
    before┘

`by_key` compares rows that a unique key identifies; `as_a_bag` compares rows as a multiset, for
tables whose key a query may give twice. Provenance takes no part in the comparison, and what is
kept is not rewritten.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakewright.shape.columns import column, content, same
from lakewright.shape.names import OUTCOME


def by_key(
    after: DataFrame, before: DataFrame | None, key: Sequence[str], columns: Sequence[str]
) -> DataFrame:
    """Compare by a unique, non-null key. `after` may carry `_outcome` as what each row counts as so
    far.

    Gives `columns`, `_was` (exists in before), `_same` (equal in all columns), `_gone` (only in
    before).
    """
    if before is None:
        flags = (
            F.lit(False).alias("_was"),
            F.lit(False).alias("_same"),
            F.lit(False).alias("_gone"),
        )
        return after.select("*", *flags)
    extra = [name for name in after.columns if name not in columns]
    left, right = after.alias("a"), before.select(*map(column, columns)).alias("b")
    on = same("a", "b", [(name, name) for name in key])
    was, now = column(key[0], "b").isNotNull(), column(key[0], "a").isNotNull()
    equal = same("a", "b", [(name, name) for name in columns])
    return left.join(right, on, "full_outer").select(
        *(
            F.when(now, column(name, "a")).otherwise(column(name, "b")).alias(name)
            for name in columns
        ),
        *(column(name, "a").alias(name) for name in extra),
        was.alias("_was"),
        (was & now & equal).alias("_same"),
        (was & ~now).alias("_gone"),
    )


def as_a_bag(
    after: DataFrame, before: DataFrame | None, key: Sequence[str], columns: Sequence[str]
) -> DataFrame:
    """Compare as multisets; gives `columns` and `_outcome`.

    A row whose key was published with another content counts as updated, and the row it replaces is
    deleted. Where the number of equal rows changes, all of them are deleted and the new number is
    inserted.
    """
    if before is None:
        return after.select(*map(column, columns), F.lit("insert.inserted").alias(OUTCOME))
    sides = after.select(*map(column, columns), F.lit(1).alias("_side")).unionByName(
        before.select(*map(column, columns), F.lit(0).alias("_side"))
    )
    hashed = sides.withColumn("_content", content(columns)).withColumn("_key", content(key))
    equal = Window.partitionBy("_key", "_content")
    counted = hashed.withColumn("_after", F.sum("_side").over(equal)).withColumn(
        "_before", F.count(F.lit(1)).over(equal) - F.col("_after")
    )
    ranked = counted.withColumn(
        "_copy",
        F.row_number().over(Window.partitionBy("_key", "_content", "_side").orderBy(F.lit(1))),
    )
    differs = F.col("_after") != F.col("_before")
    # Old rows of the key that go away, and new ones that come, are paired: a pair is an update.
    leaves = (differs & (F.col("_side") == 0)).cast("int")
    rank = F.sum((differs & (F.col("_side") == 1)).cast("int")).over(
        Window.partitionBy("_key")
        .orderBy("_content", "_copy")
        .rowsBetween(Window.unboundedPreceding, 0)
    )
    paired = ranked.withColumn(
        "_leaving", F.sum(leaves).over(Window.partitionBy("_key"))
    ).withColumn("_nth", rank)
    return paired.where((F.col("_side") == 1) | differs).select(
        *map(column, columns), _outcome(differs).alias(OUTCOME)
    )


def _outcome(differs: Column) -> Column:
    return (
        F.when(
            (F.col("_side") == 0) & (F.col("_copy") > 1), "gone.none"
        )  # deleted with its first copy
        .when(F.col("_side") == 0, "delete.none")
        .when(~differs, "keep.unchanged")
        .when(F.col("_nth") <= F.col("_leaving"), "insert.updated")
        .otherwise("insert.inserted")
    )
