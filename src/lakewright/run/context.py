"""What every step of a run is given: the run itself, and the parts it works with."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lakewright.sources.port import Connector
from lakewright.spec.values import Project, Source
from lakewright.store.facts import Facts
from lakewright.store.lake import Lake

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pyspark.sql import SparkSession

NAMESPACE = uuid.UUID("5b0d8f0e-2f34-5c7e-9a44-1d7a3f0c6e21")


class Engine(Protocol):
    """What executes DataFrames; it starts when first needed."""

    def start(self) -> None:
        """Begin to start, before there are steps; `session` waits for the end of it."""
        ...

    def session(self) -> "AbstractContextManager[SparkSession]":
        """A session of its own for one step."""
        ...

    def stop(self) -> None:
        """Stop, if it was started."""
        ...


@dataclass(frozen=True)
class Run:
    """One run: its id, and the logical time it works for (UTC), which stands for "now" in
    everything stored.
    """

    id: str
    logical_time: datetime
    full_refresh: bool = False

    @property
    def date(self) -> str:
        """The logical date, ISO 8601."""
        return self.logical_time.date().isoformat()


@dataclass(frozen=True)
class Context:
    """A run, its project, and what it works with."""

    run: Run
    project: Project
    lake: Lake
    engine: Engine
    connect: Callable[[Source], Connector]

    def batch_id(self, table: str, identity: str) -> str:
        """The id of a batch: the same for the same project, table and identity, whenever it is
        read.
        """
        return str(uuid.uuid5(NAMESPACE, f"{self.project.name}|{table}|{identity}"))

    def stage(self, table: str) -> Path:
        """The folder of this run's stage of a table: no other run's, for published files stay where
        they were staged.
        """
        return self.lake.stage(table, self.run.id)

    def facts(self, table: str, batch: str) -> Facts:
        """The facts that every commit of this run carries."""
        return Facts(
            project=self.project.name,
            run=self.run.id,
            table=table,
            batch=batch,
            logical_time=self.run.logical_time.isoformat(),
        )
