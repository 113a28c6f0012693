"""What a ledger promises, on SQLite and on PostgreSQL alike."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from lakewright.errors import DefectError, LedgerError
from lakewright.store.ledger import Ledger
from lakewright.store.ledger_engine import Place
from lakewright.store.records import (
    BatchRecord,
    Consumed,
    InputVersion,
    Position,
    RunRecord,
    StepRecord,
)

if TYPE_CHECKING:
    from tests.store.conftest import Server

MORNING = datetime(2025, 3, 2, 6, 30, 0, 123456, tzinfo=UTC)
ORDERS = "bronze.shop_orders"
RUN = RunRecord("run-1", "retail", "local", "run", MORNING, MORNING, None, "running")
BATCH = BatchRecord(
    "batch-1", ORDERS, "orders ≤ 2025-03-01", "updated_at … 2025-03-01", {"cursor": "2025-03-01"}, 4
)
CONSUMED = Consumed(7, "f00d", {ORDERS: InputVersion("table-1", 4)})
INGEST = StepRecord(
    run_id="run-1",
    table=ORDERS,
    kind="ingest",
    status="done",
    reason="new rows",
    started_at=MORNING,
    seconds=0.25,
    counts={"read": 10, "written": 8, "duplicates": 1, "quarantined": 1},
    batch=BATCH,
    consumed=None,
    error_code="",
    error_message="",
)
BUILD = replace(
    INGEST, table="silver.orders", kind="build", batch=None, consumed=CONSUMED, counts={"rows": 8}
)
SKIPPED = replace(
    BUILD, table="gold.fact_sales", status="skipped", reason="silver.returns failed", consumed=None
)
FAILED = replace(
    SKIPPED,
    table="silver.returns",
    status="failed",
    error_code="gate",
    error_message="2 keys twice",
)

databases = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a ledger that is not made yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/lake/_ledger.db"
    server: Server = request.getfixturevalue("postgresql")
    name = f"ledger_{next(databases)}"
    server.execute(f"create database {name}")
    return server.of(name)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger.open(url)) as opened:
        yield opened


def test_a_new_ledger_knows_nothing(ledger: Ledger) -> None:
    assert (ledger.positions(), ledger.consumed(), ledger.last_runs(9)) == ({}, {}, [])
    assert (ledger.steps("run-1"), ledger.batches(ORDERS, 9)) == ([], [])
    assert not ledger.knows_batch("batch-1")


def test_what_was_recorded_is_there_when_it_is_opened_again(url: str) -> None:
    with closing(Ledger.open(url)) as ledger:
        ledger.begin_run(RUN)
        ledger.record_step(INGEST)
        ledger.record_step(BUILD)
        ledger.end_run("run-1", "done", MORNING + timedelta(seconds=2))
    with closing(Ledger.open(url)) as ledger:
        ended = replace(RUN, ended_at=MORNING + timedelta(seconds=2), status="done")
        assert ledger.last_runs(9) == [ended]
        assert ledger.steps("run-1") == [INGEST, BUILD]
        assert ledger.batches(ORDERS, 9) == [BATCH]
        assert ledger.positions() == {ORDERS: {"cursor": "2025-03-01"}}
        assert ledger.consumed() == {"silver.orders": CONSUMED}
        assert ledger.knows_batch("batch-1")


def test_the_last_runs_come_newest_first(ledger: Ledger) -> None:
    runs = [
        replace(RUN, run_id=f"run-{n}", started_at=MORNING + timedelta(hours=n)) for n in range(4)
    ]
    for run in (runs[2], runs[0], runs[3], runs[1]):
        ledger.begin_run(run)
    assert ledger.last_runs(3) == [runs[3], runs[2], runs[1]]


def test_the_steps_of_a_run_come_as_they_were_recorded(ledger: Ledger) -> None:
    ledger.begin_run(RUN)
    ledger.begin_run(replace(RUN, run_id="run-2"))
    for step in (INGEST, FAILED, replace(BUILD, run_id="run-2"), SKIPPED):
        ledger.record_step(step)
    assert ledger.steps("run-1") == [INGEST, FAILED, SKIPPED]
    assert ledger.steps("run-2") == [replace(BUILD, run_id="run-2")]


def test_times_are_given_back_in_utc(ledger: Ledger) -> None:
    rome = timezone(timedelta(hours=1))
    ledger.begin_run(replace(RUN, started_at=MORNING.astimezone(rome)))
    (run,) = ledger.last_runs(1)
    assert run == RUN
    assert (run.started_at.tzinfo, run.logical_time.tzinfo) == (UTC, UTC)


def test_a_message_may_quote_what_no_database_stores(ledger: Ledger) -> None:
    ledger.begin_run(RUN)
    ledger.record_step(replace(FAILED, error_message="a null \0, half a pair \ud83d, è 🙂"))
    (step,) = ledger.steps("run-1")
    assert step.error_message == "a null \N{REPLACEMENT CHARACTER}, half a pair ?, è 🙂"


@pytest.mark.parametrize(
    ("batches", "position"),
    [
        pytest.param([{"cursor": 1}, {"cursor": 2}], {"cursor": 2}, id="a cursor is replaced"),
        pytest.param(
            [{"cursor": 1, "rows": 5}, {"cursor": 2}], {"cursor": 2}, id="a part not given goes"
        ),
        pytest.param(
            [{"files": {"b.csv": [10, 100]}}, {"files": {"a.csv": [20, 200]}}],
            {"files": {"a.csv": [20, 200], "b.csv": [10, 100]}},
            id="files are added",
        ),
        pytest.param(
            [{"files": {"a.csv": [1, 1], "b.csv": [2, 2]}}, {"files": {"a.csv": [2**40, 2**62]}}],
            {"files": {"a.csv": [2**40, 2**62], "b.csv": [2, 2]}},
            id="a file that changed is replaced",
        ),
        pytest.param(
            [{"files": {"a.csv": [1, 1]}, "extract": "x"}, {"files": {}, "extract": "y"}],
            {"files": {"a.csv": [1, 1]}, "extract": "y"},
            id="beside files the rest is replaced",
        ),
        pytest.param(
            [{"files": {"a.csv": [1, 1]}}, {"cursor": 1}], {"cursor": 1}, id="files to a cursor"
        ),
        pytest.param(
            [{"cursor": 1}, {"files": {"a.csv": [1, 1]}}],
            {"files": {"a.csv": [1, 1]}},
            id="a cursor to files",
        ),
    ],
)
def test_a_batch_moves_its_stream(
    ledger: Ledger, batches: Sequence[Position], position: Position
) -> None:
    ledger.begin_run(RUN)
    untouched: Position = {"files": {"a.csv": [9, 9]}}
    other = replace(BATCH, batch_id="other", stream="bronze.other", position=untouched)
    ledger.record_step(replace(INGEST, table="bronze.other", batch=other))
    for number, moved in enumerate(batches):
        batch = replace(BATCH, batch_id=f"batch-{number}", position=moved)
        ledger.record_step(replace(INGEST, batch=batch))
    assert ledger.positions() == {ORDERS: position, "bronze.other": untouched}


def test_the_batches_of_a_stream_come_newest_first(ledger: Ledger) -> None:
    ledger.begin_run(RUN)
    batches = [replace(BATCH, batch_id=f"batch-{n}", table_version=n) for n in range(4)]
    other = replace(BATCH, batch_id="other", stream="bronze.shop_returns")
    for batch in (*batches, other):
        ledger.record_step(replace(INGEST, batch=batch))
    assert ledger.batches(ORDERS, 3) == [batches[3], batches[2], batches[1]]


def test_a_batch_met_again_stays_as_it_entered_unless_it_enters_again(ledger: Ledger) -> None:
    again = replace(BATCH, table_version=9, position={"cursor": "2025-03-02"})
    ledger.begin_run(RUN)
    ledger.record_step(INGEST)
    ledger.record_step(replace(INGEST, status="unchanged", batch=again))
    assert ledger.batches(ORDERS, 9) == [BATCH]
    assert ledger.positions() == {ORDERS: {"cursor": "2025-03-02"}}
    ledger.record_step(replace(INGEST, batch=again))
    assert ledger.batches(ORDERS, 9) == [again]


def test_what_a_table_consumed_last_counts(ledger: Ledger) -> None:
    later = Consumed(8, "beef", {"silver.rates": InputVersion("table-2", 1)})
    other = Consumed(1, "cafe", {})
    ledger.begin_run(RUN)
    ledger.record_step(BUILD)
    ledger.record_step(replace(BUILD, status="unchanged", consumed=later))
    ledger.record_step(replace(BUILD, table="gold.dim_date", consumed=other))
    ledger.record_step(replace(BUILD, status="failed", consumed=None))
    assert ledger.consumed() == {"silver.orders": later, "gold.dim_date": other}


def test_a_step_is_recorded_wholly_or_not_at_all(ledger: Ledger) -> None:
    unsaid = replace(BATCH, position={"cursor": 1, "files": {"a.csv": [None, 1]}})
    ledger.begin_run(RUN)
    with pytest.raises(DefectError) as error:
        ledger.record_step(replace(INGEST, batch=unsaid, consumed=CONSUMED))
    assert error.value.code == "ledger-record"
    assert (ledger.steps("run-1"), ledger.batches(ORDERS, 9)) == ([], [])
    assert (ledger.positions(), ledger.consumed()) == ({}, {})


def test_only_a_run_that_has_begun_can_go_on_and_it_begins_once(ledger: Ledger) -> None:
    with pytest.raises(DefectError):
        ledger.record_step(INGEST)
    with pytest.raises(DefectError, match="the run run-1 was never begun"):
        ledger.end_run("run-1", "done", MORNING)
    ledger.begin_run(RUN)
    with pytest.raises(DefectError):
        ledger.begin_run(replace(RUN, command="plan"))
    assert ledger.last_runs(9) == [RUN]


def test_another_project_needs_a_ledger_of_its_own(ledger: Ledger) -> None:
    ledger.begin_run(RUN)
    with pytest.raises(LedgerError) as error:
        ledger.begin_run(replace(RUN, run_id="run-2", project="bank"))
    assert error.value.code == "ledger-foreign"
    assert error.value.message.endswith("is that of the project `retail`")
    assert error.value.hint == "give `bank` a `ledger` of its own"
    assert ledger.last_runs(9) == [RUN]


def test_threads_record_side_by_side(ledger: Ledger) -> None:
    ledger.begin_run(RUN)

    def record(number: int) -> None:
        position = {"files": {f"{number:03}.csv": [number, number]}}
        batch = replace(BATCH, batch_id=f"batch-{number}", position=position)
        ledger.record_step(replace(INGEST, batch=batch))
        ledger.positions()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(record, range(80)))
    assert len(ledger.steps("run-1")) == 80
    assert ledger.positions() == {
        ORDERS: {"files": {f"{number:03}.csv": [number, number] for number in range(80)}}
    }


WRITER = """
import sys
from dataclasses import replace
from datetime import UTC, datetime

