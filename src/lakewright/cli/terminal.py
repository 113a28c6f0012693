"""Where the words go: stdout for what was asked for, stderr for talk about it."""

import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 100_000
"""Lines that no one looks at are not cut."""


class Talk(Console):
    """The console for talk. Its reader may go away: then what writes to it fails, not the run."""

    def on_broken_pipe(self) -> None:
        """Tell the caller; the usual way is to end the process."""
        raise BrokenPipeError("no one reads what is said")


def out() -> Console:
    """The console for what was asked for."""
    return _console(Console, sys.stdout)


def talk() -> Console:
    """The console for what is said about it."""
    return _console(Talk, sys.stderr)


def watched() -> bool:
    """Whether a person looks on: only then is a line drawn over again."""
    return sys.stdout.isatty() and sys.stderr.isatty()


@contextmanager
def waiting(for_what: str) -> Iterator[None]:
    """A spinner while someone looks on and waits."""
    if not watched():
        yield
        return
    with talk().status(for_what, spinner="dots"):
        yield


def _console(kind: type[Console], stream: TextIO) -> Console:
    width = None if stream.isatty() else PIPED_WIDTH
    return kind(
        file=stream, width=width, highlight=False, emoji=False, markup=False, soft_wrap=False
    )


def print_json(value: Any, masked: Callable[[str], str] = str) -> None:  # noqa: ANN401 - any JSON value
    """One JSON document on stdout, its texts `masked`."""
    click.echo(json.dumps(_masked(value, masked), ensure_ascii=False, indent=2))


def _masked(value: Any, masked: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case str():
            return masked(value)
        case dict():
            return {name: _masked(one, masked) for name, one in value.items()}
        case list() | tuple():
            return [_masked(one, masked) for one in value]
        case _:
            return value


def grid(
    headers: Sequence[str],
    rows: Iterable[Sequence[str | Text]],
    right: Collection[int] = (),
    whole: Collection[int] = (),
) -> Table:
    """A table without lines; the columns `right` are numbers, and the `whole` are never broken."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for at, header in enumerate(headers):
        table.add_column(
            header,
            justify="right" if at in right else "left",
            no_wrap=at == 0 or at in right or at in whole,
        )
    for row in rows:
        table.add_row(*row)
    return table
