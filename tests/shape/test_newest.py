"""Changes decided: the newest of each key, and the changes that a changelog does not have yet."""

from typing import Any

import pytest
from pyspark.sql import SparkSession
from tests.oracle.hashes import content_hash
from tests.shape.frames import Row, frame, in_every_contest, rows_of

from lakewright.shape.names import OUTCOME
from lakewright.shape.newest import Changes, changelog, changelog_anew, upsert

COLUMNS = (
    ("id", "string"),
    ("at", "bigint"),
    ("v", "string"),
    ("op", "string"),
    ("rank", "bigint"),
)
NAMES = tuple(name for name, _ in COLUMNS)
CHANGES = Changes(NAMES, ("id",), ("at",), "op = 'D'", ("rank",))


def change(
    at: int | None,
    v: str | None = "x",
    op: str | None = "U",
    rank: int | None = None,
    key: str = "a",
) -> Row:
    return (key, at, v, op, rank)


def stronger(*rows: Row) -> Row:
    """Of rows that tie to the end, the one with the greatest content hash."""
    return max(rows, key=lambda row: content_hash(list(row)))


ONE, OTHER = change(1, "one"), change(1, "other")
WINS = stronger(ONE, OTHER)
LOSES = OTHER if WINS == ONE else ONE


@pytest.mark.parametrize(
    ("given", "outcomes"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            [change(2), change(1)],
            [(change(1), "keep.superseded"), (change(2), "insert.inserted")],
            id="the greatest sequence",
        ),
        pytest.param(
            [change(1, op="D"), change(1)],
            [(change(1, op="D"), "keep.unchanged"), (change(1), "keep.tied")],
            id="a delete wins ties",
        ),
        pytest.param(
            [change(1, op=None), change(0)],
            [(change(0), "keep.superseded"), (change(1, op=None), "insert.inserted")],
            id="where it cannot be said, it is no delete",
        ),
        pytest.param(
            [change(1, "q", rank=1), change(1, "p"), change(1, "r", rank=0)],
            [
                (change(1, "p"), "keep.tied"),
                (change(1, "q", rank=1), "insert.inserted"),
                (change(1, "r", rank=0), "keep.tied"),
            ],
            id="then the ties columns, null least",
        ),
        pytest.param(
            [ONE, OTHER], [(LOSES, "keep.tied"), (WINS, "insert.inserted")], id="then the content"
        ),
        pytest.param(
            [change(1), change(1), change(1)],
            [
                (change(1), "insert.inserted"),
                (change(1), "keep.duplicate"),
                (change(1), "keep.duplicate"),
            ],
            id="repeats",
        ),
        pytest.param(
            [change(2), change(1), change(1)],
            [
                (change(1), "keep.duplicate"),
                (change(1), "keep.superseded"),
                (change(2), "insert.inserted"),
            ],
            id="a repeat of what is superseded is a repeat",
        ),
        pytest.param(
            [change(3, op="D"), change(2)],
            [(change(2), "keep.superseded"), (change(3, op="D"), "keep.unchanged")],
            id="a delete followed by an older update",
        ),
    ],
)
def test_upsert_of_all_changes_in_any_order(
    spark: SparkSession, given: list[Row], outcomes: list[tuple[Row, str]]
) -> None:
    expected = sorted((*row, outcome) for row, outcome in outcomes)
    for rows in (given, given[::-1]):
        made = frame(spark, COLUMNS, rows)
        found = in_every_contest(
            lambda contest, made=made: upsert(made, None, CHANGES, contest, all_given=True)
        )
        assert sorted(rows_of(found, *NAMES, OUTCOME)) == expected


