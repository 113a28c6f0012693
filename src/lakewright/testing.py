"""Try tables out: declare them in code or take a project's, feed batches of rows, and read what
became of them.

    stream, sql_table, python_table ─┐
    a project's folder ──────────────┴▶ Lakehouse ──feed, run──▶ rows · refused · the run's report

Everything is real but the sources: the same checks of what is declared, the same plan and steps,
Delta tables and a ledger in a folder of their own. One engine serves the whole process, so a batch
takes a fraction of a second:

    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", columns={"id": "string", "quantity": "bigint"})],
        tables=[
            sql_table(
                "silver.orders", "select id, quantity from orders",
                key="id", reads={"orders": {"table": "bronze.shop_orders", "by": "id"}},
                rules={"quantity-positive": "quantity > 0"},
            )
        ],
    ) as lake:
        lake.feed("shop.orders", [{"id": "o1", "quantity": 2}, {"id": "o2", "quantity": 0}])
        lake.run()
        assert lake.rows("silver.orders") == [{"id": "o1", "quantity": 2}]
        assert lake.refused("silver.orders")[0].reasons == ("quantity-positive",)
"""

import json
import os
import tempfile
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from lakewright.engine.shared import shared_engine
from lakewright.errors import Location, SpecError
from lakewright.observe.events import RunEnded
from lakewright.observe.observers import Observers
from lakewright.plan.build import build
from lakewright.plan.knowledge import Knowledge
from lakewright.plan.steps import Plan
from lakewright.run.context import Context, Run
from lakewright.run.runner import perform
from lakewright.sources.memory import MemoryConnector
from lakewright.spec.in_code import (
    DeclaredStream,
    DeclaredTable,
    project_of,
    python_table,
    sql_table,
    stream,
)
from lakewright.spec.load import load
from lakewright.spec.values import PROVENANCE, Environment, Project, Stream
from lakewright.store.lake import Lake, open_delta
from lakewright.store.lane import OPEN
from lakewright.store.ledger import Ledger
from lakewright.store.memory import consumed_versions
from lakewright.store.records import RunRecord
from lakewright.store.types import delta_schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "DeclaredStream",
    "DeclaredTable",
    "Lakehouse",
    "RefusedRow",
    "python_table",
    "shared_engine",
    "sql_table",
    "stream",
]

Row = Mapping[str, object]

FIRST_RUN = datetime(2025, 1, 1, tzinfo=UTC)
"""The logical time of a lakehouse's first run, where none is given; each later run is a minute
after the last.
"""


@dataclass(frozen=True)
class RefusedRow:
    """A row of an error lane: its values as texts, the names of the rules it broke, and what became
    of it.
    """

    row: Mapping[str, str | None]
    reasons: tuple[str, ...]
    messages: tuple[str, ...]
    status: str
    rejected_id: str
    scope: str


