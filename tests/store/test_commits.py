"""The commits of a table as its log tells them."""

from pathlib import Path

from deltalake import CommitProperties, DeltaTable, write_deltalake
from pyarrow import table

from lakewright.store.commits import commits
from lakewright.store.facts import Facts
from lakewright.store.records import InputVersion

FIRST = Facts(
    "shop",
    "r1",
    "silver.orders",
    "b1",
    "2025-03-01T00:00:00+00:00",
    definition="as it was",
    consumed={"bronze.shop_orders": InputVersion("t1", 3)},
    counts={"rows": 2, "inserted": 2},
)
CHANGED = Facts(
    "shop", "r2", "silver.orders", "b2", "2025-03-02T00:00:00+00:00", definition="as it is"
)
READ = Facts(
    "shop", "r3", "bronze.shop_orders", "b3", "2025-03-03T00:00:00+00:00", interval="2 new files"
)


def write(path: Path, facts: Facts | None) -> None:
    metadata = {"userMetadata": facts.to_json()} if facts else None
    write_deltalake(
        path,
        table({"a": [1]}),
        mode="append",
        commit_properties=CommitProperties(custom_metadata=metadata),
    )


def test_commits_are_told_the_newest_first_with_what_their_facts_say(tmp_path: Path) -> None:
    for facts in (FIRST, None, CHANGED, READ):
        write(tmp_path, facts)
    found = commits(DeltaTable(tmp_path))
    assert [
        (
            one.version,
            one.operation,
            one.run,
            one.batch,
            one.logical_time,
            one.interval,
            one.definition_changed,
        )
        for one in found
    ] == [
        (3, "write", "r3", "b3", "2025-03-03T00:00:00+00:00", "2 new files", False),
        (2, "write", "r2", "b2", "2025-03-02T00:00:00+00:00", "", True),
        (1, "write", "", "", "", "", False),
        (0, "write", "r1", "b1", "2025-03-01T00:00:00+00:00", "", False),
    ]
    assert (found[-1].inputs, found[-1].counts) == (
        {"bronze.shop_orders": 3},
        {"rows": 2, "inserted": 2},
    )
    assert [one.version for one in commits(DeltaTable(tmp_path), limit=2)] == [3, 2]
