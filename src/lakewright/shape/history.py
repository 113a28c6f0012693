"""Turn the changes of each entity into its versions, whatever the order in which they came.

    all changes of affected keys ─ in order ─▶ versions + members ─ against published ─▶ _outcome

Intervals are half-open, [valid_from, valid_to); valid_to is null while the version is open. A
change opens a version where the entity was not there before it, or where a tracked column differs.
The last change inside a version gives its untracked columns. A delete closes the version.
"""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakewright.shape.columns import canonical, column, content, same
from lakewright.shape.contest import WHEREVER_READ, Contest, together
from lakewright.shape.names import OUTCOME
from lakewright.shape.newest import Changes, decided

BEGINNING = "1900-01-01 00:00:00"
"""When the first version of an entity begins, so that facts older than the first known change find
it (UTC).
"""
UNKNOWN = -1
"""The surrogate key of the member that stands for "not known"."""
INTERVAL = ("valid_from", "valid_to", "is_current", "is_inferred")


@dataclass(frozen=True)
class History:
    """How changes become versions. `surrogate_key` names the bigint column that identifies a
    version.
    """

    changes: Changes
    surrogate_key: str
    track: tuple[str, ...]
    begins_with_time: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table: surrogate key, the query's columns, the interval."""
        return (self.surrogate_key, *self.changes.columns, *INTERVAL)


def versioned(
    rows: DataFrame,
    before: DataFrame | None,
    used: DataFrame | None,
    history: History,
    contest: Contest = WHEREVER_READ,
) -> DataFrame:
    """All versions of the given keys against the published ones; gives the columns and `_outcome`.

    `rows` are all good changes of the keys, `before` the published rows of the same keys (with the
    unknown member), `used` the keys for which an inferred member stands in until a change comes.
    """
    given = rows.select(*map(column, history.changes.columns))
    ordered, losers = _ordered(given, history, contest)
    members = _unknown(given, history)
    if used is not None:
        members = members.unionByName(_inferred(given, used, history))
    versions = _versions(ordered, history)
    compared = _against(versions.unionByName(members), before, history)
    return compared if losers is None else compared.unionByName(_counted(losers, compared))


def _ordered(
    given: DataFrame, history: History, contest: Contest
) -> tuple[DataFrame, DataFrame | None]:
    """One change for each key and sequence with its part in its entity's history, and the others
    with their `_outcome`.
    """
    changes = history.changes
    several, single = contest.parted(given, changes.key, "several")
    lone = alone(single, history) if single is not None else None
    if several is None:
        return together(lone), None
    winners, losers = decided(several, changes, contest)
    return together(in_order(winners, history), lone), losers


def alone(changes: DataFrame, history: History) -> DataFrame:
    """What `in_order` says of changes that are the only ones of their entities."""
    (at,) = history.changes.sequence
    deleted = history.changes.is_delete()
    begins = F.lit(BEGINNING).cast("timestamp") if history.begins_with_time else column(at)
    return changes.select(
        "*",
        deleted.alias("_deleted"),
        (~deleted).alias("_opens"),
        F.lit(False).alias("_closes"),
        F.when(~deleted, begins).alias("_begins"),
        (~deleted).alias("_last"),
        F.lit(None).cast("timestamp").alias("_ends"),
    )


def in_order(winners: DataFrame, history: History) -> DataFrame:
    """Mark each change, one per key and sequence, with its part in its entity's history.

    Adds `_deleted`, `_opens` (a version begins with it), `_closes` (a delete that closes one),
    `_begins` (start of the version it belongs to), `_last` (the version's last change) and `_ends`
    (the sequence of the next change).
    """
    changes, (at,) = history.changes, history.changes.sequence
    marked = winners.withColumn("_deleted", changes.is_delete()).withColumn(
        "_track", content(history.track)
    )
    # Every window has this one order: the engine sorts the changes once.
    order = Window.partitionBy(*map(column, changes.key)).orderBy(column(at))
    was_there = F.coalesce(F.lag(~F.col("_deleted")).over(order), F.lit(False))
    opens = ~F.col("_deleted") & ~(
        was_there & F.col("_track").eqNullSafe(F.lag("_track").over(order))
    )
    opened = marked.select(
        "*", opens.alias("_opens"), (F.col("_deleted") & was_there).alias("_closes")
    )
    so_far = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    opener = F.when(F.col("_opens"), column(at))
    begins = F.max(opener).over(so_far)
    if history.begins_with_time:
        first = F.min(opener).over(so_far)
        begins = F.when(begins == first, F.lit(BEGINNING).cast("timestamp")).otherwise(begins)
    last = F.coalesce(F.lead(F.col("_deleted") | F.col("_opens")).over(order), F.lit(True))
    return opened.drop("_track").select(
        "*",
        begins.alias("_begins"),
        (~F.col("_deleted") & last).alias("_last"),
        F.lead(column(at)).over(order).alias("_ends"),
    )


