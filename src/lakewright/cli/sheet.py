"""Rows as a table that a person can read: fitted to the terminal, in full where no one looks on.

What does not fit side by side is cut at 40 characters; then few rows are shown value under value,
and of many rows some columns are left out, and said to be.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lakewright.cli.cells import NULL
from lakewright.spec.values import PROVENANCE

WIDEST = 40
"""Characters of a value that a terminal shows where not everything fits."""
FEW = 3
"""So many rows are shown value under value, where their columns do not fit side by side."""
_GAP = 2
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")

Columns = Sequence[tuple[str, str]]
Values = Sequence[str | None]


def show(console: Console, columns: Columns, rows: Sequence[Values]) -> None:
    """Print rows of texts (None: null) under (name, type) of their columns."""
    widths = [_width(columns, rows, at) for at in range(len(columns))]
    if not console.is_terminal:
        console.print(_side_by_side(columns, rows, dict(enumerate(widths)), typed=False))
        return
    if sum(widths) + _GAP * (len(widths) - 1) > console.width:
        widths = [
            min(width, max(WIDEST, cell_len(columns[at][0]))) for at, width in enumerate(widths)
        ]
    shown = _fitting(columns, widths, console.width)
    if len(shown) < len(columns) and len(rows) <= FEW:
        _one_by_one(console, columns, rows)
        return
    console.print(_side_by_side(columns, rows, {at: widths[at] for at in shown}, typed=True))
    hidden = [name for at, (name, _) in enumerate(columns) if at not in shown]
    if hidden:
        do = "column does" if len(hidden) == 1 else "columns do"
        said = f"{len(hidden)} {do} not fit (--columns chooses): {', '.join(hidden)}"
        console.print(Text(said, style="dim"))


def _width(columns: Columns, rows: Sequence[Values], at: int) -> int:
    return max(*map(cell_len, columns[at]), *(cell_len(row[at] or NULL) for row in rows), 0)


def _fitting(columns: Columns, widths: Sequence[int], room: int) -> list[int]:
    """The columns that fit, from the left, provenance last; one too wide is passed over."""
    chosen: list[int] = []
    for at in sorted(range(len(columns)), key=lambda one: columns[one][0] in PROVENANCE):
        if widths[at] <= room:
            chosen.append(at)
            room -= widths[at] + _GAP
    return sorted(chosen) or [0]


def _side_by_side(
    columns: Columns, rows: Sequence[Values], widths: Mapping[int, int], *, typed: bool
) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="")
    for at, width in widths.items():
        name, type_ = columns[at]
        header = Text(name, style="bold")
        if typed:
            header.append(f"\n{type_}", style="dim not bold")
        justify: Literal["left", "right"] = "right" if type_.startswith(_NUMBERS) else "left"
        table.add_column(header, justify=justify, no_wrap=True, max_width=width)
    for row in rows:
        table.add_row(*(_cell(row[at]) for at in widths))
    return table


def _one_by_one(console: Console, columns: Columns, rows: Sequence[Values]) -> None:
    for number, row in enumerate(rows, 1):
        if len(rows) > 1:
            console.print(Text(f"── row {number}", style="dim"))
        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, show_header=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for (name, type_), value in zip(columns, row, strict=True):
            table.add_row(Text(name), Text(type_), _cell(value))
        console.print(table)


def _cell(value: str | None) -> Text:
    return Text(NULL, style="dim italic") if value is None else Text(value)
