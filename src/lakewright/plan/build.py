"""Decide what is to be done: for each table, whether it has anything to do, how, and why.

    Project + Knowledge ── build ──▶ Plan: steps in order · what is up to date · warnings

A table has something to do where an input moved past the version it consumed, will be moved by a
step of this plan, or where its definition changed. What moves nothing in the end commits nothing:
that is found when the step runs.
"""

from collections.abc import Collection

from lakewright.errors import LakewrightError, SpecErrors
from lakewright.plan.columns import bronze_columns
from lakewright.plan.knowledge import Knowledge
from lakewright.plan.select import selected
from lakewright.plan.steps import BuildStep, IngestStep, Plan, Step, without_provenance
from lakewright.sources.port import Outlook
from lakewright.spec.analysis import analyse
from lakewright.spec.values import Project, Source, Stream, Table
from lakewright.store.lake import TableState
from lakewright.store.records import InputVersion


def build(
    project: Project,
    knowledge: Knowledge,
    *,
    select: Collection[str] = (),
    exclude: Collection[str] = (),
    full_refresh: bool = False,
) -> Plan:
    """The plan of a run. `full_refresh` rebuilds silver and gold, and reads no source."""
    chosen = selected(project, select, exclude)
    ingests, up_to_date = _ingests(project, knowledge, chosen, full_refresh=full_refresh)
    analysed = _analysed(project, knowledge, ingests)
    steps: list[Step] = list(ingests)
    for table in analysed.tables:
        if table.name not in chosen:
            continue
        step = _build_step(
            table, knowledge, {one.table for one in steps}, full_refresh=full_refresh
        )
        if isinstance(step, str):
            up_to_date[table.name] = step
        else:
            steps.append(step)
    return Plan(analysed, tuple(steps), up_to_date, _warnings(ingests))


def _analysed(project: Project, knowledge: Knowledge, ingests: list[IngestStep]) -> Project:
    """The project checked against the columns of streams without a contract, which only now are
    known.
    """
    if all(stream.table in project.contracts for stream in project.streams):
        return project
    columns = {
        stream.table: [
            name for name, _ in without_provenance(knowledge.tables[stream.table].columns)
        ]
        for stream in project.streams
        if stream.table in knowledge.tables
    }
    return analyse(
        project, columns | {step.table: [name for name, _ in step.columns] for step in ingests}
    )


def _ingests(
    project: Project, knowledge: Knowledge, chosen: Collection[str], *, full_refresh: bool
) -> tuple[list[IngestStep], dict[str, str]]:
    steps: list[IngestStep] = []
    up_to_date: dict[str, str] = {}
    problems: list[LakewrightError] = []
    for source in project.sources:
        for stream in source.streams:
            if stream.table not in chosen:
                continue
            state = knowledge.tables.get(stream.table)
            if full_refresh:
                up_to_date[stream.table] = "a full refresh reads no source"
                continue
            outlook = knowledge.outlooks[stream.table]
            try:
                step = _ingest_step(project, (source, stream), state, outlook)
            except LakewrightError as problem:
                problems.append(problem)
                continue
            if step is None:
                up_to_date[stream.table] = _read_up_to(outlook)
            else:
                steps.append(step)
    _raise(problems)
    return steps, up_to_date


def _ingest_step(
    project: Project, of: tuple[Source, Stream], state: TableState | None, outlook: Outlook
) -> IngestStep | None:
    source, stream = of
    if state is not None and outlook.batch is None:
        return None
    columns, changes = bronze_columns(stream, project.contracts.get(stream.table), state, outlook)
    batch = outlook.batch
    reason = batch.interval if batch else "nothing to read yet: the table is made, empty"
    return IngestStep(
        source, stream, batch, reason, columns, outlook.columns, changes, outlook.notes
    )


def _read_up_to(outlook: Outlook) -> str:
    return "; ".join(("nothing new", *outlook.notes))


def _build_step(
    table: Table, knowledge: Knowledge, moving: Collection[str], *, full_refresh: bool
) -> BuildStep | str:
    """The step of a table, or why it has nothing to do."""
    after = tuple(name for name in table.inputs if name in moving)
    consumed = knowledge.consumed.get(table.name)
    if table.name not in knowledge.tables:
        return BuildStep(table, "first", "first build", None, after)
    why = "asked for by --full-refresh" if full_refresh else _must_be_rebuilt(table, knowledge)
    if why or consumed is None:
        return BuildStep(table, "rebuild", why, consumed, after)
    moved = [
        name for name in table.inputs if _moved(consumed.inputs[name], knowledge.tables.get(name))
    ]
    if not (moved or after):
        return "no input changed since it was built"
    changes = f"{', '.join(moved)} changed" if moved else f"{', '.join(after)} may change"
    return BuildStep(table, "incremental", changes, consumed, after)


def _must_be_rebuilt(table: Table, knowledge: Knowledge) -> str:
    """Why what was published cannot be built upon; empty where it can."""
    consumed = knowledge.consumed.get(table.name)
    if consumed is None:
        return "no commit tells what it was built from"
    if consumed.definition != table.fingerprint:
        return "its definition changed"
    if set(consumed.inputs) != set(table.inputs):
        return "it reads other tables than before"
    remade = [
        name for name in table.inputs if _remade(consumed.inputs[name], knowledge.tables.get(name))
    ]
    return f"{', '.join(remade)} was made anew" if remade else ""


def _remade(consumed: InputVersion, state: TableState | None) -> bool:
    return state is None or state.id != consumed.table_id or state.version < consumed.version


def _moved(consumed: InputVersion, state: TableState | None) -> bool:
    return state is not None and state.version > consumed.version


def _warnings(ingests: list[IngestStep]) -> tuple[str, ...]:
    return tuple(f"{step.table}: {note}" for step in ingests for note in step.notes)


def _raise(problems: list[LakewrightError]) -> None:
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SpecErrors(problems)
