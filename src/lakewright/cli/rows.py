"""Rows of a table in the four formats: a table for people, CSV, JSON, Parquet.

    Rows ─┬ table      on a terminal fitted to it; piped, in full
          ├ csv, json  streamed, one row per line
          └ parquet    streamed into a file

Decimals keep all their digits and times are in UTC; in JSON both are strings, never rounded.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, ParamSpec, TypeVar

import click
from rich.console import Console

from lakewright.cli import sheet
from lakewright.cli.cells import as_json, cell, plain
from lakewright.cli.terminal import PIPED_WIDTH, out

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["table", "csv", "json", "parquet"]
Given = ParamSpec("Given")
Result = TypeVar("Result")


def row_options(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """The options of every command that prints rows: how many, in which format, where to."""
    options = [
        click.option(
            "--limit",
            type=click.IntRange(min=0),
            default=20,
            show_default=True,
            help="So many rows; 0 is all of them.",
        ),
        click.option(
            "--format",
            "--output",
            "format_",
            type=click.Choice(["table", "csv", "json", "parquet"]),
            default="table",
            show_default=True,
            help="In csv and json every digit is kept; in json decimals and times are strings.",
        ),
        click.option(
            "--to",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write to a file; parquet needs one.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def demand_file(format_: Format, to: Path | None) -> None:
    """Refuse Parquet on a terminal, before anything is opened."""
    if format_ == "parquet" and to is None:
        raise click.UsageError("`--format parquet` needs `--to FILE`")


def write(
    columns: Sequence[tuple[str, str]],
    schema: "pa.Schema",
    batches: "Iterable[pa.RecordBatch]",
    format_: Format,
    to: Path | None,
) -> int:
    """Write rows in a format, to a file or to stdout; gives how many there were."""
    counted = _Counted(batches)
    match format_:
        case "table":
            _table(columns, counted, to)
        case "csv":
            _csv(schema, counted, to)
        case "json":
            _json(counted, to)
        case "parquet":
            _parquet(schema, counted, to)
    return counted.rows


class _Counted:
    """Batches that count the rows taken of them; a class, since they are taken elsewhere."""

    def __init__(self, batches: "Iterable[pa.RecordBatch]") -> None:
        self._batches = batches
        self.rows = 0

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        for batch in self._batches:
            self.rows += batch.num_rows
            yield batch


@contextmanager
def _opened(to: Path | None) -> Iterator[IO[bytes]]:
    if to is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with to.open("wb") as file:
        yield file


def _table(columns: Sequence[tuple[str, str]], batches: _Counted, to: Path | None) -> None:
    rows = [
        [None if value is None else cell(value) for value in row]
        for batch in map(_with_dates_told, batches)
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]
    if to is None:
        sheet.show(out(), columns, rows)
        return
    with to.open("w", encoding="utf-8") as file:
        sheet.show(Console(file=file, width=PIPED_WIDTH), columns, rows)


def _csv(schema: "pa.Schema", batches: _Counted, to: Path | None) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only where rows are printed
    import pyarrow.csv as pc  # noqa: PLC0415

    written = pa.schema([pa.field(one.name, _csv_type(one.type)) for one in schema])
    with _opened(to) as file, pc.CSVWriter(file, written) as writer:
        for batch in map(_with_times_told, batches):
            columns = [
                _csv_column(column, one.type)
                for column, one in zip(batch.columns, written, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=written))


def _csv_type(type_: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa  # noqa: PLC0415 - see `_csv`

    as_text = pa.types.is_nested(type_) or pa.types.is_timestamp(type_) or pa.types.is_binary(type_)
    return pa.string() if as_text else type_


def _csv_column(column: "pa.Array", type_: "pa.DataType") -> "pa.Array":
    import pyarrow as pa  # noqa: PLC0415 - see `_csv`

    if column.type == type_:
        return column
    texts = [None if one is None else plain(one) for one in column.to_pylist()]
    return pa.array(texts, pa.string())


def _with_times_told(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """The batch with its times as texts, ISO 8601 in UTC; as Python values they load pandas, and
    end with the year 9999.
    """
    import pyarrow as pa  # noqa: PLC0415 - see `_csv`
    import pyarrow.compute as pc  # noqa: PLC0415

    columns = list(batch.columns)
    for at, column in enumerate(columns):
        if pa.types.is_timestamp(column.type):
            in_utc = column.cast(pa.timestamp("us", "UTC"))
            texts = pc.strftime(in_utc, format="%Y-%m-%dT%H:%M:%SZ")
            columns[at] = pc.replace_substring(texts, ".000000Z", "Z")
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _with_dates_told(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """The batch with its times and dates as texts; as Python values dates end too."""
    import pyarrow as pa  # noqa: PLC0415 - see `_csv`

    told = _with_times_told(batch)
    columns = [
        column.cast(pa.string()) if pa.types.is_date(column.type) else column
        for column in told.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=told.schema.names)


def _json(batches: _Counted, to: Path | None) -> None:
    """One document, an array; each row on a line of its own."""
    before = "[\n"
    with _opened(to) as file:
        for batch in map(_with_dates_told, batches):
            for row in batch.to_pylist():
                file.write(f"{before}{json.dumps(as_json(row), ensure_ascii=False)}".encode())
                before = ",\n"
        file.write(b"[]\n" if before == "[\n" else b"\n]\n")


def _parquet(schema: "pa.Schema", batches: _Counted, to: Path | None) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - only this format needs it

    with pq.ParquetWriter(to, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