class Lakehouse:
    """A project with a lake and a ledger of its own, whose streams are fed by hand; gone when it is
    closed.
    """

    def __init__(self, project: Project, folder: Path | None = None) -> None:
        """Open a lakehouse in `folder`; without one in a temporary folder, removed at the end."""
        self._closing = ExitStack()
        if folder is None:
            folder = Path(
                self._closing.enter_context(tempfile.TemporaryDirectory(prefix="lakehouse-"))
            )
        environment = Environment(
            name="test", lake=str(folder / "lake"), ledger=f"sqlite:///{folder / 'ledger.db'}"
        )
        self.project = project.model_copy(update={"environment": environment})
        self.lake = Lake(folder / "lake")
        self._ledger = Ledger.open(environment.ledger)
        self._closing.callback(self._ledger.close)
        self._source = MemoryConnector()
        self._next = FIRST_RUN

    @classmethod
    def of(
        cls,
        *,
        streams: Sequence[DeclaredStream],
        tables: Sequence[DeclaredTable],
        folder: Path | None = None,
    ) -> Self:
        """A lakehouse of what is declared in code; SpecErrors with all that is wrong in it."""
        return cls(project_of(streams, tables), folder)

    @classmethod
    def of_project(
        cls, folder: Path, variables: Mapping[str, str] | None = None, *, lake: Path | None = None
    ) -> Self:
        """A lakehouse of a project's streams, contracts and tables. No source is asked: no password
        is needed.
        """
        return cls(load(folder, variables=variables, environ=_Placeholders(os.environ)), lake)

    def feed(self, stream: str, rows: "Iterable[Row] | pa.Table") -> None:
        """Give a stream (`source.stream`) one batch, which the next run reads.

        Values are those of Python, by column. A value given as text where the column is not text is
        read as text, as from a CSV file. A column that is not declared is new in the source; one
        that is left out is null.
        """
        declared = self._stream(stream)
        contract = self.project.contracts.get(declared.table)
        types = {one.name: one.type for one in contract.columns} if contract else {}
        self._source.feed(declared.table, _table(rows, types))

    def run(
        self,
        *,
        at: datetime | None = None,
        select: Collection[str] = (),
        full_refresh: bool = False,
        check: bool = True,
    ) -> RunEnded:
        """Read every batch that was fed, in turn, then build what hangs on them; gives the report.

        `at` is the logical time, in UTC where it has no zone. With `check` the first error of a
        failed step is raised; without, the report holds it.
        """
        if not full_refresh:
            self._read_waiting(at)
        return self._perform(self.plan(select=select, full_refresh=full_refresh), at, check=check)

    def full_refresh(self, *, at: datetime | None = None) -> RunEnded:
        """Build silver and gold anew from bronze."""
        return self.run(at=at, full_refresh=True)

    def plan(self, *, select: Collection[str] = (), full_refresh: bool = False) -> Plan:
        """What a run would do now."""
        names = [
            *(one.table for one in self.project.streams),
            *(one.name for one in self.project.tables),
        ]
        found = {name: self.lake.state(name) for name in names}
        states = {name: state for name, state in found.items() if state is not None}
        consumed = consumed_versions(
            self.lake, states, self._ledger.consumed(), [one.name for one in self.project.tables]
        )
        positions = self._ledger.positions()
        outlooks = {
            one.table: self._source.look(one, positions.get(one.table))
            for one in self.project.streams
        }
        knowledge = Knowledge(states, consumed, positions, outlooks)
        return build(self.project, knowledge, select=select, full_refresh=full_refresh)

    def rows(
        self, table: str, *, provenance: bool = False, version: int | None = None
    ) -> list[dict[str, Any]]:
        """The published rows of a table, in no order; of a table that was never built, none."""
        self._demand(table)
        handle = self.lake.open(table)
        if handle is None:
            return []
        if version is not None:
            handle.load_as_version(version)
        found = handle.to_pyarrow_table()
        hidden = () if provenance else PROVENANCE
        return cast(
            "list[dict[str, Any]]",
            found.select([one for one in found.column_names if one not in hidden]).to_pylist(),
        )

    def refused(self, table: str, *, status: str | None = OPEN) -> list[RefusedRow]:
        """The rows of a table's error lane, in no order: the open ones, or all (`status=None`)."""
        self._demand(table)
        return [one for one in self._lane(table) if status in (None, one.status)]

    def version(self, table: str) -> int | None:
        """The Delta version of a table, None where it was never built."""
        self._demand(table)
        state = self.lake.state(table)
        return None if state is None else state.version

    def close(self) -> None:
        """Close the ledger, and remove the temporary folder."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _demand(self, table: str) -> None:
        known = [one.table for one in self.project.streams]
        known += [one.name for one in self.project.tables]
        if table not in known:
            raise SpecError.unknown("table", table, known, Location(Path("lake")))

    def _stream(self, name: str) -> Stream:
        known = {f"{one.source}.{one.name}": one for one in self.project.streams}
        if name not in known:
            raise SpecError.unknown("stream", name, known, Location(Path("feed")))
        return known[name]

    def _read_waiting(self, at: datetime | None) -> None:
        """Read all batches but the last of each stream, so that batches stay what they are."""
        while behind := self._behind():
            self._perform(self.plan(select=behind), at, check=True)

    def _behind(self) -> list[str]:
        positions = self._ledger.positions()
        tables = [one.table for one in self.project.streams]
        return [name for name in tables if self._source.waiting(name, positions.get(name)) > 1]

    def _perform(self, plan: Plan, at: datetime | None, *, check: bool) -> RunEnded:
        logical_time = at or self._next
        if logical_time.tzinfo is None:
            logical_time = logical_time.replace(tzinfo=UTC)
        self._next = logical_time + timedelta(minutes=1)
        run, now = Run(str(uuid.uuid4()), logical_time), datetime.now(UTC)
        self._ledger.begin_run(
            RunRecord(run.id, self.project.name, "test", "test", logical_time, now, None, "running")
        )
        context = Context(run, plan.project, self.lake, shared_engine(), lambda _: self._source)
        ended = perform(plan, context, self._ledger, Observers(()))
        self._ledger.end_run(run.id, "done" if ended.succeeded else "failed", datetime.now(UTC))
        error = next((one.error for one in ended.reports if one.error is not None), None)
        if check and error is not None:
            raise error
        return ended

    def _lane(self, table: str) -> Iterator[RefusedRow]:
        handle = open_delta(self.lake.lane(table))
        for one in handle.to_pyarrow_table().to_pylist() if handle else ():
            yield RefusedRow(
                row=json.loads(one["row"]),
                reasons=tuple(reason["rule"] for reason in one["reasons"]),
                messages=tuple(reason["message"] for reason in one["reasons"]),
                status=one["status"],
                rejected_id=one["rejected_id"],
                scope=one["scope"],
            )


class _Placeholders(dict[str, str]):
    """The process environment, and a word for every name that it lacks: nothing is connected to."""

    def get(self, name: str, default: str | None = None) -> str:  # type: ignore[override]
        """The value of a name; a word where it has none."""
        return super().get(name, default or "not-set")


def _table(rows: "Iterable[Row] | pa.Table", types: Mapping[str, str]) -> "pa.Table":
    """Rows as an Arrow table: declared columns first, each in its type, or as text where a value of
    it is text; SpecError where a value is not of the type.
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy

    if isinstance(rows, pa.Table):
        return rows
    given = list(rows)
    names = list(dict.fromkeys((*types, *(name for row in given for name in row))))
    wanted = {
        one.name: one.type for one in pa.schema(delta_schema(tuple(types.items())).to_arrow())
    }
    columns = []
    for name in names:
        values = [row.get(name) for row in given]
        type_ = wanted.get(name)
        if type_ is not None and any(isinstance(value, str) for value in values):
            type_, values = pa.string(), [None if value is None else str(value) for value in values]
        try:
            # Without a type first: into a whole number Arrow would cut a fraction unasked.
            fraction = type_ is not None and pa.types.is_integer(type_)
            columns.append(pa.array(values).cast(type_) if fraction else pa.array(values, type_))
        except (pa.ArrowException, OverflowError) as error:
            message = f"`{name}` cannot be fed as {types.get(name, 'one type')}: {error}"
            hint = "give values of that type, or texts as a file would have them"
            raise SpecError(
                "invalid-value", message, hint=hint, where=Location(Path("feed"))
            ) from error
    return pa.table(columns, names=names)
