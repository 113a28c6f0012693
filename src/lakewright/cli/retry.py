"""`lakewright retry`: do again what the last run failed to do, and what it skipped for that."""

from datetime import datetime

import click

from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.plan import Output
from lakewright.cli.run import jobs_option, logical_time_option, told_whom
from lakewright.cli.terminal import waiting


@click.command(cls=ProjectCommand)
@logical_time_option
@jobs_option
@click.option("--no-wait", is_flag=True, help="Stop where another run is at work on these tables.")
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def command(
    invocation: Invocation, logical_time: datetime, jobs: int, output: Output, *, no_wait: bool
) -> int:
    """Do what the last run failed to do, and what it skipped because of that; nothing else."""
    from lakewright.cli import performed  # noqa: PLC0415 - --help must not pay for it

    with invocation.workspace() as workspace:
        left = workspace.unfinished()
        if not left:
            click.echo("nothing to retry: the last run did all it had to", err=True)
            return 0
        with workspace.alone(left, wait=not no_wait, waiting=told_whom):
            with waiting("looking at the sources and the lake"):
                plan = workspace.plan(left)
            ended = performed.perform(workspace, plan, logical_time, jobs, invocation)
    performed.render(ended, output, logical_time, invocation)
    return performed.exit_code(ended)
