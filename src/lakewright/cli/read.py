"""`lakewright read`: rows of a table as they are published, of any version. Starts no engine."""

from pathlib import Path

import click

from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.names import declared, table_named
from lakewright.cli.rows import Format, demand_file, row_options, write
from lakewright.errors import LakeError


@click.command(cls=ProjectCommand)
@click.argument("table")
@click.option(
    "--where",
    default="",
    metavar="SQL",
    help="A condition in Spark SQL, such as \"country = 'DE' and amount > 100\".",
)
@click.option("--columns", default="", metavar="A,B", help="These columns, in this order.")
@click.option(
    "--version",
    type=int,
    metavar="N",
    help="The table as it was then; see `lakewright history TABLE`.",
)
@click.option(
    "--errors", is_flag=True, help="Its error lane instead: every refused row with its reasons."
)
@row_options
@click.pass_obj
def command(  # noqa: PLR0913 - the options
    invocation: Invocation,
    table: str,
    *,
    where: str,
    columns: str,
    version: int | None,
    limit: int,
    format_: Format,
    to: Path | None,
    errors: bool,
) -> None:
    """Read rows of TABLE: `silver.orders`, or `orders` where there is no other."""
    from lakewright.store.lake import row_count  # noqa: PLC0415 - --help must not pay for it
    from lakewright.store.reading import Wanted, open_at, rows, tables_in  # noqa: PLC0415

    demand_file(format_, to)
    project, lake = invocation.lake()
    name = table_named(table, dict.fromkeys([*declared(project), *tables_in(lake)]))
    handle = open_at(lake, name, version, lane=errors)
    if handle is None and errors:
        click.echo(f"no row of {name} was ever refused", err=True)
        return
    if handle is None:
        raise LakeError(
            "not-built", f"`{name}` is not in the lake yet", hint=f"lakewright run --select +{name}"
        )
    names = [one.strip() for one in columns.split(",") if one.strip()]
    found = rows(handle, Wanted(where, names, limit))
    count = write(found.columns, found.schema, found.batches, format_, to)
    if format_ == "table" or to is not None:
        of = f" of {row_count(handle):,}" if not where else ""
        more = "; --limit 0 reads all" if limit and count == limit else ""
        place = f" in {to}" if to else ""
        click.echo(
            f"{count:,}{of} row{'' if not of and count == 1 else 's'} of {name}{place}, "
            f"version {handle.version()}{more}",
            err=True,
        )
