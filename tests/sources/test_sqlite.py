"""SQLite tables: whatever a column holds comes through, and is read by cursor as elsewhere."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lakewright.errors import SourceError

Sql = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop ü.db"


@pytest.fixture
def database(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, isolation_level=None)
    yield connection
    connection.close()


def test_values_that_are_not_of_their_columns_type_come_as_text(
    file: Path, database: sqlite3.Connection, sql: Sql
) -> None:
    database.execute(
        "create table t (id integer primary key, n integer, m decimal(18, 2), r real, x text,"
        ' b blob, "od""d" datetime)'
    )
    database.execute(
        "insert into t values (1, 7, 12.5, 0.1, 'é', x'00ff', '2025-03-01 12:00:00'),"
        " (2, 'n/a', '1234567890123456.78', 'NaN', x'00ff', 'text', 1740830400),"
        " (3, null, 9007199254740993, 0.1 + 0.2, cast(x'61ff' as text), null, null)"
    )
    tap = sql("sqlite", str(file), "t", key=("id",))
    outlook = tap.look()
    assert [(one.name, one.type, one.declared) for one in outlook.columns] == [
        ("id", "bigint", ""),
        ("n", "string", "bigint"),
        ("m", "string", "decimal(18,2)"),
        ("r", "string", "double"),
        ("x", "string", ""),
        ("b", "binary", ""),
        ('od"d', "string", "timestamp"),
    ]
    assert sorted(tap.rows(outlook), key=lambda row: row["id"]) == [
        {
            "id": 1,
            "n": "7",
            "m": "12.5",
            "r": "0.1",
            "x": "é",
            "b": b"\x00\xff",
            'od"d': "2025-03-01 12:00:00",
        },
        {
            "id": 2,
            "n": "n/a",
            "m": "1234567890123456.8",
            "r": "NaN",
            "x": "00FF",
            "b": b"text",
            'od"d': "1740830400",
        },
        {
            "id": 3,
            "n": None,
            "m": "9007199254740993",
            "r": "0.30000000000000004",
            "x": "a\\xff",
            "b": None,
            'od"d': None,
        },
    ]


def test_a_strict_table_comes_in_its_types(
    file: Path, database: sqlite3.Connection, sql: Sql
) -> None:
    database.execute("create table t (id int, r real, x text, b blob, a any) strict")
    database.execute("insert into t values (1, 0.5, 'x', x'00', 7), (2, null, null, null, 'y')")
    rows = sorted(sql("sqlite", str(file), "main.t").read(), key=lambda row: row["id"])
    assert rows == [
        {"id": 1, "r": 0.5, "x": "x", "b": b"\x00", "a": "7"},
        {"id": 2, "r": None, "x": None, "b": None, "a": "y"},
    ]


def test_a_column_whose_first_values_are_null(
    file: Path, database: sqlite3.Connection, sql: Sql
) -> None:
    database.execute("create table t (id integer primary key, x text)")
    numbers = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 40000)"
    database.execute(f"{numbers} insert into t (x) select null from n")
    database.execute("insert into t (x) values ('last')")
    rows = sql("sqlite", str(file), "t").read()
    assert len(rows) == 40_001
    assert [row["x"] for row in rows if row["x"]] == ["last"]


def test_views_are_read_too(file: Path, database: sqlite3.Connection, sql: Sql) -> None:
    database.execute("create table t (id integer primary key, x text)")
    database.execute("insert into t (x) values ('a')")
    database.execute("create view v as select id + 1 as next, x from t")
    assert sql("sqlite", str(file), "v").read() == [{"next": "2", "x": "a"}]


@pytest.mark.parametrize(
    ("type_", "values", "lookback", "read", "start"),
    [
        pytest.param("integer", (9, 10, 10), 0, ["b", "tie"], "10", id="whole numbers"),
        pytest.param("text", ("a", "it's", "it's"), 0, ["b", "tie"], "it's", id="text"),
        pytest.param(
            "real",
            (0.1, 0.30000000000000004, 0.30000000000000004),
            0,
            ["b", "tie"],
            "0.30000000000000004",
            id="real numbers",
        ),
        pytest.param(
            "datetime",
            ("2025-03-01 00:00:00", "2025-03-02 12:00:00", "2025-03-01 12:00:00"),
            86_400,
            ["b", "tie"],
            "2025-03-01 12:00:00",
            id="times as text",
        ),
        pytest.param(
            "text",
            ("2025-03-01T00:00:00.5Z", "2025-03-02T00:00:00.5Z", "2025-03-02T00:00:00.0Z"),
            3600,
            ["b", "tie"],
            "2025-03-01T23:00:00.5Z",
            id="times with fraction and zone",
        ),
        pytest.param(
            "date",
            ("2025-03-01", "2025-03-03", "2025-03-02"),
            7200,
            ["b", "tie"],
            "2025-03-02",
            id="dates",
        ),
    ],
)
def test_cursors(
    *,
    file: Path,
    database: sqlite3.Connection,
    sql: Sql,
    type_: str,
    values: tuple[object, object, object],
    lookback: int,
    read: list[str],
    start: str,
) -> None:
    oldest, newest, late = values
    database.execute(f"create table t (id text, c {type_})")
    database.execute("insert into t values ('a', ?), ('b', ?), ('none', null)", (oldest, newest))
    tap = sql("sqlite", str(file), "t", cursor="c", lookback=lookback)
    first = tap.look()
    assert first.notes == ("1 row has no c",)
    assert first.batch.position == {"cursor": str(newest), "from": start, "rows": 1}
    assert sorted(row["id"] for row in tap.rows(first)) == ["a", "b", "none"]
    assert tap.look(first.batch.position).batch is None
    database.execute("insert into t values ('tie', ?)", (late,))
    second = tap.look(first.batch.position)
    assert sorted(row["id"] for row in tap.rows(second)) == [*read[:1], "none", *read[1:]]
    assert tap.look(second.batch.position).batch is None


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        pytest.param(
            {"name": "orderz"}, "source-missing-object", "there is no table or view", id="no table"
        ),
        pytest.param(
            {"cursor": "at"}, "source-missing-column", "there is no column `at`", id="no cursor"
        ),
        pytest.param(
            {"cursor": "b"}, "source-bad-cursor", "`b` (BLOB) cannot be a cursor", id="bytes"
        ),
        pytest.param(
            {"cursor": "x", "lookback": 5},
            "source-bad-cursor",
            "the cursor's value `a` is no time",
            id="no time to look back from",
        ),
    ],
)
def test_what_is_wrong_is_said(
    file: Path,
    database: sqlite3.Connection,
    sql: Sql,
    options: dict[str, Any],
    code: str,
    says: str,
) -> None:
    database.execute("create table orders (id integer primary key, x text, b blob)")
    database.execute("insert into orders values (1, 'a', null)")
    with pytest.raises(SourceError) as caught:
        sql("sqlite", str(file), **{"name": "orders", **options}).look()
    assert caught.value.code == code
    assert says in caught.value.message
    assert caught.value.hint


def test_a_partition_that_cannot_be_cut(file: Path, database: sqlite3.Connection, sql: Sql) -> None:
    database.execute("create table t (id integer primary key, x text)")
    database.executemany("insert into t (x) values (?)", [("x",)] * 10)
    ranges = sql("sqlite", str(file), "t", partition={"column": "id", "count": 3})
    assert sorted(row["id"] for row in ranges.read()) == list(range(1, 11))
    with pytest.raises(SourceError, match="cannot be cut into ranges") as caught:
        sql("sqlite", str(file), "t", partition={"column": "x", "count": 3}).read()
    assert caught.value.code == "source-bad-partition"
    assert str(caught.value.where) == "sources/shop.yaml:7"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "does not exist", id="no file"),
        pytest.param(b"id,name\n" * 200, "file is not a database", id="another file"),
    ],
)
def test_a_file_that_is_no_database(file: Path, sql: Sql, content: bytes | None, says: str) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        sql("sqlite", str(file), "orders").look()
    assert caught.value.code == "source-unreachable"
    assert says in caught.value.message
    assert str(file) in caught.value.message
    assert file.exists() == (content is not None)


def test_a_file_by_its_uri(file: Path, database: sqlite3.Connection, sql: Sql) -> None:
    database.execute("create table t (id integer primary key)")
    database.execute("insert into t values (1)")
    assert sql("sqlite", file.as_uri(), "t").read() == [{"id": 1}]
    assert sql("sqlite", f"sqlite:///{file}", "t").read() == [{"id": 1}]
