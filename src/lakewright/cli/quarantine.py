"""`lakewright quarantine`: the rows that are refused, counted by reason or one by one."""

from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import click
from rich.padding import Padding
from rich.text import Text

from lakewright.cli.cells import NULL, cell, short
from lakewright.cli.invocation import Invocation, ProjectCommand
from lakewright.cli.names import declared, table_named
from lakewright.cli.terminal import grid, out, print_json
from lakewright.sources.port import MALFORMED

if TYPE_CHECKING:
    from lakewright.store.refusals import Reason, Refusal

_INDENT = (0, 0, 0, 2)


@click.command(cls=ProjectCommand)
@click.argument("table", required=False)
@click.option("--rows", "listing", is_flag=True, help="List the rows, each with every reason.")
@click.option("--reason", default="", metavar="RULE", help="Only those refused under this reason.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="So many rows; 0 is all.",
)
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def command(
    invocation: Invocation,
    table: str | None,
    reason: str,
    limit: int,
    output: Literal["text", "json"],
    *,
    listing: bool,
) -> None:
    """Count the refused rows by table and reason; of TABLE alone where it is given."""
    from lakewright.store.reading import lanes_in, tables_in  # noqa: PLC0415 - not for --help
    from lakewright.store.refusals import counted, listed, open_rows  # noqa: PLC0415

    project, lake = invocation.lake()
    lanes = lanes_in(lake)
    known = list(dict.fromkeys([*declared(project), *tables_in(lake), *lanes]))
    asked = [table_named(table, known)] if table else [name for name in known if name in lanes]
    if listing:
        refusals = list(listed(lake, asked, reason, limit))
        _rows(refusals, output)
        if output == "text" and limit and len(refusals) == limit:
            click.echo(f"the first {limit} rows; --limit 0 lists all", err=True)
        return
    found = [one for one in counted(lake, asked) if not reason or one.rule == reason]
    if output == "json":
        print_json([_reason(one) for one in found])
    elif not found:
        of, under = f" of {asked[0]}" if table else "", f" under `{reason}`" if reason else ""
        click.echo(f"no row{of} is refused{under}")
    else:
        names = dict.fromkeys(one.table for one in found)
        _counts(found, sum(open_rows(lake, name) for name in names), partly=bool(reason))


def _counts(found: "list[Reason]", total: int, *, partly: bool) -> None:
    """`total` are the refused rows of these tables; `partly`: not all reasons are shown."""
    console = out()
    rows = []
    for name, reasons in groupby(found, key=lambda one: one.table):
        for at, one in enumerate(reasons):
            days = one.first.isoformat() if one.first == one.last else f"{one.first} … {one.last}"
            rows.append(
                (
                    "" if at else name,
                    Text(one.rule, "yellow"),
                    f"{one.rows:,}",
                    Text(days, "dim"),
                    Text(cell(short(one.message, 200)), "dim"),
                )
            )
    console.print(grid(("table", "reason", "rows", "refused on", "such as"), rows, right=(2,)))
    of_all = "" if partly else f"{total:,} refused row{'' if total == 1 else 's'}"
    more = not partly and sum(one.rows for one in found) > total
    also = ", some of them for more than one reason" if more else ""
    way = "see them: lakewright quarantine TABLE --rows"
    click.echo(f"{of_all}{also}; {way}" if of_all else way, err=True)


def _rows(refusals: "list[Refusal]", output: Literal["text", "json"]) -> None:
    if output == "json":
        print_json([_refusal(one) for one in refusals])
        return
    console = out()
    for number, one in enumerate(refusals):
        if number:
            console.print()
        again = f", refused {one.attempts} times" if one.attempts > 1 else ""
        about = f"  {one.dt}{again}"
        console.print(Text.assemble((one.table, "bold"), (about, "dim")))
        for reason in one.reasons:
            columns = ", ".join(reason["columns"] or ())
            said = f"  {columns}: " if columns else "  "
            line = Text.assemble(
                (str(reason["rule"]), "yellow"), said, cell(short(reason["message"]))
            )
            console.print(Padding(line, _INDENT, expand=False))
        console.print(Padding(_values(one), _INDENT, expand=False))
        console.print(Padding(Text(one.rejected_id, "dim"), _INDENT, expand=False))


def _values(refusal: "Refusal") -> Text:
    """The row's values, those that were refused marked; of a line that fell apart, its text."""
    whole = refusal.row.get(MALFORMED)
    if whole is not None:
        return Text(repr(short(whole)))
    blamed = {name for reason in refusal.reasons for name in reason["columns"] or ()}
    values = Text()
    for name, value in refusal.row.items():
        said = f"{name}={NULL if value is None else repr(short(value))}"
        values.append(said, "yellow" if name in blamed else "")
        values.append("  ")
    values.rstrip()
    return values


def _reason(one: "Reason") -> dict[str, Any]:
    return {
        "table": one.table,
        "reason": one.rule,
        "rows": one.rows,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "message": one.message,
    }


def _refusal(one: "Refusal") -> dict[str, Any]:
    return {
        "table": one.table,
        "rejected_id": one.rejected_id,
        "dt": one.dt.isoformat(),
        "batch": one.batch,
        "attempts": one.attempts,
        "reasons": [dict(reason) for reason in one.reasons],
        "row": dict(one.row),
    }