def _counted(losers: DataFrame, like: DataFrame) -> DataFrame:
    """Changes that only count, as rows of the table's columns."""
    return losers.select(
        *(
            (column(field.name) if field.name in losers.columns else F.lit(None))
            .cast(field.dataType)
            .alias(field.name)
            for field in like.schema.fields
        )
    )


def surrogate(key: tuple[str, ...], begins: Column) -> Column:
    """`xxhash64` of one canonical string of the key's values and the beginning in unix
    microseconds.
    """
    return F.xxhash64(canonical([*map(column, key), F.unix_micros(begins)]))


def _versions(ordered: DataFrame, history: History) -> DataFrame:
    """Each change as a row of the table, in its `_part`: a version's last change is the version."""
    ends = F.col("_ends")
    part = F.when(F.col("_last"), "version").when(F.col("_closes"), "close").otherwise("inside")
    key = surrogate(history.changes.key, F.col("_begins"))
    return ordered.withColumn("_part", part).select(
        F.when(F.col("_part").isin("version", "close"), key).alias(history.surrogate_key),
        *map(column, history.changes.columns),
        F.col("_begins").alias("valid_from"),
        F.when(F.col("_part") == "close", column(*history.changes.sequence))
        .otherwise(ends)
        .alias("valid_to"),
        ends.isNull().alias("is_current"),
        F.lit(False).alias("is_inferred"),
        "_part",
    )


def _member(
    rows: DataFrame, given: DataFrame, surrogate_key: Column, history: History
) -> DataFrame:
    """Rows that stand for entities without a change: what `rows` does not give is null."""
    begins = F.lit(BEGINNING).cast("timestamp")
    named = [
        (column(field.name) if field.name in rows.columns else F.lit(None))
        .cast(field.dataType)
        .alias(field.name)
        for field in given.schema.fields
    ]
    return rows.select(
        surrogate_key.alias(history.surrogate_key),
        *named,
        begins.alias("valid_from"),
        F.lit(None).cast("timestamp").alias("valid_to"),
        F.lit(True).alias("is_current"),
        F.lit(bool(rows.columns)).alias("is_inferred"),
        F.lit("member").alias("_part"),
    )


def _unknown(given: DataFrame, history: History) -> DataFrame:
    one = given.sparkSession.range(1).select()
    return _member(one, given, F.lit(UNKNOWN).cast("bigint"), history)


def _inferred(given: DataFrame, used: DataFrame, history: History) -> DataFrame:
    """A member for each used key of which no change, save deletes, is known."""
    key, identity = history.changes.key, history.changes.identity
    marked = given.withColumn("_deleted", history.changes.is_delete())
    alive = marked.where(~F.col("_deleted")).select(*map(column, identity)).alias("a")
    gone = marked.where(F.col("_deleted")).select(*map(column, identity)).alias("d")
    # At equal sequence a delete wins, so what it ties with does not make its entity known.
    known = alive.join(gone, same("a", "d", [(name, name) for name in identity]), "left_anti")
    keys = known.select(*map(column, key)).distinct().alias("k")
    missing = used.alias("u").join(
        keys, same("u", "k", [(name, name) for name in key]), "left_anti"
    )
    begins = F.lit(BEGINNING).cast("timestamp")
    return _member(missing, given, surrogate(key, begins), history)


def _against(rows: DataFrame, before: DataFrame | None, history: History) -> DataFrame:
    """Compare by surrogate key. A version counts for the change that opened it, what we made counts
    for none.
    """
    names = history.columns
    part = F.col("_part")
    if before is None:
        outcome = (
            F.when(part == "version", "insert.inserted")
            .when(part == "member", "insert.none")
            .when(part == "close", "keep.deleted")
            .otherwise("keep.unchanged")
        )
        return rows.select(*map(column, names), outcome.alias(OUTCOME))
    left, right = rows.alias("a"), before.select(*map(column, names)).alias("b")
    on = column(history.surrogate_key, "a") == column(history.surrogate_key, "b")
    part, was = F.col("a._part"), column(history.surrogate_key, "b").isNotNull()
    said = [name for name in names if name not in ("valid_from", "valid_to", "is_current")]
    as_said = same("a", "b", [(name, name) for name in said])
    as_it_was = same("a", "b", [(name, name) for name in names])
    closed_then = column("valid_to", "a").eqNullSafe(column("valid_to", "b"))
    action = F.when(~was, "insert").when(as_it_was, "keep").otherwise("update")
    counts = (
        F.when(part == "member", "none")
        .when(~was, "inserted")
        .when(as_said, "unchanged")
        .otherwise("updated")
    )
    outcome = (
        F.when(part.isNull(), "delete.none")
        .when(part.isin("version", "member"), F.concat_ws(".", action, counts))
        .when(part == "close", F.when(closed_then, "keep.unchanged").otherwise("keep.deleted"))
        .otherwise("keep.unchanged")
    )
    given = [
        F.when(part.isNull(), column(name, "b")).otherwise(column(name, "a")).alias(name)
        for name in names
    ]
    return left.join(right, on, "full_outer").select(*given, outcome.alias(OUTCOME))
