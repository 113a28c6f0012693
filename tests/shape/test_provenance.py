"""Which checked rows enter bronze."""

from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from tests.shape.frames import Row, frame, rows_of

from lakewright.shape.names import OUTCOME, REASONS
from lakewright.shape.provenance import arrivals, doubtful, entered, stamped

COLUMNS = (("id", "string"), ("v", "string"))
GOOD = None


def outcomes(
    spark: SparkSession, rows: list[Row], known: list[Row] | None, key: list[str]
) -> list[Any]:
    given = frame(spark, (*COLUMNS, (REASONS, "string")), rows)
    before = None if known is None else frame(spark, COLUMNS, known)
    marked = entered(given)
    if key:
        doubts = doubtful(marked, before, key)
        refused = marked.where(F.col(OUTCOME) == "refuse.quarantined")
        told, alone = arrivals(marked, doubts, before, key, ["id", "v"])
        marked = told.unionByName(alone).unionByName(refused)
    return rows_of(marked, "id", "v", OUTCOME)


@pytest.mark.parametrize(
    ("rows", "known", "entered"),
    [
        pytest.param(
            [("a", "1", GOOD), ("a", "2", GOOD)],
            None,
            [("a", "1", "insert.written"), ("a", "2", "insert.written")],
            id="changes of a key all enter",
        ),
        pytest.param(
            [("a", "1", GOOD), ("a", "1", GOOD)],
            [],
            [("a", "1", "insert.written"), ("a", "1", "keep.duplicate")],
            id="a repeat in the batch",
        ),
        pytest.param(
            [("a", "1", GOOD), ("a", None, GOOD)],
            [("a", "1")],
            [("a", "1", "keep.duplicate"), ("a", None, "insert.written")],
            id="a row that is there",
        ),
        pytest.param(
            [("a", None, GOOD)],
            [("a", None)],
            [("a", None, "keep.duplicate")],
            id="nulls are equal",
        ),
        pytest.param(
            [("a", "1", "bad"), ("a", "1", GOOD)],
            None,
            [("a", "1", "insert.written"), ("a", "1", "refuse.quarantined")],
            id="a refused row is no first one",
        ),
        pytest.param(
            [("a", "1", "bad")],
            [("a", "1")],
            [("a", "1", "refuse.quarantined")],
            id="refused though it is there",
        ),
        pytest.param([], [("a", "1")], [], id="nothing"),
    ],
)
def test_a_row_enters_once(
    spark: SparkSession, rows: list[Row], known: list[Row] | None, entered: list[Row]
) -> None:
    assert outcomes(spark, rows, known, ["id"]) == sorted(entered, key=str)


def test_without_a_key_everything_enters(spark: SparkSession) -> None:
    rows = [("a", "1", GOOD), ("a", "1", GOOD), ("a", "1", "bad")]
    assert outcomes(spark, rows, [("a", "1")], []) == [
        ("a", "1", "insert.written"),
        ("a", "1", "insert.written"),
        ("a", "1", "refuse.quarantined"),
    ]


def test_every_row_is_stamped(spark: SparkSession) -> None:
    rows = stamped(
        frame(spark, COLUMNS, [("a", "1")]),
        {"_run_date": ("2025-01-01", "date"), "n": ("1", "bigint")},
    )
    assert rows_of(rows.select(F.col("_run_date").cast("string"), "n")) == [("2025-01-01", 1)]
