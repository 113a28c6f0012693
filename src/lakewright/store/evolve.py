"""Bring the columns of a table to what its rows are about to need.

    columns of a step ─┬ a column is new     a commit of metadata alone
                       └ a type is wider     the table is written anew in that type, in one commit

Rows of another schema, added by reference, would leave columns that nobody sees or files that
nobody can read.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from deltalake import CommitProperties, DeltaTable, write_deltalake

from lakewright.store.lake import Lake, TableState, lake_errors
from lakewright.store.publish import demand_version
from lakewright.store.types import delta_schema

if TYPE_CHECKING:
    import pyarrow as pa


def evolve(lake: Lake, state: TableState, columns: Sequence[tuple[str, str]]) -> int:
    """Give a table these columns (name, Spark SQL type), beside those it has; gives its version
    then.

    Types must hold every value of the types they take the place of.
    """
    wanted, there = dict(columns), dict(state.columns)
    new = [(name, type_) for name, type_ in columns if name not in there]
    wider = {name for name, type_ in there.items() if wanted.get(name, type_) != type_}
    if not new and not wider:
        return state.version
    path = lake.path(state.name)
    with lake_errors(path):
        handle = DeltaTable(path)
        demand_version(state.name, state.version, handle)
        if wider:
            _write_anew(handle, [*{**there, **wanted}.items()])
        else:
            handle.alter.add_columns(list(delta_schema(new).fields))
        return DeltaTable(path).version()


def _write_anew(handle: DeltaTable, columns: Sequence[tuple[str, str]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only where a type changed

    schema = pa.schema(delta_schema(columns).to_arrow())
    # Opened here: while Delta writes, it cannot be asked for anything else.
    rows = handle.to_pyarrow_dataset()
    write_deltalake(
        handle,
        pa.RecordBatchReader.from_batches(schema, _cast(rows.to_batches(), schema)),
        mode="overwrite",
        schema_mode="overwrite",
        partition_by=handle.metadata().partition_columns,
        commit_properties=CommitProperties(max_commit_retries=0),
    )


def _cast(batches: "Iterable[pa.RecordBatch]", schema: "pa.Schema") -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa  # noqa: PLC0415 - see _write_anew

    for batch in batches:
        given = {name: batch.column(name) for name in batch.schema.names}
        yield pa.RecordBatch.from_arrays(
            [
                given[field.name].cast(field.type)
                if field.name in given
                else pa.nulls(len(batch), field.type)
                for field in schema
            ],
            schema=schema,
        )
