"""What lies in the error lanes: counted by reason, and row by row."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from lakewright.store.facts import Facts
from lakewright.store.lake import Lake
from lakewright.store.lane import Origin, Refused, settle
from lakewright.store.refusals import Reason, Refusal, counted, listed, open_rows

FIRST, SECOND = date(2025, 3, 1), date(2025, 3, 2)
QUANTITY = {"rule": "quantity-positive", "columns": ["quantity"], "message": "must be positive"}
KEY = {"rule": "key-required", "columns": ["order_id"], "message": "order_id must not be null"}
NO_KEY = Refused({"order_id": None, "quantity": "0"}, (KEY, QUANTITY), "")
NO_TEA = Refused({"order_id": "O-1", "quantity": "0"}, (QUANTITY,), "O-1")
OWING = Refused({"order_id": "O-2", "quantity": "-1"}, (QUANTITY,), "O-2")


def refuse(
    lake: Lake, day: date, refused: Sequence[Refused], evaluated: Callable[[str], bool] = bool
) -> None:
    """Bring the lane of silver.orders to what a step of a day found."""
    origin = Origin("silver.orders", "shop", "silver.orders", f"batch of {day}", day)
    facts = Facts("shop", "r1", "silver.orders", f"batch of {day}", f"{day}T00:00:00+00:00")
    settle(lake, origin, refused, evaluated, facts, once=False)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lane of two days: of the first day's rows, one was mended on the second."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    refuse(lake, FIRST, [NO_KEY, NO_TEA])
    refuse(lake, SECOND, [OWING], lambda scope: scope in {"O-1", "O-2"})
    return lake


def test_open_rows_are_counted(lake: Lake, tmp_path: Path) -> None:
    assert open_rows(lake, "silver.orders") == 2
    assert open_rows(Lake(tmp_path), "silver.orders") == 0


def test_reasons_are_counted_over_open_rows_the_most_frequent_first(lake: Lake) -> None:
    assert counted(lake, ["silver.orders", "silver.customers"]) == [
        Reason("silver.orders", "quantity-positive", 2, FIRST, SECOND, "must be positive"),
        Reason("silver.orders", "key-required", 1, FIRST, FIRST, "order_id must not be null"),
    ]


def test_rows_are_listed_day_by_day_as_they_came_with_every_reason(lake: Lake) -> None:
    first, second = listed(lake, ["silver.orders"])
    assert first == Refusal(
        "silver.orders",
        first.rejected_id,
        FIRST,
        "batch of 2025-03-01",
        1,
        (KEY, QUANTITY),
        {"order_id": None, "quantity": "0"},
    )
    assert (second.dt, second.row) == (SECOND, {"order_id": "O-2", "quantity": "-1"})


def test_rows_are_listed_of_one_reason_and_so_many(lake: Lake) -> None:
    assert [one.dt for one in listed(lake, ["silver.orders"], "key-required")] == [FIRST]
    assert [one.dt for one in listed(lake, ["silver.orders"], limit=1)] == [FIRST]
    assert list(listed(lake, ["silver.orders"], "unheard-of")) == []
