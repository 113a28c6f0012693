"""Decide the changes of an entity: the newest of each key, and those a changelog does not have yet.

    checked changes ── decided ──▶ one of each key and sequence ── upsert ──▶ newest + _outcome
                          └──▶ repeats, and what lost a tie, + _outcome

For equal sequences a delete wins, then the `ties` columns (null least), then the greatest content
hash, so that the outcome never depends on the order of arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakewright.shape.columns import column, content, same
from lakewright.shape.contest import WHEREVER_READ, Contest, apart, together
from lakewright.shape.difference import as_a_bag, by_key
from lakewright.shape.names import OUTCOME

_GIVEN = "_given"
"""1 for a change that is given, 0 for a published row that stands for the changes before it."""


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


def decided(
    rows: DataFrame, changes: Changes, contest: Contest = WHEREVER_READ
) -> tuple[DataFrame, DataFrame | None]:
    """One change for each key and sequence, and the others with their `_outcome`: duplicates, or
    tied with a winner of the same sequence; None where there are none. Columns beside the changes'
    own go with their rows.
    """
    tied, alone = contest.parted(rows, changes.identity, "ties")
    if tied is None:
        return rows, None
    names = rows.columns
    marked = _with_content(tied.withColumn("_deleted", changes.is_delete()), changes)
    # A change that says what is published stands before it, and leaves the table unchanged.
    given_first = [F.col(_GIVEN).desc()] if _GIVEN in names else []
    order = Window.partitionBy(*map(column, changes.identity)).orderBy(
        *changes.tie_break(), *given_first
    )
    repeats = F.col("_content").eqNullSafe(F.lag("_content").over(order))
    ranked = marked.select(
        "*", F.row_number().over(order).alias("_rank"), repeats.alias("_repeats")
    )
    outcome = F.when(F.col("_repeats"), "keep.duplicate").otherwise("keep.tied")
    winners = ranked.where(F.col("_rank") == 1).select(*map(column, names))
    losers = ranked.where(F.col("_rank") > 1).select(*map(column, names), outcome.alias(OUTCOME))
    return together(alone, winners), losers


def upsert(
    rows: DataFrame,
    before: DataFrame | None,
    changes: Changes,
    contest: Contest = WHEREVER_READ,
    *,
    all_given: bool,
) -> DataFrame:
    """Per key the change with the greatest sequence, none if that is a delete; gives columns and
    `_outcome`.

    With `all_given` the rows are all changes of their keys (`by: key`); without, `before` stands
    for the older ones (`rows: new`), and a published row that wins again makes the newest change
    given `superseded`.
    """
    given = rows.select(*map(column, changes.columns), F.lit(1).alias(_GIVEN))
    if not all_given and before is not None:
        before, _ = apart(before, given, changes.key)
        standing = before.select(*map(column, changes.columns), F.lit(0).alias(_GIVEN))
        given = given.unionByName(standing)
    once, losers = decided(given, changes, contest)
    newest = once.groupBy(*map(column, changes.key)).agg(F.max(_sequence(changes)).alias("_newest"))
    on = same("r", "n", [(name, name) for name in changes.key])
    wins = _sequence(changes, "r").eqNullSafe(F.col("n._newest"))
    # The engine holds the left side in memory: the narrow one.
    ranked = newest.alias("n").join(once.alias("r"), on).select("r.*", wins.alias("_wins"))
    found = _against(ranked.where((F.col(_GIVEN) == 1) | F.col("_wins")), before, changes)
    if losers is None:
        return found
    counted = losers.where(F.col(_GIVEN) == 1)
    return found.unionByName(counted.select(*map(column, changes.columns), OUTCOME))


def _sequence(changes: Changes, of: str | None = None) -> Column:
    """The sequence of a change as one value, compared column by column."""
    columns = [column(name, of) for name in changes.sequence]
    return columns[0] if len(columns) == 1 else F.struct(*columns)


def _against(ranked: DataFrame, before: DataFrame | None, changes: Changes) -> DataFrame:
    """Compare each key's winner with the published row; everything else only counts."""
    names, wins, deleted = changes.columns, F.col("_wins"), F.col("_deleted")
    marked = ranked.withColumn("_deleted", changes.is_delete())
    if before is None:
        outcome = (
            F.when(~wins, "keep.superseded")
            .when(deleted, "keep.unchanged")
            .otherwise("insert.inserted")
        )
        return marked.select(*map(column, names), outcome.alias(OUTCOME))
    # The winner carries the key's comparison; the other changes join nothing.
    compared = by_key(
        marked, before.withColumn("_wins", F.lit(True)), (*changes.key, "_wins"), (*names, "_wins")
    )
    outcome = (
        F.when(F.col("_gone"), "delete.none")
        .when(~wins, "keep.superseded")
        .when(deleted, F.when(F.col("_was"), "delete.deleted").otherwise("keep.unchanged"))
        .when(~F.col("_was"), "insert.inserted")
        .when(F.col("_same"), F.when(F.col(_GIVEN) == 0, "keep.none").otherwise("keep.unchanged"))
        .otherwise("update.updated")
    )
    return compared.select(*map(column, names), outcome.alias(OUTCOME))


