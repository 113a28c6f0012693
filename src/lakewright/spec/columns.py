"""The columns of a query: what each part of it gives, and which input every name comes from.

    tree + columns of the inputs ──read_query──▶ Query: blocks, their sources, outputs, references
                                      └─ unknown, ambiguous or unnamed columns ──▶ Problems

Where the columns of an input are not known, nothing is reported that knowing them could make right.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, ScopeType, traverse_scope

from lakewright.errors import Location, SpecError
from lakewright.spec.problems import Problems
from lakewright.spec.query import Block, Columns, Query, Reference, Source
from lakewright.spec.values import PROVENANCE


def read_query(
    tree: exp.Query,
    where: Location,
    inputs: Mapping[str, Columns],
    tables: Sequence[str],
    problems: Problems,
) -> Query:
    """Take a query apart; `inputs` are the columns of its reads, `tables` all of the project."""
    query = Query(where, {name.lower(): columns for name, columns in inputs.items()}, problems)
    before = len(problems.found)
    _refuse_unsupported(tree, query)
    if len(problems.found) > before:
        return query
    try:
        scopes = traverse_scope(tree)
    except SqlglotError as error:
        raise SpecError("sql", f"this SQL does not hold together: {error}", where=where) from error
    for scope in scopes:
        block = Block(scope)
        query.blocks[id(scope)] = block
        if block.select is not None:
            block.sources = tuple(_sources(block.select, scope, query, tables))
        given = _output(block, query)
        block.output = block.renamed or given
    for block in query.blocks.values():
        if block.select is not None:
            _resolve_all(block, query)
    return query


def _refuse_unsupported(tree: exp.Query, query: Query) -> None:
    for node in tree.find_all(exp.With, exp.TableSample, exp.Join, exp.Subquery):
        match node:
            case exp.With() if node.args.get("recursive"):
                what, hint = (
                    "WITH RECURSIVE",
                    "a table that reads itself cannot be rebuilt in parts",
                )
            case exp.TableSample():
                what, hint = "TABLESAMPLE", "it takes other rows each time"
            case exp.Join() if node.method == "NATURAL":
                what, hint = "NATURAL JOIN", "name the columns: a new column would change the join"
            case exp.Subquery() if isinstance(node.this, exp.Table):
                what, hint = "a join in brackets", "write the inner join as a WITH of its own"
            case _:
                continue
        message = f"{what} cannot stand in a table's query"
        where = query.place(node)
        query.problems.add(SpecError("unsupported-sql", message, hint=hint, where=where))


def _sources(
    select: exp.Select, scope: Scope, query: Query, tables: Sequence[str]
) -> Iterator[Source]:
    first = select.args.get("from_")
    joins: list[exp.Join] = select.args.get("joins") or []
    laterals: list[exp.Lateral] = select.args.get("laterals") or []
    items: list[tuple[exp.Expr, exp.Join | None]] = []
    if first is not None:
        items.append((first.this, None))
    items += [(join.this, join) for join in joins]
    items += [(lateral, None) for lateral in laterals]
    for node, join in items:
        alias = node.alias_or_name
        found = scope.sources.get(alias)
        using = tuple(one.name.lower() for one in (join.args.get("using") or ())) if join else ()
        if isinstance(found, Scope):
            inner = query.blocks.get(id(found))
            output = inner.output if inner else None
            pivoted = node.args.get("pivots")
            columns = None if pivoted else _aliased(output, node)
            yield Source(alias, columns, "", id(found), join, using)
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            name = _read_name(node, query, tables)
            columns = (
                _aliased(query.inputs.get(name), node) if not node.args.get("pivots") else None
            )
            yield Source(alias, columns, name, None, join, using)
        else:
            yield Source(alias, _aliased(None, node), "", None, join, using)


def _read_name(node: exp.Table, query: Query, tables: Sequence[str]) -> str:
    """The read that a table in FROM names, noted as used; a problem where nothing declares it."""
    name = node.name.lower()
    full = ".".join(part.name for part in node.parts)
    if name in query.inputs and full.lower() == name:
        query.used.add(name)
        return name
    error = SpecError.unknown("read", full, query.inputs, query.place(node))
    known = [one for one in tables if one == full or one.partition(".")[2] == name]
    if known:
        short = known[0].partition(".")[2]
        hint = f"a query reads by the names in its header: add `{short}: {known[0]}` to `reads`"
        error = SpecError(error.code, error.message, hint=hint, where=error.where)
    query.problems.add(error)
    return ""


def _aliased(columns: Columns, node: exp.Expr) -> Columns:
    return tuple(node.alias_column_names) or columns


def _output(block: Block, query: Query) -> Columns:
    expression = block.scope.expression
    if isinstance(expression, exp.SetOperation):
        return _set_output(block, query)
    if block.select is None:
        inner = [*block.scope.derived_table_scopes]
        return query.blocks[id(inner[0])].output if len(inner) == 1 else None
    names: list[str] | None = []
    is_seen = _names_are_seen(block.scope)
    for projection in block.select.selects:
        given = _given(projection, block)
        if given is None or names is None:
            names = None
            continue
        if given == [""] and is_seen:
            text = projection.sql(dialect="spark", comments=False)
            message = f"`{text}` has no name, and each engine would give it another"
            hint = f"write `{text} as …`"
            place = query.place(projection)
            query.problems.add(SpecError("unnamed-column", message, hint=hint, where=place))
        names += given
    return None if names is None else tuple(names)


def _names_are_seen(scope: Scope) -> bool:
    """Not in a subquery that is a value, nor on the right of a UNION: it has the left's names."""
    around = scope.parent
    while scope.scope_type == ScopeType.SET_OPERATION and around is not None:
        if around.set_operation_scopes and around.set_operation_scopes[0] is not scope:
            return False
        scope, around = around, around.parent
    return not scope.is_subquery


