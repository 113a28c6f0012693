"""Rows of tests as DataFrames of given columns, and back."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from lakewright.shape.contest import Contest
from lakewright.store.types import delta_schema

Row = tuple[Any, ...]
Columns = Sequence[tuple[str, str]]


def frame(spark: SparkSession, columns: Columns, rows: Sequence[Row]) -> DataFrame:
    """Rows of these columns (name, Spark SQL type); there may be none."""
    schema = pa.schema(delta_schema(columns).to_arrow())
    given = list(rows) or [(None,) * len(columns)]
    values = [pa.array([row[at] for row in given], field.type) for at, field in enumerate(schema)]
    made = spark.createDataFrame(pa.table(values, schema=schema))
    return made if rows else made.limit(0)


def rows_of(rows: DataFrame, *names: str) -> list[Row]:
    """The rows, or some columns of them, sorted by their text."""
    found = (rows.select(*names) if names else rows).toArrow()
    return sorted((tuple(row.values()) for row in found.to_pylist()), key=str)


def kept(rows: DataFrame, _: str) -> DataFrame | None:
    return rows if rows.count() else None


CONTESTS = (Contest(), Contest(few=True), Contest(keep=kept))


def in_every_contest(shape: Callable[[Contest], DataFrame]) -> DataFrame:
    """What a shape gives, which is the same however rows are told apart."""
    found = [shape(contest) for contest in CONTESTS]
    names = found[0].columns
    first, *others = [rows_of(one, *names) for one in found]
    assert all(other == first for other in others)
    return found[0]
