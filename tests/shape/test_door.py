"""The door: values read as their types, rules, and the reasons of what is refused."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from tests.shape.frames import Columns, frame

from lakewright.errors import Location
from lakewright.shape.door import Door, checked
from lakewright.shape.names import REASONS, ROW, WARNINGS
from lakewright.sources.port import FILE, LINE, MALFORMED
from lakewright.spec.values import Rule, Severity

TEXTS = (("id", "string"), ("v", "string"))


def rule(name: str, condition: str, severity: Severity = "error") -> Rule:
    return Rule(
        name=name,
        condition=condition,
        columns=("v",),
        severity=severity,
        where=Location(Path("c.yaml")),
    )


def passed(
    spark: SparkSession, door: Door, *rows: tuple[Any, ...], columns: Columns = TEXTS
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = checked(frame(spark, columns, rows), door).toArrow().to_pylist()
    for one in found:
        one[REASONS] = one[REASONS] and [reason["rule"] for reason in one[REASONS]]
        one[ROW] = one[ROW] and dict(one[ROW])
    return found


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("bigint", "12", 12),
        ("bigint", " 12 ", 12),
        ("bigint", "", None),
        ("bigint", "  ", None),
        ("decimal(10,2)", "1.50", Decimal("1.50")),
        ("date", "2025-02-28", date(2025, 2, 28)),
        ("timestamp", "2025-01-01 10:00:00.000001", datetime(2025, 1, 1, 10, 0, 0, 1, tzinfo=UTC)),
        ("timestamp", "2025-01-01T10:00:00+02:00", datetime(2025, 1, 1, 8, tzinfo=UTC)),
        ("timestamp", "2025-01-01", datetime(2025, 1, 1, tzinfo=UTC)),
        ("boolean", "true", True),
        ("string", "", ""),
        ("double", "1e3", 1000.0),
    ],
)
def test_a_text_is_read_as_its_type(
    spark: SparkSession, type_: str, text: str, value: object
) -> None:
    door = Door((("id", "string"), ("v", type_)))
    assert passed(spark, door, ("a", text)) == [
        {"id": "a", "v": value, REASONS: None, ROW: None, WARNINGS: None}
    ]


@pytest.mark.parametrize("given", ["string", "float", "double"])
@pytest.mark.parametrize("type_", ["float", "double"])
def test_there_is_one_zero(spark: SparkSession, given: str, type_: str) -> None:
    door = Door((("id", "string"), ("v", type_)))
    zero = "-0.0" if given == "string" else -0.0
    (found,) = passed(spark, door, ("a", zero), columns=(("id", "string"), ("v", given)))
    assert math.copysign(1, found["v"]) == 1


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("bigint", "x"),
        ("bigint", "1.5"),
        ("bigint", "9223372036854775808"),
        ("decimal(10,2)", "123456789.12"),
        ("date", "2025-02-30"),
        ("boolean", "maybe"),
        ("timestamp", "now"),
        pytest.param("timestamp", "12:00", id="a time of day would take today's date"),
        pytest.param("timestamp", "T12:00", id="a time of day with its T would too"),
        ("date", "-0001-01-01"),
        ("date", "0000-12-31"),
        ("date", "10000-01-01"),
        ("timestamp", "-0001-01-01"),
        ("timestamp", "10000-01-01"),
        pytest.param("timestamp", "9999-12-31T23:00:00-02:00", id="a year beyond 9999 in UTC"),
    ],
)
def test_a_text_that_is_no_value_of_its_type_is_refused_as_it_came(
    spark: SparkSession, type_: str, text: str
) -> None:
    door = Door((("id", "string"), ("v", type_)))
    assert passed(spark, door, ("a", text)) == [
        {"id": "a", "v": None, REASONS: ["type"], ROW: {"id": "a", "v": text}, WARNINGS: None}
    ]


@pytest.mark.parametrize("type_", ["date", "timestamp"])
def test_a_time_that_only_the_engine_can_express_is_refused(
    spark: SparkSession, type_: str
) -> None:
    """Python, Arrow's own conversion and most databases know the years 1 to 9999 only."""
    texts = frame(spark, TEXTS, [(one, one) for one in ("0000-12-31", "10000-01-01", "9999-12-31")])
    door = Door((("id", "string"), ("v", type_)), required=(("v", "key-required"),), foreign=True)
    found = checked(texts.withColumn("v", texts["v"].cast(type_)), door).toArrow().to_pylist()
    assert {
        one["id"]: one[REASONS] and [reason["rule"] for reason in one[REASONS]] for one in found
    } == {"0000-12-31": ["type"], "10000-01-01": ["type"], "9999-12-31": None}


