"""PostgreSQL tables: exact values, and reads by cursor that lose nothing and repeat little."""

import socket
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from lakewright.errors import SourceError
from lakewright.sources.failure import source_error

Sql = Callable[..., Any]
Execute = Callable[[str], None]

DAY = 86_400


@pytest.fixture
def execute(postgresql: str) -> Iterator[Execute]:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")

        def run(statement: str) -> None:
            connection.execute(statement)

        yield run


@pytest.fixture
def orders(postgresql: str, execute: Execute, sql: Sql) -> Sql:
    """A table of orders, and a stream of it: `orders(lookback=60)`."""
    execute("create table orders (id text, updated_at timestamptz)")

    def tap(cursor: str | None = "updated_at", **options: object) -> Any:  # noqa: ANN401 - a Tap
        return sql("postgresql", postgresql, "orders", key=("id",), cursor=cursor, **options)

    return tap


def at(hour: int) -> datetime:
    return datetime(2025, 3, 1, hour, 0, 0, 123456)  # noqa: DTZ001 - as Spark gives it


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["id"] for row in rows)


def test_every_type_comes_exactly(postgresql: str, execute: Execute, sql: Sql) -> None:
    execute("create type mood as enum ('sad', 'ok')")
    execute(
        """create table t (i2 int2, i8 int8, f8 float8, b bool, "Odd ""name" text, c char(3),
        d date, ts timestamp, tz timestamptz, by bytea, n numeric, m numeric(18, 2), u uuid,
        j jsonb, a int[], x text[], time time, mood mood)"""
    )
    execute(
        r"""insert into t values (1, 9223372036854775807, 0.1, true, E'é\n''x', 'ab', '2025-03-01',
        '2025-03-01 12:00:00.123456', '2025-03-01 12:00:00.123456+02', '\x00ff',
        1234567890123456789.123456789, 1234567890123456.78, '5e9f7a0e-5f0b-4c69-8b5f-3f5b1b7a0c11',
        '{"x": 1.50}', '{1,null}', '{a,"b,c"}', '12:30', 'ok')"""
    )
    execute("insert into t default values")
    tap = sql("postgresql", postgresql, "public.t")
    outlook = tap.look()
    types = {one.name: (one.type, one.declared) for one in outlook.columns}
    assert types["n"] == ("string", "")
    assert types["m"] == ("string", "decimal(18,2)")
    assert {name: type_ for name, (type_, _) in types.items() if type_ != "string"} == {
        "i2": "bigint",
        "i8": "bigint",
        "f8": "double",
        "b": "boolean",
        "d": "date",
        "ts": "timestamp",
        "tz": "timestamp",
        "by": "binary",
    }
    empty, full = sorted(tap.rows(outlook), key=lambda row: row["i2"] or 0)
    assert full == {
        "i2": 1,
        "i8": 9223372036854775807,
        "f8": 0.1,
        "b": True,
        'Odd "name': "é\n'x",
        "c": "ab ",
        "d": date(2025, 3, 1),
        "ts": at(12),
        "tz": at(10),
        "by": b"\x00\xff",
        "n": "1234567890123456789.123456789",
        "m": "1234567890123456.78",
        "u": "5e9f7a0e-5f0b-4c69-8b5f-3f5b1b7a0c11",
        "j": '{"x": 1.50}',
        "a": "[1,null]",
        "x": '["a","b,c"]',
        "time": "12:30:00",
        "mood": "ok",
    }
    assert empty == dict.fromkeys(full)


def test_a_time_that_has_no_date_is_refused_and_not_made_null(
    postgresql: str, execute: Execute, sql: Sql
) -> None:
    execute("create table t (id int, valid_to timestamp)")
    execute("insert into t values (1, '2025-03-01'), (2, 'infinity'), (3, '12000-01-01')")
    rows = sorted(sql("postgresql", postgresql, "t").read(), key=lambda row: row["id"])
    assert rows == [
        {
            "id": 1,
            "valid_to": datetime(2025, 3, 1),  # noqa: DTZ001 - as Spark gives it
            "_file": None,
            "_malformed": None,
        },
        {
            "id": 2,
            "valid_to": None,
            "_file": '"t"',
            "_malformed": '{"id":2,"valid_to":"infinity"}',
        },
        {
            "id": 3,
            "valid_to": None,
            "_file": '"t"',
            "_malformed": '{"id":3,"valid_to":"12000-01-01T00:00:00"}',
        },
    ]


