"""What a build step does beyond the loads: changed columns, types, scopes that must stay what they
are.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.run.foreign_scope import as_it_is, renamed

from lakewright.errors import LakewrightError
from lakewright.observe.events import RunEnded
from lakewright.testing import DeclaredTable, Lakehouse, python_table, sql_table, stream

BY_ID: Mapping[str, Any] = {"orders": {"table": "bronze.shop_orders", "by": "id"}}


def one_table(
    query: str = "select * from orders",
    columns: Mapping[str, str] | None = None,
    rules: Mapping[str, str] | None = None,
    warns: Mapping[str, str] | None = None,
) -> DeclaredTable:
    return sql_table(
        "silver.orders", query, key="id", reads=BY_ID, columns=columns, rules=rules, warns=warns
    )


def hows(report: RunEnded) -> dict[str, str]:
    return {step.table: step.how for step in report.reports}


def rows(lake: Lakehouse, table: str = "silver.orders") -> list[dict[str, Any]]:
    return sorted(lake.rows(table), key=str)


def test_a_new_column_of_the_source_rebuilds_the_table_that_takes_all_columns() -> None:
    with Lakehouse.of(streams=[stream("shop.orders", key="id")], tables=[one_table()]) as lake:
        lake.feed("shop.orders", [{"id": "a", "x": 1}])
        lake.run()
        lake.feed("shop.orders", [{"id": "b", "x": 2, "y": "new"}])
        report = lake.run()
        assert rows(lake) == [{"id": "a", "x": 1, "y": None}, {"id": "b", "x": 2, "y": "new"}]
        assert [(step.how, step.detail) for step in report.reports[1:]] == [
            ("rebuild", "the columns of the table changed")
        ]
        lake.feed("shop.orders", [{"id": "c", "x": 3}])
        assert hows(lake.run())["silver.orders"] == "incremental"
        assert rows(lake)[-1] == {"id": "c", "x": 3, "y": None}


def test_the_spelling_of_a_type_changes_nothing() -> None:
    columns = {"id": "STRING", "price": "decimal(18, 2)", "n": "integer", "tags": "array<STRING>"}
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", columns={**columns, "n": "bigint"})],
        tables=[
            one_table("select id, price, cast(n as int) as n, tags from orders", columns=columns)
        ],
    ) as lake:
        for name in ("a", "b"):
            lake.feed(
                "shop.orders", [{"id": name, "price": Decimal("1.50"), "n": 1, "tags": ["t"]}]
            )
            report = lake.run()
        assert hows(report)["silver.orders"] == "incremental"
        state = lake.lake.state("silver.orders")
        assert state is not None
        assert dict(state.columns) == {
            "id": "string",
            "price": "decimal(18,2)",
            "n": "int",
            "tags": "array<string>",
            "_batch_id": "string",
            "_run_date": "date",
        }


def test_a_scope_column_that_the_contract_casts_is_refused() -> None:
    """`007` and `7` would become one scope, of which only half is seen."""
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", columns={"id": "string", "x": "bigint"})],
        tables=[one_table(columns={"id": "bigint", "x": "bigint"})],
    ) as lake:
        lake.feed("shop.orders", [{"id": "007", "x": 1}])
        with pytest.raises(LakewrightError) as refused:
            lake.run()
    assert refused.value.code == "scope-type"


def test_a_python_query_that_gives_rows_of_a_foreign_scope_fails_the_step() -> None:
    streams = [stream("shop.orders", key="id", columns={"id": "string"})]
    good = python_table("silver.orders", as_it_is, key="id", reads=BY_ID)
    with Lakehouse.of(streams=streams, tables=[good]) as lake:
        lake.feed("shop.orders", [{"id": "a"}])
        lake.run()
        assert rows(lake) == [{"id": "a"}]
    foreign = python_table("silver.orders", renamed, key="id", reads=BY_ID)
    with Lakehouse.of(streams=streams, tables=[foreign]) as lake:
        lake.feed("shop.orders", [{"id": "a"}])
        with pytest.raises(LakewrightError) as refused:
            lake.run()
        assert refused.value.code == "foreign-scope"
        assert lake.rows("silver.orders") == []


@pytest.mark.parametrize("name", ["order id", "a.b", "ORDER_ID", "Ünï`ç", 'with"quote'])
def test_a_key_may_have_any_name(name: str) -> None:
    quoted = "`" + name.replace("`", "``") + "`"
    reads = {"orders": {"table": "bronze.shop_orders", "by": name}}
    changes = {"type": "upsert", "sequence": "at", "deleted": f"{quoted} = 'gone'"}
    with Lakehouse.of(
        streams=[stream("shop.orders", key=name, columns={name: "string", "at": "timestamp"})],
        tables=[
            sql_table("silver.orders", "select * from orders", key=name, reads=reads, load=changes),
            sql_table(
                "silver.all",
                "select * from orders",
                key=name,
                reads=reads,
                rules={"short": f"length({quoted}) < 5"},
            ),
            sql_table(
                "gold.versions",
                "select * from orders",
                key=name,
                reads=reads,
                load={"type": "versioned", "sequence": "at"},
            ),
        ],
    ) as lake:
        for hour in (1, 2):
            lake.feed(
                "shop.orders",
                [
                    {name: key, "at": f"2025-01-01 0{hour}:00:00"}
                    for key in ("a", "b", "too long", "gone")
                ],
            )
            report = lake.run()
        assert hows(report) == {
            "bronze.shop_orders": "batch",
            **dict.fromkeys(("silver.orders", "silver.all", "gold.versions"), "incremental"),
        }
        assert sorted(row[name] for row in lake.rows("silver.orders")) == ["a", "b", "too long"]
        assert sorted(row[name] for row in lake.rows("silver.all")) == [
            "a",
            "a",
            "b",
            "b",
            "gone",
            "gone",
        ]
        assert [one.row[name] for one in lake.refused("silver.all")] == ["too long", "too long"]
        assert len(lake.rows("gold.versions")) == 5


@pytest.mark.parametrize(
    "load",
    [
        {"type": "upsert", "sequence": "at"},
        {"type": "versioned", "sequence": "at"},
        {"type": "replace"},
    ],
    ids=lambda load: str(load["type"]),
)
def test_the_two_zeros_are_one_key(load: Mapping[str, Any]) -> None:
    reads = {"orders": {"table": "bronze.shop_orders", "by": "k"}}
    columns = {"k": "double", "at": "timestamp", "x": "bigint"}
    with Lakehouse.of(
        streams=[stream("shop.orders", key="k", columns=columns)],
        tables=[
            sql_table("silver.orders", "select * from orders", key="k", reads=reads, load=load)
        ],
    ) as lake:
        for day, zero in enumerate((0.0, -0.0), start=1):
            lake.feed(
                "shop.orders", [{"k": zero, "at": datetime(2025, 1, day, tzinfo=UTC), "x": day}]
            )
            lake.run()
        found = sorted((one["k"], one["x"]) for one in rows(lake) if one["x"])
        assert found == ([(0.0, 2)] if load["type"] == "upsert" else [(0.0, 1), (0.0, 2)])
        before = rows(lake)
        lake.full_refresh()
        assert rows(lake) == before


def test_a_field_of_a_struct_may_have_any_name() -> None:
    query = (
        "select id, array(named_struct('b c', n, 'x.y', id, 'q`', n, 'select', n)) as parts "
        "from orders"
    )
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", columns={"id": "string", "n": "bigint"})],
        tables=[one_table(query)],
    ) as lake:
        for name in ("a", "b"):
            lake.feed("shop.orders", [{"id": name, "n": 1}])
            report = lake.run()
        assert hows(report)["silver.orders"] == "incremental"
        assert rows(lake) == [
            {"id": name, "parts": [{"b c": 1, "x.y": name, "q`": 1, "select": 1}]}
            for name in ("a", "b")
        ]


def test_a_changed_definition_rebuilds_the_table(tmp_path: Path) -> None:
    streams = [stream("shop.orders", key="id", columns={"id": "string", "x": "bigint"})]
    with Lakehouse.of(
        streams=streams, tables=[one_table("select id, x from orders")], folder=tmp_path
    ) as lake:
        lake.feed("shop.orders", [{"id": "a", "x": 1}, {"id": "b", "x": 2}])
        lake.run()
    with Lakehouse.of(
        streams=streams, tables=[one_table("select id, x from orders where x > 1")], folder=tmp_path
    ) as lake:
        report = lake.run()
        assert [(step.table, step.how, step.detail) for step in report.reports] == [
            ("silver.orders", "rebuild", "its definition changed")
        ]
        assert rows(lake) == [{"id": "b", "x": 2}]


def test_a_table_may_be_wide() -> None:
    """The engine keeps statistics of the first columns only; what is counted must not depend on the
    width.
    """
    names = [f"c{number}" for number in range(70)]
    columns = {"id": "string", **dict.fromkeys(names, "bigint"), "at": "timestamp"}
    by_id = {"table": "bronze.shop_orders", "by": "id"}
    with Lakehouse.of(
        streams=[stream("shop.orders", key="id", columns=columns, rules={"positive": "c69 > 0"})],
        tables=[
            one_table(rules={"known": "c69 <> 2"}, warns={"odd": "c69 % 2 = 1"}),
            sql_table(
                "gold.versions",
                "select * from orders",
                key="id",
                load={"type": "versioned", "sequence": "at"},
                reads={"orders": by_id},
            ),
            sql_table(
                "gold.facts",
                "select * from orders",
                key="id",
                reads={
                    "orders": {
                        **by_id,
                        "lookups": {
                            "sk": {"from": "gold.versions", "key": {"c1": "id"}, "as_of": "at"}
                        },
                    }
                },
            ),
        ],
    ) as lake:
        row = {**dict.fromkeys(names, 1), "at": "2025-01-01"}
        lake.feed("shop.orders", [{**row, "id": str(number), "c69": number} for number in range(5)])
        report = lake.run()
        counts = {step.table: step.counts.as_dict() for step in report.reports}
        assert counts["bronze.shop_orders"] == {
            "rows": 5,
            "written": 4,
            "quarantined": 1,
            "added": 4,
            "after": 4,
        }
        assert counts["silver.orders"] == {
            "rows": 4,
            "inserted": 3,
            "quarantined": 1,
            "warned": 1,
            "added": 3,
            "after": 3,
        }
        assert counts["gold.facts"] == {"rows": 4, "inserted": 4, "added": 4, "after": 4}
        assert len(rows(lake)[0]) == 72


def test_a_key_may_have_many_columns_with_long_names() -> None:
    key = [f"a_rather_long_name_of_a_column_{number}" for number in range(12)]
    by_key = {"orders": {"table": "bronze.shop_orders", "by": key}}
    with Lakehouse.of(
        streams=[stream("shop.orders", key=key, columns=dict.fromkeys(key, "string"))],
        tables=[sql_table("silver.orders", "select * from orders", key=key, reads=by_key)],
    ) as lake:
        for value in ("a", "b"):
            lake.feed("shop.orders", [dict.fromkeys(key, value)])
            report = lake.run()
        assert hows(report)["silver.orders"] == "incremental"
        assert rows(lake) == [dict.fromkeys(key, "a"), dict.fromkeys(key, "b")]
