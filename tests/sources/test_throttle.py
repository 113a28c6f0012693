"""A reader in the engine's process leaves the process its life, and hands over every batch."""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from lakewright.sources.throttle import throttled

ROWS = 16_384


def batches(count: int) -> Iterator[pa.RecordBatch]:
    for number in range(count):
        text = pa.repeat(pa.scalar(f"batch {number} " + "x" * 80), ROWS)
        yield pa.RecordBatch.from_arrays([text, pa.nulls(ROWS, pa.int64())], names=["text", "none"])


def test_batches_that_the_consumer_drops_are_all_given() -> None:
    started = time.monotonic()
    assert sum(batch.num_rows for batch in throttled(batches(200))) == 200 * ROWS
    assert time.monotonic() - started < 5


def test_batches_that_the_consumer_keeps_are_all_given() -> None:
    kept = list(throttled(batches(60)))
    assert [batch.column(0)[0].as_py().split(" x")[0] for batch in kept] == [
        f"batch {number}" for number in range(60)
    ]


def test_a_reader_that_is_left_early_harms_nothing() -> None:
    for batch in throttled(batches(60)):
        assert batch.num_rows == ROWS
        break
    assert len(list(throttled(batches(3)))) == 3


def test_rows_go_through_the_engine_to_this_process_while_its_threads_go_on(
    folder: Path, files: Callable[..., Any]
) -> None:
    (folder / "a.csv").write_text("id,text\n" + f"1,{'x' * 100}\n" * 600_000)
    tap = files("*.csv")
    outlook = tap.look()
    ticks, done = [time.monotonic()], threading.Event()

    def tick() -> None:
        while not done.wait(0.01):
            ticks.append(time.monotonic())

    clock = threading.Thread(target=tick)
    clock.start()
    try:
        assert tap.frame(outlook).toArrow().num_rows == 600_000
    finally:
        done.set()
        clock.join()
    assert max(end - start for start, end in pairwise(ticks)) < 1
