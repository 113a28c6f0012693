"""`lakewright status`: how every table stands, and the last runs. Starts no engine."""

from typing import TYPE_CHECKING, Any, Literal

import click
from rich.text import Text

from lakewright.cli.cells import clock, moment, seconds
from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.names import declared
from lakewright.cli.terminal import grid, out, print_json

if TYPE_CHECKING:
    from lakewright.store.records import RunRecord
    from lakewright.store.standing import Standing

STYLES = {
    "done": "green",
    "unchanged": "green",
    "failed": "bold red",
    "stopped": "yellow",
    "died": "bold red",
    "skipped": "yellow",
    "running": "cyan",
}
SHORT = 8
"""Characters of a run's id that are shown."""


@click.command(cls=ProjectCommand)
@click.option(
    "--runs",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="So many of the last runs.",
)
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def command(invocation: Invocation, runs: int, output: Literal["text", "json"]) -> None:
    """Show how every table stands, and the last runs.

    Of a table its rows, its version, its refused rows, and when and how a run last touched it.
    """
    from lakewright.store.lease import judged  # noqa: PLC0415 - --help must not pay for it
    from lakewright.store.standing import standings  # noqa: PLC0415 - as above

    with invocation.workspace() as workspace:
        tables = declared(workspace.project)
        found = standings(workspace.lake, workspace.ledger, tables)
        last = judged(workspace.ledger, workspace.ledger.last_runs(runs) if runs else [], tables)
    if output == "json":
        print_json(
            {"tables": [_table(one) for one in found], "runs": [_run(one) for one in last]},
            invocation.masked,
        )
    else:
        _print(found, last, invocation)


def _print(found: "list[Standing]", last: "list[RunRecord]", invocation: Invocation) -> None:
    console = out()
    rows = [
        (
            one.table,
            Text(
                one.status or "not built yet" if one.version is None else one.status,
                STYLES.get(one.status, "dim"),
            ),
            "" if one.version is None else f"{one.rows:,}",
            "" if one.version is None else str(one.version),
            Text(f"{one.refused:,}" if one.refused else "", "yellow"),
            Text(clock(one.at), "dim"),
        )
        for one in found
    ]
    headers = ("table", "status", "rows", "version", "refused", "last run (UTC)")
    console.print(grid(headers, rows, right=(2, 3, 4), whole=(1, 5)))
    for one in found:
        if one.status == "failed":
            said = " ".join(one.problem.split())
            console.print(
                Text.assemble(
                    (f"\n{one.table} ", "bold"), ("failed: ", "red"), invocation.masked(said)
                )
            )
    if last:
        console.print()
        runs = [
            (
                one.run_id[:SHORT],
                Text(one.status, STYLES.get(one.status, "")),
                clock(one.started_at),
                seconds((one.ended_at - one.started_at).total_seconds()) if one.ended_at else "",
                clock(one.logical_time),
                Text(invocation.masked(one.command), "dim"),
            )
            for one in last
        ]
        headers = ("run", "status", "started (UTC)", "took", "logical time", "command")
        console.print(grid(headers, runs, whole=(1, 2, 3, 4)))


def _table(one: "Standing") -> dict[str, Any]:
    return {
        "table": one.table,
        "status": one.status or None,
        "run": one.run or None,
        "at": one.at and moment(one.at),
        "rows": one.rows,
        "version": one.version,
        "refused": one.refused,
        "problem": one.problem or None,
    }


def _run(one: "RunRecord") -> dict[str, Any]:
    return {
        "run": one.run_id,
        "status": one.status,
        "command": one.command,
        "environment": one.environment,
        "logical_time": moment(one.logical_time),
        "started_at": moment(one.started_at),
        "ended_at": one.ended_at and moment(one.ended_at),
    }
