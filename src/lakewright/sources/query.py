"""The rows of a database query as Arrow batches, in the types of the stream's columns."""

from collections.abc import Iterator

import pyarrow as pa

from lakewright.sources import rows
from lakewright.sources.database import connected
from lakewright.sources.tasks import QueryTask


def read(task: QueryTask, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows, by a connection of their own; the query gives the target's columns in its order."""
    with connected(task.driver, task.uri) as database:
        for batch in database.batches(task.query):
            whole = batch.slice(task.skip) if task.skip else batch
            task = task.model_copy(update={"skip": 0})
            # PostgreSQL sees to it that a text is one; SQLite does not.
            columns = (
                map(rows.readable, whole.columns) if task.driver == "sqlite" else whole.columns
            )
            typed = [
                rows.converted(column, field.type)
                for column, field in zip(columns, target, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(typed, schema=target)
