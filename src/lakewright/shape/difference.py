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
from lakewright.shape.contest import WHEREVER_READ, Contest, apart
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
    after: DataFrame,
    before: DataFrame | None,
    key: Sequence[str],
    columns: Sequence[str],
    contest: Contest = WHEREVER_READ,
) -> DataFrame:
    """Compare as multisets; gives `columns` and `_outcome`.

    A row whose key was published with another content counts as updated, and the row it replaces is
    deleted. Where the number of equal rows changes, all of them are deleted and the new number is
    inserted.
    """
    names = [*map(column, columns)]
    if before is None:
        return after.select(*names, F.lit("insert.inserted").alias(OUTCOME))
    hashes = (content(key).alias("_key"), content(columns).alias("_content"))
    new = after.select(*names, F.lit(1).alias("_side"), *hashes)
    old = before.select(*names, F.lit(0).alias("_side"), *hashes)
    counted = new.unionByName(old).groupBy("_key", "_content").agg(
        F.sum("_side").alias("_after"), F.count(F.lit(1)).alias("_all")
    )  # fmt: skip
    differing = counted.where(F.col("_after") * 2 != F.col("_all")).select("_key", "_content")
    moved = contest.keep(differing, "moved")
    unchanged = F.lit("keep.unchanged").alias(OUTCOME)
    if moved is None:
        return new.select(*names, unchanged)
    coming, staying = apart(new, moved, ("_key", "_content"))
    leaving, _ = apart(old, moved, ("_key", "_content"))
    changed = _paired(coming.unionByName(leaving)).select(*names, _outcome().alias(OUTCOME))
    return staying.select(*names, unchanged).unionByName(changed)


def _paired(rows: DataFrame) -> DataFrame:
    """Pair the old rows of a key that go away with the new ones that come: a pair is an update.

    Adds `_copy` (which of its equals a row is), `_leaving` (old rows of its key that go) and `_nth`
    (which of the new rows of its key it is).
    """
    copies = Window.partitionBy("_key", "_content", "_side").orderBy(F.lit(1))
    of_key = Window.partitionBy("_key")
    so_far = of_key.orderBy("_content", "_copy").rowsBetween(Window.unboundedPreceding, 0)
    numbered = rows.withColumn("_copy", F.row_number().over(copies))
    return numbered.withColumn("_leaving", F.sum(1 - F.col("_side")).over(of_key)).withColumn(
        "_nth", F.sum("_side").over(so_far)
    )


def _outcome() -> Column:
    is_old = F.col("_side") == 0
    return (
        F.when(is_old & (F.col("_copy") > 1), "gone.none")  # deleted with its first copy
        .when(is_old, "delete.none")
        .when(F.col("_nth") <= F.col("_leaving"), "insert.updated")
        .otherwise("insert.inserted")
    )
