"""Publishing: one commit that shows a stage, by reference or as a merge, or none at all."""

from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from tests.store.delta import ORDERS, TABLE, content, facts, published

from lakewright.errors import LakewrightError
from lakewright.store.facts import Facts
from lakewright.store.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


FIRST = [("a", 1, "insert.inserted"), ("b", None, "insert.inserted"), (None, 3, "insert.inserted")]


def test_a_table_begins_with_its_first_rows_and_its_change_feed(
    spark: SparkSession, lake: Lake
) -> None:
    found = published(spark, lake, [*FIRST, ("x", 9, "keep.superseded")])
    assert (found.before, found.added, found.removed, found.after) == (0, 3, 0, 3)
    assert (found.state.version, found.state.columns) == (0, ORDERS)
    assert content(lake) == [("a", 1), ("b", None), (None, 3)]
    handle = DeltaTable(lake.path(TABLE))
    assert handle.metadata().configuration["delta.enableChangeDataFeed"] == "true"
    assert (handle.protocol().min_reader_version, handle.protocol().min_writer_version) == (1, 4)


def test_rows_that_only_come_are_added_where_they_were_staged(
    spark: SparkSession, lake: Lake
) -> None:
    published(spark, lake, FIRST)
    found = published(
        spark, lake, [("c", 4, "insert.inserted"), ("a", 1, "keep.unchanged")], run="r2"
    )
    assert (found.before, found.added, found.removed, found.after) == (3, 1, 0, 4)
    assert [path.is_relative_to(lake.stage(TABLE, "r2")) for path in found.referenced] == [True]
    assert content(lake) == [("a", 1), ("b", None), ("c", 4), (None, 3)]


@pytest.mark.parametrize(
    ("rows", "identity", "counted", "after"),
    [
        pytest.param(
            [("a", 5, "update.updated")],
            ["id"],
            (0, 0),
            [("a", 5), ("b", None), (None, 3)],
            id="changed by key",
        ),
        pytest.param(
            [(None, 3, "delete.none")],
            ["id"],
            (0, 1),
            [("a", 1), ("b", None)],
            id="a null key is found",
        ),
        pytest.param(
            [("b", None, "delete.none"), ("b", 2, "insert.updated")],
            ["id", "n"],
            (1, 1),
            [("a", 1), ("b", 2), (None, 3)],
            id="found by all columns, one of them null",
        ),
        pytest.param(
            [("a", 7, "insert.inserted"), ("b", None, "delete.none")],
            ["id", "n"],
            (1, 1),
            [("a", 1), ("a", 7), (None, 3)],
            id="what comes meets nothing, though its key is there",
        ),
    ],
)
def test_rows_that_change_or_go_are_merged(
    spark: SparkSession,
    lake: Lake,
    rows: list[Any],
    identity: list[str],
    counted: tuple[int, int],
    after: list[Any],
) -> None:
    published(spark, lake, FIRST)
    found = published(spark, lake, rows, run="r2", identity=identity)
    assert ((found.added, found.removed), found.state.version, found.referenced) == (counted, 1, ())
    assert content(lake) == after
    assert content(lake, 0) == [("a", 1), ("b", None), (None, 3)]


def test_copies_go_with_the_first_of_them(spark: SparkSession, lake: Lake) -> None:
    published(spark, lake, [("a", 1, "insert.inserted")] * 3)
    rows = [
        ("a", 1, "delete.none"),
        ("a", 1, "gone.none"),
        ("a", 1, "gone.none"),
        ("a", 1, "insert.updated"),
    ]
    found = published(spark, lake, rows, run="r2", identity=["id", "n"])
    assert (found.added, found.removed, found.after) == (1, 3, 1)
    assert content(lake) == [("a", 1)]


def test_all_rows_are_replaced_in_one_commit_and_take_new_columns(
    spark: SparkSession, lake: Lake
) -> None:
    published(spark, lake, FIRST)
    columns = (*ORDERS, ("more", "decimal(18,2)"))
    found = published(
        spark,
        lake,
        [("z", 1, None, "insert.inserted")],
        run="r2",
        columns=columns,
        replaces_all=True,
    )
    assert (found.before, found.added, found.removed, found.after, found.state.version) == (
        3,
        1,
        3,
        1,
        1,
    )
    assert (found.state.columns, content(lake)) == (columns, [("z", 1, None)])


def test_nothing_to_show_is_no_commit(spark: SparkSession, lake: Lake) -> None:
    published(spark, lake, FIRST)
    found = published(spark, lake, [("a", 1, "keep.unchanged")], run="r2")
    assert (found.state.version, found.before, found.after) == (0, 3, 3)


def test_a_table_that_moved_since_the_step_saw_it_is_left_alone(
    spark: SparkSession, lake: Lake
) -> None:
    published(spark, lake, FIRST)
    for seen in (None, 1):
        with pytest.raises(LakewrightError) as refused:
            published(spark, lake, [("c", 4, "insert.inserted")], run="r2", version=seen)
        assert (refused.value.code, refused.value.retryable) == ("table-moved", True)
    assert content(lake) == [("a", 1), ("b", None), (None, 3)]


def test_what_does_not_add_up_is_taken_back(spark: SparkSession, lake: Lake) -> None:
    """Here a row is to go that is not there."""
    published(spark, lake, FIRST)
    with pytest.raises(LakewrightError) as refused:
        published(
            spark, lake, [("nobody", 1, "delete.none"), ("c", 4, "insert.inserted")], run="r2"
        )
    assert refused.value.code == "rows-do-not-add-up"
    assert content(lake) == [("a", 1), ("b", None), (None, 3)]


def test_a_commit_says_what_it_stands_for_and_counts_its_transactions(
    spark: SparkSession, lake: Lake
) -> None:
    published(spark, lake, FIRST)
    published(spark, lake, [("a", 5, "update.updated")], run="r2")
    published(spark, lake, [("c", 5, "insert.inserted")], run="r3")
    handle = DeltaTable(lake.path(TABLE))
    told = [Facts.from_json(commit["userMetadata"]) for commit in handle.history()]
    assert told == [facts("r3"), facts("r2"), facts("r1")]
    assert handle.transaction_version(f"lakewright:{TABLE}:live") == 3


def test_a_folder_that_holds_something_else_is_refused(spark: SparkSession, lake: Lake) -> None:
    lake.path(TABLE).mkdir(parents=True)
    (lake.path(TABLE) / "notes.txt").write_text("mine")
    with pytest.raises(LakewrightError) as refused:
        published(spark, lake, FIRST, version=None)
    assert refused.value.code == "foreign-table"
