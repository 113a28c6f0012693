"""Versions, and tables over them."""

from tests.oracle.lake import Meaning
from tests.properties.world import (
    EVENT,
    EVENT_TYPES,
    World,
    as_they_are,
    is_delete,
    not_bad,
)

from lakewright.testing import sql_table, stream

# over them

HISTORY = World(
    streams=(stream("app.events", key="event_id", columns=EVENT_TYPES),),
    tables=(
        sql_table(
            "gold.dim_event",
            "select * from changes",
            key="event_id",
            load={
                "type": "versioned",
                "sequence": "at",
                "deleted": "op = 'D'",
                "ties": ["tie"],
                "track": ["kind"],
                "begins": "sequence",
            },
            reads={"changes": {"table": "bronze.app_events", "by": "event_id"}},
            rules={"kind-known": "kind <> 'bad'"},
        ),
        sql_table(
            "gold.dim_all",
            "select event_id, kind, note, op, at from changes",
            key="event_id",
            load={"type": "versioned", "sequence": "at", "deleted": "op = 'D'"},
            reads={"changes": {"table": "bronze.app_events", "by": "event_id"}},
        ),
        sql_table(
            "gold.versions",
            "select event_id, event_sk, kind, valid_from, valid_to from dim",
            key="event_id",
            reads={"dim": {"table": "gold.dim_event", "by": "event_id"}},
        ),
        sql_table(
            "silver.alive",
            "select * from changes",
            key="event_id",
            load={"type": "upsert", "sequence": "at", "deleted": "op = 'D'", "ties": ["tie"]},
            reads={"changes": {"table": "bronze.app_events", "by": "event_id"}},
            rules={"kind-known": "kind <> 'bad'"},
        ),
    ),
    meanings={
        "gold.dim_event": Meaning(as_they_are, not_bad, is_delete),
        "gold.dim_all": Meaning(
            lambda rows: [
                {name: row[name] for name in ("event_id", "kind", "note", "op", "at")}
                for row in rows
            ],
            {},
            is_delete,
        ),
        "gold.versions": Meaning(
            lambda rows: [
                {
                    name: row[name]
                    for name in ("event_id", "event_sk", "kind", "valid_from", "valid_to")
                }
                for row in rows
            ]
        ),
        "silver.alive": Meaning(as_they_are, not_bad, is_delete),
    },
    choices={"app.events": EVENT},
)
