"""The one place where the parts are put together: a project, its lake, its ledger, its engine.

Workspace.open ─▶ plan ─▶ run · read · show · quarantine · history · status
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from lakewright.observe.events import RunEnded
from lakewright.observe.observers import Observer, Observers
from lakewright.plan.build import build
from lakewright.plan.knowledge import Knowledge
from lakewright.plan.select import selected
from lakewright.plan.steps import Plan
from lakewright.run.context import Context, Engine, Run
from lakewright.run.jobs import JOBS
from lakewright.sources.connect import connector
from lakewright.sources.port import Outlook, Position
from lakewright.spec.load import load
from lakewright.spec.values import Project, Source, Stream
from lakewright.store.lake import Lake, TableState
from lakewright.store.lease import held
from lakewright.store.ledger import Ledger
from lakewright.store.memory import (
    consumed_versions,
    forgotten_batches,
    positions_after,
    restored_positions,
)
from lakewright.store.records import LeaseRecord, RunRecord, RunStatus, StepRecord
from lakewright.store.stage import sweep

if TYPE_CHECKING:
    from lakewright.run.preview import Preview


RECOVERY = "recovery"
"""The command of a run in which the ledger was told what the lake remembers."""


@dataclass(frozen=True)
class Rebuilt:
    """What a ledger learned from the lake: batches, and tables with what they consumed."""

    batches: int
    tables: int


@dataclass(frozen=True)
class Workspace:
    """A project with its lake and its ledger, opened together."""

    project: Project
    lake: Lake
    ledger: Ledger

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        environment: str | None = None,
        variables: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Iterator[Self]:
        """Load a project and open its ledger; closed at the end. `environ` is the process's unless
        given.
        """
        project = load(folder, environment, variables, environ)
        lake = Lake(Path(project.environment.lake))
        lake.demand_writable()
        ledger = Ledger.open(project.environment.ledger)
        try:
            yield cls(project, lake, ledger)
        finally:
            ledger.close()

    def plan(
        self,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
        *,
        full_refresh: bool = False,
    ) -> Plan:
        """What a run would do now; asks the sources what is new, reads and writes nothing."""
        chosen = selected(self.project, select, exclude)
        knowledge = self._knowledge(chosen, ask=not full_refresh)
        return build(
            self.project, knowledge, select=select, exclude=exclude, full_refresh=full_refresh
        )

    @contextmanager
    def alone(
        self,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
        *,
        wait: bool = True,
        waiting: Callable[[Sequence[LeaseRecord]], None] = lambda _: None,
    ) -> Iterator[None]:
        """Keep every other run off the chosen tables, from before the plan to the end of the run.

        What a run that died left of them is cleared up first.
        """
        chosen = selected(self.project, select, exclude)
        with held(self.ledger, chosen, wait=wait, waiting=waiting):
            self._remember()
            for name in sorted(chosen):
                sweep(self.lake, name)
            yield

    def run(
        self,
        plan: Plan,
        logical_time: datetime,
        command: str,
        observers: Iterable[Observer] = (),
        *,
        jobs: int = JOBS,
    ) -> RunEnded:
        """Perform a plan for a logical time (UTC), so many steps at once; the engine starts only
        for work.
        """
        run = Run(str(uuid.uuid4()), logical_time)
        self.ledger.begin_run(
            RunRecord(
                run.id,
                self.project.name,
                self.project.environment.name,
                command,
                logical_time,
                datetime.now(UTC),
                None,
                "running",
            )
        )
        status: RunStatus = "failed"
        try:
            ended = self._perform(plan, run, Observers(observers), jobs)
            status = "done" if ended.succeeded else "failed"
        finally:
            self.ledger.end_run(run.id, status, datetime.now(UTC))
        return ended

    def _perform(self, plan: Plan, run: Run, observers: Observers, jobs: int) -> RunEnded:
        if not plan.steps:
            ended = RunEnded(run.id, (), plan.up_to_date, 0.0)
            observers.tell(ended)
            return ended
        engine = self.engine()
        engine.start()
        # Loads the engine's client, which only a run with steps needs.
        from lakewright.run.runner import perform  # noqa: PLC0415

        try:
            context = Context(run, plan.project, self.lake, engine, connector)
            return perform(plan, context, self.ledger, observers, jobs)
        finally:
            engine.stop()

    def show(self, table: str, limit: int) -> "Preview":
        """Rows that a table's query gives now (`limit` 0: all of them); starts the engine, and
        writes nothing.
        """
        from lakewright.run.preview import preview  # noqa: PLC0415 - loads the engine's client

        declared = next(one for one in self.project.tables if one.name == table)
        engine = self.engine()
        engine.start()
        try:
            return preview(self.project, self.lake, engine, declared, limit)
        finally:
            engine.stop()

    def unfinished(self) -> tuple[str, ...]:
        """The tables that the last run failed or skipped; all of them where it did not come to its
        end.
        """
        last = next((one for one in self.ledger.last_runs(20) if one.command != RECOVERY), None)
        if last is None or last.status == "done":
            return ()
        steps = self.ledger.steps(last.run_id)
        left = tuple(step.table for step in steps if step.status in ("failed", "skipped"))
        if last.status == "failed" and left:
            return left
        return (*self._stream_tables(), *(table.name for table in self.project.tables))

    def rebuild_ledger(self) -> Rebuilt:
        """Forget what the ledger knows of the lake, and learn it anew from the tables' commits."""
        self.ledger.forget()
        batches = self._remember()
        states, built = self.states(), [table.name for table in self.project.tables]
        consumed = consumed_versions(self.lake, states, {}, built)
        self._record(
            StepRecord(
                "", name, "build", "done", "learned from its commits", datetime.now(UTC), 0.0, {},
                None, one, "", "",
            )
            for name, one in consumed.items()
        )  # fmt: skip
        return Rebuilt(batches, len(consumed))

    def engine(self) -> Engine:
        """The engine of the environment, not started."""
        from lakewright.engine.sail import SailEngine  # noqa: PLC0415 - see `run`

        return SailEngine()

    def states(self) -> dict[str, TableState]:
        """The tables of the project that are in the lake."""
        names = [
            *(stream.table for stream in self.project.streams),
            *(table.name for table in self.project.tables),
        ]
        states = {name: self.lake.state(name) for name in names}
        return {name: state for name, state in states.items() if state is not None}

    def _knowledge(self, chosen: Collection[str], *, ask: bool) -> Knowledge:
        states = self.states()
        positions = self._positions()
        built = [table.name for table in self.project.tables]
        consumed = consumed_versions(self.lake, states, self.ledger.consumed(), built)
        outlooks = self._ask(chosen, positions) if ask else {}
        return Knowledge(states, consumed, positions, outlooks)

    def _positions(self) -> dict[str, Position]:
        """How far each stream has been read, batches that only the lake remembers included."""
        forgotten = forgotten_batches(self.lake, self.ledger, self._stream_tables())
        positions = positions_after(self.ledger.positions(), forgotten)
        restored = restored_positions(self.lake, self._stream_tables())
        kept = {name: one for name, one in positions.items() if name not in restored}
        return kept | {name: one for name, one in restored.items() if one}

    def _remember(self) -> int:
        """Tell the ledger of batches that entered bronze before a process died; how many."""
        forgotten = forgotten_batches(self.lake, self.ledger, self._stream_tables())
        self._record(
            StepRecord(
                "", one.batch.stream, "ingest", "done",
                f"committed by run {one.facts.run}, which did not record it",
                datetime.now(UTC), 0.0, one.facts.counts, one.batch, None, "", "",
            )
            for one in forgotten
        )  # fmt: skip
        return len(forgotten)

    def _record(self, steps: Iterable[StepRecord]) -> None:
        """Record steps that the lake remembers as a run of their own."""
        remembered = list(steps)
        if not remembered:
            return
        now, run_id = datetime.now(UTC), str(uuid.uuid4())
        of = (self.project.name, self.project.environment.name)
        self.ledger.begin_run(RunRecord(run_id, *of, RECOVERY, now, now, None, "running"))
        for step in remembered:
            self.ledger.record_step(replace(step, run_id=run_id))
        self.ledger.end_run(run_id, "done", datetime.now(UTC))

    def _stream_tables(self) -> list[str]:
        return [stream.table for stream in self.project.streams]

    def _ask(
        self, chosen: Collection[str], positions: Mapping[str, Position]
    ) -> dict[str, Outlook]:
        """Ask every chosen stream's source, all at once, what there is to read."""
        asked = [
            (source, stream)
            for source in self.project.sources
            for stream in source.streams
            if stream.table in chosen
        ]

        def look(one: tuple[Source, Stream]) -> Outlook:
            source, stream = one
            return connector(source).look(stream, positions.get(stream.table))

        with ThreadPoolExecutor(8) as pool:
            outlooks = list(pool.map(look, asked))
        return {stream.table: outlook for (_, stream), outlook in zip(asked, outlooks, strict=True)}
