"""Perform a plan: independent steps side by side, what hangs on a failed step skipped and named.

    Plan ─▶ a pool of workers ─▶ ingest | build ─▶ StepReport ─▶ ledger, observers ─▶ RunEnded

Steps work in threads; the ledger is written by one thread only, when a step has ended.
"""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Literal, assert_never

from lakewright.errors import DefectError, LakewrightError
from lakewright.observe.events import (
    RunEnded,
    RunStarted,
    Status,
    StepEnded,
    StepReport,
    StepStarted,
)
from lakewright.observe.observers import Observers
from lakewright.plan.steps import BuildStep, IngestStep, Plan, Step
from lakewright.run.build import Built, build
from lakewright.run.context import Context
from lakewright.run.ingest import Ingested, ingest
from lakewright.run.jobs import JOBS
from lakewright.store import stage
from lakewright.store.ledger import Ledger
from lakewright.store.records import StepRecord


@dataclass
class _Progress:
    """What is left to do, at work, and done: the state of one run. `tidying` is done beside it."""

    waiting: list[Step]
    tidying: list[Future[None]] = field(default_factory=list)
    working: dict[Future[Built | Ingested], tuple[Step, float, datetime]] = field(
        default_factory=dict
    )
    ended: dict[str, StepReport] = field(default_factory=dict)


def perform(
    plan: Plan, context: Context, ledger: Ledger, observers: Observers, jobs: int = JOBS
) -> RunEnded:
    """Perform every step of a plan, `jobs` of them at once, and record how each ended."""
    began = monotonic()
    progress = _Progress(_most_depended_on_first(plan.steps))
    observers.tell(RunStarted(context.run.id, len(plan.steps)))
    with (
        ThreadPoolExecutor(1, thread_name_prefix="tidy") as tidier,
        ThreadPoolExecutor(jobs, thread_name_prefix="step") as pool,
    ):
        while progress.waiting or progress.working:
            _skip(progress, context, ledger, observers)
            for step in _ready(progress, jobs):
                progress.waiting.remove(step)
                observers.tell(StepStarted(step.table, _kind(step), _how(step)))
                progress.working[pool.submit(_perform, step, context)] = (
                    step,
                    monotonic(),
                    datetime.now(UTC),
                )
            if progress.working:
                done, _ = wait(progress.working, return_when=FIRST_COMPLETED)
                for future in done:
                    step, result = _end(future, progress, context, ledger, observers)
                    # The stage is kept until the ledger has the step: now nothing needs it.
                    progress.tidying.append(tidier.submit(_tidy, step, result, context))
    for tidied in progress.tidying:
        tidied.result()
    reports = tuple(progress.ended[step.table] for step in plan.steps)
    ended = RunEnded(context.run.id, reports, plan.up_to_date, monotonic() - began)
    observers.tell(ended)
    return ended


def _most_depended_on_first(steps: Sequence[Step]) -> list[Step]:
    """The steps by the length of the longest chain that waits for each, so that it does not wait
    for others too.
    """
    chain: dict[str, int] = {}
    for step in reversed(steps):
        for name in step.after:
            chain[name] = max(chain.get(name, 0), chain.get(step.table, 0) + 1)
    return sorted(steps, key=lambda step: -chain.get(step.table, 0))


def _ready(progress: _Progress, jobs: int) -> list[Step]:
    room = jobs - len(progress.working)
    free = [step for step in progress.waiting if all(name in progress.ended for name in step.after)]
    return free[:room]


def _skip(progress: _Progress, context: Context, ledger: Ledger, observers: Observers) -> None:
    for step in tuple(progress.waiting):
        stopped = [progress.ended[name] for name in step.after if name in progress.ended]
        failed = next((one for one in stopped if one.status in ("failed", "skipped")), None)
        if failed is not None:
            progress.waiting.remove(step)
            root = failed.because or failed.table
            report = StepReport(
                step.table, _kind(step), "skipped", _how(step), step.reason, because=root
            )
            _record(report, step, None, datetime.now(UTC), (progress, context, ledger, observers))


def _perform(step: Step, context: Context) -> Built | Ingested:
    match step:
        case IngestStep():
            return ingest(step, context)
        case BuildStep():
            return build(step, context)
        case _:
            assert_never(step)


def _end(
    future: Future[Built | Ingested],
    progress: _Progress,
    context: Context,
    ledger: Ledger,
    observers: Observers,
) -> tuple[Step, Built | Ingested | None]:
    step, began, started_at = progress.working.pop(future)
    seconds = monotonic() - began
    error, result = future.exception(), None
    if error is None:
        result = future.result()
        report = _succeeded(step, result, seconds)
    else:
        report = StepReport(
            step.table,
            _kind(step),
            "failed",
            _how(step),
            step.reason,
            seconds=seconds,
            error=_ours(step, error),
        )
    _record(report, step, result, started_at, (progress, context, ledger, observers))
    return step, result


def _tidy(step: Step, result: Built | Ingested | None, context: Context) -> None:
    if result is not None:
        stage.tidy(context.stage(step.table), result.referenced)
    else:
        stage.sweep(context.lake, step.table, context.run.id)


def _ours(step: Step, error: BaseException) -> LakewrightError:
    if isinstance(error, LakewrightError):
        return error
    defect = DefectError(
        "unexpected",
        f"`{step.table}`: {type(error).__name__}: {error}",
        hint="nothing of this table was changed; please report this (`--debug` shows where)",
    )
    defect.__cause__ = error
    return defect


def _succeeded(step: Step, result: Built | Ingested, seconds: float) -> StepReport:
    status: Status = "done" if result.published else "unchanged"
    match result:
        case Built(how=how, reason=reason):
            return StepReport(
                step.table,
                "build",
                status,
                how,
                reason,
                result.counts,
                seconds,
                result.warned,
                result.notes,
            )
        case Ingested():
            notes = step.notes if isinstance(step, IngestStep) else ()
            return StepReport(
                step.table,
                "ingest",
                status,
                "batch",
                step.reason,
                result.counts,
                seconds,
                result.warned,
                notes,
            )
        case _:
            assert_never(result)


def _record(
    report: StepReport,
    step: Step,
    result: Built | Ingested | None,
    started_at: datetime,
    of: tuple[_Progress, Context, Ledger, Observers],
) -> None:
    progress, context, ledger, observers = of
    ledger.record_step(
        StepRecord(
            run_id=context.run.id,
            table=step.table,
            kind=report.kind,
            status=report.status,
            reason=report.detail if report.status != "skipped" else f"{report.because} failed",
            started_at=started_at,
            seconds=report.seconds,
            counts=report.counts.as_dict(),
            batch=result.batch if isinstance(result, Ingested) else None,
            consumed=result.consumed if isinstance(result, Built) else None,
            error_code=report.error.code if report.error else "",
            error_message=report.error.message if report.error else "",
        )
    )
    progress.ended[step.table] = report
    observers.tell(StepEnded(report))


def _kind(step: Step) -> Literal["ingest", "build"]:
    return "ingest" if isinstance(step, IngestStep) else "build"


def _how(step: Step) -> str:
    return step.how if isinstance(step, BuildStep) else "batch"
