"""What will happen, as values: `explain` prints these steps and `run` performs the same ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lakewright.sources.port import Batch, SourceColumn
from lakewright.spec.values import PROVENANCE, Policy, Project, Source, Stream, Table
from lakewright.store.records import Consumed

How = Literal["first", "incremental", "rebuild"]


@dataclass(frozen=True)
class ColumnChange:
    """How a source's columns differ from what its bronze table has, and what its contract says to
    do about it.
    """

    kind: Literal["new", "wider"]
    column: str
    type: str
    policy: Policy
    was: str = ""


@dataclass(frozen=True)
class IngestStep:
    """Read one batch of a stream into its bronze table; without a batch, make the table, still
    empty.

    `columns` are those of the bronze table after the step, provenance apart, as (name, Spark SQL
    type).
    """

    source: Source
    stream: Stream
    batch: Batch | None
    reason: str
    columns: tuple[tuple[str, str], ...]
    given: tuple[SourceColumn, ...] = ()
    changes: tuple[ColumnChange, ...] = ()
    notes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table the step writes."""
        return self.stream.table


@dataclass(frozen=True)
class BuildStep:
    """Build a table: for the first time, from what changed since the consumed versions, or anew."""

    declared: Table
    how: How
    reason: str
    consumed: Consumed | None = None
    after: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table the step writes."""
        return self.declared.name


Step = IngestStep | BuildStep


@dataclass(frozen=True)
class Plan:
    """The steps in an order in which every input stands before its users, and why the rest has
    nothing to do.
    """

    project: Project
    steps: tuple[Step, ...]
    up_to_date: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def without_provenance(columns: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The columns of a table that are its content."""
    return tuple((name, type_) for name, type_ in columns if name not in PROVENANCE)
