"""What the rest of Lakewright asks of a source: what there is to read, and its rows.

    plan ──look──▶ Outlook            what a read would cover, without reading a row
    run  ──open──▶ DataFrame          raw rows, read once into the stage

A connector never decides what is new: it is told the position up to which its stream was read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from lakewright.spec.values import Stream

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Position = Mapping[str, object]
"""How far a stream has been read, as JSON values.

`{"files": {path: [size, mtime_ns]}}`, or `{"cursor": "2025-03-01T…", "from": …, "rows": …}`: `rows`
is how many there were between `from`, where the lookback begins, and the cursor, so that a row that
comes there later is seen.
"""

LINE, FILE, MALFORMED = "_line", "_file", "_malformed"
"""Extra columns a connector may give beside the stream's own, which never enter bronze.

The number of the line, the path of the file, and the text of a line that cannot be taken apart (its
other columns are null then). A database gives the text of a row that holds a value which cannot be
carried; there it is this value alone that is null, FILE is the table, and LINE is null.
"""


@dataclass(frozen=True)
class SourceColumn:
    """A column as the source has it; `type` is the Spark SQL type of the values that `open` gives.

    `declared` is the type that the source says the column has, where its values come as text:
    because Arrow does not carry it (PostgreSQL's numeric) or because the source does not enforce it
    (SQLite). Without a contract it is the type to cast to. It is empty where there is nothing
    better than `type`.
    """

    name: str
    type: str
    declared: str = ""


PLACE = (
    SourceColumn(LINE, "bigint"),
    SourceColumn(FILE, "string"),
    SourceColumn(MALFORMED, "string"),
)
"""The extra columns, with their types. A connector that gives one of them gives all three."""


@dataclass(frozen=True)
class Batch:
    """What one read covers: everything needed to read it again, as JSON values.

    `identity` names the batch for ever: the same interval, offsets or files give the same identity.
    `position` is the stream's position once the batch is in bronze (only what changes, for
    `files`). `interval` is for people: "updated_at 2025-02-26 … 2025-03-01", "3 new files".
    """

    identity: str
    position: Position
    request: Mapping[str, object]
    interval: str


@dataclass(frozen=True)
class Outlook:
    """What a source says of a stream before anything is read: its columns, and a batch, if any.

    `notes` are for the report: rows with a null cursor, a cursor in the future. `open_columns` says
    that a column may be absent from a batch without having vanished from the source (JSON Lines).
    """

    columns: tuple[SourceColumn, ...]
    batch: Batch | None
    notes: tuple[str, ...] = field(default=())
    open_columns: bool = False


class Connector(Protocol):
    """A source's streams, read incrementally. Its errors are SourceError, secrets masked."""

    def look(self, stream: Stream, position: Position | None) -> Outlook:
        """Ask for the columns and for what is new since `position` (None: nothing was read yet)."""
        ...

    def open(self, spark: "SparkSession", stream: Stream, batch: Batch) -> "DataFrame":
        """The raw rows of a batch: the stream's columns, and PLACE where it has them."""
        ...
