"""The ledger: what ran, what it read, and how far every stream and every table has come.

    plan ◀─positions, consumed─ Ledger ◀─begin_run, record_step, end_run─ run
                                  └─last_runs, steps, batches─▶ status, history

A change of state and the record of it are one transaction: a position never moves without its
batch. The ledger may be lost: the commits in the lake are the authority, and say all of it again.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, Table, delete, exists, insert, select, text, update

from lakewright.errors import DefectError, LakewrightError, LedgerError
from lakewright.store.ledger_engine import BEGIN, Place, connect, seam
from lakewright.store.ledger_rows import (
    Values,
    batch_of,
    batch_row,
    consumed_of,
    consumed_row,
    step_of,
    step_row,
)
from lakewright.store.ledger_schema import make_current
from lakewright.store.ledger_tables import (
    batches,
    consumed,
    files,
    leases,
    meta,
    positions,
    runs,
    steps,
)
from lakewright.store.records import (
    BatchRecord,
    Consumed,
    Holder,
    LeaseRecord,
    Position,
    RunRecord,
    RunStatus,
    StepRecord,
)

FILES = "files"
"""The part of a position that grows, file by file."""


class Ledger:
    """An open ledger, for any number of threads; `close` gives its connections back.

    Every method may raise LedgerError: `ledger-unreachable`, `ledger-busy`, `ledger-not-writable`,
    `ledger-full`, `ledger-corrupt`. None of them quotes a password.
    """

    def __init__(self, engine: Engine, place: Place) -> None:
        self._engine = engine
        self._place = place

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the ledger at a SQLAlchemy URL; make a new one, migrate an older one.

        Raises LedgerError, also as `ledger-url`, as `ledger-driver`, and as `ledger-newer` where a
        newer version of Lakewright has made it.
        """
        place = Place.of(url)
        ledger = cls(connect(place), place)
        try:
            with seam(place):
                make_current(ledger._engine, place)
        except LakewrightError:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        """Give the connections back; of a SQLite ledger one file remains."""
        self._engine.dispose()

    def begin_run(self, run: RunRecord) -> None:
        """Record that a run has begun.

        Raises LedgerError `ledger-foreign` where the ledger is that of another project.
        """
        owned = {"name": "project", "value": run.project}
        with self._writing() as connection:
            _put(connection, meta, [owned], anew=False)
            owner = connection.scalar(select(meta.c.value).where(meta.c.name == "project"))
            if owner != run.project:
                # Streams of two projects may have one name: each would skip what the other read.
                message = f"the ledger {self._place.name} is that of the project `{owner}`"
                hint = f"give `{run.project}` a `ledger` of its own"
                raise LedgerError("ledger-foreign", message, hint=hint)
            connection.execute(insert(runs), asdict(run))

    def end_run(self, run_id: str, status: RunStatus, ended_at: datetime) -> None:
        """Record how a run has ended, and when."""
        ending = update(runs).where(runs.c.run_id == run_id)
        with self._writing() as connection:
            ended = connection.execute(ending, {"status": status, "ended_at": ended_at})
            if ended.rowcount != 1:
                raise DefectError("ledger-record", f"the run {run_id} was never begun")

    def record_step(self, step: StepRecord) -> None:
        """Record a step, its batch, the stream's position and the versions consumed, or nothing.

        A batch that the ledger knows is written anew by a step that is `done`, and left as it
        entered by one that is `unchanged`. The position is replaced; of `files`, those given are.
        """
        with self._writing() as connection:
            added = connection.execute(insert(steps), step_row(step)).inserted_primary_key
            if step.batch is not None and added is not None:
                row = batch_row(step.batch, added[0])
                _put(connection, batches, [row], anew=step.status == "done")
                _move(connection, step.batch.stream, step.batch.position)
            if step.consumed is not None:
                row = {"table_name": step.table, **consumed_row(step.consumed)}
                _put(connection, consumed, [row])

    def leases(self, tables: Collection[str]) -> list[LeaseRecord]:
        """Who holds these tables, by the tables' names."""
        with self._reading() as connection:
            return _leases(connection, tables)

    def lease(
        self, tables: Collection[str], holder: Holder, now: datetime, dead: Collection[Holder]
    ) -> list[LeaseRecord]:
        """Hold all of these tables or none; gives the leases that stand in the way, none if held.

        The leases of `dead` holders are taken over.
        """
        with self._writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"lock table {leases.name} in exclusive mode"))
            passed = {holder.id, *(one.id for one in dead)}
            blocking = [one for one in _leases(connection, tables) if one.holder.id not in passed]
            if not blocking:
                of = {"holder": holder.id, "host": holder.host, "pid": holder.pid, "heartbeat": now}
                _put(connection, leases, [{"table_name": name, **of} for name in sorted(tables)])
            return blocking

    def renew(self, holder: Holder, now: datetime) -> None:
        """Say that a holder lives."""
        with self._writing() as connection:
            beat = update(leases).where(leases.c.holder == holder.id)
            connection.execute(beat, {"heartbeat": now})

    def release(self, holder: Holder) -> None:
        """Give back everything that a holder holds."""
        with self._writing() as connection:
            connection.execute(delete(leases).where(leases.c.holder == holder.id))

    def forget(self) -> None:
        """Forget what is known of the lake: batches, positions, consumed versions; not runs."""
        with self._writing() as connection:
            for table in (batches, positions, files, consumed):
                connection.execute(delete(table))

    def positions(self) -> dict[str, Position]:
        """How far each stream has been read, by its bronze table; none that was never read."""
        read = select(files).order_by(files.c.stream, files.c.path)
        with self._reading() as connection:
            replaced = connection.execute(select(positions))
            found: dict[str, dict[str, Any]] = {row.stream: row.position for row in replaced}
            for stream, path, size, mtime_ns in connection.execute(read):
                found.setdefault(stream, {}).setdefault(FILES, {})[path] = [size, mtime_ns]
        return cast("dict[str, Position]", found)

    def consumed(self) -> dict[str, Consumed]:
        """What each table was last made of, by its name."""
        with self._reading() as connection:
            rows = connection.execute(select(consumed)).mappings()
            return {row["table_name"]: consumed_of(row) for row in rows}

    def knows_batch(self, batch_id: str) -> bool:
        """Whether the batch has entered, as far as this ledger was told."""
        with self._reading() as connection:
            return bool(connection.scalar(select(exists().where(batches.c.batch_id == batch_id))))

    def last_runs(self, limit: int) -> list[RunRecord]:
        """The runs that began last, the newest first."""
        newest = select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(limit)
        with self._reading() as connection:
            return [RunRecord(**row) for row in connection.execute(newest).mappings()]

    def steps(self, run_id: str) -> list[StepRecord]:
        """The steps of a run, in the order in which they were recorded."""
        entered = [column for column in batches.c if column.name not in {"batch_id", "step_id"}]
        joined = steps.outerjoin(batches, steps.c.batch_id == batches.c.batch_id)
        of_run = select(steps, *entered).select_from(joined).where(steps.c.run_id == run_id)
        with self._reading() as connection:
            rows = connection.execute(of_run.order_by(steps.c.step_id)).mappings()
            return [step_of(row) for row in rows]

    def batches(self, stream: str, limit: int) -> list[BatchRecord]:
        """The batches that entered a stream's bronze table last, the newest first."""
        of_stream = select(batches).where(batches.c.stream == stream)
        newest = of_stream.order_by(batches.c.step_id.desc()).limit(limit)
        with self._reading() as connection:
            return [batch_of(row) for row in connection.execute(newest).mappings()]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with seam(self._place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        writer = self._engine.execution_options(**{BEGIN: "IMMEDIATE"})
        with seam(self._place), writer.begin() as connection:
            yield connection


def _leases(connection: Connection, tables: Collection[str]) -> list[LeaseRecord]:
    wanted = select(leases).where(leases.c.table_name.in_(sorted(tables)))
    return [
        LeaseRecord(row.table_name, Holder(row.holder, row.host, row.pid), row.heartbeat)
        for row in connection.execute(wanted.order_by(leases.c.table_name))
    ]


def _move(connection: Connection, stream: str, position: Position) -> None:
    """Put a position in the place of the one there was; files are added to those known."""
    rest = {name: value for name, value in position.items() if name != FILES}
    read = cast("dict[str, Sequence[int]]", position.get(FILES, {}))
    if rest:
        _put(connection, positions, [{"stream": stream, "position": rest}])
    else:
        connection.execute(delete(positions).where(positions.c.stream == stream))
    if FILES not in position:
        connection.execute(delete(files).where(files.c.stream == stream))
    rows = [
        {"stream": stream, "path": path, "size": size, "mtime_ns": mtime_ns}
        # In order, so that two writers never wait for each other's rows.
        for path, (size, mtime_ns) in sorted(read.items())
    ]
    if rows:
        _put(connection, files, rows)


def _put(connection: Connection, table: Table, rows: list[Values], *, anew: bool = True) -> None:
    """Add rows by their primary key; those that are there are written anew, or left as they are."""
    # Both databases have this insert, SQLAlchemy gives each its own. The engine has loaded one.
    adding = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
    key = [column.name for column in table.primary_key]
    if anew:
        given = {name: adding.excluded[name] for name in rows[0] if name not in key}
        adding = adding.on_conflict_do_update(index_elements=key, set_=given)
    else:
        adding = adding.on_conflict_do_nothing(index_elements=key)
    connection.execute(adding, rows)
