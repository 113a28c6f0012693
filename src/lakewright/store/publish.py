"""Publish a stage: one atomic Delta commit that shows it to readers, or none at all.

    Stage ─┬ the table is new, or rows only come   files of inserts by reference, nothing is copied
           └ rows change or go                     MERGE with the stage as its source
                └──▶ commit: facts in userMetadata, a transaction id that no batch gets twice

The handle that commits must be at the version the step saw; its transaction id must be the one
before ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.transaction import AddAction, create_table_with_add_actions

from lakewright.errors import DefectError, LakeError
from lakewright.store.facts import Facts
from lakewright.store.lake import OWNER, Lake, lake_errors, row_count, state_of
from lakewright.store.stage import DELETE, INSERT, UPDATE, Stage, StagedFile
from lakewright.store.types import quoted

if TYPE_CHECKING:
    import pyarrow as pa

    from lakewright.store.lake import TableState

CONFIGURATION = {
    "delta.enableChangeDataFeed": "true",
    # The log is the authority on what was read and consumed: it is kept.
    "delta.enableExpiredLogCleanup": "false",
}
MERGE_IN_MEMORY = 500_000
"""Up to so many changed rows a merge knows all of them before it begins, and passes over files
without them.
"""


@dataclass(frozen=True)
class Publication:
    """What one commit is to show.

    `schema` is the table's Delta schema, `identity` the columns by which a row to change or delete
    is found (all of them, for a bag of rows), `version` the version that the step saw (None: no
    table yet), `partition` constant values of the partition columns.
    """

    table: str
    schema: Schema
    identity: Sequence[str]
    facts: Facts
    version: int | None
    partition: Mapping[str, str] = field(default_factory=dict)
    replaces_all: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the table's columns."""
        return tuple(one.name for one in self.schema.fields)


@dataclass(frozen=True)
class Published:
    """A table after a publication: its state, its rows before and after, the staged files it refers
    to.
    """

    state: "TableState"
    before: int
    added: int
    removed: int
    after: int
    referenced: tuple[Path, ...] = ()


def by_reference(publication: Publication, stage: Stage) -> bool:
    """Whether a stage joins the table as files; then it must hold rows to insert and no others."""
    anew = publication.version is None or publication.replaces_all
    return anew or not stage.rows(UPDATE, DELETE)


def publish(lake: Lake, publication: Publication, stage: Stage) -> Published:
    """Show a stage. What is published adds up, or is taken back: rows before + added - removed =
    rows after.
    """
    path = lake.path(publication.table)
    with lake_errors(path):
        handle = lake.open(publication.table)
        demand_version(publication.table, publication.version, handle)
        before = row_count(handle) if handle else 0
        removed = stage.rows(DELETE, "gone")
        referenced = tuple(file.path for file in stage.files)
        if handle is None:
            _create(path, publication, stage)
        elif publication.replaces_all:
            removed = before
            _by_reference(path, handle, publication, stage, "overwrite")
        elif not by_reference(publication, stage):
            referenced = ()
            _merge(handle, publication, stage)
        elif stage.rows(INSERT):
            _by_reference(path, handle, publication, stage, "append")
        else:
            return Published(state_of(publication.table, path, handle), before, 0, 0, before)
        committed = DeltaTable(path)
    after, added = row_count(committed), stage.rows(INSERT)
    if before + added - removed != after:
        _take_back(committed, publication)
        raise DefectError(
            "rows-do-not-add-up",
            f"`{publication.table}`: {before} rows + {added} - {removed}, but {after} after",
            hint="the table was put back as it was; please report this",
        )
    return Published(
        state_of(publication.table, path, committed), before, added, removed, after, referenced
    )


def demand_version(table: str, seen: int | None, handle: DeltaTable | None) -> None:
    """Refuse to commit to a table that is not at the version a step saw (None: no table yet)."""
    version = None if handle is None else handle.version()
    if version != seen:
        raise LakeError(
            "table-moved",
            f"`{table}` is at version {version}, but this step saw version {seen}",
            hint="another run writes to the same table; run again when it has ended",
            retryable=True,
        )


def _properties(publication: Publication, handle: DeltaTable | None) -> CommitProperties:
    """Facts, and the next id of the live run's transactions: taken from the handle that commits."""
    lane = f"{OWNER}:{publication.table}:live"
    last = handle.transaction_version(lane) if handle else None
    return CommitProperties(
        custom_metadata={"userMetadata": publication.facts.to_json()},
        app_transactions=[Transaction(lane, (last or 0) + 1)],
        max_commit_retries=0,
    )


def _create(path: Path, publication: Publication, stage: Stage) -> None:
    create_table_with_add_actions(
        str(path),
        publication.schema,
        _adds(path, publication, stage),
        mode="error",
        partition_by=list(publication.partition),
        name=publication.table,
        description=f"{OWNER}:{publication.facts.project}",
        configuration=CONFIGURATION,
        commit_properties=_properties(publication, None),
    )


def _by_reference(
    path: Path, handle: DeltaTable, publication: Publication, stage: Stage, mode: str
) -> None:
    handle.create_write_transaction(
        [*_adds(path, publication, stage)],
        mode,
        publication.schema,
        partition_by=list(publication.partition) or None,
        commit_properties=_properties(publication, handle),
    )


def _adds(path: Path, publication: Publication, stage: Stage) -> list[AddAction]:
    if stage.total != stage.rows(INSERT):
        raise DefectError(
            "unexpected", f"`{publication.table}`: rows that are not to be inserted were staged"
        )
    return [_add(path, publication, file) for file in stage.files]


def _add(path: Path, publication: Publication, file: StagedFile) -> AddAction:
    return AddAction(
        path=file.path.relative_to(path).as_posix(),
        size=file.size,
        partition_values=publication.partition,
        modification_time=file.modified,
        data_change=True,
        stats=file.stats,
    )


def _merge(handle: DeltaTable, publication: Publication, stage: Stage) -> None:
    """One MERGE: rows that go are found by identity, null-safe; rows that come match nothing."""
    import pyarrow as pa  # noqa: PLC0415 - only a merge takes rows from the stage

    columns = publication.columns
    schema = pa.schema(publication.schema.to_arrow()).append(pa.field("_action", pa.string()))
    changed = stage.rows(INSERT, UPDATE, DELETE)
    reader = pa.RecordBatchReader.from_batches(schema, _sources(stage, columns, schema))
    found = " and ".join(
        f"(t.{quoted(name)} is not distinct from s.{quoted(name)})" for name in publication.identity
    )
    values = {quoted(name): f"s.{quoted(name)}" for name in columns}
    (
        handle.merge(
            reader,
            f"s._action <> '{INSERT}' and {found}",
            source_alias="s",
            target_alias="t",
            streamed_exec=changed > MERGE_IN_MEMORY,
            commit_properties=_properties(publication, handle),
        )
        .when_matched_delete(f"s._action = '{DELETE}'")
        .when_matched_update(values, f"s._action = '{UPDATE}'")
        .when_not_matched_insert(values, f"s._action = '{INSERT}'")
        .execute()
    )


def _sources(
    stage: Stage, columns: Sequence[str], schema: "pa.Schema"
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa  # noqa: PLC0415 - see _merge

    for action, batch in stage.batches(columns, INSERT, UPDATE, DELETE):
        table = pa.Table.from_batches([batch]).append_column(
            "_action", pa.array([action] * len(batch), pa.string())
        )
        yield from table.cast(schema).to_batches()


def _take_back(committed: DeltaTable, publication: Publication) -> None:
    if publication.version is not None:
        committed.restore(publication.version)
