"""Small projects that together use every load, read and lookup, with the rows that may come to
their streams.

Each query and condition stands here twice: in SQL, for the lakehouse, and in Python, for the
oracle. Values come from few choices, so that keys meet, sequences tie, rows repeat, and members
come late or never.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.oracle.lake import Meaning

from lakewright.spec.in_code import DeclaredStream, DeclaredTable

Row = dict[str, Any]

START = datetime(2025, 1, 1, tzinfo=UTC)
TOO_EARLY = datetime(1900, 1, 1, tzinfo=UTC)

Choices = Mapping[str, Sequence[Any]]
"""Of each column, the values that it may have; one that stands there twice comes twice as often."""


@dataclass(frozen=True)
class World:
    """A project, what it means, and what may come to its streams."""

    streams: tuple[DeclaredStream, ...]
    tables: tuple[DeclaredTable, ...]
    meanings: Mapping[str, Meaning]
    choices: Mapping[str, Choices]

    def rows(self, stream: str, size: int, dice: Random) -> list[Row]:
        """So many rows of a stream."""
        columns = self.choices[stream]
        return [
            {name: dice.choice(values) for name, values in columns.items()} for _ in range(size)
        ]


def moment(quarter: int) -> datetime:
    """Six hours are one step of time; a microsecond more tells times that only differ behind the
    milliseconds.
    """
    return START + timedelta(hours=6 * quarter, microseconds=quarter)


times = [moment(quarter) for quarter in range(1, 13)]
is_delete = lambda row: row["op"] == "D"  # noqa: E731 - as short as the SQL it stands for


EVENT: Choices = {
    "event_id": [*(f"e{number}" for number in range(9)), "Ünïcode: 1:x", None],
    "kind": ["a", "a", "b", "b", "bad", None],
    "tie": [None, 1, 2],
    "at": [*times, None, TOO_EARLY],
    "op": ["U", "U", "U", "U", "D"],
    "note": ["", "x", "y"],
}
EVENT_TYPES = {
    "event_id": "string",
    "kind": "string",
    "tie": "bigint",
    "at": "timestamp",
    "op": "string",
    "note": "string",
}
not_bad = {"kind-known": lambda row: row["kind"] is not None and row["kind"] != "bad"}


def as_they_are(rows: list[Row]) -> list[Row]:
    return rows
