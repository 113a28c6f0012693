"""Scopes that can have changed, and the rows that belong to them."""

from pyspark.sql import SparkSession
from tests.shape.frames import frame, rows_of

from lakewright.shape.affected import referring, restricted, scopes_of, united, with_scope

ROWS = (("id", "string"), ("a", "string"), ("b", "bigint"))
GIVEN = [("1", "x", 1), ("2", "x", None), ("3", None, None), ("4", "y", 1)]


def test_scopes_are_united_once_each_null_like_any_other(spark: SparkSession) -> None:
    rows = frame(spark, ROWS, [*GIVEN, ("5", "x", None), ("6", None, None)])
    assert rows_of(united([scopes_of(rows, ["a", "b"]), scopes_of(rows, ["a", "b"])])) == [
        ("x", 1),
        ("x", None),
        ("y", 1),
        (None, None),
    ]


def test_rows_are_restricted_to_scopes_null_safe(spark: SparkSession) -> None:
    affected = frame(
        spark, [("s0", "string"), ("s1", "bigint")], [("x", None), (None, None), ("z", 1)]
    )
    assert rows_of(restricted(frame(spark, ROWS, GIVEN), ["a", "b"], affected), "id") == [
        ("2",),
        ("3",),
    ]


def test_rows_that_look_up_a_changed_key_are_found(spark: SparkSession) -> None:
    changed = frame(spark, [("key", "string")], [("x",), ("x",), ("z",)])
    assert rows_of(referring(frame(spark, ROWS, GIVEN), changed, [("a", "key")]), "id") == [
        ("1",),
        ("2",),
    ]


def test_a_scope_is_one_text(spark: SparkSession) -> None:
    rows = with_scope(frame(spark, ROWS, GIVEN), ["a", "b"], "scope")
    assert rows_of(rows, "scope") == [("--",), ("1:x-",), ("1:x1:1",), ("1:y1:1",)]
