"""The reference shop's data: the same every time, and dirty in the ways and numbers it says."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from generator import days, expected, truth
from generator.days import CHANGE_LOGS, FILES, Dirt
from generator.dirt import OUTCOMES
from generator.manifest import make_day, manifest
from generator.shop import Shop

SHOP = Shop(seed=7, scale=0.05)
LAST_DAY = 6


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Dirt]:
    """All streams of seven days, and the dirt that was put in."""
    out = tmp_path_factory.mktemp("week")
    put_in: dict[str, Counter[str]] = {}
    for day in range(LAST_DAY + 1):
        for stream, dirt in days.write(SHOP, day, out / f"day-{day}").items():
            put_in.setdefault(stream, Counter()).update(dirt)
    return out, {stream: dict(dirt) for stream, dirt in put_in.items()}


@pytest.fixture(scope="module")
def found(week: tuple[Path, Dirt]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The week read back: `<stream>_log` has its rows, each with its day."""
    with truth.open_truth(week[0], LAST_DAY) as connection:
        yield connection


def count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    ((number,),) = connection.sql(f"select count(*) from {rows}").fetchall()
    return int(number)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in files}


def generate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": "examples/retail"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_same_seed_scale_and_day_give_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for day in (0, 1):
        make_day(SHOP, day, here)

    made = generate("--out", there, "--scale", SHOP.scale, "--seed", SHOP.seed, "--day", 1)

    assert made.returncode == 0, made.stderr
    assert digests(there) == digests(here)
    assert manifest(there, 1)["day"] == 1


def test_whole_days_stay_half_made_ones_are_made_anew_and_another_shop_is_refused(
    tmp_path: Path,
) -> None:
    make_day(SHOP, 0, tmp_path)
    whole = digests(tmp_path)

    other = generate("--out", tmp_path, "--scale", SHOP.scale, "--seed", 8)
    after_other = digests(tmp_path)
    (tmp_path / "day-0" / "expected.json").unlink()
    (tmp_path / "day-0" / "files" / "fx" / "rates-2023-03.jsonl").write_text("half")
    again = generate("--out", tmp_path, "--scale", SHOP.scale, "--seed", SHOP.seed)

    assert other.returncode == 1
    assert other.stderr.endswith("another seed or scale: choose another --out\n")
    assert after_other == whole
    assert again.returncode == 0, again.stderr
    assert digests(tmp_path) == whole


def test_another_seed_is_another_shop(tmp_path: Path) -> None:
    days.write(SHOP, 1, tmp_path / "seven")
    days.write(Shop(8, SHOP.scale), 1, tmp_path / "eight")

    seven, eight = digests(tmp_path / "seven"), digests(tmp_path / "eight")

    assert seven.keys() == eight.keys()
    assert not set(seven.values()) & set(eight.values())


