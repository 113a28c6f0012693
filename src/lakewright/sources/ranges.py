"""A table split into parts that can be read side by side, each row in exactly one of them."""

from datetime import date, datetime
from itertools import pairwise

from lakewright.errors import SourceError
from lakewright.sources.database import Database
from lakewright.sources.dialect import TIMES, Dialect, TableColumn, quoted


def conditions(
    database: Database, dialect: Dialect, rows: str, column: TableColumn, count: int
) -> list[str]:
    """SQL conditions that share the rows out by a column: by ranges of it, a text by its hash.

    `rows` is what follows SELECT: `FROM … AS t WHERE …`. Raises SourceError `source-bad-partition`.
    """
    name = f"t.{quoted(column.name)}"
    if column.kind == "text" and (bucket := dialect.bucket(name, count)):
        return [f"coalesce({bucket}, 0) = {number}" for number in range(count)]
    if column.kind is None or column.kind not in ("integer", *TIMES):
        raise SourceError(
            "source-bad-partition",
            f"`{column.name}` ({column.named}) cannot be cut into ranges",
            hint="choose a `partition` column of whole numbers or times, or leave `partition` out",
        )
    kind = column.kind
    usable = " AND ".join(f"NOT ({one})" for one in dialect.unusable(name, kind))
    smallest, largest = (dialect.text(f"{of}({name})", kind) for of in ("min", "max"))
    low, high = database.row(f"SELECT {smallest}, {largest} {rows} AND {usable}")
    if low is None or low == high:
        return ["true"]
    between = [dialect.literal(cut) for cut in _cuts(low, high, count)]
    if not between:
        return ["true"]
    inner = [f"{name} >= {start} AND {name} < {end}" for start, end in pairwise(between)]
    return [f"({name} < {between[0]} OR {name} IS NULL)", *inner, f"{name} >= {between[-1]}"]


def _cuts(low: str, high: str, count: int) -> list[str]:
    """What lies between low and high at equal distances, as `Dialect.text` writes it."""
    if low.lstrip("-").isdigit():
        first, last = int(low), int(high)
        found = [str(first + (last - first) * number // count) for number in range(1, count)]
    elif len(low) == len("2025-03-01"):
        start = date.fromisoformat(low)
        days = (date.fromisoformat(high) - start).days
        found = [
            str(date.fromordinal(start.toordinal() + days * n // count)) for n in range(1, count)
        ]
    else:
        begin = datetime.fromisoformat(low)
        span = datetime.fromisoformat(high) - begin
        found = [
            (begin + span * number / count)
            .isoformat(timespec="microseconds")
            .replace("+00:00", "Z")
            for number in range(1, count)
        ]
    return list(dict.fromkeys(found))
