"""The connector for databases, through ADBC.

    look ── columns, newest cursor, counts ──▶ Outlook
    open ── one query, or one for each part of the table ──▶ DataFrame

A read covers `low ≤ cursor ≤ newest at the start`, low being the watermark less the lookback, and
the rows without a cursor, every time, so that they are refused and counted. Ties at the watermark
are normal: beside the watermark the position keeps how many rows there were just below it, and a
row that came later with an old cursor makes another batch. That reads the lookback again; bronze
drops what it has.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, cast

from lakewright.errors import SourceError
from lakewright.sources.database import DIALECTS, Database, connected
from lakewright.sources.dialect import Dialect, TableColumn, quoted
from lakewright.sources.failure import placed
from lakewright.sources.port import Batch, Outlook, Position, SourceColumn
from lakewright.sources.ranges import conditions
from lakewright.sources.tasks import QueryTask
from lakewright.sources.watermark import Watermark, watermark
from lakewright.spec.values import Source, Stream, Value

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Partition(Value):
    """A column whose ranges are read side by side, and how many ranges."""

    column: str
    count: int


class SqlOptions(Value):
    """The options of a stream of a database."""

    object: str
    partition: Partition | None = None


class SqlRequest(Value):
    """What a batch reads: a query that gives `columns` (name, type), where `condition` holds."""

    table: str
    query: str
    columns: tuple[tuple[str, str], ...]
    condition: str


@dataclass(frozen=True)
class SqlConnector:
    """The streams of a database."""

    source: Source

    def look(self, stream: Stream, position: Position | None) -> Outlook:
        """Ask for the table's columns, and for what its cursor says is new."""
        with self._database(stream) as database:
            table = _table(stream)
            columns = self._dialect.columns(database, table)
            _demand(columns, stream.key, "the stream's key")
            query, given = self._dialect.select(table, columns)
            request = SqlRequest(
                table=table,
                query=query,
                columns=tuple((column.name, column.type) for column in given),
                condition="true",
            )
            own = tuple(column.given for column in columns)
            if stream.cursor is None:
                return Outlook(own, _extract(request, table))
            cursor = _demand(columns, [stream.cursor.column], "the stream's cursor")[0]
            found = watermark(database, self._dialect, table, cursor, (stream.cursor, position))
            return Outlook(own, _increment(request, found), found.notes)

    def open(self, spark: "SparkSession", stream: Stream, batch: Batch) -> "DataFrame":
        """The rows of the batch, by as many connections as the stream's `partition` says."""
        # PySpark takes a second to import, and nothing before this needs it.
        from lakewright.sources.data_source import raw_rows  # noqa: PLC0415

        request = SqlRequest.model_validate(batch.request)
        tasks = [
            QueryTask(
                driver=self._driver,
                uri=self._uri,
                query=f"{request.query} WHERE {request.condition} AND {part}",
                skip=self._dialect.samples,
            )
            for part in self._parts(stream, request)
        ]
        return raw_rows(spark, [SourceColumn(*one) for one in request.columns], tasks)

    def _parts(self, stream: Stream, request: SqlRequest) -> Sequence[str]:
        wanted = SqlOptions.model_validate(stream.options).partition
        if wanted is None or wanted.count == 1:
            return ["true"]
        with self._database(stream) as database:
            columns = self._dialect.columns(database, request.table)
            column = _demand(columns, [wanted.column], "the stream's `partition`")[0]
            rows = f"FROM {request.table} AS t WHERE {request.condition}"
            return conditions(database, self._dialect, rows, column, wanted.count)

    @property
    def _driver(self) -> Literal["postgresql", "sqlite"]:
        return cast("Literal['postgresql', 'sqlite']", self.source.connection["driver"])

    @property
    def _uri(self) -> str:
        return str(self.source.connection["uri"])

    @property
    def _dialect(self) -> Dialect:
        return DIALECTS[self._driver]

    @contextmanager
    def _database(self, stream: Stream) -> Iterator[Database]:
        try:
            with connected(self._driver, self._uri) as database:
                yield database
        except SourceError as error:
            raise placed(error, stream) from error


def _table(stream: Stream) -> str:
    """The quoted name of the stream's object; names are taken exactly as they are written."""
    from sqlglot import exp  # noqa: PLC0415 - heavy, and opening a batch does without it
    from sqlglot.errors import SqlglotError  # noqa: PLC0415 - as above

    name = SqlOptions.model_validate(stream.options).object
    try:
        parts = exp.to_table(name).parts
    except SqlglotError:
        parts = []
    if not parts or not all(isinstance(part, exp.Identifier) for part in parts):
        raise SourceError(
            "source-missing-object",
            f"`{name}` is no name of a table",
            hint='such as `orders`, `public.orders` or `"Odd.Schema".orders`',
        )
    return ".".join(quoted(part.name) for part in parts)


def _extract(request: SqlRequest, table: str) -> Batch:
    """All rows, each time: whether they are those of the time before is seen when they are read."""
    return Batch(
        identity=f"{table}: full extract",
        position={},
        request=request.model_dump(mode="json"),
        interval="full extract",
    )


def _increment(request: SqlRequest, found: Watermark) -> Batch | None:
    if found.position is None:
        return None
    read = request.model_copy(update={"condition": found.condition})
    return Batch(
        identity=f"{request.table}: {found.identity}",
        position=found.position,
        request=read.model_dump(mode="json"),
        interval=found.interval,
    )


def _demand(
    columns: Sequence[TableColumn], names: Sequence[str], what: str
) -> Sequence[TableColumn]:
    """The columns of these names. Raises SourceError `source-missing-column`."""
    there = {column.name: column for column in columns}
    for name in names:
        if name not in there:
            close = get_close_matches(name, there, n=1)
            raise SourceError(
                "source-missing-column",
                f"there is no column `{name}`, which {what} names",
                hint=f"did you mean `{close[0]}`?" if close else f"it has {', '.join(there)}",
            )
    return [there[name] for name in names]
