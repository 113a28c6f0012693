"""The changes of an entity decided: the newest of each key, and the changes a changelog does not
have yet.

    checked changes ── decided ──▶ + _duplicate, _rank ── upsert | changelog ──▶ rows + _outcome

For equal sequences a delete wins, then the `ties` columns (null least), then the greatest content
hash, so that the outcome never depends on the order of arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from lakewright.shape.columns import column, content, same
from lakewright.shape.difference import as_a_bag, by_key
from lakewright.shape.names import OUTCOME


@dataclass(frozen=True)
class Changes:
    """How the rows of a query are changes of entities: `columns` are all names of the table's
    content.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    sequence: tuple[str, ...]
    deleted: str | None = None
    ties: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns in which tied changes agree; a sequence may be part of the key."""
        return tuple(dict.fromkeys((*self.key, *self.sequence)))

    def is_delete(self) -> Column:
        """Whether the row says that its entity is gone."""
        if self.deleted is None:
            return F.lit(False)
        return F.coalesce(F.expr(self.deleted), F.lit(False))

    def tie_break(self) -> list[Column]:
        """The order within one sequence, the winner first; needs `_deleted` and `_content`."""
        ties = [column(tie).desc_nulls_last() for tie in self.ties]
        return [F.col("_deleted").desc(), *ties, F.col("_content").desc()]


def tied(rows: DataFrame, changes: Changes) -> DataFrame:
    """The keys and sequences that more than one change has, each once."""
    identity = [*map(column, changes.identity)]
    counted = rows.groupBy(*identity).agg(F.count(F.lit(1)).alias("_changes"))
    return counted.where(F.col("_changes") > 1).drop("_changes")


def decided(rows: DataFrame, changes: Changes, ties: DataFrame) -> tuple[DataFrame, DataFrame]:
    """One change for each key and sequence, and the others with their `_outcome`: duplicates, or
    tied with a winner of the same sequence.

    Only the tied rows, few as a rule, are put in order.
    """
    identity = changes.identity
    on = same("r", "t", [(name, name) for name in identity])
    marked = rows.alias("r").join(ties.alias("t"), on, "left_semi")
    marked = marked.withColumn("_deleted", changes.is_delete()).withColumn(
        "_content", content(changes.columns)
    )
    order = Window.partitionBy(*map(column, identity)).orderBy(*changes.tie_break())
    repeats = F.col("_content").eqNullSafe(F.lag("_content").over(order))
    ranked = marked.select(
        "*", F.row_number().over(order).alias("_rank"), repeats.alias("_repeats")
    )
    outcome = F.when(F.col("_repeats"), "keep.duplicate").otherwise("keep.tied")
    names = [*map(column, changes.columns)]
    winners = ranked.where(F.col("_rank") == 1).select(*names)
    losers = ranked.where(F.col("_rank") > 1).select(*names, outcome.alias(OUTCOME))
    alone = rows.alias("r").join(ties.alias("t"), on, "left_anti").select(*names)
    return alone.unionByName(winners), losers


def upsert(
    rows: DataFrame, before: DataFrame | None, changes: Changes, *, all_given: bool
) -> DataFrame:
    """Per key the change with the greatest sequence, none if that is a delete; gives columns and
    `_outcome`.

    With `all_given` the rows are all changes of their keys (`by: key`); without, `before` stands
    for the older ones (`rows: new`), and a published row that wins again makes the newest change
    given `superseded`.
    """
    given = rows.select(*map(column, changes.columns), F.lit(1).alias("_given"))
    if not all_given and before is not None:
        keys = given.select(*map(column, changes.key)).distinct().alias("k")
        on = same("p", "k", [(name, name) for name in changes.key])
        before = before.alias("p").join(keys, on, "left_semi")
        given = given.unionByName(
            before.select(*map(column, changes.columns), F.lit(0).alias("_given"))
        )
    marked = given.withColumn("_deleted", changes.is_delete()).withColumn(
        "_content", content(changes.columns)
    )
    newest = [column(name).desc() for name in changes.sequence]
    # A change that says what is published stands before it, and leaves the table unchanged.
    order = Window.partitionBy(*map(column, changes.key)).orderBy(
        *newest, *changes.tie_break(), F.col("_given").desc()
    )
    ties = _as_before(order, changes.sequence)
    ranked = marked.select(
        "*",
        F.row_number().over(order).alias("_rank"),
        ties.alias("_ties"),
        (ties & _as_before(order, ("_content",))).alias("_repeats"),
    )
    if not all_given:
        ranked = ranked.where((F.col("_given") == 1) | (F.col("_rank") == 1))
    return _against(ranked, before, changes)


def _as_before(order: WindowSpec, names: Sequence[str]) -> Column:
    """Whether the row before it in order has the same values in these columns."""
    equal = F.row_number().over(order) > 1
    for name in names:
        equal = equal & column(name).eqNullSafe(F.lag(column(name)).over(order))
    return equal


def _against(ranked: DataFrame, before: DataFrame | None, changes: Changes) -> DataFrame:
    """Compare each key's winner with the published row; everything else only counts."""
    losers = (
        F.when(F.col("_repeats"), "keep.duplicate")
        .when(F.col("_ties"), "keep.tied")
        .otherwise("keep.superseded")
    )
    names = changes.columns
    if before is None:
        outcome = (
            F.when(F.col("_rank") > 1, losers)
            .when(F.col("_deleted"), "keep.unchanged")
            .otherwise("insert.inserted")
        )
        return ranked.select(*map(column, names), outcome.alias(OUTCOME))
    # The winner carries the key's comparison; the other changes join nothing.
    winner = F.when(F.col("_rank") == 1, 1).otherwise(0)
    compared = by_key(
        ranked.withColumn("_won", winner),
        before.withColumn("_won", F.lit(1)),
        (*changes.key, "_won"),
        (*names, "_won"),
    )
    outcome = (
        F.when(F.col("_gone"), "delete.none")
        .when(F.col("_rank") > 1, losers)
        .when(
            F.col("_deleted"), F.when(F.col("_was"), "delete.deleted").otherwise("keep.unchanged")
        )
        .when(~F.col("_was"), "insert.inserted")
        .when(F.col("_same"), F.when(F.col("_given") == 0, "keep.none").otherwise("keep.unchanged"))
        .otherwise("update.updated")
    )
    return compared.select(*map(column, names), outcome.alias(OUTCOME))