def _set_output(block: Block, query: Query) -> Columns:
    left, right = (query.blocks[id(one)].output for one in block.scope.set_operation_scopes)
    if left is not None and right is not None and len(left) != len(right):
        kind = type(block.scope.expression).__name__.upper()
        message = f"the two sides of this {kind} give {len(left)} and {len(right)} columns"
        place = query.place(block.scope.expression)
        hint = f"they give {', '.join(left)} and {', '.join(right)}"
        query.problems.add(SpecError("union-columns", message, hint=hint, where=place))
    return left


def _given(projection: exp.Expr, block: Block) -> list[str] | None:
    """The names that one item of a SELECT gives; an empty one where it has none."""
    if isinstance(projection, exp.Aliases):
        return [one.name for one in projection.aliases]
    if not projection.is_star:
        return [projection.output_name]
    star = projection if isinstance(projection, exp.Star) else projection.this
    of = projection.args.get("table") if isinstance(projection, exp.Column) else None
    alias = of.name.lower() if of is not None else None
    without = {one.name.lower() for one in (star.args.get("except_") or ())}
    shown = [one for one in block.sources if not one.only_filters and alias in (None, one.alias)]
    merged = [name for one in shown if alias is None for name in one.using]
    names: list[str] = []
    if not shown:
        return None  # `struct.*`
    for source in shown:
        if source.columns is None:
            return None
        names += [
            name
            for name in source.columns
            if name.lower() not in without
            and not (name.lower() in merged and name.lower() in map(str.lower, names))
        ]
    return names


def _resolve_all(block: Block, query: Query) -> None:
    for column in block.scope.find_all(exp.Column):
        if not isinstance(column.this, exp.Star) and not column.find_ancestor(exp.Star):
            _resolve(column, block, query)


def _resolve(column: exp.Column, block: Block, query: Query) -> None:
    parts = [part.name.lower() for part in column.parts]
    around: Block | None = block
    unsure = False
    while around is not None:
        found = _matches(parts, column, around)
        if found:
            _note(column, found, around, query)
            return
        if around is block and len(parts) == 1 and _names_an_output(column, block):
            return
        visible = [one for one in around.sources if len(parts) == 1 or one.alias == parts[0]]
        # A path may also begin with a struct, so any input of unknown columns can hold it.
        unsure |= any(one.columns is None for one in visible or around.sources)
        around = query.blocks.get(id(around.scope.parent)) if _sees_around(around) else None
    if not unsure:
        query.problems.add(_unknown(column, block, query))


