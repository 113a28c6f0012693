"""Streams and tables declared in code instead of files: what `lakewright.testing` is given.

    stream, sql_table, python_table ──project_of──▶ the same checks as a project's files ──▶ Project

An error's place is the line of the call that declared it.
"""

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import Location, SpecError
from lakewright.spec import rules as contract_rules
from lakewright.spec.analysis import analysed
from lakewright.spec.catalog import Catalog, Entry
from lakewright.spec.checks import check_table
from lakewright.spec.document import Document, Steps
from lakewright.spec.fingerprint import fingerprint
from lakewright.spec.names import Name, TableName
from lakewright.spec.problems import Problems, validated
from lakewright.spec.python_modules import digest
from lakewright.spec.sql import check_type, columns_of, normal_form, parse_condition, parse_query
from lakewright.spec.table_file import Draft, TableHeader, declare
from lakewright.spec.values import (
    Column,
    Contract,
    Cursor,
    Environment,
    Policy,
    Project,
    PythonQuery,
    Rule,
    Severity,
    Source,
    SqlQuery,
    Stream,
    Table,
    Value,
)

Names = str | Sequence[str]
Rules = Mapping[str, str]


@dataclass(frozen=True)
class DeclaredStream:
    """A stream, and the contract of its bronze table, if its columns are declared."""

    source: Source
    contract: Contract | None


@dataclass(frozen=True)
class DeclaredTable:
    """A table, the columns that its contract promises (none: those of the query) and its rules."""

    draft: Draft
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]


class _StreamName(Value):
    source: Name
    name: Name


class _Built(Value):
    name: TableName


def stream(  # noqa: PLR0913 - a declaration's keys, all by name but the first
    name: str,
    *,
    key: Names = (),
    columns: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    warns: Rules | None = None,
    cursor: str | None = None,
    full_extract: bool = False,
    new_column: Policy = "evolve",
    wider_type: Policy = "evolve",
) -> DeclaredStream:
    """A stream `source.stream`, which lands in `bronze.source_stream`.

    `columns` are names and Spark SQL types; without them the first batch tells. `rules` are
    conditions in SQL by the reason under which a row is refused, `warns` those that are only
    counted. `full_extract` says that each batch holds all rows there are.
    """
    where = _caller()
    source, _, short = name.partition(".")
    validated(_StreamName, _document({"source": source, "name": short}, where))
    found = Stream(
        source=source,
        name=short,
        key=_names(key),
        cursor=None if cursor is None else Cursor(column=cursor),
        where=where,
    )
    one = Source(
        name=source, type="sql" if full_extract else "files", streams=(found,), where=where
    )
    promised = _rules(rules, "error", where) + _rules(warns, "warn", where)
    if columns is None:
        if promised:
            hint = "name the columns and their types"
            raise SpecError(
                "rules-without-columns",
                f"`{name}` has rules and no columns",
                hint=hint,
                where=where,
            )
        return DeclaredStream(one, None)
    contract = Contract(
        table=found.table,
        columns=_columns(columns, where),
        rules=promised,
        new_column=new_column,
        wider_type=wider_type,
        where=where,
    )
    return DeclaredStream(one, contract)


def sql_table(
    name: str,
    query: str,
    *,
    columns: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    warns: Rules | None = None,
    **header: object,
) -> DeclaredTable:
    """A table whose query is SQL. The rest are the keys of a header: `key`, `scope`, `load`,
    `reads`, `description`.

    `columns` are names and Spark SQL types of a contract; without them they are those of the query.
    """
    where = _caller()
    parse_query(query, where)
    normal = normal_form(query, where)
    found = SqlQuery(text=query, normal=normal, where=where)
    draft = _draft(name, header, found, normal)
    promised = _rules(rules, "error", where) + _rules(warns, "warn", where)
    return DeclaredTable(draft, _columns(columns or {}, where), promised)


def python_table(
    name: str,
    function: Callable[..., object],
    *,
    columns: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    warns: Rules | None = None,
    **header: object,
) -> DeclaredTable:
    """A table whose query is a function at the top of a module: DataFrames by the names of `reads`
    in, one out.

    The rest is as for `sql_table`; rules need `columns`.
    """
    where = _caller()
    module = Path(inspect.getsourcefile(function) or "").resolve()
    if "." in function.__qualname__:
        message = f"`{function.__qualname__}` stands inside another function: it cannot be imported"
        raise SpecError("parameters", message, hint="put it at the top of a module", where=where)
    if (rules or warns) and not columns:
        hint = "name the columns and their types"
        raise SpecError(
            "rules-without-columns", f"`{name}` has rules and no columns", hint=hint, where=where
        )
    found = PythonQuery(
        module=module, function=function.__name__, where=Location(module, _line(function))
    )
    draft = _draft(name, header, found, f"{function.__name__}\n{digest(module, module.parent)}")
    promised = _rules(rules, "error", where) + _rules(warns, "warn", where)
    return DeclaredTable(draft, _columns(columns or {}, where), promised)


