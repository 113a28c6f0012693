"""SQLite as a dialect.

SQLite enforces no types: an INTEGER column may hold `n/a`. So every value comes as text, with the
type that the column declares beside it, and the contract casts it. Typed are only what SQLite does
enforce: the columns of STRICT tables, and a rowid; a column of BLOBs is binary, a BLOB elsewhere
hexadecimal.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote, urlsplit

from lakewright.errors import SourceError
from lakewright.sources.dialect import Kind, TableColumn, quoted, string
from lakewright.sources.port import SourceColumn

if TYPE_CHECKING:
    from lakewright.sources.database import Database

_STRICT = {
    "INT": "bigint",
    "INTEGER": "bigint",
    "REAL": "double",
    "TEXT": "string",
    "BLOB": "binary",
}
_SAMPLES = {"bigint": "0", "double": "0.0", "binary": "x''", "string": "''"}
_INTEGER = re.compile(r"-?\d{1,18}")
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)")
_DECLARED = (
    ("INT", "bigint"),
    ("CHAR", ""),
    ("CLOB", ""),
    ("TEXT", ""),
    ("REAL", "double"),
    ("FLOA", "double"),
    ("DOUB", "double"),
    ("BOOL", "boolean"),
    ("DATETIME", "timestamp"),
    ("TIMESTAMP", "timestamp"),
    ("DATE", "date"),
)
"""What is in the name of a declared type, and the Spark type that is meant."""


class Sqlite:
    """SQLite's ways."""

    driver: ClassVar[str] = "sqlite"
    samples: ClassVar[int] = 1
    options: ClassVar[Mapping[str, str]] = {"adbc.sqlite.query.batch_rows": "16384"}

    def library(self) -> str:
        """The path of the ADBC driver."""
        import adbc_driver_sqlite  # noqa: PLC0415 - a files source does without it

        return str(adbc_driver_sqlite._driver_path())  # noqa: SLF001 - its DB-API needs pandas

    def address(self, uri: str) -> str:
        """The file, to be read only: SQLite would make one that is not there."""
        path = Path(self.place(uri))
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            raise SourceError(
                "source-unreachable",
                f"{path} {problem}",
                hint="mend the path of the database in `uri`",
            )
        return f"file:{quote(str(path))}?mode=ro"

    def place(self, uri: str) -> str:
        """The path of the file."""
        if uri.startswith(("file:", "sqlite:")):
            return unquote(urlsplit(uri).path.replace("//", "/", 1))
        return uri

    def prepare(self, database: "Database") -> None:
        """Look whether it is a database at all."""
        database.row("SELECT count(*) FROM sqlite_schema")

    def columns(self, database: "Database", table: str) -> Sequence[TableColumn]:
        """The columns as the table declares them."""
        schema, _, name = table.rpartition(".")
        where = f"name = {string(_plain(name))}" + (
            f" AND schema = {string(_plain(schema))}" if schema else ""
        )
        found = database.row(
            f"SELECT max(strict), max(wr), count(*) FROM pragma_table_list WHERE {where}"
        )
        strict, without_rowid, there = found
        if not there:
            known = database.row(
                "SELECT coalesce(group_concat(name, ', '), 'none') FROM sqlite_schema"
            )
            raise SourceError(
                "source-missing-object",
                f"there is no table or view {table}",
                hint=f"mend the stream's `object`; the database has: {known[0]}",
            )
        arguments = string(_plain(name)) + (f", {string(_plain(schema))}" if schema else "")
        described = database.rows(
            f"SELECT name, upper(type), pk FROM pragma_table_info({arguments})"
        )
        keys = sum(pk > 0 for *_, pk in described)
        return [
            _strict_column(column, named)
            if strict or (named == "INTEGER" and pk and keys == 1 and not without_rowid)
            else _column(column, named)
            for column, named, pk in described
        ]

    def select(
        self, table: str, columns: Sequence[TableColumn]
    ) -> tuple[str, tuple[SourceColumn, ...]]:
        """The values after one row of samples.

        The driver takes a column's type from the first rows, and fails when these are null and a
        later one is not: the samples have every column's type. The reader drops them.
        """
        samples = (f"{_SAMPLES[column.type]} AS {quoted(column.name)}" for column in columns)
        values = (column.value for column in columns)
        query = (
            f"SELECT {', '.join(samples)} UNION ALL SELECT {', '.join(values)} FROM {table} AS t"
        )
        return query, tuple(column.given for column in columns)

    def text(self, expression: str, kind: Kind) -> str:
        """As SQLite writes it: a real number with all digits it needs."""
        del kind
        return f"CAST({expression} AS TEXT)"

    def literal(self, value: str) -> str:
        """A number where it is one: a column that declares text compares it as text even so."""
        return value if _INTEGER.fullmatch(value) else string(value)

    def unusable(self, column: str, kind: Kind) -> Sequence[str]:
        """Null, or bytes."""
        del kind
        return (f"{column} IS NULL", f"typeof({column}) = 'blob'")

    def bucket(self, column: str, count: int) -> str | None:
        """SQLite has no hash."""
        del column, count
        return None

    def error(self, message: str, state: str | None, place: str) -> SourceError:
        """By what is said: SQLite's driver gives no state."""
        del state
        # The rest quotes our query.
        said = message.partition("\nquery:")[0].rpartition("Failed to prepare query:")[2].strip()
        retryable = "locked" in said or "busy" in said
        if "no such table" in said:
            code, hint = "source-missing-object", "mend the stream's `object`"
        elif "no such column" in said:
            code, hint = "source-missing-column", "bring the column back, or mend the stream"
        elif "not a database" in said:
            code, hint = "source-unreachable", "mend the path in `uri`: this file is something else"
        else:
            code, hint = "source-failed", "the message is the database's own"
        return SourceError(code, f"{place} says: {said}", hint=hint, retryable=retryable)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"')


def _strict_column(name: str, named: str) -> TableColumn:
    if named not in _STRICT:
        return _column(name, named)
    kind: Kind | None = "integer" if _STRICT[named] == "bigint" else "text"
    if named in ("BLOB", "REAL"):
        kind = None
    return TableColumn(name, f"t.{quoted(name)}", _STRICT[named], "", kind, named)


def _column(name: str, named: str) -> TableColumn:
    column = f"t.{quoted(name)}"
    if "BLOB" in named:
        return TableColumn(name, f"CAST({column} AS BLOB)", "binary", "", None, named)
    # A BLOB read as text would be cut at its first zero, and need not be text at all.
    value = f"CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE CAST({column} AS TEXT) END"
    return TableColumn(name, value, "string", _declared(named), "text", named or "no type")


def _declared(named: str) -> str:
    decimal = _DECIMAL.search(named)
    if decimal and int(decimal[2]) <= int(decimal[1]) <= 38:
        return f"decimal({decimal[1]},{decimal[2]})"
    return next((type_ for word, type_ in _DECLARED if word in named), "")