@pytest.mark.parametrize(
    ("value", "reasons"),
    [("1", None), ("0", ["positive"]), (None, ["positive"]), ("-7", ["positive", "small"])],
)
def test_a_rule_holds_only_where_it_is_true(
    spark: SparkSession, value: str | None, reasons: list[str] | None
) -> None:
    door = Door(
        (("id", "string"), ("v", "bigint")),
        rules=(rule("positive", "v > 0"), rule("small", "abs(coalesce(v, 0)) < 5")),
    )
    assert [one[REASONS] for one in passed(spark, door, ("a", value))] == [reasons]


def test_a_warning_refuses_nothing(spark: SparkSession) -> None:
    door = Door(TEXTS, rules=(rule("known", "v in ('x')", "warn"),))
    found = passed(spark, door, ("a", "x"), ("b", "y"), ("c", None))
    assert [
        (one["id"], one[REASONS], one[WARNINGS]) for one in sorted(found, key=lambda one: one["id"])
    ] == [
        ("a", None, []),
        ("b", None, ["known"]),
        ("c", None, ["known"]),
    ]


def test_of_a_delete_only_key_and_sequence_are_asked(spark: SparkSession) -> None:
    door = Door(
        (("id", "string"), ("v", "bigint"), ("op", "string"), ("at", "timestamp")),
        rules=(rule("positive", "v > 0"),),
        required=(("id", "key-required"), ("at", "sequence-required")),
        begins_after=("at", "1900-01-01 00:00:00"),
        deleted="op = 'D'",
    )
    columns = (("id", "string"), ("v", "string"), ("op", "string"), ("at", "string"))
    changes = [
        ("a", "x", "D", "2025-01-01"),
        ("b", "0", None, "2025-01-01"),
        (None, "0", "D", None),
        ("d", "1", "D", "1900-01-01"),
        ("e", "1", "D", "yesterday"),
    ]
    found = passed(spark, door, *changes, columns=columns)
    assert sorted((str(one["id"]), one[REASONS]) for one in found) == [
        ("None", ["key-required", "sequence-required"]),
        ("a", None),
        ("b", ["positive"]),
        ("d", ["sequence-range"]),
        ("e", ["type"]),
    ]


def test_a_missing_column_is_null_and_an_undeclared_one_is_refused_where_it_holds_something(
    spark: SparkSession,
) -> None:
    door = Door((("id", "string"), ("n", "bigint")), undeclared=("v",))
    assert sorted(passed(spark, door, ("a", None), ("b", "new")), key=lambda one: one["id"]) == [
        {"id": "a", "n": None, REASONS: None, ROW: None, WARNINGS: None},
        {
            "id": "b",
            "n": None,
            REASONS: ["undeclared-column"],
            ROW: {"id": "b", "v": "new"},
            WARNINGS: None,
        },
    ]


def test_a_line_that_cannot_be_taken_apart_is_refused_with_its_text_and_place(
    spark: SparkSession,
) -> None:
    columns = (*TEXTS, (FILE, "string"), (LINE, "bigint"), (MALFORMED, "string"))
    rows = frame(spark, columns, [(None, None, "a.csv", 7, 'x,"y'), ("a", "1", "a.csv", 8, None)])
    door = Door(TEXTS, required=(("id", "key-required"),))
    found = sorted(checked(rows, door).toArrow().to_pylist(), key=lambda one: str(one["id"]))
    assert [(one["id"], one[ROW] and dict(one[ROW])) for one in found] == [
        (None, {MALFORMED: 'x,"y'}),
        ("a", None),
    ]
    assert "a.csv line 7" in found[0][REASONS][0]["message"]
    assert [reason["rule"] for reason in found[0][REASONS]] == ["malformed"]