TWICE = "(from {0}_log qualify row_number() over (partition by hash({0}_log)) > 1)"
LATE = "updated_at < timestamptz '2025-02-15' + interval 1 day * day and day > 0"
FOUND = {
    "customers": {
        "type": "customers_log where try_cast(lifetime_value as decimal(18, 2)) is null",
        "key-required": "customers_log where customer_id is null",
        "same-row-twice": TWICE.format("customers"),
        "email-format": "customers_log where trim(email) <> '' and not contains(email, '@')",
        "phone-without-separators": "customers_log where phone <> '' and not contains(phone, '-')",
        "very-long": "customers_log where length(address) > 9000",
        "new-column": "customers_log where loyalty_tier is not null",
        "late-20-days": f"customers_log where {LATE}",
        "tie-at-watermark": "customers_log as log join (select day, max(updated_at) as updated_at"
        " from customers_log group by all) as before"
        " on before.day = log.day - 1 and before.updated_at = log.updated_at",
    },
    "products": {
        "type": "products_log where try_cast(weight_kg as decimal(18, 3)) is null",
        "key-required": "products_log where product_id is null",
        "same-row-twice": TWICE.format("products"),
        "very-long": "products_log where length(product_name) > 9000",
        "int-to-long": "products_log where stock_quantity > 2147483647",
    },
    "orders": {
        "type": "orders_log where order_date <> '' and try_cast(order_date as date) is null",
        "key-required": "orders_log where order_id is null",
        "same-row-twice": TWICE.format("orders"),
        "quantity-positive": "orders_log where quantity <= 0 and length(currency) = 3"
        " and upper(currency) not in ('XXX', 'US$', 'BTC', 'ZZZ')",
        "currency-known": "orders_log where upper(currency) in ('XXX', 'US$', 'EURO', 'BTC', 'ZZZ')"
        " and quantity > 0",
        "two-reasons": "orders_log where upper(currency) in ('XXX', 'US$', 'EURO', 'BTC', 'ZZZ')"
        " and quantity <= 0",
        "very-long": "orders_log where length(shipping_address) > 9000 and op = 'INSERT'",
        "customer-none": "(select distinct order_id from orders_log"
        " where (customer_id is null or customer_id = '') and currency is not null)",
        "customer-never": "(select distinct order_id from orders_log"
        " where customer_id >= 'CUST-99')",
        "product-never": "(select distinct order_id from orders_log where product_id >= 'PROD-99')",
        "date-in-calendar": "(select distinct order_id from orders_log"
        " where year(order_timestamp) not between 2015 and 2035)",
        "amount-outlier": "(select distinct order_id from orders_log"
        " where total_amount > 2 * (quantity * unit_price + tax_amount + shipping_cost)"
        " and quantity > 0)",
        "delete-never-seen": "(select order_id from orders_log group by all"
        " having bool_and(op = 'DELETE') and order_id >= 'ORD-99')",
        "deleted-by-flag": "orders_log where op = 'UPDATE' and is_deleted",
        "delete-ties-update": "orders_log as deleted join orders_log as tied"
        " on tied.order_id = deleted.order_id and tied.updated_at = deleted.updated_at"
        " where deleted.op = 'DELETE' and tied.op = 'UPDATE'",
        "late-20-days": f"orders_log where {LATE}",
        "late-within-lookback": "orders_log where microsecond(updated_at) % 1000000 = 250000",
        "update-after-delete": "orders_log as deleted join orders_log as older"
        " on older.order_id = deleted.order_id and older.day = deleted.day + 1"
        " where deleted.op = 'DELETE' and older.updated_at < deleted.updated_at",
    },
    "fx_rates": {
        "malformed": "fx_rates_log where malformed is not null",
        "type": "fx_rates_log where rate = 'n/a'",
        "key-required": "fx_rates_log where (date is null or base is null) and malformed is null",
        "week-late": "fx_rates_log where date::date between '2025-02-10' and '2025-02-14'"
        " and rate <> 'n/a' and base is not null and rowid in (select min(rowid) from fx_rates_log"
        " group by date, base, counter)",
    },
    "returns": {
        "malformed": "returns_log where malformed is not null",
        "type": "returns_log where return_date <> '' and try_cast(return_date as date) is null",
        "key-required": "returns_log where (return_date is null or order_id is null)"
        " and malformed is null",
        "order-never": "returns_log where order_id >= 'ORD-99'",
        "very-long": "returns_log where length(reason) > 9000",
    },
    "behavior": {
        "type": "behavior_log where try_cast(duration_seconds as bigint) is null",
        "key-required": "behavior_log where behavior_id is null",
        "same-row-twice": TWICE.format("behavior"),
        "customer-never": "behavior_log where customer_id >= 'CUST-99'",
        "customer-none": "behavior_log where customer_id is null",
        "very-long": "behavior_log where length(user_agent) > 9000",
    },
    "events": {
        "malformed": "events_log where malformed is not null",
        "malformed-value": "events_log where value is not null and not json_valid(value)",
        "type": "events_log where timestamp = 'n/a'",
        "key-required": "events_log where event_id is null and malformed is null",
        "tombstone": "events_log where value is null and malformed is null",
        "future-event": "event_changes where event_ts > sent_at + interval 1 day",
        "event-before-order": "before_its_order",
    },
    "contacts": {
        "malformed": "contacts_log where malformed is not null",
        "type": "contacts_log where try_cast(EngagementScore as bigint) is null"
        " and malformed is null",
        "key-required": "contacts_log where Id is null and malformed is null",
        "email-format": "contacts_log where not contains(Email, '@')",
    },
    "opportunities": {
        "type": "opportunities_log where Amount = 'unknown'",
        "account-never": "opportunities_log where AccountId >= 'CUST-99'",
    },
}


@pytest.mark.parametrize(
    ("stream", "kind", "rows"),
    [
        pytest.param(stream, kind, rows, id=f"{stream}: {kind}")
        for stream, kinds in FOUND.items()
        for kind, rows in kinds.items()
    ],
)
def test_as_much_dirt_is_found_as_was_put_in(
    week: tuple[Path, Dirt], found: duckdb.DuckDBPyConnection, stream: str, kind: str, rows: str
) -> None:
    assert count(found, rows) == week[1][stream][kind]


