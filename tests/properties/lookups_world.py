"""Lookups: late, refused, as of a time, on whole reads, conditional."""

from tests.oracle.lake import Meaning
from tests.properties.world import (
    EVENT,
    EVENT_TYPES,
    Choices,
    Row,
    World,
    as_they_are,
    is_delete,
    times,
)

from lakewright.testing import sql_table, stream

# time, whole reads

KIND: Choices = {"kind": ["a", "b"], "title": ["x", "y", None], "at": times}


def with_number_of_kinds(events: list[Row], kinds: list[Row]) -> list[Row]:
    return [{"event_id": row["event_id"], "kinds": len(kinds)} for row in events]


title_of_kind = {"title": {"from": "silver.kinds", "key": "kind", "column": "title"}}
LOOKUPS = World(
    streams=(
        stream("app.events", key="event_id", columns=EVENT_TYPES),
        stream(
            "app.kinds",
            key="kind",
            columns={"kind": "string", "title": "string", "at": "timestamp"},
        ),
    ),
    tables=(
        sql_table(
            "silver.kinds",
            "select * from kinds",
            key="kind",
            load={"type": "upsert", "sequence": "at"},
            reads={"kinds": {"table": "bronze.app_kinds", "by": "kind"}},
        ),
        sql_table(
            "gold.dim_event",
            "select * from changes",
            key="event_id",
            load={
                "type": "versioned",
                "sequence": "at",
                "deleted": "op = 'D'",
                "track": ["kind"],
                "begins": "sequence",
            },
            reads={"changes": {"table": "bronze.app_events", "by": "event_id"}},
        ),
        sql_table(
            "silver.titled",
            "select event_id, at, op, title from changes",
            key="event_id",
            load={"type": "upsert", "sequence": "at", "deleted": "op = 'D'"},
            reads={
                "changes": {
                    "table": "bronze.app_events",
                    "by": "event_id",
                    "lookups": title_of_kind,
                }
            },
            rules={"not-y": "title is null or title <> 'y'"},
        ),
        sql_table(
            "silver.latest",
            "select * from changes",
            key="event_id",
            load={"type": "upsert", "sequence": "at"},
            reads={"changes": {"table": "bronze.app_events", "rows": "new"}},
        ),
        sql_table(
            "gold.strict",
            "select event_id, kind, event_sk, title, note_then from events",
            key="event_id",
            reads={
                "events": {
                    "table": "silver.latest",
                    "by": "event_id",
                    "lookups": {
                        "event_sk": {"from": "gold.dim_event", "key": "event_id", "as_of": "at"},
                        "title": {
                            "from": "silver.kinds",
                            "key": "kind",
                            "column": "title",
                            "when": "note <> 'x'",
                            "reason": "no-title",
                        },
                        "note_then": {
                            "from": "gold.dim_event",
                            "key": "event_id",
                            "column": "note",
                            "as_of": "at",
                            "missing": "unknown",
                        },
                    },
                }
            },
        ),
        sql_table(
            "gold.loose",
            "select event_id, event_sk from events",
            key="event_id",
            reads={
                "events": {
                    "table": "silver.latest",
                    "by": "event_id",
                    "lookups": {
                        "event_sk": {
                            "from": "gold.dim_event",
                            "key": "event_id",
                            "as_of": "at",
                            "missing": "unknown",
                        }
                    },
                }
            },
        ),
        sql_table(
            "gold.whole",
            "select event_id, title from events",
            key="event_id",
            reads={"events": {"table": "silver.latest", "lookups": title_of_kind}},
        ),
        sql_table(
            "gold.mixed",
            "select event_id, n as kinds from events cross join (select count(*) as n from kinds)",
            key="event_id",
            reads={"events": {"table": "silver.latest", "by": "event_id"}, "kinds": "silver.kinds"},
        ),
    ),
    meanings={
        "gold.dim_event": Meaning(as_they_are, {}, is_delete),
        "silver.titled": Meaning(
            lambda rows: [
                {name: row[name] for name in ("event_id", "at", "op", "title")} for row in rows
            ],
            {"not-y": lambda row: row["title"] != "y"},
            is_delete,
        ),
        "gold.strict": Meaning(
            lambda rows: [
                {name: row[name] for name in ("event_id", "kind", "event_sk", "title", "note_then")}
                for row in rows
            ],
            when={"title": lambda row: row["note"] != "x"},
        ),
        "gold.loose": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "event_sk")} for row in rows]
        ),
        "gold.whole": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "title")} for row in rows]
        ),
        "gold.mixed": Meaning(with_number_of_kinds),
    },
    choices={"app.events": EVENT, "app.kinds": KIND},
)
