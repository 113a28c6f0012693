"""Rows as a table that a person can read: fitted to the terminal, in full where no one looks on.

What does not fit side by side is cut at 40 characters; then few rows are shown value under value, and of many the
columns in the middle are left out, and said to be.
"""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lakewright.cli.cells import NULL

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
    if not console.is_terminal:
        console.print(_side_by_side(columns, rows, range(len(columns)), typed=False))
        return
    widths = [_width(columns, rows, at) for at in range(len(columns))]
    if sum(widths) + _GAP * len(widths) > console.width:
        widths = [
            min(width, max(WIDEST, cell_len(columns[at][0]))) for at, width in enumerate(widths)
        ]
    shown = _fitting(widths, console.width)
    if len(shown) == len(columns):
        console.print(_side_by_side(columns, rows, shown, typed=True))
    elif len(rows) <= FEW:
        _one_by_one(console, columns, rows)
    else:
        console.print(_side_by_side(columns, rows, shown, typed=True))
        hidden = [name for at, (name, _) in enumerate(columns) if at not in shown]
        left_out = f"{len(hidden)} columns do not fit (--columns chooses): {', '.join(hidden)}"
        console.print(Text(left_out, style="dim"))


def _width(columns: Columns, rows: Sequence[Values], at: int) -> int:
    name, type_ = columns[at]
    return max(cell_len(name), cell_len(type_), *(cell_len(row[at] or NULL) for row in rows), 0)


def _fitting(widths: Sequence[int], room: int) -> list[int]:
    """The columns that fit: taken by turns from the left, twice as many, and from the right."""
    if sum(widths) + _GAP * len(widths) <= room:
        return list(range(len(widths)))
    left = room - len("…") - _GAP
    chosen: list[int] = []
    first, last = 0, len(widths) - 1
    while first <= last:
        at = last if len(chosen) % 3 == 2 else first
        left -= widths[at] + _GAP
        if left < 0 and chosen:
            break
        chosen.append(at)
        first, last = (first, last - 1) if at == last else (first + 1, last)
    return sorted(chosen)


def _side_by_side(
    columns: Columns, rows: Sequence[Values], shown: Sequence[int], *, typed: bool
) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="")
    gap = next(
        (
            at
            for at, (one, after) in enumerate(zip(shown, shown[1:], strict=False))
            if after != one + 1
        ),
        None,
    )
    for position, at in enumerate(shown):
        name, type_ = columns[at]
        header = Text(name, style="bold")
        if typed:
            header.append(f"\n{type_}", style="dim not bold")
        widest = None if not typed else max(WIDEST, cell_len(name))
        justify = "right" if type_.startswith(_NUMBERS) else "left"
        table.add_column(header, justify=justify, no_wrap=True, max_width=widest)  # type: ignore[arg-type]  # a literal
        if position == gap:
            table.add_column(Text("…", style="dim"), no_wrap=True)
    for row in rows:
        cells = [_cell(row[at]) for at in shown]
        if gap is not None:
            cells.insert(gap + 1, Text("…", style="dim"))
        table.add_row(*cells)
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