def test_a_table_without_cursor_is_read_whole_each_time(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('a', null), ('b', '2025-03-01')")
    tap = orders(cursor=None)
    first = tap.look()
    assert first.batch.interval == "full extract"
    assert first.notes == ()
    assert ids(tap.rows(first)) == ["a", "b"]
    assert tap.look(first.batch.position) == first


def test_an_empty_table_has_columns_and_no_batch(orders: Sql) -> None:
    outlook = orders().look()
    assert [one.name for one in outlook.columns] == ["id", "updated_at"]
    assert outlook.batch is None


def test_only_what_is_new_is_read(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('a', '2025-03-01'), ('b', '2025-03-02 00:00:00.000001Z')")
    tap = orders()
    first = tap.look()
    assert first.batch.position == {
        "cursor": "2025-03-02T00:00:00.000001Z",
        "from": "2025-03-02T00:00:00.000001Z",
        "rows": 1,
    }
    assert first.batch.interval == "updated_at … 2025-03-02T00:00:00.000001Z"
    assert ids(tap.rows(first)) == ["a", "b"]
    assert tap.look(first.batch.position).batch is None
    execute("insert into orders values ('c', '2025-03-03')")
    second = tap.look(first.batch.position)
    assert second.batch.interval == (
        "updated_at 2025-03-02T00:00:00.000001Z … 2025-03-03T00:00:00.000000Z"
    )
    assert ids(tap.rows(second)) == ["b", "c"]
    assert tap.look(second.batch.position).batch is None


def test_a_tie_that_comes_later_is_read(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('a', '2025-03-01')")
    tap = orders()
    first = tap.look()
    execute("insert into orders values ('b', '2025-03-01')")
    second = tap.look(first.batch.position)
    assert ids(tap.rows(second)) == ["a", "b"]
    assert second.batch.position == {**first.batch.position, "rows": 2}
    assert second.batch.identity != first.batch.identity
    assert tap.look(second.batch.position).batch is None


def test_the_lookback_sees_late_rows_and_no_older_ones(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('a', '2025-03-01'), ('b', '2025-03-05')")
    tap = orders(lookback=2 * DAY)
    first = tap.look()
    assert first.batch.position["from"] == "2025-03-03T00:00:00.000000Z"
    execute("insert into orders values ('late', '2025-03-04'), ('too late', '2025-03-02')")
    second = tap.look(first.batch.position)
    assert ids(tap.rows(second)) == ["b", "late"]
    execute("insert into orders values ('later', '2025-03-04'), ('c', '2025-03-06')")
    third = tap.look(second.batch.position)
    assert ids(tap.rows(third)) == ["b", "c", "late", "later"]


def test_rows_that_come_during_the_read_wait_for_the_next(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('a', '2025-03-01')")
    tap = orders()
    first = tap.look()
    execute("insert into orders values ('b', '2025-03-02')")
    assert ids(tap.rows(first)) == ["a"]
    assert ids(tap.read(first.batch.position)) == ["a", "b"]


def test_a_watermark_never_goes_back(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('a', '2025-03-01'), ('b', '2025-03-02')")
    tap = orders(lookback=2 * DAY)
    first = tap.look()
    execute("delete from orders where id = 'b'")
    second = tap.look(first.batch.position)
    assert second.batch.position == {**first.batch.position, "rows": 1}
    assert ids(tap.rows(second)) == ["a"]


def test_rows_without_cursor_are_counted_and_read_but_make_no_batch(
    execute: Execute, orders: Sql
) -> None:
    execute("insert into orders values ('a', '2025-03-01'), ('x', null), ('y', 'infinity')")
    tap = orders()
    first = tap.look()
    assert first.notes == ("2 rows have no updated_at",)
    assert ids(tap.rows(first)) == ["a", "x", "y"]
    execute("insert into orders values ('z', null)")
    second = tap.look(first.batch.position)
    assert (second.batch, second.notes) == (None, ("3 rows have no updated_at",))
    execute("insert into orders values ('b', '2025-03-02')")
    assert ids(tap.read(first.batch.position)) == ["a", "b", "x", "y", "z"]


def test_a_first_read_of_nothing_but_rows_without_cursor(execute: Execute, orders: Sql) -> None:
    execute("insert into orders values ('x', null)")
    tap = orders()
    first = tap.look()
    assert ids(tap.rows(first)) == ["x"]
    assert tap.look(first.batch.position).batch is None
    execute("insert into orders values ('a', '2025-03-01')")
    assert ids(tap.read(first.batch.position)) == ["a", "x"]


@pytest.mark.parametrize(
    ("type_", "values", "newest"),
    [
        pytest.param(
            "bigint", ["9007199254740993", "9007199254740995"], "9007199254740995", id="integer"
        ),
        pytest.param("numeric", ["1.10", "10.5"], "10.5", id="decimal"),
        pytest.param("date", ["'2025-03-01'", "'2025-03-02'"], "2025-03-02", id="date"),
        pytest.param(
            "timestamp",
            ["'2025-03-01'", "'2025-03-02'"],
            "2025-03-02T00:00:00.000000Z",
            id="timestamp",
        ),
        pytest.param("text", ["'a'", "'it''s'"], "it's", id="text"),
    ],
)
def test_a_cursor_of_any_type_that_has_an_order(
    execute: Execute, orders: Sql, type_: str, values: list[str], newest: str
) -> None:
    execute(f"create table other (id text, c {type_})")
    tap = orders(cursor="c")
    tap = type(tap)(
        tap.source, tap.stream.model_copy(update={"options": {"object": "other"}}), tap.spark
    )
    execute(f"insert into other values ('a', {values[0]})")
    first = tap.look()
    execute(f"insert into other values ('b', {values[1]})")
    second = tap.look(first.batch.position)
    assert second.batch.position["cursor"] == newest
    assert ids(tap.rows(second)) == ["a", "b"]
    assert tap.look(second.batch.position).batch is None


@pytest.mark.parametrize("column", ["n", "at", "day", "id"])
def test_ranges_of_a_column_give_every_row_once(
    postgresql: str, execute: Execute, sql: Sql, column: str
) -> None:
    execute("create table t (id text, n int, at timestamptz, day date)")
    execute(
        "insert into t select 'ORD-' || i, i, timestamptz '2025-03-01' + i * interval '1 hour',"
        " date '2025-03-01' + i from generate_series(1, 1000) i"
    )
    execute("insert into t values ('no', null, null, null), (null, null, 'infinity', '-infinity')")
    rows = sql("postgresql", postgresql, "t", partition={"column": column, "count": 4}).read()
    assert sorted(row["id"] or "" for row in rows) == sorted(
        ["", "no", *(f"ORD-{number}" for number in range(1, 1001))]
    )


def test_a_large_table_is_read_in_batches(postgresql: str, execute: Execute, sql: Sql) -> None:
    execute(
        "create table t as select i, repeat('x', 100) as text from generate_series(1, 200000) i"
    )
    rows = sql("postgresql", postgresql, "t", partition={"column": "i", "count": 2}).read()
    assert sum(row["i"] for row in rows) == 200000 * 200001 // 2


def wrong_password(uri: str) -> str:
    password = urlsplit(uri).password
    return uri.replace(f":{password}@", f":{quote('s3cret/ö', safe='')}@")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize(
    ("uri", "name", "options", "code", "says", "retryable"),
    [
        pytest.param(
            wrong_password,
            "orders",
            {},
            "source-refused",
            "password authentication failed",
            False,
            id="a wrong password",
        ),
        pytest.param(
            lambda uri: uri.replace(f":{urlsplit(uri).port}", f":{free_port()}"),
            "orders",
            {},
            "source-unreachable",
            "cannot be reached: ",
            True,
            id="a wrong port",
        ),
        pytest.param(
            lambda uri: uri.replace("127.0.0.1", "nowhere.invalid"),
            "orders",
            {},
            "source-unreachable",
            "nowhere.invalid",
            True,
            id="a wrong host",
        ),
        pytest.param(
            lambda uri: uri.replace("/postgres", "/nothing"),
            "orders",
            {},
            "source-missing-object",
            'database "nothing" does not exist',
            False,
            id="a wrong database",
        ),
        pytest.param(
            lambda _: "host here",
            "orders",
            {},
            "source-unreachable",
            "`uri` cannot be used",
            False,
            id="no URI",
        ),
        pytest.param(
            str,
            "nothing",
            {},
            "source-missing-object",
            'relation "nothing" does not exist',
            False,
            id="no table",
        ),
        pytest.param(
            str,
            "no.orders",
            {},
            "source-missing-object",
            'relation "no.orders" does not exist',
            False,
            id="no schema",
        ),
        pytest.param(
            str,
            "f(x)",
            {},
            "source-missing-object",
            "`f(x)` is no name of a table",
            False,
            id="no name",
        ),
        pytest.param(
            str,
            "orders",
            {"cursor": "updated"},
            "source-missing-column",
            "there is no column `updated`",
            False,
            id="no cursor column",
        ),
        pytest.param(
            str,
            "orders",
            {"key": ("order_id",)},
            "source-missing-column",
            "there is no column `order_id`",
            False,
            id="no key column",
        ),
        pytest.param(
            str,
            "orders",
            {"cursor": "note"},
            "source-bad-cursor",
            "`note` (json) cannot be a cursor",
            False,
            id="a cursor without order",
        ),
        pytest.param(
            str,
            "orders",
            {"cursor": "n", "lookback": 5},
            "source-bad-cursor",
            "a cursor that is a number (integer) has no `lookback`",
            False,
            id="a lookback from a number",
        ),
    ],
)
def test_what_is_wrong_is_said_and_no_secret(
    *,
    postgresql: str,
    execute: Execute,
    sql: Sql,
    uri: Callable[[str], str],
    name: str,
    options: dict[str, Any],
    code: str,
    says: str,
    retryable: bool,
) -> None:
    execute("create table orders (id text, n int, note json)")
    execute("insert into orders values ('a', 1, null)")
    with pytest.raises(SourceError) as caught:
        sql("postgresql", uri(postgresql), name, **options).look()
    error = caught.value
    assert (error.code, error.retryable) == (code, retryable)
    assert error.message.startswith("source `shop`, stream `orders`: ")
    assert says in error.message
    assert error.hint
    assert str(error.where) == "sources/shop.yaml:7"
    for secret in (str(urlsplit(postgresql).password), "s3cret", quote("s3cret/ö")):
        assert secret not in str(error)


def test_a_database_without_the_right_to_read(postgresql: str, execute: Execute, sql: Sql) -> None:
    execute("create table orders (id text)")
    execute("create role guest login password 'guest'")
    execute("grant usage on schema public to guest")
    parts = urlsplit(postgresql)
    uri = f"postgresql://guest:guest@{parts.hostname}:{parts.port}/postgres"
    try:
        with pytest.raises(SourceError, match="permission denied") as caught:
            sql("postgresql", uri, "orders").look()
    finally:
        execute("drop owned by guest")
        execute("drop role guest")
    assert caught.value.code == "source-refused"


def test_nothing_can_be_written(postgresql: str, execute: Execute, sql: Sql) -> None:
    execute("create table orders (id text)")
    inserts = "'insert into orders values (1) returning id'"
    execute(f"create function f() returns text language sql as {inserts}")
    execute("create view v as select f() as id")
    tap = sql("postgresql", postgresql, "v")
    with pytest.raises(Exception, match="read-only transaction"):
        tap.read()


def test_a_column_that_vanishes_after_the_look_fails_the_read(
    execute: Execute, orders: Sql
) -> None:
    execute("insert into orders values ('a', '2025-03-01')")
    tap = orders()
    outlook = tap.look()
    execute("alter table orders drop column id")
    with pytest.raises(Exception, match="does not exist") as caught:
        tap.rows(outlook)
    error = source_error(caught.value, tap.stream)
    assert error is not None
    assert error.code == "source-missing-column"
    assert "column t.id does not exist" in error.message
    assert str(error.where) == "sources/shop.yaml:7"
