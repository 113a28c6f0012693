"""Tell the few rows that something has to be decided about from the many that stand alone.

    rows ─ contested ─▶ values that several rows have, few ─ apart ─▶ (those rows, the others)

A window over every key costs ten times what a grouping and a join cost, so that of many rows only
the contested ones are put in order, and none at all where nothing is contested.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakewright.shape.columns import column, same

Keep = Callable[[DataFrame, str], DataFrame | None]
"""Evaluates rows once, under a name, so that they can be read more than once; None for no rows."""


@dataclass(frozen=True)
class Contest:
    """How rows are told apart that something has to be decided about.

    Without `keep` rows are evaluated anew wherever they are read. `few` says that all rows together
    are so few that to tell them apart would cost more than to put them all in order.
    """

    keep: Keep = lambda rows, _: rows
    few: bool = False

    def parted(
        self, rows: DataFrame, names: Sequence[str], name: str
    ) -> tuple[DataFrame | None, DataFrame | None]:
        """The rows to put in order, because others may have the same values in these columns, and
        the rows that surely stand alone; None where there are none.
        """
        if self.few:
            return rows, None
        found = self.keep(contested(rows, names), name)
        return (None, rows) if found is None else apart(rows, found, names)


WHEREVER_READ = Contest()
"""Keeps nothing."""


def contested(rows: DataFrame, names: Sequence[str]) -> DataFrame:
    """The values of these columns that more than one row has, each once."""
    counted = rows.groupBy(*map(column, names)).agg(F.count(F.lit(1)).alias("_rows"))
    return counted.where(F.col("_rows") > 1).drop("_rows")


def apart(rows: DataFrame, some: DataFrame, names: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """The rows whose values in these columns are among `some`, and the other rows; null-safe."""
    left, right = rows.alias("r"), some.alias("s")
    on = same("r", "s", [(name, name) for name in names])
    return left.join(right, on, "left_semi"), left.join(right, on, "left_anti")


def together(*parts: DataFrame | None) -> DataFrame:
    """The rows of all parts that there are."""
    return reduce(DataFrame.unionByName, (one for one in parts if one is not None))
