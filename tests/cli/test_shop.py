"""The small project of `init`, from its first run to its second day, by commands alone."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import Result

Call = Callable[..., Result]

TABLES = [
    "bronze.shop_customers",
    "bronze.shop_orders",
    "gold.dim_customer",
    "silver.orders",
    "gold.fact_sales",
    "gold.daily_revenue",
]


@pytest.fixture
def lakewright(call: Call, shop: Path) -> Call:
    """Call `lakewright` on the project that has run once."""
    return lambda *words: call("--project", str(shop), *words)


def as_json(done: Result) -> Any:  # noqa: ANN401 - any JSON value
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_what_became_of_every_kind_of_dirt(lakewright: Call) -> None:
    found = as_json(lakewright("quarantine", "--output", "json"))
    assert [(one["table"], one["reason"], one["rows"]) for one in found] == [
        ("bronze.shop_orders", "key-required", 1),
        ("bronze.shop_orders", "type", 1),
        ("silver.orders", "quantity-positive", 1),
    ]
    orders = as_json(lakewright("read", "silver.orders", "--format", "json"))
    assert sorted((one["order_id"], one["status"]) for one in orders) == [
        ("O-1", "paid"),
        ("O-2", "shipped"),  # the older state came later
        ("O-3", "paid"),  # came twice
        ("O-6", "paid"),
        ("O-8", "paid"),  # O-7 was cancelled
    ]


def test_the_star(lakewright: Call) -> None:
    sales = as_json(
        lakewright("read", "fact_sales", "--output", "json", "--columns", "order_id,country,amount")
    )
    assert sorted(sales, key=lambda one: str(one["order_id"])) == [
        {"order_id": "O-1", "country": "ES", "amount": "24.90"},
        {"order_id": "O-2", "country": "PT", "amount": "19.60"},
        {"order_id": "O-3", "country": "SE", "amount": "13.80"},
        {"order_id": "O-6", "country": "unknown", "amount": "7.50"},
        {"order_id": "O-8", "country": "DE", "amount": "8.40"},
    ]


def test_refused_rows_are_listed_with_their_reasons(lakewright: Call) -> None:
    said = lakewright("quarantine", "orders", "--rows").stdout
    assert "quantity-positive  quantity: an order needs at least one piece" in said
    assert "order_id='O-4'" in said
    (row,) = as_json(lakewright("quarantine", "orders", "--rows", "--output", "json"))
    assert row["reasons"] == [
        {
            "rule": "quantity-positive",
            "columns": ["quantity"],
            "message": "an order needs at least one piece",
        }
    ]
    assert row["row"]["order_id"] == "O-4"


def test_no_row_under_a_reason(lakewright: Call) -> None:
    done = lakewright("quarantine", "orders", "--reason", "no-such")
    assert (done.exit_code, done.stdout) == (
        0,
        "no row of silver.orders is refused under `no-such`\n",
    )


def test_status_says_how_every_table_stands(lakewright: Call) -> None:
    found = as_json(lakewright("status", "--output", "json"))
    assert [
        (one["table"], one["status"], one["rows"], one["version"], one["refused"])
        for one in found["tables"]
    ] == [
        ("bronze.shop_customers", "done", 4, 0, 0),
        ("bronze.shop_orders", "done", 9, 0, 2),
        ("gold.dim_customer", "done", 5, 0, 0),
        ("silver.orders", "done", 5, 0, 1),
        ("gold.fact_sales", "done", 5, 0, 0),
        ("gold.daily_revenue", "done", 5, 0, 0),
    ]
    assert found["runs"][-1]["status"] == "done"
    assert found["runs"][-1]["logical_time"] == "2025-03-01T23:59:00Z"
    assert found["runs"][-1]["command"].endswith("run --logical-time 2025-03-01T23:59:00Z")
    text = lakewright("status").stdout.splitlines()
    assert [line.split()[0] for line in text[1:7]] == TABLES


def test_history_says_what_each_commit_is_made_of(lakewright: Call) -> None:
    (commit,) = as_json(lakewright("history", "fact_sales", "--output", "json"))
    assert (commit["version"], commit["operation"], commit["inputs"], commit["counts"]) == (
        0,
        "create",
        {"silver.orders": 0, "gold.dim_customer": 0},
        {"rows": 5, "inserted": 5},
    )
    assert "5 inserted" in lakewright("history", "fact_sales").stdout


def test_a_plan_with_nothing_new(lakewright: Call) -> None:
    plan = as_json(lakewright("plan", "--output", "json"))
    assert (plan["steps"], sorted(plan["up_to_date"])) == ([], sorted(TABLES))
    assert lakewright("run", "--dry-run").stdout.endswith("nothing to do; 6 up to date\n")


def test_a_run_with_nothing_new(lakewright: Call) -> None:
    done = lakewright("run")
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "nothing new: 6 tables are up to date\n",
        "",
    )


@pytest.mark.parametrize("command", ["run", "retry"])
def test_at_least_one_step_is_at_work(lakewright: Call, command: str) -> None:
    assert lakewright(command, "--jobs", "1").exit_code == 0
    refused = lakewright(command, "--jobs", "0")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "0 is not in the range x>=1" in refused.stderr


def test_rows_go_to_a_file(lakewright: Call, tmp_path: Path) -> None:
    file = tmp_path / "sales.parquet"
    refused = lakewright("read", "fact_sales", "--format", "parquet")
    assert (refused.exit_code, "--to FILE" in refused.stderr) == (1, True)
    done = lakewright("read", "fact_sales", "--format", "parquet", "--to", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"5 of 5 rows of gold.fact_sales in {file}, version 0\n"
    assert pq.read_table(file).num_rows == 5


def test_the_error_lane_is_read_like_a_table(lakewright: Call) -> None:
    (row,) = as_json(
        lakewright("read", "orders", "--errors", "--columns", "status,row", "--format", "json")
    )
    assert (row["status"], json.loads(row["row"])["order_id"]) == ("open", "O-4")
    none = lakewright("read", "fact_sales", "--errors")
    assert (none.exit_code, none.stdout, none.stderr) == (
        0,
        "",
        "no row of gold.fact_sales was ever refused\n",
    )


def test_show_runs_a_query_and_leaves_nothing_behind(lakewright: Call, shop: Path) -> None:
    before = sorted(shop.rglob("*"))
    rows = as_json(lakewright("show", "daily_revenue", "--format", "json"))
    assert sorted((one["country"], one["revenue"]) for one in rows) == [
        ("DE", "8.40"),
        ("ES", "24.90"),
        ("PT", "19.60"),
        ("SE", "13.80"),
        ("unknown", "7.50"),
    ]
    assert sorted(shop.rglob("*")) == before


def test_show_takes_only_tables_with_a_query(lakewright: Call) -> None:
    done = lakewright("show", "shop_orders")
    assert done.exit_code == 1
    assert "there is no table `shop_orders`" in done.stderr


def test_the_second_day_repairs_what_was_missing(call: Call, shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    # Files are known by their time of change, which must come along.
    shutil.copytree(shop, folder, copy_function=shutil.copy2)
    for name in ("customers", "orders"):
        new = folder / "data" / name / "2025-03-02.csv"
        shutil.copy2(folder / "more" / f"{name}-2025-03-02.csv", new)
    words = ["--project", str(folder), "run", "--output", "json"]
    done = as_json(call(*words, "--logical-time", "2025-03-02T23:59:00Z"))
    assert [(one["table"], one["status"], one["how"]) for one in done["steps"]] == [
        ("bronze.shop_customers", "done", "batch"),
        ("bronze.shop_orders", "done", "batch"),
        ("gold.dim_customer", "done", "incremental"),
        ("silver.orders", "done", "incremental"),
        ("gold.fact_sales", "done", "incremental"),
        ("gold.daily_revenue", "done", "incremental"),
    ]
    words = ["--project", str(folder), "read", "daily_revenue", "--format", "csv"]
    rows = call(*words, "--columns", "sold_on,country,orders,revenue").stdout.splitlines()
    assert (rows[0], sorted(rows[1:])) == (
        '"sold_on","country","orders","revenue"',
        [
            '2025-03-01,"DE",2,57.40',
            '2025-03-01,"ES",1,24.90',
            '2025-03-01,"FR",1,7.50',
            '2025-03-01,"PT",1,19.60',
            '2025-03-01,"SE",1,13.80',
            '2025-03-02,"SE",1,6.90',
        ],
    )
