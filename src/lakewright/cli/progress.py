"""The observer of a run for a person: a line per step, live on a terminal, plain where it is piped.

    events ─┬ Live    steps at work with a spinner; each that ended, as a line that stays
            └ Plain   a line when a step begins, one when it ended

Both write to stderr: what a run did is its report (`report.py`), on stdout.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live as Region
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from lakewright.cli.cells import seconds
from lakewright.cli.counts import in_words
from lakewright.cli.terminal import talk, watched
from lakewright.observe.events import (
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepReport,
    StepStarted,
)

MARKS = {
    "done": ("✓", "green"),
    "unchanged": ("=", "dim"),
    "failed": ("✗", "red"),
    "skipped": ("·", "yellow"),
}
"""The mark of a step's status, and its colour."""
WIDEST = 120
"""Lines are not drawn wider, however wide the terminal is."""

Mask = Callable[[str], str]


def progress(tables: Iterable[str], masked: Mask) -> "Live | Plain":
    """The observer for whoever looks on; `tables` are those of the plan, so that lines align."""
    width = max(map(len, tables), default=0)
    return Live(talk(), width, masked) if watched() else Plain(talk(), width, masked)


class Plain:
    """Full lines, for a log."""

    def __init__(self, console: Console, width: int, masked: Mask) -> None:
        self._console = console
        self._width = width
        self._masked = masked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.tidy()

    def tidy(self) -> None:
        """Nothing is drawn, so nothing is taken away."""

    def __call__(self, event: Event) -> None:
        """Print a line for a step that begins or ended."""
        match event:
            case StepStarted(table=table, how=how):
                self._print(f"{'start':<9}  {table:<{self._width}}  {how}")
            case StepEnded(report=report):
                self._print(self._line(report))
            case RunStarted() | RunEnded():
                pass

    def _line(self, report: StepReport) -> str:
        took = "" if report.status == "skipped" else f"  ({seconds(report.seconds)})"
        table = f"{report.table:<{self._width}}"
        return f"{report.status:<9}  {table}  {report.how:<11}  {outcome(report)}{took}"

    def _print(self, line: str) -> None:
        self._console.print(Text(self._masked(line)))


class Live:
    """Lines that are drawn over again while steps are at work, and stay once they ended."""

    def __init__(self, console: Console, width: int, masked: Mask) -> None:
        self._console = console
        self._width = width
        self._masked = masked
        self._working: dict[str, tuple[str, float, Spinner]] = {}
        self._steps, self._ended, self._began = 0, 0, monotonic()
        self._region = Region(
            console=console,
            get_renderable=self.drawn,
            refresh_per_second=10,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._region.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.tidy()

    def tidy(self) -> None:
        """Take away what is drawn over again."""
        self._region.stop()

    def __call__(self, event: Event) -> None:
        """Take note of an event; what ended is printed above what is at work."""
        match event:
            case RunStarted(steps=steps):
                self._steps = steps
            case StepStarted(table=table, how=how):
                self._working[table] = (how, monotonic(), Spinner("dots", style="cyan"))
            case StepEnded(report=report):
                self._working.pop(report.table, None)
                self._ended += 1
                self._console.print(self._line(report))
            case RunEnded():
                self._working.clear()

    def drawn(self) -> RenderableType:
        """The steps at work, and how far the run has come."""
        now = monotonic()
        lines: list[RenderableType] = []
        for table, (how, began, spinner) in tuple(self._working.items()):
            line = self._row()
            line.add_row(
                spinner, table, Text(how, style="dim"), "", Text(seconds(now - began), style="dim")
            )
            lines.append(line)
        if self._steps:
            waiting = self._steps - self._ended - len(self._working)
            ended = f"{self._ended} of {self._steps} steps ended"
            said = f"{ended}, {waiting} waiting, {seconds(now - self._began)}"
            lines.append(Text(said, style="dim"))
        return Group(*lines)

    def _line(self, report: StepReport) -> RenderableType:
        mark, style = MARKS[report.status]
        line = self._row()
        said = Text(self._masked(outcome(report)), style="" if report.status == "done" else style)
        took = "" if report.status == "skipped" else seconds(report.seconds)
        line.add_row(
            Text(mark, style=style),
            report.table,
            Text(report.how, style="dim"),
            said,
            Text(took, style="dim"),
        )
        return line

    def _row(self) -> Table:
        row = Table.grid(padding=(0, 1))
        row.width = min(self._console.width, WIDEST)
        row.add_column(width=1)
        row.add_column(width=self._width, no_wrap=True, overflow="ellipsis")
        row.add_column(width=len("incremental"), no_wrap=True)
        row.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        row.add_column(width=len("99:59 min"), justify="right", no_wrap=True)
        return row


def outcome(report: StepReport) -> str:
    """How a step ended, on one line."""
    if report.error is not None:
        return f"{' '.join(report.error.message.split())} [{report.error.code}]"
    if report.status == "skipped":
        return f"{report.because} failed"
    return in_words(report.counts)
