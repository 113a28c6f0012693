"""The connector for files in a folder: CSV, JSON Lines and Parquet.

    look ── list, what is not in the position, its columns ──▶ Outlook
    open ── files of the batch, shared out ──▶ DataFrame with line, file and malformed text

A file is new when its path, size and time of change are not those of a file that was read. Values
of CSV and JSON Lines come as text, exactly as written: the contract casts them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from lakewright.errors import SourceError
from lakewright.sources import json_names
from lakewright.sources.arrow_types import widest
from lakewright.sources.failure import placed
from lakewright.sources.file_batch import SMALLEST_PART, FileRequest, file_batch, new_files, tasks
from lakewright.sources.file_head import check_head, csv_columns
from lakewright.sources.file_options import FileOptions, file_options, listed
from lakewright.sources.port import (
    FILE,
    LINE,
    MALFORMED,
    PLACE,
    Batch,
    Outlook,
    Position,
    SourceColumn,
)
from lakewright.sources.tasks import FilePart, FileRef
from lakewright.spec.values import Source, Stream

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class FilesConnector:
    """The streams of a folder."""

    source: Source

    def look(self, stream: Stream, position: Position | None) -> Outlook:
        """List the files, and find the columns of the new ones; without new ones there are none."""
        try:
            options = file_options(stream)
            found = listed(self._folder, options)
            new = new_files(found, position)
            if not new:
                note = () if found else (f"no file matches `{options.path}`",)
                return Outlook((), None, note, open_columns=True)
            request = _request(new, options, stream)
            columns = tuple(SourceColumn(name, type_) for name, type_ in request.columns)
            batch = file_batch(request, position)
            return Outlook(columns, batch, open_columns=options.format == "jsonl")
        except SourceError as error:
            raise placed(error, stream) from error

    def open(self, spark: "SparkSession", stream: Stream, batch: Batch) -> "DataFrame":
        """The rows of a batch's files, read side by side."""
        # PySpark takes a second to import, and nothing before this needs it.
        from lakewright.sources.data_source import raw_rows  # noqa: PLC0415

        request = FileRequest.model_validate(batch.request)
        columns = (SourceColumn(name, type_) for name, type_ in request.columns)
        return raw_rows(spark, (*columns, *PLACE), tasks(request, file_options(stream)))

    @property
    def _folder(self) -> Path:
        return Path(str(self.source.connection["path"]))


def _request(files: Sequence[FileRef], options: FileOptions, stream: Stream) -> FileRequest:
    """What is to be read of the files: their columns together, and the parts to read apart."""
    for file in files:
        check_head(file, options.format, options.encoding)
    parts = tuple(FilePart(file=file, start=0, end=file.size, line=1) for file in files)
    match options.format:
        case "csv":
            named = (csv_columns(file, options.layout, stream.key) for file in files)
            columns = _together(
                (file, _texts(names)) for file, names in zip(files, named, strict=True)
            )
        case "jsonl":
            scans = [json_names.scan(file, SMALLEST_PART, options.encoding) for file in files]
            _demand_objects(files, [scan.names for scan in scans], stream.key)
            columns = _together(
                (file, _texts(scan.names)) for file, scan in zip(files, scans, strict=True)
            )
            parts = tuple(part for scan in scans for part in scan.parts)
        case "parquet":
            # Pyarrow takes half a second to import; without a new file nothing needs it.
            from lakewright.sources import parquet_file  # noqa: PLC0415

            columns = _together((file, parquet_file.columns(file)) for file in files)
            _demand_key(files, columns, stream.key)
        case _:
            assert_never(options.format)
    return FileRequest(columns=columns, parts=parts)


def _texts(names: Iterable[str]) -> list[SourceColumn]:
    return [SourceColumn(name, "string") for name in names]


def _together(
    of_files: Iterable[tuple[FileRef, Sequence[SourceColumn]]],
) -> tuple[tuple[str, str], ...]:
    """The columns of all files by first appearance, in the type that takes the values of each."""
    found: dict[str, tuple[str, str]] = {}
    for file, columns in of_files:
        for column in columns:
            name, type_ = found.get(column.name.casefold(), (column.name, column.type))
            wide = widest(type_, column.type)
            if name != column.name or column.name in (LINE, FILE, MALFORMED):
                raise SourceError(
                    "source-file-columns",
                    f"{file.path} has a column `{column.name}`, which cannot stand beside `{name}`",
                    hint="column names differ by more than upper and lower case, and `_file`,"
                    " `_line` and `_malformed` are Lakewright's own",
                )
            if wide is None:
                raise SourceError(
                    "source-file-columns",
                    f"{file.path} has `{name}` as {column.type}, other files have it as {type_}",
                    hint="write the files with one type, or give them streams of their own",
                )
            found[name.casefold()] = (name, wide)
    return tuple(found.values())


def _demand_objects(
    files: Sequence[FileRef], names: Sequence[Sequence[str]], key: Sequence[str]
) -> None:
    for file, of_file in zip(files, names, strict=True):
        if not of_file:
            raise SourceError(
                "source-file-format",
                f"{file.path} should be jsonl, and not one of its lines is a JSON object",
                hint="JSON Lines has one object to a line; a file that is one array is not read",
            )
    _demand_key(files, [(name, "") for of_file in names for name in of_file], key)


def _demand_key(
    files: Sequence[FileRef], columns: Iterable[tuple[str, str]], key: Sequence[str]
) -> None:
    there = dict(columns)
    missing = [name for name in key if name not in there]
    if missing:
        raise SourceError(
            "source-missing-column",
            f"there is no column `{missing[0]}`, which the stream's key names, in {_some(files)};"
            f" there is {', '.join(f'`{name}`' for name in there)}",
            hint="mend the files, or the stream's `key`",
        )


def _some(files: Sequence[FileRef]) -> str:
    first, *others = (file.path for file in files)
    return f"{first} and {len(others)} more" if others else first
