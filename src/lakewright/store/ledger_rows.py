"""The ledger's records ↔ the rows of its tables: pure, and the only place that knows both."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from lakewright.store.records import BatchRecord, Consumed, InputVersion, StepRecord

Values = dict[str, Any]
"""What is written to a row, by column."""


def step_row(step: StepRecord) -> Values:
    """The row of a step; its batch is named only, and has a row of its own."""
    return {
        "run_id": step.run_id,
        "table_name": step.table,
        "kind": step.kind,
        "status": step.status,
        "reason": _storable(step.reason),
        "started_at": step.started_at,
        "seconds": step.seconds,
        "counts": dict(step.counts),
        "batch_id": None if step.batch is None else step.batch.batch_id,
        "consumed": None if step.consumed is None else consumed_row(step.consumed),
        "error_code": step.error_code,
        "error_message": _storable(step.error_message),
    }


def step_of(row: RowMapping) -> StepRecord:
    """A step from its row, joined with that of its batch."""
    return StepRecord(
        run_id=row["run_id"],
        table=row["table_name"],
        kind=row["kind"],
        status=row["status"],
        reason=row["reason"],
        started_at=row["started_at"],
        seconds=row["seconds"],
        counts=row["counts"],
        batch=None if row["batch_id"] is None else batch_of(row),
        consumed=None if row["consumed"] is None else consumed_of(row["consumed"]),
        error_code=row["error_code"],
        error_message=row["error_message"],
    )


def batch_row(batch: BatchRecord, step_id: int) -> Values:
    """The row of a batch that entered by a step."""
    return {
        "batch_id": batch.batch_id,
        "step_id": step_id,
        "stream": batch.stream,
        "identity": batch.identity,
        "interval": batch.interval,
        "position": dict(batch.position),
        "table_version": batch.table_version,
    }


def batch_of(row: RowMapping) -> BatchRecord:
    """A batch from its row."""
    return BatchRecord(
        batch_id=row["batch_id"],
        stream=row["stream"],
        identity=row["identity"],
        interval=row["interval"],
        position=row["position"],
        table_version=row["table_version"],
    )


def consumed_row(consumed: Consumed) -> Values:
    """The columns that say what a table was made of; a step keeps the same as one JSON value."""
    return asdict(consumed)


def consumed_of(row: Mapping[Any, Any]) -> Consumed:
    """What a table was made of, from its row or from a step's JSON value."""
    inputs = {name: InputVersion(**one) for name, one in row["inputs"].items()}
    return Consumed(row["table_version"], row["definition"], inputs)


def _storable(text: str) -> str:
    # Messages quote data, and no database takes half a surrogate pair, nor PostgreSQL a null.
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
