"""Perform a plan while a person looks on, and print what was done."""

import shlex
import sys
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime
from typing import Literal

import click
from rich.text import Text

from lakewright.cli import report
from lakewright.cli.cells import moment
from lakewright.cli.failure import explained
from lakewright.cli.invocation import Invocation
from lakewright.cli.progress import progress
from lakewright.cli.stopping import stoppable
from lakewright.cli.terminal import out, print_json
from lakewright.errors import LakewrightError
from lakewright.observe.events import Event, RunEnded, RunStarted, StepReport
from lakewright.plan.steps import Plan
from lakewright.workspace import Workspace


def perform(
    workspace: Workspace,
    plan: Plan,
    logical_time: datetime,
    jobs: int,
    invocation: Invocation,
) -> RunEnded:
    """Do it, step by step in sight. What a table's function prints is talk: it goes to stderr."""
    words = invocation.masked(shlex.join(invocation.arguments))
    begun: list[str] = []

    def note(event: Event) -> None:
        if isinstance(event, RunStarted):
            begun.append(event.run)

    with (
        redirect_stdout(sys.stderr),
        progress((step.table for step in plan.steps), invocation.masked) as observer,
    ):

        def stop() -> None:
            observer.tidy()
            with suppress(LakewrightError):  # the ledger may be busy: the next run does without
                for run in begun:
                    workspace.ledger.end_run(run, "stopped", datetime.now(UTC))

        with stoppable(stop):
            return workspace.run(plan, logical_time, words, [note, observer], jobs=jobs)


def render(
    ended: RunEnded, output: Literal["text", "json"], logical_time: datetime, invocation: Invocation
) -> None:
    """Print the report on stdout, and on stderr, in full, what went wrong."""
    masked = invocation.masked
    if output == "json":
        print_json(report.as_json(ended, moment(logical_time)), masked)
    elif not ended.reports:
        click.echo(report.nothing_new(ended.up_to_date))
        return
    else:
        console = out()
        console.print()
        console.print(report.table(ended, console))
        console.print()
        for remark in report.remarks(ended):
            console.print(
                Text(masked(remark), style="yellow" if remark.startswith("warning") else "")
            )
    for step, error in errors(ended):
        click.echo(click.style(f"\n{step.table} failed", bold=True), err=True)
        for line in (*explained(error, masked), *invocation.trace(error)):
            click.echo(line, err=True)
    if output == "text":
        click.echo(report.closing(ended))


def errors(ended: RunEnded) -> list[tuple[StepReport, LakewrightError]]:
    """The steps that failed, each with its error."""
    return [(report, report.error) for report in ended.reports if report.error is not None]


def exit_code(ended: RunEnded) -> int:
    """0 where every step did what it should; else that of the gravest error."""
    return max((error.exit_code for _, error in errors(ended)), default=0)
