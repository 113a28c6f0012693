"""Whether a query looks at one row at a time, as `rows: new` asks: it is given each row once, and never again.

Query + the read of new rows ──check_row_wise──▶ problems `not-row-wise`
"""

from collections.abc import Iterator

from sqlglot import exp

from lakewright.errors import SpecError
from lakewright.spec.query import Block, Query
from lakewright.spec.sql import is_aggregate

_HINT = "keep the rows with `rows: new` in a table of their own, and compute this in one that reads it `by` scope"


def check_row_wise(query: Query, read: str) -> Iterator[SpecError]:
    """What in a query looks at more than one row of the read whose new rows it is given."""
    fed: set[int] = set()
    for at, block in query.blocks.items():
        inner = {
            id(one)
            for one in (*block.scope.set_operation_scopes, *block.scope.derived_table_scopes)
        }
        sources = [one for one in block.sources if one.read == read.lower() or one.block in fed]
        asked = [one for one in block.scope.subquery_scopes if id(one) in fed]
        if sources or asked or inner & fed:
            fed.add(at)
        for what, node in _looks_further(block, bool(fed & {at})):
            message = f"{what} looks at more than one row, but `{read}` gives only its new rows"
            yield SpecError("not-row-wise", message, hint=_HINT, where=query.place(node))
        if len(sources) + len(asked) > 1:
            node = asked[0].expression if asked else sources[-1].join or block.scope.expression
            message = f"`{read}` gives its new rows only: they cannot be compared with the others"
            yield SpecError("not-row-wise", message, hint=_HINT, where=query.place(node))
        for source in sources:
            before = block.sources.index(source) > 0 and source.join is not None
            if before and source.join is not None and source.join.side in ("LEFT", "FULL"):
                message = f"this join gives rows without one of `{read}`, again in each run"
                yield SpecError("not-row-wise", message, hint=_HINT, where=query.place(source.join))


def _looks_further(block: Block, is_fed: bool) -> Iterator[tuple[str, exp.Expr]]:  # noqa: FBT001 - a fact, not a switch
    expression = block.scope.expression
    if not is_fed:
        return
    if isinstance(expression, exp.SetOperation) and not (
        isinstance(expression, exp.Union) and not expression.args.get("distinct")
    ):
        yield (
            f"{type(expression).__name__.upper()}{' DISTINCT' if isinstance(expression, exp.Union) else ''}",
            expression,
        )
    for name in ("distinct", "group", "having", "limit", "offset"):
        node = expression.args.get(name)
        if isinstance(node, exp.Expr):
            yield {"group": "GROUP BY"}.get(name, name.upper()), node
    if block.select is None:
        return
    for node in block.scope.walk():
        if isinstance(node, exp.Window):
            yield "a window", node
        elif is_aggregate(node) and not expression.args.get("group"):
            yield "an aggregate", node
    for source in block.sources:
        if source.join is not None and source.join.side in ("RIGHT", "FULL"):
            yield f"a {source.join.side} JOIN", source.join
