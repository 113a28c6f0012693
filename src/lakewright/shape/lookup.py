"""Give the rows of a read the columns they look up in other tables, as of a time where that table
has versions.

    rows of a read ── a join for lookups alike ──▶ rows + column + _missing (names of refusals)

Half-open intervals; a null key or time finds nothing, a time in a gap is missing, and where `when`
does not hold nothing is looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, MapType, StructType

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
    found, values, refusals = rows, [], []
    joins = _joins(lookups)
    for flag, alike in joins.items():
        found = _joined(found, alike, flag)
    for flag, alike in joins.items():
        for one in alike:
            asked = F.lit(True)
            if one.lookup.when is not None:
                asked = F.coalesce(F.expr(one.lookup.when), F.lit(False))
            missing = asked & F.col(flag).isNull()
            values.append(F.when(asked, _value(one, missing, flag)).alias(one.lookup.name))
            if one.lookup.missing == "refuse":
                refusals.append(F.when(missing, F.lit(one.lookup.name)))
    none = F.array().cast("array<string>")
    missing_names = F.array_compact(F.array(*refusals)) if refusals else none
    return found.select(*map(column, rows.columns), *values, missing_names.alias(MISSING))


def _joins(lookups: Sequence[LookedUp]) -> dict[str, list[LookedUp]]:
    """The lookups by the join that answers them: those that ask one table for one key at one time
    share it. The names are those of the columns which say how many rows answer.
    """
    alike: dict[object, list[LookedUp]] = {}
    for one in lookups:
        asks = (one.lookup.table, tuple(one.lookup.key.items()), one.lookup.as_of)
        alike.setdefault(asks, []).append(one)
    return {f"_found_{number}": group for number, group in enumerate(alike.values())}


def _joined(rows: DataFrame, alike: Sequence[LookedUp], flag: str) -> DataFrame:
    """A left join by the whole key; `flag` is how many rows answer to the key, null for none."""
    one = alike[0]
    lookup, keys = one.lookup, list(one.lookup.key.values())
    taken = {group.lookup.name: group.column for group in alike}
    times = ("valid_from", "valid_to") if lookup.as_of else ()
    if one.unique:
        rows_there = one.rows.select("*", F.lit(1).alias(flag))
    else:
        # One row stands for all of its key: no reading row is doubled before `_value` refuses it.
        besides = dict.fromkeys(name for name in taken.values() if name not in keys)
        some = [_some(name, one.rows.schema) for name in besides]
        rows_there = one.rows.groupBy(*map(column, keys)).agg(F.count(F.lit(1)).alias(flag), *some)
    looked_in = rows_there.select(
        *(column(name).alias(f"_key_{name}") for name in keys),
        *(column(name).alias(f"_{name}") for name in times),
        *(column(name).alias(_found(wanted)) for wanted, name in taken.items()),
        flag,
    )
    on = F.lit(True)
    for mine, theirs in lookup.key.items():
        on = on & (column(mine, "r") == column(f"_key_{theirs}", "l"))
    if lookup.as_of:
        at, until = column(lookup.as_of, "r").cast("timestamp"), F.col("l._valid_to")
        on = on & (F.col("l._valid_from") <= at) & (until.isNull() | (at < until))
    given = [column(_found(wanted), "l") for wanted in taken]
    return rows.alias("r").join(looked_in.alias("l"), on, "left").select("r.*", *given, f"l.{flag}")


def _found(name: str) -> str:
    """The column in which the value for a lookup waits, whatever the author calls it."""
    return f"_found {name}"


def _some(name: str, schema: StructType) -> Column:
    """One of the values of a group; the greatest, which is the one that costs least to find."""
    nested = isinstance(schema[name].dataType, ArrayType | MapType | StructType)
    one_of = F.first if nested else F.max
    return one_of(column(name)).alias(name)


def _value(one: LookedUp, missing: Column, flag: str) -> Column:
    lookup, value = one.lookup, column(_found(one.lookup.name))
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
