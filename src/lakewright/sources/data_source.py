"""The one PySpark data source of all connectors: a partition is a task, a task gives Arrow batches.

    connector.open ──raw_rows──▶ DataFrame ┄┄ in the engine: read(task) ─▶ throttled ─▶ batches

It runs in this process under Sail and in a worker under Spark, so it knows nothing but its options.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from lakewright.errors import SourceError
from lakewright.sources import csv_file, json_file, parquet_file, query
from lakewright.sources.failure import CarriedError
from lakewright.sources.port import SourceColumn
from lakewright.sources.tasks import TASKS, CsvTask, JsonTask, ParquetTask, QueryTask, Task
from lakewright.sources.throttle import TOKEN, TOKEN_TYPE, throttled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_OPTION = "secret.tasks"
"""Spark shows no option whose name speaks of a secret; a task may hold a password."""


def raw_rows(
    spark: "SparkSession", columns: Sequence[SourceColumn], tasks: Sequence[Task]
) -> "DataFrame":
    """The rows that the tasks read, each task a partition, with exactly these columns."""
    spark.dataSource.register(RawRows)
    given = (*columns, SourceColumn(TOKEN, TOKEN_TYPE))
    schema = ", ".join(f"`{one.name.replace('`', '``')}` {one.type}" for one in given)
    options = {_OPTION: TASKS.dump_json(list(tasks)).decode()}
    rows = spark.read.format(RawRows.name()).schema(schema).options(**options).load()
    return rows.drop(TOKEN)


class RawRows(DataSource):
    """The data source; its schema is always given by `raw_rows`."""

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "lakewright_raw_rows"

    def reader(self, schema: StructType | pa.Schema) -> "RawReader":
        """The reader of the tasks. Sail gives the schema as Arrow's, Spark as its own."""
        target = (
            schema if isinstance(schema, pa.Schema) else to_arrow_schema(schema, timezone="UTC")
        )
        return RawReader(self.options[_OPTION], target)


class RawReader(DataSourceReader):
    """Reads one task per partition. An error of ours is made fit to travel through the engine."""

    def __init__(self, tasks: str, target: pa.Schema) -> None:
        self._tasks = tasks
        self._target = target.remove(target.get_field_index(TOKEN))

    def partitions(self) -> list[InputPartition]:
        """One partition for each task."""
        return [InputPartition(task) for task in TASKS.validate_json(self._tasks)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The batches of one task."""
        try:
            yield from throttled(_batches(partition.value, self._target))
        except SourceError as error:
            raise CarriedError(error) from None


def _batches(task: Task, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    match task:
        case CsvTask():
            return csv_file.read(task, target)
        case JsonTask():
            return json_file.read(task, target)
        case ParquetTask():
            return parquet_file.read(task, target)
        case QueryTask():
            return query.read(task, target)
    assert_never(task)
