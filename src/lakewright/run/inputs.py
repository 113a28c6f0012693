"""What a build's query is given: the rows of the affected scopes, with what they look up.

consumed versions ─change feeds─▶ affected scopes ─▶ Given: rows for the query, rows set aside
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakewright.shape.affected import (
    referring,
    restricted,
    scope_names,
    scopes_of,
    united,
    with_scope,
)
from lakewright.shape.calendar import days
from lakewright.shape.columns import column
from lakewright.shape.door import REASON_TYPE
from lakewright.shape.lookup import MISSING, LookedUp, look_up
from lakewright.shape.names import REASONS, ROW, SCOPE
from lakewright.spec.values import PROVENANCE, Load, Lookup, Project, Read, Table
from lakewright.store import stage
from lakewright.store.changes import changed, inserted
from lakewright.store.lake import Lake, TableState
from lakewright.store.records import Consumed, InputVersion

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Inputs:
    """The inputs of a build, each pinned to a version, and a folder for what has to be written down
    on the way.
    """

    session: "SparkSession"
    lake: Lake
    project: Project
    table: Table
    states: Mapping[str, TableState]
    folder: Path

    def published(self, name: str) -> DataFrame:
        """The rows of a table at the version this step sees."""
        return read(self.session, self.states[name])

    def keep(self, rows: DataFrame, name: str) -> DataFrame | None:
        """Write rows down, to be read more than once; None where there are none."""
        kept = stage.write_plain(rows, self.folder / name)
        return self.session.read.format("delta").load(str(kept.folder)) if kept.count else None

    def versions(self) -> dict[str, InputVersion]:
        """The versions this build stands for once it is published."""
        return {name: InputVersion(state.id, state.version) for name, state in self.states.items()}


@dataclass(frozen=True)
class Given:
    """What the query is given under a read's name, and the input rows that a lookup refused (lane
    columns).
    """

    rows: DataFrame
    refused: DataFrame | None = None
    refused_count: int = 0


@dataclass(frozen=True)
class Affected:
    """The scopes to evaluate: all of them, or the `count` scopes in `rows` (s0, s1, …)."""

    everything: bool
    count: int = 0
    rows: DataFrame | None = None

    @property
    def nothing(self) -> bool:
        """Whether no scope has to be evaluated."""
        return not self.everything and not self.count

    def holds(self, scope: str) -> bool:
        """Whether the scope with this canonical text is evaluated."""
        return self.everything or scope in self._texts

    @cached_property
    def _texts(self) -> frozenset[str]:
        """The canonical texts of the scopes, of which only open refusals are asked."""
        if self.rows is None:
            return frozenset()
        texts = with_scope(self.rows, self.rows.columns, SCOPE).select(SCOPE).toArrow()
        return frozenset(texts[SCOPE].to_pylist())


EVERYTHING, NOTHING = Affected(everything=True), Affected(everything=False)


def read(session: "SparkSession", state: TableState) -> DataFrame:
    """A table at one version."""
    return session.read.format("delta").option("versionAsOf", state.version).load(state.path)


def content_of(session: "SparkSession", state: TableState) -> DataFrame:
    """A table at one version without provenance, as queries see it."""
    return _content(read(session, state), state)


def _content(rows: DataFrame, state: TableState) -> DataFrame:
    return rows.select(*(column(name) for name in state.names if name not in PROVENANCE))


def affected(inputs: Inputs, consumed: Consumed) -> Affected:
    """The scopes whose rows can have changed since the consumed versions (DESIGN: §2, lookups,
    members).
    """
    known: list[pa.Table] = []
    looked_up: list[DataFrame] = []
    for one in inputs.table.reads:
        if one.calendar is not None:
            continue
        own = _changed(inputs, one.table, consumed, one.by or _some_column(inputs, one.table))
        referring_rows = _referring(inputs, one, consumed)
        if not one.by and (own.num_rows or referring_rows):
            return EVERYTHING
        known += [_named(own)] if one.by else []
        looked_up += [scopes_of(rows, one.by) for rows in referring_rows]
    for members in inputs.table.load.members_from:
        known.append(_named(_changed(inputs, members.table, consumed, members.key)))
    return _united(inputs, [one for one in known if one.num_rows], looked_up)


def _united(inputs: Inputs, known: "list[pa.Table]", looked_up: list[DataFrame]) -> Affected:
    """Every scope once; the engine is asked only where rows that look something up have to be
    found, or the types differ.
    """
    import pyarrow as pa  # noqa: PLC0415 - only a step with work needs it

    if not looked_up and len({one.schema for one in known}) <= 1:
        if not known:
            return NOTHING
        scopes = pa.concat_tables(known)
        scopes = scopes.group_by(scopes.column_names).aggregate([])
        return Affected(everything=False, count=scopes.num_rows, rows=_as_frame(inputs, scopes))
    found = [*looked_up, *(_as_frame(inputs, one) for one in known)]
    kept = stage.write_plain(united(found), inputs.folder / "affected")
    rows = inputs.session.read.format("delta").load(str(kept.folder))
    return Affected(everything=False, count=kept.count, rows=rows)


def _referring(inputs: Inputs, one: Read, consumed: Consumed) -> list[DataFrame]:
    """Rows of a read that look up something which changed."""
    found = []
    for table, key in dict.fromkeys(
        (lookup.table, tuple(lookup.key.items())) for lookup in one.lookups
    ):
        changes = _changed(inputs, table, consumed, tuple(theirs for _, theirs in key))
        if changes.num_rows:
            keys = _as_frame(inputs, changes)
            found.append(referring(inputs.published(one.table), keys, list(key)))
    return found


def _some_column(inputs: Inputs, table: str) -> tuple[str, ...]:
    columns = inputs.states[table].columns
    return (next(name for name, type_ in columns if "<" not in type_),)


def _changed(inputs: Inputs, name: str, consumed: Consumed, columns: tuple[str, ...]) -> "pa.Table":
    """The distinct values of these columns in rows of a table that changed."""
    return changed(inputs.lake, inputs.states[name], consumed.inputs[name].version, columns)


def _named(values: "pa.Table") -> "pa.Table":
    return values.rename_columns(scope_names(values.num_columns))


def _as_frame(inputs: Inputs, values: "pa.Table") -> DataFrame:
    import pyarrow.parquet as pq  # noqa: PLC0415 - see `_united`

    inputs.folder.mkdir(parents=True, exist_ok=True)
    # Numbered: names of columns may be long, or mean something in a path.
    folder = inputs.folder / f"changed-{sum(1 for _ in inputs.folder.iterdir())}"
    folder.mkdir()
    pq.write_table(values, folder / "values.parquet")
    return inputs.session.read.parquet(str(folder))


def given(inputs: Inputs, one: Read, scopes: Affected) -> Given:
    """The rows of a read in the affected scopes, with what they look up, and those a lookup
    refused.
    """
    if one.calendar is not None:
        return Given(days(inputs.session, one.calendar))
    rows = content_of(inputs.session, inputs.states[one.table])
    if one.by and scopes.rows is not None:
        rows = restricted(rows, one.by, scopes.rows)
    if not one.lookups:
        return Given(rows)
    looked = look_up(rows, [looked_up(inputs, lookup) for lookup in one.lookups])
    if all(lookup.missing != "refuse" for lookup in one.lookups):
        return Given(looked.drop(MISSING))
    refusing = F.when(F.size(MISSING) > 0, F.lit(1)).alias("_refused")
    kept = stage.write_plain(
        looked.select(refusing, "*"), inputs.folder / f"given-{one.name}", count="_refused"
    )
    found = inputs.session.read.format("delta").load(str(kept.folder))
    good = found.where(F.col("_refused").isNull()).drop(MISSING, "_refused")
    bad = found.where(F.col("_refused").isNotNull())
    return Given(good, _set_aside(bad, rows.columns, one), kept.counted)


def new_rows(inputs: Inputs, one: Read, consumed: Consumed) -> DataFrame | None:
    """The rows of a growing input that came since its consumed version; None where some went."""
    state, folder = inputs.states[one.table], inputs.folder / f"new-{one.name}"
    if not inserted(inputs.lake, state, consumed.inputs[one.table].version, folder):
        return None
    if not any(folder.iterdir()):
        return content_of(inputs.session, state).limit(0)
    return _content(inputs.session.read.parquet(str(folder)), state)


def used_keys(
    inputs: Inputs, load: Load, key: tuple[str, ...], scopes: Affected
) -> DataFrame | None:
    """The keys, none of them null, that the tables of `members_from` use."""
    if not load.members_from:
        return None
    parts = []
    for members in load.members_from:
        rows = inputs.published(members.table)
        named = rows.select(
            *(column(mine).alias(to) for mine, to in zip(members.key, key, strict=True))
        )
        parts.append(named.dropna())
    used = united(parts)
    return used if scopes.rows is None else restricted(used, key, scopes.rows)


def looked_up(inputs: Inputs, lookup: Lookup) -> LookedUp:
    """A lookup with the published rows it looks in."""
    target = next((one for one in inputs.project.tables if one.name == lookup.table), None)
    taken = lookup.column or (target.load.surrogate_key if target else None)
    assert taken is not None  # noqa: S101 - spec/checks.py refuses a lookup without a column elsewhere
    unique = target is not None and target.load.type in ("upsert", "versioned")
    return LookedUp(lookup, inputs.published(lookup.table), taken, unique)


def _set_aside(rows: DataFrame, names: list[str], one: Read) -> DataFrame:
    """Input rows that a lookup refused, as rows of the lane, in the lane of their scope."""
    reasons = [
        F.when(
            F.array_contains(MISSING, lookup.name),
            F.struct(
                F.lit(lookup.refusal).alias("rule"),
                F.array(*map(F.lit, lookup.key)).alias("columns"),
                F.lit(
                    f"nothing in {lookup.table} for this key"
                    + (" at this time" if lookup.as_of else "")
                ).alias("message"),
            ),
        )
        for lookup in one.lookups
    ]
    row = F.create_map(
        *(part for name in names for part in (F.lit(name), column(name).cast("string")))
    )
    return with_scope(rows, one.by, SCOPE).select(
        row.alias(ROW), F.array_compact(F.array(*reasons)).cast(REASON_TYPE).alias(REASONS), SCOPE
    )
