"""PostgreSQL, and what speaks its protocol, as a dialect.

Values come in their own type where Arrow has it. numeric comes as text, with all its digits; arrays
come as JSON and any other type as PostgreSQL writes it.

A time that has no date (`infinity`), or one beyond the year 9999, is none that Spark or a calendar
knows. It comes as null, and its row whole, as JSON, in the MALFORMED column: refused, not altered.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from lakewright.errors import SourceError
from lakewright.sources.dialect import TIMES, Kind, TableColumn, quoted, string
from lakewright.sources.port import FILE, LINE, MALFORMED, PLACE, SourceColumn

if TYPE_CHECKING:
    from lakewright.sources.database import Database

_TYPES: Mapping[str, tuple[str, Kind | None]] = {
    "bool": ("boolean", None),
    "bpchar": ("string", "text"),
    "bytea": ("binary", None),
    "char": ("string", None),
    "date": ("date", "date"),
    "float4": ("float", None),
    "float8": ("double", None),
    "int2": ("bigint", "integer"),
    "int4": ("bigint", "integer"),
    "int8": ("bigint", "integer"),
    "json": ("string", None),
    "jsonb": ("string", None),
    "name": ("string", "text"),
    "text": ("string", "text"),
    "timestamp": ("timestamp", "timestamp"),
    "timestamptz": ("timestamp", "timestamptz"),
    "varchar": ("string", "text"),
}
"""What the driver carries: PostgreSQL's type, its values' type in Spark, how they are ordered."""

_PRECISION = 38
_MISPLACED_PASSWORD = re.compile(r'"[^"]*@')
_QUOTED = re.compile(r'"[^"]*" ?')

_MISSING_TABLE = ("42P01", "3F000")
_MISSING_COLUMN = "42703"
_REFUSED = ("28000", "28P01", "42501")
_PASSING = ("08", "40", "53", "57P")
"""SQLSTATEs that pass: a lost connection, a conflict, no resources, a server that restarts."""


class Postgresql:
    """PostgreSQL's ways."""

    driver: ClassVar[str] = "postgresql"
    samples: ClassVar[int] = 0
    options: ClassVar[Mapping[str, str]] = {"adbc.postgresql.batch_size_hint_bytes": str(4 << 20)}

    def library(self) -> str:
        """The path of the ADBC driver."""
        import adbc_driver_postgresql  # noqa: PLC0415 - a files source does without it

        return str(adbc_driver_postgresql._driver_path())  # noqa: SLF001 - its DB-API needs pandas

    def address(self, uri: str) -> str:
        """The URI; a server that does not answer is waited for no longer than ten seconds."""
        if "://" not in uri or "connect_timeout" in uri:
            return uri
        return f"{uri}{'&' if '?' in uri else '?'}connect_timeout=10"

    def place(self, uri: str) -> str:
        """The host and port."""
        try:
            parts = urlsplit(uri)
            host, port = parts.hostname, parts.port or 5432
        except ValueError:
            return "PostgreSQL"
        return f"{host}:{port}" if host else "PostgreSQL"

    def prepare(self, database: "Database") -> None:
        """Times are written in UTC, and nothing can be changed."""
        database.row(
            "SELECT set_config('timezone', 'UTC', false) IS NULL,"
            " set_config('default_transaction_read_only', 'on', false) IS NULL"
        )

    def columns(self, database: "Database", table: str) -> Sequence[TableColumn]:
        """The columns as a query that returns nothing describes them."""
        schema = database.schema(f"SELECT * FROM {table} AS t WHERE false")
        return [
            _column(
                field.name, {key.decode(): text.decode() for key, text in field.metadata.items()}
            )
            for field in map(schema.field, schema.names)
        ]

    def select(
        self, table: str, columns: Sequence[TableColumn]
    ) -> tuple[str, tuple[SourceColumn, ...]]:
        """The values, and the rows with a time that is none as JSON."""
        values: list[str] = []
        outside: list[str] = []
        for column in columns:
            value = column.value
            if column.kind in TIMES:
                lost = self.unusable(value, column.kind)[1:]
                value = f"CASE WHEN NOT ({' OR '.join(lost)}) THEN {value} END"
                outside += lost
            values.append(f"{value} AS {quoted(column.name)}")
        given = tuple(column.given for column in columns)
        if outside:
            lost = " OR ".join(outside)
            values += [
                f"CAST(NULL AS bigint) AS {quoted(LINE)}",
                f"CASE WHEN {lost} THEN {string(table)} END AS {quoted(FILE)}",
                f"CASE WHEN {lost} THEN row_to_json(t.*)::text END AS {quoted(MALFORMED)}",
            ]
            given += PLACE
        return f"SELECT {', '.join(values)} FROM {table} AS t", given

    def text(self, expression: str, kind: Kind) -> str:
        """Times with microseconds and Z; everything else as PostgreSQL writes it."""
        match kind:
            case "timestamp":
                return f"""to_char({expression}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
            case "timestamptz":
                return self.text(f"({expression} AT TIME ZONE 'UTC')", "timestamp")
            case "date":
                return f"to_char({expression}, 'YYYY-MM-DD')"
            case _:
                return f"({expression})::text"

    def literal(self, value: str) -> str:
        """A string: PostgreSQL takes its type from what it is compared with."""
        return string(value)

    def unusable(self, column: str, kind: Kind) -> Sequence[str]:
        """Null, a time without a date, a number that is none."""
        outside: tuple[str, ...] = ()
        if kind in TIMES:
            outside = (f"{column} < '0001-01-01'", f"{column} >= '10000-01-01'")
        elif kind == "decimal":
            outside = (f"{column} = 'NaN'",)
        return (f"{column} IS NULL", *outside)

    def bucket(self, column: str, count: int) -> str | None:
        """By the hash that PostgreSQL partitions text with."""
        return f"((hashtext({column}::text) & 2147483647) % {count})"

    def error(self, message: str, state: str | None, place: str) -> SourceError:
        """By SQLSTATE; a connection that was never made has none, and is told by what is said."""
        # The rest quotes our query, and points at a place in it.
        said = message.rpartition("ERROR:")[2].strip().partition("\n")[0]
        if state is None:
            return _unconnected(message.strip(), place)
        if state in _MISSING_TABLE:
            code, hint = "source-missing-object", "mend the stream's `object`, or create it there"
        elif state == _MISSING_COLUMN:
            code, hint = "source-missing-column", "bring the column back, or mend the stream"
        elif state in _REFUSED:
            code, hint = "source-refused", "have the database grant SELECT to this user"
        else:
            code, hint = "source-failed", "the message is the database's own"
        return SourceError(
            code, f"{place} says: {said}", hint=hint, retryable=state.startswith(_PASSING)
        )


def _column(name: str, metadata: Mapping[str, str]) -> TableColumn:
    named = metadata.get("POSTGRESQL:type", "")
    column = f"t.{quoted(name)}"
    if named == "numeric":
        # The server writes the digits twice as fast as the driver does.
        return TableColumn(name, f"{column}::text", "string", _declared(metadata), "decimal", named)
    if named in _TYPES:
        type_, kind = _TYPES[named]
        return TableColumn(name, column, type_, "", kind, named)
    if named == "oid":
        return TableColumn(name, f"{column}::bigint", "bigint", "", None, named)
    value = f"to_json({column})::text" if named.startswith("_") else f"{column}::text"
    return TableColumn(
        name, value, "string", "", None, metadata.get("ADBC:postgresql:typname", named)
    )


def _declared(metadata: Mapping[str, str]) -> str:
    """The decimal that a numeric column's precision and scale allow, if it has them."""
    modifier = int(metadata.get("POSTGRESQL:typmod", -1)) - 4
    if modifier < 0:
        return ""
    precision, scale = modifier >> 16, modifier & 0x7FF
    return f"decimal({precision},{scale})" if scale <= precision <= _PRECISION else ""


def _unconnected(said: str, place: str) -> SourceError:
    said = (said.partition("Failed to connect:")[2].strip() or said).partition("\n")[0]
    # A password with an `@` or a `/` that is not escaped is taken for the host or the port.
    said = _MISPLACED_PASSWORD.sub('"***@', said)
    if "database" in said and "does not exist" in said:
        return SourceError(
            "source-missing-object", f"{place} says: {said}", hint="mend the database in `uri`"
        )
    passing = any(word in said for word in ("too many clients", "starting up", "shutting down"))
    if "FATAL" in said and not passing:
        return SourceError(
            "source-refused",
            f"{place} refuses the connection: {said}",
            hint="mend the user and the password in `uri` (`%` stands for itself as `%25`)",
        )
    if said.startswith(("invalid", "missing")):
        return SourceError(
            "source-unreachable",
            f"`uri` cannot be used: {_QUOTED.sub('', said)}",
            hint="postgresql://user:password@host:5432/name; in the password write `@` as `%40`,"
            " `/` as `%2F`, `%` as `%25`",
        )
    return SourceError(
        "source-unreachable",
        f"{place} cannot be reached: {said}",
        hint="is the database running, and are host and port in `uri` right?",
        retryable=True,
    )
