"""Give the rows of a read the columns they look up in other tables, as of a time where that table
has versions.

    rows of a read ── look_up per lookup ──▶ rows + column + _missing (names of refusals)

Half-open intervals; a null key or time finds nothing, a time in a gap is missing, and where `when`
does not hold nothing is looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakewright.shape.columns import column
from lakewright.shape.history import UNKNOWN
from lakewright.spec.values import Lookup

MISSING = "_missing"


@dataclass(frozen=True)
class LookedUp:
    """A lookup with the rows of the table it looks in and the column taken from them.

    `unique` says that the table's load already promises one row per key (and time).
    """

    lookup: Lookup
    rows: DataFrame
    column: str
    unique: bool


def look_up(rows: DataFrame, lookups: Sequence[LookedUp]) -> DataFrame:
    """Add each lookup's column, and `_missing`: the names of the lookups that found nothing and
    refuse.
    """
    names = rows.columns
    found = rows
    refusals: list[Column] = []
    for number, one in enumerate(lookups):
        flag, value_name = f"_found_{number}", f"_value_{number}"
        found = _joined(found, one, flag, value_name)
        asked = F.lit(True)
        if one.lookup.when is not None:
            asked = F.coalesce(F.expr(one.lookup.when), F.lit(False))
        missing = asked & F.coalesce(F.col(flag), F.lit(0)).eqNullSafe(0)
        found = found.withColumn(value_name, F.when(asked, _value(one, missing, flag, value_name)))
        if one.lookup.missing == "refuse":
            refusals.append(F.when(missing, F.lit(one.lookup.name)))
    missing_names = (
        F.array_compact(F.array(*refusals)) if refusals else F.array().cast("array<string>")
    )
    values = [
        F.col(f"_value_{number}").alias(one.lookup.name) for number, one in enumerate(lookups)
    ]
    return found.select(*map(column, names), *values, missing_names.alias(MISSING))


def _joined(rows: DataFrame, one: LookedUp, flag: str, value_name: str) -> DataFrame:
    """A left join by the whole key; `flag` is how many rows answer to the key, null for none."""
    lookup = one.lookup
    rows_there, answers = one.rows, F.lit(1)
    if not one.unique:
        # One row stands for all of its key: no reading row is doubled before `_value` refuses it.
        of_key = Window.partitionBy(*map(column, lookup.key.values()))
        rows_there = rows_there.select(
            "*",
            F.count(F.lit(1)).over(of_key).alias("_answers"),
            F.row_number().over(of_key.orderBy(F.lit(1))).alias("_answer"),
        ).where(F.col("_answer") == 1)
        answers = F.col("_answers")
    times = ("valid_from", "valid_to") if lookup.as_of else ()
    looked_in = rows_there.select(
        *(column(name).alias(f"_key_{name}") for name in lookup.key.values()),
        *(column(name).alias(f"_{name}") for name in times),
        column(one.column).alias(value_name),
        answers.alias(flag),
    )
    on = F.lit(True)
    for mine, theirs in lookup.key.items():
        on = on & (column(mine, "r") == column(f"_key_{theirs}", "l"))
    if lookup.as_of:
        at, until = column(lookup.as_of, "r").cast("timestamp"), F.col("l._valid_to")
        on = on & (F.col("l._valid_from") <= at) & (until.isNull() | (at < until))
    return (
        rows.alias("r")
        .join(looked_in.alias("l"), on, "left")
        .select("r.*", f"l.{value_name}", f"l.{flag}")
    )


def _value(one: LookedUp, missing: Column, flag: str, value_name: str) -> Column:
    lookup, value = one.lookup, F.col(value_name)
    type_ = one.rows.schema[one.column].dataType
    if lookup.missing == "unknown" and lookup.column is None:
        value = F.when(missing, F.lit(UNKNOWN).cast(type_)).otherwise(value)
    if lookup.missing == "fail":
        says = f"lookup-missing: {lookup.name}: nothing in {lookup.table} for "
        value = F.when(missing, F.raise_error(_told(says, lookup)).cast(type_)).otherwise(value)
    if not one.unique:
        says = f"lookup-ambiguous: {lookup.name}: several rows in {lookup.table} for "
        value = F.when(F.col(flag) > 1, F.raise_error(_told(says, lookup)).cast(type_)).otherwise(
            value
        )
    return value


def _told(says: str, lookup: Lookup) -> Column:
    keys = [F.coalesce(column(name).cast("string"), F.lit("null")) for name in lookup.key]
    return F.concat(F.lit(says), F.concat_ws(", ", *keys))
