"""What a run did: a table of every step with its counts, remarks, and one closing line.

RunEnded ─┬ table     fitted: columns without a number go, then heads are broken, then words
          ├ remarks   broken warn rules, notes of sources, skipped steps
          ├ closing   "done in 12.3 s: 9 tables changed, 3 unchanged, 41 rows refused …"
          └ as_json
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from lakewright.cli.cells import seconds
from lakewright.cli.counts import in_words
from lakewright.cli.progress import MARKS
from lakewright.observe.events import RunEnded, StepReport
from lakewright.plan.explain import counted

_LONG = {
    "rows": "rows",
    "new": "new",
    "updated": "updated",
    "deleted": "deleted",
    "unchanged": "unchanged",
    "superseded": "superseded",
    "duplicates": "duplicates",
    "quarantined": "quarantined",
    "set_aside": "set aside",
    "after": "rows after",
}
_SHORT = _LONG | {
    "unchanged": "un-\nchanged",
    "superseded": "super-\nseded",
    "duplicates": "dupli-\ncates",
    "quarantined": "quaran-\ntined",
    "set_aside": "set\naside",
    "after": "rows\nafter",
}
_ALWAYS = ("rows", "new", "after")
_GAP = 2


def table(ended: RunEnded, console: Console) -> RenderableType:
    """Every step with its counts, as wide as the console allows."""
    numbers = [_numbers(report) for report in ended.reports]
    used = [name for name in _LONG if name in _ALWAYS or any(one[name] for one in numbers)]
    for headers, how in ((_LONG, True), (_LONG, False), (_SHORT, False)):
        drawn, width = _drawn(
            ended.reports, numbers, {name: headers[name] for name in used}, how=how
        )
        if width <= console.width:
            return drawn
    return _in_lines(ended.reports)


def _numbers(report: StepReport) -> dict[str, int]:
    counts = report.counts
    return {
        "rows": counts.rows,
        "new": counts.written + counts.inserted,
        "updated": counts.updated,
        "deleted": counts.deleted,
        "unchanged": counts.unchanged,
        "superseded": counts.superseded,
        "duplicates": counts.duplicates,
        "quarantined": counts.quarantined,
        "set_aside": counts.set_aside,
        "after": counts.after,
    }


def _drawn(
    reports: Sequence[StepReport],
    numbers: Sequence[Mapping[str, int]],
    headers: Mapping[str, str],
    *,
    how: bool,
) -> tuple[Table, int]:
    """The table with these columns, and how wide it is."""
    titles = ["  table", *(["how"] if how else []), *headers.values(), "seconds" if how else "s"]
    drawn = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for title in titles:
        justify = "left" if title in ("  table", "how") else "right"
        drawn.add_column(title, justify=justify, no_wrap=True, vertical="bottom")  # type: ignore[arg-type]
    widths = [max(map(cell_len, title.split("\n"))) for title in titles]
    for report, number in zip(reports, numbers, strict=True):
        cells = [
            _name(report),
            *([Text(report.how)] if how else []),
            *_cells(report, number, headers),
        ]
        drawn.add_row(*cells)
        widths = [max(width, one.cell_len) for width, one in zip(widths, cells, strict=True)]
    return drawn, sum(widths) + _GAP * (len(widths) - 1)


def _name(report: StepReport) -> Text:
    mark, style = MARKS[report.status]
    return Text.assemble((mark, style), f" {report.table}")


def _cells(report: StepReport, number: Mapping[str, int], names: Iterable[str]) -> list[Text]:
    """The numbers of a step that ran; the first says of any other how it ended."""
    took = Text("" if report.status == "skipped" else f"{report.seconds:.1f}")
    if report.status in ("failed", "skipped"):
        first, *rest = names
        del first
        return [Text(report.status, MARKS[report.status][1]), *(Text() for _ in rest), took]
    counted = any(number.values())
    shown = [
        f"{number[name]:,}" if number[name] or (name in _ALWAYS and counted) else ""
        for name in names
    ]
    return [*map(Text, shown), took]


def _in_lines(reports: Sequence[StepReport]) -> Table:
    """For a narrow terminal: what became of the rows in words, which may take several lines."""
    drawn = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    drawn.add_column("  table", no_wrap=True)
    drawn.add_column("rows", justify="right", no_wrap=True)
    drawn.add_column("of which")
    drawn.add_column("after", justify="right", no_wrap=True)
    drawn.add_column("s", justify="right", no_wrap=True)
    for report in reports:
        counts = report.counts
        ran = report.status in ("done", "unchanged")
        drawn.add_row(
            _name(report),
            f"{counts.rows:,}" if ran and counts.as_dict() else "",
            Text(
                in_words(counts) if ran else report.status, "" if ran else MARKS[report.status][1]
            ),
            f"{counts.after:,}" if ran and counts.as_dict() else "",
            "" if report.status == "skipped" else f"{report.seconds:.1f}",
        )
    return drawn


def remarks(ended: RunEnded) -> Iterator[str]:
    """What a person should know beside the counts."""
    for report in ended.reports:
        for rule, rows in report.warned.items():
            yield f"warning: {report.table}: {counted(rows, 'row')} broke `{rule}`"
        for note in report.notes:
            yield f"note: {report.table}: {note}"
        if report.status == "skipped":
            yield f"skipped: {report.table}, because {report.because} failed"


def closing(ended: RunEnded) -> str:
    """The run in one line."""
    statuses = [report.status for report in ended.reports]
    refused = sum(report.counts.quarantined + report.counts.set_aside for report in ended.reports)
    failed, skipped = statuses.count("failed"), statuses.count("skipped")
    parts = [f"{counted(failed, 'step')} failed"] if failed else []
    parts += [f"{skipped} skipped"] if skipped else []
    parts += [f"{counted(statuses.count('done'), 'table')} changed"]
    parts += [f"{statuses.count('unchanged')} unchanged"] if "unchanged" in statuses else []
    parts += [f"{len(ended.up_to_date)} up to date"] if ended.up_to_date else []
    parts += [f"{counted(refused, 'row')} refused (lakewright quarantine)"] if refused else []
    return (
        f"{'done' if ended.succeeded else 'failed'} in {seconds(ended.seconds)}: {', '.join(parts)}"
    )


def nothing_new(up_to_date: Mapping[str, str]) -> str:
    """The line of a run that had nothing to do."""
    count = len(up_to_date)
    return f"nothing new: {counted(count, 'table')} {'is' if count == 1 else 'are'} up to date"


def as_json(ended: RunEnded, logical_time: str) -> dict[str, Any]:
    """The run as one JSON document."""
    return {
        "run": ended.run,
        "status": "done" if ended.succeeded else "failed",
        "logical_time": logical_time,
        "seconds": round(ended.seconds, 3),
        "steps": [_step(report) for report in ended.reports],
        "up_to_date": dict(ended.up_to_date),
    }


def _step(report: StepReport) -> dict[str, Any]:
    error = report.error
    return {
        "table": report.table,
        "step": report.kind,
        "status": report.status,
        "how": report.how,
        "reason": report.detail,
        "counts": report.counts.as_dict(),
        "seconds": round(report.seconds, 3),
        "warned": dict(report.warned),
        "notes": list(report.notes),
        "because": report.because or None,
        "error": error
        and {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "where": str(error.where) if error.where else None,
            "retryable": error.retryable,
        },
    }
