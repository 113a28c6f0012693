"""One build step: from what changed in the inputs to one commit of the table.

    inputs ─affected─▶ given ─query─▶ door ─▶ good | refused ─load─▶ stage ─▶ lane, table ─▶ Built

Every number in the report is counted where it happened: the query's rows when they pass the door,
their outcomes in the stage, the table's rows in its log.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from lakewright.errors import DataError
from lakewright.observe.counts import Counts
from lakewright.plan.steps import BuildStep, How
from lakewright.run.boundary import engine_errors, query
from lakewright.run.context import Context
from lakewright.run.inputs import (
    EVERYTHING,
    NOTHING,
    Affected,
    Given,
    Inputs,
    affected,
    content_of,
    given,
    new_rows,
    read,
    used_keys,
)
from lakewright.run.loads import Besides, applied, demand_own_keys, door_of, table_columns
from lakewright.run.scopes import demand_own_scopes, demand_same_types
from lakewright.shape.affected import restricted, with_scope
from lakewright.shape.columns import column
from lakewright.shape.contest import Contest
from lakewright.shape.door import checked
from lakewright.shape.history import UNKNOWN
from lakewright.shape.names import REASONS, ROW, SCOPE, WARNINGS
from lakewright.spec.values import Table
from lakewright.store import stage
from lakewright.store.changes import VersionGoneError
from lakewright.store.facts import Facts
from lakewright.store.lake import TableState
from lakewright.store.lane import Origin, Refused, refused_rows, settle
from lakewright.store.publish import Publication, by_reference, publish
from lakewright.store.records import Consumed, InputVersion
from lakewright.store.types import delta_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


FEW = 10_000
"""Rows that are put in order in less time than it takes to ask which of them need it."""


@dataclass(frozen=True)
class Built:
    """What a build did: `published` is False where nothing differed and no commit was made."""

    counts: Counts
    consumed: Consumed
    batch: str
    how: How
    reason: str
    published: bool
    warned: Mapping[str, int] = field(default_factory=dict)
    referenced: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def build(step: BuildStep, context: Context) -> Built:
    """Perform a build step."""
    table = step.declared
    states = {name: _state(context, table, name) for name in table.inputs}
    own = context.lake.state(table.name)
    identity = "|".join(
        f"{name}@{state.id}:{state.version}" for name, state in sorted(states.items())
    )
    batch = context.batch_id(table.name, f"{identity}|{table.fingerprint}")
    if step.how == "incremental" and step.consumed is not None:
        now = {name: InputVersion(state.id, state.version) for name, state in states.items()}
        if now == step.consumed.inputs:
            return Built(Counts(), step.consumed, batch, step.how, step.reason, published=False)
    folder = context.stage(table.name)
    stage.begin(folder)
    with context.engine.session() as session:
        work = folder / stage.WORK
        inputs = Inputs(session, context.lake, context.project, table, states, work)
        attempt = _Attempt(context, step, inputs, own, batch)
        with engine_errors(table.name, table.query.where, context.lake.root):
            try:
                built = attempt.perform(step.how, step.reason)
            except VersionGoneError:
                stage.begin(folder)
                built = attempt.perform(
                    "rebuild", "a consumed version of an input is no longer kept"
                )
    return built


@dataclass(frozen=True)
class _Checked:
    """The query's rows past the door, written down once: all, refused, those that broke a warn
    rule.
    """

    rows: "DataFrame"
    columns: tuple[tuple[str, str], ...]
    count: int
    refused: int
    warned: Mapping[str, int]


@dataclass(frozen=True)
class _Attempt:
    """One way to perform a step; tried again as a rebuild where an input's consumed version is
    gone.
    """

    context: Context
    step: BuildStep
    inputs: Inputs
    own: TableState | None
    batch: str

    def perform(self, how: How, reason: str) -> Built:
        table, inputs = self.inputs.table, self.inputs
        since = self.step.consumed if how == "incremental" else None
        scopes = EVERYTHING
        if since is not None and not table.reads_new:
            scopes = affected(inputs, since)
        if since is not None and scopes.nothing and not table.reads_new:
            return self._built(Counts(), how, reason, {}, published=False)
        gives = self._given(since, scopes)
        if gives is None:
            return self.anew("rows of an input that should only grow went away")
        found = self._checked({name: one.rows for name, one in gives.items()})
        published = self._published(found, scopes)
        if self.own is not None and published is None and since is not None:
            return self.anew("the columns of the table changed")
        used = used_keys(inputs, table.load, table.key, scopes)
        besides = Besides(used, Contest(inputs.keep, few=found.count < FEW))
        rows = applied(table, self._good(found), published, besides, anew=since is None)
        return self._publish(rows, found, gives, scopes, (how, reason))

    def anew(self, reason: str) -> Built:
        """Perform the step again, as a rebuild."""
        # What the first attempt wrote down would be counted with what the second one writes.
        stage.begin(self.context.stage(self.inputs.table.name))
        return self.perform("rebuild", reason)

    def _given(self, since: Consumed | None, scopes: Affected) -> dict[str, Given] | None:
        gives = {}
        for one in self.inputs.table.reads:
            if one.new and since is not None:
                rows = new_rows(self.inputs, one, since)
                if rows is None:
                    return None
                gives[one.name] = Given(rows)
            else:
                gives[one.name] = given(self.inputs, one, scopes)
        return gives

    def _checked(self, inputs: "Mapping[str, DataFrame]") -> _Checked:
        table, project = self.inputs.table, self.context.project
        result = query(self.inputs.session, project, table, inputs)
        door = door_of(table, project.contracts.get(table.name), result.schema)
        demand_same_types(table, door.columns, self.inputs.states)
        marked = checked(result, door).select(
            # First: the engine keeps statistics, which count it, of the first columns only.
            F.when(F.col(REASONS).isNotNull(), 1).alias("_refused"),
            "*",
            F.when(F.size(WARNINGS) > 0, 1).alias("_warned"),
        )
        if table.scope:
            marked = with_scope(marked, table.scope, SCOPE)
        else:
            marked = marked.withColumn(SCOPE, F.lit(""))
        kept = stage.write_plain(marked, self.inputs.folder / "checked", count="_refused")
        rows = self.inputs.session.read.format("delta").load(str(kept.folder))
        demand_own_scopes(table, rows, inputs)
        warned = {}
        if any(rule.severity == "warn" for rule in door.rules):
            named = rows.where(F.col("_warned").isNotNull() & F.col("_refused").isNull())
            counts = (
                named.select(F.explode(WARNINGS).alias("rule")).groupBy("rule").count().toArrow()
            )
            warned = {one["rule"]: one["count"] for one in counts.to_pylist()}
        return _Checked(rows, door.columns, kept.count, kept.counted, warned)

    def _good(self, found: _Checked) -> "DataFrame":
        names = [column(name) for name, _ in found.columns]
        return found.rows.where(F.col("_refused").isNull()).select(*names)

    def _published(self, found: _Checked, scopes: Affected) -> "DataFrame | None":
        """The published rows that the result is compared with; None where there are none, or of
        other columns.
        """
        table = self.inputs.table
        if self.own is None or self.own.columns != self._columns(found):
            return None
        rows = content_of(self.inputs.session, self.own)
        if scopes.rows is None:
            return rows
        inside = restricted(rows, table.scope, scopes.rows)
        if table.load.type == "versioned":
            key = column(table.load.surrogate_key or "")
            inside = inside.unionByName(rows.where(key == UNKNOWN))
        return inside

    def _columns(self, found: _Checked) -> tuple[tuple[str, str], ...]:
        content = table_columns(self.inputs.table, found.columns)
        return (*content, ("_batch_id", "string"), ("_run_date", "date"))

    def _publish(
        self,
        rows: "DataFrame",
        found: _Checked,
        gives: Mapping[str, Given],
        scopes: Affected,
        why: tuple[How, str],
    ) -> Built:
        table, context = self.inputs.table, self.context
        stamped = rows.withColumn("_batch_id", F.lit(self.batch)).withColumn(
            "_run_date", F.lit(context.run.date).cast("date")
        )
        staged = stage.write(stamped, context.stage(table.name) / "rows")
        if table.load.type == "versioned":
            everything = None if self.own is None else read(self.inputs.session, self.own)
            written = self.inputs.session.read.format("delta").load(str(staged.folder))
            demand_own_keys(table, written, everything)
        outcomes = staged.counts()
        counts = Counts(
            rows=found.count,
            inserted=outcomes["inserted"],
            updated=outcomes["updated"],
            deleted=outcomes["deleted"],
            unchanged=outcomes["unchanged"],
            superseded=outcomes["superseded"] + outcomes["tied"],
            duplicates=outcomes["duplicate"],
            quarantined=found.refused,
            set_aside=sum(one.refused_count for one in gives.values()),
            warned=sum(found.warned.values()),
        )
        counts.demand_balance(table.name)
        facts = self._facts(counts)
        self._settle(
            found,
            gives,
            scopes if why[0] != "incremental" or not table.reads_new else NOTHING,
            facts,
        )
        publication = Publication(
            table=table.name,
            schema=delta_schema(self._columns(found)),
            identity=_identity(table, found),
            facts=facts,
            version=None if self.own is None else self.own.version,
            replaces_all=self.own is not None and self.own.columns != self._columns(found),
        )
        if by_reference(publication, staged):
            inserts = context.stage(table.name) / "inserts"
            staged = stage.inserts(self.inputs.session, staged, inserts)
        published = publish(context.lake, publication, staged)
        counts = replace(
            counts,
            before=published.before,
            added=published.added,
            removed=published.removed,
            after=published.after,
        )
        moved = self.own is None or published.state.version != self.own.version
        built = self._built(
            counts, *why, found.warned, published=moved, version=published.state.version
        )
        return replace(built, referenced=published.referenced, notes=_notes(outcomes["tied"]))

    def _settle(
        self, found: _Checked, gives: Mapping[str, Given], scopes: Affected, facts: Facts
    ) -> None:
        table, context = self.inputs.table, self.context
        contract = context.project.contracts.get(table.name)
        origin = Origin(
            table=table.name,
            record_source=context.project.name,
            record_table=table.name,
            batch=self.batch,
            run_date=context.run.logical_time.date(),
            contract_version=contract.version if contract else "",
        )
        settle(
            context.lake, origin, _refused(found, gives), scopes.holds, facts, once=table.reads_new
        )

    def _facts(self, counts: Counts) -> Facts:
        facts = self.context.facts(self.inputs.table.name, self.batch)
        return replace(
            facts,
            definition=self.inputs.table.fingerprint,
            consumed=self.inputs.versions(),
            counts=counts.as_dict(),
        )

    def _built(
        self, counts: Counts, how: How, reason: str, warned: Mapping[str, int], *, published: bool,
        version: int | None = None,
    ) -> Built:  # fmt: skip
        at = version if version is not None else (self.own.version if self.own else 0)
        consumed = Consumed(at, self.inputs.table.fingerprint, self.inputs.versions())
        return Built(counts, consumed, self.batch, how, reason, published, warned)


def _notes(tied: int) -> tuple[str, ...]:
    """What a person should know of a build, though nothing is wrong with it."""
    if not tied:
        return ()
    says = "1 change lost" if tied == 1 else f"{tied:,} changes lost"
    return (f"{says} to another of equal key and sequence, by `ties` or else by content",)


def _identity(table: Table, found: _Checked) -> tuple[str, ...]:
    """The columns by which a published row is found: the key where the load keeps it unique, else
    all of them.
    """
    if table.load.type == "versioned":
        return (table.load.surrogate_key or "",)
    if table.load.type == "upsert":
        return table.key
    return tuple(name for name, _ in found.columns)


def _refused(found: _Checked, gives: Mapping[str, Given]) -> Iterator[Refused]:
    frames = [
        one.refused for one in gives.values() if one.refused is not None and one.refused_count
    ]
    if found.refused:
        frames.append(found.rows.where(F.col("_refused").isNotNull()).select(ROW, REASONS, SCOPE))
    for frame in frames:
        yield from refused_rows(frame.toArrow().to_batches())


def _state(context: Context, table: Table, name: str) -> TableState:
    state = context.lake.state(name)
    if state is None:
        raise DataError(
            "input-missing",
            f"`{table.name}` reads `{name}`, which is not in the lake yet",
            where=table.where,
            hint=f"run it too: lakewright run --select +{table.name}",
        )
    return state
