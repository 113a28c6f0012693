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
def batches_for(draw: st.DrawFn, world: World, *, most: int = 3, longest: int = 80) -> list[Batch]:
    """Batches for the streams of a world. Sizes are drawn one by one and can shrink, values come
    from a seed.
    """
    drawn = st.tuples(st.sampled_from(sorted(world.choices)), st.integers(0, longest))
    dice = Random(draw(st.integers(0, 2**16)))  # noqa: S311 - rows of a test
    return [
        (stream, world.rows(stream, size, dice))
        for stream, size in draw(st.lists(drawn, min_size=1, max_size=most))
    ]


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
