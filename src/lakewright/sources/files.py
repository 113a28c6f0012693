"""The connector for files in a folder: CSV, JSON Lines and Parquet.

    look ── list, what is not in the position, its columns ──▶ Outlook
    open ── files of the batch, shared out ──▶ DataFrame with line, file and malformed text

A file is new when its path, size and time of change are not those of a file that was read. Values of
CSV and JSON Lines come as text, exactly as written: the contract casts them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from lakewright.errors import SourceError
from lakewright.sources.arrow_types import widest
from lakewright.sources.failure import placed
from lakewright.sources.file_head import check_head, csv_columns
from lakewright.sources.file_options import FileOptions, file_options, listed
from lakewright.sources.port import FILE, LINE, MALFORMED, Batch, Outlook, Position, SourceColumn
from lakewright.sources.tasks import CsvTask, FilePart, FileRef, JsonTask, ParquetTask, Task
from lakewright.spec.values import Source, Stream

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PLACE = (
    SourceColumn(LINE, "bigint"),
    SourceColumn(FILE, "string"),
    SourceColumn(MALFORMED, "string"),
)
_SMALLEST_PART = 32 << 20
"""Bytes under which a file is not worth cutting."""


@dataclass(frozen=True)
class FilesConnector:
    """The streams of a folder."""

    source: Source

    def look(self, stream: Stream, position: Position | None) -> Outlook:
        """List the files; of those that are new, find the columns. Without new files there are none."""
        try:
            options = file_options(stream)
            found = listed(self._folder, options)
            new = _new_files(found, position)
            if not new:
                note = () if found else (f"no file matches `{options.path}`",)
                return Outlook((), None, note, open_columns=True)
            columns, parts = _contents(new, options, stream)
            return Outlook(columns, _batch(new, columns, parts), open_columns=options.format == "jsonl")
        except SourceError as error:
            raise placed(error, stream) from error

    def open(self, spark: "SparkSession", stream: Stream, batch: Batch) -> "DataFrame":
        """The rows of a batch's files, read side by side."""
        # PySpark takes a second to import, and nothing before this needs it.
        from lakewright.sources.data_source import raw_rows  # noqa: PLC0415

        request = _Request.model_validate(batch.request)
        return raw_rows(spark, (*request.columns, *_PLACE), _tasks(request, file_options(stream)))

    @property
    def _folder(self) -> Path:
        return Path(str(self.source.connection["path"]))
