"""A staged result: files and counts as its log tells them, and what is left of it afterwards."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from tests.shape.frames import frame
from tests.store.delta import TABLE, published

from lakewright.store import stage
from lakewright.store.lake import STAGES, Lake

COLUMNS = (("id", "string"), ("_outcome", "string"))


def staged(spark: SparkSession, folder: Path, rows: Sequence[tuple[Any, ...]]) -> stage.Stage:
    return stage.write(frame(spark, COLUMNS, rows), folder / "rows")


def test_rows_are_told_apart_by_what_becomes_of_them(spark: SparkSession, tmp_path: Path) -> None:
    rows = [
        ("a", "insert.inserted"),
        ("b", "insert.inserted"),
        ("c", "insert.updated"),
        ("d", "delete.none"),
        ("e", "gone.none"),
        ("f", "keep.superseded"),
    ]
    found = staged(spark, tmp_path, rows)
    assert (found.rows("insert"), found.rows("delete", "gone"), found.rows("update")) == (3, 2, 0)
    assert +found.counts() == {"inserted": 2, "updated": 1, "none": 2, "superseded": 1}
    assert found.total == 6
    assert ids(found, "insert") == ["a", "b", "c"]
    taken = [
        (action, batch["id"].to_pylist())
        for action, batch in found.batches(["id"], "delete", "gone")
    ]
    assert sorted(taken) == [("delete", ["d"]), ("gone", ["e"])]


def ids(found: stage.Stage, action: str) -> list[str]:
    return sorted(
        one for _, batch in found.batches(["id"], action) for one in batch["id"].to_pylist()
    )


def test_rows_to_insert_stand_in_files_of_their_own(spark: SparkSession, tmp_path: Path) -> None:
    mixed = staged(spark, tmp_path, [("a", "insert.inserted"), ("b", "keep.unchanged")])
    alone = stage.inserts(spark, mixed, tmp_path / "inserts")
    assert alone.outcomes == {"insert.inserted": 1}
    assert stage.inserts(spark, alone, tmp_path / "again") is alone
    assert not (tmp_path / "again").exists()


def test_nothing_is_staged_as_nothing(spark: SparkSession, tmp_path: Path) -> None:
    found = staged(spark, tmp_path, [])
    assert (found.total, found.rows("insert"), found.counts()) == (0, 0, {})


@pytest.mark.parametrize(
    ("type_", "value", "least", "greatest"),
    [
        ("bigint", 2**62, "4611686018427387904", "4611686018427387904"),
        (
            "decimal(38,18)",
            Decimal("12345678901234567890.123456789012345678"),
            "12345678901234567890.123456789012345678",
            "12345678901234567890.123456789012345678",
        ),
        pytest.param(
            "timestamp",
            datetime(2025, 1, 1, 0, 0, 0, 1999, tzinfo=UTC),
            '"2025-01-01T00:00:00.001Z"',
            '"2025-01-01T00:00:00.002Z"',
            id="the greatest time is raised",
        ),
        pytest.param(
            "timestamp",
            datetime(1899, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            '"1899-12-31T23:59:59.999Z"',
            '"1900-01-01T00:00:00.000Z"',
            id="before 1970 too",
        ),
        pytest.param(
            "timestamp",
            datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            '"9999-12-31T23:59:59.999Z"',
            None,
            id="where there is no later time, none is told",
        ),
        ("string", "2025-01-01", '"2025-01-01"', '"2025-01-01"'),
        pytest.param(
            "string", "\ue0001.5", '"\ue0001.5"', '"\ue0001.5"', id="a text is no marked number"
        ),
    ],
)
def test_statistics_are_exact_or_wider(
    spark: SparkSession, tmp_path: Path, type_: str, value: object, least: str, greatest: str | None
) -> None:
    columns = (("v", type_), ("_outcome", "string"))
    found = stage.write(frame(spark, columns, [(value, "insert.inserted")]), tmp_path / "rows")
    stats = json.loads(found.files[0].stats, parse_float=Exact, parse_int=Exact)
    assert shown(stats["minValues"]["v"]) == least
    assert (shown(stats["maxValues"]["v"]) if "v" in stats["maxValues"] else None) == greatest


class Exact(str):
    """A number of a JSON text by its digits."""

    __slots__ = ()


def shown(value: str) -> str:
    return str(value) if isinstance(value, Exact) else json.dumps(value, ensure_ascii=False)


def test_kept_rows_are_counted_from_the_log(spark: SparkSession, tmp_path: Path) -> None:
    rows = frame(spark, (("mark", "bigint"), ("id", "string")), [(1, "a"), (None, "b"), (1, "c")])
    kept = stage.write_plain(rows, tmp_path / "kept", count="mark")
    assert (kept.count, kept.counted) == (3, 2)
    empty = stage.write_plain(rows.limit(0), tmp_path / "empty", count="mark")
    assert (empty.count, empty.counted) == (0, 0)


def test_what_a_commit_refers_to_stays_when_a_stage_is_tidied(
    spark: SparkSession, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    found = staged(spark, folder, [("a", "insert.inserted"), ("b", "keep.unchanged")])
    referenced = [file.path for file in stage.inserts(spark, found, folder / "inserts").files]
    stage.tidy(folder, referenced)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == referenced
    stage.tidy(folder, [])
    assert list(tmp_path.iterdir()) == []


class Interrupted(BaseException):
    """Stands for the end of a process: no one catches it, and nothing is done after it."""


def interrupt(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Have the removal of files and folders end in `Interrupted` after so many of them."""
    removed: list[object] = []

    def counted(function: Callable[..., None]) -> Callable[..., None]:
        def remove(*given: object, **named: object) -> None:
            if len(removed) == after:
                raise Interrupted
            function(*given, **named)
            removed.append(given)

        return remove

    for name in ("unlink", "rmdir"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))


