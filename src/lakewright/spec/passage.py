"""Whether a query may be given the rows of some scopes only: the others must not change its result.

    Query + the `by` columns of its reads ──check_passage──▶ SpecError `scope-lost`, or the promise:
        query(rows of scopes A) = rows of scopes A of query(all rows)

For each block it is known which columns carry the scope, position by position: they equal the `by`
column of every scoped row that went into a row. A join of two scoped inputs must equate carriers; a
GROUP BY, a window and a DISTINCT must keep them apart; inputs that are read whole may join in
freely, but may not bring rows of their own. What cannot be followed is refused.
"""

from collections.abc import Iterator

from sqlglot import exp

from lakewright.errors import SpecError
from lakewright.spec.carriers import (
    Carrier,
    Given,
    Inside,
    Pair,
    Position,
    merged,
    renamed,
    spread,
    tied,
    written,
)
from lakewright.spec.query import Block, Query, Reference, Source
from lakewright.spec.sql import is_aggregate
from lakewright.spec.values import Table


def check_passage(query: Query, table: Table) -> None:
    """Raise SpecError `scope-lost` where rows of one scope could change the rows of another."""
    walk = _Passage(query, table)
    given: Given = None
    for at, block in query.blocks.items():
        given = walk.given[at] = walk.through(block)
    if given is None:
        wrong = "no row of its query comes from an input that is read by it"
        hint = "select from one of these inputs, or read them whole"
        raise walk.lost(wrong, hint, query.root.scope.expression)
    for name, carriers in zip(table.scope, given, strict=True):
        output = query.root.output
        is_given = output is None or name.lower() in map(str.lower, output)
        if is_given and name.lower() not in carriers:
            position = table.scope.index(name)
            whose = [f"{read.name}.{read.by[position]}" for read in table.reads if read.by]
            wrong = f"its scope column `{name}` is not always {' or '.join(whose)}, unchanged"
            hint = f"select {whose[0]} as {name} through every WITH, or read the inputs whole"
            if len(whose) > 1:
                hint = f"after a full join select coalesce({whose[0]}, {whose[1]}); else {hint}"
            raise walk.lost(wrong, hint, _projection(query.root, name))


def _projection(block: Block, name: str) -> exp.Expr:
    selects = block.select.selects if block.select is not None else []
    named = (one for one in selects if one.output_name.lower() == name.lower())
    return next(named, block.scope.expression)


