"""How far a stream can be read by its cursor, and whether there is anything new up to there.

    position, newest cursor, counts ──watermark──▶ a condition to read by, and the next position

The position holds the watermark (`cursor`), where the lookback from it began (`from`), and how many
rows there were between the two (`rows`). It is counted before the read: a row that comes in between
is read now, and counted the next time, when it costs one more look at the lookback and nothing
else.
"""

from dataclasses import dataclass, replace

from lakewright.errors import SourceError
from lakewright.sources.cursor import earlier
from lakewright.sources.database import Database
from lakewright.sources.dialect import Dialect, Kind, TableColumn, quoted
from lakewright.sources.port import Position
from lakewright.spec.values import Cursor


@dataclass(frozen=True)
class Watermark:
    """What to read: `position` is None where there is nothing new."""

    position: Position | None
    condition: str = ""
    identity: str = ""
    interval: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Column:
    """The cursor column in SQL."""

    table: str
    name: str
    kind: Kind
    dialect: Dialect

    @property
    def sql(self) -> str:
        return f"t.{quoted(self.name)}"

    @property
    def unusable(self) -> str:
        return " OR ".join(self.dialect.unusable(self.sql, self.kind))

    @property
    def newest(self) -> str:
        """A subquery of the greatest value. Of its own, so that an index can answer it."""
        return self._ask(self.dialect.text(f"max({self.sql})", self.kind), self._usable())

    @property
    def without(self) -> str:
        """A subquery that counts the rows which have no value to compare."""
        return self._ask("count(*)", self.unusable)

    def later(self, than: str) -> str:
        """A subquery that says whether there is a value later than another."""
        return self._ask(f"max({self.sql}) > {self.dialect.literal(than)}", self._usable())

    def count(self, low: str | None, high: str) -> str:
        """A subquery that counts rows between two values, both included."""
        return self._ask("count(*)", f"{self._usable()} AND {self.between(low, high)}")

    def between(self, low: str | None, high: str) -> str:
        up_to = f"{self.sql} <= {self.dialect.literal(high)}"
        return up_to if low is None else f"{self.sql} >= {self.dialect.literal(low)} AND {up_to}"

    def _usable(self) -> str:
        conditions = self.dialect.unusable(self.sql, self.kind)
        return " AND ".join(f"NOT ({condition})" for condition in conditions)

    def _ask(self, what: str, condition: str) -> str:
        return f"(SELECT {what} FROM {self.table} AS t WHERE {condition})"


def watermark(
    database: Database,
    dialect: Dialect,
    table: str,
    column: TableColumn,
    read: tuple[Cursor, Position | None],
) -> Watermark:
    """What there is to read by a cursor column, given how far the stream was read.

    Raises SourceError `source-bad-cursor` for a column whose values have no exact order.
    """
    cursor, position = read
    if column.kind is None:
        raise SourceError(
            "source-bad-cursor",
            f"`{column.name}` ({column.named}) cannot be a cursor: its values have no exact order",
            hint="choose a column of times, dates, whole numbers, decimals or text",
        )
    of = _Column(table, column.name, column.kind, dialect)
    before = dict(position or {})
    mark = before.get("cursor")
    asked = [of.newest, of.without]
    if isinstance(mark, str):
        asked += [of.later(mark), of.count(str(before.get("from", mark)), mark)]
    newest, without, *since = database.row(f"SELECT {', '.join(asked)}")
    which = "1 row has" if str(without) == "1" else f"{without} rows have"
    notes = (f"{which} no {column.name}",) if without else ()
    if newest is None:
        empty = _rows_without(of, without) if without and position is None else Watermark(None)
        return replace(empty, notes=notes)
    if isinstance(mark, str) and not since[0] and since[1] == before.get("rows"):
        return Watermark(None, notes=notes)
    low = earlier(mark, cursor.lookback_seconds, of.kind) if isinstance(mark, str) else None
    high = newest if not since or since[0] else mark
    return replace(_up_to(database, of, low, str(high), cursor), notes=notes)


def _up_to(
    database: Database, of: _Column, low: str | None, high: str, cursor: Cursor
) -> Watermark:
    start = earlier(high, cursor.lookback_seconds, of.kind)
    rows, recent = database.row(f"SELECT {of.count(low, high)}, {of.count(start, high)}")
    covers = f"{low} … {high}" if low else f"… {high}"
    return Watermark(
        position={"cursor": high, "from": start, "rows": recent},
        condition=f"({of.between(low, high)} OR {of.unusable})",
        identity=f"{of.name} {covers}, {rows} rows",
        interval=f"{of.name} {covers}",
    )


def _rows_without(of: _Column, count: object) -> Watermark:
    """A first read that finds rows, and none with a cursor: they are refused, and seen to be."""
    return Watermark(
        position={"cursor": None},
        condition=f"({of.unusable})",
        identity=f"{of.name} none, {count} rows",
        interval=f"no {of.name}",
    )