def _sees_around(block: Block) -> bool:
    return bool(block.scope.can_be_correlated or block.scope.is_subquery or block.scope.is_udtf)


def _visible(column: exp.Column, block: Block) -> list[Source]:
    """The sources that a column can be of; the right of a semi join is seen in its ON alone."""
    return [
        one
        for one in block.sources
        if not one.only_filters or column.find_ancestor(exp.Join) is one.join
    ]


def _matches(parts: Sequence[str], column: exp.Column, block: Block) -> list[tuple[Source, str]]:
    """The sources that have a column, or that may have it; with the name, in lower case."""
    visible = _visible(column, block)
    if len(parts) > 1:
        named = [one for one in visible if one.alias == parts[0]]
        if named:
            columns = named[0].columns
            fits = columns is None or parts[1] in map(str.lower, columns)
            return [(named[0], parts[1])] if fits else []
    known = [one for one in visible if one.columns and parts[0] in map(str.lower, one.columns)]
    if known:
        return [(one, parts[0]) for one in known]
    only = visible[0] if len(visible) == 1 else None
    # A single input of unknown columns is where a plain name comes from, unless the block names it.
    if only and only.columns is None and len(parts) == 1 and not _names_an_output(column, block):
        return [(only, parts[0])]
    return []


def _note(
    column: exp.Column, found: Sequence[tuple[Source, str]], block: Block, query: Query
) -> None:
    source, name = found[0]
    merged = {name for one in block.sources for name in one.using}
    if len(found) > 1 and name not in merged and not _names_an_output_in_order(column, block):
        places = " and ".join(one.alias for one, _ in found)
        message = f"`{name}` can be a column of {places}"
        hint = f"write `{source.alias}.{column.name}`"
        place = query.place(column)
        query.problems.add(SpecError("ambiguous-column", message, hint=hint, where=place))
    parts = [part.name.lower() for part in column.parts]
    if parts in ([name], [source.alias, name]):  # a path into a struct is not the column
        query.references[id(column)] = Reference(id(block.scope), source.alias, name)


_AFTER_SELECT = (
    exp.Group,
    exp.Having,
    exp.Order,
    exp.Sort,
    exp.Cluster,
    exp.Distribute,
    exp.Qualify,
)


def _names_an_output(column: exp.Column, block: Block) -> bool:
    """Whether a name can be one that the SELECT gives, as in `… as total … order by total`."""
    select = block.select
    around = column.find_ancestor(*_AFTER_SELECT, exp.Where, exp.Join, exp.From, exp.Select)
    if select is None or isinstance(around, (exp.Where, exp.Join, exp.From)):
        return False
    return column.name.lower() in (one.alias.lower() for one in select.selects if one.alias)


def _names_an_output_in_order(column: exp.Column, block: Block) -> bool:
    return column.find_ancestor(exp.Order, exp.Having) is not None and _names_an_output(
        column, block
    )


def _unknown(column: exp.Column, block: Block, query: Query) -> SpecError:
    name = ".".join(part.name for part in column.parts)
    place = query.place(column)
    if column.name.lower() in PROVENANCE:
        message = f"`{name}` says where a row came from; a query cannot read it"
        hint = "what a table holds must not depend on when and by which run its rows came"
        return SpecError("provenance-column", message, hint=hint, where=place)
    sources = _visible(column, block)
    named = [one for one in sources if one.alias == column.table]
    known = [column for one in named or sources for column in one.columns or ()]
    if column.table and not named:
        known = [f"{one.alias}.{column}" for one in sources for column in one.columns or ()]
    else:
        name = column.name
    return SpecError.unknown("column", name, list(dict.fromkeys(known)), place)