def project_of(streams: Sequence[DeclaredStream], tables: Sequence[DeclaredTable]) -> Project:
    """The project of these declarations; SpecErrors with all that is wrong in them. Its environment
    is a placeholder.
    """
    problems = Problems()
    entries: dict[str, Entry] = {}
    for one in streams:
        for landing in one.source.streams:
            _enter(landing.table, Entry(landing.key), entries, landing.where, problems)
    for table in tables:
        header = table.draft.header
        _enter(
            table.draft.name,
            Entry(header.key, header.load.type),
            entries,
            table.draft.where,
            problems,
        )
    catalog = Catalog(entries)
    declared = [declare(table.draft, catalog.keys) for table in tables]
    for made in declared:
        problems.add(*check_table(made, catalog))
    contracts = {one.contract.table: one.contract for one in streams if one.contract is not None}
    contracts |= {one.draft.name: _contract(one, one.columns) for one in tables if one.columns}
    landings = [landing for one in streams for landing in one.source.streams]
    ordered = analysed(landings, declared, contracts, {}, problems)
    contracts |= dict(_rules_alone(tables, ordered))
    for contract in contracts.values():
        problems.add(*contract_rules.check(contract.rules, contract.names))
    problems.end()
    digests = {one.draft.name: one.draft.digest for one in tables}
    return Project(
        name="declared_in_code",
        folder=Path.cwd(),
        environment=Environment(name="test", lake="", ledger=""),
        sources=tuple(one.source for one in streams),
        tables=tuple(
            one.model_copy(
                update={"fingerprint": fingerprint(one, digests[one.name], contracts.get(one.name))}
            )
            for one in ordered
        ),
        contracts=contracts,
    )


def _enter(
    name: str, entry: Entry, entries: dict[str, Entry], where: Location, problems: Problems
) -> None:
    if name in entries:
        hint = "give one of them another name"
        problems.add(
            SpecError("duplicate-table", f"there are two tables `{name}`", hint=hint, where=where)
        )
    entries[name] = entry


def _rules_alone(
    tables: Iterable[DeclaredTable], ordered: Iterable[Table]
) -> Iterator[tuple[str, Contract]]:
    """Contracts of rules without declared columns: the columns are the query's, in the types that
    it gives.
    """
    names = {one.name: one.columns or () for one in ordered}
    for table in tables:
        if table.rules and not table.columns:
            columns = tuple(Column(name=name, type="") for name in names.get(table.draft.name, ()))
            yield table.draft.name, _contract(table, columns)


def _contract(table: DeclaredTable, columns: tuple[Column, ...]) -> Contract:
    return Contract(
        table=table.draft.name, columns=columns, rules=table.rules, where=table.draft.where
    )


def _draft(
    name: str, header: Mapping[str, object], query: SqlQuery | PythonQuery, digest: str
) -> Draft:
    where = _caller(3)
    validated(_Built, _document({"name": name}, where))
    if name.startswith("bronze."):
        raise SpecError(
            "table-place",
            f"`{name}` cannot be declared: bronze tables come from streams",
            hint="a table's layer is silver or gold",
            where=where,
        )
    document = _document(dict(header), where)
    return Draft(name, validated(TableHeader, document), document, query, digest, where)


def _columns(types: Mapping[str, str], where: Location) -> tuple[Column, ...]:
    for type_ in types.values():
        check_type(type_, where)
    return tuple(Column(name=name, type=type_, where=where) for name, type_ in types.items())


def _rules(conditions: Rules | None, severity: Severity, where: Location) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            name=name,
            condition=condition,
            columns=tuple(dict.fromkeys(columns_of(parse_condition(condition, where)))),
            severity=severity,
            where=where,
        )
        for name, condition in (conditions or {}).items()
    )


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _document(data: Mapping[str, object], where: Location) -> Document:
    return Document(where.file, dict(data), dict.fromkeys(_steps(data, ()), where.line))


def _steps(data: object, at: Steps) -> Iterator[Steps]:
    yield at
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _steps(value, (*at, name))


def _caller(depth: int = 2) -> Location:
    """The line that called the function which calls this one."""
    frame = sys._getframe(depth)  # noqa: SLF001 - the frame alone costs nothing, `inspect.stack` reads files
    return Location(Path(frame.f_code.co_filename), frame.f_lineno)


def _line(function: Callable[..., object]) -> int:
    return inspect.getsourcelines(function)[1]
