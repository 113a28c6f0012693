"""What users have to try their tables with: declared in code or of a project, fed by hand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.run.foreign_scope import as_it_is

from lakewright.errors import LakewrightError, SpecError, SpecErrors
from lakewright.testing import Lakehouse, python_table, sql_table, stream

ORDERS = stream("shop.orders", key="id", columns={"id": "string", "n": "bigint", "at": "timestamp"})
BY_ID = {"orders": {"table": "bronze.shop_orders", "by": "id"}}
NEWEST = sql_table(
    "silver.orders",
    "select * from orders",
    key="id",
    reads=BY_ID,
    load={"type": "upsert", "sequence": "at"},
    rules={"positive": "n > 0"},
    warns={"small": "n < 10"},
)


def test_a_table_is_read_after_each_batch() -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST]) as lake:
        assert (lake.rows("silver.orders"), lake.version("silver.orders")) == ([], None)
        lake.feed("shop.orders", [{"id": "a", "n": 1, "at": datetime(2025, 1, 1, tzinfo=UTC)}])
        lake.run()
        first = {"id": "a", "n": 1, "at": datetime(2025, 1, 1, tzinfo=UTC)}
        assert lake.rows("silver.orders") == [first]
        lake.feed("shop.orders", [{"id": "a", "n": 20, "at": datetime(2025, 1, 2, tzinfo=UTC)}])
        report = lake.run()
        assert lake.rows("silver.orders") == [
            first | {"n": 20, "at": datetime(2025, 1, 2, tzinfo=UTC)}
        ]
        assert lake.rows("silver.orders", version=0) == [first]
        assert report.reports[-1].warned == {"small": 1}
        assert lake.run().up_to_date.keys() == {"bronze.shop_orders", "silver.orders"}


def test_a_refused_row_tells_its_reasons() -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST]) as lake:
        lake.feed("shop.orders", [{"id": "a", "n": 0, "at": None}, {"id": None, "n": 1}])
        lake.run()
        (kept_out,) = lake.refused("silver.orders")
        assert (kept_out.row, kept_out.reasons, kept_out.status) == (
            {"id": "a", "n": "0", "at": None},
            ("sequence-required", "positive"),
            "open",
        )
        assert [one.reasons for one in lake.refused("bronze.shop_orders")] == [("key-required",)]
        lake.feed("shop.orders", [{"id": "a", "n": 2, "at": datetime(2025, 1, 1, tzinfo=UTC)}])
        lake.run()
        assert [one.row["n"] for one in lake.refused("silver.orders")] == ["0"]


def test_values_may_be_given_as_text_and_columns_left_out_or_new() -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[]) as lake:
        lake.feed("shop.orders", [{"id": "a", "n": "7", "at": "2025-01-01 10:00:00"}, {"id": "b"}])
        lake.feed("shop.orders", [{"id": "c", "more": True}, {"id": "d", "n": "seven"}])
        lake.run()
        assert sorted(lake.rows("bronze.shop_orders"), key=lambda row: row["id"]) == [
            {"id": "a", "n": 7, "at": datetime(2025, 1, 1, 10, tzinfo=UTC), "more": None},
            {"id": "b", "n": None, "at": None, "more": None},
            {"id": "c", "n": None, "at": None, "more": True},
        ]
        assert [one.reasons for one in lake.refused("bronze.shop_orders")] == [("type",)]


def test_batches_that_wait_stay_apart() -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST]) as lake:
        for number in range(3):
            lake.feed("shop.orders", [{"id": str(number), "n": 1, "at": "2025-01-01"}])
        lake.run()
        batches = {row["_batch_id"] for row in lake.rows("bronze.shop_orders", provenance=True)}
        assert (len(batches), len(lake.rows("silver.orders"))) == (3, 3)


def test_a_failed_step_raises_unless_the_report_is_asked_for() -> None:
    broken = sql_table(
        "gold.broken",
        "select id, 1 / cast(n as int) as x from orders where n = 'x'",
        key="id",
        reads={"orders": {"table": "silver.orders", "by": "id"}},
    )
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST, broken]) as lake:
        lake.feed("shop.orders", [{"id": "a", "n": 1, "at": "2025-01-01"}])
        with pytest.raises(LakewrightError) as failed:
            lake.run()
        assert failed.value.code == "query-failed"
        report = lake.run(check=False)
        assert [(step.table, step.status) for step in report.reports] == [("gold.broken", "failed")]


def test_a_lake_may_be_kept_and_opened_again(tmp_path: Path) -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST], folder=tmp_path) as lake:
        lake.feed("shop.orders", [{"id": "a", "n": 1, "at": "2025-01-01"}])
        lake.run()
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST], folder=tmp_path) as lake:
        assert lake.run().reports == ()
        assert len(lake.rows("silver.orders")) == 1
        lake.full_refresh()
        assert lake.version("silver.orders") == 0


def test_a_projects_tables_are_tried_without_its_sources(tmp_path: Path) -> None:
    files = {
        "lakewright.yaml": "project: shop\n"
        "environments: {local: {engine: {type: sail}, lake: ./lake}}\n",
        "sources/shop.yaml": "source: shop\n"
        "connection: {type: sql, driver: postgresql, uri: '${SHOP_URI}'}\n"
        "streams: {orders: {object: orders, key: id, cursor: at}}\n",
        "tables/silver/orders.sql": "/* lakewright\nkey: id\nload: {type: upsert, sequence: at}\n"
        "reads: {orders: {table: bronze.shop_orders, by: id}}\n*/\nselect id, at from orders\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with Lakehouse.of_project(tmp_path) as lake:
        at = datetime(2025, 1, 1, tzinfo=UTC)
        lake.feed("shop.orders", [{"id": "a", "at": at}, {"id": "b", "at": None}])
        lake.run()
        assert lake.rows("silver.orders") == [{"id": "a", "at": at}]
        assert [one.reasons for one in lake.refused("bronze.shop_orders")] == [("cursor-required",)]
    assert not (tmp_path / "lake").exists()


def test_a_query_may_be_a_function() -> None:
    table = python_table("silver.orders", as_it_is, key="id", reads=BY_ID)
    with Lakehouse.of(streams=[ORDERS], tables=[table]) as lake:
        lake.feed("shop.orders", [{"id": "a", "n": 1}])
        lake.run()
        assert lake.rows("silver.orders") == [{"id": "a", "n": 1, "at": None}]


def test_what_is_declared_wrongly_is_told_with_its_line() -> None:
    wrong = sql_table("silver.orders", "select nope from orders", key="id", reads=BY_ID)
    with pytest.raises(SpecErrors) as refused:
        Lakehouse.of(streams=[ORDERS], tables=[wrong])
    assert {one.code for one in refused.value.problems} == {"unknown-column"}
    assert {one.where and one.where.file for one in refused.value.problems} == {Path(__file__)}


def test_a_stream_that_is_not_declared_cannot_be_fed() -> None:
    with (
        Lakehouse.of(streams=[ORDERS], tables=[]) as lake,
        pytest.raises(LakewrightError) as refused,
    ):
        lake.feed("shop.order", [])
    assert (refused.value.code, refused.value.hint) == (
        "unknown-stream",
        "did you mean `shop.orders`?",
    )


def test_a_value_of_another_type_cannot_be_fed() -> None:
    with (
        Lakehouse.of(streams=[ORDERS], tables=[]) as lake,
        pytest.raises(SpecError, match="`n` cannot be fed as bigint"),
    ):
        lake.feed("shop.orders", [{"id": "a", "n": 1.5}])


def test_a_table_that_is_not_declared_has_no_rows_to_be_read() -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[NEWEST]) as lake:
        for read in (lake.rows, lake.refused, lake.version):
            with pytest.raises(SpecError, match=r"did you mean `silver\.orders`"):
                read("silver.order")


def test_a_logical_time_without_a_zone_is_utc() -> None:
    with Lakehouse.of(streams=[ORDERS], tables=[]) as lake:
        lake.feed("shop.orders", [{"id": "a"}])
        lake.run(at=datetime(2025, 3, 1, 2))  # noqa: DTZ001 - what is tested
        (row,) = lake.rows("bronze.shop_orders", provenance=True)
        assert row["ingest_timestamp"] == datetime(2025, 3, 1, 2, tzinfo=UTC)
