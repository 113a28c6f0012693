"""Parquet files as Arrow batches, in the types of the stream's columns.

footer ──columns──▶ names and Spark types
file   ──read─────▶ batches of the types that all files of the stream have together
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from lakewright.errors import SourceError
from lakewright.sources import rows
from lakewright.sources.arrow_types import spark_type
from lakewright.sources.lines import check_unchanged
from lakewright.sources.port import SourceColumn
from lakewright.sources.tasks import FileRef, ParquetTask

_ROWS = 16_384
_BUFFER = 1 << 20


def columns(file: FileRef) -> tuple[SourceColumn, ...]:
    """The columns that the file's footer names."""
    with _readable(file):
        schema = pq.read_schema(file.path)
        return tuple(SourceColumn(field.name, spark_type(field.type)) for field in schema)


def read(task: ParquetTask, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the files. A column that a file has not is null."""
    types = {field.name: field.type for field in target}
    for file in task.files:
        check_unchanged(file)
        with _readable(file), pq.ParquetFile(file.path, buffer_size=_BUFFER) as content:
            for batch in content.iter_batches(_ROWS):
                columns = {
                    name: rows.converted(column, types[name])
                    for name, column in zip(batch.schema.names, batch.columns, strict=True)
                }
                yield rows.batch(target, columns, file.name, batch.num_rows)


@contextmanager
def _readable(file: FileRef) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            "source-file-half-written",
            f"{file.path} is not a whole Parquet file: {error}",
            hint="write it again; write under another name and rename it when it is complete",
        ) from error
