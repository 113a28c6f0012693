"""Columns by their exact names, equality and content."""

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from tests.oracle.hashes import content_hash
from tests.shape.frames import frame, rows_of

from lakewright.shape.columns import canonical, column, content, same

PAIR = (("x", "string"), ("y", "string"))


@pytest.mark.parametrize("name", ["plain", "with space", "a.b", "ÜBER", "tick`ed", 'quo"ted'])
def test_a_column_is_found_by_any_name(spark: SparkSession, name: str) -> None:
    rows = frame(spark, [(name, "string")], [("v",)])
    assert rows_of(rows.select(column(name))) == [("v",)]
    assert rows_of(rows.alias("r").select(column(name, "r"))) == [("v",)]


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (("a", None), ("a", None), True),
        (("a", None), ("a", "b"), False),
        (("a", "b"), ("a", "b"), True),
        ((None, "a"), ("a", None), False),
    ],
)
def test_rows_agree_null_safe(
    spark: SparkSession, left: tuple[str, ...], right: tuple[str, ...], *, equal: bool
) -> None:
    one, other = frame(spark, PAIR, [left]).alias("l"), frame(spark, PAIR, [right]).alias("r")
    joined = one.join(other, same("l", "r", [("x", "x"), ("y", "y")]), "inner")
    assert joined.count() == int(equal)


def test_no_columns_agree_with_all(spark: SparkSession) -> None:
    one, other = (
        frame(spark, PAIR, [("a", "b")] * 2).alias("l"),
        frame(spark, PAIR, [("c", "d")]).alias("r"),
    )
    assert one.join(other, same("l", "r", []), "inner").count() == 2


@pytest.mark.parametrize(
    "values",
    [("a", None), (None, "a"), (None, None), ("", None), ("a", "b"), ("ab", None), ("", "")],
)
def test_content_is_the_hash_that_its_words_say(
    spark: SparkSession, values: tuple[str | None, ...]
) -> None:
    """Also where only a null moved; the oracle has the algorithm from its own specification."""
    rows = frame(spark, PAIR, [values])
    assert rows_of(rows.select(content(["x", "y"]))) == [(content_hash(list(values)),)]


def test_content_of_no_columns_is_a_constant(spark: SparkSession) -> None:
    assert rows_of(frame(spark, PAIR, [("a", "b"), ("c", "d")]).select(content([]))) == [(0,), (0,)]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("a", "b"), "1:a1:b"),
        (("a1:b", None), "4:a1:b-"),
        (("a", None), "1:a-"),
        (("a", "-"), "1:a1:-"),
        (("", ""), "0:0:"),
        (("é😀", "x"), "2:é😀1:x"),
    ],
)
def test_lists_of_values_have_different_canonical_texts(
    spark: SparkSession, values: tuple[str | None, ...], text: str
) -> None:
    rows = frame(spark, PAIR, [values])
    assert rows_of(rows.select(canonical([F.col("x"), F.col("y")]))) == [(text,)]
