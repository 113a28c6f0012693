"""Small projects that together use every load, read and lookup, with the rows that may come to their streams.

Each query and condition stands here twice: in SQL, for the lakehouse, and in Python, for the oracle. Values come from
few choices, so that keys meet, sequences tie, rows repeat, and members come late or never.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from lakewright.spec.in_code import DeclaredStream, DeclaredTable
from lakewright.testing import sql_table, stream
from tests.oracle.lake import Meaning

Row = dict[str, Any]
Batch = tuple[str, list[Row]]

START = datetime(2025, 1, 1, tzinfo=UTC)
TOO_EARLY = datetime(1900, 1, 1, tzinfo=UTC)
CARRY_DAYS = 7


@dataclass(frozen=True)
class World:
    """A project, what it means, and what its streams may send."""

    streams: tuple[DeclaredStream, ...]
    tables: tuple[DeclaredTable, ...]
    meanings: Mapping[str, Meaning]
    rows: Mapping[str, st.SearchStrategy[Row]]

    def batches(self, *, most: int = 3, longest: int = 30) -> st.SearchStrategy[list[Batch]]:
        """Batches of rows for these streams, in any order."""
        one = st.one_of(
            *(st.tuples(st.just(name), st.lists(row, min_size=longest * 2 // 3, max_size=longest)) for name, row in self.rows.items())
        )
        return st.lists(one, min_size=2, max_size=most)


def moment(quarter: int) -> datetime:
    """Six hours are one step of time; a microsecond more tells times that only differ behind the milliseconds."""
    return START + timedelta(hours=6 * quarter, microseconds=quarter)


times = st.integers(1, 6).map(moment)
is_delete = lambda row: row["op"] == "D"  # noqa: E731 - as short as the SQL it stands for

# ---------------------------------------------------------------- log: append, upsert of new rows, a whole read

EVENT = {
    "event_id": st.sampled_from(["e1", "e2", "e3", "Ünïcode: 1:x", None]),
    "kind": st.sampled_from(["a", "b", "bad", None]),
    "tie": st.sampled_from([None, 1, 2]),
    "at": st.one_of(times, times, times, st.sampled_from([None, TOO_EARLY])),
    "op": st.sampled_from(["U", "U", "U", "D"]),
    "note": st.sampled_from(["", "x", "y"]),
}  # fmt: skip
EVENT_TYPES = {"event_id": "string", "kind": "string", "tie": "bigint", "at": "timestamp", "op": "string", "note": "string"}
not_bad = {"kind-known": lambda row: row["kind"] is not None and row["kind"] != "bad"}


def kind_and_time(rows: list[Row]) -> list[Row]:
    return [{"kind": row["kind"], "at": row["at"]} for row in rows]


def as_they_are(rows: list[Row]) -> list[Row]:
    return rows


def per_kind(rows: list[Row]) -> list[Row]:
    return [{"kind": kind, "events": count} for kind, count in Counter(row["kind"] for row in rows).items()]


LOG = World(
    streams=(
        stream("app.events", key="event_id", columns=EVENT_TYPES),
        stream("app.raw", columns=EVENT_TYPES),
    ),
    tables=(
        sql_table("silver.log", "select kind, at from events", load="append",
                  reads={"events": {"table": "bronze.app_events", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("silver.raw_log", "select kind, at from events", load="append",
                  reads={"events": {"table": "bronze.app_raw", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("silver.changes", "select event_id, kind, tie, at, op from events", key="event_id",
                  load={"type": "changelog", "sequence": "at"},
                  reads={"events": {"table": "bronze.app_raw", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("silver.latest", "select * from changes", key="event_id",
                  load={"type": "upsert", "sequence": "at", "ties": ["tie"]},
                  reads={"changes": {"table": "bronze.app_events", "rows": "new"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("gold.per_kind", "select kind, count(*) as events from events group by kind", key="kind",
                  reads={"events": "silver.latest"}, rules={"not-two": "events <> 2"}),
        sql_table("gold.kinds", "select kind, at, note from latest", key="kind", load={"type": "upsert", "sequence": "at"},
                  reads={"latest": {"table": "silver.latest", "by": "kind"}}),
    ),
    meanings={
        "silver.log": Meaning(kind_and_time, not_bad),
        "silver.raw_log": Meaning(kind_and_time, not_bad),
        "silver.changes": Meaning(lambda rows: [{name: row[name] for name in row if name != "note"} for row in rows], not_bad),
        "silver.latest": Meaning(as_they_are, not_bad),
        "gold.per_kind": Meaning(per_kind, {"not-two": lambda row: row["events"] != 2}),
        "gold.kinds": Meaning(lambda rows: [{name: row[name] for name in ("kind", "at", "note")} for row in rows]),
    },
    rows={"app.events": st.fixed_dictionaries(EVENT), "app.raw": st.fixed_dictionaries(EVENT)},
)  # fmt: skip

# ---------------------------------------------------------------- history: versions, and tables over them

HISTORY = World(
    streams=(stream("app.events", key="event_id", columns=EVENT_TYPES),),
    tables=(
        sql_table("gold.dim_event", "select * from changes", key="event_id",
                  load={"type": "versioned", "sequence": "at", "deleted": "op = 'D'", "ties": ["tie"], "track": ["kind"],
                        "begins": "sequence"},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}, rules={"kind-known": "kind <> 'bad'"}),
        sql_table("gold.dim_all", "select event_id, kind, note, op, at from changes", key="event_id",
                  load={"type": "versioned", "sequence": "at", "deleted": "op = 'D'"},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}),
        sql_table("gold.versions", "select event_id, event_sk, kind, valid_from, valid_to from dim", key="event_id",
                  reads={"dim": {"table": "gold.dim_event", "by": "event_id"}}),
        sql_table("silver.alive", "select * from changes", key="event_id",
                  load={"type": "upsert", "sequence": "at", "deleted": "op = 'D'", "ties": ["tie"]},
                  reads={"changes": {"table": "bronze.app_events", "by": "event_id"}}, rules={"kind-known": "kind <> 'bad'"}),
    ),
    meanings={
        "gold.dim_event": Meaning(as_they_are, not_bad, is_delete),
        "gold.dim_all": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "kind", "note", "op", "at")} for row in rows], {}, is_delete
        ),
        "gold.versions": Meaning(
            lambda rows: [{name: row[name] for name in ("event_id", "event_sk", "kind", "valid_from", "valid_to")} for row in rows]
        ),
        "silver.alive": Meaning(as_they_are, not_bad, is_delete),
    },
    rows={"app.events": st.fixed_dictionaries(EVENT)},
)  # fmt: skip
