"""`lakewright run`: bring every table up to date, and report what was done."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.plan import Output, plan_options
from lakewright.cli.terminal import waiting
from lakewright.run.jobs import JOBS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lakewright.store.records import LeaseRecord


def _moment(_: click.Context, parameter: click.Parameter, value: str | None) -> datetime:
    """The time the run works for; the clock is asked here, once, and nowhere below."""
    if value is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        given = datetime.fromisoformat(value)
    except ValueError as error:
        message = f"`{value}` is not a time as ISO 8601 has it, such as 2025-03-01T02:00:00Z"
        raise click.BadParameter(message, param=parameter) from error
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)


logical_time_option = click.option(
    "--logical-time",
    metavar="TIME",
    callback=_moment,
    help="The time to work for, ISO 8601, in UTC where it has no zone; the default is now.",
)

jobs_option = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=JOBS,
    show_default=True,
    metavar="N",
    help="How many steps are at work at once.",
)


@click.command(cls=ProjectCommand)
@plan_options
@logical_time_option
@jobs_option
@click.option("--no-wait", is_flag=True, help="Stop where another run is at work on these tables.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done, as `plan` does.")
@click.pass_obj
def command(  # noqa: PLR0913 - the options
    invocation: Invocation,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    output: Output,
    logical_time: datetime,
    jobs: int,
    *,
    full_refresh: bool,
    dry_run: bool,
    no_wait: bool,
) -> int:
    """Bring every table up to date: read what is new, build what it changes.

    The exit code is 1 where a step failed; the others are done, save those that hang on it.
    """
    from lakewright.cli import performed, planned  # noqa: PLC0415 - --help must not pay for them

    with invocation.workspace() as workspace:
        if dry_run:
            with waiting("looking at the sources and the lake"):
                plan = workspace.plan(select, exclude, full_refresh=full_refresh)
            planned.render(plan, output, invocation.masked)
            return 0
        with workspace.alone(select, exclude, wait=not no_wait, waiting=told_whom):
            with waiting("looking at the sources and the lake"):
                plan = workspace.plan(select, exclude, full_refresh=full_refresh)
            ended = performed.perform(workspace, plan, logical_time, jobs, invocation)
    performed.render(ended, output, logical_time, invocation)
    return performed.exit_code(ended)


def told_whom(leases: "Sequence[LeaseRecord]") -> None:
    """Say whom the run waits for."""
    first = leases[0]
    holder = f"process {first.holder.pid} on {first.holder.host}"
    click.echo(f"waiting: {holder} is at work on {first.table}", err=True)
