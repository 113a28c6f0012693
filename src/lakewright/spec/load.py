"""Read a project: from an author's files to one frozen Project, or all that is wrong with it.

    lakewright.yaml, sources/, contracts/, tables/
        ──read──▶ sources, drafts ──declare──▶ tables, contracts ──checks, analysis──▶ Project

No engine, lake or source is touched.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lakewright.errors import Location, SpecError
from lakewright.spec.analysis import analysed
from lakewright.spec.catalog import Catalog, Entry
from lakewright.spec.checks import check_table
from lakewright.spec.contract_file import build_contracts
from lakewright.spec.document import Document
from lakewright.spec.fingerprint import fingerprint
from lakewright.spec.interpolation import Variables, interpolate
from lakewright.spec.problems import Problems, validated
from lakewright.spec.project_file import (
    ProjectFile,
    build_environment,
    choose_environment,
    interpolated_environment,
    read_project_file,
    read_variables,
)
from lakewright.spec.python_file import read_python_file
from lakewright.spec.source_file import build_source, passwords_in, secrets_of
from lakewright.spec.sql_file import read_sql_file
from lakewright.spec.table_file import Draft, declare
from lakewright.spec.values import Contract, Environment, Project, Source, Table
from lakewright.spec.yaml_file import read_yaml

_YAML = (".yaml", ".yml")
_BUILT = ("silver", "gold")
_LAYERS = ("bronze", *_BUILT)


@dataclass
class _Reading:
    """What has been read so far, and what was wrong; the steps of `load` fill it in turn."""

    folder: Path
    variables: Variables
    problems: Problems
    secrets: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    sources_unread: bool = False


def load(
    folder: Path,
    environment: str | None = None,
    variables: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Project:
    """The project in a folder, for one environment; SpecErrors with everything that is wrong.

    `variables` win over those of `lakewright.yaml`; `environ` is the process environment unless
    given.
    """
    problems = Problems()
    around = os.environ if environ is None else environ
    with problems.caught():
        document = read_project_file(folder)
    problems.end()  # without it nothing else is known
    named = read_variables(document, variables or {}, around, problems)
    reading = _Reading(folder, named, problems)
    with problems.caught():
        name, chosen = _read_project(reading, document, environment)
    _read_sources(reading)
    _read_tables(reading)
    catalog = _catalog(reading)
    contracts = _read_contracts(reading, catalog)
    tables = [declare(draft, catalog.keys) for draft in reading.drafts]
    for table in tables:
        problems.add(*check_table(table, catalog))
    streams = [stream for source in reading.sources for stream in source.streams]
    ordered = analysed(streams, tables, contracts, {}, problems)
    problems.end()
    digests = {draft.name: draft.digest for draft in reading.drafts}
    return Project(
        name=name,
        folder=folder.resolve(),
        environment=chosen,
        sources=tuple(reading.sources),
        tables=tuple(_identified(table, digests[table.name], contracts) for table in ordered),
        contracts=contracts,
        variables=reading.variables.named,
        secrets=tuple(dict.fromkeys(reading.secrets)),
    )


def _identified(table: Table, digest: str, contracts: Mapping[str, Contract]) -> Table:
    identity = fingerprint(table, digest, contracts.get(table.name))
    return table.model_copy(update={"fingerprint": identity})


def _read_project(
    reading: _Reading, document: Document, asked: str | None
) -> tuple[str, Environment]:
    shape = validated(ProjectFile, document)
    name = choose_environment(shape, document, asked)
    mine = Problems()
    chosen = interpolated_environment(name, document, reading.variables, mine)
    mine.end()
    environment = build_environment(name, chosen.document, reading.folder)
    reading.secrets += filter(None, passwords_in(environment.ledger))
    return shape.project, environment


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(file for suffix in _YAML for file in folder.glob(f"*{suffix}"))


def _read_sources(reading: _Reading) -> None:
    for file in _yaml_files(reading.folder / "sources"):
        before = len(reading.problems.found)
        with reading.problems.caught():
            mine = Problems()
            put_in = interpolate(read_yaml(file), reading.variables, mine)
            mine.end()
            reading.secrets += secrets_of(put_in)
            reading.sources.append(build_source(put_in.document, reading.folder))
        reading.sources_unread |= len(reading.problems.found) > before
    _refuse_repeated_sources(reading)


def _refuse_repeated_sources(reading: _Reading) -> None:
    seen: dict[str, Location] = {}
    for source in list(reading.sources):
        if source.name in seen:
            message = f"the source `{source.name}` is declared in {seen[source.name]} already"
            hint = "put its streams there, or give one of them another name"
            error = SpecError("duplicate-source", message, hint=hint, where=source.where)
            reading.problems.add(error)
            reading.sources.remove(source)
        seen.setdefault(source.name, source.where)


def _read_tables(reading: _Reading) -> None:
    for file in _table_files(reading):
        layer, name = file.parent.name, file.stem
        before = len(reading.problems.found)
        with reading.problems.caught():
            if file.suffix == ".sql":
                reading.drafts.append(read_sql_file(file, f"{layer}.{name}", reading.variables))
            else:
                reading.drafts += read_python_file(file, reading.folder)
        if len(reading.problems.found) > before:
            reading.unread.add(f"{layer}.{name}")


def _table_files(reading: _Reading) -> Iterator[Path]:
    """The files below `tables/` that declare tables; one in a wrong place is a problem."""
    top = reading.folder / "tables"
    files = [file for suffix in ("sql", "py") for file in top.rglob(f"*.{suffix}")]
    for file in sorted(files):
        place = file.relative_to(top).parts
        if file.suffix == ".py" and file.name.startswith("_"):
            continue  # a module that others import
        if any(part == "__pycache__" for part in place):
            continue
        if len(place) == 2 and place[0] in _BUILT:
            yield file
            continue
        layer = place[0] if len(place) > 1 else ""
        message = (
            "a table stands in tables/silver/ or tables/gold/, not in "
            f"tables/{'/'.join(place[:-1])}"
        )
        hint = (
            "bronze tables come from the streams in sources/"
            if layer == "bronze"
            else "move it, or let the name of a module that others import begin with `_`"
        )
        reading.problems.add(SpecError("table-place", message, hint=hint, where=Location(file)))


def _catalog(reading: _Reading) -> Catalog:
    """All tables by name; a second one of a name is a problem, and left out."""
    entries: dict[str, Entry] = {}
    places: dict[str, Location] = {}
    for source in reading.sources:
        for stream in source.streams:
            _refuse_repeated(stream.table, stream.where, places, reading)
            entries.setdefault(stream.table, Entry(stream.key))
    for draft in reading.drafts:
        if _refuse_repeated(draft.name, draft.where, places, reading):
            reading.unread.add(draft.name)
        entries[draft.name] = Entry(draft.header.key, draft.header.load.type)
    # Which of two tables of a name is meant nobody knows, so nothing more is said of either.
    reading.drafts = [one for one in reading.drafts if one.name not in reading.unread]
    entries = {name: one for name, one in entries.items() if name not in reading.unread}
    return Catalog(entries, frozenset(reading.unread), reading.sources_unread)


def _refuse_repeated(
    name: str, where: Location, places: dict[str, Location], reading: _Reading
) -> bool:
    if name not in places:
        places[name] = where
        return False
    message = f"there are two tables `{name}`: the other is declared in {places[name]}"
    hint = "give one of them another name"
    reading.problems.add(SpecError("duplicate-table", message, hint=hint, where=where))
    return True


def _read_contracts(reading: _Reading, catalog: Catalog) -> dict[str, Contract]:
    found: dict[str, Contract] = {}
    top = reading.folder / "contracts"
    for file in sorted(file for suffix in _YAML for file in top.rglob(f"*{suffix}")):
        layer = file.relative_to(top).parts[0]
        if file.parent.parent != top or layer not in _LAYERS:
            message = (
                "a contract stands in contracts/bronze/, silver/ or gold/, not in "
                f"{file.parent.name}/"
            )
            hint = "the folder is the layer of the tables that it speaks of"
            reading.problems.add(
                SpecError("contract-place", message, hint=hint, where=Location(file))
            )
            continue
        with reading.problems.caught():
            mine = Problems()
            put_in = interpolate(read_yaml(file), reading.variables, mine)
            mine.end()
            for contract in build_contracts(put_in.document, layer, catalog):
                if contract.table in found:
                    other = found[contract.table].where
                    message = (
                        f"there are two contracts for `{contract.table}`: the other is in {other}"
                    )
                    error = SpecError(
                        "duplicate-contract", message, hint="keep one of them", where=contract.where
                    )
                    reading.problems.add(error)
                found.setdefault(contract.table, contract)
    return found
