"""Follow columns from the sources through every query: what each gives, and what cannot be right.

    columns of bronze ──▶ first table's query ──▶ its columns ──▶ the tables that read it ──▶ …

Run when a project is loaded, with the columns of its contracts; and again by the plan, once the
sources were asked for the columns of streams without a contract.
"""

from collections.abc import Iterator, Mapping, Sequence

from lakewright.errors import Location, SpecError
from lakewright.spec.checks import check_key_type, check_types
from lakewright.spec.columns import read_query
from lakewright.spec.order import in_order
from lakewright.spec.passage import check_passage
from lakewright.spec.problems import Problems
from lakewright.spec.query import Columns
from lakewright.spec.row_wise import check_row_wise
from lakewright.spec.rules import check_condition
from lakewright.spec.sql import parse_query, place_of
from lakewright.spec.values import (
    CALENDAR,
    PROVENANCE,
    VALIDITY,
    Contract,
    Lookup,
    Project,
    Read,
    SqlQuery,
    Stream,
    Table,
)

Known = dict[str, Columns]
"""The columns that readers of each table see."""


def analyse(project: Project, columns_of_bronze: Mapping[str, Sequence[str]]) -> Project:
    """The project with its tables' columns, given those of bronze; SpecErrors if any is wrong."""
    problems = Problems()
    tables = analysed(
        project.streams, project.tables, project.contracts, columns_of_bronze, problems
    )
    problems.end()
    return project.model_copy(update={"tables": tables})


def analysed(
    streams: Sequence[Stream],
    tables: Sequence[Table],
    contracts: Mapping[str, Contract],
    columns_of_bronze: Mapping[str, Sequence[str]],
    problems: Problems,
) -> tuple[Table, ...]:
    """The tables, each after its inputs and with its columns as far as they can be known."""
    known: Known = {}
    for stream in streams:
        contract = contracts.get(stream.table)
        columns = columns_of_bronze.get(stream.table, contract.names if contract else None)
        known[stream.table] = _without_provenance(columns)
        problems.add(*_check_stream(stream, known[stream.table]))
        types = {one.name: one.type for one in contract.columns} if contract else {}
        for name in stream.key:
            problems.add(*check_key_type(name, types.get(name, ""), stream.where))
    done = []
    names = [*known, *(table.name for table in tables)]
    for table in in_order(tables, problems):
        columns = None
        before = len(problems.found)
        with problems.caught():
            columns = _columns(table, known, names, problems)
        is_right = len(problems.found) == before
        problems.add(*_check_output(table, columns))
        contract = contracts.get(table.name)
        if contract is not None:
            problems.add(*_check_contract(table, columns, contract))
            problems.add(*check_types(table, {one.name: one.type for one in contract.columns}))
        if contract is not None and not (columns and is_right):
            columns = contract.names
        elif not is_right:  # what is wrong here is not reported again in each table that reads it
            columns = None
        whole = table.model_copy(update={"columns": columns})
        known[table.name] = whole.given
        problems.add(*_check_members(whole, known))
        done.append(whole)
    return tuple(done)


def _without_provenance(columns: Sequence[str] | None) -> Columns:
    """The columns that a query sees: where a row came from is hidden from it."""
    if columns is None:
        return None
    return tuple(name for name in columns if name.lower() not in PROVENANCE)


def _check_stream(stream: Stream, columns: Columns) -> Iterator[SpecError]:
    cursor = (stream.cursor.column,) if stream.cursor else ()
    yield from _demand((*stream.key, *cursor), columns, stream.where)


def _demand(names: Sequence[str], columns: Columns, where: Location) -> Iterator[SpecError]:
    """A problem for each name that is not among the columns, where these are known."""
    if columns is not None:
        for name in names:
            if name not in columns:
                yield SpecError.unknown("column", name, columns, where)


def _columns(table: Table, known: Known, names: Sequence[str], problems: Problems) -> Columns:
    """The columns that a table's query gives."""
    inputs: dict[str, Columns] = {}
    for read in table.reads:
        own = CALENDAR if read.calendar else known.get(read.table)
        problems.add(*_demand(read.by, own, read.where))
        for lookup in read.lookups:
            problems.add(*_check_lookup(lookup, own, known.get(lookup.table)))
        inputs[read.name] = own and (*own, *(lookup.name for lookup in read.lookups))
    if not isinstance(table.query, SqlQuery):
        return None
    before = len(problems.found)
    where = table.query.where
    query = read_query(parse_query(table.query.text, where), where, inputs, names, problems)
    problems.add(*_unused(table.reads, query.used if query.blocks else set(inputs)))
    if len(problems.found) > before or not query.blocks:
        return query.root.output if query.blocks else None
    scoped = [read.by for read in table.reads if read.by]
    if scoped and all(len(by) == len(table.scope) for by in scoped):
        with problems.caught():
            check_passage(query, table)
    for read in table.reads:
        if read.new:
            problems.add(*check_row_wise(query, read.name))
    return query.root.output


