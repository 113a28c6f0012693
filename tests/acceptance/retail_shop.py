"""The reference shop, run day by day through its real sources, as `make demo` runs it."""

import json
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from generator.manifest import make_day
from generator.shop import CURSORS, Shop
from lakewright.observe.events import RunEnded
from lakewright.sandbox import postgres
from lakewright.store.lake import TableState
from lakewright.workspace import Workspace

PROJECT = Path(__file__).parents[2] / "examples" / "retail"
FIRST_DAY = datetime(2025, 3, 1, 23, 59, tzinfo=UTC)
SCALE = 0.1
DAYS = 7
PROVENANCE = ("_batch_id", "_run_date", "ingest_timestamp")


@dataclass(frozen=True)
class Day:
    """A day that was run: what the run said, and which versions tables and lanes have after it."""

    number: int
    ended: RunEnded
    tables: Mapping[str, TableState]
    lanes: Mapping[str, DeltaTable]

    def rows(self, table: str) -> pa.Table:
        """The rows of a table after this day, provenance apart, in an order of their own."""
        return in_order(self._handle(table).to_pyarrow_table())

    def count(self, table: str) -> int:
        """How many rows a table has after this day."""
        return self._handle(table).count()

    def _handle(self, table: str) -> DeltaTable:
        return DeltaTable(self.tables[table].path, version=self.tables[table].version)

    def refused(self, table: str) -> list[tuple[str, str]]:
        """The open rows of a table's lane after this day."""
        return open_rows(self.lanes[table]) if table in self.lanes else []


def open_rows(lane: DeltaTable) -> list[tuple[str, str]]:
    """The open rows of a lane: reason and row, a row once for each of its reasons, sorted."""
    rows = lane.to_pyarrow_table(columns=["status", "reasons", "row"]).to_pylist()
    return sorted(
        (reason["rule"], one["row"])
        for one in rows
        if one["status"] == "open"
        for reason in one["reasons"]
    )


def in_order(table: pa.Table) -> pa.Table:
    """The rows without provenance, in an order that their values alone decide."""
    kept = [name for name in table.column_names if name not in PROVENANCE]
    return table.select(kept).sort_by([(name, "ascending") for name in kept])


@dataclass(frozen=True)
class RetailShop:
    """The shop's source systems in a folder, and its lake."""

    folder: Path
    uri: str
    shop: Shop

    @property
    def generated(self) -> Path:
        return self.folder / "generated"

    def open(self) -> AbstractContextManager[Workspace]:
        environ = {
            "SNOWFLAKE_URI": self.uri,
            "REDSHIFT_URI": self.uri,
            "RETAIL_FILES": str(self.folder / "files"),
            "RETAIL_LAKE": str(self.folder / "lake"),
        }
        return Workspace.open(PROJECT, environ=environ)

    def bring(self, day: int) -> None:
        """Have the source systems go through one more day."""
        make_day(self.shop, day, self.generated)
        postgres.load(self.uri, self.generated / f"day-{day}" / "postgres", CURSORS)
        files = self.generated / f"day-{day}" / "files"
        shutil.copytree(files, self.folder / "files", dirs_exist_ok=True)

    def run(self, day: int, *, full_refresh: bool = False) -> Day:
        """`lakewright run` at the end of a day."""
        with self.open() as workspace, workspace.alone():
            plan = workspace.plan(full_refresh=full_refresh)
            ended = workspace.run(plan, FIRST_DAY + timedelta(days=day), "run")
            tables, lake = workspace.states(), workspace.lake
        lanes = {name: lake.lane(name) for name in tables if lake.lane(name).exists()}
        return Day(day, ended, tables, {name: DeltaTable(lane) for name, lane in lanes.items()})

    def expected(self, day: int) -> dict[str, Any]:
        """The generator's manifest of a day."""
        manifest = self.generated / f"day-{day}" / "expected.json"
        return dict(json.loads(manifest.read_text(encoding="utf-8")))
