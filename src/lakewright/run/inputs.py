"""What a build's query is given: the rows of the affected scopes, with what they look up.

consumed versions ─change feeds─▶ affected scopes ─▶ Given: rows for the query, rows set aside
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """The scopes to evaluate: all of them, or those in `rows` (s0, s1, …); `texts` are their
    canonical texts.
    """

    everything: bool
    rows: DataFrame | None = None
    texts: frozenset[str] = field(default=frozenset())

    @property
    def nothing(self) -> bool:
        """Whether no scope has to be evaluated."""
        return not self.everything and not self.texts

    def holds(self, scope: str) -> bool:
        """Whether the scope with this canonical text is evaluated."""
        return self.everything or scope in self.texts


EVERYTHING, NOTHING = Affected(everything=True), Affected(everything=False)


def read(session: "SparkSession", state: TableState) -> DataFrame:
    """A table at one version."""
    return session.read.format("delta").option("versionAsOf", state.version).load(state.path)


def content_of(rows: DataFrame) -> DataFrame:
    """The rows without provenance, as queries see them."""
    return rows.select(*(column(name) for name in rows.columns if name not in PROVENANCE))


def affected(inputs: Inputs, consumed: Consumed) -> Affected:
    """The scopes whose rows can have changed since the consumed versions (DESIGN: §2, lookups,
    members).
    """
    found: list[DataFrame] = []
    for one in inputs.table.reads:
        if one.calendar is not None:
            continue
        touched = _touched(inputs, one, consumed)
        if touched and not one.by:
            return EVERYTHING
        found += [scopes_of(rows, one.by) for rows in touched]
    for members in inputs.table.load.members_from:
        keys = _changed(inputs, members.table, consumed, members.key)
        found += [scopes_of(keys, members.key)] if keys is not None else []
    if not found:
        return NOTHING
    kept = stage.write_plain(united(found), inputs.folder / "affected")
    rows = inputs.session.read.format("delta").load(str(kept.folder))
    width = len(inputs.table.scope)
    texts = with_scope(rows, scope_names(width), SCOPE).select(SCOPE).toArrow()
    return Affected(everything=False, rows=rows, texts=frozenset(texts[SCOPE].to_pylist()))


def _touched(inputs: Inputs, one: Read, consumed: Consumed) -> list[DataFrame]:
    """Rows of a read that changed, or that look up something which changed; empty where nothing
    did.
    """
    columns = one.by or _some_column(inputs.states[one.table])
    touched = []
    own = _changed(inputs, one.table, consumed, columns)
    if own is not None:
        touched.append(own)
    for lookup in one.lookups:
        keys = _changed(inputs, lookup.table, consumed, tuple(lookup.key.values()))
        if keys is not None:
            rows = referring(inputs.published(one.table), keys, list(lookup.key.items()))
            touched.append(rows)
    return touched


def _some_column(state: TableState) -> tuple[str, ...]:
    return (next(name for name, type_ in state.columns if "<" not in type_),)


def _changed(
    inputs: Inputs, name: str, consumed: Consumed, columns: tuple[str, ...]
) -> DataFrame | None:
    """The distinct values of these columns in rows of a table that changed; None where none did."""
    since = consumed.inputs[name].version
    values = changed(inputs.lake, inputs.states[name], since, columns)
    if not values.num_rows:
        return None
    return _as_frame(inputs, values)


def _as_frame(inputs: Inputs, values: "pa.Table") -> DataFrame:
    import pyarrow.parquet as pq  # noqa: PLC0415 - only a step with work needs it

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
    rows = content_of(inputs.published(one.table))
    if one.by and scopes.rows is not None:
        rows = restricted(rows, one.by, scopes.rows)
    if not one.lookups:
        return Given(rows)
    looked = look_up(rows, [_looked_up(inputs, lookup) for lookup in one.lookups])
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
        return content_of(read(inputs.session, state)).limit(0)
    return content_of(inputs.session.read.parquet(str(folder)))


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


def _looked_up(inputs: Inputs, lookup: Lookup) -> LookedUp:
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