class _Passage:
    """Follows the scope through a query; the walk needs what inner blocks have given."""

    def __init__(self, query: Query, table: Table) -> None:
        self.query = query
        self.table = table
        self.by = {
            read.name.lower(): tuple(map(str.lower, read.by)) for read in table.reads if read.by
        }
        self.given: dict[int, Given] = {}
        self.inside: dict[int, Inside] = {}

    def lost(self, wrong: str, hint: str, node: exp.Expr) -> SpecError:
        """The problem, with what it means."""
        scope = ", ".join(self.table.scope)
        message = f"`{self.table.name}` is rebuilt by {scope}, but {wrong}"
        return SpecError("scope-lost", message, hint=hint, where=self.query.place(node))

    def through(self, block: Block) -> Given:
        """What of a block's output carries the scope."""
        if isinstance(block.scope.expression, exp.SetOperation):
            return self._combined(block)
        if block.select is None:
            return self._wrapped(block)
        inside = self._joined(block)
        self.inside[id(block.scope)] = inside
        self._subqueries(block, inside)
        if inside is None:
            return None
        if block.scope.is_subquery:
            return tuple(frozenset() for _ in inside)  # judged where it stands, by its ties
        self._limited(block.select)
        inside = self._grouped(block, inside)
        self._windows(block, inside)
        return self._projected(block, inside)

    def _wrapped(self, block: Block) -> Given:
        """Brackets give what is in them; a function that gives rows must read nothing scoped."""
        for inner in block.scope.derived_table_scopes:
            return self.given.get(id(inner))
        if any(self.given.get(id(inner)) is not None for inner in block.scope.subquery_scopes):
            hint = "write it as a join"
            raise self.lost("a LATERAL subquery cannot be followed", hint, block.scope.expression)
        return None

    def _joined(self, block: Block) -> Inside:
        inside: Inside = None
        for at, source in enumerate(block.sources):
            right = self._source(source, block)
            inside = right if at == 0 else self._join(inside, right, source, block)
        return inside

    def _source(self, source: Source, block: Block) -> Inside:
        if source.read:
            named = tuple(frozenset({one}) for one in self.by.get(source.read, ()))
            known = self.query.inputs.get(source.read)
            given: Given = named or None
        else:
            given = self.given.get(source.block or 0)
            known = (
                self.query.blocks[source.block].output
                if source.block in self.query.blocks
                else None
            )
        if given is None:
            return None
        columns = source.columns or known
        return tuple(
            Position(
                frozenset(
                    Reference(id(block.scope), source.alias, name)
                    for name in renamed(names, known, columns)
                )
            )
            for names in given
        )

    def _join(self, left: Inside, right: Inside, source: Source, block: Block) -> Inside:
        side = "LEFT" if source.only_filters else (source.join.side if source.join else "")
        at: exp.Expr = source.join if source.join is not None else block.scope.expression
        pairs = list(self._join_pairs(source, block))
        if side == "" and not _keeps_right(block):
            pairs += self._pairs(block.select and block.select.args.get("where"))
        if left is None or right is None:
            self._refuse_strangers(left, right, source, side)
            inside = left if right is None else right
            return inside if inside is None or side else spread(inside, pairs)
        joined = []
        for position, one, other in zip(self.table.scope, left, right, strict=True):
            if not tied(one, other, pairs):
                wrong = f"this join does not keep `{source.alias}` to rows of the same {position}"
                hint = (
                    f"add `{written(one)} = {written(other)}` to its ON, or read "
                    f"`{source.alias}` whole"
                )
                raise self.lost(wrong, hint, at)
            joined.append(merged(one, other, side))
        return tuple(joined)

    def _refuse_strangers(self, left: Inside, right: Inside, source: Source, side: str) -> None:
        """An input that is read whole may match rows of a scope, but not bring rows of its own."""
        if source.join is None:
            return
        if left is not None and side in ("RIGHT", "FULL"):
            wrong = f"this join keeps rows of `{source.alias}`, which belong to no scope"
            raise self.lost(wrong, "write a left or inner join", source.join)
        if right is not None and side in ("LEFT", "FULL"):
            wrong = (
                f"this join keeps rows without a match in `{source.alias}`, which belong to no "
                "scope"
            )
            raise self.lost(wrong, f"begin FROM with `{source.alias}`", source.join)

    def _join_pairs(self, source: Source, block: Block) -> Iterator[Pair]:
        join = source.join
        if join is None:
            return
        yield from self._pairs(join.args.get("on"))
        for name in source.using:
            here = Reference(id(block.scope), source.alias, name)
            for other in block.sources[: block.sources.index(source)]:
                yield Pair(Reference(id(block.scope), other.alias, name), here, null_safe=False)

    def _pairs(self, condition: exp.Expr | None) -> Iterator[Pair]:
        """The equalities that must hold for a condition to be true."""
        if isinstance(condition, (exp.Where, exp.Paren)):
            yield from self._pairs(condition.this)
        elif isinstance(condition, exp.And):
            yield from self._pairs(condition.left)
            yield from self._pairs(condition.right)
        elif isinstance(condition, (exp.EQ, exp.NullSafeEQ)):
            left, right = self._carrier(condition.left), self._carrier(condition.right)
            if left is not None and right is not None:
                yield Pair(left, right, null_safe=isinstance(condition, exp.NullSafeEQ))

    def _carrier(self, node: exp.Expr | None) -> Carrier | None:
        node = node.unnest() if node is not None else None
        if isinstance(node, exp.Alias):
            return self._carrier(node.this)
        if isinstance(node, exp.Column):
            return self.query.references.get(id(node))
        if isinstance(node, exp.Coalesce):
            parts = [self._carrier(one) for one in (node.this, *node.expressions)]
            plain = frozenset(one for one in parts if isinstance(one, Reference))
            return plain if len(plain) == len(parts) else None
        return None

    def _subqueries(self, block: Block, inside: Inside) -> None:
        for scope in block.scope.subquery_scopes:
            if self.given.get(id(scope)) is None:
                continue
            inner = self.inside.get(id(scope))
            select = scope.expression
            pairs = list(self._pairs(select.args.get("where")))
            is_tied = (
                inside is not None
                and inner is not None
                and all(tied(one, other, pairs) for one, other in zip(inside, inner, strict=True))
            )
            if not is_tied:
                scope_columns = ", ".join(self.table.scope)
                wrong = f"this subquery looks at rows of other {scope_columns}"
                hint = "equate the scope columns in its WHERE, or write it as a join"
                raise self.lost(wrong, hint, select)

    def _limited(self, select: exp.Expr) -> None:
        for name in ("limit", "offset"):
            node = select.args.get(name)
            if node is not None:
                wrong = f"{name.upper()} counts rows of all of them together"
                hint = "use row_number() over (partition by … order by …), partitioned by the scope"
                raise self.lost(wrong, hint, node)

    def _grouped(self, block: Block, inside: tuple[Position, ...]) -> tuple[Position, ...]:
        select = block.select
        group = select.args.get("group") if select is not None else None
        aggregate = next(filter(is_aggregate, block.scope.walk()), None)
        if select is None or (group is None and aggregate is None):
            return inside
        scope = ", ".join(self.table.scope)
        if group is None:
            wrong = "this aggregate takes rows of all of them together"
            raise self.lost(wrong, f"group by {scope}", aggregate or select)
        sets = group.find(exp.Rollup, exp.Cube, exp.GroupingSets)
        if sets is not None or group.args.get("totals"):
            wrong = "this GROUP BY also sums over all of them"
            raise self.lost(wrong, "group by plain columns, the scope's among them", group)
        keys = frozenset(filter(None, self._group_keys(select, group)))
        for name, position in zip(self.table.scope, inside, strict=True):
            if not keys & position.always:
                wrong = f"this GROUP BY puts rows of different {name} together"
                raise self.lost(wrong, f"add `{written(position)}` to the GROUP BY", group)
        return tuple(Position(position.always & keys) for position in inside)

    def _group_keys(self, select: exp.Select, group: exp.Expr) -> Iterator[Carrier | None]:
        if group.args.get("all"):
            plain = (one for one in select.selects if not any(map(is_aggregate, one.walk())))
            yield from map(self._carrier, plain)
        for key in group.expressions:
            if isinstance(key, exp.Literal) and key.is_int and int(key.name) <= len(select.selects):
                yield self._carrier(select.selects[int(key.name) - 1])
            elif isinstance(key, exp.Column) and id(key) not in self.query.references:
                named = (one for one in select.selects if one.alias.lower() == key.name.lower())
                yield self._carrier(next(named, None))
            else:
                yield self._carrier(key)

    def _windows(self, block: Block, inside: tuple[Position, ...]) -> None:
        declared = block.select.args.get("windows") if block.select is not None else None
        named = {one.name.lower(): one for one in declared or ()}
        for window in block.scope.find_all(exp.Window):
            over = named.get(window.alias.lower(), window)
            parts = over.args.get("partition_by") or window.args.get("partition_by") or ()
            keys = frozenset(filter(None, map(self._carrier, parts)))
            for name, position in zip(self.table.scope, inside, strict=True):
                if not keys & position.always:
                    wrong = f"this window looks at rows of other {name}"
                    raise self.lost(wrong, f"add `{written(position)}` to its PARTITION BY", window)

    def _projected(self, block: Block, inside: tuple[Position, ...]) -> Given:
        carried: list[set[str]] = [set() for _ in inside]
        selects = block.select.selects if block.select is not None else []
        for projection in selects:
            for names, position in zip(carried, inside, strict=True):
                if projection.is_star:
                    names.update(_through_star(projection, position, block))
                elif self._carrier(projection) in position.always:
                    names.add(projection.output_name.lower())
        own = tuple(one.output_name for one in selects)
        return tuple(frozenset(renamed(names, own, block.renamed)) for names in carried)

    def _combined(self, block: Block) -> Given:
        """UNION, EXCEPT, INTERSECT: both sides carry the scope in the same column."""
        first, second = (id(one) for one in block.scope.set_operation_scopes)
        left, right = self.given.get(first), self.given.get(second)
        node = block.scope.expression
        is_union = isinstance(node, exp.Union)
        if left is None and right is None:
            return None
        self._limited(node)
        if left is None or right is None:
            if is_union or (left is None and isinstance(node, exp.Except)):
                wrong = "one side of this set operation has rows that belong to no scope"
                raise self.lost(
                    wrong, "read the inputs of both sides by scope, or all of them whole", node
                )
            if left is not None:
                return left
        theirs = self.query.blocks[second].output
        ours = self.query.blocks[first].output
        other = tuple(frozenset(renamed(names, theirs, ours)) for names in right or ())
        if left is None:
            return other
        both = tuple(one & two for one, two in zip(left, other, strict=True))
        for name, columns in zip(self.table.scope, both, strict=True):
            if not columns:
                wrong = (
                    f"the two sides of this set operation do not carry {name} in the same column"
                )
                raise self.lost(wrong, "give both sides the same columns in the same order", node)
        return both


def _keeps_right(block: Block) -> bool:
    """Whether WHERE may look at rows of a right side that no left row was joined to."""
    joins = (one.join for one in block.sources if one.join is not None)
    return any(join.side in ("RIGHT", "FULL") for join in joins)


def _through_star(star: exp.Expr, position: Position, block: Block) -> Iterator[str]:
    of = star.args.get("table") if isinstance(star, exp.Column) else None
    inner = star.this if isinstance(star, exp.Column) else star
    without = {one.name.lower() for one in (inner.args.get("except_") or ())}
    shown = {one.alias for one in block.sources if not one.only_filters}
    for carrier in position.always:
        if isinstance(carrier, Reference) and carrier.source in shown:
            of_it = of is None or of.name.lower() == carrier.source
            if of_it and carrier.column not in without:
                yield carrier.column
