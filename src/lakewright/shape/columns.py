"""Columns by their exact names, and what two rows have in common, null-safe."""

from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F


def column(name: str, of: str | None = None) -> Column:
    """A column by its exact name, dots and spaces included."""
    quoted = f"`{name.replace('`', '``')}`"
    return F.col(f"{of}.{quoted}" if of else quoted)


def same(left: str, right: str, names: Iterable[tuple[str, str]]) -> Column:
    """Whether two aliased sides agree, null-safe, in each pair of columns."""
    pairs = (column(one, left).eqNullSafe(column(other, right)) for one, other in names)
    return reduce(Column.__and__, pairs, F.lit(True))


def content(names: Sequence[str]) -> Column:
    """A 64-bit hash of the values in these columns (bigint), different also where only a null
    moved.

    `xxhash64` passes over nulls, so the places of the nulls are hashed too.
    """
    nulls = [F.when(column(name).isNull(), "1").otherwise("0") for name in names]
    return F.xxhash64(*map(column, names), F.concat(*nulls)) if names else F.lit(0).cast("bigint")


def canonical(values: Sequence[Column]) -> Column:
    """One string for a list of values: each prefixed by its length, `-` for null; equal only for
    equal lists.
    """
    parts = []
    for value in values:
        text = value.cast("string")
        parts.append(
            F.coalesce(F.concat(F.length(text).cast("string"), F.lit(":"), text), F.lit("-"))
        )
    return F.concat(*parts) if parts else F.lit("")
