"""`lakewright show`: what a table's query gives now, over what is published; it writes nothing."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.names import table_named
from lakewright.cli.rows import Format, demand_file, row_options, write
from lakewright.cli.terminal import waiting


@click.command(cls=ProjectCommand)
@click.argument("table")
@row_options
@click.pass_obj
def command(
    invocation: Invocation, table: str, limit: int, format_: Format, to: Path | None
) -> None:
    """Run the query of TABLE over what is published, and show its rows; write nothing."""
    demand_file(format_, to)
    with invocation.workspace() as workspace:
        name = table_named(table, [one.name for one in workspace.project.tables])
        # What a table's function prints is not what was asked for.
        with redirect_stdout(sys.stderr), waiting(f"running the query of {name}"):
            found = workspace.show(name, limit)
        count = write(found.columns, found.rows.schema, found.rows.to_batches(), format_, to)
    if format_ == "table" or to is not None:
        more = "; there may be more, --limit 0 shows all" if limit and count == limit else ""
        refused = (
            f"; {found.refused:,} input rows were set aside by lookups" if found.refused else ""
        )
        click.echo(
            f"{count:,} row{'' if count == 1 else 's'} of the query of {name}{more}{refused}; "
            "nothing was written",
            err=True,
        )
