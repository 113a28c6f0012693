"""What a table's query gives now, over all that is published; nothing is written to the lake.

inputs, whole ─lookups─▶ given ─query─▶ some rows, as the author wrote them: no contract, no load
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lakewright.errors import DataError
from lakewright.run.boundary import engine_errors, query
from lakewright.run.context import Engine
from lakewright.run.inputs import EVERYTHING, Inputs, given
from lakewright.spec.types import spark_type
from lakewright.spec.values import Project, Table
from lakewright.store.lake import Lake, TableState

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Preview:
    """Rows of a query, columns as (name, Spark SQL type); `refused` input rows are not in it."""

    columns: tuple[tuple[str, str], ...]
    rows: "pa.Table"
    refused: int


def preview(project: Project, lake: Lake, engine: Engine, table: Table, limit: int) -> Preview:
    """Run a query; `limit` 0 takes every row. What is written on the way lies outside the lake."""
    states = {name: _published(lake, table, name) for name in table.inputs}
    with TemporaryDirectory(prefix="lakewright-") as folder, engine.session() as session:
        inputs = Inputs(session, lake, project, table, states, Path(folder))
        with engine_errors(table.name, table.where):
            gives = {one.name: given(inputs, one, EVERYTHING) for one in table.reads}
            result = query(session, project, table, {name: one.rows for name, one in gives.items()})
            columns = tuple(
                (field.name, spark_type(field.dataType.jsonValue()))
                for field in result.schema.fields
            )
            rows = (result.limit(limit) if limit else result).toArrow()
        return Preview(columns, rows, sum(one.refused_count for one in gives.values()))


def _published(lake: Lake, table: Table, name: str) -> TableState:
    state = lake.state(name)
    if state is None:
        raise DataError(
            "input-missing",
            f"`{table.name}` reads `{name}`, which is not in the lake yet",
            where=table.where,
            hint=f"make it first: lakewright run --select +{name}",
        )
    return state
