"""A query taken apart: its blocks, what stands in their FROM, and where each column comes from.

    columns.read_query ──▶ Query ──▶ passage.py, row_wise.py

A block is one SELECT (a CTE, a subquery, a branch of a UNION).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from lakewright.errors import Location
from lakewright.spec.problems import Problems
from lakewright.spec.sql import place_of

Columns = tuple[str, ...] | None
"""Names in order; None where they are not known."""


@dataclass(frozen=True)
class Reference:
    """A column of a source of a block; names in lower case."""

    block: int
    source: str
    column: str


@dataclass(frozen=True)
class Source:
    """What stands in a FROM or JOIN: a read of the table, or another block."""

    alias: str
    columns: Columns
    read: str = ""
    block: int | None = None
    join: exp.Join | None = None
    using: tuple[str, ...] = ()

    @property
    def only_filters(self) -> bool:
        """Whether the source is the right side of a semi or anti join, which gives no columns."""
        return self.join is not None and self.join.kind in ("SEMI", "ANTI")


@dataclass
class Block:
    """A SELECT, a set operation, or a function that gives rows; `output` are its columns."""

    scope: Scope
    sources: tuple[Source, ...] = ()
    output: Columns = None

    @property
    def renamed(self) -> Columns:
        """The names that stand for its columns outside, as in `with a(x, y) as (…)`."""
        return tuple(self.scope.outer_columns) or None

    @property
    def select(self) -> exp.Select | None:
        """The SELECT, where the block is one."""
        return self.scope.expression if isinstance(self.scope.expression, exp.Select) else None


@dataclass
class Query:
    """A query taken apart; blocks stand under the id of their scope, inner ones first."""

    where: Location
    inputs: Mapping[str, Columns]
    problems: Problems
    blocks: dict[int, Block] = field(default_factory=dict)
    references: dict[int, Reference] = field(default_factory=dict)
    """The reference of a column node, under the node's id."""
    used: set[str] = field(default_factory=set)

    @property
    def root(self) -> Block:
        """The outermost block."""
        return next(reversed(self.blocks.values()))

    def place(self, node: exp.Expr) -> Location:
        """Where a node of the query stands in its file."""
        return place_of(node, self.where)
