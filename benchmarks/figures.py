"""What is measured, as values: a step hands them on as JSON, and the page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Run:
    """A command as a process of its own: wall-clock seconds, rows of its steps, peak GB."""

    name: str
    seconds: float
    rows: int
    memory: float


@dataclass(frozen=True)
class Step:
    """One step of a run: its wall-clock seconds, the peak memory of its process meanwhile (GB), and
    the seconds that the engine alone takes; None where there was no work for it.
    """

    table: str
    kind: Literal["ingest", "build"]
    how: str
    rows: int
    seconds: float
    memory: float
    alone: float | None = None


@dataclass(frozen=True)
class Figures:
    """All that was measured at one scale; the steps by the name of their run."""

    scale: float
    runs: Sequence[Run] = ()
    steps: Mapping[str, Sequence[Step]] = field(default_factory=dict)
