"""The words of a table written in Python: `@table`, and what it reads: `by`, `new`, `calendar`.

    tables/gold/customers.py ──spec/python_file.py (syntax tree only)──▶ the same header as in SQL

A module is imported only when its step runs, and there these words do nothing: the decorated
function stays what it was, to be called and tested like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Names = str | Sequence[str]
Header = Mapping[str, object]

Query = TypeVar("Query", bound=Callable[..., object])


def table(
    name: str,
    *,
    key: Names = (),
    reads: Mapping[str, str | Header] | None = None,
    load: str | Header = "replace",
    scope: Names = (),
    description: str = "",
) -> Callable[[Query], Query]:
    """Declare that the decorated function gives the rows of the table `layer.name`.

    Its parameters are the names in `reads`, each given as a DataFrame; it returns a DataFrame. All
    arguments must be literals, since they are read without importing the module. They mean what the
    keys of an SQL table's header mean.
    """
    del name, key, reads, load, scope, description

    def keep(query: Query) -> Query:
        return query

    return keep


def by(table: str, columns: Names, *, lookups: Mapping[str, Header] | None = None) -> Header:
    """Read the rows of the affected scopes: `columns` are equal, in order, to the table's scope."""
    return {"table": table, "by": columns, "lookups": lookups or {}}


def new(table: str) -> Header:
    """Read the rows that were not read before; for queries that look at one row at a time."""
    return {"table": table, "rows": "new"}


def calendar(first: str, last: str) -> Header:
    """Read the days from `first` to `last`, both included, given as ISO dates."""
    return {"calendar": {"from": first, "to": last}}
