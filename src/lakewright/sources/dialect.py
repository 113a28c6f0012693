"""What differs between databases, as a port; and how a table's columns are seen through it.

sql.py ──▶ Dialect ◀── postgresql.py, sqlite.py
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from lakewright.errors import SourceError
from lakewright.sources.port import SourceColumn

if TYPE_CHECKING:
    from lakewright.sources.database import Database

Kind = Literal["integer", "decimal", "text", "date", "timestamp", "timestamptz"]
"""How values of a cursor or partition column are ordered and written."""


TIMES: tuple[Kind, ...] = ("date", "timestamp", "timestamptz")


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: `value` is SQL that reads it from `t`, `type` the Spark type it gives.

    `declared` is the type the source declares, where `type` is text for want of it (see
    SourceColumn). `kind` is None where values cannot be ordered exactly; `named` is the database's
    word for its type.
    """

    name: str
    value: str
    type: str
    declared: str
    kind: Kind | None
    named: str

    @property
    def given(self) -> SourceColumn:
        """The column as the connector gives it."""
        return SourceColumn(self.name, self.type, self.declared)


class Dialect(Protocol):
    """A database's own ways. SQL is written over a table with the alias `t`."""

    driver: ClassVar[str]
    options: ClassVar[Mapping[str, str]]
    """Options of ADBC statements: how large the batches are."""
    samples: ClassVar[int]
    """How many rows of `select` come first that are not the table's."""

    def library(self) -> str:
        """The path of the ADBC driver."""
        ...

    def address(self, uri: str) -> str:
        """The URI as the driver takes it. Raises SourceError where nothing can be there."""
        ...

    def place(self, uri: str) -> str:
        """Where the database is, for people: a host and port, a file."""
        ...

    def prepare(self, database: "Database") -> None:
        """Set the session: times in UTC, nothing may be written."""
        ...

    def columns(self, database: "Database", table: str) -> Sequence[TableColumn]:
        """The columns of a table by its quoted name. Raises SourceError `source-missing-object`."""
        ...

    def select(
        self, table: str, columns: Sequence[TableColumn]
    ) -> tuple[str, tuple[SourceColumn, ...]]:
        """A query of these columns, which a condition can follow, and what it gives."""
        ...

    def text(self, expression: str, kind: Kind) -> str:
        """SQL that writes a value of a kind exactly: times as ISO 8601 in UTC with microseconds."""
        ...

    def literal(self, value: str) -> str:
        """SQL of a value written by `text`, to compare with the column it came from."""
        ...

    def unusable(self, column: str, kind: Kind) -> Sequence[str]:
        """Conditions, any of which says that a cursor cannot be compared: null, `infinity`."""
        ...

    def bucket(self, column: str, count: int) -> str | None:
        """SQL that gives each text a number below `count`; None where there is no such function."""
        ...

    def error(self, message: str, state: str | None, place: str) -> SourceError:
        """Ours for an error of the database's, given its masked message and SQLSTATE."""
        ...


def quoted(name: str) -> str:
    """An identifier in SQL, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def string(value: str) -> str:
    """A string in SQL, whatever is in it."""
    return "'" + value.replace("'", "''") + "'"