def _check_lookup(lookup: Lookup, own: Columns, target: Columns) -> Iterator[SpecError]:
    as_of = (lookup.as_of,) if lookup.as_of else ()
    yield from _demand((*lookup.key, *as_of), own, lookup.where)
    yield from _demand((lookup.column,) if lookup.column else (), target, lookup.where)
    if lookup.when is not None:
        yield from check_condition(lookup.when, own, lookup.where)
    if own is not None and lookup.name.lower() in map(str.lower, own):
        message = f"the lookup `{lookup.name}` has the name of a column that is there already"
        hint = "give the lookup another name"
        yield SpecError("duplicate-column", message, hint=hint, where=lookup.where)


def _unused(reads: Sequence[Read], used: set[str]) -> Iterator[SpecError]:
    for read in reads:
        if read.name not in used:
            message = f"the query does not read `{read.name}`"
            hint = "leave it out of `reads`, or use it in FROM"
            yield SpecError("unused-read", message, hint=hint, where=read.where)


def _check_output(table: Table, columns: Columns) -> Iterator[SpecError]:
    """The columns that the header speaks of are those of the query, and no name is taken twice."""
    if columns is None:
        return
    load = table.load
    for key, names in (
        ("key", table.key),
        ("scope", table.scope if table.scope != table.key else ()),
        ("load.sequence", load.sequence),
        ("load.ties", load.ties),
        ("load.track", load.track),
    ):
        yield from _demand(names, columns, table.place(key))
    if load.deleted is not None:
        yield from check_condition(load.deleted, columns, table.place("load.deleted"))
    own = (load.surrogate_key, *VALIDITY) if load.type == "versioned" else ()
    lower = [name.lower() for name in columns]
    for at, name in enumerate(columns):
        if name and name.lower() in lower[:at]:
            message = f"the query gives the column `{name}` twice"
            hint = "give one of them another name with AS, or leave it out"
            where = _place_of_output(table, name)
            yield SpecError("duplicate-column", message, hint=hint, where=where)
        if name.lower() in (*PROVENANCE, *own) or name.startswith("_"):
            message = f"the query gives a column `{name}`, a name that is Lakewright's own"
            hint = "give it another name with AS"
            where = _place_of_output(table, name)
            yield SpecError("reserved-column", message, hint=hint, where=where)


def _place_of_output(table: Table, name: str) -> Location:
    where = table.query.where
    if not isinstance(table.query, SqlQuery):
        return where
    found = [one for one in parse_query(table.query.text, where).selects if one.output_name == name]
    return place_of(found[-1], where) if found else where


def _check_contract(table: Table, columns: Columns, contract: Contract) -> Iterator[SpecError]:
    if columns is None:
        return
    load = table.load
    own = (load.surrogate_key, *VALIDITY) if load.type == "versioned" else ()
    for column in contract.columns:
        where = column.where or contract.where
        if column.name in columns:
            continue
        if column.name in own:
            message = f"`{column.name}` is a column that Lakewright adds to a versioned table"
            hint = "the contract speaks of the query's columns: leave it out"
            yield SpecError("reserved-column", message, hint=hint, where=where)
        else:
            error = SpecError.unknown("column", column.name, columns, where)
            message = (
                f"the contract names `{column.name}`, which the query of `{table.name}` does "
                "not give"
            )
            yield SpecError("contract-column", message, hint=error.hint, where=where)
    for name in columns:
        if name not in contract.names:
            message = (
                f"the query of `{table.name}` gives `{name}`, which the contract does not name"
            )
            hint = "add it to the contract's properties, or leave it out of the query"
            yield SpecError("contract-column", message, hint=hint, where=contract.where)


def _check_members(table: Table, known: Known) -> Iterator[SpecError]:
    for members in table.load.members_from:
        where = table.place("load.members_from")
        yield from _demand(members.key, known.get(members.table), where)
