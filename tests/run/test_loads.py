from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakewright.errors import DataError, Location
from lakewright.run.loads import demand_own_keys
from lakewright.spec.values import Load, SqlQuery, Table

WHERE = Location(Path("dim.sql"), 1)
DIMENSION = Table(
    name="gold.dim",
    key=("id",),
    scope=("id",),
    reads=(),
    load=Load(type="versioned", sequence=("at",), track=("city",), surrogate_key="sk"),
    query=SqlQuery(text="", normal="", where=WHERE),
    where=WHERE,
)
STAGED, PUBLISHED = "sk bigint, id string, _outcome string", "sk bigint"


@pytest.mark.parametrize(
    ("staged", "published"),
    [
        pytest.param(
            [(7, "a", "insert.inserted"), (7, "b", "insert.inserted")], [], id="two new versions"
        ),
        pytest.param([(7, "a", "insert.inserted")], [(7,)], id="a new one and a published one"),
        pytest.param([(-1, "a", "insert.inserted")], [], id="the unknown member's own"),
    ],
)
def test_a_surrogate_key_that_is_taken_is_refused(
    spark: SparkSession, staged: list[tuple[object, ...]], published: list[tuple[int]]
) -> None:
    rows, there = spark.createDataFrame(staged, STAGED), spark.createDataFrame(published, PUBLISHED)
    with pytest.raises(DataError, match="two versions would have the surrogate key") as caught:
        demand_own_keys(DIMENSION, rows, there)
    assert caught.value.code == "surrogate-key-collision"


def test_keys_of_their_own_pass(spark: SparkSession) -> None:
    staged = [(-1, None, "insert.none"), (7, "a", "insert.inserted"), (8, "a", "update.updated")]
    demand_own_keys(DIMENSION, spark.createDataFrame(staged, STAGED), None)
    demand_own_keys(
        DIMENSION,
        spark.createDataFrame(staged[1:], STAGED),
        spark.createDataFrame([(-1,), (8,)], PUBLISHED),
    )
