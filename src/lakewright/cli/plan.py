"""`lakewright plan`: what a run would do, from where to where, and why."""

from collections.abc import Callable
from typing import Literal, ParamSpec, TypeVar

import click

from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.terminal import waiting

Given = ParamSpec("Given")
Result = TypeVar("Result")
Output = Literal["text", "json"]


def plan_options(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """The options that choose what is planned, for `plan` and `run` alike."""
    options = [
        click.option(
            "--select",
            "-s",
            multiple=True,
            metavar="TABLES",
            callback=_words,
            help="Only these: orders, gold.*, source:shop; +orders with what it reads, "
            "orders+ with what reads it.",
        ),
        click.option(
            "--exclude", multiple=True, metavar="TABLES", callback=_words, help="Not these."
        ),
        click.option(
            "--full-refresh",
            is_flag=True,
            help="Rebuild silver and gold from bronze; no source is read.",
        ),
        click.option(
            "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _words(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Words given one by one, or several in one text."""
    return tuple(word for one in value for word in one.replace(",", " ").split())


@click.command(cls=ProjectCommand)
@plan_options
@click.pass_obj
def command(
    invocation: Invocation,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    output: Output,
    *,
    full_refresh: bool,
) -> None:
    """Say what a run would do, from where to where, and why. Nothing is read or written."""
    from lakewright.cli.planned import render  # noqa: PLC0415 - --help must not pay for it

    with waiting("looking at the sources and the lake"), invocation.workspace() as workspace:
        plan = workspace.plan(select, exclude, full_refresh=full_refresh)
    render(plan, output, invocation.masked)
