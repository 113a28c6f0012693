"""What the ledger keeps of a run, as values: its steps, the batches read, the versions consumed.

    run ──RunRecord, StepRecord──▶ store/ledger.py ──positions, Consumed──▶ plan

Times are given by the caller and carry a time zone; nothing here asks the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lakewright.errors import DefectError

RunStatus = Literal["running", "done", "failed", "stopped", "died"]
"""How a run stands. Ctrl-C makes it `stopped`. That it died is not recorded, but told by whoever
reads (`lease.judged`).
"""
StepKind = Literal["ingest", "build"]
StepStatus = Literal["done", "unchanged", "failed", "skipped"]

Position = Mapping[str, object]
"""How far a stream has been read, as JSON values; under `files`: `{path: [size, mtime_ns]}`."""


@dataclass(frozen=True)
class RunRecord:
    """A run: `logical_time` is the time it works for, `started_at` and `ended_at` the clock's."""

    run_id: str
    project: str
    environment: str
    command: str
    logical_time: datetime
    started_at: datetime
    ended_at: datetime | None
    status: RunStatus

    def __post_init__(self) -> None:
        _zoned(self.logical_time, self.started_at, self.ended_at)


@dataclass(frozen=True)
class InputVersion:
    """A version of a Delta table; `table_id` tells it from a table that later took its place."""

    table_id: str
    version: int


@dataclass(frozen=True)
class Consumed:
    """What a table was made of: the version of each input, and the definition's fingerprint.

    It holds only while the table itself is at `table_version`.
    """

    table_version: int
    definition: str
    inputs: Mapping[str, InputVersion]


@dataclass(frozen=True)
class BatchRecord:
    """Rows that entered the bronze table `stream` together, when it became `table_version`.

    `position` is the stream's position once they are in; of `files`, only those of this batch.
    """

    batch_id: str
    stream: str
    identity: str
    interval: str
    position: Position
    table_version: int


@dataclass(frozen=True)
class StepRecord:
    """How a step of a run ended. `error_message` is kept as it comes: the caller masks secrets."""

    run_id: str
    table: str
    kind: StepKind
    status: StepStatus
    reason: str
    started_at: datetime
    seconds: float
    counts: Mapping[str, int]
    batch: BatchRecord | None
    consumed: Consumed | None
    error_code: str
    error_message: str

    def __post_init__(self) -> None:
        _zoned(self.started_at)
        moves = self.batch is not None or self.consumed is not None
        if moves and self.status in {"failed", "skipped"}:
            # A watermark moves only with its rows, and such a step has published none.
            raise DefectError(
                "record-moves",
                f"the {self.status} step of `{self.table}` would move what was consumed",
            )


def _zoned(*times: datetime | None) -> None:
    for time in times:
        if time is not None and time.utcoffset() is None:
            raise DefectError("record-time", f"the time {time} has no time zone")


@dataclass(frozen=True)
class Holder:
    """A process that may write to tables: an id of its own, and where it runs."""

    id: str
    host: str
    pid: int


@dataclass(frozen=True)
class LeaseRecord:
    """A table that a process holds; `heartbeat` is when it last said that it lives."""

    table: str
    holder: Holder
    heartbeat: datetime