from lakewright.store.ledger import Ledger
from lakewright.store.records import BatchRecord, RunRecord, StepRecord

url, name = sys.argv[1:]
now = datetime(2025, 3, 2, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
ledger = Ledger.open(url)
ledger.begin_run(RunRecord(name, "retail", "local", "run", now, now, None, "running"))
for number in range(25):
    position = {"files": {f"{name}-{number}.csv": [number, number], "both.csv": [1, 1]}}
    batch = BatchRecord(f"{name}-{number}", "bronze.shop_files", "", "", position, number)
    ledger.record_step(
        StepRecord(
            name, "bronze.shop_files", "ingest", "done", "", now, 0.0, {}, batch, None, "", ""
        )
    )
ledger.end_run(name, "done", now)
ledger.close()
"""


def test_processes_make_a_ledger_together_and_record_side_by_side(url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    names = ("one", "two", "three")
    writers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, url, name],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    # All have imported what they need before the first goes on: they open the new ledger at once.
    ready = [writer.stdout.readline() for writer in writers if writer.stdout]
    for writer in writers:
        if writer.stdin:
            writer.stdin.write("\n")
            writer.stdin.flush()
    outcomes = [(*writer.communicate(), writer.returncode) for writer in writers]
    assert (ready, outcomes) == (["ready\n"] * 3, [("", "", 0)] * 3)
    files = {f"{name}-{number}.csv": [number, number] for name in names for number in range(25)}
    with closing(Ledger.open(url)) as ledger:
        assert {run.run_id: run.status for run in ledger.last_runs(9)} == dict.fromkeys(
            names, "done"
        )
        assert ledger.positions() == {"bronze.shop_files": {"files": {**files, "both.csv": [1, 1]}}}
        assert [len(ledger.steps(name)) for name in names] == [25, 25, 25]


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    with closing(Ledger.open(url)) as ledger:
        ledger.begin_run(RUN)
    engine = create_engine(Place.of(url).url)
    with engine.begin() as connection:
        connection.execute(text("update lakewright_revision set version_num = '9999'"))
        connection.execute(
            text("update lakewright_meta set value = '7.2.0' where name = 'version'")
        )
        connection.execute(text("alter table lakewright_runs rename column status to state"))
    with pytest.raises(LedgerError) as error:
        Ledger.open(url)
    assert error.value.code == "ledger-newer"
    assert error.value.message.endswith("was made by a newer Lakewright, 7.2.0")
    assert error.value.hint == "install Lakewright 7.2.0 or newer, or set another `ledger`"
    with engine.connect() as connection:
        assert connection.execute(text("select run_id, state from lakewright_runs")).all() == [
            ("run-1", "running")
        ]
        assert connection.scalar(text("select version_num from lakewright_revision")) == "9999"
    engine.dispose()
