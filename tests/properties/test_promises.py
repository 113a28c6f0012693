"""The promises of DESIGN §5 on the real engine: after every batch, against an oracle over lists."""

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.oracle.lake import Oracle, Refused, bag
from tests.properties.worlds import HISTORY, LOG, LOOKUPS, SHOP, World

from lakewright.observe.events import RunEnded
from lakewright.testing import Lakehouse

settings.register_profile("lake", max_examples=int(os.environ.get("EXAMPLES", "5")), deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
if os.environ.get("SHRINK") == "0":
    settings.register_profile("lake", settings.get_profile("lake"), phases=[Phase.generate])
settings.load_profile("lake")

WORLDS = {"log": LOG, "history": HISTORY, "lookups": LOOKUPS, "shop": SHOP}


def demand_equal(lake: Lakehouse, oracle: Oracle) -> None:
    tables, lanes = oracle.tables()
    for name in tables:
        difference(name, bag(lake.rows(name)), bag(tables[name]))
        difference(f"{name}, lane", Counter(shown(lake, name)), Counter(normal(lanes[name])))


def difference(name: str, actual: Counter[Any], expected: Counter[Any]) -> None:
    more, less = actual - expected, expected - actual
    assert not more and not less, f"{name}: has {list(more.items())[:3]}, lacks {list(less.items())[:3]}"


def shown(lake: Lakehouse, name: str) -> list[Any]:
    return [(one.reasons, tuple(sorted(one.row.items()))) for one in lake.refused(name)]


def normal(lane: list[Refused]) -> list[Any]:
    return [(reasons, tuple(sorted(row))) for reasons, row in lane]


def demand_conserved(lake: Lakehouse, report: RunEnded) -> None:
    for step in report.reports:
        counts = step.counts
        assert counts.before + counts.added - counts.removed == counts.after
        if step.status == "done":
            assert counts.after == len(lake.rows(step.table))


@pytest.mark.parametrize("name", WORLDS)
@given(data=st.data())
def test_a_lake_is_what_the_oracle_says(name: str, data: st.DataObject) -> None:
    world = WORLDS[name]
    with Lakehouse.of(streams=world.streams, tables=world.tables) as lake:
        oracle = Oracle(lake.project, world.meanings)
        for stream, rows in data.draw(world.batches()):
            lake.feed(stream, rows)
            oracle.feed(stream, rows)
            demand_conserved(lake, lake.run())
            demand_equal(lake, oracle)
        versions = {one: lake.version(one) for one in oracle.tables()[0]}
        lake.full_refresh()
        demand_equal(lake, oracle)
        assert versions == {one: lake.version(one) for one in versions}