def test_every_kind_of_dirt_is_put_in_and_has_an_outcome(week: tuple[Path, Dirt]) -> None:
    put_in = week[1]

    assert {stream: set(kinds) for stream, kinds in put_in.items()} == {
        stream: set(kinds) for stream, kinds in OUTCOMES.items()
    }
    missing = {
        (stream, kind) for stream, kinds in put_in.items() for kind in kinds if not kinds[kind]
    }
    assert missing == set()


def test_the_manifest_adds_up(week: tuple[Path, Dirt], found: duckdb.DuckDBPyConnection) -> None:
    out, put_in = week

    whole = expected.expected(found, SHOP, LAST_DAY, put_in)

    bronze = {name: table for name, table in whole["tables"].items() if name.startswith("bronze.")}
    assert len(bronze) == len(CHANGE_LOGS) + len(FILES)
    for table in bronze.values():
        assert [run["read"] for run in table["runs"]] == [
            run["written"] + run["duplicates"] + run["quarantined"] for run in table["runs"]
        ]
        assert len(table["runs"]) == LAST_DAY + 1
    sales, lanes = whole["tables"]["gold.fact_sales"], whole["lanes"]
    refused = sum(lanes["gold.fact_sales"].values())
    assert sales["rows"] + refused == whole["tables"]["silver.orders"]["rows"]
    assert lanes["bronze.snowflake_orders"]["type"] == put_in["orders"]["type"]
    assert out.exists()


def test_keys_have_their_shape(found: duckdb.DuckDBPyConnection) -> None:
    shapes = {
        "customers_log": ("customer_id", "CUST-[0-9]{6}"),
        "products_log": ("product_id", "PROD-[0-9]{6}"),
        "orders_log": ("order_id", "ORD-[0-9]{8}"),
        "behavior_log": ("behavior_id", "BEH-[0-9]{8}"),
        "events_log": ("event_id", "EVT-[0-9]{8}"),
        "accounts_log": ("Id", "CUST-[0-9]{6}"),
        "contacts_log": ("Id", "CONT-[0-9]{8}"),
        "opportunities_log": ("Id", "OPP-[0-9]{8}"),
    }

    odd = {
        table: count(found, f"{table} where not regexp_full_match({key}, '{shape}')")
        for table, (key, shape) in shapes.items()
    }

    assert odd == dict.fromkeys(shapes, 0)


@pytest.mark.parametrize(
    ("stream", "key", "cursor", "may_differ"),
    [
        ("customers", "customer_id", "updated_at", "false"),
        ("products", "product_id", "updated_at", "false"),
        ("orders", "order_id", "updated_at", "bool_or(op = 'DELETE')"),
        ("behavior", "behavior_id", "event_timestamp", "false"),
    ],
)
def test_changes_of_one_moment_are_equal_unless_one_deletes(
    found: duckdb.DuckDBPyConnection, stream: str, key: str, cursor: str, may_differ: str
) -> None:
    undecided = f"""(
        select {key} from {stream}_log where {key} is not null group by {key}, {cursor}
        having count(distinct hash({stream}_log)) > count(distinct day) and not {may_differ}
    )"""

    assert count(found, undecided) == 0


@pytest.mark.parametrize(
    ("stream", "cursor"), [("products", "updated_at"), ("behavior", "event_timestamp")]
)
def test_cursors_lie_in_their_day_and_the_newest_is_shared(
    found: duckdb.DuckDBPyConnection, stream: str, cursor: str
) -> None:
    late = (
        f"{stream}_log where day > 0 and datediff('day', date '2025-03-01', {cursor}::date) <> day"
    )
    newest = found.sql(
        f"select day, count(*) filter ({cursor} = newest) from (select day, {cursor},"
        f" max({cursor}) over (partition by day) as newest from {stream}_log)"
        " group by day order by day"
    )

    assert count(found, late) == 0
    assert newest.fetchall() == [(day, 3) for day in range(LAST_DAY + 1)]


def test_a_twentieth_of_the_customers_places_most_orders(found: duckdb.DuckDBPyConnection) -> None:
    placed = "orders_log where op = 'INSERT' and customer_id <> ''"
    by_loyal = count(found, f"{placed} and customer_id[6:]::int % 20 = 0")

    assert 0.68 < by_loyal / count(found, placed) < 0.74


def test_a_backfill_brings_in_what_lies_behind_the_watermark(
    week: tuple[Path, Dirt], found: duckdb.DuckDBPyConnection
) -> None:
    out, put_in = week

    with truth.open_truth(out, LAST_DAY, backfilled=True) as backfilled:
        assert {
            stream: count(backfilled, stream) - count(found, stream)
            for stream in ("customers", "products", "orders")
        } == {
            "customers": put_in["customers"]["late-20-days"],
            "products": 0,
            "orders": put_in["orders"]["late-20-days"],
        }