@pytest.mark.parametrize(
    ("given", "before", "outcomes"),
    [
        pytest.param(
            [change(1)], [change(1)], [(change(1), "keep.unchanged")], id="the same again"
        ),
        pytest.param([change(2)], [change(1)], [(change(2), "update.updated")], id="a newer one"),
        pytest.param(
            [change(1, op="D")], [change(1)], [(change(1, op="D"), "delete.deleted")], id="a delete"
        ),
        pytest.param([], [change(1)], [(change(1), "delete.none")], id="no change of it is left"),
        pytest.param(
            [change(1, None)],
            [change(1, "x")],
            [(change(1, None), "update.updated")],
            id="a value became null",
        ),
        pytest.param(
            [change(1, key="b")],
            [change(1)],
            [(change(1), "delete.none"), (change(1, key="b"), "insert.inserted")],
            id="another key",
        ),
    ],
)
def test_upsert_against_what_is_published(
    spark: SparkSession, given: list[Row], before: list[Row], outcomes: list[tuple[Row, str]]
) -> None:
    rows, standing = frame(spark, COLUMNS, given), frame(spark, COLUMNS, before)
    found = in_every_contest(
        lambda contest: upsert(rows, standing, CHANGES, contest, all_given=True)
    )
    assert rows_of(found, *NAMES, OUTCOME) == sorted(
        ((*row, outcome) for row, outcome in outcomes), key=str
    )


@pytest.mark.parametrize(
    ("given", "outcomes"),
    [
        pytest.param([change(6)], [(change(6), "update.updated")], id="a newer one"),
        pytest.param(
            [change(4)],
            [(change(4), "keep.superseded"), (change(5), "keep.none")],
            id="an older one",
        ),
        pytest.param([change(5)], [(change(5), "keep.unchanged")], id="the same"),
        pytest.param(
            [change(5), change(5)],
            [(change(5), "keep.duplicate"), (change(5), "keep.unchanged")],
            id="the same twice",
        ),
        pytest.param(
            [change(4), change(4)],
            [
                (change(4), "keep.duplicate"),
                (change(4), "keep.superseded"),
                (change(5), "keep.none"),
            ],
            id="an older one twice",
        ),
        pytest.param(
            [change(1, key="b")],
            [(change(1, key="b"), "insert.inserted")],
            id="another key leaves it alone",
        ),
    ],
)
def test_upsert_of_new_changes_against_what_stands_for_the_older_ones(
    spark: SparkSession, given: list[Row], outcomes: list[tuple[Row, str]]
) -> None:
    before = frame(spark, COLUMNS, [change(5), change(1, key="c")])
    rows = frame(spark, COLUMNS, given)
    found = in_every_contest(
        lambda contest: upsert(rows, before, CHANGES, contest, all_given=False)
    )
    assert rows_of(found, *NAMES, OUTCOME) == sorted(
        ((*row, outcome) for row, outcome in outcomes), key=str
    )


@pytest.mark.parametrize(
    ("given", "outcomes"),
    [
        pytest.param(
            [change(1), change(1)],
            [(change(1), "insert.inserted"), (change(1), "keep.duplicate")],
            id="a repeat",
        ),
        pytest.param(
            [change(1, "p"), change(1, None)],
            [(change(1, "p"), "insert.inserted"), (change(1, None), "insert.inserted")],
            id="what differs is another change",
        ),
        pytest.param(
            [change(5), change(5), change(5, "y")],
            [
                (change(5), "keep.duplicate"),
                (change(5), "keep.duplicate"),
                (change(5, "y"), "insert.inserted"),
            ],
            id="what is known",
        ),
    ],
)
@pytest.mark.parametrize("key", [("id",), ("id", "at")])
def test_changelog(
    spark: SparkSession, key: tuple[str, ...], given: list[Row], outcomes: list[tuple[Row, str]]
) -> None:
    """The sequence may be part of the key."""
    changes = Changes(NAMES, key, ("at",))
    known = frame(spark, COLUMNS, [change(5), change(6)])
    rows = frame(spark, COLUMNS, given)
    found = in_every_contest(lambda contest: changelog(rows, known, changes, contest))
    assert rows_of(found, *NAMES, OUTCOME) == sorted(
        ((*row, outcome) for row, outcome in outcomes), key=str
    )


def test_a_changelog_made_anew_takes_away_what_is_no_longer_given(spark: SparkSession) -> None:
    changes: Any = Changes(NAMES, ("id",), ("at",))
    given = frame(spark, COLUMNS, [change(1), change(1), change(3)])
    before = frame(spark, COLUMNS, [change(1), change(2)])
    assert rows_of(changelog_anew(given, before, changes), "at", OUTCOME) == [
        (1, "keep.duplicate"),
        (1, "keep.unchanged"),
        (2, "delete.none"),
        (3, "insert.updated"),
    ]
