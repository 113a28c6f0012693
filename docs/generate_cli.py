"""Write `docs/reference/cli.md` from the commands themselves.

    python docs/generate_cli.py

`tests/cli/test_reference.py` fails where the page says something else than the commands.
"""

# ruff: noqa: INP001 - a script, no package

from pathlib import Path

import click

from lakewright.cli.main import COMMANDS, commands

PAGE = Path(__file__).with_name("reference") / "cli.md"
WIDTH = 100

HEAD = """\
# Command line

This page is made from the commands by `docs/generate_cli.py`.

What is asked for goes to stdout, talk and errors to stderr. On a terminal a run draws a live line
per step; piped, it writes plain full lines. `--output json` gives one JSON document; decimals and
times in rows are strings there, so that nothing is rounded.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | yours to mend: a declaration, the data, a source, the lake, a wrong option |
| 2 | ours to mend: a promise of Lakewright is broken |
| 130 | stopped by Ctrl-C |

A table is named `silver.orders`, or `orders` where no other table has that name. Tables are
selected as in dbt:

| words | tables |
|---|---|
| `orders`, `silver.orders` | that table |
| `gold.*` | all that match |
| `source:shop` | the streams of a source |
| `+fact_sales` | the table and all it is made from |
| `orders+` | the table and all that is made from it |
"""


def reference() -> str:
    """The whole page."""
    parts = [HEAD, _block("lakewright", commands)]
    for name in COMMANDS:
        command = commands.get_command(click.Context(commands), name)
        if command is None:  # pragma: no cover - every name has its command
            raise LookupError(name)
        parts.append(_block(f"lakewright {name}", command))
    return "\n".join(parts)


def _block(title: str, command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=title,
        max_content_width=WIDTH,
        terminal_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    return f"## `{title}`\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