def changelog(
    rows: DataFrame,
    before: DataFrame | None,
    changes: Changes,
    contest: Contest = WHEREVER_READ,
) -> DataFrame:
    """Every distinct change (key, sequence, content) once; gives columns and `_outcome`."""
    names, identity = changes.columns, (*changes.identity, "_content")
    found = _distinct(rows, changes, contest)
    outcome = F.when(F.col("_again"), "keep.duplicate")
    if before is not None:
        near, _ = apart(before, found, changes.identity)
        known = _with_content(near, changes).select(*map(column, identity)).distinct()
        known = known.withColumn("_known", F.lit(True))
        on = same("n", "b", [(name, name) for name in identity])
        found = found.alias("n").join(known.alias("b"), on, "left").select("n.*", "b._known")
        outcome = outcome.when(F.col("_known"), "keep.duplicate")
    return found.select(*map(column, names), outcome.otherwise("insert.inserted").alias(OUTCOME))


def changelog_anew(
    rows: DataFrame,
    before: DataFrame | None,
    changes: Changes,
    contest: Contest = WHEREVER_READ,
) -> DataFrame:
    """The whole changelog made again from all rows, against the published one; gives columns and
    `_outcome`.
    """
    names = [*map(column, changes.columns)]
    found = _distinct(rows, changes, contest)
    once = found.where(~F.col("_again")).select(*names)
    repeats = found.where(F.col("_again")).select(*names, F.lit("keep.duplicate").alias(OUTCOME))
    return as_a_bag(once, before, changes.key, changes.columns, contest).unionByName(repeats)


def _distinct(rows: DataFrame, changes: Changes, contest: Contest) -> DataFrame:
    """Add `_content`, and `_again`: whether the same change stands before it."""
    marked = _with_content(rows.select(*map(column, changes.columns)), changes)
    identity, again = (*changes.identity, "_content"), F.lit(False).alias("_again")
    several, alone = contest.parted(marked, identity, "repeats")
    single = alone.select("*", again) if alone is not None else None
    if several is None:
        return together(single)
    equal = Window.partitionBy(*map(column, identity)).orderBy(F.lit(1))
    numbered = several.select("*", (F.row_number().over(equal) > 1).alias("_again"))
    return together(single, numbered)


def appended(rows: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Every row given, once; gives columns and `_outcome`."""
    return rows.select(*map(column, columns), F.lit("insert.inserted").alias(OUTCOME))


def _with_content(rows: DataFrame, changes: Changes) -> DataFrame:
    return rows.withColumn("_content", content(changes.columns))
