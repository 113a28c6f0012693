"""What one reader does inside the engine, as values that travel there as JSON.

connector.open ──tasks──▶ data_source.py, a partition each ──▶ csv_file, json_file, parquet_file, …
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lakewright.spec.values import Value

Format = Literal["csv", "jsonl", "parquet"]


class FileRef(Value):
    """A file as it was when it was listed. `name` is its path below the source's folder."""

    name: str
    path: str
    size: int
    mtime_ns: int


class FilePart(Value):
    """Whole lines of a file: its bytes from `start` to `end`, the first of them on line `line`.

    A file in another encoding than UTF-8 is never cut.
    """

    file: FileRef
    start: int
    end: int
    line: int


class CsvLayout(Value):
    """How the text of a CSV file is to be taken apart."""

    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True


class CsvTask(Value):
    """Read CSV files, one after the other."""

    format: Literal["csv"] = "csv"
    files: tuple[FileRef, ...]
    layout: CsvLayout


class JsonTask(Value):
    """Read parts of JSON Lines files, one after the other."""

    format: Literal["jsonl"] = "jsonl"
    parts: tuple[FilePart, ...]
    encoding: str = "utf-8"


class ParquetTask(Value):
    """Read Parquet files, one after the other."""

    format: Literal["parquet"] = "parquet"
    files: tuple[FileRef, ...]


class QueryTask(Value):
    """Read the rows of a query, without the first `skip`. `uri` holds the password."""

    format: Literal["query"] = "query"
    driver: Literal["postgresql", "sqlite"]
    uri: str = Field(repr=False)
    query: str
    skip: int = 0


Task = Annotated[CsvTask | JsonTask | ParquetTask | QueryTask, Field(discriminator="format")]

TASKS: TypeAdapter[list[Task]] = TypeAdapter(list[Task])
"""Writes tasks as JSON and reads them again."""
