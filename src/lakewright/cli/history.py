"""`lakewright history`: the commits of a table, what each run did to it. Reads its log alone."""

from typing import TYPE_CHECKING, Any, Literal

import click
from rich.text import Text

from lakewright.cli.cells import clock, moment
from lakewright.cli.counts import in_words
from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.names import declared, table_named
from lakewright.cli.terminal import grid, out, print_json
from lakewright.errors import LakeError
from lakewright.observe.counts import Counts

if TYPE_CHECKING:
    from lakewright.store.commits import Commit

SHORT = 8
"""Characters of a run's id that are shown."""


@click.command(cls=ProjectCommand)
@click.argument("table")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="So many commits; 0 is all.",
)
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def command(
    invocation: Invocation, table: str, limit: int, output: Literal["text", "json"]
) -> None:
    """Show the commits of TABLE, the newest first.

    When, by which run, from what, and what became of the rows.
    """
    from lakewright.store.commits import commits  # noqa: PLC0415 - --help must not pay for it
    from lakewright.store.reading import open_at, tables_in  # noqa: PLC0415

    project, lake = invocation.lake()
    name = table_named(table, dict.fromkeys([*declared(project), *tables_in(lake)]))
    handle = open_at(lake, name)
    if handle is None:
        raise LakeError(
            "not-built", f"`{name}` is not in the lake yet", hint=f"lakewright run --select +{name}"
        )
    found = commits(handle, limit)
    if output == "json":
        print_json([_json(one) for one in found], invocation.masked)
        return
    rows = [
        (
            str(one.version),
            Text(clock(one.committed_at), "dim"),
            Text(one.run[:SHORT] or "-", "dim"),
            Text.assemble(
                one.operation, (" (definition changed)" if one.definition_changed else "", "yellow")
            ),
            in_words(Counts.from_dict(one.counts)) if one.counts else "",
            Text(invocation.masked(_stands_for(one)), "dim"),
        )
        for one in found
    ]
    headers = ("version", "committed (UTC)", "run", "operation", "rows", "from")
    out().print(grid(headers, rows, right=(0,), whole=(1, 2)))


def _stands_for(one: "Commit") -> str:
    """The interval of a batch, or the versions of the inputs."""
    return one.interval or ", ".join(f"{name} {version}" for name, version in one.inputs.items())


def _json(one: "Commit") -> dict[str, Any]:
    return {
        "version": one.version,
        "committed_at": moment(one.committed_at),
        "operation": one.operation,
        "run": one.run or None,
        "batch": one.batch or None,
        "logical_time": one.logical_time or None,
        "interval": one.interval or None,
        "inputs": dict(one.inputs),
        "counts": dict(one.counts),
        "definition_changed": one.definition_changed,
    }
