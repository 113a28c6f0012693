"""What happens in a run, as values: logs, the terminal and the report are made from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lakewright.errors import LakewrightError
from lakewright.observe.counts import Counts

Status = Literal["done", "unchanged", "failed", "skipped"]


@dataclass(frozen=True)
class StepReport:
    """How a step ended. `detail` says what it read and why; `because` names the step that kept it
    from running.
    """

    table: str
    kind: Literal["ingest", "build"]
    status: Status
    how: str
    detail: str
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    warned: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: LakewrightError | None = None
    because: str = ""


@dataclass(frozen=True)
class RunStarted:
    """A run begins with so many steps."""

    run: str
    steps: int


@dataclass(frozen=True)
class StepStarted:
    """A step begins."""

    table: str
    kind: Literal["ingest", "build"]
    how: str


@dataclass(frozen=True)
class StepEnded:
    """A step ended, in whatever way."""

    report: StepReport


@dataclass(frozen=True)
class RunEnded:
    """A run ended. `up_to_date` are the tables that had nothing to do, with the reason."""

    run: str
    reports: tuple[StepReport, ...]
    up_to_date: Mapping[str, str]
    seconds: float

    @property
    def succeeded(self) -> bool:
        """Whether every step did what it should."""
        return all(one.status in ("done", "unchanged") for one in self.reports)


Event = RunStarted | StepStarted | StepEnded | RunEnded
