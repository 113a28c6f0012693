"""A table is given the columns that its rows are about to need."""

from decimal import Decimal
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from tests.store.delta import TABLE, content, published

from lakewright.errors import LakewrightError
from lakewright.store.evolve import evolve
from lakewright.store.lake import Lake, TableState

PRICES = (("id", "string"), ("price", "decimal(3,1)"))
ROWS = [("a", Decimal("1.5"), "insert.inserted"), ("b", None, "insert.inserted")]


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    made = Lake(tmp_path)
    published(spark, made, ROWS, columns=PRICES)
    return made


def state(lake: Lake) -> TableState:
    found = lake.state(TABLE)
    assert found is not None
    return found


def test_columns_that_are_there_move_nothing(lake: Lake) -> None:
    assert evolve(lake, state(lake), PRICES) == 0
    assert evolve(lake, state(lake), PRICES[:1]) == 0
    assert (state(lake).version, state(lake).columns) == (0, PRICES)


def test_a_new_column_is_a_commit_of_metadata_alone(lake: Lake) -> None:
    before = DeltaTable(lake.path(TABLE)).file_uris()
    assert evolve(lake, state(lake), (*PRICES, ("more", "array<string>"))) == 1
    assert state(lake).columns == (*PRICES, ("more", "array<string>"))
    assert DeltaTable(lake.path(TABLE)).file_uris() == before
    assert content(lake) == [("a", Decimal("1.5"), None), ("b", None, None)]


def test_a_wider_type_writes_the_table_anew_in_one_commit(spark: SparkSession, lake: Lake) -> None:
    was = state(lake)
    wide = (("id", "string"), ("price", "decimal(9,2)"), ("more", "string"))
    assert evolve(lake, was, wide) == 1
    assert (state(lake).id, state(lake).columns) == (was.id, wide)
    assert content(lake) == [("a", Decimal("1.50"), None), ("b", None, None)]
    published(
        spark, lake, [("c", Decimal("12345.25"), "x", "insert.inserted")], run="r2", columns=wide
    )
    assert spark.read.format("delta").load(str(lake.path(TABLE))).count() == 3


def test_a_table_that_moved_since_it_was_seen_is_left_alone(
    spark: SparkSession, lake: Lake
) -> None:
    was = state(lake)
    published(spark, lake, [("c", None, "insert.inserted")], run="r2", columns=PRICES)
    with pytest.raises(LakewrightError) as refused:
        evolve(lake, was, (*PRICES, ("more", "string")))
    assert refused.value.code == "table-moved"
