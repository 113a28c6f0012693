"""Find the scopes of a table whose rows can have changed, and the rows of an input that belong to
them.

    change feed of each input ─┐
    change feed of lookups ────┼─ affected ─▶ scopes (s0, s1, …) ─ restricted ─▶ rows for the query
    users of members ──────────┘

Scopes are compared null-safe; null is a scope like any other.
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame

from lakewright.shape.columns import canonical, column, same


def scope_names(width: int) -> list[str]:
    """The columns of a frame of scopes: s0, s1, … in the order of the table's scope columns."""
    return [f"s{number}" for number in range(width)]


def scopes_of(rows: DataFrame, by: Sequence[str]) -> DataFrame:
    """The scopes that these rows belong to, repeats included."""
    return rows.select(
        *(column(name).alias(to) for name, to in zip(by, scope_names(len(by)), strict=True))
    )


def referring(rows: DataFrame, changed: DataFrame, key: Sequence[tuple[str, str]]) -> DataFrame:
    """The rows whose lookup names one of the changed keys; `key` pairs the reading with the
    looked-up column.
    """
    return rows.alias("r").join(changed.alias("c"), same("r", "c", key), "left_semi")


def united(scopes: Sequence[DataFrame]) -> DataFrame:
    """Every scope once."""
    return reduce(DataFrame.unionByName, scopes).distinct()


def restricted(rows: DataFrame, by: Sequence[str], affected: DataFrame) -> DataFrame:
    """The rows of the affected scopes."""
    pairs = list(zip(by, scope_names(len(by)), strict=True))
    return rows.alias("r").join(affected.alias("s"), same("r", "s", pairs), "left_semi")


def with_scope(rows: DataFrame, by: Sequence[str], name: str) -> DataFrame:
    """Add the row's scope as one canonical string."""
    return rows.withColumn(name, canonical([column(one) for one in by]))
