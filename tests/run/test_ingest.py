"""What an ingest step does with a batch: columns that change, batches that come again, rows that
are refused.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lakewright.errors import LakewrightError
from lakewright.observe.events import RunEnded
from lakewright.spec.values import Policy
from lakewright.testing import Lakehouse, sql_table, stream

DAY = datetime(2025, 1, 1, tzinfo=UTC)


def rows(
    lake: Lakehouse, table: str = "bronze.shop_orders", *, provenance: bool = False
) -> list[dict[str, Any]]:
    return sorted(lake.rows(table, provenance=provenance), key=str)


def counts(report: RunEnded, table: str = "bronze.shop_orders") -> dict[str, int]:
    return next(step.counts.as_dict() for step in report.reports if step.table == table)


def test_a_wider_type_is_taken_on_by_the_table_and_by_those_that_read_it() -> None:
    by_id = {"orders": {"table": "bronze.shop_orders", "by": "id"}}
    new = {"orders": {"table": "bronze.shop_orders", "rows": "new"}}
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id")],
        tables=[
            sql_table("silver.orders", "select id, x from orders", key="id", reads=by_id),
            sql_table("silver.log", "select id, x from orders", load="append", reads=new),
        ],
    ) as lake:
        lake.feed("shop.orders", [{"id": "a", "x": Decimal("1.5"), "y": 1}])
        lake.run(at=DAY)
        lake.feed(
            "shop.orders",
            [
                {"id": "a", "x": Decimal("1.50"), "y": 1},
                {"id": "b", "x": Decimal("12345.25"), "z": "new"},
            ],
        )
        report = lake.run(at=DAY.replace(day=2))
        assert counts(report) == {
            "rows": 2,
            "written": 1,
            "duplicates": 1,
            "before": 1,
            "added": 1,
            "after": 2,
        }
        assert rows(lake) == [
            {"id": "a", "x": Decimal("1.50"), "y": 1, "z": None},
            {"id": "b", "x": Decimal("12345.25"), "y": None, "z": "new"},
        ]
        assert {row["_run_date"].day for row in rows(lake, provenance=True)} == {1, 2}
        for table in ("silver.orders", "silver.log"):
            assert rows(lake, table) == [
                {"id": "a", "x": Decimal("1.50")},
                {"id": "b", "x": Decimal("12345.25")},
            ]
        lake.feed("shop.orders", [{"id": "c", "x": Decimal("1.1")}])
        report = lake.run()
        assert [step.how for step in report.reports] == ["batch", "incremental", "incremental"]
        assert rows(lake, "silver.log")[-1] == {"id": "c", "x": Decimal("1.10")}


@pytest.mark.parametrize(
    ("policy", "kept", "reasons"),
    [
        (
            "evolve",
            [
                {"id": "a", "x": Decimal("1.00")},
                {"id": "b", "x": Decimal("2.00")},
                {"id": "c", "x": Decimal("123456.25")},
            ],
            [],
        ),
        (
            "quarantine",
            [{"id": "a", "x": Decimal("1.0")}, {"id": "b", "x": Decimal("2.0")}],
            [("type",)],
        ),
    ],
)
def test_a_wider_type_follows_the_contract(
    policy: Policy, kept: list[Any], reasons: list[Any]
) -> None:
    columns = {"id": "string", "x": "decimal(3,1)"}
    orders = stream("shop.orders", key="id", columns=columns, wider_type=policy)
    with Lakehouse.of(streams=[orders], tables=[]) as lake:
        lake.feed("shop.orders", [{"id": "a", "x": Decimal("1.0")}])
        lake.run()
        # Values of a wider type, as the source now has them.
        lake.feed("shop.orders", wide([("b", Decimal("2.00")), ("c", Decimal("123456.25"))]))
        lake.run()
        assert rows(lake) == kept
        assert [one.reasons for one in lake.refused("bronze.shop_orders")] == reasons


def test_a_wider_type_that_the_contract_forbids_stops_the_run() -> None:
    columns = {"id": "string", "x": "decimal(3,1)"}
    orders = stream("shop.orders", key="id", columns=columns, wider_type="fail")
    with Lakehouse.of(streams=[orders], tables=[]) as lake:
        lake.feed("shop.orders", wide([("b", Decimal("2.00"))]))
        with pytest.raises(LakewrightError) as refused:
            lake.run()
        assert (refused.value.code, lake.version("bronze.shop_orders")) == ("columns-changed", None)


def wide(values: list[tuple[str, Decimal]]) -> pa.Table:
    ids, numbers = zip(*values, strict=True)
    return pa.table({"id": list(ids), "x": pa.array(numbers, pa.decimal128(10, 2))})


def test_the_last_moment_there_is_can_be_kept() -> None:
    """Some sources write `for ever` as 9999-12-31."""
    last = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    by_id = {"orders": {"table": "bronze.shop_orders", "by": "id"}}
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", columns={"id": "string", "until": "timestamp"})],
        tables=[sql_table("silver.orders", "select * from orders", key="id", reads=by_id)],
    ) as lake:
        for name in ("a", "b"):
            lake.feed("shop.orders", [{"id": name, "until": last}])
            lake.run()
        assert rows(lake, "silver.orders") == [
            {"id": "a", "until": last},
            {"id": "b", "until": last},
        ]


def test_a_full_extract_that_equals_the_previous_one_is_dropped_whole() -> None:
    extract = [{"id": "a"}, {"id": "a"}, {"id": "b"}]
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", full_extract=True)], tables=[]
    ) as lake:
        counted = []
        for batch in (extract, extract[::-1], extract[:1], extract):
            lake.feed("shop.orders", batch)
            counted.append(counts(lake.run()))
        assert counted == [
            {"rows": 3, "written": 3, "added": 3, "after": 3},
            {"rows": 3, "duplicates": 3},
            {"rows": 1, "written": 1, "before": 3, "added": 1, "after": 4},
            {"rows": 3, "written": 3, "before": 4, "added": 3, "after": 7},
        ]
        assert lake.run().reports == ()


def test_a_batch_without_rows_or_with_refused_ones_only_moves_nothing_but_the_position() -> None:
    orders = stream(
        "shop.orders",
        key="id",
        columns={"id": "string", "n": "bigint"},
        rules={"positive": "n > 0"},
    )
    with Lakehouse.of(streams=[orders], tables=[]) as lake:
        lake.run()
        assert lake.version("bronze.shop_orders") == 0
        lake.feed("shop.orders", [])
        assert counts(lake.run()) == {}
        lake.feed("shop.orders", [{"id": "a", "n": 0}, {"id": None, "n": 1}, {"id": "a", "n": 0}])
        assert counts(lake.run()) == {"rows": 3, "quarantined": 3}
        assert lake.version("bronze.shop_orders") == 0
        # Rows of a source are not evaluated again, so equal ones stand once.
        assert sorted(
            (one.row["id"] or "", one.reasons) for one in lake.refused("bronze.shop_orders")
        ) == [
            ("", ("key-required",)),
            ("a", ("positive",)),
        ]
        assert lake.run().reports == ()
