"""What is published against what shall be: only what differs is written."""

import pytest
from pyspark.sql import SparkSession
from tests.shape.frames import Row, frame, rows_of

from lakewright.shape.difference import as_a_bag, by_key
from lakewright.shape.names import OUTCOME

COLUMNS = (("k", "string"), ("v", "bigint"), ("w", "double"))
NAMES = ("k", "v", "w")


def row(key: str | None, value: int | None, more: float | None = None) -> Row:
    return (key, value, more)


@pytest.mark.parametrize(
    ("after", "before", "outcomes"),
    [
        pytest.param([row("a", 1)], [row("a", 1)], ["keep.unchanged"], id="the same"),
        pytest.param([row("a", 1)], [], ["insert.inserted"], id="new"),
        pytest.param([], [row("a", 1)], ["delete.none"], id="gone"),
        pytest.param([row("a", 2)], [row("a", 1)], ["delete.none", "insert.updated"], id="changed"),
        pytest.param(
            [row("a", None)], [row("a", 1)], ["delete.none", "insert.updated"], id="became null"
        ),
        pytest.param(
            [row("a", None, 1.0)],
            [row("a", 1, None)],
            ["delete.none", "insert.updated"],
            id="a null moved",
        ),
        pytest.param([row(None, 1)], [row(None, 1)], ["keep.unchanged"], id="a null key is a key"),
        pytest.param(
            [row("a", 1)] * 2, [row("a", 1)] * 2, ["keep.unchanged"] * 2, id="as many copies"
        ),
        pytest.param(
            [row("a", 1)] * 3,
            [row("a", 1)],
            ["delete.none", "insert.inserted", "insert.inserted", "insert.updated"],
            id="more copies",
        ),
        pytest.param(
            [row("a", 1)],
            [row("a", 1)] * 3,
            ["delete.none", "gone.none", "gone.none", "insert.updated"],
            id="fewer copies",
        ),
        pytest.param([], [row("a", 1)] * 2, ["delete.none", "gone.none"], id="all copies gone"),
        pytest.param(
            [row("a", 2), row("a", 3)],
            [row("a", 1)],
            ["delete.none", "insert.inserted", "insert.updated"],
            id="one becomes two",
        ),
        pytest.param(
            [row("b", 1)],
            [row("a", 1)],
            ["delete.none", "insert.inserted"],
            id="another key is no update",
        ),
        pytest.param(
            [row("a", 1, float("nan"))],
            [row("a", 1, float("nan"))],
            ["keep.unchanged"],
            id="not a number is itself",
        ),
    ],
)
def test_bags(
    spark: SparkSession, after: list[Row], before: list[Row], outcomes: list[str]
) -> None:
    found = as_a_bag(frame(spark, COLUMNS, after), frame(spark, COLUMNS, before), ["k"], NAMES)
    assert [one for (one,) in rows_of(found, OUTCOME)] == outcomes
    # What is inserted and kept is what shall be; what is deleted, with its copies, is what was and
    # shall not.
    kept = rows_of(found.where("_outcome like 'insert%' or _outcome like 'keep%'"), *NAMES)
    assert list(map(str, kept)) == sorted(map(str, after))


def test_a_bag_without_anything_published_is_inserted(spark: SparkSession) -> None:
    found = as_a_bag(frame(spark, COLUMNS, [row("a", 1), row("a", 1)]), None, ["k"], NAMES)
    assert rows_of(found, OUTCOME) == [("insert.inserted",)] * 2


@pytest.mark.parametrize(
    ("after", "before", "flags"),
    [
        pytest.param([row("a", 1)], [row("a", 1)], [("a", 1, True, True, False)], id="the same"),
        pytest.param([row("a", 2)], [row("a", 1)], [("a", 2, True, False, False)], id="changed"),
        pytest.param(
            [row("a", None)],
            [row("a", None)],
            [("a", None, True, True, False)],
            id="null equals null",
        ),
        pytest.param(
            [row("b", 1)],
            [row("a", 1)],
            [("a", 1, True, False, True), ("b", 1, False, False, False)],
            id="new and gone",
        ),
    ],
)
def test_rows_that_a_key_identifies(
    spark: SparkSession, after: list[Row], before: list[Row], flags: list[Row]
) -> None:
    found = by_key(frame(spark, COLUMNS, after), frame(spark, COLUMNS, before), ["k"], NAMES)
    assert rows_of(found, "k", "v", "_was", "_same", "_gone") == flags


def test_rows_that_a_key_identifies_carry_what_else_they_have(spark: SparkSession) -> None:
    after = frame(spark, (*COLUMNS, ("extra", "string")), [(*row("a", 1), "e")])
    found = by_key(after, frame(spark, COLUMNS, [row("b", 1)]), ["k"], NAMES)
    assert rows_of(found, "k", "extra") == [("a", "e"), ("b", None)]
    assert rows_of(by_key(after, None, ["k"], NAMES), "extra", "_was", "_same", "_gone") == [
        ("e", False, False, False)
    ]
