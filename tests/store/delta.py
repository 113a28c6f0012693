"""Tables of tests, published as a step publishes them."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import SparkSession
from tests.shape.frames import frame

from lakewright.store import stage
from lakewright.store.facts import Facts
from lakewright.store.lake import Lake
from lakewright.store.publish import Publication, Published, by_reference, publish
from lakewright.store.types import delta_schema

ORDERS = (("id", "string"), ("n", "bigint"))
TABLE = "silver.orders"


def facts(run: str = "r1") -> Facts:
    return Facts("shop", run, TABLE, f"batch of {run}", "2025-01-01T00:00:00+00:00")


def published(
    spark: SparkSession,
    lake: Lake,
    rows: Sequence[tuple[Any, ...]],
    *,
    run: str = "r1",
    identity: Sequence[str] = ("id",),
    columns: Sequence[tuple[str, str]] = ORDERS,
    version: int | None = -1,
    replaces_all: bool = False,
) -> Published:
    """Publish rows, each with its outcome at the end; version -1 is the one there is."""
    state = lake.state(TABLE)
    if version == -1:
        version = None if state is None else state.version
    given = frame(spark, (*columns, ("_outcome", "string")), rows)
    staged = stage.write(given, lake.stage(TABLE, run) / "rows")
    made = Publication(
        TABLE, delta_schema(columns), identity, facts(run), version, replaces_all=replaces_all
    )
    if by_reference(made, staged):
        staged = stage.inserts(spark, staged, lake.stage(TABLE, run) / "inserts")
    return publish(lake, made, staged)


def content(lake: Lake, version: int | None = None) -> list[tuple[Any, ...]]:
    """The rows of the table, sorted by their text."""
    handle = lake.open(TABLE)
    assert handle is not None
    if version is not None:
        handle.load_as_version(version)
    return sorted((tuple(row.values()) for row in handle.to_pyarrow_table().to_pylist()), key=str)
