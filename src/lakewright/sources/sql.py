"""The connector for databases, through ADBC.

    look ── columns, newest cursor, counts ──▶ Outlook
    open ── one query, or one per range of the partition column ──▶ DataFrame

A read covers `low ≤ cursor ≤ newest at the start`, where low is the watermark less the lookback, and
the rows without a cursor, each time, so that they are refused and counted. Ties at the watermark are
normal: beside the watermark the position keeps how many rows there were from `from` up to it, and a
row that came later with an old cursor makes another batch. It reads the lookback again; bronze drops
what it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lakewright.errors import SourceError
from lakewright.sources.cursor import earlier
from lakewright.sources.database import DIALECTS, Database, connected
from lakewright.sources.dialect import Dialect, Kind, TableColumn, quoted
from lakewright.sources.failure import placed
from lakewright.sources.port import Batch, Outlook, Position, SourceColumn
from lakewright.sources.ranges import conditions
from lakewright.sources.tasks import QueryTask
from lakewright.spec.values import Source, Stream, Value

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Partition(Value):
    column: str
    count: int


class SqlOptions(Value):
    """The options of a stream of a database."""

    object: str
    partition: Partition | None = None


class Request(Value):
    """What a batch reads: the query without conditions, what it gives, and the bounds of the cursor."""

    columns: tuple[SourceColumn...]
