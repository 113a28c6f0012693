"""A reader in the engine's process leaves the process its life, and hands over every batch."""

import threading
import time
from collections.abc import Iterator
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

from lakewright.sources.throttle import TOKEN, TOKEN_TYPE, throttled

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

ROWS = 16_384


def batches(count: int) -> Iterator[pa.RecordBatch]:
    for number in range(count):
        text = pa.repeat(pa.scalar(f"batch {number} " + "x" * 80), ROWS)
        yield pa.RecordBatch.from_arrays([text, pa.nulls(ROWS, pa.int64())], names=["text", "none"])


def first_text(batch: pa.RecordBatch) -> str:
    return str(batch.column("text")[0]).split(" x")[0]


@pytest.mark.parametrize("keep", [False, True], ids=["dropped", "kept"])
def test_every_batch_is_given_in_order(*, keep: bool) -> None:
    kept, given = [], []
    for batch in throttled(batches(60)):
        kept += [batch] * keep
        given += [first_text(batch)] if batch.num_rows else []
    assert given == [f"batch {number}" for number in range(60)]


def test_a_reader_that_is_left_early_harms_nothing() -> None:
    for batch in throttled(batches(60)):
        assert batch.num_rows == ROWS
        break
    assert [batch.num_rows for batch in throttled(batches(2))] == [ROWS, 0, ROWS, 0]


class Many(DataSource):
    """Batches made faster than any plan takes them: without the throttle, reading never ends."""

    @classmethod
    def name(cls) -> str:
        return "many_batches"

    def reader(self, schema: object) -> "ManyReader":
        del schema
        return ManyReader()


class ManyReader(DataSourceReader):
    def partitions(self) -> list[InputPartition]:
        return [InputPartition(number) for number in range(2)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        del partition
        return throttled(repeat(next(batches(1)), 100))


def test_the_process_goes_on_while_it_reads_its_own_rows(spark: "SparkSession") -> None:
    spark.dataSource.register(Many)
    ticks, done = [time.monotonic()], threading.Event()

    def tick() -> None:
        while not done.wait(0.01):
            ticks.append(time.monotonic())

    clock = threading.Thread(target=tick)
    clock.start()
    try:
        schema = f"text string, none bigint, {TOKEN} {TOKEN_TYPE}"
        rows = spark.read.format(Many.name()).schema(schema).load().drop(TOKEN)
        assert rows.toArrow().num_rows == 200 * ROWS
    finally:
        done.set()
        clock.join()
    assert max(end - start for start, end in pairwise(ticks)) < 1
