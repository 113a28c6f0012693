"""The source in memory: batches, one after the other, the same whenever they are read."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from lakewright.errors import LakewrightError, Location
from lakewright.sources.memory import MemoryConnector
from lakewright.sources.port import SourceColumn
from lakewright.spec.values import Stream

ORDERS = Stream(source="shop", name="orders", where=Location(Path("test")))
ROWS = pa.table({"id": ["a", "b"], "n": [1, None]})


def test_batches_are_read_in_the_order_in_which_they_were_fed(spark: SparkSession) -> None:
    source, position, read = MemoryConnector(), None, []
    for rows in (ROWS, ROWS.slice(0, 0), ROWS.slice(1)):
        source.feed(ORDERS.table, rows)
    while (batch := (outlook := source.look(ORDERS, position)).batch) is not None:
        assert outlook.columns == (SourceColumn("id", "string"), SourceColumn("n", "bigint"))
        read.append(source.open(spark, ORDERS, batch).toArrow().to_pylist())
        position = batch.position
    assert read == [ROWS.to_pylist(), [], [{"id": "b", "n": None}]]


def test_a_batch_is_the_same_whenever_it_is_looked_at() -> None:
    found = []
    for _ in range(2):
        source = MemoryConnector()
        source.feed(ORDERS.table, ROWS)
        found.append(source.look(ORDERS, None))
    assert found[0] == found[1]
    other = MemoryConnector()
    other.feed(ORDERS.table, ROWS.slice(1))
    assert other.look(ORDERS, None).batch != found[0].batch


def test_a_batch_that_was_never_fed_cannot_be_read(spark: SparkSession) -> None:
    source = MemoryConnector()
    source.feed(ORDERS.table, ROWS)
    batch = source.look(ORDERS, None).batch
    assert batch is not None
    with pytest.raises(LakewrightError) as refused:
        MemoryConnector().open(spark, ORDERS, batch)
    assert refused.value.code == "batch-gone"
