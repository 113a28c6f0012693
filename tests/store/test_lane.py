"""The error lane: what is refused stands open until it is no longer refused, or a person discards
it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from lakewright.errors import LakewrightError
from lakewright.store.facts import Facts
from lakewright.store.lake import Lake
from lakewright.store.lane import Origin, Refused, settle

TABLE = "silver.orders"
FACTS = Facts("shop", "r1", TABLE, "b1", "2025-01-01T00:00:00+00:00")
POSITIVE = {"rule": "positive", "columns": ["n"], "message": "must be positive"}
KNOWN = {"rule": "known", "columns": ["id"], "message": "must be known"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def refused(key: str, n: str | None = "0", *reasons: Mapping[str, object]) -> Refused:
    return Refused({"id": key, "n": n}, reasons or (POSITIVE,), f"1:{key}")


def settled(
    lake: Lake,
    rows: Sequence[Refused],
    scopes: Collection[str] = (),
    *,
    day: int = 1,
    once: bool = False,
) -> int:
    origin = Origin(TABLE, "shop", TABLE, f"b{day}", date(2025, 1, day), "1.0")
    return settle(
        lake, origin, rows, lambda scope: scope in {f"1:{one}" for one in scopes}, FACTS, once=once
    )


def lane(lake: Lake, *names: str) -> list[tuple[Any, ...]]:
    rows = DeltaTable(lake.lane(TABLE)).to_pyarrow_table().select(list(names)).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


def test_a_refused_row_is_kept_whole_with_all_its_reasons(lake: Lake) -> None:
    assert settled(lake, [refused("a", None, POSITIVE, KNOWN)]) == 1
    (row,) = (
        DeltaTable(lake.lane(TABLE)).to_pyarrow_table().drop_columns(["rejected_id"]).to_pylist()
    )
    assert row == {
        "record_source": "shop",
        "record_table": TABLE,
        "_batch_id": "b1",
        "_run_date": date(2025, 1, 1),
        "dt": date(2025, 1, 1),
        "reasons": [POSITIVE, KNOWN],
        "row": '{"id": "a", "n": null}',
        "scope": "1:a",
        "contract_version": "1.0",
        "status": "open",
        "attempts": 1,
    }


def test_rows_of_evaluated_scopes_that_are_no_longer_refused_are_closed(lake: Lake) -> None:
    settled(lake, [refused("a"), refused("b"), refused("c")])
    assert settled(lake, [refused("b"), refused("d")], "abd", day=2) == 2
    assert lane(lake, "scope", "status", "attempts", "dt") == [
        ("1:a", "closed", 1, date(2025, 1, 1)),
        ("1:b", "open", 1, date(2025, 1, 1)),
        ("1:c", "open", 1, date(2025, 1, 1)),
        ("1:d", "open", 1, date(2025, 1, 2)),
    ]


def test_the_same_again_moves_nothing(lake: Lake) -> None:
    settled(lake, [refused("a"), refused("a")])
    before = DeltaTable(lake.lane(TABLE)).version()
    assert settled(lake, [refused("a"), refused("a")], "a", day=2) == 0
    assert settled(lake, [], day=2) == 0
    assert DeltaTable(lake.lane(TABLE)).version() == before


def test_a_row_that_is_refused_again_or_for_another_reason_is_open_and_counted(lake: Lake) -> None:
    settled(lake, [refused("a"), refused("b")])
    settled(lake, [refused("b", "0", KNOWN)], "ab", day=2)
    settled(lake, [refused("a"), refused("b", "0", KNOWN)], "ab", day=3)
    assert lane(lake, "scope", "status", "attempts", "_batch_id", "dt") == [
        ("1:a", "open", 2, "b3", date(2025, 1, 1)),
        ("1:b", "open", 2, "b2", date(2025, 1, 1)),
    ]


@pytest.mark.parametrize(("once", "rows"), [(False, 3), (True, 1)])
def test_equal_rows_are_told_apart_where_they_are_evaluated_again(
    lake: Lake, rows: int, *, once: bool
) -> None:
    settled(lake, [refused("a")] * 3, once=once)
    assert len(lane(lake, "rejected_id")) == rows
    settled(lake, [refused("a")] * 2, "a", day=2, once=once)
    assert [status for (status,) in lane(lake, "status")].count("open") == min(rows, 2)


def test_what_a_person_discarded_stays_discarded_while_it_is_refused(lake: Lake) -> None:
    settled(lake, [refused("a"), refused("b")])
    DeltaTable(lake.lane(TABLE)).update({"status": "'discarded'"}, predicate="scope = '1:a'")
    assert settled(lake, [refused("a"), refused("b")], "ab", day=2) == 0
    assert lane(lake, "scope", "status") == [("1:a", "discarded"), ("1:b", "open")]


def test_texts_of_rows_are_kept_as_they_are(lake: Lake) -> None:
    texts = ['é😀 "quoted" \\ \n', "", "x" * 100_000, "null"]
    settled(lake, [Refused({text: text}, (POSITIVE,), text) for text in texts])
    assert sorted(scope for (scope,) in lane(lake, "scope")) == sorted(texts)


def test_a_lane_that_something_else_wrote_is_left_alone(lake: Lake) -> None:
    settled(lake, [refused("a")])
    DeltaTable(lake.lane(TABLE)).alter.set_table_description("mine")
    with pytest.raises(LakewrightError) as failed:
        settled(lake, [refused("b")])
    assert failed.value.code == "foreign-table"
