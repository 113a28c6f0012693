"""The same work with the engine and nothing of ours but the query, to see what all the rest costs.

    ingest   the batch, read by the same connector ─────────────────────────▶ a plain Delta table
    build    the rows that the step read, with lookups ─the table's query──▶ a plain Delta table

Left out are checks, error lanes, loads, comparisons with what is published, history, provenance,
commits, the ledger; and finding what is affected, which is done before the clock starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakewright.plan.steps import BuildStep, IngestStep, Step
from lakewright.run.boundary import query
from lakewright.run.context import Context
from lakewright.run.inputs import (
    EVERYTHING,
    Affected,
    Inputs,
    affected,
    content_of,
    looked_up,
    new_rows,
)
from lakewright.shape.affected import restricted
from lakewright.shape.calendar import days
from lakewright.shape.lookup import MISSING, look_up
from lakewright.spec.values import Read
from lakewright.store.records import Consumed


@dataclass(frozen=True)
class Alone:
    """How long the engine alone took, and how many rows it wrote."""

    seconds: float
    rows: int


def alone(step: Step, how: str, context: Context, folder: Path) -> Alone | None:
    """Do the work of a step that was performed as `how` says, in an empty folder; None where there
    was none to do.
    """
    with context.engine.session() as session:
        match step:
            case IngestStep():
                return _ingest(step, context, session, folder)
            case BuildStep():
                return _build(step, how, context, session, folder)


def _ingest(
    step: IngestStep, context: Context, session: SparkSession, folder: Path
) -> Alone | None:
    if step.batch is None:
        return None
    began = monotonic()
    rows = context.connect(step.source).open(session, step.stream, step.batch)
    return _written(rows, folder / "rows", began)


def _build(
    step: BuildStep, how: str, context: Context, session: SparkSession, folder: Path
) -> Alone | None:
    table = step.declared
    found = {name: context.lake.state(name) for name in table.inputs}
    states = {name: state for name, state in found.items() if state is not None}
    inputs = Inputs(session, context.lake, context.project, table, states, folder / "work")
    since = step.consumed if how == "incremental" else None
    scopes = EVERYTHING if since is None or table.reads_new else affected(inputs, since)
    if scopes.nothing:
        return None
    new = _new(inputs, since)
    began = monotonic()
    reads = {
        one.name: new[one.name] if one.name in new else _read(inputs, one, scopes)
        for one in table.reads
    }
    result = query(session, context.project, table, reads)
    return _written(result, folder / "rows", began)


def _new(inputs: Inputs, since: Consumed | None) -> Mapping[str, DataFrame]:
    """The rows that came to inputs of which only the new ones are read."""
    if since is None:
        return {}
    found = {one.name: new_rows(inputs, one, since) for one in inputs.table.reads if one.new}
    return {name: rows for name, rows in found.items() if rows is not None}


def _read(inputs: Inputs, one: Read, scopes: Affected) -> DataFrame:
    if one.calendar is not None:
        return days(inputs.session, one.calendar)
    rows = content_of(inputs.session, inputs.states[one.table])
    if one.by and scopes.rows is not None:
        rows = restricted(rows, one.by, scopes.rows)
    if not one.lookups:
        return rows
    looked = look_up(rows, [looked_up(inputs, lookup) for lookup in one.lookups])
    return looked.where(F.size(MISSING) == 0).drop(MISSING)


def _written(rows: DataFrame, folder: Path, began: float) -> Alone:
    rows.write.format("delta").mode("overwrite").save(str(folder))
    return Alone(monotonic() - began, DeltaTable(folder).count())
