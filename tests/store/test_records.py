"""What a record refuses to say."""

from datetime import UTC, datetime

import pytest

from lakewright.errors import DefectError
from lakewright.store.records import BatchRecord, Consumed, RunRecord, StepRecord, StepStatus

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
NO_ZONE = datetime(2025, 3, 1, 12)  # noqa: DTZ001 - what is refused
BATCH = BatchRecord("b1", "bronze.shop_orders", "orders 1", "1 … 2", {"cursor": 2}, 1)
CONSUMED = Consumed(1, "f1", {})


def step(
    status: StepStatus, batch: BatchRecord | None, consumed: Consumed | None, at: datetime = NOON
) -> StepRecord:
    return StepRecord(
        "r1", "silver.orders", "build", status, "", at, 0.1, {}, batch, consumed, "", ""
    )


@pytest.mark.parametrize("status", ["failed", "skipped"])
@pytest.mark.parametrize(("batch", "consumed"), [(BATCH, None), (None, CONSUMED)])
def test_a_step_that_published_nothing_moves_nothing(
    status: StepStatus, batch: BatchRecord | None, consumed: Consumed | None
) -> None:
    with pytest.raises(DefectError, match="would move what was consumed") as error:
        step(status, batch, consumed)
    assert error.value.code == "record-moves"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(DefectError, match="has no time zone") as of_run:
        RunRecord("r1", "retail", "local", "run", NOON, NOON, NO_ZONE, "done")
    with pytest.raises(DefectError, match="has no time zone") as of_step:
        step("done", None, None, NO_ZONE)
    assert [of_run.value.code, of_step.value.code] == ["record-time", "record-time"]
