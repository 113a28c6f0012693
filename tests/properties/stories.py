"""What happens to a lakehouse in a property: batches in some order, and what must be true after
each.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.oracle.lake import Oracle, bag
from tests.properties.world import World

from lakewright.observe.events import RunEnded
from lakewright.testing import Lakehouse

Batch = tuple[str, list[dict[str, Any]]]


@st.composite
def batches_for(draw: st.DrawFn, world: World) -> list[Batch]:
    """Some batches for the streams of a world, each stream at least once; most are large, a few
    empty.

    All comes from one seed: an example takes seconds, so even the simplest one has to be rich.
    """
    dice = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - rows of a test
    streams = [*world.choices, dice.choice(list(world.choices))]
    dice.shuffle(streams)
    sizes = dice.choices([60, 60, 40, 20, 5, 0], k=len(streams))
    return [(name, world.rows(name, size, dice)) for name, size in zip(streams, sizes, strict=True)]


@dataclass(frozen=True)
class Story:
    """A lakehouse and the oracle that is told the same."""

    lake: Lakehouse
    oracle: Oracle

    @classmethod
    def of(cls, world: World) -> "Story":
        lake = Lakehouse.of(streams=world.streams, tables=world.tables)
        return cls(lake, Oracle(lake.project, world.meanings))

    def feed(self, batches: Iterable[Batch]) -> None:
        for stream, rows in batches:
            self.lake.feed(stream, rows)
            self.oracle.feed(stream, rows)

    def versions(self) -> dict[str, Any]:
        """The versions of all tables, and every row of their lanes."""
        names = self.oracle.tables()[0]
        lanes = {
            f"{name}, lane": sorted(map(str, self.lake.refused(name, status=None)))
            for name in names
        }
        return {name: self.lake.version(name) for name in names} | lanes

    def demand_truth(self) -> None:
        """Tables and open lanes are what the oracle says."""
        tables, lanes = self.oracle.tables()
        for name in tables:
            _demand_equal(name, bag(self.lake.rows(name)), bag(tables[name]))
            open_rows = Counter(
                (one.reasons, frozenset(one.row.items())) for one in self.lake.refused(name)
            )
            _demand_equal(
                f"{name}, lane",
                open_rows,
                Counter((reasons, frozenset(row)) for reasons, row in lanes[name]),
            )

    def demand_conserved(self, report: RunEnded) -> None:
        """Every row of a step is counted once, and every row of a table accounted for."""
        for step in report.reports:
            counts = step.counts
            outcomes = (
                counts.written,
                counts.inserted,
                counts.updated,
                counts.deleted,
                counts.unchanged,
                counts.superseded,
                counts.duplicates,
                counts.quarantined,
            )
            assert counts.rows == sum(outcomes), step
            assert counts.before + counts.added - counts.removed == counts.after, step
            assert counts.after == len(self.lake.rows(step.table)) or not counts.as_dict(), step


def _demand_equal(name: str, actual: Counter[Any], expected: Counter[Any]) -> None:
    more, less = actual - expected, expected - actual
    has, lacks = list(more.items())[:3], list(less.items())[:3]
    assert (has, lacks) == ([], []), name
