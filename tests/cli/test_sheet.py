"""Rows as a person sees them, on terminals of several widths and where they are piped."""

from io import StringIO

from rich.console import Console

from lakewright.cli import sheet

COLUMNS = [
    ("order_id", "string"),
    ("amount", "decimal(18,2)"),
    ("note", "string"),
    ("_batch_id", "string"),
]
BATCH = "ff6c9b0c-83e6-5fd5-8bf0-13a0cd22f9c5"
ROWS: list[list[str | None]] = [
    ["O-1", "24.90", "tea", BATCH],
    ["O-2", None, "", BATCH],
    ["O-3", "1300.00", "[bold]not markup[/bold]", BATCH],
    ["O-4", "0.10", "x" * 60, BATCH],
]


def shown(width: int, rows: list[list[str | None]], *, terminal: bool = True) -> str:
    file = StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    sheet.show(console, COLUMNS, rows)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def test_everything_is_shown_where_it_fits() -> None:
    assert shown(160, ROWS[:3]) == (
        "order_id         amount  note                     _batch_id\n"
        "string    decimal(18,2)  string                   string\n"
        f"O-1               24.90  tea                      {BATCH}\n"
        f"O-2                null                           {BATCH}\n"
        f"O-3             1300.00  [bold]not markup[/bold]  {BATCH}"
    )


def test_long_values_are_cut_and_provenance_left_out_first() -> None:
    assert shown(80, ROWS) == (
        "order_id         amount  note\n"
        "string    decimal(18,2)  string\n"
        "O-1               24.90  tea\n"
        "O-2                null\n"
        "O-3             1300.00  [bold]not markup[/bold]\n"
        f"O-4                0.10  {'x' * 39}…\n"
        "1 column does not fit (--columns chooses): _batch_id"
    )


def test_few_rows_that_do_not_fit_are_shown_value_under_value() -> None:
    assert shown(60, ROWS[1:2]) == (
        "order_id   string         O-2\n"
        "amount     decimal(18,2)  null\n"
        "note       string\n"
        f"_batch_id  string         {BATCH[:34]}\n"
        f"                          {BATCH[34:]}"
    )


def test_piped_every_row_is_one_line_in_full() -> None:
    said = shown(100_000, ROWS, terminal=False).splitlines()
    assert said[0].split() == ["order_id", "amount", "note", "_batch_id"]
    assert said[4] == f"O-4          0.10  {'x' * 60}  {BATCH}"
    assert len(said) == 1 + len(ROWS)


def test_no_rows_still_have_columns() -> None:
    assert shown(120, []).splitlines()[0].split() == ["order_id", "amount", "note", "_batch_id"]
