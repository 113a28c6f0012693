"""A plan in words and as JSON values: what `lakewright plan` prints, and what `run` performs.

Plan ─┬ text      lines; a step's heading stands at the margin, what it does below it, indented
      └ as_json   the same as dicts and lists
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, assert_never

from lakewright.plan.steps import BuildStep, ColumnChange, IngestStep, Plan, Step
from lakewright.spec.values import Load, Lookup, Read

INDENT = "  "


def text(plan: Plan) -> list[str]:
    """The plan as lines, the last one a summary."""
    lines: list[str] = []
    width = max((len(step.table) for step in plan.steps), default=0)
    for step in plan.steps:
        match step:
            case IngestStep():
                lines += _ingest_lines(step, width)
            case BuildStep():
                lines += _build_lines(step, width)
            case _:
                assert_never(step)
    if plan.up_to_date:
        lines += ["", "up to date", *_reasons(plan)] if lines else ["up to date", *_reasons(plan)]
    if plan.warnings:
        lines += ["", *(f"warning: {warning}" for warning in plan.warnings)]
    return [*lines, "", summary(plan)]


def summary(plan: Plan) -> str:
    """The plan in one line: "12 steps: 5 to read, 7 to build; 3 up to date"."""
    rest = f"{len(plan.up_to_date)} up to date"
    if not plan.steps:
        return f"nothing to do; {rest}"
    kinds = Counter(_verb(step) for step in plan.steps)
    each = ", ".join(f"{kinds[verb]} to {verb}" for verb in ("read", "build") if kinds[verb])
    return f"{counted(len(plan.steps), 'step')}: {each}; {rest}"


def counted(count: int, noun: str) -> str:
    """A number of things in words: "1 step", "2,000 steps"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values."""
    return {
        "project": plan.project.name,
        "environment": plan.project.environment.name,
        "steps": [_step_json(step) for step in plan.steps],
        "up_to_date": dict(plan.up_to_date),
        "warnings": list(plan.warnings),
    }


def _verb(step: Step) -> str:
    match step:
        case IngestStep():
            return "read"
        case BuildStep():
            return "build"
        case _:
            assert_never(step)


def _ingest_lines(step: IngestStep, width: int) -> Iterator[str]:
    yield f"read   {step.table:<{width}}  {step.reason}"
    origin = f"{step.source.name}.{step.stream.name} ({step.source.type}: {_object(step)})"
    yield f"{INDENT}from {origin}, {_entering(step)}"
    for change in step.changes:
        yield INDENT + _change_text(change)


def _entering(step: IngestStep) -> str:
    if step.batch is None:
        return "nothing to append"
    if step.source.type == "sql" and step.stream.cursor is None:
        return "a full extract, appended where it differs from the last one"
    return "append what is new" + (f" by {', '.join(step.stream.key)}" if step.stream.key else "")


def _object(step: IngestStep) -> str:
    return str(
        step.stream.options.get("object") or step.stream.options.get("path") or step.stream.name
    )


def _change_text(change: ColumnChange) -> str:
    outcome = {
        "evolve": "the table follows",
        "quarantine": "rows that have it are refused"
        if change.kind == "new"
        else "values that do not fit are refused",
        "fail": "the contract forbids it",
    }[change.policy]
    match change.kind:
        case "new":
            return f"new column `{change.column}` {change.type}: {outcome} ({change.policy})"
        case "wider":
            became = f"is now {change.type}, was {change.was}"
            return f"column `{change.column}` {became}: {outcome} ({change.policy})"
        case _:
            assert_never(change.kind)


def _build_lines(step: BuildStep, width: int) -> Iterator[str]:
    table = step.declared
    yield f"build  {step.table:<{width}}  {step.how}: {step.reason}"
    for read in table.reads:
        yield f"{INDENT}reads {_read_text(read)}"
        for lookup in read.lookups:
            yield f"{INDENT * 2}looks up {_lookup_text(lookup)}"
    yield f"{INDENT}writes {_load_text(table.load, table.key)}"
    for members in table.load.members_from:
        yield f"{INDENT * 2}infers members from {members.table} by {', '.join(members.key)}"


def _read_text(read: Read) -> str:
    if read.calendar is not None:
        return f"the calendar {read.calendar.first} … {read.calendar.last}"
    if read.new:
        return f"{read.table}, new rows"
    return f"{read.table}, " + (f"by {', '.join(read.by)}" if read.by else "whole")


def _lookup_text(lookup: Lookup) -> str:
    taken = f"{lookup.name} in {lookup.table} by {', '.join(lookup.key)}"
    at = f" as of {lookup.as_of}" if lookup.as_of else ""
    when = f" when {lookup.when}" if lookup.when else ""
    return f"{taken}{at}{when}; missing: {lookup.missing}"


def _load_text(load: Load, key: tuple[str, ...]) -> str:
    by = f" by {', '.join(key)}" if key else ""
    match load.type:
        case "replace":
            return f"replace{by}"
        case "append":
            return "append"
        case "changelog" | "upsert" | "versioned":
            deleted = f", deleted where {load.deleted}" if load.deleted else ""
            return f"{load.type}{by}, in the order of {', '.join(load.sequence)}{deleted}"
        case _:
            assert_never(load.type)


def _reasons(plan: Plan) -> Iterator[str]:
    width = max(map(len, plan.up_to_date))
    for table, reason in plan.up_to_date.items():
        yield f"{INDENT}{table:<{width}}  {reason}"


def _step_json(step: Step) -> dict[str, Any]:
    match step:
        case IngestStep():
            return {
                "step": "ingest",
                "table": step.table,
                "reason": step.reason,
                "source": step.source.name,
                "stream": step.stream.name,
                "object": _object(step),
                "key": list(step.stream.key),
                "batch": step.batch
                and {"identity": step.batch.identity, "interval": step.batch.interval},
                "columns": [{"name": name, "type": type_} for name, type_ in step.columns],
                "changes": [
                    {
                        "kind": one.kind,
                        "column": one.column,
                        "type": one.type,
                        "was": one.was,
                        "policy": one.policy,
                    }
                    for one in step.changes
                ],
                "notes": list(step.notes),
                "after": list(step.after),
            }
        case BuildStep():
            table = step.declared
            return {
                "step": "build",
                "table": step.table,
                "reason": step.reason,
                "how": step.how,
                "load": table.load.type,
                "key": list(table.key),
                "reads": [_read_json(read) for read in table.reads],
                "after": list(step.after),
            }
        case _:
            assert_never(step)


def _read_json(read: Read) -> dict[str, Any]:
    return {
        "name": read.name,
        "table": read.table or None,
        "by": list(read.by),
        "rows": "new" if read.new else "affected" if read.by else "whole",
        "calendar": read.calendar and [read.calendar.first, read.calendar.last],
        "lookups": [
            {
                "name": one.name,
                "table": one.table,
                "key": dict(one.key),
                "as_of": one.as_of,
                "missing": one.missing,
            }
            for one in read.lookups
        ],
    }
