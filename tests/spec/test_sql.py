"""SQL taken apart: its normal form, conditions, types. (What is refused stands in `refusals/`.)"""

from pathlib import Path

import pytest

from lakewright.errors import Location, SpecError
from lakewright.spec.sql import (
    check_type,
    columns_of,
    literal,
    normal_form,
    parse_condition,
    parse_query,
    quoted,
)

HERE = Location(Path("t.sql"), 10)


@pytest.mark.parametrize(
    "text",
    [
        "select a, 'x  y' as `B c` from t where a > 1",
        "SELECT a,\n\t'x  y' AS `B c` -- why\nFROM t /* and\nthis */ WHERE a>1;",
    ],
)
def test_layout_comments_and_the_case_of_keywords_are_not_in_the_normal_form(text: str) -> None:
    assert normal_form(text, HERE) == "select a , 'x  y' as `B c` from t where a > 1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select a from t", "select A from t"),
        ("select 'a' as x from t", "select 'A' as x from t"),
        ("select date from t", "select Date from t"),
        ("select a from t where b > 1", "select a from t where b >= 1"),
        ("select a from t where b = '--x'", "select a from t where b = '--y'"),
        ("select a - -b as c from t", "select a -- b as c\nfrom t"),
    ],
)
def test_what_could_change_a_row_or_a_name_is_in_the_normal_form(one: str, other: str) -> None:
    assert normal_form(one, HERE) != normal_form(other, HERE)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("op = 'DELETE' or is_deleted", ["op", "is_deleted"]),
        ("address.city is null", ["address"]),
        ("exists(items, x -> x.price > floor)", ["items", "floor"]),
        ("`a b` in (1, 2) -- why", ["a b"]),
        ("true", []),
    ],
)
def test_columns_of_a_condition(text: str, columns: list[str]) -> None:
    assert list(columns_of(parse_condition(text, HERE))) == columns


@pytest.mark.parametrize(
    "text",
    ["a >", "a; b", "select 1", "a b", "a as b", "*", "a = 1 from t", "a, b", "", "a = 1 where b"],
)
def test_what_is_not_one_condition(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_condition(text, HERE)
    assert str(caught.value) == (
        f"t.sql:10: `{text}` is not one condition in SQL [sql]\n    write it such as `quantity > 0`"
    )


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)",
        "a in (select b from t)",
        "sum(a) > 1",
        "any(a)",
        "try_sum(a) > 1",
        "row_number() over (order by a) = 1",
    ],
)
def test_a_condition_speaks_of_one_row(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_condition(text, HERE)
    assert caught.value.code == "condition-too-wide"


@pytest.mark.parametrize(
    "function",
    [
        "current_date",
        "current_date()",
        "current_timestamp",
        "now()",
        "localtimestamp()",
        "unix_timestamp()",
        "rand()",
        "randn(7)",
        "uuid()",
        "shuffle(a)",
        "monotonically_increasing_id()",
        "input_file_name()",
        "spark_partition_id()",
        "current_user()",
    ],
)
def test_what_gives_another_result_each_time_is_refused_on_its_line(function: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_query(f"select a,\n  {function} as b\nfrom t", HERE)
    problems = getattr(caught.value, "problems", ())
    assert [(one.code, one.where) for one in problems] == [
        ("not-repeatable", Location(HERE.file, 11))
    ]


def test_a_column_may_have_the_name_of_such_a_function() -> None:
    parse_query("select user, version, `now` from t", HERE)


@pytest.mark.parametrize(
    "type_",
    [
        "string",
        "BIGINT",
        "decimal(18,2)",
        "timestamp_ntz",
        "array<struct<a: int, b: map<string, date>>>",
        "varchar(10)",
    ],
)
def test_types_of_spark(type_: str) -> None:
    check_type(type_, HERE)


@pytest.mark.parametrize("type_", ["strng", "text", "int)", "number", "array<strng>", "", "int, b"])
def test_what_is_no_type_of_spark(type_: str) -> None:
    with pytest.raises(SpecError) as caught:
        check_type(type_, HERE)
    assert caught.value.code == "unknown-type"


def test_names_and_values_as_sql() -> None:
    assert quoted("a`b") == "`a``b`"
    assert [literal(1), literal(1.5), literal(None), literal(value=True)] == [
        "1",
        "1.5",
        "null",
        "true",
    ]
    assert literal("o'b\\d") == r"'o\'b\\d'"
    assert literal("2025-01-01", "date") == "cast('2025-01-01' as date)"
