"""Hold a query to its scopes: what it gives for the affected scopes is all that changes in the
table.

    given rows ─ query ─▶ door ─▶ same types? own scopes only? ─▶ load

A scope column that changed its type on the way would join scopes that are read apart (`007` and
`7`), and a row of a scope that was not read would be published beside the rows it belongs to.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lakewright.errors import AuthorError, SpecError
from lakewright.shape.affected import scope_names, scopes_of, united
from lakewright.shape.columns import same
from lakewright.spec.values import PythonQuery, Table
from lakewright.store.lake import TableState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def demand_same_types(
    table: Table, columns: Sequence[tuple[str, str]], states: Mapping[str, TableState]
) -> None:
    """Refuse a scope column whose type is not that of the `by` column it comes from."""
    types = dict(columns)
    for read in table.reads:
        for name, by in zip(table.scope, read.by, strict=False):
            theirs = dict(states[read.table].columns)[by]
            if types[name] != theirs:
                raise SpecError(
                    "scope-type",
                    f"`{table.name}`: `{name}` is {types[name]}, "
                    f"but `{read.table}.{by}`, by which it is read, is {theirs}",
                    where=read.where,
                    hint="give it its type where it comes from, or read the input whole",
                )


def demand_own_scopes(table: Table, rows: "DataFrame", given: "Mapping[str, DataFrame]") -> None:
    """Refuse rows of a scope that no input has. SQL is checked when it is read, a function only
    shows it here.
    """
    by = {read.name: read.by for read in table.reads if read.by}
    if not by or not isinstance(table.query, PythonQuery):
        return
    asked = united([scopes_of(given[name], columns) for name, columns in by.items()])
    pairs = [(name, name) for name in scope_names(len(table.scope))]
    theirs = scopes_of(rows, table.scope).alias("t")
    foreign = theirs.join(asked.alias("a"), same("t", "a", pairs), "left_anti").limit(1).toArrow()
    if foreign.num_rows:
        values = ", ".join(str(column[0].as_py()) for column in foreign.columns)
        raise AuthorError(
            "foreign-scope",
            f"`{table.name}`: {table.query.function}() gives rows of `{values}`, "
            "which none of its inputs has",
            where=table.query.where,
            hint=f"return {', '.join(table.scope)} as it came; or read the inputs whole",
        )
