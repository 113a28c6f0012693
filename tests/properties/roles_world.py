"""Keys of several columns that look alike when joined, one dimension in two roles, two reads of one
table by different columns.
"""

from collections import Counter
from typing import Any

from tests.oracle.lake import Meaning
from tests.properties.world import Choices, Row, World, as_they_are, is_delete, moment, times

from lakewright.testing import sql_table, stream

REGIONS = ["a", "a1:b", "1:a", None]
CODES = ["b", "1:b", "", "-", None]
PLACE: Choices = {
    "region": REGIONS,
    "code": CODES,
    "name": ["x", "y", None],
    "note": ["", "n"],
    "op": ["U", "U", "U", "U", "D"],
    "at": times,
}
TRIP: Choices = {
    "trip_id": list(range(12)),
    "from_region": REGIONS,
    "from_code": CODES,
    "to_region": REGIONS,
    "to_code": CODES,
    "left": [moment(quarter) for quarter in range(14)],
    "arrived": [*(moment(quarter) for quarter in range(14)), None],
    "op": ["U", "U", "U", "U", "D"],
    "at": times,
}
PER_PLACE = """
    with ends as (
        select from_region as region, from_code as code, 1 as departures, 0 as arrivals
        from departures
        union all select to_region, to_code, 0, 1 from arrivals
    )
    select region, code, sum(departures) as departures, sum(arrivals) as arrivals
    from ends group by region, code
"""


def in_place(role: str, time: str, **more: str) -> dict[str, object]:
    return {
        "from": "gold.dim_place",
        "key": {f"{role}_region": "region", f"{role}_code": "code"},
        "as_of": time,
        "missing": "unknown",
        **more,
    }


def picked(*names: str) -> Meaning:
    return Meaning(lambda rows: [{name: row[name] for name in names} for row in rows])


def per_place(departures: list[Row], arrivals: list[Row]) -> list[Row]:
    left = Counter((row["from_region"], row["from_code"]) for row in departures)
    arrived = Counter((row["to_region"], row["to_code"]) for row in arrivals)
    found: list[Any] = [
        {"region": region, "code": code, "departures": left[region, code]}
        | {"arrivals": arrived[region, code]}
        for region, code in {**left, **arrived}
    ]
    return found


trips_by_id = {"table": "silver.trips", "by": "trip_id"}
ROLES = World(
    streams=(
        stream(
            "app.places",
            key=("region", "code"),
            columns={
                **dict.fromkeys(("region", "code", "name", "note", "op"), "string"),
                "at": "timestamp",
            },
        ),
        stream(
            "app.trips",
            key="trip_id",
            columns={
                "trip_id": "bigint",
                **dict.fromkeys(("from_region", "from_code", "to_region", "to_code"), "string"),
                **dict.fromkeys(("left", "arrived"), "timestamp"),
                "op": "string",
                "at": "timestamp",
            },
        ),
    ),
    tables=(
        sql_table(
            "silver.trips",
            "select * from trips",
            key="trip_id",
            load={"type": "upsert", "sequence": "at", "deleted": "op = 'D'"},
            reads={"trips": {"table": "bronze.app_trips", "by": "trip_id"}},
        ),
        sql_table(
            "gold.dim_place",
            "select * from places",
            key=["region", "code"],
            load={
                "type": "versioned",
                "sequence": "at",
                "deleted": "op = 'D'",
                "track": "name",
                "members_from": [
                    {"table": "silver.trips", "key": ["from_region", "from_code"]},
                    {"table": "silver.trips", "key": ["to_region", "to_code"]},
                ],
            },
            reads={"places": {"table": "bronze.app_places", "by": ["region", "code"]}},
        ),
        sql_table(
            "gold.fact_trips",
            "select trip_id, from_sk, to_sk, to_name from trips",
            key="trip_id",
            reads={
                "trips": {
                    **trips_by_id,
                    "lookups": {
                        "from_sk": in_place("from", "left"),
                        "to_sk": in_place("to", "arrived"),
                        "to_name": in_place("to", "arrived", column="name"),
                    },
                }
            },
        ),
        sql_table(
            "gold.per_place",
            PER_PLACE,
            key=["region", "code"],
            reads={
                "departures": {"table": "silver.trips", "by": ["from_region", "from_code"]},
                "arrivals": {"table": "silver.trips", "by": ["to_region", "to_code"]},
            },
        ),
    ),
    meanings={
        "silver.trips": Meaning(as_they_are, {}, is_delete),
        "gold.dim_place": Meaning(as_they_are, {}, is_delete),
        "gold.fact_trips": picked("trip_id", "from_sk", "to_sk", "to_name"),
        "gold.per_place": Meaning(per_place),
    },
    choices={"app.places": PLACE, "app.trips": TRIP},
)
