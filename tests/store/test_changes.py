"""What changed in a table since a version of it: both images of every change, or that it cannot be
told.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from tests.store.delta import ORDERS, TABLE, published

from lakewright.errors import LakewrightError
from lakewright.store.changes import VersionGoneError, changed, inserted
from lakewright.store.evolve import evolve
from lakewright.store.lake import Lake, TableState


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def grown(spark: SparkSession, lake: Lake) -> TableState:
    """Version 0: a and b. 1: c comes. 2: a changes, b goes."""
    published(spark, lake, [("a", 1, "insert.inserted"), ("b", None, "insert.inserted")])
    published(spark, lake, [("c", 3, "insert.inserted"), (None, 3, "insert.inserted")], run="r2")
    published(spark, lake, [("a", 9, "update.updated"), ("b", None, "delete.none")], run="r3")
    return state(lake)


def state(lake: Lake) -> TableState:
    found = lake.state(TABLE)
    assert found is not None
    return found


def values(lake: Lake, seen: TableState, since: int, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(
        (tuple(row.values()) for row in changed(lake, seen, since, columns).to_pylist()), key=str
    )


def test_changed_values_are_told_once_as_they_were_and_as_they_are(
    spark: SparkSession, lake: Lake
) -> None:
    seen = grown(spark, lake)
    assert values(lake, seen, 1, "id", "n") == [("a", 1), ("a", 9), ("b", None)]
    assert values(lake, seen, 0, "n") == [(1,), (3,), (9,), (None,)]
    assert values(lake, seen, 0, "id") == [("a",), ("b",), ("c",), (None,)]
    assert values(lake, seen, 2, "id") == []


def test_only_changes_up_to_the_version_that_was_seen_are_told(
    spark: SparkSession, lake: Lake
) -> None:
    grown(spark, lake)
    handle = DeltaTable(lake.path(TABLE), version=1)
    seen = TableState(TABLE, str(lake.path(TABLE)), str(handle.metadata().id), 1, ORDERS)
    assert values(lake, seen, 0, "id") == [("c",), (None,)]


def test_new_rows_are_written_down_unless_others_changed(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    seen = grown(spark, lake)
    assert not inserted(lake, seen, 0, tmp_path / "changed")
    only_new = TableState(TABLE, seen.path, seen.id, 1, ORDERS)
    assert inserted(lake, only_new, 0, tmp_path / "new")
    assert sorted(pq.read_table(tmp_path / "new").to_pylist(), key=str) == [
        {"id": "c", "n": 3},
        {"id": None, "n": 3},
    ]
    assert inserted(lake, seen, 2, tmp_path / "none")
    assert list((tmp_path / "none").iterdir()) == []


@pytest.mark.parametrize("name", ["order id", "a.b", "ID", "tick`ed", 'quo"ted'])
def test_columns_may_have_any_name(
    spark: SparkSession, lake: Lake, tmp_path: Path, name: str
) -> None:
    columns = ((name, "string"), ("n", "bigint"))
    for run, key in (("r1", "a"), ("r2", "b")):
        published(
            spark, lake, [(key, 1, "insert.inserted")], run=run, identity=[name], columns=columns
        )
    assert values(lake, state(lake), 0, name) == [("b",)]
    assert inserted(lake, state(lake), 0, tmp_path / "new")
    assert pq.ParquetFile(tmp_path / "new" / "rows.parquet").read().to_pylist() == [
        {name: "b", "n": 1}
    ]


def test_changes_are_told_over_new_columns_and_wider_types(
    spark: SparkSession, lake: Lake, tmp_path: Path
) -> None:
    narrow, wide = (
        (("id", "string"), ("n", "decimal(3,1)")),
        (("id", "string"), ("n", "decimal(9,2)"), ("more", "string")),
    )
    published(spark, lake, [("a", None, "insert.inserted")], columns=narrow)
    evolve(lake, state(lake), (*narrow, ("more", "string")))
    assert inserted(lake, state(lake), 0, tmp_path / "new")
    evolve(lake, state(lake), wide)
    published(spark, lake, [("b", None, "x", "insert.inserted")], run="r2", columns=wide)
    assert values(lake, state(lake), 0, "id", "more") == [("a", None), ("b", "x")]
    assert not inserted(lake, state(lake), 0, tmp_path / "rewritten")


def files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def without_log(folder: Path) -> None:
    DeltaTable(folder).create_checkpoint()
    for file in files(folder / "_delta_log", "0*[01].json"):
        file.unlink()


def without_change_files(folder: Path) -> None:
    for file in files(folder / "_change_data", "*.parquet"):
        file.unlink()


def vacuumed(folder: Path) -> None:
    DeltaTable(folder).vacuum(0, dry_run=False, enforce_retention_duration=False, full=True)


@pytest.mark.parametrize("lose", [without_log, without_change_files, vacuumed])
def test_a_version_that_is_gone_is_told_from_a_fault(
    spark: SparkSession, lake: Lake, lose: Callable[[Path], None]
) -> None:
    seen = grown(spark, lake)
    lose(lake.path(TABLE))
    with pytest.raises(VersionGoneError):
        changed(lake, seen, 0, ["id"])


def test_what_cannot_be_read_for_another_reason_is_an_error(
    spark: SparkSession, lake: Lake
) -> None:
    seen = grown(spark, lake)
    with pytest.raises(LakewrightError) as refused:
        changed(lake, seen, 0, ["nobody"])
    assert refused.value.code == "lake-unreadable"
