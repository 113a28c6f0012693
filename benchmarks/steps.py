"""One run of the shop, its steps one after the other, each measured, and the engine alone after it.

    python benchmarks/steps.py TIME     prints the steps as JSON; the environment names the systems

All of it is one process. The engine starts before the first step, as it does beside other work in a
run. A step's seconds end when the ledger has it. Its peak memory is the greatest that the process,
engine included, held in the meantime: Linux tells it, and forgets the one before when asked to.
"""

import json
import re
import sys
import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from alone import alone
from figures import Step
from lakewright.engine.shared import shared_engine
from lakewright.observe.events import Event, StepEnded, StepStarted
from lakewright.observe.observers import Observers
from lakewright.plan.steps import Plan
from lakewright.run.context import Context, Engine, Run
from lakewright.run.runner import perform
from lakewright.sources.connect import connector
from lakewright.store.records import RunRecord
from lakewright.workspace import Workspace
from shop import PROJECT


@dataclass
class Watch:
    """An observer that measures the one step at work, and has the engine do the same work at once,
    so that whatever else the machine does weighs on both. It remembers, therefore it can change.
    """

    plan: Plan
    context: Context
    began: float = 0.0
    steps: list[Step] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Begin with a step, and note it when it ends."""
        match event:
            case StepStarted():
                forget_peak()
                self.began = monotonic()
            case StepEnded(report=one) if one.error is None:
                seconds, rows = monotonic() - self.began, one.counts.rows
                step = Step(one.table, one.kind, one.how, rows, seconds, peak())
                self.steps.append(compared(step, self.plan, self.context))


def compared(one: Step, plan: Plan, context: Context) -> Step:
    """A step with what the engine alone takes for it."""
    planned = next(step for step in plan.steps if step.table == one.table)
    with TemporaryDirectory() as scratch:
        found = alone(planned, one.how, context, Path(scratch))
    if found is not None and found.rows != one.rows:
        sys.exit(f"{one.table}: {one.rows} rows, but {found.rows} by the engine alone")
    beside = "" if found is None else f", the engine alone {found.seconds:.2f} s"
    print(f"{one.table}  {one.seconds:.2f} s{beside}", file=sys.stderr, flush=True)
    return one if found is None else replace(one, alone=found.seconds)


def forget_peak() -> None:
    """Have Linux take the memory held now for the greatest that was held."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> float:
    """The greatest memory that this process held, in GB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None  # noqa: S101 - Linux writes it for every process
    return int(found[1]) * 1024 / 1e9


def main() -> None:
    """Measure and print."""
    at = datetime.fromisoformat(sys.argv[1])
    engine = shared_engine()
    with engine.session() as session:
        session.sql("select 1").collect()
    with Workspace.open(PROJECT) as workspace, workspace.alone():
        steps = measured(workspace, at, engine)
    json.dump([asdict(one) for one in steps], sys.stdout)


def measured(workspace: Workspace, at: datetime, engine: Engine) -> list[Step]:
    """Do what there is to do, one step after the other, as `lakewright run --jobs 1` does."""
    plan, run, now = workspace.plan(), Run(str(uuid.uuid4()), at), datetime.now(UTC)
    project, ledger = plan.project, workspace.ledger
    context = Context(run, project, workspace.lake, engine, connector)
    environment = project.environment.name
    ledger.begin_run(
        RunRecord(run.id, project.name, environment, "benchmark", at, now, None, "running")
    )
    watch = Watch(plan, context)
    ended = perform(plan, context, ledger, Observers([watch]), jobs=1)
    ledger.end_run(run.id, "done" if ended.succeeded else "failed", datetime.now(UTC))
    for report in ended.reports:
        if report.error is not None:
            raise report.error
    if len(watch.steps) != len(plan.steps):
        sys.exit("the engine alone failed: see above")
    return watch.steps


if __name__ == "__main__":
    main()