@pytest.mark.parametrize(
    "outcomes",
    [
        pytest.param(["insert.inserted", "keep.unchanged"], id="published by reference"),
        pytest.param(["update.updated", "insert.inserted"], id="merged"),
        pytest.param([], id="not published"),
    ],
)
def test_wherever_tidying_was_interrupted_the_next_run_removes_the_rest(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcomes: list[str]
) -> None:
    origin = Lake(tmp_path / "origin")
    kept = published(spark, origin, [("a", 1, "insert.inserted")]).referenced
    stage.tidy(origin.stage(TABLE, "r1"), kept)
    folder = origin.stage(TABLE, "r2")
    stage.begin(folder)
    stage.write_plain(frame(spark, COLUMNS, [("a", "")]), folder / "work" / "checked")
    staged(spark, folder / "once", [("a", "insert.inserted"), ("b", "keep.duplicate")])
    rows = [("ab"[at], 2, outcome) for at, outcome in enumerate(outcomes)]
    taken = published(spark, origin, rows, run="r2").referenced if rows else ()

    ended, after = False, 0
    while not ended:
        lake = Lake(Path(shutil.copytree(origin.root, tmp_path / str(after))))
        referenced = {lake.root / one.relative_to(origin.root) for one in (*kept, *taken)}
        with monkeypatch.context() as patched:
            interrupt(patched, after)
            try:
                stage.tidy(lake.stage(TABLE, "r2"), referenced if taken else ())
                ended = True
            except Interrupted:
                after += 1
        stage.sweep(lake, TABLE)
        left = lake.path(TABLE) / STAGES
        assert {one for one in left.rglob("*") if one.is_file()} == referenced, after
        assert len(list(left.iterdir())) == len({*kept, *taken}), after
    assert after > 10


def test_what_the_engine_had_begun_to_write_is_removed(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    stage.begin(lake.stage(TABLE, "r1"))
    begun = lake.stage(TABLE, "r1") / "rows" / "_outcome=insert.inserted" / "part.parquet#1"
    begun.parent.mkdir(parents=True)
    begun.touch()
    stage.sweep(lake, TABLE)
    assert not (lake.path(TABLE) / STAGES).exists()
