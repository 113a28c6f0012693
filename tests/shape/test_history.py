"""Changes become versions, whatever the order in which they came."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from tests.oracle.hashes import surrogate_key
from tests.shape.frames import Row, frame, in_every_contest, rows_of

from lakewright.shape.history import History, versioned
from lakewright.shape.names import OUTCOME
from lakewright.shape.newest import Changes

COLUMNS = (
    ("id", "string"),
    ("at", "timestamp"),
    ("city", "string"),
    ("phone", "string"),
    ("op", "string"),
)
NAMES = tuple(name for name, _ in COLUMNS)
CHANGES = Changes(NAMES, ("id",), ("at",), "op = 'D'")
HISTORY = History(CHANGES, "sk", ("city",))
VERSIONS = (
    ("sk", "bigint"),
    *COLUMNS,
    ("valid_from", "timestamp"),
    ("valid_to", "timestamp"),
    ("is_current", "boolean"),
    ("is_inferred", "boolean"),
)
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2025, 1, number, 0, 0, 0, number, tzinfo=UTC)


def change(
    at: int, city: str | None = "Rome", phone: str = "1", op: str = "U", key: str = "x"
) -> Row:
    return (key, day(at), city, phone, op)


def made(
    spark: SparkSession,
    rows: list[Row],
    before: DataFrame | None = None,
    used: DataFrame | None = None,
    history: History = HISTORY,
) -> DataFrame:
    given = frame(spark, COLUMNS, rows)
    return in_every_contest(lambda contest: versioned(given, before, used, history, contest))


def shown(found: DataFrame) -> list[Row]:
    """City, phone, beginning and end of each version that is, the unknown member apart."""
    rows = found.where(f"{OUTCOME} like 'insert%' and sk <> -1").select(
        "city", "phone", "valid_from", "valid_to"
    )
    return sorted(rows_of(rows), key=lambda row: row[2])


@pytest.mark.parametrize(
    ("changes", "versions"),
    [
        pytest.param(
            [change(5)], [("Rome", "1", BEGINNING, None)], id="the first begins with time"
        ),
        pytest.param(
            [change(5), change(6, phone="2")],
            [("Rome", "2", BEGINNING, None)],
            id="untracked: corrected in place",
        ),
        pytest.param(
            [change(5), change(6, "Oslo", "2"), change(7, "Oslo", "3")],
            [("Rome", "1", BEGINNING, day(6)), ("Oslo", "3", day(6), None)],
            id="untracked: only in its own version",
        ),
        pytest.param(
            [change(5), change(6, op="D"), change(8)],
            [("Rome", "1", BEGINNING, day(6)), ("Rome", "1", day(8), None)],
            id="a return after a gap opens a version, though nothing differs",
        ),
        pytest.param(
            [change(5, op="D"), change(8)],
            [("Rome", "1", BEGINNING, None)],
            id="a delete before the first version",
        ),
        pytest.param([change(5, op="D")], [], id="only a delete: not known"),
        pytest.param(
            [change(5), change(6, None), change(7, None), change(8)],
            [
                ("Rome", "1", BEGINNING, day(6)),
                (None, "1", day(6), day(8)),
                ("Rome", "1", day(8), None),
            ],
            id="null is a value that can begin, last and end",
        ),
        pytest.param(
            [change(5), change(6, op="D"), change(7, op="D"), change(9, "Oslo")],
            [("Rome", "1", BEGINNING, day(6)), ("Oslo", "1", day(9), None)],
            id="the first of two deletes closes",
        ),
        pytest.param(
            [change(5), change(5, op="D")], [], id="a delete wins the tie with the only change"
        ),
        pytest.param(
            [change(5), change(6, "Oslo"), change(6, op="D"), change(6, "Oslo")],
            [("Rome", "1", BEGINNING, day(6))],
            id="a delete wins the tie with a later change",
        ),
        pytest.param(
            [change(5), change(6, "Oslo"), change(7)],
            [
                ("Rome", "1", BEGINNING, day(6)),
                ("Oslo", "1", day(6), day(7)),
                ("Rome", "1", day(7), None),
            ],
            id="what was before may come again",
        ),
    ],
)
def test_versions_in_any_order(
    spark: SparkSession, changes: list[Row], versions: list[Row]
) -> None:
    for rows in (changes, changes[::-1]):
        assert shown(made(spark, rows)) == versions


def test_a_version_may_begin_at_its_own_time(spark: SparkSession) -> None:
    history = History(CHANGES, "sk", ("city",), begins_with_time=False)
    assert shown(made(spark, [change(5), change(6, "Oslo")], history=history)) == [
        ("Rome", "1", day(5), day(6)),
        ("Oslo", "1", day(6), None),
    ]


def test_the_first_build_tells_what_became_of_every_change(spark: SparkSession) -> None:
    rows = [
        change(5),
        change(5),
        change(6, phone="2"),
        change(7, op="D"),
        change(7, "Oslo"),
        change(8, op="D"),
    ]
    assert rows_of(made(spark, rows), "at", "op", OUTCOME) == sorted(
        [
            (None, None, "insert.none"),  # the unknown member
            (day(5), "U", "keep.duplicate"),
            (day(5), "U", "keep.unchanged"),
            (day(6), "U", "insert.inserted"),
            (day(7), "D", "keep.deleted"),
            (day(7), "U", "keep.tied"),
            (day(8), "D", "keep.unchanged"),
        ],
        key=str,
    )


def published(spark: SparkSession, rows: list[Row], used: list[str] = []) -> DataFrame:  # noqa: B006 - only read
    names = [name for name, _ in VERSIONS]
    found = made(
        spark,
        rows,
        used=frame(spark, [("id", "string")], [(one,) for one in used]) if used else None,
    )
    kept = found.where(f"{OUTCOME} like 'insert%'").select(*names).toArrow().to_pylist()
    return frame(spark, VERSIONS, [tuple(row[name] for name in names) for row in kept])


@pytest.mark.parametrize(
    ("was", "now", "outcomes"),
    [
        pytest.param([change(5)], [change(5)], ["keep.none", "keep.unchanged"], id="nothing new"),
        pytest.param(
            [change(5)],
            [change(5), change(6, "Oslo")],
            ["insert.inserted", "keep.none", "update.unchanged"],
            id="a version is closed by the next",
        ),
        pytest.param(
            [change(5)],
            [change(5), change(6, phone="2")],
            ["keep.none", "keep.unchanged", "update.updated"],
            id="an untracked value is corrected",
        ),
        pytest.param(
            [change(5), change(7, "Oslo")],
            [change(5), change(6, "Bern"), change(7, "Oslo")],
            ["insert.inserted", "keep.none", "keep.unchanged", "update.unchanged"],
            id="a late change comes between two versions",
        ),
        pytest.param(
            [change(5)],
            [change(4, "Bern"), change(5)],
            ["insert.inserted", "keep.none", "update.updated"],
            id="an earlier beginning takes the first version's place",
        ),
        pytest.param(
            [change(5), change(6, "Oslo")],
            [change(5), change(6, "Oslo"), change(7, op="D")],
            ["keep.deleted", "keep.none", "keep.unchanged", "update.unchanged"],
            id="a delete",
        ),
        pytest.param(
            [change(5), change(6, "Oslo")],
            [change(5), change(6, op="D")],
            ["delete.none", "keep.none", "keep.unchanged", "keep.unchanged"],
            id="a version goes, and a delete ends the one before where it ended",
        ),
        pytest.param(
            [change(5), change(6, op="D")],
            [change(5), change(6, op="D")],
            ["keep.none", "keep.unchanged", "keep.unchanged"],
            id="a delete that was there",
        ),
    ],
)
def test_versions_against_what_is_published(
    spark: SparkSession, was: list[Row], now: list[Row], outcomes: list[str]
) -> None:
    found = made(spark, now, published(spark, was))
    assert [row[0] for row in rows_of(found, OUTCOME)] == outcomes


@pytest.mark.parametrize(
    ("was", "now", "used", "members"),
    [
        pytest.param([], [], ["x"], [("x", True)], id="a key that is used is inferred"),
        pytest.param([], [change(5)], ["x"], [("x", False)], id="one that is known is not"),
        pytest.param(
            [], [change(5, op="D")], ["x"], [("x", True)], id="of which only deletes are known, is"
        ),
        pytest.param(
            [],
            [change(5), change(5, op="D")],
            ["x"],
            [("x", True)],
            id="also where the delete wins a tie",
        ),
        pytest.param([], [change(5)], ["y"], [("x", False), ("y", True)], id="beside others"),
    ],
)
def test_inferred_members(
    spark: SparkSession, was: list[Row], now: list[Row], used: list[str], members: list[Any]
) -> None:
    keys = frame(spark, [("id", "string")], [(one,) for one in used])
    found = made(spark, now, published(spark, was) if was else None, keys)
    kept = found.where(f"{OUTCOME} like 'insert%' and sk <> -1")
    assert rows_of(kept, "id", "is_inferred") == members


def test_a_member_that_arrives_replaces_the_inferred_one_under_the_same_key(
    spark: SparkSession,
) -> None:
    before = published(spark, [], ["x"])
    found = made(spark, [change(5)], before, frame(spark, [("id", "string")], [("x",)]))
    assert rows_of(found, "sk", "is_inferred", OUTCOME) == [
        (-1, False, "keep.none"),
        (surrogate_key(("x",), BEGINNING), False, "update.updated"),
    ]


def test_the_surrogate_key_is_the_hash_of_key_and_beginning(spark: SparkSession) -> None:
    names = ("id", "at", "city", "phone", "op")
    changes = Changes(names, ("id", "phone"), ("at",))
    found = made(spark, [change(5), change(6, "Oslo")], history=History(changes, "sk", ("city",)))
    kept = found.where(f"{OUTCOME} like 'insert%' and sk <> -1")
    assert rows_of(kept, "sk") == sorted(
        [(surrogate_key(("x", "1"), BEGINNING),), (surrogate_key(("x", "1"), day(6)),)], key=str
    )
