"""A connection to a database through its ADBC driver, by the door that needs no pandas.

    uri ──connected──▶ Database ── schema, rows ──▶ sql.py, the dialects
                               └── batches ───────▶ query.py, in the engine

ADBC's DB-API imports pandas, a second or two; its low level gives the same Arrow streams. What it
raises becomes a SourceError here, every secret masked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lakewright.errors import SourceError
from lakewright.sources.dialect import Dialect
from lakewright.sources.failure import masked
from lakewright.sources.postgresql import Postgresql
from lakewright.sources.sqlite import Sqlite
from lakewright.spec.source_file import passwords_in

if TYPE_CHECKING:
    import pyarrow as pa
    from adbc_driver_manager import AdbcConnection, ArrowArrayStreamHandle
    from arro3.core import Schema

DIALECTS: dict[str, Dialect] = {"postgresql": Postgresql(), "sqlite": Sqlite()}


class Database:
    """An open connection. Every method raises SourceError."""

    def __init__(self, connection: "AdbcConnection", dialect: Dialect, uri: str) -> None:
        self._connection = connection
        self._dialect = dialect
        self._uri = uri

    def schema(self, query: str) -> "Schema":
        """The Arrow schema of a query's result."""
        import arro3.core  # noqa: PLC0415 - a files source does without it

        with self._result(query) as stream:
            return arro3.core.RecordBatchReader.from_arrow(stream).schema

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a small result."""
        import arro3.core  # noqa: PLC0415 - as above

        with self._result(query) as stream:
            table = arro3.core.RecordBatchReader.from_arrow(stream).read_all()
            return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def row(self, query: str) -> tuple[Any, ...]:
        """The one row of a result."""
        return self.rows(query)[0]

    def batches(self, query: str) -> "Iterator[pa.RecordBatch]":
        """The result in batches, one at a time in memory."""
        import pyarrow as pa  # noqa: PLC0415 - asking does without it

        with self._result(query) as stream:
            try:
                yield from pa.RecordBatchReader.from_stream(stream)
            except (pa.ArrowException, OSError) as error:
                raise _error(str(error), None, self._dialect, self._uri) from error

    @contextmanager
    def _result(self, query: str) -> "Iterator[ArrowArrayStreamHandle]":
        from adbc_driver_manager import AdbcStatement, Error  # noqa: PLC0415 - as above

        try:
            with AdbcStatement(self._connection) as statement:
                statement.set_options(**self._dialect.options)
                statement.set_sql_query(query)
                stream, _ = statement.execute_query()
                yield stream
        except Error as error:
            raise _error(str(error), error.sqlstate, self._dialect, self._uri) from error


@contextmanager
def connected(driver: str, uri: str) -> Iterator[Database]:
    """A connection of a stream's own, closed at the end."""
    from adbc_driver_manager import AdbcConnection, AdbcDatabase, Error  # noqa: PLC0415 - as above

    dialect = DIALECTS[driver]
    address = dialect.address(uri)
    try:
        with (
            AdbcDatabase(driver=dialect.library(), uri=address) as database,
            AdbcConnection(database) as connection,
        ):
            found = Database(connection, dialect, uri)
            dialect.prepare(found)
            yield found
    except Error as error:
        raise _error(str(error), error.sqlstate, dialect, uri) from error


def _error(message: str, state: str | None, dialect: Dialect, uri: str) -> SourceError:
    said = masked(message, passwords_in(uri))
    return dialect.error(said, state, dialect.place(uri))