def changelog(rows: DataFrame, before: DataFrame | None, changes: Changes) -> DataFrame:
    """Every distinct change (key, sequence, content) once; gives columns and `_outcome`."""
    names = changes.columns
    marked = rows.select(*map(column, names), content(names).alias("_content"))
    identity = changes.identity
    equal = Window.partitionBy(*map(column, identity), "_content").orderBy(F.lit(1))
    marked = marked.withColumn("_duplicate", F.row_number().over(equal) > 1)
    outcome = F.when(F.col("_duplicate"), "keep.duplicate")
    if before is not None:
        keys = marked.select(*map(column, identity)).distinct().alias("k")
        on = same("p", "k", [(name, name) for name in identity])
        known = (
            before.select(*map(column, names))
            .alias("p")
            .join(keys, on, "left_semi")
            .withColumn("_content", content(names))
            .select(*map(column, (*identity, "_content")))
            .distinct()
            .withColumn("_known", F.lit(True))
        )
        pairs = [(name, name) for name in (*identity, "_content")]
        joined = marked.alias("n").join(known.alias("b"), same("n", "b", pairs), "left")
        marked = joined.select(
            *(column(name, "n").alias(name) for name in (*names, "_duplicate")),
            F.col("b._known").alias("_known"),
        )
        outcome = outcome.when(F.col("_known"), "keep.duplicate")
    return marked.select(*map(column, names), outcome.otherwise("insert.inserted").alias(OUTCOME))


def changelog_anew(rows: DataFrame, before: DataFrame | None, changes: Changes) -> DataFrame:
    """The whole changelog made again from all rows, against the published one; gives columns and
    `_outcome`.
    """
    found = changelog(rows, None, changes)
    if before is None:
        return found
    once = found.where(F.col(OUTCOME) == "insert.inserted")
    repeated = found.where(F.col(OUTCOME) != "insert.inserted")
    return as_a_bag(once, before, changes.key, changes.columns).unionByName(repeated)


def appended(rows: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Every row given, once; gives columns and `_outcome`."""
    return rows.select(*map(column, columns), F.lit("insert.inserted").alias(OUTCOME))
