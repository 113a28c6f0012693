"""Append, changelog, upsert of new rows, and a whole read."""

from collections import Counter

from tests.oracle.lake import Meaning
from tests.properties.world import (
    EVENT,
    EVENT_TYPES,
    Row,
    World,
    as_they_are,
    not_bad,
)

from lakewright.testing import sql_table, stream


def kind_and_time(rows: list[Row]) -> list[Row]:
    return [{"kind": row["kind"], "at": row["at"]} for row in rows]


def per_kind(rows: list[Row]) -> list[Row]:
    return [
        {"kind": kind, "events": count}
        for kind, count in Counter(row["kind"] for row in rows).items()
    ]


LOG = World(
    streams=(
        stream("app.events", key="event_id", columns=EVENT_TYPES),
        stream("app.raw", columns=EVENT_TYPES),
    ),
    tables=(
        sql_table(
            "silver.log",
            "select kind, at from events",
            load="append",
            reads={"events": {"table": "bronze.app_events", "rows": "new"}},
            rules={"kind-known": "kind <> 'bad'"},
        ),
        sql_table(
            "silver.raw_log",
            "select kind, at from events",
            load="append",
            reads={"events": {"table": "bronze.app_raw", "rows": "new"}},
            rules={"kind-known": "kind <> 'bad'"},
        ),
        sql_table(
            "silver.changes",
            "select event_id, kind, tie, at, op from events",
            key="event_id",
            load={"type": "changelog", "sequence": "at"},
            reads={"events": {"table": "bronze.app_raw", "rows": "new"}},
            rules={"kind-known": "kind <> 'bad'"},
        ),
        sql_table(
            "silver.latest",
            "select * from changes",
            key="event_id",
            load={"type": "upsert", "sequence": "at", "ties": ["tie"]},
            reads={"changes": {"table": "bronze.app_events", "rows": "new"}},
            rules={"kind-known": "kind <> 'bad'"},
        ),
        sql_table(
            "gold.per_kind",
            "select kind, count(*) as events from events group by kind",
            key="kind",
            reads={"events": "silver.latest"},
            rules={"not-two": "events <> 2"},
        ),
        sql_table(
            "gold.kinds",
            "select kind, at, note from latest",
            key="kind",
            load={"type": "upsert", "sequence": "at"},
            reads={"latest": {"table": "silver.latest", "by": "kind"}},
        ),
    ),
    meanings={
        "silver.log": Meaning(kind_and_time, not_bad),
        "silver.raw_log": Meaning(kind_and_time, not_bad),
        "silver.changes": Meaning(
            lambda rows: [{name: row[name] for name in row if name != "note"} for row in rows],
            not_bad,
        ),
        "silver.latest": Meaning(as_they_are, not_bad),
        "gold.per_kind": Meaning(per_kind, {"not-two": lambda row: row["events"] != 2}),
        "gold.kinds": Meaning(
            lambda rows: [{name: row[name] for name in ("kind", "at", "note")} for row in rows]
        ),
    },
    choices={"app.events": EVENT, "app.raw": EVENT},
)
