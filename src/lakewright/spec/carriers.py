"""Which columns carry the scope inside a block of a query, and what joins do to them; pure values.

by columns of the reads ──▶ Position per scope column ──tied, merged, spread, renamed──▶ passage.py
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lakewright.spec.query import Columns, Reference

Carrier = Reference | frozenset[Reference]
"""A column; or, after a full join, the two columns whose first that is not null carries."""


@dataclass(frozen=True)
class Position:
    """What carries one scope column in a block: always, or where not null (after a left join)."""

    always: frozenset[Carrier]
    or_null: frozenset[Carrier] = frozenset()


Inside = tuple[Position, ...] | None
"""The carriers inside a block; None where nothing scoped is read."""
Given = tuple[frozenset[str], ...] | None
"""The columns of a block's output that carry the scope; None where nothing scoped went in."""


@dataclass(frozen=True)
class Pair:
    """Two columns that a condition holds equal; `null_safe` where two nulls are equal too."""

    left: Carrier
    right: Carrier
    null_safe: bool


def tied(one: Position, other: Position, pairs: Iterable[Pair]) -> bool:
    """Whether equal scopes follow from a pair; where a carrier may be null, null must fail it."""
    for pair in pairs:
        for left, right in ((pair.left, pair.right), (pair.right, pair.left)):
            if left in one.always and right in other.always:
                return True
            ours = left in one.always or left in one.or_null
            theirs = right in other.always or right in other.or_null
            if ours and theirs and not pair.null_safe:
                return True
    return False


def spread(inside: tuple[Position, ...], pairs: Sequence[Pair]) -> tuple[Position, ...]:
    """What an inner join holds equal to a carrier is one too."""
    spread = []
    for position in inside:
        always = set(position.always)
        for pair in pairs:
            if {pair.left, pair.right} & always:
                always |= {pair.left, pair.right}
        spread.append(Position(frozenset(always), position.or_null))
    return tuple(spread)


def merged(left: Position, right: Position, side: str) -> Position:
    """What carries a scope column after a join of two scoped inputs; `side` as in LEFT JOIN."""
    or_null = left.or_null | right.or_null
    if side == "LEFT":
        return Position(left.always, or_null | right.always)
    if side == "RIGHT":
        return Position(right.always, or_null | left.always)
    if side == "FULL":
        either = {
            frozenset({one, two})
            for one in left.always
            for two in right.always
            if isinstance(one, Reference) and isinstance(two, Reference)
        }
        return Position(frozenset(either), or_null | left.always | right.always)
    return Position(left.always | right.always, or_null)


def renamed(names: Iterable[str], old: Columns, new: Columns) -> Iterator[str]:
    """The names that columns have after a list of new ones; as before where that cannot be told."""
    if old is None or new is None or len(old) != len(new):
        yield from names
        return
    for before, after in zip(old, new, strict=True):
        if before.lower() in names:
            yield after.lower()


def written(position: Position) -> str:
    """A column that carries the scope, as an author writes it."""
    columns = sorted(
        (f"{one.source}.{one.column}" for one in position.always if isinstance(one, Reference)),
    )
    return columns[0] if columns else "its scope column"
