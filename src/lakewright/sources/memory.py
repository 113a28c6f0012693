"""A source whose batches are handed over as Arrow tables: the connectors' twin in memory.

    feed(rows) ─▶ batch 0, 1, 2 … ──look──▶ the oldest one not read yet ──open──▶ DataFrame

Its position is the number of batches read, so a batch has the same identity whenever it is read
again. It holds what it was fed, therefore it is a class.
"""

import hashlib
from typing import TYPE_CHECKING

from lakewright.errors import SourceError
from lakewright.sources.arrow_types import spark_type
from lakewright.sources.port import Batch, Outlook, Position, SourceColumn

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from lakewright.spec.values import Stream

BATCHES = "batches"


class MemoryConnector:
    """The streams of any number of sources, by the bronze tables they land in."""

    def __init__(self) -> None:
        self._fed: dict[str, list[pa.Table]] = {}

    def feed(self, table: str, rows: "pa.Table") -> None:
        """Add a batch to the stream that lands in this bronze table."""
        self._fed.setdefault(table, []).append(rows)

    def waiting(self, table: str, position: Position | None) -> int:
        """How many batches of a stream are not read yet."""
        return len(self._fed.get(table, ())) - _read(position)

    def look(self, stream: "Stream", position: Position | None) -> Outlook:
        """The columns and the place of the oldest batch that is not read yet."""
        fed, number = self._fed.get(stream.table, []), _read(position)
        if number >= len(fed):
            return Outlook((), None, open_columns=True)
        rows = fed[number]
        batch = Batch(
            identity=f"{stream.table} batch {number}: {_digest(rows)}",
            position={BATCHES: number + 1},
            request={"batch": number},
            interval=f"batch {number}: {rows.num_rows} rows",
        )
        columns = tuple(SourceColumn(one.name, spark_type(one.type)) for one in rows.schema)
        return Outlook(columns, batch, open_columns=True)

    def open(self, spark: "SparkSession", stream: "Stream", batch: Batch) -> "DataFrame":
        """The rows of a batch."""
        import pyarrow as pa  # noqa: PLC0415 - heavy

        fed, number = self._fed.get(stream.table, []), batch.request["batch"]
        if not isinstance(number, int) or number >= len(fed):
            raise SourceError(
                "batch-gone", f"batch {number} of {stream.table} was never fed", where=stream.where
            )
        rows = fed[number]
        if rows.num_rows:
            return spark.createDataFrame(rows)
        # The engine's client takes no empty table.
        nothing = pa.table([pa.nulls(1, one.type) for one in rows.schema], schema=rows.schema)
        return spark.createDataFrame(nothing).limit(0)


def _read(position: Position | None) -> int:
    number = (position or {}).get(BATCHES, 0)
    return number if isinstance(number, int) else 0


def _digest(rows: "pa.Table") -> str:
    """A hash of a batch's columns and values."""
    import pyarrow as pa  # noqa: PLC0415 - heavy

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()
