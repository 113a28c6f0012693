"""What changed in a table since a version of it was consumed: its change data feed, both images of
every change.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from lakewright.store.lake import Lake, TableState, lake_error, lake_errors
from lakewright.store.types import quoted

if TYPE_CHECKING:
    import pyarrow as pa

CHANGE = "_change_type"
_GONE = ("Invalid table version", "not found", "No such file")
"""Words of Delta for a version whose log entry, change file or data file was removed."""


class VersionGoneError(Exception):
    """The consumed version is no longer kept, so what changed since cannot be told: the table is
    rebuilt.
    """


def changed(lake: Lake, state: TableState, since: int, columns: Sequence[str]) -> "pa.Table":
    """The distinct values that these columns have in changed rows, pre- and post-images alike.

    Raises VersionGoneError where the log or the files of those versions were removed.
    """
    import pyarrow as pa  # noqa: PLC0415 - only a step with work needs it

    distinct = None
    for batch in _feed(lake, state, since, columns):
        part = (
            pa.Table.from_batches([batch])
            .select(list(columns))
            .group_by(list(columns))
            .aggregate([])
        )
        distinct = part if distinct is None else pa.concat_tables([distinct, part])
    if distinct is None:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    return distinct.group_by(list(columns)).aggregate([])


def inserted(lake: Lake, state: TableState, since: int, folder: Path) -> bool:
    """Write the rows that came since a version to a Parquet file in `folder`; False where rows also
    went or changed.
    """
    import pyarrow as pa  # noqa: PLC0415 - see `changed`
    import pyarrow.parquet as pq  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    writer = None
    try:
        for batch in _feed(lake, state, since, (*state.names, CHANGE)):
            rows = pa.Table.from_batches([batch])
            if any(kind != "insert" for kind in rows[CHANGE].unique().to_pylist()):
                return False
            rows = rows.select(list(state.names))
            writer = writer or pq.ParquetWriter(folder / "rows.parquet", rows.schema)
            writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()
    return True


def _feed(
    lake: Lake, state: TableState, since: int, columns: Sequence[str]
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa  # noqa: PLC0415 - see `changed`

    path = lake.path(state.name)
    if since >= state.version:
        return
    with lake_errors(path):
        handle = DeltaTable(path, version=state.version)
        try:
            feed = handle.load_cdf(since + 1, state.version, columns=[*map(quoted, columns)])
            yield from pa.RecordBatchReader.from_stream(feed)
        except (DeltaError, pa.ArrowException) as error:
            # Only what is gone is made anew: anything else is a fault, and a rebuild would hide it.
            if any(sign in str(error) for sign in _GONE):
                raise VersionGoneError(str(error)) from error
            raise lake_error(path, str(error)) from error
