"""A plan on stdout, as text or JSON."""

from collections.abc import Callable
from textwrap import wrap
from typing import Literal

from rich.text import Text

from lakewright.cli.terminal import out, print_json
from lakewright.plan import explain
from lakewright.plan.steps import Plan


def render(plan: Plan, output: Literal["text", "json"], masked: Callable[[str], str]) -> None:
    """Print a plan."""
    if output == "json":
        print_json(explain.as_json(plan), masked)
        return
    console = out()
    for line in explain.text(plan):
        for part in _fitted(masked(line), console.width):
            console.print(Text(part, style=_style(line)))


def _fitted(line: str, width: int) -> list[str]:
    """A line, or its parts where it is wider than the terminal; they stand a little further in."""
    indent = len(line) - len(line.lstrip())
    further = " " * (indent + 4)
    return wrap(
        line, width, subsequent_indent=further, break_on_hyphens=False, drop_whitespace=True
    ) or [""]


def _style(line: str) -> str:
    if line.startswith("warning:"):
        return "yellow"
    return "" if line.startswith(" ") or not line else "bold"
