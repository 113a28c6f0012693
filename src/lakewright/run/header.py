"""Hold the columns that a query gives to what its header says of them.

    query ─▶ columns (name, type) ─ named once? there? of a type that can? ─▶ door

What can be known of them is said when the project is checked; of a function it is known here only.
"""

from collections.abc import Mapping, Sequence

from lakewright.errors import AuthorError, SpecErrors
from lakewright.spec.checks import check_types
from lakewright.spec.values import Table


def demand_distinct(table: Table, names: Sequence[str]) -> None:
    """Refuse two columns of one name; upper and lower case do not differ."""
    lower = [name.lower() for name in names]
    twice = next((name for at, name in enumerate(names) if name.lower() in lower[:at]), None)
    if twice is not None:
        raise AuthorError(
            "duplicate-column",
            f"`{table.name}`: the query gives the column `{twice}` twice",
            where=table.query.where,
            hint="give one of them another name; upper and lower case do not differ",
        )


def demand_named(table: Table, types: Mapping[str, str]) -> None:
    """Refuse a query without a column that the header names, or with one of a type that cannot do
    what the header asks of it.
    """
    load = table.load
    for name in (*table.key, *table.scope, *load.sequence, *load.ties, *load.track):
        if name not in types:
            raise AuthorError(
                "missing-column",
                f"`{table.name}`: the query gives no column `{name}`, which the header names",
                where=table.query.where,
                hint=f"return it too; given are: {', '.join(types)}",
            )
    wrong = tuple(check_types(table, types))
    if len(wrong) > 1:
        raise SpecErrors(wrong)
    if wrong:
        raise wrong[0]
