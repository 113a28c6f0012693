"""Whether a query looks at one row at a time, as `rows: new` asks: it is given each row once.

Query + the read of new rows ──check_row_wise──▶ problems `not-row-wise`
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from lakewright.errors import SpecError
from lakewright.spec.query import Block, Query, Source
from lakewright.spec.sql import is_aggregate

_HINT = (
    "keep the rows with `rows: new` in a table of their own, "
    "and compute this in one that reads it `by` scope"
)


def check_row_wise(query: Query, read: str) -> Iterator[SpecError]:
    """What in a query looks at more than one row of the read whose new rows it is given."""
    fed: set[int] = set()
    for at, block in query.blocks.items():
        scope = block.scope
        inner = {id(one) for one in (*scope.set_operation_scopes, *scope.derived_table_scopes)}
        sources = [one for one in block.sources if one.read == read.lower() or one.block in fed]
        asked = [one.expression for one in scope.subquery_scopes if id(one) in fed]
        if not (sources or asked or inner & fed):
            continue
        fed.add(at)
        for what, node in (*_of_rows(block), *_of_select(block)):
            message = f"{what} looks at more than one row, but `{read}` gives only its new rows"
            yield SpecError("not-row-wise", message, hint=_HINT, where=query.place(node))
        for node in _compared(block, sources, asked):
            message = f"`{read}` gives its new rows only: they cannot be compared with the others"
            yield SpecError("not-row-wise", message, hint=_HINT, where=query.place(node))
        for join in _keeping_others(block, sources):
            message = f"this join gives rows without one of `{read}`, again in each run"
            yield SpecError("not-row-wise", message, hint=_HINT, where=query.place(join))


def _of_rows(block: Block) -> Iterator[tuple[str, exp.Expr]]:
    """What takes rows together, by its name."""
    expression = block.scope.expression
    if isinstance(expression, exp.Union) and expression.args.get("distinct"):
        yield "UNION DISTINCT", expression
    elif isinstance(expression, (exp.Except, exp.Intersect)):
        yield type(expression).__name__.upper(), expression
    for name in ("distinct", "group", "having", "limit", "offset"):
        node = expression.args.get(name)
        if isinstance(node, exp.Expr):
            yield {"group": "GROUP BY"}.get(name, name.upper()), node


def _of_select(block: Block) -> Iterator[tuple[str, exp.Expr]]:
    """Functions over many rows; a GROUP BY has been named already."""
    if block.select is None:
        return
    for node in block.scope.walk():
        if isinstance(node, exp.Window):
            yield "a window", node
        elif is_aggregate(node) and not block.select.args.get("group"):
            yield "an aggregate", node


def _compared(
    block: Block, sources: Sequence[Source], asked: Sequence[exp.Expr]
) -> Iterator[exp.Expr]:
    """Where the new rows meet themselves."""
    if len(sources) + len(asked) > 1:
        yield asked[0] if asked else sources[-1].join or block.scope.expression


def _keeping_others(block: Block, sources: Sequence[Source]) -> Iterator[exp.Join]:
    """Joins that keep rows of another input, such as a calendar, which no new row matches."""
    seen = False
    for source in block.sources:
        is_fed = source in sources
        if source.join is not None:
            keeps_left = source.only_filters or source.join.side in ("LEFT", "FULL")
            keeps_right = source.join.side in ("RIGHT", "FULL")
            if (is_fed and keeps_left) or (seen and keeps_right):
                yield source.join
        seen |= is_fed
