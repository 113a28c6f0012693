"""Columns looked up in other tables, as of a time where they have versions."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from tests.shape.frames import Row, frame, rows_of

from lakewright.errors import Location
from lakewright.shape.lookup import MISSING, LookedUp, look_up
from lakewright.spec.values import Lookup

SALES = (("id", "string"), ("customer", "string"), ("at", "timestamp"), ("cur", "string"))
DIM = (
    ("sk", "bigint"),
    ("customer_id", "string"),
    ("city", "string"),
    ("valid_from", "timestamp"),
    ("valid_to", "timestamp"),
)
RATES = (("base", "string"), ("usd", "bigint"))


def day(number: int) -> datetime:
    return datetime(2025, 1, number, tzinfo=UTC)


def lookup(**given: object) -> Lookup:
    return Lookup.model_validate(
        {
            "name": "found",
            "table": "gold.dim",
            "key": {"customer": "customer_id"},
            "as_of": "at",
            "where": Location(Path("sales.sql")),
            **given,
        }
    )


def in_dim(spark: SparkSession, declared: Lookup) -> LookedUp:
    rows = [
        (1, "x", "Rome", day(1), day(6)),
        (2, "x", "Oslo", day(6), day(9)),
        (3, "z", None, day(1), None),
    ]
    return LookedUp(declared, frame(spark, DIM, rows), declared.column or "sk", unique=True)


def in_rates(spark: SparkSession, declared: Lookup, *rows: Row) -> LookedUp:
    return LookedUp(declared, frame(spark, RATES, rows), declared.column or "usd", unique=False)


@pytest.mark.parametrize(
    ("customer", "at", "found", "city"),
    [
        ("x", day(5), 1, "Rome"),
        pytest.param("x", day(6), 2, "Oslo", id="a boundary belongs to the later version"),
        pytest.param(
            "x",
            datetime(2025, 1, 5, 23, 59, 59, 999999, tzinfo=UTC),
            1,
            "Rome",
            id="the microsecond before it does not",
        ),
        pytest.param("x", day(9), -1, None, id="a gap"),
        pytest.param(None, day(6), -1, None, id="a null key"),
        pytest.param("x", None, -1, None, id="a null time"),
        pytest.param("y", day(6), -1, None, id="an unknown key"),
        pytest.param("z", day(6), 3, None, id="a null that was found"),
    ],
)
def test_as_of_a_time(
    spark: SparkSession, customer: str | None, at: datetime | None, found: int, city: str | None
) -> None:
    sales = frame(spark, SALES, [("s", customer, at, "eur")])
    looked = look_up(
        sales,
        [
            in_dim(spark, lookup(missing="unknown")),
            in_dim(spark, lookup(name="city", column="city", missing="unknown")),
        ],
    )
    assert rows_of(looked) == [("s", customer, at, "eur", found, city, [])]


def test_what_refuses_is_named_and_what_is_found_as_null_is_not(spark: SparkSession) -> None:
    sales = frame(
        spark,
        SALES,
        [("s", "y", day(6), "eur"), ("t", "z", day(6), "nok"), ("u", "y", day(6), "nok")],
    )
    rate = lookup(name="rate", table="silver.rates", key={"cur": "base"}, as_of=None, column="usd")
    looked = look_up(
        sales, [in_dim(spark, lookup(column="city")), in_rates(spark, rate, ("eur", 2))]
    )
    assert rows_of(looked, "id", "found", "rate", MISSING) == [
        ("s", None, 2, ["found"]),
        ("t", None, None, ["rate"]),
        ("u", None, None, ["found", "rate"]),
    ]


@pytest.mark.parametrize("missing", ["refuse", "unknown", "fail"])
def test_nothing_is_looked_up_where_when_does_not_hold(spark: SparkSession, missing: str) -> None:
    sales = frame(spark, SALES, [("s", "y", day(6), "usd"), ("t", "y", day(6), None)])
    looked = look_up(sales, [in_dim(spark, lookup(missing=missing, when="cur <> 'usd'"))])
    assert rows_of(looked, "id", "found", MISSING) == [("s", None, []), ("t", None, [])]


def test_what_must_be_found_fails_the_step(spark: SparkSession) -> None:
    sales = frame(spark, SALES, [("s", "y", day(6), "eur")])
    with pytest.raises(
        PySparkException, match=r"lookup-missing: found: nothing in gold\.dim for y"
    ):
        look_up(sales, [in_dim(spark, lookup(missing="fail"))]).toArrow()


def test_two_rows_for_a_key_fail_the_step(spark: SparkSession) -> None:
    rate = lookup(table="silver.rates", key={"cur": "base"}, as_of=None, column="usd")
    sales = frame(spark, SALES, [("s", "x", day(6), "eur")])
    with pytest.raises(
        PySparkException, match=r"lookup-ambiguous: found: several rows in silver\.rates for eur"
    ):
        look_up(sales, [in_rates(spark, rate, ("eur", 1), ("eur", 1))]).toArrow()


def test_two_rows_for_a_key_that_nobody_looks_up_double_nothing(spark: SparkSession) -> None:
    """Neither rows of another key, nor those for which `when` does not hold."""
    rate = lookup(
        table="silver.rates", key={"cur": "base"}, as_of=None, column="usd", when="customer = 'x'"
    )
    sales = frame(spark, SALES, [("s", "x", day(6), "nok"), ("t", "y", day(6), "eur")])
    looked = look_up(sales, [in_rates(spark, rate, ("eur", 1), ("eur", 2), ("nok", 3))])
    assert rows_of(looked, "id", "found", MISSING) == [("s", 3, []), ("t", None, [])]
    assert look_up(sales, [in_rates(spark, rate, ("eur", 1), ("eur", 2))]).count() == 2
