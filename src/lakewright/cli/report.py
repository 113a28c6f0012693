"""What a run did: a table of every step with its counts, what went wrong in full, and one closing line.

RunEnded ─┬ table     fitted: columns without a number are left out, then words become shorter, then lines
          ├ closing   "done in 12.3 s: 9 tables changed, 3 unchanged, 41 rows refused (lakewright quarantine)"
          └ as_json
"""

from collections.abc import Iterator, Mapping, Sequence
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
    "unchanged": "same", "superseded": "older", "duplicates": "dupl.", "quarantined": "refused", "set_aside": "aside",
    "after": "after",
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
    drawn = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    rows = []
    for report, number in zip(reports, numbers, strict=True):
        mark, style = MARKS[report.status]
        ran = report.status in ("done", "unchanged")
        texts = [
            f"{number[name]:,}" if ran and (number[name] or name in _ALWAYS) else ""
            for name in headers
        ]
        took = "" if report.status == "skipped" else f"{report.seconds:.1f}"
        first = [report.how] if how else []
        rows.append((f"{mark} {report.table}", style, [*first, *texts, took]))
    titles = [*(["how"] if how else []), *headers.values(), "seconds" if how else "s"]
    drawn.add_column("  table", no_wrap=True)
    for title in titles:
        drawn.add_column(title, justify="left" if title == "how" else "right", no_wrap=True)
    for name, style, cells in rows:
        drawn.add_row(Text.assemble((name[0], style), name[1:]), *map(Text, cells))
    widths = [
        max(cell_len(title), *(cell_len(cells[at]) for _, _, cells in rows))
        for at, title in enumerate(titles)
    ]
    first_width = max(cell_len("  table"), *(cell_len(name) for name, _, _ in rows))
    return drawn, first_width + sum(widths) + _GAP * len(widths)


def _in_lines(reports: Sequence[StepReport]) -> Table:
    """For a narrow terminal: what became of the rows in words, which may take more than one line."""
    drawn = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    drawn.add_column("  table", no_wrap=True)
    drawn.add_column("rows", justify="right", no_wrap=True)
    drawn.add_column("of which")
    drawn.add_column("after", justify="right", no_wrap=True)
    drawn.add_column("s", justify="right", no_wrap=True)
    for report in reports:
        mark, style = MARKS[report.status]
        ran = report.status in ("done", "unchanged")
        drawn.add_row(
            Text.assemble((mark, style), f" {report.table}"),
            f"{report.counts.rows:,}" if ran else "",
            in_words(report.counts) if ran else report.status,
            f"{report.counts.after:,}" if ran else "",
            "" if report.status == "skipped" else f"{report.seconds:.1f}",
        )
    return drawn


def remarks(ended: RunEnded) -> Iterator[str]:
    """What a person should know beside the counts: broken warn rules, notes of sources, skipped steps."""
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
        "error": error and {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "where": str(error.where) if error.where else None,
            "retryable": error.retryable,
        },
    }
