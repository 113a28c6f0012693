"""One ingest step: a batch of a stream, read once, checked in the same scan, published to bronze.

source ─read─▶ door ─▶ good | refused: one stage ─▶ arrivals ─▶ error lane, bronze ─▶ Ingested
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from lakewright.errors import DefectError
from lakewright.observe.counts import Counts
from lakewright.plan.steps import IngestStep
from lakewright.run.arrivals import arrivals_of
from lakewright.run.boundary import engine_errors
from lakewright.run.context import Context
from lakewright.shape.columns import column, content
from lakewright.shape.door import Door, checked
from lakewright.shape.names import OUTCOME, REASONS, ROW, WARNINGS
from lakewright.shape.provenance import entered, stamped
from lakewright.spec.values import PROVENANCE, Stream
from lakewright.store import stage
from lakewright.store.evolve import evolve
from lakewright.store.facts import Facts
from lakewright.store.lake import TableState, last_facts
from lakewright.store.lane import Origin, refused_rows, settle
from lakewright.store.publish import Publication, publish
from lakewright.store.records import BatchRecord
from lakewright.store.types import delta_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from lakewright.sources.port import Batch

PROVENANCE_TYPES = (
    ("record_source", "string"), ("record_table", "string"), ("ingest_timestamp", "timestamp"),
    ("_batch_id", "string"), ("_run_date", "date"),
)  # fmt: skip


@dataclass(frozen=True)
class Ingested:
    """What an ingest did: `batch` is None where the table was only made."""

    counts: Counts
    batch: BatchRecord | None
    published: bool
    warned: Mapping[str, int]
    referenced: tuple[Path, ...] = ()


def ingest(step: IngestStep, context: Context) -> Ingested:
    """Perform an ingest step."""
    own = context.lake.state(step.table)
    if step.batch is None:
        return _make(step, context)
    folder = context.stage(step.table)
    stage.begin(folder)
    with (
        context.engine.session() as session,
        engine_errors(step.table, step.stream.where, context.lake.root),
    ):
        raw = context.connect(step.source).open(session, step.stream, step.batch)
        if step.stream.cursor is None and step.source.type == "sql":
            return _extract(step, context, raw, own, folder / stage.WORK)
        return _enter(step, context, raw, own, step.batch.identity)


def _make(step: IngestStep, context: Context) -> Ingested:
    """Make the table of a stream that has no rows yet, so that what reads it can be built."""
    facts = context.facts(step.table, context.batch_id(step.table, "empty"))
    nothing = stage.Stage(context.lake.path(step.table), ())
    publish(context.lake, _publication(step, context, facts, None), nothing)
    return Ingested(Counts(), None, published=True, warned={})


def _extract(
    step: IngestStep, context: Context, raw: "DataFrame", own: TableState | None, work: Path
) -> Ingested:
    """A full extract: dropped whole where it equals the previous one, else entered whole."""
    moved_to = step.batch.position if step.batch is not None else {}
    kept = stage.write_plain(raw, work / "raw")
    rows = raw.sparkSession.read.format("delta").load(str(kept.folder))
    # The sum of the rows' hashes does not depend on their order.
    total = (
        rows.select(F.sum(content(rows.columns).cast("decimal(38,0)")).alias("total"))
        .toArrow()["total"][0]
        .as_py()
    )
    identity = f"{step.stream.table}: {kept.count} rows, {total}"
    handle = context.lake.open(step.table)
    previous = last_facts(handle) if handle else None
    if own is not None and previous is not None and previous.content == identity:
        counts = Counts(rows=kept.count, duplicates=kept.count)
        # The batch is the previous one still; only how far the stream was read moves.
        again = BatchRecord(
            previous.batch,
            step.table,
            previous.identity,
            previous.interval,
            moved_to,
            own.version,
        )
        return Ingested(counts, again, published=False, warned={})
    return _enter(
        step,
        context,
        rows,
        own,
        f"{identity}, {context.run.logical_time.isoformat()}",
        extract=identity,
    )


def _enter(
    step: IngestStep,
    context: Context,
    raw: "DataFrame",
    own: TableState | None,
    identity: str,
    *,
    extract: str = "",
) -> Ingested:
    batch, stream = step.batch, step.stream
    assert batch is not None  # noqa: S101 - `ingest` made the table otherwise
    batch_id = context.batch_id(step.table, identity)
    rows = checked(raw, _door(step, context, raw))
    entering = stamped(entered(rows), _provenance(step, context, batch_id)).select(
        *(column(name) for name, _ in step.columns),
        *(name for name, _ in PROVENANCE_TYPES[:-1]),
        REASONS,
        ROW,
        WARNINGS,
        OUTCOME,
    )
    staged = stage.write(entering, context.stage(step.table) / "rows")
    identity_of_rows = () if extract else stream.key
    arrived = arrivals_of(step, context, (raw.sparkSession, own), staged, identity_of_rows)
    counts = Counts(
        rows=staged.total,
        written=arrived.stage.total,
        duplicates=arrived.duplicates,
        quarantined=staged.rows(stage.REFUSE),
    )
    counts.demand_balance(step.table)
    facts = _facts(step, context, batch, batch_id, counts, extract)
    _settle(step, context, staged, facts)
    version = None if own is None else evolve(context.lake, own, step.columns)
    publication = _publication(step, context, facts, version)
    published = publish(context.lake, publication, arrived.stage)
    counts = replace(counts, before=published.before, added=published.added, after=published.after)
    if counts.added != counts.written:
        raise DefectError(
            "counts-do-not-add-up",
            f"`{step.table}`: {counts.written} rows passed, {counts.added} entered",
        )
    record = BatchRecord(
        batch_id, step.table, identity, batch.interval, batch.position, published.state.version
    )
    moved = version is None or published.state.version != version
    warned = _warned(raw.sparkSession, step, context, arrived.stage)
    return Ingested(counts, record, moved, warned, published.referenced)


def _door(step: IngestStep, context: Context, raw: "DataFrame") -> Door:
    stream, contract = step.stream, context.project.contracts.get(step.table)
    required = [(name, "key-required") for name in stream.key]
    if stream.cursor is not None:
        required.append((stream.cursor.column, "cursor-required"))
    undeclared = [
        one.column for one in step.changes if one.kind == "new" and one.policy == "quarantine"
    ]
    return Door(
        step.columns,
        contract.rules if contract else (),
        tuple(required),
        undeclared=tuple(name for name in undeclared if name in raw.columns),
        foreign=True,
    )


def _provenance(step: IngestStep, context: Context, batch_id: str) -> dict[str, tuple[str, str]]:
    values = (
        step.source.name,
        record_table(step.stream),
        context.run.logical_time.isoformat(),
        batch_id,
    )
    return {
        name: (value, type_) for (name, type_), value in zip(PROVENANCE_TYPES, values, strict=False)
    }


def record_table(stream: Stream) -> str:
    """What the stream is called where it comes from."""
    return str(stream.options.get("object") or stream.options.get("path") or stream.name)


def _facts(
    step: IngestStep, context: Context, batch: "Batch", batch_id: str, counts: Counts, extract: str
) -> Facts:
    return replace(
        context.facts(step.table, batch_id),
        identity=batch.identity,
        interval=batch.interval,
        position=batch.position,
        content=extract,
        counts=counts.as_dict(),
    )


def _settle(step: IngestStep, context: Context, staged: stage.Stage, facts: Facts) -> None:
    contract = context.project.contracts.get(step.table)
    origin = Origin(
        table=step.table,
        record_source=step.source.name,
        record_table=record_table(step.stream),
        batch=facts.batch,
        run_date=context.run.logical_time.date(),
        contract_version=contract.version if contract else "",
    )
    refused = refused_rows(batch for _, batch in staged.batches((ROW, REASONS), stage.REFUSE))
    settle(context.lake, origin, refused, lambda _: False, facts, once=True)


def _publication(
    step: IngestStep, context: Context, facts: Facts, version: int | None
) -> Publication:
    return Publication(
        table=step.table,
        schema=delta_schema((*step.columns, *PROVENANCE_TYPES)),
        identity=(),
        facts=facts,
        version=version,
        partition={PROVENANCE[-1]: context.run.date},
    )


def _warned(
    session: "SparkSession", step: IngestStep, context: Context, staged: stage.Stage
) -> dict[str, int]:
    contract = context.project.contracts.get(step.table)
    if contract is None or all(rule.severity != "warn" for rule in contract.rules):
        return {}
    rows = session.read.format("delta").load(str(staged.folder))
    counts = rows.select(F.explode(WARNINGS).alias("rule")).groupBy("rule").count().toArrow()
    return {one["rule"]: one["count"] for one in counts.to_pylist()}
