"""Where things lie in the lake, and what a table's log tells of it."""

from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake
from pyarrow import table
from pyspark.sql import SparkSession
from tests.store.delta import ORDERS, TABLE, content, facts, published

from lakewright.errors import LakewrightError
from lakewright.store.lake import Lake, last_facts, row_count


def test_tables_lanes_and_stages_have_their_places() -> None:
    lake = Lake(Path("/lake"))
    assert [lake.path(TABLE), lake.lane(TABLE), lake.stage(TABLE, "r1")] == [
        Path("/lake/silver/orders"),
        Path("/lake/_errors/silver/orders"),
        Path("/lake/silver/orders/part-of/r1"),
    ]


def test_a_table_that_is_not_there_has_no_state(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert (lake.open(TABLE), lake.state(TABLE)) == (None, None)
    lake.stage(TABLE, "r1").mkdir(parents=True)
    assert lake.open(TABLE) is None  # a stage of a first build that has not ended


@pytest.mark.parametrize("begun", [[], ["00000000000000000000.json#1"]])
def test_a_table_whose_first_commit_was_only_begun_is_not_there(
    spark: SparkSession, tmp_path: Path, begun: list[str]
) -> None:
    lake = Lake(tmp_path)
    log = lake.path(TABLE) / "_delta_log"
    log.mkdir(parents=True)
    for name in begun:
        (log / name).write_text('{"commitInfo":')
    assert lake.open(TABLE) is None
    published(spark, lake, [("a", 1, "insert.inserted")])
    assert content(lake) == [("a", 1)]
    assert spark.read.format("delta").load(str(lake.path(TABLE))).count() == 1


@pytest.mark.parametrize("name", ["00000000000000000007.checkpoint.parquet", "notes.txt"])
def test_a_log_that_holds_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    lake = Lake(tmp_path)
    log = lake.path(TABLE) / "_delta_log"
    log.mkdir(parents=True)
    (log / name).touch()
    with pytest.raises(LakewrightError) as refused:
        lake.open(TABLE)
    assert refused.value.code == "foreign-table"


def test_the_state_of_a_table_is_that_of_its_log(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    published(spark, lake, [("a", 1, "insert.inserted"), ("b", 1, "insert.inserted")])
    published(spark, lake, [("a", 2, "update.updated")], run="r2")
    DeltaTable(lake.path(TABLE)).optimize.compact()
    state, handle = lake.state(TABLE), lake.open(TABLE)
    assert state is not None
    assert handle is not None
    assert (state.name, state.columns, state.names) == (TABLE, ORDERS, ("id", "n"))
    assert (row_count(handle), last_facts(handle)) == (2, facts("r2"))


def test_a_table_that_something_else_wrote_is_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write_deltalake(lake.path(TABLE), table({"id": ["a"]}))
    with pytest.raises(LakewrightError) as refused:
        lake.open(TABLE)
    assert refused.value.code == "foreign-table"


def test_a_lake_is_written_to_before_a_run_begins(tmp_path: Path) -> None:
    Lake(tmp_path / "new").demand_writable()
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(LakewrightError) as refused:
        Lake(tmp_path / "file").demand_writable()
    assert refused.value.code == "lake-not-writable"


@pytest.mark.parametrize("name", ["my lake", "läke", "50*", "what?"])
def test_a_lake_may_lie_in_any_folder(spark: SparkSession, tmp_path: Path, name: str) -> None:
    lake = Lake(tmp_path / name)
    lake.demand_writable()
    published(spark, lake, [("a", 1, "insert.inserted"), ("b", 1, "insert.inserted")])
    published(spark, lake, [("a", 2, "update.updated")], run="r2")
    assert content(lake) == [("a", 2), ("b", 1)]
    assert spark.read.format("delta").load(str(lake.path(TABLE))).count() == 2
    assert (tmp_path / name / "silver" / "orders" / "_delta_log").is_dir()


@pytest.mark.parametrize("name", ["my%20lake", "lake [1]", "back\\slash", "new\nline"])
def test_a_path_that_would_be_read_as_another_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LakewrightError) as refused:
        Lake(tmp_path / name).state(TABLE)
    assert refused.value.code == "lake-path"
